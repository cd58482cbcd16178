/* A draft's edits as JSON and back: any draft returns as it was, and nothing unfit is taken. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "calling/draft_json.h"
#include "calling/fields.h"
#include "tests/support/random_settings.h"

#include <locale.h>
#include <string.h>

enum { ROUNDS = 2000 };

static const char base_json[] =
	"{\"calling\":{\"status\":\"enabled\",\"sip\":{\"status\":\"DISABLED\",\"servers\":["
	"{\"hostname\":\"sip.acme.example\",\"port\":5071,\"request_uri_user_params\":"
	"{\"tgrp\":\"berlin\",\"trunk-context\":\"acme.example\"},\"app_id\":1},"
	"{\"hostname\":\"sip.two.example\"}]}}}";

static void decode(struct calling_settings *settings, const char *json)
{
	struct err err;
	err_init(&err);
	if (!settings_decode(settings, json, strlen(json), 0, &err))
		fail_msg("%s: %s", json, err.sentence);
}

static void assert_same_text(const char *a, const char *b)
{
	if (!text_equal(a, b))
		fail_msg("\"%s\" is not \"%s\"", a == NULL ? "NULL" : a, b == NULL ? "NULL" : b);
}

static void assert_same_server(const struct sip_server *a, const struct sip_server *b)
{
	assert_int_equal(a->removed, b->removed);
	assert_int_equal(a->origin, b->origin);
	if (a->removed)
		return;
	assert_same_text(a->hostname, b->hostname);
	assert_same_text(a->port, b->port);
	assert_same_text(a->app_id, b->app_id);
	assert_same_text(a->unknown, b->unknown);
	assert_int_equal(a->parameter_count, b->parameter_count);
	for (size_t i = 0; i < a->parameter_count; i++) {
		assert_same_text(a->parameters[i].key, b->parameters[i].key);
		assert_same_text(a->parameters[i].value, b->parameters[i].value);
	}
}

static void assert_same(const struct calling_values *a, const struct calling_values *b)
{
	for (enum field_id id = 0; id < FIELD_SETTINGS_COUNT; id++)
		assert_same_text(a->texts[id], b->texts[id]);
	size_t next = 0;
	for (size_t i = 0; i < a->server_count; i++) {
		if (a->servers[i].removed && a->servers[i].origin < 0)
			continue; /* added and taken away again: it never was */
		assert_true(next < b->server_count);
		assert_same_server(&a->servers[i], &b->servers[next++]);
	}
	assert_int_equal(next, b->server_count);
}

/* Writes the edits, reads them again, compares; `expected` NULL: whatever was written. */
static void assert_returns(const struct calling_values *base, const struct calling_values *mine,
			   const char *expected)
{
	struct str json;
	struct json_doc doc;
	struct calling_values again;
	struct err err;
	err_init(&err);
	values_init(&again);
	str_init(&json);
	edits_write_json(base, mine, &json);
	if (expected != NULL)
		assert_string_equal(json.bytes, expected);
	if (!json_doc_parse(&doc, json.bytes, json.length, &err) ||
	    !edits_read_json(base, doc.root, &again, &err))
		fail_msg("%s: %s", json.bytes, err.sentence);
	assert_same(mine, &again);
	values_release(&again);
	json_doc_release(&doc);
	str_release(&json);
}

static void set(struct draft *draft, struct field_ref ref, const char *text)
{
	struct err err;
	if (!draft_set(draft, ref, text, &err))
		fail_msg("%s", err.sentence);
}

