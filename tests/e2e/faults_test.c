/*
 * A service that fails: each fault gives a sentence with the next step, nothing is lost, the screen
 * answers keys, and no second POST goes out.
 *
 * Cases of one table run side by side, since some wait for the service as a person would.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "tests/support/desk.h"

#include <stdlib.h>
#include <string.h>

enum {
	TRIES = 3,	/* of a reading: what passes by is tried again */
	CASES_MAX = 24, /* of a table */
	LATENCY_PRESSES = 11,
	SLOW_DEADLINE_MS = 20000, /* four comparisons take 7 s, and all cases run at once */
};

static const double LATENCY_MAX_MS = 50; /* the promise; a median, so that one stall is none */

#define SETTINGS                                                                           \
	"settings {\"status\":\"ENABLED\",\"callback_permission_status\":\"DISABLED\","    \
	"\"sip\":{\"status\":\"ENABLED\",\"servers\":[{\"hostname\":\"sip.acme.example\"," \
	"\"port\":5061}]}}\n"

#define TEN(text) text text text text text text text text text text
#define DEEP TEN(TEN(TEN("[")))

/* Of a screen that shows something at each of two keys. */
static void expect_quick_answers(struct session *session, const char *key, const char *other)
{
	double taken[LATENCY_PRESSES];
	for (size_t i = 0; i < LATENCY_PRESSES; i++) {
		double latency = session_latency_of(session, i % 2 == 0 ? key : other);
		size_t at = i;
		assert_true(latency >= 0);
		for (; at > 0 && taken[at - 1] > latency; at--)
			taken[at] = taken[at - 1];
		taken[at] = latency;
	}
	assert_true(taken[LATENCY_PRESSES / 2] < LATENCY_MAX_MS);
}

/* --- reading ---------------------------------------------------------------------------------- */

struct read_case {
	const char *faults[3]; /* directives, for each of the first `tries` GETs */
	int tries;
	const char *sentence, *words, *next_step;
	bool takes_key; /* reading again asks for the key, which was refused */
};

static const struct read_case READ_CASES[] = {
	{ .faults = { "answer 401 {\"meta\":{\"http_code\":404,\"developer_message\":\"Number not "
		      "found\",\"success\":false}}" },
	  .tries = 1,
	  .sentence = "The service does not take this API key: it is wrong or has expired.",
	  .words = "The service's own words: Number not found",
	  .next_step = "Check the API key of this number",
	  .takes_key = true },
	{ .faults = { "answer 403 {\"error\":{\"code\":10,\"message\":\"No permission\"}}" },
	  .tries = 1,
	  .sentence = "it has no permission for this.",
	  .words = "The service's own words: No permission",
	  .next_step = "Ask 360dialog's support" },
	{ .faults = { "answer 429", "header Retry-After: 500" },
	  .tries = 1,
	  .sentence = "The service takes no more requests for now",
	  .next_step = "Wait a moment, then try again." },
	{ .faults = { "answer 502 <html><body><h1>Bad \033[31mgateway</h1></body></html>" },
	  .tries = TRIES,
	  .sentence = "The service has a passing fault (HTTP status 502).",
	  .words = "gateway",
	  .next_step = "Try again in a moment." },
	{ .faults = { "answer 200" },
	  .tries = TRIES,
	  .sentence = "The service answered with nothing in it (HTTP status 200).",
	  .next_step = "Try again in a moment." },
	{ .faults = { "answer 200 {\"calling\":{\"status\":" },
	  .tries = 1,
	  .sentence = "The service's answer cannot be read. The JSON document is damaged or cut "
		      "short",
	  .next_step = "Check that the API URL names the service" },
	{ .faults = { "truncate" },
	  .tries = TRIES,
	  .sentence = "ended in the middle. The settings could not be read.",
	  .next_step = "Try again in a moment." },
	{ .faults = { "answer 200", "flood 67108864" },
	  .tries = 1,
	  .sentence = "is larger than 256 KiB, which no settings are.",
	  .next_step = "Check that the API URL names the service." },
	{ .faults = { "answer 200 " DEEP },
	  .tries = 1,
	  .sentence = "The JSON document is nested more than 32 levels deep",
	  .next_step = "Check that the API URL names the service" },
	{ .faults = { "answer 302", "header Location: https://a.test/" },
	  .tries = 1,
	  .sentence = "The service points to another address: https://a.test/. It was "
		      "not followed",
	  .next_step = "Check the API URL of this number." },
	{ .faults = { "garbage" },
	  .tries = 1,
	  .sentence = "does not answer in HTTP.",
	  .next_step = "Check that the API URL names the service and the right port." },
	{ .faults = { "drop" },
	  .tries = TRIES,
	  .sentence = "closed the connection without an answer. The settings could not be read.",
	  .next_step = "Try again in a moment." },
	{ .faults = { "drop-unread" },
	  .tries = TRIES,
	  .sentence = "The settings could not be read.",
	  .next_step = "Try again in a moment." },
	{ .faults = { "answer 200 {\"success\":true}" },
	  .tries = 1,
	  .sentence = "The service's answer has no calling settings in it",
	  .next_step = "Read the settings again" },
};

