/* The practice service over real HTTP on loopback: every rule as a table of requests and answers.
 */
#include "sandbox/sandbox.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"

#include <curl/curl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum { NEW, DTLS, SDES, PAUSED, OTHER_APP, LIMIT, HOURS, NO_KEY = -1, WRONG_KEY = -2 };

enum { HTTP_WAIT_S = 10 };

#define SERVER(name) "\"servers\":[{\"hostname\":\"" name "\",\"port\":5061}]"
#define SIP_ON(name) "\"sip\":{\"status\":\"ENABLED\"," SERVER(name) "}"
#define CALLING(members) "{\"calling\":{" members "}}"

struct answer {
	long status;
	char *type;
	struct str body;
};

static size_t body_take(char *bytes, size_t size, size_t count, void *owner)
{
	str_append(owner, bytes, size * count);
	return size * count;
}

static const char *key_of(int number)
{
	return number == WRONG_KEY ? "practice-key-0" : PRACTICE_NUMBERS[number].key;
}

/* `body` NULL: no body is sent. */
static void ask(const char *url, const char *method, int number, const char *body,
		struct answer *answer)
{
	CURL *curl = curl_easy_init();
	struct curl_slist *headers = NULL;
	char *key = number == NO_KEY ? NULL : mem_format("D360-API-KEY: %s", key_of(number));
	*answer = (struct answer) { 0 };
	str_init(&answer->body);
	if (key != NULL)
		headers = curl_slist_append(headers, key);
	assert_int_equal(curl_easy_setopt(curl, CURLOPT_URL, url), CURLE_OK);
	assert_int_equal(curl_easy_setopt(curl, CURLOPT_PROXY, ""), CURLE_OK);
	assert_int_equal(curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers), CURLE_OK);
	assert_int_equal(curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L), CURLE_OK);
	assert_int_equal(curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)HTTP_WAIT_S), CURLE_OK);
	assert_int_equal(curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, body_take), CURLE_OK);
	assert_int_equal(curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer->body), CURLE_OK);
	if (body != NULL)
		assert_int_equal(curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body), CURLE_OK);
	assert_int_equal(curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method), CURLE_OK);
	assert_int_equal(curl_easy_perform(curl), CURLE_OK);
	char *type = NULL;
	(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer->status);
	(void)curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
	answer->type = mem_text(type == NULL ? "" : type);
	curl_slist_free_all(headers);
	curl_easy_cleanup(curl);
	free(key);
}

static void answer_release(struct answer *answer)
{
	free(answer->type);
	str_release(&answer->body);
}

static void ask_path(const struct sandbox *sandbox, const char *path, const char *method,
		     int number, const char *body, struct answer *answer)
{
	char *url = mem_format("http://127.0.0.1:%u%s", (unsigned int)sandbox_port(sandbox), path);
	ask(url, method, number, body, answer);
	free(url);
}

/* The text at "calling.sip.servers.0.port"; NULL when it is not there. */
static char *text_at(const char *json, const char *path)
{
	struct json_doc doc;
	struct err err;
	assert_true(json_doc_parse(&doc, json, strlen(json), &err));
	const cJSON *item = doc.root;
	char name[64];
	while (item != NULL && *path != '\0') {
		size_t length = strcspn(path, ".");
		assert_true(length < sizeof name);
		memcpy(name, path, length);
		name[length] = '\0';
		item = cJSON_IsArray(item) ? cJSON_GetArrayItem(item, (int)(name[0] - '0'))
					   : json_member(item, name);
		path += length + (path[length] == '.');
	}
	char *text = item == NULL ? NULL : mem_text(json_text(item));
	if (item != NULL && text == NULL)
		text = mem_format("(%d)", cJSON_GetArraySize(item));
	json_doc_release(&doc);
	return text;
}

/* `expected` NULL: must be absent. */
static void expect_at(const char *json, const char *path, const char *expected)
{
	char *text = text_at(json, path);
	if (expected == NULL && text != NULL)
		fail_msg("%s should be absent in %s", path, json);
	if (expected != NULL && (text == NULL || strcmp(text, expected) != 0))
		fail_msg("%s should be %s in %s", path, expected, json);
	free(text);
}

