/* What was left half-done on a number and how it can be settled, in words: for the screens and for
 * ui/plain. */
#ifndef SIPDESK_UI_APP_SETTLE_WORDS_H
#define SIPDESK_UI_APP_SETTLE_WORDS_H

#include "service/sequence.h"

enum settle_way { SETTLE_FINISH, SETTLE_UNDO, SETTLE_LEAVE, SETTLE_WAYS };

/* What was under way, by whom: a sentence or two. Caller frees. */
char *settle_began_words(const struct sequence_record *open);
/* What settling it this way does. Static. */
const char *settle_words(const struct sequence_record *open, enum settle_way way);
/* What these settings mean for calls now: a sentence. Caller frees. */
char *calls_now(const struct calling_values *values);

#endif
