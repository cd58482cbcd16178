#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "calling/paste.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define META_TLS "transport=tls (Meta adds it itself)"

struct paste_case {
	const char *text;
	const char *hostname, *port;
	const char *parameters; /* "k=v k=v", "" for none; NULL: not given */
	const char *srtp;
	const char *taken; /* NULL: not understood */
};

static const struct paste_case address_cases[] = {
	/* plain hostnames and what is no address: typed in as they are */
	{ "", NULL, NULL, NULL, NULL, NULL },
	{ "sip.acme.example", NULL, NULL, NULL, NULL, NULL },
	{ "localhost", NULL, NULL, NULL, NULL, NULL },
	{ "192.0.2.7", NULL, NULL, NULL, NULL, NULL },
	{ "2001:db8::1", NULL, NULL, NULL, NULL, NULL },
	{ "münchen.example", NULL, NULL, NULL, NULL, NULL },
	{ "foo:bar", NULL, NULL, NULL, NULL, NULL },
	{ "tgrp=berlin", NULL, NULL, NULL, NULL, NULL },
	{ "two words", NULL, NULL, NULL, NULL, NULL },
	{ "a.example b.example:5061", NULL, NULL, NULL, NULL, NULL },
	{ "sip:", NULL, NULL, NULL, NULL, NULL },
	{ "[acme.example", NULL, NULL, NULL, NULL, NULL },
	{ "<hostname>", NULL, NULL, NULL, NULL, NULL },
	{ "bad\xff:5061", NULL, NULL, NULL, NULL, NULL },
	{ "a_b.example:5061", NULL, NULL, NULL, NULL, NULL },
	/* host and port */
	{ "sip.acme.example:5061", "sip.acme.example", "5061", NULL, NULL,
	  "Taken: hostname, port 5061." },
	{ "192.0.2.7:5061", "192.0.2.7", "5061", NULL, NULL, "Taken: hostname, port 5061." },
	{ "[2001:db8::1]:5061", "2001:db8::1", "5061", NULL, NULL, "Taken: hostname, port 5061." },
	{ "[2001:db8::1]", "2001:db8::1", NULL, NULL, NULL, "Taken: hostname." },
	{ "münchen.example:5061", "münchen.example", "5061", NULL, NULL,
	  "Taken: hostname, port 5061." },
	{ "sip.acme.example:", "sip.acme.example", NULL, NULL, NULL, "Taken: hostname." },
	{ "sip.acme.example.", "sip.acme.example", NULL, NULL, NULL, "Taken: hostname." },
	{ "sip.acme.example:65536", "sip.acme.example", NULL, NULL, NULL,
	  "Taken: hostname. Left out: port 65536 (not from 1 to 65535)." },
	{ "sip.acme.example:0", "sip.acme.example", NULL, NULL, NULL,
	  "Taken: hostname. Left out: port 0 (not from 1 to 65535)." },
	{ "SIP_SERVER_HOSTNAME:5061", NULL, "5061", NULL, NULL,
	  "Taken: port 5061. Left out: hostname SIP_SERVER_HOSTNAME (a placeholder). Type your own "
	  "hostname." },
	/* wrapped */
	{ "  sip.acme.example \r\n", "sip.acme.example", NULL, NULL, NULL, "Taken: hostname." },
	{ "\"sip.acme.example\",", "sip.acme.example", NULL, NULL, NULL, "Taken: hostname." },
	{ "“sip.acme.example”", "sip.acme.example", NULL, NULL, NULL, "Taken: hostname." },
	{ "\xc2\xa0'sip.acme.example:5062'\n", "sip.acme.example", "5062", NULL, NULL,
	  "Taken: hostname, port 5062." },
	{ " two words ", NULL, NULL, NULL, NULL, NULL },
	/* SIP URIs */
	{ "sip:sip.acme.example", "sip.acme.example", NULL, NULL, NULL, "Taken: hostname." },
	{ "SIPS:sip.acme.example:5061", "sip.acme.example", "5061", NULL, NULL,
	  "Taken: hostname, port 5061." },
	{ "sip://sip.acme.example:5061", "sip.acme.example", "5061", NULL, NULL,
	  "Taken: hostname, port 5061." },
	{ "sip:[2001:db8::1]:5061;transport=tls", "2001:db8::1", "5061", NULL, NULL,
	  "Taken: hostname, port 5061. Left out: " META_TLS "." },
	{ "sip:+123@host.example", "host.example", NULL, NULL, NULL, "Taken: hostname." },
	{ "sip:alice@host.example", "host.example", NULL, NULL, NULL,
	  "Taken: hostname. Left out: the user (Meta puts the number there)." },
	{ "sip:+123;tgrp=berlin;trunk-context=acme@host.example:5061;transport=tls;lr?X=y",
	  "host.example", "5061", "tgrp=berlin trunk-context=acme", NULL,
	  "Taken: hostname, port 5061, 2 parameters. Left out: " META_TLS
	  ", URI parameter lr, what follows ?." },
	{ "sip:+123;tgrp=a%20b%3Bc@host.example", "host.example", NULL, "tgrp=a b;c", NULL,
	  "Taken: hostname, 1 parameter." },
	{ "sip:+123;tgrp=%zz;x=%00;y=%ff@host.example", "host.example", NULL, NULL, NULL,
	  "Taken: hostname. Left out: a parameter (its %-escape is broken), a parameter (its "
	  "%-escape is broken) and 1 more." },
	{ "sip:+123;ext;=x;;tgrp=a@host.example", "host.example", NULL, "tgrp=a", NULL,
	  "Taken: hostname, 1 parameter. Left out: parameter ext (it has no value), a parameter "
	  "(it "
	  "has no key)." },
	{ "sip:+123;transport=tcp@host.example", "host.example", NULL, "", NULL,
	  "Taken: hostname, no parameters. Left out: transport=tcp (Meta adds transport=tls "
	  "itself)." },
	{ "sip:+123;tgrp=x:hunter2@host.example", "host.example", NULL, "tgrp=x", NULL,
	  "Taken: hostname, 1 parameter. Left out: the user's password." },
	{ "\"Acme Support\" <sip:+123;tgrp=x@host.example:5061>;tag=77", "host.example", "5061",
	  "tgrp=x", NULL,
	  "Taken: hostname, port 5061, 1 parameter. Left out: the text around it." },
	{ "<sip:host.example:5061;transport=tcp>", "host.example", "5061", NULL, NULL,
	  "Taken: hostname, port 5061. Left out: transport=tcp (Meta adds transport=tls itself)." },
	{ "INVITE sip:+123;tgrp=x@host.example;transport=tls SIP/2.0", "host.example", NULL,
	  "tgrp=x", NULL,
	  "Taken: hostname, 1 parameter. Left out: " META_TLS ", the text around it." },
	{ "+123;tgrp=x@host.example:5061", "host.example", "5061", "tgrp=x", NULL,
	  "Taken: hostname, port 5061, 1 parameter." },
	{ "sip:+1;a'b=c'@host.example;transport=tls", "host.example", NULL, "a'b=c'", NULL,
	  "Taken: hostname, 1 parameter. Left out: " META_TLS "." },
	{ "sip:+1@SIP_HOST:5061", NULL, "5061", NULL, NULL,
	  "Taken: port 5061. Left out: hostname SIP_HOST (a placeholder). Type your own "
	  "hostname." },
	/* links */
	{ "https://host.example", "host.example", NULL, NULL, NULL,
	  "Taken: hostname. Left out: https://." },
	{ "https://host.example/", "host.example", NULL, NULL, NULL,
	  "Taken: hostname. Left out: https://." },
	{ "https://host.example:8443/secret/path?token=hunter2#x", "host.example", "8443", NULL,
	  NULL, "Taken: hostname, port 8443. Left out: https://, the path, what follows ?." },
	{ "https://user:hunter2@host.example/a@b", "host.example", NULL, NULL, NULL,
	  "Taken: hostname. Left out: https://, the user, the path." },
	{ "<tls://[2001:db8::1]:5061>", "2001:db8::1", "5061", NULL, NULL,
	  "Taken: hostname, port 5061. Left out: tls://." },
	{ "host.example/path", "host.example", NULL, NULL, NULL,
	  "Taken: hostname. Left out: the path." },
};

