#include "tests/support/random_settings.h"

#include "base/json.h"
#include "base/mem.h"
#include "calling/fields.h"

#include <string.h>

enum { SERVERS_MAX = 3 };

/* xorshift64* */
uint32_t random_below(struct random *random, uint32_t limit)
{
	random->state ^= random->state >> 12;
	random->state ^= random->state << 25;
	random->state ^= random->state >> 27;
	return (uint32_t)((random->state * 0x2545f4914f6cdd1dULL) >> 33) % limit;
}

static bool one_in(struct random *random, uint32_t count)
{
	return random_below(random, count) == 0;
}

static const char *pick(struct random *random, const char *const items[], size_t count)
{
	return items[random_below(random, (uint32_t)count)];
}

static const char *const hostnames[] = {
	"sip.acme.example",	  "SIP.Acme.Example", "voice.example", "m\xc3\xbcnchen.example",
	"xn--mnchen-3ya.example", "10.0.0.1",	      "no host"
};
static const char *const ports[] = { "5061", "5060", "5071", "443" };
static const char *const country_lists[] = { "", "DE", "DE FR", "FR DE", "US" };
const char *const random_parameter_keys[RANDOM_KEYS] = { "tgrp", "trunk-context", "a b", "\xc3\xa9",
							 "" };
static const char *const parameter_values[] = { "berlin", "acme.example", "", "\"\\\x01" };
static const char *const unknown_values[] = {
	"9007199254740993",
	"1.50e+3",
	"\"\\u00e9\\/\"",
	"[ ]",
	"[1, {\"status\":\"ENABLED\"}]",
	"null",
	"true",
	"{ \"a\" : -0 }",
	"\"\"",
	"{\"sip\":{\"servers\":[]}}",
};

#define PICK(random, items) pick(random, items, ARRAY_LENGTH(items))

static void comma(struct str *out)
{
	char last = out->bytes[out->length - 1];
	if (last != '{' && last != '[')
		str_add_char(out, ',');
}

static void unknown_members_add(struct random *random, struct str *out)
{
	for (uint32_t i = random_below(random, 3); i > 0; i--) {
		comma(out);
		str_addf(out, "\"x_%u\": %s ", i, PICK(random, unknown_values));
	}
}

static void choice_add(struct random *random, struct str *out, const char *name, const char *a,
		       const char *b)
{
	if (one_in(random, 3))
		return;
	comma(out);
	str_addf(out, "\"%s\":\"", name);
	for (const char *at = one_in(random, 2) ? a : b; *at != '\0'; at++)
		str_add_char(out,
			     (char)(*at >= 'A' && *at <= 'Z' && one_in(random, 8) ? *at - 'A' + 'a'
										  : *at));
	str_add_char(out, '"');
}

static void parameters_add(struct random *random, struct str *out)
{
	if (one_in(random, 3))
		return;
	str_add(out, ",\"request_uri_user_params\":{");
	for (size_t i = 0; i < RANDOM_KEYS; i++) {
		if (one_in(random, 2))
			continue;
		comma(out);
		json_write_string(out, random_parameter_keys[i]);
		str_add_char(out, ':');
		if (one_in(random, 6))
			str_add(out, one_in(random, 2) ? "7.0e1" : "null");
		else
			json_write_string(out, PICK(random, parameter_values));
	}
	str_add_char(out, '}');
}

static void server_add(struct random *random, struct str *out, size_t place, bool several)
{
	comma(out);
	str_add(out, "{\"hostname\":");
	json_write_string(out, PICK(random, hostnames));
	if (!one_in(random, 3))
		str_addf(out, one_in(random, 3) ? ",\"port\":\"%s\"" : ",\"port\":%s",
			 PICK(random, ports));
	if (place == RANDOM_OWN_PLACE && (several || one_in(random, 2)))
		str_add(out, ",\"app_id\":" RANDOM_OWN_APP);
	else if (several)
		str_addf(out, ",\"app_id\":\"%zu\"", place);
	if (one_in(random, 2))
		str_add(out, ",\"sip_user_password\":\"hunter2\"");
	if (one_in(random, 4))
		str_add(out, ",\"password\":\"hunter3\"");
	parameters_add(random, out);
	unknown_members_add(random, out);
	str_add_char(out, '}');
}

