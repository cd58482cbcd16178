#include "sandbox/shape.h"

#include "base/json.h"
#include "base/str.h"
#include "sandbox/hours.h"
#include "sandbox/refusal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum shape_kind {
	SHAPE_OBJECT, /* `members` up to the one without name */
	SHAPE_LIST,   /* `least` to `most` items of the shape `members` */
	SHAPE_TEXT,   /* `least` to `most` characters, one of `choices` or valid */
	SHAPE_INTEGER,
	SHAPE_TEXT_MAP, /* any keys; keys and values of `least` to `most` characters */
	SHAPE_READ_ONLY,
};

struct shape {
	const char *name;
	enum shape_kind kind;
	bool is_required;
	long least;
	long most;
	const char *const *choices;	    /* NULL-terminated; NULL: free text */
	bool (*is_valid)(const char *text); /* NULL: any text */
	const char *expected;		    /* what is_valid wants, after "must be" */
	const struct shape *members;
};

enum {
	HOSTNAME_MAX = 253, /* RFC 1035 section 2.3.4, as text */
	HOSTNAME_LABEL_MAX = 63,
	PARAMETER_MAX = 128,
	SERVERS_MAX = 1, /* one SIP server per number and app */
	HOLIDAYS_MAX = 20,
	WEEK_RANGES_MAX = 14, /* two a day */
	COUNTRIES_MAX = 300,  /* more than ISO 3166 has */
	TEXT_MAX = 256,
};

static bool is_letter_or_digit(char character)
{
	return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
	       (character >= '0' && character <= '9');
}

static bool hostname_valid(const char *text)
{
	size_t label = 0;
	for (const char *at = text; *at != '\0'; at++) {
		if (*at == '.') {
			if (label == 0 || at[-1] == '-')
				return false;
			label = 0;
		} else if (is_letter_or_digit(*at) || (*at == '-' && label > 0)) {
			if (++label > HOSTNAME_LABEL_MAX)
				return false;
		} else {
			return false;
		}
	}
	return label > 0 && text[strlen(text) - 1] != '-';
}

static bool country_valid(const char *text)
{
	return strlen(text) == 2 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'A' &&
	       text[1] <= 'Z';
}

static const char *const SWITCH[] = { "ENABLED", "DISABLED", NULL };
static const char *const ICON[] = { "DEFAULT", "DISABLE_ALL", NULL };
static const char *const SRTP[] = { "DTLS", "SDES", NULL };
static const char *const CODECS[] = { "PCMA", "PCMU", NULL };
static const char *const TRIGGERS[] = { "REJECT", "TIMEOUT", NULL };
static const char *const DAYS[] = { "MONDAY", "TUESDAY",  "WEDNESDAY", "THURSDAY",
				    "FRIDAY", "SATURDAY", "SUNDAY",    NULL };

static const struct shape COUNTRY = {
	.kind = SHAPE_TEXT,
	.most = 2,
	.is_valid = country_valid,
	.expected = "an ISO 3166-1 alpha-2 country code",
};
static const struct shape CODEC = { .kind = SHAPE_TEXT, .most = 4, .choices = CODECS };
static const struct shape TRIGGER = { .kind = SHAPE_TEXT, .most = 7, .choices = TRIGGERS };

static const struct shape CALL_ICONS[] = {
	{ .name = "restrict_to_user_countries",
	  .kind = SHAPE_LIST,
	  .is_required = true,
	  .most = COUNTRIES_MAX,
	  .members = &COUNTRY },
	{ 0 },
};

#define TIME_OF_DAY(member)                                                                  \
	{                                                                                    \
		.name = (member), .kind = SHAPE_TEXT, .is_required = true, .most = TEXT_MAX, \
		.is_valid = hours_time_valid, .expected = "a time of day written HHMM"       \
	}

