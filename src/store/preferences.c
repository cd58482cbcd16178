#include "store/preferences.h"

#include "base/json.h"
#include "base/mem.h"
#include "store/folders.h"

#include <stddef.h>
#include <stdlib.h>

enum { PREFERENCES_FILE_MAX = 64 * 1024 };

/* All are switches. */
static const struct {
	const char *name;
	size_t offset; /* of the bool in struct preferences */
} SWITCHES[] = {
	{ "copy_passwords", offsetof(struct preferences, copy_passwords) },
};

char *preferences_path(void)
{
	return store_path(STORE_CONFIG, "config.json", NULL);
}

static bool member_read(struct preferences *preferences, const cJSON *member, struct err *err)
{
	if (text_equal(member->string, "schema"))
		return text_equal(json_text(member), "1") ||
		       err_set(err, ERR_CONFIG, "its schema is not 1.");
	for (size_t i = 0; i < ARRAY_LENGTH(SWITCHES); i++) {
		if (!text_equal(member->string, SWITCHES[i].name))
			continue;
		if (!cJSON_IsBool(member))
			return err_set(err, ERR_CONFIG, "“%s” is neither true nor false.",
				       member->string);
		*(bool *)((char *)preferences + SWITCHES[i].offset) = cJSON_IsTrue(member);
		return true;
	}
	return err_set(err, ERR_CONFIG, "“%s” is not known.", member->string);
}

static bool document_read(struct preferences *preferences, const struct str *bytes, struct err *err)
{
	struct json_doc doc;
	if (!json_doc_parse(&doc, bytes->bytes, bytes->length, err))
		return false;
	bool is_right = (cJSON_IsObject(doc.root) && !json_has_duplicate_keys(doc.root)) ||
			err_set(err, ERR_CONFIG, "it is no JSON object, or has a member twice.");
	const cJSON *member;
	cJSON_ArrayForEach (member, doc.root)
		is_right = is_right && member_read(preferences, member, err);
	json_doc_release(&doc);
	return is_right;
}

bool preferences_load(struct preferences *preferences, struct err *err)
{
	struct str bytes;
	struct err cause;
	bool exists = false;
	*preferences = (struct preferences) { 0 };
	char *path = store_path(STORE_CONFIG, "config.json", err);
	if (path == NULL)
		return false;
	str_init(&bytes);
	bool done = store_read(path, PREFERENCES_FILE_MAX, &bytes, &exists, err);
	if (done && exists && !document_read(preferences, &bytes, &cause)) {
		*preferences = (struct preferences) { 0 };
		(void)err_set(err, ERR_CONFIG, "The preferences in %s are not used: %s", path,
			      cause.sentence);
		err_next_step(err, "Mend the file, or move it away; it is written by hand.");
		done = false;
	}
	str_release(&bytes);
	free(path);
	return done;
}
