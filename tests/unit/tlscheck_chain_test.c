/*
 * What judging tells beside the findings: the chain, the corrected chain file, where a missing
 * issuer is to be had; and how several findings go together.
 */
#include "tlscheck/judge.h"

#include "base/mem.h"
#include "base/str.h"
#include "tests/support/judge_world.h"

#include <openssl/x509.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A signature that is not the issuer's: the leaf is issued by one key and changed afterwards. */
static void test_bad_signature(void **state)
{
	struct judge_world *world = *state;
	const struct judge_row row = { .leaf = { .names = JUDGE_SAN } };
	judge_world_begin(world, &row);
	size_t length;
	unsigned char *der = certificate_der(world->leaf.certificate, &length);
	der[length - 1] ^= 1;
	const unsigned char *at = der;
	X509 *changed = d2i_X509(NULL, &at, (long)length);
	assert_non_null(changed);
	(void)sk_X509_set(world->sent, 0, changed);
	struct judge_input input = judge_world_input(world, &row);
	assert_false(judge(&input, &world->report));
	assert_true(report_has(&world->report, CRT_19, CHECK_FAIL));
	X509_free(changed);
	free(der);
	judge_world_end(world);
}

static const char *fix_of(const struct check_report *report, enum finding_id id)
{
	for (size_t i = 0; i < report->finding_count; i++)
		if (report->findings[i].id == id)
			return report->findings[i].fix;
	return "";
}

static void test_several_failures_want_one_certificate(void **state)
{
	static const char all[] = "Order one new certificate that fixes all of these.";
	struct judge_world *world = *state;
	const struct judge_row row = {
		.leaf = { .names = "DNS:other.example",
			  .not_before = JUDGE_AT - 9 * DAY,
			  .not_after = JUDGE_AT - DAY,
			  .key_kind = KEY_RSA_1024 },
	};
	judge_world_begin(world, &row);
	struct judge_input input = judge_world_input(world, &row);
	assert_false(judge(&input, &world->report));
	assert_non_null(strstr(fix_of(&world->report, CRT_1), all));
	assert_non_null(strstr(fix_of(&world->report, CRT_7), all));
	assert_non_null(strstr(fix_of(&world->report, CRT_17), all));
	judge_world_end(world);
}

static void test_time_shifts_the_verdict(void **state)
{
	struct judge_world *world = *state;
	const struct judge_row row = { .leaf = { .names = JUDGE_SAN } };
	judge_world_begin(world, &row);
	struct judge_input input = judge_world_input(world, &row);
	assert_true(judge(&input, &world->report));
	input.at = JUDGE_AT + 61 * DAY;
	assert_false(judge(&input, &world->report));
	assert_true(report_has(&world->report, CRT_7, CHECK_FAIL));
	judge_world_end(world);
}

static void test_chain_is_told(void **state)
{
	static const struct {
		const char *subject, *issuer;
		bool was_sent, is_trusted;
	} told[] = {
		{ "pbx", "Intermediate", true, false },
		{ "Intermediate", "Root", false, false },
		{ "Root", "Root", false, true },
	};
	struct judge_world *world = *state;
	const struct judge_row row = { .leaf = { .common_name = "pbx",
						 .names = JUDGE_SAN ",IP:192.0.2.7" },
				       .sends = SENDS_FETCHED };
	judge_world_begin(world, &row);
	struct judge_input input = judge_world_input(world, &row);
	assert_false(judge(&input, &world->report));
	assert_int_equal(world->report.certificate_count, ARRAY_LENGTH(told));
	for (size_t i = 0; i < ARRAY_LENGTH(told); i++) {
		const struct check_certificate *certificate = &world->report.certificates[i];
		assert_int_equal(certificate->depth, i);
		assert_string_equal(certificate->subject, told[i].subject);
		assert_string_equal(certificate->issuer, told[i].issuer);
		assert_int_equal(certificate->was_sent, told[i].was_sent);
		assert_int_equal(certificate->is_trusted, told[i].is_trusted);
	}
	const struct check_certificate *leaf = &world->report.certificates[0];
	assert_int_equal(leaf->name_count, 2);
	assert_string_equal(leaf->names[0], "DNS:sip.example.com");
	assert_string_equal(leaf->names[1], "IP:192.0.2.7");
	assert_int_equal(leaf->not_before, JUDGE_AT - DAY);
	assert_int_equal(leaf->not_after, JUDGE_AT + 60 * DAY);
	judge_world_end(world);
}

