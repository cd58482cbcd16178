/* The program and its terminal: taken, resized, suspended, given back, gone. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "sandbox/sandbox.h"
#include "tests/support/child.h"
#include "tests/support/desk.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	LEAVE_MS = 1000, /* a window that was closed must not leave a program behind */
	EXIT_INTERRUPTED = 130,
	QUIET_MS = 60, /* longer than ESC waits: the key has been answered whole */
};

static const char LAST_ROW[] = "Add a number";
static const char TOO_SMALL[] = "The window is too small";

static struct session *sandbox_start_on(struct session_options options)
{
	char *program = session_built("sipdesk");
	const char *const arguments[] = { program, "--sandbox", NULL };
	options.arguments = arguments;
	struct session *session = session_start(&options);
	free(program);
	assert_non_null(session);
	return session;
}

/* `script` sees the program as $0. */
static struct session *shell_start(const char *script, struct session_options options)
{
	char *program = session_built("sipdesk");
	const char *const arguments[] = { "sh", "-c", script, program, NULL };
	options.arguments = arguments;
	struct session *session = session_start(&options);
	free(program);
	assert_non_null(session);
	return session;
}

static void assert_terminal_is_given_back(const struct session *session)
{
	assert_true(session_output_contains(session, "\033[?1049h"));
	assert_false(session->terminal.is_alternate);
	assert_false(session->terminal.takes_bracketed_paste);
	assert_false(session->terminal.has_application_cursor);
	assert_true(session->terminal.cursor_is_visible);
}

static void starts_with_the_practice_numbers(void **state)
{
	(void)state;
	struct session *session = sandbox_start_on((struct session_options) { 0 });
	for (size_t i = 0; i < PRACTICE_NUMBER_COUNT; i++)
		expect_text(session, PRACTICE_NUMBERS[i].phone_number);
	expect_cursor_on(session, PRACTICE_NUMBERS[0].phone_number);
	assert_true(session->terminal.is_alternate);
	assert_true(session->terminal.takes_bracketed_paste);
	assert_true(session_close(session));
}

enum leaving { BY_KEY, BY_SIGNAL };

static void leaves_and_gives_the_terminal_back(void **state)
{
	static const struct {
		enum leaving how;
		const char *key;
		int signal, status;
	} CASES[] = {
		{ .how = BY_KEY, .key = "<F10>", .status = 0 },
		{ .how = BY_KEY, .key = "<C-q>", .status = 0 },
		{ .how = BY_SIGNAL, .signal = SIGTERM, .status = EXIT_INTERRUPTED },
		{ .how = BY_SIGNAL, .signal = SIGHUP, .status = EXIT_INTERRUPTED },
		{ .how = BY_SIGNAL, .signal = SIGINT, .status = EXIT_INTERRUPTED },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct session *session = sandbox_start_on((struct session_options) { 0 });
		expect_text(session, LAST_ROW);
		session->deadline_ms = LEAVE_MS;
		if (CASES[i].how == BY_KEY)
			session_send(session, CASES[i].key);
		else
			session_signal(session, CASES[i].signal);
		expect_exit(session, CASES[i].status);
		assert_terminal_is_given_back(session);
		assert_true(session_close(session));
	}
}

static void line_mode_is_given_back(void **state)
{
	(void)state;
	struct session *session =
		shell_start("\"$0\" --sandbox; echo left with $?; stty -a; read line",
			    (struct session_options) { .columns = 200 });
	expect_text(session, LAST_ROW);
	session_send(session, "<C-q>");
	expect_text(session, "left with 0");
	expect_text(session, "isig icanon iexten echo ");
	expect_text(session, " icrnl ixon ");
	assert_terminal_is_given_back(session);
	assert_true(session_close(session));
}

/* SIGHUP may be ignored (nohup); then the end of the tty is the only sign. */
static void a_hang_up_ends_it_and_its_service(void **state)
{
	static const char *const SCRIPTS[] = { "exec \"$0\" --sandbox",
					       "trap '' HUP; exec \"$0\" --sandbox" };
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(SCRIPTS); i++) {
		struct peer peer;
		struct session *session =
			shell_start(SCRIPTS[i], (struct session_options) { .tells_ports = true });
		expect_text(session, LAST_ROW);
		assert_true(peer_sandbox_of(&peer, session));
		session->deadline_ms = LEAVE_MS;
		session_hang_up(session);
		expect_exit(session, EXIT_INTERRUPTED);
		int64_t deadline = child_now_ms() + LEAVE_MS;
		long status = 0;
		do {
			struct peer_answer answer;
			peer_request(&answer, peer.url, NULL, NULL);
			status = answer.status;
			peer_answer_release(&answer);
		} while (status != 0 && child_now_ms() < deadline);
		assert_int_equal(status, 0);
		assert_true(peer_stop(&peer));
		assert_true(session_close(session));
	}
}

