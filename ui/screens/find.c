#include "ui/screens/screens.h"

#include "base/mem.h"
#include "calling/fields.h"
#include "ui/app/field_finder.h"
#include "ui/screens/pick.h"
#include "ui/term/draw.h"
#include "ui/widgets/frame.h"
#include "ui/widgets/text_edit.h"

#include <stdlib.h>

enum { PATH_COLUMN = 34, FIND_MAX = 64, FIND_COLUMN = 9 };

/* Finds a field of the number as the person types; Enter jumps there. */
struct screen_find {
	struct screen screen;
	struct open_number *number;
	struct text_edit wanted;
	struct pick pick;
	struct field_matches matches; /* the rows */
};

static struct screen_find *self_of(struct screen *screen)
{
	return (struct screen_find *)screen;
}

static void matches_fill(struct screen_find *self)
{
	pick_clear(&self->pick);
	field_matches_find(&self->matches, self->number, text_edit_text(&self->wanted));
	for (size_t i = 0; i < self->matches.count; i++) {
		const struct field_match *match = &self->matches.items[i];
		pick_add(&self->pick, match->label, match->path)->help =
			mem_text(field_of(match->ref.field)->help);
	}
	if (self->pick.scroll.focus >= self->pick.count)
		self->pick.scroll.focus = 0;
}

static void find_draw(struct screen *screen, struct term *term)
{
	struct screen_find *self = self_of(screen);
	int top = frame_body_row(term) + 2;
	matches_fill(self);
	int focus = pick_focus(&self->pick);
	screen_header(term, self->number, "Find a field", NULL);
	draw_rule(term, frame_body_row(term), NULL);
	screen_help_lines(screen, term, STYLE_NORMAL,
			  focus < 0 ? "No field has that in its label, help or JSON path."
				    : self->pick.rows[focus].help);
	pick_draw(&self->pick, term, top, frame_body_rows(term) - 2, PATH_COLUMN);
	(void)draw_text(term, top - 1, 3, FIND_COLUMN - 3, STYLE_DIM, "Find");
	text_edit_draw(&self->wanted, term, top - 1, FIND_COLUMN, term->columns - FIND_COLUMN - 1);
}

static bool find_event(struct screen *screen, const struct input_event *event)
{
	struct screen_find *self = self_of(screen);
	enum text_edit_result result =
		event->kind == INPUT_PASTE
			? text_edit_paste(&self->wanted, event->text, event->length, NULL)
			: text_edit_key(&self->wanted, event->key);
	if (result == TEXT_EDIT_CHANGED) {
		self->pick.scroll.focus = 0;
		matches_fill(self);
	}
	return result != TEXT_EDIT_IGNORED;
}

static void find_act(struct screen *screen, enum action_id action)
{
	struct screen_find *self = self_of(screen);
	struct app *app = screen->app;
	if (scroll_act(&self->pick.scroll, action, self->pick.count,
		       frame_body_rows(&app->term) - 2, NULL, NULL))
		return;
	matches_fill(self);
	int focus = pick_focus(&self->pick);
	if (action == ACTION_BACK) {
		app_pop(app);
	} else if (action == ACTION_OPEN && focus >= 0) {
		struct open_number *number = self->number;
		struct field_ref ref = self->matches.items[focus].ref;
		screen_settings_jump(app, number, ref);
	}
}

static bool find_has_text_focus(struct screen *screen)
{
	(void)screen;
	return true;
}

static void find_release(struct screen *screen)
{
	struct screen_find *self = self_of(screen);
	pick_clear(&self->pick);
	field_matches_release(&self->matches);
	text_edit_release(&self->wanted);
	free(self);
}

static const struct screen_ops FIND_OPS = {
	.context = CONTEXT_FIND,
	.title = "Find a field",
	.help = "Type a part of a label, a help sentence or a JSON path; Enter goes to the field.",
	.draw = find_draw,
	.event = find_event,
	.act = find_act,
	.has_text_focus = find_has_text_focus,
	.release = find_release,
};

struct screen *screen_find_new(struct app *app, struct open_number *number)
{
	struct screen_find *self = screen_new(app, sizeof *self, &FIND_OPS);
	self->number = number;
	text_edit_init(&self->wanted, "", FIND_MAX);
	matches_fill(self);
	return &self->screen;
}
