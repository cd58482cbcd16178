#include "ui/plain/settle.h"

#include "base/mem.h"
#include "ui/app/number_sequence.h"
#include "ui/app/settle_words.h"
#include "ui/plain/review.h"
#include "ui/plain/sending.h"

#include <stdlib.h>

static void left_open_say(struct plain *plain)
{
	struct talk *talk = &plain->talk;
	const struct open_number *number = plain->number;
	const struct sequence_record *open = number->left_open;
	char *began = settle_began_words(open);
	talk_title(talk, "Left half-done");
	talk_say(talk, "%s", began);
	free(began);
	if (!number->has_settings)
		return;
	char *now = calls_now(&number->settings.values);
	talk_say(talk, "%s", now);
	free(now);
	talk_title(talk, "Changed since before it");
	plain_lines_say(plain, &open->before.values, &number->settings.values,
			"Nothing: the service shows what it showed before.");
	talk_title(talk, "Missing of what was wanted");
	plain_lines_say(plain, &number->settings.values, &open->goals[open->goal_count - 1].mine,
			"Nothing: the service shows all of it.");
}

static void settle(struct plain *plain, enum settle_way way)
{
	struct open_number *number = plain->number;
	struct talk *talk = &plain->talk;
	struct err err;
	if (way == SETTLE_LEAVE) {
		if (number_sequence_leave(number, &err))
			talk_say(talk, "It is left as it is, and not asked again.");
		else
			talk_error(talk, &err);
	} else if (number->is_read_only) {
		talk_say(talk, "%s", ENDPOINT_READ_ONLY);
	} else if (plain_key_have(plain)) {
		if (number_sequence_settle(
			    number, way == SETTLE_UNDO ? SEQUENCE_UNDO : SEQUENCE_FINISH, &err))
			plain_send_follow(plain);
		else
			talk_error(talk, &err);
	}
}

void plain_settle(struct plain *plain)
{
	struct open_number *number = plain->number;
	if (number->left_open == NULL) {
		talk_say(&plain->talk, "Nothing was left half-done on this number.");
		return;
	}
	left_open_say(plain);
	talk_title(&plain->talk, "Settle it");
	for (size_t way = 0; way < SETTLE_WAYS; way++)
		talk_row(&plain->talk, way + 1,
			 settle_words(number->left_open, (enum settle_way)way));
	int way = talk_decide(
		&plain->talk,
		"Number of your choice, or an empty line to decide later: ", SETTLE_WAYS);
	if (way >= 0)
		settle(plain, (enum settle_way)way);
}