static void every_size_shows_the_list(void **state)
{
	static const struct {
		int rows, columns;
		const char *shown;
	} CASES[] = {
		{ 30, 120, LAST_ROW }, { 16, 60, LAST_ROW },
		{ 9, 80, TOO_SMALL },  { 24, 39, "The window is too small." },
		{ 1, 1, "…" },	       { 24, 80, LAST_ROW },
	};
	(void)state;
	struct session *session = sandbox_start_on((struct session_options) { 0 });
	expect_text(session, LAST_ROW);
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		size_t before = session_bytes(session);
		session_resize(session, CASES[i].rows, CASES[i].columns);
		assert_true(session_wait_output_after(session, before));
		expect_text(session, CASES[i].shown);
		if (strcmp(CASES[i].shown, LAST_ROW) != 0)
			continue;
		expect_gone(session, TOO_SMALL);
		expect_cursor_on(session, PRACTICE_NUMBERS[0].phone_number);
		expect_text(session, PRACTICE_NUMBERS[PRACTICE_NUMBER_COUNT - 1].phone_number);
	}
	session_send(session, "<F10>");
	expect_exit(session, 0);
	assert_true(session_close(session));
}

/* Also signs that stand in sentences, and names that others gave; everything is still said. */
static void draws_ascii_where_asked_to(void **state)
{
	static const char *const KEYS[] = { "?", "<End>", "q", "<Enter>", "<F9>", "<Esc>" };
	char *program = session_built("sipdesk");
	const char *const arguments[] = { program, "--ascii", "--sandbox", NULL };
	struct session *session =
		session_start(&(struct session_options) { .arguments = arguments });
	(void)state;
	free(program);
	assert_non_null(session);
	expect_text(session, LAST_ROW);
	for (size_t i = 0; i < ARRAY_LENGTH(KEYS); i++) {
		size_t before = session_bytes(session);
		session_send(session, KEYS[i]);
		assert_true(session_wait_output_after(session, before));
		assert_true(session_wait_quiet(session, QUIET_MS));
	}
	expect_text(session, "SRTP key exchange");
	expect_text(session, " sipdesk > Practice 1: new number");
	for (size_t i = 0; i < session_bytes(session); i++)
		assert_in_range((unsigned char)session->output.bytes[i], 0, 0x7f);
	assert_true(session_close(session));
}

/* Grey is one of 256 colours; where there are 8, cyan marks a change, and a star does anyway. */
static void colours_are_those_of_the_terminal(void **state)
{
	static const struct {
		const char *terminal, *no_color;
		const char *has, *lacks;
	} CASES[] = {
		{ "xterm-256color", "NO_COLOR", "\033[38;5;243m", "\033[36m" },
		{ "xterm-256color", "NO_COLOR=", "\033[38;5;243m", "\033[36m" },
		{ "xterm-256color", "NO_COLOR=1", "\033[0;1m", "\033[39" },
		{ "xterm", "NO_COLOR", "\033[36m", "\033[38;5" },
		{ "linux", "NO_COLOR", "\033[36m", "\033[38;5" },
		{ "linux", "NO_COLOR=1", "\033[0;1", "\033[39" },
		{ "vt100", "NO_COLOR", "\033[0;1m", "\033[39" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		const char *const environment[] = { CASES[i].no_color, NULL };
		struct session *session = sandbox_start_on((struct session_options) {
			.terminal = CASES[i].terminal, .environment = environment });
		expect_text(session, LAST_ROW);
		session_send(session, "<Enter>");
		expect_text(session, "Call icon ");
		session_send(session, "<Space>");
		expect_text(session, "* Calling ");
		assert_true(session_wait_output(session, CASES[i].has));
		assert_false(session_output_contains(session, CASES[i].lacks));
		assert_true(session_close(session));
	}
}

/* How many writes there were, and how many bytes the largest took. */
static int writes_count(const char *path, long *largest)
{
	char line[32];
	int count = 0;
	FILE *file = fopen(path, "re");
	assert_non_null(file);
	for (*largest = 0; fgets(line, sizeof(line), file) != NULL; count++) {
		long bytes = strtol(line, NULL, 10);
		*largest = bytes > *largest ? bytes : *largest;
	}
	(void)fclose(file);
	return count;
}

/* A packet for a frame, also for one of a large window. */
static void a_whole_frame_is_one_write(void **state)
{
	static const struct {
		int rows, columns;
		long least; /* bytes of its frame */
	} CASES[] = { { 16, 60, 1200 }, { 24, 80, 2300 }, { 60, 200, 3000 } };
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		char *home = child_folder_make();
		char *path = mem_format("%s/writes", home);
		char *variable = mem_format("SHIM_WRITES_FILE=%s", path);
		char *shim = session_built("tests/shim/record_writes.so");
		const char *const environment[] = { variable, NULL };
		struct session *session =
			sandbox_start_on((struct session_options) { .rows = CASES[i].rows,
								    .columns = CASES[i].columns,
								    .environment = environment,
								    .preload = shim,
								    .home = home });
		expect_text(session, LAST_ROW);
		session_send(session, "<Down><Down><Enter>");
		expect_text(session, "Call icon ");
		assert_true(session_wait_quiet(session, QUIET_MS));
		assert_int_equal(truncate(path, 0), 0);
		size_t before = session_bytes(session);
		long largest = 0;
		session_send(session, "<C-l>");
		assert_true(session_wait_output_after(session, before));
		assert_true(session_wait_quiet(session, QUIET_MS));
		assert_int_equal(writes_count(path, &largest), 1);
		assert_true(largest >= CASES[i].least);
		assert_int_equal(largest, (long)(session_bytes(session) - before));
		assert_true(session_close(session));
		child_folder_remove(home);
		free(shim);
		free(variable);
		free(path);
		free(home);
	}
}

