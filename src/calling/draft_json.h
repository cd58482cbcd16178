/*
 * A draft's edits as JSON, and a draft again from them: for the file that keeps it, and for the
 * record of what a sequence wants. Edits are differences to the base, in the base's own places:
 *
 *   [{"path":"calling.sip.status","value":"ENABLED"},      null: made absent
 *    {"server":0,"remove":true},
 *    {"server":0,"hostname":"sip.acme.example","port":null,"parameters":[["tgrp","berlin"]]},
 *    {"add":true,"hostname":"sip.new.example","port":"5061","parameters":[]}]
 *
 * A server's edit names only what differs; its parameters are given whole and in order. One that is
 * added again has "unknown": its members that sipdesk does not know. Texts stand as typed, also
 * where rules would refuse them: nothing typed is lost.
 */
#ifndef SIPDESK_CALLING_DRAFT_JSON_H
#define SIPDESK_CALLING_DRAFT_JSON_H

#include "base/err.h"
#include "base/json.h"
#include "calling/draft.h"

#include <stdbool.h>

/* Appends the array; "[]" where nothing differs. */
void edits_write_json(const struct calling_values *base, const struct calling_values *mine,
		      struct str *out);
/* `mine` (fresh) becomes the base's values with the edits made. ERR_INPUT where they do not fit the
 * base or are no such array; `mine` then holds nothing. */
bool edits_read_json(const struct calling_values *base, const cJSON *edits,
		     struct calling_values *mine, struct err *err);

#endif
