/*
 * Reads any bytes as a vault, in one of three ways that the first byte chooses: as the file; as a
 * file whose length and checksum are right, so that what stands behind them is reached; as the
 * records in one that opens. Ends by abort() where something that must hold does not. scrypt is
 * replaced: its cost is not what is looked for.
 */
#include "base/mem.h"
#include "base/secret.h"
#include "store/vault_format.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition)                                                               \
	do {                                                                          \
		if (!(condition)) {                                                   \
			(void)fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
			abort();                                                      \
		}                                                                     \
	} while (0)

enum { WAY_FILE, WAY_MENDED, WAY_RECORDS, WAYS, LENGTH_AT = 68, N_MAX = 1 << 20 };

/* Stands before libcrypto's. */
int EVP_PBE_scrypt(const char *passphrase, size_t passphrase_length, const unsigned char *salt,
		   size_t salt_length, uint64_t n, uint64_t r, uint64_t p, uint64_t memory,
		   unsigned char *key, size_t key_length)
{
	(void)passphrase, (void)passphrase_length;
	MUST(n > 1 && n <= N_MAX && r == 8 && p >= 1 && p <= 4 && key_length == 32);
	MUST(memory <= (uint64_t)N_MAX * 1024 + 2 * 1024 * 1024);
	return SHA256(salt, salt_length, key) != NULL;
}

static void passphrase_make(struct secret *passphrase)
{
	secret_init(passphrase);
	MUST(secret_set(passphrase, "correct horse", 13, NULL));
}

static void file_try(const char *bytes, size_t length)
{
	struct secret passphrase;
	struct vault_keys keys;
	passphrase_make(&passphrase);
	vault_keys_init(&keys);
	enum vault_fault judged = vault_bytes_judge(bytes, length);
	enum vault_fault opened = vault_bytes_open(bytes, length, &passphrase, &keys);
	MUST(judged <= VAULT_TOO_COSTLY);
	MUST(judged == VAULT_GOOD || opened == judged);
	MUST(opened == VAULT_GOOD || (keys.count == 0 && keys.records.pages == NULL));
	vault_keys_release(&keys);
	secret_release(&passphrase);
}

static void mended_try(const uint8_t *data, size_t size)
{
	char *bytes = mem_alloc(size + SHA256_DIGEST_LENGTH, 1);
	memcpy(bytes, data, size);
	if (size >= VAULT_HEADER_SIZE + 16) {
		size_t sealed = size - VAULT_HEADER_SIZE - 16;
		for (int i = 0; i < 4; i++)
			bytes[LENGTH_AT + i] = (char)(uint8_t)(sealed >> (24 - 8 * i));
	}
	(void)SHA256((const unsigned char *)bytes, size, (unsigned char *)bytes + size);
	file_try(bytes, size + SHA256_DIGEST_LENGTH);
	free(bytes);
}

/* Every key can be found, taken out and put back, and then all is as it was. */
static void keys_try(struct vault_keys *keys)
{
	struct secret key, before;
	size_t count = 0;
	secret_init(&key);
	secret_init(&before);
	MUST(secret_copy(&before, &keys->records, NULL));
	for (const char *id = vault_keys_next(keys, NULL); id != NULL;
	     id = vault_keys_next(keys, id)) {
		char kept[32];
		(void)snprintf(kept, sizeof kept, "%s", id);
		MUST(vault_keys_find(keys, kept, &key) && secret_is_set(&key));
		vault_keys_remove(keys, kept);
		MUST(!vault_keys_find(keys, kept, &key));
		MUST(vault_keys_put(keys, kept, &key, NULL));
		MUST(keys->records.length == before.length);
		MUST(memcmp(secret_bytes(&keys->records), secret_bytes(&before), before.length) ==
		     0);
		id = vault_keys_next(keys, NULL);
		for (size_t i = 0; i < count; i++)
			id = vault_keys_next(keys, id);
		count++;
	}
	MUST(count == keys->count);
	secret_release(&key);
	secret_release(&before);
}

static void records_try(const char *bytes, size_t length)
{
	struct secret passphrase;
	struct vault_keys keys, opened;
	char *file;
	size_t file_length;
	passphrase_make(&passphrase);
	vault_keys_init(&keys);
	vault_keys_init(&opened);
	MUST(secret_insert(&keys.records, 0, bytes, length, NULL));
	bool is_right = vault_keys_count(&keys);
	MUST(vault_bytes_make(&keys, &passphrase, &file, &file_length) == VAULT_GOOD);
	MUST(vault_bytes_open(file, file_length, &passphrase, &opened) ==
	     (is_right ? VAULT_GOOD : VAULT_NO_KEYS));
	if (is_right) {
		MUST(opened.count == keys.count);
		keys_try(&opened);
	}
	free(file);
	vault_keys_release(&keys);
	vault_keys_release(&opened);
	secret_release(&passphrase);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	const char *bytes = (const char *)data + 1;
	switch (data[0] % WAYS) {
	case WAY_FILE: file_try(bytes, size - 1); break;
	case WAY_MENDED: mended_try(data + 1, size - 1); break;
	default: records_try(bytes, size - 1); break;
	}
	return 0;
}
