/* What concerns the number as a whole: Emergency off, Back on, the reset of the SIP password. Said
 * first, then asked, then done. */
#ifndef SIPDESK_UI_PLAIN_BEGIN_H
#define SIPDESK_UI_PLAIN_BEGIN_H

#include "ui/plain/session.h"
#include "service/sequence.h"

/* `kind`: SEQUENCE_OFF, SEQUENCE_ON or SEQUENCE_RESET_PASSWORD. */
void plain_begin(struct plain *plain, enum sequence_kind kind);

#endif