static const struct paste_case json_cases[] = {
	/* whole and in parts, valid */
	{ "{\"calling\":{\"status\":\"ENABLED\",\"sip\":{\"status\":\"ENABLED\",\"servers\":[{"
	  "\"hostname\":\"sip.acme.example\",\"port\":5061,\"request_uri_user_params\":{\"tgrp\":"
	  "\"berlin\",\"trunk-context\":\"acme\"}}]},\"srtp_key_exchange_protocol\":\"SDES\"}}",
	  "sip.acme.example", "5061", "tgrp=berlin trunk-context=acme", "SDES",
	  "Taken: hostname, port 5061, 2 parameters, SRTP key exchange SDES. Left out: other "
	  "settings." },
	{ "{\"servers\":[{\"port\":5062,\"hostname\":\"a.example\"}]}", "a.example", "5062", NULL,
	  NULL, "Taken: hostname, port 5062." },
	{ "[{\"hostname\":\"a.example\"}]", "a.example", NULL, NULL, NULL, "Taken: hostname." },
	{ "{\"hostname\":\"a.example\",\"port\":\"5061\",\"request_uri_user_params\":{}}",
	  "a.example", "5061", "", NULL, "Taken: hostname, port 5061, no parameters." },
	{ "{\"request_uri_user_params\":{\"n\":5,\"b\":true},\"hostname\":\"a.example\"}",
	  "a.example", NULL, "n=5 b=true", NULL, "Taken: hostname, 2 parameters." },
	{ "{\"hostname\":\"a.example\",\"port\":null,\"request_uri_user_params\":null}",
	  "a.example", NULL, NULL, NULL, "Taken: hostname." },
	{ "{\"hostname\":\"m\\u00fcnchen.example\",\"request_uri_user_params\":{\"a\":\"x\\\"\\n"
	  "\\ud83d\\ude00\\ud800\"}}",
	  "münchen.example", NULL, "a=x\"\n😀\xef\xbf\xbd", NULL, "Taken: hostname, 1 parameter." },
	/* read-only members, and never a password */
	{ "{\"hostname\":\"a.example\",\"sip_user_password\":\"hunter2\",\"password\":\"hunter2\","
	  "\"app_id\":123456789012345678}",
	  "a.example", NULL, NULL, NULL, "Taken: hostname." },
	{ "{\"request_uri_user_params\":{\"tgrp\":\"x\",\"sip_user_password\":\"hunter2\"", NULL,
	  NULL, "tgrp=x", NULL, "Taken: 1 parameter." },
	{ "{\"hostname\":\"a.example\",\"sip_user_password\":\"hunter2\n", "a.example", NULL, NULL,
	  NULL, "Taken: hostname." },
	/* more than one server */
	{ "{\"servers\":[{\"hostname\":\"a.example\"},{\"hostname\":\"b.example\",\"port\":9,"
	  "\"request_uri_user_params\":{\"tgrp\":\"b\"}}]}",
	  "a.example", NULL, NULL, NULL,
	  "Taken: hostname. Left out: SIP server b.example (one per app)." },
	{ "\"hostname\": \"a.example\",\n\"port\": 1,\n\"hostname\": \"b.example\",\n\"port\": 2",
	  "a.example", "1", NULL, NULL,
	  "Taken: hostname, port 1. Left out: SIP server b.example (one per app)." },
	{ "\"port\": 1 }, { \"hostname\": \"b.example\"", NULL, "1", NULL, NULL,
	  "Taken: port 1. Left out: SIP server b.example (one per app)." },
	/* the faults of samples */
	{ "\"hostname\": \"a.example\",\n\"port\": 5061,", "a.example", "5061", NULL, NULL,
	  "Taken: hostname, port 5061." },
	{ "\"hostname\": \"a.example\"\n\"port\": 5061", "a.example", "5061", NULL, NULL,
	  "Taken: hostname, port 5061." },
	{ "hostname: a.example\nport: 5061\n", "a.example", "5061", NULL, NULL,
	  "Taken: hostname, port 5061." },
	{ "{ hostname: 'a.example', port: 5061, }", "a.example", "5061", NULL, NULL,
	  "Taken: hostname, port 5061." },
	{ "{“hostname”: “a.example”, ‘port’: 5061}", "a.example", "5061", NULL, NULL,
	  "Taken: hostname, port 5061." },
	{ "{\n // \"hostname\": \"no.example\",\n \"hostname\": \"a.example\", // yours\n /* "
	  "\"port\":"
	  " 1,\n*/ \"port\": 5061 # TLS\n}",
	  "a.example", "5061", NULL, NULL, "Taken: hostname, port 5061." },
	{ "{ . . .\n\"hostname\": \"a.example\" ...\n\"port\": 5061 … }", "a.example", "5061", NULL,
	  NULL, "Taken: hostname, port 5061." },
	{ "{\"hostname\":\"a.example\",\"request_uri_user_params\":{ . . . }}", "a.example", NULL,
	  NULL, NULL, "Taken: hostname." },
	{ "\"hostname\": \"a.example,\n\"port\": 5061", "a.example", "5061", NULL, NULL,
	  "Taken: hostname, port 5061." },
	{ "\"port\": 5061 (default)\n", NULL, "5061", NULL, NULL, "Taken: port 5061." },
	{ "\"hostname\": \"sip:a.example:5070;transport=tls\"", "a.example", "5070", NULL, NULL,
	  "Taken: hostname, port 5070. Left out: " META_TLS "." },
	{ "{\"calling\":{\"srtp_key_exchange_protocol\":\"DTLS (default) | SDES\"}}", NULL, NULL,
	  NULL, NULL, "Nothing was taken. Left out: SRTP key exchange (more than one choice)." },
	{ "\"srtp_key_exchange_protocol\": \"DTLS\" | \"SDES\"", NULL, NULL, NULL, NULL,
	  "Nothing was taken. Left out: SRTP key exchange (more than one choice)." },
	{ "\"srtp_key_exchange_protocol\": \"DTLS\" or \"SDES\"", NULL, NULL, NULL, NULL,
	  "Nothing was taken. Left out: SRTP key exchange (more than one choice)." },
	{ "\"srtp_key_exchange_protocol\": \"dtls (default)\"", NULL, NULL, NULL, "DTLS",
	  "Taken: SRTP key exchange DTLS." },
	{ "\"srtp_key_exchange_protocol\": \"ZRTP\"", NULL, NULL, NULL, NULL,
	  "Nothing was taken. Left out: SRTP key exchange ZRTP (unknown)." },
	{ "{\"hostname\":\"a.example\",\"request_uri_user_params\":{\"transport\":\"tcp\"}}",
	  "a.example", NULL, "", NULL,
	  "Taken: hostname, no parameters. Left out: transport=tcp (Meta adds transport=tls "
	  "itself)." },
	/* placeholders */
	{ "{\"servers\":[{\"hostname\": SIP_SERVER_HOSTNAME,\"port\": SIP_SERVER_PORT,"
	  "\"request_uri_user_params\":{\"KEY1\":\"VALUE1\", // trunk "
	  "groups\n\"KEY2\":\"VALUE2\",}}]}",
	  NULL, NULL, NULL, NULL,
	  "Nothing was taken. Left out: hostname SIP_SERVER_HOSTNAME (a placeholder) and 3 more. "
	  "Type your own hostname." },
	{ "\"hostname\": \"<hostname>\", \"port\": <your port>", NULL, NULL, NULL, NULL,
	  "Nothing was taken. Left out: hostname <hostname> (a placeholder), port <your port> (a "
	  "placeholder). Type your own hostname." },
	{ "{\"hostname\":\"{{host}}\",\"port\":5061}", NULL, "5061", NULL, NULL,
	  "Taken: port 5061. Left out: hostname {{host}} (a placeholder). Type your own "
	  "hostname." },
	{ "{\"hostname\":\"string\",\"port\":0}", NULL, NULL, NULL, NULL,
	  "Nothing was taken. Left out: hostname string (a placeholder), port 0 (not from 1 to "
	  "65535). Type your own hostname." },
	{ "{\"hostname\":\"a b\"}", NULL, NULL, NULL, NULL,
	  "Nothing was taken. Left out: hostname a b (not a hostname)." },
	/* commands */
	{ "curl -X POST 'https://waba-v2.360dialog.io/calling/settings' \\\n -H 'D360-API-KEY: "
	  "hunter2' \\\n -d '{\"calling\":{\"sip\":{\"servers\":[{\"hostname\":\"a.example\","
	  "\"port\":5061}]}}}'",
	  "a.example", "5061", NULL, NULL, "Taken: hostname, port 5061." },
	{ "curl https://x.example -H \"D360-API-KEY: {{key}}\" --data "
	  "'{\"hostname\":\"a.example\"}'"
	  " -H 'Accept: */*'",
	  "a.example", NULL, NULL, NULL, "Taken: hostname." },
	{ "curl x -d \"{\\\"hostname\\\":\\\"a.example\\\",\\\"port\\\":5061}\"", "a.example",
	  "5061", NULL, NULL, "Taken: hostname, port 5061." },
	{ "curl https://x.example/calling/settings -H 'D360-API-KEY: hunter2'", NULL, NULL, NULL,
	  NULL,
	  "Nothing was taken: no SIP server is named in the pasted text. Type the hostname." },
	{ "D360-API-KEY: hunter2", NULL, NULL, NULL, NULL,
	  "Nothing was taken: no SIP server is named in the pasted text. Type the hostname." },
	{ "{\"error\":\"no\"}", NULL, NULL, NULL, NULL,
	  "Nothing was taken: no SIP server is named in the pasted text. Type the hostname." },
};

