#include "ui/app/outcome_words.h"

const char OUTCOME_NOTHING_NEEDED[] =
	"Nothing had to be written: the service shows what was wanted.";
const char OUTCOME_REPAIRED[] =
	"The service had reset the SRTP key exchange; it was sent once more.";

/* A draft of the person's. */
static const char *send_meaning(const struct send *send)
{
	switch (send->outcome) {
	case SEND_APPLIED:
		return "The number was read back: the service holds exactly what you sent.";
	case SEND_APPLIED_DIFFERENT:
		return "The number was read back, and not all of it is what you sent. What differs "
		       "is "
		       "kept in your draft.";
	case SEND_NOT_APPLIED:
		if (send->err.kind ==
		    ERR_CONFLICT) /* nothing was left to send: its sentence says it */
			return NULL;
		return send->cancelled && !send->writes_begun
			       ? "You cancelled before anything was written. Your draft is kept."
			       : "The service holds what it held before. Your draft is kept.";
	case SEND_UNKNOWN:
		return send->cancelled
			       ? "The write left, and you stopped the reading back. The number is "
				 "marked, your draft is kept, and the next opening reads it first."
			       : "The write left, but the number could not be read back. It is "
				 "marked, "
				 "your draft is kept, and the next opening reads it first.";
	}
	return "";
}

static const char *const APPLIED_MEANINGS[SEQUENCE_KIND_COUNT] = {
	[SEQUENCE_OFF] =
		"The number was read back: SIP is off, and its SIP server is kept. Back on "
		"(n in the calling settings) enables it again.",
	[SEQUENCE_ON] = "The number was read back: SIP is on again, as it was before.",
	[SEQUENCE_MOVE] = "The number was read back: it has the new SIP server. The SIP user "
			  "password may have changed with it: F6 reveals it.",
	[SEQUENCE_RESET_PASSWORD] =
		"The number was read back: it is in service again, with a new SIP user password. "
		"Until your SIP server has it, it cannot place calls: F6 reveals it.",
	[SEQUENCE_FINISH] = "The number was read back: what was left half-done is finished.",
	[SEQUENCE_UNDO] = "The number was read back: it has the settings from before again.",
};

/* Settings moved meanwhile that a reset would have removed. */
static bool has_conflicts(const struct send *send)
{
	return send->cancelled && merge_conflict_count(&send->merge) > 0;
}

static const char *sequence_meaning(const struct sequence *sequence)
{
	const struct send *send = &sequence->send;
	switch (send->outcome) {
	case SEND_APPLIED:
		return sequence->target.is_unrecorded
			       ? "The number was read back: SIP is off, and its SIP server is kept."
			       : APPLIED_MEANINGS[sequence->record.kind];
	case SEND_APPLIED_DIFFERENT:
		return "The number was read back, and not all of it is what was wanted.";
	case SEND_NOT_APPLIED:
		if (send->err.kind == ERR_CONFLICT)
			return NULL;
		if (has_conflicts(send) && !send->writes_begun)
			return "Its settings were changed elsewhere meanwhile, so nothing was "
			       "written. Look at them, then begin anew.";
		return send->cancelled && !send->writes_begun
			       ? "It was cancelled before anything was written."
			       : "The service holds what it held before this step.";
	case SEND_UNKNOWN:
		return "The write left, but the number could not be read back: what it holds is "
		       "not known.";
	}
	return NULL;
}

const char *outcome_meaning(const struct sequence *sequence)
{
	return sequence->record.kind == SEQUENCE_SEND ? send_meaning(&sequence->send)
						      : sequence_meaning(sequence);
}

bool outcome_touches_password(const struct sequence *sequence)
{
	return sequence->settled == SEQUENCE_RESET_PASSWORD || sequence->settled == SEQUENCE_MOVE;
}

static bool is_at_its_goal(const struct sequence *sequence)
{
	return sequence->state == SEQUENCE_DONE &&
	       (sequence->send.outcome == SEND_APPLIED || outcome_needed_nothing(sequence));
}

const char *outcome_addition(const struct sequence *sequence)
{
	bool is_reset = sequence->settled == SEQUENCE_RESET_PASSWORD;
	if (sequence->target.is_unrecorded && sequence->send.outcome != SEND_NOT_APPLIED)
		return "No record of it was kept, so Back on does not know of it: to switch SIP "
		       "on again, enable SIP signalling in its row, and review.";
	if (sequence->settles[0] == '\0' || !is_at_its_goal(sequence) ||
	    !outcome_touches_password(sequence))
		return NULL;
	return is_reset && sequence->record.kind == SEQUENCE_FINISH
		       ? "Its SIP user password is a new one: reveal it, and give it to your SIP "
			 "server's trunk, which cannot place calls until it has it."
		       : "Its SIP user password may have changed: reveal it, and compare it with "
			 "that of your SIP server's trunk.";
}

bool outcome_needed_nothing(const struct sequence *sequence)
{
	return sequence->settles[0] != '\0' && sequence->state == SEQUENCE_DONE &&
	       sequence->send.outcome == SEND_NOT_APPLIED;
}

/* Its first line could not be kept, so nothing was sent; no request fails so. */
bool outcome_is_off_unsent(const struct sequence *sequence)
{
	const struct send *send = &sequence->send;
	return sequence->record.kind == SEQUENCE_OFF && sequence->state == SEQUENCE_DONE &&
	       send->outcome == SEND_NOT_APPLIED && send->err.kind == ERR_IO;
}
