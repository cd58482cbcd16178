/*
 * Each fault of a service at each place of a send: the re-reading, the first write, the second,
 * SRTP written once more, the read-back. The outcome word is true, the number of POSTs is right,
 * and nothing outside of what was edited has changed, by the service's own account.
 */
#include "base/mem.h"
#include "tests/support/quick_disk.h"
#include "tests/support/random_settings.h"
#include "tests/support/sequence_world.h"
#include "tests/support/service_model.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MEMBERS                                                                              \
	"\"status\":\"ENABLED\",\"call_icon_visibility\":\"DEFAULT\","                       \
	"\"callback_permission_status\":\"DISABLED\",\"x_1\":[1.50e+3],"                     \
	"\"call_hours\":{\"status\":\"DISABLED\",\"timezone_id\":\"UTC\"},"                  \
	"\"call_icons\":{\"restrict_to_user_countries\":[\"DE\"],\"x_2\":9007199254740993}," \
	"\"sip\":{\"status\":\"DISABLED\",\"x_3\":null,\"servers\":[{\"hostname\":"          \
	"\"old.acme.example\",\"port\":\"5071\",\"x_4\":{}}]}"
#define ICON "{\"call_icon_visibility\":\"DISABLE_ALL\"}"
#define CALLBACK "{\"callback_permission_status\":\"DISABLED\"}"
#define NO_SRTP "{\"srtp_key_exchange_protocol\":null}"
#define PAGE "<html><title>Bad gateway</title></html>"
#define RETRY "answer 429\nheader Retry-After: "
#define ERROR(code) "{\"error\":{\"message\":\"No.\",\"code\":" code "}}"

#define REREAD_CLEAN "GET 1 delay 0\n" /* whatever befalls all others */

/* Dates of a Retry-After are made when the test runs: these stand for them. */
#define IN_7_S "IN 7 SECONDS"
#define TOMORROW "IN A DAY"
#define YESTERDAY "A DAY AGO"

enum word { A, D, N, U }; /* Applied; but …; Not applied; Unknown: by enum send_outcome */

struct cell {
	enum word word;
	long posts;
};

/* --- reading ---------------------------------------------------------------------------------- */

struct read_fault {
	const char *name;
	const char *directives;
	struct cell reread, every_reread; /* the first GET; every GET */
	struct cell read_back, every_read_back;
};

#define PASSING                       \
	{ A, 2 }, { N, 0 }, { A, 2 }, \
	{                             \
		U, 2                  \
	} /* tried again */
#define LASTING                       \
	{ N, 0 }, { N, 0 }, { U, 2 }, \
	{                             \
		U, 2                  \
	} /* not tried again */
#define NO_MATTER                     \
	{ A, 2 }, { A, 2 }, { A, 2 }, \
	{                             \
		A, 2                  \
	}

