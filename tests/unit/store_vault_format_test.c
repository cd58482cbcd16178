/* The bytes of a vault: what comes back, and that nothing comes back of one that was changed. */
#include "store/vault_format.h"

#include "base/mem.h"
#include "tests/support/cheap_scrypt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/sha.h>

enum {
	VERSION_AT = 11, /* last byte of each number */
	LOG2_N_AT = 15,
	R_AT = 19,
	P_AT = 23,
	SALT_AT = 24,
	SALT_AND_NONCE = 44,
	CHECKSUM_SIZE = 32,
	MANY = 3000,
};

static const char PASSPHRASE[] = "correct horse battery staple";

/* --- keys in memory --------------------------------------------------------------------------- */

static bool key_put(struct vault_keys *keys, const char *id, const char *text)
{
	struct secret key;
	struct err err;
	secret_init(&key);
	assert_true(secret_set(&key, text, strlen(text), NULL));
	bool done = vault_keys_put(keys, id, &key, &err);
	if (!done)
		assert_int_equal(err.kind, ERR_INPUT);
	secret_release(&key);
	return done;
}

static void assert_key(const struct vault_keys *keys, const char *id, const char *text)
{
	struct secret key;
	secret_init(&key);
	assert_int_equal(vault_keys_find(keys, id, &key), text != NULL);
	assert_string_equal(secret_bytes(&key), text == NULL ? "" : text);
	secret_release(&key);
}

static void keys_are_put_replaced_and_removed(void **state)
{
	static const char first[] = "0000000000000001", second[] = "7fffffffffffffff";
	static const char third[] = "f000000000000000";
	struct vault_keys keys;
	(void)state;
	vault_keys_init(&keys);
	assert_null(vault_keys_next(&keys, NULL));
	assert_key(&keys, first, NULL);
	vault_keys_remove(&keys, first);
	assert_true(key_put(&keys, second, "second-key"));
	assert_true(key_put(&keys, third, "third-key"));
	assert_true(key_put(&keys, first, "first-key"));
	assert_int_equal(keys.count, 3);
	static const char all[] = "0000000000000001\0first-key\0"
				  "7fffffffffffffff\0second-key\0"
				  "f000000000000000\0third-key";
	assert_int_equal(keys.records.length, sizeof all);
	assert_memory_equal(secret_bytes(&keys.records), all, sizeof all);
	assert_true(key_put(&keys, second, "another-and-longer-second-key"));
	assert_true(key_put(&keys, third, "3"));
	assert_int_equal(keys.count, 3);
	assert_key(&keys, first, "first-key");
	assert_key(&keys, second, "another-and-longer-second-key");
	assert_key(&keys, third, "3");
	const char *id = vault_keys_next(&keys, NULL);
	assert_string_equal(id, first);
	id = vault_keys_next(&keys, id);
	assert_string_equal(id, second);
	id = vault_keys_next(&keys, id);
	assert_string_equal(id, third);
	assert_null(vault_keys_next(&keys, id));
	vault_keys_remove(&keys, second);
	assert_key(&keys, second, NULL);
	vault_keys_remove(&keys, third);
	vault_keys_remove(&keys, first);
	assert_int_equal(keys.count, 0);
	assert_int_equal(keys.records.length, 0);
	vault_keys_release(&keys);
}

static const struct {
	const char *id, *key;
	bool is_taken;
} PUT[] = {
	{ "0123456789abcdef", "k", true },
	{ "0123456789abcdef", "!~", true },
	{ "0123456789abcdef", "", false },
	{ "0123456789abcdef", "a b", false },
	{ "0123456789abcdef", "a\nb", false },
	{ "0123456789abcdef", "a\x7f", false },
	{ "0123456789abcdef", "\xc3\xbc", false },
	{ "0123456789ABCDEF", "k", false },
	{ "0123456789abcde", "k", false },
	{ "0123456789abcdef0", "k", false },
	{ "0123456789abcdeg", "k", false },
	{ "Acme Support", "k", false },
	{ "", "k", false },
};

static void what_is_no_id_or_no_key_is_refused(void **state)
{
	struct vault_keys keys;
	(void)state;
	vault_keys_init(&keys);
	for (size_t i = 0; i < ARRAY_LENGTH(PUT); i++)
		if (key_put(&keys, PUT[i].id, PUT[i].key) != PUT[i].is_taken)
			fail_msg("case %zu: %s", i, PUT[i].id);
	assert_int_equal(keys.count, 1);
	assert_key(&keys, "0123456789abcdef", "!~");
	vault_keys_release(&keys);
}

#define ID_1 "0000000000000001"
#define ID_2 "0000000000000002"

