#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "calling/settings.h"
#include "calling/words.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define SERVERS(json) "{\"calling\":{\"sip\":{\"servers\":[" json "]}}}"
#define PASSWORD "Zk3-secret-9"

static const struct shape_case {
	const char *json;
	bool decoded;
	const char *status;  /* of calling */
	const char *calling; /* as settings_write_json gives it */
} shape_cases[] = {
	{ "{\"calling\":{\"status\":\"ENABLED\"}}", true, "ENABLED", "{\"status\":\"ENABLED\"}" },
	{ "{\"data\":[{\"calling\":{\"status\":\"enabled\"}}]}", true, "enabled",
	  "{\"status\":\"enabled\"}" },
	{ "{\"data\":[{\"calling\":{\"status\":\"A\"}}],\"calling\":{\"status\":\"B\"}}", true, "B",
	  "{\"status\":\"B\"}" },
	{ "{\"status\":\"DISABLED\"}", true, "DISABLED", "{\"status\":\"DISABLED\"}" },
	{ "{\"sip\":{}}", true, NULL, "{\"sip\":{}}" },
	{ "  {\"calling\" : {} } \n", true, NULL, "{}" },
	{ "{}", true, NULL, "{}" },
	{ "{\"calling\":null}", true, NULL, "{}" },
	{ "{\"data\":[{}]}", true, NULL, "{}" },
	{ "{\"storage_configuration\":{\"status\":\"DEFAULT\"}}", true, NULL, "{}" },
	{ "{\"calling\":{\"status\":\"ENABLED\"},\"payload_encryption\":{}}", true, "ENABLED",
	  "{\"status\":\"ENABLED\"}" },
	{ "", false, NULL, NULL },
	{ "[]", false, NULL, NULL },
	{ "[1,{\"calling\":{}}]", false, NULL, NULL },
	{ "null", false, NULL, NULL },
	{ "\"calling\"", false, NULL, NULL },
	{ "{\"calling\":[]}", false, NULL, NULL },
	{ "{\"calling\":\"ENABLED\"}", false, NULL, NULL },
	{ "{\"data\":[]}", false, NULL, NULL },
	{ "{\"data\":[[]]}", false, NULL, NULL },
	{ "{\"status\":\"error\"}", false, NULL, NULL },
	{ "{\"error\":\"not found\"}", false, NULL, NULL },
	{ "{\"meta\":{\"success\":false}}", false, NULL, NULL },
	{ "{\"success\":true}", false, NULL, NULL },
	{ "{\"Calling\":{}}", false, NULL, NULL },
	{ "{\"calling\":{}} x", false, NULL, NULL },
	{ "{\"calling\":{\"status\":\"ENABLED\"", false, NULL, NULL },
	{ "<html>502</html>", false, NULL, NULL },
};

static const struct value_case {
	const char *json;
	struct field_ref ref;
	const char *text;
} value_cases[] = {
	{ "{\"status\":\"Enabled\"}", { FIELD_CALLING, -1, -1 }, "Enabled" },
	{ "{\"sip\":{\"status\":\"NOT_SET\"}}", { FIELD_SIP, -1, -1 }, "NOT_SET" },
	{ "{\"sip\":{\"status\":null}}", { FIELD_SIP, -1, -1 }, NULL },
	{ "{\"sip\":{\"status\":true}}", { FIELD_SIP, -1, -1 }, "true" },
	{ "{\"sip\":{\"status\":[ \"ENABLED\" ]}}", { FIELD_SIP, -1, -1 }, "[ \"ENABLED\" ]" },
	{ "{\"sip\":\"ENABLED\"}", { FIELD_SIP, -1, -1 }, NULL },
	{ "{\"sip\":{\"webhook_delivery\":\"ENABLED\"}}",
	  { FIELD_SIP_WEBHOOKS, -1, -1 },
	  "ENABLED" },
	{ "{\"sip\":{}}", { FIELD_SRTP, -1, -1 }, NULL },
	{ "{\"srtp_key_exchange_protocol\":\"sdes\"}", { FIELD_SRTP, -1, -1 }, "sdes" },
	{ "{\"call_icons\":{\"restrict_to_user_countries\":[\"DE\",\"FR\"]}}",
	  { FIELD_CALL_ICON_COUNTRIES, -1, -1 },
	  "DE FR" },
	{ "{\"call_icons\":{\"restrict_to_user_countries\":[]}}",
	  { FIELD_CALL_ICON_COUNTRIES, -1, -1 },
	  "" },
	{ "{\"call_icons\":{\"restrict_to_user_countries\":[1,null,{\"a\":1}]}}",
	  { FIELD_CALL_ICON_COUNTRIES, -1, -1 },
	  "1 {\"a\":1}" },
	{ "{\"call_icons\":[]}", { FIELD_CALL_ICON_COUNTRIES, -1, -1 }, NULL },
	{ "{\"audio\":{\"additional_codecs\":[\"PCMA\",\"PCMU\"]}}",
	  { FIELD_CODECS, -1, -1 },
	  "PCMA PCMU" },
	{ "{\"call_hours\":{\"status\":\"DISABLED\"}}",
	  { FIELD_CALL_HOURS, -1, -1 },
	  "Open at all hours" },
};

