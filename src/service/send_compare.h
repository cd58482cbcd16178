/*
 * What a reading after a write shows of what was wanted: field by field, as the service reads the
 * values, over three sides: before the write, wanted, shown.
 */
#ifndef SIPDESK_SERVICE_SEND_COMPARE_H
#define SIPDESK_SERVICE_SEND_COMPARE_H

#include "calling/changes.h"
#include "calling/values.h"

#include <stdbool.h>
#include <stddef.h>

struct comparison {
	size_t missing;		     /* wanted changes that do not show, SRTP left out */
	bool srtp_is_missing;	     /* SRTP does not show as wanted */
	bool nothing_shows;	     /* every wanted change still has its old value */
	struct changes differences;  /* wanted → shown, for what was wanted */
	struct changes also_changed; /* before → shown, for all else */
};

void comparison_init(struct comparison *comparison);
void comparison_release(struct comparison *comparison);

/* `srtp_was_written`: SRTP counts as wanted even where its value is the old one, since it was
 * written again after `sip`. `comparison` must be fresh. */
void comparison_compute(struct comparison *comparison, const struct calling_values *before,
			const struct calling_values *wanted, const struct calling_values *shown,
			bool srtp_was_written);

#endif
