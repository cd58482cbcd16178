/* The service's refusals: a struct err with `code` and `http_status` as the service gives them and
 * the details as its sentence, and the envelopes they are sent in (API.md, "Errors"). */
#ifndef SIPDESK_SANDBOX_REFUSAL_H
#define SIPDESK_SANDBOX_REFUSAL_H

#include "base/err.h"

#include <stdbool.h>

enum refusal_code {
	REFUSAL_FAULT = 1,
	REFUSAL_PARAMETER = 100,
	REFUSAL_PAUSED = 138014,
	REFUSAL_MESSAGING_LIMIT = 138015,
	REFUSAL_NO_SIGNALLING = 138018,
};

/* Returns false, as err_set() does. */
bool refuse(struct err *err, long code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The service's envelope for a refusal; `number` makes its trace its own. Caller frees. */
char *refusal_json(const struct err *err, unsigned int number);

#endif