static const struct server_case {
	const char *server;
	enum field_id field;
	int parameter;
	const char *text;
} server_cases[] = {
	{ "{\"hostname\":\"sip.acme.example\"}", FIELD_SERVER_HOSTNAME, -1, "sip.acme.example" },
	{ "{\"hostname\":\"\\u001b[31m\\\"x\"}", FIELD_SERVER_HOSTNAME, -1, "\x1b[31m\"x" },
	{ "{\"hostname\":\"\\ud83d\\ude00\"}", FIELD_SERVER_HOSTNAME, -1, "😀" },
	{ "{\"hostname\":17}", FIELD_SERVER_HOSTNAME, -1, "17" },
	{ "{}", FIELD_SERVER_HOSTNAME, -1, NULL },
	{ "\"sip.acme.example\"", FIELD_SERVER_HOSTNAME, -1, "sip.acme.example" },
	{ "{\"port\":5071}", FIELD_SERVER_PORT, -1, "5071" },
	{ "{\"port\":\"5071\"}", FIELD_SERVER_PORT, -1, "5071" },
	{ "{\"port\":5061.5}", FIELD_SERVER_PORT, -1, "5061.5" },
	{ "{\"port\":5.061e3}", FIELD_SERVER_PORT, -1, "5.061e3" },
	{ "{\"port\":{ \"tls\": 5061 }}", FIELD_SERVER_PORT, -1, "{ \"tls\": 5061 }" },
	{ "{\"port\":null}", FIELD_SERVER_PORT, -1, NULL },
	{ "{}", FIELD_SERVER_PORT, -1, NULL },
	{ "{\"app_id\":12345678901234567}", FIELD_SERVER_APP_ID, -1, "12345678901234567" },
	{ "{\"app_id\":9007199254740993}", FIELD_SERVER_APP_ID, -1, "9007199254740993" },
	{ "{\"app_id\":12345678901234567891}", FIELD_SERVER_APP_ID, -1, "12345678901234567891" },
	{ "{\"app_id\":\"12345678901234567891\"}", FIELD_SERVER_APP_ID, -1,
	  "12345678901234567891" },
	{ "{\"request_uri_user_params\":{\"tgrp\":\"berlin\",\"n\":7}}", FIELD_PARAMETER_KEY, 0,
	  "tgrp" },
	{ "{\"request_uri_user_params\":{\"tgrp\":\"berlin\",\"n\":7}}", FIELD_PARAMETER_VALUE, 0,
	  "berlin" },
	{ "{\"request_uri_user_params\":{\"tgrp\":\"berlin\",\"n\":7}}", FIELD_PARAMETER_VALUE, 1,
	  "7" },
	{ "{\"request_uri_user_params\":{\"a\":[1, 2]}}", FIELD_PARAMETER_VALUE, 0, "[1, 2]" },
	{ "{\"request_uri_user_params\":{\"a\":null}}", FIELD_PARAMETER_VALUE, 0, "null" },
	{ "{\"request_uri_user_params\":{\"\":\"\"}}", FIELD_PARAMETER_KEY, 0, "" },
	{ "{\"request_uri_user_params\":{\"password\":\"mine\"}}", FIELD_PARAMETER_VALUE, 0,
	  "mine" },
	{ "{\"request_uri_user_params\":[]}", FIELD_PARAMETER_KEY, 0, NULL },
};

