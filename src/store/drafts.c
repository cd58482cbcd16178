#include "store/drafts.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "calling/draft_json.h"
#include "store/folders.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SCHEMA = 1, DRAFT_FILE_MAX = 2 * 1024 * 1024, DRAFT_TOKENS_MAX = 4 * JSON_TOKENS_MAX };

static char *draft_path(const char *id, struct err *err)
{
	char *name = mem_format("drafts/%s.json", id);
	char *path = store_path(STORE_DATA, name, err);
	free(name);
	return path;
}

void saved_draft_release(struct saved_draft *draft)
{
	settings_release(&draft->base);
	values_release(&draft->mine);
	*draft = (struct saved_draft) { 0 };
	settings_init(&draft->base);
	values_init(&draft->mine);
}

bool draft_save(const char *id, const struct calling_settings *base,
		const struct calling_values *mine, bool outcome_is_unknown, struct err *err)
{
	struct str text;
	char *path = draft_path(id, err);
	if (path == NULL)
		return false;
	str_init(&text);
	str_addf(&text, "{\"schema\":%d,\"saved_at\":%lld,\"outcome_is_unknown\":%s,", SCHEMA,
		 (long long)clock_now(), outcome_is_unknown ? "true" : "false");
	str_addf(&text, "\"base\":{\"read_at\":%lld,\"calling\":", (long long)base->read_at);
	settings_write_json(base, &text);
	str_add(&text, "},\"edits\":");
	edits_write_json(&base->values, mine, &text);
	str_add(&text, "}\n");
	bool done = store_write(path, text.bytes, text.length, err);
	str_release(&text);
	free(path);
	return done;
}

static bool number_read(const cJSON *object, const char *name, int64_t *number)
{
	const char *digits = json_text(json_member(object, name));
	*number = digits == NULL ? 0 : strtoll(digits, NULL, 10);
	return digits != NULL;
}

/* The base goes the way of any answer of the service, so it is judged the same. */
static bool base_read(struct saved_draft *draft, const struct json_doc *doc, struct err *err)
{
	const cJSON *base = json_member(doc->root, "base");
	const cJSON *calling = json_member(base, "calling");
	int64_t read_at;
	if (calling == NULL || !number_read(base, "read_at", &read_at))
		return err_set(err, ERR_INPUT, "It has no base.");
	struct json_slice slice = json_slice(doc, calling);
	char *answer = mem_format("{\"calling\":%.*s}", (int)slice.length, slice.bytes);
	bool done = settings_decode(&draft->base, answer, strlen(answer), read_at, err);
	free(answer);
	return done;
}

static bool document_read(struct saved_draft *draft, const struct str *text, struct err *err)
{
	struct json_limits limits = { .bytes = DRAFT_FILE_MAX, .tokens = DRAFT_TOKENS_MAX };
	struct json_doc doc;
	int64_t schema;
	if (!json_doc_parse_within(&doc, text->bytes, text->length, limits, err))
		return false;
	draft->outcome_is_unknown = cJSON_IsTrue(json_member(doc.root, "outcome_is_unknown"));
	bool done = number_read(doc.root, "schema", &schema) && schema == SCHEMA &&
		    number_read(doc.root, "saved_at", &draft->saved_at);
	if (!done)
		(void)err_set(err, ERR_INPUT, "It is no draft of this sipdesk.");
	done = done && base_read(draft, &doc, err) &&
	       edits_read_json(&draft->base.values, json_member(doc.root, "edits"), &draft->mine,
			       err);
	json_doc_release(&doc);
	return done;
}

/* `err` says what is wrong with it; where it is kept is added. */
static void damaged_set_aside(const char *path, struct err *err)
{
	struct err cause = *err, aside_err;
	char *kept = NULL;
	bool is_aside = store_set_aside(path, &kept, &aside_err);
	(void)err_set(err, ERR_INPUT, "The saved draft of this number is damaged: %s",
		      cause.sentence);
	err_next_step(err, "It is kept as %s.", is_aside ? kept : path);
	free(kept);
}

bool draft_load(const char *id, struct saved_draft *draft, bool *exists, struct err *err)
{
	struct str text;
	*draft = (struct saved_draft) { 0 };
	settings_init(&draft->base);
	values_init(&draft->mine);
	*exists = false;
	char *path = draft_path(id, err);
	if (path == NULL)
		return false;
	str_init(&text);
	store_leftovers_remove(path);
	bool done = store_read(path, DRAFT_FILE_MAX, &text, exists, err);
	if (done && *exists && !document_read(draft, &text, err)) {
		damaged_set_aside(path, err);
		saved_draft_release(draft);
		*exists = false;
		done = false;
	}
	str_release(&text);
	free(path);
	return done;
}

bool draft_discard(const char *id, struct err *err)
{
	char *path = draft_path(id, err);
	if (path == NULL)
		return false;
	bool done = unlink(path) == 0 || errno == ENOENT ||
		    err_set(err, ERR_IO, "Cannot remove the saved draft %s: %s.", path,
			    strerror(errno));
	free(path);
	return done;
}

bool draft_exists(const char *id)
{
	char *path = draft_path(id, NULL);
	bool exists = path != NULL && access(path, F_OK) == 0;
	free(path);
	return exists;
}

static int id_compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char **drafts_list(size_t *count)
{
	static const char end[] = ".json";
	char **ids = NULL;
	char *folder = store_path(STORE_DATA, "drafts", NULL);
	DIR *entries = folder == NULL ? NULL : opendir(folder);
	const struct dirent *entry;
	*count = 0;
	while (entries != NULL && (entry = readdir(entries)) != NULL) {
		size_t length = strlen(entry->d_name);
		if (length < sizeof end ||
		    !text_equal(entry->d_name + length - (sizeof end - 1), end))
			continue;
		ids = mem_grow(ids, *count, sizeof *ids);
		ids[(*count)++] = mem_text_n(entry->d_name, length - (sizeof end - 1));
	}
	if (entries != NULL)
		(void)closedir(entries);
	if (*count > 1)
		qsort(ids, *count, sizeof *ids, id_compare);
	free(folder);
	return ids;
}
