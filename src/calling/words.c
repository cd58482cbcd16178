#include "calling/words.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { DAYS_IN_WEEK = 7, EPOCH_DIGITS_MAX = 11 /* until the year 5138; longer is no time */ };

struct day {
	const char *value; /* as the service spells it */
	const char *words;
};

static const struct day days[DAYS_IN_WEEK] = {
	{ "MONDAY", "Mon" }, { "TUESDAY", "Tue" },  { "WEDNESDAY", "Wed" }, { "THURSDAY", "Thu" },
	{ "FRIDAY", "Fri" }, { "SATURDAY", "Sat" }, { "SUNDAY", "Sun" },
};

/* The item as text where it has one, else as JSON. */
static void item_add(struct str *out, const cJSON *item)
{
	const char *text = json_text(item);
	if (text != NULL) {
		str_add(out, text);
		return;
	}
	char *json = cJSON_PrintUnformatted(item);
	if (json != NULL)
		str_add(out, json);
	cJSON_free(json);
}

/* A settings object; NULL where it is absent or null. */
static const cJSON *object_given(const cJSON *calling, const char *name)
{
	const cJSON *item = json_member(calling, name);
	return cJSON_IsNull(item) ? NULL : item;
}

static char *item_words(const cJSON *item)
{
	struct str out;
	str_init(&out);
	item_add(&out, item);
	return str_detach(&out);
}

/* "0900" as 09:00; anything else as it is. */
static void time_add(struct str *out, const cJSON *item)
{
	const char *text = json_text(item);
	if (text != NULL && strlen(text) == 4 && strspn(text, "0123456789") == 4)
		str_addf(out, "%.2s:%s", text, text + 2);
	else if (item == NULL)
		str_add_char(out, '?');
	else
		item_add(out, item);
}

static int day_of(const cJSON *entry)
{
	const char *text = json_text(json_member(entry, "day_of_week"));
	for (int i = 0; i < DAYS_IN_WEEK; i++)
		if (text_equal_nocase(text, days[i].value))
			return i;
	return -1;
}

static void week_collect(struct str week[DAYS_IN_WEEK], const cJSON *hours, struct str *others)
{
	const cJSON *entry;
	cJSON_ArrayForEach (entry, hours) {
		int day = day_of(entry);
		if (day < 0) {
			str_add(others, others->length > 0 ? "; " : "");
			item_add(others, entry);
			continue;
		}
		struct str *out = &week[day];
		str_add(out, out->length > 0 ? " and " : "");
		time_add(out, json_member(entry, "open_time"));
		str_add(out, "–");
		time_add(out, json_member(entry, "close_time"));
	}
}

/* Neighbouring days with the same hours are drawn together. */
static void week_add(struct str *out, const struct str week[DAYS_IN_WEEK])
{
	for (int first = 0; first < DAYS_IN_WEEK;) {
		int last = first;
		while (last + 1 < DAYS_IN_WEEK &&
		       text_equal(week[first].bytes, week[last + 1].bytes))
			last++;
		if (week[first].length > 0) {
			str_add(out, out->length > 0 ? "; " : "");
			str_add(out, days[first].words);
			if (last > first)
				str_addf(out, "–%s", days[last].words);
			str_addf(out, " %s", week[first].bytes);
		}
		first = last + 1;
	}
}

static void weekly_hours_add(struct str *out, const cJSON *hours)
{
	if (hours != NULL && !cJSON_IsArray(hours)) {
		item_add(out, hours);
		return;
	}
	struct str week[DAYS_IN_WEEK], others;
	for (int i = 0; i < DAYS_IN_WEEK; i++)
		str_init(&week[i]);
	str_init(&others);
	week_collect(week, hours, &others);
	week_add(out, week);
	if (others.length > 0)
		str_addf(out, "%s%s", out->length > 0 ? "; " : "", others.bytes);
	if (out->length == 0)
		str_add(out, "No hours given");
	for (int i = 0; i < DAYS_IN_WEEK; i++)
		str_release(&week[i]);
	str_release(&others);
}

static void holidays_add(struct str *out, const cJSON *holidays)
{
	if (holidays == NULL || cJSON_IsNull(holidays))
		return;
	if (!cJSON_IsArray(holidays)) {
		str_add(out, ", holidays ");
		item_add(out, holidays);
		return;
	}
	int count = cJSON_GetArraySize(holidays);
	if (count > 0)
		str_addf(out, ", %d holiday%s", count, count == 1 ? "" : "s");
}

