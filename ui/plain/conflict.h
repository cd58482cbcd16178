/* What both sides changed: the person chooses, field by field. */
#ifndef SIPDESK_UI_PLAIN_CONFLICT_H
#define SIPDESK_UI_PLAIN_CONFLICT_H

#include "calling/merge.h"
#include "ui/plain/session.h"

/* True: every conflict of `merge` has its choice. False: the person gave up. */
bool plain_conflict_settle(struct plain *plain, struct merge *merge);

#endif