static struct sandbox *start(void)
{
	struct err err;
	struct sandbox *sandbox = sandbox_start("127.0.0.1", 0, &err);
	assert_non_null(sandbox);
	assert_true(sandbox_port(sandbox) > 0);
	return sandbox;
}

static void post(struct sandbox *sandbox, int number, const char *body, struct answer *answer)
{
	ask_path(sandbox, "/calling/settings", "POST", number, body, answer);
}

static void post_succeeds(struct sandbox *sandbox, int number, const char *body)
{
	struct answer answer;
	post(sandbox, number, body, &answer);
	if (answer.status != 200)
		fail_msg("%s refused: %s", body, answer.body.bytes);
	assert_string_equal(answer.body.bytes, "{\"success\":true}");
	answer_release(&answer);
}

static char *settings(struct sandbox *sandbox, int number, bool with_credentials)
{
	struct answer answer;
	ask_path(sandbox,
		 with_credentials ? "/calling/settings?include_sip_credentials=true"
				  : "/calling/settings",
		 "GET", number, NULL, &answer);
	assert_int_equal(answer.status, 200);
	assert_non_null(strstr(answer.type, "application/json"));
	free(answer.type);
	return str_detach(&answer.body);
}

/* Refusals. Each is asked of a fresh state, and must leave it as it was. */
static const struct {
	int number;
	const char *body;
	long status;
	long code;
	const char *details; /* part of error_data.details */
} REFUSED[] = {
	{ NEW, "", 400, 100, "not valid JSON" },
	{ NEW, "{\"calling\":{", 400, 100, "not valid JSON" },
	{ NEW, "[]", 400, 100, "body must be an object" },
	{ NEW, "{}", 400, 100, "calling is required" },
	{ NEW, "{\"calling\":[]}", 400, 100, "calling must be an object" },
	{ NEW, "{\"status\":\"ENABLED\"}", 400, 100,
	  "Unexpected key \"status\" on param \"body\"" },
	{ NEW, CALLING("\"sips\":{}"), 400, 100, "Unexpected key \"sips\" on param \"calling\"" },
	{ NEW, CALLING("\"sip\":{\"server\":[]}"), 400, 100, "on param \"calling['sip']\"" },
	{ NEW, CALLING("\"status\":\"enabled\""), 400, 100, "one of {ENABLED, DISABLED}" },
	{ NEW, CALLING("\"status\":true"), 400, 100, "calling['status'] must be a string" },
	{ NEW, CALLING("\"status\":\"DISABLED\",\"status\":\"DISABLED\""), 400, 100, "twice" },
	{ NEW, CALLING("\"status\":\"DISABLED\\u0000\""), 400, 100, "NUL" },
	{ NEW, CALLING("\"call_icon_visibility\":\"HIDE\""), 400, 100, "DISABLE_ALL" },
	{ NEW, CALLING("\"call_icons\":{\"restrict_to_user_countries\":[\"usa\"]}"), 400, 100,
	  "to_user_countries'][0] must be" },
	{ NEW, CALLING("\"callback_permission_status\":\"ON\""), 400, 100, "callback" },
	{ NEW, CALLING("\"srtp_key_exchange_protocol\":\"ZRTP\""), 400, 100, "{DTLS, SDES}" },
	{ NEW, CALLING("\"srtp_key_exchange_protocol\":\"SDES\""), 400, 100,
	  "only while SIP is enabled" },
	{ SDES,
	  CALLING("\"sip\":{\"status\":\"DISABLED\"},\"srtp_key_exchange_protocol\":\"SDES\""), 400,
	  100, "only while SIP is enabled" },
	{ NEW, CALLING("\"audio\":{\"additional_codecs\":[\"G729\"]}"), 400, 100, "{PCMA, PCMU}" },
	{ NEW, CALLING("\"voicemail\":{\"audio\":{\"default\":{\"timeout_seconds\":31}}}"), 400,
	  100, "from 0 to 30" },
	{ NEW, CALLING("\"voicemail\":{\"triggers\":[\"BUSY\"]}"), 400, 100, "{REJECT, TIMEOUT}" },
	{ HOURS, CALLING("\"call_hours\":{\"timezone_id\":\"UTC\"}"), 400, 100, "is required" },
	{ HOURS,
	  CALLING("\"call_hours\":{\"timezone_id\":\"UTC\",\"weekly_operating_hours\":["
		  "{\"day_of_week\":\"MONDAY\",\"open_time\":\"0900\",\"close_time\":\"1700\"}],"
		  "\"holiday_schedule\":[{\"date\":\"2020-01-01\",\"start_time\":\"0000\","
		  "\"end_time\":\"2359\"}]}"),
	  400, 100, "in the past" },
	{ PAUSED, CALLING("\"restrictions\":{}"), 400, 100, "read-only" },
	{ NEW, CALLING("\"sip\":{\"status\":\"ENABLED\"}"), 400, 100, "without a SIP server" },
	{ DTLS, CALLING("\"sip\":{\"servers\":[]}"), 400, 100, "without a SIP server" },
	{ NEW, CALLING("\"sip\":{\"servers\":{}}"), 400, 100, "must be an array" },
	{ NEW,
	  CALLING("\"sip\":{\"servers\":[{\"hostname\":\"a.example\"},"
		  "{\"hostname\":\"b.example\"}]}"),
	  400, 100, "0 to 1 items, got 2" },
	{ NEW, CALLING("\"sip\":{\"servers\":[{\"port\":5061}]}"), 400, 100,
	  "['servers'][0]['hostname'] is required" },
	{ NEW, CALLING("\"sip\":{" SERVER("") "}"), 400, 100, "1 to 253 characters" },
	{ NEW, CALLING("\"sip\":{" SERVER("sip:a.example") "}"), 400, 100, "must be a hostname" },
	{ NEW, CALLING("\"sip\":{" SERVER("a..example") "}"), 400, 100, "must be a hostname" },
	{ NEW, CALLING("\"sip\":{" SERVER("-a.example") "}"), 400, 100, "must be a hostname" },
	{ NEW, CALLING("\"sip\":{" SERVER("a-.example") "}"), 400, 100, "must be a hostname" },
	{ NEW, CALLING("\"sip\":{" SERVER("a.example-") "}"), 400, 100, "must be a hostname" },
	{ NEW, CALLING("\"sip\":{\"servers\":[{\"hostname\":\"a.example\",\"port\":0}]}"), 400, 100,
	  "from 1 to 65535" },
	{ NEW, CALLING("\"sip\":{\"servers\":[{\"hostname\":\"a.example\",\"port\":65536}]}"), 400,
	  100, "from 1 to 65535" },
	{ NEW,
	  CALLING("\"sip\":{\"servers\":[{\"hostname\":\"a.example\",\"port\":"
		  "99999999999999999999}]}"),
	  400, 100, "from 1 to 65535" },
	{ NEW, CALLING("\"sip\":{\"servers\":[{\"hostname\":\"a.example\",\"port\":\"5061\"}]}"),
	  400, 100, "must be an integer" },
	{ NEW, CALLING("\"sip\":{\"servers\":[{\"hostname\":\"a.example\",\"port\":5061.5}]}"), 400,
	  100, "must be an integer" },
	{ NEW, CALLING("\"sip\":{\"servers\":[{\"hostname\":\"a.example\",\"app_id\":1}]}"), 400,
	  100, "['app_id'] is read-only" },
	{ NEW,
	  CALLING("\"sip\":{\"servers\":[{\"hostname\":\"a.example\","
		  "\"sip_user_password\":\"x\"}]}"),
	  400, 100, "['sip_user_password'] is read-only" },
	{ NEW, CALLING("\"sip\":{\"servers\":[{\"hostname\":\"a.example\",\"password\":\"x\"}]}"),
	  400, 100, "['password'] is read-only" },
	{ NEW,
	  CALLING("\"sip\":{\"servers\":[{\"hostname\":\"a.example\","
		  "\"request_uri_user_params\":{\"tgrp\":1}}]}"),
	  400, 100, "must be a string" },
	{ NEW,
	  CALLING("\"sip\":{\"servers\":[{\"hostname\":\"a.example\","
		  "\"request_uri_user_params\":{\"\":\"x\"}}]}"),
	  400, 100, "1 to 128 characters" },
	{ NEW,
	  CALLING("\"sip\":{\"servers\":[{\"hostname\":\"a.example\","
		  "\"request_uri_user_params\":{\"tgrp\":\"\"}}]}"),
	  400, 100, "1 to 128 characters" },
	{ NEW, CALLING("\"status\":\"ENABLED\""), 400, 138018, "SIP server" },
	{ NEW, CALLING("\"status\":\"ENABLED\",\"sip\":{" SERVER("a.example") "}"), 400, 138018,
	  "SIP enabled" },
	{ PAUSED, CALLING("\"status\":\"ENABLED\"," SIP_ON("a.example")), 400, 138014, "paused" },
	{ LIMIT, CALLING("\"status\":\"ENABLED\"," SIP_ON("a.example")), 400, 138015, "2000" },
};

