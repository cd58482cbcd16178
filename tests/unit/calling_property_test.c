/*
 * Random settings, random edits, and a model of the service that takes write units as the service
 * does: what a unit leaves out is lost, other apps' servers stay, and a write of `sip` resets SRTP.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "calling/changes.h"
#include "calling/fields.h"
#include "calling/merge.h"
#include "calling/requests.h"
#include "tests/support/random_settings.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 4000 };

static void decode(struct calling_settings *settings, const char *json)
{
	struct err err;
	err_init(&err);
	if (!settings_decode(settings, json, strlen(json), 0, &err))
		fail_msg("%s: %s", json, err.sentence);
}

/* --- the service --- */

static void member_replace(cJSON *object, const char *name, const cJSON *item)
{
	cJSON_DeleteItemFromObjectCaseSensitive(object, name);
	assert_true(cJSON_AddItemToObject(object, name, cJSON_Duplicate(item, 1)));
}

static bool is_own_app(const cJSON *server)
{
	const char *app = json_text(json_member(server, "app_id"));
	return app == NULL || strcmp(app, RANDOM_OWN_APP) == 0;
}

/* The servers that stand after a write: other apps', then those sent, with what the service adds.
 */
static cJSON *servers_written(const cJSON *before, const cJSON *sent)
{
	cJSON *servers = cJSON_CreateArray();
	const cJSON *server;
	cJSON_ArrayForEach (server, before) {
		if (sent == NULL || !is_own_app(server))
			cJSON_AddItemToArray(servers, cJSON_Duplicate(server, 1));
	}
	cJSON_ArrayForEach (server, sent) {
		cJSON *made = cJSON_Duplicate(server, 1);
		cJSON_AddItemToObject(made, "app_id", cJSON_CreateRaw(RANDOM_OWN_APP));
		cJSON_AddItemToObject(made, "sip_user_password", cJSON_CreateString("new"));
		cJSON_AddItemToArray(servers, made);
	}
	return servers;
}

static void sip_take(cJSON *calling, const cJSON *sip)
{
	const cJSON *before = json_member(json_member(calling, "sip"), "servers");
	cJSON *servers = servers_written(before, json_member(sip, "servers"));
	member_replace(calling, "sip", sip);
	cJSON *taken = cJSON_GetObjectItemCaseSensitive(calling, "sip");
	cJSON_DeleteItemFromObjectCaseSensitive(taken, "servers");
	cJSON_AddItemToObject(taken, "servers", servers);
	cJSON_DeleteItemFromObjectCaseSensitive(calling, "srtp_key_exchange_protocol");
}

static void service_take(cJSON *service, const char *body)
{
	struct json_doc doc;
	struct err err;
	err_init(&err);
	if (!json_doc_parse(&doc, body, strlen(body), &err))
		fail_msg("%s: %s", body, err.sentence);
	cJSON *calling = cJSON_GetObjectItemCaseSensitive(service, "calling");
	const cJSON *sent = json_member(doc.root, "calling");
	assert_int_equal(cJSON_GetArraySize(doc.root), 1);
	const cJSON *member;
	cJSON_ArrayForEach (member, sent) {
		if (strcmp(member->string, "sip") == 0)
			sip_take(calling, member);
		else
			member_replace(calling, member->string, member);
	}
	json_doc_release(&doc);
}

/* --- what must hold of a write --- */

static bool unit_touched(const char *unit, const bool touched[])
{
	size_t length = strlen(unit);
	for (int i = 0; i < FIELD_SETTINGS_COUNT; i++) {
		const char *path = field_of((enum field_id)i)->path;
		if (touched[i] && strncmp(path, unit, length) == 0 &&
		    (path[length] == '\0' || path[length] == '.'))
			return true;
	}
	return false;
}

/* Members whose names begin with x_ are in `sent` exactly as in `base`, and no others are. */
static void unknown_members_kept(const struct json_doc *base_doc, const cJSON *base,
				 const struct json_doc *sent_doc, const cJSON *sent)
{
	size_t count = 0;
	const cJSON *member;
	cJSON_ArrayForEach (member, base) {
		if (!text_starts_with(member->string, "x_"))
			continue;
		const cJSON *copy = json_member(sent, member->string);
		assert_non_null(copy);
		struct json_slice was = json_slice(base_doc, member);
		struct json_slice is = json_slice(sent_doc, copy);
		assert_int_equal(was.length, is.length);
		assert_memory_equal(was.bytes, is.bytes, is.length);
		count++;
	}
	cJSON_ArrayForEach (member, sent) {
		if (text_starts_with(member->string, "x_"))
			assert_true(count-- > 0);
	}
	assert_int_equal(count, 0);
}

