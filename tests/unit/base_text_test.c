/* base/text: whatever comes from outside, what is shown can neither act on the terminal nor
 * mislead the eye (SAFETY, "Text from outside"). */
#include "base/text.h"

#include "base/mem.h"

#include <locale.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *text, *shown;
	int columns;
} shown_cases[] = {
	/* as it is */
	{ "", "", 0 },
	{ "sip.example.com", "sip.example.com", 15 },
	{ "b\xc3\xbc"
	  "cher",
	  "b\xc3\xbc"
	  "cher",
	  6 },
	{ "\xe4\xb8\xad\xe6\x96\x87", "\xe4\xb8\xad\xe6\x96\x87", 4 },
	{ "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80", 2 },
	{ "a\xc2\xa0"
	  "b",
	  "a\xc2\xa0"
	  "b",
	  3 },
	/* C0, DEL, C1 */
	{ "\x1b[31mred", "\\u{1b}[31mred", 13 },
	{ "a\rb\nc\td\be\a", "a\\u{d}b\\u{a}c\\u{9}d\\u{8}e\\u{7}", 30 },
	{ "\x7f", "\\u{7f}", 6 },
	{ "\xc2\x9b"
	  "31m",
	  "\\u{9b}31m", 9 },
	{ "\xc2\x80\xc2\x9f", "\\u{80}\\u{9f}", 12 },
	/* invalid UTF-8: a lone continuation, overlong, surrogate, beyond Unicode, cut short */
	{ "\x9b"
	  "31m",
	  "\\x{9b}31m", 9 },
	{ "\xc0\x9b", "\\x{c0}\\x{9b}", 12 },
	{ "\xe0\x80\x9b", "\\x{e0}\\x{80}\\x{9b}", 18 },
	{ "\xed\xa0\x80", "\\x{ed}\\x{a0}\\x{80}", 18 },
	{ "\xf4\x90\x80\x80", "\\x{f4}\\x{90}\\x{80}\\x{80}", 24 },
	{ "a\xe2\x82", "a\\x{e2}\\x{82}", 13 },
	{ "\xff\xfe", "\\x{ff}\\x{fe}", 12 },
	/* line and paragraph separators, bidi controls */
	{ "\xe2\x80\xa8\xe2\x80\xa9", "\\u{2028}\\u{2029}", 16 },
	{ "\xe2\x80\xae"
	  "moc.evil",
	  "\\u{202e}moc.evil", 16 },
	{ "\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c", "\\u{200e}\\u{200f}\\u{61c}", 23 },
	{ "\xe2\x81\xa6\xe2\x81\xa9", "\\u{2066}\\u{2069}", 16 },
	/* zero width, fillers, soft hyphen, variation selectors, tags, private use */
	{ "a\xe2\x80\x8b"
	  "b\xe2\x80\x8d"
	  "c",
	  "a\\u{200b}b\\u{200d}c", 19 },
	{ "\xe2\x81\xa0\xef\xbb\xbf", "\\u{2060}\\u{feff}", 16 },
	{ "a\xc2\xad"
	  "b",
	  "a\\u{ad}b", 8 },
	{ "\xcd\x8f\xe3\x85\xa4", "\\u{34f}\\u{3164}", 15 },
	{ "\xef\xb8\x8f", "\\u{fe0f}", 8 },
	{ "\xf3\xa0\x81\x81", "\\u{e0041}", 9 },
	{ "\xee\x80\x80\xf3\xb0\x80\x80\xf4\x80\x80\x80", "\\u{e000}\\u{f0000}\\u{100000}", 27 },
	{ "a\xf0\x9d\x85\xb3", "a\\u{1d173}", 10 },
	/* what the locale has no character for */
	{ "\xef\xb7\x90", "\\u{fdd0}", 8 },
	/* combining marks: two are taken, the third and one without a character are spelled */
	{ "e\xcc\x81", "e\xcc\x81", 1 },
	{ "e\xcc\x81\xcc\x82", "e\xcc\x81\xcc\x82", 1 },
	{ "e\xcc\x81\xcc\x82\xcc\x83", "e\xcc\x81\xcc\x82\\u{303}", 8 },
	{ "\xcc\x81"
	  "e",
	  "\\u{301}e", 8 },
	{ "e\xe2\x80\x8b\xcc\x81", "e\\u{200b}\\u{301}", 16 },
};

static void test_text_is_shown_fit(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(shown_cases); i++) {
		struct str out;
		str_init(&out);
		str_add(&out, "|"); /* it appends */
		text_show(&out, shown_cases[i].text);
		assert_string_equal(out.bytes + 1, shown_cases[i].shown);
		assert_int_equal(text_columns(shown_cases[i].text), shown_cases[i].columns);
		str_release(&out);
	}
}

