/* What a person does after a send that was applied, in words: for the Sending screen and for
 * ui/plain. */
#ifndef SIPDESK_UI_APP_NEXT_STEP_H
#define SIPDESK_UI_APP_NEXT_STEP_H

#include "ui/app/open_number.h"

/* Of number->sequence; NULL: nothing. Static. */
const char *next_step_words(const struct open_number *number);
/* Is the SIP user password among it? */
bool next_step_is_password(const struct open_number *number);

#endif