static const struct shape WEEK_RANGE_MEMBERS[] = {
	{ .name = "day_of_week", .kind = SHAPE_TEXT, .is_required = true, .choices = DAYS },
	TIME_OF_DAY("open_time"),
	TIME_OF_DAY("close_time"),
	{ 0 },
};
static const struct shape WEEK_RANGE = { .kind = SHAPE_OBJECT, .members = WEEK_RANGE_MEMBERS };

static const struct shape HOLIDAY_MEMBERS[] = {
	{ .name = "date",
	  .kind = SHAPE_TEXT,
	  .is_required = true,
	  .most = TEXT_MAX,
	  .is_valid = hours_date_valid,
	  .expected = "a date written YYYY-MM-DD" },
	TIME_OF_DAY("start_time"),
	TIME_OF_DAY("end_time"),
	{ 0 },
};
static const struct shape HOLIDAY = { .kind = SHAPE_OBJECT, .members = HOLIDAY_MEMBERS };

static const struct shape CALL_HOURS[] = {
	{ .name = "status", .kind = SHAPE_TEXT, .choices = SWITCH },
	{ .name = "timezone_id",
	  .kind = SHAPE_TEXT,
	  .is_required = true,
	  .most = TEXT_MAX,
	  .is_valid = hours_timezone_valid,
	  .expected = "the IANA name of a time zone" },
	{ .name = "weekly_operating_hours",
	  .kind = SHAPE_LIST,
	  .is_required = true,
	  .least = 1,
	  .most = WEEK_RANGES_MAX,
	  .members = &WEEK_RANGE },
	{ .name = "holiday_schedule",
	  .kind = SHAPE_LIST,
	  .most = HOLIDAYS_MAX,
	  .members = &HOLIDAY },
	{ 0 },
};

static const struct shape SERVER_MEMBERS[] = {
	{ .name = "hostname",
	  .kind = SHAPE_TEXT,
	  .is_required = true,
	  .least = 1,
	  .most = HOSTNAME_MAX,
	  .is_valid = hostname_valid,
	  .expected = "a hostname" },
	{ .name = "port", .kind = SHAPE_INTEGER, .least = 1, .most = 65535 },
	{ .name = "request_uri_user_params",
	  .kind = SHAPE_TEXT_MAP,
	  .least = 1,
	  .most = PARAMETER_MAX },
	{ .name = "app_id", .kind = SHAPE_READ_ONLY },
	{ .name = "sip_user_password", .kind = SHAPE_READ_ONLY },
	{ .name = "password", .kind = SHAPE_READ_ONLY },
	{ 0 },
};
static const struct shape SERVER = { .kind = SHAPE_OBJECT, .members = SERVER_MEMBERS };

static const struct shape SIP[] = {
	{ .name = "status", .kind = SHAPE_TEXT, .choices = SWITCH },
	{ .name = "webhook_delivery", .kind = SHAPE_TEXT, .choices = SWITCH },
	{ .name = "servers", .kind = SHAPE_LIST, .most = SERVERS_MAX, .members = &SERVER },
	{ 0 },
};

static const struct shape AUDIO[] = {
	{ .name = "additional_codecs",
	  .kind = SHAPE_LIST,
	  .is_required = true,
	  .most = 2,
	  .members = &CODEC },
	{ 0 },
};

static const struct shape ANNOUNCEMENT[] = {
	{ .name = "announcement_media_id", .kind = SHAPE_TEXT, .least = 1, .most = TEXT_MAX },
	{ .name = "timeout_seconds", .kind = SHAPE_INTEGER, .least = 0, .most = 30 },
	{ 0 },
};
static const struct shape VOICEMAIL_AUDIO[] = {
	{ .name = "default", .kind = SHAPE_OBJECT, .members = ANNOUNCEMENT },
	{ 0 },
};
static const struct shape VOICEMAIL[] = {
	{ .name = "status", .kind = SHAPE_TEXT, .choices = SWITCH },
	{ .name = "triggers", .kind = SHAPE_LIST, .most = 2, .members = &TRIGGER },
	{ .name = "audio", .kind = SHAPE_OBJECT, .members = VOICEMAIL_AUDIO },
	{ 0 },
};

