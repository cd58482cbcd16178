#include "ui/term/draw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <curses.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/text.h"

enum { ROWS = 24, COLUMNS = 80 };

/* A screen that writes to a file: what it wrote can be counted. */
struct fixture {
	struct term term;
	FILE *in, *out;
};

static void fixture_open(struct fixture *fixture, const char *locale)
{
	assert_non_null(setlocale(LC_ALL, locale));
	fixture->in = fopen("/dev/null", "r");
	fixture->out = tmpfile();
	assert_non_null(fixture->in);
	assert_non_null(fixture->out);
	fixture->term =
		(struct term) { .rows = ROWS,
				.columns = COLUMNS,
				.out_fd = fileno(fixture->out),
				.glyphs = glyphs_choose(),
				.is_open = true,
				.screen = newterm("xterm-256color", fixture->out, fixture->in) };
	assert_non_null(fixture->term.screen);
	assert_int_equal(resizeterm(ROWS, COLUMNS), OK);
	theme_choose(&fixture->term.theme);
}

static void fixture_close(struct fixture *fixture)
{
	(void)endwin();
	delscreen(fixture->term.screen);
	(void)fclose(fixture->in);
	(void)fclose(fixture->out);
}

static int setup(void **state)
{
	static struct fixture fixture;
	(void)unsetenv("NO_COLOR");
	fixture_open(&fixture, "C.UTF-8");
	*state = &fixture;
	return 0;
}

static int teardown(void **state)
{
	fixture_close(*state);
	return 0;
}

/* Row `row` of the screen as UTF-8, without the blanks at its end. */
static const char *row_text(int row)
{
	static char text[COLUMNS * 16];
	wchar_t cells[COLUMNS * 4] = { 0 };
	size_t length = 0;
	(void)mvinnwstr(row, 0, cells, COLUMNS);
	for (size_t i = 0; cells[i] != L'\0'; i++)
		length += text_utf8_encode((uint32_t)cells[i], text + length);
	while (length > 0 && text[length - 1] == ' ')
		length--;
	text[length] = '\0';
	return text;
}

static bool cell_has_style(const struct term *term, int row, int column, enum style style)
{
	cchar_t cell;
	wchar_t characters[CCHARW_MAX];
	attr_t attributes;
	short pair;
	(void)mvin_wch(row, column, &cell);
	(void)getcchar(&cell, characters, &attributes, &pair, NULL);
	attr_t expected = (attr_t)term->theme.attributes[style];
	return (attributes & ~A_COLOR) == (expected & ~A_COLOR) && pair == PAIR_NUMBER(expected);
}

static off_t bytes_written(const struct fixture *fixture)
{
	struct stat status;
	assert_int_equal(fstat(fileno(fixture->out), &status), 0);
	return status.st_size;
}

static void test_text_is_clipped(void **state)
{
	static const struct {
		int column, width;
		const char *text;
		int taken;
		const char *row;
	} cases[] = {
		{ 0, 20, "sipdesk", 7, "sipdesk" },
		{ 2, 5, "abcde", 5, "  abcde" },
		{ 2, 5, "abcdef", 5, "  abcd…" },
		{ 0, 1, "ab", 1, "…" },
		{ 0, 0, "ab", 0, "" },
		{ 0, -1, "ab", 0, "" },
		{ 0, 10, "", 0, "" },
		{ 0, 10, "a → b…", 6, "a → b…" },
		/* a character of two columns is whole or not there */
		{ 0, 6, "ab電話", 6, "ab電話" },
		{ 0, 5, "ab電話", 5, "ab電…" },
		{ 0, 4, "ab電話", 3, "ab…" },
		/* marks take no column and stay with their character */
		{ 0, 2, "e\xcc\x81x", 2, "e\xcc\x81x" },
		{ 0, 2, "ae\xcc\x81x", 2, "a…" },
		/* the screen's edges */
		{ 77, 20, "abc", 3, "%abc" },
		{ 77, 20, "abcd", 3, "%ab…" },
		{ 79, 20, "電", 1, "%  …" },
		{ 80, 20, "abc", 0, "" },
		{ -2, 20, "abcd", 4, "cd" },
		{ -1, 20, "電話", 4, " 話" },
	};
	struct fixture *fixture = *state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		char expected[256];
		const char *row = cases[i].row;
		(void)snprintf(expected, sizeof expected, "%*s%s", row[0] == '%' ? 77 : 0, "",
			       row[0] == '%' ? row + 1 : row);
		draw_begin(&fixture->term);
		assert_int_equal(draw_text(&fixture->term, 3, cases[i].column, cases[i].width,
					   STYLE_NORMAL, cases[i].text),
				 cases[i].taken);
		assert_string_equal(row_text(3), expected);
		assert_string_equal(row_text(2), "");
		assert_string_equal(row_text(4), "");
		draw_end(&fixture->term);
	}
}