static const struct {
	const char *bytes;
	size_t length;
	int count; /* -1: no records */
} RECORDS[] = {
	{ "", 0, 0 },
	{ ID_1 "\0k", 19, 1 },
	{ ID_1 "\0k\0" ID_2 "\0l", 38, 2 },
	{ ID_1 "\0k", 18, -1 },		     /* the last NUL is missing */
	{ ID_1, 17, -1 },		     /* an id alone */
	{ ID_1, 16, -1 },		     /* and not even whole */
	{ ID_1 "\0", 18, -1 },		     /* no key */
	{ ID_1 "\0k\0", 20, -1 },	     /* an empty id behind */
	{ "\0k", 3, -1 },		     /* and before */
	{ ID_2 "\0k\0" ID_1 "\0l", 38, -1 }, /* out of order */
	{ ID_1 "\0k\0" ID_1 "\0l", 38, -1 }, /* twice */
	{ ID_1 "\0k\x01", 20, -1 },	     /* no key of ours */
	{ "\0", 1, -1 },
};

static void records_from_outside_are_judged(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(RECORDS); i++) {
		struct vault_keys keys;
		vault_keys_init(&keys);
		assert_true(
			secret_insert(&keys.records, 0, RECORDS[i].bytes, RECORDS[i].length, NULL));
		if (vault_keys_count(&keys) != (RECORDS[i].count >= 0))
			fail_msg("case %zu", i);
		if (RECORDS[i].count >= 0)
			assert_int_equal(keys.count, RECORDS[i].count);
		vault_keys_release(&keys);
	}
}

static void a_full_vault_says_so_and_stays(void **state)
{
	struct vault_keys keys;
	char id[17], key[SECRET_MAX + 1];
	(void)state;
	vault_keys_init(&keys);
	memset(key, 'k', SECRET_MAX);
	key[SECRET_MAX] = '\0';
	unsigned count = 0;
	do
		(void)snprintf(id, sizeof id, "%016x", count++);
	while (key_put(&keys, id, key));
	assert_int_equal(keys.count, count - 1);
	assert_in_range(keys.records.length, VAULT_RECORDS_MAX - SECRET_MAX - 100,
			VAULT_RECORDS_MAX);
	assert_true(vault_keys_count(&keys));
	assert_int_equal(keys.count, count - 1);
	vault_keys_release(&keys);
}

/* --- bytes ------------------------------------------------------------------------------------ */

struct sample {
	struct secret passphrase;
	struct vault_keys keys;
	char *bytes;
	size_t length;
};

static void sample_make(struct sample *sample, unsigned key_count)
{
	*sample = (struct sample) { 0 };
	assert_true(secret_set(&sample->passphrase, PASSPHRASE, strlen(PASSPHRASE), NULL));
	for (unsigned i = 0; i < key_count; i++) {
		char id[17], key[32];
		(void)snprintf(id, sizeof id, "%08x%08x", i * 2654435761U, i);
		(void)snprintf(key, sizeof key, "key-of-number-%u", i);
		assert_true(key_put(&sample->keys, id, key));
	}
	assert_int_equal(vault_bytes_make(&sample->keys, &sample->passphrase, &sample->bytes,
					  &sample->length),
			 VAULT_GOOD);
}

static void sample_release(struct sample *sample)
{
	secret_release(&sample->passphrase);
	vault_keys_release(&sample->keys);
	free(sample->bytes);
}

/* What opening says; keys that were there before stay where it fails. */
static enum vault_fault opening(const char *bytes, size_t length, const struct secret *passphrase)
{
	struct vault_keys keys;
	vault_keys_init(&keys);
	assert_true(key_put(&keys, ID_1, "before"));
	enum vault_fault fault = vault_bytes_open(bytes, length, passphrase, &keys);
	if (fault != VAULT_GOOD) {
		assert_int_equal(keys.count, 1);
		assert_key(&keys, ID_1, "before");
	}
	vault_keys_release(&keys);
	return fault;
}

static void checksum_mend(char *bytes, size_t length)
{
	size_t before = length - CHECKSUM_SIZE;
	(void)SHA256((const unsigned char *)bytes, before, (unsigned char *)bytes + before);
}

static void what_was_put_in_comes_out(void **state)
{
	static const unsigned COUNTS[] = { 0, 1, 2, MANY };
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(COUNTS); i++) {
		struct sample sample;
		struct vault_keys opened;
		sample_make(&sample, COUNTS[i]);
		assert_int_equal(sample.length, VAULT_HEADER_SIZE + sample.keys.records.length +
							VAULT_ENDING_SIZE);
		assert_int_equal(vault_bytes_judge(sample.bytes, sample.length), VAULT_GOOD);
		vault_keys_init(&opened);
		assert_int_equal(
			vault_bytes_open(sample.bytes, sample.length, &sample.passphrase, &opened),
			VAULT_GOOD);
		assert_int_equal(opened.count, COUNTS[i]);
		assert_int_equal(opened.records.length, sample.keys.records.length);
		assert_memory_equal(secret_bytes(&opened.records),
				    secret_bytes(&sample.keys.records), opened.records.length);
		assert_null(memmem(sample.bytes, sample.length, "key-of", 6));
		vault_keys_release(&opened);
		sample_release(&sample);
	}
}

