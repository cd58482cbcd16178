#include "ui/screens/screens.h"

#include "base/mem.h"
#include "ui/screens/change_rows.h"
#include "ui/widgets/frame.h"

#include <stdlib.h>

/* What differs from one set of settings to another; nothing can be done to them here. */
struct screen_differences {
	struct screen screen;
	struct open_number *number;
	char *from_words;
	char *to_words;
	struct change_lines lines;
	struct form form;
};

static struct screen_differences *self_of(struct screen *screen)
{
	return (struct screen_differences *)screen;
}

static void rows_fill(struct screen_differences *self)
{
	const struct term *term = &self->screen.app->term;
	int columns = form_sentence_columns(term);
	char *from = mem_format("From  %s", self->from_words);
	char *to = mem_format("To    %s", self->to_words);
	form_begin(&self->form);
	(void)form_add_sentence(&self->form, field_ref_of(FIELD_COUNT), from, columns,
				STYLE_NORMAL);
	(void)form_add_sentence(&self->form, field_ref_of(FIELD_COUNT), to, columns, STYLE_NORMAL);
	(void)form_add(&self->form, FORM_SECTION, "Differences");
	change_rows_add(&self->form, term, &self->lines, false);
	if (self->lines.count == 0)
		(void)form_add_sentence(&self->form, field_ref_of(FIELD_COUNT),
					"None: both are the same in every field that can be set.",
					columns, STYLE_NORMAL);
	form_end(&self->form);
	free(from);
	free(to);
}

static void differences_draw(struct screen *screen, struct term *term)
{
	struct screen_differences *self = self_of(screen);
	int top = frame_body_row(term);
	rows_fill(self);
	screen_header(term, self->number, "Compare", open_number_realm(self->number));
	draw_rule(term, top, NULL);
	draw_cursor(term, top + 1, 0);
	screen_help_lines(screen, term, STYLE_NORMAL,
			  "What cannot be set here is not compared. Esc goes back.");
	form_draw(&self->form, term, top + 1, frame_body_rows(term) - 1);
}

static void differences_act(struct screen *screen, enum action_id action)
{
	struct screen_differences *self = self_of(screen);
	rows_fill(self);
	if (form_act(&self->form, action, frame_body_rows(&screen->app->term) - 1))
		return;
	if (action == ACTION_BACK || action == ACTION_OPEN)
		app_pop(screen->app);
}

static void differences_release(struct screen *screen)
{
	struct screen_differences *self = self_of(screen);
	change_lines_release(&self->lines);
	form_release(&self->form);
	free(self->from_words);
	free(self->to_words);
	free(self);
}

static const struct screen_ops DIFFERENCES_OPS = {
	.context = CONTEXT_FIND,
	.title = "Compare",
	.help = "What differs between the settings of two times: each field with the one and the "
		"other value.",
	.draw = differences_draw,
	.act = differences_act,
	.release = differences_release,
};

struct screen *screen_differences_new(struct app *app, struct open_number *number,
				      const char *from_words, const struct calling_values *from,
				      const char *to_words, const struct calling_values *to)
{
	struct screen_differences *self = screen_new(app, sizeof *self, &DIFFERENCES_OPS);
	self->number = number;
	self->from_words = mem_text(from_words);
	self->to_words = mem_text(to_words);
	change_lines_compute(from, to, &self->lines);
	form_init(&self->form);
	return &self->screen;
}