static void test_rows_outside_are_left_out(void **state)
{
	struct fixture *fixture = *state;
	draw_begin(&fixture->term);
	assert_int_equal(draw_text(&fixture->term, -1, 0, 9, STYLE_NORMAL, "abc"), 3);
	assert_int_equal(draw_text(&fixture->term, ROWS, 0, 9, STYLE_NORMAL, "abc"), 3);
	for (int row = 0; row < ROWS; row++)
		assert_string_equal(row_text(row), "");
	draw_text(&fixture->term, ROWS - 1, COLUMNS - 1, 1, STYLE_NORMAL, "z");
	assert_int_equal(row_text(ROWS - 1)[COLUMNS - 1], 'z');
	draw_end(&fixture->term);
}

/* What must never reach a cell, and how it is spelled (SAFETY, "Text from outside"). */
static const struct {
	const char *text, *row;
	int dim_from, dim_to; /* columns that are our spelling */
} HOSTILE[] = {
	{ "a\033[31mb", "a\\u{1b}[31mb", 1, 7 },
	{ "a\033]0;x\ab", "a\\u{1b}]0;x\\u{7}b", 1, 7 },
	{ "a\rb", "a\\u{d}b", 1, 6 },
	{ "a\nb", "a\\u{a}b", 1, 6 },
	{ "a\tb", "a\\u{9}b", 1, 6 },
	{ "a\bb", "a\\u{8}b", 1, 6 },
	{ "a\177b", "a\\u{7f}b", 1, 7 },
	{ "a\xc2\x9b"
	  "31mb",
	  "a\\u{9b}31mb", 1, 7 },
	{ "a\x9b"
	  "31mb",
	  "a\\x{9b}31mb", 1, 7 },
	{ "a\xc0\xaf"
	  "b",
	  "a\\x{c0}\\x{af}b", 1, 13 },
	{ "a\xed\xa0\x80"
	  "b",
	  "a\\x{ed}\\x{a0}\\x{80}b", 1, 19 },
	{ "a\xe2\x80\xae"
	  "b",
	  "a\\u{202e}b", 1, 9 },
	{ "a\xe2\x81\xa6"
	  "b",
	  "a\\u{2066}b", 1, 9 },
	{ "a\xe2\x80\x8b"
	  "b",
	  "a\\u{200b}b", 1, 9 },
	{ "a\xe2\x80\x8d"
	  "b",
	  "a\\u{200d}b", 1, 9 },
	{ "a\xef\xbb\xbf"
	  "b",
	  "a\\u{feff}b", 1, 9 },
	{ "a\xe2\x80\xa8"
	  "b",
	  "a\\u{2028}b", 1, 9 },
	{ "a\xee\x80\x80"
	  "b",
	  "a\\u{e000}b", 1, 9 },
	{ "a\xf3\xa0\x81\x81"
	  "b",
	  "a\\u{e0041}b", 1, 10 },
	{ "\xcc\x81"
	  "b",
	  "\\u{301}b", 0, 7 },
	{ "a\xcc\x81\xcc\x81\xcc\x81"
	  "b",
	  "a\xcc\x81\xcc\x81\\u{301}b", 1, 8 },
};