static void the_cost_is_the_one_described(void **state)
{
	struct sample sample;
	(void)state;
	sample_make(&sample, 1);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(cheap_scrypt()->n, 131072);
		assert_int_equal(cheap_scrypt()->r, 8);
		assert_int_equal(cheap_scrypt()->p, 1);
		assert_true(cheap_scrypt()->memory > (uint64_t)128 * 1024 * 1024);
		*cheap_scrypt() = (struct cheap_scrypt) { 0 };
		assert_int_equal(opening(sample.bytes, sample.length, &sample.passphrase),
				 VAULT_GOOD);
	}
	sample_release(&sample);
}

static void salt_and_nonce_are_new_each_time(void **state)
{
	enum { TIMES = 30 };
	struct sample samples[TIMES];
	(void)state;
	for (int i = 0; i < TIMES; i++) {
		sample_make(&samples[i], 1);
		for (int j = 0; j < i; j++) {
			const char *one = samples[i].bytes, *other = samples[j].bytes;
			assert_memory_not_equal(one + SALT_AT, other + SALT_AT, 32);
			assert_memory_not_equal(one + SALT_AT + 32, other + SALT_AT + 32, 12);
			assert_memory_not_equal(one + VAULT_HEADER_SIZE, other + VAULT_HEADER_SIZE,
						samples[i].keys.records.length);
		}
	}
	for (int i = 0; i < TIMES; i++)
		sample_release(&samples[i]);
}

static void any_byte_changed_is_damage(void **state)
{
	struct sample sample;
	(void)state;
	sample_make(&sample, 3);
	for (size_t at = 0; at < sample.length; at++) {
		for (unsigned change = 1; change < 256; change++) {
			sample.bytes[at] = (char)((unsigned char)sample.bytes[at] ^ change);
			if (vault_bytes_judge(sample.bytes, sample.length) != VAULT_DAMAGED)
				fail_msg("byte %zu changed by %u is not seen", at, change);
			sample.bytes[at] = (char)((unsigned char)sample.bytes[at] ^ change);
		}
		sample.bytes[at] ^= 1;
		assert_int_equal(opening(sample.bytes, sample.length, &sample.passphrase),
				 VAULT_DAMAGED);
		sample.bytes[at] ^= 1;
	}
	assert_int_equal(opening(sample.bytes, sample.length, &sample.passphrase), VAULT_GOOD);
	sample_release(&sample);
}

/* Somebody who mends the checksum as well is stopped by the tag, which covers the header, too. */
static void any_byte_changed_on_purpose_is_refused(void **state)
{
	static const char CHANGES[] = { 1, 4, (char)0x80 };
	struct sample sample;
	(void)state;
	sample_make(&sample, 3);
	for (size_t at = 0; at < sample.length - CHECKSUM_SIZE; at++) {
		for (size_t i = 0; i < ARRAY_LENGTH(CHANGES); i++) {
			sample.bytes[at] ^= CHANGES[i];
			checksum_mend(sample.bytes, sample.length);
			enum vault_fault fault =
				opening(sample.bytes, sample.length, &sample.passphrase);
			if (fault == VAULT_GOOD ||
			    (at >= SALT_AT && at < SALT_AT + SALT_AND_NONCE &&
			     fault != VAULT_WRONG_PASSPHRASE))
				fail_msg("byte %zu changed: fault %d", at, (int)fault);
			sample.bytes[at] ^= CHANGES[i];
		}
	}
	checksum_mend(sample.bytes, sample.length);
	assert_int_equal(opening(sample.bytes, sample.length, &sample.passphrase), VAULT_GOOD);
	sample_release(&sample);
}

static void cut_or_longer_is_damage(void **state)
{
	struct sample sample;
	(void)state;
	sample_make(&sample, 3);
	char *copy = mem_alloc(sample.length + CHECKSUM_SIZE, 1);
	for (size_t length = 0; length < sample.length + CHECKSUM_SIZE; length++) {
		if (length == sample.length)
			continue;
		memcpy(copy, sample.bytes, length < sample.length ? length : sample.length);
		assert_int_equal(opening(copy, length, &sample.passphrase), VAULT_DAMAGED);
		if (length < CHECKSUM_SIZE)
			continue;
		checksum_mend(copy, length);
		assert_int_equal(opening(copy, length, &sample.passphrase), VAULT_DAMAGED);
	}
	free(copy);
	sample_release(&sample);
}

