/* What was written to the number from this account: listed, one looked at, put back as a draft. */
#ifndef SIPDESK_UI_PLAIN_HISTORY_H
#define SIPDESK_UI_PLAIN_HISTORY_H

#include "ui/plain/session.h"

void plain_history(struct plain *plain);

#endif
