#include "ui/plain/find.h"

#include "base/mem.h"
#include "calling/fields.h"
#include "ui/app/field_finder.h"

#include <stdlib.h>

enum { HELPED_MAX = 5 /* matches up to which each is said with its help */ };

static void matches_say(struct plain *plain, const struct field_matches *matches)
{
	bool is_helped = matches->count <= HELPED_MAX;
	for (size_t i = 0; i < matches->count; i++) {
		const struct field_match *match = &matches->items[i];
		char *words =
			mem_format("%s, %s%s%s", match->label, match->path, is_helped ? ". " : "",
				   is_helped ? field_of(match->ref.field)->help : "");
		talk_row(&plain->talk, i + 1, words);
		free(words);
	}
}

bool plain_find(struct plain *plain, const char *wanted, struct field_ref *chosen)
{
	struct talk *talk = &plain->talk;
	struct field_matches matches = { 0 };
	int choice = -1;
	char *typed =
		wanted != NULL
			? mem_text(wanted)
			: plain_ask(plain, "Part of a label, a help sentence or a JSON path: ");
	if (typed == NULL || typed[0] == '\0') {
		free(typed);
		return false;
	}
	field_matches_find(&matches, plain->number, typed);
	talk_title(talk, "Find a field");
	matches_say(plain, &matches);
	if (matches.count == 0)
		talk_say(talk, "No field has that in its label, help or JSON path.");
	else
		choice = plain_choose(
			plain, "Number of the field, or an empty line to go back: ", matches.count);
	if (choice >= 0)
		*chosen = matches.items[choice].ref;
	field_matches_release(&matches);
	free(typed);
	return choice >= 0;
}