/* A terminal that is read slowly, and that another program has left non-blocking. */
static void a_slow_line_loses_nothing(void **state)
{
	static const char SCRIPT[] = "exec python3 -c 'import os, sys; os.set_blocking(1, False); "
				     "os.execv(sys.argv[1], sys.argv[1:])' \"$0\" --sandbox";
	(void)state;
	struct session *session =
		shell_start(SCRIPT, (struct session_options) { .rows = 60, .columns = 200 });
	expect_text(session, LAST_ROW);
	session_send(session, "?");
	expect_text(session, "Keys here");
	assert_true(session_wait_quiet(session, QUIET_MS));
	char *wanted = session_screen(session);
	struct pollfd full = { .fd = session->pty.line, .events = POLLOUT };
	/* Nobody reads: the line fills up, and a frame is written only in part. */
	for (int64_t deadline = child_now_ms() + SESSION_DEADLINE_MS;
	     poll(&full, 1, 0) == 1 && child_now_ms() < deadline;) {
		assert_int_equal(write(session->pty.terminal, "\f", 1), 1);
		(void)poll(NULL, 0, 1);
	}
	assert_int_equal(poll(&full, 1, 0), 0);
	size_t before = session_bytes(session);
	assert_true(session_wait_output_after(session, before));
	assert_true(session_wait_quiet(session, QUIET_MS));
	char *shown = session_screen(session);
	assert_string_equal(shown, wanted);
	session_send(session, "q<F10>");
	expect_exit(session, 0);
	free(shown);
	free(wanted);
	assert_true(session_close(session));
}

static void refuses_what_is_no_terminal(void **state)
{
	static const struct {
		const char *script, *terminal, *says;
	} CASES[] = {
		{ "\"$0\" --sandbox; echo left with $?; read line", "", "TERM is not set" },
		{ "\"$0\" --sandbox </dev/null; echo left with $?; read line", NULL,
		  "Usage: sipdesk" },
		{ "{ \"$0\" --sandbox; echo left with $? >&2; } | cat; read line", NULL,
		  "Usage: sipdesk" },
	};
	static const char *const STATUSES[] = { "left with 78", "left with 64", "left with 64" };
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct session *session = shell_start(
			CASES[i].script,
			(struct session_options) {
				.rows = 60, .columns = 120, .terminal = CASES[i].terminal });
		expect_text(session, CASES[i].says);
		expect_text(session, STATUSES[i]);
		assert_false(session_output_contains(session, "\033[?1049h"));
		assert_true(session_close(session));
	}
}