/* Any bytes at all: what comes out is valid UTF-8 without controls, and says the same again. */
static void test_nothing_gets_through(void **state)
{
	(void)state;
	struct str out, again;
	str_init(&out);
	str_init(&again);
	uint32_t random = 1;
	for (int round = 0; round < 20000; round++) {
		char text[12] = { 0 };
		for (size_t i = 0; i < sizeof text - 1; i++) {
			random = random * 1664525U + 1013904223U;
			text[i] = (char)(random >> 24);
		}
		str_clear(&out);
		text_show(&out, text);
		assert_true(text_utf8_valid(out.bytes, out.length));
		for (const char *at = out.bytes; *at != '\0'; at++)
			assert_true((unsigned char)*at >= ' ' && *at != 0x7f);
		str_clear(&again);
		text_show(&again, out.bytes);
		assert_string_equal(again.bytes, out.bytes);
		assert_int_equal(text_columns(text), text_columns(out.bytes));
	}
	str_release(&out);
	str_release(&again);
}

static void test_piece_says_what_it_is(void **state)
{
	(void)state;
	struct text_piece piece;
	text_piece_read(&piece, "e\xcc\x81x", 4);
	assert_string_equal(piece.bytes, "e\xcc\x81");
	assert_int_equal(piece.source_length, 3);
	assert_int_equal(piece.columns, 1);
	assert_false(piece.spelled);
	text_piece_read(&piece, "\xe2\x80\xae", 3);
	assert_string_equal(piece.bytes, "\\u{202e}");
	assert_int_equal(piece.source_length, 3);
	assert_int_equal(piece.columns, 8);
	assert_true(piece.spelled);
	text_piece_read(&piece, "\0x", 2);
	assert_string_equal(piece.bytes, "\\u{0}");
	assert_int_equal(piece.source_length, 1);
	/* never beyond the length given */
	text_piece_read(&piece, "\xe4\xb8\xad", 2);
	assert_string_equal(piece.bytes, "\\x{e4}");
	text_piece_read(&piece, "e\xcc\x81", 1);
	assert_string_equal(piece.bytes, "e");
}

static const struct {
	uint32_t character;
	const char *bytes;
} utf8_cases[] = {
	{ 0x41, "A" },
	{ 0x7f, "\x7f" },
	{ 0x80, "\xc2\x80" },
	{ 0x7ff, "\xdf\xbf" },
	{ 0x800, "\xe0\xa0\x80" },
	{ 0xffff, "\xef\xbf\xbf" },
	{ 0x10000, "\xf0\x90\x80\x80" },
	{ 0x10ffff, "\xf4\x8f\xbf\xbf" },
};

static void test_utf8_both_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(utf8_cases); i++) {
		char out[4];
		uint32_t character = 0;
		size_t length = strlen(utf8_cases[i].bytes);
		assert_int_equal(text_utf8_encode(utf8_cases[i].character, out), length);
		assert_memory_equal(out, utf8_cases[i].bytes, length);
		assert_int_equal(text_utf8_decode(out, length, &character), length);
		assert_int_equal(character, utf8_cases[i].character);
		assert_int_equal(text_utf8_decode(out, length - 1, &character), 0);
		assert_true(text_utf8_valid(out, length));
	}
	assert_true(text_utf8_valid("", 0));
	assert_false(text_utf8_valid("ab\xff", 3));
	assert_false(text_utf8_valid("\xc1\xbf", 2));
}

static const struct {
	const char *text;
	bool has_control;
	size_t characters;
} plain_cases[] = {
	{ "", false, 0 },
	{ "plain ~", false, 7 },
	{ "Z\xc3\xbcrich", false, 6 },
	{ "\xf0\x9f\x98\x80\xc2\xa0", false, 2 },
	{ "a\tb", true, 3 },
	{ "a\n", true, 2 },
	{ "\x1b[31m", true, 5 },
	{ "a\x7f", true, 2 },
	{ "\xc2\x9b", true, 1 },
	{ "ok\xc3\xbc\xff", true, 4 },
	{ "\xe4\xb8", true, 1 },
};

static void test_plain_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(plain_cases); i++) {
		assert_int_equal(text_has_control(plain_cases[i].text), plain_cases[i].has_control);
		assert_int_equal(text_characters(plain_cases[i].text), plain_cases[i].characters);
	}
}

/* Wherever it stands, and whatever stands beside it. */
static void test_one_control_is_found(void **state)
{
	enum { LENGTH = 19 };
	(void)state;
	for (int byte = 1; byte < 256; byte++)
		for (size_t at = 0; at < LENGTH; at++) {
			char text[LENGTH + 1] = "plain text \"~\" here";
			bool is_plain = byte >= ' ' && byte < 0x7f;
			text[at] = (char)byte;
			assert_int_equal(text_has_control(text), !is_plain);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_is_shown_fit),
		cmocka_unit_test(test_nothing_gets_through),
		cmocka_unit_test(test_piece_says_what_it_is),
		cmocka_unit_test(test_utf8_both_ways),
		cmocka_unit_test(test_plain_text),
		cmocka_unit_test(test_one_control_is_found),
	};
	if (setlocale(LC_ALL, "C.UTF-8") == NULL) {
		(void)fputs("This test needs the locale C.UTF-8.\n", stderr);
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
