/*
 * Every finding about certificates: a certificate made for it, judged for sip.example.com. A row
 * says the one finding that must come, and that nothing else fails or warns.
 */
#include "tlscheck/judge.h"

#include "base/mem.h"
#include "base/str.h"
#include "tests/support/judge_world.h"

#include <openssl/x509v3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void name_with_nul(X509 *certificate, const void *with);

static const struct judge_row ROWS[] = {
	{ .what = "wrong name",
	  .leaf = { .names = "DNS:voice.example.com,DNS:sip1.example.com,DNS:*.pbx.example.com" },
	  .id = CRT_1,
	  .severity = CHECK_FAIL,
	  .text = "The certificate is for voice.example.com, sip1.example.com and "
		  "*.pbx.example.com; it does not name sip.example.com (nearest: "
		  "sip1.example.com).",
	  .fix = "SAN DNS:sip.example.com, or set the number's hostname to sip1.example.com." },
	{ .what = "one other name",
	  .leaf = { .names = "DNS:voice.acme.example" },
	  .id = CRT_1,
	  .severity = CHECK_FAIL,
	  .text = "is for voice.acme.example; it does not name sip.example.com.",
	  .fix = "or set the number's hostname to voice.acme.example." },
	{ .what = "no name at all",
	  .leaf = { .common_name = "A server" },
	  .id = CRT_1,
	  .severity = CHECK_FAIL,
	  .text = "names no host at all",
	  .fix = "Get a certificate with SAN DNS:sip.example.com." },
	{ .what = "name cut by a NUL",
	  .leaf = { .common_name = "x", .adjust = name_with_nul },
	  .id = CRT_1,
	  .severity = CHECK_FAIL,
	  .text = "is for sip.example.com\\u{0}.evil.example;",
	  .fix = "Get a certificate with SAN" },
	{ .what = "address not named",
	  .leaf = { .names = JUDGE_SAN },
	  .hostname = "192.0.2.7",
	  .is_ip = true,
	  .id = CRT_1,
	  .severity = CHECK_FAIL,
	  .text = "it does not name 192.0.2.7",
	  .fix = "Set the number's hostname to sip.example.com" },
	{ .what = "address as DNS name",
	  .leaf = { .names = "DNS:192.0.2.7" },
	  .hostname = "192.0.2.7",
	  .is_ip = true,
	  .id = CRT_1,
	  .severity = CHECK_FAIL,
	  .text = "as if it were a DNS name",
	  .fix = "Set the number's hostname to" },
	{ .what = "common name only",
	  .leaf = { .common_name = JUDGE_HOST },
	  .id = CRT_2,
	  .severity = CHECK_FAIL,
	  .text = "only in the certificate's Common Name",
	  .fix = "SAN DNS:sip.example.com" },
	{ .what = "wildcard",
	  .leaf = { .names = "DNS:*.example.com" },
	  .id = CRT_3,
	  .severity = CHECK_WARN,
	  .text = "covered only by the wildcard *.example.com",
	  .fix = "Prefer a certificate that names sip.example.com." },
	{ .what = "wildcard one label up",
	  .leaf = { .names = "DNS:*.com.example,DNS:*.example.com" },
	  .hostname = "a.b.example.com",
	  .id = CRT_4,
	  .severity = CHECK_FAIL,
	  .text = "*.example.com does not cover a.b.example.com",
	  .fix = "names a.b.example.com exactly" },
	{ .what = "wildcard of its own children",
	  .leaf = { .names = "DNS:*.sip.example.com" },
	  .id = CRT_4,
	  .severity = CHECK_FAIL,
	  .text = "*.sip.example.com does not cover sip.example.com",
	  .fix = "names sip.example.com exactly" },
	{ .what = "SIP URI as well",
	  .leaf = { .names = JUDGE_SAN ",URI:sip:sip.example.com" },
	  .id = CRT_5,
	  .severity = CHECK_INFO,
	  .text = "names the SIP domain sip.example.com" },
	{ .what = "SIP URI of another",
	  .leaf = { .names = JUDGE_SAN ",URI:sip:other.example:5061;transport=tls" },
	  .id = CRT_5,
	  .severity = CHECK_WARN,
	  .text = "holds the URI sip:other.example,",
	  .fix = "URI:sip:sip.example.com" },
	{ .what = "SIP URI only",
	  .leaf = { .names = "URI:sip:sip.example.com" },
	  .id = CRT_5,
	  .severity = CHECK_FAIL,
	  .text = "only as the URI sip:sip.example.com",
	  .fix = "Add SAN DNS:sip.example.com." },
	{ .what = "address only",
	  .leaf = { .names = "IP:192.0.2.7" },
	  .id = CRT_6,
	  .severity = CHECK_FAIL,
	  .text = "names the address 192.0.2.7, not sip.example.com",
	  .fix = "SAN DNS:sip.example.com" },
	{ .what = "another of the server's addresses only",
	  .leaf = { .names = "IP:192.0.2.1,IP:192.0.2.8" },
	  .id = CRT_6,
	  .severity = CHECK_FAIL,
	  .text = "names the address 192.0.2.8, not sip.example.com",
	  .fix = "SAN DNS:sip.example.com" },
	{ .what = "address of another server only",
	  .leaf = { .names = "IP:192.0.2.1" },
	  .id = CRT_1,
	  .severity = CHECK_FAIL,
	  .text = "is for 192.0.2.1; it does not name sip.example.com",
	  .fix = "SAN DNS:sip.example.com" },
	{ .what = "expired",
	  .leaf = { .names = JUDGE_SAN,
		    .not_before = JUDGE_AT - 400 * DAY,
		    .not_after = JUDGE_AT - 295 * DAY },
	  .id = CRT_7,
	  .severity = CHECK_FAIL,
	  .text = "The certificate expired 295 days ago (2026-02-01).",
	  .fix = "kamcmd tls.reload" },
	{ .what = "expired intermediate",
	  .leaf = { .names = JUDGE_SAN },
	  .authority = { .common_name = "Old CA",
			 .not_before = JUDGE_AT - 20 * DAY,
			 .not_after = JUDGE_AT - 3600 },
	  .id = CRT_7,
	  .severity = CHECK_FAIL,
	  .text = "The CA certificate ‘Old CA’ expired less than a day ago",
	  .fix = "Download the CA's present chain" },
	{ .what = "not yet valid",
	  .leaf = { .names = JUDGE_SAN,
		    .not_before = JUDGE_AT + 191 * DAY,
		    .not_after = JUDGE_AT + 291 * DAY },
	  .id = CRT_7,
	  .severity = CHECK_FAIL,
	  .text = "valid only from 2027-06-02 on",
	  .fix = "Check the clocks" },
	{ .what = "expires soon",
	  .leaf = { .names = JUDGE_SAN, .not_after = JUDGE_AT + 20 * DAY + 60 },
	  .id = CRT_8,
	  .severity = CHECK_WARN,
	  .text = "expires in 20 days (2026-12-13)",
	  .fix = "Check that renewal is automatic" },
	{ .what = "expires very soon",
	  .leaf = { .names = JUDGE_SAN, .not_after = JUDGE_AT + 5 * DAY + 60 },
	  .id = CRT_8,
	  .severity = CHECK_WARN,
	  .text = "expires in 5 days",
	  .fix = "Renew it now" },
	{ .what = "intermediate missing",
	  .leaf = { .names = JUDGE_SAN },
	  .sends = SENDS_FETCHED,
	  .id = CRT_9,
	  .severity = CHECK_FAIL,
	  .text = "sends only its own certificate; the issuing CA ‘Intermediate’ is missing",
	  .fix = "fullchain.pem, not cert.pem" },
	{ .what = "intermediate missing, and none to fetch",
	  .leaf = { .names = JUDGE_SAN },
	  .sends = SENDS_ALONE,
	  .id = CRT_10,
	  .severity = CHECK_FAIL,
	  .text = "issued by ‘Intermediate’, which roots.pem does not contain. The server sends "
		  "no other",
	  .fix = "send the full chain (fullchain.pem)" },
	{ .what = "unknown CA",
	  .leaf = { .names = JUDGE_SAN },
	  .sends = SENDS_PRIVATE,
	  .is_public = true,
	  .list_older = 527 * DAY,
	  .id = CRT_10,
	  .severity = CHECK_FAIL,
	  .text = "‘Private PBX CA’, which no public trust list here contains. The server sends "
		  "no other certificate, and none could be fetched. The trust list used here is of "
		  "2025-06-14, 527 days old.",
	  .fix = "update ca-certificates" },
	{ .what = "private root sent",
	  .leaf = { .names = JUDGE_SAN },
	  .sends = SENDS_PRIVATE_ROOT,
	  .is_public = true,
	  .list_older = 100 * DAY,
	  .id = CRT_11,
	  .severity = CHECK_FAIL,
	  .text = "ends at the root ‘Private PBX CA’, which the server sends itself and no public "
		  "trust list here contains. The trust list used here is of 2026-08-15, 100 days "
		  "old.",
	  .fix = "Let's Encrypt." },
	{ .what = "self-signed",
	  .leaf = { .common_name = "pbx", .names = JUDGE_SAN },
	  .sends = SENDS_SELF_SIGNED,
	  .id = CRT_12,
	  .severity = CHECK_FAIL,
	  .text = "‘pbx’ is self-signed",
	  .fix = "public CA" },
	{ .what = "wrong order",
	  .leaf = { .common_name = "pbx", .names = JUDGE_SAN },
	  .sends = SENDS_REVERSED,
	  .id = CRT_13,
	  .severity = CHECK_FAIL,
	  .text = "starts with the CA; the server's own certificate ‘pbx’ is number 2",
	  .fix = "Put the server's certificate first" },
	{ .what = "strays",
	  .leaf = { .names = JUDGE_SAN },
	  .sends = SENDS_STRAYS,
	  .id = CRT_14,
	  .severity = CHECK_INFO,
	  .text = "2 of the certificates sent are superfluous: ‘Private PBX CA’, ‘Intermediate’ "
		  "once more.",
	  .fix = "Remove" },
	{ .what = "for clients only",
	  .leaf = { .names = JUDGE_SAN, .extended_key_usage = "clientAuth" },
	  .id = CRT_15,
	  .severity = CHECK_FAIL,
	  .text = "The certificate is for clients only, not for servers.",
	  .fix = "serverAuth" },
	{ .what = "for SIP domains only",
	  .leaf = { .names = JUDGE_SAN, .extended_key_usage = "1.3.6.1.5.5.7.3.20" },
	  .id = CRT_15,
	  .severity = CHECK_FAIL,
	  .text = "is for SIP domains (sipDomain) only",
	  .fix = "serverAuth" },
	{ .what = "CA for mail only",
	  .leaf = { .names = JUDGE_SAN },
	  .authority = { .common_name = "Mail CA", .extended_key_usage = "emailProtection" },
	  .id = CRT_15,
	  .severity = CHECK_FAIL,
	  .text = "The CA certificate ‘Mail CA’ is for E-mail Protection only",
	  .fix = "serverAuth" },
	{ .what = "key usage forbids all",
	  .leaf = { .names = JUDGE_SAN, .key_usage = "critical,nonRepudiation" },
	  .id = CRT_16,
	  .severity = CHECK_FAIL,
	  .text = "key usage forbids signing",
	  .fix = "digitalSignature" },
	{ .what = "key usage forbids signing",
	  .leaf = { .names = JUDGE_SAN, .key_usage = "critical,keyEncipherment" },
	  .id = CRT_16,
	  .severity = CHECK_WARN,
	  .text = "key usage forbids signing",
	  .fix = "digitalSignature" },
	{ .what = "short key",
	  .leaf = { .names = JUDGE_SAN, .key_kind = KEY_RSA_1024 },
	  .id = CRT_17,
	  .severity = CHECK_FAIL,
	  .text = "The certificate has a weak key: RSA 1024 is too short.",
	  .fix = "RSA with 2048 bits" },
	{ .what = "CA with a short key",
	  .leaf = { .names = JUDGE_SAN },
	  .authority = { .common_name = "Short CA", .key_kind = KEY_RSA_1024 },
	  .id = CRT_17,
	  .severity = CHECK_FAIL,
	  .text = "‘Short CA’ has a weak key",
	  .fix = "RSA with 2048 bits" },
	{ .what = "CA without the right",
	  .leaf = { .names = JUDGE_SAN },
	  .authority = { .common_name = "No CA", .basic_constraints = "critical,CA:FALSE" },
	  .id = CRT_19,
	  .severity = CHECK_FAIL,
	  .text = "The CA certificate ‘No CA’ may not issue certificates",
	  .fix = "proper CA" },
	{ .what = "name constraints",
	  .leaf = { .names = JUDGE_SAN },
	  .authority = { .common_name = "Narrow CA",
			 .name_constraints = "critical,permitted;DNS:other.example" },
	  .id = CRT_19,
	  .severity = CHECK_FAIL,
	  .text = "The certificate holds a name that its CA may not issue.",
	  .fix = "proper CA" },
	{ .what = "several faults",
	  .leaf = { .names = JUDGE_SAN },
	  .authority = { .common_name = "Narrow CA",
			 .basic_constraints = "critical,CA:FALSE",
			 .name_constraints = "critical,permitted;DNS:other.example" },
	  .id = CRT_19,
	  .severity = CHECK_FAIL,
	  .text = "The certificate holds a name that its CA may not issue; the CA certificate "
		  "‘Narrow CA’ may not issue certificates.",
	  .fix = "proper CA" },
	{ .what = "irregular CA",
	  .leaf = { .names = JUDGE_SAN },
	  .authority = { .common_name = "Loose CA", .key_usage = "" },
	  .id = CRT_20,
	  .severity = CHECK_WARN,
	  .text = "refuse: the CA certificate ‘Loose CA’ is a CA's but has no key usage.",
	  .fix = "issued again" },
	{ .what = "common name of another host",
	  .leaf = { .common_name = "other.example.com", .names = JUDGE_SAN },
	  .id = CRT_20,
	  .severity = CHECK_WARN,
	  .text = "refuse: the certificate does not list its Common Name ‘other.example.com’ among "
		  "its names (SAN).",
	  .fix = "issued again" },
	{ .what = "several irregularities",
	  .leaf = { .common_name = "other.example.com",
		    .names = JUDGE_SAN,
		    .basic_constraints = "CA:TRUE" },
	  .authority = { .common_name = "Loose CA", .key_usage = "" },
	  .id = CRT_20,
	  .severity = CHECK_WARN,
	  .text = "refuse: the certificate does not mark as critical that it is a CA's, does not "
		  "list its Common Name ‘other.example.com’ among its names (SAN) and is a CA's "
		  "where a server's is needed; the CA certificate ‘Loose CA’ is a CA's but has no "
		  "key usage.",
	  .fix = "issued again" },
	{ .what = "no staple",
	  .leaf = { .names = JUDGE_SAN },
	  .id = CRT_21,
	  .severity = CHECK_INFO,
	  .text = "staples no revocation answer" },
	{ .what = "good staple",
	  .leaf = { .names = JUDGE_SAN },
	  .staples = STAPLES_GOOD,
	  .id = CRT_21,
	  .severity = CHECK_INFO,
	  .text = "of 2026-11-23 says that the certificate is good" },
	{ .what = "good staple of one entitled",
	  .leaf = { .names = JUDGE_SAN },
	  .staples = STAPLES_GOOD_DELEGATED,
	  .id = CRT_21,
	  .severity = CHECK_INFO,
	  .text = "says that the certificate is good" },
	{ .what = "revoked",
	  .leaf = { .names = JUDGE_SAN },
	  .staples = STAPLES_REVOKED,
	  .id = CRT_21,
	  .severity = CHECK_FAIL,
	  .text = "was revoked on 2026-11-19 (keyCompromise).",
	  .fix = "Replace the certificate and its key" },
	{ .what = "staple of a stranger",
	  .leaf = { .names = JUDGE_SAN },
	  .staples = STAPLES_BY_STRANGER,
	  .id = CRT_21,
	  .severity = CHECK_WARN,
	  .text = "is not signed by the CA",
	  .fix = "OCSP responder" },
	{ .what = "stale staple",
	  .leaf = { .names = JUDGE_SAN },
	  .staples = STAPLES_STALE,
	  .id = CRT_21,
	  .severity = CHECK_WARN,
	  .text = "is stale: it was good until 2026-11-20",
	  .fix = "OCSP responder" },
	{ .what = "staple of tomorrow",
	  .leaf = { .names = JUDGE_SAN },
	  .staples = STAPLES_FUTURE,
	  .id = CRT_21,
	  .severity = CHECK_WARN,
	  .text = "good only from 2026-11-25 on",
	  .fix = "OCSP responder" },
	{ .what = "staple knows nothing",
	  .leaf = { .names = JUDGE_SAN },
	  .staples = STAPLES_UNKNOWN,
	  .id = CRT_21,
	  .severity = CHECK_WARN,
	  .text = "does not know this certificate",
	  .fix = "OCSP responder" },
	{ .what = "staple of another certificate",
	  .leaf = { .names = JUDGE_SAN },
	  .staples = STAPLES_OF_ANOTHER,
	  .id = CRT_21,
	  .severity = CHECK_WARN,
	  .text = "about another certificate",
	  .fix = "OCSP responder" },
	{ .what = "staple is an error",
	  .leaf = { .names = JUDGE_SAN },
	  .staples = STAPLES_ERROR,
	  .id = CRT_21,
	  .severity = CHECK_WARN,
	  .text = "an error of the responder (trylater)",
	  .fix = "OCSP responder" },
	{ .what = "staple is garbage",
	  .leaf = { .names = JUDGE_SAN },
	  .staples = STAPLES_GARBAGE,
	  .id = CRT_21,
	  .severity = CHECK_WARN,
	  .text = "not well-formed",
	  .fix = "OCSP responder" },
	{ .what = "must-staple without staple",
	  .leaf = { .names = JUDGE_SAN, .tls_feature = "status_request" },
	  .id = CRT_22,
	  .severity = CHECK_WARN,
	  .text = "must-staple",
	  .fix = "Turn on OCSP stapling" },
	{ .what = "lives too long",
	  .leaf = { .names = JUDGE_SAN, .not_after = JUDGE_AT + 250 * DAY },
	  .is_public = true,
	  .id = CRT_23,
	  .severity = CHECK_WARN,
	  .text = "valid for 251 days; public CAs may give at most 200.",
	  .fix = "shorter lifetime" },
	{ .what = "old trust list",
	  .leaf = { .names = JUDGE_SAN },
	  .is_public = true,
	  .list_older = 527 * DAY,
	  .id = CRT_25,
	  .severity = CHECK_INFO,
	  .text = "Judged with the 144 roots of /etc/roots, as of 2025-06-14.",
	  .fix = "Update ca-certificates" },
	{ .what = "given trust list",
	  .leaf = { .names = JUDGE_SAN },
	  .id = CRT_25,
	  .severity = CHECK_INFO,
	  .text = "Judged with the 1 root of roots.pem." },
	{ .what = "nothing wrong",
	  .leaf = { .common_name = "SIP.example.com", .names = "DNS:SIP.example.com" },
	  .sends = SENDS_BY_ROOT,
	  .id = CRT_25,
	  .severity = CHECK_INFO,
	  .text = "Judged" },
	{ .what = "an address that is named",
	  .leaf = { .names = "IP:192.0.2.7" },
	  .hostname = "192.0.2.7",
	  .is_ip = true,
	  .id = CRT_25,
	  .severity = CHECK_INFO,
	  .text = "Judged" },
};

