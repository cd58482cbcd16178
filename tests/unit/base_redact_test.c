/* What is hidden before text leaves the process, and what is not. */
#include "base/redact.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY "k3y/With+Sign=\"1\""

static void check(const char *name, const char *secret_text, const char *text, const char *wanted)
{
	struct secret secret;
	struct str out;
	secret_init(&secret);
	str_init(&out);
	if (secret_text != NULL)
		assert_true(secret_set(&secret, secret_text, strlen(secret_text), NULL));
	str_add(&out, text);
	redact(&out, secret_text == NULL ? NULL : &secret);
	if (strcmp(out.bytes, wanted) != 0)
		fail_msg("%s: “%s” became “%s”, not “%s”", name, text, out.bytes, wanted);
	redact(&out, &secret); /* once more changes nothing */
	assert_string_equal(out.bytes, wanted);
	str_release(&out);
	secret_release(&secret);
}

static void test_secrets(void **state)
{
	(void)state;
	static const struct {
		const char *name, *secret, *text, *wanted;
	} cases[] = {
		{ "alone", "planted-key", "planted-key", "(hidden)" },
		{ "within words", "planted-key", "key planted-key is wrong",
		  "key (hidden) is wrong" },
		{ "within a word", "planted-key", "<planted-key>", "<(hidden)>" },
		{ "twice", "planted-key", "planted-keyplanted-key", "(hidden)(hidden)" },
		{ "overlapping beginnings", "aab-aab-aac", "aab-aab-aab-aac", "aab-(hidden)" },
		{ "letter case is another key", "planted-key", "Planted-Key", "Planted-Key" },
		{ "a part of it", "planted-key", "planted-ke", "planted-ke" },
		{ "cut short", "planted-key", "it was planted…", "it was (hidden)…" },
		{ "cut short within a sentence", "planted-key", "planted-… was sent",
		  "(hidden)… was sent" },
		{ "cut within a character", "planted/key", "planted%2… planted\\u00… planted…",
		  "(hidden)%2… (hidden)\\u00… (hidden)…" },
		{ "cut so short that it tells little", "planted-key", "plant…", "plant…" },
		{ "too short a secret", "acme", "acme is “acme”", "acme is “acme”" },
		{ "as short as can be", "acme-1", "acme-1 acme-", "(hidden) acme-" },
		{ "no text", "planted-key", "", "" },
		{ "no secret", "", "planted-key", "planted-key" },
		{ "signs, plain", KEY, "a " KEY " b", "a (hidden) b" },
		{ "signs, JSON", KEY, "{\"x\":\"k3y\\/With+Sign=\\\"1\\\"\"}",
		  "{\"x\":\"(hidden)\"}" },
		{ "signs, JSON with numbers", KEY, "k3y\\u002fWith\\u002BSign=\\u00221\\u0022.",
		  "(hidden)." },
		{ "all numbers", "abcdef", "\\u0061\\u0062\\u0063\\u0064\\u0065\\u0066",
		  "(hidden)" },
		{ "half a number", "abcdef", "\\u0061bcde\\u006", "\\u0061bcde\\u006" },
		{ "signs, percent", KEY, "?k=k3y%2FWith%2bSign%3d%221%22&x", "?k=(hidden)&x" },
		{ "a blank as a form has it", "two words", "two+words two%20words",
		  "(hidden) (hidden)" },
		{ "HTML", "a<b>&\"c'd",
		  "(a&lt;b&gt;&amp;&quot;c&#39;d) a&#60;b&#x3e;&amp;&quot;c&apos;d",
		  "((hidden)) (hidden)" },
		{ "half of HTML", "abcdef&g", "abcdef&am abcdef&#3 abcdef&#99999999;g",
		  "abcdef&am abcdef&#3 abcdef&#99999999;g" },
		{ "base16", "planted-key", "706c616e7465642d6b6579 706C616E7465642D6B6579",
		  "(hidden) (hidden)" },
		{ "half a percent", "ab%%%cd", "ab%2 ab%%%cd", "ab%2 (hidden)" },
		{ "letters beyond ASCII", "Schlüssel", "Schlüssel Schl\\u00fcssel Schl%C3%BCssel",
		  "(hidden) (hidden) (hidden)" },
		{ "letters beyond 16 bits", "🔑-secret", "\\ud83d\\udd11-secret \\ud83d-secret",
		  "(hidden) \\ud83d-secret" },
		{ "a backslash, plain and in JSON", "back\\slash", "back\\slash back\\\\slash",
		  "(hidden) (hidden)" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		check(cases[i].name, cases[i].secret, cases[i].text, cases[i].wanted);
}

static void test_secrets_in_base64(void **state)
{
	(void)state;
	static const struct {
		const char *name, *secret, *text, *wanted;
	} cases[] = {
		{ "base64", "planted-key", "cGxhbnRlZC1rZXk=", "(hidden)=" },
		{ "base64 after one byte", "planted-key", "LXBsYW50ZWQta2V5", "L(hidden)" },
		{ "base64 after two", "planted-key", "LS1wbGFudGVkLWtleQ==", "LS(hidden)==" },
		{ "base64 within more", "planted-key",
		  "YToxLXBsYW50ZWQta2V5LXg=", "YToxL(hidden)LXg=" },
		{ "base64, the alphabet of URLs", "~~~???~~~", "fn5-Pz8_fn5-", "(hidden)" },
		{ "base64, the usual alphabet", "~~~???~~~", "fn5+Pz8/fn5+", "(hidden)" },
		{ "base64 of another", "planted-key", "cGxhbnRlZC1rZXo=", "cGxhbnRlZC1rZXo=" },
		{ "base64 cut short", "planted-key", "cGxhbnRlZC…", "(hidden)…" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		check(cases[i].name, cases[i].secret, cases[i].text, cases[i].wanted);
}

static void test_places(void **state)
{
	(void)state;
	static const struct {
		const char *text, *wanted;
	} cases[] = {
		{ "D360-API-KEY: abc123", "D360-API-KEY: (hidden)" },
		{ "d360-api-key:abc123\r\nAccept: x", "d360-api-key:(hidden)\r\nAccept: x" },
		{ "curl -H 'D360-API-KEY: abc123' https://x",
		  "curl -H 'D360-API-KEY: (hidden)' https://x" },
		{ "{\"D360-API-KEY\" : \"abc 123\"}", "{\"D360-API-KEY\" : \"(hidden)\"}" },
		{ "Authorization: Bearer abc.def\nHost: x", "Authorization: (hidden)\nHost: x" },
		{ "Proxy-Authorization: Basic eDp5", "Proxy-Authorization: (hidden)" },
		{ "{\"sip_user_password\":\"a\\\"b\\\\\",\"port\":5061}",
		  "{\"sip_user_password\":\"(hidden)\",\"port\":5061}" },
		{ "\"password\" : \"abc\"", "\"password\" : \"(hidden)\"" },
		{ "\"password\":12345678,\"x\":1", "\"password\":(hidden),\"x\":1" },
		{ "{\\\"password\\\":\\\"a\\\\\\\"bc\\\",\\\"x\\\":1}",
		  "{\\\"password\\\":\\\"(hidden)\\\",\\\"x\\\":1}" },
		{ "\"password\":\"never ends", "\"password\":\"(hidden)" },
		{ "'password': 'abc'", "'password': '(hidden)'" },
		{ "?password=abc&access_token=def&x=1",
		  "?password=(hidden)&access_token=(hidden)&x=1" },
		{ "{\"PASSWORD\":\"abc\",\"api_key\":\"def\"}",
		  "{\"PASSWORD\":\"(hidden)\",\"api_key\":\"(hidden)\"}" },
		{ "https://me:pw@host/path", "https://(hidden)@host/path" },
		/* harmless */
		{ "SIP user password: it is fetched when asked for.",
		  "SIP user password: it is fetched when asked for." },
		{ "The password is shown for 20 seconds.",
		  "The password is shown for 20 seconds." },
		{ "passwords=2 password_reset=yes", "passwords=2 password_reset=yes" },
		{ "\"sip_user_password\" is read only", "\"sip_user_password\" is read only" },
		{ "\"password\":\"\"", "\"password\":\"\"" },
		{ "The header D360-API-KEY is missing.", "The header D360-API-KEY is missing." },
		{ "API key: none was given", "API key: none was given" },
		{ "authorization is needed", "authorization is needed" },
		{ "https://waba-v2.360dialog.io/a?b=c@d", "https://waba-v2.360dialog.io/a?b=c@d" },
		{ "sip:+4930123456;tgrp=x@sip.acme.example",
		  "sip:+4930123456;tgrp=x@sip.acme.example" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		check("a place", NULL, cases[i].text, cases[i].wanted);
}

/* Each secret of a base64 text is found wherever it begins. */
static void test_base64_of_every_length(void **state)
{
	(void)state;
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	static const char longest[] = "0123456789abcdefghij";
	for (size_t length = REDACT_SECRET_LEAST; length < sizeof longest; length++)
		for (size_t before = 0; before < 7; before++) {
			char text[64], encoded[64] = "";
			char *secret_text = mem_text_n(longest, length);
			int size = snprintf(text, sizeof text, "%.*s%s%s", (int)before, "-------",
					    secret_text, "--");
			for (int i = 0, at = 0; i < size * 8; i += 6) {
				int value = 0;
				for (int bit = i; bit < i + 6; bit++)
					value = value << 1 | (bit < size * 8 &&
							      text[bit / 8] >> (7 - bit % 8) & 1);
				encoded[at++] = digits[value];
			}
			struct secret secret;
			struct str out;
			secret_init(&secret);
			str_init(&out);
			assert_true(secret_set(&secret, secret_text, length, NULL));
			str_add(&out, encoded);
			redact(&out, &secret);
			assert_non_null(strstr(out.bytes, "(hidden)"));
			/* A character of base64 belongs to at most two bytes: one beside it. */
			assert_true(strlen(out.bytes) <=
				    strlen("(hidden)") + (before * 4 + 2) / 3 + 3);
			str_release(&out);
			secret_release(&secret);
			free(secret_text);
		}
}

static void test_errors(void **state)
{
	(void)state;
	static const char KEY_TEXT[] = "abcdef";
	struct err err;
	struct secret secret;
	secret_init(&secret);
	assert_true(secret_set(&secret, KEY_TEXT, strlen(KEY_TEXT), NULL));
	err_set(&err, ERR_REFUSED, "The key abcdef is wrong.");
	err_next_step(&err, "Do not send abcdef.");
	err_field(&err, "calling.status");
	(void)snprintf(err.words, sizeof err.words, "\"password\":\"x\"");
	redact_err(&err, &secret);
	assert_string_equal(err.sentence, "The key (hidden) is wrong.");
	assert_string_equal(err.next_step, "Do not send (hidden).");
	assert_string_equal(err.words, "\"password\":\"(hidden)\"");
	assert_string_equal(err.field, "calling.status");
	assert_int_equal(err.kind, ERR_REFUSED);

	/* "(hidden)" is longer than this secret: what no longer fits is cut, and said to be. */
	memset(err.words, 'x', sizeof err.words);
	memcpy(err.words + sizeof err.words - sizeof KEY_TEXT, KEY_TEXT, sizeof KEY_TEXT);
	redact_err(&err, &secret);
	assert_null(strstr(err.words, KEY_TEXT));
	assert_string_equal(err.words + strlen(err.words) - 8, "xx(hi…");
	secret_release(&secret);
}

/* Nothing of the text as it was is left in the memory that held it. */
static void test_nothing_is_left_behind(void **state)
{
	(void)state;
	static const char KEY_TEXT[] = "abcdefghij";
	struct err err;
	struct secret secret;
	secret_init(&secret);
	assert_true(secret_set(&secret, KEY_TEXT, strlen(KEY_TEXT), NULL));
	err_set(&err, ERR_REFUSED, "A key that stands at the end: abcdefghij");
	redact_err(&err, &secret);
	assert_null(memmem(&err, sizeof err, "efghij", 6));
	secret_release(&secret);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_secrets), cmocka_unit_test(test_secrets_in_base64),
		cmocka_unit_test(test_places),	cmocka_unit_test(test_base64_of_every_length),
		cmocka_unit_test(test_errors),	cmocka_unit_test(test_nothing_is_left_behind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
