/*
 * Every finding about certificates: a certificate made for it, judged for sip.example.com. A row
 * says the one finding that must come, and that nothing else fails or warns.
 */
#include "tlscheck/judge.h"

#include "base/mem.h"
#include "base/str.h"
#include "tests/support/certificates.h"

#include <openssl/ocsp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOST "sip.example.com"
#define SAN "DNS:sip.example.com"

static const int64_t AT = 1795400000; /* 2026-11-23 */

enum { DAY = 24 * 3600, YEAR = 365 * DAY };

/* What the server sends; its certificate is issued by the intermediate CA unless said otherwise. */
enum sending {
	SENDS_CHAIN,	    /* its certificate and the intermediate */
	SENDS_ALONE,	    /* its certificate, and no issuer can be fetched */
	SENDS_FETCHED,	    /* its certificate; the intermediate is fetched */
	SENDS_REVERSED,	    /* the intermediate first */
	SENDS_STRAYS,	    /* more than the chain */
	SENDS_PRIVATE,	    /* issued by an unknown CA, which is not sent */
	SENDS_PRIVATE_ROOT, /* issued by an unknown root, which is sent */
	SENDS_SELF_SIGNED,
	SENDS_BY_ROOT, /* issued by the trusted root */
};

enum stapling {
	STAPLES_NOTHING,
	STAPLES_GOOD,
	STAPLES_GOOD_DELEGATED, /* signed by one the CA entitled */
	STAPLES_BY_STRANGER,
	STAPLES_REVOKED,
	STAPLES_STALE,
	STAPLES_FUTURE,
	STAPLES_UNKNOWN,
	STAPLES_OF_ANOTHER,
	STAPLES_ERROR,
	STAPLES_GARBAGE,
};

struct row {
	const char *what;
	struct certificate_spec leaf;
	struct certificate_spec authority; /* instead of the usual intermediate; by common_name */
	enum sending sends;
	enum stapling staples;
	const char *hostname; /* NULL: HOST */
	bool is_ip;
	bool is_public;	    /* the trust list is the system's */
	int64_t list_older; /* than AT, seconds */
	enum finding_id id;
	enum check_severity severity;
	const char *text; /* contained in it */
	const char *fix;
};

static void name_with_nul(X509 *certificate, const void *with);