static void test_refusals(void **state)
{
	(void)state;
	struct sandbox *sandbox = start();
	char *last_trace = NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(REFUSED); i++) {
		char *before = settings(sandbox, REFUSED[i].number, true);
		struct answer answer;
		post(sandbox, REFUSED[i].number, REFUSED[i].body, &answer);
		const char *body = answer.body.bytes;
		char *details = text_at(body, "error.error_data.details");
		char *code = text_at(body, "error.code");
		char *trace = text_at(body, "error.fbtrace_id");
		if (answer.status != REFUSED[i].status || details == NULL || code == NULL ||
		    strtol(code, NULL, 10) != REFUSED[i].code ||
		    strstr(details, REFUSED[i].details) == NULL)
			fail_msg("%s got %ld %s", REFUSED[i].body, answer.status, body);
		expect_at(body, "error.type", "OAuthException");
		assert_non_null(trace);
		assert_false(text_equal(trace, last_trace));
		char *after = settings(sandbox, REFUSED[i].number, true);
		assert_string_equal(before, after);
		free(before);
		free(after);
		free(details);
		free(code);
		free(last_trace);
		last_trace = trace;
		answer_release(&answer);
	}
	free(last_trace);
	sandbox_stop(sandbox);
}

/* What is not a question about settings. */
static const struct {
	const char *method;
	const char *path;
	int number;
	long status;
	const char *type;
	const char *part;
} OUTSIDE[] = {
	{ "GET", "/calling/settings", NO_KEY, 401, "application/json", "\"http_code\":404" },
	{ "GET", "/calling/settings", WRONG_KEY, 401, "application/json", "\"success\":false" },
	{ "POST", "/calling/settings", WRONG_KEY, 401, "application/json", "developer_message" },
	{ "PUT", "/calling/settings", NEW, 405, "text/html", "<h1>405" },
	{ "DELETE", "/calling/settings", NEW, 405, "text/html", "<h1>405" },
	{ "PATCH", "/calling/settings", NEW, 405, "text/html", "<h1>405" },
	{ "GET", "/", NEW, 404, "application/json", "{\"error\":\"" },
	{ "GET", "/calling/settings/", NEW, 404, "application/json", "{\"error\":\"" },
	{ "POST", "/calling", NEW, 404, "application/json", "{\"error\":\"" },
};

