#include "ui/screens/screens.h"

#include "base/mem.h"
#include "ui/term/draw.h"
#include "ui/widgets/frame.h"
#include "ui/widgets/secret_edit.h"

#include <stdlib.h>

enum { KEY_ROW = 4, KEY_COLUMN = 16 };

struct screen_key {
	struct screen screen;
	struct open_number *number;
	struct secret typed;
};

static struct screen_key *self_of(struct screen *screen)
{
	return (struct screen_key *)screen;
}

static void key_draw(struct screen *screen, struct term *term)
{
	struct screen_key *self = self_of(screen);
	char *sentence = mem_format("Type or paste the API key of %s. It is sent to %s and nowhere "
				    "else, and kept for this session only.",
				    self->number->label, self->number->endpoint.api_url);
	screen_header(term, self->number, "API key", NULL);
	draw_rule(term, frame_body_row(term), NULL);
	(void)draw_text(term, KEY_ROW, 3, KEY_COLUMN - 3, STYLE_NORMAL, "API key");
	secret_edit_draw(&self->typed, term, KEY_ROW, KEY_COLUMN, term->columns - KEY_COLUMN - 1,
			 true);
	screen_help_lines(screen, term, STYLE_NORMAL, sentence);
	free(sentence);
}

static bool key_event(struct screen *screen, const struct input_event *event)
{
	return secret_edit_event(&self_of(screen)->typed, event);
}

static void key_accept(struct screen *screen)
{
	struct screen_key *self = self_of(screen);
	struct app *app = screen->app;
	struct open_number *number = self->number;
	struct err err;
	if (!secret_tidy_key(&self->typed, &err) ||
	    !secret_copy(&number->endpoint.key, &self->typed, &err)) {
		app_notice(app, "%s", err.sentence);
		return;
	}
	app_pop(app);
	if (app->top->ops->context != CONTEXT_SETTINGS)
		app_push(app, screen_settings_new(app, number));
	open_number_read(number); /* the key is tried */
}

static void key_act(struct screen *screen, enum action_id action)
{
	if (action == ACTION_OPEN)
		key_accept(screen);
	else if (action == ACTION_BACK)
		app_pop(screen->app);
}

static bool key_has_text_focus(struct screen *screen)
{
	(void)screen;
	return true;
}

static void key_release(struct screen *screen)
{
	secret_release(&self_of(screen)->typed);
	free(screen);
}

static const struct screen_ops KEY_OPS = {
	.context = CONTEXT_NUMBER_ADD,
	.title = "API key",
	.help = "The key is the number: whoever has it can change the number's settings. It is not "
		"shown while you type, only counted; blanks, line ends and a leading D360-API-KEY: "
		"are "
		"taken off. Enter tries it at once by reading the settings.",
	.draw = key_draw,
	.event = key_event,
	.act = key_act,
	.has_text_focus = key_has_text_focus,
	.release = key_release,
};

struct screen *screen_key_new(struct app *app, struct open_number *number)
{
	struct screen_key *self = screen_new(app, sizeof *self, &KEY_OPS);
	self->number = number;
	secret_init(&self->typed);
	return &self->screen;
}
