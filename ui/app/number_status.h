/* One number of the list in a few words: what is known of it, and what of it waits to be sent. */
#ifndef SIPDESK_UI_APP_NUMBER_STATUS_H
#define SIPDESK_UI_APP_NUMBER_STATUS_H

#include "store/readings.h"
#include "ui/app/app.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum number_standing { /* what needs a person first: the list can be sorted by it */
		       STANDING_HALF_DONE,   /* an earlier session left something to settle */
		       STANDING_UNKNOWN,     /* the outcome of a send could not be learned */
		       STANDING_SENDING,     /* what was read last may be no longer so */
		       STANDING_KEY_REFUSED, /* this one and those up to NOT_REACHED: it could not
						be read, */
		       STANDING_NOT_ALLOWED, /* err says why */
		       STANDING_REFUSED,
		       STANDING_ODD_ANSWER,
		       STANDING_RATE_LIMIT,
		       STANDING_NOT_REACHED,
		       STANDING_SDES,
		       STANDING_DTLS,
		       STANDING_DISABLED,
		       STANDING_BEING_READ,
		       STANDING_NOT_READ,
		       STANDING_COUNT,
};

/* "Enabled, DTLS", "key refused"; at most 13 columns. And "passed", "failed"; at most 7. */
extern const char *const STANDING_WORDS[STANDING_COUNT];
extern const char *const READING_CHECK_WORDS[READING_CHECK_COUNT];

struct number_status {
	enum number_standing standing;
	enum reading_check check;
	int64_t read_at;      /* 0: never */
	int64_t checked_at;   /* 0: never */
	size_t changed_count; /* of its draft; 0 where it is not open: has_draft tells */
	bool has_draft;
	const struct open_number *undo; /* a timed undo waits on it; NULL: none does */
	const struct err *err; /* why it cannot be read; borrowed until the loop's next turn */
};

void number_status_of(struct app *app, const struct number *number, struct number_status *status);

/* "practice", "360dialog", or the host of another API URL. Borrowed. */
const char *number_provider(const struct app *app, const struct number *number);

#endif