static const struct read_fault READ_FAULTS[] = {
	{ "dropped", "drop", PASSING },
	{ "dropped unread", "drop-unread", PASSING },
	{ "slow", "delay 100", NO_MATTER },
	{ "byte by byte", "drip 1", NO_MATTER },
	{ "hangs", "hang", PASSING },
	{ "500", "answer 500 {}", PASSING },
	{ "502 with a page", "answer 502 " PAGE, PASSING },
	{ "503", "answer 503 busy", PASSING },
	{ "503 with Retry-After", "answer 503 busy\nheader Retry-After: 3", PASSING },
	{ "504", "answer 504", PASSING },
	{ "555", "answer 555 x", PASSING },
	{ "429, seconds", RETRY "7", PASSING },
	{ "429, date", RETRY IN_7_S, PASSING },
	{ "429, date that is over", RETRY YESTERDAY, PASSING },
	{ "429, date too far", RETRY TOMORROW, LASTING },
	{ "429, unsaid", "answer 429", PASSING },
	{ "429, zero", RETRY "0", PASSING },
	{ "429, negative", RETRY "-5", PASSING },
	{ "429, no number", RETRY "soon", PASSING },
	{ "429, just too long", RETRY "121", LASTING },
	{ "429, absurd", RETRY "999999999", LASTING },
	{ "429, beyond all numbers", RETRY "99999999999999999999999", PASSING }, /* as if unsaid */
	{ "rate limit as 400",
	  "answer 400 {\"error\":\"You exceeded the limit of 1 request every 5 seconds\"}",
	  PASSING },
	{ "rate limit, code 4", "answer 400 " ERROR("4"), PASSING },
	{ "rate limit, code 80007", "answer 400 " ERROR("80007"), PASSING },
	{ "rate limit, code 130429", "answer 400 " ERROR("130429"), PASSING },
	{ "empty", "answer 200", PASSING },
	{ "truncated", "truncate", PASSING },
	{ "cut JSON", "answer 200 {\"calling\":{\"status\":", LASTING },
	{ "wrong type", "answer 200 {\"calling\":7}", LASTING },
	{ "another document", "answer 200 {\"success\":true}", LASTING },
	{ "success false", "answer 200 {\"success\":false}", LASTING },
	{ "a page", "answer 200 " PAGE, LASTING },
	{ "too large", "flood 999999", LASTING },
	{ "no HTTP", "garbage", LASTING },
	{ "redirect", "answer 302\nheader Location: https://a.test/", LASTING },
	{ "key refused", "answer 401 {}", LASTING },
	{ "refused", "answer 400 " ERROR("100"), LASTING },
	{ "another field changed", "before " ICON, NO_MATTER },
};

/* --- writing ---------------------------------------------------------------------------------- */

struct write_fault {
	const char *name;
	const char *directives;
	struct cell first, second; /* of the two writes */
	struct cell repair;	   /* SRTP once more, since the second one was reset */
};

#define CARRIED_OUT         \
	{ A, 2 }, { A, 2 }, \
	{                   \
		A, 3        \
	}
#define NOT_CARRIED_OUT     \
	{ N, 1 }, { D, 2 }, \
	{                   \
		D, 3        \
	}
/* A repair is not repeated. */
#define WAITED_OUT          \
	{ A, 3 }, { A, 3 }, \
	{                   \
		D, 3        \
	}