static void sip_add(struct random *random, struct str *out)
{
	comma(out);
	str_add(out, "\"sip\":{");
	choice_add(random, out, "status", "ENABLED", "DISABLED");
	choice_add(random, out, "webhook_delivery", "ENABLED", "DISABLED");
	unknown_members_add(random, out);
	uint32_t count =
		one_in(random, 5) ? random_below(random, SERVERS_MAX + 1) : random_below(random, 2);
	if (count > 0 || one_in(random, 2)) {
		comma(out);
		str_add(out, "\"servers\":[");
		for (size_t i = 0; i < count; i++)
			server_add(random, out, i, count > 1);
		str_add_char(out, ']');
	}
	str_add_char(out, '}');
}

static void call_icons_add(struct random *random, struct str *out)
{
	comma(out);
	str_add(out, "\"call_icons\":{");
	if (one_in(random, 2))
		str_add(out, "\"restrict_to_user_countries\":[\"DE\",\"FR\"]");
	unknown_members_add(random, out);
	str_add_char(out, '}');
}

void random_settings_document(struct random *random, struct str *out)
{
	str_add(out, "{\"storage_configuration\":{\"s\":1},\"calling\":{");
	choice_add(random, out, "status", "ENABLED", "DISABLED");
	choice_add(random, out, "call_icon_visibility", "DEFAULT", "DISABLE_ALL");
	choice_add(random, out, "callback_permission_status", "ENABLED", "DISABLED");
	if (!one_in(random, 3))
		call_icons_add(random, out);
	if (one_in(random, 2)) {
		comma(out);
		str_add(out, "\"call_hours\":{\"status\":\"DISABLED\",\"timezone_id\":\"UTC\"}");
	}
	if (one_in(random, 2)) {
		comma(out);
		str_add(out, "\"audio\":{\"additional_codecs\":[\"PCMA\"],\"u\":1.0}");
	}
	if (!one_in(random, 6))
		sip_add(random, out);
	choice_add(random, out, "srtp_key_exchange_protocol", "SDES", "DTLS");
	unknown_members_add(random, out);
	str_add(out, "}}");
}

/* Each is one the service can hold: no server without a hostname, no key twice. */
static void text_edit(struct random *random, struct calling_values *values, bool touched[])
{
	enum field_id id = (enum field_id)random_below(random, FIELD_SETTINGS_COUNT);
	const struct field *field = field_of(id);
	if ((field->flags & FIELD_READ_ONLY) != 0)
		return;
	if (field->type == FIELD_TYPE_ENUM) {
		touched[id] = true;
		bool absent = field->absent != NULL && one_in(random, 4);
		const char *value = field->choices[random_below(random, 2)].value;
		mem_text_set(&values->texts[id], absent		     ? NULL
						 : one_in(random, 3) ? "NEW_VALUE"
								     : value);
	} else if (field->type == FIELD_TYPE_CODES) {
		touched[id] = true;
		mem_text_set(&values->texts[id], PICK(random, country_lists));
	}
}

static void parameter_edit(struct random *random, struct sip_server *server)
{
	const char *key = PICK(random, random_parameter_keys);
	size_t at = 0;
	while (at < server->parameter_count && strcmp(server->parameters[at].key, key) != 0)
		at++;
	bool found = at < server->parameter_count;
	if (found && one_in(random, 3)) {
		server_parameter_remove(server, at);
		return;
	}
	struct parameter *parameter =
		found ? &server->parameters[at] : server_parameter_add(server);
	mem_text_set(&parameter->key, key);
	mem_text_set(&parameter->value, PICK(random, parameter_values));
}

static void server_edit(struct random *random, struct sip_server *server)
{
	switch (random_below(random, 5)) {
	case 0: server->removed = true; break;
	case 1: mem_text_set(&server->hostname, PICK(random, hostnames)); break;
	case 2: mem_text_set(&server->port, one_in(random, 4) ? NULL : PICK(random, ports)); break;
	default: parameter_edit(random, server); break;
	}
}

static void servers_edit(struct random *random, struct calling_values *values, bool touched[])
{
	size_t base_count = 0;
	for (size_t i = 0; i < values->server_count; i++)
		base_count += values->servers[i].origin >= 0;
	bool several = base_count > 1;
	touched[FIELD_SIP_SERVERS] = true;
	if (!several && values_servers_alive(values) == 0) {
		struct sip_server *server = values_server_add(values);
		mem_text_set(&server->hostname, PICK(random, hostnames));
		return;
	}
	size_t place = several ? RANDOM_OWN_PLACE : values->server_count - 1; /* the live one */
	struct sip_server *server = &values->servers[place];
	if (!server->removed)
		server_edit(random, server);
}

void random_settings_edit(struct random *random, struct calling_values *values, bool touched[])
{
	for (uint32_t i = random_below(random, 16); i > 0; i--) {
		if (one_in(random, 2))
			servers_edit(random, values, touched);
		else
			text_edit(random, values, touched);
	}
}
