/* What would be sent. */
#ifndef SIPDESK_UI_PLAIN_REVIEW_H
#define SIPDESK_UI_PLAIN_REVIEW_H

#include "calling/values.h"
#include "ui/plain/session.h"

/* Changes, what they mean, findings, the plan. */
void plain_review_say(struct plain *plain);
/* One line for each change; `nothing` where there is none. */
void plain_lines_say(struct plain *plain, const struct calling_values *from,
		     const struct calling_values *to, const char *nothing);

#endif