static void no_read_only_member(const cJSON *object)
{
	static const char *const names[] = { "app_id", "sip_user_password", "password" };
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		assert_null(json_member(object, names[i]));
}

static void servers_are_whole(const struct calling_settings *base,
			      const struct calling_values *mine, const struct json_doc *doc,
			      const cJSON *sip)
{
	const cJSON *was = json_member(json_member(base->calling, "sip"), "servers");
	bool several = base->values.server_count > 1;
	const cJSON *server =
		json_member(sip, "servers") != NULL ? json_member(sip, "servers")->child : NULL;
	for (size_t i = 0; i < mine->server_count && server != NULL; i++) {
		const struct sip_server *wanted = &mine->servers[i];
		if (wanted->removed || (several && i != RANDOM_OWN_PLACE))
			continue;
		const cJSON *origin =
			wanted->origin < 0 ? NULL : cJSON_GetArrayItem(was, wanted->origin);
		unknown_members_kept(&base->doc, origin, doc, server);
		no_read_only_member(server);
		assert_true(cJSON_IsRaw(json_member(server, "port")));
		server = server->next;
	}
	assert_null(server);
}

static void body_is_right(const struct calling_settings *base, const struct calling_values *mine,
			  const struct write_request *request, const bool touched[])
{
	struct json_doc doc;
	assert_true(json_doc_parse(&doc, request->body, strlen(request->body), NULL));
	assert_null(strstr(request->body, "hunter"));
	assert_null(strstr(request->body, "(hidden)"));
	const cJSON *calling = json_member(doc.root, "calling");
	const cJSON *member;
	cJSON_ArrayForEach (member, calling) {
		bool kept_srtp = request->is_srtp && unit_touched("sip", touched);
		assert_true(kept_srtp || unit_touched(member->string, touched));
		if (cJSON_IsObject(member))
			unknown_members_kept(&base->doc, json_member(base->calling, member->string),
					     &doc, member);
	}
	assert_int_equal(request->is_srtp,
			 json_member(calling, "srtp_key_exchange_protocol") != NULL);
	assert_true(!request->is_srtp || cJSON_GetArraySize(calling) == 1);
	no_read_only_member(json_member(calling, "sip"));
	servers_are_whole(base, mine, &doc, json_member(calling, "sip"));
	json_doc_release(&doc);
}

static void untouched_is_unchanged(const cJSON *before, const cJSON *after, const bool touched[])
{
	const cJSON *member;
	cJSON_ArrayForEach (member, before) {
		bool is_srtp = strcmp(member->string, "srtp_key_exchange_protocol") == 0;
		if (unit_touched(member->string, touched) || is_srtp)
			continue;
		if (!cJSON_Compare(member, json_member(after, member->string), 1))
			fail_msg("%s has changed", member->string);
	}
}

/* Turning SIP off takes SDES with it, and SDES is refused while SIP is off. */
static bool may_be_reset(const struct calling_values *base, const struct calling_values *mine,
			 const struct change *change)
{
	return change->ref.field == FIELD_SRTP && values_srtp_is_sdes(base) &&
	       values_srtp_is_sdes(mine) && text_equal_nocase(mine->texts[FIELD_SIP], "DISABLED");
}

static void wanted_is_shown(const struct calling_values *base, const struct calling_values *mine,
			    const cJSON *service)
{
	char *json = cJSON_PrintUnformatted(service);
	struct calling_settings shown;
	decode(&shown, json);
	struct changes changes;
	changes_init(&changes);
	changes_compute(mine, &shown.values, true, &changes);
	for (size_t i = 0; i < changes.count; i++)
		if (!may_be_reset(base, mine, &changes.items[i]))
			fail_msg("%s: %s", json, changes.items[i].path);
	changes_release(&changes);
	settings_release(&shown);
	free(json);
}