static void test_hostile_text_is_spelled(void **state)
{
	struct fixture *fixture = *state;
	for (size_t i = 0; i < ARRAY_LENGTH(HOSTILE); i++) {
		draw_begin(&fixture->term);
		draw_text(&fixture->term, 0, 0, COLUMNS, STYLE_NORMAL, HOSTILE[i].text);
		assert_string_equal(row_text(0), HOSTILE[i].row);
		assert_string_equal(row_text(1), "");
		for (int column = 0; column <= HOSTILE[i].dim_to; column++) {
			bool is_dim = column >= HOSTILE[i].dim_from && column < HOSTILE[i].dim_to;
			assert_true(cell_has_style(&fixture->term, 0, column,
						   is_dim ? STYLE_DIM : STYLE_NORMAL));
		}
		draw_end(&fixture->term);
	}
}

static void test_text_to_the_right(void **state)
{
	static const struct {
		int end, width;
		const char *text;
		int first;
		const char *row;
	} cases[] = {
		{ 10, 10, "abc", 7, "       abc" },
		{ 10, 3, "abc", 7, "       abc" },
		{ 10, 3, "abcd", 7, "       ab…" },
		{ 4, 4, "電話", 0, "電話" },
		{ 3, 10, "", 3, "" },
	};
	struct fixture *fixture = *state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		draw_begin(&fixture->term);
		assert_int_equal(draw_text_right(&fixture->term, 0, cases[i].end, cases[i].width,
						 STYLE_NORMAL, cases[i].text),
				 cases[i].first);
		assert_string_equal(row_text(0), cases[i].row);
	}
}

static void test_rules(void **state)
{
	struct fixture *fixture = *state;
	char plain[COLUMNS * 3 + 2] = " ", titled[COLUMNS * 3 + 2] = " ─ SIP ";
	for (int i = 1; i < COLUMNS; i++)
		(void)snprintf(plain + strlen(plain), 4, "─");
	for (int i = 7; i < COLUMNS; i++)
		(void)snprintf(titled + strlen(titled), 4, "─");
	draw_begin(&fixture->term);
	draw_rule(&fixture->term, 0, NULL);
	draw_rule(&fixture->term, 1, "SIP");
	draw_glyph(&fixture->term, 2, 76, 9, STYLE_NORMAL, "▇");
	draw_glyph(&fixture->term, 3, 0, 1, STYLE_NORMAL, fixture->term.glyphs->mask);
	assert_string_equal(row_text(0), plain);
	assert_string_equal(row_text(1), titled);
	draw_glyph(&fixture->term, 4, COLUMNS - 1, 1, STYLE_NORMAL, "電");
	assert_string_equal(row_text(2) + 76, "▇▇▇▇");
	assert_string_equal(row_text(4), "");
	assert_string_equal(row_text(5), "");
	assert_string_equal(row_text(3), "••••••••");
	draw_rule_within(&fixture->term, 6, 9, "SIP");
	draw_rule_within(&fixture->term, 7, 9, "Credentials");
	assert_string_equal(row_text(6), " ─ SIP ──");
	assert_string_equal(row_text(7), " ─ Cre… ─");
}

static void test_paragraphs(void **state)
{
	static const struct {
		const char *text;
		int width, rows, rows_whole;
		const char *lines[4];
	} cases[] = {
		{ "", 10, 3, 0, { "" } },
		{ "one", 10, 3, 1, { "one" } },
		{ "one two three", 7, 3, 2, { "one two", "three" } },
		{ "one two three", 8, 3, 2, { "one two", "three" } },
		{ "one two three", 6, 3, 3, { "one", "two", "three" } },
		{ "one   two", 4, 3, 2, { "one", "two" } },
		{ "one two three", 7, 1, 2, { "one tw…" } },
		{ "one two three", 5, 2, 3, { "one", "two …" } },
		{ "abcdefghij", 4, 3, 3, { "abcd", "efgh", "ij" } },
		{ "a bcdefghij", 4, 4, 4, { "a", "bcde", "fghi", "j" } },
		{ "電話電話", 5, 3, 2, { "電話", "電話" } },
		{ "a\nb c", 6, 3, 2, { "a\\u{a}", "b c" } },
		{ "e\xcc\x81 e\xcc\x81", 1, 3, 2, { "e\xcc\x81", "e\xcc\x81" } },
	};
	struct fixture *fixture = *state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		int rows =
			cases[i].rows < cases[i].rows_whole ? cases[i].rows : cases[i].rows_whole;
		draw_begin(&fixture->term);
		assert_int_equal(draw_paragraph_rows(cases[i].text, cases[i].width),
				 cases[i].rows_whole);
		assert_int_equal(draw_paragraph(&fixture->term, 5, 0, cases[i].width, cases[i].rows,
						STYLE_NORMAL, cases[i].text),
				 rows);
		for (int line = 0; line < rows; line++)
			assert_string_equal(row_text(5 + line), cases[i].lines[line]);
		assert_string_equal(row_text(5 + rows), "");
	}
}

