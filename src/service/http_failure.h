/* Why a request got no whole answer: libcurl's codes made into a cause, a meaning and a next step.
 */
#ifndef SIPDESK_SERVICE_HTTP_FAILURE_H
#define SIPDESK_SERVICE_HTTP_FAILURE_H

#include "service/http.h"

#include <curl/curl.h>

struct http_failure {
	CURLcode code;
	enum http_method method;
	bool has_left;	    /* the request's head left this machine */
	bool too_large;	    /* we ended it: more than HTTP_BODY_MAX */
	const char *host;   /* who was spoken to */
	const char *reason; /* libcurl's own words; may be empty */
	long os_error;	    /* errno of a failed connect(); 0: none */
};

/* Fills `err` with kind ERR_NOT_SENT, ERR_PASSING, ERR_ANSWER or ERR_CONFIG. */
void http_failure_tell(const struct http_failure *failure, struct err *err);

#endif
