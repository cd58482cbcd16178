#include "ui/screens/screens.h"

#include "base/mem.h"
#include "ui/term/draw.h"
#include "ui/widgets/frame.h"
#include "ui/widgets/secret_edit.h"

#include <stdlib.h>

enum { MARGIN = 3, COLUMN = 16 };

struct screen_key {
	struct screen screen;
	char *label;
	char *sentence;
	struct secret typed;
	key_done_fn *done;
	void *owner;
};

static struct screen_key *self_of(struct screen *screen)
{
	return (struct screen_key *)screen;
}

static void key_draw(struct screen *screen, struct term *term)
{
	struct screen_key *self = self_of(screen);
	const char *parts[] = { "sipdesk", self->label, "API key", NULL };
	frame_header(term, parts, NULL);
	int row = frame_body_row(term) + 1;
	draw_rule(term, row - 1, NULL);
	row += draw_paragraph(term, row, MARGIN, term->columns - 2 * MARGIN,
			      frame_body_rows(term) - 3, STYLE_NORMAL, self->sentence) +
	       1;
	(void)draw_text(term, row, MARGIN, COLUMN - MARGIN, STYLE_NORMAL, "API key");
	secret_edit_draw(&self->typed, term, row, COLUMN, term->columns - COLUMN - 1, true);
	screen_help_lines(screen, term, STYLE_NORMAL,
			  "It is not shown, only counted. Enter tries it.");
}

static bool key_event(struct screen *screen, const struct input_event *event)
{
	return secret_edit_event(&self_of(screen)->typed, event);
}

static void key_act(struct screen *screen, enum action_id action)
{
	struct screen_key *self = self_of(screen);
	struct err err;
	if (action == ACTION_OPEN && !secret_tidy_key(&self->typed, &err))
		app_notice(screen->app, "%s", err.sentence);
	else if (action == ACTION_OPEN)
		self->done(self->owner, &self->typed);
	else if (action == ACTION_BACK)
		self->done(self->owner, NULL);
}

static bool key_has_text_focus(struct screen *screen)
{
	(void)screen;
	return true;
}

static void key_locked(struct screen *screen)
{
	secret_release(&self_of(screen)->typed);
}

static void key_release(struct screen *screen)
{
	struct screen_key *self = self_of(screen);
	keys_screen_gone(screen->app, screen);
	secret_release(&self->typed);
	free(self->label);
	free(self->sentence);
	free(self);
}

static const struct screen_ops KEY_OPS = {
	.context = CONTEXT_SECRET,
	.title = "API key",
	.help = "The key is the number: whoever has it can change the number's settings. It is not "
		"shown while you type, only counted; blanks, line ends and a leading D360-API-KEY: "
		"are "
		"taken off. Enter tries it at once by reading the settings.",
	.draw = key_draw,
	.event = key_event,
	.act = key_act,
	.has_text_focus = key_has_text_focus,
	.locked = key_locked,
	.release = key_release,
};

struct screen *screen_key_new(struct app *app, const char *label, const char *api_url,
			      key_done_fn *done, void *owner)
{
	struct screen_key *self = screen_new(app, sizeof *self, &KEY_OPS);
	self->label = mem_text(label);
	self->sentence = mem_format("Type or paste the API key of %s. It is sent to %s and nowhere "
				    "else, and kept for this session only.",
				    label, api_url);
	secret_init(&self->typed);
	self->done = done;
	self->owner = owner;
	return &self->screen;
}