static void test_corrected_chain(void **state)
{
	static const enum sending wrong[] = { SENDS_FETCHED, SENDS_REVERSED };
	struct judge_world *world = *state;
	for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
		const struct judge_row row = { .leaf = { .names = JUDGE_SAN }, .sends = wrong[i] };
		judge_world_begin(world, &row);
		struct judge_input input = judge_world_input(world, &row);
		assert_false(judge(&input, &world->report));
		char *leaf = certificate_pem(world->leaf.certificate);
		char *intermediate = certificate_pem(world->intermediate.certificate);
		char *both = mem_format("%s%s", leaf, intermediate);
		assert_string_equal(world->report.corrected_chain, both);
		free(leaf);
		free(intermediate);
		free(both);
		judge_world_end(world);
	}
	const struct judge_row right = { .leaf = { .names = JUDGE_SAN } };
	judge_world_begin(world, &right);
	struct judge_input input = judge_world_input(world, &right);
	assert_true(judge(&input, &world->report));
	assert_null(world->report.corrected_chain);
	judge_world_end(world);
}

static void test_missing_issuer_url(void **state)
{
	static const struct {
		enum sending sends;
		const char *access;
		const char *url;
	} cases[] = {
		{ SENDS_ALONE, "caIssuers;URI:http://ca.example/i.der", "http://ca.example/i.der" },
		{ SENDS_ALONE, "caIssuers;URI:HTTPS://ca.example/i", "HTTPS://ca.example/i" },
		{ SENDS_ALONE,
		  "OCSP;URI:http://ocsp.example/,caIssuers;URI:ldap://x.example/,"
		  "caIssuers;URI:http://ca.example/2",
		  "http://ca.example/2" },
		{ SENDS_ALONE, "caIssuers;URI:file:///etc/passwd", NULL },
		{ SENDS_ALONE, "caIssuers;URI:http://ca.example/a b", NULL },
		{ SENDS_ALONE, "OCSP;URI:http://ocsp.example/", NULL },
		{ SENDS_ALONE, "", NULL },
		{ SENDS_CHAIN, "caIssuers;URI:http://ca.example/i.der", NULL },
		{ SENDS_FETCHED, "caIssuers;URI:http://ca.example/i.der", NULL },
		{ SENDS_SELF_SIGNED, "caIssuers;URI:http://ca.example/i.der", NULL },
		{ SENDS_PRIVATE, "caIssuers;URI:http://ca.example/i.der",
		  "http://ca.example/i.der" },
	};
	struct judge_world *world = *state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const struct judge_row row = {
			.leaf = { .names = JUDGE_SAN, .authority_info_access = cases[i].access },
			.sends = cases[i].sends,
		};
		judge_world_begin(world, &row);
		struct judge_input input = judge_world_input(world, &row);
		char *url = judge_missing_issuer_url(&input);
		if (!text_equal(url, cases[i].url))
			fail_msg("case %zu: %s", i, url != NULL ? url : "(none)");
		free(url);
		judge_world_end(world);
	}
}

/* A CA that is not the issuer must not be fetched again and again. */
static void test_useless_fetch_ends(void **state)
{
	struct judge_world *world = *state;
	const struct judge_row row = {
		.leaf = { .names = JUDGE_SAN,
			  .authority_info_access = "caIssuers;URI:http://ca.example/i.der" },
		.sends = SENDS_ALONE,
	};
	judge_world_begin(world, &row);
	struct judge_input input = judge_world_input(world, &row);
	input.fetched[0] = world->stranger.certificate;
	assert_null(judge_missing_issuer_url(&input));
	assert_false(judge(&input, &world->report));
	assert_true(report_has(&world->report, CRT_10, CHECK_FAIL));
	assert_null(world->report.corrected_chain);
	judge_world_end(world);
}

static void test_no_certificate(void **state)
{
	struct judge_world *world = *state;
	const struct judge_row row = { .leaf = { .names = JUDGE_SAN } };
	judge_world_begin(world, &row);
	while (sk_X509_num(world->sent) > 0)
		(void)sk_X509_pop(world->sent);
	struct judge_input input = judge_world_input(world, &row);
	assert_false(judge(&input, &world->report));
	assert_null(judge_missing_issuer_url(&input));
	judge_world_end(world);
}

static int group_begin(void **state)
{
	*state = judge_world_new();
	return 0;
}

static int group_end(void **state)
{
	judge_world_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_signature),
		cmocka_unit_test(test_several_failures_want_one_certificate),
		cmocka_unit_test(test_time_shifts_the_verdict),
		cmocka_unit_test(test_chain_is_told),
		cmocka_unit_test(test_corrected_chain),
		cmocka_unit_test(test_missing_issuer_url),
		cmocka_unit_test(test_useless_fetch_ends),
		cmocka_unit_test(test_no_certificate),
	};
	return cmocka_run_group_tests(tests, group_begin, group_end);
}
