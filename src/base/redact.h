/*
 * Takes secrets out of text before it leaves the process as log, error, snapshot or report: the
 * known secret itself, also as JSON, percent, HTML, base16 and base64 write it (base64 within
 * longer text, too), and whatever stands where keys and passwords stand (D360-API-KEY: …,
 * "sip_user_password":"…", "password":"…", Authorization: …, https://user:password@host).
 *
 * A text that was cut short ("…") may end within the secret: its beginning counts as well.
 */
#ifndef SIPDESK_BASE_REDACT_H
#define SIPDESK_BASE_REDACT_H

#include "base/err.h"
#include "base/secret.h"
#include "base/str.h"

enum { REDACT_SECRET_LEAST = 6 /* bytes; a shorter "secret" would black out ordinary words */ };

/* Replaces each by "(hidden)". `secret` NULL, or too short: only what its place gives away. No copy
 * of the text as it was is left behind. */
void redact(struct str *text, const struct secret *secret);
/* The same for the three texts of an error, in place. */
void redact_err(struct err *err, const struct secret *secret);

#endif
