#include "ui/plain/numbers.h"

#include "base/mem.h"
#include "ui/app/number_list.h"
#include "ui/app/number_status.h"

#include <stdlib.h>

enum { SHOWN_MAX = 20 /* rows; more are found by a part of their name */ };

/* The others are words for themselves. */
static bool is_of_sip(enum number_standing standing)
{
	return standing == STANDING_SDES || standing == STANDING_DTLS ||
	       standing == STANDING_DISABLED;
}

static void row_say(struct plain *plain, size_t place, const struct number *number)
{
	struct number_status status;
	struct str words;
	number_status_of(plain->app, number, &status);
	str_init(&words);
	str_add(&words, number->label);
	if (number->phone_number != NULL)
		str_addf(&words, ", %s", number->phone_number);
	if (status.standing != STANDING_NOT_READ)
		str_addf(&words, ", %s%s", is_of_sip(status.standing) ? "SIP " : "",
			 STANDING_WORDS[status.standing]);
	if (status.check != READING_NOT_CHECKED)
		str_addf(&words, ", check %s", READING_CHECK_WORDS[status.check]);
	if (number->is_read_only)
		str_add(&words, ", read-only");
	if (status.has_draft)
		str_add(&words, ", unsent changes");
	if (number->note != NULL)
		str_addf(&words, ". %s", number->note);
	talk_row(&plain->talk, place, words.bytes);
	str_release(&words);
}

static void list_say(struct plain *plain, const struct number_list *list)
{
	struct talk *talk = &plain->talk;
	talk_title(talk, "Numbers");
	if (list->count == 0) {
		talk_say(talk, "No number is saved yet. sipdesk numbers add saves one: leave, and "
			       "run sipdesk numbers add --help.");
		return;
	}
	if (list->shown_count == 0)
		talk_say(talk, "No number has that in its name, number, tags or note. An empty "
			       "line shows all.");
	for (size_t i = 0; i < list->shown_count && i < SHOWN_MAX; i++)
		row_say(plain, i + 1, number_list_at(list, (int)i));
	if (list->shown_count > SHOWN_MAX)
		talk_say(talk, "And %zu more: type a part of a name.",
			 list->shown_count - SHOWN_MAX);
}

/* Also the answer to F4, which sentences about a number name. */
static void editing_say(struct plain *plain)
{
	talk_say(&plain->talk, "Numbers are added and removed with the command sipdesk numbers. "
			       "What is saved of one is edited on the screens of sipdesk, without "
			       "--plain: F4 in their list of numbers.");
}

static void help_say(struct plain *plain)
{
	talk_say(&plain->talk, "A number of the list opens it. A part of a name, number, tag or "
			       "note shows those that have it; an empty line shows all. leave ends "
			       "sipdesk, as Ctrl-D does.");
	editing_say(plain);
}

/* NULL: it was no choice of a number. */
static const struct number *act(struct plain *plain, struct number_list *list, const char *line)
{
	size_t place;
	size_t count = list->shown_count < SHOWN_MAX ? list->shown_count : SHOWN_MAX;
	if (talk_number(line, count, &place))
		return number_list_at(list, (int)place - 1);
	if (text_equal_nocase(line, "leave") || text_equal_nocase(line, "F10")) {
		plain_leave(plain, false);
	} else if (text_equal_nocase(line, "help") || text_equal(line, "?") ||
		   text_equal_nocase(line, "F1")) {
		help_say(plain);
	} else if (text_equal_nocase(line, "F4")) {
		editing_say(plain);
	} else {
		number_list_find(list, line);
		list_say(plain, list);
	}
	return NULL;
}

const struct number *plain_number_choose(struct plain *plain)
{
	struct number_list list;
	const struct number *chosen = NULL;
	number_list_init(&list, plain->app);
	(void)number_list_follow(&list);
	list_say(plain, &list);
	while (chosen == NULL && !plain->is_leaving) {
		char *line = talk_ask(&plain->talk, "Number, or a part of its name: ");
		if (line == NULL)
			plain_leave(plain, true);
		else
			chosen = act(plain, &list, line);
		free(line);
	}
	number_list_release(&list);
	return chosen;
}