static void test_outside(void **state)
{
	(void)state;
	struct sandbox *sandbox = start();
	for (size_t i = 0; i < ARRAY_LENGTH(OUTSIDE); i++) {
		struct answer answer;
		ask_path(sandbox, OUTSIDE[i].path, OUTSIDE[i].method, OUTSIDE[i].number,
			 strcmp(OUTSIDE[i].method, "GET") == 0 ? NULL : "{}", &answer);
		assert_int_equal(answer.status, OUTSIDE[i].status);
		assert_non_null(strstr(answer.type, OUTSIDE[i].type));
		assert_non_null(strstr(answer.body.bytes, OUTSIDE[i].part));
		answer_release(&answer);
	}
	sandbox_stop(sandbox);
}

static void test_body_too_large(void **state)
{
	(void)state;
	static const struct {
		size_t length;
		long status;
	} cases[] = { { 64 * 1024, 400 }, { 64 * 1024 + 1, 413 }, { 8 * 1024 * 1024, 413 } };
	struct sandbox *sandbox = start();
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		char *body = mem_alloc(cases[i].length + 1, 1);
		memset(body, ' ', cases[i].length);
		struct answer answer;
		post(sandbox, NEW, body, &answer);
		assert_int_equal(answer.status, cases[i].status);
		if (cases[i].status == 413)
			assert_non_null(strstr(answer.type, "text/html"));
		answer_release(&answer);
		free(body);
	}
	sandbox_stop(sandbox);
}

