/*
 * Public test suites of certificates. They are not part of the project: where they are not beside
 * the checkout (../shared/data), a test that needs one says so and is skipped.
 */
#ifndef SIPDESK_TESTS_PUBLIC_SUITE_H
#define SIPDESK_TESTS_PUBLIC_SUITE_H

#include "base/json.h"

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>

/* False, with a sentence on standard output, where the suite is not there. */
bool public_suite_open(struct json_doc *suite, const char *file_name);

/* A certificate from PEM, or from base64 of DER; NULL where it is none. The caller frees it. */
X509 *public_suite_certificate(const char *text);
/* Pushes all of a JSON list of such texts. */
void public_suite_certificates(STACK_OF(X509) * certificates, const cJSON *list);

/* A list of cases known to come out otherwise than the suite wants. It may only shrink: a case that
 * is not on it, and one on it that comes out right, are both told and counted. */
struct known_cases {
	const char *what;
	const char *const *ids;
	size_t count;
	bool *seen;
};

void known_cases_begin(struct known_cases *known, const char *what, const char *const *ids,
		       size_t count);
/* False where `id` is not on the list. */
bool known_cases_see(struct known_cases *known, const char *id);
/* How many were not seen; releases the list. */
size_t known_cases_end(struct known_cases *known);

#endif
