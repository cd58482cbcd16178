#include "base/json.h"

#include "base/mem.h"
#include "base/secret.h"
#include "base/secret.h"
#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void json_doc_init(struct json_doc *doc)
{
	*doc = (struct json_doc) { 0 };
}

void json_doc_release(struct json_doc *doc)
{
	cJSON_Delete(doc->root);
	if (doc->bytes != NULL)
		secret_wipe(doc->bytes, doc->length); /* an answer may hold a SIP password */
	free(doc->bytes);
	json_doc_init(doc);
}

static bool is_blank(char character)
{
	return character == ' ' || character == '\t' || character == '\n' || character == '\r';
}

/*
 * Depth and token count before any memory is spent on the tree; strings are skipped whole. Control
 * characters between tokens are refused: cJSON takes them for blanks, RFC 8259 section 2 does not.
 */
static bool document_within_limits(const char *bytes, size_t length, size_t tokens_max,
				   struct err *err)
{
	size_t depth = 0, tokens = 0;
	for (size_t at = 0; at < length; at++) {
		char character = bytes[at];
		if (character == '"') {
			for (at++; at < length && bytes[at] != '"'; at++)
				if (bytes[at] == '\\')
					at++;
			tokens++;
		} else if (character == '{' || character == '[') {
			tokens++;
			if (++depth > JSON_DEPTH_MAX)
				return err_set(
					err, ERR_ANSWER,
					"The JSON document is nested more than %d levels deep "
					"(byte %zu).",
					JSON_DEPTH_MAX, at);
		} else if (character == '}' || character == ']') {
			depth -= depth > 0;
		} else if (character == ',' || character == ':') {
			tokens++;
		} else if ((unsigned char)character < ' ' && !is_blank(character)) {
			return err_set(err, ERR_ANSWER,
				       "The JSON document has a control character at byte %zu.",
				       at);
		}
		if (tokens > tokens_max)
			return err_set(err, ERR_ANSWER,
				       "The JSON document has more than %zu parts.", tokens_max);
	}
	return true;
}

static size_t blanks_skip(const char *bytes, size_t at)
{
	while (is_blank(bytes[at]))
		at++;
	return at;
}

static size_t string_end(const char *bytes, size_t at)
{
	for (at++; bytes[at] != '"'; at++)
		if (bytes[at] == '\\')
			at++;
	return at + 1;
}

static void number_keep_digits(cJSON *item, const char *bytes, size_t length)
{
	item->type = (item->type & ~0xff) | cJSON_Raw;
	item->valuestring = cJSON_malloc(length + 1);
	if (item->valuestring == NULL) {
		item->type = (item->type & ~0xff) | cJSON_NULL; /* shown as nothing, never wrong */
		return;
	}
	memcpy(item->valuestring, bytes, length);
	item->valuestring[length] = '\0';
}

/*
 * Walks the text beside the tree cJSON made of it and notes each node's bytes. cJSON leaves
 * valueint and valuedouble of non-numbers unused; here they are begin and end. The text is valid
 * JSON by now and at most JSON_DEPTH_MAX deep. Returns the offset behind the value.
 */
static size_t slices_note(cJSON *item, const char *bytes, size_t at)
{
	size_t begin = at = blanks_skip(bytes, at);
	if (cJSON_IsObject(item) || cJSON_IsArray(item)) {
		at = blanks_skip(bytes, at + 1);
		for (cJSON *child = item->child; child != NULL; child = child->next) {
			if (cJSON_IsObject(item))
				at = blanks_skip(bytes, string_end(bytes, at)) + 1;
			at = blanks_skip(bytes, slices_note(child, bytes, at));
			if (child->next != NULL)
				at = blanks_skip(bytes, at + 1);
		}
		at++;
	} else if (cJSON_IsString(item)) {
		at = string_end(bytes, at);
	} else {
		while (bytes[at] != '\0' && strchr(",]} \t\r\n", bytes[at]) == NULL)
			at++;
		if (cJSON_IsNumber(item))
			number_keep_digits(item, bytes + begin, at - begin);
	}
	item->valueint = (int)begin;
	item->valuedouble = (double)at;
	return at;
}

bool json_doc_parse(struct json_doc *doc, const char *bytes, size_t length, struct err *err)
{
	struct json_limits limits = { .bytes = JSON_BYTES_MAX, .tokens = JSON_TOKENS_MAX };
	return json_doc_parse_within(doc, bytes, length, limits, err);
}

bool json_doc_parse_within(struct json_doc *doc, const char *bytes, size_t length,
			   struct json_limits limits, struct err *err)
{
	json_doc_init(doc);
	if (length > limits.bytes)
		return err_set(err, ERR_ANSWER, "The JSON document is larger than %zu KiB.",
			       limits.bytes / 1024);
	if (!text_utf8_valid(bytes, length))
		return err_set(err, ERR_ANSWER, "The JSON document is not valid UTF-8.");
	if (memchr(bytes, '\0', length) != NULL)
		return err_set(err, ERR_ANSWER, "The JSON document has a NUL byte in it.");
	if (!document_within_limits(bytes, length, limits.tokens, err))
		return false;
	doc->bytes = mem_text_n(bytes, length);
	doc->length = length;
	/* cJSON skips a byte order mark, which RFC 8259 section 8.1 allows. */
	size_t start = text_starts_with(doc->bytes, "\xef\xbb\xbf") ? 3 : 0;
	const char *end = NULL;
	doc->root = cJSON_ParseWithLengthOpts(doc->bytes, length + 1, &end, 0);
	size_t parsed = end == NULL ? 0 : (size_t)(end - doc->bytes);
	if (doc->root == NULL || blanks_skip(doc->bytes, parsed) != length) {
		bool whole = doc->root != NULL;
		json_doc_release(doc);
		return err_set(
			err, ERR_ANSWER,
			whole ? "There is text after the end of the JSON document (byte %zu)."
			      : "The JSON document is damaged or cut short at byte %zu.",
			parsed);
	}
	(void)slices_note(doc->root, doc->bytes, start);
	return true;
}

