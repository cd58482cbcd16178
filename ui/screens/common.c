#include "ui/screens/screens.h"

#include "base/mem.h"
#include "ui/term/draw.h"
#include "ui/widgets/box.h"
#include "ui/widgets/frame.h"

void screen_header(struct term *term, const struct open_number *number, const char *part,
		   const char *right)
{
	const char *parts[] = { "sipdesk", number->label, part, NULL };
	frame_header(term, parts, right);
}

void screen_help_lines(struct screen *screen, struct term *term, enum style style,
		       const char *sentence)
{
	if (screen->app->notice != NULL)
		frame_help(term, STYLE_WARNING, screen->app->notice);
	else
		frame_help(term, style, sentence == NULL ? "" : sentence);
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

static bool is_sending(const struct app *app)
{
	for (struct screen *screen = app->top; screen != NULL; screen = screen->below)
		if (screen->ops->is_busy != NULL && screen->ops->is_busy(screen))
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
	for (struct open_number *number = app->open; number != NULL; number = number->next)
		if (number->changed_count > 0) {
			drafts++;
			label = number->label;
		}
	bool sending = is_sending(app);
	if (drafts == 0 && !sending) {
		app_end(app, 0);
		return;
	}
	str_init(&sentence);
	if (sending)
		str_add(&sentence, "A send is under way: its outcome would not be read back. ");
	if (drafts == 1)
		str_addf(&sentence, "The changes to %s were not sent and would be lost.", label);
	else if (drafts > 1)
		str_addf(&sentence, "The changes to %zu numbers were not sent and would be lost.",
			 drafts);
	app_push(app, box_new(app, "Leave sipdesk?", sentence.bytes, answers, ARRAY_LENGTH(answers),
			      1, true, leave_answered, app));
	str_release(&sentence);
}
