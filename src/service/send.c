#include "service/send.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "calling/fields.h"
#include "service/send_compare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const SEND_OUTCOME_WORDS[] = {
	[SEND_APPLIED] = "Applied",
	[SEND_APPLIED_DIFFERENT] = "Applied, but the service shows …",
	[SEND_NOT_APPLIED] = "Not applied",
	[SEND_UNKNOWN] = "Unknown",
};

/* Before each read-back but the first: the service may lag behind its own success. */
static const int64_t COMPARE_PAUSES_MS[SEND_READ_BACK_TRIES] = { 0, 1000, 2000, 4000 };

enum { SRTP_TRIES_WITH_OTHERS = 2 /* others show, it does not: that is no lag */ };

struct send_state {
	struct http *http;
	struct endpoint endpoint;
	send_changed_fn *changed;
	void *owner;
	struct client_operation *operation;
	int timer;
	struct client_progress wait; /* while the timer runs */

	struct calling_values base, mine; /* as given; after a rate limit: before and wanted */
	struct calling_settings before;	  /* what the plan is made on */
	struct calling_values wanted;
	bool has_plan;
	size_t written; /* requests that may have been carried out */
	bool rate_waited[REQUESTS_MAX];
	bool reads_for_rate; /* the read-back decides whether the request is to be repeated */
	bool is_ambiguous;   /* the last write's outcome is not known from its answer */
	struct err write_err;
	struct comparison comparison;
	struct calling_values final; /* send_wanted() */
};

static void read_back(struct send *send);
static void read_back_begin(struct send *send);
static void write_begin(struct send *send, size_t index);

/* Always the last thing a step does: the owner may cancel from in there. */
static void tell(struct send *send)
{
	send->state->changed(send->state->owner, send);
}

/* What was wanted, laid over the last reading. */
static void final_make(struct send *send)
{
	struct send_state *state = send->state;
	const struct calling_values *mine = state->has_plan ? &state->wanted : &state->mine;
	values_release(&state->final);
	if (!send->has_result) {
		values_copy(&state->final, mine);
		return;
	}
	struct merge merge;
	merge_compute(&merge, state->has_plan ? &state->before.values : &state->base,
		      &send->result.values, mine);
	for (size_t i = 0; i < merge.count; i++)
		if (merge.items[i].conflict)
			merge.items[i].choice = MERGE_MINE;
	merge_result(&merge, &state->final);
	merge_release(&merge);
}

static void finish(struct send *send, enum send_outcome outcome, const struct err *err)
{
	struct send_state *state = send->state;
	send->step = SEND_DONE;
	send->outcome = outcome;
	err_init(&send->err);
	if (err != NULL)
		send->err = *err;
	send->differences = state->comparison.differences;
	send->also_changed = state->comparison.also_changed;
	comparison_init(&state->comparison);
	final_make(send);
	tell(send);
}

static void result_take(struct send *send, const struct calling_settings *settings)
{
	settings_release(&send->result);
	settings_copy(&send->result, settings);
	send->has_result = true;
}

/* A wait of our own, and what the screen says of it. False: no timer is free. */
static bool wait_begin(struct send *send, int64_t delay_ms, loop_timer_fn *expired)
{
	struct send_state *state = send->state;
	int64_t now = clock_monotonic_ms();
	state->wait = (struct client_progress) {
		.attempt = 1,
		.started_ms = now,
		.waiting_until_ms = now + delay_ms,
	};
	state->timer = loop_timer_start(http_loop(state->http), delay_ms, expired, send);
	return state->timer != 0;
}

static void wait_end(struct send_state *state)
{
	loop_timer_stop(http_loop(state->http), &state->timer);
	state->wait = (struct client_progress) { 0 };
}

static void nothing_left_tell(struct send *send)
{
	struct err err;
	err_set(&err, ERR_CONFLICT,
		"Nothing is left to change: the service already shows what was wanted. Nothing was "
		"sent.");
	finish(send, SEND_NOT_APPLIED, &err);
}

static void plan_begin(struct send *send)
{
	struct send_state *state = send->state;
	struct err err;
	err_init(&err);
	values_release(&state->wanted);
	merge_result(&send->merge, &state->wanted);
	write_plan_release(&send->plan);
	state->has_plan = true;
	if (!write_plan_make(&send->plan, &state->before, &state->wanted, &err))
		finish(send, SEND_NOT_APPLIED, &err);
	else if (send->plan.count > 0)
		write_begin(send, 0);
	else if (state->rate_waited[0])
		finish(send, SEND_APPLIED, NULL); /* it was carried out after all */
	else
		nothing_left_tell(send);
}

