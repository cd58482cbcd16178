#include "ui/app/leave_words.h"

#include "base/mem.h"
#include "ui/app/number_sequence.h"
#include "ui/app/number_undo.h"

typedef bool is_one_fn(const struct open_number *number);

static bool sends(const struct open_number *number)
{
	return number_sequence_is_running(number) && number->sequence->record.goal_count == 1;
}

static bool is_out_of_service(const struct open_number *number)
{
	return number_sequence_is_running(number) && number->sequence->record.goal_count > 1;
}

/* "Acme", "Acme and 2 more"; empty: none. */
static void names_write(const struct app *app, is_one_fn *is_one, struct str *out)
{
	size_t count = 0;
	str_init(out);
	for (const struct open_number *number = app->open; number != NULL; number = number->next)
		if (is_one(number) && ++count == 1)
			str_add(out, number->label);
	if (count > 1)
		str_addf(out, " and %zu more", count - 1);
}

void leave_under_way_write(const struct app *app, struct str *out)
{
	static const struct {
		is_one_fn *is_one;
		const char *before, *after;
	} cases[] = {
		{ sends, "A send to ", " is under way: its outcome would not be read back. " },
		{ is_out_of_service, "Out of service for a password reset: ",
		  ". It would stay so until the next start brings it back. " },
		{ number_undo_is_pending, "A timed undo waits for ",
		  ": it would not happen by itself, but be offered by the next start. " },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct str names;
		names_write(app, cases[i].is_one, &names);
		if (names.length > 0)
			str_addf(out, "%s%s%s", cases[i].before, names.bytes, cases[i].after);
		str_release(&names);
	}
}
