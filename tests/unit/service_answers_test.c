/* Every envelope and code of the service, as it comes, and what is made of it. */
#include "service/answers.h"

#include "base/mem.h"
#include "base/str.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define META(code) "{\"error\":{\"message\":\"m\",\"code\":" code "}}"
#define DETAILS(text) \
	"{\"error\":{\"message\":\"m\",\"code\":100,\"error_data\":{\"details\":\"" text "\"}}}"

static const struct {
	enum http_method method;
	long status;
	const char *body;
	enum err_kind kind; /* ERR_NONE: a success */
	long code;
	const char *says;  /* within the sentence */
	const char *words; /* exactly; NULL: not looked at */
	const char *field; /* exactly */
} CASES[] = {
	/* successes */
	{ HTTP_GET, 200, "{\"calling\":{}}", ERR_NONE, -1, "", "", "" },
	{ HTTP_GET, 200, "{}", ERR_NONE, -1, "", "", "" },
	{ HTTP_GET, 200, "{\"data\":[{\"calling\":{}}]}", ERR_NONE, -1, "", "", "" },
	{ HTTP_POST, 200, "{\"success\":true}", ERR_NONE, -1, "", "", "" },
	{ HTTP_POST, 201, "{\"success\":\"true\"}", ERR_NONE, -1, "", "", "" },

	/* 2xx that are none */
	{ HTTP_GET, 200, "", ERR_PASSING, -1, "with nothing in it", "", "" },
	{ HTTP_GET, 200, " \r\n", ERR_PASSING, -1, "could not be read", "", "" },
	{ HTTP_POST, 204, "", ERR_PASSING, -1, "is not known yet", "", "" },
	{ HTTP_GET, 200, "<html><title>Log in</title></html>", ERR_ANSWER, -1, "cannot be read",
	  "Log in", "" },
	{ HTTP_GET, 200, "{\"calling\":", ERR_ANSWER, -1, "cannot be read", NULL, "" },
	{ HTTP_GET, 200, "{\"success\":false}", ERR_ANSWER, -1, "did not succeed", "", "" },
	{ HTTP_GET, 200, META("190"), ERR_KEY, 190, "API key", "m", "" },
	{ HTTP_POST, 200, "{\"success\":false}", ERR_ANSWER, -1, "did not succeed", "", "" },
	{ HTTP_POST, 200, "{}", ERR_ANSWER, -1, "does not say that the write succeeded", "", "" },
	{ HTTP_POST, 200, "ok", ERR_ANSWER, -1, "cannot be read", "ok", "" },
	/* a write's 2xx is never a sure refusal */
	{ HTTP_POST, 200, META("100"), ERR_ANSWER, 100, "refuses a value", "m", "" },
	{ HTTP_POST, 200, META("4"), ERR_ANSWER, 4, "too many", "m", "" },

	/* shape 1: Meta's object, code by code */
	{ HTTP_POST, 401, META("0"), ERR_KEY, 0, "does not take this API key", "m", "" },
	{ HTTP_POST, 401, META("190"), ERR_KEY, 190, "does not take this API key", "m", "" },
	{ HTTP_POST, 403, META("3"), ERR_FORBIDDEN, 3, "no permission", "m", "" },
	{ HTTP_POST, 403, META("10"), ERR_FORBIDDEN, 10, "no permission", "m", "" },
	{ HTTP_POST, 400, META("200"), ERR_FORBIDDEN, 200, "no permission", "m", "" },
	{ HTTP_POST, 400, META("299"), ERR_FORBIDDEN, 299, "no permission", "m", "" },
	{ HTTP_POST, 400, META("300"), ERR_REFUSED, 300, "its code 300", "m", "" },
	{ HTTP_POST, 400, META("100"), ERR_REFUSED, 100, "refuses a value", "m", "" },
	{ HTTP_POST, 400, META("1"), ERR_PASSING, 1, "passing fault", "m", "" },
	{ HTTP_POST, 500, META("2"), ERR_PASSING, 2, "passing fault", "m", "" },
	{ HTTP_POST, 400, META("4"), ERR_RATE, 4, "too many", "m", "" },
	{ HTTP_POST, 400, META("80007"), ERR_RATE, 80007, "too many", "m", "" },
	{ HTTP_POST, 429, META("130429"), ERR_RATE, 130429, "too many", "m", "" },
	{ HTTP_POST, 503, META("130429"), ERR_RATE, 130429, "too many", "m", "" },
	{ HTTP_POST, 403, META("368"), ERR_REFUSED, 368, "locked this account", "m", "" },
	{ HTTP_POST, 403, META("130497"), ERR_REFUSED, 130497, "locked this account", "m", "" },
	{ HTTP_POST, 403, META("131031"), ERR_REFUSED, 131031, "locked this account", "m", "" },
	{ HTTP_POST, 401, META("138000"), ERR_REFUSED, 138000, "not enabled", "m",
	  "calling.status" },
	{ HTTP_POST, 400, META("138013"), ERR_REFUSED, 138013, "country", "m", "calling.status" },
	{ HTTP_POST, 400, META("138014"), ERR_REFUSED, 138014, "paused", "m",
	  "calling.restrictions" },
	{ HTTP_POST, 400, META("138015"), ERR_REFUSED, 138015, "below 2000", "m",
	  "calling.status" },
	{ HTTP_POST, 400, META("\"138018\""), ERR_REFUSED, 138018, "no SIP server", "m",
	  "calling.sip.servers" },
	/* a 5xx may have been carried out, whatever it says */
	{ HTTP_POST, 500, META("100"), ERR_PASSING, 100, "passing fault (HTTP status 500)", "m",
	  "" },
	{ HTTP_POST, 400, META("\"x\""), ERR_REFUSED, -1, "HTTP status 400", "m", "" },

	/* its words: details before the others, and the field they name */
	{ HTTP_POST, 400, DETAILS("port must be a number"), ERR_REFUSED, 100, "refuses a value",
	  "port must be a number", "calling.sip.servers[0].port" },
	{ HTTP_POST, 400, DETAILS("servers[1].hostname is not valid"), ERR_REFUSED, 100, "",
	  "servers[1].hostname is not valid", "calling.sip.servers[1].hostname" },
	{ HTTP_POST, 400, DETAILS("Too many keys in request_uri_user_params"), ERR_REFUSED, 100, "",
	  "Too many keys in request_uri_user_params",
	  "calling.sip.servers[0].request_uri_user_params" },
	{ HTTP_POST, 400, DETAILS("app_id is read only"), ERR_REFUSED, 100, "", NULL,
	  "calling.sip.servers[0].app_id" },
	{ HTTP_POST, 400, DETAILS("servers may hold 1"), ERR_REFUSED, 100, "", NULL,
	  "calling.sip.servers[0]" },
	{ HTTP_POST, 400, DETAILS("SRTP needs SIP"), ERR_REFUSED, 100, "", NULL,
	  "calling.srtp_key_exchange_protocol" },
	{ HTTP_POST, 400, DETAILS("timezone_id: unknown"), ERR_REFUSED, 100, "", NULL,
	  "calling.call_hours.timezone_id" },
	{ HTTP_POST, 400, DETAILS("Ask support, it is important"), ERR_REFUSED, 100, "", NULL, "" },
	{ HTTP_POST, 400, "{\"error\":{\"code\":100,\"error_data\":\"bad port\"}}", ERR_REFUSED,
	  100, "", "bad port", "calling.sip.servers[0].port" },
	{ HTTP_POST, 400,
	  "{\"error\":{\"code\":100,\"error_data\":\"{\\\"details\\\":\\\"bad port\\\"}\"}}",
	  ERR_REFUSED, 100, "", "bad port", "calling.sip.servers[0].port" },
	{ HTTP_POST, 400,
	  "{\"error\":{\"code\":1000,\"error_user_title\":\"t\",\"error_user_msg\":\"u\","
	  "\"message\":\"m\"}}",
	  ERR_REFUSED, 1000, "its code 1000", "u", "" },

	/* shape 2 */
	{ HTTP_GET, 403, "{\"error\":\"not  for\\nyou\"}", ERR_FORBIDDEN, -1, "no permission",
	  "not for you", "" },
	{ HTTP_POST, 400, "{\"error\":\"Exceeded the limit of 1 request every 5 seconds\"}",
	  ERR_RATE, -1, "too many", NULL, "" },
	/* shape 3 */
	{ HTTP_GET, 401,
	  "{\"meta\":{\"success\":false,\"httpCode\":404,\"developerMessage\":\"No key\"}}",
	  ERR_KEY, -1, "does not take this API key", "No key", "" },
	{ HTTP_GET, 400, "{\"meta\":{\"http_code\":400,\"developer_message\":\"No\"}}", ERR_REFUSED,
	  -1, "HTTP status 400", "No", "" },
	/* shape 4 */
	{ HTTP_GET, 502, "<html><head><title>502 Bad\n Gateway</title></head><body>x</body></html>",
	  ERR_PASSING, -1, "HTTP status 502", "502 Bad Gateway", "" },
	{ HTTP_POST, 503, "<html><style>p{color:red}</style><p>Come <b>back</b></p></html>",
	  ERR_PASSING, -1, "HTTP status 503", "Come back", "" },
	{ HTTP_GET, 504, "upstream timed out", ERR_PASSING, -1, "504", "upstream timed out", "" },
	{ HTTP_GET, 555, "a < b", ERR_PASSING, -1, "555", "a < b", "" },
	{ HTTP_GET, 404, "<title>404", ERR_REFUSED, -1, "no settings at this address", "404", "" },
	{ HTTP_POST, 413, "", ERR_REFUSED, -1, "too large", "", "" },
	{ HTTP_POST, 405, "", ERR_REFUSED, -1, "does not take this request", "", "" },
	{ HTTP_POST, 418, "", ERR_REFUSED, -1, "HTTP status 418", "", "" },
	{ HTTP_GET, 429, "", ERR_RATE, -1, "too many", "", "" },
	/* redirects */
	{ HTTP_GET, 302, "", ERR_REFUSED, -1, "points to another address: https://else.example/",
	  "", "" },
	{ HTTP_POST, 307, "{\"success\":true}", ERR_REFUSED, -1, "It was not followed", "", "" },
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct err err;
		struct http_answer answer = {
			.reach = HTTP_ANSWERED,
			.status = CASES[i].status,
			.body = CASES[i].body,
			.length = strlen(CASES[i].body),
			.location = "https://else.example/",
		};
		err_init(&err);
		print_message("%ld %s\n", CASES[i].status, CASES[i].body);
		assert_int_equal(answer_check(CASES[i].method, &answer, &err),
				 CASES[i].kind == ERR_NONE);
		assert_int_equal(err.kind, CASES[i].kind);
		assert_int_equal(err.code, CASES[i].code);
		assert_non_null(strstr(err.sentence, CASES[i].says));
		if (CASES[i].words != NULL)
			assert_string_equal(err.words, CASES[i].words);
		assert_string_equal(err.field, CASES[i].field);
		if (CASES[i].kind == ERR_NONE)
			continue;
		assert_int_equal(err.http_status, CASES[i].status);
		assert_int_not_equal(err.next_step[0], '\0');
		assert_int_equal(err.sentence[strlen(err.sentence) - 1], '.');
	}
}

