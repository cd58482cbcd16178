/*
 * What a person has switched on or off: $XDG_CONFIG_HOME/sipdesk/config.json, written by hand.
 *   {"schema":1,"copy_passwords":true}
 */
#ifndef SIPDESK_STORE_PREFERENCES_H
#define SIPDESK_STORE_PREFERENCES_H

#include "base/err.h"

#include <stdbool.h>

struct preferences {
	bool copy_passwords; /* F8 may send a SIP user password to the terminal's clipboard */
};

/* A missing file is the defaults (all false). An unknown member or a wrong type is an error that
 * names it; `preferences` then holds the defaults. */
bool preferences_load(struct preferences *preferences, struct err *err);
/* The file's path for sentences; caller frees; NULL where there is none. */
char *preferences_path(void);

#endif
