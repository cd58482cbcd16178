#include "service/answers.h"

#include "base/mem.h"
#include "base/str.h"
#include "service/envelope.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum meaning_id {
	KEY_WRONG,
	NO_PERMISSION,
	RATE_LIMITED,
	PASSING_FAULT,
	ACCOUNT_LOCKED,
	VALUE_INVALID,
	CALLING_OFF,
	COUNTRY_WITHOUT_CALLING,
	CALLING_PAUSED,
	LIMIT_TOO_LOW,
	NOBODY_TO_CALL,
	ADDRESS_UNKNOWN,
	METHOD_UNKNOWN,
	REQUEST_TOO_LARGE,
};

struct meaning {
	enum err_kind kind;
	const char *sentence;
	const char *next_step;
	const char *field; /* what to look at; NULL: it does not follow from the code */
};

static const struct meaning MEANINGS[] = {
	[KEY_WRONG] = {
		.kind = ERR_KEY,
		.sentence = "The service does not take this API key: it is wrong or has expired.",
		.next_step = "Check the API key of this number, or make a new one in the 360dialog Hub.",
	},
	[NO_PERMISSION] = {
		.kind = ERR_FORBIDDEN,
		.sentence = "The API key is known, but it has no permission for this.",
		.next_step = "Ask 360dialog's support which permission this number lacks.",
	},
	[RATE_LIMITED] = {
		.kind = ERR_RATE,
		.sentence = "The service takes no more requests for now: too many came within a "
			    "short time. This one was not carried out.",
		.next_step = "Wait a moment, then try again.",
	},
	[PASSING_FAULT] = {
		.kind = ERR_PASSING,
		.sentence = "The service has a passing fault.",
		.next_step = "Try again in a moment.",
	},
	[ACCOUNT_LOCKED] = {
		.kind = ERR_REFUSED,
		.sentence = "WhatsApp has locked this account, so its settings are closed too.",
		.next_step = "Settings cannot mend this: look in WhatsApp Manager, or ask "
			     "360dialog's support.",
	},
	[VALUE_INVALID] = {
		.kind = ERR_REFUSED,
		.sentence = "The service refuses a value as invalid. This request changed nothing.",
		.next_step = "Correct the value, then send again.",
	},
	[CALLING_OFF] = {
		.kind = ERR_REFUSED,
		.sentence = "Calling is not enabled on this number. This request changed nothing.",
		.next_step = "Set Calling to Enabled first.",
		.field = "calling.status",
	},
	[COUNTRY_WITHOUT_CALLING] = {
		.kind = ERR_REFUSED,
		.sentence = "WhatsApp calling is not available in this number's country. This "
			    "request changed nothing.",
		.next_step = "Settings cannot mend this: ask 360dialog's support.",
		.field = "calling.status",
	},
	[CALLING_PAUSED] = {
		.kind = ERR_REFUSED,
		.sentence = "WhatsApp has paused calling on this number, because of its call "
			    "quality. This request changed nothing.",
		.next_step = "Look at Restrictions for the end of the pause.",
		.field = "calling.restrictions",
	},
	[LIMIT_TOO_LOW] = {
		.kind = ERR_REFUSED,
		.sentence = "Calling cannot be enabled yet: the number's messaging limit is below "
			    "2000 a day. This request changed nothing.",
		.next_step = "Raise the messaging limit in WhatsApp Manager, then send again.",
		.field = "calling.status",
	},
	[NOBODY_TO_CALL] = {
		.kind = ERR_REFUSED,
		.sentence = "Calling cannot be enabled: the number has no SIP server, and no app "
			    "subscribed to call webhooks. This request changed nothing.",
		.next_step = "Enable SIP signalling and add a SIP server in the same send.",
		.field = "calling.sip.servers",
	},
	[ADDRESS_UNKNOWN] = {
		.kind = ERR_REFUSED,
		.sentence = "The service knows no settings at this address.",
		.next_step = "Check the API URL.",
	},
	[METHOD_UNKNOWN] = {
		.kind = ERR_REFUSED,
		.sentence = "The service does not take this request at this address.",
		.next_step = "Check the API URL.",
	},
	[REQUEST_TOO_LARGE] = {
		.kind = ERR_REFUSED,
		.sentence = "The service finds the request too large. This request changed nothing.",
		.next_step = "Take out what is not needed, then send again.",
	},
};