/* The script of a case whose first disturbed GET is `first`; caller frees. */
static char *read_script(const struct read_case *test, int first)
{
	struct str script;
	str_init(&script);
	str_add(&script, SETTINGS);
	int last = first + test->tries - 1;
	if (first > 1 && test->tries > 1)
		last++; /* libcurl itself repeats a GET on a connection that was kept and is dead */
	for (int get = first; get <= last; get++)
		for (size_t i = 0; i < ARRAY_LENGTH(test->faults) && test->faults[i] != NULL; i++)
			str_addf(&script, "GET %d %s\n", get, test->faults[i]);
	return str_detach(&script);
}

static void desks_start(struct desk desks[], const struct read_case cases[], size_t count,
			int first)
{
	assert_in_range(count, 1, CASES_MAX);
	for (size_t i = 0; i < count; i++) {
		char *script = read_script(&cases[i], first);
		desk_against(&desks[i], script);
		free(script);
	}
}

static void read_again(struct desk *desk, bool takes_key)
{
	session_send(desk->session, "<F5>");
	if (!takes_key)
		return;
	expect_text(desk->session, "Type or paste the API key");
	session_type(desk->session, DESK_KEY);
	session_send(desk->session, "<Enter>");
	expect_gone(desk->session, "Type or paste the API key");
}

static void a_failed_reading_says_why_and_what_next(void **state)
{
	struct desk desks[CASES_MAX];
	(void)state;
	desks_start(desks, READ_CASES, ARRAY_LENGTH(READ_CASES), 1);
	for (size_t i = 0; i < ARRAY_LENGTH(READ_CASES); i++) {
		struct session *session = desks[i].session;
		expect_words(session, READ_CASES[i].sentence);
		if (READ_CASES[i].words != NULL)
			expect_words(session, READ_CASES[i].words);
		expect_words(session, READ_CASES[i].next_step);
		expect_words(session, READ_CASES[i].takes_key
					      ? "F5 asks for the API key, Esc goes back."
					      : "F5 reads again, Esc goes back.");
		assert_int_equal(fault_server_count(&desks[i].service, "gets"),
				 READ_CASES[i].tries);
		assert_false(session_output_contains(session, "\033[31mgateway"));
		read_again(&desks[i], READ_CASES[i].takes_key);
		expect_text(session, "sip.acme.example:5061");
		desk_close(&desks[i]);
	}
}

/* The same faults while the number is edited: what was read stays, what was typed too. */
static void a_failed_reload_loses_nothing(void **state)
{
	struct desk desks[CASES_MAX];
	(void)state;
	desks_start(desks, READ_CASES, ARRAY_LENGTH(READ_CASES), 2);
	for (size_t i = 0; i < ARRAY_LENGTH(READ_CASES); i++) {
		expect_text(desks[i].session, "read 12:41");
		desk_go_to(&desks[i], "Callback permission");
		session_send(desks[i].session, "<Space>");
		expect_text(desks[i].session, "1 changed");
		session_send(desks[i].session, "<F5>");
	}
	for (size_t i = 0; i < ARRAY_LENGTH(READ_CASES); i++) {
		struct session *session = desks[i].session;
		expect_words(session, READ_CASES[i].sentence);
		expect_words(session, READ_CASES[i].next_step);
		expect_text(session, "reload failed");
		expect_text(session, "1 changed");
		assert_int_equal(fault_server_count(&desks[i].service, "posts"), 0);
		read_again(&desks[i], READ_CASES[i].takes_key);
		expect_text(session, "read 12:41   1 changed");
		desk_send(&desks[i], "Applied");
		assert_int_equal(fault_server_count(&desks[i].service, "posts"), 1);
		desk_close(&desks[i]);
	}
}