char *call_hours_words(const cJSON *calling)
{
	const cJSON *call_hours = object_given(calling, "call_hours");
	if (call_hours == NULL)
		return NULL;
	if (!cJSON_IsObject(call_hours))
		return item_words(call_hours);
	const cJSON *status = json_member(call_hours, "status");
	if (text_equal_nocase(json_text(status), "DISABLED"))
		return mem_text("Open at all hours");

	struct str out, week;
	str_init(&out);
	str_init(&week);
	if (status != NULL && !text_equal_nocase(json_text(status), "ENABLED")) {
		item_add(&out, status);
		str_add(&out, ": ");
	}
	weekly_hours_add(&week, json_member(call_hours, "weekly_operating_hours"));
	str_add(&out, week.bytes);
	str_release(&week);
	const cJSON *zone = json_member(call_hours, "timezone_id");
	if (zone != NULL) {
		str_add(&out, ", ");
		item_add(&out, zone);
	}
	holidays_add(&out, json_member(call_hours, "holiday_schedule"));
	return str_detach(&out);
}

static void trigger_add(struct str *out, const cJSON *trigger, const cJSON *timeout)
{
	if (text_equal_nocase(json_text(trigger), "REJECT")) {
		str_add(out, "after rejection");
	} else if (text_equal_nocase(json_text(trigger), "TIMEOUT") && timeout != NULL) {
		str_add(out, "after ");
		item_add(out, timeout);
		str_add(out, " s");
	} else if (text_equal_nocase(json_text(trigger), "TIMEOUT")) {
		str_add(out, "after a time-out");
	} else {
		item_add(out, trigger);
	}
}

char *voicemail_words(const cJSON *calling)
{
	const cJSON *voicemail = object_given(calling, "voicemail");
	if (voicemail == NULL)
		return NULL;
	if (!cJSON_IsObject(voicemail))
		return item_words(voicemail);
	const cJSON *status = json_member(voicemail, "status");
	/* Disabled until set (Meta, "Call settings"). */
	if (status == NULL || text_equal_nocase(json_text(status), "DISABLED"))
		return mem_text("Off");

	struct str out;
	str_init(&out);
	if (text_equal_nocase(json_text(status), "ENABLED"))
		str_add(&out, "On");
	else
		item_add(&out, status);
	const cJSON *triggers = json_member(voicemail, "triggers");
	const cJSON *sound = json_member(json_member(voicemail, "audio"), "default");
	const cJSON *timeout = json_member(sound, "timeout_seconds");
	const char *separator = ": ";
	if (cJSON_IsArray(triggers)) {
		const cJSON *trigger;
		cJSON_ArrayForEach (trigger, triggers) {
			str_add(&out, separator);
			trigger_add(&out, trigger, timeout);
			separator = ", ";
		}
	} else if (triggers != NULL) {
		str_add(&out, separator);
		trigger_add(&out, triggers, timeout);
	}
	return str_detach(&out);
}

/* LOW_PICKUP_RATE as "low pickup rate": the service's constants read as words; other texts, and
 * what is no text, as they are. */
static void constant_add(struct str *out, const cJSON *item)
{
	const char *text = json_text(item);
	if (text == NULL || *text == '\0' ||
	    text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")] != '\0') {
		item_add(out, item);
		return;
	}
	for (const char *at = text; *at != '\0'; at++)
		str_add_char(out, *at == '_' ? ' ' : (char)tolower((unsigned char)*at));
}

/* Seconds since 1970 as a local time; any other text as it is. */
static void expiration_add(struct str *out, const cJSON *item)
{
	const char *text = json_text(item);
	size_t digits = text == NULL ? 0 : strspn(text, "0123456789");
	char time[CLOCK_TEXT_SIZE];
	if (digits > 0 && digits <= EPOCH_DIGITS_MAX && text[digits] == '\0')
		str_add(out, clock_rfc3339(strtoll(text, NULL, 10), time));
	else
		item_add(out, item);
}

static void restriction_add(struct str *out, const cJSON *restriction)
{
	const cJSON *type = json_member(restriction, "type");
	if (type == NULL) {
		item_add(out, restriction);
		return;
	}
	size_t start = out->length;
	constant_add(out, type);
	if (out->length > start)
		out->bytes[start] = (char)toupper((unsigned char)out->bytes[start]);
	const cJSON *expiration = json_member(restriction, "expiration");
	if (expiration != NULL && !cJSON_IsNull(expiration)) {
		str_add(out, " until ");
		expiration_add(out, expiration);
	}
	const cJSON *reason = json_member(restriction, "reason");
	if (reason != NULL && !cJSON_IsNull(reason)) {
		str_add(out, ": ");
		constant_add(out, reason);
	}
}

char *restrictions_words(const cJSON *calling)
{
	const cJSON *restrictions = object_given(calling, "restrictions");
	if (restrictions == NULL)
		return NULL;
	const cJSON *list = json_member(restrictions, "restrictions_list");
	if (!cJSON_IsArray(list))
		return item_words(restrictions);
	if (list->child == NULL)
		return NULL;
	struct str out;
	str_init(&out);
	const cJSON *restriction;
	cJSON_ArrayForEach (restriction, list) {
		str_add(&out, out.length > 0 ? "; " : "");
		restriction_add(&out, restriction);
	}
	return str_detach(&out);
}