static void name_with_nul(X509 *certificate, const void *with)
{
	static const char name[] = "sip.example.com\0.evil.example";
	GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
	GENERAL_NAME *general = GENERAL_NAME_new();
	ASN1_IA5STRING *text = ASN1_IA5STRING_new();
	(void)with;
	assert_int_equal(ASN1_STRING_set(text, name, sizeof name - 1), 1);
	GENERAL_NAME_set0_value(general, GEN_DNS, text);
	assert_true(sk_GENERAL_NAME_push(names, general) > 0);
	assert_int_equal(X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, 0), 1);
	GENERAL_NAMES_free(names);
}

static void finding_compare(const struct check_finding *finding, const struct judge_row *row)
{
	assert_int_equal(finding->severity, row->severity);
	if (strstr(finding->text, row->text) == NULL)
		fail_msg("%s: \"%s\" lacks \"%s\"", row->what, finding->text, row->text);
	if (row->fix == NULL)
		assert_null(finding->fix);
	else if (finding->fix == NULL || strstr(finding->fix, row->fix) == NULL)
		fail_msg("%s: the fix \"%s\" lacks \"%s\"", row->what,
			 finding->fix != NULL ? finding->fix : "(none)", row->fix);
	const char *address = row->id == CRT_25 ? NULL : "192.0.2.7";
	assert_true(text_equal(finding->address, address));
}

