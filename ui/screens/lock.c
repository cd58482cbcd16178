#include "ui/screens/screens.h"

#include "ui/app/number_undo.h"
#include "ui/term/draw.h"

#include <stdlib.h>

enum { MARGIN = 3 };

struct screen_lock {
	struct screen screen;
	bool has_vault;
};

static struct screen_lock *self_of(struct screen *screen)
{
	return (struct screen_lock *)screen;
}

static void lock_draw(struct screen *screen, struct term *term)
{
	const char *sentence =
		self_of(screen)->has_vault
			? "sipdesk is locked. Enter asks for the vault's passphrase."
			: "sipdesk is locked, and its keys are wiped. Enter goes on.";
	int width = term->columns - 2 * MARGIN;
	int rows = draw_paragraph_rows(sentence, width);
	int row = (term->rows - rows) / 2;
	draw_cursor(term, row, MARGIN);
	(void)draw_paragraph(term, row, MARGIN, width, rows, STYLE_NORMAL, sentence);
	if (screen->app->notice == NULL && number_undo_is_any(screen->app))
		(void)draw_paragraph(term, row + rows + 1, MARGIN, width, rows + 2, STYLE_NORMAL,
				     "A timed undo waits: one key is kept for it, and wiped after "
				     "it.");
	if (screen->app->notice != NULL)
		(void)draw_paragraph(term, row + rows + 1, MARGIN, width, rows + 1, STYLE_WARNING,
				     screen->app->notice);
}

static void unlocked(void *owner, const struct err *err)
{
	struct app *app = owner;
	struct str text;
	bool gave_up = err != NULL && err->kind == ERR_CANCELLED;
	str_init(&text);
	if (err != NULL)
		screen_error_write(err, &text); /* `err` goes with the screen that has told it */
	app_curtain_set(app, gave_up ? screen_lock_new(app, true) : NULL);
	/* A vault that cannot be read any more keeps nobody out: there is nothing left in here. */
	if (err != NULL && !gave_up)
		app_push(app, screen_page_new(app, NULL, "The vault", text.bytes));
	str_release(&text);
}

static void lock_act(struct screen *screen, enum action_id action)
{
	struct app *app = screen->app;
	if (action == ACTION_OPEN && self_of(screen)->has_vault)
		app_curtain_set(app, screen_unlock_new(app, UNLOCK_SCREENS, unlocked, app));
	else if (action == ACTION_OPEN)
		app_curtain_set(app, NULL);
}

static bool lock_offers(struct screen *screen, enum action_id action)
{
	(void)screen;
	return action == ACTION_OPEN || action == ACTION_LEAVE || action == ACTION_REPAINT ||
	       action == ACTION_SUSPEND;
}

static const char *lock_bar_label(struct screen *screen, enum action_id action)
{
	(void)screen;
	(void)action;
	return ""; /* what is possible stands in the sentence */
}

static void lock_release(struct screen *screen)
{
	free(screen);
}

static const struct screen_ops LOCK_OPS = {
	.context = CONTEXT_SECRET,
	.title = "Locked",
	.draw = lock_draw,
	.act = lock_act,
	.offers = lock_offers,
	.bar_label = lock_bar_label,
	.release = lock_release,
};

struct screen *screen_lock_new(struct app *app, bool has_vault)
{
	struct screen_lock *self = screen_new(app, sizeof *self, &LOCK_OPS);
	self->has_vault = has_vault;
	return &self->screen;
}