static const struct write_fault WRITE_FAULTS[] = {
	{ "dropped", "drop", NOT_CARRIED_OUT },
	{ "dropped, carried out", "drop\napply", CARRIED_OUT },
	{ "dropped unread", "drop-unread", NOT_CARRIED_OUT },
	{ "slow", "delay 100", CARRIED_OUT },
	{ "byte by byte", "drip 1", CARRIED_OUT },
	{ "hangs", "hang", NOT_CARRIED_OUT },
	{ "hangs, carried out", "hang\napply", CARRIED_OUT },
	{ "500", "answer 500 {}", NOT_CARRIED_OUT },
	{ "500, carried out", "answer 500 {}\napply", CARRIED_OUT },
	{ "500 that says refused, carried out", "answer 500 " ERROR("100") "\napply", CARRIED_OUT },
	{ "502 with a page", "answer 502 " PAGE, NOT_CARRIED_OUT },
	{ "502 with a page, carried out", "answer 502 " PAGE "\napply", CARRIED_OUT },
	{ "503", "answer 503 busy", NOT_CARRIED_OUT },
	{ "503 with Retry-After", "answer 503 busy\nheader Retry-After: 3", NOT_CARRIED_OUT },
	{ "503, carried out", "answer 503 busy\napply", CARRIED_OUT },
	{ "504", "answer 504", NOT_CARRIED_OUT },
	{ "504, carried out", "answer 504\napply", CARRIED_OUT },
	{ "555", "answer 555 x", NOT_CARRIED_OUT },
	{ "555, carried out", "answer 555 x\napply", CARRIED_OUT },
	{ "429, seconds", RETRY "7", WAITED_OUT },
	{ "429, date", RETRY IN_7_S, WAITED_OUT },
	{ "429, date that is over", RETRY YESTERDAY, WAITED_OUT },
	{ "429, date too far", RETRY TOMORROW, NOT_CARRIED_OUT },
	{ "429, unsaid", "answer 429", WAITED_OUT },
	{ "429, zero", RETRY "0", WAITED_OUT },
	{ "429, negative", RETRY "-5", WAITED_OUT },
	{ "429, no number", RETRY "soon", WAITED_OUT },
	{ "429, the longest", RETRY "120", WAITED_OUT },
	{ "429, just too long", RETRY "121", NOT_CARRIED_OUT },
	{ "429, absurd", RETRY "999999999", NOT_CARRIED_OUT },
	{ "429, beyond all numbers", RETRY "99999999999999999999999", WAITED_OUT },
	{ "429, carried out", RETRY "7\napply", CARRIED_OUT },
	{ "rate limit as 400",
	  "answer 400 {\"error\":\"You exceeded the limit of 1 request every 5 seconds\"}",
	  WAITED_OUT },
	{ "rate limit, code 4", "answer 400 " ERROR("4"), WAITED_OUT },
	{ "rate limit, code 80007", "answer 400 " ERROR("80007"), WAITED_OUT },
	{ "rate limit, code 130429", "answer 400 " ERROR("130429"), WAITED_OUT },
	{ "empty", "answer 200\nignore", NOT_CARRIED_OUT },
	{ "empty, carried out", "answer 200", CARRIED_OUT },
	{ "truncated", "truncate\nignore", NOT_CARRIED_OUT },
	{ "truncated, carried out", "truncate", CARRIED_OUT },
	{ "wrong type", "answer 200 [true]\nignore", NOT_CARRIED_OUT },
	{ "wrong type, carried out", "answer 200 {\"success\":{}}", CARRIED_OUT },
	{ "success false", "answer 200 {\"success\":false}\nignore", NOT_CARRIED_OUT },
	{ "success false, carried out", "answer 200 {\"success\":false}", CARRIED_OUT },
	{ "200 with an error", "answer 200 " ERROR("100") "\nignore", NOT_CARRIED_OUT },
	{ "a page", "answer 200 " PAGE "\nignore", NOT_CARRIED_OUT },
	{ "a page, carried out", "answer 200 " PAGE, CARRIED_OUT },
	{ "too large, carried out", "flood 999999", CARRIED_OUT },
	{ "no HTTP", "garbage", NOT_CARRIED_OUT },
	{ "no HTTP, carried out", "garbage\napply", CARRIED_OUT },
	{ "redirect", "answer 302\nheader Location: https://a.test/", NOT_CARRIED_OUT },
	{ "refused", "answer 400 " ERROR("100"), NOT_CARRIED_OUT },
	{ "key refused", "answer 401 {}", NOT_CARRIED_OUT },
	{ "not allowed", "answer 403 {}", NOT_CARRIED_OUT },
	{ "taken, but nothing done", "ignore", { D, 2 }, { A, 3 }, { D, 3 } },
	{ "shows one read late", "lag 1", CARRIED_OUT },
	{ "shows two reads late",
	  "lag 2",
	  { A, 2 },
	  { A, 3 },
	  { A, 3 } }, /* SRTP is written again by then */
	{ "shows three reads late", "lag 3", { A, 2 }, { A, 3 }, { A, 3 } },
	{ "SRTP reset", "after " NO_SRTP, { A, 2 }, { A, 3 }, { D, 3 } },
	{ "another field changed before", "before " ICON, CARRIED_OUT },
	{ "another field changed after", "after " ICON, CARRIED_OUT },
	{ "the field changed before", "before " CALLBACK, { A, 2 }, { D, 2 }, { D, 3 } },
	{ "the field changed after", "after " CALLBACK, { D, 2 }, { D, 2 }, { D, 3 } },
};

