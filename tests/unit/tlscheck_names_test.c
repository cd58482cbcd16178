/* The names of certificates, as text and against a hostname; certificates written by anybody. */
#include "tlscheck/names.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "tests/support/certificates.h"
#include "tlscheck/certificate_text.h"
#include "tlscheck/judge.h"

#include <openssl/x509v3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MANY = 10000, NAMES_MAX = 8 };

/* DNS names as raw bytes, NULL ends. */
struct raw_names {
	const char *bytes[NAMES_MAX];
	size_t lengths[NAMES_MAX];
};

static void dns_push(GENERAL_NAMES *names, const char *bytes, size_t length)
{
	GENERAL_NAME *general = GENERAL_NAME_new();
	ASN1_IA5STRING *text = ASN1_IA5STRING_new();
	assert_int_equal(ASN1_STRING_set(text, bytes, (int)length), 1);
	GENERAL_NAME_set0_value(general, GEN_DNS, text);
	assert_true(sk_GENERAL_NAME_push(names, general) > 0);
}

static void names_put(X509 *certificate, GENERAL_NAMES *names)
{
	assert_int_equal(X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, 0), 1);
	GENERAL_NAMES_free(names);
}

static void raw_names_add(X509 *certificate, const void *with)
{
	const struct raw_names *raw = with;
	GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
	for (size_t i = 0; raw->bytes[i] != NULL; i++)
		dns_push(names, raw->bytes[i], raw->lengths[i]);
	names_put(certificate, names);
}

static void many_names_add(X509 *certificate, const void *with)
{
	char name[40];
	GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
	(void)with;
	for (int i = 0; i < MANY; i++) {
		int length = snprintf(name, sizeof name, "host%05d.many.example.com", i);
		dns_push(names, name, (size_t)length);
	}
	names_put(certificate, names);
}

static void made(struct identity *identity, const char *common_name, const char *list)
{
	identity_make(identity,
		      &(struct certificate_spec) { .common_name = common_name, .names = list },
		      NULL);
}

static void test_fit(void **state)
{
	static const struct {
		const char *common_name, *names, *hostname;
		bool is_ip;
		enum name_fit fit;
	} cases[] = {
		{ NULL, "DNS:a.example.com", "a.example.com", false, NAME_FIT_EXACT },
		{ NULL, "DNS:A.Example.COM", "a.example.com", false, NAME_FIT_EXACT },
		{ NULL, "DNS:b.example.com,DNS:a.example.com", "a.example.com", false,
		  NAME_FIT_EXACT },
		{ NULL, "DNS:*.example.com,DNS:a.example.com", "a.example.com", false,
		  NAME_FIT_EXACT },
		{ NULL, "DNS:*.example.com", "a.example.com", false, NAME_FIT_WILDCARD },
		{ NULL, "DNS:*.example.com", "a.b.example.com", false, NAME_FIT_NONE },
		{ NULL, "DNS:*.example.com", "example.com", false, NAME_FIT_NONE },
		{ NULL, "DNS:a*.example.com", "ab.example.com", false, NAME_FIT_NONE },
		{ NULL, "DNS:example.com", "a.example.com", false, NAME_FIT_NONE },
		{ "a.example.com", NULL, "a.example.com", false, NAME_FIT_COMMON_NAME },
		{ "a.example.com", "DNS:b.example.com", "a.example.com", false, NAME_FIT_NONE },
		{ "a.example.com", "IP:192.0.2.1", "a.example.com", false, NAME_FIT_COMMON_NAME },
		{ NULL, "IP:192.0.2.1", "192.0.2.1", true, NAME_FIT_EXACT },
		{ NULL, "IP:2001:db8::1", "2001:db8::1", true, NAME_FIT_EXACT },
		{ NULL, "DNS:192.0.2.1", "192.0.2.1", true, NAME_FIT_NONE },
		{ "192.0.2.1", NULL, "192.0.2.1", true, NAME_FIT_COMMON_NAME },
		{ NULL, "URI:sip:a.example.com", "a.example.com", false, NAME_FIT_NONE },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct identity identity;
		made(&identity, cases[i].common_name, cases[i].names);
		if (name_fit(identity.certificate, cases[i].hostname, cases[i].is_ip) !=
		    cases[i].fit)
			fail_msg("case %zu", i);
		identity_release(&identity);
	}
}

static void test_nearest(void **state)
{
	static const struct {
		const char *names, *hostname, *nearest;
	} cases[] = {
		{ "DNS:voice.example.com,DNS:sip1.example.com", "sip.example.com",
		  "sip1.example.com" },
		{ "DNS:sip.example.net,DNS:voice.example.com", "sip.example.com",
		  "voice.example.com" },
		{ "DNS:voice.example.com,DNS:*.example.com", "sip.example.com",
		  "voice.example.com" },
		{ "DNS:sip.exmaple.com,DNS:www.acme.org", "sip.example.com",
		  "sip.exmaple.com" }, /* transposed: two edits */
		{ "DNS:sip.acme.org,DNS:www.acme.org", "sip.example.com", NULL },
		{ "DNS:*.example.com", "a.b.example.com", NULL },
		{ "DNS:example.com,DNS:notexample.com", "a.example.com", "example.com" },
		{ "IP:192.0.2.1", "a.example.com", NULL },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct identity identity;
		struct names names;
		made(&identity, NULL, cases[i].names);
		names_read(&names, identity.certificate);
		const char *nearest = names_nearest(&names, cases[i].hostname);
		if (!text_equal(nearest, cases[i].nearest))
			fail_msg("case %zu: %s", i, nearest != NULL ? nearest : "(none)");
		names_release(&names);
		identity_release(&identity);
	}
}