static const struct editable_case {
	const char *json;
	const char *why_part; /* NULL: editable */
} editable_cases[] = {
	{ "{}", NULL },
	{ "{\"sip\":{\"status\":\"ENABLED\",\"servers\":[{\"hostname\":\"a\"}],\"x\":{\"y\":1}}}",
	  NULL },
	{ "{\"sip\":null,\"audio\":null,\"call_icons\":[]}", NULL },
	{ "{\"sip\":{\"servers\":[{\"request_uri_user_params\":[]}]}}", NULL },
	{ "{\"sip\":{\"servers\":null}}", NULL },
	{ "{\"sip\":{\"status\":\"ENABLED\",\"status\":\"DISABLED\"}}", "twice" },
	{ "{\"sip\":{\"servers\":[{\"port\":1,\"port\":2}]}}", "twice" },
	{ "{\"status\":\"ENABLED\",\"status\":\"ENABLED\"}", "twice" },
	{ "{\"audio\":{\"x\":\"a\\u0000b\"}}", "\\u0000" },
	{ "{\"sip\":{\"servers\":[{\"host\\u0000name\":\"a\"}]}}", "\\u0000" },
	{ "{\"sip\":{\"servers\":[{\"hostname\":\"a\\\\u0000\"}]}}", NULL },
	{ "{\"sip\":\"ENABLED\"}", "sip" },
	{ "{\"sip\":{\"servers\":{\"hostname\":\"a\"}}}", "sip.servers" },
	{ "{\"sip\":{\"servers\":[\"a\"]}}", "sip.servers" },
	{ "{\"sip\":{\"servers\":[{\"request_uri_user_params\":\"tgrp=x\"}]}}",
	  "request_uri_user_params" },
	{ "{\"audio\":[1]}", "audio" },
	{ "{\"call_icons\":7}", "call_icons" },
};

/* Every one holds PASSWORD somewhere; `kept` is what settings_write_json gives. */
static const struct password_case {
	const char *json;
	const char *kept;
} password_cases[] = {
	{ SERVERS("{\"sip_user_password\":\"" PASSWORD "\",\"port\":1}"),
	  "{\"sip\":{\"servers\":[{\"sip_user_password\":\"(hidden)\",\"port\":1}]}}" },
	{ SERVERS("{\"password\" : \"" PASSWORD "\" }"),
	  "{\"sip\":{\"servers\":[{\"password\" : \"(hidden)\" }]}}" },
	{ SERVERS("{\"Sip_User_Password\":\"" PASSWORD "\"},{\"sip_user_password\":\"" PASSWORD
		  "\"}"),
	  "{\"sip\":{\"servers\":[{\"Sip_User_Password\":\"(hidden)\"},"
	  "{\"sip_user_password\":\"(hidden)\"}]}}" },
	{ SERVERS("{\"sip_user_password\":\"\",\"sip_user_password\":\"" PASSWORD "\"}"),
	  "{\"sip\":{\"servers\":[{\"sip_user_password\":\"(hidden)\","
	  "\"sip_user_password\":\"(hidden)\"}]}}" },
	{ SERVERS("{\"sip_user_passwor\\u0064\":\"" PASSWORD "\"}"),
	  "{\"sip\":{\"servers\":[{\"sip_user_passwor\\u0064\":\"(hidden)\"}]}}" },
	{ SERVERS("{\"sip_user_password\":{\"md5\":[\"" PASSWORD "\"]}}"),
	  "{\"sip\":{\"servers\":[{\"sip_user_password\":\"(hidden)\"}]}}" },
	{ "{\"sip\":{\"servers\":{\"0\":{\"sip_user_password\":\"" PASSWORD "\"}}}}",
	  "{\"sip\":{\"servers\":{\"0\":{\"sip_user_password\":\"(hidden)\"}}}}" },
	{ "{\"calling\":{\"sip\":{\"status\":\"ENABLED\"}},\"data\":[{\"calling\":{\"sip\":{"
	  "\"sip_user_password\":\"" PASSWORD "\"}}}]}",
	  "{\"sip\":{\"status\":\"ENABLED\"}}" },
	{ "\xef\xbb\xbf" SERVERS("{\"sip_user_password\":\"" PASSWORD "\"}"),
	  "{\"sip\":{\"servers\":[{\"sip_user_password\":\"(hidden)\"}]}}" },
	{ SERVERS("{\"sip_user_password\":null,\"password\":\"" PASSWORD "\"}"),
	  "{\"sip\":{\"servers\":[{\"sip_user_password\":null,\"password\":\"(hidden)\"}]}}" },
};

