#include "calling/settings.h"

#include "base/mem.h"
#include "calling/answer.h"
#include "calling/fields.h"
#include "calling/words.h"

#include <stdlib.h>
#include <string.h>

void settings_init(struct calling_settings *settings)
{
	*settings = (struct calling_settings) { 0 };
	json_doc_init(&settings->doc);
	values_init(&settings->values);
}

void settings_release(struct calling_settings *settings)
{
	json_doc_release(&settings->doc);
	values_release(&settings->values);
	free(settings->why_not_editable);
	settings_init(settings);
}

void settings_copy(struct calling_settings *to, const struct calling_settings *from)
{
	settings_init(to);
	/* These bytes were parsed and searched before, so neither call can say anything new. */
	if (from->doc.root != NULL &&
	    json_doc_parse(&to->doc, from->doc.bytes, from->doc.length, NULL))
		(void)answer_calling_find(to->doc.root, &to->calling, NULL);
	values_copy(&to->values, &from->values);
	to->read_at = from->read_at;
	to->why_not_editable = mem_text(from->why_not_editable);
}

/* The value as text: a string's or a number's own, of anything else its JSON. NULL where absent. */
static char *value_text(const struct json_doc *doc, const cJSON *item)
{
	if (item == NULL || cJSON_IsNull(item))
		return NULL;
	const char *text = json_text(item);
	if (text != NULL)
		return mem_text(text);
	struct json_slice slice = json_slice(doc, item);
	return mem_text_n(slice.bytes, slice.length);
}

/* Follows a field's path ("sip.status") from `object`. */
static const cJSON *path_find(const cJSON *object, const char *path)
{
	char name[64]; /* longer than any name in the field table */
	for (;;) {
		size_t length = strcspn(path, ".");
		if (length >= sizeof name)
			return NULL;
		memcpy(name, path, length);
		name[length] = '\0';
		object = json_member(object, name);
		if (path[length] == '\0')
			return object;
		path += length + 1;
	}
}

static char *codes_text(const struct json_doc *doc, const cJSON *item)
{
	if (!cJSON_IsArray(item))
		return value_text(doc, item);
	struct str out;
	str_init(&out);
	const cJSON *code;
	cJSON_ArrayForEach (code, item) {
		char *text = value_text(doc, code);
		if (text != NULL)
			str_addf(&out, "%s%s", out.length > 0 ? " " : "", text);
		free(text);
	}
	return str_detach(&out);
}

static char *field_decode(const struct calling_settings *settings, const struct field *field)
{
	static char *(*const words[FIELD_SETTINGS_COUNT])(const cJSON *calling) = {
		[FIELD_CALL_HOURS] = call_hours_words,
		[FIELD_VOICEMAIL] = voicemail_words,
		[FIELD_RESTRICTIONS] = restrictions_words,
	};
	if (words[field->id] != NULL)
		return words[field->id](settings->calling);
	const cJSON *item = path_find(settings->calling, field->path);
	if (field->type == FIELD_TYPE_ENUM)
		return value_text(&settings->doc, item);
	return codes_text(&settings->doc, item);
}

static void texts_decode(struct calling_settings *settings)
{
	for (int i = 0; i < FIELD_SETTINGS_COUNT; i++) {
		const struct field *field = field_of((enum field_id)i);
		if (field->type != FIELD_TYPE_LIST && field->type != FIELD_TYPE_SECRET)
			settings->values.texts[i] = field_decode(settings, field);
	}
}

static void parameters_decode(struct sip_server *server, const struct json_doc *doc,
			      const cJSON *parameters)
{
	if (!cJSON_IsObject(parameters))
		return;
	const cJSON *item;
	cJSON_ArrayForEach (item, parameters) {
		struct parameter *parameter = server_parameter_add(server);
		mem_text_set(&parameter->key, item->string);
		char *text = value_text(doc, item);
		mem_text_set(&parameter->value, text != NULL ? text : "null");
		free(text);
	}
}

