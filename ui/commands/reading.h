/* One reading of a number's settings for a command that waits for it. */
#ifndef SIPDESK_UI_COMMANDS_READING_H
#define SIPDESK_UI_COMMANDS_READING_H

#include "base/err.h"
#include "base/secret.h"
#include "store/numbers.h"
#include "ui/commands/target.h"

#include <stdbool.h>

/* Reads them with `key`, noted in the target's log where there is one. `answer` gets the body: a
 * secret, since a SIP user password may be in it. `command` is for what is said on stderr. */
bool command_read(const char *command, const struct target *target, const struct number *number,
		  const struct secret *key, bool with_credentials, struct secret *answer,
		  struct err *err);

#endif
