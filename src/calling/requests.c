#include "calling/requests.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "calling/answer.h"
#include "calling/fields.h"
#include "calling/hostname.h"
#include "calling/value_paths.h"

#include <stdlib.h>
#include <string.h>

enum { PORT_DIGITS_MAX = 5 /* 65535; whether it is in range is for rules to say */ };

/* Members that are written from the values. */
static const char *const sip_members[] = { "status", "webhook_delivery", "servers", NULL };

/* One plan in the making. */
struct plan_work {
	const struct calling_settings *base;
	const struct calling_values *mine;
	bool fields[FIELD_SETTINGS_COUNT]; /* that differ; FIELD_SIP_SERVERS: any server */
	bool *servers;			   /* of mine that differ or are new */
	bool server_gone;		   /* one of the base is in mine no more */
	struct str out;
	struct err *err;
	bool refused;
};

void write_plan_init(struct write_plan *plan)
{
	*plan = (struct write_plan) { 0 };
}

void write_plan_release(struct write_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		free(plan->requests[i].body);
		free(plan->requests[i].title);
	}
	write_plan_init(plan);
}

static void differences_find(struct plan_work *work)
{
	struct value_walk walk;
	value_walk_init(&walk);
	value_walk_pair(&walk, &work->base->values, work->mine, false);
	struct value_row row;
	int server = -1; /* of mine; -1: it has none at this place */
	while (value_walk_next(&walk, &row)) {
		const struct value_path *path = row.sides[1] != NULL ? row.sides[1] : row.sides[0];
		if (path->ref.field == FIELD_SIP_SERVERS)
			server = row.sides[1] != NULL ? path->ref.server : -1;
		if (value_path_same(row.sides[0], row.sides[1]))
			continue;
		enum field_id top = value_path_top(path);
		work->fields[top] = true;
		if (top == FIELD_SIP_SERVERS && server >= 0)
			work->servers[server] = true;
		else if (top == FIELD_SIP_SERVERS)
			work->server_gone = true;
	}
	value_walk_release(&walk);
}

/* The first refusal is kept. */
static void refuse(struct plan_work *work, struct field_ref ref, const char *sentence,
		   const char *next_step)
{
	if (work->refused)
		return;
	work->refused = true;
	err_set(work->err, ERR_INPUT, "%s", sentence);
	err_next_step(work->err, "%s", next_step);
	struct str path;
	str_init(&path);
	field_path(ref, work->mine, &path);
	err_field(work->err, path.bytes);
	str_release(&path);
}

/* An element or a member begins with a comma, unless it is the first. */
static void element_begin(struct str *out)
{
	char last = out->bytes[out->length - 1];
	if (last != '{' && last != '[')
		str_add_char(out, ',');
}

static void member_begin(struct str *out, const char *name)
{
	element_begin(out);
	json_write_string(out, name);
	str_add_char(out, ':');
}

static void string_write(struct plan_work *work, struct field_ref ref, const char *text)
{
	if (!text_utf8_valid(text, strlen(text)))
		refuse(work, ref, "This value is not valid UTF-8, so it cannot be sent.",
		       "Type it again.");
	json_write_string(&work->out, text);
}

/* What a write does not touch goes out as it came: a number where a string is usual, "null". The
 * text of what is neither is its JSON (settings_decode). */
static bool kept_write(struct plan_work *work, const cJSON *item, const char *text)
{
	if (item == NULL)
		return false;
	struct json_slice slice = json_slice(&work->base->doc, item);
	bool same = json_text(item) != NULL ? text_equal(json_text(item), text)
					    : strlen(text) == slice.length &&
						      memcmp(text, slice.bytes, slice.length) == 0;
	if (same)
		str_append(&work->out, slice.bytes, slice.length);
	return same;
}

static void choice_write(struct plan_work *work, enum field_id id, const cJSON *item)
{
	const struct field *field = field_of(id);
	struct field_ref ref = field_ref_of(id);
	const char *text = work->mine->texts[id] != NULL ? work->mine->texts[id] : field->absent;
	if (text == NULL) {
		refuse(work, ref, "The service cannot take this value back to \"not set\".",
		       "Choose one of its values.");
		return;
	}
	const struct choice *choice = field_choice(field, text);
	if (choice != NULL)
		json_write_string(&work->out, choice->value);
	else if (!kept_write(work, item, text))
		string_write(work, ref, text);
}

/* Codes go out as the table spells them, or as they are typed. */
static void codes_write(struct plan_work *work, enum field_id id)
{
	const char *at = work->mine->texts[id] != NULL ? work->mine->texts[id] : "";
	str_add_char(&work->out, '[');
	for (at += strspn(at, " "); *at != '\0'; at += strspn(at, " ")) {
		size_t length = strcspn(at, " ");
		char *code = mem_text_n(at, length);
		const struct choice *choice = field_choice(field_of(id), code);
		element_begin(&work->out);
		string_write(work, field_ref_of(id), choice != NULL ? choice->value : code);
		free(code);
		at += length;
	}
	str_add_char(&work->out, ']');
}

