#include "ui/plain/undo.h"

#include "base/mem.h"
#include "ui/app/number_undo.h"
#include "ui/plain/sending.h"

#include <stdlib.h>

enum { MINUTE_S = 60 };

bool plain_undo_offer(struct plain *plain, bool *is_wanted)
{
	struct talk *talk = &plain->talk;
	unsigned generation = plain->number->generation;
	talk_title(talk, "Timed undo");
	talk_say(talk, "%s", NUMBER_UNDO_MEANING);
	*is_wanted = plain_agrees(plain, "Undo it by itself after 5 minutes, unless you keep it?");
	return !talk->is_interrupted && !talk->is_over && plain->number->generation == generation;
}

/* "4 minutes 12 seconds"; caller frees. */
static char *duration_words(int seconds)
{
	int minutes = seconds / MINUTE_S;
	int rest = seconds % MINUTE_S;
	struct str words;
	str_init(&words);
	if (minutes > 0)
		str_addf(&words, "%d minute%s", minutes, minutes == 1 ? "" : "s");
	if (minutes > 0 && rest > 0)
		str_add_char(&words, ' ');
	if (minutes == 0 || rest > 0)
		str_addf(&words, "%d second%s", rest, rest == 1 ? "" : "s");
	return str_detach(&words);
}

void plain_undo_explain(struct plain *plain)
{
	if (number_undo_is_pending(plain->number))
		talk_say(&plain->talk,
			 "The former settings are written back by themselves unless you type keep, "
			 "which keeps the new ones; undo now writes them back at once.");
}

void plain_undo_tell(struct plain *plain)
{
	for (const struct open_number *number = plain->app->open; number != NULL;
	     number = number->next) {
		if (!number_undo_is_pending(number))
			continue;
		char *left = duration_words(number_undo_seconds(number));
		talk_say(&plain->talk, "Timed undo of %s in %s.", number->label, left);
		free(left);
	}
}

void plain_undo_keep(struct plain *plain)
{
	const char *why = number_undo_why_not(plain->number);
	if (why != NULL)
		talk_say(&plain->talk, "%s", why);
	else
		number_undo_keep(plain->number); /* its notice says it */
}

void plain_undo_now(struct plain *plain)
{
	const char *why = number_undo_why_not(plain->number);
	if (why != NULL)
		talk_say(&plain->talk, "%s", why);
	else if (number_undo_now(plain->number))
		plain_send_follow(plain);
}