#define HOURS(day, open, close) \
	"{\"day_of_week\":\"" day "\",\"open_time\":\"" open "\",\"close_time\":\"" close "\"}"

static const struct words_case {
	char *(*words)(const cJSON *calling);
	const char *json;
	const char *text;
} words_cases[] = {
	{ call_hours_words, "{}", NULL },
	{ call_hours_words, "{\"call_hours\":null}", NULL },
	{ call_hours_words, "{\"call_hours\":\"always\"}", "always" },
	{ call_hours_words, "{\"call_hours\":{\"status\":\"disabled\"}}", "Open at all hours" },
	{ call_hours_words,
	  "{\"call_hours\":{\"status\":\"ENABLED\",\"timezone_id\":\"Europe/Berlin\","
	  "\"weekly_operating_hours\":[" HOURS("MONDAY", "0900", "1700") "," HOURS(
		  "TUESDAY", "0900",
		  "1700") "," HOURS("WEDNESDAY", "0900",
				    "1700") "," HOURS("THURSDAY", "0900",
						      "1700") "," HOURS("FRIDAY", "0900",
									"1700") "," HOURS("SATURDA"
											  "Y",
											  "1000",
											  "1400") "],\"holiday_schedule\":[{},{}]}}",
	  "Mon–Fri 09:00–17:00; Sat 10:00–14:00, Europe/Berlin, 2 holidays" },
	{ call_hours_words,
	  "{\"call_hours\":{\"weekly_operating_hours\":[" HOURS("Sunday", "0800", "1200") "," HOURS(
		  "monday", "0800", "1200") "," HOURS("SUNDAY", "1300",
						      "1800") "],\"holiday_schedule\":[{}]}}",
	  "Mon 08:00–12:00; Sun 08:00–12:00 and 13:00–18:00, 1 holiday" },
	{ call_hours_words,
	  "{\"call_hours\":{\"status\":\"PAUSED\",\"weekly_operating_hours\":[7," HOURS(
		  "FUNDAY", "1", "2") ","
				      "{\"day_of_week\":\"FRIDAY\",\"open_time\":9}]}}",
	  "PAUSED: Fri 9–?; 7; " HOURS("FUNDAY", "1", "2") },
	{ call_hours_words, "{\"call_hours\":{}}", "No hours given" },
	{ call_hours_words,
	  "{\"call_hours\":{\"weekly_operating_hours\":{\"a\":1},\"timezone_id\":[],"
	  "\"holiday_schedule\":\"none\"}}",
	  "{\"a\":1}, [], holidays none" },
	{ voicemail_words, "{}", NULL },
	{ voicemail_words, "{\"voicemail\":{\"status\":\"DISABLED\",\"triggers\":[\"REJECT\"]}}",
	  "Off" },
	{ voicemail_words, "{\"voicemail\":{}}", "Off" },
	{ voicemail_words, "{\"voicemail\":{\"status\":\"ENABLED\"}}", "On" },
	{ voicemail_words,
	  "{\"voicemail\":{\"status\":\"enabled\",\"triggers\":[\"REJECT\",\"TIMEOUT\"],"
	  "\"audio\":{\"default\":{\"timeout_seconds\":20}}}}",
	  "On: after rejection, after 20 s" },
	{ voicemail_words,
	  "{\"voicemail\":{\"status\":\"ENABLED\",\"triggers\":[\"TIMEOUT\",\"BUSY\",{}]}}",
	  "On: after a time-out, BUSY, {}" },
	{ voicemail_words, "{\"voicemail\":{\"status\":3,\"triggers\":\"REJECT\"}}",
	  "3: after rejection" },
	{ voicemail_words, "{\"voicemail\":[1]}", "[1]" },
	{ restrictions_words, "{}", NULL },
	{ restrictions_words, "{\"restrictions\":{\"restrictions_list\":[]}}", NULL },
	{ restrictions_words, "{\"restrictions\":{}}", "{}" },
	{ restrictions_words,
	  "{\"restrictions\":{\"restrictions_list\":[{\"type\":\"CALLING_PAUSED\","
	  "\"reason\":\"LOW_PICKUP_RATE\",\"expiration\":1785542400}]}}",
	  "Calling paused until 2026-08-01T00:00:00Z: low pickup rate" },
	{ restrictions_words,
	  "{\"restrictions\":{\"restrictions_list\":[{\"type\":\"A_B\",\"expiration\":"
	  "\"1785542400\"},"
	  "{\"type\":\"Odd type\",\"reason\":\"Too many "
	  "complaints.\",\"expiration\":\"soon\"},7]}}",
	  "A b until 2026-08-01T00:00:00Z; Odd type until soon: Too many complaints.; 7" },
	{ restrictions_words,
	  "{\"restrictions\":{\"restrictions_list\":[{\"type\":[],\"reason\":{},"
	  "\"expiration\":99999999999999999999}]}}",
	  "[] until 99999999999999999999: {}" },
};

