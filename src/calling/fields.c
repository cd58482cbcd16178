#include "calling/fields.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/str.h"
#include "calling/rules.h"

#include <string.h>

enum {
	HOSTNAME_LIMIT = 253,  /* RFC 1035 section 2.3.4, without the closing dot */
	PORT_LIMIT = 5,	       /* 65535 */
	PARAMETER_LIMIT = 128, /* Meta, "Configure SIP": keys and values */
	COUNTRIES_LIMIT = 800, /* all 249 codes of ISO 3166 with a blank each, with room */
};

static const struct choice on_or_off[] = {
	{ "ENABLED", "Enabled" },
	{ "DISABLED", "Disabled" },
	{ NULL, NULL },
};

static const struct choice call_icon_choices[] = {
	{ "DEFAULT", "Shown in chats (DEFAULT)" },
	{ "DISABLE_ALL", "Hidden (DISABLE_ALL)" },
	{ NULL, NULL },
};

static const struct choice srtp_choices[] = {
	{ "DTLS", "DTLS" },
	{ "SDES", "SDES" },
	{ NULL, NULL },
};

static const struct choice codec_choices[] = {
	{ "PCMA", "PCMA" },
	{ "PCMU", "PCMU" },
	{ NULL, NULL },
};

/* Paths, values and limits: Meta, "Call settings", and 360dialog, "Calling settings"; see README,
 * "Sources". */
