/*
 * What is set going on a number as a whole, from its screens: the password reset, emergency off and
 * on, the move to another SIP server, the timed undo; and that what is cut off half-way is settled.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/support/child.h"
#include "tests/support/key_desk.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { DTLS_NUMBER = 1, SDES_NUMBER = 2, MINUTE_MS = 60 * 1000 };

static const char KEY[] = "key-of-acme";

static const struct key_desk_number ACME[] = { { .label = "Acme" }, { NULL } };

#define SERVER                                                                              \
	"\"servers\":[{\"hostname\":\"sip.acme.example\",\"port\":5071,\"request_uri_user_" \
	"params\":{\"tgrp\":\"berlin\"}}]"
#define SETTINGS                                                                               \
	"settings {\"status\":\"ENABLED\",\"sip\":{\"status\":\"ENABLED\"," SERVER "},\"srtp_" \
	"key_exchange_protocol\":\"SDES\"}\nsip-resets-srtp\n"
#define REFUSAL "answer 400 {\"error\":{\"message\":\"No.\",\"code\":100}}\n"

/* --- what the service holds ------------------------------------------------------------------- */

static bool holds(const struct desk *desk, const char *part)
{
	struct json_doc state;
	fault_server_state(&desk->service, &state);
	char *calling = cJSON_PrintUnformatted(json_member(state.root, "calling"));
	bool is_there = strstr(calling, part) != NULL;
	cJSON_free(calling);
	json_doc_release(&state);
	return is_there;
}

static bool is_in_service(const struct desk *desk)
{
	return holds(desk, "\"sip\":{\"status\":\"ENABLED\"") && !holds(desk, "DISABLED");
}

static void expect_as_before(const struct desk *desk)
{
	static const char *const parts[] = { "\"hostname\":\"sip.acme.example\"", "\"port\":5071",
					     "\"tgrp\":\"berlin\"",
					     "\"srtp_key_exchange_protocol\":\"SDES\"" };
	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
		if (!holds(desk, parts[i]))
			fail_msg("%s is missing", parts[i]);
	assert_true(is_in_service(desk));
}

static void expect_posts(const struct desk *desk, long count)
{
	int64_t deadline = child_now_ms() + SESSION_DEADLINE_MS;
	while (fault_server_count(&desk->service, "posts") < count)
		if (child_now_ms() > deadline)
			fail_msg("%ld posts, not %ld", fault_server_count(&desk->service, "posts"),
				 count);
	assert_int_equal(fault_server_count(&desk->service, "posts"), count);
}

/* --- a saved number --------------------------------------------------------------------------- */

static void acme_enter(struct key_desk *desk)
{
	key_desk_enter(desk, "Acme");
	expect_cursor_on(desk->session, "API key");
	session_paste(desk->session, KEY);
	expect_text(desk->session, "not shown");
	session_send(desk->session, "<Enter>");
}

static void acme_open(struct key_desk *desk, const char *script)
{
	key_desk_open(desk, script, ACME);
	acme_enter(desk);
	expect_text(desk->session, "read 12:41");
}

/* The program is no more from one moment to the next; then it is started again. */
static void kill_and_start(struct key_desk *desk)
{
	static const char *const NO_ARGUMENTS[] = { NULL };
	session_signal(desk->session, SIGKILL);
	expect_exit(desk->session, 128 + SIGKILL);
	(void)session_close(desk->session);
	key_desk_run(desk, NO_ARGUMENTS);
	expect_text(desk->session, "Add a number");
	acme_enter(desk);
}

/* The first of the ways has the focus. */
static void settle_by(struct session *session, const char *way)
{
	static const char *const ways[] = { "Finish:", "Undo:", "Leave as it is:" };
	expect_cursor_on(session, ways[0]);
	for (size_t i = 1; i < ARRAY_LENGTH(ways) && !text_equal(way, ways[i - 1]); i++) {
		session_send(session, "<Down>");
		expect_cursor_on(session, ways[i]);
	}
	session_send(session, "<Enter>");
}

/* --- the password reset ----------------------------------------------------------------------- */