static void write_round(struct random *random, size_t *written)
{
	struct str json;
	struct calling_settings base;
	struct calling_values mine;
	struct write_plan plan;
	struct changes changes;
	struct err err;
	bool touched[FIELD_SETTINGS_COUNT] = { false };
	str_init(&json);
	random_settings_document(random, &json);
	decode(&base, json.bytes);
	values_copy(&mine, &base.values);
	random_settings_edit(random, &mine, touched);
	err_init(&err);
	if (!write_plan_make(&plan, &base, &mine, &err))
		fail_msg("%s: %s", json.bytes, err.sentence);
	changes_init(&changes);
	changes_compute(&base.values, &mine, false, &changes);
	assert_int_equal(plan.count > 0, changes.count > 0);
	changes_release(&changes);
	struct json_doc before, service;
	assert_true(json_doc_parse(&before, json.bytes, json.length, NULL));
	assert_true(json_doc_parse(&service, json.bytes, json.length, NULL));
	for (size_t i = 0; i < plan.count; i++) {
		body_is_right(&base, &mine, &plan.requests[i], touched);
		assert_true(!plan.requests[i].is_srtp || i + 1 == plan.count);
		service_take(service.root, plan.requests[i].body);
	}
	*written += plan.count;
	wanted_is_shown(&base.values, &mine, service.root);
	untouched_is_unchanged(json_member(before.root, "calling"),
			       json_member(service.root, "calling"), touched);
	json_doc_release(&before);
	json_doc_release(&service);
	write_plan_release(&plan);
	values_release(&mine);
	settings_release(&base);
	str_release(&json);
}

static void writes_bring_about_what_is_wanted_and_nothing_else(void **state)
{
	(void)state;
	struct random random = { 0x5eed0001 };
	size_t written = 0;
	for (int round = 0; round < ROUNDS; round++)
		write_round(&random, &written);
	assert_true(written > ROUNDS / 2); /* the rounds are not idle */
}

/* --- what must hold of a merge --- */

static size_t differences(const struct calling_values *a, const struct calling_values *b)
{
	struct changes changes;
	changes_init(&changes);
	changes_compute(a, b, false, &changes);
	size_t count = changes.count;
	changes_release(&changes);
	return count;
}

/* The values as the service would show them: no removed server, each with its own place. */
static void settle(struct calling_values *values)
{
	size_t kept = 0;
	for (size_t i = 0; i < values->server_count; i++) {
		if (values->servers[i].removed) {
			server_release(&values->servers[i]);
			continue;
		}
		values->servers[kept] = values->servers[i];
		values->servers[kept].origin = (int)kept;
		kept++;
	}
	values->server_count = kept;
}

static void merge_is(const struct calling_values *base, const struct calling_values *theirs,
		     const struct calling_values *mine, const struct calling_values *expected)
{
	struct merge merge;
	struct calling_values result;
	merge_compute(&merge, base, theirs, mine);
	assert_int_equal(merge_conflict_count(&merge), 0);
	merge_result(&merge, &result);
	assert_int_equal(differences(&result, expected), 0);
	values_release(&result);
	merge_release(&merge);
}

/* Do both texts of a settings field mean the same? Said here anew, by two lone values. */
static bool texts_same(enum field_id id, const char *a, const char *b)
{
	struct calling_values one, other;
	values_init(&one);
	values_init(&other);
	mem_text_set(&one.texts[id], a);
	mem_text_set(&other.texts[id], b);
	bool same = differences(&one, &other) == 0;
	values_release(&one);
	values_release(&other);
	return same;
}

static const struct merge_item *item_of(const struct merge *merge, enum field_id id)
{
	for (size_t i = 0; i < merge->count; i++)
		if (merge->items[i].ref.field == id)
			return &merge->items[i];
	return NULL;
}

static void conflicts_are_right(const struct calling_values *base,
				const struct calling_values *theirs,
				const struct calling_values *mine, enum merge_choice choice,
				size_t *conflicts)
{
	struct merge merge;
	struct calling_values result;
	merge_compute(&merge, base, theirs, mine);
	for (size_t i = 0; i < merge.count; i++)
		if (merge.items[i].conflict)
			merge.items[i].choice = choice;
	merge_result(&merge, &result);
	for (int i = 0; i < FIELD_SETTINGS_COUNT; i++) {
		enum field_id id = (enum field_id)i;
		const char *b = base->texts[i], *t = theirs->texts[i], *m = mine->texts[i];
		bool theirs_moved = !texts_same(id, b, t), mine_moved = !texts_same(id, b, m);
		bool conflict = theirs_moved && mine_moved && !texts_same(id, t, m);
		if (id == FIELD_SIP_SERVERS)
			continue; /* their items stand for whole servers */
		const struct merge_item *item = item_of(&merge, id);
		assert_int_equal(item != NULL && item->conflict, conflict);
		assert_int_equal(item != NULL, conflict || (theirs_moved && !mine_moved));
		bool wants_mine = conflict ? choice == MERGE_MINE : mine_moved;
		assert_true(texts_same(id, result.texts[i], wants_mine ? m : t));
		*conflicts += conflict;
	}
	values_release(&result);
	merge_release(&merge);
}