static char *unknown_members(const struct json_doc *doc, const cJSON *server)
{
	struct str out;
	str_init(&out);
	str_add_char(&out, '{');
	answer_write_unknown(doc, server, ANSWER_SERVER_MEMBERS, &out);
	if (out.length == 1) {
		str_release(&out);
		return NULL;
	}
	str_add_char(&out, '}');
	return str_detach(&out);
}

static void servers_decode(struct calling_settings *settings)
{
	const struct json_doc *doc = &settings->doc;
	const cJSON *servers = path_find(settings->calling, field_of(FIELD_SIP_SERVERS)->path);
	if (!cJSON_IsArray(servers))
		return;
	int place = 0;
	const cJSON *item;
	cJSON_ArrayForEach (item, servers) {
		struct sip_server *server = values_server_add(&settings->values);
		server->origin = place++;
		if (!cJSON_IsObject(item)) {
			server->hostname = value_text(doc, item);
			continue;
		}
		server->hostname = value_text(doc, json_member(item, "hostname"));
		server->port = value_text(doc, json_member(item, "port"));
		server->app_id = value_text(doc, json_member(item, "app_id"));
		server->unknown = unknown_members(doc, item);
		parameters_decode(server, doc, json_member(item, "request_uri_user_params"));
	}
}

/* An empty list is taken as an empty object: that is how some encoders write one. */
static bool is_object_or_absent(const cJSON *item)
{
	return item == NULL || cJSON_IsNull(item) || cJSON_IsObject(item) ||
	       (cJSON_IsArray(item) && item->child == NULL);
}

/* The first member that has another type than documented, so that writing its unit would lose what
 * the service holds; NULL: none. */
static const char *odd_member(const cJSON *calling)
{
	static const char *const objects[] = { "sip", "call_icons", "audio" };
	for (size_t i = 0; i < ARRAY_LENGTH(objects); i++)
		if (!is_object_or_absent(json_member(calling, objects[i])))
			return objects[i];
	const cJSON *servers = json_member(json_member(calling, "sip"), "servers");
	if (servers == NULL || cJSON_IsNull(servers))
		return NULL;
	if (!cJSON_IsArray(servers))
		return "sip.servers";
	const cJSON *server;
	cJSON_ArrayForEach (server, servers) {
		if (!cJSON_IsObject(server))
			return "sip.servers";
		if (!is_object_or_absent(json_member(server, "request_uri_user_params")))
			return "request_uri_user_params";
	}
	return NULL;
}

static char *why_not_editable(const struct json_doc *doc, const cJSON *calling)
{
	static const char only_shown[] = "It can be looked at here, not changed: use WhatsApp "
					 "Manager.";
	if (json_has_duplicate_keys(doc->root))
		return mem_format("The answer names a setting twice: which value counts is not "
				  "certain. %s",
				  only_shown);
	if (json_has_nul(doc, doc->root))
		return mem_format("The answer holds a NUL character (\\u0000): a value may be cut "
				  "off there. %s",
				  only_shown);
	const char *odd = odd_member(calling);
	if (odd != NULL)
		return mem_format("The service sent %s in an unknown form, which a change would "
				  "destroy. %s",
				  odd, only_shown);
	return NULL;
}

/* Parses twice: nothing of the first document, which may hold passwords, is kept. */
static bool doc_parse_hidden(struct json_doc *doc, const char *bytes, size_t length,
			     struct err *err)
{
	struct json_doc full;
	if (!json_doc_parse(&full, bytes, length, err))
		return false;
	struct str hidden;
	str_init(&hidden);
	answer_write_hidden(&full, &hidden);
	answer_doc_wipe(&full);
	bool parsed = json_doc_parse(doc, hidden.bytes, hidden.length, err);
	str_release(&hidden);
	return parsed;
}

bool settings_decode(struct calling_settings *settings, const char *bytes, size_t length,
		     int64_t read_at, struct err *err)
{
	settings_init(settings);
	if (!doc_parse_hidden(&settings->doc, bytes, length, err))
		return false;
	if (!answer_calling_find(settings->doc.root, &settings->calling, err)) {
		settings_release(settings);
		return false;
	}
	settings->read_at = read_at;
	settings->why_not_editable = why_not_editable(&settings->doc, settings->calling);
	texts_decode(settings);
	servers_decode(settings);
	return true;
}