static void reset_begin(struct session *session)
{
	session_send(session, "p");
	expect_words(session, "Calls fail from the first step until the last");
	session_send(session, "y");
	expect_words(session, "Type RESET to begin:");
	session_type(session, "RESET");
	expect_cursor_on(session, "RESET");
	session_send(session, "<Enter>");
}

static void a_reset_brings_everything_back_but_the_password(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, SDES_NUMBER);
	struct session *session = desk.session;
	char *before = peer_settings(&desk.sandbox, SDES_NUMBER, false);
	char *with_password = peer_settings(&desk.sandbox, SDES_NUMBER, true);
	session_send(session, "p");
	expect_words(session, "Calls fail from the first step until the last, usually for some "
			      "seconds.");
	expect_words(session, "own configuration needs the new one");
	expect_words(session, "edge.clinic.example:5061 tgrp=front-desk");
	session_send(session, "y");
	expect_words(session, "Type the last four digits of +12025550103 to begin:");
	session_type(session, "0104");
	session_send(session, "<Enter>");
	expect_words(session, "That is not 0103: nothing was begun.");
	session_send(session, "y");
	expect_words(session, "Type the last four digits");
	session_type(session, "0103");
	session_send(session, "<Enter>");
	expect_row(session, "Applied");
	expect_text(session, "Out of service");
	expect_text(session, "Back in service");
	expect_words(session, "in service again, with a new SIP user password");
	char *after = peer_settings(&desk.sandbox, SDES_NUMBER, false);
	assert_string_equal(after, before);
	free(after);
	after = peer_settings(&desk.sandbox, SDES_NUMBER, true);
	assert_string_not_equal(after, with_password);
	char *password = strstr(after, "\"sip_user_password\":\"") + 21;
	*strchr(password, '"') = '\0';
	session_send(session, "<F6>");
	expect_text(session, password);
	session_send(session, "<Esc>");
	expect_row(session, "Applied");
	session_send(session, "<Esc>");
	expect_text(session, "SRTP key exchange      SDES");
	assert_false(session_shows(session, "changed"));
	free(after);
	free(with_password);
	free(before);
	desk_close(&desk);
}

static void a_reset_needs_a_number_without_unsent_changes(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, DTLS_NUMBER);
	session_send(desk.session, "<Space>");
	expect_text(desk.session, "1 changed");
	session_send(desk.session, "p");
	expect_words(desk.session, "Your changes are not sent yet: send them or undo them first");
	session_send(desk.session, "<F9>");
	expect_text(desk.session, "Reset SIP password");
	desk_close(&desk);
}

static void a_reset_whose_way_back_fails_is_finished_from_there(void **state)
{
	struct desk desk;
	(void)state;
	desk_against(&desk, SETTINGS "POST 2 " REFUSAL);
	struct session *session = desk.session;
	expect_text(session, "read 12:41");
	reset_begin(session);
	expect_row(session, "Not applied");
	expect_words(session, "Calling is disabled: no call gets through.");
	expect_words(session, "Finish: the number is brought back into service");
	assert_false(is_in_service(&desk));
	session_send(session, "<Esc>");
	expect_text(session, "HALF-DONE");
	session_send(session, "<Space>");
	expect_words(session, "Something was left half-done on this number: w settles it first.");
	session_send(session, "w");
	expect_words(session, "A reset of the SIP password was begun on");
	expect_words(session, "Calling is disabled: no call gets through.");
	settle_by(session, "Finish:");
	expect_row(session, "Applied");
	expect_words(session, "what was left half-done is finished.");
	expect_as_before(&desk);
	session_send(session, "<Esc>");
	expect_gone(session, "HALF-DONE");
	expect_text(session, "sip.acme.example:5071");
	assert_false(session_shows(session, "changed"));
	desk_close(&desk);
}

