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
	int progress_timer;	    /* while a sequence is followed; else 0 */
	bool is_leaving;
};

/* Has the number its key? Else it is fetched, perhaps by asking. False: that was said. */
bool plain_key_have(struct plain *plain);
/* Reads the number, then asks what is to be asked about the reading. */
void plain_read(struct plain *plain);
/* After anything that may have brought a reading: the draft that was found on this machine, and
 * what moved under the draft. */
void plain_reading_settle(struct plain *plain);
/* "Acme, +49 30 123456, LIVE"; caller frees. */
char *plain_target_words(const struct plain *plain);
/* As open_number_why_not_editable. */
const char *plain_why_not_editable(const struct plain *plain);

/* As talk_ask, about the number at hand; caller frees. NULL also where its settings have moved
 * while the question stood, so that what was asked about may not be there any more: that was said.
 */
char *plain_ask(struct plain *plain, const char *prompt);
/* The same of talk_choose. */
int plain_choose(struct plain *plain, const char *prompt, size_t count);
/* And of talk_agrees. */
bool plain_agrees(struct plain *plain, const char *question);

/* Says what leaving would lose, and asks where it would be something; `is_asked`: in any case. */
void plain_leave(struct plain *plain, bool is_asked);

#endif
