#include "ui/widgets/text_edit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <curses.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/text.h"
#include "ui/term/input.h"

enum { ROWS = 24, COLUMNS = 80, ROW = 3 };

static struct input input; /* one for all: opening it reads terminfo */

static void edit_type(struct text_edit *edit, const char *bytes)
{
	struct input_event event;
	input_push(&input, bytes, strlen(bytes));
	while (input_next(&input, &event)) {
		if (event.kind == INPUT_PASTE)
			(void)text_edit_paste(edit, event.text, event.length, NULL);
		else
			assert_int_not_equal(text_edit_key(edit, event.key), TEXT_EDIT_IGNORED);
	}
}

static void edit_expect(const struct text_edit *edit, const char *expected)
{
	char shown[256];
	(void)snprintf(shown, sizeof shown, "%.*s|%s", (int)edit->cursor, edit->text.bytes,
		       edit->text.bytes + edit->cursor);
	assert_string_equal(shown, expected);
}

#define LEFT "\033[D"
#define RIGHT "\033[C"
#define HOME "\033[H"
#define END "\033[F"
#define DELETE "\033[3~"
#define UNDO "\037"
#define PASTE(text) "\033[200~" text "\033[201~"
#define ACUTE "\xcc\x81" /* a combining mark */

/* What is typed into `text` (the cursor at its end), and then: the text, "|" at the cursor. */
static const struct {
	const char *text, *typed, *then;
} KEYS_TYPED[] = {
	{ "", "abc", "abc|" },
	{ "abc", LEFT LEFT "x", "ax|bc" },
	{ "abc", LEFT LEFT LEFT LEFT RIGHT "x", "ax|bc" },
	{ "abc", HOME "x", "x|abc" },
	{ "abc",
	  "\001"
	  "x"
	  "\005"
	  "y",
	  "xabcy|" },
	{ "abc",
	  "\002\002\006"
	  "x",
	  "abx|c" },
	{ "abc", "\177", "ab|" },
	{ "abc", "\b", "ab|" },
	{ "abc", HOME "\177", "|abc" },
	{ "abc", HOME DELETE, "|bc" },
	{ "abc", HOME "\004", "|bc" },
	{ "abc", DELETE, "abc|" },
	/* words */
	{ "one two.three", "\033b", "one two.|three" },
	{ "one two.three", "\033b\033b", "one |two.three" },
	{ "one two.three", HOME "\033f", "one| two.three" },
	{ "one two.three", HOME "\033f\033f", "one two|.three" },
	{ "one two.three", "\027", "one |" },
	{ "one two.three  ", "\027", "one |" },
	{ "one two.three", HOME "\033d", "| two.three" },
	{ "n\xc3\xa4he x", HOME "\033f", "n\xc3\xa4he| x" },
	/* killed text comes back */
	{ "one two", "\025", "|" },
	{ "one two", "\033b\025", "|two" },
	{ "one two", "\033b\013", "one |" },
	{ "one two", "\033b\025\005\031", "twoone |" },
	{ "one two", "\027" HOME "\031", "two|one " },
	{ "one two", HOME "\033d" END "\031", " twoone|" },
	{ "one", "\031", "one|" },
	{ "one two", "\027\025\031\031", "one one |" },
	/* undo: a run of typing is one step, a run of rubbing out another */
	{ "a", "bcd" UNDO, "a|" },
	{ "a", "bcd" UNDO UNDO, "a|" },
	{ "", "ab" LEFT "cd" UNDO, "a|b" },
	{ "", "ab" LEFT "cd" UNDO UNDO, "|" },
	{ "abcd", "\177\177\177" UNDO, "abcd|" },
	{ "abcd", "\177\177xy" UNDO, "ab|" },
	{ "one two", "\025" UNDO, "one two|" },
	{ "one two", "\027\027" UNDO, "one |" },
	{ "a", PASTE("bc") PASTE("de") UNDO, "abc|" },
	{ "ab", LEFT "x" UNDO "y", "ay|b" },
	/* characters of several bytes, of two columns, with marks */
	{ "\xc3\xa4\xe9\x9b\xbb", "\177", "\xc3\xa4|" },
	{ "\xc3\xa4\xe9\x9b\xbb", LEFT LEFT DELETE, "|\xe9\x9b\xbb" },
	{ "e" ACUTE "x", LEFT LEFT "a", "a|e" ACUTE "x" },
	{ "e" ACUTE "x", LEFT "\177", "|x" },
	{ "e" ACUTE "x", HOME DELETE, "|x" },
	{ "", "e" ACUTE, "e" ACUTE "|" },
	{ "ex", LEFT ACUTE "\177", "|x" },
	/* a mark that finds a new character before it: the cursor goes after both */
	{ ACUTE "b", HOME "a", "a" ACUTE "|b" },
	/* pastes */
	{ "ab", LEFT PASTE("1 2"), "a1 2|b" },
	{ "", PASTE("a\nb\r\nc\td\n\n\te"), "a b c d e|" },
	{ "",
	  PASTE("a\001\033[31mb\177c\xc2\x9b"
		"d\xff"),
	  "a[31mbcd|" },
	{ "", PASTE("e" ACUTE "\xe9\x9b\xbb"), "e" ACUTE "\xe9\x9b\xbb|" },
};

