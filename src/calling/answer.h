/*
 * An answer of the service to a read of the settings, before its values are looked at: where the
 * `calling` object is in it, and the same bytes without passwords.
 *
 * Works on a parsed document and keeps nothing.
 */
#ifndef SIPDESK_CALLING_ANSWER_H
#define SIPDESK_CALLING_ANSWER_H

#include "base/err.h"
#include "base/json.h"
#include "base/str.h"

#include <stdbool.h>

/* Finds `calling` in {"calling":{…}}, {"data":[{"calling":{…}}]} or the bare object; `*calling` is
 * borrowed from the tree, NULL where the number has no calling settings. ERR_ANSWER for any other
 * document. */
bool answer_calling_find(const cJSON *root, const cJSON **calling, struct err *err);

/* Is `key` a SIP user password's, letter case aside? */
bool answer_key_is_password(const char *key);

/* Appends the document with each password, whatever its type and wherever it stands, replaced by
 * the string "(hidden)"; all other bytes as they are. null stays: there is nothing to hide. */
void answer_write_hidden(const struct json_doc *doc, struct str *out);

/* The members of a SIP server that sipdesk knows; NULL ends it. */
extern const char *const ANSWER_SERVER_MEMBERS[];

/* Appends the members of `object` (may be NULL) that are not among `known`, byte for byte, each as
 * a further member of the object that `out` ends in. Passwords are left out, also within. */
void answer_write_unknown(const struct json_doc *doc, const cJSON *object,
			  const char *const known[], struct str *out);

/* json_doc_release for a document with passwords in it: zeroes its bytes first. */
void answer_doc_wipe(struct json_doc *doc);

#endif
