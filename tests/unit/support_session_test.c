/* The end-to-end harness itself, on shells that stand in for the program. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "tests/support/child.h"
#include "tests/support/session.h"
#include "tests/support/session_golden.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SHORT_MS = 200 /* for waits that are to fail */ };

static struct session *shell_start(const char *script, struct session_options options)
{
	const char *const arguments[] = { "sh", "-c", script, NULL };
	options.arguments = arguments;
	struct session *session = session_start(&options);
	assert_non_null(session);
	return session;
}

static void programs_end_with_their_status(void **state)
{
	static const struct {
		const char *script;
		int status;
	} CASES[] = {
		{ "exit 0", 0 },
		{ "exit 64", 64 },
		{ "kill -TERM $$", 128 + SIGTERM },
		{ "exec /nonexistent", 127 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct session *session =
			shell_start(CASES[i].script, (struct session_options) { 0 });
		expect_exit(session, CASES[i].status);
		assert_true(session_close(session));
	}
}

static void environment_is_clean(void **state)
{
	static const char *const CHANGES[] = { "ADDED=yes", "TZ", NULL };
	static const char SCRIPT[] = "echo [$TERM] [$LC_ALL] [$TZ] [$ADDED] [$LEAK] $(pwd)";
	(void)state;
	assert_int_equal(setenv("LEAK", "from the runner", 1), 0);
	struct session *session = shell_start(
		SCRIPT, (struct session_options) { .terminal = "vt100", .environment = CHANGES });
	char *row = mem_format("[vt100] [C.UTF-8] [] [yes] [] %s", session->home);
	expect_row(session, row);
	char *home = mem_text(session->home);
	assert_true(session_close(session));
	assert_int_not_equal(access(home, F_OK), 0);
	free(home);
	free(row);
	assert_int_equal(unsetenv("LEAK"), 0);
}

static void keys_are_sent_and_counted(void **state)
{
	(void)state;
	struct session *session = shell_start(
		"stty raw -echo; printf 'ready\\033[?2004h'; head -c 23 | od -An -c | tr -d ' \\n'",
		(struct session_options) { .columns = 120 });
	expect_text(session, "ready");
	session_send(session, "<F2>y<Enter>");
	session_type(session, "text");
	session_paste(session, "p");
	session_send(session, "<Esc>");
	expect_text(session, "033OQy\\rtext033[200~p033[201~033");
	assert_int_equal(session->keys, 4);
	assert_true(session_close(session));
}

static void waits_see_changes(void **state)
{
	(void)state;
	struct session *session = shell_start("printf 'name\\033[2;1Hbelow'; read line; printf "
					      "'\\033[2J\\033[3;5Hafter '; read line",
					      (struct session_options) { 0 });
	expect_row(session, "below");
	expect_cursor_on(session, "below");
	double latency = session_latency_of(session, "x");
	assert_true(latency >= 0 && latency < SESSION_DEADLINE_MS);
	session_send(session, "<Enter>");
	expect_gone(session, "name");
	expect_row(session, "after");
	assert_true(session_output_contains(session, "name"));
	size_t bytes = session_bytes(session);
	assert_true(session_wait_quiet(session, 20));
	assert_int_equal(session_bytes(session), bytes);
	assert_true(session_close(session));
}

static void failed_waits_say_so(void **state)
{
	(void)state;
	struct session *session = shell_start("printf shown; read line",
					      (struct session_options) { .deadline_ms = SHORT_MS });
	expect_text(session, "shown");
	assert_false(session_wait_text(session, "hidden"));
	assert_false(session_wait_gone(session, "shown"));
	assert_false(session_wait_row(session, "show"));
	assert_false(session_wait_cursor_on(session, "hidden"));
	assert_false(session_wait_output(session, "\033[?1049h"));
	assert_int_equal(session_exit_status(session), -1);
	assert_true(session_close(session));
}

static void size_signals_and_hang_up_arrive(void **state)
{
	static const char SCRIPT[] =
		"trap 'stty size' WINCH; trap 'echo hup >hup; exit 9' HUP; stty size; "
		"while :; do read line; done";
	char *home = child_folder_make();
	(void)state;
	assert_non_null(home);
	struct session *session = shell_start(
		SCRIPT, (struct session_options) { .rows = 16, .columns = 60, .home = home });
	expect_text(session, "16 60");
	session_resize(session, 30, 100);
	session_send(session, "<Enter>"); /* a shell runs traps between its reads */
	expect_text(session, "30 100");
	session_hang_up(session);
	expect_exit(session, 9);
	char *trace = mem_format("%s/hup", home);
	assert_int_equal(access(trace, F_OK), 0);
	assert_true(session_close(session));
	assert_int_equal(access(home, F_OK), 0);
	child_folder_remove(home);
	free(trace);
	free(home);
}

static void close_kills_the_stubborn(void **state)
{
	(void)state;
	struct session *session = shell_start("trap '' TERM; echo up; while :; do read line; done",
					      (struct session_options) { 0 });
	expect_text(session, "up");
	assert_false(session_close(session));
}

static void long_input_does_not_block(void **state)
{
	enum { LENGTH = 200000 };
	(void)state;
	struct session *session =
		shell_start("stty raw; echo up; head -c 200000 >/dev/null; echo all",
			    (struct session_options) { 0 });
	expect_text(session, "up");
	char *text = mem_alloc(LENGTH + 1, 1);
	memset(text, 'x', LENGTH);
	session_type(session, text); /* all of it comes back as echo */
	expect_text(session, "all");
	free(text);
	assert_true(session_close(session));
}

static void clock_stands(void **state)
{
	char *shim = session_built("tests/shim/fixed_clock.so");
	static const char *const FIXED[] = { "SHIM_CLOCK_SECONDS=1795351260", NULL };
	(void)state;
	struct session *session =
		shell_start("date '+%F %R %Z'; timeout 0.05 cat; echo over",
			    (struct session_options) { .preload = shim, .environment = FIXED });
	expect_text(session, "2026-11-22 12:41 UTC");
	expect_text(session, "over");
	assert_true(session_close(session));
	free(shim);
}

static void golden_is_written_and_compared(void **state)
{
	static const char SCRIPT[] =
		"printf 'at 127.0.0.1:%s \\033[7mfocus\\033[0m' $PORT; read line";
	static const struct {
		const char *port, *update;
		bool is_equal;
	} CASES[] = {
		{ "PORT=40000", NULL, false }, /* no such file yet */
		{ "PORT=40000", "1", true },
		{ "PORT=51234", NULL, true },
		{ "PORT=4000", NULL, false },
	};
	(void)state;
	char *folder = child_folder_make();
	assert_int_equal(setenv("GOLDEN_FOLDER", folder, 1), 0);
	const char *was = getenv("GOLDEN_UPDATE");
	char *update_was = mem_text(was);
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		const char *const environment[] = { CASES[i].port, NULL };
		(void)unsetenv("GOLDEN_UPDATE");
		if (CASES[i].update != NULL)
			(void)setenv("GOLDEN_UPDATE", CASES[i].update, 1);
		struct session *session = shell_start(
			SCRIPT, (struct session_options) { .rows = 3,
							   .columns = 40,
							   .deadline_ms = SHORT_MS,
							   .environment = environment });
		expect_text(session, "focus");
		assert_int_equal(session_golden(session, "shell"), CASES[i].is_equal);
		assert_true(session_close(session));
	}
	(void)unsetenv("GOLDEN_UPDATE");
	if (update_was != NULL)
		(void)setenv("GOLDEN_UPDATE", update_was, 1);
	(void)unsetenv("GOLDEN_FOLDER");
	child_folder_remove(folder);
	free(update_was);
	free(folder);
}

static void golden_shows_cursor_and_styles(void **state)
{
	(void)state;
	struct session *session = shell_start(
		"printf 'a \\033[7mR\\033[0;2mD\\033[0;31mC\\033[0m b\\r\\nplain'; read line",
		(struct session_options) { .rows = 3, .columns = 20 });
	expect_text(session, "plain");
	char *text = session_golden_text(session);
	assert_string_equal(text, "a RDC b\nplain\n\n-- cursor at row 1, column 5\n 0 ..RDC\n");
	free(text);
	assert_true(session_close(session));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_end_with_their_status),
		cmocka_unit_test(environment_is_clean),
		cmocka_unit_test(keys_are_sent_and_counted),
		cmocka_unit_test(waits_see_changes),
		cmocka_unit_test(failed_waits_say_so),
		cmocka_unit_test(size_signals_and_hang_up_arrive),
		cmocka_unit_test(close_kills_the_stubborn),
		cmocka_unit_test(long_input_does_not_block),
		cmocka_unit_test(clock_stands),
		cmocka_unit_test(golden_is_written_and_compared),
		cmocka_unit_test(golden_shows_cursor_and_styles),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
