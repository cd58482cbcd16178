#include "ui/plain/move.h"

#include "base/mem.h"
#include "calling/changes.h"
#include "calling/fields.h"
#include "ui/app/number_move.h"
#include "ui/app/number_sequence.h"
#include "ui/plain/check.h"
#include "ui/plain/review.h"
#include "ui/plain/sending.h"
#include "ui/plain/undo.h"

#include <stdlib.h>

/* --- where to --------------------------------------------------------------------------------- */

static bool field_ask(struct plain *plain, struct number_move *move, enum field_id field)
{
	const char *absent = field_of(field)->absent;
	char *prompt =
		absent == NULL
			? mem_format("%s of the new SIP server (an empty line: none): ",
				     field_of(field)->label)
			: mem_format("%s (an empty line: %s): ", field_of(field)->label, absent);
	char *text = plain_ask(plain, prompt);
	bool is_answered = text != NULL && (text[0] != '\0' || absent != NULL);
	if (is_answered)
		number_move_enter(move, field, text);
	talk_notice(&plain->talk);
	free(text);
	free(prompt);
	return is_answered;
}

static bool server_ask(struct plain *plain, struct number_move *move)
{
	struct talk *talk = &plain->talk;
	talk_say(talk, "The SIP server that calls are to go to. It is checked before anything is "
		       "sent. A sip: URI, host:port, a link or a JSON sample is understood, too.");
	/* A check that the hostname alone has begun is of another port then. */
	return field_ask(plain, move, FIELD_SERVER_HOSTNAME) &&
	       (move->to.port != NULL || field_ask(plain, move, FIELD_SERVER_PORT));
}

/* --- may it be moved there -------------------------------------------------------------------- */

static bool is_possible(struct plain *plain, const struct number_move *move)
{
	struct findings findings;
	const struct finding *wrong = number_move_objection(move, &findings);
	const char *why = wrong != NULL ? wrong->sentence : number_move_why_not(move);
	if (why != NULL)
		talk_say(&plain->talk, "%s", why);
	findings_release(&findings);
	return why == NULL;
}

static void check_wait(struct plain *plain, const struct number_move *move)
{
	struct tls_check *check = number_move_check(move);
	if (check != NULL)
		plain_check_follow(plain, check);
	else if (move->check_err.kind != ERR_NONE)
		talk_error(&plain->talk, &move->check_err);
}

static bool is_agreed(struct plain *plain, const struct number_move *move, bool *with_undo)
{
	if (!number_move_has_passed(move)) {
		char *check = number_move_check_sentence(move);
		char *question =
			mem_format("%s %s Move all the same?", check, MOVE_UNCHECKED_MEANING);
		bool goes_on = plain_agrees(plain, question);
		free(question);
		free(check);
		if (!goes_on)
			return false;
	}
	if (!plain_undo_offer(plain, with_undo))
		return false;
	char *target = plain_target_words(plain);
	char *question = mem_format("Move %s there?", target);
	bool agrees = plain_agrees(plain, question);
	free(question);
	free(target);
	return agrees;
}

static void changes_say(struct plain *plain, const struct calling_values *mine)
{
	const struct calling_settings *base = &plain->number->settings;
	talk_title(&plain->talk, "What changes");
	plain_lines_say(plain, &base->values, mine, "Nothing is changed.");
	talk_say(&plain->talk, "Parameters and SRTP key exchange are kept unless pasted with it.");
	plain_consequences_say(plain, &base->values, mine);
	plain_plan_say(plain, base, mine);
}

/* The check is waited for, so none runs when it is asked whether it is possible. */
static bool is_settled(struct plain *plain, struct number_move *move, bool *with_undo)
{
	struct calling_values mine;
	if (!server_ask(plain, move))
		return false;
	check_wait(plain, move);
	if (!is_possible(plain, move))
		return false;
	number_move_wanted(move, &mine);
	changes_say(plain, &mine);
	values_release(&mine);
	return is_agreed(plain, move, with_undo);
}

void plain_move(struct plain *plain)
{
	struct number_move move;
	struct calling_values mine;
	bool with_undo = false;
	const char *why = number_sequence_why_not(plain->number, SEQUENCE_MOVE);
	if (why != NULL) {
		talk_say(&plain->talk, "%s", why);
		return;
	}
	number_move_init(&move, plain->number);
	talk_title(&plain->talk, number_sequence_title(SEQUENCE_MOVE));
	if (is_settled(plain, &move, &with_undo)) {
		number_move_wanted(&move, &mine);
		plain_sequence_begin(plain, SEQUENCE_MOVE, &mine, with_undo);
		values_release(&mine);
	} else {
		talk_say(&plain->talk, "Nothing was begun.");
	}
	number_move_release(&move);
}
