#include "ui/commands/reading.h"

#include "base/loop.h"
#include "base/mem.h"
#include "service/client.h"
#include "service/request_log.h"
#include "ui/commands/commands.h"

struct reading {
	struct secret *answer;
	struct err *err;
	bool is_done;
	bool is_right;
};

static void answer_arrived(void *owner, const char *bytes, size_t length, const struct err *err)
{
	struct reading *reading = owner;
	reading->is_done = true;
	if (bytes == NULL)
		*reading->err = *err;
	else
		reading->is_right = secret_insert(reading->answer, 0, bytes, length, reading->err);
}

static bool endpoint_fill(struct endpoint *endpoint, const struct number *number,
			  const struct secret *key, struct err *err)
{
	endpoint_init(endpoint);
	mem_text_set(&endpoint->label, number->label);
	mem_text_set(&endpoint->api_url, number->api_url);
	return secret_copy(&endpoint->key, key, err);
}

static bool answer_fetch(const struct target *target, const struct number *number,
			 const struct secret *key, bool with_credentials, struct request_log *log,
			 struct reading *reading)
{
	struct loop loop;
	struct endpoint endpoint;
	loop_init(&loop);
	struct http *http = http_new(&loop, target->ca_file);
	http_log_to(http, log);
	if (endpoint_fill(&endpoint, number, key, reading->err)) {
		(void)client_read(http, &endpoint, with_credentials, answer_arrived, reading);
		while (!reading->is_done)
			loop_step(&loop, LOOP_FOREVER);
	}
	http_free(http);
	endpoint_release(&endpoint);
	return reading->is_right;
}

bool command_read(const char *command, const struct target *target, const struct number *number,
		  const struct secret *key, bool with_credentials, struct secret *answer,
		  struct err *err)
{
	struct err log_err;
	struct reading reading = { .answer = answer, .err = err };
	struct request_log *log = NULL;
	if (target->log_file != NULL && (log = request_log_open(target->log_file, err)) == NULL)
		return false;
	bool is_right = answer_fetch(target, number, key, with_credentials, log, &reading);
	if (request_log_failed(log, &log_err))
		(void)command_error(command, &log_err);
	request_log_close(log);
	return is_right;
}