/* The limits of parameters, counted in characters. */
static void test_parameter_limits(void **state)
{
	(void)state;
	static const struct {
		const char *unit;
		int count;
		bool in_key;
		long status;
	} cases[] = {
		{ "k", 128, true, 200 },  { "k", 129, true, 400 },  { "v", 128, false, 200 },
		{ "v", 129, false, 400 }, { "é", 128, false, 200 },
	};
	struct sandbox *sandbox = start();
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct str text;
		str_init(&text);
		for (int n = 0; n < cases[i].count; n++)
			str_add(&text, cases[i].unit);
		char *body = mem_format(CALLING("\"sip\":{\"servers\":[{\"hostname\":\"a.example\","
						"\"request_uri_user_params\":{\"%s\":\"%s\"}}]}"),
					cases[i].in_key ? text.bytes : "tgrp",
					cases[i].in_key ? "x" : text.bytes);
		struct answer answer;
		post(sandbox, NEW, body, &answer);
		assert_int_equal(answer.status, cases[i].status);
		answer_release(&answer);
		free(body);
		str_release(&text);
	}
	sandbox_stop(sandbox);
}

/* Writes that succeed, in order on one service, each with what a GET shows then. */
static const struct {
	int number;
	const char *body; /* NULL: only look */
	const char *path;
	const char *expected; /* NULL: absent */
} WRITES[] = {
	{ NEW, NULL, "calling.status", "DISABLED" },
	{ NEW, NULL, "calling.sip", NULL },
	{ NEW, NULL, "calling.srtp_key_exchange_protocol", NULL },
	/* the whole of it in one POST; SRTP beside `sip` is lost though the answer says success */
	{ NEW,
	  CALLING("\"status\":\"ENABLED\"," SIP_ON(
		  "sip.acme.example") ","
				      "\"srtp_key_exchange_protocol\":\"SDES\""),
	  "calling.srtp_key_exchange_protocol", NULL },
	{ NEW, NULL, "calling.status", "ENABLED" },
	{ NEW, NULL, "calling.sip.servers.0.hostname", "sip.acme.example" },
	{ NEW, NULL, "calling.sip.servers.0.port", "5061" },
	{ NEW, NULL, "calling.sip.servers.0.app_id", "1234567890123456" },
	{ NEW, CALLING("\"srtp_key_exchange_protocol\":\"SDES\""),
	  "calling.srtp_key_exchange_protocol", "SDES" },
	/* fields left out are left unchanged */
	{ NEW, CALLING("\"callback_permission_status\":\"ENABLED\""),
	  "calling.srtp_key_exchange_protocol", "SDES" },
	{ NEW, NULL, "calling.callback_permission_status", "ENABLED" },
	/* a server is replaced whole: its port goes where it is not sent */
	{ NEW, CALLING("\"sip\":{\"servers\":[{\"hostname\":\"b.example\"}]}"),
	  "calling.sip.servers.0.port", NULL },
	{ NEW, NULL, "calling.sip.servers", "(1)" },
	{ NEW, NULL, "calling.sip.status", "ENABLED" },
	{ NEW, NULL, "calling.srtp_key_exchange_protocol", NULL },
	{ NEW, CALLING("\"sip\":{\"webhook_delivery\":\"ENABLED\"}"),
	  "calling.sip.webhook_delivery", "ENABLED" },
	/* DISABLED keeps the servers */
	{ NEW, CALLING("\"sip\":{\"status\":\"DISABLED\"}"), "calling.sip.servers.0.hostname",
	  "b.example" },
	{ NEW, CALLING("\"sip\":{\"servers\":[]}"), "calling.sip.servers", NULL },
	{ NEW, NULL, "calling.sip.webhook_delivery", "ENABLED" },
	/* one number's writes are its own */
	{ DTLS, NULL, "calling.sip.servers.0.hostname", "sip.bakery.example" },
	{ DTLS, NULL, "payload_encryption.status", "DISABLED" },
	{ DTLS, CALLING("\"call_icon_visibility\":\"DISABLE_ALL\""), "payload_encryption.status",
	  "DISABLED" },
	{ DTLS, NULL, "calling.call_icon_visibility", "DISABLE_ALL" },
	{ SDES, NULL, "calling.sip.servers.0.app_id", "9007199254740993" },
	{ SDES, NULL, "calling.sip.servers.0.request_uri_user_params.tgrp", "front-desk" },
	{ SDES, CALLING(SIP_ON("edge.clinic.example")),
	  "calling.sip.servers.0.request_uri_user_params", NULL },
	{ SDES, NULL, "calling.sip.servers.0.app_id", "9007199254740993" },
	{ PAUSED, NULL, "calling.restrictions.restrictions_list", "(1)" },
	{ PAUSED, CALLING("\"callback_permission_status\":\"DISABLED\""),
	  "calling.restrictions.restrictions_list", "(1)" },
	/* another app's server stays, whatever this key sends */
	{ OTHER_APP, NULL, "calling.sip.servers.0.app_id", "4503599627370497" },
	{ OTHER_APP, CALLING("\"sip\":{\"servers\":[]}"), "calling.sip.servers.0.hostname",
	  "old-pbx.agency.example" },
	{ OTHER_APP, CALLING(SIP_ON("new.agency.example")), "calling.sip.servers", "(2)" },
	{ OTHER_APP, NULL, "calling.sip.servers.0.hostname", "old-pbx.agency.example" },
	{ OTHER_APP, NULL, "calling.sip.servers.1.hostname", "new.agency.example" },
	{ OTHER_APP, CALLING("\"sip\":{\"servers\":[]}"), "calling.sip.servers", "(1)" },
	/* what is no enabling of calling is not refused */
	{ LIMIT, CALLING("\"status\":\"DISABLED\"," SIP_ON("a.example")), "calling.sip.status",
	  "ENABLED" },
	/* an app subscribed to `calls`: calling works without SIP */
	{ HOURS, CALLING("\"status\":\"DISABLED\""), "calling.status", "DISABLED" },
	{ HOURS, CALLING("\"status\":\"ENABLED\""), "calling.status", "ENABLED" },
	{ HOURS, NULL, "calling.call_hours.holiday_schedule", "(1)" },
	{ HOURS,
	  CALLING("\"call_hours\":{\"status\":\"ENABLED\",\"timezone_id\":\"Europe/Berlin\","
		  "\"weekly_operating_hours\":[{\"day_of_week\":\"SUNDAY\",\"open_time\":\"0000\","
		  "\"close_time\":\"2359\"}]}"),
	  "calling.call_hours.holiday_schedule", NULL },
	{ HOURS, NULL, "calling.call_hours.weekly_operating_hours", "(1)" },
	{ HOURS, NULL, "calling.call_hours.timezone_id", "Europe/Berlin" },
	{ HOURS, CALLING("\"call_icons\":{\"restrict_to_user_countries\":[]}"),
	  "calling.call_icons.restrict_to_user_countries", "(0)" },
	{ HOURS, CALLING("\"audio\":{\"additional_codecs\":[\"PCMA\",\"PCMU\"]}"),
	  "calling.audio.additional_codecs", "(2)" },
	{ HOURS, CALLING("\"voicemail\":{\"status\":\"DISABLED\"}"), "calling.voicemail.triggers",
	  NULL },
};

