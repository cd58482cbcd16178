#include "ui/screens/screens.h"

#include "base/clock.h"
#include "base/mem.h"
#include "ui/app/draft_keeper.h"
#include "ui/widgets/box.h"

#include <stdlib.h>

enum { CONTINUE, COMPARE, DISCARD };

static void lines_write(struct str *out, const char *title, const char *none,
			const struct calling_values *from, const struct calling_values *to)
{
	struct change_lines lines = { 0 };
	change_lines_compute(from, to, &lines);
	str_addf(out, "%s\n\n", title);
	for (size_t i = 0; i < lines.count; i++) {
		const struct change_line *line = &lines.items[i];
		str_addf(out, "  %s\n    %s → %s\n", line->label,
			 line->old_text == NULL ? "none" : line->old_text,
			 line->new_text == NULL ? "none" : line->new_text);
	}
	if (lines.count == 0)
		str_addf(out, "  %s\n", none);
	str_add_char(out, '\n');
	change_lines_release(&lines);
}

static void compare_show(struct open_number *number)
{
	struct str text;
	str_init(&text);
	lines_write(&text, "Your changes, not sent", "None.", &number->settings.values,
		    &number->draft.mine);
	lines_write(&text, "What the service shows other than then", "Nothing has changed there.",
		    &number->settings.values, &number->incoming.values);
	str_add(&text, "Continue puts your changes on top of what the service shows. Where both "
		       "changed one setting you choose.\n");
	app_push(number->app, screen_page_new(number->app, number->label, "Compare", text.bytes));
	str_release(&text);
}

static void answered(void *owner, int choice)
{
	struct open_number *number = owner;
	number->asks_about_draft = false;
	if (choice == COMPARE) {
		screen_draft_found_ask(number); /* again below the page, for when that is left */
		compare_show(number);
	} else if (choice == DISCARD) {
		open_number_found_discard(number);
	} else {
		open_number_found_continue(number); /* also on Esc: nothing is lost by it */
	}
}

static size_t line_count(const struct calling_values *from, const struct calling_values *to)
{
	struct change_lines lines = { 0 };
	change_lines_compute(from, to, &lines);
	size_t count = lines.count;
	change_lines_release(&lines);
	return count;
}

void screen_draft_found_ask(struct open_number *number)
{
	static const struct box_choice answers[] = {
		[CONTINUE] = { .label = "Continue with them", .key = 'c' },
		[COMPARE] = { .label = "Compare with what the service shows", .key = 'm' },
		[DISCARD] = { .label = "Discard them", .key = 'd' },
	};
	struct app *app = number->app;
	char time[CLOCK_TEXT_SIZE];
	size_t theirs = line_count(&number->settings.values, &number->incoming.values);
	char *moved = theirs == 0 ? mem_text("The service still shows what it showed then.")
				  : mem_format("The service shows %zu other setting%s since.",
					       theirs, theirs == 1 ? "" : "s");
	char *sentence =
		mem_format("%zu change%s to %s from %s %s not sent. %s", number->changed_count,
			   number->changed_count == 1 ? "" : "s", number->label,
			   clock_day_minute(draft_keeper_found_at(number), time),
			   number->changed_count == 1 ? "was" : "were", moved);
	app_push(app, box_new(app, "Unsent changes", sentence, answers, ARRAY_LENGTH(answers),
			      CONTINUE, true, answered, number));
	number->asks_about_draft = true;
	free(sentence);
	free(moved);
}
