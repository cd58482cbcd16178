#include "calling/draft.h"

#include "base/mem.h"
#include "base/text.h"
#include "calling/changes.h"
#include "calling/fields.h"

#include <stdlib.h>
#include <string.h>

void draft_init(struct draft *draft, const struct calling_settings *base)
{
	draft->base = base;
	values_copy(&draft->mine, &base->values);
}

void draft_release(struct draft *draft)
{
	values_release(&draft->mine);
	draft->base = NULL;
}

/* The server at `ref`, removed or not; NULL: there is none. */
static struct sip_server *server_at(struct draft *draft, int server)
{
	if (server < 0 || (size_t)server >= draft->mine.server_count)
		return NULL;
	return &draft->mine.servers[server];
}

/* The base's server that this one was made from; NULL: it was added here. */
static const struct sip_server *server_base(const struct draft *draft,
					    const struct sip_server *server)
{
	const struct calling_values *base = &draft->base->values;
	if (server->origin < 0 || (size_t)server->origin >= base->server_count)
		return NULL;
	return &base->servers[server->origin];
}

static struct parameter *parameter_at(struct sip_server *server, int parameter)
{
	if (parameter < 0 || (size_t)parameter >= server->parameter_count)
		return NULL;
	return &server->parameters[parameter];
}

/* Parameters have no place of their own in the service: they are known by their key. */
static const struct parameter *parameter_named(const struct sip_server *server, const char *key)
{
	if (server == NULL || server->parameters == NULL)
		return NULL;
	for (size_t i = 0; i < server->parameter_count; i++)
		if (text_equal(server->parameters[i].key, key))
			return &server->parameters[i];
	return NULL;
}

/* Where the text of a writable field is kept; NULL: there is no such place. */
static char **slot_of(struct draft *draft, struct field_ref ref)
{
	if (ref.field < FIELD_SETTINGS_COUNT)
		return &draft->mine.texts[ref.field];
	struct sip_server *server = server_at(draft, ref.server);
	if (server == NULL || server->removed)
		return NULL;
	struct parameter *parameter = parameter_at(server, ref.parameter);
	switch (ref.field) {
	case FIELD_SERVER_HOSTNAME: return &server->hostname;
	case FIELD_SERVER_PORT: return &server->port;
	case FIELD_PARAMETER_KEY: return parameter == NULL ? NULL : &parameter->key;
	case FIELD_PARAMETER_VALUE: return parameter == NULL ? NULL : &parameter->value;
	default: return NULL;
	}
}

static bool text_count_characters(const char *text, const struct field *field, size_t *count,
				  struct err *err)
{
	size_t length = strlen(text);
	*count = 0;
	for (size_t at = 0; at < length; ++*count) {
		uint32_t character;
		size_t size = text_utf8_decode(text + at, length - at, &character);
		if (size == 0)
			return err_set(err, ERR_INPUT,
				       "%s holds bytes that are not UTF-8 text, so it was not "
				       "taken. Type it, or paste it from a text.",
				       field->label);
		if (character < 0x20 || (character >= 0x7f && character < 0xa0))
			return err_set(err, ERR_INPUT,
				       "%s holds a line end or another control character, so it "
				       "was not taken. Leave it out.",
				       field->label);
		at += size;
	}
	return true;
}

static size_t characters(const char *text)
{
	size_t count = 0;
	for (const char *at = text; *at != '\0'; at++)
		count += ((unsigned char)*at & 0xc0) != 0x80;
	return count;
}

/* A text of the service may be longer than the limit; it can then be made shorter step by step. */
static bool text_check(const struct field *field, const char *now, const char *text,
		       struct err *err)
{
	size_t count;
	if (!text_count_characters(text, field, &count, err))
		return false;
	if (count > field->limit && (now == NULL || count > characters(now)))
		return err_set(err, ERR_INPUT,
			       "%s has %zu characters; the most it can have is %zu. Shorten it.",
			       field->label, count, field->limit);
	return true;
}

/* Turns `*text` into what is kept for an enum: the base's own spelling, or the table's. An absent
 * value cannot be written, so it becomes the value that absent means. */
