/*
 * The settings API of one number: read, read with credentials, write one request.
 *
 * Reads are tried again where nothing can go wrong by it (3 tries; rate limits waited out, at most
 * 120 s, cancellable). A write is one POST: repeated only where nothing was sent (2 tries).
 * Each operation calls its callback once, from loop_step, or is cancelled and never calls it. No
 * error that it hands out has the key in it (base/redact.h); each try is noted in http_log().
 */
#ifndef SIPDESK_SERVICE_CLIENT_H
#define SIPDESK_SERVICE_CLIENT_H

#include "calling/settings.h"
#include "service/http.h"

enum {
	CLIENT_GET_TRIES = 3,
	CLIENT_POST_TRIES = 2,
	CLIENT_RATE_WAIT_MAX_MS = 120 * 1000,
};

/* Who is spoken to: copied into each operation. */
struct endpoint {
	char *label;	   /* of the number, for the request log; NULL: not known */
	char *api_url;	   /* "https://waba-v2.360dialog.io", without slash at the end */
	struct secret key; /* the API key */
	bool is_read_only; /* the number's owner wants nothing written: client_write refuses */
};

void endpoint_init(struct endpoint *endpoint);
void endpoint_release(struct endpoint *endpoint);
/* `to` is overwritten: it must be fresh. Without memory for the key that stays empty. */
void endpoint_copy(struct endpoint *to, const struct endpoint *from);

extern const char ENDPOINT_DEFAULT_URL[];   /* 360dialog's */
extern const char ENDPOINT_SETTINGS_PATH[]; /* "/calling/settings" */
extern const char ENDPOINT_KEY_HEADER[];    /* "D360-API-KEY" */
extern const char ENDPOINT_READ_ONLY[];	    /* why nothing is written, and what to do: sentences */

struct client_operation;

/* What an operation is doing now, for the screen's line. */
struct client_progress {
	int attempt;		  /* 1 for the first try */
	int64_t started_ms;	  /* clock_monotonic_ms of the operation's start */
	int64_t waiting_until_ms; /* rate limit or pause before the next try; 0: not waiting */
	bool is_rate_limited;
};

/* `bytes` is the body of a success (borrowed until the callback returns) or NULL with `err`. */
typedef void client_read_fn(void *owner, const char *bytes, size_t length, const struct err *err);

/* `reach` tells what is known: HTTP_NOT_SENT: nothing happened; HTTP_SENT: the outcome is unknown,
 * read it; HTTP_ANSWERED with err NULL: success; with err: see err->kind: ERR_REFUSED, ERR_KEY,
 * ERR_FORBIDDEN, ERR_RATE: nothing was changed; ERR_PASSING, ERR_ANSWER: unknown, read it. */
typedef void client_write_fn(void *owner, enum http_reach reach, const struct err *err);

struct client_operation *client_read(struct http *http, const struct endpoint *endpoint,
				     bool with_credentials, client_read_fn *done, void *owner);
/* To a read-only endpoint nothing is sent: HTTP_NOT_SENT with ERR_FORBIDDEN. */
struct client_operation *client_write(struct http *http, const struct endpoint *endpoint,
				      const char *body, client_write_fn *done, void *owner);
void client_cancel(struct client_operation **operation); /* sets it to NULL */
struct client_progress client_progress_of(const struct client_operation *operation);
/* A write whose request has left this machine can no longer be cancelled without doubt. */
bool client_write_has_left(const struct client_operation *operation);
/* How long to wait after ERR_RATE: what the service said, else the usual. May exceed
 * CLIENT_RATE_WAIT_MAX_MS: then it is not waited for. */
int64_t client_rate_wait_ms(const struct err *err);

#endif
