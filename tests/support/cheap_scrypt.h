/*
 * scrypt at next to no cost, for tests that open vaults by the thousand: a test that uses this has
 * an EVP_PBE_scrypt that stands before libcrypto's, notes what it was asked for, and lets
 * libcrypto's do it with a small N.
 */
#ifndef SIPDESK_TESTS_CHEAP_SCRYPT_H
#define SIPDESK_TESTS_CHEAP_SCRYPT_H

#include <stdint.h>

struct cheap_scrypt {
	unsigned count; /* how often it was asked */
	uint64_t n, r, p;
	uint64_t memory; /* how much it might have taken */
};

/* What was asked so far and last; may be changed. */
struct cheap_scrypt *cheap_scrypt(void);

#endif
