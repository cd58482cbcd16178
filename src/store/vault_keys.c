#include "store/vault_keys.h"

#include "store/numbers.h"

#include <string.h>

void vault_keys_init(struct vault_keys *keys)
{
	*keys = (struct vault_keys) { 0 };
}

void vault_keys_release(struct vault_keys *keys)
{
	secret_release(&keys->records);
	vault_keys_init(keys);
}

static const char *key_of(const char *id)
{
	return id + strlen(id) + 1;
}

static const char *record_end(const char *id)
{
	const char *key = key_of(id);
	return key + strlen(key) + 1;
}

const char *vault_keys_next(const struct vault_keys *keys, const char *id)
{
	const char *begin = secret_bytes(&keys->records);
	const char *next = id == NULL ? begin : record_end(id);
	return next < begin + keys->records.length ? next : NULL;
}

/* The first record whose id is not below `id`: its own, or the one that it stands before. NULL: all
 * are below. */
static const char *place_of(const struct vault_keys *keys, const char *id)
{
	const char *at = vault_keys_next(keys, NULL);
	while (at != NULL && strcmp(at, id) < 0)
		at = vault_keys_next(keys, at);
	return at;
}

bool vault_keys_find(const struct vault_keys *keys, const char *id, struct secret *key)
{
	const char *at = place_of(keys, id);
	if (at == NULL || strcmp(at, id) != 0)
		return false;
	return secret_set(key, key_of(at), strlen(key_of(at)), NULL);
}

static bool is_id(const char *text)
{
	return strlen(text) == NUMBER_ID_LENGTH &&
	       strspn(text, "0123456789abcdef") == NUMBER_ID_LENGTH;
}

static bool is_key(const char *text)
{
	size_t length = strlen(text);
	for (const char *at = text; *at != '\0'; at++)
		if (*at <= ' ' || *at >= 0x7f)
			return false;
	return length > 0 && length <= SECRET_MAX;
}

void vault_keys_remove(struct vault_keys *keys, const char *id)
{
	const char *at = place_of(keys, id);
	if (at == NULL || strcmp(at, id) != 0)
		return;
	size_t begin = (size_t)(at - secret_bytes(&keys->records));
	secret_remove(&keys->records, begin, (size_t)(record_end(at) - at));
	keys->count--;
}

bool vault_keys_put(struct vault_keys *keys, const char *id, const struct secret *key,
		    struct err *err)
{
	if (!is_id(id))
		return err_set(err, ERR_INPUT, "“%s” is no id of a saved number.", id);
	if (!is_key(secret_bytes(key)) || strlen(secret_bytes(key)) != key->length)
		return err_set(err, ERR_INPUT,
			       "An API key has at most %d characters, and no blanks, control "
			       "characters or letters beyond ASCII in it.",
			       SECRET_MAX);
	size_t id_size = strlen(id) + 1, size = id_size + key->length + 1;
	if (keys->records.length + size > VAULT_RECORDS_MAX)
		return err_set(err, ERR_INPUT, "The vault is full: it holds %d MiB of keys.",
			       VAULT_RECORDS_MAX / 1024 / 1024);
	struct secret *records = &keys->records;
	const char *place = place_of(keys, id);
	size_t at = place == NULL ? records->length : (size_t)(place - secret_bytes(records));
	/* Room first, so that a failure leaves all as it was. */
	if (!secret_insert(records, at, NULL, size, err))
		return false;
	memcpy(records->pages + at, id, id_size);
	memcpy(records->pages + at + id_size, secret_bytes(key), key->length);
	keys->count++;
	const char *next = records->pages + at + size;
	if (at + size < records->length && strcmp(next, id) == 0) {
		secret_remove(records, at + size, (size_t)(record_end(next) - next));
		keys->count--;
	}
	return true;
}

/* The pages end in a NUL of their own: no text runs out of them, also where one is cut off. */
bool vault_keys_count(struct vault_keys *keys)
{
	const struct secret *records = &keys->records;
	const char *before = "";
	keys->count = 0;
	if (records->length > 0 && secret_bytes(records)[records->length - 1] != '\0')
		return false;
	for (const char *at = vault_keys_next(keys, NULL); at != NULL;
	     at = vault_keys_next(keys, at)) {
		if (!is_id(at) || strcmp(before, at) >= 0 || !is_key(key_of(at)))
			return false;
		before = at;
		keys->count++;
	}
	return true;
}
