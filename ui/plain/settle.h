/* What was left half-done on a number, and how the person settles it. */
#ifndef SIPDESK_UI_PLAIN_SETTLE_H
#define SIPDESK_UI_PLAIN_SETTLE_H

#include "ui/plain/session.h"

/* Where there is something (number->left_open): says it, asks, does it. */
void plain_settle(struct plain *plain);

#endif
