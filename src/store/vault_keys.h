/*
 * API keys by the id of their number, in locked pages: what a vault holds, and an open one in
 * memory. `records` has "ID\0KEY\0" one after another, in the order of the ids, each id once. An id
 * is NUMBER_ID_LENGTH hex digits, a key 1 to SECRET_MAX characters of ASCII without blanks.
 */
#ifndef SIPDESK_STORE_VAULT_KEYS_H
#define SIPDESK_STORE_VAULT_KEYS_H

#include "base/err.h"
#include "base/secret.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	VAULT_RECORDS_MAX = 8 * 1024 * 1024, /* bytes: more than 50,000 keys of 100 characters */
};

struct vault_keys {
	struct secret records;
	size_t count;
};

void vault_keys_init(struct vault_keys *keys);
void vault_keys_release(struct vault_keys *keys); /* zeroes */

/* Copies the key of `id` out; false when there is none (or no memory). */
bool vault_keys_find(const struct vault_keys *keys, const char *id, struct secret *key);
/* The id that follows `id` (one of this function; NULL: the first), NULL at the end. Borrowed until
 * the keys change. */
const char *vault_keys_next(const struct vault_keys *keys, const char *id);

/* Puts a key in, replacing one of the same id. ERR_INPUT: no such id or key can be, or the vault is
 * full; then nothing has changed. */
bool vault_keys_put(struct vault_keys *keys, const char *id, const struct secret *key,
		    struct err *err);
/* Taking out one that is not there is done. */
void vault_keys_remove(struct vault_keys *keys, const char *id);

/* For records that came as bytes: counts them; false where they are not as above. */
bool vault_keys_count(struct vault_keys *keys);

#endif