/* A paragraph whose pieces are wider than the lines must end all the same. */
static void test_several_paragraphs(void **state)
{
	static const struct {
		const char *text;
		int rows, taken;
		const char *lines[5];
	} cases[] = {
		{ "", 5, 0, { "", "", "", "", "" } },
		{ "one two three", 5, 2, { "one two", "three", "", "", "" } },
		{ "one\ntwo", 5, 2, { "one", "two", "", "", "" } },
		{ "one\n\ntwo\n", 5, 3, { "one", "", "two", "", "" } },
		{ "\none", 5, 2, { "", "one", "", "", "" } },
		{ "one\ntwo three four", 2, 2, { "one", "two th…", "", "", "" } },
		{ "one\ntwo\nthree", 2, 2, { "one", "two", "", "", "" } },
		{ "one", 0, 0, { "", "", "", "", "" } },
	};
	struct fixture *fixture = *state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		draw_begin(&fixture->term);
		assert_int_equal(draw_paragraphs(&fixture->term, 5, 0, 7, cases[i].rows,
						 STYLE_NORMAL, cases[i].text),
				 cases[i].taken);
		for (int line = 0; line < 5; line++)
			assert_string_equal(row_text(5 + line), cases[i].lines[line]);
	}
}

static void test_narrow_paragraph_ends(void **state)
{
	struct fixture *fixture = *state;
	draw_begin(&fixture->term);
	assert_int_equal(draw_paragraph_rows("電電\033", 1), 3);
	assert_int_equal(draw_paragraph_rows("ab", 0), 2);
	assert_int_equal(draw_paragraph(&fixture->term, 0, 0, 0, 9, STYLE_NORMAL, "ab"), 2);
	assert_string_equal(row_text(0), "");
}

static void test_frames_send_what_differs(void **state)
{
	struct fixture *fixture = *state;
	struct term *term = &fixture->term;
	static const char *const texts[] = { "sip.acm", "sip.acm", "sip.acme", "sip.acme.e" };
	off_t before = 0, after = 0;
	for (int frame = 0; frame < 4; frame++) {
		before = bytes_written(fixture);
		draw_begin(term);
		draw_rule(term, 0, "SIP");
		draw_text(term, 5, 28, 30, STYLE_CHANGED, texts[frame]);
		draw_cursor(term, 5, frame < 2 ? 35 : 36);
		term->is_open = frame < 3; /* the last one is kept back */
		draw_end(term);
		term->is_open = true;
		after = bytes_written(fixture);
		if (frame == 0)
			assert_true(after > before);
		else if (frame == 2)
			assert_in_range(after - before, 1, 24);
		else
			assert_int_equal(after, before);
	}
	term_repaint(term);
	draw_end(term);
	assert_true(bytes_written(fixture) - after > COLUMNS);
}

static void test_cursor(void **state)
{
	static const struct {
		int row, column, row_then, column_then;
	} cases[] = { { 3, 4, 3, 4 }, { -1, -1, 0, 0 }, { ROWS, COLUMNS, ROWS - 1, COLUMNS - 1 } };
	struct fixture *fixture = *state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		draw_begin(&fixture->term);
		draw_cursor(&fixture->term, cases[i].row, cases[i].column);
		draw_text(&fixture->term, 10, 10, 9, STYLE_NORMAL, "drawn later");
		draw_end(&fixture->term);
		assert_int_equal(getcury(curscr), cases[i].row_then);
		assert_int_equal(getcurx(curscr), cases[i].column_then);
	}
}