static const struct field table[FIELD_COUNT] = {
	[FIELD_CALLING] = {
		.id = FIELD_CALLING,
		.form = FIELD_FORM_SETTINGS,
		.section = SECTION_CALLING,
		.type = FIELD_TYPE_ENUM,
		.flags = FIELD_DANGEROUS,
		.path = "status",
		.label = "Calling",
		.help = "Whether this number takes calls; enabling needs a messaging limit of at "
			"least 2000.",
		.details = "The switch for all calling on this number. The service refuses to "
			   "enable it while the number's messaging limit is below 2000 (code "
			   "138015), and while there is neither a SIP server nor an app subscribed "
			   "to the calls webhook (code 138018).",
		.choices = on_or_off,
		.absent = "DISABLED",
	},
	[FIELD_CALL_ICON] = {
		.id = FIELD_CALL_ICON,
		.form = FIELD_FORM_SETTINGS,
		.section = SECTION_CALLING,
		.type = FIELD_TYPE_ENUM,
		.path = "call_icon_visibility",
		.label = "Call icon",
		.help = "Whether chats show the call icon; people's apps may take 7 days to follow.",
		.details = "DEFAULT shows the call icon, DISABLE_ALL hides it. WhatsApp apps may "
			   "take up to 7 days to show the change. The service uses DEFAULT until "
			   "it is set.",
		.choices = call_icon_choices,
		.absent = "DEFAULT",
	},
	[FIELD_CALL_ICON_COUNTRIES] = {
		.id = FIELD_CALL_ICON_COUNTRIES,
		.form = FIELD_FORM_SETTINGS,
		.section = SECTION_CALLING,
		.type = FIELD_TYPE_CODES,
		.path = "call_icons.restrict_to_user_countries",
		.label = "Call icon countries",
		.help = "Country codes (DE FR) whose people see the call icon; empty means all "
			"countries.",
		.details = "Two-letter country codes (ISO 3166-1 alpha-2) with a blank between "
			   "them. The call icon is then shown only to people with numbers of these "
			   "countries. An empty list is no restriction.",
		.absent_words = "All countries",
		.limit = COUNTRIES_LIMIT,
		.validate = rule_countries,
	},
	[FIELD_CALL_HOURS] = {
		.id = FIELD_CALL_HOURS,
		.form = FIELD_FORM_SETTINGS,
		.section = SECTION_CALLING,
		.type = FIELD_TYPE_WORDS,
		.flags = FIELD_READ_ONLY | FIELD_HIDE_ABSENT,
		.path = "call_hours",
		.label = "Call hours",
		.help = "When this number takes calls; it can be changed in WhatsApp Manager, not "
			"here.",
		.details = "The weekly hours, their time zone and the holidays on which this "
			   "number takes calls. Where call hours are disabled, it is open at all "
			   "hours. They are shown in words and never written from here: the "
			   "service replaces them whole, and a holiday schedule left out is "
			   "deleted. Change them in WhatsApp Manager.",
		.absent_words = "Not set",
	},
	[FIELD_CALLBACK_PERMISSION] = {
		.id = FIELD_CALLBACK_PERMISSION,
		.form = FIELD_FORM_SETTINGS,
		.section = SECTION_CALLING,
		.type = FIELD_TYPE_ENUM,
		.path = "callback_permission_status",
		.label = "Callback permission",
		.help = "Whether people who call are asked to allow calls back.",
		.details = "What the service does while this was never set is not documented, so "
			   "an absent value is shown as \"Not set\".",
		.choices = on_or_off,
		.absent_words = "Not set",
	},
	[FIELD_VOICEMAIL] = {
		.id = FIELD_VOICEMAIL,
		.form = FIELD_FORM_SETTINGS,
		.section = SECTION_CALLING,
		.type = FIELD_TYPE_WORDS,
		.flags = FIELD_READ_ONLY | FIELD_HIDE_ABSENT,
		.path = "voicemail",
		.label = "Voicemail",
		.help = "What happens to calls that are rejected or not answered; it cannot be "
			"changed here.",
		.details = "Voicemail takes calls after a rejection, after a time-out of 0 to 30 "
			   "seconds, or both. The service has it since June 2026; it is off until "
			   "it is set.",
		.absent_words = "Off",
	},
	[FIELD_RESTRICTIONS] = {
		.id = FIELD_RESTRICTIONS,
		.form = FIELD_FORM_SETTINGS,
		.section = SECTION_CALLING,
		.type = FIELD_TYPE_WORDS,
		.flags = FIELD_READ_ONLY | FIELD_SERVER_SET | FIELD_HIDE_ABSENT,
		.path = "restrictions",
		.label = "Restrictions",
		.help = "What WhatsApp does not let this number do now, why, and until when.",
		.details = "WhatsApp sets restrictions itself, and settings cannot lift them. While "
			   "calling is paused for quality, the service refuses to enable it (code "
			   "138014).",
		.absent_words = "None",
	},
	[FIELD_SIP] = {
		.id = FIELD_SIP,
		.form = FIELD_FORM_SETTINGS,
		.section = SECTION_SIP,
		.type = FIELD_TYPE_ENUM,
		.flags = FIELD_DANGEROUS,
		.path = "sip.status",
		.label = "SIP signalling",
		.help = "While SIP is enabled, calling endpoints of the Graph API refuse calls and "
			"calling webhooks stop. Messaging is not affected.",
		.details = "Enabled, calls go to the SIP server at once, the Graph API's /calls "
			   "endpoint answers 131055, and calls webhooks stop unless calling "
			   "webhooks are enabled below. Enabling needs at least one SIP server. "
			   "Disabled, the servers are kept.",
		.choices = on_or_off,
		.absent = "DISABLED",
	},
	[FIELD_SIP_WEBHOOKS] = {
		.id = FIELD_SIP_WEBHOOKS,
		.form = FIELD_FORM_SETTINGS,
		.section = SECTION_SIP,
		.type = FIELD_TYPE_ENUM,
		.path = "sip.webhook_delivery",
		.label = "Calling webhooks",
		.help = "Whether call_created and terminate webhooks are sent while SIP is enabled.",
		.details = "The service has this since June 2026; it is off until it is set. Other "
			   "calls webhooks stop while SIP is enabled.",
		.choices = on_or_off,
		.absent = "DISABLED",
	},
	[FIELD_SIP_SERVERS] = {
		.id = FIELD_SIP_SERVERS,
		.form = FIELD_FORM_SETTINGS,
		.section = SECTION_SIP,
		.type = FIELD_TYPE_LIST,
		.flags = FIELD_DANGEROUS,
		.path = "sip.servers",
		.label = "SIP server",
		.help = "Where calls to this number go: one SIP server for each number and app.",
		.details = "The service takes one SIP server per number and app. Where several are "
			   "shown they belong to different apps, and calls then break; an API key "
			   "can remove only its own app's. Emptying the list makes Meta choose a "
			   "new SIP user password.",
		.absent_words = "None",
	},
	[FIELD_SRTP] = {
		.id = FIELD_SRTP,
		.form = FIELD_FORM_SETTINGS,
		.section = SECTION_MEDIA,
		.type = FIELD_TYPE_ENUM,
		.flags = FIELD_DANGEROUS,
		.path = "srtp_key_exchange_protocol",
		.label = "SRTP key exchange",
		.help = "SDES is for a SIP server without ICE, which answers 488 to DTLS; it needs "
			"SIP enabled.",
		.details = "DTLS offers UDP/TLS/RTP/SAVPF with ICE-lite. SDES offers RTP/SAVP "
			   "without ICE: choose it where the SIP server has no ICE and answers "
			   "488. SDES can be chosen only while SIP is enabled. Writing SIP settings "
			   "may reset it to DTLS unseen, so it is sent last, by itself, and read "
			   "back.",
		.choices = srtp_choices,
		.absent = "DTLS",
		.why_disabled = rule_srtp_why_disabled,
	},
	[FIELD_CODECS] = {
		.id = FIELD_CODECS,
		.form = FIELD_FORM_SETTINGS,
		.section = SECTION_MEDIA,
		.type = FIELD_TYPE_WORDS,
		.flags = FIELD_READ_ONLY,
		.path = "audio.additional_codecs",
		.label = "Additional codecs",
		.help = "Codecs offered beside Opus, which is always on; they cannot be changed "
			"here.",
		.details = "Opus is always offered. Since March 2026 the service can offer PCMA "
			   "and PCMU beside it.",
		.choices = codec_choices,
		.absent_words = "Opus only",
		.validate = rule_codecs,
	},
	[FIELD_SIP_PASSWORD] = {
		.id = FIELD_SIP_PASSWORD,
		.form = FIELD_FORM_SETTINGS,
		.section = SECTION_CREDENTIALS,
		.type = FIELD_TYPE_SECRET,
		.flags = FIELD_READ_ONLY | FIELD_SERVER_SET,
		.path = "sip.servers[].sip_user_password",
		.label = "SIP user password",
		.help = "Meta makes it for this number and app; it is fetched only when you ask to "
			"see it.",
		.details = "With it Meta answers the SIP server's challenge; the user name is the "
			   "number's digits without +, the realm wa.meta.vc. It cannot be chosen. "
			   "Only a reset, which interrupts calls, makes a new one; a changed "
			   "hostname may change it too.",
	},
	[FIELD_SERVER_HOSTNAME] = {
		.id = FIELD_SERVER_HOSTNAME,
		.form = FIELD_FORM_SERVER,
		.section = SECTION_SERVER,
		.type = FIELD_TYPE_HOST,
		.flags = FIELD_DANGEROUS,
		.path = "hostname",
		.label = "Hostname",
		.help = "The name in your server's certificate must cover this hostname exactly.",
		.details = "Meta connects to this hostname over TLS and sends INVITE there. Where "
			   "the certificate does not cover the name, no INVITE arrives and there "
			   "is nothing to look at: run the TLS check first. The From domain of the "
			   "server's own calls must equal this hostname or be its parent. A "
			   "changed hostname may change the SIP user password.",
		.absent_words = "Not set",
		.limit = HOSTNAME_LIMIT,
		.validate = rule_hostname,
	},
	[FIELD_SERVER_PORT] = {
		.id = FIELD_SERVER_PORT,
		.form = FIELD_FORM_SERVER,
		.section = SECTION_SERVER,
		.type = FIELD_TYPE_PORT,
		.flags = FIELD_DANGEROUS,
		.path = "port",
		.label = "Port",
		.help = "The TLS port of your SIP server; empty means 5061.",
		.details = "Meta speaks SIP over TLS only. 5060 is a usual mistake: it is the port "
			   "for SIP without TLS.",
		.absent = "5061",
		.limit = PORT_LIMIT,
		.validate = rule_port,
	},
	[FIELD_SERVER_PARAMETERS] = {
		.id = FIELD_SERVER_PARAMETERS,
		.form = FIELD_FORM_SERVER,
		.section = SECTION_PARAMETERS,
		.type = FIELD_TYPE_LIST,
		.path = "request_uri_user_params",
		.label = "User parameters",
		.help = "They stand in the request URI's user part: "
			"sip:+123;tgrp=berlin@sip.acme.example.",
		.details = "Request-URI user parameters let one SIP server tell numbers apart. "
			   "They go before the @; Meta itself adds ;transport=tls after the host, "
			   "so transport is not one of them. tgrp and trunk-context belong "
			   "together (RFC 4904): one alone is ignored.",
		.absent_words = "None",
	},
	[FIELD_SERVER_APP_ID] = {
		.id = FIELD_SERVER_APP_ID,
		.form = FIELD_FORM_SERVER,
		.section = SECTION_SERVER,
		.type = FIELD_TYPE_NUMBER,
		.flags = FIELD_READ_ONLY | FIELD_SERVER_SET,
		.path = "app_id",
		.label = "App",
		.help = "The app this SIP server belongs to; the service sets it.",
		.details = "Each app has its own SIP server on a number, and an API key can change "
			   "or remove only its own app's.",
		.absent_words = "Not given",
	},
	[FIELD_PARAMETER_KEY] = {
		.id = FIELD_PARAMETER_KEY,
		.form = FIELD_FORM_PARAMETER,
		.section = SECTION_PARAMETERS,
		.type = FIELD_TYPE_TEXT,
		.path = "key",
		.label = "Key",
		.help = "The parameter's name, such as tgrp or trunk-context.",
		.details = "At most 128 characters. Letters, digits and -_.!~*'()&+$/ stand for "
			   "themselves in a SIP URI; all others must be percent-encoded.",
		.absent_words = "Empty",
		.limit = PARAMETER_LIMIT,
		.validate = rule_parameter_key,
	},
	[FIELD_PARAMETER_VALUE] = {
		.id = FIELD_PARAMETER_VALUE,
		.form = FIELD_FORM_PARAMETER,
		.section = SECTION_PARAMETERS,
		.type = FIELD_TYPE_TEXT,
		.path = "value",
		.label = "Value",
		.help = "The parameter's value, such as berlin.",
		.details = "At most 128 characters. Letters, digits and -_.!~*'()&+$/ stand for "
			   "themselves in a SIP URI; all others must be percent-encoded.",
		.absent_words = "Empty",
		.limit = PARAMETER_LIMIT,
		.validate = rule_parameter_value,
	},
};

