/* The rules of `call_hours` in a POST (API.md, the field table): the forms of its texts, and what
 * spans several members. */
#ifndef SIPDESK_SANDBOX_HOURS_H
#define SIPDESK_SANDBOX_HOURS_H

#include "base/err.h"

#include <cjson/cJSON.h>
#include <stdbool.h>

bool hours_time_valid(const char *text);     /* "HHMM" */
bool hours_date_valid(const char *text);     /* "YYYY-MM-DD", a day that exists */
bool hours_timezone_valid(const char *text); /* the form of an IANA name */

/* `call_hours` has passed shape_check(), or is NULL: nothing to say. `today` is "YYYY-MM-DD".
 * Refuses as shape_check() does. */
bool hours_check(const cJSON *call_hours, const char *today, struct err *err);

#endif