static const struct shape CALLING[] = {
	{ .name = "status", .kind = SHAPE_TEXT, .choices = SWITCH },
	{ .name = "call_icon_visibility", .kind = SHAPE_TEXT, .choices = ICON },
	{ .name = "call_icons", .kind = SHAPE_OBJECT, .members = CALL_ICONS },
	{ .name = "call_hours", .kind = SHAPE_OBJECT, .members = CALL_HOURS },
	{ .name = "callback_permission_status", .kind = SHAPE_TEXT, .choices = SWITCH },
	{ .name = "sip", .kind = SHAPE_OBJECT, .members = SIP },
	{ .name = "srtp_key_exchange_protocol", .kind = SHAPE_TEXT, .choices = SRTP },
	{ .name = "audio", .kind = SHAPE_OBJECT, .members = AUDIO },
	{ .name = "voicemail", .kind = SHAPE_OBJECT, .members = VOICEMAIL },
	{ .name = "restrictions", .kind = SHAPE_READ_ONLY },
	{ 0 },
};
static const struct shape BODY_MEMBERS[] = {
	{ .name = "calling", .kind = SHAPE_OBJECT, .is_required = true, .members = CALLING },
	{ 0 },
};
static const struct shape BODY = { .kind = SHAPE_OBJECT, .members = BODY_MEMBERS };

static size_t characters_in(const char *text)
{
	size_t count = 0;
	for (; *text != '\0'; text++)
		count += ((unsigned char)*text & 0xc0U) != 0x80U;
	return count;
}

static bool length_check(const struct shape *shape, const char *text, const char *path,
			 struct err *err)
{
	size_t length = characters_in(text);
	if (length >= (size_t)shape->least && length <= (size_t)shape->most)
		return true;
	return refuse(err, REFUSAL_PARAMETER, "Param %s must be %ld to %ld characters long.", path,
		      shape->least, shape->most);
}

static bool choice_check(const struct shape *shape, const char *text, const char *path,
			 struct err *err)
{
	struct str choices;
	str_init(&choices);
	bool is_one = false;
	for (const char *const *choice = shape->choices; *choice != NULL && !is_one; choice++) {
		is_one = strcmp(text, *choice) == 0;
		str_addf(&choices, "%s%s", choices.length > 0 ? ", " : "", *choice);
	}
	if (!is_one)
		(void)refuse(err, REFUSAL_PARAMETER,
			     "Param %s must be one of {%s} - got \"%.80s\".", path, choices.bytes,
			     text);
	str_release(&choices);
	return is_one;
}

static bool text_check(const struct shape *shape, const cJSON *value, const char *path,
		       struct err *err)
{
	if (!cJSON_IsString(value))
		return refuse(err, REFUSAL_PARAMETER, "Param %s must be a string.", path);
	const char *text = value->valuestring;
	if (shape->choices != NULL)
		return choice_check(shape, text, path, err);
	if (!length_check(shape, text, path, err))
		return false;
	if (shape->is_valid != NULL && !shape->is_valid(text))
		return refuse(err, REFUSAL_PARAMETER, "Param %s must be %s.", path,
			      shape->expected);
	return true;
}

static bool integer_check(const struct shape *shape, const cJSON *value, const char *path,
			  struct err *err)
{
	if (!cJSON_IsRaw(value) || strpbrk(value->valuestring, ".eE") != NULL)
		return refuse(err, REFUSAL_PARAMETER, "Param %s must be an integer.", path);
	errno = 0;
	long number = strtol(value->valuestring, NULL, 10);
	if (errno != 0 || number < shape->least || number > shape->most)
		return refuse(err, REFUSAL_PARAMETER, "Param %s must be a number from %ld to %ld.",
			      path, shape->least, shape->most);
	return true;
}