/* --- answers that can be read, but not trusted --------------------------------------------------
 */

static void doubtful_answers_are_shown_and_not_edited(void **state)
{
	static const struct {
		const char *answer, *reason;
	} CASES[] = {
		{ "{\"calling\":{\"status\":\"ENABLED\",\"x\":\"a\\u0000b\"}}", "NUL character" },
		{ "{\"calling\":{\"status\":\"ENABLED\",\"sip\":{\"status\":\"ENABLED\","
		  "\"status\":\"DISABLED\"}}}",
		  "names a setting twice" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct desk desk;
		char *script = mem_format("GET * answer 200 %s\n", CASES[i].answer);
		desk_against(&desk, script);
		expect_text(desk.session, "read 12:41");
		expect_cursor_on(desk.session, "Enabled");
		session_send(desk.session, "<Space>");
		expect_words(desk.session, CASES[i].reason);
		expect_words(desk.session, "looked at here, not changed");
		session_send(desk.session, "<F2>");
		expect_words(desk.session, "Nothing was changed yet.");
		desk_close(&desk);
		free(script);
	}
}

/* Bytes of the service that would move the cursor, set the title or hide text. */
static void text_of_the_service_never_reaches_the_terminal_raw(void **state)
{
	static const char ANSWER[] =
		"GET * answer 200 {\"calling\":{\"status\":\"ENABLED\",\"sip\":{\"status\":"
		"\"ENABLED\",\"servers\":[{\"hostname\":\"a\\u001b]0;pwned\\u0007b\\u001b[5mc"
		"\\u202ed\\u009b2Je\\rf.example\",\"port\":\"50\\u001b[7m61\"}]}}}\n";
	static const char *const RAW[] = { "\033]0;pwned", "\033[5m",  "\033[7m61",
					   "\342\200\256", "\302\233", "e\rf" };
	struct desk desk;
	(void)state;
	desk_against(&desk, ANSWER);
	expect_text(desk.session, "a\\u{1b}]0;pwned\\u{7}b\\u{1b}[5mc\\u{202e}d\\u{9b}2");
	desk_go_to(&desk, "Hostname");
	expect_words(desk.session, "A hostname has no control characters in it");
	session_send(desk.session, "<Enter>");
	session_send(desk.session, "<F1>");
	expect_text(desk.session, "Keys here");
	for (size_t i = 0; i < ARRAY_LENGTH(RAW); i++)
		assert_false(session_output_contains(desk.session, RAW[i]));
	desk_close(&desk);
}

/* --- writing -----------------------------------------------------------------------------------
 */

struct write_case {
	const char *faults; /* lines of the script */
	const char *outcome;
	const char *sentences[3];
	long posts;
	bool keeps_draft;
	bool ends_without_reading; /* it cannot be read afterwards either */
};

#define NOT_APPLIED "The service holds what it held before. Your draft is kept."

static const struct write_case WRITE_CASES[] = {
	{ .faults = "POST 1 answer 401 {\"meta\":{\"httpCode\":404,\"developerMessage\":\"Number "
		    "not found\"}}\n",
	  .outcome = "Not applied",
	  .sentences = { NOT_APPLIED, "does not take this API key",
			 "Check the API key of this number" },
	  .posts = 1,
	  .keeps_draft = true },
	{ .faults = "POST 1 answer 403 {\"error\":{\"code\":200,\"message\":\"No\"}}\n",
	  .outcome = "Not applied",
	  .sentences = { NOT_APPLIED, "it has no permission for this.", "Ask 360dialog's support" },
	  .posts = 1,
	  .keeps_draft = true },
	{ .faults = "POST 1 answer 400 {\"error\":{\"code\":138015,\"message\":\"Limit\"}}\n",
	  .outcome = "Not applied",
	  .sentences = { NOT_APPLIED, "the number's messaging limit is below 2000 a day.",
			 "Raise the messaging limit in WhatsApp Manager" },
	  .posts = 1,
	  .keeps_draft = true },
	{ .faults = "POST 1 answer 400 {\"error\":{\"code\":138018,\"message\":\"None\"}}\n",
	  .outcome = "Not applied",
	  .sentences = { NOT_APPLIED, "the number has no SIP server, and no app subscribed",
			 "Enable SIP signalling and add a SIP server in the same send." },
	  .posts = 1,
	  .keeps_draft = true },
	{ .faults = "POST 1 answer 400 {\"error\":{\"message\":\"(#100) Invalid parameter\","
		    "\"code\":100,\"error_data\":{\"details\":\"callback_permission_status "
		    "must be one of ENABLED, DISABLED\"}}}\n",
	  .outcome = "Not applied",
	  .sentences = { "The service refuses a value as invalid.",
			 "callback_permission_status must be one of ENABLED, DISABLED",
			 "Correct the value, then send again." },
	  .posts = 1,
	  .keeps_draft = true },
	{ .faults = "POST 1 answer 302\nPOST 1 header Location: https://elsewhere.example/\n",
	  .outcome = "Not applied",
	  .sentences = { NOT_APPLIED, "It was not followed", "Check the API URL" },
	  .posts = 1,
	  .keeps_draft = true },
	/* The service said that it did nothing: the one write that is sent again, once. */
	{ .faults = "POST 1 answer 400 {\"error\":\"You have exceeded the limit of 1 request "
		    "every 1 seconds\"}\nPOST 1 header Retry-After: 1\n",
	  .outcome = "Applied",
	  .posts = 2 },
	{ .faults = "POST * answer 429 {\"error\":{\"code\":80007,\"message\":\"Rate\"}}\n"
		    "POST * header Retry-After: 1\n",
	  .outcome = "Not applied",
	  .sentences = { NOT_APPLIED, "The service takes no more requests for now",
			 "Wait a moment, then try again." },
	  .posts = 2,
	  .keeps_draft = true },
	/* Ambiguous answers: the truth is read back. */
	{ .faults = "POST 1 answer 500 <html>Oops</html>\nPOST 1 apply\n",
	  .outcome = "Applied",
	  .posts = 1 },
	{ .faults = "POST 1 drop\nPOST 1 apply\n", .outcome = "Applied", .posts = 1 },
	{ .faults = "POST 1 truncate\n", .outcome = "Applied", .posts = 1 },
	{ .faults = "POST 1 answer 200\nPOST 1 apply\n", .outcome = "Applied", .posts = 1 },
	{ .faults = "POST 1 drop\nPOST 1 ignore\n",
	  .outcome = "Not applied",
	  .sentences = { NOT_APPLIED, "closed the connection without an answer.",
			 "Read back since, the service still shows the old values." },
	  .posts = 1,
	  .keeps_draft = true },
	{ .faults = "POST 1 drop-unread\n",
	  .outcome = "Not applied",
	  .sentences = { NOT_APPLIED, "Read back since, the service still shows the old values.",
			 "Try again in a moment." },
	  .posts = 1,
	  .keeps_draft = true },
	{ .faults = "POST 1 answer 503 <html>Busy</html>\n",
	  .outcome = "Not applied",
	  .sentences = { NOT_APPLIED, "The service has a passing fault (HTTP status 503).",
			 "Try again in a moment." },
	  .posts = 1,
	  .keeps_draft = true },
	{ .faults = "POST 1 ignore\n",
	  .outcome = "Not applied",
	  .sentences = { "The service took the write, but it still shows the old values." },
	  .posts = 1,
	  .keeps_draft = true },
	{ .faults = "POST 1 after {\"callback_permission_status\":\"PAUSED\"}\n",
	  .outcome = "Applied, but the service shows …",
	  .sentences = { "Enabled sent, shown is PAUSED", "What differs is kept in your draft.",
			 "Look at the differences" },
	  .posts = 1,
	  .keeps_draft = true },
	{ .faults = "POST 1 apply\nGET * drop\nGET 1 delay 0\nGET 2 delay 0\n",
	  .outcome = "Unknown",
	  .sentences = { "It is marked, your draft is kept",
			 "A write was sent, but the settings could not be read back.",
			 "Open this number again" },
	  .posts = 1,
	  .keeps_draft = true,
	  .ends_without_reading = true },
};

static void write_case_check(struct desk *desk, const struct write_case *test)
{
	struct session *session = desk->session;
	session->deadline_ms = SLOW_DEADLINE_MS;
	expect_row(session, test->outcome);
	for (size_t i = 0; i < ARRAY_LENGTH(test->sentences) && test->sentences[i] != NULL; i++)
		expect_words(session, test->sentences[i]);
	assert_int_equal(fault_server_count(&desk->service, "posts"), test->posts);
	session_send(session, "<Esc>");
	expect_text(session, "Media");
	if (session_shows(session, "1 changed") != test->keeps_draft)
		fail_msg("the draft after %s", test->faults);
	assert_true(session_shows(session, "UNKNOWN") == test->ends_without_reading);
	assert_int_equal(fault_server_count(&desk->service, "posts"), test->posts);
}

static void a_failed_write_is_told_and_never_repeated(void **state)
{
	struct desk desks[CASES_MAX];
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(WRITE_CASES); i++) {
		char *script = mem_format("%s%s", SETTINGS, WRITE_CASES[i].faults);
		desk_against(&desks[i], script);
		free(script);
		expect_text(desks[i].session, "read 12:41");
		desk_go_to(&desks[i], "Callback permission");
		session_send(desks[i].session, "<Space>");
		desk_review(&desks[i]);
		session_send(desks[i].session, "y");
	}
	for (size_t i = 0; i < ARRAY_LENGTH(WRITE_CASES); i++) {
		write_case_check(&desks[i], &WRITE_CASES[i]);
		desk_close(&desks[i]);
	}
}

