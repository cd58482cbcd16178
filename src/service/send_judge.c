/* Reading back, comparing, and the verdict of a send. */
#include "service/send_state.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

const int64_t SEND_PAUSES_MS[SEND_READ_BACK_TRIES] = { 0, 1000, 2000, 4000 };

enum { SRTP_TRIES_WITH_OTHERS = 2 /* others show, it does not: that is no lag */ };

static void read_back(struct send *send);

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
static void sentence_add(struct err *err, const char *sentence)
{
	size_t length = strlen(err->sentence);
	(void)snprintf(err->sentence + length, sizeof err->sentence - length, "%s%s",
		       length == 0 ? "" : " ", sentence);
}

static const char SERVER_STAYS[] =
	"Look at the app_id of the SIP server that is still there: where it is another app's, only "
	"that app's API key can remove it, and sending again does not help.";

/* A server that was to be removed is still there. */
static bool keeps_server(const struct send *send)
{
	const struct changes *differences = &send->state->comparison.differences;
	for (size_t i = 0; i < differences->count; i++)
		if (differences->items[i].kind == CHANGE_ADDED &&
		    differences->items[i].ref.field == FIELD_SIP_SERVERS)
			return true;
	return false;
}

void send_not_applied(struct send *send)
{
	struct err err = send->state->write_err;
	if (err.kind == ERR_NONE) {
		err_set(&err, ERR_REFUSED,
			"The service took the write, but it still shows the old values.");
		err_next_step(
			&err, "%s",
			keeps_server(send)
				? SERVER_STAYS
				: "Read the settings again in a moment. Where they stay as they "
				  "are, send again.");
	} else if (send->state->is_ambiguous) {
		sentence_add(&err, "Read back since, the service still shows the old values.");
	}
	send_finish(send, SEND_NOT_APPLIED, &err);
}

static void applied_different(struct send *send)
{
	const struct send_state *state = send->state;
	struct err err = state->write_err;
	if (err.kind == ERR_NONE) {
		err_set(&err, ERR_REFUSED,
			"The service took the write, but it shows other values than were sent.");
		err_next_step(
			&err, "%s",
			keeps_server(send)
				? SERVER_STAYS
				: "Look at the differences: send them again, or keep what the "
				  "service shows.");
	} else if (state->is_ambiguous) {
		sentence_add(&err, "Read back since, the service shows part of what was wanted.");
	} else if (state->written < send->plan.count) {
		sentence_add(&err, "The request before it was carried out.");
	}
	send_finish(send, SEND_APPLIED_DIFFERENT, &err);
}

/* Where no write was carried out, what moved was moved by others. */
static void verdict(struct send *send)
{
	if (send->state->written == 0 || send->state->comparison.nothing_shows)
		send_not_applied(send);
	else
		applied_different(send);
}

/* A refusal stays what it is, whether or not its settings can be read. */
static void unreadable(struct send *send, const struct err *cause)
{
	const struct send_state *state = send->state;
	struct err err;
	if (state->written == 0) {
		send_not_applied(send);
		return;
	}
	err_set(&err, ERR_UNKNOWN, "A write was sent, but the settings could not be read back. %s",
		cause->sentence);
	err_next_step(&err, "Open this number again: it is read first, and the draft is kept.");
	memcpy(err.words, cause->words, sizeof err.words);
	err.http_status = cause->http_status;
	err.code = cause->code;
	send_finish(send, SEND_UNKNOWN, &err);
}

static void compare_pause_is_over(void *owner)
{
	struct send *send = owner;
	send_wait_end(send->state);
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
		send_finish(send, SEND_APPLIED, NULL);
	else if (written_show && may_go_on(send))
		send_write_begin(send, state->written);
	else if (!written_show && wants_repair(send))
		send_repair_begin(send);
	/* Where what was written shows, the rest was refused or never sent: no use in waiting. */
	else if (written_show || send->read_back_try >= SEND_READ_BACK_TRIES ||
		 !send_wait_begin(send, SEND_PAUSES_MS[send->read_back_try], compare_pause_is_over))
		verdict(send);
	else {
		send->step = SEND_COMPARE;
		send_tell(send);
	}
}

/* Read after a rate limit: did the service carry it out after all? */
static void rate_judge(struct send *send)
{
	struct send_state *state = send->state;
	state->reads_for_rate = false;
	if (!requests_show(send, send->request_index + 1))
		send_write_begin(send, send->request_index);
	else if (send->request_index + 1 < send->plan.count)
		send_write_begin(send, send->request_index + 1);
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
		send_result_take(send, &shown);
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
	send_tell(send);
}

void send_read_back_begin(struct send *send)
{
	send->read_back_try = 1;
	read_back(send);
}