static void hostname_write(struct plan_work *work, int index, const cJSON *item)
{
	struct field_ref ref = field_ref_server(FIELD_SERVER_HOSTNAME, index);
	const char *hostname = values_get(work->mine, ref);
	if (hostname == NULL || *hostname == '\0') {
		refuse(work, ref, "A SIP server without a hostname cannot be sent.",
		       "Type its hostname, or remove the server.");
		return;
	}
	member_begin(&work->out, "hostname");
	if (kept_write(work, item, hostname))
		return;
	char *ascii = hostname_to_ascii(hostname);
	string_write(work, ref, ascii != NULL ? ascii : hostname);
	free(ascii);
}

static void port_write(struct plan_work *work, int index, const cJSON *item)
{
	struct field_ref ref = field_ref_server(FIELD_SERVER_PORT, index);
	const char *port = values_get(work->mine, ref);
	if (port == NULL || *port == '\0')
		port = field_of(FIELD_SERVER_PORT)->absent;
	member_begin(&work->out, "port");
	size_t length = strlen(port);
	if (length <= PORT_DIGITS_MAX && strspn(port, "0123456789") == length)
		str_addf(&work->out, "%ld", strtol(port, NULL, 10)); /* JSON has no leading 0 */
	else if (!kept_write(work, item, port))
		refuse(work, ref, "The port is not a number, so it cannot be sent.",
		       "Type a port from 1 to 65535, or leave it empty for 5061.");
}

static bool key_stands_before(const struct sip_server *server, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (strcmp(server->parameters[i].key, server->parameters[index].key) == 0)
			return true;
	return false;
}

/* An empty object takes the base's parameters away; left out, nothing is said about them. */
static void parameters_write(struct plan_work *work, int index, const cJSON *base)
{
	const struct sip_server *server = &work->mine->servers[index];
	if (server->parameter_count == 0 && cJSON_GetArraySize(base) == 0)
		return;
	member_begin(&work->out, "request_uri_user_params");
	str_add_char(&work->out, '{');
	for (size_t i = 0; i < server->parameter_count; i++) {
		const struct parameter *parameter = &server->parameters[i];
		struct field_ref ref = field_ref_parameter(FIELD_PARAMETER_KEY, index, (int)i);
		if (key_stands_before(server, i))
			refuse(work, ref, "This parameter stands twice in one SIP server.",
			       "Remove one of the two.");
		element_begin(&work->out);
		string_write(work, ref, parameter->key);
		str_add_char(&work->out, ':');
		ref.field = FIELD_PARAMETER_VALUE;
		if (!kept_write(work, json_member(base, parameter->key), parameter->value))
			string_write(work, ref, parameter->value);
	}
	str_add_char(&work->out, '}');
}

static void server_write(struct plan_work *work, int index, const cJSON *servers)
{
	int origin = work->mine->servers[index].origin;
	const cJSON *base = origin < 0 ? NULL : cJSON_GetArrayItem(servers, origin);
	str_add_char(&work->out, '{');
	hostname_write(work, index, json_member(base, "hostname"));
	port_write(work, index, json_member(base, "port"));
	parameters_write(work, index, json_member(base, "request_uri_user_params"));
	const char *unknown = work->mine->servers[index].unknown;
	if (unknown != NULL)
		str_addf(&work->out, ",%.*s", (int)strlen(unknown) - 2, unknown + 1);
	str_add_char(&work->out, '}');
}

/* Several servers in the base are of different apps, and a key can write only its own app's: the
 * others are left alone. */
static bool server_is_sent(const struct plan_work *work, size_t index)
{
	if (work->mine->servers[index].removed)
		return false;
	return work->base->values.server_count <= 1 || work->servers[index];
}

static void servers_write(struct plan_work *work, const cJSON *servers)
{
	size_t sent = 0;
	for (size_t i = 0; i < work->mine->server_count; i++)
		sent += server_is_sent(work, i);
	/* A removal is said by a list without the server, even where others were there. */
	if (sent == 0 && work->base->values.server_count > 1 && !work->server_gone)
		return;
	member_begin(&work->out, "servers");
	str_add_char(&work->out, '[');
	for (size_t i = 0; i < work->mine->server_count; i++) {
		if (!server_is_sent(work, i))
			continue;
		element_begin(&work->out);
		server_write(work, (int)i, servers);
	}
	str_add_char(&work->out, ']');
}

static void sip_write(struct plan_work *work, const cJSON *sip)
{
	const cJSON *webhooks = json_member(sip, "webhook_delivery");
	str_add_char(&work->out, '{');
	member_begin(&work->out, "status");
	choice_write(work, FIELD_SIP, json_member(sip, "status"));
	if (work->mine->texts[FIELD_SIP_WEBHOOKS] != NULL || json_text(webhooks) != NULL) {
		member_begin(&work->out, "webhook_delivery");
		choice_write(work, FIELD_SIP_WEBHOOKS, webhooks);
	}
	servers_write(work, json_member(sip, "servers"));
	answer_write_unknown(&work->base->doc, sip, sip_members, &work->out);
	str_add_char(&work->out, '}');
}

