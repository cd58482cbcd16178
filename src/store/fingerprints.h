/*
 * Notices the same API key under two numbers without keeping any key: HMAC-SHA256 of it under a
 * random key of this machine, its first 16 bytes. $XDG_STATE_HOME/sipdesk/fingerprints.json.
 */
#ifndef SIPDESK_STORE_FINGERPRINTS_H
#define SIPDESK_STORE_FINGERPRINTS_H

#include "base/err.h"
#include "base/secret.h"

#include <stdbool.h>

/* Notes that number `id` was seen to answer to `key`. */
bool fingerprint_note(const char *id, const struct secret *key, struct err *err);
/* Id of another number (not `id`, which may be NULL) last seen with the same key; caller frees.
 * NULL: none known, also where the file cannot be read. */
char *fingerprint_other(const char *id, const struct secret *key);
void fingerprint_forget(const char *id);

#endif
