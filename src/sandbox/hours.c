#include "sandbox/hours.h"

#include "base/json.h"
#include "sandbox/refusal.h"

#include <string.h>

enum { RANGES_A_DAY = 2 };

/* The number that `count` digits at `text` make; -1 where one is no digit. */
static int digits_read(const char *text, size_t count)
{
	int number = 0;
	for (size_t i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		number = number * 10 + (text[i] - '0');
	}
	return number;
}

bool hours_time_valid(const char *text)
{
	if (strlen(text) != 4 || digits_read(text, 4) < 0)
		return false;
	return digits_read(text, 2) < 24 && digits_read(text + 2, 2) < 60;
}

static int days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month == 2 && is_leap ? 29 : days[month - 1];
}

bool hours_date_valid(const char *text)
{
	if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
		return false;
	int year = digits_read(text, 4), month = digits_read(text + 5, 2);
	int day = digits_read(text + 8, 2);
	return year >= 0 && month >= 1 && month <= 12 && day >= 1 &&
	       day <= days_in_month(year, month);
}

bool hours_timezone_valid(const char *text)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_+-/";
	bool is_area = strchr(text, '/') != NULL || strcmp(text, "UTC") == 0;
	return is_area && text[strspn(text, allowed)] == '\0' && text[0] != '/' &&
	       text[strlen(text) - 1] != '/';
}

static const char *member_text(const cJSON *object, const char *name)
{
	return json_text(json_member(object, name));
}

/* Two ranges meet when each opens before the other closes; "HHMM" sorts as text. */
static bool ranges_overlap(const cJSON *a, const cJSON *b)
{
	return strcmp(member_text(a, "open_time"), member_text(b, "close_time")) < 0 &&
	       strcmp(member_text(b, "open_time"), member_text(a, "close_time")) < 0;
}

static bool range_check(const cJSON *range, struct err *err)
{
	const char *day = member_text(range, "day_of_week");
	if (strcmp(member_text(range, "open_time"), member_text(range, "close_time")) >= 0)
		return refuse(err, REFUSAL_PARAMETER,
			      "The open_time on %s must be before its close_time.", day);
	int same_day = 1;
	for (const cJSON *other = range->next; other != NULL; other = other->next) {
		if (strcmp(member_text(other, "day_of_week"), day) != 0)
			continue;
		if (++same_day > RANGES_A_DAY)
			return refuse(err, REFUSAL_PARAMETER,
				      "There can be at most %d operating hours on %s.",
				      RANGES_A_DAY, day);
		if (ranges_overlap(range, other))
			return refuse(err, REFUSAL_PARAMETER, "The operating hours on %s overlap.",
				      day);
	}
	return true;
}

bool hours_check(const cJSON *call_hours, const char *today, struct err *err)
{
	const cJSON *item;
	cJSON_ArrayForEach (item, json_member(call_hours, "weekly_operating_hours")) {
		if (!range_check(item, err))
			return false;
	}
	cJSON_ArrayForEach (item, json_member(call_hours, "holiday_schedule")) {
		if (strcmp(member_text(item, "date"), today) < 0)
			return refuse(err, REFUSAL_PARAMETER,
				      "The date %s in holiday_schedule is in the past.",
				      member_text(item, "date"));
	}
	return true;
}
