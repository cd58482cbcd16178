#include "tests/support/service_model.h"

#include "base/mem.h"
#include "calling/fields.h"
#include "calling/settings.h"
#include "tests/support/fault_script.h"
#include "tests/support/random_settings.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

void service_model_begin(struct service_model *model, const char *calling)
{
	*model = (struct service_model) { .expected = fault_json(calling) };
}

void service_model_release(struct service_model *model)
{
	cJSON_Delete(model->expected);
	model->expected = NULL;
}

void service_model_foreign(struct service_model *model, const char *members)
{
	cJSON *changed = fault_json(members);
	const cJSON *member;
	cJSON_ArrayForEach (member, changed) {
		cJSON_DeleteItemFromObjectCaseSensitive(model->expected, member->string);
		if (!cJSON_IsNull(member))
			cJSON_AddItemToObject(model->expected, member->string,
					      cJSON_Duplicate(member, true));
	}
	cJSON_Delete(changed);
}

/* --- JSON ------------------------------------------------------------------------------------- */

static bool json_same(const cJSON *a, const cJSON *b)
{
	return a == NULL || b == NULL ? a == b : cJSON_Compare(a, b, true) != 0;
}

static bool is_unknown(const char *name)
{
	return text_starts_with(name, "x_");
}

static void fault_add(struct str *faults, const char *where, const char *what)
{
	str_addf(faults, "%s %s. ", where, what);
}

/* Written again, SRTP may stand in other letters: it is a choice of two. */
static bool member_same(const cJSON *member, const cJSON *other)
{
	if (text_equal(member->string, field_of(FIELD_SRTP)->path))
		return text_equal_nocase(json_text(member), json_text(other));
	return json_same(member, other);
}

/* Each member of either is in both alike. */
static void members_compare(const cJSON *expected, const cJSON *held, bool unknown_only,
			    const char *where, struct str *faults)
{
	const cJSON *member;
	cJSON_ArrayForEach (member, expected) {
		if ((!unknown_only || is_unknown(member->string)) &&
		    !member_same(member, json_member(held, member->string))) {
			str_addf(faults, "%s.", where);
			fault_add(faults, member->string, "has changed");
		}
	}
	cJSON_ArrayForEach (member, held) {
		if ((!unknown_only || is_unknown(member->string)) &&
		    json_member(expected, member->string) == NULL) {
			str_addf(faults, "%s.", where);
			fault_add(faults, member->string, "has come");
		}
	}
}

static bool server_is_ours(const cJSON *server)
{
	const char *app = json_text(json_member(server, "app_id"));
	return app == NULL || text_equal(app, RANDOM_OWN_APP);
}

static const cJSON *our_server(const cJSON *sip)
{
	const cJSON *server;
	cJSON_ArrayForEach (server, json_member(sip, "servers")) {
		if (server_is_ours(server))
			return server;
	}
	return NULL;
}

static const cJSON *server_of_app(const cJSON *sip, const char *app)
{
	const cJSON *server;
	cJSON_ArrayForEach (server, json_member(sip, "servers")) {
		if (text_equal(json_text(json_member(server, "app_id")), app))
			return server;
	}
	return NULL;
}

static void servers_untouched(const struct service_model *model, const cJSON *expected,
			      const cJSON *held, struct str *faults)
{
	const cJSON *server;
	cJSON_ArrayForEach (server, json_member(expected, "servers")) {
		const char *app = json_text(json_member(server, "app_id"));
		if (!server_is_ours(server) && !json_same(server, server_of_app(held, app)))
			fault_add(faults, "another app's server", "has changed");
	}
	const cJSON *was = our_server(expected), *is = our_server(held);
	if (was != NULL && is != NULL && !model->server_is_new)
		members_compare(was, is, true, "server", faults);
}

static bool unit_is_touched(const struct service_model *model, const char *unit)
{
	size_t length = strlen(unit);
	for (int i = 0; i < FIELD_SETTINGS_COUNT; i++) {
		const char *path = field_of((enum field_id)i)->path;
		if (model->touched[i] && strncmp(path, unit, length) == 0 &&
		    (path[length] == '\0' || path[length] == '.'))
			return true;
	}
	return false;
}

static void unit_untouched(const struct service_model *model, const char *name,
			   const cJSON *expected, const cJSON *held, struct str *faults)
{
	if (text_equal(name, field_of(FIELD_SRTP)->path))
		return;
	if (!unit_is_touched(model, name)) {
		if (!json_same(expected, held))
			fault_add(faults, name, "was not touched and has changed");
		return;
	}
	members_compare(expected, held, true, name, faults);
	if (text_equal(name, "sip"))
		servers_untouched(model, expected, held, faults);
}

void service_model_unchanged(const struct service_model *model, const char *calling,
			     struct str *faults)
{
	cJSON *held = fault_json(calling);
	members_compare(model->expected, held, false, "calling", faults);
	cJSON_Delete(held);
}