static void reread_done(void *owner, const char *bytes, size_t length, const struct err *err)
{
	struct send *send = owner;
	struct send_state *state = send->state;
	struct calling_settings theirs;
	struct err decode_err;
	state->operation = NULL;
	settings_init(&theirs);
	if (err == NULL && !settings_decode(&theirs, bytes, length, clock_now(), &decode_err))
		err = &decode_err;
	if (err != NULL) {
		settings_release(&theirs);
		finish(send, SEND_NOT_APPLIED, err);
		return;
	}
	settings_release(&state->before);
	state->before = theirs;
	result_take(send, &state->before);
	merge_release(&send->merge);
	merge_compute(&send->merge, &state->base, &state->before.values, &state->mine);
	if (merge_conflict_count(&send->merge) == 0) {
		plan_begin(send);
		return;
	}
	send->step = SEND_CONFLICT;
	tell(send);
}

static void reread_begin(struct send *send)
{
	struct send_state *state = send->state;
	send->step = SEND_REREAD;
	state->operation = client_read(state->http, &state->endpoint, false, reread_done, send);
	tell(send);
}

/* Do the fields of the first `count` requests show as wanted? */
static bool requests_show(const struct send *send, size_t count)
{
	const struct comparison *comparison = &send->state->comparison;
	for (size_t i = 0; i < count; i++)
		if (send->plan.requests[i].is_srtp ? comparison->srtp_is_missing
						   : comparison->missing > 0)
			return false;
	return true;
}

static void rate_wait_is_over(void *owner)
{
	struct send *send = owner;
	struct send_state *state = send->state;
	wait_end(state);
	if (send->request_index > 0) {
		state->reads_for_rate = true;
		read_back_begin(send);
		return;
	}
	/* Nothing is done yet: from the start, on what is wanted by now. */
	values_release(&state->base);
	values_copy(&state->base, &state->before.values);
	values_release(&state->mine);
	values_copy(&state->mine, &state->wanted);
	reread_begin(send);
}

/* The service said that it did nothing: the one case in which a write is repeated, once. */
static bool rate_wait_begin(struct send *send, const struct err *err)
{
	struct send_state *state = send->state;
	int64_t delay_ms = client_rate_wait_ms(err);
	if (err->kind != ERR_RATE || state->rate_waited[send->request_index] ||
	    delay_ms > CLIENT_RATE_WAIT_MAX_MS || !wait_begin(send, delay_ms, rate_wait_is_over))
		return false;
	state->rate_waited[send->request_index] = true;
	state->wait.is_rate_limited = true;
	return true;
}

static bool is_refusal(enum err_kind kind)
{
	return kind == ERR_REFUSED || kind == ERR_KEY || kind == ERR_FORBIDDEN || kind == ERR_RATE;
}

static void write_failed(struct send *send, enum http_reach reach, const struct err *err)
{
	struct send_state *state = send->state;
	state->write_err = *err;
	state->is_ambiguous = reach != HTTP_NOT_SENT && !is_refusal(err->kind);
	if (!state->is_ambiguous)
		state->written = send->request_index;
	if (reach == HTTP_NOT_SENT && send->request_index == 0) {
		send->writes_begun = false;
		finish(send, SEND_NOT_APPLIED, err);
		return;
	}
	read_back_begin(send);
}

static void write_done(void *owner, enum http_reach reach, const struct err *err)
{
	struct send *send = owner;
	send->state->operation = NULL;
	if (err != NULL && rate_wait_begin(send, err))
		tell(send);
	else if (err != NULL)
		write_failed(send, reach, err);
	else if (send->request_index + 1 < send->plan.count)
		write_begin(send, send->request_index + 1);
	else
		read_back_begin(send);
}

static void write_begin(struct send *send, size_t index)
{
	struct send_state *state = send->state;
	send->step = SEND_WRITE;
	send->request_index = index;
	send->writes_begun = true;
	state->written = index + 1;
	state->is_ambiguous = false;
	err_init(&state->write_err);
	state->operation = client_write(state->http, &state->endpoint,
					send->plan.requests[index].body, write_done, send);
	tell(send);
}

static void repair_done(void *owner, enum http_reach reach, const struct err *err)
{
	struct send *send = owner;
	(void)reach; /* read back in any case */
	send->state->operation = NULL;
	if (err != NULL)
		send->state->write_err = *err;
	read_back_begin(send);
}

static void repair_begin(struct send *send)
{
	struct send_state *state = send->state;
	const char *srtp = state->wanted.texts[FIELD_SRTP];
	char *body = write_srtp_body(srtp == NULL ? field_of(FIELD_SRTP)->absent : srtp);
	send->step = SEND_REPAIR;
	send->repaired = true;
	state->operation = client_write(state->http, &state->endpoint, body, repair_done, send);
	free(body);
	tell(send);
}