/* Of two requests the first is refused: the second never goes, and the screen says so. */
static void after_a_refusal_nothing_further_is_sent(void **state)
{
	struct desk desk;
	(void)state;
	desk_against(&desk, SETTINGS "POST 1 answer 400 {\"error\":{\"code\":100}}\n");
	expect_text(desk.session, "read 12:41");
	desk_go_to(&desk, "Callback permission");
	session_send(desk.session, "<Space>");
	desk_go_to(&desk, "SRTP key exchange");
	session_send(desk.session, "<Space>");
	desk_send(&desk, "Not applied");
	expect_words(desk.session, "✗ Write 1 of 2");
	expect_words(desk.session, "· Write 2 of 2");
	expect_words(desk.session, "not sent");
	assert_int_equal(fault_server_count(&desk.service, "posts"), 1);
	desk_close(&desk);
}

/* The service forgets SDES with the SIP write: it goes out once more, and only that. */
static void srtp_that_was_reset_is_sent_again(void **state)
{
	struct desk desk;
	struct json_doc seen;
	(void)state;
	desk_against(&desk, SETTINGS "POST 2 after {\"srtp_key_exchange_protocol\":null}\n");
	expect_text(desk.session, "read 12:41");
	desk_go_to(&desk, "SRTP key exchange");
	session_send(desk.session, "<Space>");
	desk_go_to(&desk, "Calling webhooks");
	session_send(desk.session, "<Space>");
	desk_send(&desk, "Applied");
	expect_words(desk.session,
		     "The service had reset the SRTP key exchange; it was sent once more.");
	fault_server_state(&desk.service, &seen);
	const cJSON *bodies = json_member(seen.root, "bodies");
	assert_int_equal(cJSON_GetArraySize(bodies), 3);
	for (int i = 1; i < 3; i++)
		assert_string_equal(json_text(cJSON_GetArrayItem(bodies, i)),
				    "{\"calling\":{\"srtp_key_exchange_protocol\":\"SDES\"}}");
	json_doc_release(&seen);
	desk_close(&desk);
}