static const struct {
	size_t at; /* last byte of the number, or its first */
	unsigned char value;
	enum vault_fault fault;
} HEADERS[] = {
	{ VERSION_AT, 0, VAULT_DAMAGED },
	{ VERSION_AT, 2, VAULT_TOO_NEW },
	{ VERSION_AT - 3, 0xff, VAULT_TOO_NEW },
	{ LOG2_N_AT, 0, VAULT_TOO_COSTLY },
	{ LOG2_N_AT, 1, VAULT_WRONG_PASSPHRASE }, /* taken, but not what it was made with */
	{ LOG2_N_AT, 20, VAULT_WRONG_PASSPHRASE },
	{ LOG2_N_AT, 21, VAULT_TOO_COSTLY },
	{ LOG2_N_AT, 64, VAULT_TOO_COSTLY },
	{ LOG2_N_AT, 255, VAULT_TOO_COSTLY },
	{ LOG2_N_AT - 3, 1, VAULT_TOO_COSTLY },
	{ R_AT, 0, VAULT_TOO_COSTLY },
	{ R_AT, 7, VAULT_TOO_COSTLY },
	{ R_AT, 9, VAULT_TOO_COSTLY },
	{ R_AT - 3, 255, VAULT_TOO_COSTLY },
	{ P_AT, 0, VAULT_TOO_COSTLY },
	{ P_AT, 4, VAULT_WRONG_PASSPHRASE },
	{ P_AT, 5, VAULT_TOO_COSTLY },
	{ P_AT - 3, 255, VAULT_TOO_COSTLY },
};

static void a_header_is_judged_before_it_costs_anything(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(HEADERS); i++) {
		struct sample sample;
		sample_make(&sample, 1);
		sample.bytes[HEADERS[i].at] = (char)HEADERS[i].value;
		checksum_mend(sample.bytes, sample.length);
		unsigned before = cheap_scrypt()->count;
		enum vault_fault fault = opening(sample.bytes, sample.length, &sample.passphrase);
		if (fault != HEADERS[i].fault)
			fail_msg("case %zu: fault %d", i, (int)fault);
		assert_int_equal(cheap_scrypt()->count - before, fault == VAULT_WRONG_PASSPHRASE);
		sample_release(&sample);
	}
}

static void another_passphrase_opens_nothing(void **state)
{
	static const char *const OTHERS[] = { "", "correct horse battery stapl",
					      "correct horse battery staple ",
					      "Correct horse battery staple" };
	struct sample sample;
	struct secret other;
	(void)state;
	sample_make(&sample, 3);
	secret_init(&other);
	for (size_t i = 0; i < ARRAY_LENGTH(OTHERS); i++) {
		assert_true(secret_set(&other, OTHERS[i], strlen(OTHERS[i]), NULL));
		assert_int_equal(opening(sample.bytes, sample.length, &other),
				 VAULT_WRONG_PASSPHRASE);
	}
	secret_release(&other);
	sample_release(&sample);
}

/* Whoever knows the passphrase may write what sipdesk would not: that is told, not half-read. */
static void what_is_no_list_of_keys_is_told(void **state)
{
	struct sample sample;
	struct vault_keys strange;
	char *bytes;
	size_t length;
	(void)state;
	sample_make(&sample, 0);
	for (size_t i = 0; i < ARRAY_LENGTH(RECORDS); i++) {
		vault_keys_init(&strange);
		assert_true(secret_insert(&strange.records, 0, RECORDS[i].bytes, RECORDS[i].length,
					  NULL));
		assert_int_equal(vault_bytes_make(&strange, &sample.passphrase, &bytes, &length),
				 VAULT_GOOD);
		assert_int_equal(opening(bytes, length, &sample.passphrase),
				 RECORDS[i].count < 0 ? VAULT_NO_KEYS : VAULT_GOOD);
		free(bytes);
		vault_keys_release(&strange);
	}
	sample_release(&sample);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_put_replaced_and_removed),
		cmocka_unit_test(what_is_no_id_or_no_key_is_refused),
		cmocka_unit_test(records_from_outside_are_judged),
		cmocka_unit_test(a_full_vault_says_so_and_stays),
		cmocka_unit_test(what_was_put_in_comes_out),
		cmocka_unit_test(the_cost_is_the_one_described),
		cmocka_unit_test(salt_and_nonce_are_new_each_time),
		cmocka_unit_test(any_byte_changed_is_damage),
		cmocka_unit_test(any_byte_changed_on_purpose_is_refused),
		cmocka_unit_test(cut_or_longer_is_damage),
		cmocka_unit_test(a_header_is_judged_before_it_costs_anything),
		cmocka_unit_test(another_passphrase_opens_nothing),
		cmocka_unit_test(what_is_no_list_of_keys_is_told),
	};
	secret_allocators_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
