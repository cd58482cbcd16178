#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "calling/hostname.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define LABEL_63 "a23456789012345678901234567890123456789012345678901234567890123"
#define LABEL_61 "a234567890123456789012345678901234567890123456789012345678901"

static const struct kind_case {
	const char *text;
	enum hostname_kind kind;
	const char *why_part; /* HOSTNAME_WRONG: words its sentence holds */
	const char *ascii;    /* NULL: none */
	const char *unicode;  /* NULL: the same as `ascii` */
} kind_cases[] = {
	{ NULL, HOSTNAME_EMPTY, NULL, NULL, NULL },
	{ "", HOSTNAME_EMPTY, NULL, NULL, NULL },
	{ "sip.acme.example", HOSTNAME_DNS, NULL, "sip.acme.example", NULL },
	{ "SIP.Acme.Example", HOSTNAME_DNS, NULL, "sip.acme.example", NULL },
	{ "3com.example", HOSTNAME_DNS, NULL, "3com.example", NULL },
	{ "ab--cd.example", HOSTNAME_DNS, NULL, "ab--cd.example", NULL },
	{ "a-b.c-d.example", HOSTNAME_DNS, NULL, "a-b.c-d.example", NULL },
	{ LABEL_63 ".example", HOSTNAME_DNS, NULL, LABEL_63 ".example", NULL },
	{ LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_61, HOSTNAME_DNS, NULL,
	  LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_61, NULL },
	{ "xn--mnchen-3ya.example", HOSTNAME_DNS, NULL, "xn--mnchen-3ya.example",
	  "münchen.example" },
	{ "XN--MNCHEN-3YA.example", HOSTNAME_DNS, NULL, "xn--mnchen-3ya.example",
	  "münchen.example" },
	{ "münchen.example", HOSTNAME_IDN, NULL, "xn--mnchen-3ya.example", "münchen.example" },
	{ "MÜNCHEN.Example", HOSTNAME_IDN, NULL, "xn--mnchen-3ya.example", "münchen.example" },
	{ "mu\xcc\x88nchen.example", HOSTNAME_IDN, NULL, "xn--mnchen-3ya.example",
	  "münchen.example" },
	{ "straße.example", HOSTNAME_IDN, NULL, "xn--strae-oqa.example", "straße.example" },
	{ "例え。テスト", HOSTNAME_IDN, NULL, "xn--r8jz45g.xn--zckzah", "例え.テスト" },
	{ "localhost", HOSTNAME_SINGLE, NULL, "localhost", NULL },
	{ "münchen", HOSTNAME_SINGLE, NULL, "xn--mnchen-3ya", "münchen" },
	{ "192.0.2.7", HOSTNAME_IPV4, NULL, "192.0.2.7", NULL },
	{ "2001:DB8::1", HOSTNAME_IPV6, NULL, "2001:db8::1", NULL },
	{ "[2001:db8::1]", HOSTNAME_IPV6, NULL, "2001:db8::1", NULL },
	{ "::ffff:192.0.2.7", HOSTNAME_IPV6, NULL, "::ffff:192.0.2.7", NULL },
	/* wrong, each with its own next step */
	{ " sip.acme.example", HOSTNAME_WRONG, "blank", NULL, NULL },
	{ "sip.acme .example", HOSTNAME_WRONG, "blank", NULL, NULL },
	{ "sip.acme.example\n", HOSTNAME_WRONG, "control", NULL, NULL },
	{ "sip.\xff.example", HOSTNAME_WRONG, "UTF-8", NULL, NULL },
	{ "sip:sip.acme.example", HOSTNAME_WRONG, "Leave out sip:", NULL, NULL },
	{ "SIPS:user@acme.example", HOSTNAME_WRONG, "Leave out sip:", NULL, NULL },
	{ "https://acme.example/x", HOSTNAME_WRONG, "scheme", NULL, NULL },
	{ "user@acme.example", HOSTNAME_WRONG, "user", NULL, NULL },
	{ "acme.example/sip", HOSTNAME_WRONG, "path", NULL, NULL },
	{ "acme.example?x", HOSTNAME_WRONG, "query", NULL, NULL },
	{ "acme.example;transport=tls", HOSTNAME_WRONG, "parameters", NULL, NULL },
	{ "tgrp=acme", HOSTNAME_WRONG, "no =", NULL, NULL },
	{ "*.acme.example", HOSTNAME_WRONG, "certificates only", NULL, NULL },
	{ "sip_1.acme.example", HOSTNAME_WRONG, "no _", NULL, NULL },
	{ "a.example,b.example", HOSTNAME_WRONG, "Only one", NULL, NULL },
	{ "<hostname>", HOSTNAME_WRONG, "placeholder", NULL, NULL },
	{ "{{hostname}}", HOSTNAME_WRONG, "placeholder", NULL, NULL },
	{ "$HOST", HOSTNAME_WRONG, "placeholder", NULL, NULL },
	{ "acme.example:5061", HOSTNAME_WRONG, "port has its own row", NULL, NULL },
	{ "[2001:db8::1]:5061", HOSTNAME_WRONG, "port has its own row", NULL, NULL },
	{ "2001:db8::zz", HOSTNAME_WRONG, "IPv6", NULL, NULL },
	{ "[acme.example]", HOSTNAME_WRONG, "IPv6", NULL, NULL },
	{ "fe80::1%eth0", HOSTNAME_WRONG, "no %", NULL, NULL },
	{ ".", HOSTNAME_WRONG, "each dot", NULL, NULL },
	{ "acme..example", HOSTNAME_WRONG, "each dot", NULL, NULL },
	{ ".acme.example", HOSTNAME_WRONG, "each dot", NULL, NULL },
	{ "acme.example.", HOSTNAME_WRONG, "dot at the end", NULL, NULL },
	{ "-acme.example", HOSTNAME_WRONG, "hyphen", NULL, NULL },
	{ "acme-.example", HOSTNAME_WRONG, "hyphen", NULL, NULL },
	{ LABEL_63 "4.example", HOSTNAME_WRONG, "63", NULL, NULL },
	{ LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_61 "2", HOSTNAME_WRONG, "253", NULL, NULL },
	{ "acme!.example", HOSTNAME_WRONG, "letters, digits", NULL, NULL },
	{ "1.2.3", HOSTNAME_WRONG, "IP address", NULL, NULL },
	{ "300.0.2.7", HOSTNAME_WRONG, "IP address", NULL, NULL },
	{ "5061", HOSTNAME_WRONG, "IP address", NULL, NULL },
	{ "１９２.０.２.７", HOSTNAME_WRONG, "IP address", NULL, NULL },
	{ "xn--a.example", HOSTNAME_WRONG, "IDNA", NULL, NULL },
	{ "a☎.example\xef\xbc\x8f", HOSTNAME_WRONG, "IDNA", NULL, NULL },
	{ "ü!.example", HOSTNAME_WRONG, "IDNA", NULL, NULL },
	{ "üx.a!b", HOSTNAME_WRONG, "letters, digits", NULL, NULL },
	{ "ü℀.example", HOSTNAME_WRONG, "IDNA", NULL, NULL },
	{ "ü\xe2\x80\xae.example", HOSTNAME_WRONG, "IDNA", NULL, NULL },
};

