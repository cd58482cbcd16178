/*
 * What the service says in the body of an answer that is not what was asked for, whatever the shape
 * it comes in: Meta's {"error":{…}}, 360dialog's {"error":"…"} and {"meta":{…}}, a gateway's page.
 */
#ifndef SIPDESK_SERVICE_ENVELOPE_H
#define SIPDESK_SERVICE_ENVELOPE_H

#include "base/err.h"
#include "service/http.h"

enum { ENVELOPE_NO_CODE = -1 };

enum envelope_success { SUCCESS_NOT_SAID, SUCCESS_TRUE, SUCCESS_FALSE };

struct envelope {
	bool is_json;
	bool has_error; /* it has an `error`, or a `meta` that tells of one */
	enum envelope_success success;
	long code;			 /* the service's own; ENVELOPE_NO_CODE: it gave none */
	char words[ERR_SENTENCE_SIZE];	 /* the most telling of its texts, one line; may be empty */
	char details[ERR_SENTENCE_SIZE]; /* all of its texts in a row, to look for names in */
	struct err why_not_json;	 /* where !is_json */
};

void envelope_read(struct envelope *envelope, const struct http_answer *answer);

#endif
