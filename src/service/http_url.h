/* An API URL taken apart with libcurl's own parser, so that what was checked is what is spoken to.
 */
#ifndef SIPDESK_SERVICE_HTTP_URL_H
#define SIPDESK_SERVICE_HTTP_URL_H

#include "base/err.h"

#include <stdbool.h>

struct http_url {
	char *host;	  /* an IPv6 address in its brackets; the caller frees it */
	bool is_plain;	  /* http://, without TLS */
	bool is_loopback; /* localhost, 127.0.0.0/8 or ::1 */
	bool has_user;
	bool has_query_or_fragment;
};

/* ERR_INPUT where it is no URL of ours: neither https:// nor http:// to a loopback address. */
bool http_url_read(struct http_url *url, const char *text, struct err *err);

#endif
