/* What would be sent. */
#ifndef SIPDESK_UI_PLAIN_REVIEW_H
#define SIPDESK_UI_PLAIN_REVIEW_H

#include "calling/changes.h"
#include "ui/app/request_text.h"
#include "ui/plain/session.h"

/* Changes, what they mean, findings, the plan. */
void plain_review_say(struct plain *plain);
/* One line for each; `is_plan`: with how it will be sent. */
void plain_change_lines_say(struct plain *plain, const struct change_lines *lines, bool is_plan);
/* One line for each change; `nothing` where there is none. */
void plain_lines_say(struct plain *plain, const struct calling_values *from,
		     const struct calling_values *to, const char *nothing);
/* What they mean for calls; nothing where they mean nothing. */
void plain_consequences_say(struct plain *plain, const struct calling_values *base,
			    const struct calling_values *mine);
void plain_plan_say(struct plain *plain, const struct calling_settings *base,
		    const struct calling_values *mine);
/* The requests themselves, as they will be sent or as curl commands. */
void plain_requests_say(struct plain *plain, enum request_form form);

#endif
