/*
 * The timed undo: NUMBER_UNDO_MS after a sequence was applied the former settings are written back,
 * unless the person keeps the new ones. The intent is in the history, so that the next start offers
 * it where sipdesk did not live that long. No screen is put on top when the time is over.
 */
#ifndef SIPDESK_UI_APP_NUMBER_UNDO_H
#define SIPDESK_UI_APP_NUMBER_UNDO_H

#include "ui/app/open_number.h"

enum { NUMBER_UNDO_MS = 5 * 60 * 1000 };

/* What choosing it means: a sentence or two. */
extern const char NUMBER_UNDO_MEANING[];
/* Why sipdesk is not suspended while one waits. */
extern const char NUMBER_UNDO_NO_SUSPEND[];

/* Is it offered for this change: is SIP enabled by it, or a server changed? */
bool number_undo_is_offered(const struct calling_values *base, const struct calling_values *mine);

/* number->sequence was just applied: the time begins. */
void number_undo_begin(struct open_number *number);
bool number_undo_is_pending(const struct open_number *number);
/* Is one pending on any number? */
bool number_undo_is_any(const struct app *app);
/* Why it can be neither kept nor undone: a static sentence; NULL: it can. */
const char *number_undo_why_not(const struct open_number *number);

/* Seconds until it is written back, rounded up; 0: at once. */
int number_undo_seconds(const struct open_number *number);
/* "4:59"; caller frees. Asks for the next frame in a second: the time is counted while it is shown.
 */
char *number_undo_left(const struct open_number *number);
/* "undo < 5 min", in the last minute "undo in 0:59", for a list; at most 12 columns. Caller frees.
 * Asks for the next frame when it will be another. */
char *number_undo_words(const struct open_number *number);

/* Confirmed: nothing is undone. */
void number_undo_keep(struct open_number *number);
/* The former settings are written back from now on. False: it could not begin (it was said). */
bool number_undo_now(struct open_number *number);
/* Without a word: the number is given up. What is in the history stays. */
void number_undo_stop(struct open_number *number);

#endif
