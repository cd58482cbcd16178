/* Sends what was reviewed, or begins what concerns the number as a whole, and follows it to its
 * outcome. */
#ifndef SIPDESK_UI_PLAIN_SENDING_H
#define SIPDESK_UI_PLAIN_SENDING_H

#include "calling/values.h"
#include "service/sequence.h"
#include "ui/plain/session.h"

/* Says the review, asks, sends. */
void plain_send(struct plain *plain);
/* What the person has agreed to: begins it, if it still can be, and follows it. */
void plain_sequence_begin(struct plain *plain, enum sequence_kind kind,
			  const struct calling_values *mine, bool with_undo);
/* Follows number->sequence, which was just begun. */
void plain_send_follow(struct plain *plain);
/* What is under way, else what was left half-done, else what was sent last. */
void plain_under_way(struct plain *plain);

#endif