static void test_themes(void **state)
{
	struct fixture *fixture = *state;
	struct theme theme;
	theme_choose(&theme);
	assert_int_not_equal(PAIR_NUMBER((attr_t)theme.attributes[STYLE_WRONG]), 0);
	assert_int_not_equal(PAIR_NUMBER((attr_t)theme.attributes[STYLE_DIM]), 0);
	assert_int_equal(theme.attributes[STYLE_NORMAL], 0);
	(void)setenv("NO_COLOR", "", 1);
	theme_choose(&theme);
	assert_memory_equal(&theme, &fixture->term.theme, sizeof theme);
	(void)setenv("NO_COLOR", "1", 1);
	theme_choose(&theme);
	(void)unsetenv("NO_COLOR");
	for (int style = 0; style < STYLE_COUNT; style++)
		assert_int_equal(PAIR_NUMBER((attr_t)theme.attributes[style]), 0);
	assert_int_not_equal(theme.attributes[STYLE_WRONG], theme.attributes[STYLE_NORMAL]);
}

/* In a locale without Unicode our own signs become ASCII, and what is not ours is spelled. */
static void test_ascii_locale(void **state)
{
	static const struct {
		const char *text, *row;
	} cases[] = {
		{ "Acme › SIP", "Acme > SIP" },
		{ "DTLS → SDES", "DTLS -> SDES" },
		{ "“x” … 1–9 — y’s", "\"x\" ... 1-9 -- y's" },
		{ "└ ●○ ✓✗ • ·", "` (*)( ) +x * ." },
		{ "M\xc3\xbcller", "M\\u{fc}ller" },
		{ "\xe2\x80\xae", "\\u{202e}" },
	};
	(void)state;
	struct fixture fixture;
	fixture_open(&fixture, "C");
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		draw_begin(&fixture.term);
		draw_text(&fixture.term, 0, 0, COLUMNS, STYLE_NORMAL, cases[i].text);
		assert_string_equal(row_text(0), cases[i].row);
	}
	draw_begin(&fixture.term);
	draw_rule(&fixture.term, 0, "SIP");
	draw_text(&fixture.term, 1, 0, 5, STYLE_NORMAL, "abcdefg");
	assert_int_equal(draw_paragraph_rows("a → b", 6), 1);
	assert_memory_equal(row_text(0), " - SIP ---", 10);
	assert_string_equal(row_text(1), "abcd~");
	fixture_close(&fixture);
	(void)setlocale(LC_ALL, "C.UTF-8");
}

static void test_clipboard(void **state)
{
	static const struct {
		const char *text;
		bool knows_xterm, is_open;
		const char *sent;
	} cases[] = {
		{ "", true, true, "\033]52;c;\a" },
		{ "f", true, true, "\033]52;c;Zg==\a" },
		{ "fo", true, true, "\033]52;c;Zm8=\a" },
		{ "foo", true, true, "\033]52;c;Zm9v\a" },
		{ "foobar\xff\xfe", true, true, "\033]52;c;Zm9vYmFy//4=\a" },
		{ "foo", false, true, "" },
		{ "foo", true, false, "" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		int ends[2];
		char sent[64] = "";
		assert_int_equal(pipe(ends), 0);
		struct term term = { .out_fd = ends[1],
				     .knows_xterm = cases[i].knows_xterm,
				     .is_open = cases[i].is_open };
		assert_true(term_clipboard_send(&term, cases[i].text, strlen(cases[i].text)) ==
			    (cases[i].knows_xterm && cases[i].is_open));
		(void)close(ends[1]);
		assert_true(read(ends[0], sent, sizeof sent - 1) >= 0);
		assert_string_equal(sent, cases[i].sent);
		(void)close(ends[0]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_text_is_clipped, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rows_outside_are_left_out, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hostile_text_is_spelled, setup, teardown),
		cmocka_unit_test_setup_teardown(test_text_to_the_right, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rules, setup, teardown),
		cmocka_unit_test_setup_teardown(test_paragraphs, setup, teardown),
		cmocka_unit_test_setup_teardown(test_several_paragraphs, setup, teardown),
		cmocka_unit_test_setup_teardown(test_narrow_paragraph_ends, setup, teardown),
		cmocka_unit_test_setup_teardown(test_frames_send_what_differs, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cursor, setup, teardown),
		cmocka_unit_test_setup_teardown(test_themes, setup, teardown),
		cmocka_unit_test(test_ascii_locale),
		cmocka_unit_test(test_clipboard),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
