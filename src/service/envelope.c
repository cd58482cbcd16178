#include "service/envelope.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { PAGE_WORDS_MAX = 160 /* a page of a gateway: its first line or two say it all */ };

static bool is_blank(char character)
{
	return strchr(" \t\r\n\v\f", character) != NULL && character != '\0';
}

/* Copies with runs of blanks and line ends as one blank; too long a text ends in an ellipsis. */
static void line_put(char *out, size_t size, const char *text, size_t length)
{
	static const char ellipsis[] = "…";
	size_t used = 0;
	for (size_t i = 0; i < length; i++) {
		if (is_blank(text[i]) && (used == 0 || out[used - 1] == ' '))
			continue;
		if (used + 1 == size) {
			used = size - sizeof ellipsis;
			while (used > 0 && ((unsigned char)out[used] & 0xc0U) == 0x80U)
				used--;
			memcpy(out + used, ellipsis, sizeof ellipsis);
			return;
		}
		out[used++] = is_blank(text[i]) ? ' ' : text[i];
	}
	while (used > 0 && out[used - 1] == ' ')
		used--;
	out[used] = '\0';
}

static bool number_read(const cJSON *item, long *number)
{
	const char *digits = json_text(item);
	char *end = NULL;
	if (digits == NULL || digits[0] == '\0')
		return false;
	errno = 0;
	long value = strtol(digits, &end, 10);
	if (*end != '\0' || errno != 0 || value < 0)
		return false;
	*number = value;
	return true;
}

static const char *text_of(const cJSON *object, const char *name)
{
	const cJSON *item = json_member(object, name);
	return cJSON_IsString(item) && item->valuestring[0] != '\0' ? item->valuestring : NULL;
}

/* The first text that is there says it; all of them may name a field. */
static void texts_put(struct envelope *envelope, const char *const texts[], size_t count)
{
	struct str all;
	str_init(&all);
	for (size_t i = 0; i < count; i++) {
		if (texts[i] == NULL)
			continue;
		if (all.length == 0)
			line_put(envelope->words, sizeof envelope->words, texts[i],
				 strlen(texts[i]));
		str_addf(&all, "%s ", texts[i]);
	}
	line_put(envelope->details, sizeof envelope->details, all.bytes, all.length);
	str_release(&all);
}

/* `error_data` is an object, or a text, or a text that holds an object. */
static const char *error_data_details(const cJSON *error, struct json_doc *inner)
{
	const cJSON *data = json_member(error, "error_data");
	const char *text = cJSON_IsString(data) ? data->valuestring : NULL;
	if (text == NULL)
		return text_of(data, "details");
	if (json_doc_parse(inner, text, strlen(text), NULL) && cJSON_IsObject(inner->root))
		return text_of(inner->root, "details");
	return text[0] == '\0' ? NULL : text;
}

static void error_object_read(struct envelope *envelope, const cJSON *error)
{
	struct json_doc inner;
	json_doc_init(&inner);
	(void)number_read(json_member(error, "code"), &envelope->code);
	const char *const texts[] = {
		error_data_details(error, &inner),
		text_of(error, "error_user_msg"),
		text_of(error, "message"),
		text_of(error, "error_user_title"),
	};
	texts_put(envelope, texts, ARRAY_LENGTH(texts));
	json_doc_release(&inner);
}

static void meta_read(struct envelope *envelope, const cJSON *root, const cJSON *meta)
{
	const char *const texts[] = {
		text_of(meta, "developerMessage"),
		text_of(meta, "developer_message"),
		text_of(root, "message"),
		text_of(root, "detail"),
	};
	texts_put(envelope, texts, ARRAY_LENGTH(texts));
}

static enum envelope_success success_of(const cJSON *root, const cJSON *meta)
{
	const cJSON *item = json_member(root, "success");
	const char *text = json_text(item != NULL ? item : json_member(meta, "success"));
	if (text == NULL)
		return SUCCESS_NOT_SAID;
	return text_equal_nocase(text, "true") ? SUCCESS_TRUE : SUCCESS_FALSE;
}

static void document_read(struct envelope *envelope, const cJSON *root)
{
	const cJSON *error = json_member(root, "error");
	const cJSON *meta = json_member(root, "meta");
	envelope->success = success_of(root, meta);
	envelope->has_error = cJSON_IsObject(error) || cJSON_IsString(error) ||
			      envelope->success == SUCCESS_FALSE;
	if (cJSON_IsObject(error)) {
		error_object_read(envelope, error);
	} else if (cJSON_IsString(error)) {
		const char *text = error->valuestring;
		texts_put(envelope, &text, 1);
	} else {
		meta_read(envelope, root, meta);
	}
}

/* The text between tags, and none of what stands in a style or a script. */
static void tags_strip(const char *page, struct str *out)
{
	while (*page != '\0') {
		const char *close = *page == '<' ? strchr(page, '>') : NULL;
		if (close == NULL) {
			str_add_char(out, *page++);
			continue;
		}
		const char *end = NULL;
		if (strncasecmp(page, "<style", 6) == 0)
			end = strcasestr(page, "</style>");
		else if (strncasecmp(page, "<script", 7) == 0)
			end = strcasestr(page, "</script>");
		page = (end == NULL ? close : strchr(end, '>')) + 1;
		str_add_char(out, ' ');
	}
}

static void page_read(struct envelope *envelope, const char *page)
{
	struct str text;
	str_init(&text);
	const char *title = strcasestr(page, "<title");
	title = title == NULL ? NULL : strchr(title, '>');
	const char *title_end = title == NULL ? NULL : strcasestr(title, "</title>");
	if (title_end != NULL)
		str_append(&text, title + 1, (size_t)(title_end - title - 1));
	else
		tags_strip(page, &text);
	line_put(envelope->words, PAGE_WORDS_MAX, text.bytes, text.length);
	line_put(envelope->details, sizeof envelope->details, text.bytes, text.length);
	str_release(&text);
}

void envelope_read(struct envelope *envelope, const struct http_answer *answer)
{
	*envelope = (struct envelope) { .code = ENVELOPE_NO_CODE };
	struct json_doc doc;
	json_doc_init(&doc);
	envelope->is_json =
		json_doc_parse(&doc, answer->body, answer->length, &envelope->why_not_json);
	if (envelope->is_json)
		document_read(envelope, doc.root);
	else
		page_read(envelope, answer->body);
	json_doc_release(&doc);
}
