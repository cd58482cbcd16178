/* Sends what was reviewed, and follows it to its outcome. */
#ifndef SIPDESK_UI_PLAIN_SENDING_H
#define SIPDESK_UI_PLAIN_SENDING_H

#include "ui/plain/session.h"

/* Says the review, asks, sends. */
void plain_send(struct plain *plain);
/* Follows number->sequence, which was just begun. */
void plain_send_follow(struct plain *plain);

#endif