static void test_keys(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(KEYS_TYPED); i++) {
		struct text_edit edit;
		text_edit_init(&edit, KEYS_TYPED[i].text, 0);
		edit_type(&edit, KEYS_TYPED[i].typed);
		edit_expect(&edit, KEYS_TYPED[i].then);
		text_edit_release(&edit);
	}
}

static void test_results(void **state)
{
	static const struct {
		const char *text;
		size_t limit;
		uint32_t key;
		enum text_edit_result result;
	} cases[] = {
		{ "ab", 0, 'c', TEXT_EDIT_CHANGED },
		{ "ab", 0, KEY_BACKSPACE_, TEXT_EDIT_CHANGED },
		{ "ab", 0, KEY_LEFT_, TEXT_EDIT_MOVED },
		{ "", 0, KEY_LEFT_, TEXT_EDIT_MOVED },
		{ "", 0, KEY_BACKSPACE_, TEXT_EDIT_MOVED },
		{ "", 0, KEY_CTRL | 'k', TEXT_EDIT_MOVED },
		{ "", 0, KEY_CTRL | '_', TEXT_EDIT_MOVED },
		{ "ab", 2, 'c', TEXT_EDIT_FULL },
		{ "ab", 3, 'c', TEXT_EDIT_CHANGED },
		{ "\xc3\xa4\xe9\x9b\xbb", 3, 'c', TEXT_EDIT_CHANGED },
		{ "\xc3\xa4\xe9\x9b\xbb", 2, 'c', TEXT_EDIT_FULL },
		{ "abc", 2, 'c', TEXT_EDIT_FULL },
		{ "abc", 2, KEY_BACKSPACE_, TEXT_EDIT_CHANGED },
		{ "ab", 0, KEY_UP_, TEXT_EDIT_IGNORED },
		{ "ab", 0, KEY_DOWN_, TEXT_EDIT_IGNORED },
		{ "ab", 0, KEY_TAB, TEXT_EDIT_IGNORED },
		{ "ab", 0, KEY_ENTER_, TEXT_EDIT_IGNORED },
		{ "ab", 0, KEY_ESCAPE, TEXT_EDIT_IGNORED },
		{ "ab", 0, KEY_F2, TEXT_EDIT_IGNORED },
		{ "ab", 0, KEY_CTRL | 's', TEXT_EDIT_IGNORED },
		{ "ab", 0, KEY_ALT | 'x', TEXT_EDIT_IGNORED },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct text_edit edit;
		text_edit_init(&edit, cases[i].text, cases[i].limit);
		assert_int_equal(text_edit_key(&edit, cases[i].key), cases[i].result);
		bool is_changed = strcmp(edit.text.bytes, cases[i].text) != 0;
		assert_int_equal(is_changed, cases[i].result == TEXT_EDIT_CHANGED);
		text_edit_release(&edit);
	}
}

