#include "calling/rules.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "calling/changes.h"
#include "calling/fields.h"
#include "calling/hostname.h"
#include "calling/request_uri.h"

#include <stdlib.h>
#include <string.h>

enum {
	PARAMETER_CHARACTERS_MAX = 128, /* Meta, "Configure SIP" */
	PORT_MAX = 65535,
	PORT_DIGITS = 5,
	LETTERS = 26,
	QUOTE_MAX = 40, /* bytes repeated of a value, so that sentences keep within two lines */
};

/* ISO 3166-1 alpha-2, officially assigned codes. */
static const char country_codes[] =
	"AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ "
	"BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM "
	"DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS "
	"GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN "
	"KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ "
	"MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM "
	"PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV "
	"SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI "
	"VN VU WF WS YE YT ZA ZM ZW ";

/* Parameters that are ignored without each other (RFC 4904 section 5). */
static const struct {
	const char *key, *partner;
} partners[] = {
	{ "tgrp", "trunk-context" },
	{ "trunk-context", "tgrp" },
};

/* Appends the start of `text`, whole characters only, with an ellipsis where it is cut. */
static void quote(struct str *out, const char *text)
{
	size_t length = strnlen(text, QUOTE_MAX + 1);
	bool is_cut = length > QUOTE_MAX;
	if (is_cut)
		length = QUOTE_MAX;
	while (is_cut && length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
		length--;
	str_append(out, text, length);
	if (is_cut)
		str_add(out, "…");
}

static void hostname_forms(const char *hostname, struct field_ref ref, struct findings *out)
{
	char *ascii = hostname_to_ascii(hostname);
	char *unicode = hostname_to_unicode(hostname);
	if (!text_equal(ascii, unicode))
		findings_add(out, SEVERITY_INFO, ref,
			     "%s is sent as %s. Your server's certificate must name that form.",
			     unicode, ascii);
	free(ascii);
	free(unicode);
}

void rule_hostname(const struct calling_values *values, struct field_ref ref, struct findings *out)
{
	const char *hostname = values_get(values, ref);
	const char *why;
	switch (hostname_classify(hostname, &why)) {
	case HOSTNAME_EMPTY:
		findings_add(
			out, SEVERITY_FAILURE, ref,
			"SIP needs a hostname: without one no call can reach your server. Type its "
			"public DNS name, like sip.acme.example.");
		return;
	case HOSTNAME_WRONG: findings_add(out, SEVERITY_FAILURE, ref, "%s", why); return;
	case HOSTNAME_IPV4:
	case HOSTNAME_IPV6:
		findings_add(
			out, SEVERITY_WARNING, ref,
			"Certificates rarely name an IP address, and Meta documents a name: calls "
			"may not arrive. Type the server's DNS name.");
		return;
	case HOSTNAME_SINGLE:
		findings_add(
			out, SEVERITY_WARNING, ref,
			"A name without a dot is no public name: Meta cannot find the server, so "
			"no call arrives. Type the full name.");
		break;
	case HOSTNAME_DNS:
	case HOSTNAME_IDN: break;
	}
	hostname_forms(hostname, ref, out);
}

void rule_port(const struct calling_values *values, struct field_ref ref, struct findings *out)
{
	const char *port = values_get(values, ref);
	if (!port || !*port)
		return;
	size_t digits = strspn(port, "0123456789");
	if (port[digits] != '\0') {
		findings_add(
			out, SEVERITY_FAILURE, ref,
			"A port is a number in digits only, from 1 to 65535. Type it again, or "
			"leave it empty for 5061.");
		return;
	}
	long number = digits <= PORT_DIGITS ? strtol(port, NULL, 10) : 0;
	if (number < 1 || number > PORT_MAX)
		findings_add(
			out, SEVERITY_FAILURE, ref,
			"There is no such port: ports go from 1 to 65535. Type the port where your "
			"server takes TLS, usually 5061.");
	else if (port[0] == '0')
		findings_add(
			out, SEVERITY_FAILURE, ref,
			"The service takes a port as a number, without a 0 before it. Type %ld.",
			number);
	else if (number == 5060)
		findings_add(
			out, SEVERITY_WARNING, ref,
			"5060 is usually SIP without encryption; Meta speaks TLS only, so calls "
			"would not arrive. Use your server's TLS port, usually 5061.");
}

static size_t character_count(const char *text)
{
	size_t count = 0;
	for (; *text; text++)
		count += ((unsigned char)*text & 0xc0) != 0x80;
	return count;
}

static bool has_control(const char *text)
{
	size_t length = strlen(text);
	if (!text_utf8_valid(text, length))
		return true;
	while (length > 0) {
		uint32_t character;
		size_t width = text_utf8_decode(text, length, &character);
		if (character < 0x20 || (character >= 0x7f && character < 0xa0))
			return true;
		text += width;
		length -= width;
	}
	return false;
}

/* What holds for keys and values alike; `what` is "key" or "value". */
static void parameter_text_check(const char *text, const char *what, struct field_ref ref,
				 struct findings *out)
{
	size_t count = character_count(text);
	if (count > PARAMETER_CHARACTERS_MAX) {
		findings_add(
			out, SEVERITY_FAILURE, ref,
			"This %s has %zu characters; the service takes at most 128. Shorten it.",
			what, count);
		return;
	}
	if (has_control(text)) {
		findings_add(
			out, SEVERITY_FAILURE, ref,
			"This %s holds a control character, which a request URI cannot carry. Type "
			"it again without.",
			what);
		return;
	}
	struct str escaped, shown;
	str_init(&escaped);
	str_init(&shown);
	user_part_escape(&escaped, text);
	quote(&shown, escaped.bytes);
	if (!text_equal(escaped.bytes, text))
		findings_add(
			out, SEVERITY_INFO, ref,
			"This %s is percent-encoded in the request URI: your server sees %s and "
			"must decode it.",
			what, shown.bytes);
	str_release(&escaped);
	str_release(&shown);
}

static void key_repeated_check(const struct sip_server *server, const char *key,
			       struct field_ref ref, struct findings *out)
{
	bool is_equal = false, is_alike = false;
	for (int i = 0; i < ref.parameter; i++) {
		is_equal = is_equal || text_equal(server->parameters[i].key, key);
		is_alike = is_alike || text_equal_nocase(server->parameters[i].key, key);
	}
	struct str shown;
	str_init(&shown);
	quote(&shown, key);
	if (is_equal)
		findings_add(
			out, SEVERITY_FAILURE, ref,
			"The key %s has a row above already, and only one can be sent. Rename it, "
			"or remove the row (Del).",
			shown.bytes);
	else if (is_alike)
		findings_add(
			out, SEVERITY_WARNING, ref,
			"%s differs from a key above in letter case only; SIP servers take both as "
			"one (RFC 3261). Keep one of them.",
			shown.bytes);
	str_release(&shown);
}

static bool has_parameter(const struct sip_server *server, const char *key)
{
	for (size_t i = 0; i < server->parameter_count; i++)
		if (text_equal_nocase(server->parameters[i].key, key))
			return true;
	return false;
}

static void key_meaning_check(const struct sip_server *server, const char *key,
			      struct field_ref ref, struct findings *out)
{
	if (text_equal_nocase(key, "transport"))
		findings_add(
			out, SEVERITY_WARNING, ref,
			"transport belongs behind the host, where Meta adds transport=tls itself; "
			"here it has no effect. Remove the row (Del).");
	for (size_t i = 0; i < ARRAY_LENGTH(partners); i++) {
		bool is_alone = text_equal_nocase(key, partners[i].key) &&
				!has_parameter(server, partners[i].partner);
		if (is_alone)
			findings_add(out, SEVERITY_WARNING, ref,
				     "%s counts only together with %s: alone, SIP servers ignore "
				     "it (RFC "
				     "4904). Add a parameter %s.",
				     partners[i].key, partners[i].partner, partners[i].partner);
	}
}

void rule_parameter_key(const struct calling_values *values, struct field_ref ref,
			struct findings *out)
{
	const char *key = values_get(values, ref);
	if (!key)
		return;
	const struct sip_server *server = &values->servers[ref.server];
	if (!*key) {
		bool is_empty_row = !*server->parameters[ref.parameter].value;
		findings_add(out, SEVERITY_FAILURE, ref, "%s",
			     is_empty_row
				     ? "An empty parameter row: type a key and value, or remove "
				       "the row (Del)."
				     : "A parameter needs a key, so that your server knows what "
				       "the value is. Type one, or remove the row (Del).");
		return;
	}
	parameter_text_check(key, "key", ref, out);
	key_repeated_check(server, key, ref, out);
	key_meaning_check(server, key, ref, out);
}

void rule_parameter_value(const struct calling_values *values, struct field_ref ref,
			  struct findings *out)
{
	const char *value = values_get(values, ref);
	if (!value)
		return;
	if (*value)
		parameter_text_check(value, "value", ref, out);
	else if (*values->servers[ref.server].parameters[ref.parameter].key)
		findings_add(
			out, SEVERITY_FAILURE, ref,
			"A parameter needs a value of 1 to 128 characters; the service takes none "
			"without. Type one, or remove the row (Del).");
}

/* The next of the codes in `*text`, which stand apart by blanks, into `code`; false at the end. */
static bool next_code(const char **text, struct str *code)
{
	*text += strspn(*text, " \t");
	size_t length = strcspn(*text, " \t");
	str_clear(code);
	str_append(code, *text, length);
	*text += length;
	return length > 0;
}

static bool is_capital(char character)
{
	return character >= 'A' && character <= 'Z';
}

static void country_check(const char *code, bool seen[LETTERS][LETTERS], struct field_ref ref,
			  struct findings *out)
{
	if (!is_capital(code[0]) || !is_capital(code[1]) || code[2] != '\0') {
		struct str shown;
		str_init(&shown);
		quote(&shown, code);
		findings_add(
			out, SEVERITY_FAILURE, ref,
			"%s is no country code: the service takes two capital letters each (ISO "
			"3166). Type them with a blank between: DE FR.",
			shown.bytes);
		str_release(&shown);
		return;
	}
	bool *is_seen = &seen[code[0] - 'A'][code[1] - 'A'];
	if (*is_seen)
		findings_add(out, SEVERITY_WARNING, ref,
			     "%s stands in the list twice, which changes nothing. Take one out.",
			     code);
	else if (!strstr(country_codes, code))
		findings_add(
			out, SEVERITY_WARNING, ref,
			"%s is no assigned country code (ISO 3166), so the service may refuse the "
			"list. Check its letters; the United Kingdom is GB.",
			code);
	*is_seen = true;
}

void rule_countries(const struct calling_values *values, struct field_ref ref, struct findings *out)
{
	const char *text = values_get(values, ref);
	if (!text)
		return;
	bool seen[LETTERS][LETTERS] = { { false } };
	struct str code;
	str_init(&code);
	while (next_code(&text, &code))
		country_check(code.bytes, seen, ref, out);
	str_release(&code);
}

void rule_codecs(const struct calling_values *values, struct field_ref ref, struct findings *out)
{
	const char *text = values_get(values, ref);
	if (!text)
		return;
	const struct field *field = field_of(ref.field);
	bool seen[LETTERS] = { false }; /* by place in the choices, which are fewer */
	struct str code, shown;
	str_init(&code);
	str_init(&shown);
	while (next_code(&text, &code)) {
		const struct choice *choice = field_choice(field, code.bytes);
		str_clear(&shown);
		quote(&shown, code.bytes);
		if (!choice)
			findings_add(out, SEVERITY_FAILURE, ref,
				     "%s is no codec that can be added: the service takes PCMA and "
				     "PCMU, and Opus is always on. Take it out.",
				     shown.bytes);
		else if (seen[choice - field->choices])
			findings_add(
				out, SEVERITY_WARNING, ref,
				"%s stands in the list twice, which changes nothing. Take one out.",
				shown.bytes);
		if (choice)
			seen[choice - field->choices] = true;
	}
	str_release(&code);
	str_release(&shown);
}

const char *rule_srtp_why_disabled(const struct calling_values *values, const char *value)
{
	if (!text_equal_nocase(value, "SDES") || values_sip_enabled(values))
		return NULL;
	return "SDES works only while SIP signalling is enabled. Enable SIP signalling first, then "
	       "choose SDES.";
}

const char *rules_why_disabled(const struct calling_values *mine, enum field_id id,
			       const char *value)
{
	const struct field *field = field_of(id);
	return field->why_disabled ? field->why_disabled(mine, value) : NULL;
}

bool rules_sip_off_ends_sdes(const struct calling_values *mine, const char *value)
{
	return values_srtp_is_sdes(mine) && !text_equal_nocase(value, "ENABLED");
}

/* The place in the base's server of the parameter at `ref`: among rows of one key the n-th is the
 * n-th there. -1: the base has none. */
static int base_parameter(const struct sip_server *base, const struct sip_server *mine,
			  int parameter)
{
	const char *key = mine->parameters[parameter].key;
	int earlier = 0;
	for (int i = 0; i < parameter; i++)
		earlier += text_equal(mine->parameters[i].key, key);
	for (size_t i = 0; i < base->parameter_count; i++)
		if (text_equal(base->parameters[i].key, key) && earlier-- == 0)
			return (int)i;
	return -1;
}

/* Is the value at `ref` as the service sent it? */
static bool is_theirs(const struct calling_settings *base, const struct calling_values *mine,
		      struct field_ref ref)
{
	if (!base)
		return false;
	struct field_ref there = ref;
	if (ref.server >= 0) {
		there.server = mine->servers[ref.server].origin;
		if (there.server < 0 || (size_t)there.server >= base->values.server_count)
			return false;
	}
	if (ref.parameter >= 0) {
		there.parameter = base_parameter(&base->values.servers[there.server],
						 &mine->servers[ref.server], ref.parameter);
		if (there.parameter < 0)
			return false;
	}
	return text_equal(values_get(&base->values, there), values_get(mine, ref));
}

/* Runs the validator of one row, softening what it says about a value that is theirs. */
static void field_check(const struct calling_settings *base, const struct calling_values *mine,
			struct field_ref ref, struct findings *findings)
{
	const struct field *field = field_of(ref.field);
	if (!field->validate)
		return;
	struct findings found;
	findings_init(&found);
	field->validate(mine, ref, &found);
	bool softened = found.count > 0 && is_theirs(base, mine, ref);
	for (size_t i = 0; i < found.count; i++) {
		enum severity severity = found.items[i].severity;
		if (severity == SEVERITY_FAILURE && softened)
			severity = SEVERITY_WARNING;
		findings_add(findings, severity, ref, "%s", found.items[i].sentence);
	}
	findings_release(&found);
}

static void form_check(const struct calling_settings *base, const struct calling_values *mine,
		       enum field_form form, struct field_ref ref, struct findings *findings)
{
	for (int id = 0; id < FIELD_COUNT; id++) {
		ref.field = (enum field_id)id;
		if (field_of(ref.field)->form == form)
			field_check(base, mine, ref, findings);
	}
}

static void fields_check(const struct calling_settings *base, const struct calling_values *mine,
			 struct findings *findings)
{
	form_check(base, mine, FIELD_FORM_SETTINGS, field_ref_of(FIELD_CALLING), findings);
	for (int s = 0; (size_t)s < mine->server_count; s++) {
		if (mine->servers[s].removed)
			continue;
		form_check(base, mine, FIELD_FORM_SERVER,
			   field_ref_server(FIELD_SERVER_HOSTNAME, s), findings);
		for (int p = 0; (size_t)p < mine->servers[s].parameter_count; p++)
			form_check(base, mine, FIELD_FORM_PARAMETER,
				   field_ref_parameter(FIELD_PARAMETER_KEY, s, p), findings);
	}
}

static bool is_sdes_without_sip(const struct calling_values *values)
{
	return values_srtp_is_sdes(values) && !values_sip_enabled(values);
}

static bool is_sip_without_server(const struct calling_values *values)
{
	return values_sip_enabled(values) && values_servers_alive(values) == 0;
}

static bool is_sip_without_calling(const struct calling_values *values)
{
	return values_sip_enabled(values) && !values_calling_enabled(values);
}

static bool is_server_without_sip(const struct calling_values *values)
{
	return values_servers_alive(values) > 0 && !values_sip_enabled(values);
}

/* Values that do not go together. Where the base is in the same state a failure is softened, and
 * what many numbers are left in on purpose is not told. */
static const struct combination {
	bool (*holds)(const struct calling_values *values);
	bool is_told_when_new; /* only then */
	enum severity severity;
	enum field_id field;
	const char *sentence;
} combinations[] = {
	{ is_sip_without_calling, false, SEVERITY_WARNING, FIELD_CALLING,
	  "SIP signalling is enabled but calling is not: no calls arrive until calling is enabled. "
	  "Enable Calling as well." },
	{ is_server_without_sip, true, SEVERITY_WARNING, FIELD_SIP,
	  "A SIP server is set, but SIP signalling is disabled: no call goes to it. Enable SIP "
	  "signalling as well." },
	{ is_sip_without_server, false, SEVERITY_FAILURE, FIELD_SIP_SERVERS,
	  "SIP signalling needs a SIP server: without one the service refuses it. Add a server, or "
	  "disable SIP signalling." },
	{ is_sdes_without_sip, false, SEVERITY_FAILURE, FIELD_SRTP,
	  "SDES works only while SIP signalling is enabled; the service would refuse or reset it. "
	  "Enable SIP signalling, or choose DTLS." },
};

static void combinations_check(const struct calling_settings *base,
			       const struct calling_values *mine, struct findings *findings)
{
	for (size_t i = 0; i < ARRAY_LENGTH(combinations); i++) {
		const struct combination *combination = &combinations[i];
		if (!combination->holds(mine))
			continue;
		bool is_unchanged = base && combination->holds(&base->values);
		if (is_unchanged && combination->is_told_when_new)
			continue;
		findings_add(findings, is_unchanged ? SEVERITY_WARNING : combination->severity,
			     field_ref_of(combination->field), "%s", combination->sentence);
	}
}

static void servers_check(const struct calling_values *mine, struct findings *findings)
{
	const struct sip_server *first = values_first_server(mine);
	for (int s = 0; (size_t)s < mine->server_count; s++) {
		if (mine->servers[s].removed || &mine->servers[s] == first)
			continue;
		findings_add(findings, SEVERITY_WARNING, field_ref_server(FIELD_SERVER_HOSTNAME, s),
			     "A number has one SIP server per app; with several, calls break. "
			     "Remove all "
			     "but one; another app's needs that app's key.");
	}
}

static void base_check(const struct calling_settings *base, const struct calling_values *mine,
		       struct findings *findings)
{
	const char *restrictions = base->values.texts[FIELD_RESTRICTIONS];
	if (restrictions)
		findings_add(findings, SEVERITY_WARNING, field_ref_of(FIELD_RESTRICTIONS),
			     "WhatsApp restricts this number: %s%s Settings cannot lift it.",
			     restrictions, text_full_stop(restrictions));
	if (!base->why_not_editable)
		return;
	struct changes changes;
	changes_init(&changes);
	changes_compute(&base->values, mine, false, &changes);
	if (changes.count > 0)
		findings_add(findings, SEVERITY_FAILURE, field_ref_of(FIELD_SIP), "%s",
			     base->why_not_editable);
	changes_release(&changes);
}

void rules_check(const struct calling_settings *base, const struct calling_values *mine,
		 struct findings *findings)
{
	fields_check(base, mine, findings);
	combinations_check(base, mine, findings);
	servers_check(mine, findings);
	if (base)
		base_check(base, mine, findings);
}
