#include "calling/draft_json.h"

#include "base/mem.h"
#include "calling/fields.h"

#include <stdlib.h>
#include <string.h>

static bool is_edited_as_text(const struct field *field)
{
	return (field->flags & FIELD_READ_ONLY) == 0 && field->type != FIELD_TYPE_LIST &&
	       field->type != FIELD_TYPE_SECRET;
}

static bool parameters_equal(const struct sip_server *a, const struct sip_server *b)
{
	if (a->parameter_count != b->parameter_count)
		return false;
	for (size_t i = 0; i < a->parameter_count; i++)
		if (!text_equal(a->parameters[i].key, b->parameters[i].key) ||
		    !text_equal(a->parameters[i].value, b->parameters[i].value))
			return false;
	return true;
}

/* --- written ---------------------------------------------------------------------------------- */

static void text_write(struct str *out, const char *text)
{
	if (text == NULL)
		str_add(out, "null");
	else
		json_write_string(out, text);
}

static void edit_begin(struct str *out)
{
	str_add(out, out->bytes[out->length - 1] == '[' ? "{" : ",{");
}

static void settings_write(const struct calling_values *base, const struct calling_values *mine,
			   struct str *out)
{
	struct str path;
	str_init(&path);
	for (enum field_id id = 0; id < FIELD_SETTINGS_COUNT; id++) {
		if (!is_edited_as_text(field_of(id)) ||
		    text_equal(base->texts[id], mine->texts[id]))
			continue;
		str_clear(&path);
		field_path(field_ref_of(id), mine, &path);
		edit_begin(out);
		str_add(out, "\"path\":");
		json_write_string(out, path.bytes);
		str_add(out, ",\"value\":");
		text_write(out, mine->texts[id]);
		str_add_char(out, '}');
	}
	str_release(&path);
}

static void parameters_write(const struct sip_server *server, struct str *out)
{
	str_add(out, ",\"parameters\":[");
	for (size_t i = 0; i < server->parameter_count; i++) {
		str_add(out, i == 0 ? "[" : ",[");
		json_write_string(out, server->parameters[i].key);
		str_add_char(out, ',');
		json_write_string(out, server->parameters[i].value);
		str_add_char(out, ']');
	}
	str_add_char(out, ']');
}

/* What differs from `base`, which for an added server is an empty one. */
static void server_members_write(const struct sip_server *base, const struct sip_server *mine,
				 struct str *out)
{
	if (!text_equal(base->hostname, mine->hostname)) {
		str_add(out, ",\"hostname\":");
		text_write(out, mine->hostname);
	}
	if (!text_equal(base->port, mine->port)) {
		str_add(out, ",\"port\":");
		text_write(out, mine->port);
	}
	if (!parameters_equal(base, mine))
		parameters_write(mine, out);
	str_add_char(out, '}');
}

static bool server_is_edited(const struct sip_server *base, const struct sip_server *mine)
{
	return !text_equal(base->hostname, mine->hostname) || !text_equal(base->port, mine->port) ||
	       !parameters_equal(base, mine);
}

static const struct sip_server *server_made_from(const struct calling_values *mine, size_t place)
{
	for (size_t i = 0; i < mine->server_count; i++)
		if (mine->servers[i].origin == (int)place && !mine->servers[i].removed)
			return &mine->servers[i];
	return NULL;
}

static void servers_write(const struct calling_values *base, const struct calling_values *mine,
			  struct str *out)
{
	static const struct sip_server none = { .origin = -1 };
	for (size_t i = 0; i < base->server_count; i++) {
		const struct sip_server *server = server_made_from(mine, i);
		if (base->servers[i].removed ||
		    (server != NULL && !server_is_edited(&base->servers[i], server)))
			continue;
		edit_begin(out);
		str_addf(out, "\"server\":%zu", i);
		if (server == NULL)
			str_add(out, ",\"remove\":true}");
		else
			server_members_write(&base->servers[i], server, out);
	}
	for (size_t i = 0; i < mine->server_count; i++) {
		if (mine->servers[i].origin >= 0 || mine->servers[i].removed)
			continue;
		edit_begin(out);
		str_add(out, "\"add\":true");
		if (mine->servers[i].unknown != NULL)
			str_addf(out, ",\"unknown\":%s", mine->servers[i].unknown);
		server_members_write(&none, &mine->servers[i], out);
	}
}

void edits_write_json(const struct calling_values *base, const struct calling_values *mine,
		      struct str *out)
{
	str_add_char(out, '[');
	settings_write(base, mine, out);
	servers_write(base, mine, out);
	str_add_char(out, ']');
}

/* --- read ------------------------------------------------------------------------------------- */

static bool unfit(struct err *err, const char *what)
{
	return err_set(err, ERR_INPUT, "An edit does not fit the settings it was made on: %s.",
		       what);
}

