/* The list of numbers that one is chosen from. */
#ifndef SIPDESK_UI_PLAIN_NUMBERS_H
#define SIPDESK_UI_PLAIN_NUMBERS_H

#include "ui/plain/session.h"

/* Borrowed from the app's list. NULL: the session may be leaving (is_leaving), else it is asked
 * again. */
const struct number *plain_number_choose(struct plain *plain);

#endif
