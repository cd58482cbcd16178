/* What a sequence with one meaning is going to do, in words, before it is begun: for the screens
 * and for ui/plain. */
#ifndef SIPDESK_UI_APP_BEGIN_WORDS_H
#define SIPDESK_UI_APP_BEGIN_WORDS_H

#include "ui/app/open_number.h"

enum { BEGIN_RESET_MEANINGS = 3, BEGIN_RESET_STEPS = 3 };

extern const char *const BEGIN_RESET_MEANING_WORDS[BEGIN_RESET_MEANINGS]; /* gravest first */
extern const char *const BEGIN_RESET_STEP_WORDS[BEGIN_RESET_STEPS];
extern const char BEGIN_RESET_TITLE[];
extern const char BEGIN_CHANGES_STAY[];
/* Where no record of an Emergency off can be kept. */
extern const char BEGIN_OFF_UNRECORDED_TITLE[];
extern const char BEGIN_OFF_UNRECORDED[];

/* "Switch SIP off"; NULL where the sequence has no name of its own for it. Static. */
const char *begin_label(enum sequence_kind kind);

/* What is to be typed before a reset begins: the last digits of the phone number; where there are
 * none, a word. Caller frees, also the question for it. */
char *begin_reset_word(const struct open_number *number);
char *begin_reset_question(const struct open_number *number);

#endif