/* --- waiting -----------------------------------------------------------------------------------
 */

static void a_hanging_reading_is_cancelled_at_once(void **state)
{
	struct desk desk;
	(void)state;
	desk_against(&desk, SETTINGS "GET 1 hang\n");
	struct session *session = desk.session;
	expect_text(session, "Reading the calling settings");
	expect_text(session, "Esc cancels.");
	expect_quick_answers(session, "?", "q");
	session_send(session, "q");
	expect_text(session, "Esc cancels.");
	session_send(session, "<Esc>");
	expect_words(session, "The reading was cancelled. Nothing was changed.");
	session_send(session, "<F5>");
	expect_text(session, "sip.acme.example:5061");
	desk_close(&desk);
}

/* Of a wait that was longer; on a busy machine some seconds may never be drawn. */
static bool seconds_went_by(const struct session *session, const void *unused)
{
	(void)unused;
	return session_shows(session, "tried again in 2 s.") ||
	       session_shows(session, "tried again in 1 s.");
}

static void a_rate_limit_counts_down_and_can_be_cancelled(void **state)
{
	struct desk desk;
	(void)state;
	desk_against(&desk, SETTINGS "GET 1 answer 429\nGET 1 header Retry-After: 3\n"
				     "GET 2 answer 429\nGET 2 header Retry-After: 90\n");
	struct session *session = desk.session;
	expect_words(session, "The service asks to wait. It is tried again in ");
	assert_true(session_wait(session, seconds_went_by, NULL, "the seconds to go by"));
	expect_words(session, "It is tried again in 8"); /* 89 s, some time after 90 s */
	expect_quick_answers(session, "?", "q");
	session_send(session, "q");
	expect_text(session, "Esc cancels.");
	session_send(session, "<Esc>");
	expect_words(session, "The reading was cancelled.");
	assert_int_equal(fault_server_count(&desk.service, "gets"), 2);
	desk_close(&desk);
}

