/*
 * What a practice SIP server says to a request (RFC 3261, 8.2): 200 to OPTIONS, 405 to other
 * methods, nothing to ACK, 400 to what is no SIP. It keeps no dialog and no transaction.
 */
#ifndef SIPDESK_SANDBOX_SIP_ANSWER_H
#define SIPDESK_SANDBOX_SIP_ANSWER_H

#include "base/str.h"

enum sip_answer {
	SIP_ANSWER_LATER, /* the request is not whole yet */
	SIP_ANSWER_GIVEN,
	SIP_ANSWER_LAST, /* 400: where the next request would begin cannot be told */
};

/* Takes the first request off `in` once it is whole, and appends the answer to `out`. */
enum sip_answer sip_answer_next(struct str *in, struct str *out);

#endif