static bool text_map_check(const struct shape *shape, const cJSON *value, const char *path,
			   struct err *err)
{
	if (!cJSON_IsObject(value))
		return refuse(err, REFUSAL_PARAMETER, "Param %s must be an object.", path);
	const cJSON *member;
	cJSON_ArrayForEach (member, value) {
		if (!cJSON_IsString(member))
			return refuse(err, REFUSAL_PARAMETER,
				      "Every value of param %s must be a string.", path);
		if (!length_check(shape, member->string, path, err) ||
		    !length_check(shape, member->valuestring, path, err))
			return false;
	}
	return true;
}

static bool value_check(const struct shape *shape, const cJSON *value, struct str *path,
			struct err *err);

static const struct shape *shape_of_member(const struct shape *shape, const char *name)
{
	for (const struct shape *member = shape->members; member->name != NULL; member++)
		if (strcmp(member->name, name) == 0)
			return member;
	return NULL;
}

static void path_add_member(struct str *path, const char *name)
{
	str_addf(path, path->length == 0 ? "%.80s" : "['%.80s']", name);
}

static bool members_check(const struct shape *shape, const cJSON *value, struct str *path,
			  struct err *err)
{
	size_t length = path->length;
	const cJSON *member;
	cJSON_ArrayForEach (member, value) {
		const struct shape *known = shape_of_member(shape, member->string);
		if (known == NULL)
			return refuse(err, REFUSAL_PARAMETER,
				      "Unexpected key \"%.80s\" on param \"%s\".", member->string,
				      length == 0 ? "body" : path->bytes);
		path_add_member(path, member->string);
		if (!value_check(known, member, path, err))
			return false;
		str_remove(path, length, path->length - length);
	}
	for (const struct shape *known = shape->members; known->name != NULL; known++) {
		if (!known->is_required || json_member(value, known->name) != NULL)
			continue;
		path_add_member(path, known->name);
		return refuse(err, REFUSAL_PARAMETER, "The parameter %s is required.", path->bytes);
	}
	return true;
}

static bool items_check(const struct shape *shape, const cJSON *value, struct str *path,
			struct err *err)
{
	long count = cJSON_GetArraySize(value);
	if (count < shape->least || count > shape->most)
		return refuse(err, REFUSAL_PARAMETER,
			      "Param %s must have %ld to %ld items, got %ld.", path->bytes,
			      shape->least, shape->most, count);
	size_t length = path->length;
	int index = 0;
	const cJSON *item;
	cJSON_ArrayForEach (item, value) {
		str_addf(path, "[%d]", index++);
		if (!value_check(shape->members, item, path, err))
			return false;
		str_remove(path, length, path->length - length);
	}
	return true;
}

/* Recurses as deep as the table above, however deep the body is. */
static bool value_check(const struct shape *shape, const cJSON *value, struct str *path,
			struct err *err)
{
	switch (shape->kind) {
	case SHAPE_OBJECT:
		return cJSON_IsObject(value)
			       ? members_check(shape, value, path, err)
			       : refuse(err, REFUSAL_PARAMETER, "Param %s must be an object.",
					path->length == 0 ? "body" : path->bytes);
	case SHAPE_LIST:
		return cJSON_IsArray(value) ? items_check(shape, value, path, err)
					    : refuse(err, REFUSAL_PARAMETER,
						     "Param %s must be an array.", path->bytes);
	case SHAPE_TEXT: return text_check(shape, value, path->bytes, err);
	case SHAPE_INTEGER: return integer_check(shape, value, path->bytes, err);
	case SHAPE_TEXT_MAP: return text_map_check(shape, value, path->bytes, err);
	case SHAPE_READ_ONLY: break;
	}
	return refuse(err, REFUSAL_PARAMETER, "Param %s is read-only.", path->bytes);
}

bool shape_check(const cJSON *body, struct err *err)
{
	struct str path;
	str_init(&path);
	bool is_right = value_check(&BODY, body, &path, err);
	str_release(&path);
	return is_right;
}