static void test_kinds(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(kind_cases); i++) {
		const struct kind_case *c = &kind_cases[i];
		const char *why = "untouched";
		assert_int_equal(hostname_classify(c->text, &why), c->kind);
		assert_int_equal(hostname_classify(c->text, NULL), c->kind);
		if (c->why_part) {
			assert_non_null(why);
			assert_non_null(strstr(why, c->why_part));
			assert_true(strlen(why) <= 158);
			assert_int_equal(why[strlen(why) - 1], '.');
		} else {
			assert_null(why);
		}
		char *ascii = hostname_to_ascii(c->text);
		char *unicode = hostname_to_unicode(c->text);
		assert_true(text_equal(ascii, c->ascii));
		assert_true(text_equal(unicode, c->unicode ? c->unicode : c->ascii));
		free(ascii);
		free(unicode);
	}
}

/* Conversion knows UTF-8 only, whatever the person's locale. */
static void test_locale_does_not_matter(void **state)
{
	(void)state;
	static const char *const locales[] = { "C", "C.UTF-8" };
	for (size_t i = 0; i < ARRAY_LENGTH(locales); i++) {
		assert_non_null(setlocale(LC_ALL, locales[i]));
		char *ascii = hostname_to_ascii("münchen.example");
		char *unicode = hostname_to_unicode("xn--mnchen-3ya.example");
		assert_string_equal(ascii, "xn--mnchen-3ya.example");
		assert_string_equal(unicode, "münchen.example");
		free(ascii);
		free(unicode);
	}
}

/* Work must not grow with the square of what is typed: libidn2 never sees so much. */
static void test_very_long(void **state)
{
	(void)state;
	static const char *const pieces[] = { "a", "ü", "a.", "ü.", "xn--", "[", ":" };
	for (size_t i = 0; i < ARRAY_LENGTH(pieces); i++) {
		struct str text;
		str_init(&text);
		while (text.length < 200000)
			str_add(&text, pieces[i]);
		assert_int_equal(hostname_classify(text.bytes, NULL), HOSTNAME_WRONG);
		assert_null(hostname_to_ascii(text.bytes));
		assert_null(hostname_to_unicode(text.bytes));
		str_release(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_locale_does_not_matter),
		cmocka_unit_test(test_very_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