static void hanging_send_start(struct desk *desk, const char *faults)
{
	char *script = mem_format("%s%s", SETTINGS, faults);
	desk_against(desk, script);
	free(script);
	expect_text(desk->session, "read 12:41");
	desk_go_to(desk, "Callback permission");
	session_send(desk->session, "<Space>");
	desk_review(desk);
	session_send(desk->session, "y");
	expect_text(desk->session, "Esc Cancel");
}

static void a_hanging_send_is_cancelled(void **state)
{
	static const struct {
		const char *faults, *help, *outcome, *sentence;
		long posts;
	} CASES[] = {
		{ "GET 2 hang\n", "Nothing is written yet. Esc cancels.", "Not applied",
		  "You cancelled before anything was written. Your draft is kept.", 0 },
		{ "POST 1 hang\nPOST 1 apply\n", "A write has left. Esc sends no further one",
		  "Applied", "the service holds exactly what you sent.", 1 },
		{ "GET 3 hang\n", "A write has left.", "Unknown",
		  "The write left, and you stopped the reading back.", 1 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct desk desk;
		hanging_send_start(&desk, CASES[i].faults);
		expect_words(desk.session, CASES[i].help);
		expect_quick_answers(desk.session, "?", "q");
		session_send(desk.session, "q");
		expect_text(desk.session, "Esc Cancel");
		session_send(desk.session, "<Esc>");
		expect_row(desk.session, CASES[i].outcome);
		expect_words(desk.session, CASES[i].sentence);
		assert_int_equal(fault_server_count(&desk.service, "posts"), CASES[i].posts);
		desk_close(&desk);
	}
}

/* While it is sent, leaving asks. */
static void leaving_during_a_send_asks(void **state)
{
	struct desk desk;
	(void)state;
	hanging_send_start(&desk, "POST 1 hang\n");
	session_send(desk.session, "<F10>");
	expect_words(desk.session, " is under way: its outcome would not be read back.");
	session_send(desk.session, "n");
	expect_gone(desk.session, "Leave sipdesk?");
	session_send(desk.session, "<C-q>");
	expect_text(desk.session, "Leave sipdesk?");
	session_send(desk.session, "y");
	expect_exit(desk.session, 0);
	assert_int_equal(fault_server_count(&desk.service, "posts"), 1);
	desk_close(&desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failed_reading_says_why_and_what_next),
		cmocka_unit_test(a_failed_reload_loses_nothing),
		cmocka_unit_test(doubtful_answers_are_shown_and_not_edited),
		cmocka_unit_test(text_of_the_service_never_reaches_the_terminal_raw),
		cmocka_unit_test(a_failed_write_is_told_and_never_repeated),
		cmocka_unit_test(after_a_refusal_nothing_further_is_sent),
		cmocka_unit_test(srtp_that_was_reset_is_sent_again),
		cmocka_unit_test(a_hanging_reading_is_cancelled_at_once),
		cmocka_unit_test(a_rate_limit_counts_down_and_can_be_cancelled),
		cmocka_unit_test(a_hanging_send_is_cancelled),
		cmocka_unit_test(leaving_during_a_send_asks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