static void calling_write(const struct json_doc *doc, const cJSON *calling, struct str *out)
{
	if (calling == NULL) {
		str_add(out, "{}");
		return;
	}
	struct json_slice slice = json_slice(doc, calling);
	str_append(out, slice.bytes, slice.length);
}

void settings_write_json(const struct calling_settings *settings, struct str *out)
{
	calling_write(&settings->doc, settings->calling, out);
}

bool settings_answer_calling(const char *bytes, size_t length, struct str *out, struct err *err)
{
	struct json_doc doc;
	if (!json_doc_parse(&doc, bytes, length, err))
		return false;
	const cJSON *calling;
	bool found = answer_calling_find(doc.root, &calling, err);
	if (found)
		calling_write(&doc, calling, out);
	answer_doc_wipe(&doc);
	return found;
}

void credentials_init(struct credentials *credentials)
{
	*credentials = (struct credentials) { 0 };
	for (size_t i = 0; i < CREDENTIALS_MAX; i++)
		secret_init(&credentials->items[i].password);
}

void credentials_release(struct credentials *credentials)
{
	for (size_t i = 0; i < CREDENTIALS_MAX; i++) {
		free(credentials->items[i].hostname);
		free(credentials->items[i].app_id);
		secret_release(&credentials->items[i].password);
	}
	credentials_init(credentials);
}

static const cJSON *server_password(const cJSON *server)
{
	const cJSON *password = json_member(server, "sip_user_password");
	if (password == NULL)
		password = json_member(server, "password");
	return cJSON_IsString(password) && *password->valuestring != '\0' ? password : NULL;
}

static bool credentials_add(struct credentials *credentials, const struct json_doc *doc,
			    const cJSON *server, const cJSON *password, struct err *err)
{
	if (credentials->count == CREDENTIALS_MAX)
		return err_set(err, ERR_ANSWER,
			       "The service sent SIP credentials for more than %d SIP servers, "
			       "which is more than sipdesk can show.",
			       CREDENTIALS_MAX);
	if (json_has_nul(doc, password))
		return err_set(err, ERR_ANSWER,
			       "The SIP user password that the service sent holds a NUL character, "
			       "so it cannot be shown whole.");
	size_t place = credentials->count++;
	credentials->items[place].hostname = value_text(doc, json_member(server, "hostname"));
	credentials->items[place].app_id = value_text(doc, json_member(server, "app_id"));
	return secret_set(&credentials->items[place].password, password->valuestring,
			  strlen(password->valuestring), err);
}

static bool credentials_collect(struct credentials *credentials, const struct json_doc *doc,
				const cJSON *calling, struct err *err)
{
	const cJSON *servers = json_member(json_member(calling, "sip"), "servers");
	const cJSON *server;
	cJSON_ArrayForEach (server, servers) {
		const cJSON *password = server_password(server);
		if (password != NULL && !credentials_add(credentials, doc, server, password, err))
			return false;
	}
	if (credentials->count > 0)
		return true;
	err_set(err, ERR_ANSWER,
		"The service sent no SIP user password: Meta makes one only for a SIP server that "
		"is set on the number, for each app its own.");
	err_next_step(err, "Set a SIP server and enable SIP, then reveal the password again.");
	return false;
}

bool credentials_decode(struct credentials *credentials, const char *bytes, size_t length,
			struct err *err)
{
	credentials_init(credentials);
	struct json_doc doc;
	if (!json_doc_parse(&doc, bytes, length, err))
		return false;
	const cJSON *calling;
	bool decoded = answer_calling_find(doc.root, &calling, err) &&
		       credentials_collect(credentials, &doc, calling, err);
	answer_doc_wipe(&doc);
	if (!decoded)
		credentials_release(credentials);
	return decoded;
}
