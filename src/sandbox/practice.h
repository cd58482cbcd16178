/* What the practice service knows of a practice number beside its settings: the part of the real
 * service's account data that decides its answers. Same order as PRACTICE_NUMBERS. */
#ifndef SIPDESK_SANDBOX_PRACTICE_H
#define SIPDESK_SANDBOX_PRACTICE_H

#include "sandbox/sandbox.h"

#include <stdbool.h>

struct practice_account {
	const char *app_id;  /* the app its key belongs to, digits */
	long enable_refused; /* error code that enabling calling meets; 0: it can be enabled */
	bool app_subscribed; /* an app listens to `calls` webhooks, so calling works without SIP */
};

extern const struct practice_account PRACTICE_ACCOUNTS[];

#endif
