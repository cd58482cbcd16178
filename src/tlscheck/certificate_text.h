/*
 * What stands in a certificate, as text of ours: names, dates, key types. Anybody can write a
 * certificate, so what comes out is UTF-8 without NULs and of bounded length, with what was spelled
 * or left out said; characters that mislead the eye are for base/text.h, where it is shown.
 * All texts returned are freed by the caller.
 */
#ifndef SIPDESK_TLSCHECK_CERTIFICATE_TEXT_H
#define SIPDESK_TLSCHECK_CERTIFICATE_TEXT_H

#include "base/str.h"

#include <openssl/x509.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CERTIFICATE_TEXT_MAX = 300, /* bytes of one name; a DNS name has 253 */
	CERTIFICATE_DATE_SIZE = 16, /* "2026-11-22" and a NUL, with room */
	DAY_SECONDS = 24 * 3600,
};

/* Appends bytes as UTF-8: NULs as "\u{0}", bytes that are not UTF-8 as "\x{e4}"; behind
 * CERTIFICATE_TEXT_MAX bytes only how many more there are. */
void certificate_text_add(struct str *out, const unsigned char *bytes, size_t length);

/* What people call it: the common name, else the unit or the organisation, else "(no name)". */
char *certificate_title(const X509_NAME *name);
char *certificate_subject(const X509 *certificate);
char *certificate_issuer(const X509 *certificate);

/* Seconds since 1970; 0 where it is no time. */
int64_t certificate_time(const ASN1_TIME *time);
/* The day, UTC; writes into `out` and returns it. */
const char *certificate_date(int64_t seconds, char out[CERTIFICATE_DATE_SIZE]);
/* "5 days", "1 day", "less than a day". */
char *certificate_days(int64_t seconds);

/* "RSA 1024", "EC P-256", "Ed25519"; "of an unknown kind". */
char *certificate_key_text(const X509 *certificate);

#endif