enum { MEMBER_HOSTNAME, MEMBER_PORT, MEMBER_PARAMETERS, MEMBERS = MEMBER_PARAMETERS + RANDOM_KEYS };

/* Our app's server; NULL where there is none. */
static const struct sip_server *own_server(const struct calling_values *values)
{
	for (size_t i = 0; i < values->server_count; i++)
		if (!values->servers[i].removed &&
		    text_equal(values->servers[i].app_id, RANDOM_OWN_APP))
			return &values->servers[i];
	return NULL;
}

static const char *member_text(const struct sip_server *server, int member)
{
	if (member == MEMBER_HOSTNAME)
		return server->hostname;
	if (member == MEMBER_PORT)
		return server->port == NULL ? "5061" : server->port;
	for (size_t i = 0; i < server->parameter_count; i++)
		if (strcmp(server->parameters[i].key,
			   random_parameter_keys[member - MEMBER_PARAMETERS]) == 0)
			return server->parameters[i].value;
	return NULL;
}

/* Of the hostnames only two pairs are one name, by letter case and by IDNA. */
static bool member_same(int member, const char *a, const char *b)
{
	if (member != MEMBER_HOSTNAME)
		return text_equal(a, b);
	bool idn_a = strstr(a, "nchen") != NULL, idn_b = strstr(b, "nchen") != NULL;
	return text_equal_nocase(a, b) || (idn_a && idn_b);
}

/* Where all three have our app's server, its members are judged one by one. */
static void server_conflicts_are_right(const struct calling_values *base,
				       const struct calling_values *theirs,
				       const struct calling_values *mine, size_t *conflicts)
{
	const struct sip_server *b = own_server(base), *t = own_server(theirs),
				*m = own_server(mine);
	if (b == NULL || t == NULL || m == NULL)
		return;
	struct merge merge;
	merge_compute(&merge, base, theirs, mine);
	size_t expected = 0, found = 0;
	for (int i = 0; i < MEMBERS; i++) {
		const char *of_b = member_text(b, i), *of_t = member_text(t, i),
			   *of_m = member_text(m, i);
		expected += !member_same(i, of_b, of_t) && !member_same(i, of_b, of_m) &&
			    !member_same(i, of_t, of_m);
	}
	for (size_t i = 0; i < merge.count; i++)
		found += merge.items[i].conflict && merge.items[i].ref.server >= 0 &&
			 text_equal(merge.base.servers[merge.items[i].ref.server].app_id,
				    RANDOM_OWN_APP);
	assert_int_equal(found, expected);
	*conflicts += expected;
	merge_release(&merge);
}

static void merge_round(struct random *random, size_t *conflicts, size_t *server_conflicts)
{
	struct str json;
	struct calling_settings base;
	struct calling_values theirs, mine;
	bool touched[FIELD_SETTINGS_COUNT] = { false };
	str_init(&json);
	random_settings_document(random, &json);
	decode(&base, json.bytes);
	values_copy(&theirs, &base.values);
	random_settings_edit(random, &theirs, touched);
	settle(&theirs);
	values_copy(&mine, &base.values);
	random_settings_edit(random, &mine, touched);
	merge_is(&base.values, &base.values, &mine, &mine);
	merge_is(&base.values, &theirs, &base.values, &theirs);
	merge_is(&theirs, &theirs, &theirs, &theirs);
	conflicts_are_right(&base.values, &theirs, &mine, MERGE_THEIRS, conflicts);
	conflicts_are_right(&base.values, &theirs, &mine, MERGE_MINE, conflicts);
	server_conflicts_are_right(&base.values, &theirs, &mine, server_conflicts);
	values_release(&mine);
	values_release(&theirs);
	settings_release(&base);
	str_release(&json);
}

static void merges_keep_both_sides(void **state)
{
	(void)state;
	struct random random = { 0x5eed0002 };
	size_t conflicts = 0, server_conflicts = 0;
	for (int round = 0; round < ROUNDS; round++)
		merge_round(&random, &conflicts, &server_conflicts);
	assert_true(conflicts > ROUNDS / 20 && server_conflicts > ROUNDS / 100);
}

int main(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_bring_about_what_is_wanted_and_nothing_else),
		cmocka_unit_test(merges_keep_both_sides),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
