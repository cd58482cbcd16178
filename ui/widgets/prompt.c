#include "ui/widgets/prompt.h"

#include "base/mem.h"
#include "ui/app/app.h"
#include "ui/widgets/box_frame.h"
#include "ui/widgets/text_edit.h"

#include <stdlib.h>

struct prompt {
	struct screen screen;
	char *title;
	char *sentence;
	struct text_edit edit;
	prompt_done_fn *done;
	void *owner;
};

static struct prompt *self_of(struct screen *screen)
{
	return (struct prompt *)screen;
}

static void prompt_draw(struct screen *screen, struct term *term)
{
	struct prompt *self = self_of(screen);
	int width = box_frame_columns(term);
	int rows = box_frame_sentence_rows(term, self->sentence, 2);
	struct box_place place = box_frame_draw(term, self->title, rows + 2);
	(void)draw_paragraph(term, place.row, place.column, width, rows, STYLE_NORMAL,
			     self->sentence);
	text_edit_draw(&self->edit, term, place.row + rows + 1, place.column, width);
}

static bool prompt_event(struct screen *screen, const struct input_event *event)
{
	struct prompt *self = self_of(screen);
	enum text_edit_result result =
		event->kind == INPUT_PASTE
			? text_edit_paste(&self->edit, event->text, event->length, NULL)
			: text_edit_key(&self->edit, event->key);
	return result != TEXT_EDIT_IGNORED;
}

static void prompt_act(struct screen *screen, enum action_id action)
{
	struct prompt *self = self_of(screen);
	if (action != ACTION_OPEN && action != ACTION_BACK)
		return;
	prompt_done_fn *done = self->done;
	void *owner = self->owner;
	char *text = action == ACTION_OPEN ? mem_text(text_edit_text(&self->edit)) : NULL;
	app_pop(screen->app);
	done(owner, text);
	free(text);
}

static bool prompt_has_text_focus(struct screen *screen)
{
	(void)screen;
	return true;
}

static const char *prompt_bar_label(struct screen *screen, enum action_id action)
{
	(void)screen;
	return action == ACTION_OPEN ? "Done" : action == ACTION_LEAVE ? "" : NULL;
}

static void prompt_release(struct screen *screen)
{
	struct prompt *self = self_of(screen);
	text_edit_release(&self->edit);
	free(self->title);
	free(self->sentence);
	free(self);
}

static const struct screen_ops PROMPT_OPS = {
	.context = CONTEXT_CHOICE,
	.is_overlay = true,
	.title = "A question",
	.help = "Enter takes what is typed, Esc goes back.",
	.draw = prompt_draw,
	.event = prompt_event,
	.act = prompt_act,
	.bar_label = prompt_bar_label,
	.has_text_focus = prompt_has_text_focus,
	.release = prompt_release,
};

struct screen *prompt_new(struct app *app, const char *title, const char *sentence,
			  const char *text, size_t limit, prompt_done_fn *done, void *owner)
{
	struct prompt *self = screen_new(app, sizeof *self, &PROMPT_OPS);
	self->title = mem_text(title);
	self->sentence = mem_text(sentence);
	text_edit_init(&self->edit, text, limit);
	self->done = done;
	self->owner = owner;
	return &self->screen;
}
