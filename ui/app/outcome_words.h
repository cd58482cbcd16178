/* How a sequence that has ended went, in words: for the Sending screen and for ui/plain. */
#ifndef SIPDESK_UI_APP_OUTCOME_WORDS_H
#define SIPDESK_UI_APP_OUTCOME_WORDS_H

#include "service/sequence.h"

#include <stdbool.h>

/* What its outcome means; NULL where the send's own error says it all. Static. */
const char *outcome_meaning(const struct sequence *sequence);
/* Has a settling one found all as it was wanted? */
bool outcome_needed_nothing(const struct sequence *sequence);

#endif
