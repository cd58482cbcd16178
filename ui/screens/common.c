#include "ui/screens/screens.h"

#include "base/mem.h"
#include "ui/app/draft_keeper.h"
#include "ui/app/leave_words.h"
#include "ui/app/number_undo.h"
#include "ui/term/draw.h"
#include "ui/widgets/box.h"
#include "ui/widgets/frame.h"

#include <stdlib.h>

void screen_header(struct term *term, const struct open_number *number, const char *part,
		   const char *right)
{
	const char *parts[] = { "sipdesk", number->label, part, NULL };
	if (!number_undo_is_pending(number)) {
		frame_header(term, parts, right);
		return;
	}
	char *left = number_undo_left(number);
	char *both = mem_format("undo in %s%s%s", left, right == NULL ? "" : "   ",
				right == NULL ? "" : right);
	frame_header(term, parts, both);
	free(both);
	free(left);
}

void screen_help_lines(struct screen *screen, struct term *term, enum style style,
		       const char *sentence)
{
	if (screen->app->notice != NULL)
		frame_help(term, STYLE_WARNING, screen->app->notice);
	else
		frame_help(term, style, sentence == NULL ? "" : sentence);
}

void screen_form_draw(struct screen *screen, struct form *form, const struct form_help *help,
		      struct term *term, int row, int rows)
{
	screen_help_lines(screen, term, help->style,
			  form_help_is_beside(term) ? NULL : help->sentence);
	form_help_draw(help, form, term, row, rows);
	form_draw(form, term, row, rows);
}

void screen_error_write(const struct err *err, struct str *out)
{
	str_add(out, err->sentence);
	if (err->words[0] != '\0')
		str_addf(out, "\n\nThe service's own words: %s", err->words);
	if (err->next_step[0] != '\0')
		str_addf(out, "\n\n%s", err->next_step);
}

static void leave_answered(void *owner, int choice)
{
	if (choice == 0)
		app_end(owner, 0);
}

static bool has_unsaved(const struct app *app)
{
	for (struct screen *screen = app->top; screen != NULL; screen = screen->below)
		if (screen->ops->has_unsaved != NULL && screen->ops->has_unsaved(screen))
			return true;
	return false;
}

void screen_leave_ask(struct app *app)
{
	static const struct box_choice answers[] = {
		{ .label = "Leave", .key = 'y' },
		{ .label = "Stay", .key = 'n' },
	};
	struct str sentence;
	if (app->top->ops->context == CONTEXT_CHOICE)
		return; /* a question is open: it comes first */
	size_t drafts = 0;
	const char *label = NULL;
	struct err err;
	err_init(&err);
	for (struct open_number *number = app->open; number != NULL; number = number->next)
		if (number->changed_count > 0 && !draft_keeper_flush(number, &err)) {
			drafts++;
			label = number->label;
		}
	str_init(&sentence);
	leave_under_way_write(app, &sentence);
	if (has_unsaved(app))
		str_add(&sentence, "The number you are typing in is not saved. ");
	if (drafts == 0 && sentence.length == 0) {
		str_release(&sentence);
		app_end(app, 0);
		return;
	}
	if (app->curtain != NULL) {
		app_notice(app, "Unlock sipdesk first: leaving now would lose something.");
		str_release(&sentence);
		return;
	}
	if (drafts == 1)
		str_addf(&sentence, "The changes to %s were not sent and would be lost.", label);
	else if (drafts > 1)
		str_addf(&sentence, "The changes to %zu numbers were not sent and would be lost.",
			 drafts);
	if (err.kind != ERR_NONE)
		str_addf(&sentence, " %s", err.sentence);
	app_push(app, box_new(app, "Leave sipdesk?", sentence.bytes, answers, ARRAY_LENGTH(answers),
			      1, true, leave_answered, app));
	str_release(&sentence);
}