/* An object with one list of codes that we know: `call_icons`, `audio`. */
static void codes_unit_write(struct plan_work *work, enum field_id id, const char *member,
			     const cJSON *object)
{
	const char *const known[] = { member, NULL };
	str_add_char(&work->out, '{');
	member_begin(&work->out, member);
	codes_write(work, id);
	answer_write_unknown(&work->base->doc, object, known, &work->out);
	str_add_char(&work->out, '}');
}

static void unit_write(struct plan_work *work, enum field_id id)
{
	const char *path = field_of(id)->path;
	size_t length = strcspn(path, ".");
	char *unit = mem_text_n(path, length);
	const cJSON *item = json_member(work->base->calling, unit);
	member_begin(&work->out, unit);
	if (value_field_is_sip(id))
		sip_write(work, item);
	else if (path[length] == '.')
		codes_unit_write(work, id, path + length + 1, item);
	else
		choice_write(work, id, item);
	free(unit);
}

static void title_add(struct str *title, enum field_id id)
{
	str_addf(title, "%s%s", title->length > 0 ? ", " : "", field_of(id)->label);
}

static bool sip_differs(const struct plan_work *work)
{
	return work->fields[FIELD_SIP] || work->fields[FIELD_SIP_WEBHOOKS] ||
	       work->fields[FIELD_SIP_SERVERS];
}

static void request_add(struct write_plan *plan, char *body, char *title, bool is_srtp)
{
	plan->requests[plan->count++] = (struct write_request) { body, title, is_srtp };
}

static void units_request_make(struct plan_work *work, struct write_plan *plan)
{
	struct str title;
	str_init(&title);
	bool sip_written = false;
	str_add(&work->out, "{\"calling\":{");
	for (int i = 0; i < FIELD_SETTINGS_COUNT; i++) {
		enum field_id id = (enum field_id)i;
		if (!work->fields[id] || id == FIELD_SRTP)
			continue;
		title_add(&title, id);
		if (value_field_is_sip(id) && sip_written)
			continue;
		unit_write(work, id);
		sip_written = sip_written || value_field_is_sip(id);
	}
	str_add(&work->out, "}}");
	if (title.length > 0)
		request_add(plan, str_detach(&work->out), str_detach(&title), false);
	str_release(&title);
}

/* A POST with `sip` may reset SRTP to DTLS unseen (reports from the field): what is not DTLS goes
 * once more, but for a POST that turns SIP off, since SDES is refused then. */
static void srtp_request_make(struct plan_work *work, struct write_plan *plan)
{
	bool kept = !work->fields[FIELD_SRTP];
	bool is_off = text_equal_nocase(work->mine->texts[FIELD_SIP], "DISABLED");
	if (kept && (!sip_differs(work) || values_srtp_is_dtls(work->mine) || is_off))
		return;
	const char *last = plan->count > 0 ? ", last and by itself" : "";
	str_clear(&work->out);
	choice_write(work, FIELD_SRTP,
		     json_member(work->base->calling, field_of(FIELD_SRTP)->path));
	const char *value =
		values_srtp_is_sdes(work->mine) ? "SDES" : work->mine->texts[FIELD_SRTP];
	char *title = kept ? mem_format("%s: %s again, because a SIP write may reset it to DTLS",
					field_of(FIELD_SRTP)->label, value)
			   : mem_format("%s%s", field_of(FIELD_SRTP)->label, last);
	char *body = mem_format("{\"calling\":{\"%s\":%s}}", field_of(FIELD_SRTP)->path,
				work->out.bytes);
	request_add(plan, body, title, true);
}

bool write_plan_make(struct write_plan *plan, const struct calling_settings *base,
		     const struct calling_values *mine, struct err *err)
{
	write_plan_init(plan);
	if (base->why_not_editable != NULL)
		return err_set(err, ERR_INPUT, "%s", base->why_not_editable);
	struct plan_work work = { .base = base, .mine = mine, .err = err };
	work.servers = mem_alloc(mine->server_count, sizeof *work.servers);
	str_init(&work.out);
	differences_find(&work);
	units_request_make(&work, plan);
	srtp_request_make(&work, plan);
	if (work.refused)
		write_plan_release(plan);
	str_release(&work.out);
	free(work.servers);
	return !work.refused;
}

char *write_srtp_body(const char *value)
{
	const struct choice *choice = field_choice(field_of(FIELD_SRTP), value);
	struct str body;
	str_init(&body);
	str_addf(&body, "{\"calling\":{\"%s\":", field_of(FIELD_SRTP)->path);
	json_write_string(&body, choice != NULL ? choice->value : value);
	str_add(&body, "}}");
	return str_detach(&body);
}
