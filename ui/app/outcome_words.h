/* How a sequence that has ended went, in words: for the Sending screen and for ui/plain. */
#ifndef SIPDESK_UI_APP_OUTCOME_WORDS_H
#define SIPDESK_UI_APP_OUTCOME_WORDS_H

#include "service/sequence.h"

#include <stdbool.h>

/* Where outcome_needed_nothing, and where send->repaired. */
extern const char OUTCOME_NOTHING_NEEDED[];
extern const char OUTCOME_REPAIRED[];

/* What its outcome means; NULL where the send's own error says it all. Static. */
const char *outcome_meaning(const struct sequence *sequence);
/* What else is to be known of it: a new password, or that there is no record; NULL: nothing.
 * Static. */
const char *outcome_addition(const struct sequence *sequence);
/* May the number have another SIP user password than before it? */
bool outcome_touches_password(const struct sequence *sequence);
/* Was an Emergency off not sent because its first line could not be kept? */
bool outcome_is_off_unsent(const struct sequence *sequence);
/* Has a settling one found all as it was wanted? */
bool outcome_needed_nothing(const struct sequence *sequence);

#endif