void service_model_untouched(const struct service_model *model, const char *calling,
			     struct str *faults)
{
	cJSON *held = fault_json(calling);
	const cJSON *member;
	cJSON_ArrayForEach (member, model->expected)
		unit_untouched(model, member->string, member, json_member(held, member->string),
			       faults);
	cJSON_ArrayForEach (member, held) {
		if (json_member(model->expected, member->string) == NULL)
			unit_untouched(model, member->string, NULL, member, faults);
	}
	cJSON_Delete(held);
}

/* --- values ----------------------------------------------------------------------------------- */

/* As the service reads it: letter case aside, absent by its meaning. Caller frees. */
static char *meaning(enum field_id id, const char *text)
{
	const char *absent = field_of(id)->absent;
	if (text == NULL || *text == '\0')
		text = absent == NULL ? "" : absent;
	char *upper = mem_text(text);
	for (char *at = upper; *at != '\0'; at++)
		*at = (char)toupper((unsigned char)*at);
	return upper;
}

/* Codes are of two letters each: their order is of no meaning. */
static bool codes_same(const char *a, const char *b)
{
	if (strlen(a) != strlen(b))
		return false;
	for (size_t at = 0; at + 2 <= strlen(a); at += 3) {
		char code[3] = { a[at], a[at + 1] };
		if (strstr(b, code) == NULL)
			return false;
	}
	return true;
}

static const struct sip_server *our_server_of(const struct calling_values *values)
{
	for (size_t i = 0; i < values->server_count; i++) {
		const struct sip_server *server = &values->servers[i];
		if (!server->removed &&
		    (server->app_id == NULL || text_equal(server->app_id, RANDOM_OWN_APP)))
			return server;
	}
	return NULL;
}

/* Of the random hostnames, two pairs are one name: by letter case, and by IDNA. */
static bool hosts_same(const char *a, const char *b)
{
	static const char wire[] = "xn--mnchen-3ya.example", typed[] = "m\xc3\xbcnchen.example";
	if (text_equal(a, typed))
		a = wire;
	if (text_equal(b, typed))
		b = wire;
	return text_equal_nocase(a, b);
}

static const char *parameter_of(const struct sip_server *server, const char *key)
{
	for (size_t i = 0; i < server->parameter_count; i++)
		if (text_equal(server->parameters[i].key, key))
			return server->parameters[i].value;
	return NULL;
}

static bool servers_same(const struct sip_server *a, const struct sip_server *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	bool same = hosts_same(a->hostname, b->hostname) &&
		    text_equal(a->port == NULL ? "5061" : a->port,
			       b->port == NULL ? "5061" : b->port) &&
		    a->parameter_count == b->parameter_count;
	for (size_t i = 0; same && i < a->parameter_count; i++)
		same = text_equal(a->parameters[i].value, parameter_of(b, a->parameters[i].key));
	return same;
}

bool service_model_same(enum field_id field, const struct calling_values *a,
			const struct calling_values *b)
{
	if (field == FIELD_SIP_SERVERS)
		return servers_same(our_server_of(a), our_server_of(b));
	char *one = meaning(field, a->texts[field]), *other = meaning(field, b->texts[field]);
	bool same = field_of(field)->type == FIELD_TYPE_CODES ? codes_same(one, other)
							      : text_equal(one, other);
	free(one);
	free(other);
	return same;
}

static void values_decode(struct calling_settings *settings, const char *calling,
			  struct str *faults)
{
	struct err err;
	char *answer = mem_format("{\"calling\":%s}", calling);
	if (!settings_decode(settings, answer, strlen(answer), 1, &err))
		fault_add(faults, "the service's settings:", err.sentence);
	free(answer);
}

void service_model_values(const struct service_model *model, struct calling_values *values)
{
	struct calling_settings settings;
	struct str faults;
	str_init(&faults);
	char *calling = cJSON_PrintUnformatted(model->expected);
	values_decode(&settings, calling, &faults);
	values_copy(values, &settings.values);
	settings_release(&settings);
	cJSON_free(calling);
	str_release(&faults);
}

void service_model_shows(const struct service_model *model, const char *calling,
			 const struct calling_values *wanted, const bool skipped[],
			 struct str *faults)
{
	struct calling_settings held;
	struct calling_values expected;
	values_decode(&held, calling, faults);
	service_model_values(model, &expected);
	for (int i = 0; i < FIELD_SETTINGS_COUNT; i++) {
		enum field_id id = (enum field_id)i;
		const struct calling_values *right = model->touched[i] ? wanted : &expected;
		if ((model->touched[i] || id == FIELD_SRTP) && !skipped[i] &&
		    !service_model_same(id, &held.values, right))
			fault_add(faults, field_of(id)->label, "is not as wanted");
	}
	values_release(&expected);
	settings_release(&held);
}
