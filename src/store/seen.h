/*
 * A number's settings as last seen here, so that what others changed since can be said:
 * $XDG_STATE_HOME/sipdesk/seen/ID.json, passwords hidden. Losing it costs that sentence.
 */
#ifndef SIPDESK_STORE_SEEN_H
#define SIPDESK_STORE_SEEN_H

#include "base/err.h"
#include "calling/settings.h"

#include <stdbool.h>

bool seen_save(const char *id, const struct calling_settings *settings, struct err *err);
/* False where there is none that can be read; `settings` then holds nothing. */
bool seen_load(const char *id, struct calling_settings *settings);
void seen_forget(const char *id);

#endif
