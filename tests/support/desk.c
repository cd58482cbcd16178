#include "tests/support/desk.h"

#include "base/file.h"
#include "base/mem.h"
#include "sandbox/sandbox.h"
#include "tests/support/child.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

const char DESK_KEY[] = "desk-key-0123456789abcdef";

void desk_run(struct desk *desk, const char *const *arguments, const char *terminal)
{
	static const char *const ENVIRONMENT[] = { "SHIM_CLOCK_SECONDS=1795351260", NULL };
	const char *all[SESSION_ARGUMENTS_MAX + 1] = { 0 };
	char *program = session_built("sipdesk");
	char *clock = session_built("tests/shim/fixed_clock.so");
	all[0] = program;
	for (size_t i = 0; arguments[i] != NULL && i + 1 < SESSION_ARGUMENTS_MAX; i++)
		all[i + 1] = arguments[i];
	desk->session = session_start(&(struct session_options) { .arguments = all,
								  .terminal = terminal,
								  .locale = desk->locale,
								  .rows = desk->rows,
								  .columns = desk->columns,
								  .environment = ENVIRONMENT,
								  .preload = clock,
								  .home = desk->home,
								  .tells_ports = true });
	free(clock);
	free(program);
	assert_non_null(desk->session);
}

void desk_practice(struct desk *desk)
{
	static const char *const ARGUMENTS[] = { "--sandbox", NULL };
	*desk = (struct desk) { 0 };
	desk_run(desk, ARGUMENTS, NULL);
	assert_true(peer_sandbox_of(&desk->sandbox, desk->session));
	expect_text(desk->session, "Add a number");
}

void desk_practice_number(struct desk *desk, size_t practice_number)
{
	desk_practice(desk);
	for (size_t i = 0; i < practice_number; i++)
		session_send(desk->session, "<Down>");
	expect_cursor_on(desk->session, PRACTICE_NUMBERS[practice_number].phone_number);
	session_send(desk->session, "<Enter>");
	expect_text(desk->session, "read 12:41");
}

void desk_against(struct desk *desk, const char *script)
{
	struct err err;
	*desk = (struct desk) { .has_service = true };
	peer_init(&desk->sandbox);
	fault_server_start(&desk->service, script);
	desk->folder = child_folder_make();
	assert_non_null(desk->folder);
	char *key_file = mem_format("%s/key", desk->folder);
	assert_true(file_write_whole(key_file, DESK_KEY, strlen(DESK_KEY), 0600, &err));
	const char *const arguments[] = { "--api-url", desk->service.url, "--key-file", key_file,
					  NULL };
	desk_run(desk, arguments, NULL);
	free(key_file);
}

void desk_numbers(struct desk *desk, const char *script, const char *home)
{
	static const char *const ARGUMENTS[] = { NULL };
	*desk = (struct desk) { .has_service = true, .home = home };
	peer_init(&desk->sandbox);
	fault_server_start(&desk->service, script);
	desk_run(desk, ARGUMENTS, NULL);
	expect_text(desk->session, "Add a number");
}

void desk_close(struct desk *desk)
{
	assert_true(session_close(desk->session));
	if (desk->has_service)
		fault_server_stop(&desk->service);
	else
		assert_true(peer_stop(&desk->sandbox));
	if (desk->folder != NULL)
		child_folder_remove(desk->folder);
	free(desk->folder);
	*desk = (struct desk) { 0 };
}

static const char BOX_SIDE[] = "│"; /* stands between the lines of a box */

static char *screen_words(const struct session *session)
{
	char *screen = session_screen(session);
	struct str words;
	str_init(&words);
	for (const char *at = screen; *at != '\0'; at++) {
		bool is_side = strncmp(at, BOX_SIDE, strlen(BOX_SIDE)) == 0;
		bool is_blank = *at == ' ' || *at == '\n' || is_side;
		if (is_side)
			at += strlen(BOX_SIDE) - 1;
		if (!is_blank)
			str_add_char(&words, *at);
		else if (words.length > 0 && words.bytes[words.length - 1] != ' ')
			str_add_char(&words, ' ');
	}
	free(screen);
	return str_detach(&words);
}

static bool words_are_shown(const struct session *session, const void *wanted)
{
	char *words = screen_words(session);
	bool is_shown = strstr(words, wanted) != NULL;
	free(words);
	return is_shown;
}

void expect_words(struct session *session, const char *words)
{
	assert_true(session_wait(session, words_are_shown, words, words));
}

static int cursor_row(const struct session *session)
{
	VTermPos cursor;
	vterm_state_get_cursorpos(vterm_obtain_state(session->terminal.model), &cursor);
	return cursor.row;
}

struct place {
	int row;
	char *words; /* of the row */
};

/* The last row above the rule: going down from there scrolls, and the cursor stays. */
static bool is_last_row(const struct session *session, int row)
{
	if (row + 1 >= session->terminal.rows)
		return false;
	char *below = session_row(session, row + 1);
	bool is_rule = strncmp(below, " ──", strlen(" ──")) == 0 || strncmp(below, " --", 3) == 0;
	free(below);
	return is_rule;
}

/* In the middle of a frame it may stand anywhere. */
static bool cursor_is_on_focus(const struct session *session, const void *argument)
{
	int now = cursor_row(session);
	char *words = session_row(session, now);
	bool is_on_focus = now > 0 && (strstr(words, "›") != NULL || strchr(words, '>') != NULL);
	(void)argument;
	free(words);
	return is_on_focus;
}

/* It stands on another row, or on one that was scrolled there. */
static bool cursor_left(const struct session *session, const void *place)
{
	const struct place *from = place;
	int now = cursor_row(session);
	char *words = session_row(session, now);
	bool is_elsewhere =
		now != from->row || (is_last_row(session, now) && strcmp(words, from->words) != 0);
	free(words);
	return is_elsewhere && cursor_is_on_focus(session, NULL);
}

void desk_down_to(struct desk *desk, const char *text)
{
	for (bool is_there = false; !is_there;) {
		assert_true(session_wait(desk->session, cursor_is_on_focus, NULL, "the focus"));
		struct place from = { .row = cursor_row(desk->session) };
		char *words;
		from.words = session_row(desk->session, from.row);
		session_send(desk->session, "<Down>");
		assert_true(session_wait(desk->session, cursor_left, &from, "the cursor moves"));
		free(from.words);
		words = session_row(desk->session, cursor_row(desk->session));
		is_there = strstr(words, text) != NULL;
		free(words);
	}
}

void desk_go_to(struct desk *desk, const char *label)
{
	session_send(desk->session, "<F3>");
	expect_text(desk->session, "Find a field");
	session_type(desk->session, label);
	expect_text(desk->session, label);
	session_send(desk->session, "<Enter>");
	expect_gone(desk->session, "Find a field");
	expect_cursor_on(desk->session, label);
}

void desk_replace(struct desk *desk, const char *text)
{
	session_send(desk->session, "<Enter><C-u>");
	session_type(desk->session, text);
	session_send(desk->session, "<Enter>");
}

void desk_review(struct desk *desk)
{
	session_send(desk->session, "<F2>");
	expect_text(desk->session, "then read back.");
}

void desk_send(struct desk *desk, const char *outcome)
{
	desk_review(desk);
	session_send(desk->session, "y");
	expect_row(desk->session, outcome);
}
