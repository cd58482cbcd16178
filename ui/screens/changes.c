#include "ui/screens/screens.h"

#include "base/mem.h"
#include "ui/screens/pick.h"
#include "ui/term/draw.h"
#include "ui/widgets/frame.h"

#include <stdlib.h>

enum { VALUE_COLUMN = 30 };

/* Only what was changed, in the lines of Review: Enter goes to the field, u gives it the service's
 * value back. */
struct screen_changes {
	struct screen screen;
	struct open_number *number;
	struct change_lines lines;
	struct pick pick;
};

static struct screen_changes *self_of(struct screen *screen)
{
	return (struct screen_changes *)screen;
}

static void rows_fill(struct screen_changes *self)
{
	const struct changes *changes = &self->number->changes;
	pick_clear(&self->pick);
	change_lines_release(&self->lines);
	change_lines_of(changes, &self->lines);
	for (size_t i = 0; i < self->lines.count; i++) {
		const struct change_line *line = &self->lines.items[i];
		char *value = mem_format("%s → %s", line->old_text, line->new_text);
		pick_add(&self->pick, line->label, value)->help = mem_format(
			"Enter goes to it, u undoes it. %s", changes_for(changes, line->ref)->path);
		free(value);
	}
	if (self->pick.scroll.focus >= self->pick.count)
		self->pick.scroll.focus = self->pick.count > 0 ? self->pick.count - 1 : 0;
}

static void changes_draw(struct screen *screen, struct term *term)
{
	struct screen_changes *self = self_of(screen);
	int top = frame_body_row(term) + 1;
	rows_fill(self);
	int focus = pick_focus(&self->pick);
	screen_header(term, self->number, "Changes", NULL);
	draw_rule(term, frame_body_row(term), NULL);
	if (self->pick.count == 0)
		(void)draw_text(term, top, 3, term->columns - 6, STYLE_NORMAL,
				"Nothing is changed: the draft is what the service has.");
	screen_help_lines(screen, term, STYLE_NORMAL,
			  focus < 0 ? "Esc goes back." : self->pick.rows[focus].help);
	pick_draw(&self->pick, term, top, frame_body_rows(term) - 1, VALUE_COLUMN);
}

static void changes_act(struct screen *screen, enum action_id action)
{
	struct screen_changes *self = self_of(screen);
	struct app *app = screen->app;
	rows_fill(self);
	if (scroll_act(&self->pick.scroll, action, self->pick.count,
		       frame_body_rows(&app->term) - 1, NULL, NULL))
		return;
	int focus = pick_focus(&self->pick);
	struct field_ref ref = focus < 0 ? field_ref_of(FIELD_COUNT) : self->lines.items[focus].ref;
	switch (action) {
	case ACTION_OPEN:
		if (focus >= 0)
			screen_settings_jump(app, self->number, ref);
		break;
	case ACTION_REVERT:
		if (focus >= 0)
			open_number_revert(self->number, ref);
		break;
	case ACTION_REVIEW: app_push(app, screen_review_new(app, self->number)); break;
	case ACTION_FIND: app_push(app, screen_find_new(app, self->number)); break;
	case ACTION_TROUBLES: app_push(app, screen_troubles_new(app, self->number, -1)); break;
	case ACTION_BACK: app_pop(app); break;
	default: break;
	}
}

static const char *changes_why_not(struct screen *screen, enum action_id action)
{
	return action == ACTION_REVIEW && self_of(screen)->number->changed_count == 0
		       ? "Nothing is changed."
		       : NULL;
}

static void changes_screen_release(struct screen *screen)
{
	pick_clear(&self_of(screen)->pick);
	change_lines_release(&self_of(screen)->lines);
	free(screen);
}

static const struct screen_ops CHANGES_OPS = {
	.context = CONTEXT_CHANGES,
	.title = "Changes",
	.help = "Every field whose value differs from what the service has. Enter goes to it, u "
		"gives it "
		"back the service's value.",
	.draw = changes_draw,
	.act = changes_act,
	.why_not = changes_why_not,
	.release = changes_screen_release,
};

struct screen *screen_changes_new(struct app *app, struct open_number *number)
{
	struct screen_changes *self = screen_new(app, sizeof *self, &CHANGES_OPS);
	self->number = number;
	rows_fill(self);
	return &self->screen;
}