static const struct row ROWS[] = {
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
	  .leaf = { .names = SAN },
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
	  .leaf = { .common_name = HOST },
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
	  .leaf = { .names = SAN ",URI:sip:sip.example.com" },
	  .id = CRT_5,
	  .severity = CHECK_INFO,
	  .text = "names the SIP domain sip.example.com" },
	{ .what = "SIP URI of another",
	  .leaf = { .names = SAN ",URI:sip:other.example:5061;transport=tls" },
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
	{ .what = "expired",
	  .leaf = { .names = SAN, .not_before = AT - 400 * DAY, .not_after = AT - 295 * DAY },
	  .id = CRT_7,
	  .severity = CHECK_FAIL,
	  .text = "The certificate expired 295 days ago (2026-02-01).",
	  .fix = "kamcmd tls.reload" },
	{ .what = "expired intermediate",
	  .leaf = { .names = SAN },
	  .authority = { .common_name = "Old CA",
			 .not_before = AT - 20 * DAY,
			 .not_after = AT - 3600 },
	  .id = CRT_7,
	  .severity = CHECK_FAIL,
	  .text = "The CA certificate ‘Old CA’ expired less than a day ago",
	  .fix = "Download the CA's present chain" },
	{ .what = "not yet valid",
	  .leaf = { .names = SAN, .not_before = AT + 191 * DAY, .not_after = AT + 291 * DAY },
	  .id = CRT_7,
	  .severity = CHECK_FAIL,
	  .text = "valid only from 2027-06-02 on",
	  .fix = "Check the clocks" },
	{ .what = "expires soon",
	  .leaf = { .names = SAN, .not_after = AT + 20 * DAY + 60 },
	  .id = CRT_8,
	  .severity = CHECK_WARN,
	  .text = "expires in 20 days (2026-12-13)",
	  .fix = "Check that renewal is automatic" },
	{ .what = "expires very soon",
	  .leaf = { .names = SAN, .not_after = AT + 5 * DAY + 60 },
	  .id = CRT_8,
	  .severity = CHECK_WARN,
	  .text = "expires in 5 days",
	  .fix = "Renew it now" },
	{ .what = "intermediate missing",
	  .leaf = { .names = SAN },
	  .sends = SENDS_FETCHED,
	  .id = CRT_9,
	  .severity = CHECK_FAIL,
	  .text = "sends only its own certificate; the issuing CA ‘Intermediate’ is missing",
	  .fix = "fullchain.pem, not cert.pem" },
	{ .what = "intermediate missing, and none to fetch",
	  .leaf = { .names = SAN },
	  .sends = SENDS_ALONE,
	  .id = CRT_10,
	  .severity = CHECK_FAIL,
	  .text = "issued by ‘Intermediate’, which roots.pem does not contain. The server sends "
		  "no other",
	  .fix = "send the full chain (fullchain.pem)" },
	{ .what = "unknown CA",
	  .leaf = { .names = SAN },
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
	  .leaf = { .names = SAN },
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
	  .leaf = { .common_name = "pbx", .names = SAN },
	  .sends = SENDS_SELF_SIGNED,
	  .id = CRT_12,
	  .severity = CHECK_FAIL,
	  .text = "‘pbx’ is self-signed",
	  .fix = "public CA" },
	{ .what = "wrong order",
	  .leaf = { .common_name = "pbx", .names = SAN },
	  .sends = SENDS_REVERSED,
	  .id = CRT_13,
	  .severity = CHECK_FAIL,
	  .text = "starts with the CA; the server's own certificate ‘pbx’ is number 2",
	  .fix = "Put the server's certificate first" },
	{ .what = "strays",
	  .leaf = { .names = SAN },
	  .sends = SENDS_STRAYS,
	  .id = CRT_14,
	  .severity = CHECK_INFO,
	  .text = "2 of the certificates sent are superfluous: ‘Private PBX CA’, ‘Intermediate’ "
		  "once more.",
	  .fix = "Remove" },
	{ .what = "for clients only",
	  .leaf = { .names = SAN, .extended_key_usage = "clientAuth" },
	  .id = CRT_15,
	  .severity = CHECK_FAIL,
	  .text = "The certificate is for clients only, not for servers.",
	  .fix = "serverAuth" },
	{ .what = "for SIP domains only",
	  .leaf = { .names = SAN, .extended_key_usage = "1.3.6.1.5.5.7.3.20" },
	  .id = CRT_15,
	  .severity = CHECK_FAIL,
	  .text = "is for SIP domains (sipDomain) only",
	  .fix = "serverAuth" },
	{ .what = "CA for mail only",
	  .leaf = { .names = SAN },
	  .authority = { .common_name = "Mail CA", .extended_key_usage = "emailProtection" },
	  .id = CRT_15,
	  .severity = CHECK_FAIL,
	  .text = "The CA certificate ‘Mail CA’ is for E-mail Protection only",
	  .fix = "serverAuth" },
	{ .what = "key usage forbids all",
	  .leaf = { .names = SAN, .key_usage = "critical,nonRepudiation" },
	  .id = CRT_16,
	  .severity = CHECK_FAIL,
	  .text = "key usage forbids signing",
	  .fix = "digitalSignature" },
	{ .what = "key usage forbids signing",
	  .leaf = { .names = SAN, .key_usage = "critical,keyEncipherment" },
	  .id = CRT_16,
	  .severity = CHECK_WARN,
	  .text = "key usage forbids signing",
	  .fix = "digitalSignature" },
	{ .what = "short key",
	  .leaf = { .names = SAN, .key_kind = KEY_RSA_1024 },
	  .id = CRT_17,
	  .severity = CHECK_FAIL,
	  .text = "The certificate has a weak key: RSA 1024 is too short.",
	  .fix = "RSA with 2048 bits" },
	{ .what = "CA with a short key",
	  .leaf = { .names = SAN },
	  .authority = { .common_name = "Short CA", .key_kind = KEY_RSA_1024 },
	  .id = CRT_17,
	  .severity = CHECK_FAIL,
	  .text = "‘Short CA’ has a weak key",
	  .fix = "RSA with 2048 bits" },
	{ .what = "CA without the right",
	  .leaf = { .names = SAN },
	  .authority = { .common_name = "No CA", .basic_constraints = "critical,CA:FALSE" },
	  .id = CRT_19,
	  .severity = CHECK_FAIL,
	  .text = "The CA certificate ‘No CA’ may not issue certificates",
	  .fix = "proper CA" },
	{ .what = "name constraints",
	  .leaf = { .names = SAN },
	  .authority = { .common_name = "Narrow CA",
			 .name_constraints = "critical,permitted;DNS:other.example" },
	  .id = CRT_19,
	  .severity = CHECK_FAIL,
	  .text = "The certificate holds a name that its CA may not issue.",
	  .fix = "proper CA" },
	{ .what = "irregular CA",
	  .leaf = { .names = SAN },
	  .authority = { .common_name = "Loose CA", .key_usage = "" },
	  .id = CRT_20,
	  .severity = CHECK_WARN,
	  .text = "‘Loose CA’ is a CA's without key usage",
	  .fix = "issued again" },
	{ .what = "common name of another host",
	  .leaf = { .common_name = "other.example.com", .names = SAN },
	  .id = CRT_20,
	  .severity = CHECK_WARN,
	  .text = "Common Name ‘other.example.com’ is not among its names",
	  .fix = "issued again" },
	{ .what = "no staple",
	  .leaf = { .names = SAN },
	  .id = CRT_21,
	  .severity = CHECK_INFO,
	  .text = "staples no revocation answer" },
	{ .what = "good staple",
	  .leaf = { .names = SAN },
	  .staples = STAPLES_GOOD,
	  .id = CRT_21,
	  .severity = CHECK_INFO,
	  .text = "of 2026-11-23 says that the certificate is good" },
	{ .what = "good staple of one entitled",
	  .leaf = { .names = SAN },
	  .staples = STAPLES_GOOD_DELEGATED,
	  .id = CRT_21,
	  .severity = CHECK_INFO,
	  .text = "says that the certificate is good" },
	{ .what = "staple of a stranger",
	  .leaf = { .names = SAN },
	  .staples = STAPLES_BY_STRANGER,
	  .id = CRT_21,
	  .severity = CHECK_WARN,
	  .text = "is not signed by the CA",
	  .fix = "OCSP responder" },
	{ .what = "stale staple",
	  .leaf = { .names = SAN },
	  .staples = STAPLES_STALE,
	  .id = CRT_21,
	  .severity = CHECK_WARN,
	  .text = "is stale: it was good until 2026-11-20",
	  .fix = "OCSP responder" },
	{ .what = "staple of tomorrow",
	  .leaf = { .names = SAN },
	  .staples = STAPLES_FUTURE,
	  .id = CRT_21,
	  .severity = CHECK_WARN,
	  .text = "good only from 2026-11-25 on",
	  .fix = "OCSP responder" },
	{ .what = "staple knows nothing",
	  .leaf = { .names = SAN },
	  .staples = STAPLES_UNKNOWN,
	  .id = CRT_21,
	  .severity = CHECK_WARN,
	  .text = "does not know this certificate",
	  .fix = "OCSP responder" },
	{ .what = "staple of another certificate",
	  .leaf = { .names = SAN },
	  .staples = STAPLES_OF_ANOTHER,
	  .id = CRT_21,
	  .severity = CHECK_WARN,
	  .text = "about another certificate",
	  .fix = "OCSP responder" },
	{ .what = "staple is an error",
	  .leaf = { .names = SAN },
	  .staples = STAPLES_ERROR,
	  .id = CRT_21,
	  .severity = CHECK_WARN,
	  .text = "an error of the responder (trylater)",
	  .fix = "OCSP responder" },
	{ .what = "staple is garbage",
	  .leaf = { .names = SAN },
	  .staples = STAPLES_GARBAGE,
	  .id = CRT_21,
	  .severity = CHECK_WARN,
	  .text = "not well-formed",
	  .fix = "OCSP responder" },
	{ .what = "must-staple without staple",
	  .leaf = { .names = SAN, .tls_feature = "status_request" },
	  .id = CRT_22,
	  .severity = CHECK_WARN,
	  .text = "must-staple",
	  .fix = "Turn on OCSP stapling" },
	{ .what = "lives too long",
	  .leaf = { .names = SAN, .not_after = AT + 250 * DAY },
	  .is_public = true,
	  .id = CRT_23,
	  .severity = CHECK_WARN,
	  .text = "valid for 251 days; public CAs may give at most 200.",
	  .fix = "shorter lifetime" },
	{ .what = "old trust list",
	  .leaf = { .names = SAN },
	  .is_public = true,
	  .list_older = 527 * DAY,
	  .id = CRT_25,
	  .severity = CHECK_INFO,
	  .text = "Judged with the 144 roots of /etc/roots, as of 2025-06-14.",
	  .fix = "Update ca-certificates" },
	{ .what = "given trust list",
	  .leaf = { .names = SAN },
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

/* The authorities, and what one row makes of them. */
struct world {
	struct identity root, intermediate, stranger;
	struct identity authority; /* the row's own intermediate */
	struct identity leaf;
	struct trust trust;
	STACK_OF(X509) * sent;
	unsigned char *staple;
	size_t staple_length;
	struct check_report report;
};

static struct certificate_spec in_force(struct certificate_spec spec, int64_t seconds)
{
	if (spec.not_before == 0)
		spec.not_before = AT - DAY;
	if (spec.not_after == 0)
		spec.not_after = AT + seconds;
	return spec;
}

static void authority_make(struct identity *identity, struct certificate_spec spec,
			   const struct identity *issuer)
{
	spec = in_force(spec, YEAR);
	spec.is_ca = true;
	identity_make(identity, &spec, issuer);
}

static int group_begin(void **state)
{
	struct world *world = mem_alloc(1, sizeof *world);
	authority_make(&world->root, (struct certificate_spec) { .common_name = "Root" }, NULL);
	authority_make(&world->intermediate,
		       (struct certificate_spec) { .common_name = "Intermediate" }, &world->root);
	authority_make(&world->stranger,
		       (struct certificate_spec) { .common_name = "Private PBX CA" }, NULL);
	*state = world;
	return 0;
}

static int group_end(void **state)
{
	struct world *world = *state;
	identity_release(&world->root);
	identity_release(&world->intermediate);
	identity_release(&world->stranger);
	free(world);
	return 0;
}

static const struct identity *issuer_of(const struct world *world, const struct row *row)
{
	if (row->authority.common_name != NULL)
		return &world->authority;
	switch (row->sends) {
	case SENDS_PRIVATE:
	case SENDS_PRIVATE_ROOT: return &world->stranger;
	case SENDS_SELF_SIGNED: return NULL;
	case SENDS_BY_ROOT: return &world->root;
	default: return &world->intermediate;
	}
}

static void send_certificates(struct world *world, const struct row *row)
{
	X509 *leaf = world->leaf.certificate;
	X509 *intermediate = row->authority.common_name != NULL ? world->authority.certificate
								: world->intermediate.certificate;
	X509 *stranger = world->stranger.certificate;
	X509 *const sending[][4] = {
		[SENDS_CHAIN] = { leaf, intermediate },
		[SENDS_ALONE] = { leaf },
		[SENDS_FETCHED] = { leaf },
		[SENDS_REVERSED] = { intermediate, leaf },
		[SENDS_STRAYS] = { leaf, intermediate, stranger, intermediate },
		[SENDS_PRIVATE] = { leaf },
		[SENDS_PRIVATE_ROOT] = { leaf, stranger },
		[SENDS_SELF_SIGNED] = { leaf },
		[SENDS_BY_ROOT] = { leaf },
	};
	world->sent = sk_X509_new_null();
	for (size_t i = 0; i < ARRAY_LENGTH(sending[0]); i++)
		if (sending[row->sends][i] != NULL)
			assert_true(sk_X509_push(world->sent, sending[row->sends][i]) > 0);
}

static void staple_by(struct world *world, const struct identity *responder)
{
	world->staple = staple_make(&world->leaf, &world->intermediate, responder,
				    V_OCSP_CERTSTATUS_GOOD, AT, AT + DAY, &world->staple_length);
}

static void staple_by_new(struct world *world, const struct identity *issuer)
{
	struct identity responder;
	struct certificate_spec spec =
		in_force((struct certificate_spec) { .common_name = "OCSP",
						     .extended_key_usage = "OCSPSigning" },
			 DAY);
	identity_make(&responder, &spec, issuer);
	staple_by(world, &responder);
	identity_release(&responder);
}

static void staple_error(struct world *world)
{
	unsigned char *der = NULL;
	OCSP_RESPONSE *response = OCSP_response_create(OCSP_RESPONSE_STATUS_TRYLATER, NULL);
	int length = i2d_OCSP_RESPONSE(response, &der);
	assert_true(length > 0);
	world->staple = mem_alloc((size_t)length, 1);
	world->staple_length = (size_t)length;
	memcpy(world->staple, der, (size_t)length);
	OPENSSL_free(der);
	OCSP_RESPONSE_free(response);
}

static void staple(struct world *world, enum stapling staples)
{
	static const struct {
		int status;
		int64_t produced, until; /* relative to AT */
	} answers[] = {
		[STAPLES_REVOKED] = { V_OCSP_CERTSTATUS_REVOKED, -4 * DAY, DAY },
		[STAPLES_STALE] = { V_OCSP_CERTSTATUS_GOOD, -9 * DAY, -3 * DAY },
		[STAPLES_FUTURE] = { V_OCSP_CERTSTATUS_GOOD, 2 * DAY, 9 * DAY },
		[STAPLES_UNKNOWN] = { V_OCSP_CERTSTATUS_UNKNOWN, 0, DAY },
	};
	struct identity other = { world->intermediate.certificate, NULL };
	switch (staples) {
	case STAPLES_NOTHING: break;
	case STAPLES_GOOD: staple_by(world, NULL); break;
	case STAPLES_GOOD_DELEGATED: staple_by_new(world, &world->intermediate); break;
	case STAPLES_BY_STRANGER: staple_by_new(world, &world->stranger); break;
	case STAPLES_ERROR: staple_error(world); break;
	case STAPLES_GARBAGE:
		world->staple = (unsigned char *)mem_text("0123");
		world->staple_length = 4;
		break;
	case STAPLES_OF_ANOTHER:
		world->staple =
			staple_make(&other, &world->intermediate, NULL, V_OCSP_CERTSTATUS_REVOKED,
				    AT, 0, &world->staple_length);
		break;
	default:
		world->staple = staple_make(&world->leaf, &world->intermediate, NULL,
					    answers[staples].status, AT + answers[staples].produced,
					    AT + answers[staples].until, &world->staple_length);
	}
}

static void trust_set(struct world *world, const struct row *row)
{
	world->trust = (struct trust) {
		.store = X509_STORE_new(),
		.name = mem_text(row->is_public ? "/etc/roots" : "roots.pem"),
		.root_count = row->is_public ? 144 : 1,
		.modified_at = row->list_older != 0 ? AT - row->list_older : 0,
		.is_given = !row->is_public,
	};
	assert_int_equal(X509_STORE_add_cert(world->trust.store, world->root.certificate), 1);
}

static void world_begin(struct world *world, const struct row *row)
{
	if (row->authority.common_name != NULL)
		authority_make(&world->authority, row->authority, &world->root);
	struct certificate_spec leaf = in_force(row->leaf, 60 * DAY);
	identity_make(&world->leaf, &leaf, issuer_of(world, row));
	send_certificates(world, row);
	trust_set(world, row);
	staple(world, row->staples);
	report_init(&world->report);
}

static void world_end(struct world *world)
{
	identity_release(&world->authority);
	identity_release(&world->leaf);
	sk_X509_free(world->sent);
	world->sent = NULL;
	trust_release(&world->trust);
	free(world->staple);
	world->staple = NULL;
	report_release(&world->report);
}

static struct judge_input input_of(const struct world *world, const struct row *row)
{
	return (struct judge_input) {
		.hostname = row->hostname != NULL ? row->hostname : HOST,
		.is_ip = row->is_ip,
		.address = "192.0.2.7",
		.sent = world->sent,
		.staple = world->staple,
		.staple_length = world->staple_length,
		.at = AT,
		.trust = &world->trust,
		.fetched = { row->sends == SENDS_FETCHED ? world->intermediate.certificate : NULL },
	};
}

static void finding_compare(const struct check_finding *finding, const struct row *row)
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

static void row_check(struct world *world, const struct row *row)
{
	size_t found = 0;
	world_begin(world, row);
	struct judge_input input = input_of(world, row);
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
	world_end(world);
}

static void test_every_finding(void **state)
{
	for (size_t i = 0; i < ARRAY_LENGTH(ROWS); i++)
		row_check(*state, &ROWS[i]);
}

/* SHA-1 is what OpenSSL itself refuses to make at its usual level, but not for certificates. */
static void test_weak_signature(void **state)
{
	const struct row row = { .what = "signed with SHA-1",
				 .leaf = { .names = SAN, .digest = EVP_sha1() },
				 .id = CRT_18,
				 .severity = CHECK_FAIL,
				 .text = "The certificate is signed with SHA-1",
				 .fix = "SHA-256" };
	row_check(*state, &row);
}

static void test_revoked(void **state)
{
	const struct row row = { .what = "revoked",
				 .leaf = { .names = SAN },
				 .staples = STAPLES_REVOKED,
				 .id = CRT_21,
				 .severity = CHECK_FAIL,
				 .text = "was revoked on 2026-11-19 (keyCompromise).",
				 .fix = "Replace the certificate and its key" };
	row_check(*state, &row);
}

/* A signature that is not the issuer's: the leaf is issued by one key and changed afterwards. */
static void test_bad_signature(void **state)
{
	struct world *world = *state;
	const struct row row = { .leaf = { .names = SAN } };
	world_begin(world, &row);
	size_t length;
	unsigned char *der = certificate_der(world->leaf.certificate, &length);
	der[length - 1] ^= 1;
	const unsigned char *at = der;
	X509 *changed = d2i_X509(NULL, &at, (long)length);
	assert_non_null(changed);
	(void)sk_X509_set(world->sent, 0, changed);
	struct judge_input input = input_of(world, &row);
	assert_false(judge(&input, &world->report));
	assert_true(report_has(&world->report, CRT_19, CHECK_FAIL));
	X509_free(changed);
	free(der);
	world_end(world);
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
	struct world *world = *state;
	const struct row row = {
		.leaf = { .names = "DNS:other.example",
			  .not_before = AT - 9 * DAY,
			  .not_after = AT - DAY,
			  .key_kind = KEY_RSA_1024 },
	};
	world_begin(world, &row);
	struct judge_input input = input_of(world, &row);
	assert_false(judge(&input, &world->report));
	assert_non_null(strstr(fix_of(&world->report, CRT_1), all));
	assert_non_null(strstr(fix_of(&world->report, CRT_7), all));
	assert_non_null(strstr(fix_of(&world->report, CRT_17), all));
	world_end(world);
}

static void test_time_shifts_the_verdict(void **state)
{
	struct world *world = *state;
	const struct row row = { .leaf = { .names = SAN } };
	world_begin(world, &row);
	struct judge_input input = input_of(world, &row);
	assert_true(judge(&input, &world->report));
	input.at = AT + 61 * DAY;
	assert_false(judge(&input, &world->report));
	assert_true(report_has(&world->report, CRT_7, CHECK_FAIL));
	world_end(world);
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
	struct world *world = *state;
	const struct row row = { .leaf = { .common_name = "pbx", .names = SAN ",IP:192.0.2.7" },
				 .sends = SENDS_FETCHED };
	world_begin(world, &row);
	struct judge_input input = input_of(world, &row);
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
	assert_int_equal(leaf->not_before, AT - DAY);
	assert_int_equal(leaf->not_after, AT + 60 * DAY);
	world_end(world);
}

static void test_corrected_chain(void **state)
{
	static const enum sending wrong[] = { SENDS_FETCHED, SENDS_REVERSED };
	struct world *world = *state;
	for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
		const struct row row = { .leaf = { .names = SAN }, .sends = wrong[i] };
		world_begin(world, &row);
		struct judge_input input = input_of(world, &row);
		assert_false(judge(&input, &world->report));
		char *leaf = certificate_pem(world->leaf.certificate);
		char *intermediate = certificate_pem(world->intermediate.certificate);
		char *both = mem_format("%s%s", leaf, intermediate);
		assert_string_equal(world->report.corrected_chain, both);
		free(leaf);
		free(intermediate);
		free(both);
		world_end(world);
	}
	const struct row right = { .leaf = { .names = SAN } };
	world_begin(world, &right);
	struct judge_input input = input_of(world, &right);
	assert_true(judge(&input, &world->report));
	assert_null(world->report.corrected_chain);
	world_end(world);
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
	struct world *world = *state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const struct row row = {
			.leaf = { .names = SAN, .authority_info_access = cases[i].access },
			.sends = cases[i].sends,
		};
		world_begin(world, &row);
		struct judge_input input = input_of(world, &row);
		char *url = judge_missing_issuer_url(&input);
		if (!text_equal(url, cases[i].url))
			fail_msg("case %zu: %s", i, url != NULL ? url : "(none)");
		free(url);
		world_end(world);
	}
}

/* A CA that is not the issuer must not be fetched again and again. */
static void test_useless_fetch_ends(void **state)
{
	struct world *world = *state;
	const struct row row = {
		.leaf = { .names = SAN,
			  .authority_info_access = "caIssuers;URI:http://ca.example/i.der" },
		.sends = SENDS_ALONE,
	};
	world_begin(world, &row);
	struct judge_input input = input_of(world, &row);
	input.fetched[0] = world->stranger.certificate;
	assert_null(judge_missing_issuer_url(&input));
	assert_false(judge(&input, &world->report));
	assert_true(report_has(&world->report, CRT_10, CHECK_FAIL));
	assert_null(world->report.corrected_chain);
	world_end(world);
}

static void test_no_certificate(void **state)
{
	struct world *world = *state;
	const struct row row = { .leaf = { .names = SAN } };
	world_begin(world, &row);
	while (sk_X509_num(world->sent) > 0)
		(void)sk_X509_pop(world->sent);
	struct judge_input input = input_of(world, &row);
	assert_false(judge(&input, &world->report));
	assert_null(judge_missing_issuer_url(&input));
	world_end(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_finding),
		cmocka_unit_test(test_weak_signature),
		cmocka_unit_test(test_revoked),
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