static void test_wildcards(void **state)
{
	static const struct {
		const char *names, *hostname, *covering, *other_depth;
	} cases[] = {
		{ "DNS:*.example.com", "a.example.com", "*.example.com", "*.example.com" },
		{ "DNS:*.EXAMPLE.com", "a.example.com", "*.EXAMPLE.com", "*.EXAMPLE.com" },
		{ "DNS:*.example.com", "a.b.example.com", NULL, "*.example.com" },
		{ "DNS:*.example.com", "example.com", NULL, "*.example.com" },
		{ "DNS:*.example.com", "badexample.com", NULL, NULL },
		{ "DNS:*.b.example.com", "a.example.com", NULL, NULL },
		{ "DNS:a.example.com", "a.example.com", NULL, NULL },
		{ "DNS:*.", "com", NULL, NULL },
		{ "DNS:*.example.com", "com", NULL, NULL },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct identity identity;
		struct names names;
		made(&identity, NULL, cases[i].names);
		names_read(&names, identity.certificate);
		if (!text_equal(names_wildcard_covering(&names, cases[i].hostname),
				cases[i].covering) ||
		    !text_equal(names_wildcard_at_other_depth(&names, cases[i].hostname),
				cases[i].other_depth))
			fail_msg("case %zu", i);
		names_release(&names);
		identity_release(&identity);
	}
}

static void test_sip_host(void **state)
{
	static const struct {
		const char *uri, *host;
	} cases[] = {
		{ "sip:example.com", "example.com" },
		{ "SIP:Example.com", "Example.com" },
		{ "sip:example.com:5061", "example.com" },
		{ "sip:example.com;transport=tls", "example.com" },
		{ "sip:example.com?x=y", "example.com" },
		{ "sip:[2001:db8::1]:5061", "[2001:db8::1]" },
		{ "sip:[2001:db8::1", NULL },
		{ "sip:user@example.com", NULL },
		{ "sips:example.com", NULL },
		{ "https://example.com", NULL },
		{ "sip:", NULL },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		char *uri = mem_text(cases[i].uri);
		char *host = name_sip_host(&(struct name) { NAME_URI, uri });
		if (!text_equal(host, cases[i].host))
			fail_msg("%s: %s", uri, host != NULL ? host : "(none)");
		free(host);
		assert_null(name_sip_host(&(struct name) { NAME_DNS, uri }));
		free(uri);
	}
}

static void test_listing(void **state)
{
	static const char *const listed[] = {
		"DNS:a.example.com", "IP:192.0.2.1",	    "IP:2001:db8::1",
		"URI:sip:b.example", "email:x@example.com", "other:(a name of another kind)",
	};
	struct identity identity;
	struct names names;
	size_t count;
	(void)state;
	made(&identity, NULL,
	     "DNS:a.example.com,IP:192.0.2.1,IP:2001:db8::1,URI:sip:b.example,"
	     "email:x@example.com,otherName:1.2.3.4;UTF8:text");
	names_read(&names, identity.certificate);
	char **listing = names_listing(&names, &count);
	assert_int_equal(count, ARRAY_LENGTH(listed));
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(listing[i], listed[i]);
		free(listing[i]);
	}
	free((void *)listing);
	names_release(&names);
	identity_release(&identity);
}

