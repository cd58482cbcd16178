/* base/secret: a key in pages of its own, tidied, never longer than it may be, gone when freed. */
#include "base/secret.h"

#include "base/json.h"
#include "base/mem.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <cjson/cJSON.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *typed, *key; /* NULL: refused */
} tidy_cases[] = {
	{ "abcDEF123_-.", "abcDEF123_-." },
	{ "  abc \r\n", "abc" },
	{ "\tabc", "abc" },
	{ "D360-API-KEY: abc", "abc" },
	{ "d360-api-key:abc\n", "abc" },
	{ " D360-Api-Key:\t abc ", "abc" },
	{ "D360-API-KEY", "D360-API-KEY" },
	{ "XD360-API-KEY:abc", "XD360-API-KEY:abc" },
	{ "", NULL },
	{ " \r\n", NULL },
	{ "D360-API-KEY:", NULL },
	{ "D360-API-KEY: \n", NULL },
	{ "a b", NULL },
	{ "abc\r\nX-Other: 1", NULL },
	{ "a\x01"
	  "b",
	  NULL },
	{ "a\x7f", NULL },
	{ "\x1b[200~abc", NULL },
	{ "b\xc3\xbc", NULL },
	{ "\xe2\x80\x8b"
	  "abc",
	  NULL },
};

static void test_tidy_key(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(tidy_cases); i++) {
		struct secret secret;
		struct err err;
		const char *typed = tidy_cases[i].typed, *key = tidy_cases[i].key;
		secret_init(&secret);
		err_init(&err);
		assert_true(secret_set(&secret, typed, strlen(typed), &err));
		bool tidied = secret_tidy_key(&secret, &err);
		assert_int_equal(tidied, key != NULL);
		if (key != NULL) {
			size_t length = strlen(key);
			assert_string_equal(secret_bytes(&secret), key);
			assert_int_equal(secret.length, length);
			for (size_t at = length; at < SECRET_MAX; at++)
				assert_int_equal(secret.pages[at],
						 0); /* no rest of the longer text */
		} else {
			assert_int_equal(err.kind, ERR_INPUT);
			assert_string_equal(secret_bytes(&secret), typed);
			assert_true(strlen(typed) < 2 || strstr(err.sentence, typed) == NULL);
		}
		secret_release(&secret);
	}
	struct secret none;
	secret_init(&none);
	assert_false(secret_tidy_key(&none, NULL));
}

static void test_set_replaces_and_wipes(void **state)
{
	(void)state;
	struct secret secret, copy;
	secret_init(&secret);
	secret_init(&copy);
	assert_false(secret_is_set(&secret));
	assert_string_equal(secret_bytes(&secret), "");
	assert_true(secret_set(&secret, "a long secret", 13, NULL));
	assert_true(secret_copy(&copy, &secret, NULL));
	assert_true(secret_copy(&secret, &secret, NULL));
	assert_true(secret_is_set(&secret));
	assert_string_equal(secret_bytes(&secret), "a long secret");
	assert_true(secret_set(&secret, "short", 5, NULL));
	assert_string_equal(secret_bytes(&secret), "short");
	assert_memory_equal(secret.pages + 5, "\0\0\0\0\0\0\0\0\0", 9);
	assert_string_equal(secret_bytes(&copy), "a long secret");
	secret_release(&copy);
	assert_false(secret_is_set(&copy));
	assert_string_equal(secret_bytes(&copy), "");
	assert_true(secret_copy(&secret, &copy, NULL)); /* nothing, copied */
	assert_false(secret_is_set(&secret));
	secret_release(&secret);
	secret_release(&secret);
}

