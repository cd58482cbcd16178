/* The send machine's own state and the steps that its files share; for src/service/send*.c only. */
#ifndef SIPDESK_SERVICE_SEND_STATE_H
#define SIPDESK_SERVICE_SEND_STATE_H

#include "base/loop.h"
#include "service/send.h"
#include "service/send_compare.h"

struct send_state {
	struct http *http;
	struct endpoint endpoint;
	struct send_journal journal;
	send_changed_fn *changed;
	void *owner;
	struct client_operation *operation;
	int timer;
	struct client_progress wait; /* while the timer runs */

	struct calling_values base, mine; /* as given; after a rate limit: before and wanted */
	struct calling_settings before;	  /* what the plan is made on */
	struct calling_values wanted;
	bool has_plan;
	bool doubts;	/* see send_doubt */
	int rereads;	/* that were doubted */
	size_t written; /* requests that may have been carried out */
	bool rate_waited[REQUESTS_MAX];
	bool reads_for_rate; /* the read-back decides whether the request is to be repeated */
	bool is_ambiguous;   /* the last write's outcome is not known from its answer */
	struct err write_err;
	struct comparison comparison;
	struct calling_values final; /* send_wanted() */
};

/* Before each reading but the first: the service may lag behind its own success. */
extern const int64_t SEND_PAUSES_MS[SEND_READ_BACK_TRIES];

/* Tells the owner: always the last thing a step does, since the owner may cancel from in there. */
void send_tell(struct send *send);
void send_finish(struct send *send, enum send_outcome outcome, const struct err *err);
void send_result_take(struct send *send, const struct calling_settings *settings);
/* A wait of our own, and what the screen says of it. False: no timer is free. */
bool send_wait_begin(struct send *send, int64_t delay_ms, loop_timer_fn *expired);
void send_wait_end(struct send_state *state);

void send_reread_begin(struct send *send);
void send_write_begin(struct send *send, size_t index);
/* SRTP once more, after a `sip` write has reset it. */
void send_repair_begin(struct send *send);
void send_read_back_begin(struct send *send);
/* What is said where the write itself failed and nothing of it shows. */
void send_not_applied(struct send *send);

#endif