static void test_said(void **state)
{
	static const struct {
		const char *names, *said;
	} cases[] = {
		{ NULL, "" },
		{ "IP:192.0.2.1", "" },
		{ "DNS:a.x", "a.x" },
		{ "DNS:a.x,IP:192.0.2.1,DNS:b.x", "a.x and b.x" },
		{ "DNS:a.x,DNS:b.x,DNS:c.x,DNS:d.x,DNS:e.x", "a.x, b.x, c.x, d.x and e.x" },
		{ "DNS:a.x,DNS:b.x,DNS:c.x,DNS:d.x,DNS:e.x,DNS:f.x,DNS:g.x",
		  "a.x, b.x, c.x, d.x, e.x and 2 more" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct identity identity;
		struct names names;
		made(&identity, NULL, cases[i].names);
		names_read(&names, identity.certificate);
		char *said = names_said(&names, NAME_DNS);
		assert_string_equal(said, cases[i].said);
		free(said);
		names_release(&names);
		identity_release(&identity);
	}
}

static void test_hostile_bytes(void **state)
{
	static const struct raw_names raw = {
		{ "a\0b", "\x1b[31mred", "caf\xc3\xa9", "caf\xe9", "\xe2\x80\xaemoc", NULL },
		{ 3, 8, 5, 4, 6 },
	};
	static const char *const texts[] = { "a\\u{0}b", "\x1b[31mred", "caf\xc3\xa9", "caf\\x{e9}",
					     "\xe2\x80\xaemoc" };
	struct identity identity;
	struct names names;
	(void)state;
	identity_make(&identity,
		      &(struct certificate_spec) { .adjust = raw_names_add, .adjust_with = &raw },
		      NULL);
	names_read(&names, identity.certificate);
	assert_int_equal(names.count, ARRAY_LENGTH(texts));
	for (size_t i = 0; i < names.count; i++) {
		assert_string_equal(names.items[i].text, texts[i]);
		assert_true(text_utf8_valid(names.items[i].text, strlen(names.items[i].text)));
	}
	names_release(&names);
	identity_release(&identity);
}

static void test_text_is_bounded(void **state)
{
	struct str text;
	unsigned char bytes[1000];
	(void)state;
	memset(bytes, 'x', sizeof bytes);
	str_init(&text);
	certificate_text_add(&text, bytes, CERTIFICATE_TEXT_MAX);
	assert_int_equal(text.length, CERTIFICATE_TEXT_MAX);
	str_clear(&text);
	certificate_text_add(&text, bytes, sizeof bytes);
	assert_string_equal(text.bytes + CERTIFICATE_TEXT_MAX, "… (700 more bytes)");
	str_release(&text);
}

static void test_unreadable(void **state)
{
	struct identity identity;
	struct names names;
	(void)state;
	made(&identity, NULL, "DNS:a.x");
	certificate_extension_add(identity.certificate, identity.certificate, NID_subject_alt_name,
				  "DNS:b.x"); /* twice: neither counts */
	names_read(&names, identity.certificate);
	assert_true(names.is_unreadable);
	assert_int_equal(names.count, 0);
	names_release(&names);
	identity_release(&identity);
}

/* All are looked at, some hundred are listed, and the rest is counted. */
static void test_many_names(void **state)
{
	struct identity identity;
	struct names names;
	size_t count;
	(void)state;
	identity_make(&identity, &(struct certificate_spec) { .adjust = many_names_add }, NULL);
	names_read(&names, identity.certificate);
	assert_int_equal(names.count, MANY);
	char **listing = names_listing(&names, &count);
	assert_int_equal(count, NAMES_LISTED_MAX + 1);
	assert_string_equal(listing[count - 1], "and 9800 more");
	for (size_t i = 0; i < count; i++)
		free(listing[i]);
	free((void *)listing);
	char *said = names_said(&names, NAME_DNS);
	assert_non_null(strstr(said, "host00004.many.example.com and 9995 more"));
	free(said);
	assert_non_null(names_nearest(&names, "sip.example.com"));
	assert_int_equal(name_fit(identity.certificate, "host09999.many.example.com", false),
			 NAME_FIT_EXACT);
	names_release(&names);
	identity_release(&identity);
}

static void test_title(void **state)
{
	static const struct {
		const char *common_name, *organisation, *title;
	} cases[] = {
		{ "R11", "Let's Encrypt", "R11" },
		{ NULL, "Acme", "Acme" },
		{ "Größe", NULL, "Größe" },
		{ "", NULL, "(no name)" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct identity identity;
		identity_make(&identity,
			      &(struct certificate_spec) { .common_name = cases[i].common_name,
							   .organisation = cases[i].organisation,
							   .names = "DNS:a.x" },
			      NULL);
		char *title = certificate_subject(identity.certificate);
		assert_string_equal(title, cases[i].title);
		free(title);
		identity_release(&identity);
	}
}

static void test_stray_common_name(void **state)
{
	static const struct {
		const char *common_name, *names, *stray;
	} cases[] = {
		{ "a.x", "DNS:a.x", NULL },
		{ "b.x", "DNS:a.x", "b.x" },
		{ "A server", "DNS:a.x", NULL },
		{ "pbx", "DNS:a.x", NULL },
		{ "192.0.2.1", "IP:192.0.2.1", NULL },
		{ "0xC0000201", "IP:192.0.2.1", "0xC0000201" },
		{ "b.x", NULL, NULL },
		{ NULL, "DNS:a.x", NULL },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct identity identity;
		struct names names;
		made(&identity, cases[i].common_name, cases[i].names);
		names_read(&names, identity.certificate);
		char *stray = names_stray_common_name(&names, identity.certificate);
		if (!text_equal(stray, cases[i].stray))
			fail_msg("case %zu", i);
		free(stray);
		names_release(&names);
		identity_release(&identity);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fit),	      cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_wildcards),     cmocka_unit_test(test_sip_host),
		cmocka_unit_test(test_listing),	      cmocka_unit_test(test_said),
		cmocka_unit_test(test_hostile_bytes), cmocka_unit_test(test_text_is_bounded),
		cmocka_unit_test(test_unreadable),    cmocka_unit_test(test_many_names),
		cmocka_unit_test(test_title),	      cmocka_unit_test(test_stray_common_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
