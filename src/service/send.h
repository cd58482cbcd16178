/*
 * The send sequence: re-read → conflict? → write(s) → read back → compare → one of four outcomes.
 *
 * A state machine in the loop, without a terminal: the same code sends from a screen, a command and
 * a test. Never two POSTs for one write: what is ambiguous is read, compared and told. The one
 * exception is a rate limit, where the service says that nothing was done: wait, read, write once
 * more. After a `sip` write the service may have reset SRTP to DTLS: the SRTP request is always the
 * last, and repeated once where the read-back shows it did not hold.
 */
#ifndef SIPDESK_SERVICE_SEND_H
#define SIPDESK_SERVICE_SEND_H

#include "calling/changes.h"
#include "calling/merge.h"
#include "calling/requests.h"
#include "calling/settings.h"
#include "service/client.h"

enum send_step {
	SEND_REREAD,   /* reading the number again before the write */
	SEND_CONFLICT, /* waits for send_resolve() */
	SEND_WRITE,    /* request `request_index` of plan.count */
	SEND_READ_BACK,
	SEND_COMPARE, /* waits before reading back again: the service may lag */
	SEND_REPAIR,  /* SRTP written once more */
	SEND_DONE,
};

enum send_outcome {
	SEND_APPLIED,		/* "Applied" */
	SEND_APPLIED_DIFFERENT, /* "Applied, but the service shows …" */
	SEND_NOT_APPLIED,	/* "Not applied" */
	SEND_UNKNOWN,		/* "Unknown" */
};

extern const char *const SEND_OUTCOME_WORDS[]; /* by enum send_outcome, exactly as in SAFETY */

enum { SEND_READ_BACK_TRIES = 4 /* at once, then after 1, 2 and 4 s */ };

struct send {
	enum send_step step;
	size_t request_index; /* SEND_WRITE: which; also how many writes were begun */
	int read_back_try;    /* 1 to SEND_READ_BACK_TRIES */
	bool writes_begun;    /* a write has left, or may have */
	bool repaired;	      /* SRTP had to be written a second time */
	struct write_plan plan;
	struct merge merge; /* SEND_CONFLICT and after: what moved meanwhile */

	/* When SEND_DONE: */
	enum send_outcome outcome;
	struct err err;			/* the service's reason, or why it could not be read back */
	struct changes differences;	/* wanted → shown, in fields that the draft changed */
	struct changes also_changed;	/* fields not touched here that moved meanwhile */
	struct calling_settings result; /* the last reading; valid when has_result */
	bool has_result;
	bool cancelled;

	struct send_state *state; /* the machine's own */
};

/* Called after every step, from loop_step or from within send_* below; may call send_cancel and
 * send_resolve, not send_release. */
typedef void send_changed_fn(void *owner, struct send *send);

/* What is kept of a send before and after each POST. */
struct send_journal {
	/* False with a sentence: it could not be kept, and the POST is not sent. */
	bool (*intent)(void *owner, const char *title, const char *body, struct err *err);
	/* As client_write's callback had it; not called where the write was cancelled. */
	void (*answer)(void *owner, enum http_reach reach, const struct err *err);
	void *owner;
};

/* Begins at SEND_REREAD. `base` and `mine` are copied, so is `journal` (NULL: nothing is kept).
 * `send` must stay in place until released. */
void send_start(struct send *send, struct http *http, const struct endpoint *endpoint,
		const struct calling_values *base, const struct calling_values *mine,
		const struct send_journal *journal, send_changed_fn *changed, void *owner);

/* Right after send_start(): an earlier write of this number may not show yet. Where the re-reading
 * shows that nothing is left to change, it is read again, as after a write, before that is
 * believed.
 */
void send_doubt(struct send *send);

/* What the last reading before the writes showed, and what is being written on top of it; valid
 * from SEND_WRITE on. Borrowed. */
const struct calling_settings *send_before(const struct send *send);
const struct calling_values *send_planned(const struct send *send);

/* The person decided every item of send->merge (choices set): goes on with the merged values. Where
 * nothing is left to change it ends as SEND_NOT_APPLIED with a sentence that says so. */
void send_resolve(struct send *send);

/* Before a write has left: ends as SEND_NOT_APPLIED, cancelled. After: no further write goes out,
 * and the truth is read back. During the read-back: ends as SEND_UNKNOWN. */
void send_cancel(struct send *send);

/* What the operation under way does (attempt, rate-limit wait); zeros when none is. */
struct client_progress send_progress(const struct send *send);

/* The values to edit on with after the end: what was wanted, on top of `result`. */
const struct calling_values *send_wanted(const struct send *send);

void send_release(struct send *send);

#endif