static void parameters_write(struct str *out, const struct pasted_server *pasted)
{
	for (size_t i = 0; i < pasted->parameter_count; i++)
		str_addf(out, "%s%s=%s", i > 0 ? " " : "", pasted->parameters[i].key,
			 pasted->parameters[i].value);
}

static void check_text(const char *what, const char *got, const char *expected)
{
	if (!text_equal(got, expected))
		fail_msg("%s is <%s>, not <%s>", what, got ? got : "(none)",
			 expected ? expected : "(none)");
}

static void check_case(const struct paste_case *c)
{
	struct pasted_server pasted;
	pasted_server_init(&pasted);
	bool understood = paste_understand(&pasted, c->text);
	check_text(c->text, pasted.taken, c->taken);
	assert_int_equal(understood, c->taken != NULL);
	check_text(c->text, pasted.hostname, c->hostname);
	check_text(c->text, pasted.port, c->port);
	check_text(c->text, pasted.srtp, c->srtp);
	assert_int_equal(pasted.has_parameters, c->parameters != NULL);
	struct str parameters;
	str_init(&parameters);
	parameters_write(&parameters, &pasted);
	check_text(c->text, parameters.bytes, c->parameters ? c->parameters : "");
	str_release(&parameters);
	if (pasted.taken)
		assert_null(strstr(pasted.taken, "hunter2"));
	pasted_server_release(&pasted);
	assert_null(pasted.taken);
}

