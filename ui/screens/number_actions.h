/* What can be done to a number as a whole, from any of its screens. */
#ifndef SIPDESK_UI_SCREENS_NUMBER_ACTIONS_H
#define SIPDESK_UI_SCREENS_NUMBER_ACTIONS_H

#include "ui/app/open_number.h"

/* Does it; false: `action` is none of those. */
bool number_action(struct open_number *number, enum action_id action);
/* Why it cannot be done now: a sentence, borrowed; NULL: it can, or it is none of those. */
const char *number_action_why_not(const struct open_number *number, enum action_id action);
/* Another label for the bar, as in screen_ops; NULL: the table's. */
const char *number_action_bar_label(const struct open_number *number, enum action_id action);

#endif
