#include "ui/screens/screens.h"

#include "base/mem.h"
#include "ui/screens/pick.h"
#include "ui/term/draw.h"
#include "ui/widgets/frame.h"

#include <stdlib.h>

enum { KEYS_COLUMN = 26 };

/* All actions of the screen below; Enter goes back to it and does one. */
struct screen_actions {
	struct screen screen;
	struct pick pick;
	enum action_id ids[ACTION_COUNT];
};

static struct screen_actions *self_of(struct screen *screen)
{
	return (struct screen_actions *)screen;
}

static void actions_draw(struct screen *screen, struct term *term)
{
	struct screen_actions *self = self_of(screen);
	const struct screen_ops *about = screen->below->ops;
	const char *parts[] = { "sipdesk",
				about->own_title == NULL ? about->title
							 : about->own_title(screen->below),
				"All actions", NULL };
	int focus = pick_focus(&self->pick);
	frame_header(term, parts, NULL);
	draw_rule(term, frame_body_row(term), NULL);
	screen_help_lines(screen, term, STYLE_NORMAL, focus < 0 ? "" : self->pick.rows[focus].help);
	pick_draw(&self->pick, term, frame_body_row(term) + 1, frame_body_rows(term) - 1,
		  KEYS_COLUMN);
}

static void actions_act(struct screen *screen, enum action_id action)
{
	struct screen_actions *self = self_of(screen);
	struct app *app = screen->app;
	if (scroll_act(&self->pick.scroll, action, self->pick.count,
		       frame_body_rows(&app->term) - 1, NULL, NULL))
		return;
	int focus = pick_focus(&self->pick);
	if (action == ACTION_BACK) {
		app_pop(app);
	} else if (action == ACTION_OPEN && focus >= 0) {
		enum action_id chosen = self->ids[focus];
		app_pop(app);
		app_act(app, chosen);
	}
}

static void actions_release(struct screen *screen)
{
	pick_clear(&self_of(screen)->pick);
	free(screen);
}

static const struct screen_ops ACTIONS_OPS = {
	.context = CONTEXT_FIND,
	.title = "All actions",
	.help = "Everything that can be done on the screen below, with its keys. Enter does it.",
	.draw = actions_draw,
	.act = actions_act,
	.release = actions_release,
};

static void action_add(struct screen_actions *self, struct screen *about, enum action_id id)
{
	const struct action *action = &ACTIONS[id];
	const char *why = about->ops->why_not == NULL ? NULL : about->ops->why_not(about, id);
	struct str keys;
	str_init(&keys);
	for (size_t i = 0; i < ACTION_KEYS_MAX && action->keys[i] != 0; i++) {
		if (i > 0)
			str_add(&keys, ", ");
		key_name_write(action->keys[i], &keys);
	}
	self->ids[self->pick.count] = id;
	struct pick_row *row = pick_add(&self->pick, action->name, keys.bytes);
	row->help = mem_text(why == NULL ? action->help : why);
	row->disabled = why != NULL;
	str_release(&keys);
}

struct screen *screen_actions_new(struct app *app, struct screen *about)
{
	struct screen_actions *self = screen_new(app, sizeof *self, &ACTIONS_OPS);
	for (enum action_id id = ACTION_NONE + 1; id < ACTION_COUNT; id++)
		if ((ACTIONS[id].contexts & about->ops->context) != 0 && id != ACTION_MORE &&
		    (about->ops->offers == NULL || about->ops->offers(about, id)))
			action_add(self, about, id);
	return &self->screen;
}