static const struct credentials_case {
	const char *json;
	size_t count;				  /* 0: an error */
	const char *hostname, *app_id, *password; /* of the last */
} credentials_cases[] = {
	{ SERVERS("{\"hostname\":\"a\",\"app_id\":12345678901234567891,"
		  "\"sip_user_password\":\"" PASSWORD "\"}"),
	  1, "a", "12345678901234567891", PASSWORD },
	{ SERVERS("{\"password\":\"" PASSWORD "\"}"), 1, NULL, NULL, PASSWORD },
	{ SERVERS("{\"sip_user_password\":\"x\",\"hostname\":\"a\"},{\"hostname\":\"none\"},"
		  "{\"hostname\":\"b\",\"sip_user_password\":\"y\\\"\"}"),
	  2, "b", NULL, "y\"" },
	{ SERVERS("{\"hostname\":\"a\"}"), 0, NULL, NULL, NULL },
	{ SERVERS("{\"sip_user_password\":\"\"}"), 0, NULL, NULL, NULL },
	{ SERVERS("{\"sip_user_password\":17}"), 0, NULL, NULL, NULL },
	{ SERVERS("{\"sip_user_password\":\"a\\u0000b\"}"), 0, NULL, NULL, NULL },
	{ "{}", 0, NULL, NULL, NULL },
	{ "{\"error\":\"no\"}", 0, NULL, NULL, NULL },
	{ "nonsense", 0, NULL, NULL, NULL },
};

static bool decode(struct calling_settings *settings, const char *json, struct err *err)
{
	err_init(err);
	return settings_decode(settings, json, strlen(json), 77, err);
}

/* A bare `calling` object within an answer, so that any of its members may be tried alone. */
static void decode_calling(struct calling_settings *settings, const char *calling)
{
	struct err err;
	char *json = mem_format("{\"calling\":%s}", calling);
	if (!decode(settings, json, &err))
		fail_msg("%s: %s", json, err.sentence);
	free(json);
}

static void known_shapes_are_read_and_others_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(shape_cases); i++) {
		const struct shape_case *shape = &shape_cases[i];
		struct calling_settings settings;
		struct err err;
		if (decode(&settings, shape->json, &err) != shape->decoded)
			fail_msg("%s: %s", shape->json, err.sentence);
		if (!shape->decoded) {
			assert_int_equal(err.kind, ERR_ANSWER);
			assert_true(strlen(err.sentence) > 0);
			assert_null(settings.doc.bytes);
			continue;
		}
		assert_true(text_equal(settings.values.texts[FIELD_CALLING], shape->status));
		assert_int_equal(settings.read_at, 77);
		struct str json;
		str_init(&json);
		settings_write_json(&settings, &json);
		assert_string_equal(json.bytes, shape->calling);
		str_release(&json);
		settings_release(&settings);
	}
}

static void values_are_shown_as_they_came(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(value_cases); i++) {
		struct calling_settings settings;
		decode_calling(&settings, value_cases[i].json);
		const char *text = values_get(&settings.values, value_cases[i].ref);
		if (!text_equal(text, value_cases[i].text))
			fail_msg("%s: %s", value_cases[i].json, text == NULL ? "absent" : text);
		settings_release(&settings);
	}
}