/* At the POST after it, too. */
static const struct write_fault TWICE[] = {
	{ "429", RETRY "7", { N, 2 }, { D, 3 }, { 0 } },
	{ "SRTP reset", "after " NO_SRTP, { A, 3 }, { D, 3 }, { 0 } },
	{ "taken, but nothing done", "ignore", { N, 2 }, { D, 3 }, { 0 } },
};

/* --- a cell ----------------------------------------------------------------------------------- */

static struct sequence_world world;

static void date_add(struct str *script, int64_t seconds)
{
	char text[64];
	time_t when = (time_t)((int64_t)time(NULL) + seconds);
	struct tm utc;
	(void)strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&when, &utc));
	str_add(script, text);
}

/* A line for each directive. */
static void rules_add(struct str *script, const char *method, const char *number,
		      const char *directives)
{
	static const struct {
		const char *mark;
		int64_t seconds;
	} dates[] = { { IN_7_S, 7 }, { TOMORROW, 86400 }, { YESTERDAY, -86400 } };
	while (*directives != '\0') {
		size_t length = strcspn(directives, "\n"), kept = length;
		int64_t seconds = 0;
		for (size_t i = 0; i < ARRAY_LENGTH(dates); i++) {
			const char *mark = strstr(directives, dates[i].mark);
			if (mark == NULL || mark > directives + length)
				continue;
			kept = (size_t)(mark - directives);
			seconds = dates[i].seconds;
		}
		str_addf(script, "%s %s %.*s", method, number, (int)kept, directives);
		if (seconds != 0)
			date_add(script, seconds);
		str_add_char(script, '\n');
		directives += length + (directives[length] == '\n');
	}
}

static void edit(struct calling_values *mine)
{
	mem_text_set(&mine->texts[FIELD_CALLBACK_PERMISSION], "ENABLED");
	mem_text_set(&mine->texts[FIELD_SIP], "ENABLED");
	mem_text_set(&mine->texts[FIELD_SRTP], "SDES");
	mem_text_set(&mine->servers[0].hostname, "new.acme.example");
}

static void model_make(struct service_model *model, const char *script)
{
	static const enum field_id touched[] = { FIELD_CALLBACK_PERMISSION, FIELD_SIP,
						 FIELD_SIP_SERVERS, FIELD_SRTP };
	service_model_begin(model, "{" MEMBERS "}");
	if (strstr(script, ICON) != NULL)
		service_model_foreign(model, ICON);
	for (size_t i = 0; i < ARRAY_LENGTH(touched); i++)
		model->touched[touched[i]] = true;
}

/* What the service holds against the word for it. */
static void truth_judge(enum word word, const char *script, const struct calling_values *wanted)
{
	static const bool none[FIELD_SETTINGS_COUNT];
	struct service_model model;
	struct str faults, differences;
	char *held = sequence_world_read(&world);
	model_make(&model, script);
	str_init(&faults);
	str_init(&differences);
	service_model_untouched(&model, held, &faults);
	service_model_shows(&model, held, wanted, none, &differences);
	if (word == N)
		service_model_unchanged(&model, held, &faults);
	if (word == A)
		str_add(&faults, differences.bytes);
	if (word == D && differences.length == 0)
		str_add(&faults, "All is as wanted.");
	if (faults.length > 0)
		fail_msg("%s\n%s\nheld: %s", script, faults.bytes, held);
	str_release(&differences);
	str_release(&faults);
	service_model_release(&model);
	free(held);
}

/* What others change before the re-reading is taken over; after it, it is said. */
static size_t changes_after_reread(const char *script)
{
	return strstr(script, ICON) != NULL && strstr(script, "GET 1 before") == NULL &&
	       (strstr(script, "GET * before") == NULL || strstr(script, REREAD_CLEAN) != NULL);
}