/* Out of service it cannot be stopped, but left alone: it goes on without its screen. */
static void a_reset_goes_on_when_its_screen_is_left(void **state)
{
	struct desk desk;
	(void)state;
	desk_against(&desk, SETTINGS "POST 2 delay 1500\n");
	struct session *session = desk.session;
	expect_text(session, "read 12:41");
	reset_begin(session);
	expect_posts(&desk, 2);
	expect_words(session, "The number is out of service until the last step.");
	session_send(session, "<C-q>");
	expect_words(session, "A number is out of service for its password reset");
	session_send(session, "n");
	expect_gone(session, "Leave sipdesk?");
	session_send(session, "<Esc>");
	expect_text(session, "SIP user password");
	expect_text(session, "sending");
	expect_words(session, "Reset SIP password of ");
	expect_words(session, ": Applied. w shows it.");
	session_send(session, "w");
	expect_row(session, "Applied");
	expect_as_before(&desk);
	desk_close(&desk);
}

/* What was changed elsewhere would be removed unseen. */
static void a_reset_gives_way_to_what_others_changed(void **state)
{
	struct desk desk;
	(void)state;
	desk_against(&desk, SETTINGS "GET 2 before {\"sip\":{\"status\":\"ENABLED\",\"servers\":[{"
				     "\"hostname\":\"sip.theirs.example\"}]}}\n");
	expect_text(desk.session, "read 12:41");
	reset_begin(desk.session);
	expect_row(desk.session, "Not applied");
	expect_words(desk.session, "Its settings were changed elsewhere meanwhile, so nothing was");
	expect_posts(&desk, 0);
	session_send(desk.session, "<Esc>");
	expect_text(desk.session, "sip.theirs.example");
	desk_close(&desk);
}

/* Killed in between, it is settled before anything else at the next start. */
static void a_killed_reset_is_settled_first(void **state)
{
	static const struct {
		const char *way, *words;
		bool is_back;
	} CASES[] = {
		{ "Finish:", "what was left half-done is finished.", true },
		{ "Undo:", "it has the settings from before again.", true },
		{ "Leave as it is:", NULL, false },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct key_desk desk;
		acme_open(&desk, SETTINGS "POST 2 hang\n");
		reset_begin(desk.session);
		expect_posts(&desk.desk, 2);
		kill_and_start(&desk);
		expect_words(desk.session, "A reset of the SIP password was begun on");
		expect_words(desk.session, "and its end was not seen.");
		expect_words(desk.session, "Calling is disabled: no call gets through.");
		session_send(desk.session, "<Space>");
		session_send(desk.session, "<Esc>"); /* nothing else before; it is asked again */
		expect_text(desk.session, "Add a number");
		key_desk_enter(&desk, "Acme");
		expect_words(desk.session, "Calling is disabled: no call gets through.");
		settle_by(desk.session, CASES[i].way);
		if (CASES[i].words != NULL) {
			expect_row(desk.session, "Applied");
			expect_words(desk.session, CASES[i].words);
			session_send(desk.session, "<Esc>");
		}
		expect_text(desk.session, "SIP user password");
		assert_true(is_in_service(&desk.desk) == CASES[i].is_back);
		if (CASES[i].is_back)
			expect_as_before(&desk.desk);
		kill_and_start(&desk); /* it is settled for good */
		expect_text(desk.session, "read 12:41");
		expect_text(desk.session, "SIP user password");
		key_desk_close(&desk);
	}
}

/* What the history says of one that was left half-done, and cannot be used. */
static void an_unusable_history_is_told(void **state)
{
	static const char *const NO_ARGUMENTS[] = { NULL };
	static const char LINE[] =
		"{\"at\":1795351260,\"previous\":\"\",\"event\":\"begin\",\"sequence\":"
		"\"0123456789abcdef\",\"kind\":\"send\",\"before\":{},\"goals\":[]}\n";
	struct key_desk desk;
	struct err err;
	(void)state;
	key_desk_prepare(&desk, SETTINGS, ACME);
	char *folder = mem_format("%s/.local/share/sipdesk/history", desk.home);
	char *path = mem_format("%s/0000000000000001.jsonl", folder);
	assert_true(file_folder_make(folder, &err));
	assert_true(file_write_whole(path, LINE, strlen(LINE), 0600, &err));
	key_desk_run(&desk, NO_ARGUMENTS);
	expect_text(desk.session, "Add a number");
	acme_enter(&desk);
	expect_words(desk.session, "A sequence was left half-done on this number, and what its "
				   "history says of it cannot be used.");
	session_send(desk.session, "<Esc>");
	expect_text(desk.session, "read 12:41");
	free(path);
	free(folder);
	key_desk_close(&desk);
}