/* `*text` borrowed; NULL for null. False where it is neither a text nor null. */
static bool text_read(const cJSON *item, const char **text)
{
	*text = cJSON_IsString(item) ? item->valuestring : NULL;
	return *text != NULL || cJSON_IsNull(item);
}

static bool setting_read(struct calling_values *mine, const cJSON *edit, struct err *err)
{
	const char *path, *value;
	if (!text_read(json_member(edit, "path"), &path) || path == NULL ||
	    !text_read(json_member(edit, "value"), &value))
		return unfit(err, "it has no path or no value");
	struct str known;
	str_init(&known);
	bool found = false;
	for (enum field_id id = 0; id < FIELD_SETTINGS_COUNT && !found; id++) {
		str_clear(&known);
		field_path(field_ref_of(id), mine, &known);
		found = is_edited_as_text(field_of(id)) && text_equal(known.bytes, path);
		if (found)
			mem_text_set(&mine->texts[id], value);
	}
	str_release(&known);
	return found || unfit(err, "its path is not known");
}

static bool parameters_read(struct sip_server *server, const cJSON *list, struct err *err)
{
	if (!cJSON_IsArray(list))
		return unfit(err, "its parameters are no list");
	while (server->parameter_count > 0)
		server_parameter_remove(server, server->parameter_count - 1);
	const cJSON *item;
	cJSON_ArrayForEach (item, list) {
		const char *key = json_text(cJSON_GetArrayItem(item, 0));
		const char *value = json_text(cJSON_GetArrayItem(item, 1));
		if (cJSON_GetArraySize(item) != 2 || key == NULL || value == NULL)
			return unfit(err, "a parameter is no pair of texts");
		struct parameter *parameter = server_parameter_add(server);
		mem_text_set(&parameter->key, key);
		mem_text_set(&parameter->value, value);
	}
	return true;
}

static bool server_text_read(char **slot, const cJSON *item, struct err *err)
{
	const char *text;
	if (item == NULL)
		return true;
	if (!text_read(item, &text))
		return unfit(err, "a SIP server's hostname or port is no text");
	mem_text_set(slot, text);
	return true;
}

static bool server_members_read(struct sip_server *server, const cJSON *edit, struct err *err)
{
	const cJSON *parameters = json_member(edit, "parameters");
	return server_text_read(&server->hostname, json_member(edit, "hostname"), err) &&
	       server_text_read(&server->port, json_member(edit, "port"), err) &&
	       (parameters == NULL || parameters_read(server, parameters, err));
}

/* Places are the base's; `mine` is a copy of it, with added ones behind. */
static bool server_read(const struct calling_values *base, struct calling_values *mine,
			const cJSON *edit, struct err *err)
{
	const char *digits = json_text(json_member(edit, "server"));
	char *end = NULL;
	unsigned long place = digits == NULL ? 0 : strtoul(digits, &end, 10);
	if (digits == NULL || end == digits || *end != '\0' || place >= base->server_count ||
	    mine->servers[place].removed)
		return unfit(err, "its SIP server is not there");
	if (cJSON_IsTrue(json_member(edit, "remove"))) {
		mine->servers[place].removed = true;
		return true;
	}
	return server_members_read(&mine->servers[place], edit, err);
}

static void unknown_read(struct sip_server *server, const cJSON *unknown)
{
	char *text = cJSON_IsObject(unknown) ? cJSON_PrintUnformatted(unknown) : NULL;
	mem_text_set(&server->unknown, text);
	cJSON_free(text);
}

static bool added_read(struct calling_values *mine, const cJSON *edit, struct err *err)
{
	struct sip_server *server = values_server_add(mine);
	unknown_read(server, json_member(edit, "unknown"));
	return server_members_read(server, edit, err);
}

static bool edit_read(const struct calling_values *base, struct calling_values *mine,
		      const cJSON *edit, struct err *err)
{
	if (json_member(edit, "path") != NULL)
		return setting_read(mine, edit, err);
	if (json_member(edit, "server") != NULL)
		return server_read(base, mine, edit, err);
	if (cJSON_IsTrue(json_member(edit, "add")))
		return added_read(mine, edit, err);
	return unfit(err, "it is of no known kind");
}

bool edits_read_json(const struct calling_values *base, const cJSON *edits,
		     struct calling_values *mine, struct err *err)
{
	if (!cJSON_IsArray(edits))
		return err_set(err, ERR_INPUT, "The edits are no list.");
	values_copy(mine, base);
	for (size_t i = 0; i < mine->server_count; i++)
		mine->servers[i].origin = (int)i;
	const cJSON *edit;
	cJSON_ArrayForEach (edit, edits) {
		if (edit_read(base, mine, edit, err))
			continue;
		values_release(mine);
		values_init(mine);
		return false;
	}
	return true;
}
