#include "ui/plain/sending.h"

#include "base/mem.h"
#include "ui/app/number_sequence.h"
#include "ui/app/outcome_words.h"
#include "ui/plain/conflict.h"
#include "ui/plain/review.h"

#include <stdlib.h>

/* --- steps ------------------------------------------------------------------------------------ */

/* Told once a step has begun. */
static void step_told(void *owner, struct sequence *sequence)
{
	struct plain *plain = owner;
	struct talk *talk = &plain->talk;
	const struct send *send = &sequence->send;
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

static void outcome_say(struct plain *plain, const struct sequence *sequence)
{
	struct talk *talk = &plain->talk;
	const struct send *send = &sequence->send;
	talk_title(talk, "Outcome");
	if (outcome_needed_nothing(sequence)) {
		talk_say(talk, "Nothing had to be written: the service shows what was wanted.");
		return;
	}
	const char *meaning = outcome_meaning(sequence);
	talk_say(talk, "%s", SEND_OUTCOME_WORDS[send->outcome]);
	if (meaning != NULL)
		talk_say(talk, "%s", meaning);
	if (send->repaired)
		talk_say(talk,
			 "The service had reset the SRTP key exchange; it was sent once more.");
	if (send->err.kind != ERR_NONE && send->err.kind != ERR_CANCELLED)
		talk_error(talk, &send->err);
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

void plain_send_follow(struct plain *plain)
{
	struct open_number *number = plain->number;
	struct sequence *sequence = number->sequence;
	number_sequence_observe(number, step_told, plain);
	step_told(plain, sequence);
	while (number_sequence_is_running(number) && !plain->talk.must_end) {
		if (sequence->send.step == SEND_CONFLICT &&
		    plain_conflict_settle(plain, &sequence->send.merge))
			send_resolve(&sequence->send);
		else if (sequence->send.step == SEND_CONFLICT)
			send_cancel(&sequence->send);
		else if (!talk_wait(&plain->talk, is_running, number))
			cancel(plain);
	}
	number_sequence_observe(number, NULL, NULL);
	if (number_sequence_is_running(number))
		return; /* sipdesk is ended from outside; the next start settles it */
	outcome_say(plain, sequence);
	plain_reading_settle(plain);
	if (number->left_open != NULL)
		talk_say(&plain->talk, "It stopped half-way: settle decides what becomes of it. "
				       "Nothing else is changed before.");
}

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

void plain_send(struct plain *plain)
{
	struct open_number *number = plain->number;
	struct talk *talk = &plain->talk;
	struct err err;
	if (number->changed_count > 0)
		plain_review_say(plain);
	if (why_not(plain) != NULL) {
		talk_say(talk, "%s", why_not(plain));
		return;
	}
	char *question = mem_format("Send exactly this to %s%s%s, %s?", number->label,
				    number->phone_number == NULL ? "" : ", ",
				    number->phone_number == NULL ? "" : number->phone_number,
				    open_number_realm(number));
	bool is_agreed = talk_agrees(talk, question) && plain_key_have(plain);
	free(question);
	if (!is_agreed)
		talk_say(talk, "Nothing was sent; your changes are kept.");
	else if (number_sequence_start(number, SEQUENCE_SEND, &number->draft.mine, false, &err))
		plain_send_follow(plain);
	else
		talk_error(talk, &err);
}
