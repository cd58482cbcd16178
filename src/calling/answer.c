#include "calling/answer.h"

#include "base/secret.h"
#include "calling/fields.h"

#include <string.h>

/* Objects that a read may bring beside `calling`, or alone where calling was never set. */
static const char *const siblings[] = {
	"payload_encryption",
	"storage_configuration",
	"user_identity_change",
	NULL,
};

static bool has_any_member(const cJSON *object, const char *const names[])
{
	for (size_t i = 0; names[i] != NULL; i++)
		if (json_member(object, names[i]) != NULL)
			return true;
	return false;
}

/* A bare `calling` object has a member of the field table. `status` alone proves nothing unless its
 * value does: gateways answer {"status":"error"}. */
static bool is_bare_calling(const cJSON *object)
{
	if (!cJSON_IsObject(object))
		return false;
	if (field_choice(field_of(FIELD_CALLING), json_text(json_member(object, "status"))) != NULL)
		return true;
	const cJSON *child;
	cJSON_ArrayForEach (child, object) {
		for (int i = FIELD_CALLING + 1; i < FIELD_SETTINGS_COUNT; i++) {
			const char *path = field_of((enum field_id)i)->path;
			size_t length = strcspn(path, ".");
			if (strlen(child->string) == length &&
			    strncmp(child->string, path, length) == 0)
				return true;
		}
	}
	return false;
}

bool answer_calling_find(const cJSON *root, const cJSON **calling, struct err *err)
{
	*calling = NULL;
	const cJSON *holder = root;
	const cJSON *data = json_member(root, "data");
	if (cJSON_IsArray(data) && json_member(root, "calling") == NULL)
		holder = data->child;
	const cJSON *found = json_member(holder, "calling");
	if (cJSON_IsObject(found)) {
		*calling = found;
		return true;
	}
	if (cJSON_IsNull(found))
		return true;
	if (found == NULL && is_bare_calling(holder)) {
		*calling = holder;
		return true;
	}
	bool empty = cJSON_IsObject(holder) && holder->child == NULL;
	if (found == NULL && (empty || has_any_member(holder, siblings)))
		return true;
	err_set(err, ERR_ANSWER,
		"The service's answer has no calling settings in it, so it is not known what is "
		"set on this number.");
	err_next_step(err, "Read the settings again; if it stays so, show the answer to your "
			   "provider.");
	return false;
}

bool answer_key_is_password(const char *key)
{
	return text_equal_nocase(key, "sip_user_password") || text_equal_nocase(key, "password");
}

/* Copies the document up to each password it meets; the tree is in the order of the bytes. */
struct hiding {
	const struct json_doc *doc;
	struct str *out;
	size_t copied;
};

static void hide_below(struct hiding *hiding, const cJSON *item)
{
	if (!cJSON_IsObject(item) && !cJSON_IsArray(item))
		return;
	const cJSON *child;
	cJSON_ArrayForEach (child, item) {
		/* These names are the person's own; hiding a value would write "(hidden)" back. */
		if (text_equal(child->string, "request_uri_user_params"))
			continue;
		if (!answer_key_is_password(child->string) || cJSON_IsNull(child)) {
			hide_below(hiding, child);
			continue;
		}
		struct json_slice slice = json_slice(hiding->doc, child);
		size_t begin = (size_t)(slice.bytes - hiding->doc->bytes);
		str_append(hiding->out, hiding->doc->bytes + hiding->copied,
			   begin - hiding->copied);
		str_add(hiding->out, "\"(hidden)\"");
		hiding->copied = begin + slice.length;
	}
}

void answer_write_hidden(const struct json_doc *doc, struct str *out)
{
	struct hiding hiding = { .doc = doc, .out = out };
	hide_below(&hiding, doc->root);
	str_append(out, doc->bytes + hiding.copied, doc->length - hiding.copied);
}

const char *const ANSWER_SERVER_MEMBERS[] = { "hostname", "port", "request_uri_user_params",
					      "app_id", NULL };

static bool is_among(const char *const names[], const char *name)
{
	for (; *names != NULL; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

/* An element or a member begins with a comma, unless it is the first. */
static void element_begin(struct str *out)
{
	char last = out->bytes[out->length - 1];
	if (last != '{' && last != '[')
		str_add_char(out, ',');
}

/* A password was hidden where it stood, and the mark for it must not be sent. The names of
 * parameters are the person's own. */
static bool holds_password(const cJSON *item)
{
	const cJSON *child;
	if (!cJSON_IsObject(item) && !cJSON_IsArray(item))
		return false;
	cJSON_ArrayForEach (child, item) {
		if (text_equal(child->string, "request_uri_user_params"))
			continue;
		if (answer_key_is_password(child->string) || holds_password(child))
			return true;
	}
	return false;
}

/* Byte for byte; an object or a list with a password in it, all but the password. At most
 * JSON_DEPTH_MAX deep. */
static void unknown_write(const struct json_doc *doc, const cJSON *item, struct str *out)
{
	if (!holds_password(item)) {
		struct json_slice slice = json_slice(doc, item);
		str_append(out, slice.bytes, slice.length);
		return;
	}
	static const char *const none[] = { NULL };
	if (cJSON_IsObject(item)) {
		str_add_char(out, '{');
		answer_write_unknown(doc, item, none, out);
		str_add_char(out, '}');
		return;
	}
	str_add_char(out, '[');
	const cJSON *child;
	cJSON_ArrayForEach (child, item) {
		element_begin(out);
		unknown_write(doc, child, out);
	}
	str_add_char(out, ']');
}

void answer_write_unknown(const struct json_doc *doc, const cJSON *object,
			  const char *const known[], struct str *out)
{
	const cJSON *member;
	cJSON_ArrayForEach (member, object) {
		if (is_among(known, member->string) || answer_key_is_password(member->string))
			continue;
		element_begin(out);
		json_write_string(out, member->string);
		str_add_char(out, ':');
		unknown_write(doc, member, out);
	}
}

void answer_doc_wipe(struct json_doc *doc)
{
	if (doc->bytes != NULL)
		secret_wipe(doc->bytes, doc->length);
	json_doc_release(doc);
}
