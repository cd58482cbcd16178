#include "ui/plain/conflict.h"

#include "base/mem.h"

#include <stdlib.h>

enum { CHOICES = 2 };

static const char *words_of(const char *text)
{
	return text == NULL ? "none" : text;
}

static bool item_ask(struct plain *plain, struct merge_item *item)
{
	static const enum merge_choice choices[CHOICES] = { MERGE_MINE, MERGE_THEIRS };
	struct talk *talk = &plain->talk;
	talk_title(talk, item->label);
	talk_say(talk, "You began from %s.", words_of(item->base_text));
	char *mine = mem_format("Yours: %s", words_of(item->mine_text));
	char *theirs =
		mem_format("Theirs, which the service has now: %s", words_of(item->theirs_text));
	talk_row(talk, 1, mine);
	talk_row(talk, 2, theirs);
	free(mine);
	free(theirs);
	int choice = talk_decide(
		talk, "Number of the value to keep, or an empty line to stop: ", CHOICES);
	if (choice < 0)
		return false;
	item->choice = choices[choice];
	return true;
}

bool plain_conflict_settle(struct plain *plain, struct merge *merge)
{
	size_t count = merge_conflict_count(merge);
	talk_title(&plain->talk, "Conflict");
	talk_say(&plain->talk,
		 "%zu setting%s changed at the service while you were editing. Nothing is sent "
		 "before you have chosen for each.",
		 count, count == 1 ? " was" : "s were");
	for (size_t i = 0; i < merge->count; i++)
		if (merge->items[i].conflict && !item_ask(plain, &merge->items[i]))
			return false;
	return true;
}
