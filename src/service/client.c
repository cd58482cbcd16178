#include "service/client.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/redact.h"
#include "service/answers.h"
#include "service/request_log.h"

#include <stdlib.h>
#include <string.h>

enum {
	PAUSE_FIRST_MS = 500,	    /* between tries; doubles each time */
	RATE_WAIT_UNSAID_MS = 5000, /* the documented limit is one request in some seconds */
};

const char ENDPOINT_DEFAULT_URL[] = "https://waba-v2.360dialog.io";
const char ENDPOINT_SETTINGS_PATH[] = "/calling/settings";
const char ENDPOINT_KEY_HEADER[] = "D360-API-KEY";
const char ENDPOINT_READ_ONLY[] =
	"This number is marked read-only in sipdesk, so nothing of it is changed. Edit the number "
	"(F4 in the list of numbers) to take the mark off.";

struct client_operation {
	struct http *http;
	enum http_method method;
	char *label; /* of the number, for the log; NULL: not known */
	char *url;
	char *body; /* NULL for a read */
	struct secret key;
	client_read_fn *read_done; /* one of the two */
	client_write_fn *write_done;
	void *owner;
	struct http_request *request; /* NULL while it waits */
	int64_t tried_ms;	      /* clock_monotonic_ms of the last try's start */
	int timer;
	struct client_progress progress;
	int64_t rate_waited_ms;
};

void endpoint_init(struct endpoint *endpoint)
{
	*endpoint = (struct endpoint) { 0 };
	secret_init(&endpoint->key);
}

void endpoint_release(struct endpoint *endpoint)
{
	free(endpoint->label);
	free(endpoint->api_url);
	secret_release(&endpoint->key);
	endpoint_init(endpoint);
}

void endpoint_copy(struct endpoint *to, const struct endpoint *from)
{
	endpoint_init(to);
	to->label = mem_text(from->label);
	to->api_url = mem_text(from->api_url);
	to->is_read_only = from->is_read_only;
	(void)secret_copy(&to->key, &from->key, NULL);
}

/* One line for each try. */
static void try_note(const struct client_operation *operation, const struct http_answer *answer,
		     const struct err *err)
{
	request_log_write(http_log(operation->http),
			  &(struct request_entry) {
				  .number = operation->label,
				  .method = operation->method,
				  .url = operation->url,
				  .status = answer->reach == HTTP_ANSWERED ? answer->status : 0,
				  .ms = clock_monotonic_ms() - operation->tried_ms,
				  .bytes = answer->length,
				  .err = err,
				  .key = &operation->key,
			  });
}

static void cancel_note(const struct client_operation *operation)
{
	static const struct http_answer nothing = { .reach = HTTP_NOT_SENT };
	struct err err;
	err_set(&err, ERR_CANCELLED, "%s",
		http_has_left(operation->request) ? "Given up after it was sent."
						  : "Given up before it was sent.");
	try_note(operation, &nothing, &err);
}

static void operation_free(struct client_operation *operation)
{
	if (operation->request != NULL)
		cancel_note(operation);
	http_cancel(&operation->request);
	loop_timer_stop(http_loop(operation->http), &operation->timer);
	secret_release(&operation->key);
	free(operation->label);
	free(operation->url);
	free(operation->body);
	free(operation);
}

/* Ends it. Freed before its owner is told, who may start the next one at once. */
static void operation_end(struct client_operation *operation, const struct http_answer *answer,
			  const struct err *err)
{
	client_read_fn *read_done = operation->read_done;
	client_write_fn *write_done = operation->write_done;
	void *owner = operation->owner;
	operation_free(operation);
	if (write_done != NULL)
		write_done(owner, answer->reach, err);
	else if (err != NULL)
		read_done(owner, NULL, 0, err);
	else
		read_done(owner, answer->body, answer->length, NULL);
}

static void operation_try(struct client_operation *operation);

static void wait_is_over(void *owner)
{
	struct client_operation *operation = owner;
	operation->timer = 0;
	operation->progress.waiting_until_ms = 0;
	operation->progress.is_rate_limited = false;
	operation_try(operation);
}

static bool operation_wait(struct client_operation *operation, int64_t delay_ms)
{
	operation->timer =
		loop_timer_start(http_loop(operation->http), delay_ms, wait_is_over, operation);
	operation->progress.waiting_until_ms = clock_monotonic_ms() + delay_ms;
	return operation->timer != 0;
}

/* Reads only: what a limited write may do is for service/send to decide. */
static bool rate_limit_wait(struct client_operation *operation, const struct err *err)
{
	int64_t delay_ms = client_rate_wait_ms(err);
	if (operation->method != HTTP_GET ||
	    operation->rate_waited_ms + delay_ms > CLIENT_RATE_WAIT_MAX_MS)
		return false;
	operation->rate_waited_ms += delay_ms;
	operation->progress.is_rate_limited = true;
	return operation_wait(operation, delay_ms);
}

