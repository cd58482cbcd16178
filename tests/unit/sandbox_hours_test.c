/* What the practice service says of `call_hours`: its members, and the rules that span them. */
#include "sandbox/hours.h"

#include "base/json.h"
#include "base/mem.h"
#include "sandbox/shape.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WEEK(day, open, close) \
	"{\"day_of_week\":\"" day "\",\"open_time\":\"" open "\",\"close_time\":\"" close "\"}"
#define HOURS_OF(zone, week, more) \
	"{\"timezone_id\":\"" zone "\",\"weekly_operating_hours\":[" week "]" more "}"
#define HOLIDAY(date) "{\"date\":\"" date "\",\"start_time\":\"0000\",\"end_time\":\"2359\"}"
#define HOLIDAYS_5                                                                                 \
	HOLIDAY("2999-01-01")                                                                      \
	"," HOLIDAY("2999-01-02") "," HOLIDAY("2999-01-03") "," HOLIDAY("2999-01-04") "," HOLIDAY( \
		"2999-01-05")
#define HOLIDAYS_20 HOLIDAYS_5 "," HOLIDAYS_5 "," HOLIDAYS_5 "," HOLIDAYS_5

/* Today is 2028-02-29. */
static const struct {
	const char *call_hours;
	const char *details; /* NULL: it is taken */
} CALL_HOURS[] = {
	{ HOURS_OF("Europe/Berlin", WEEK("MONDAY", "0900", "1700"), ""), NULL },
	{ "{\"weekly_operating_hours\":[" WEEK("MONDAY", "0900", "1700") "]}",
	  "['timezone_id'] is required" },
	{ "{\"timezone_id\":\"UTC\"}", "['weekly_operating_hours'] is required" },
	{ HOURS_OF("UTC", "", ""), "1 to 14 items, got 0" },
	{ HOURS_OF("Berlin", WEEK("MONDAY", "0900", "1700"), ""), "IANA" },
	{ HOURS_OF("UTC", WEEK("Monday", "0900", "1700"), ""), "{MONDAY, TUESDAY" },
	{ HOURS_OF("UTC", WEEK("MONDAY", "9:00", "1700"), ""), "HHMM" },
	{ HOURS_OF("UTC", WEEK("MONDAY", "0900", "2400"), ""), "HHMM" },
	{ HOURS_OF("UTC", WEEK("MONDAY", "0900", "1260"), ""), "HHMM" },
	{ HOURS_OF("UTC", WEEK("MONDAY", "0900", "0900"), ""), "before its close_time" },
	{ HOURS_OF("UTC", WEEK("MONDAY", "1700", "0900"), ""), "before its close_time" },
	{ HOURS_OF("UTC", WEEK("MONDAY", "0900", "1200") "," WEEK("MONDAY", "1200", "1700"), ""),
	  NULL },
	{ HOURS_OF("UTC", WEEK("MONDAY", "0900", "1201") "," WEEK("MONDAY", "1200", "1700"), ""),
	  "MONDAY overlap" },
	{ HOURS_OF("UTC", WEEK("MONDAY", "0900", "1201") "," WEEK("TUESDAY", "1200", "1700"), ""),
	  NULL },
	{ HOURS_OF("UTC",
		   WEEK("MONDAY", "0900", "1000") "," WEEK("MONDAY", "1100", "1200") "," WEEK(
			   "MONDAY", "1300", "1400"),
		   ""),
	  "at most 2" },
	{ HOURS_OF("UTC", WEEK("MONDAY", "0900", "1000"),
		   ",\"holiday_schedule\":[" HOLIDAY("2028-02-29") "]"),
	  NULL },
	{ HOURS_OF("UTC", WEEK("MONDAY", "0900", "1000"),
		   ",\"holiday_schedule\":[" HOLIDAY("2028-02-28") "]"),
	  "in the past" },
	{ HOURS_OF("UTC", WEEK("MONDAY", "0900", "1000"),
		   ",\"holiday_schedule\":[" HOLIDAY("2999-02-29") "]"),
	  "YYYY-MM-DD" },
	{ HOURS_OF("UTC", WEEK("MONDAY", "0900", "1000"),
		   ",\"holiday_schedule\":[{\"date\":\"2999-02-28\",\"start_time\":\"0000\"}]"),
	  "['end_time'] is required" },
	{ HOURS_OF("UTC", WEEK("MONDAY", "0900", "1000"),
		   ",\"holiday_schedule\":[" HOLIDAYS_20 "]"),
	  NULL },
	{ HOURS_OF("UTC", WEEK("MONDAY", "0900", "1000"),
		   ",\"holiday_schedule\":[" HOLIDAYS_20 "," HOLIDAY("2999-01-01") "]"),
	  "0 to 20 items, got 21" },
};

static void test_call_hours(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CALL_HOURS); i++) {
		char *body =
			mem_format("{\"calling\":{\"call_hours\":%s}}", CALL_HOURS[i].call_hours);
		struct json_doc doc;
		struct err err;
		err_init(&err);
		assert_true(json_doc_parse(&doc, body, strlen(body), &err));
		const cJSON *calling = json_member(doc.root, "calling");
		bool is_taken = shape_check(doc.root, &err) &&
				hours_check(json_member(calling, "call_hours"), "2028-02-29", &err);
		const char *details = CALL_HOURS[i].details;
		if (is_taken != (details == NULL) ||
		    (!is_taken && strstr(err.sentence, details) == NULL))
			fail_msg("%s: %s", body, err.sentence);
		if (!is_taken)
			assert_int_equal(err.code, 100);
		json_doc_release(&doc);
		free(body);
	}
}

static void test_absent(void **state)
{
	(void)state;
	assert_true(hours_check(NULL, "2028-02-29", NULL));
}

/* The forms of the texts. */
static const struct {
	bool (*is_valid)(const char *text);
	const char *text;
	bool expected;
} FORMS[] = {
	{ hours_time_valid, "0000", true },
	{ hours_time_valid, "2359", true },
	{ hours_time_valid, "2400", false },
	{ hours_time_valid, "0060", false },
	{ hours_time_valid, "900", false },
	{ hours_time_valid, "09:00", false },
	{ hours_time_valid, "-100", false },
	{ hours_time_valid, "", false },
	{ hours_date_valid, "2028-02-29", true },
	{ hours_date_valid, "2027-02-29", false },
	{ hours_date_valid, "2100-02-29", false },
	{ hours_date_valid, "2000-02-29", true },
	{ hours_date_valid, "2028-00-01", false },
	{ hours_date_valid, "2028-13-01", false },
	{ hours_date_valid, "2028-04-31", false },
	{ hours_date_valid, "2028-04-00", false },
	{ hours_date_valid, "2028/04/01", false },
	{ hours_date_valid, "28-04-01", false },
	{ hours_timezone_valid, "UTC", true },
	{ hours_timezone_valid, "Etc/GMT+5", true },
	{ hours_timezone_valid, "America/Argentina/Buenos_Aires", true },
	{ hours_timezone_valid, "Berlin", false },
	{ hours_timezone_valid, "", false },
	{ hours_timezone_valid, "/Berlin", false },
	{ hours_timezone_valid, "Europe/", false },
	{ hours_timezone_valid, "Europe/Ber lin", false },
};

static void test_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(FORMS); i++)
		if (FORMS[i].is_valid(FORMS[i].text) != FORMS[i].expected)
			fail_msg("\"%s\" (case %zu)", FORMS[i].text, i);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_call_hours),
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_forms),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