static void test_form(void **state)
{
	(void)state;
	struct calling_settings base;
	struct draft draft;
	decode(&base, base_json);
	draft_init(&draft, &base);
	assert_returns(&base.values, &draft.mine, "[]");

	set(&draft, field_ref_of(FIELD_SIP), "ENABLED");
	set(&draft, field_ref_server(FIELD_SERVER_PORT, 0), NULL);
	set(&draft, field_ref_parameter(FIELD_PARAMETER_VALUE, 0, 0), "m\xc3\xbcnchen \"1\"");
	draft_server_remove(&draft, 1);
	int added = draft_server_add(&draft);
	set(&draft, field_ref_server(FIELD_SERVER_HOSTNAME, added), "not a hostname!");
	assert_returns(&base.values, &draft.mine,
		       "[{\"path\":\"calling.sip.status\",\"value\":\"ENABLED\"},"
		       "{\"server\":0,\"port\":null,\"parameters\":[[\"tgrp\",\"m\\u00fcnchen "
		       "\\\"1\\\"\"],[\"trunk-context\",\"acme.example\"]]},"
		       "{\"server\":1,\"remove\":true},"
		       "{\"add\":true,\"hostname\":\"not a hostname!\"}]");
	draft_release(&draft);
	settings_release(&base);
}

static void test_random(void **state)
{
	(void)state;
	struct random random = { .state = 20261122 };
	for (int round = 0; round < ROUNDS; round++) {
		struct str document;
		struct calling_settings base;
		struct calling_values mine;
		bool touched[FIELD_SETTINGS_COUNT] = { false };
		str_init(&document);
		random_settings_document(&random, &document);
		decode(&base, document.bytes);
		values_copy(&mine, &base.values);
		random_settings_edit(&random, &mine, touched);
		assert_returns(&base.values, &mine, NULL);
		values_release(&mine);
		settings_release(&base);
		str_release(&document);
	}
}

static void test_unfit(void **state)
{
	(void)state;
	static const char *const cases[] = {
		"{}",
		"[1]",
		"[{}]",
		"[{\"path\":\"calling.sip.status\"}]",
		"[{\"path\":\"calling.sip.status\",\"value\":1}]",
		"[{\"path\":\"calling.sip.servers\",\"value\":\"x\"}]",
		"[{\"path\":\"calling.nothing\",\"value\":\"x\"}]",
		"[{\"path\":null,\"value\":\"x\"}]",
		"[{\"server\":2,\"remove\":true}]",
		"[{\"server\":-1,\"remove\":true}]",
		"[{\"server\":0.5,\"remove\":true}]",
		"[{\"server\":0,\"remove\":true},{\"server\":0,\"port\":\"1\"}]",
		"[{\"server\":0,\"port\":5061}]",
		"[{\"server\":0,\"hostname\":[]}]",
		"[{\"server\":0,\"parameters\":{}}]",
		"[{\"server\":0,\"parameters\":[[\"a\"]]}]",
		"[{\"server\":0,\"parameters\":[[\"a\",null]]}]",
		"[{\"server\":0,\"parameters\":[\"ab\"]}]",
		"[{\"add\":false}]",
		"[{\"add\":true,\"hostname\":false}]",
	};
	struct calling_settings base;
	decode(&base, base_json);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct json_doc doc;
		struct calling_values mine;
		struct err err;
		err_init(&err);
		assert_true(json_doc_parse(&doc, cases[i], strlen(cases[i]), &err));
		if (edits_read_json(&base.values, doc.root, &mine, &err))
			fail_msg("taken: %s", cases[i]);
		assert_int_equal(err.kind, ERR_INPUT);
		json_doc_release(&doc);
	}
	settings_release(&base);
}

/* A server that comes back has with it what sipdesk does not know of it, every digit. */
static void test_unknown_members(void **state)
{
	(void)state;
	static const char unknown[] = "{\"x\":9007199254740993,\"y\":[1.50,null]}";
	struct calling_settings base;
	struct calling_values mine, read;
	struct json_doc doc;
	struct str text;
	struct err err;
	decode(&base, base_json);
	values_copy(&mine, &base.values);
	struct sip_server *added = values_server_add(&mine);
	mem_text_set(&added->hostname, "sip.old.example");
	mem_text_set(&added->unknown, unknown);
	str_init(&text);
	edits_write_json(&base.values, &mine, &text);
	assert_true(json_doc_parse(&doc, text.bytes, text.length, &err));
	assert_true(edits_read_json(&base.values, doc.root, &read, &err));
	assert_same(&mine, &read);
	json_doc_release(&doc);
	str_release(&text);
	values_release(&read);
	values_release(&mine);
	settings_release(&base);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unknown_members),
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_unfit),
	};
	(void)setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