const struct field *field_of(enum field_id id)
{
	return &table[id];
}

const char *section_title(enum field_section section)
{
	static const char *const titles[] = {
		[SECTION_CALLING] = "Calling",
		[SECTION_SIP] = "SIP",
		[SECTION_MEDIA] = "Media",
		[SECTION_CREDENTIALS] = "Credentials",
		[SECTION_SERVER] = "SIP server",
		[SECTION_PARAMETERS] = "Request-URI user parameters",
	};
	return titles[section];
}

const struct choice *field_choice(const struct field *field, const char *value)
{
	if (field->choices == NULL || value == NULL)
		return NULL;
	for (const struct choice *choice = field->choices; choice->value != NULL; choice++)
		if (text_equal_nocase(choice->value, value))
			return choice;
	return NULL;
}

static char *codes_tidy(const char *typed)
{
	static const char between[] = " \t,;";
	struct str codes;
	str_init(&codes);
	for (typed += strspn(typed, between); *typed != '\0'; typed += strspn(typed, between)) {
		if (codes.length > 0)
			str_add_char(&codes, ' ');
		for (size_t length = strcspn(typed, between); length > 0; length--, typed++)
			str_add_char(&codes, *typed >= 'a' && *typed <= 'z'
						     ? (char)(*typed - 'a' + 'A')
						     : *typed);
	}
	return str_detach(&codes);
}

