/* Findings: what validation or a check has to say, each a jump to its field. */
#ifndef SIPDESK_CALLING_FINDINGS_H
#define SIPDESK_CALLING_FINDINGS_H

#include "calling/values.h"

#include <stdbool.h>
#include <stddef.h>

enum severity { SEVERITY_PASS, SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_FAILURE };

struct finding {
	enum severity severity;
	struct field_ref ref; /* where it points */
	char *sentence;	      /* owned */
};

struct findings {
	struct finding *items;
	size_t count;
};

void findings_init(struct findings *findings);
void findings_release(struct findings *findings);
void findings_add(struct findings *findings, enum severity severity, struct field_ref ref,
		  const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The gravest finding about exactly this field; NULL: none. */
const struct finding *findings_for(const struct findings *findings, struct field_ref ref);
/* How many are of this severity? */
size_t findings_count(const struct findings *findings, enum severity severity);

const char *severity_word(enum severity severity); /* "pass", "info", "warn", "fail" */

#endif