static void servers_are_shown_as_they_came(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(server_cases); i++) {
		const struct server_case *server = &server_cases[i];
		struct calling_settings settings;
		char *json = mem_format("{\"sip\":{\"servers\":[{},%s]}}", server->server);
		decode_calling(&settings, json);
		free(json);
		assert_int_equal(settings.values.server_count, 2);
		assert_int_equal(settings.values.servers[1].origin, 1);
		const char *text = values_get(
			&settings.values, field_ref_parameter(server->field, 1, server->parameter));
		if (!text_equal(text, server->text))
			fail_msg("%s: %s", server->server, text == NULL ? "absent" : text);
		settings_release(&settings);
	}
}

static void what_cannot_be_written_safely_is_not_editable(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(editable_cases); i++) {
		struct calling_settings settings;
		decode_calling(&settings, editable_cases[i].json);
		const char *why = settings.why_not_editable;
		const char *part = editable_cases[i].why_part;
		if ((why == NULL) != (part == NULL) || (why != NULL && strstr(why, part) == NULL))
			fail_msg("%s: %s", editable_cases[i].json, why == NULL ? "editable" : why);
		settings_release(&settings);
	}
}

static void unknown_members_are_kept_byte_for_byte(void **state)
{
	(void)state;
	static const char calling[] = "{ \"new\" : 9007199254740993.10e+2 "
				      ",\"status\":\"ENABLED\",\n\t\"sip\":{\"x\":\"\\u00e9\\/\","
				      "\"servers\":[ {\"port\":\"5061\", \"weight\":[1, 2 ]} ]}}";
	struct calling_settings settings, copy;
	decode_calling(&settings, calling);
	settings_copy(&copy, &settings);
	settings_release(&settings);
	struct str json;
	str_init(&json);
	settings_write_json(&copy, &json);
	assert_string_equal(json.bytes, calling);
	str_release(&json);
	settings_release(&copy);
}

static void tree_holds_no_password(const cJSON *item)
{
	for (; item != NULL; item = item->next) {
		assert_true(item->string == NULL || strstr(item->string, PASSWORD) == NULL);
		assert_true(item->valuestring == NULL ||
			    strstr(item->valuestring, PASSWORD) == NULL);
		tree_holds_no_password(item->child);
	}
}

static void passwords_are_hidden_before_anything_is_kept(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(password_cases); i++) {
		struct calling_settings settings, copy;
		struct err err;
		assert_true(decode(&settings, password_cases[i].json, &err));
		struct str json;
		str_init(&json);
		settings_write_json(&settings, &json);
		assert_string_equal(json.bytes, password_cases[i].kept);
		str_release(&json);
		settings_copy(&copy, &settings);
		settings_release(&settings);
		assert_null(strstr(copy.doc.bytes, PASSWORD));
		tree_holds_no_password(copy.doc.root);
		for (size_t field = 0; field < FIELD_SETTINGS_COUNT; field++)
			assert_true(copy.values.texts[field] == NULL ||
				    strstr(copy.values.texts[field], PASSWORD) == NULL);
		settings_release(&copy);
	}
}

static void a_damaged_answer_leaks_nothing_into_its_error(void **state)
{
	(void)state;
	struct calling_settings settings;
	struct err err;
	assert_false(decode(&settings, "{\"sip\":{\"sip_user_password\":\"" PASSWORD "\"", &err));
	assert_null(strstr(err.sentence, PASSWORD));
	assert_null(strstr(err.words, PASSWORD));
}

static void an_answer_nested_too_deep_is_refused(void **state)
{
	(void)state;
	struct str json;
	str_init(&json);
	str_add(&json, "{\"calling\":");
	for (int i = 0; i < 100000; i++)
		str_add(&json, "[");
	struct calling_settings settings;
	struct err err;
	assert_false(settings_decode(&settings, json.bytes, json.length, 0, &err));
	assert_int_equal(err.kind, ERR_ANSWER);
	str_release(&json);
}

static void objects_are_put_in_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(words_cases); i++) {
		struct json_doc doc;
		struct err err;
		const char *json = words_cases[i].json;
		assert_true(json_doc_parse(&doc, json, strlen(json), &err));
		char *text = words_cases[i].words(doc.root);
		if (!text_equal(text, words_cases[i].text))
			fail_msg("%s: %s", json, text == NULL ? "absent" : text);
		free(text);
		json_doc_release(&doc);
		assert_null(words_cases[i].words(NULL));
	}
}

