#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "calling/request_uri.h"

#include <string.h>

static const struct escape_case {
	const char *plain, *escaped;
} escape_cases[] = {
	{ "", "" },
	{ "azAZ09", "azAZ09" },
	{ "-_.!~*'()&+$/", "-_.!~*'()&+$/" },
	{ "a;b", "a%3Bb" },
	{ "a=b", "a%3Db" },
	{ "a,b", "a%2Cb" },
	{ "a?b", "a%3Fb" },
	{ "a:b@c", "a%3Ab%40c" },
	{ "a b%", "a%20b%25" },
	{ "[\"#\\]", "%5B%22%23%5C%5D" },
	{ "ü\x01\x7f", "%C3%BC%01%7F" },
};

static const struct broken_case {
	const char *text;
} broken_cases[] = {
	{ "%" }, { "a%2" }, { "%zz" }, { "%2z" }, { "%z2" }, { "ab%00" }, { "%%41" },
};

enum { CASE_PARAMETERS = 3 };

static const struct uri_case {
	const char *phone_number;
	const char *hostname;
	struct {
		const char *key, *value;
	} parameters[CASE_PARAMETERS];
	const char *uri;
} uri_cases[] = {
	{ "+4930123456",
	  "sip.acme.example",
	  { { NULL, NULL } },
	  "sip:+4930123456@sip.acme.example" },
	{ "4930123456",
	  "sip.acme.example",
	  { { NULL, NULL } },
	  "sip:+4930123456@sip.acme.example" },
	{ "+49 (30) 123-456", "a.example", { { NULL, NULL } }, "sip:+4930123456@a.example" },
	{ NULL, "a.example", { { NULL, NULL } }, "sip:<number>@a.example" },
	{ "", "a.example", { { NULL, NULL } }, "sip:<number>@a.example" },
	{ "+", "a.example", { { NULL, NULL } }, "sip:<number>@a.example" },
	{ "1", NULL, { { NULL, NULL } }, "sip:+1@<hostname>" },
	{ "1", "", { { NULL, NULL } }, "sip:+1@<hostname>" },
	{ "1", "MÜNCHEN.example", { { NULL, NULL } }, "sip:+1@xn--mnchen-3ya.example" },
	{ "1", "2001:DB8::1", { { NULL, NULL } }, "sip:+1@[2001:db8::1]" },
	{ "1", "[2001:db8::1]", { { NULL, NULL } }, "sip:+1@[2001:db8::1]" },
	{ "1", "not a name", { { NULL, NULL } }, "sip:+1@not a name" },
	{ "1",
	  "a.example",
	  { { "tgrp", "berlin" }, { "trunk-context", "acme.example" } },
	  "sip:+1;tgrp=berlin;trunk-context=acme.example@a.example" },
	{ "1", "a.example", { { "a b", "c;d" } }, "sip:+1;a%20b=c%3Bd@a.example" },
	{ "1", "a.example", { { "", "" }, { "tgrp", "" }, { "", "x" } }, "sip:+1;tgrp@a.example" },
};

static void test_escape(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(escape_cases); i++) {
		const struct escape_case *c = &escape_cases[i];
		struct str out;
		str_init(&out);
		str_add(&out, "=");
		user_part_escape(&out, c->plain);
		assert_string_equal(out.bytes + 1, c->escaped);
		str_clear(&out);
		assert_true(user_part_unescape(&out, c->escaped, strlen(c->escaped)));
		assert_string_equal(out.bytes, c->plain);
		str_release(&out);
	}
}

static void test_unescape(void **state)
{
	(void)state;
	struct str out;
	str_init(&out);
	for (size_t i = 0; i < ARRAY_LENGTH(broken_cases); i++) {
		str_clear(&out);
		str_add(&out, "kept");
		const char *text = broken_cases[i].text;
		assert_false(user_part_unescape(&out, text, strlen(text)));
		assert_string_equal(out.bytes, "kept");
	}
	str_clear(&out);
	assert_true(user_part_unescape(&out, "%c3%BCx;rest", 7));
	assert_string_equal(out.bytes, "üx");
	/* The length counts, not what stands behind it. */
	str_clear(&out);
	assert_false(user_part_unescape(&out, "%41", 2));
	str_release(&out);
}

/* Every byte but NUL comes back as it was. */
static void test_round_trip(void **state)
{
	(void)state;
	char text[256];
	for (int i = 1; i < 256; i++)
		text[i - 1] = (char)i;
	text[255] = '\0';
	struct str escaped, plain;
	str_init(&escaped);
	str_init(&plain);
	user_part_escape(&escaped, text);
	assert_null(strpbrk(escaped.bytes, ";=,?@: \"<>#[]"));
	assert_true(user_part_unescape(&plain, escaped.bytes, escaped.length));
	assert_string_equal(plain.bytes, text);
	str_release(&escaped);
	str_release(&plain);
}

static void test_uri(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(uri_cases); i++) {
		const struct uri_case *c = &uri_cases[i];
		struct parameter parameters[CASE_PARAMETERS];
		struct sip_server server = { .hostname = (char *)(uintptr_t)c->hostname,
					     .port = (char *)(uintptr_t) "5099",
					     .parameters = parameters };
		for (size_t p = 0; p < CASE_PARAMETERS && c->parameters[p].key; p++) {
			parameters[p].key = (char *)(uintptr_t)c->parameters[p].key;
			parameters[p].value = (char *)(uintptr_t)c->parameters[p].value;
			server.parameter_count++;
		}
		struct str out;
		str_init(&out);
		request_uri_write(&out, c->phone_number, &server, false);
		assert_string_equal(out.bytes, c->uri);
		size_t length = out.length;
		str_clear(&out);
		request_uri_write(&out, c->phone_number, &server, true);
		assert_memory_equal(out.bytes, c->uri, length);
		assert_string_equal(out.bytes + length, ";transport=tls");
		str_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escape),
		cmocka_unit_test(test_unescape),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_uri),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
