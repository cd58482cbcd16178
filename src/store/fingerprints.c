#include "store/fingerprints.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/folders.h"
#include "store/numbers.h"

#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

enum {
	FILE_MAX = 4 * 1024 * 1024, /* more than 70,000 fingerprints of 55 bytes */
	TOKENS_MAX = 400 * 1000,
	MACHINE_KEY_BYTES = 32, /* kept as hex digits, and used as they stand */
	FINGERPRINT_BYTES = 16,
	HEX_SIZE = 2 * MACHINE_KEY_BYTES + 1, /* the longer of the two, and a NUL */
};

struct fingerprint {
	char id[NUMBER_ID_LENGTH + 1];
	char hex[HEX_SIZE];
};

struct fingerprints {
	char machine_key[HEX_SIZE];
	struct fingerprint *items;
	size_t count;
};

static void hex_write(const unsigned char *bytes, size_t count, char *out)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < count; i++) {
		*out++ = digits[bytes[i] >> 4];
		*out++ = digits[bytes[i] & 15];
	}
	*out = '\0';
}

/* Takes `length` hex digits, no more and no fewer. */
static bool hex_take(const char *text, size_t length, char *out)
{
	if (text == NULL || strlen(text) != length || strspn(text, "0123456789abcdef") != length)
		return false;
	memcpy(out, text, length + 1);
	return true;
}

static bool fingerprint_of(const struct fingerprints *all, const struct secret *key, char *hex)
{
	unsigned char code[EVP_MAX_MD_SIZE];
	unsigned length;
	if (HMAC(EVP_sha256(), all->machine_key, (int)strlen(all->machine_key),
		 (const unsigned char *)secret_bytes(key), key->length, code, &length) == NULL)
		return false;
	hex_write(code, FINGERPRINT_BYTES, hex);
	return true;
}

static struct fingerprint *item_of(const struct fingerprints *all, const char *id)
{
	for (size_t i = 0; i < all->count; i++)
		if (text_equal(all->items[i].id, id))
			return &all->items[i];
	return NULL;
}

static void items_release(struct fingerprints *all)
{
	free(all->items);
	all->items = NULL;
	all->count = 0;
}

/* --- the file: {"schema":1,"machine_key":"…","fingerprints":{"<id>":"…", …}} ------------------ */

static bool document_read(struct fingerprints *all, const struct str *bytes)
{
	const struct json_limits limits = { .bytes = FILE_MAX, .tokens = TOKENS_MAX };
	struct json_doc doc;
	if (!json_doc_parse_within(&doc, bytes->bytes, bytes->length, limits, NULL))
		return false;
	const cJSON *list = json_member(doc.root, "fingerprints");
	bool is_right = text_equal(json_text(json_member(doc.root, "schema")), "1") &&
			cJSON_IsObject(list) &&
			hex_take(json_text(json_member(doc.root, "machine_key")),
				 (size_t)2 * MACHINE_KEY_BYTES, all->machine_key);
	const cJSON *member;
	cJSON_ArrayForEach (member, list) {
		all->items = mem_grow(all->items, all->count, sizeof *all->items);
		struct fingerprint *item = &all->items[all->count++];
		is_right = is_right && hex_take(member->string, NUMBER_ID_LENGTH, item->id) &&
			   hex_take(json_text(member), (size_t)2 * FINGERPRINT_BYTES, item->hex);
	}
	json_doc_release(&doc);
	return is_right;
}

/* False where the file is refused, with `is_damaged` where it is only that. */
static bool file_read_all(struct fingerprints *all, const char *path, bool *is_damaged,
			  struct err *err)
{
	struct str bytes;
	struct err problem;
	bool exists;
	*all = (struct fingerprints) { 0 };
	str_init(&bytes);
	err_init(&problem);
	bool done = store_read(path, FILE_MAX, &bytes, &exists, &problem);
	*is_damaged = done ? !exists || !document_read(all, &bytes) : problem.kind == ERR_INPUT;
	if (*is_damaged)
		items_release(all);
	str_release(&bytes);
	if (!done && err != NULL)
		*err = problem;
	return done && !*is_damaged;
}

