#include "store/vault_format.h"

#include "base/mem.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	VERSION = 1,
	COST_COUNT = 3,
	SALT_SIZE = 32,
	NONCE_SIZE = 12,
	TAG_SIZE = 16,
	KEY_SIZE = 32,
	AT_VERSION = 8,
	AT_COSTS = 12,
	AT_SALT = 24,
	AT_NONCE = 56,
	AT_LENGTH = 68,
	SCRYPT_SLACK = 1024 * 1024, /* what it takes beside its blocks is less */
};

static const char MAGIC[AT_VERSION] = { 'S', 'I', 'P', 'D', 'E', 'S', 'K', 'V' };

/* log2 N, r, p: as they are written, and what a reader takes. At the most N takes 1 GiB and, p
 * times over, some 20 seconds; a file that asks for more is not one of ours. */
static const struct {
	uint32_t written, least, most;
} COSTS[COST_COUNT] = { { 17, 1, 20 }, { 8, 8, 8 }, { 1, 1, 4 } };

static uint32_t number_get(const char *bytes)
{
	const unsigned char *at = (const unsigned char *)bytes;
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void number_put(char *bytes, size_t number)
{
	for (int i = 0; i < 4; i++)
		bytes[i] = (char)(unsigned char)(number >> (24 - 8 * i));
}

static uint32_t cost_get(const char *header, size_t cost)
{
	return number_get(header + AT_COSTS + 4 * cost);
}

static bool checksum_matches(const char *bytes, size_t length)
{
	unsigned char checksum[SHA256_DIGEST_LENGTH];
	size_t before = length - sizeof checksum;
	return SHA256((const unsigned char *)bytes, before, checksum) != NULL &&
	       memcmp(bytes + before, checksum, sizeof checksum) == 0;
}

enum vault_fault vault_bytes_judge(const char *bytes, size_t length)
{
	if (length < VAULT_HEADER_SIZE + VAULT_ENDING_SIZE ||
	    memcmp(bytes, MAGIC, sizeof MAGIC) != 0 || !checksum_matches(bytes, length))
		return VAULT_DAMAGED;
	uint32_t version = number_get(bytes + AT_VERSION);
	if (version != VERSION)
		return version > VERSION ? VAULT_TOO_NEW : VAULT_DAMAGED;
	if (number_get(bytes + AT_LENGTH) != length - VAULT_HEADER_SIZE - VAULT_ENDING_SIZE ||
	    length > VAULT_FILE_MAX)
		return VAULT_DAMAGED;
	for (size_t i = 0; i < COST_COUNT; i++)
		if (cost_get(bytes, i) < COSTS[i].least || cost_get(bytes, i) > COSTS[i].most)
			return VAULT_TOO_COSTLY;
	return VAULT_GOOD;
}

static bool key_derive(const char *header, const struct secret *passphrase,
		       unsigned char key[KEY_SIZE])
{
	uint64_t n = (uint64_t)1 << cost_get(header, 0);
	uint64_t r = cost_get(header, 1), p = cost_get(header, 2);
	bool done = EVP_PBE_scrypt(secret_bytes(passphrase), passphrase->length,
				   (const unsigned char *)header + AT_SALT, SALT_SIZE, n, r, p,
				   128 * r * (n + p) + SCRYPT_SLACK, key, KEY_SIZE) == 1;
	ERR_clear_error();
	return done;
}

/* Seals or opens `length` bytes; `tag` is written, or must be right. */
static bool cipher_run(bool is_sealing, const unsigned char key[KEY_SIZE], const char *header,
		       const char *in, size_t length, char *out, char *tag)
{
	const unsigned char *associated = (const unsigned char *)header;
	unsigned char *to = (unsigned char *)out;
	int count;
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	bool done =
		cipher != NULL &&
		EVP_CipherInit_ex(cipher, EVP_aes_256_gcm(), NULL, key, associated + AT_NONCE,
				  is_sealing) == 1 &&
		EVP_CipherUpdate(cipher, NULL, &count, associated, VAULT_HEADER_SIZE) == 1 &&
		EVP_CipherUpdate(cipher, to, &count, (const unsigned char *)in, (int)length) == 1 &&
		(is_sealing ||
		 EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, TAG_SIZE, tag) == 1) &&
		EVP_CipherFinal_ex(cipher, to + length, &count) == 1 &&
		(!is_sealing ||
		 EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, TAG_SIZE, tag) == 1);
	EVP_CIPHER_CTX_free(cipher);
	ERR_clear_error();
	return done;
}

enum vault_fault vault_bytes_open(const char *bytes, size_t length, const struct secret *passphrase,
				  struct vault_keys *keys)
{
	unsigned char key[KEY_SIZE];
	char tag[TAG_SIZE];
	struct vault_keys opened;
	enum vault_fault fault = vault_bytes_judge(bytes, length);
	if (fault != VAULT_GOOD)
		return fault;
	size_t size = number_get(bytes + AT_LENGTH);
	const char *sealed = bytes + VAULT_HEADER_SIZE;
	vault_keys_init(&opened);
	memcpy(tag, sealed + size, TAG_SIZE);
	if (!secret_insert(&opened.records, 0, NULL, size, NULL) ||
	    !key_derive(bytes, passphrase, key))
		fault = VAULT_NO_MEMORY;
	else if (!cipher_run(false, key, bytes, sealed, size, opened.records.pages, tag))
		fault = VAULT_WRONG_PASSPHRASE;
	else if (!vault_keys_count(&opened))
		fault = VAULT_NO_KEYS;
	secret_wipe(key, sizeof key);
	if (fault == VAULT_GOOD) {
		vault_keys_release(keys);
		*keys = opened;
	} else {
		vault_keys_release(&opened);
	}
	return fault;
}

static bool header_make(char *header, size_t size)
{
	memcpy(header, MAGIC, sizeof MAGIC);
	number_put(header + AT_VERSION, VERSION);
	for (size_t i = 0; i < COST_COUNT; i++)
		number_put(header + AT_COSTS + 4 * i, COSTS[i].written);
	number_put(header + AT_LENGTH, size);
	return RAND_bytes((unsigned char *)header + AT_SALT, SALT_SIZE + NONCE_SIZE) == 1;
}

enum vault_fault vault_bytes_make(const struct vault_keys *keys, const struct secret *passphrase,
				  char **bytes, size_t *length)
{
	unsigned char key[KEY_SIZE];
	enum vault_fault fault = VAULT_GOOD;
	size_t size = keys->records.length;
	*length = VAULT_HEADER_SIZE + size + VAULT_ENDING_SIZE;
	*bytes = mem_alloc(*length, 1);
	char *sealed = *bytes + VAULT_HEADER_SIZE, *tag = sealed + size;
	if (!header_make(*bytes, size))
		fault = VAULT_NO_RANDOM;
	else if (!key_derive(*bytes, passphrase, key) ||
		 !cipher_run(true, key, *bytes, secret_bytes(&keys->records), size, sealed, tag) ||
		 SHA256((const unsigned char *)*bytes, *length - SHA256_DIGEST_LENGTH,
			(unsigned char *)tag + TAG_SIZE) == NULL)
		fault = VAULT_NO_MEMORY;
	secret_wipe(key, sizeof key);
	if (fault != VAULT_GOOD) {
		free(*bytes);
		*bytes = NULL;
	}
	return fault;
}