/* As documented by 360dialog and Meta: "Error codes" of the Cloud API and of its calling part. */
static const struct {
	long first, last;
	enum meaning_id meaning;
} CODES[] = {
	{ 0, 0, KEY_WRONG },
	{ 1, 2, PASSING_FAULT },
	{ 3, 3, NO_PERMISSION },
	{ 4, 4, RATE_LIMITED },
	{ 10, 10, NO_PERMISSION },
	{ 100, 100, VALUE_INVALID },
	{ 190, 190, KEY_WRONG },
	{ 200, 299, NO_PERMISSION },
	{ 368, 368, ACCOUNT_LOCKED },
	{ 80007, 80007, RATE_LIMITED },
	{ 130429, 130429, RATE_LIMITED },
	{ 130497, 130497, ACCOUNT_LOCKED },
	{ 131031, 131031, ACCOUNT_LOCKED },
	{ 138000, 138000, CALLING_OFF },
	{ 138013, 138013, COUNTRY_WITHOUT_CALLING },
	{ 138014, 138014, CALLING_PAUSED },
	{ 138015, 138015, LIMIT_TOO_LOW },
	{ 138018, 138018, NOBODY_TO_CALL },
};

static const struct {
	long status;
	enum meaning_id meaning;
} STATUSES[] = {
	{ 401, KEY_WRONG },	 { 403, NO_PERMISSION },     { 404, ADDRESS_UNKNOWN },
	{ 405, METHOD_UNKNOWN }, { 413, REQUEST_TOO_LARGE }, { 429, RATE_LIMITED },
};

/* Names that stand in the service's texts. The more exact name comes first. */
static const struct {
	const char *name;
	const char *server_member; /* below calling.sip.servers[N] */
	const char *path;	   /* NULL: it is a server's member */
} FIELDS[] = {
	{ "request_uri_user_params", ".request_uri_user_params", NULL },
	{ "sip_user_password", ".sip_user_password", NULL },
	{ "hostname", ".hostname", NULL },
	{ "app_id", ".app_id", NULL },
	{ "port", ".port", NULL },
	{ "servers", "", NULL },
	{ "srtp_key_exchange_protocol", NULL, "calling.srtp_key_exchange_protocol" },
	{ "srtp", NULL, "calling.srtp_key_exchange_protocol" },
	{ "webhook_delivery", NULL, "calling.sip.webhook_delivery" },
	{ "sip", NULL, "calling.sip.status" },
	{ "call_icon_visibility", NULL, "calling.call_icon_visibility" },
	{ "restrict_to_user_countries", NULL, "calling.call_icons.restrict_to_user_countries" },
	{ "timezone_id", NULL, "calling.call_hours.timezone_id" },
	{ "weekly_operating_hours", NULL, "calling.call_hours.weekly_operating_hours" },
	{ "holiday_schedule", NULL, "calling.call_hours.holiday_schedule" },
	{ "call_hours", NULL, "calling.call_hours" },
	{ "callback_permission_status", NULL, "calling.callback_permission_status" },
	{ "additional_codecs", NULL, "calling.audio.additional_codecs" },
	{ "voicemail", NULL, "calling.voicemail" },
};

static bool is_name_character(char character)
{
	return isalnum((unsigned char)character) || character == '_';
}

/* A whole word: "port" is no part of "support". Letter case is ignored. */
static const char *word_find(const char *text, const char *word)
{
	size_t length = strlen(word);
	for (const char *at = text; (at = strcasestr(at, word)) != NULL; at++)
		if ((at == text || !is_name_character(at[-1])) && !is_name_character(at[length]))
			return at;
	return NULL;
}

/* The texts write it as servers[1] or servers.1; with one server it is the first. */
static unsigned long server_index(const char *text)
{
	const char *at = word_find(text, "servers");
	if (at == NULL || (at[7] != '[' && at[7] != '.' && at[7] != '/') ||
	    !isdigit((unsigned char)at[8]))
		return 0;
	unsigned long index = strtoul(at + 8, NULL, 10);
	return index < 100 ? index : 0;
}

static void field_find(const char *text, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(FIELDS); i++) {
		if (word_find(text, FIELDS[i].name) == NULL)
			continue;
		if (FIELDS[i].path != NULL)
			err_field(err, FIELDS[i].path);
		else
			(void)snprintf(err->field, sizeof err->field, "calling.sip.servers[%lu]%s",
				       server_index(text), FIELDS[i].server_member);
		return;
	}
}

static bool texts_tell_rate_limit(const struct envelope *envelope)
{
	return text_contains_nocase(envelope->details, "exceeded the limit of") &&
	       text_contains_nocase(envelope->details, "request");
}

static const struct meaning *meaning_of_code(long code)
{
	for (size_t i = 0; i < ARRAY_LENGTH(CODES); i++)
		if (code >= CODES[i].first && code <= CODES[i].last)
			return &MEANINGS[CODES[i].meaning];
	return NULL;
}

static const struct meaning *meaning_of_status(long status)
{
	for (size_t i = 0; i < ARRAY_LENGTH(STATUSES); i++)
		if (STATUSES[i].status == status)
			return &MEANINGS[STATUSES[i].meaning];
	return NULL;
}

/* NULL: neither the code nor the status is one we know. A 5xx may have been carried out whatever
 * its body says; only a rate limit is sure. */
