/* base/str: the growing string, and comparing without regard to letter case. */
#include "base/str.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *a, *b;
	bool equal, equal_nocase, starts, starts_nocase, contains_nocase;
} pair_cases[] = {
	{ "", "", true, true, true, true, true },
	{ "sip", "sip", true, true, true, true, true },
	{ "sip", "SIP", false, true, false, true, true },
	{ "DISABLED", "disabled", false, true, false, true, true },
	{ "sip.example", "sip", false, false, true, true, true },
	{ "sip", "sip.example", false, false, false, false, false },
	{ "my SIP server", "sip s", false, false, false, false, true },
	{ "example", "", false, false, true, true, true },
	{ "", "x", false, false, false, false, false },
	{ "@", "`", false, false, false, false, false }, /* beside the letters in ASCII */
	{ "[", "{", false, false, false, false, false },
	{ "\xc3\x84", "\xc3\xa4", false, false, false, false, false }, /* Ä and ä: ASCII only */
	{ "aab", "AB", false, false, false, false, true },
};

static void test_pairs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(pair_cases); i++) {
		const char *a = pair_cases[i].a, *b = pair_cases[i].b;
		assert_int_equal(text_equal(a, b), pair_cases[i].equal);
		assert_int_equal(text_equal_nocase(a, b), pair_cases[i].equal_nocase);
		assert_int_equal(text_starts_with(a, b), pair_cases[i].starts);
		assert_int_equal(text_starts_with_nocase(a, b), pair_cases[i].starts_nocase);
		assert_int_equal(text_contains_nocase(a, b), pair_cases[i].contains_nocase);
	}
	assert_true(text_equal(NULL, NULL));
	assert_false(text_equal(NULL, ""));
	assert_false(text_equal("", NULL));
	assert_true(text_equal_nocase(NULL, NULL));
	assert_false(text_equal_nocase(NULL, ""));
}

static void test_sentences_end_once(void **state)
{
	static const struct {
		const char *text, *stop;
	} CASES[] = { { "", "." }, { "Paused", "." }, { "Paused.", "" }, { ".", "" } };
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++)
		assert_string_equal(text_full_stop(CASES[i].text), CASES[i].stop);
}

static void test_grows_and_stays_terminated(void **state)
{
	(void)state;
	struct str str;
	str_init(&str);
	assert_string_equal(str.bytes, "");
	str_append(&str, "", 0);
	assert_int_equal(str.capacity, 0);
	for (int i = 0; i < 1000; i++) {
		str_add_char(&str, (char)('a' + i % 26));
		assert_int_equal(str.length, i + 1);
		assert_int_equal(strlen(str.bytes), i + 1);
	}
	str_clear(&str);
	assert_string_equal(str.bytes, "");
	assert_true(str.capacity > 1000);
	str_addf(&str, "%s:%d", "host", 5061);
	str_addf(&str, "%s", "");
	str_append(&str, "\0x", 2);
	assert_int_equal(str.length, 11);
	assert_memory_equal(str.bytes, "host:5061\0x", 12);
	str_release(&str);
	assert_string_equal(str.bytes, "");
	str_release(&str);
}

static void test_long_format(void **state)
{
	(void)state;
	struct str str;
	str_init(&str);
	str_add(&str, "<");
	str_addf(&str, "%5000d>", 7);
	assert_int_equal(str.length, 5002);
	assert_string_equal(str.bytes + 4999, " 7>");
	str_release(&str);
}

static void test_insert_and_remove(void **state)
{
	(void)state;
	struct str str;
	str_init(&str);
	str_insert(&str, 0, "ad", 2);
	str_insert(&str, 1, "bc", 2);
	str_insert(&str, 4, "e", 1);
	str_insert(&str, 2, "", 0);
	assert_string_equal(str.bytes, "abcde");
	str_remove(&str, 0, 1);
	str_remove(&str, 3, 1);
	str_remove(&str, 1, 0);
	assert_string_equal(str.bytes, "bcd");
	str_remove(&str, 0, 3);
	assert_string_equal(str.bytes, "");
	assert_int_equal(str.length, 0);
	str_release(&str);
}

static void test_detach_hands_over(void **state)
{
	(void)state;
	struct str str;
	str_init(&str);
	char *empty = str_detach(&str);
	assert_string_equal(empty, "");
	free(empty);
	str_add(&str, "kept");
	char *text = str_detach(&str);
	assert_string_equal(text, "kept");
	assert_string_equal(str.bytes, "");
	str_add(&str, "other");
	assert_string_equal(text, "kept");
	free(text);
	str_release(&str);
}

static const struct {
	const char *word, *quoted;
} quoted_cases[] = {
	{ "plain", "plain" },
	{ "/home/a.b/c_d-e+f", "/home/a.b/c_d-e+f" },
	{ "", "''" },
	{ "a b", "'a b'" },
	{ "it's", "'it'\\''s'" },
	{ "$HOME", "'$HOME'" },
	{ "~", "'~'" },
	{ "a;b", "'a;b'" },
	{ "*", "'*'" },
	{ "a\\", "'a\\'" },
	{ "\xc3\xa4", "'\xc3\xa4'" },
};

static void test_words_of_a_command(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(quoted_cases); i++) {
		struct str str;
		str_init(&str);
		str_add_quoted(&str, quoted_cases[i].word);
		assert_string_equal(str.bytes, quoted_cases[i].quoted);
		str_release(&str);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_sentences_end_once),
		cmocka_unit_test(test_grows_and_stays_terminated),
		cmocka_unit_test(test_long_format),
		cmocka_unit_test(test_insert_and_remove),
		cmocka_unit_test(test_detach_hands_over),
		cmocka_unit_test(test_words_of_a_command),
	};
	(void)setlocale(LC_ALL, "tr_TR.UTF-8"); /* where it exists: I and i are no pair there */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