static void sentence_add(struct err *err, const char *sentence)
{
	size_t length = strlen(err->sentence);
	(void)snprintf(err->sentence + length, sizeof err->sentence - length, "%s%s",
		       length == 0 ? "" : " ", sentence);
}

static void not_applied(struct send *send)
{
	struct err err = send->state->write_err;
	if (err.kind == ERR_NONE) {
		err_set(&err, ERR_REFUSED,
			"The service took the write, but it still shows the old values.");
		err_next_step(&err, "Read the settings again in a moment. Where they stay as they "
				    "are, send again.");
	} else if (send->state->is_ambiguous) {
		sentence_add(&err, "Read back since, the service still shows the old values.");
	}
	finish(send, SEND_NOT_APPLIED, &err);
}

static void applied_different(struct send *send)
{
	const struct send_state *state = send->state;
	struct err err = state->write_err;
	if (err.kind == ERR_NONE) {
		err_set(&err, ERR_REFUSED,
			"The service took the write, but it shows other values than were sent.");
		err_next_step(&err, "Look at the differences: send them again, or keep what the "
				    "service shows.");
	} else if (state->is_ambiguous) {
		sentence_add(&err, "Read back since, the service shows part of what was wanted.");
	} else if (state->written < send->plan.count) {
		sentence_add(&err, "The request before it was carried out.");
	}
	finish(send, SEND_APPLIED_DIFFERENT, &err);
}

/* Where no write was carried out, what moved was moved by others. */
static void verdict(struct send *send)
{
	if (send->state->written == 0 || send->state->comparison.nothing_shows)
		not_applied(send);
	else
		applied_different(send);
}

/* A refusal stays what it is, whether or not its settings can be read. */
static void unreadable(struct send *send, const struct err *cause)
{
	const struct send_state *state = send->state;
	struct err err;
	if (state->written == 0) {
		not_applied(send);
		return;
	}
	err_set(&err, ERR_UNKNOWN, "A write was sent, but the settings could not be read back. %s",
		cause->sentence);
	err_next_step(&err, "Open this number again: it is read first, and the draft is kept.");
	memcpy(err.words, cause->words, sizeof err.words);
	err.http_status = cause->http_status;
	err.code = cause->code;
	finish(send, SEND_UNKNOWN, &err);
}

static void compare_pause_is_over(void *owner)
{
	struct send *send = owner;
	wait_end(send->state);
	send->read_back_try++;
	read_back(send);
}

static bool wants_repair(const struct send *send)
{
	const struct send_state *state = send->state;
	int tries = send->plan.count > 1 ? SRTP_TRIES_WITH_OTHERS : SEND_READ_BACK_TRIES;
	return state->write_err.kind == ERR_NONE && !send->repaired &&
	       state->comparison.srtp_is_missing && state->comparison.missing == 0 &&
	       send->read_back_try >= tries;
}

/* An ambiguous write that shows was carried out: the next one may go. */
static bool may_go_on(const struct send *send)
{
	return send->state->is_ambiguous && !send->cancelled &&
	       send->state->written < send->plan.count;
}

static void judge(struct send *send)
{
	struct send_state *state = send->state;
	bool all_show = state->comparison.differences.count == 0;
	bool written_show = requests_show(send, state->written);
	if (all_show)
		finish(send, SEND_APPLIED, NULL);
	else if (written_show && may_go_on(send))
		write_begin(send, state->written);
	else if (!written_show && wants_repair(send))
		repair_begin(send);
	/* Where what was written shows, the rest was refused or never sent: no use in waiting. */
	else if (written_show || send->read_back_try >= SEND_READ_BACK_TRIES ||
		 !wait_begin(send, COMPARE_PAUSES_MS[send->read_back_try], compare_pause_is_over))
		verdict(send);
	else {
		send->step = SEND_COMPARE;
		tell(send);
	}
}

/* Read after a rate limit: did the service carry it out after all? */
static void rate_judge(struct send *send)
{
	struct send_state *state = send->state;
	state->reads_for_rate = false;
	if (!requests_show(send, send->request_index + 1))
		write_begin(send, send->request_index);
	else if (send->request_index + 1 < send->plan.count)
		write_begin(send, send->request_index + 1);
	else
		judge(send);
}

static void read_back_done(void *owner, const char *bytes, size_t length, const struct err *err)
{
	struct send *send = owner;
	struct send_state *state = send->state;
	struct calling_settings shown;
	struct err decode_err;
	bool srtp_was_written = send->plan.requests[send->plan.count - 1].is_srtp;
	state->operation = NULL;
	settings_init(&shown);
	if (err == NULL && !settings_decode(&shown, bytes, length, clock_now(), &decode_err))
		err = &decode_err;
	if (err == NULL)
		result_take(send, &shown);
	settings_release(&shown);
	if (err != NULL) {
		unreadable(send, err);
		return;
	}
	comparison_release(&state->comparison);
	comparison_compute(&state->comparison, &state->before.values, &state->wanted,
			   &send->result.values, srtp_was_written);
	if (state->reads_for_rate)
		rate_judge(send);
	else
		judge(send);
}

