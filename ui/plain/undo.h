/* The timed undo: offered, told with every question while it waits, kept or done at once. */
#ifndef SIPDESK_UI_PLAIN_UNDO_H
#define SIPDESK_UI_PLAIN_UNDO_H

#include "ui/plain/session.h"

/* Asks whether what is about to be sent is undone by itself. False: the person gave up, or the
 * settings have moved, which was said. */
bool plain_undo_offer(struct plain *plain, bool *is_wanted);
/* One that waits on the number at hand: how it is kept, or undone. */
void plain_undo_explain(struct plain *plain);
/* The time left of each that waits. */
void plain_undo_tell(struct plain *plain);
void plain_undo_keep(struct plain *plain);
/* Writes the former settings back, and follows that. */
void plain_undo_now(struct plain *plain);

#endif
