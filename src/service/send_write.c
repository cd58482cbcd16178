/* The writes of a send: each POST once, but for a rate limit; and SRTP again where it was reset. */
#include "service/send_state.h"

#include "base/mem.h"
#include "calling/fields.h"

#include <stdlib.h>

static void rate_wait_is_over(void *owner)
{
	struct send *send = owner;
	struct send_state *state = send->state;
	send_wait_end(state);
	if (send->request_index > 0) {
		state->reads_for_rate = true;
		send_read_back_begin(send);
		return;
	}
	/* Nothing is done yet: from the start, on what is wanted by now. */
	values_release(&state->base);
	values_copy(&state->base, &state->before.values);
	values_release(&state->mine);
	values_copy(&state->mine, &state->wanted);
	send_reread_begin(send);
}

/* The service said that it did nothing: the one case in which a write is repeated, once. */
static bool rate_wait_begin(struct send *send, const struct err *err)
{
	struct send_state *state = send->state;
	int64_t delay_ms = client_rate_wait_ms(err);
	if (err->kind != ERR_RATE || state->rate_waited[send->request_index] ||
	    delay_ms > CLIENT_RATE_WAIT_MAX_MS ||
	    !send_wait_begin(send, delay_ms, rate_wait_is_over))
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
		send_finish(send, SEND_NOT_APPLIED, err);
		return;
	}
	send_read_back_begin(send);
}

/* A write goes out only when its intent is kept: else nobody could tell what was under way. */
static bool intent_keep(struct send *send, const char *title, const char *body, struct err *err)
{
	const struct send_journal *journal = &send->state->journal;
	return journal->intent == NULL || journal->intent(journal->owner, title, body, err);
}

static void answer_keep(struct send *send, enum http_reach reach, const struct err *err)
{
	const struct send_journal *journal = &send->state->journal;
	send->state->operation = NULL;
	if (journal->answer != NULL)
		journal->answer(journal->owner, reach, err);
}

static void write_done(void *owner, enum http_reach reach, const struct err *err)
{
	struct send *send = owner;
	answer_keep(send, reach, err);
	if (err != NULL && rate_wait_begin(send, err))
		send_tell(send);
	else if (err != NULL)
		write_failed(send, reach, err);
	else if (send->request_index + 1 < send->plan.count)
		send_write_begin(send, send->request_index + 1);
	else
		send_read_back_begin(send);
}

void send_write_begin(struct send *send, size_t index)
{
	struct send_state *state = send->state;
	send->step = SEND_WRITE;
	send->request_index = index;
	send->writes_begun = true;
	state->written = index + 1;
	state->is_ambiguous = false;
	err_init(&state->write_err);
	const struct write_request *request = &send->plan.requests[index];
	struct err err;
	if (!intent_keep(send, request->title, request->body, &err)) {
		write_failed(send, HTTP_NOT_SENT, &err);
		return;
	}
	state->operation =
		client_write(state->http, &state->endpoint, request->body, write_done, send);
	send_tell(send);
}

static void repair_done(void *owner, enum http_reach reach, const struct err *err)
{
	struct send *send = owner;
	answer_keep(send, reach, err);
	if (err != NULL)
		send->state->write_err = *err;
	send_read_back_begin(send); /* in any case */
}

void send_repair_begin(struct send *send)
{
	struct send_state *state = send->state;
	const char *srtp = state->wanted.texts[FIELD_SRTP];
	char *body = write_srtp_body(srtp == NULL ? field_of(FIELD_SRTP)->absent : srtp);
	send->step = SEND_REPAIR;
	send->repaired = true;
	if (intent_keep(send, "SRTP key exchange, once more", body, &state->write_err)) {
		state->operation =
			client_write(state->http, &state->endpoint, body, repair_done, send);
		send_tell(send);
	} else {
		send_read_back_begin(send);
	}
	free(body);
}