/*
 * JSON documents from outside: cJSON behind limits, and without its losses.
 *
 * A document is scanned before it is parsed: valid UTF-8, at most 256 KiB, 32 levels and 20,000
 * tokens, nothing after its end. After parsing every node knows which bytes it came from, so that
 * what we do not understand can be written again byte for byte (json_slice). Numbers are turned
 * into cJSON_Raw nodes holding their own digits: 9007199254740993 stays itself.
 * Look-ups are case-sensitive. The document owns the bytes and the tree.
 */
#ifndef SIPDESK_BASE_JSON_H
#define SIPDESK_BASE_JSON_H

#include "base/err.h"
#include "base/str.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

enum {
	JSON_BYTES_MAX = 256 * 1024, /* an answer is a few KiB */
	JSON_DEPTH_MAX = 32,	     /* settings nest 6 deep; bounds our recursion */
	JSON_TOKENS_MAX = 20000,     /* cJSON takes 64 bytes and more for each */
};

struct json_doc {
	char *bytes; /* NUL-terminated copy; NULL when empty */
	size_t length;
	cJSON *root;
};

/* Limits for a document that is not an answer of the service. */
struct json_limits {
	size_t bytes;
	size_t tokens;
};

void json_doc_init(struct json_doc *doc);
void json_doc_release(struct json_doc *doc);
/* Copies and parses. ERR_ANSWER with a sentence that says what is wrong and at which byte. */
bool json_doc_parse(struct json_doc *doc, const char *bytes, size_t length, struct err *err);
/* The same within other limits; at most 1 GiB. */
bool json_doc_parse_within(struct json_doc *doc, const char *bytes, size_t length,
			   struct json_limits limits, struct err *err);

/* The bytes of `item` (a node of this document) as they came; borrowed from the document. */
struct json_slice {
	const char *bytes;
	size_t length;
};
struct json_slice json_slice(const struct json_doc *doc, const cJSON *item);

/* Member `name` of an object, NULL where `object` is NULL or no object, or has none. First wins. */
const cJSON *json_member(const cJSON *object, const char *name);
/* The text of a string node, or a number's digits, or "true"/"false"; NULL for all others. */
const char *json_text(const cJSON *item);
/* Does any object at or below `item` hold one key twice? */
bool json_has_duplicate_keys(const cJSON *item);
/* Does a string at or below `item` hold \u0000? (cJSON ends the text there.) */
bool json_has_nul(const struct json_doc *doc, const cJSON *item);

/* Appends `text` as a JSON string with its quotes; all non-ASCII and control characters as \u
 * escapes, bytes that are not UTF-8 as \ufffd. */
void json_write_string(struct str *out, const char *text);
/* The same for files that people read: what is beyond ASCII stays as it is. `text` is UTF-8. */
void json_write_utf8(struct str *out, const char *text);
/* Appends JSON text with every non-ASCII character and DEL as \u escapes; otherwise as it is. */
void json_write_ascii(struct str *out, const char *json, size_t length);
/* Appends `json` (valid) laid out over lines, two blanks a level, members and digits as they are.
 */
void json_write_pretty(struct str *out, const char *json, size_t length);

#endif