static void test_writes(void **state)
{
	(void)state;
	struct sandbox *sandbox = start();
	for (size_t i = 0; i < ARRAY_LENGTH(WRITES); i++) {
		if (WRITES[i].body != NULL)
			post_succeeds(sandbox, WRITES[i].number, WRITES[i].body);
		char *answer = settings(sandbox, WRITES[i].number, false);
		expect_at(answer, WRITES[i].path, WRITES[i].expected);
		free(answer);
	}
	sandbox_stop(sandbox);
}

/* The SIP user password at `place` of the servers; NULL where none is shown. */
static char *password_at(struct sandbox *sandbox, int number, int place, bool with_credentials)
{
	char *answer = settings(sandbox, number, with_credentials);
	char *path = mem_format("calling.sip.servers.%d.sip_user_password", place);
	char *password = text_at(answer, path);
	free(path);
	free(answer);
	return password;
}

static void test_passwords(void **state)
{
	(void)state;
	struct sandbox *sandbox = start();
	assert_null(password_at(sandbox, DTLS, 0, false));
	char *first = password_at(sandbox, DTLS, 0, true);
	char *other = password_at(sandbox, SDES, 0, true);
	assert_non_null(first);
	assert_int_equal(strlen(first), 32);
	assert_string_not_equal(first, other);

	post_succeeds(sandbox, DTLS, CALLING(SIP_ON("moved.bakery.example")));
	char *edited = password_at(sandbox, DTLS, 0, true);
	assert_string_equal(first, edited);
	post_succeeds(sandbox, DTLS, CALLING("\"sip\":{\"status\":\"DISABLED\",\"servers\":[]}"));
	assert_null(password_at(sandbox, DTLS, 0, true));
	post_succeeds(sandbox, DTLS, CALLING(SIP_ON("moved.bakery.example")));
	char *renewed = password_at(sandbox, DTLS, 0, true);
	assert_non_null(renewed);
	assert_string_not_equal(first, renewed);

	/* another app's password is not this key's to read */
	post_succeeds(sandbox, OTHER_APP, CALLING(SIP_ON("new.agency.example")));
	assert_null(password_at(sandbox, OTHER_APP, 0, true));
	char *own = password_at(sandbox, OTHER_APP, 1, true);
	assert_non_null(own);
	free(first);
	free(other);
	free(edited);
	free(renewed);
	free(own);
	sandbox_stop(sandbox);
}

