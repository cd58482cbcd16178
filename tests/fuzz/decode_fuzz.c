/*
 * Reads any bytes as an answer of the service, then does with it what the screens do: writes it
 * again, copies it, edits every field of a draft, reverts it. Ends by abort() where something that
 * must hold does not.
 */
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "calling/draft.h"
#include "calling/fields.h"
#include "calling/settings.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition)                                                               \
	do {                                                                          \
		if (!(condition)) {                                                   \
			(void)fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
			abort();                                                      \
		}                                                                     \
	} while (0)

enum { EDITED_MAX = 3 /* servers and parameters tried; more would only be slow */ };

static bool key_is_password(const char *key)
{
	return text_equal_nocase(key, "sip_user_password") || text_equal_nocase(key, "password");
}

static void no_password_is_kept(const cJSON *item)
{
	for (; item != NULL; item = item->next) {
		if (text_equal(item->string, "request_uri_user_params"))
			continue;
		if (key_is_password(item->string))
			MUST(cJSON_IsNull(item) || text_equal(json_text(item), "(hidden)"));
		no_password_is_kept(item->child);
	}
}

static void every_node_knows_its_bytes(const struct json_doc *doc, const cJSON *item)
{
	for (; item != NULL; item = item->next) {
		struct json_slice slice = json_slice(doc, item);
		MUST(slice.bytes >= doc->bytes);
		MUST(slice.length > 0 && slice.length <= doc->length);
		MUST(slice.bytes + slice.length <= doc->bytes + doc->length);
		MUST(cJSON_IsString(item) == (slice.bytes[0] == '"'));
		every_node_knows_its_bytes(doc, item->child);
	}
}

static void json_is_the_same_again(const struct calling_settings *settings)
{
	struct calling_settings copy, again;
	struct str json, copied;
	struct err err;
	str_init(&json);
	str_init(&copied);
	settings_write_json(settings, &json);
	settings_copy(&copy, settings);
	settings_write_json(&copy, &copied);
	MUST(text_equal(json.bytes, copied.bytes));
	MUST(text_equal(copy.why_not_editable, settings->why_not_editable));

	str_clear(&copied);
	str_add(&copied, "{\"calling\":");
	str_append(&copied, json.bytes, json.length);
	str_add_char(&copied, '}');
	/* One level more may be one too many, and eleven bytes too. */
	if (settings_decode(&again, copied.bytes, copied.length, 0, &err)) {
		for (size_t i = 0; i < FIELD_SETTINGS_COUNT; i++)
			MUST(text_equal(again.values.texts[i], settings->values.texts[i]));
		MUST(again.values.server_count == settings->values.server_count);
		settings_release(&again);
	}
	settings_release(&copy);
	str_release(&json);
	str_release(&copied);
}

static void field_is_shown(struct draft *draft, struct field_ref ref)
{
	struct str words;
	str_init(&words);
	field_words(field_of(ref.field), values_get(&draft->mine, ref), &words);
	MUST(words.length > 0);
	str_clear(&words);
	field_path(ref, &draft->mine, &words);
	MUST(words.length > 0);
	str_release(&words);
}

static void field_is_edited(struct draft *draft, struct field_ref ref)
{
	static const char *const texts[] = { "ENABLED", "sdes", "5061", "a\nb", "", NULL };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		char *before = mem_text(values_get(&draft->mine, ref));
		struct err err;
		err_init(&err);
		bool set = draft_set(draft, ref, texts[i], &err);
		const char *after = values_get(&draft->mine, ref);
		MUST(!set || draft->base->why_not_editable == NULL);
		MUST(set || (*err.sentence != '\0' && text_equal(before, after)));
		MUST(!set || after == NULL || strchr(after, '\n') == NULL ||
		     text_equal(after, values_get(&draft->base->values, ref)));
		free(before);
		field_is_shown(draft, ref);
	}
}

static int count_at_most(size_t count)
{
	return count < EDITED_MAX ? (int)count : EDITED_MAX;
}

static void each_field(struct draft *draft, void (*visit)(struct draft *, struct field_ref))
{
	for (int field = 0; field < FIELD_SETTINGS_COUNT; field++)
		visit(draft, field_ref_of((enum field_id)field));
	/* One past the end too: screens may hold a place that is gone. */
	for (int server = 0; server <= count_at_most(draft->mine.server_count); server++) {
		for (int field = FIELD_SERVER_HOSTNAME; field < FIELD_PARAMETER_KEY; field++)
			visit(draft, field_ref_server((enum field_id)field, server));
		for (int place = 0; place <= EDITED_MAX; place++) {
			visit(draft, field_ref_parameter(FIELD_PARAMETER_KEY, server, place));
			visit(draft, field_ref_parameter(FIELD_PARAMETER_VALUE, server, place));
		}
	}
}

static void values_are_edited(const struct calling_settings *settings)
{
	struct draft draft;
	draft_init(&draft, settings);
	each_field(&draft, field_is_edited);
	each_field(&draft, draft_revert);
	draft_revert(&draft, field_ref_of(FIELD_SIP_SERVERS));
	for (size_t i = 0; i < FIELD_SETTINGS_COUNT; i++)
		MUST(text_equal(draft.mine.texts[i], settings->values.texts[i]));

	int server = draft_server_add(&draft);
	int parameter = draft_parameter_add(&draft, server);
	draft_parameter_remove(&draft, 0, 0);
	draft_server_remove(&draft, 0);
	each_field(&draft, draft_revert);
	draft_parameter_remove(&draft, server, parameter);
	MUST(values_servers_alive(&draft.mine) <= settings->values.server_count);

	struct calling_values mine;
	values_copy(&mine, &settings->values);
	draft_rebase(&draft, settings, &mine);
	draft_release(&draft);
}

static void credentials_are_read(const char *bytes, size_t length)
{
	struct credentials credentials;
	struct str json;
	struct err err;
	if (credentials_decode(&credentials, bytes, length, &err)) {
		MUST(credentials.count > 0 && credentials.count <= CREDENTIALS_MAX);
		for (size_t i = 0; i < credentials.count; i++)
			MUST(secret_is_set(&credentials.items[i].password));
		credentials_release(&credentials);
	}
	str_init(&json);
	if (settings_answer_calling(bytes, length, &json, &err))
		MUST(json.length >= 2);
	str_release(&json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct calling_settings settings;
	struct err err;
	char *bytes = mem_text_n((const char *)data, size);
	err_init(&err);
	if (settings_decode(&settings, bytes, size, 0, &err)) {
		MUST(settings.doc.root != NULL);
		MUST(text_utf8_valid(settings.doc.bytes, settings.doc.length));
		no_password_is_kept(settings.doc.root);
		every_node_knows_its_bytes(&settings.doc, settings.doc.root);
		json_is_the_same_again(&settings);
		values_are_edited(&settings);
		settings_release(&settings);
	} else {
		MUST(err.kind == ERR_ANSWER && *err.sentence != '\0');
	}
	credentials_are_read(bytes, size);
	free(bytes);
	return 0;
}
