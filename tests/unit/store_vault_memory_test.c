/*
 * A vault that was open and is closed again leaves no key and no passphrase in this process, and
 * neither does a fingerprint: all memory that it can write is searched. What is searched for is
 * made letter by letter, so that the test has no copy of its own.
 */
#include "store/vault.h"

#include "base/mem.h"
#include "base/str.h"
#include "store/fingerprints.h"
#include "tests/support/cheap_scrypt.h"
#include "tests/support/child.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PLANTED_LENGTH = 24, KEYS = 200 };

/* What is planted, each a row of letters of its own; keys have one more for each id. */
enum planted { PLANTED_PASSPHRASE = 3, PLANTED_WANTED = 5, PLANTED_KEY = 7, PLANTED_OTHER_KEY = 9 };

static char letter(enum planted planted, int at)
{
	return (char)('a' + (at * at + (int)planted * at + (int)planted) % 26);
}

static void plant(struct secret *secret, enum planted planted)
{
	secret_release(secret);
	for (int at = 0; at < PLANTED_LENGTH; at++)
		assert_true(secret_push(secret, letter(planted, at)));
}

static bool is_planted(const char *at, enum planted planted)
{
	for (int i = 0; i < PLANTED_LENGTH; i++)
		if (at[i] != letter(planted, i))
			return false;
	return true;
}

static unsigned copies_between(const char *at, const char *end, enum planted planted)
{
	unsigned count = 0;
	for (; end - at >= PLANTED_LENGTH; at++) {
		at = memchr(at, letter(planted, 0), (size_t)(end - at) - PLANTED_LENGTH + 1);
		if (at == NULL)
			break;
		count += is_planted(at, planted);
	}
	return count;
}

/* How often it stands in memory that this process may write. */
static unsigned copies(enum planted planted)
{
	char line[512], mode[5];
	uintptr_t begin, end;
	unsigned count = 0;
	FILE *maps = fopen("/proc/self/maps", "r");
	assert_non_null(maps);
	while (fgets(line, sizeof line, maps) != NULL)
		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s", &begin, &end, mode) == 3 &&
		    text_starts_with(mode, "rw"))
			count += copies_between((const char *)begin, (const char *)end, planted);
	(void)fclose(maps);
	return count;
}

static void assert_none(void)
{
	assert_int_equal(copies(PLANTED_PASSPHRASE), 0);
	assert_int_equal(copies(PLANTED_WANTED), 0);
	assert_int_equal(copies(PLANTED_KEY), 0);
	assert_int_equal(copies(PLANTED_OTHER_KEY), 0);
}

static void vault_use(const char *path)
{
	struct vault_keys keys;
	struct secret passphrase, wanted, key;
	struct err err;
	vault_keys_init(&keys);
	secret_init(&passphrase);
	secret_init(&wanted);
	secret_init(&key);
	plant(&passphrase, PLANTED_PASSPHRASE);
	plant(&wanted, PLANTED_WANTED);
	assert_true(vault_create(path, &passphrase, &err));
	for (unsigned i = 0; i < KEYS; i++) { /* more than fit a page */
		char id[17];
		(void)snprintf(id, sizeof id, "%08x%08x", i * 2654435761U, i);
		plant(&key, i % 2 == 0 ? PLANTED_KEY : PLANTED_OTHER_KEY);
		assert_true(vault_change(path, &passphrase, id, &key, &keys, &err));
	}
	assert_false(vault_change(path, &wanted, "0000000000000000", NULL, &keys, &err));
	assert_true(vault_passphrase_change(path, &passphrase, &wanted, &err));
	assert_false(vault_read(path, &passphrase, &keys, &err));
	assert_true(vault_read(path, &wanted, &keys, &err));
	assert_true(vault_keys_find(&keys, "0000000000000000", &key));
	assert_true(fingerprint_note("0000000000000000", &key, &err));
	assert_null(fingerprint_other("0000000000000000", &key));

	/* While it is open there is one copy of each, and the search finds it. */
	assert_int_equal(copies(PLANTED_PASSPHRASE), 1);
	assert_int_equal(copies(PLANTED_WANTED), 1);
	assert_int_equal(copies(PLANTED_KEY), KEYS / 2 + 1); /* and the one found */
	assert_int_equal(copies(PLANTED_OTHER_KEY), KEYS / 2);
	vault_keys_release(&keys);
	secret_release(&passphrase);
	secret_release(&wanted);
	secret_release(&key);
}

static void nothing_is_left_in_memory(void **state)
{
	(void)state;
#ifdef __SANITIZE_ADDRESS__
	skip(); /* its own memory is too large to be searched */
#endif
	char *folder = child_folder_make();
	char *path = mem_format("%s/vault", folder);
	assert_int_equal(setenv("XDG_STATE_HOME", folder, 1), 0);
	assert_none();
	vault_use(path);
	assert_none();
	assert_true(cheap_scrypt()->count > KEYS);
	child_folder_remove(folder);
	free(path);
	free(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(nothing_is_left_in_memory) };
	secret_allocators_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
