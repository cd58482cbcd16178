/*
 * --log FILE: one line for each HTTP request, redacted, for a report to the provider. Mode 0600,
 * appended, each line whole:
 *
 *   2026-11-22T12:41:00Z "Acme Support" GET https://…/calling/settings 403 84 ms 51 bytes: The API
 *   key is known, but it has no permission for this. The service's own words: …
 *
 * that is time, number, method, URL, HTTP status (where no answer came: a word), how long it took,
 * how long the answer was, and what was wrong with it.
 */
#ifndef SIPDESK_SERVICE_REQUEST_LOG_H
#define SIPDESK_SERVICE_REQUEST_LOG_H

#include "base/err.h"
#include "base/secret.h"
#include "service/http.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct request_log;

/* ERR_FORBIDDEN where the file is readable by others, not ours or a symbolic link, ERR_IO else. */
struct request_log *request_log_open(const char *path, struct err *err);
void request_log_close(struct request_log *log); /* takes NULL */

/* All borrowed. */
struct request_entry {
	const char *number; /* its label; NULL: not known */
	enum http_method method;
	const char *url;
	long status; /* 0: no whole answer */
	int64_t ms;
	size_t bytes;		  /* of the answer's body */
	const struct err *err;	  /* NULL: a success */
	const struct secret *key; /* is hidden wherever it stands */
};

/* Writes one line; `log` NULL: nothing. What cannot be written (a full disk) is left out. */
void request_log_write(struct request_log *log, const struct request_entry *entry);

/* Was a line left out? Said once: `err` is filled with a sentence the first time. */
bool request_log_failed(struct request_log *log, struct err *err);

#endif
