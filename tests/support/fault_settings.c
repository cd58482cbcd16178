#include "tests/support/fault_settings.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"

#include <string.h>

static const char OUR_APP_ID[] = "1234567890123456789";

void fault_settings_release(struct fault_settings *settings)
{
	cJSON_Delete(settings->calling);
	cJSON_Delete(settings->lagging);
}

void fault_settings_replace(struct fault_settings *settings, const cJSON *calling)
{
	cJSON_Delete(settings->calling);
	settings->calling = cJSON_Duplicate(calling, true);
	settings->lag = 0;
}

static void member_set(cJSON *object, const cJSON *member)
{
	cJSON_DeleteItemFromObjectCaseSensitive(object, member->string);
	cJSON_AddItemToObject(object, member->string, cJSON_Duplicate(member, true));
}

void fault_settings_merge(struct fault_settings *settings, const cJSON *members)
{
	const cJSON *member = NULL;
	if (members == NULL)
		return;
	if (settings->calling == NULL)
		settings->calling = cJSON_CreateObject();
	cJSON_ArrayForEach (member, members) {
		member_set(settings->calling, member);
		if (cJSON_IsNull(member))
			cJSON_DeleteItemFromObjectCaseSensitive(settings->calling, member->string);
	}
}

/* What the service makes for a server that it is sent. */
static void servers_complete(cJSON *servers, const char *app_id)
{
	cJSON *server = NULL;
	cJSON_ArrayForEach (server, servers) {
		cJSON_DeleteItemFromObjectCaseSensitive(server, "app_id");
		cJSON_AddRawToObject(server, "app_id", app_id == NULL ? OUR_APP_ID : app_id);
		cJSON_DeleteItemFromObjectCaseSensitive(server, "sip_user_password");
		cJSON_AddStringToObject(server, "sip_user_password", "fault-sip-password");
	}
}

static void all_move(cJSON *to, cJSON *from)
{
	while (cJSON_GetArraySize(from) > 0)
		cJSON_AddItemToArray(to, cJSON_DetachItemFromArray(from, 0));
}

/* Those of other apps stay as they are, in their places. */
static cJSON *servers_with_others(cJSON *ours, const cJSON *held, const char *app_id)
{
	cJSON *all = cJSON_CreateArray();
	const cJSON *server = NULL;
	cJSON_ArrayForEach (server, held) {
		const char *app = json_text(json_member(server, "app_id"));
		if (app_id != NULL && app != NULL && strcmp(app, app_id) != 0)
			cJSON_AddItemToArray(all, cJSON_Duplicate(server, true));
		else
			all_move(all, ours);
	}
	all_move(all, ours);
	return all;
}

static void sip_post(struct fault_settings *settings, const cJSON *sip)
{
	const cJSON *member = NULL;
	cJSON *held = cJSON_GetObjectItemCaseSensitive(settings->calling, "sip");
	if (held == NULL)
		held = cJSON_AddObjectToObject(settings->calling, "sip");
	cJSON *ours = cJSON_Duplicate(json_member(sip, "servers"), true);
	servers_complete(ours, settings->app_id);
	cJSON *servers = servers_with_others(ours, json_member(held, "servers"), settings->app_id);
	cJSON_ArrayForEach (member, sip)
		member_set(held, member);
	if (ours != NULL)
		cJSON_ReplaceItemInObjectCaseSensitive(held, "servers", servers);
	else
		cJSON_Delete(servers);
	cJSON_Delete(ours);
	if (settings->sip_resets_srtp)
		cJSON_DeleteItemFromObjectCaseSensitive(settings->calling,
							"srtp_key_exchange_protocol");
}

static void calling_post(struct fault_settings *settings, const cJSON *calling)
{
	const cJSON *unit = NULL;
	if (settings->calling == NULL)
		settings->calling = cJSON_CreateObject();
	cJSON_ArrayForEach (unit, calling) {
		if (text_equal(unit->string, "sip"))
			sip_post(settings, unit);
		else
			member_set(settings->calling, unit);
	}
}

bool fault_settings_post(struct fault_settings *settings, const char *body, long lag)
{
	struct json_doc doc;
	json_doc_init(&doc);
	bool parsed = json_doc_parse(&doc, body, strlen(body), NULL);
	const cJSON *calling = parsed ? json_member(doc.root, "calling") : NULL;
	bool is_right = cJSON_IsObject(calling);
	if (is_right && lag > 0) {
		cJSON_Delete(settings->lagging);
		settings->lagging = cJSON_Duplicate(settings->calling, true);
		settings->lag = lag;
	}
	if (is_right)
		calling_post(settings, calling);
	json_doc_release(&doc);
	return is_right;
}

static void passwords_drop(cJSON *calling)
{
	cJSON *server = NULL;
	cJSON *sip = cJSON_GetObjectItemCaseSensitive(calling, "sip");
	cJSON_ArrayForEach (server, cJSON_GetObjectItemCaseSensitive(sip, "servers"))
		cJSON_DeleteItemFromObjectCaseSensitive(server, "sip_user_password");
}

static cJSON *document_of(const cJSON *calling)
{
	cJSON *document = cJSON_CreateObject();
	if (calling != NULL)
		cJSON_AddItemToObject(document, "calling", cJSON_Duplicate(calling, true));
	return document;
}

char *fault_settings_get(struct fault_settings *settings, bool with_credentials)
{
	cJSON *document = document_of(settings->lag > 0 ? settings->lagging : settings->calling);
	settings->lag -= settings->lag > 0;
	if (!with_credentials)
		passwords_drop(cJSON_GetObjectItemCaseSensitive(document, "calling"));
	char *text = fault_settings_print(document);
	cJSON_Delete(document);
	return text;
}

char *fault_settings_print(const cJSON *document)
{
	char *text = cJSON_PrintUnformatted(document);
	char *copy = mem_text(text);
	cJSON_free(text);
	return copy;
}

cJSON *fault_settings_true(const struct fault_settings *settings)
{
	return document_of(settings->calling);
}
