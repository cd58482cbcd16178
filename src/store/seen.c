#include "store/seen.h"

#include "base/mem.h"
#include "base/str.h"
#include "store/folders.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SEEN_FILE_MAX = 1024 * 1024 };

static char *seen_path(const char *id, struct err *err)
{
	char *name = mem_format("seen/%s.json", id);
	char *path = store_path(STORE_STATE, name, err);
	free(name);
	return path;
}

bool seen_save(const char *id, const struct calling_settings *settings, struct err *err)
{
	struct str text;
	char *path = seen_path(id, err);
	if (path == NULL)
		return false;
	str_init(&text);
	str_addf(&text,
		 "{\"schema\":1,\"read_at\":%lld,\"calling\":", (long long)settings->read_at);
	settings_write_json(settings, &text);
	str_add(&text, "}\n");
	bool done = store_write(path, text.bytes, text.length, err);
	str_release(&text);
	free(path);
	return done;
}

/* The file has the form of an answer, so it is judged as one. */
bool seen_load(const char *id, struct calling_settings *settings)
{
	struct str text;
	struct json_doc doc;
	bool exists = false, done = false;
	char *path = seen_path(id, NULL);
	str_init(&text);
	settings_init(settings);
	if (path != NULL && store_read(path, SEEN_FILE_MAX, &text, &exists, NULL) && exists &&
	    json_doc_parse(&doc, text.bytes, text.length, NULL)) {
		const char *read_at = json_text(json_member(doc.root, "read_at"));
		done = read_at != NULL && settings_decode(settings, text.bytes, text.length,
							  strtoll(read_at, NULL, 10), NULL);
		json_doc_release(&doc);
	}
	str_release(&text);
	free(path);
	return done;
}

void seen_forget(const char *id)
{
	char *path = seen_path(id, NULL);
	if (path != NULL)
		(void)unlink(path);
	free(path);
}
