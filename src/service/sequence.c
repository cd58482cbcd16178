#include "service/sequence.h"

#include "base/clock.h"
#include "base/mem.h"
#include "service/sequence_record.h"

#include <string.h>
#include <sys/random.h>

enum { REPEATS_MAX = 3 /* of a goal; others may keep changing the number */ };

static void goal_begin(struct sequence *sequence);

static void id_make(char id[SEQUENCE_ID_SIZE])
{
	unsigned char bytes[(SEQUENCE_ID_SIZE - 1) / 2];
	if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes) {
		int64_t now = clock_monotonic_ms(); /* unique among one number's is enough */
		memcpy(bytes, &now, sizeof bytes);
	}
	for (size_t i = 0; i < sizeof bytes; i++) {
		id[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
		id[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
	}
	id[SEQUENCE_ID_SIZE - 1] = '\0';
}

/* --- what is kept ----------------------------------------------------------------------------- */

/* The reset's way back leads to what was there just before it, whatever the screen had read. */
static void reset_goals_make(struct sequence_record *record)
{
	struct sequence_goal *back = &record->goals[1];
	values_release(&back->base);
	values_release(&back->mine);
	values_settled(&record->goals[0].mine, &back->base);
	values_undoing(&record->before.values, &record->goals[0].mine, &back->mine);
	goal_srtp_claim(back);
}

/* The first write is about to leave: from here on the history knows of it. A settling sequence
 * takes its goals from the one it settles; any other what the re-reading has made of them. */
static bool begin_keep(struct sequence *sequence, struct err *err)
{
	struct sequence_record *record = &sequence->record;
	settings_copy(&record->before, send_before(&sequence->send));
	if (sequence->settles[0] == '\0') {
		struct sequence_goal *goal = &record->goals[0];
		values_release(&goal->base);
		values_release(&goal->mine);
		values_copy(&goal->base, &record->before.values);
		values_copy(&goal->mine, send_planned(&sequence->send));
		if (record->goal_count > 1)
			reset_goals_make(record);
	}
	record->began_at = clock_now();
	if (record_begin_write(sequence->target.history, record, sequence->target.label,
			       sequence->settles, err))
		return true;
	record->began_at = 0;
	settings_release(&record->before);
	settings_init(&record->before);
	return false;
}

static bool intent_keep(void *owner, const char *title, const char *body, struct err *err)
{
	struct sequence *sequence = owner;
	return (sequence->record.began_at != 0 || begin_keep(sequence, err)) &&
	       record_request_write(sequence->target.history, &sequence->record, title, body, err);
}

/* What is missing of answers and results on a full disk shows as open: that is the truth. */
static void answer_keep(void *owner, enum http_reach reach, const struct err *answer)
{
	struct sequence *sequence = owner;
	(void)record_answer_write(sequence->target.history, &sequence->record, reach, answer, NULL);
}

static bool end_keep(struct sequence *sequence)
{
	struct history *history = sequence->target.history;
	const char *how = sequence->record.kind == SEQUENCE_FINISH ? "finished"
			  : sequence->record.kind == SEQUENCE_UNDO ? "undone"
								   : "through";
	bool kept = sequence->record.began_at == 0 ||
		    record_end_write(history, sequence->record.id, how, NULL);
	if (sequence->settles[0] != '\0')
		kept = record_end_write(history, sequence->settles, how, NULL) && kept;
	return kept;
}

/* --- goals ------------------------------------------------------------------------------------ */

/* It goes on where writes of this number ended, which may not show yet. */
static bool comes_after_another(const struct sequence *sequence)
{
	return sequence->record.goal > 0 || sequence->settles[0] != '\0';
}

static void tell(struct sequence *sequence)
{
	sequence->changed(sequence->owner, sequence);
}

/* What moved besides may be of the write before, which did not show at the re-reading. */
static bool goes_again(const struct sequence *sequence)
{
	const struct send *send = &sequence->send;
	return comes_after_another(sequence) && send->outcome == SEND_APPLIED &&
	       send->also_changed.count > 0 && sequence->repeats < REPEATS_MAX;
}

static bool goes_on(const struct sequence *sequence)
{
	if (goes_again(sequence))
		return true;
	/* Once something may have been taken out of service, it is brought back. */
	return sequence->record.goal + 1 < sequence->record.goal_count &&
	       sequence->send.outcome != SEND_NOT_APPLIED;
}

static enum sequence_state state_at_end(const struct sequence *sequence)
{
	enum send_outcome outcome = sequence->send.outcome;
	if (outcome == SEND_APPLIED)
		return SEQUENCE_DONE;
	if (outcome == SEND_UNKNOWN || comes_after_another(sequence))
		return SEQUENCE_OPEN;
	return SEQUENCE_DONE; /* not applied, or with differences that were read and are shown */
}

/* The next goal's send takes the place of this one's, which is still on its way out of a callback.
 */
static void goal_next(void *owner)
{
	struct sequence *sequence = owner;
	sequence->timer = 0;
	if (goes_again(sequence)) {
		sequence->repeats++;
	} else {
		sequence->record.goal++;
		sequence->past = sequence->send.plan;
		write_plan_init(&sequence->send.plan);
	}
	send_release(&sequence->send);
	goal_begin(sequence);
}

static bool goal_next_begin(struct sequence *sequence)
{
	sequence->timer =
		loop_timer_start(http_loop(sequence->target.http), 0, goal_next, sequence);
	return sequence->timer != 0;
}

static void goal_end(struct sequence *sequence)
{
	struct sequence_record *record = &sequence->record;
	struct send *send = &sequence->send;
	if (record->began_at != 0)
		(void)record_result_write(sequence->target.history, record,
					  SEND_OUTCOME_WORDS[send->outcome],
					  send->has_result ? &send->result : NULL, NULL);
	if (goes_on(sequence) && goal_next_begin(sequence)) {
		tell(sequence);
		return;
	}
	sequence->state = goes_on(sequence) ? SEQUENCE_OPEN : state_at_end(sequence);
	if (sequence->state == SEQUENCE_DONE && !end_keep(sequence))
		sequence->state = SEQUENCE_OPEN;
	tell(sequence);
}

static void send_changed(void *owner, struct send *send)
{
	struct sequence *sequence = owner;
	if (send->step == SEND_DONE)
		goal_end(sequence);
	else
		tell(sequence);
}

static void goal_begin(struct sequence *sequence)
{
	const struct sequence_goal *goal = &sequence->record.goals[sequence->record.goal];
	struct send_journal journal = {
		.intent = intent_keep,
		.answer = answer_keep,
		.owner = sequence,
	};
	send_start(&sequence->send, sequence->target.http, sequence->target.endpoint, &goal->base,
		   &goal->mine, &journal, send_changed, sequence);
	if (comes_after_another(sequence))
		send_doubt(&sequence->send);
}

/* --- begun and ended -------------------------------------------------------------------------- */

static void sequence_make(struct sequence *sequence, enum sequence_kind kind,
			  const struct sequence_target *target, sequence_changed_fn *changed,
			  void *owner)
{
	*sequence = (struct sequence) { .target = *target, .changed = changed, .owner = owner };
	sequence_record_init(&sequence->record);
	write_plan_init(&sequence->past);
	sequence->record.kind = sequence->settled = kind;
	sequence->record.goal_count = 1;
	id_make(sequence->record.id);
	who_am_i(&sequence->record.who);
}

void sequence_start(struct sequence *sequence, enum sequence_kind kind,
		    const struct sequence_target *target, const struct calling_values *base,
		    const struct calling_values *mine, sequence_changed_fn *changed, void *owner)
{
	sequence_make(sequence, kind, target, changed, owner);
	values_copy(&sequence->record.goals[0].base, base);
	values_copy(&sequence->record.goals[0].mine, mine);
	goal_begin(sequence);
}

const char *sequence_reset_why_not(const struct calling_settings *base)
{
	if (base->why_not_editable != NULL)
		return base->why_not_editable;
	if (base->values.server_count == 0)
		return "There is no SIP server, so there is no SIP user password to reset.";
	if (base->values.server_count > 1)
		return "This number has SIP servers of more than one app: only the password of "
		       "one's own can be reset, and which that is cannot be told. Remove the "
		       "others first.";
	if (!values_sip_enabled(&base->values) || !values_calling_enabled(&base->values))
		return "Calling and SIP must be enabled, since the reset ends by enabling them. "
		       "Where SIP is off, removing the SIP server and adding it again gives a new "
		       "password.";
	return NULL;
}

void sequence_reset_password(struct sequence *sequence, const struct sequence_target *target,
			     const struct calling_settings *base, sequence_changed_fn *changed,
			     void *owner)
{
	sequence_make(sequence, SEQUENCE_RESET_PASSWORD, target, changed, owner);
	struct sequence_goal *off = &sequence->record.goals[0];
	sequence->record.goal_count = 2;
	values_copy(&off->base, &base->values);
	values_copy(&off->mine, &base->values);
	mem_text_set(&off->mine.texts[FIELD_CALLING], "DISABLED");
	mem_text_set(&off->mine.texts[FIELD_SIP], "DISABLED");
	for (size_t i = 0; i < off->mine.server_count; i++)
		off->mine.servers[i].removed = true;
	goal_begin(sequence);
}

void sequence_settle(struct sequence *sequence, enum sequence_kind finish_or_undo,
		     const struct sequence_target *target, const struct sequence_record *open,
		     sequence_changed_fn *changed, void *owner)
{
	sequence_make(sequence, finish_or_undo, target, changed, owner);
	struct sequence_record *record = &sequence->record;
	memcpy(sequence->settles, open->id, SEQUENCE_ID_SIZE);
	sequence->settled = open->kind;
	if (finish_or_undo == SEQUENCE_UNDO) {
		const struct calling_values *done = &open->goals[0].mine;
		values_settled(done, &record->goals[0].base);
		values_undoing(&open->before.values, done, &record->goals[0].mine);
	} else {
		record->goal_count = open->goal_count - open->goal;
		for (size_t i = 0; i < record->goal_count; i++) {
			const struct sequence_goal *goal = &open->goals[open->goal + i];
			values_copy(&record->goals[i].base, &goal->base);
			values_copy(&record->goals[i].mine, &goal->mine);
		}
	}
	for (size_t i = 0; i < record->goal_count; i++)
		goal_srtp_claim(&record->goals[i]);
	goal_begin(sequence);
}

bool sequence_can_cancel(const struct sequence *sequence)
{
	const struct send *send = &sequence->send;
	return sequence->state == SEQUENCE_RUNNING && send->step != SEND_DONE &&
	       (sequence->record.goal_count == 1 ||
		(sequence->record.goal == 0 && !send->writes_begun));
}

void sequence_cancel(struct sequence *sequence)
{
	if (sequence_can_cancel(sequence))
		send_cancel(&sequence->send);
}

void sequence_release(struct sequence *sequence)
{
	loop_timer_stop(http_loop(sequence->target.http), &sequence->timer);
	send_release(&sequence->send);
	write_plan_release(&sequence->past);
	sequence_record_release(&sequence->record);
}