struct json_slice json_slice(const struct json_doc *doc, const cJSON *item)
{
	return (struct json_slice) {
		.bytes = doc->bytes + item->valueint,
		.length = (size_t)item->valuedouble - (size_t)item->valueint,
	};
}

const cJSON *json_member(const cJSON *object, const char *name)
{
	return cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, name) : NULL;
}

const char *json_text(const cJSON *item)
{
	if (cJSON_IsString(item) || cJSON_IsRaw(item))
		return item->valuestring;
	if (cJSON_IsBool(item))
		return cJSON_IsTrue(item) ? "true" : "false";
	return NULL;
}

static int key_compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool object_has_duplicate_keys(const cJSON *object)
{
	const char **keys = NULL;
	size_t count = 0;
	const cJSON *child;
	cJSON_ArrayForEach (child, object) {
		keys = mem_grow(keys, count, sizeof *keys);
		keys[count++] = child->string;
	}
	bool duplicate = false;
	if (count > 1) {
		qsort(keys, count, sizeof *keys, key_compare);
		for (size_t i = 1; i < count && !duplicate; i++)
			duplicate = strcmp(keys[i - 1], keys[i]) == 0;
	}
	free(keys);
	return duplicate;
}

bool json_has_duplicate_keys(const cJSON *item)
{
	if (cJSON_IsObject(item) && object_has_duplicate_keys(item))
		return true;
	const cJSON *child;
	if (cJSON_IsObject(item) || cJSON_IsArray(item))
		cJSON_ArrayForEach (child, item)
			if (json_has_duplicate_keys(child))
				return true;
	return false;
}

bool json_has_nul(const struct json_doc *doc, const cJSON *item)
{
	struct json_slice slice = json_slice(doc, item);
	for (size_t at = 0; at + 1 < slice.length; at++) {
		if (slice.bytes[at] != '\\')
			continue;
		if (slice.length - at >= 6 && memcmp(slice.bytes + at, "\\u0000", 6) == 0)
			return true;
		at++; /* the escaped character, which may be a backslash */
	}
	return false;
}

static void unicode_escape_write(struct str *out, uint32_t character)
{
	if (character < 0x10000) {
		str_addf(out, "\\u%04x", character);
		return;
	}
	character -= 0x10000;
	str_addf(out, "\\u%04x\\u%04x", 0xd800 + (character >> 10), 0xdc00 + (character & 0x3ff));
}

void json_write_ascii(struct str *out, const char *json, size_t length)
{
	for (size_t at = 0; at < length;) {
		uint32_t character;
		size_t size = text_utf8_decode(json + at, length - at, &character);
		if (size == 0) {
			character = 0xfffd;
			size = 1;
		}
		if (character >= 0x7f)
			unicode_escape_write(out, character);
		else
			str_add_char(out, (char)character);
		at += size;
	}
}

static void string_write(struct str *out, const char *text, bool is_ascii)
{
	str_add_char(out, '"');
	for (const char *at = text; *at != '\0'; at++) {
		size_t run =
			strcspn(at, "\"\\\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e"
				    "\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d"
				    "\x1e\x1f");
		if (is_ascii)
			json_write_ascii(out, at, run);
		else
			str_append(out, at, run);
		at += run;
		if (*at == '\0')
			break;
		if (*at == '"' || *at == '\\') {
			str_add_char(out, '\\');
			str_add_char(out, *at);
		} else {
			unicode_escape_write(out, (unsigned char)*at);
		}
	}
	str_add_char(out, '"');
}

void json_write_string(struct str *out, const char *text)
{
	string_write(out, text, true);
}

void json_write_utf8(struct str *out, const char *text)
{
	string_write(out, text, false);
}

static void line_start(struct str *out, size_t depth)
{
	str_add_char(out, '\n');
	while (depth-- > 0)
		str_add(out, "  ");
}

void json_write_pretty(struct str *out, const char *json, size_t length)
{
	size_t depth = 0;
	for (size_t at = 0; at < length; at++) {
		char character = json[at];
		if (character == '"') {
			size_t end = string_end(json, at);
			str_append(out, json + at, end - at);
			at = end - 1;
		} else if (character == '{' || character == '[') {
			size_t next = blanks_skip(json, at + 1);
			str_add_char(out, character);
			if (json[next] == '}' || json[next] == ']') {
				str_add_char(out, json[next]);
				at = next;
			} else {
				line_start(out, ++depth);
			}
		} else if (character == '}' || character == ']') {
			line_start(out, depth > 0 ? --depth : 0);
			str_add_char(out, character);
		} else if (character == ',') {
			str_add_char(out, character);
			line_start(out, depth);
		} else if (character == ':') {
			str_add(out, ": ");
		} else if (!is_blank(character)) {
			str_add_char(out, character);
		}
	}
}
