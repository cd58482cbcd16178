#include "service/send.h"

#include "base/clock.h"
#include "base/mem.h"
#include "service/send_state.h"

#include <stdlib.h>

const char *const SEND_OUTCOME_WORDS[] = {
	[SEND_APPLIED] = "Applied",
	[SEND_APPLIED_DIFFERENT] = "Applied, but the service shows …",
	[SEND_NOT_APPLIED] = "Not applied",
	[SEND_UNKNOWN] = "Unknown",
};

void send_tell(struct send *send)
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

void send_finish(struct send *send, enum send_outcome outcome, const struct err *err)
{
	struct send_state *state = send->state;
	send->step = SEND_DONE;
	secret_release(&state->endpoint.key); /* sipdesk may have been locked meanwhile */
	send->outcome = outcome;
	err_init(&send->err);
	if (err != NULL)
		send->err = *err;
	send->differences = state->comparison.differences;
	send->also_changed = state->comparison.also_changed;
	comparison_init(&state->comparison);
	final_make(send);
	send_tell(send);
}

void send_result_take(struct send *send, const struct calling_settings *settings)
{
	settings_release(&send->result);
	settings_copy(&send->result, settings);
	send->has_result = true;
}

/* A wait of our own, and what the screen says of it. False: no timer is free. */
bool send_wait_begin(struct send *send, int64_t delay_ms, loop_timer_fn *expired)
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

void send_wait_end(struct send_state *state)
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
	send_finish(send, SEND_NOT_APPLIED, &err);
}

static void doubt_is_over(void *owner)
{
	struct send *send = owner;
	send_wait_end(send->state);
	send_reread_begin(send);
}

/* What the person has just decided is not asked again. */
static bool doubt_begin(struct send *send)
{
	struct send_state *state = send->state;
	if (!state->doubts || merge_conflict_count(&send->merge) > 0 ||
	    ++state->rereads >= SEND_READ_BACK_TRIES)
		return false;
	send->step = SEND_REREAD;
	return send_wait_begin(send, SEND_PAUSES_MS[state->rereads], doubt_is_over);
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
		send_finish(send, SEND_NOT_APPLIED, &err);
	else if (send->plan.count > 0)
		send_write_begin(send, 0);
	else if (!state->rate_waited[0] && doubt_begin(send))
		send_tell(send);
	else if (state->rate_waited[0] || state->doubts)
		send_finish(send, SEND_APPLIED, NULL); /* it was carried out after all */
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
		send_finish(send, SEND_NOT_APPLIED, err);
		return;
	}
	settings_release(&state->before);
	state->before = theirs;
	send_result_take(send, &state->before);
	merge_release(&send->merge);
	merge_compute(&send->merge, &state->base, &state->before.values, &state->mine);
	if (merge_conflict_count(&send->merge) == 0) {
		plan_begin(send);
		return;
	}
	send->step = SEND_CONFLICT;
	send_tell(send);
}

void send_reread_begin(struct send *send)
{
	struct send_state *state = send->state;
	send->step = SEND_REREAD;
	state->operation = client_read(state->http, &state->endpoint, false, reread_done, send);
	send_tell(send);
}

void send_start(struct send *send, struct http *http, const struct endpoint *endpoint,
		const struct calling_values *base, const struct calling_values *mine,
		const struct send_journal *journal, send_changed_fn *changed, void *owner)
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
	/* Without pages for it the key stays empty, and http says that there is none. */
	endpoint_copy(&state->endpoint, endpoint);
	if (journal != NULL)
		state->journal = *journal;
	values_copy(&state->base, base);
	values_copy(&state->mine, mine);
	settings_init(&state->before);
	values_init(&state->wanted);
	values_init(&state->final);
	err_init(&state->write_err);
	comparison_init(&state->comparison);
	send_reread_begin(send);
}

void send_doubt(struct send *send)
{
	send->state->doubts = true;
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
	send_finish(send, SEND_NOT_APPLIED, &err);
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
	send_read_back_begin(send);
}

static void cancel_reading_back(struct send *send)
{
	struct err err;
	cancelled_tell(&err, "A write was sent; what became of it was not read back to the end.");
	err_next_step(&err, "Open this number again: it is read first, and the draft is kept.");
	send_finish(send, SEND_UNKNOWN, &err);
}

void send_cancel(struct send *send)
{
	struct send_state *state = send->state;
	if (send->step == SEND_DONE)
		return;
	bool has_left = state->operation != NULL && client_write_has_left(state->operation);
	client_cancel(&state->operation);
	send_wait_end(state);
	send->cancelled = true;
	if (send->step == SEND_REREAD || send->step == SEND_CONFLICT)
		cancel_before_writes(send);
	else if (send->step == SEND_WRITE)
		cancel_write(send, has_left);
	else if (send->step == SEND_REPAIR) {
		cancelled_tell(&state->write_err, "SRTP key exchange may not be as wanted.");
		send_read_back_begin(send);
	} else
		cancel_reading_back(send);
}

struct client_progress send_progress(const struct send *send)
{
	const struct send_state *state = send->state;
	return state->operation != NULL ? client_progress_of(state->operation) : state->wait;
}

const struct calling_settings *send_before(const struct send *send)
{
	return &send->state->before;
}

const struct calling_values *send_planned(const struct send *send)
{
	return &send->state->wanted;
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
	send_wait_end(state);
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
