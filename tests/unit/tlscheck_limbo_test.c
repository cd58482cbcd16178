/*
 * C2SP's x509-limbo (../shared/data/README.md), judged offline. Refused although the suite wants
 * them accepted, and accepted without even a warning although it wants them refused, may be only
 * the cases listed here. Both lists may only shrink.
 */
#include "tlscheck/judge.h"

#include "base/mem.h"
#include "base/str.h"
#include "tests/support/public_suite.h"

#include <openssl/x509.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const int64_t NOW = 1795400000; /* 2026-11-23 */

enum { CASES_LEAST = 170 };

/* OpenSSL 3.0's own doing: it does not go back when it builds a chain, takes the last second for
 * over, and applies name constraints and path lengths more widely. */
static const char *const REFUSED[] = {
	"cve::cve-2024-0567",
	"pathlen::validation-ignores-pathlen-in-leaf",
	"rfc5280::nc::nc-forbids-alternate-chain-ica",
	"rfc5280::nc::nc-forbids-same-chain-ica",
	"rfc5280::validity::notafter-exact",
	"rfc5280::validity::notafter-fractional",
	"rfc5280::ca-as-leaf",
	"rfc5280::root-and-intermediate-swapped",
};

/* Formal matters that neither OpenSSL nor its strict mode minds, and no client refuses. */
static const char *const LENIENT[] = {
	"rfc5280::nc::permitted-dns-match-noncritical",
	"rfc5280::pc::ica-noncritical-pc",
	"rfc5280::serial::too-long",
	"rfc5280::serial::zero",
	"webpki::aki::root-with-aki-missing-keyidentifier",
	"webpki::eku::ee-anyeku",
	"webpki::eku::ee-critical-eku",
	"webpki::eku::ee-without-eku",
	"webpki::eku::root-has-eku",
	"webpki::san::san-critical-with-nonempty-subject",
	"webpki::malformed-aia",
	"webpki::forbidden-dsa-root",
	"webpki::forbidden-rsa-not-divisible-by-8-in-root",
	"webpki::forbidden-rsa-key-not-divisible-by-8-in-leaf",
};

static int64_t validation_time(const cJSON *text)
{
	struct tm parts = { 0 };
	if (!cJSON_IsString(text) ||
	    strptime(text->valuestring, "%Y-%m-%dT%H:%M:%S", &parts) == NULL)
		return NOW;
	return timegm(&parts);
}

static bool is_taken(const cJSON *test)
{
	const char *kind = json_text(json_member(test, "validation_kind"));
	const char *name = json_text(json_member(json_member(test, "expected_peer_name"), "kind"));
	return text_equal(kind, "SERVER") && (text_equal(name, "DNS") || text_equal(name, "IP")) &&
	       cJSON_GetArraySize(json_member(test, "crls")) == 0 &&
	       !cJSON_IsRaw(json_member(test, "max_chain_depth"));
}

static void trust_make(struct trust *trust, const cJSON *roots)
{
	STACK_OF(X509) *certificates = sk_X509_new_null();
	public_suite_certificates(certificates, roots);
	*trust = (struct trust) { .store = X509_STORE_new(), .is_given = true };
	trust->name = mem_text("the suite's roots");
	for (int i = 0; i < sk_X509_num(certificates); i++)
		assert_int_equal(X509_STORE_add_cert(trust->store, sk_X509_value(certificates, i)),
				 1);
	sk_X509_pop_free(certificates, X509_free);
}

static enum check_severity worst_of(const struct check_report *report)
{
	enum check_severity worst = CHECK_PASS;
	for (size_t i = 0; i < report->finding_count; i++)
		if (report->findings[i].severity > worst)
			worst = report->findings[i].severity;
	return worst;
}

/* Judges one case. A certificate that cannot even be read is refused in the handshake. */
static enum check_severity judge_case(const cJSON *test, bool *accepted)
{
	const cJSON *name = json_member(test, "expected_peer_name");
	struct trust trust;
	struct check_report report;
	STACK_OF(X509) *sent = sk_X509_new_null();
	X509 *leaf = public_suite_certificate(json_text(json_member(test, "peer_certificate")));
	enum check_severity worst = CHECK_FAIL;
	*accepted = false;
	report_init(&report);
	trust_make(&trust, json_member(test, "trusted_certs"));
	if (leaf != NULL) {
		(void)sk_X509_push(sent, leaf);
		public_suite_certificates(sent, json_member(test, "untrusted_intermediates"));
		struct judge_input input = {
			.hostname = json_text(json_member(name, "value")),
			.is_ip = text_equal(json_text(json_member(name, "kind")), "IP"),
			.sent = sent,
			.at = validation_time(json_member(test, "validation_time")),
			.trust = &trust,
		};
		*accepted = judge(&input, &report);
		worst = worst_of(&report);
	}
	sk_X509_pop_free(sent, X509_free);
	trust_release(&trust);
	report_release(&report);
	return worst;
}

static void test_limbo(void **state)
{
	struct json_doc suite;
	struct known_cases refused;
	struct known_cases lenient;
	size_t wrong = 0;
	size_t count = 0;
	const cJSON *test;
	(void)state;
	if (!public_suite_open(&suite, "x509-limbo.json"))
		skip();
	known_cases_begin(&refused, "refused", REFUSED, ARRAY_LENGTH(REFUSED));
	known_cases_begin(&lenient, "lenient", LENIENT, ARRAY_LENGTH(LENIENT));
	cJSON_ArrayForEach (test, json_member(suite.root, "testcases")) {
		if (!is_taken(test))
			continue;
		bool accepted;
		const char *id = json_text(json_member(test, "id"));
		const char *expected = json_text(json_member(test, "expected_result"));
		enum check_severity worst = judge_case(test, &accepted);
		count++;
		assert_int_equal(accepted, worst < CHECK_FAIL);
		if (text_equal(expected, "SUCCESS"))
			wrong += !accepted && !known_cases_see(&refused, id);
		else
			wrong += worst < CHECK_WARN && !known_cases_see(&lenient, id);
	}
	wrong += known_cases_end(&refused) + known_cases_end(&lenient);
	json_doc_release(&suite);
	assert_true(count >= CASES_LEAST);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_limbo) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
