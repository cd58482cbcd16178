#include "ui/plain/sending.h"

#include "base/mem.h"
#include "ui/app/begin_words.h"
#include "ui/app/next_step.h"
#include "ui/app/number_sequence.h"
#include "ui/app/number_undo.h"
#include "ui/app/outcome_words.h"
#include "ui/app/progress_words.h"
#include "ui/plain/conflict.h"
#include "ui/plain/review.h"
#include "ui/plain/settle.h"
#include "ui/plain/undo.h"

#include <stdlib.h>

enum { PROGRESS_MS = 10 * 1000 };

/* --- steps ------------------------------------------------------------------------------------ */

/* Told once a step has begun. */
static void step_told(void *owner, struct sequence *sequence)
{
	struct plain *plain = owner;
	struct talk *talk = &plain->talk;
	const struct send *send = &sequence->send;
	if (send->step == SEND_REREAD && sequence->record.goal_count > 1)
		talk_title(talk, sequence->record.goal == 0 ? "Out of service" : "Back in service");
	switch (send->step) {
	case SEND_REREAD: talk_say(talk, "Reading again."); break;
	case SEND_WRITE:
		talk_say(talk, "Writing %zu of %zu: %s.", send->request_index + 1, send->plan.count,
			 send->plan.requests[send->request_index].title);
		break;
	case SEND_READ_BACK:
		if (send->read_back_try > 1)
			talk_say(talk, "Reading back, try %d of %d.", send->read_back_try,
				 SEND_READ_BACK_TRIES);
		else
			talk_say(talk, "Reading back.");
		break;
	case SEND_REPAIR: talk_say(talk, "Writing the SRTP key exchange once more."); break;
	case SEND_COMPARE:
	case SEND_CONFLICT:
	case SEND_DONE: break;
	}
}

/* --- the outcome ------------------------------------------------------------------------------ */

static const char *words_of(const char *text)
{
	return text == NULL ? "none" : text;
}

static void changes_say(struct plain *plain, const char *title, const struct changes *changes,
			const char *between)
{
	if (changes->count > 0)
		talk_title(&plain->talk, title);
	for (size_t i = 0; i < changes->count; i++)
		talk_say(&plain->talk, "%s: %s%s%s.", changes->items[i].label,
			 words_of(changes->items[i].old_text), between,
			 words_of(changes->items[i].new_text));
}

static void taken_over_say(struct plain *plain, const struct merge *merge)
{
	for (size_t i = 0; i < merge->count; i++)
		if (!merge->items[i].conflict)
			talk_say(&plain->talk,
				 "Changed elsewhere meanwhile and taken over: %s, now %s.",
				 merge->items[i].label, words_of(merge->items[i].theirs_text));
}

static void addition_say(struct plain *plain, const struct sequence *sequence)
{
	const char *addition = outcome_addition(sequence);
	if (addition != NULL)
		talk_say(&plain->talk, "%s", addition);
}

static void outcome_say(struct plain *plain, const struct sequence *sequence)
{
	struct talk *talk = &plain->talk;
	const struct send *send = &sequence->send;
	talk_title(talk, "Outcome");
	if (outcome_needed_nothing(sequence)) {
		talk_say(talk, "%s", OUTCOME_NOTHING_NEEDED);
		addition_say(plain, sequence);
		return;
	}
	const char *meaning = outcome_meaning(sequence);
	talk_say(talk, "%s", SEND_OUTCOME_WORDS[send->outcome]);
	if (meaning != NULL)
		talk_say(talk, "%s", meaning);
	if (send->repaired)
		talk_say(talk, "%s", OUTCOME_REPAIRED);
	if (send->err.kind != ERR_NONE && send->err.kind != ERR_CANCELLED)
		talk_error(talk, &send->err);
	addition_say(plain, sequence);
	if (next_step_words(plain->number) != NULL)
		talk_say(talk, "%s", next_step_words(plain->number));
	taken_over_say(plain, &send->merge);
	changes_say(plain, "Sent, and what the service shows", &send->differences,
		    " was sent, shown is ");
	changes_say(plain, "Also changed meanwhile", &send->also_changed, " before, now ");
}

/* --- following -------------------------------------------------------------------------------- */

static bool is_running(const void *owner)
{
	const struct open_number *number = owner;
	return number_sequence_is_running(number) && number->sequence->send.step != SEND_CONFLICT;
}

static void cancel(struct plain *plain)
{
	struct sequence *sequence = plain->number->sequence;
	if (!number_sequence_is_running(plain->number))
		return;
	if (sequence_can_cancel(sequence))
		sequence_cancel(sequence);
	else
		talk_say(&plain->talk, "The number is out of service until the last step; it "
				       "cannot be cancelled before.");
}