static void test_not_answered_is_handed_on(void **state)
{
	(void)state;
	struct err err;
	struct http_answer answer = { .reach = HTTP_NOT_SENT, .body = "" };
	err_set(&answer.err, ERR_NOT_SENT, "No connection.");
	assert_false(answer_check(HTTP_GET, &answer, &err));
	assert_int_equal(err.kind, ERR_NOT_SENT);
	assert_string_equal(err.sentence, "No connection.");
}

static void test_rate_limit_keeps_the_wait(void **state)
{
	(void)state;
	static const struct {
		long status;
		int64_t said_ms, kept_ms;
	} cases[] = { { 429, 7000, 7000 }, { 429, 0, 0 }, { 503, 7000, 0 } };
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct err err;
		struct http_answer answer = {
			.reach = HTTP_ANSWERED,
			.status = cases[i].status,
			.body = "",
			.retry_after_ms = cases[i].said_ms,
		};
		assert_false(answer_check(HTTP_POST, &answer, &err));
		assert_int_equal(err.retry_after_ms, cases[i].kept_ms);
	}
}

/* A page of a gateway is at most a line, cut at a character's border and marked as cut. */
static void test_long_words_are_cut(void **state)
{
	(void)state;
	struct str page;
	str_init(&page);
	for (int i = 0; i < 500; i++)
		str_add(&page, "é");
	struct err err;
	struct http_answer answer = {
		.reach = HTTP_ANSWERED,
		.status = 502,
		.body = page.bytes,
		.length = page.length,
	};
	assert_false(answer_check(HTTP_GET, &answer, &err));
	size_t length = strlen(err.words);
	assert_true(length < 161 && length > 100);
	assert_string_equal(err.words + length - 3, "…");
	assert_int_equal((length - 3) % 2, 0);
	str_release(&page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_not_answered_is_handed_on),
		cmocka_unit_test(test_rate_limit_keeps_the_wait),
		cmocka_unit_test(test_long_words_are_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