/* What is damaged, or not there, begins anew: it can be lost without harm. */
static bool file_read_or_begin(struct fingerprints *all, const char *path, struct err *err)
{
	unsigned char random[MACHINE_KEY_BYTES];
	bool is_damaged;
	if (file_read_all(all, path, &is_damaged, err))
		return true;
	if (!is_damaged)
		return false;
	if (RAND_bytes(random, sizeof random) != 1)
		return err_set(err, ERR_IO, "This machine gives no random numbers.");
	hex_write(random, sizeof random, all->machine_key);
	return true;
}

static bool file_write(const struct fingerprints *all, const char *path, struct err *err)
{
	struct str out;
	str_init(&out);
	str_addf(&out, "{\"schema\":1,\"machine_key\":\"%s\",\"fingerprints\":{", all->machine_key);
	for (size_t i = 0; i < all->count; i++)
		str_addf(&out, "%s\n\"%s\":\"%s\"", i > 0 ? "," : "", all->items[i].id,
			 all->items[i].hex);
	str_add(&out, "\n}}\n");
	bool done = store_write(path, out.bytes, out.length, err);
	str_release(&out);
	return done;
}

static char *file_path(struct err *err)
{
	return store_path(STORE_STATE, "fingerprints.json", err);
}

/* --- what others call ------------------------------------------------------------------------- */

static bool note(struct fingerprints *all, const char *path, const char *id,
		 const struct secret *key, struct err *err)
{
	char hex[HEX_SIZE];
	if (!file_read_or_begin(all, path, err))
		return false;
	if (!fingerprint_of(all, key, hex))
		return err_set(err, ERR_INTERNAL, "The fingerprint of a key could not be made.");
	struct fingerprint *item = item_of(all, id);
	if (item != NULL && text_equal(item->hex, hex))
		return true;
	if (item == NULL) {
		all->items = mem_grow(all->items, all->count, sizeof *all->items);
		item = &all->items[all->count];
		if (!hex_take(id, NUMBER_ID_LENGTH, item->id))
			return err_set(err, ERR_INTERNAL, "“%s” is no id of a saved number.", id);
		all->count++;
	}
	memcpy(item->hex, hex, sizeof hex);
	return file_write(all, path, err);
}

bool fingerprint_note(const char *id, const struct secret *key, struct err *err)
{
	struct fingerprints all = { 0 };
	char *path = file_path(err);
	int lock = path == NULL ? -1 : store_lock(path, err);
	bool done = lock >= 0 && note(&all, path, id, key, err);
	store_unlock(lock);
	items_release(&all);
	free(path);
	return done;
}

char *fingerprint_other(const char *id, const struct secret *key)
{
	struct fingerprints all = { 0 };
	char hex[HEX_SIZE];
	char *other = NULL;
	bool is_damaged;
	char *path = file_path(NULL);
	bool done = path != NULL && file_read_all(&all, path, &is_damaged, NULL) &&
		    fingerprint_of(&all, key, hex);
	for (size_t i = 0; done && other == NULL && i < all.count; i++)
		if (text_equal(all.items[i].hex, hex) && !text_equal(all.items[i].id, id))
			other = mem_text(all.items[i].id);
	items_release(&all);
	free(path);
	return other;
}

void fingerprint_forget(const char *id)
{
	struct fingerprints all = { 0 };
	bool is_damaged;
	char *path = file_path(NULL);
	int lock = path == NULL ? -1 : store_lock(path, NULL);
	struct fingerprint *item = lock >= 0 && file_read_all(&all, path, &is_damaged, NULL)
					   ? item_of(&all, id)
					   : NULL;
	if (item != NULL) {
		*item = all.items[--all.count];
		(void)file_write(&all, path, NULL);
	}
	store_unlock(lock);
	items_release(&all);
	free(path);
}