static bool is_worth_another_try(const struct client_operation *operation, const struct err *err)
{
	if (operation->method == HTTP_POST)
		return err->kind == ERR_NOT_SENT && operation->progress.attempt < CLIENT_POST_TRIES;
	return (err->kind == ERR_NOT_SENT || err->kind == ERR_PASSING) &&
	       operation->progress.attempt < CLIENT_GET_TRIES;
}

static bool another_try(struct client_operation *operation, const struct err *err)
{
	if (err->kind == ERR_RATE)
		return rate_limit_wait(operation, err);
	if (!is_worth_another_try(operation, err))
		return false;
	int64_t pause_ms = (int64_t)PAUSE_FIRST_MS << (operation->progress.attempt - 1);
	operation->progress.attempt++;
	return operation_wait(operation, pause_ms);
}

static void request_done(void *owner, const struct http_answer *answer)
{
	struct client_operation *operation = owner;
	struct err err;
	err_init(&err);
	operation->request = NULL;
	if (answer_check(operation->method, answer, &err)) {
		try_note(operation, answer, NULL);
		operation_end(operation, answer, NULL);
		return;
	}
	/* The service, or what stands in front of it, may repeat what it was sent. */
	redact_err(&err, &operation->key);
	try_note(operation, answer, &err);
	if (!another_try(operation, &err))
		operation_end(operation, answer, &err);
}

static void operation_try(struct client_operation *operation)
{
	operation->tried_ms = clock_monotonic_ms();
	operation->request = http_start(operation->http, operation->method, operation->url,
					&operation->key, operation->body, request_done, operation);
}

static char *settings_url(const struct endpoint *endpoint, const char *query)
{
	const char *api_url = endpoint->api_url == NULL ? "" : endpoint->api_url;
	size_t length = strlen(api_url);
	while (length > 0 && api_url[length - 1] == '/')
		length--;
	return mem_format("%.*s%s%s", (int)length, api_url, ENDPOINT_SETTINGS_PATH, query);
}

static struct client_operation *operation_new(struct http *http, const struct endpoint *endpoint,
					      void *owner)
{
	struct client_operation *operation = mem_alloc(1, sizeof *operation);
	operation->http = http;
	operation->owner = owner;
	operation->label = mem_text(endpoint->label);
	operation->progress.attempt = 1;
	operation->progress.started_ms = clock_monotonic_ms();
	secret_init(&operation->key);
	/* Without pages for it the key stays empty, and http says that there is none. */
	(void)secret_copy(&operation->key, &endpoint->key, NULL);
	return operation;
}

struct client_operation *client_read(struct http *http, const struct endpoint *endpoint,
				     bool with_credentials, client_read_fn *done, void *owner)
{
	struct client_operation *operation = operation_new(http, endpoint, owner);
	operation->method = HTTP_GET;
	operation->url =
		settings_url(endpoint, with_credentials ? "?include_sip_credentials=true" : "");
	operation->read_done = done;
	operation_try(operation);
	return operation;
}

static void write_refused(void *owner)
{
	struct client_operation *operation = owner;
	struct http_answer nothing = { .reach = HTTP_NOT_SENT };
	struct err err;
	operation->timer = 0;
	err_set(&err, ERR_FORBIDDEN, "%s", ENDPOINT_READ_ONLY);
	operation_end(operation, &nothing, &err);
}

struct client_operation *client_write(struct http *http, const struct endpoint *endpoint,
				      const char *body, client_write_fn *done, void *owner)
{
	struct client_operation *operation = operation_new(http, endpoint, owner);
	operation->method = HTTP_POST;
	operation->url = settings_url(endpoint, "");
	operation->body = mem_text(body);
	operation->write_done = done;
	if (endpoint->is_read_only) /* told from the loop, as every outcome is */
		operation->timer = loop_timer_start(http_loop(http), 0, write_refused, operation);
	else
		operation_try(operation);
	return operation;
}

void client_cancel(struct client_operation **operation)
{
	if (*operation != NULL)
		operation_free(*operation);
	*operation = NULL;
}

struct client_progress client_progress_of(const struct client_operation *operation)
{
	return operation->progress;
}

bool client_write_has_left(const struct client_operation *operation)
{
	return operation->request != NULL && http_has_left(operation->request);
}

int64_t client_rate_wait_ms(const struct err *err)
{
	return err->retry_after_ms > 0 ? err->retry_after_ms : RATE_WAIT_UNSAID_MS;
}