static const struct meaning *meaning_of(const struct envelope *envelope, long status)
{
	const struct meaning *meaning = texts_tell_rate_limit(envelope)
						? &MEANINGS[RATE_LIMITED]
						: meaning_of_code(envelope->code);
	if (meaning == NULL)
		meaning = meaning_of_status(status);
	return meaning != NULL && status >= 500 && meaning->kind != ERR_RATE ? NULL : meaning;
}

static void refusal_tell(const struct envelope *envelope, long status, struct err *err)
{
	if (status >= 500) {
		err_set(err, ERR_PASSING, "The service has a passing fault (HTTP status %ld).",
			status);
		err_next_step(err, "Try again in a moment.");
		return;
	}
	if (envelope->code != ENVELOPE_NO_CODE)
		err_set(err, ERR_REFUSED, "The service refuses the request with its code %ld.",
			envelope->code);
	else
		err_set(err, ERR_REFUSED, "The service refuses the request (HTTP status %ld).",
			status);
	err_next_step(err, "%s",
		      envelope->words[0] != '\0'
			      ? "Its own words say why: correct that, then try again."
			      : "It gave no reason: check the API URL and the values.");
}

static void error_tell(const struct envelope *envelope, const struct http_answer *answer,
		       struct err *err)
{
	const struct meaning *meaning = meaning_of(envelope, answer->status);
	if (meaning == NULL) {
		refusal_tell(envelope, answer->status, err);
	} else {
		err_set(err, meaning->kind, "%s", meaning->sentence);
		err_next_step(err, "%s", meaning->next_step);
	}
	if (meaning != NULL && meaning->field != NULL)
		err_field(err, meaning->field);
	if (err->kind == ERR_REFUSED && err->field[0] == '\0')
		field_find(envelope->details, err);
	if (err->kind == ERR_RATE)
		err->retry_after_ms = answer->retry_after_ms;
}

static void redirect_tell(const struct http_answer *answer, struct err *err)
{
	err_set(err, ERR_REFUSED,
		"The service points to another address%s%s. It was not followed, since the API key "
		"would go there too.",
		answer->location[0] == '\0' ? "" : ": ", answer->location);
	err_next_step(err, "Check the API URL of this number.");
}

static void empty_tell(enum http_method method, const struct http_answer *answer, struct err *err)
{
	err_set(err, ERR_PASSING, "The service answered with nothing in it (HTTP status %ld). %s",
		answer->status,
		method == HTTP_GET ? "The settings could not be read."
				   : "Whether the write was carried out is not known yet.");
	err_next_step(err, "Try again in a moment.");
}

static void not_json_tell(const struct envelope *envelope, struct err *err)
{
	err_set(err, ERR_ANSWER, "The service's answer cannot be read. %s",
		envelope->why_not_json.sentence);
	err_next_step(err,
		      "Check that the API URL names the service, and not a page in front of it.");
}

/* 2xx, but not a success. A write may have been carried out nevertheless: never a refusal. */
static void false_success_tell(enum http_method method, const struct envelope *envelope,
			       const struct http_answer *answer, struct err *err)
{
	if (envelope->code != ENVELOPE_NO_CODE || texts_tell_rate_limit(envelope))
		error_tell(envelope, answer, err);
	else if (envelope->has_error)
		err_set(err, ERR_ANSWER, "The service says that the request did not succeed.");
	else
		err_set(err, ERR_ANSWER,
			"The service's answer does not say that the write succeeded.");
	if (method == HTTP_POST)
		err->kind = ERR_ANSWER;
	if (err->next_step[0] == '\0')
		err_next_step(err, "Read the settings again before you go on.");
}

static bool is_success(enum http_method method, const struct envelope *envelope)
{
	if (!envelope->is_json || envelope->has_error)
		return false;
	return method == HTTP_GET || envelope->success == SUCCESS_TRUE;
}

static bool body_is_blank(const struct http_answer *answer)
{
	for (size_t i = 0; i < answer->length; i++)
		if (!isspace((unsigned char)answer->body[i]))
			return false;
	return true;
}

bool answer_check(enum http_method method, const struct http_answer *answer, struct err *err)
{
	if (answer->reach != HTTP_ANSWERED) {
		*err = answer->err;
		return false;
	}
	struct envelope envelope;
	bool is_2xx = answer->status >= 200 && answer->status < 300;
	envelope_read(&envelope, answer);
	if (is_2xx && is_success(method, &envelope))
		return true;
	if (answer->status >= 300 && answer->status < 400)
		redirect_tell(answer, err);
	else if (!is_2xx)
		error_tell(&envelope, answer, err);
	else if (body_is_blank(answer))
		empty_tell(method, answer, err);
	else if (!envelope.is_json)
		not_json_tell(&envelope, err);
	else
		false_success_tell(method, &envelope, answer, err);
	(void)snprintf(err->words, sizeof err->words, "%s", envelope.words);
	err->http_status = answer->status;
	err->code = envelope.code;
	return false;
}
