/*
 * Netflix's bettertls (../shared/data/README.md), judged offline. Nothing that the suite wants
 * refused may be accepted, not even where it would put up with a warning. What it wants accepted
 * and OpenSSL refuses, because it does not go back when it builds a path, is listed by number; the
 * list may only shrink.
 */
#include "tlscheck/judge.h"

#include "base/mem.h"
#include "base/str.h"
#include "tests/support/public_suite.h"

#include <arpa/inet.h>
#include <openssl/x509.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

static const int64_t AT = 1795400000; /* its certificates are valid until 2027-11-23 */

enum { CASES = 401, ID_SIZE = 48 };

static const char *const REFUSED[] = {
	"pathbuilding 2",  "pathbuilding 23", "pathbuilding 31", "pathbuilding 32",
	"pathbuilding 33", "pathbuilding 34", "pathbuilding 35", "pathbuilding 49",
	"pathbuilding 50", "pathbuilding 51", "pathbuilding 52", "pathbuilding 53",
	"pathbuilding 54", "pathbuilding 55", "pathbuilding 56", "pathbuilding 57",
	"pathbuilding 58", "pathbuilding 59", "pathbuilding 60", "pathbuilding 61",
	"pathbuilding 62", "pathbuilding 64", "pathbuilding 65", "pathbuilding 66",
	"pathbuilding 67", "pathbuilding 68",
};

static bool is_address(const char *hostname)
{
	unsigned char bytes[16];
	return inet_pton(AF_INET, hostname, bytes) == 1 ||
	       inet_pton(AF_INET6, hostname, bytes) == 1;
}

static void trust_make(struct trust *trust, const char *root)
{
	X509 *certificate = public_suite_certificate(root);
	assert_non_null(certificate);
	*trust = (struct trust) { .store = X509_STORE_new(), .is_given = true };
	trust->name = mem_text("the suite's root");
	assert_int_equal(X509_STORE_add_cert(trust->store, certificate), 1);
	X509_free(certificate);
}

static bool judge_case(const cJSON *test, X509 *const *certificates, const struct trust *trust)
{
	const cJSON *at;
	struct check_report report;
	STACK_OF(X509) *sent = sk_X509_new_null();
	cJSON_ArrayForEach (at, json_member(test, "certs")) {
		(void)sk_X509_push(sent, certificates[strtoul(json_text(at), NULL, 10)]);
	}
	const char *hostname = json_text(json_member(test, "hostname"));
	struct judge_input input = {
		.hostname = hostname,
		.is_ip = is_address(hostname),
		.sent = sent,
		.at = AT,
		.trust = trust,
	};
	report_init(&report);
	bool accepted = judge(&input, &report);
	bool has_failure = false;
	for (size_t i = 0; i < report.finding_count; i++)
		has_failure |= report.findings[i].severity == CHECK_FAIL;
	assert_int_equal(accepted, !has_failure);
	report_release(&report);
	sk_X509_free(sent);
	return accepted;
}

static void case_id(const cJSON *test, char id[ID_SIZE])
{
	(void)snprintf(id, ID_SIZE, "%s %s", json_text(json_member(test, "suite")),
		       json_text(json_member(test, "id")));
}

static size_t suite_run(const cJSON *suite, X509 *const *certificates)
{
	struct trust trust;
	struct known_cases refused;
	size_t wrong = 0;
	const cJSON *test;
	char id[ID_SIZE];
	trust_make(&trust, json_text(json_member(suite, "trustRoot")));
	known_cases_begin(&refused, "refused", REFUSED, ARRAY_LENGTH(REFUSED));
	cJSON_ArrayForEach (test, json_member(suite, "cases")) {
		bool is_accepted = judge_case(test, certificates, &trust);
		bool wanted = text_equal(json_text(json_member(test, "expected")), "ACCEPT");
		case_id(test, id);
		if (wanted && !is_accepted)
			wrong += !known_cases_see(&refused, id);
		if (!wanted && is_accepted) {
			(void)printf("accepted, though it must be refused: %s\n", id);
			wrong++;
		}
	}
	wrong += known_cases_end(&refused);
	trust_release(&trust);
	return wrong;
}

static void test_bettertls(void **state)
{
	struct json_doc suite;
	(void)state;
	if (!public_suite_open(&suite, "bettertls.json"))
		skip();
	STACK_OF(X509) *list = sk_X509_new_null();
	const cJSON *texts = json_member(suite.root, "certs");
	public_suite_certificates(list, texts);
	size_t count = (size_t)sk_X509_num(list);
	assert_int_equal(count, cJSON_GetArraySize(texts));
	assert_int_equal(cJSON_GetArraySize(json_member(suite.root, "cases")), CASES);
	X509 **certificates = mem_alloc(count, sizeof *certificates);
	for (size_t i = 0; i < count; i++)
		certificates[i] = sk_X509_value(list, (int)i);
	size_t wrong = suite_run(suite.root, certificates);
	free(certificates);
	sk_X509_pop_free(list, X509_free);
	json_doc_release(&suite);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_bettertls) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
