#include "ui/plain/begin.h"

#include "base/mem.h"
#include "base/text.h"
#include "calling/changes.h"
#include "calling/fields.h"
#include "ui/app/begin_words.h"
#include "ui/app/number_sequence.h"
#include "ui/plain/review.h"
#include "ui/plain/sending.h"
#include "ui/plain/undo.h"

#include <stdlib.h>

/* --- what is going to be done ----------------------------------------------------------------- */

static void switch_say(struct plain *plain, enum sequence_kind kind)
{
	const struct open_number *number = plain->number;
	const struct calling_settings *base = &number->settings;
	struct calling_values mine;
	number_sequence_wanted(number, kind, &mine);
	plain_lines_say(plain, &base->values, &mine, "Nothing is changed.");
	plain_consequences_say(plain, &base->values, &mine);
	if (number->changed_count > 0)
		talk_say(&plain->talk, "%s", BEGIN_CHANGES_STAY);
	plain_plan_say(plain, base, &mine);
	values_release(&mine);
}

static void reset_say(struct plain *plain)
{
	const struct calling_values *base = &plain->number->settings.values;
	const struct sip_server *server = values_first_server(base);
	struct talk *talk = &plain->talk;
	talk_title(talk, "What this means");
	for (size_t i = 0; i < BEGIN_RESET_MEANINGS; i++)
		talk_say(talk, "%s", BEGIN_RESET_MEANING_WORDS[i]);
	talk_title(talk, "Steps");
	for (size_t i = 0; i < BEGIN_RESET_STEPS; i++)
		talk_say(talk, "%s", BEGIN_RESET_STEP_WORDS[i]);
	talk_title(talk, "Brought back as it is now");
	if (server != NULL) {
		struct str summary;
		str_init(&summary);
		server_summary(server, &summary);
		talk_say(talk, "%s: %s", field_of(FIELD_SIP_SERVERS)->label, summary.bytes);
		str_release(&summary);
	}
	talk_say(talk, "%s: %s", field_of(FIELD_SRTP)->label,
		 values_srtp_is_sdes(base) ? "SDES" : "DTLS");
}

/* --- agreed ----------------------------------------------------------------------------------- */

static bool switch_is_agreed(struct plain *plain, enum sequence_kind kind, bool *with_undo)
{
	if (kind == SEQUENCE_ON && !plain_undo_offer(plain, with_undo))
		return false;
	char *target = plain_target_words(plain);
	char *question =
		mem_format("%s for %s? y does exactly this, at once.", begin_label(kind), target);
	bool is_agreed = plain_agrees(plain, question);
	free(question);
	free(target);
	return is_agreed;
}

static bool reset_is_agreed(struct plain *plain)
{
	char *word = begin_reset_word(plain->number);
	char *question = begin_reset_question(plain->number);
	talk_title(&plain->talk, BEGIN_RESET_TITLE);
	char *typed = plain_ask(plain, question);
	bool is_agreed = typed != NULL && text_equal_nocase(typed, word);
	if (typed != NULL && !is_agreed)
		talk_say(&plain->talk, "That is not %s.", word);
	free(typed);
	free(question);
	free(word);
	return is_agreed;
}

void plain_begin(struct plain *plain, enum sequence_kind kind)
{
	struct open_number *number = plain->number;
	struct talk *talk = &plain->talk;
	bool is_reset = kind == SEQUENCE_RESET_PASSWORD;
	bool with_undo = false;
	const char *why = number_sequence_why_not(number, kind);
	if (why != NULL) {
		talk_say(talk, "%s", why);
		return;
	}
	talk_title(talk, number_sequence_title(kind));
	if (is_reset)
		reset_say(plain);
	else
		switch_say(plain, kind);
	if (is_reset ? !reset_is_agreed(plain) : !switch_is_agreed(plain, kind, &with_undo)) {
		talk_say(talk, "Nothing was begun.");
		return;
	}
	struct calling_values mine;
	number_sequence_wanted(number, kind, &mine);
	plain_sequence_begin(plain, kind, &mine, with_undo);
	values_release(&mine);
}
