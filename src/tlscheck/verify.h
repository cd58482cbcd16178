/*
 * One verification of a certificate chain, with all that is wrong with it: OpenSSL goes on behind
 * each error and every one is kept. Comparing two verifications tells the cause (TLS_CHECK section
 * 2.1). The trust store is only read.
 */
#ifndef SIPDESK_TLSCHECK_VERIFY_H
#define SIPDESK_TLSCHECK_VERIFY_H

#include "tlscheck/judge.h"

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>

struct verify_error {
	int code;  /* X509_V_ERR_… */
	int depth; /* of the certificate concerned, 0: the server's own */
};

struct verification {
	struct verify_error *errors; /* each code once for each depth */
	size_t error_count;
	STACK_OF(X509) * chain; /* as far as it could be built; the server's own first */
	int untrusted_count;	/* that many of the chain did not come from the trust list */
};

enum verify_how {
	VERIFY_AS_SENT = 0,
	VERIFY_WITH_FETCHED = 1, /* the intermediates fetched through AIA are there as well */
	VERIFY_STRICT = 2,	 /* RFC 5280 to the letter (X509_V_FLAG_X509_STRICT) */
	VERIFY_UNSIGNED = 4,	 /* without signatures and dates: they take nearly all the time */
};

/* `leaf` is judged as the server's own, for the name of `input` and as of its time; `how` is a sum
 * of verify_how. */
void verify(struct verification *verification, const struct judge_input *input, X509 *leaf,
	    unsigned how);
void verification_release(struct verification *verification);

/* The depth of the first error with this code, -1: there is none. */
int verification_depth(const struct verification *verification, int code);
bool verification_has(const struct verification *verification, int code, int depth);
/* Did the chain end before a root, for want of an issuer? */
bool verification_has_gap(const struct verification *verification);
bool chain_contains(const STACK_OF(X509) * chain, const X509 *certificate);

#endif
