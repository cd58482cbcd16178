/* base/text_set: each text once, letter case aside, however many there are. */
#include "base/text_set.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MANY = 5000 };

static void test_letter_case(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool is_new;
	} texts[] = {
		{ "Acme", true }, { "acme", false }, { "ACME", false }, { "Acme ", true },
		{ "", true },	  { "", false },     { "Ä", true },	{ "ä", true },
		{ "[", true },	  { "{", true },
	};
	struct text_set set;
	text_set_init(&set, ARRAY_LENGTH(texts));
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
		assert_int_equal(text_set_add(&set, texts[i].text), texts[i].is_new);
	text_set_release(&set);
	assert_true(text_hash_nocase("Acme") == text_hash_nocase("aCME"));
	assert_true(text_hash_nocase("Acme") != text_hash_nocase("Acmf"));
}

static void test_many(void **state)
{
	(void)state;
	struct text_set set;
	char *texts[MANY];
	text_set_init(&set, MANY);
	for (int i = 0; i < MANY; i++) {
		texts[i] = mem_format("Number %d", i);
		assert_true(text_set_add(&set, texts[i]));
	}
	for (int i = 0; i < MANY; i++)
		assert_false(text_set_add(&set, texts[i]));
	text_set_release(&set);
	for (int i = 0; i < MANY; i++)
		free(texts[i]);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_letter_case),
		cmocka_unit_test(test_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