static void a_killed_send_is_undone(void **state)
{
	struct key_desk desk;
	(void)state;
	acme_open(&desk, SETTINGS "POST 1 apply\nPOST 1 hang\n");
	session_send(desk.session, "<Space>");
	expect_text(desk.session, "1 changed");
	desk_review(&desk.desk);
	session_send(desk.session, "y");
	expect_posts(&desk.desk, 1);
	kill_and_start(&desk);
	expect_words(desk.session, "A send was begun on");
	expect_words(desk.session, "Enabled → Disabled");
	expect_words(desk.session, "Nothing: the service shows all of it.");
	settle_by(desk.session, "Undo:");
	expect_row(desk.session, "Applied");
	expect_as_before(&desk.desk);
	key_desk_close(&desk);
}

/* --- off and on ------------------------------------------------------------------------------- */

static void off_and_on_keep_all_and_the_draft(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, SDES_NUMBER);
	struct session *session = desk.session;
	char *before = peer_settings(&desk.sandbox, SDES_NUMBER, false);
	session_send(session, "n");
	expect_words(session, "SIP is enabled already.");
	desk_go_to(&desk, "Callback permission");
	session_send(session, "<Space>");
	expect_text(session, "1 changed");
	session_send(session, "o");
	expect_words(session, "Calls come through the Graph API again");
	expect_words(session, "The SIP server is kept for when SIP is enabled again.");
	expect_words(session, "Your changes are not sent with it; they stay.");
	session_send(session, "y");
	expect_row(session, "Applied");
	char *off = peer_settings(&desk.sandbox, SDES_NUMBER, false);
	assert_non_null(strstr(off, "\"sip\":{\"status\":\"DISABLED\""));
	assert_non_null(strstr(off, "edge.clinic.example"));
	free(off);
	session_send(session, "<Esc>");
	expect_text(session, "1 changed");
	session_send(session, "o");
	expect_words(session, "SIP is disabled already.");
	session_send(session, "n");
	expect_words(session, "DTLS → SDES");
	session_send(session, "y");
	expect_row(session, "Applied");
	char *on = peer_settings(&desk.sandbox, SDES_NUMBER, false);
	assert_string_equal(on, before);
	free(on);
	session_send(session, "<Esc>");
	expect_text(session, "1 changed");
	free(before);
	desk_close(&desk);
}

/* What was written here is not told as somebody else's change when it is read again. */
static void own_writes_are_no_drift(void **state)
{
	static const char *const KEYS[] = { "o", "n" };
	struct key_desk desk;
	(void)state;
	acme_open(&desk, SETTINGS);
	struct session *session = desk.session;
	for (size_t i = 0; i < ARRAY_LENGTH(KEYS); i++) {
		session_send(session, KEYS[i]);
		expect_text(session, "Plan");
		session_send(session, "y");
		expect_row(session, "Applied");
		session_send(session, "<Esc>");
		expect_text(session, "SIP user password");
		int requests = key_desk_requests(&desk, KEY);
		session_send(session, "<F5>");
		key_desk_expect_requests(&desk, KEY, requests + 1);
		assert_true(session_wait_quiet(session, 1500)); /* it is taken over, and saved */
		expect_text(session, "read 12:41");
		assert_false(session_shows(session, "Changed elsewhere"));
	}
	expect_as_before(&desk.desk);
	key_desk_close(&desk);
}

/* --- the move --------------------------------------------------------------------------------- */