static void test_addresses(void **state)
{
	(void)state;
	static const char *const refused[] = { "0.0.0.0", "192.0.2.1", "localhost", "::", "" };
	struct err err;
	for (size_t i = 0; i < ARRAY_LENGTH(refused); i++) {
		err_init(&err);
		assert_null(sandbox_start(refused[i], 0, &err));
		assert_int_equal(err.kind, ERR_USAGE);
	}
	struct sandbox *sandbox = start();
	assert_null(sandbox_start("127.0.0.1", sandbox_port(sandbox), &err));
	assert_int_equal(err.kind, ERR_IO);
	sandbox_stop(sandbox);

	sandbox = sandbox_start("::1", 0, &err);
	if (sandbox == NULL) { /* a machine without IPv6 says why, and that is all */
		assert_int_equal(err.kind, ERR_IO);
		return;
	}
	char *url =
		mem_format("http://[::1]:%u/calling/settings", (unsigned int)sandbox_port(sandbox));
	struct answer answer;
	ask(url, "GET", NEW, NULL, &answer);
	assert_int_equal(answer.status, 200);
	answer_release(&answer);
	free(url);
	sandbox_stop(sandbox);
}

static void test_ready_json(void **state)
{
	(void)state;
	struct sandbox *sandbox = start();
	char *json = sandbox_ready_json(sandbox);
	char *url = mem_format("http://127.0.0.1:%u", (unsigned int)sandbox_port(sandbox));
	expect_at(json, "url", url);
	expect_at(json, "sip", "(9)"); /* sandbox_sip_test reads them */
	assert_int_equal(strchr(json, '\n') - json, (long)strlen(json) - 1);
	assert_true(PRACTICE_NUMBER_COUNT >= 5);
	for (size_t i = 0; i < PRACTICE_NUMBER_COUNT; i++) {
		char *name = mem_format("numbers.%zu.name", i);
		char *key = mem_format("numbers.%zu.key", i);
		expect_at(json, name, PRACTICE_NUMBERS[i].name);
		expect_at(json, key, PRACTICE_NUMBERS[i].key);
		free(name);
		free(key);
	}
	free(url);
	free(json);
	sandbox_stop(sandbox);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refusals),       cmocka_unit_test(test_outside),
		cmocka_unit_test(test_body_too_large), cmocka_unit_test(test_parameter_limits),
		cmocka_unit_test(test_writes),	       cmocka_unit_test(test_passwords),
		cmocka_unit_test(test_addresses),      cmocka_unit_test(test_ready_json),
	};
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	curl_global_cleanup();
	return failed;
}
