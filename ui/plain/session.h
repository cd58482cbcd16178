/* A plain session, and what its parts share about the number at hand. */
#ifndef SIPDESK_UI_PLAIN_SESSION_H
#define SIPDESK_UI_PLAIN_SESSION_H

#include "ui/app/open_number.h"
#include "ui/commands/target.h"
#include "ui/plain/talk.h"

#include <stdbool.h>

struct plain {
	struct talk talk;
	struct app *app;
	struct target *target;
	struct open_number *number; /* at hand; NULL: none is */
	bool is_leaving;
};

/* Has the number its key? Else it is fetched, perhaps by asking. False: that was said. */
bool plain_key_have(struct plain *plain);
/* Reads the number, then asks what is to be asked about the reading. */
void plain_read(struct plain *plain);
/* After anything that may have brought a reading: the draft that was found on this machine, and
 * what moved under the draft. */
void plain_reading_settle(struct plain *plain);
/* As open_number_why_not_editable. */
const char *plain_why_not_editable(const struct plain *plain);

/* Says what leaving would lose, and asks where it would be something; `is_asked`: in any case. */
void plain_leave(struct plain *plain, bool is_asked);

#endif