static void row_check(struct judge_world *world, const struct judge_row *row)
{
	size_t found = 0;
	judge_world_begin(world, row);
	struct judge_input input = judge_world_input(world, row);
	bool accepted = judge(&input, &world->report);
	for (size_t i = 0; i < world->report.finding_count; i++) {
		const struct check_finding *finding = &world->report.findings[i];
		if (finding->id == row->id) {
			finding_compare(finding, row);
			found++;
		} else if (finding->severity >= CHECK_WARN) {
			fail_msg("%s: also %s: %s", row->what, finding_id_text(finding->id),
				 finding->text);
		}
	}
	if (found != 1)
		fail_msg("%s: found %zu times", row->what, found);
	bool is_refused = row->severity == CHECK_FAIL && row->id != CRT_21;
	assert_int_equal(accepted, !is_refused);
	assert_true(report_has(&world->report, CRT_25, CHECK_INFO));
	judge_world_end(world);
}

static void test_every_finding(void **state)
{
	for (size_t i = 0; i < ARRAY_LENGTH(ROWS); i++)
		row_check(*state, &ROWS[i]);
}

/* SHA-1 is what OpenSSL itself refuses to make at its usual level, but not for certificates. */
static void test_weak_signature(void **state)
{
	const struct judge_row row = { .what = "signed with SHA-1",
				       .leaf = { .names = JUDGE_SAN, .digest = EVP_sha1() },
				       .id = CRT_18,
				       .severity = CHECK_FAIL,
				       .text = "The certificate is signed with SHA-1",
				       .fix = "SHA-256" };
	row_check(*state, &row);
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
		cmocka_unit_test(test_every_finding),
		cmocka_unit_test(test_weak_signature),
	};
	return cmocka_run_group_tests(tests, group_begin, group_end);
}