static void a_move_checks_first_and_keeps_the_rest(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, SDES_NUMBER);
	struct session *session = desk.session;
	session_send(session, "m");
	expect_cursor_on(session, "Hostname");
	session_paste(session, "sip.acme.example:5071");
	expect_text(session, "now edge.clinic.example");
	expect_words(session, "The TLS check of sip.acme.example: passed");
	expect_words(session, "From then on calls go to sip.acme.example.");
	session_send(session, "y");
	expect_row(session, "Applied");
	char *held = peer_settings(&desk.sandbox, SDES_NUMBER, false);
	assert_non_null(strstr(held, "\"hostname\":\"sip.acme.example\",\"port\":5071"));
	assert_non_null(strstr(held, "\"trunk-context\":\"clinic.example\""));
	assert_non_null(strstr(held, "\"srtp_key_exchange_protocol\":\"SDES\""));
	free(held);
	session_send(session, "<Esc>");
	expect_text(session, "sip.acme.example:5071");
	assert_false(session_shows(session, "changed"));
	session_send(session, "<End>");
	expect_text(session, "passed just now"); /* the check came along */
	desk_close(&desk);
}

static void a_move_that_fails_its_check_asks(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, DTLS_NUMBER);
	struct session *session = desk.session;
	char *before = peer_settings(&desk.sandbox, DTLS_NUMBER, false);
	session_send(session, "m");
	expect_cursor_on(session, "Hostname");
	session_type(session, "bad..name");
	session_send(session, "<Enter>");
	session_send(session, "y");
	expect_words(session, "What is wrong stands below the port");
	session_send(session, "<Up><Enter><C-u>");
	session_type(session, "expired.acme.example");
	session_send(session, "<Enter>");
	expect_words(session, "The TLS check of expired.acme.example: failed");
	session_send(session, "y");
	expect_words(session, "Where Meta refuses its certificate or cannot reach it, no call");
	session_send(session, "<Enter>"); /* Stay */
	expect_gone(session, "Move without a passed check?");
	char *held = peer_settings(&desk.sandbox, DTLS_NUMBER, false);
	assert_string_equal(held, before);
	free(held);
	session_send(session, "y");
	expect_text(session, "Move without a passed check?");
	session_send(session, "m");
	expect_row(session, "Applied");
	held = peer_settings(&desk.sandbox, DTLS_NUMBER, false);
	assert_non_null(strstr(held, "expired.acme.example"));
	free(held);
	free(before);
	desk_close(&desk);
}

/* --- the timed undo --------------------------------------------------------------------------- */

/* A new hostname, sent with a timed undo. */
static void send_with_undo(struct key_desk *desk, bool goes_back)
{
	struct session *session = desk->session;
	desk_go_to(&desk->desk, "Hostname");
	desk_replace(&desk->desk, "sip.new.example");
	expect_text(session, "1 changed");
	desk_review(&desk->desk);
	session_send(session, "<End>");
	expect_cursor_on(session, "Undo by itself");
	session_send(session, "<Space>");
	expect_text(session, "after 5 minutes, unless confirmed");
	session_send(session, "y");
	expect_row(session, "Applied");
	expect_text(session, "undo in ");
	expect_posts(&desk->desk, 2);
	assert_true(holds(&desk->desk, "sip.new.example"));
	if (!goes_back)
		return;
	session_send(session, "<Esc>");
	expect_cursor_on(session, "Port");
	expect_text(session, "undo in ");
}

static void a_timed_undo_that_is_confirmed(void **state)
{
	struct key_desk desk;
	(void)state;
	acme_open(&desk, SETTINGS);
	send_with_undo(&desk, true);
	session_send(desk.session, "o");
	expect_words(desk.session, "A timed undo waits: keep the new settings (k)");
	session_send(desk.session, "<C-z>");
	expect_words(desk.session, "A timed undo waits, and a suspended sipdesk does nothing");
	session_send(desk.session, "<C-q>");
	expect_words(desk.session, "A timed undo waits: it would not happen by itself");
	session_send(desk.session, "n");
	expect_gone(desk.session, "Leave sipdesk?");
	session_send(desk.session, "k");
	expect_words(desk.session, "Kept: the new settings stay.");
	expect_gone(desk.session, "undo in ");
	key_desk_wait(&desk, 6 * MINUTE_MS);
	assert_int_equal(fault_server_count(&desk.desk.service, "posts"), 2);
	kill_and_start(&desk);
	expect_text(desk.session, "sip.new.example:5071");
	key_desk_close(&desk);
}

