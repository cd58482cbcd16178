/*
 * The requests that turn the base into the draft: write units, in order.
 *
 * The service replaces sub-objects, so a change sends its whole unit and nothing outside it:
 * `status`, `call_icon_visibility`, `callback_permission_status` alone each; `call_icons` whole;
 * `sip` = its status and whole server objects; `audio` whole; SRTP alone and last, in a request of
 * its own, because a POST with `sip` may reset it to DTLS. All other units share the first request
 * (calling cannot be enabled without `sip` in the same POST: error 138018).
 * Members within a unit that we do not know are written as they came; read-only ones never.
 */
#ifndef SIPDESK_CALLING_REQUESTS_H
#define SIPDESK_CALLING_REQUESTS_H

#include "calling/settings.h"
#include "calling/values.h"

enum { REQUESTS_MAX = 2 };

struct write_request {
	char *body;  /* JSON, one line: {"calling":{…}} */
	char *title; /* what it writes, for the plan: "Calling, SIP signalling, SIP server" */
	bool is_srtp;
};

struct write_plan {
	struct write_request requests[REQUESTS_MAX];
	size_t count; /* 0: nothing differs */
};

void write_plan_init(struct write_plan *plan);
void write_plan_release(struct write_plan *plan);

/* ERR_INPUT with the field where a unit cannot be written (settings not editable, values that do
 * not validate as JSON); rules_check() finds those beforehand and says them better. */
bool write_plan_make(struct write_plan *plan, const struct calling_settings *base,
		     const struct calling_values *mine, struct err *err);

/* The body that writes SRTP alone, for the repair after a `sip` write has reset it. Caller frees.
 */
char *write_srtp_body(const char *value);

#endif
