/*
 * What a person sets going on a number: one or two goals, each reached by a send (service/send.h),
 * all of it in the history (store/history.h) before it happens.
 *
 * A send, off, on and move have one goal. The password reset has two: everything off and the SIP
 * server removed, then all of it back. A sequence that stops half-way stays open in the history;
 * the same screen, or the next start, settles it: by finishing it, by undoing it, or by leaving the
 * number as it is. A settling sequence re-reads first, so settling twice does no harm.
 */
#ifndef SIPDESK_SERVICE_SEQUENCE_H
#define SIPDESK_SERVICE_SEQUENCE_H

#include "service/send.h"
#include "store/history.h"
#include "store/who.h"

#include <stdint.h>

enum sequence_kind {
	SEQUENCE_SEND,
	SEQUENCE_OFF,  /* SIP disabled at once; servers stay */
	SEQUENCE_ON,   /* and enabled again */
	SEQUENCE_MOVE, /* to another SIP server */
	SEQUENCE_RESET_PASSWORD,
	SEQUENCE_FINISH, /* settles another one forwards */
	SEQUENCE_UNDO,	 /* settles another one backwards */
	SEQUENCE_KIND_COUNT,
};

extern const char *const SEQUENCE_KIND_WORDS[]; /* "send", "off", … as in the history */

/* False where `word` (may be NULL) is none of them. */
bool sequence_kind_read(const char *word, enum sequence_kind *kind);

enum { SEQUENCE_GOALS_MAX = 2, SEQUENCE_ID_SIZE = 17 };

struct sequence_goal {
	struct calling_values base; /* what `mine` is a change of: the merge base */
	struct calling_values mine; /* its servers' origins are places in `base` */
};

/* A sequence as it stands in the history: what was intended, from where, how far it came. */
struct sequence_record {
	enum sequence_kind kind;
	char id[SEQUENCE_ID_SIZE];
	int64_t began_at; /* seconds since 1970; 0: nothing was written yet */
	struct who who;
	struct calling_settings before; /* as read just before the first write */
	struct sequence_goal goals[SEQUENCE_GOALS_MAX];
	size_t goal_count;
	size_t goal;	    /* the last that was begun */
	int64_t undo_until; /* a timed undo waits (seconds since 1970); 0: none */
};

void sequence_record_init(struct sequence_record *record);
void sequence_record_release(struct sequence_record *record);

enum sequence_state {
	SEQUENCE_RUNNING, /* see send.step; SEND_CONFLICT waits for send_resolve(&sequence->send) */
	SEQUENCE_DONE,	  /* through, or nothing was changed: not open in the history */
	SEQUENCE_OPEN,	  /* stopped in between, or its outcome is unknown: to be settled */
};

/* On whom it works; all of it outlives the sequence. */
struct sequence_target {
	struct http *http;
	const struct endpoint *endpoint;
	struct history *history;
	const char *label;
	bool is_unrecorded; /* by the person's word `history` is one in memory: for who tells it */
};

struct sequence;
/* Called after every step, from loop_step or from within sequence_*; may not release. */
typedef void sequence_changed_fn(void *owner, struct sequence *sequence);

struct sequence {
	enum sequence_state state;
	struct sequence_record record;
	struct send send; /* of record.goal; its outcome is the sequence's when that is done */
	struct write_plan past; /* of the goal before that one, for who shows both; else empty */
	struct sequence_target target;
	char settles[SEQUENCE_ID_SIZE]; /* the one it settles; empty: none */
	enum sequence_kind settled;	/* kind of that one, else its own */
	int timer;			/* between two goals */
	int repeats;			/* of a goal that may not have seen the writes before it */
	sequence_changed_fn *changed;
	void *owner;
};

/* One goal: from `base` to `mine`. Copies both. `sequence` must stay in place until released. */
void sequence_start(struct sequence *sequence, enum sequence_kind kind,
		    const struct sequence_target *target, const struct calling_values *base,
		    const struct calling_values *mine, sequence_changed_fn *changed, void *owner);

/* Why the password cannot be reset: a sentence; NULL: it can. There must be one SIP server, and
 * calling and SIP enabled. */
const char *sequence_reset_why_not(const struct calling_settings *base);
void sequence_reset_password(struct sequence *sequence, const struct sequence_target *target,
			     const struct calling_settings *base, sequence_changed_fn *changed,
			     void *owner);

/* Goes on from the goal that was begun last, or brings back what was before it all. */
void sequence_settle(struct sequence *sequence, enum sequence_kind finish_or_undo,
		     const struct sequence_target *target, const struct sequence_record *open,
		     sequence_changed_fn *changed, void *owner);

/* As send_cancel. A reset that has taken the number out of service cannot be cancelled: it brings
 * it back first. */
void sequence_cancel(struct sequence *sequence);
bool sequence_can_cancel(const struct sequence *sequence);
void sequence_release(struct sequence *sequence);

/* --- what the history has open ---------------------------------------------------------------- */

/* The sequence that is open (`*found`), or whose timed undo waits (undo_until). */
bool sequence_find_open(const struct history *history, struct sequence_record *record, bool *found,
			struct err *err);
/* Closes it as it is, by the person's word. */
bool sequence_leave(struct history *history, const struct sequence_record *record, struct err *err);
/* The former settings are written back at `until` unless sequence_undo_end() came first. On the
 * disk when true. */
bool sequence_undo_set(struct history *history, struct sequence_record *record, int64_t until,
		       struct err *err);
bool sequence_undo_end(struct history *history, struct sequence_record *record, struct err *err);

#endif