static void read_back(struct send *send)
{
	struct send_state *state = send->state;
	send->step = SEND_READ_BACK;
	state->operation = client_read(state->http, &state->endpoint, false, read_back_done, send);
	tell(send);
}

static void read_back_begin(struct send *send)
{
	send->read_back_try = 1;
	read_back(send);
}

void send_start(struct send *send, struct http *http, const struct endpoint *endpoint,
		const struct calling_settings *base, const struct calling_values *mine,
		send_changed_fn *changed, void *owner)
{
	struct send_state *state = mem_alloc(1, sizeof *state);
	*send = (struct send) { .state = state };
	write_plan_init(&send->plan);
	merge_init(&send->merge);
	err_init(&send->err);
	changes_init(&send->differences);
	changes_init(&send->also_changed);
	settings_init(&send->result);
	*state = (struct send_state) { .http = http, .changed = changed, .owner = owner };
	endpoint_init(&state->endpoint);
	state->endpoint.api_url = mem_text(endpoint->api_url);
	/* Without pages for it the key stays empty, and http says that there is none. */
	(void)secret_copy(&state->endpoint.key, &endpoint->key, NULL);
	values_copy(&state->base, &base->values);
	values_copy(&state->mine, mine);
	settings_init(&state->before);
	values_init(&state->wanted);
	values_init(&state->final);
	err_init(&state->write_err);
	comparison_init(&state->comparison);
	reread_begin(send);
}

void send_resolve(struct send *send)
{
	if (send->step == SEND_CONFLICT && merge_is_decided(&send->merge))
		plan_begin(send);
}

static void cancelled_tell(struct err *err, const char *meaning)
{
	err_set(err, ERR_CANCELLED, "You stopped it. %s", meaning);
}

static void cancel_before_writes(struct send *send)
{
	struct err err;
	cancelled_tell(&err, "Nothing was written.");
	send->writes_begun = false;
	finish(send, SEND_NOT_APPLIED, &err);
}

/* Nothing more is written. Whether the last one was carried out, the service knows. */
static void cancel_write(struct send *send, bool has_left)
{
	struct send_state *state = send->state;
	if (!has_left && send->request_index == 0) {
		cancel_before_writes(send);
		return;
	}
	state->is_ambiguous = has_left;
	state->written = send->request_index + has_left;
	state->reads_for_rate = false;
	cancelled_tell(&state->write_err,
		       has_left ? "The write had left by then." : "The last write was not sent.");
	read_back_begin(send);
}

static void cancel_reading_back(struct send *send)
{
	struct err err;
	cancelled_tell(&err, "A write was sent; what became of it was not read back to the end.");
	err_next_step(&err, "Open this number again: it is read first, and the draft is kept.");
	finish(send, SEND_UNKNOWN, &err);
}

void send_cancel(struct send *send)
{
	struct send_state *state = send->state;
	if (send->step == SEND_DONE)
		return;
	bool has_left = state->operation != NULL && client_write_has_left(state->operation);
	client_cancel(&state->operation);
	wait_end(state);
	send->cancelled = true;
	if (send->step == SEND_REREAD || send->step == SEND_CONFLICT)
		cancel_before_writes(send);
	else if (send->step == SEND_WRITE)
		cancel_write(send, has_left);
	else if (send->step == SEND_REPAIR) {
		cancelled_tell(&state->write_err, "SRTP key exchange may not be as wanted.");
		read_back_begin(send);
	} else
		cancel_reading_back(send);
}

struct client_progress send_progress(const struct send *send)
{
	const struct send_state *state = send->state;
	return state->operation != NULL ? client_progress_of(state->operation) : state->wait;
}

const struct calling_values *send_wanted(const struct send *send)
{
	return &send->state->final;
}

void send_release(struct send *send)
{
	struct send_state *state = send->state;
	if (state == NULL)
		return;
	client_cancel(&state->operation);
	wait_end(state);
	endpoint_release(&state->endpoint);
	values_release(&state->base);
	values_release(&state->mine);
	settings_release(&state->before);
	values_release(&state->wanted);
	values_release(&state->final);
	comparison_release(&state->comparison);
	free(state);
	write_plan_release(&send->plan);
	merge_release(&send->merge);
	changes_release(&send->differences);
	changes_release(&send->also_changed);
	settings_release(&send->result);
	*send = (struct send) { 0 };
}