static bool choice_check(const struct draft *draft, const struct field *field, const char **text,
			 struct err *err)
{
	const char *base = draft->base->values.texts[field->id];
	if (*text == NULL && base != NULL)
		*text = field->absent;
	if (text_equal_nocase(*text, base)) {
		*text = base;
		return true;
	}
	const struct choice *choice = field_choice(field, *text);
	if (choice != NULL) {
		*text = choice->value;
		return true;
	}
	struct str words;
	str_init(&words);
	for (choice = field->choices; choice->value != NULL; choice++)
		str_addf(&words, "%s%s", words.length > 0 ? " or " : "", choice->value);
	err_set(err, ERR_INPUT, "%s cannot be %s. Choose %s.", field->label,
		*text == NULL ? "made absent" : *text, words.bytes);
	str_release(&words);
	return false;
}

static bool value_check(const struct draft *draft, const struct field *field, const char *now,
			const char **text, struct err *err)
{
	if (field->type != FIELD_TYPE_ENUM)
		return *text == NULL || text_check(field, now, *text, err);
	if (!choice_check(draft, field, text, err))
		return false;
	if (field->why_disabled == NULL || *text == NULL || text_equal_nocase(*text, now))
		return true;
	const char *why = field->why_disabled(&draft->mine, *text);
	return why == NULL || err_set(err, ERR_INPUT, "%s", why);
}

static bool is_writable(const struct field *field)
{
	return (field->flags & FIELD_READ_ONLY) == 0 && field->type != FIELD_TYPE_LIST;
}

static bool set_try(struct draft *draft, struct field_ref ref, const char *text, struct err *err)
{
	const struct field *field = field_of(ref.field);
	if (draft->base->why_not_editable != NULL)
		return err_set(err, ERR_INPUT, "%s", draft->base->why_not_editable);
	if (!is_writable(field))
		return err_set(err, ERR_INPUT,
			       "%s is only shown; it cannot be set as one value. %s", field->label,
			       field->help);
	char **slot = slot_of(draft, ref);
	if (slot == NULL)
		return err_set(err, ERR_INPUT,
			       "%s was not set: that SIP server or parameter is not in the draft. "
			       "Add it first.",
			       field->label);
	if (text != NULL && *text == '\0')
		text = NULL;
	if (!value_check(draft, field, *slot, &text, err))
		return false;
	if (text == NULL && field->form == FIELD_FORM_PARAMETER)
		text = "";
	mem_text_set(slot, text);
	return true;
}

bool draft_set(struct draft *draft, struct field_ref ref, const char *text, struct err *err)
{
	if (set_try(draft, ref, text, err))
		return true;
	struct str path;
	str_init(&path);
	field_path(ref, &draft->mine, &path);
	err_field(err, path.bytes);
	str_release(&path);
	return false;
}

static void parameters_clear(struct sip_server *server)
{
	while (server->parameter_count > 0)
		server_parameter_remove(server, server->parameter_count - 1);
}

static void parameter_append(struct sip_server *server, const struct parameter *from)
{
	struct parameter *parameter = server_parameter_add(server);
	mem_text_set(&parameter->key, from->key);
	mem_text_set(&parameter->value, from->value);
}

static void parameters_revert(struct sip_server *server, const struct sip_server *base)
{
	parameters_clear(server);
	for (size_t i = 0; i < base->parameter_count; i++)
		parameter_append(server, &base->parameters[i]);
}

static void server_revert(struct sip_server *server, const struct sip_server *base)
{
	mem_text_set(&server->hostname, base->hostname);
	mem_text_set(&server->port, base->port);
	parameters_revert(server, base);
	server->removed = base->removed;
}

/* The place may be one in the base, of a parameter that was removed here (struct change): that is
 * meant where the one at this place here has nothing to revert. */
static void parameter_revert(struct sip_server *server, const struct sip_server *base, int place)
{
	struct parameter *mine = parameter_at(server, place);
	const struct parameter *same = mine == NULL ? NULL : parameter_named(base, mine->key);
	if (mine != NULL && same == NULL) {
		server_parameter_remove(server, (size_t)place);
		return;
	}
	if (mine != NULL && !text_equal(mine->value, same->value)) {
		mem_text_set(&mine->value, same->value);
		return;
	}
	if (place < 0 || (size_t)place >= base->parameter_count)
		return;
	const struct parameter *removed = &base->parameters[place];
	if (parameter_named(server, removed->key) == NULL)
		parameter_append(server, removed);
}

