/* The tests' own terminal: what it shows, its keys, and its pictures. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "tests/support/keys.h"
#include "tests/support/screen_svg.h"
#include "tests/support/terminal.h"

#include <stdlib.h>
#include <string.h>

static void taken(struct screen *screen, const char *bytes)
{
	struct terminal terminal;
	terminal_init(&terminal, 3, 20);
	terminal_write(&terminal, bytes, strlen(bytes));
	screen_take(screen, &terminal);
	terminal_release(&terminal);
}

static void rows_are_shown(void **state)
{
	static const struct {
		const char *written, *row;
		int cursor_column;
	} CASES[] = {
		{ "plain", "plain", 5 },
		{ "a\033[4b.", "aaaaa.", 6 },
		{ "abcdef\033[1;2H\033[3Xz", "az  ef", 2 },
		{ "▇•›é", "▇•›é", 4 },
		{ "日本", "日本", 4 },
		{ "\033[38;2;2;2;2mrgb\033[48;5;2mindex\033[0m", "rgbindex", 8 },
		{ "\033]52;c;YWJj\007x", "x", 1 },
		{ "main\033[?1049h\033[Hother", "other", 5 },
		{ "main\033[?1049h\033[Hother\033[?1049l", "main", 4 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct screen screen;
		struct str row;
		str_init(&row);
		taken(&screen, CASES[i].written);
		screen_row(&screen, 0, &row);
		assert_string_equal(row.bytes, CASES[i].row);
		assert_int_equal(screen.cursor_column, CASES[i].cursor_column);
		str_release(&row);
		screen_release(&screen);
	}
}

static void styles_are_kept(void **state)
{
	static const struct {
		const char *written;
		unsigned styles;
		int foreground, background;
	} CASES[] = {
		{ "x", 0, CELL_COLOUR_DEFAULT, CELL_COLOUR_DEFAULT },
		{ "\033[1mx", CELL_BOLD, CELL_COLOUR_DEFAULT, CELL_COLOUR_DEFAULT },
		{ "\033[2mx", CELL_DIM, CELL_COLOUR_DEFAULT, CELL_COLOUR_DEFAULT },
		{ "\033[0;2;4mx", CELL_DIM | CELL_UNDERLINE, CELL_COLOUR_DEFAULT,
		  CELL_COLOUR_DEFAULT },
		{ "\033[1;2m\033[22mx", 0, CELL_COLOUR_DEFAULT, CELL_COLOUR_DEFAULT },
		{ "\033[2m\033[0mx", 0, CELL_COLOUR_DEFAULT, CELL_COLOUR_DEFAULT },
		{ "\033[2m\033[mx", 0, CELL_COLOUR_DEFAULT, CELL_COLOUR_DEFAULT },
		{ "\033[7mx", CELL_REVERSE, CELL_COLOUR_DEFAULT, CELL_COLOUR_DEFAULT },
		{ "\033[38;5;2mx", 0, 0x9dbf85, CELL_COLOUR_DEFAULT },
		{ "\033[38;2;2;22;2mx", 0, 0x021602, CELL_COLOUR_DEFAULT },
		{ "\033[48;5;196;2mx", CELL_DIM, CELL_COLOUR_DEFAULT, 0xff0000 },
		{ "\033[38;5;244mx", 0, 0x808080, CELL_COLOUR_DEFAULT },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct screen screen;
		taken(&screen, CASES[i].written);
		const struct cell *cell = screen_cell(&screen, 0, 0);
		assert_string_equal(cell->text, "x");
		assert_int_equal(cell->styles, CASES[i].styles);
		assert_int_equal(cell->foreground, CASES[i].foreground);
		assert_int_equal(cell->background, CASES[i].background);
		screen_release(&screen);
	}
}

static void modes_and_replies_are_a_terminals(void **state)
{
	static const char BYTES[] = "\033[?1049h\033[?2004h\033[?1h\033[?25l\033[2;3H\033[6n";
	struct terminal terminal;
	(void)state;
	terminal_init(&terminal, 3, 20);
	for (size_t i = 0; i < strlen(BYTES); i++)
		terminal_write(&terminal, BYTES + i, 1);
	assert_true(terminal.is_alternate);
	assert_true(terminal.takes_bracketed_paste);
	assert_true(terminal.has_application_cursor);
	assert_false(terminal.cursor_is_visible);
	assert_string_equal(terminal.replies.bytes, "\033[2;3R");
	static const char OFF[] = "\033[?2004l\033[?1l\033[?25h\033[?1049l";
	terminal_write(&terminal, OFF, strlen(OFF));
	assert_false(terminal.is_alternate || terminal.takes_bracketed_paste ||
		     terminal.has_application_cursor);
	assert_true(terminal.cursor_is_visible);
	terminal_release(&terminal);
}

static void keys_have_their_bytes(void **state)
{
	static const struct {
		const char *key;
		bool application;
		const char *bytes;
		size_t length;
	} CASES[] = {
		{ "x", false, "x", 1 },
		{ "<F2>", false, "\033OQ", 4 },
		{ "<F10>", false, "\033[21~", 5 },
		{ "<Down>", false, "\033[B", 6 },
		{ "<Down>", true, "\033OB", 6 },
		{ "<C-s>", false, "\023", 5 },
		{ "<C-_>", false, "\037", 5 },
		{ "<C-Right>", true, "\033[1;5C", 9 },
		{ "<A-b>", false, "\033b", 5 },
		{ "<S-Tab>", false, "\033[Z", 7 },
		{ "<lt>", false, "<", 4 },
		{ "<Nothing>", false, "", 0 },
		{ "<F2", false, "", 0 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct str bytes;
		str_init(&bytes);
		size_t length = keys_encode(CASES[i].key, CASES[i].application, &bytes);
		assert_int_equal(length, CASES[i].length);
		assert_string_equal(bytes.bytes, CASES[i].bytes);
		str_release(&bytes);
	}
}

static void ports_are_hidden(void **state)
{
	struct screen screen;
	struct str row;
	(void)state;
	str_init(&row);
	taken(&screen, "127.0.0.1:40123/x 42");
	screen_hide_ports(&screen);
	screen_row(&screen, 0, &row);
	assert_string_equal(row.bytes, "127.0.0.1:00000/x 42");
	str_release(&row);
	screen_release(&screen);
}

static void picture_holds_the_screen(void **state)
{
	static const char *const PARTS[] = {
		"<title>A &lt;title&gt;</title>",
		"<desc>a&amp;b ── two  gap ›b\n",
		">a&amp;b</text>",
		"M0 10H20",	    /* the rule as one path */
		">two</text>",	    /* two blanks end a run */
		"fill=\"#d9787b\"", /* red */
		"font-weight=\"bold\">b</text>",
		"M3.5 6L7 10L3.5 14",
	};
	struct screen screen;
	struct str svg, again;
	(void)state;
	str_init(&svg);
	str_init(&again);
	taken(&screen, "a&b ── two  \033[31mgap\033[0;1m ›b");
	screen_svg_write(&screen, "A <title>", &svg);
	screen_svg_write(&screen, "A <title>", &again);
	for (size_t i = 0; i < ARRAY_LENGTH(PARTS); i++)
		assert_non_null(strstr(svg.bytes, PARTS[i]));
	assert_string_equal(svg.bytes, again.bytes);
	str_release(&svg);
	str_release(&again);
	screen_release(&screen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_shown),
		cmocka_unit_test(styles_are_kept),
		cmocka_unit_test(modes_and_replies_are_a_terminals),
		cmocka_unit_test(keys_have_their_bytes),
		cmocka_unit_test(ports_are_hidden),
		cmocka_unit_test(picture_holds_the_screen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