static void test_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(address_cases); i++)
		check_case(&address_cases[i]);
}

static void test_json(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(json_cases); i++)
		check_case(&json_cases[i]);
}

/* Every text that is cut short is still read to its end, and sentences stay short. */
static void test_cut_short(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(json_cases); i++) {
		size_t length = strlen(json_cases[i].text);
		for (size_t cut = 0; cut <= length; cut++) {
			char *text = mem_text_n(json_cases[i].text, cut);
			struct pasted_server pasted;
			pasted_server_init(&pasted);
			bool understood = paste_understand(&pasted, text);
			assert_int_equal(understood, pasted.taken != NULL);
			if (understood)
				assert_true(strlen(pasted.taken) <= 200);
			pasted_server_release(&pasted);
			free(text);
		}
	}
}

static void test_many_parameters(void **state)
{
	(void)state;
	struct str text;
	str_init(&text);
	str_add(&text, "sip:+1");
	for (int i = 0; i < 70; i++)
		str_addf(&text, ";k%d=v", i);
	str_add(&text, "@a.example");
	struct pasted_server pasted;
	pasted_server_init(&pasted);
	assert_true(paste_understand(&pasted, text.bytes));
	assert_int_equal(pasted.parameter_count, 64);
	assert_string_equal(pasted.taken,
			    "Taken: hostname, 64 parameters. Left out: parameter k64 "
			    "(more than 64), parameter k65 (more than 64) and 4 more.");
	pasted_server_release(&pasted);
	str_release(&text);
}