char *field_tidy(const struct field *field, const char *typed)
{
	static const char blanks[] = " \t";
	if (field->type == FIELD_TYPE_CODES)
		return codes_tidy(typed);
	if (field->type != FIELD_TYPE_HOST && field->type != FIELD_TYPE_PORT)
		return mem_text(typed);
	typed += strspn(typed, blanks);
	size_t length = strlen(typed);
	while (length > 0 && strchr(blanks, typed[length - 1]) != NULL)
		length--;
	return mem_text_n(typed, length);
}

static void codecs_words(const char *codes, struct str *out)
{
	str_add(out, "Opus");
	for (const char *at = codes; *at != '\0';) {
		size_t length = strcspn(at, " ");
		if (length > 0) {
			str_add(out, ", ");
			str_append(out, at, length);
		}
		at += length + strspn(at + length, " ");
	}
}

void field_words(const struct field *field, const char *value, struct str *out)
{
	if (field->type == FIELD_TYPE_SECRET) {
		str_add(out, secret_mask());
		return;
	}
	if (value == NULL || *value == '\0')
		value = field->absent;
	if (value == NULL) {
		str_add(out, field->absent_words);
		return;
	}
	if (field->id == FIELD_CODECS) {
		codecs_words(value, out);
		return;
	}
	const struct choice *choice = field_choice(field, value);
	str_add(out, choice != NULL ? choice->words : value);
}

/* A key of letters, digits, _ and - after a dot, any other in brackets, quoted as JSON would. */
static void parameter_path(const char *key, int index, struct str *out)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-";
	if (key == NULL || *key == '\0') {
		str_addf(out, "[%d]", index);
	} else if (key[strspn(key, plain)] == '\0') {
		str_addf(out, ".%s", key);
	} else {
		str_add_char(out, '[');
		json_write_string(out, key);
		str_add_char(out, ']');
	}
}

void field_path(struct field_ref ref, const struct calling_values *values, struct str *out)
{
	const struct field *field = field_of(ref.field);
	str_add(out, "calling.");
	if (field->form == FIELD_FORM_SETTINGS) {
		str_add(out, field->path);
		return;
	}
	str_addf(out, "%s[%d].", field_of(FIELD_SIP_SERVERS)->path, ref.server);
	if (field->form == FIELD_FORM_SERVER) {
		str_add(out, field->path);
		return;
	}
	struct field_ref key = { FIELD_PARAMETER_KEY, ref.server, ref.parameter };
	str_add(out, field_of(FIELD_SERVER_PARAMETERS)->path);
	parameter_path(values == NULL ? NULL : values_get(values, key), ref.parameter, out);
}
