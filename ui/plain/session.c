#include "ui/plain/session.h"

#include "base/clock.h"
#include "base/mem.h"
#include "ui/app/draft_keeper.h"
#include "ui/app/leave_words.h"
#include "ui/app/number_sequence.h"
#include "ui/plain/conflict.h"
#include "ui/plain/review.h"

#include <stdlib.h>

bool plain_key_have(struct plain *plain)
{
	struct open_number *number = plain->number;
	struct secret *key = &number->endpoint.key;
	const struct number *saved = numbers_find_id(&plain->app->numbers, number->id);
	/* Removed by another session, it can still be worked on in this one. */
	struct number removed = { .id = number->id,
				  .label = number->label,
				  .api_url = number->endpoint.api_url };
	struct err err;
	if (saved == NULL)
		saved = &removed;
	if (secret_is_set(key) || key_at_hand(plain->app, saved, key) ||
	    target_key_fetch(plain->target, saved, key, &err))
		return true;
	secret_release(key);
	talk_error(&plain->talk, &err);
	return false;
}

char *plain_target_words(const struct plain *plain)
{
	const struct open_number *number = plain->number;
	bool has_phone = number->phone_number != NULL;
	return mem_format("%s%s%s, %s", number->label, has_phone ? ", " : "",
			  has_phone ? number->phone_number : "", open_number_realm(number));
}

const char *plain_why_not_editable(const struct plain *plain)
{
	if (draft_keeper_found_at(plain->number) != 0)
		return "Unsent changes of an earlier session wait for the number to be read: read "
		       "tries again.";
	return open_number_why_not_editable(plain->number);
}

/* --- readings --------------------------------------------------------------------------------- */

static void draft_found_compare(struct plain *plain)
{
	const struct open_number *number = plain->number;
	talk_title(&plain->talk, "Your changes, not sent");
	plain_lines_say(plain, &number->settings.values, &number->draft.mine, "None.");
	talk_title(&plain->talk, "What the service shows other than then");
	plain_lines_say(plain, &number->settings.values, &number->incoming.values,
			"Nothing has changed there.");
	talk_say(&plain->talk,
		 "Continue puts your changes on top of what the service shows. Where both changed "
		 "one setting you choose.");
}

static void draft_found_ask(struct plain *plain)
{
	struct open_number *number = plain->number;
	struct talk *talk = &plain->talk;
	char time[CLOCK_TEXT_SIZE];
	talk_title(talk, "Unsent changes");
	talk_say(talk, "%zu change%s to %s from %s %s not sent.", number->changed_count,
		 number->changed_count == 1 ? "" : "s", number->label,
		 clock_day_minute(draft_keeper_found_at(number), time),
		 number->changed_count == 1 ? "was" : "were");
	draft_found_compare(plain);
	talk_row(talk, 1, "Continue with them");
	talk_row(talk, 2, "Discard them");
	/* Without an answer nothing is lost. */
	if (talk_decide(talk, "Number of your choice: ", 2) == 1)
		open_number_found_discard(number);
	else
		open_number_found_continue(number);
}

void plain_reading_settle(struct plain *plain)
{
	struct open_number *number = plain->number;
	if (draft_keeper_found_at(number) != 0 && number->has_incoming)
		draft_found_ask(plain);
	if (number->merge == NULL)
		return;
	if (plain_conflict_settle(plain, number->merge)) {
		open_number_merged(number);
		talk_say(&plain->talk, "Your changes now stand on the newer settings.");
	} else {
		open_number_merge_drop(number);
		talk_say(&plain->talk,
			 "Nothing was chosen: the newer settings were not taken over yet.");
	}
}

static bool is_reading(const void *owner)
{
	const struct open_number *number = owner;
	return number->state == NUMBER_READING;
}

void plain_read(struct plain *plain)
{
	struct open_number *number = plain->number;
	struct talk *talk = &plain->talk;
	if (number_sequence_is_running(number) || !plain_key_have(plain))
		return;
	talk_say(talk, "Reading the calling settings of %s from %s.", number->label,
		 open_number_provider(number));
	open_number_read(number);
	if (!talk_wait(talk, is_reading, number)) {
		open_number_read_cancel(number);
		talk_say(talk, "The reading was cancelled. Nothing was changed.");
		return;
	}
	if (number->state == NUMBER_FAILED && !number->has_settings) /* else it was a notice */
		talk_error(talk, &number->read_error);
	plain_reading_settle(plain);
	talk_notice(talk);
}

/* --- questions -------------------------------------------------------------------------------- */

static bool has_moved(struct plain *plain, unsigned since)
{
	bool moved = plain->number->generation != since;
	if (moved)
		talk_say(&plain->talk, "The settings have changed while the question stood, so "
				       "nothing was done: list says them.");
	return moved;
}

char *plain_ask(struct plain *plain, const char *prompt)
{
	unsigned generation = plain->number->generation;
	char *answer = talk_ask(&plain->talk, prompt);
	if (answer != NULL && has_moved(plain, generation)) {
		free(answer);
		return NULL;
	}
	return answer;
}

int plain_choose(struct plain *plain, const char *prompt, size_t count)
{
	unsigned generation = plain->number->generation;
	int choice = talk_choose(&plain->talk, prompt, count);
	return choice >= 0 && has_moved(plain, generation) ? -1 : choice;
}

bool plain_agrees(struct plain *plain, const char *question)
{
	unsigned generation = plain->number->generation;
	return talk_agrees(&plain->talk, question) && !has_moved(plain, generation);
}

/* --- leaving ---------------------------------------------------------------------------------- */

/* What would be lost, in sentences; "" where nothing would. Caller frees. */
static char *losses(const struct plain *plain)
{
	struct str out;
	struct err err;
	str_init(&out);
	leave_under_way_write(plain->app, &out);
	for (struct open_number *number = plain->app->open; number != NULL; number = number->next) {
		if (number->changed_count == 0)
			continue;
		err_init(&err);
		if (draft_keeper_flush(number, &err))
			continue;
		str_addf(&out, "The changes to %s were not sent and are not kept. ", number->label);
		if (err.kind != ERR_NONE)
			str_addf(&out, "%s ", err.sentence);
	}
	return str_detach(&out);
}

void plain_leave(struct plain *plain, bool is_asked)
{
	char *lost = losses(plain);
	bool is_lost = lost[0] != '\0';
	if (plain->talk.is_over && is_lost)
		talk_say(&plain->talk, "%s", lost);
	if (!plain->talk.is_over && (is_asked || is_lost)) {
		char *question = mem_format("%sLeave sipdesk?", lost);
		plain->is_leaving = talk_agrees(&plain->talk, question);
		free(question);
	} else {
		plain->is_leaving = true;
	}
	free(lost);
}