static void test_limit(void **state)
{
	(void)state;
	struct secret secret;
	struct err err;
	char *text = mem_alloc(SECRET_MAX + 2, 1);
	memset(text, 'k', SECRET_MAX + 1);
	secret_init(&secret);
	assert_false(secret_set(&secret, text, SECRET_MAX + 1, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_non_null(strstr(err.sentence, "4000"));
	assert_true(secret_set(&secret, text, SECRET_MAX - 1, &err));
	assert_true(secret_push(&secret, 'l'));
	assert_false(secret_push(&secret, 'm'));
	assert_int_equal(secret.length, SECRET_MAX);
	assert_int_equal(strlen(secret_bytes(&secret)), SECRET_MAX);
	secret_release(&secret);
	free(text);
}

static void test_typed_and_rubbed_out(void **state)
{
	(void)state;
	struct secret secret;
	secret_init(&secret);
	secret_pop(&secret);
	for (const char *at = "ab\xc3\xbc\xe4\xb8\xad"; *at != '\0'; at++)
		assert_true(secret_push(&secret, *at));
	assert_string_equal(secret_bytes(&secret), "ab\xc3\xbc\xe4\xb8\xad");
	secret_pop(&secret);
	assert_string_equal(secret_bytes(&secret), "ab\xc3\xbc");
	secret_pop(&secret);
	assert_string_equal(secret_bytes(&secret), "ab");
	secret_pop(&secret);
	secret_pop(&secret);
	secret_pop(&secret);
	assert_false(secret_is_set(&secret));
	assert_memory_equal(secret.pages, "\0\0\0\0\0\0\0", 7);
	secret_release(&secret);
}

static void test_mask_shows_no_length(void **state)
{
	(void)state;
	assert_string_equal(secret_mask(), "••••••••");
}

/*
 * This program's explicit_bzero stands before libc's, and so does the one that checked builds call:
 * it zeroes too, and notes whether it was given all of the memory watched.
 */
static struct {
	const char *begin;
	size_t length;
	bool wiped;
} watched;

static void watch(const void *memory, size_t length)
{
	watched.begin = memory;
	watched.length = length;
	watched.wiped = false;
}

void explicit_bzero(void *memory, size_t length)
{
	const char *begin = memory;
	if (begin <= watched.begin && watched.begin + watched.length <= begin + length)
		watched.wiped = true;
	for (volatile char *at = memory; length > 0; length--)
		*at++ = '\0';
}

void __explicit_bzero_chk(void *memory, size_t length, size_t room);
void __explicit_bzero_chk(void *memory, size_t length, size_t room)
{
	assert_true(length <= room);
	explicit_bzero(memory, length);
}

static void test_pages_are_wiped(void **state)
{
	(void)state;
	struct secret secret;
	secret_init(&secret);
	assert_true(secret_set(&secret, "key", 3, NULL));
	watch(secret.pages, SECRET_MAX);
	assert_true(secret_set(&secret, "k", 1, NULL));
	assert_true(watched.wiped);
	watch(secret.pages, SECRET_MAX);
	secret_release(&secret);
	assert_true(watched.wiped);
}

/* A secret that is put together moves to larger pages, and leaves nothing in those it had. */
static void test_long_secrets(void **state)
{
	enum { PARTS = 3000, PART = 10 };
	(void)state;
	struct secret secret, copy;
	secret_init(&secret);
	secret_init(&copy);
	assert_true(secret_insert(&secret, 0, "first-part", PART, NULL));
	watch(secret.pages, PART);
	for (size_t i = 1; i < PARTS; i++)
		assert_true(secret_insert(&secret, secret.length, "other-part", PART, NULL));
	assert_true(watched.wiped);
	assert_int_equal(secret.length, PARTS * PART);
	assert_int_equal(strlen(secret_bytes(&secret)), PARTS * PART);
	assert_memory_equal(secret_bytes(&secret), "first-partother-part", 20);
	assert_true(secret_insert(&secret, PART, NULL, 2, NULL));
	assert_memory_equal(secret_bytes(&secret), "first-part\0\0other-part", 22);
	secret_remove(&secret, 5, 7);
	assert_memory_equal(secret_bytes(&secret), "firstother-part", 15);
	assert_int_equal(strlen(secret_bytes(&secret)), PARTS * PART - 5);
	assert_memory_equal(secret.pages + secret.length, "\0\0\0\0\0\0", 6);
	assert_true(secret_copy(&copy, &secret, NULL));
	assert_int_equal(copy.length, secret.length);
	assert_memory_equal(copy.pages, secret.pages, secret.length + 1);
	assert_true(secret_set(&copy, "short", 5, NULL));
	for (size_t at = 5; at < secret.length; at++)
		assert_int_equal(copy.pages[at], 0);
	watch(secret.pages, secret.length);
	secret_release(&secret);
	assert_true(watched.wiped);
	secret_remove(&secret, 0, 0);
	secret_release(&copy);
}

static void test_freed_memory_is_wiped(void **state)
{
	(void)state;
	char *text = secret_strdup("a key in a header");
	watch(text, 18);
	text = secret_realloc(text, 400);
	assert_true(watched.wiped); /* what it left behind */
	assert_string_equal(text, "a key in a header");
	watch(text, 400);
	text = secret_realloc(text, 6);
	assert_true(watched.wiped);
	assert_memory_equal(text, "a key ", 6);
	watch(text, 6);
	secret_free(text);
	assert_true(watched.wiped);
	secret_free(NULL);
	text = secret_realloc(NULL, 3);
	assert_non_null(text);
	secret_free(text);
}

static void test_memory_that_cannot_be(void **state)
{
	(void)state;
	assert_null(secret_malloc(SIZE_MAX - 1));
	assert_null(secret_calloc(SIZE_MAX / 2, 3));
	char *zeroed = secret_calloc(3, 5);
	assert_int_equal((uintptr_t)zeroed % _Alignof(max_align_t), 0);
	for (size_t i = 0; i < 15; i++)
		assert_int_equal(zeroed[i], 0);
	secret_free(zeroed);
}

static void test_allocators_of_libraries(void **state)
{
	(void)state;
	cJSON *item = cJSON_CreateString("password");
	watch(item->valuestring, 9);
	cJSON_Delete(item);
	assert_true(watched.wiped);
	char *memory = OPENSSL_malloc(50);
	watch(memory, 50);
	OPENSSL_free(memory);
	assert_true(watched.wiped);
	memory = OPENSSL_malloc(50);
	watch(memory, 50);
	assert_null(OPENSSL_realloc(memory, 0));
	assert_true(watched.wiped);
}

/* An answer that was read may hold a SIP password: its bytes go the same way. */
static void test_documents_are_wiped(void **state)
{
	(void)state;
	static const char answer[] = "{\"sip_user_password\":\"p\"}";
	struct json_doc doc;
	assert_true(json_doc_parse(&doc, answer, sizeof answer - 1, NULL));
	watch(doc.bytes, sizeof answer - 1);
	json_doc_release(&doc);
	assert_true(watched.wiped);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tidy_key),
		cmocka_unit_test(test_set_replaces_and_wipes),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_typed_and_rubbed_out),
		cmocka_unit_test(test_mask_shows_no_length),
		cmocka_unit_test(test_pages_are_wiped),
		cmocka_unit_test(test_long_secrets),
		cmocka_unit_test(test_freed_memory_is_wiped),
		cmocka_unit_test(test_memory_that_cannot_be),
		cmocka_unit_test(test_allocators_of_libraries),
		cmocka_unit_test(test_documents_are_wiped),
	};
	secret_allocators_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