/* What is repeated of a text from outside is cut between characters. */
static void test_long_names(void **state)
{
	(void)state;
	struct pasted_server pasted;
	pasted_server_init(&pasted);
	assert_true(paste_understand(&pasted, "\"hostname\": \"aüüüüüüüüüüüüüüüüüüüüüüüüüüüüü!\""));
	assert_string_equal(pasted.taken, "Nothing was taken. Left out: hostname aüüüüüüüüüüüüüüü… "
					  "(not a hostname).");
	pasted_server_release(&pasted);
}

static void test_too_long(void **state)
{
	(void)state;
	struct str text;
	str_init(&text);
	str_add(&text, "a.example:5061");
	while (text.length < PASTE_MAX)
		str_add_char(&text, ' ');
	struct pasted_server pasted;
	pasted_server_init(&pasted);
	assert_true(paste_understand(&pasted, text.bytes));
	assert_string_equal(pasted.hostname, "a.example");
	pasted_server_release(&pasted);
	str_add_char(&text, ' ');
	assert_true(paste_understand(&pasted, text.bytes));
	assert_null(pasted.hostname);
	assert_string_equal(pasted.taken,
			    "Nothing was taken: the pasted text is longer than 64 KiB. "
			    "Paste the SIP server's part of it only.");
	pasted_server_release(&pasted);
	str_release(&text);
}