static void cell_judge(const struct str *script, struct cell expected)
{
	struct calling_values wanted;
	struct sequence_record record;
	sequence_world_renew(&world, MEMBERS, script->bytes);
	edit(&world.mine);
	values_copy(&wanted, &world.mine);
	sequence_world_send(&world, SEQUENCE_SEND);
	assert_true(sequence_world_run(&world, SEQUENCE_TO_ITS_END));
	const struct send *send = &world.sequence.send;
	long posts = fault_server_count(&world.server, "posts");
	if (send->outcome != (enum send_outcome)expected.word || posts != expected.posts)
		fail_msg("%s: %s, %ld POSTs. %s", script->bytes, SEND_OUTCOME_WORDS[send->outcome],
			 posts, send->err.sentence);
	assert_true(expected.word == A || send->err.sentence[0] != '\0');
	assert_int_equal(send->also_changed.count, changes_after_reread(script->bytes));
	sequence_release(&world.sequence);
	truth_judge(expected.word, script->bytes, &wanted);
	bool is_open = sequence_world_find_open(&world, &record);
	assert_int_equal(is_open, expected.word == U);
	if (is_open)
		sequence_record_release(&record);
	values_release(&wanted);
}

static void script_begin(struct str *script)
{
	str_init(script);
	str_add(script, "app " RANDOM_OWN_APP "\n"); /* as the model knows it */
}

static void read_cell(const struct read_fault *fault, const char *number, struct cell expected)
{
	struct str script;
	script_begin(&script);
	if (text_equal(number, "2*")) { /* every one but the re-reading */
		str_add(&script, REREAD_CLEAN);
		number = "*";
	}
	rules_add(&script, "GET", number, fault->directives);
	cell_judge(&script, expected);
	str_release(&script);
}

static void test_reads(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(READ_FAULTS); i++) {
		const struct read_fault *fault = &READ_FAULTS[i];
		read_cell(fault, "1", fault->reread);
		read_cell(fault, "*", fault->every_reread);
		read_cell(fault, "2", fault->read_back);
		read_cell(fault, "2*", fault->every_read_back);
	}
}

static void write_cells(const struct write_fault *fault, bool twice)
{
	static const char *const numbers[] = { "1", "2", "3" };
	for (size_t write = 0; write < 2; write++) {
		struct str script;
		script_begin(&script);
		rules_add(&script, "POST", numbers[write], fault->directives);
		if (twice)
			rules_add(&script, "POST", numbers[write + 1], fault->directives);
		cell_judge(&script, write == 0 ? fault->first : fault->second);
		str_release(&script);
	}
}

static void test_writes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(WRITE_FAULTS); i++)
		write_cells(&WRITE_FAULTS[i], false);
	for (size_t i = 0; i < ARRAY_LENGTH(TWICE); i++)
		write_cells(&TWICE[i], true);
}

/* The last of all writes: SRTP was reset, and is sent once more. */
static void test_repairs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(WRITE_FAULTS); i++) {
		struct str script;
		script_begin(&script);
		rules_add(&script, "POST", "2", "after " NO_SRTP);
		rules_add(&script, "POST", "3", WRITE_FAULTS[i].directives);
		cell_judge(&script, WRITE_FAULTS[i].repair);
		str_release(&script);
	}
}

/* The service that resets SRTP with each write of `sip`, in all cells where nothing else fails. */
static void test_srtp_reset_by_sip(void **state)
{
	(void)state;
	struct str script;
	script_begin(&script);
	str_add(&script, "sip-resets-srtp\n");
	cell_judge(&script, (struct cell) { A, 2 });
	str_release(&script);
}

static int world_make(void **state)
{
	(void)state;
	quick_disk_set();
	sequence_world_begin(&world, MEMBERS, "");
	return 0;
}

static int world_remove(void **state)
{
	(void)state;
	sequence_world_end(&world);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_writes),
		cmocka_unit_test(test_repairs),
		cmocka_unit_test(test_srtp_reset_by_sip),
	};
	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, world_make, world_remove);
}