/* A server that the base does not have leaves no place behind: nothing was ever sent of it. */
static void server_drop(struct calling_values *values, size_t at)
{
	server_release(&values->servers[at]);
	values->server_count--;
	memmove(values->servers + at, values->servers + at + 1,
		(values->server_count - at) * sizeof *values->servers);
}

static void added_server_revert(struct draft *draft, struct sip_server *server,
				struct field_ref ref)
{
	switch (ref.field) {
	case FIELD_SERVER_HOSTNAME: mem_text_set(&server->hostname, NULL); break;
	case FIELD_SERVER_PORT: mem_text_set(&server->port, NULL); break;
	case FIELD_SERVER_PARAMETERS: parameters_clear(server); break;
	case FIELD_PARAMETER_KEY:
	case FIELD_PARAMETER_VALUE:
		if (parameter_at(server, ref.parameter) != NULL)
			server_parameter_remove(server, (size_t)ref.parameter);
		break;
	case FIELD_SIP_SERVERS: server_drop(&draft->mine, (size_t)ref.server); break;
	default: break;
	}
}

static void server_field_revert(struct draft *draft, struct field_ref ref)
{
	struct sip_server *server = server_at(draft, ref.server);
	if (server == NULL)
		return;
	const struct sip_server *base = server_base(draft, server);
	if (base == NULL) {
		added_server_revert(draft, server, ref);
		return;
	}
	if (server->removed) {
		server_revert(server, base);
		return;
	}
	switch (ref.field) {
	case FIELD_SIP_SERVERS: server_revert(server, base); break;
	case FIELD_SERVER_HOSTNAME: mem_text_set(&server->hostname, base->hostname); break;
	case FIELD_SERVER_PORT: mem_text_set(&server->port, base->port); break;
	case FIELD_SERVER_PARAMETERS: parameters_revert(server, base); break;
	case FIELD_PARAMETER_KEY:
	case FIELD_PARAMETER_VALUE: parameter_revert(server, base, ref.parameter); break;
	default: break;
	}
}

void draft_revert(struct draft *draft, struct field_ref ref)
{
	if (ref.field == FIELD_SIP_SERVERS && ref.server < 0) {
		for (int i = (int)draft->mine.server_count - 1; i >= 0; i--)
			server_field_revert(draft, field_ref_server(FIELD_SIP_SERVERS, i));
	} else if (ref.field < FIELD_SETTINGS_COUNT && ref.field != FIELD_SIP_SERVERS) {
		mem_text_set(&draft->mine.texts[ref.field], draft->base->values.texts[ref.field]);
	} else {
		server_field_revert(draft, ref);
	}
}

int draft_server_add(struct draft *draft)
{
	(void)values_server_add(&draft->mine);
	return (int)draft->mine.server_count - 1;
}

void draft_server_remove(struct draft *draft, int server)
{
	struct sip_server *removed = server_at(draft, server);
	if (removed != NULL && server_base(draft, removed) == NULL)
		server_drop(&draft->mine, (size_t)server);
	else if (removed != NULL)
		removed->removed = true;
}

int draft_parameter_add(struct draft *draft, int server)
{
	struct sip_server *to = server_at(draft, server);
	if (to == NULL)
		return -1;
	(void)server_parameter_add(to);
	return (int)to->parameter_count - 1;
}

void draft_parameter_remove(struct draft *draft, int server, int parameter)
{
	struct sip_server *from = server_at(draft, server);
	if (from != NULL && parameter_at(from, parameter) != NULL)
		server_parameter_remove(from, (size_t)parameter);
}

void draft_rebase(struct draft *draft, const struct calling_settings *base,
		  struct calling_values *mine)
{
	struct calling_values taken = *mine;
	values_init(mine);
	values_release(&draft->mine);
	draft->base = base;
	draft->mine = taken;
}

bool draft_is_changed(const struct draft *draft)
{
	struct changes changes;
	changes_init(&changes);
	changes_compute(&draft->base->values, &draft->mine, false, &changes);
	bool changed = changes.count > 0;
	changes_release(&changes);
	return changed;
}