static void a_copy_stands_alone(void **state)
{
	(void)state;
	struct calling_settings settings, copy;
	decode_calling(&settings, "{\"sip\":{\"status\":\"ENABLED\",\"status\":\"DISABLED\","
				  "\"servers\":[{\"hostname\":\"a\"}]}}");
	settings_copy(&copy, &settings);
	assert_ptr_not_equal(copy.calling, settings.calling);
	char *why = mem_text(settings.why_not_editable);
	settings_release(&settings);
	assert_string_equal(copy.why_not_editable, why);
	assert_int_equal(copy.read_at, 77);
	assert_string_equal(copy.values.texts[FIELD_SIP], "ENABLED");
	assert_string_equal(copy.values.servers[0].hostname, "a");
	assert_non_null(json_member(copy.calling, "sip"));
	free(why);
	settings_release(&copy);

	settings_init(&settings);
	settings_copy(&copy, &settings);
	assert_null(copy.calling);
	settings_release(&copy);
}

static void the_answer_is_given_whole_when_asked_for(void **state)
{
	(void)state;
	static const char answer[] = SERVERS("{\"sip_user_password\": \"" PASSWORD "\"}");
	struct str json;
	struct err err;
	str_init(&json);
	assert_true(settings_answer_calling(answer, strlen(answer), &json, &err));
	assert_string_equal(json.bytes,
			    "{\"sip\":{\"servers\":[{\"sip_user_password\": \"" PASSWORD "\"}]}}");
	str_clear(&json);
	assert_true(settings_answer_calling("{}", 2, &json, &err));
	assert_string_equal(json.bytes, "{}");
	str_clear(&json);
	assert_false(settings_answer_calling("[]", 2, &json, &err));
	assert_int_equal(json.length, 0);
	str_release(&json);
}

static void credentials_come_with_their_server(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(credentials_cases); i++) {
		const struct credentials_case *expected = &credentials_cases[i];
		struct credentials credentials;
		struct err err;
		err_init(&err);
		bool decoded = credentials_decode(&credentials, expected->json,
						  strlen(expected->json), &err);
		if (decoded != (expected->count > 0))
			fail_msg("%s: %s", expected->json, err.sentence);
		assert_int_equal(credentials.count, expected->count);
		if (!decoded) {
			assert_int_equal(err.kind, ERR_ANSWER);
			continue;
		}
		size_t last = expected->count - 1;
		assert_true(text_equal(credentials.items[last].hostname, expected->hostname));
		assert_true(text_equal(credentials.items[last].app_id, expected->app_id));
		assert_string_equal(secret_bytes(&credentials.items[last].password),
				    expected->password);
		credentials_release(&credentials);
		assert_int_equal(credentials.count, 0);
	}
}

static void more_credentials_than_fit_are_an_error(void **state)
{
	(void)state;
	struct str json;
	str_init(&json);
	str_add(&json, "{\"calling\":{\"sip\":{\"servers\":[");
	for (int i = 0; i <= CREDENTIALS_MAX; i++)
		str_addf(&json, "%s{\"sip_user_password\":\"x%d\"}", i > 0 ? "," : "", i);
	str_add(&json, "]}}}");
	struct credentials credentials;
	struct err err;
	assert_false(credentials_decode(&credentials, json.bytes, json.length, &err));
	assert_non_null(strstr(err.sentence, "8"));
	assert_int_equal(credentials.count, 0);
	str_release(&json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_shapes_are_read_and_others_refused),
		cmocka_unit_test(values_are_shown_as_they_came),
		cmocka_unit_test(servers_are_shown_as_they_came),
		cmocka_unit_test(what_cannot_be_written_safely_is_not_editable),
		cmocka_unit_test(unknown_members_are_kept_byte_for_byte),
		cmocka_unit_test(passwords_are_hidden_before_anything_is_kept),
		cmocka_unit_test(a_damaged_answer_leaks_nothing_into_its_error),
		cmocka_unit_test(an_answer_nested_too_deep_is_refused),
		cmocka_unit_test(objects_are_put_in_words),
		cmocka_unit_test(a_copy_stands_alone),
		cmocka_unit_test(the_answer_is_given_whole_when_asked_for),
		cmocka_unit_test(credentials_come_with_their_server),
		cmocka_unit_test(more_credentials_than_fit_are_an_error),
	};
	setlocale(LC_ALL, "C.UTF-8");
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
