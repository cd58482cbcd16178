/*
 * The screens at home: every terminal, with and without UTF-8, in three sizes. What stands on the
 * screen must be the same for all terminals, which says more than that nothing broke.
 *
 * The whole main job is done once for each terminal, and for each locale in each size; the others
 * take a shorter walk through the same screens: in all about half a minute.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "tests/support/desk.h"
#include "tests/support/main_story.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum colours { COLOURS_NONE, COLOURS_8, COLOURS_256 };

/* With what each sends for F2, and Home. */
static const struct terminal_row {
	const char *name;
	enum colours colours;
	const char *f2, *home;
} TERMINALS[] = {
	{ "xterm-256color", COLOURS_256, "\033OQ", "\033OH" },
	{ "screen", COLOURS_8, "\033OQ", "\033[1~" },
	{ "screen-256color", COLOURS_256, "\033OQ", "\033[1~" },
	{ "tmux-256color", COLOURS_256, "\033OQ", "\033[1~" },
	{ "linux", COLOURS_8, "\033[[B", "\033[1~" },
	{ "vt100", COLOURS_NONE, "\033OQ", "\033[H" },
	{ "vt220", COLOURS_NONE, "\033OQ", "\033[1~" },
	{ "rxvt-unicode", COLOURS_8, "\033[12~", "\033[7~" },
	{ "putty", COLOURS_8, "\033[12~", "\033[1~" },
	{ "nobody-knows-it", COLOURS_256, "\033OQ", "\033[H" },
};

static const char *const LOCALES[] = { "C.UTF-8", "C" };

static const struct {
	int rows, columns;
} SIZES[] = { { 24, 80 }, { 16, 60 }, { 43, 132 } };

enum { LOCALE_COUNT = ARRAY_LENGTH(LOCALES), SIZE_COUNT = ARRAY_LENGTH(SIZES) };

static void matrix_open(struct desk *desk, const struct terminal_row *terminal, size_t locale,
			size_t size)
{
	static const char *const ARGUMENTS[] = { "--sandbox", NULL };
	*desk = (struct desk) { .locale = LOCALES[locale],
				.rows = SIZES[size].rows,
				.columns = SIZES[size].columns };
	desk_run(desk, ARGUMENTS, terminal->name);
	assert_true(peer_sandbox_of(&desk->sandbox, desk->session));
	expect_text(desk->session, "Add a number");
	expect_gone(desk->session, "not read yet");
	expect_gone(desk->session, "reading");
}

static bool shows_this(const struct session *session, const void *screen)
{
	char *shown = session_screen(session);
	bool is_equal = strcmp(shown, screen) == 0;
	free(shown);
	return is_equal;
}

/* The first terminal's screen is what the others must show. */
static void expect_same(struct session *session, char **first)
{
	if (*first == NULL)
		*first = session_screen(session);
	else
		assert_true(session_wait(session, shows_this, *first, *first));
}

static void expect_encoding(const struct session *session, size_t locale)
{
	bool is_ascii = true;
	for (size_t i = 0; i < session_bytes(session); i++)
		is_ascii = is_ascii && (unsigned char)session->output.bytes[i] < 0x80;
	assert_int_equal(is_ascii, strcmp(LOCALES[locale], "C") == 0);
}

/* Grey is one of 256; cyan marks a change where there are 8. */
static void expect_colours(const struct session *session, enum colours colours)
{
	bool has_cyan = session_output_contains(session, "\033[36m") ||
			session_output_contains(session, "\033[38;5;6m");
	assert_int_equal(session_output_contains(session, "38;5;243"), colours == COLOURS_256);
	assert_int_equal(has_cyan, colours == COLOURS_8);
}

static void send(struct session *session, const char *bytes)
{
	session_send_bytes(session, bytes, strlen(bytes));
}

static void story_run(const struct terminal_row *terminal, size_t locale, size_t size)
{
	struct desk desk;
	matrix_open(&desk, terminal, locale, size);
	struct session *session = desk.session;
	session_send(session, "<Enter>");
	expect_cursor_on(session, "Calling ");
	expect_text(session, "Call icon ");
	main_story_enable(&desk);
	main_story_server_add(&desk);
	session_send(session, "<Esc>");
	expect_cursor_on(session, "SIP server ");
	main_story_sdes_choose(&desk);
	send(session, terminal->f2);
	expect_text(session, "y Send");
	session_send(session, "y");
	expect_row(session, "Applied");
	char *held = peer_settings(&desk.sandbox, 0, false);
	assert_string_equal(held, MAIN_STORY_HELD);
	free(held);
	expect_encoding(session, locale);
	expect_colours(session, terminal->colours);
	session_send(session, "<Esc>");
	expect_cursor_on(session, "SRTP key exchange");
	session_send(session, "<F10>");
	expect_exit(session, 0);
	desk_close(&desk);
}

static void walk_run(const struct terminal_row *terminal, size_t locale, size_t size,
		     char *first[2])
{
	struct desk desk;
	matrix_open(&desk, terminal, locale, size);
	struct session *session = desk.session;
	session_send(session, "<Down><Down>");
	expect_cursor_on(session, "Practice 3");
	send(session, terminal->home);
	expect_cursor_on(session, "Practice 1");
	session_send(session, "<Enter>");
	expect_cursor_on(session, "Calling ");
	session_send(session, "<Space>");
	expect_text(session, "Calling                Enabled");
	expect_same(session, &first[0]);
	send(session, terminal->f2);
	expect_text(session, "y Send");
	expect_same(session, &first[1]);
	expect_encoding(session, locale);
	expect_colours(session, terminal->colours);
	session_signal(session, SIGTERM);
	expect_exit(session, 130);
	desk_close(&desk);
}

/* Where the whole story is told: in the first terminal everywhere, and once in each. */
static bool is_story(size_t terminal, size_t locale, size_t size)
{
	return terminal == 0 ||
	       (terminal % LOCALE_COUNT == locale && terminal % SIZE_COUNT == size);
}

static void the_main_job_in_every_terminal(void **state)
{
	(void)state;
	for (size_t locale = 0; locale < LOCALE_COUNT; locale++)
		for (size_t size = 0; size < SIZE_COUNT; size++)
			for (size_t i = 0; i < ARRAY_LENGTH(TERMINALS); i++)
				if (is_story(i, locale, size))
					story_run(&TERMINALS[i], locale, size);
}

static void the_screens_are_the_same_in_all(void **state)
{
	(void)state;
	for (size_t locale = 0; locale < LOCALE_COUNT; locale++)
		for (size_t size = 0; size < SIZE_COUNT; size++) {
			char *first[2] = { NULL, NULL };
			for (size_t i = 0; i < ARRAY_LENGTH(TERMINALS); i++)
				walk_run(&TERMINALS[i], locale, size, first);
			free(first[0]);
			free(first[1]);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_main_job_in_every_terminal),
		cmocka_unit_test(the_screens_are_the_same_in_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