static void a_timed_undo_that_is_wanted_at_once(void **state)
{
	struct key_desk desk;
	(void)state;
	acme_open(&desk, SETTINGS);
	send_with_undo(&desk, false);
	session_send(desk.session, "z");
	expect_words(desk.session, "it has the settings from before again.");
	expect_as_before(&desk.desk);
	session_send(desk.session, "<Esc>");
	expect_cursor_on(desk.session, "Port");
	expect_text(desk.session, "sip.acme.example");
	assert_false(session_shows(desk.session, "changed"));
	key_desk_close(&desk);
}

/* Nobody is interrupted when the time is over; what is being typed stays. */
static void a_timed_undo_runs_out_under_typing(void **state)
{
	struct key_desk desk;
	(void)state;
	acme_open(&desk, SETTINGS);
	send_with_undo(&desk, true);
	desk_go_to(&desk.desk, "tgrp");
	session_send(desk.session, "<Enter>");
	session_type(desk.session, "-half");
	expect_cursor_on(desk.session, "berlin-half");
	key_desk_wait(&desk, 5 * MINUTE_MS);
	expect_posts(&desk.desk, 4);
	expect_words(desk.session, "Undo of Acme: Applied. w shows it.");
	expect_cursor_on(desk.session, "berlin-half");
	session_type(desk.session, "-way");
	session_send(desk.session, "<Enter>");
	expect_text(desk.session, "berlin-half-way");
	expect_text(desk.session, "sip.acme.example");
	expect_text(desk.session, "1 changed");
	expect_as_before(&desk.desk);
	key_desk_close(&desk);
}

static void a_lock_leaves_the_undo_its_key(void **state)
{
	struct key_desk desk;
	(void)state;
	acme_open(&desk, SETTINGS);
	send_with_undo(&desk, false);
	session_send(desk.session, "<C-x>");
	expect_words(desk.session, "A timed undo waits: one key is kept for it");
	key_desk_wait(&desk, 5 * MINUTE_MS);
	expect_posts(&desk.desk, 4);
	expect_gone(desk.session, "one key is kept for it");
	expect_as_before(&desk.desk);
	session_send(desk.session, "<Enter>");
	expect_words(desk.session, "it has the settings from before again.");
	key_desk_close(&desk);
}

static void a_timed_undo_is_offered_by_the_next_start(void **state)
{
	struct key_desk desk;
	(void)state;
	acme_open(&desk, SETTINGS);
	send_with_undo(&desk, false);
	kill_and_start(&desk);
	expect_words(desk.session, "was to be undone by itself at 12:46, unless confirmed.");
	expect_words(desk.session, "Nothing: the service shows all of it.");
	settle_by(desk.session, "Undo:");
	expect_row(desk.session, "Applied");
	expect_as_before(&desk.desk);
	key_desk_close(&desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reset_brings_everything_back_but_the_password),
		cmocka_unit_test(a_reset_needs_a_number_without_unsent_changes),
		cmocka_unit_test(a_reset_whose_way_back_fails_is_finished_from_there),
		cmocka_unit_test(a_reset_goes_on_when_its_screen_is_left),
		cmocka_unit_test(a_reset_gives_way_to_what_others_changed),
		cmocka_unit_test(a_killed_reset_is_settled_first),
		cmocka_unit_test(a_killed_send_is_undone),
		cmocka_unit_test(an_unusable_history_is_told),
		cmocka_unit_test(off_and_on_keep_all_and_the_draft),
		cmocka_unit_test(own_writes_are_no_drift),
		cmocka_unit_test(a_move_checks_first_and_keeps_the_rest),
		cmocka_unit_test(a_move_that_fails_its_check_asks),
		cmocka_unit_test(a_timed_undo_that_is_confirmed),
		cmocka_unit_test(a_timed_undo_that_is_wanted_at_once),
		cmocka_unit_test(a_timed_undo_runs_out_under_typing),
		cmocka_unit_test(a_lock_leaves_the_undo_its_key),
		cmocka_unit_test(a_timed_undo_is_offered_by_the_next_start),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