static void test_paste_results(void **state)
{
	static const struct {
		const char *text;
		size_t limit;
		const char *pasted;
		enum text_edit_result result;
		bool left_out;
		const char *then;
	} cases[] = {
		{ "a", 0, "bc", TEXT_EDIT_CHANGED, false, "abc|" },
		{ "a", 3, "bc", TEXT_EDIT_CHANGED, false, "abc|" },
		{ "a", 3, "b\nc", TEXT_EDIT_CHANGED, true, "ab |" },
		{ "a", 3, "\xe9\x9b\xbb\xe9\x9b\xbb\xe9\x9b\xbb", TEXT_EDIT_CHANGED, true,
		  "a\xe9\x9b\xbb\xe9\x9b\xbb|" },
		{ "abc", 3, "d", TEXT_EDIT_FULL, true, "abc|" },
		{ "a", 0, "", TEXT_EDIT_MOVED, false, "a|" },
		{ "a", 0, "\001", TEXT_EDIT_MOVED, true, "a|" },
		{ "a", 0, "b\001", TEXT_EDIT_CHANGED, true, "ab|" },
		{ "a", 0, "b\xff", TEXT_EDIT_CHANGED, true, "ab|" },
		{ "a", 0, "b\r\nc", TEXT_EDIT_CHANGED, false, "ab c|" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct text_edit edit;
		bool left_out = !cases[i].left_out;
		text_edit_init(&edit, cases[i].text, cases[i].limit);
		assert_int_equal(
			text_edit_paste(&edit, cases[i].pasted, strlen(cases[i].pasted), &left_out),
			cases[i].result);
		assert_int_equal(left_out, cases[i].left_out);
		edit_expect(&edit, cases[i].then);
		text_edit_release(&edit);
	}
}

static void test_set_can_be_undone(void **state)
{
	struct text_edit edit;
	(void)state;
	text_edit_init(&edit, "old", 0);
	edit_type(&edit, LEFT);
	text_edit_set(&edit, "new text");
	edit_expect(&edit, "new text|");
	edit_type(&edit, UNDO);
	edit_expect(&edit, "ol|d");
	text_edit_set(&edit, "old");
	assert_int_equal(edit.undo_count, 0); /* nothing changed: no step */
	text_edit_release(&edit);
}

static void test_undo_keeps_the_last_hundred(void **state)
{
	struct text_edit edit;
	(void)state;
	text_edit_init(&edit, "", 0);
	for (int i = 0; i < 150; i++)
		edit_type(&edit, "x" LEFT RIGHT);
	for (int i = 0; i < 150; i++)
		edit_type(&edit, UNDO);
	assert_int_equal(edit.text.length, 50);
	text_edit_release(&edit);
}

static struct term term;
static FILE *null_in, *null_out;

static int setup(void **state)
{
	(void)state;
	null_in = fopen("/dev/null", "r");
	null_out = fopen("/dev/null", "w");
	term = (struct term) { .rows = ROWS,
			       .columns = COLUMNS,
			       .glyphs = &GLYPHS_UNICODE,
			       .is_open = true,
			       .screen = newterm("xterm-256color", null_out, null_in) };
	if (term.screen == NULL || resizeterm(ROWS, COLUMNS) == ERR)
		return -1;
	theme_choose(&term.theme);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	(void)endwin();
	delscreen(term.screen);
	return fclose(null_in) + fclose(null_out);
}

/* Row ROW from `column` on, `width` columns of it, as UTF-8. */
static const char *row_part(int column, int width)
{
	static char text[COLUMNS * 16];
	size_t length = 0;
	for (int at = column; at < column + width; at++) {
		cchar_t cell;
		wchar_t characters[CCHARW_MAX] = { 0 };
		attr_t attributes;
		short pair;
		(void)mvin_wch(ROW, at, &cell);
		(void)getcchar(&cell, characters, &attributes, &pair, NULL);
		for (size_t i = 0; characters[i] != L'\0'; i++)
			length += text_utf8_encode((uint32_t)characters[i], text + length);
		if (wcwidth(characters[0]) > 1)
			at++;
	}
	text[length] = '\0';
	return text;
}

static void test_drawing(void **state)
{
	static const struct {
		const char *text, *typed;
		int width;
		const char *shown;
		int cursor; /* column within the field */
	} cases[] = {
		{ "", "", 9, "         ", 0 },
		{ "abc", "", 9, "abc      ", 3 },
		{ "abc", HOME, 9, "abc      ", 0 },
		{ "abcdefgh", "", 9, "abcdefgh ", 8 },
		{ "abcdefghi", "", 9, "defghi   ", 6 },
		{ "abcdefghi", "jkl", 9, "ghijkl   ", 6 },
		{ "abcdefghijklmnop", "\177\177\177\177\177", 9, "fghijk   ", 6 },
		{ "abcdefghijkl", HOME, 9, "abcdefghi", 0 },
		{ "abcdefghijkl", HOME "\033[C\033[C\033[C", 9, "abcdefghi", 3 },
		{ "電話電話", "", 9, "電話電話 ", 8 },
		{ "電話電話電", "", 9, "電話電   ", 6 },
		{ "電話電話電", HOME, 9, "電話電話 ", 0 },
		{ "e" ACUTE "x", "", 4, "e" ACUTE "x  ", 2 },
		{ "a\xe2\x80\xae"
		  "b",
		  "", 12, "a\\u{202e}b  ", 10 },
		{ "ab", "", 1, " ", 0 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct text_edit edit;
		text_edit_init(&edit, cases[i].text, 0);
		draw_begin(&term);
		text_edit_draw(&edit, &term, ROW, 20, cases[i].width);
		edit_type(&edit, cases[i].typed);
		draw_begin(&term);
		text_edit_draw(&edit, &term, ROW, 20, cases[i].width);
		assert_string_equal(row_part(20, cases[i].width), cases[i].shown);
		assert_int_equal(term.cursor_row, ROW);
		assert_int_equal(term.cursor_column, 20 + cases[i].cursor);
		text_edit_release(&edit);
	}
}

static void test_spelling_is_dim(void **state)
{
	struct text_edit edit;
	(void)state;
	text_edit_init(&edit, "a\xe2\x80\xae", 0);
	draw_begin(&term);
	text_edit_draw(&edit, &term, ROW, 0, 20);
	for (int column = 0; column < 10; column++) {
		cchar_t cell;
		wchar_t characters[CCHARW_MAX];
		attr_t attributes;
		short pair;
		(void)mvin_wch(ROW, column, &cell);
		(void)getcchar(&cell, characters, &attributes, &pair, NULL);
		bool is_spelling = column >= 1 && column < 9;
		attr_t dim = (attr_t)term.theme.attributes[STYLE_DIM];
		assert_int_equal(pair, is_spelling ? PAIR_NUMBER(dim) : 0);
	}
	text_edit_release(&edit);
}

/* Whatever is typed and however wide the field: the cursor is in it, before what it stands on, and
 * nothing is drawn beside it. */
static void test_cursor_is_always_seen(void **state)
{
	static const char *const typed[] = { LEFT,
					     LEFT,
					     LEFT,
					     RIGHT,
					     RIGHT,
					     HOME,
					     END,
					     "x",
					     "y",
					     "z",
					     "\177",
					     "\177",
					     "\xe9\x9b\xbb",
					     ACUTE,
					     UNDO,
					     "\027",
					     PASTE("one two three four") };
	(void)state;
	srand(2);
	for (int width = 8; width < 24; width++) {
		struct text_edit edit;
		text_edit_init(&edit, "sip.acme.example", 0);
		for (int i = 0; i < 400; i++) {
			edit_type(&edit, typed[(size_t)rand() % ARRAY_LENGTH(typed)]);
			draw_begin(&term);
			text_edit_draw(&edit, &term, ROW, 20, width);
			assert_in_range(term.cursor_column, 20, 20 + width - 1);
			assert_true(edit.first <= edit.cursor);
			struct text_piece piece = { .bytes = " ", .columns = 1 };
			if (edit.cursor < edit.text.length)
				text_piece_read(&piece, edit.text.bytes + edit.cursor,
						edit.text.length - edit.cursor);
			assert_string_equal(row_part(term.cursor_column, piece.columns),
					    piece.bytes);
			assert_string_equal(row_part(16, 4), "    ");
			assert_string_equal(row_part(20 + width, 4), "    ");
		}
		text_edit_release(&edit);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_results),
		cmocka_unit_test(test_paste_results),
		cmocka_unit_test(test_set_can_be_undone),
		cmocka_unit_test(test_undo_keeps_the_last_hundred),
		cmocka_unit_test_setup_teardown(test_drawing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_spelling_is_dim, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cursor_is_always_seen, setup, teardown),
	};
	if (setlocale(LC_ALL, "C.UTF-8") == NULL || !input_init(&input, "xterm"))
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	input_release(&input);
	return failed;
}