/* The longest texts of the worst shapes take no time to speak of: work grows with length only. */
static void test_linear(void **state)
{
	(void)state;
	static const char *const pieces[] = { "<",
					      "\"",
					      "'\n",
					      "\\\"",
					      "{",
					      "}",
					      "[",
					      "/*",
					      "//",
					      "<a ",
					      ";a=b",
					      "sip:",
					      " sip:",
					      "\"a\":",
					      "a: ",
					      ".",
					      "%",
					      "@",
					      "\\u",
					      "“",
					      "a\"  ",
					      ";",
					      "a:",
					      "://",
					      "{\"port\":1}",
					      "\"hostname\":1 ",
					      "#",
					      "or | " };
	clock_t begin = clock();
	for (size_t i = 0; i < ARRAY_LENGTH(pieces); i++) {
		struct str text;
		str_init(&text);
		while (text.length + strlen(pieces[i]) <= PASTE_MAX)
			str_add(&text, pieces[i]);
		struct pasted_server pasted;
		pasted_server_init(&pasted);
		bool understood = paste_understand(&pasted, text.bytes);
		assert_int_equal(understood, pasted.taken != NULL);
		pasted_server_release(&pasted);
		str_release(&text);
	}
	/* Together 2 MiB, below 0.1 s; one shape with a square in it takes more than the bound. */
	assert_true(clock() - begin < 2 * (clock_t)CLOCKS_PER_SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),  cmocka_unit_test(test_json),
		cmocka_unit_test(test_cut_short),  cmocka_unit_test(test_many_parameters),
		cmocka_unit_test(test_long_names), cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_linear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
