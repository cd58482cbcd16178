/*
 * What a POST may hold: the members of `calling`, their types and limits, as one table.
 * Knows nothing of a number's state; account.c judges that.
 */
#ifndef SIPDESK_SANDBOX_SHAPE_H
#define SIPDESK_SANDBOX_SHAPE_H

#include "base/err.h"

#include <cjson/cJSON.h>
#include <stdbool.h>

/* Judges the whole body, {"calling":{…}}, a tree made by json_doc_parse(). Refuses (code 100) the
 * first thing that is wrong, with a path as Meta writes it: calling['sip']['servers'][0]. */
bool shape_check(const cJSON *body, struct err *err);

#endif