/* SIP can be switched off also where no record of it can be kept. `why`: NULL, it was said. */
static void off_unrecorded_ask(struct plain *plain, const struct err *why)
{
	struct open_number *number = plain->number;
	if (why != NULL)
		talk_error(&plain->talk, why);
	char *question = mem_format("%s %s", BEGIN_OFF_UNRECORDED, BEGIN_OFF_UNRECORDED_TITLE);
	bool is_agreed = plain_agrees(plain, question) && plain_key_have(plain);
	free(question);
	const char *why_not = number_sequence_why_not(number, SEQUENCE_OFF);
	if (!is_agreed || why_not != NULL) {
		talk_say(&plain->talk, "%s", is_agreed ? why_not : "SIP stays on.");
		return;
	}
	number_sequence_off_unrecorded(number);
	plain_send_follow(plain);
}

/* Again and again while it runs. */
static void progress_say(void *owner)
{
	struct plain *plain = owner;
	if (!number_sequence_is_running(plain->number))
		return;
	char *words = progress_words(&plain->number->sequence->send);
	if (words[0] != '\0')
		talk_say(&plain->talk, "Under way: %s.", words);
	free(words);
	plain->progress_timer =
		loop_timer_start(&plain->app->loop, PROGRESS_MS, progress_say, plain);
}

void plain_send_follow(struct plain *plain)
{
	struct open_number *number = plain->number;
	struct sequence *sequence = number->sequence;
	talk_title(&plain->talk, number_sequence_title(sequence->record.kind));
	number_sequence_observe(number, step_told, plain);
	step_told(plain, sequence);
	plain->progress_timer =
		loop_timer_start(&plain->app->loop, PROGRESS_MS, progress_say, plain);
	while (number_sequence_is_running(number) && !plain->talk.must_end) {
		if (sequence->send.step == SEND_CONFLICT &&
		    plain_conflict_settle(plain, &sequence->send.merge))
			send_resolve(&sequence->send);
		else if (sequence->send.step == SEND_CONFLICT)
			send_cancel(&sequence->send);
		else if (!talk_wait(&plain->talk, is_running, number))
			cancel(plain);
	}
	loop_timer_stop(&plain->app->loop, &plain->progress_timer);
	number_sequence_observe(number, NULL, NULL);
	if (number_sequence_is_running(number))
		return; /* sipdesk is ended from outside; the next start settles it */
	outcome_say(plain, sequence);
	plain_reading_settle(plain);
	if (number->left_open != NULL)
		talk_say(&plain->talk, "It stopped half-way: settle decides what becomes of it. "
				       "Nothing else is changed before.");
	plain_undo_explain(plain);
	if (outcome_is_off_unsent(sequence))
		off_unrecorded_ask(plain, NULL);
}

void plain_under_way(struct plain *plain)
{
	const struct open_number *number = plain->number;
	if (number_sequence_is_running(number))
		plain_send_follow(plain);
	else if (number->left_open != NULL)
		plain_settle(plain);
	else if (number->sequence != NULL)
		outcome_say(plain, number->sequence);
	else
		talk_say(&plain->talk,
			 "Nothing was sent in this session; history says what was sent before.");
}

/* --- beginning -------------------------------------------------------------------------------- */

void plain_sequence_begin(struct plain *plain, enum sequence_kind kind,
			  const struct calling_values *mine, bool with_undo)
{
	struct open_number *number = plain->number;
	struct err err;
	if (!plain_key_have(plain))
		return;
	/* It may have been read meanwhile. */
	const char *why = number_sequence_why_not(number, kind);
	if (why != NULL)
		talk_say(&plain->talk, "%s", why);
	else if (number_sequence_start(number, kind, mine, with_undo, &err))
		plain_send_follow(plain);
	else if (kind == SEQUENCE_OFF)
		off_unrecorded_ask(plain, &err);
	else
		talk_error(&plain->talk, &err);
}

/* --- the draft -------------------------------------------------------------------------------- */

static const char *why_not(const struct plain *plain)
{
	const struct open_number *number = plain->number;
	if (plain_why_not_editable(plain) != NULL)
		return plain_why_not_editable(plain);
	if (number->changed_count == 0)
		return "Nothing was changed yet: there is nothing to send.";
	if (findings_count(&number->findings, SEVERITY_FAILURE) > 0)
		return "It cannot be sent before what is wrong is settled.";
	return number_sequence_why_not(number, SEQUENCE_SEND);
}

static bool send_is_agreed(struct plain *plain, bool *with_undo)
{
	const struct open_number *number = plain->number;
	if (number_undo_is_offered(&number->settings.values, &number->draft.mine) &&
	    !plain_undo_offer(plain, with_undo))
		return false;
	char *target = plain_target_words(plain);
	char *question = mem_format("Send exactly this to %s?", target);
	bool is_agreed = plain_agrees(plain, question);
	free(question);
	free(target);
	return is_agreed;
}

void plain_send(struct plain *plain)
{
	struct open_number *number = plain->number;
	struct talk *talk = &plain->talk;
	bool with_undo = false;
	if (number->changed_count > 0)
		plain_review_say(plain);
	if (why_not(plain) != NULL)
		talk_say(talk, "%s", why_not(plain));
	else if (send_is_agreed(plain, &with_undo))
		plain_sequence_begin(plain, SEQUENCE_SEND, &number->draft.mine, with_undo);
	else
		talk_say(talk, "Nothing was sent; your changes are kept.");
}
