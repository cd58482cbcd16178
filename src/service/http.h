/*
 * HTTP as SAFETY asks for it, over libcurl's multi interface, in the program's one loop.
 *
 * https only (http to a loopback address), HTTP/1.1, no redirects followed, verification always
 * on, bounded in time and size, a POST never sent twice (a fresh connection each). Cancelling never
 * blocks. libcurl and the CA store are loaded with the first request, not before.
 * A request ends exactly once: its callback is called from loop_step, or it is cancelled and its
 * callback is never called.
 */
#ifndef SIPDESK_SERVICE_HTTP_H
#define SIPDESK_SERVICE_HTTP_H

#include "base/err.h"
#include "base/loop.h"
#include "base/secret.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	HTTP_CONNECT_MS = 8000,
	HTTP_GET_MS = 20000,
	HTTP_POST_MS = 30000,
	HTTP_BODY_MAX = 256 * 1024, /* counted in the write callback */
};

enum http_method { HTTP_GET, HTTP_POST };

/* How far a request came: decides whether it may be repeated (SAFETY, the table under HTTP). */
enum http_reach {
	HTTP_NOT_SENT, /* no connection, no TLS: nothing was sent */
	HTTP_SENT,     /* sent, but no whole answer: time-out, reset */
	HTTP_ANSWERED, /* a whole answer with a status */
};

struct http_answer {
	enum http_reach reach;
	struct err err;	  /* .kind ERR_NONE when HTTP_ANSWERED */
	long status;	  /* HTTP status; 0 when not answered */
	const char *body; /* borrowed until the callback returns; NUL-terminated; never NULL */
	size_t length;
	bool too_large; /* the body was cut off at HTTP_BODY_MAX (err says so) */
	char content_type[64];
	char location[256];	/* where a redirect pointed; empty */
	int64_t retry_after_ms; /* 0: not said */
};

typedef void http_done_fn(void *owner, const struct http_answer *answer);

struct http;
struct http_request;
struct request_log;

/* `ca_file` NULL: the system's trust list. Copied. The loop outlives it; of several on one loop the
 * last to start a request is the first to be freed. */
struct http *http_new(struct loop *loop, const char *ca_file);
struct loop *http_loop(const struct http *http);
void http_free(struct http *http); /* cancels what is under way */

/* Where service/client notes each request (service/request_log.h); borrowed; NULL: nowhere. */
void http_log_to(struct http *http, struct request_log *log);
struct request_log *http_log(const struct http *http);

/* Starts a request; `key` is sent as the D360-API-KEY header and copied; `body` NULL for GET.
 * Always returns a request, and always answers later through `done` (also for a wrong URL). */
struct http_request *http_start(struct http *http, enum http_method method, const char *url,
				const struct secret *key, const char *body, http_done_fn *done,
				void *owner);
/* Ends it without a callback; returns at once whatever it waits for. `*request` becomes NULL. */
void http_cancel(struct http_request **request);
/* Has the request's head left this machine? Before that a write can be cancelled without doubt. */
bool http_has_left(const struct http_request *request);

/* Is this an address of the service we may talk to? https://…, or http:// to a loopback address;
 * no user, query or fragment. ERR_INPUT with a sentence. */
bool http_url_check(const char *url, struct err *err);

#endif