/* A terminal that cannot move its cursor is told what works, and gets it: lines of text. */
static void dumb_gets_lines_of_text(void **state)
{
	(void)state;
	struct session *session = shell_start(
		"\"$0\" --sandbox; echo left with $?; read line",
		(struct session_options) { .rows = 60, .columns = 120, .terminal = "dumb" });
	expect_text(session, "TERM is dumb: no screens can be drawn on such a terminal");
	for (size_t i = 0; i < PRACTICE_NUMBER_COUNT; i++)
		expect_text(session, PRACTICE_NUMBERS[i].phone_number);
	expect_text(session, "Number, or a part of its name:");
	session_send(session, "<C-d>");
	expect_text(session, "left with 0");
	assert_false(session_output_contains(session, "\033"));
	assert_true(session_close(session));
}

static void an_unknown_terminal_is_drawn_as_xterm(void **state)
{
	(void)state;
	struct session *session =
		shell_start("\"$0\" --sandbox; echo left with $?; read line",
			    (struct session_options) { .terminal = "xterm-nobody" });
	expect_text(session, LAST_ROW);
	session_send(session, "<Down>");
	expect_cursor_on(session, PRACTICE_NUMBERS[1].phone_number);
	session_send(session, "<F10>");
	expect_text(session, "The terminal type xterm-nobody is not known here");
	expect_text(session, "left with 0");
	assert_true(session_close(session));
}

static void steps_aside_and_comes_back(void **state)
{
	static const char *const PROMPT[] = { "PS1=ready> ", "ENV=", NULL };
	const char *const arguments[] = { "sh", "-i", NULL };
	const struct session_options options = { .arguments = arguments, .environment = PROMPT };
	(void)state;
	char *program = session_built("sipdesk");
	char *command = mem_format("%s --sandbox\r", program);
	struct session *session = session_start(&options);
	assert_non_null(session);
	expect_text(session, "ready>");
	session_type(session, command);
	expect_text(session, LAST_ROW);
	session_send(session, "<Down>");
	expect_cursor_on(session, PRACTICE_NUMBERS[1].phone_number);
	session_send(session, "<C-z>");
	expect_text(session, "Stopped");
	assert_terminal_is_given_back(session);
	session_type(session, "fg\r");
	expect_cursor_on(session, PRACTICE_NUMBERS[1].phone_number);
	assert_true(session->terminal.takes_bracketed_paste);
	session_send(session, "<Down>");
	expect_cursor_on(session, PRACTICE_NUMBERS[2].phone_number);
	session_send(session, "<F10>");
	expect_row(session, "ready>"); /* a prompt without a command: a new one */
	session_type(session, "exit\r");
	expect_exit(session, 0);
	assert_true(session_close(session));
	free(command);
	free(program);
}

/* Its parent, this test, is of another session: nobody could continue it. The second time it leads
 * a session of its own, as on a console where it stands in place of the shell. */
static void without_job_control_it_stays(void **state)
{
	char *program = session_built("sipdesk");
	const char *const plain[] = { program, "--sandbox", NULL };
	const char *const leading[] = { "setsid", "--ctty", "--wait", program, "--sandbox", NULL };
	const char *const *const cases[] = { plain, leading };
	(void)state;
	/* Only root may take the terminal over from the harness's own session. */
	for (size_t i = 0; i < (getuid() == 0 ? ARRAY_LENGTH(cases) : 1); i++) {
		struct session *session =
			session_start(&(struct session_options) { .arguments = cases[i] });
		assert_non_null(session);
		expect_text(session, LAST_ROW);
		session_send(session, "<C-z>");
		expect_words(session,
			     "sipdesk was not suspended: there is no shell with job control");
		expect_text(session, LAST_ROW);
		session_send(session, "<Down>");
		expect_cursor_on(session, PRACTICE_NUMBERS[1].phone_number);
		session_send(session, "<F10>");
		expect_exit(session, 0);
		assert_true(session_close(session));
	}
	free(program);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_with_the_practice_numbers),
		cmocka_unit_test(leaves_and_gives_the_terminal_back),
		cmocka_unit_test(line_mode_is_given_back),
		cmocka_unit_test(a_hang_up_ends_it_and_its_service),
		cmocka_unit_test(every_size_shows_the_list),
		cmocka_unit_test(colours_are_those_of_the_terminal),
		cmocka_unit_test(draws_ascii_where_asked_to),
		cmocka_unit_test(a_whole_frame_is_one_write),
		cmocka_unit_test(a_slow_line_loses_nothing),
		cmocka_unit_test(refuses_what_is_no_terminal),
		cmocka_unit_test(dumb_gets_lines_of_text),
		cmocka_unit_test(an_unknown_terminal_is_drawn_as_xterm),
		cmocka_unit_test(steps_aside_and_comes_back),
		cmocka_unit_test(without_job_control_it_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
