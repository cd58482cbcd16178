#include "ui/screens/screens.h"

#include "base/clock.h"
#include "base/mem.h"
#include "calling/settings.h"
#include "ui/app/draft_keeper.h"
#include "ui/app/number_sequence.h"
#include "ui/screens/change_rows.h"
#include "ui/screens/settle_rows.h"
#include "ui/widgets/form.h"
#include "ui/widgets/frame.h"

#include <stdlib.h>
#include <string.h>

/* Rows of changes have their place as their action. */
enum { ROW_SETTLE = 1 << 16 };

/* Reads the number for itself: base and draft are not touched before it is settled. */
struct screen_left_open {
	struct screen screen;
	struct open_number *number;
	struct form form;
	struct client_operation *reading;
	struct calling_settings shown; /* valid when has_shown */
	bool has_shown;
	struct err err;
	enum settle_way way; /* while the key is fetched for it */
};

static struct screen_left_open *self_of(struct screen *screen)
{
	return (struct screen_left_open *)screen;
}

/* --- reading ---------------------------------------------------------------------------------- */

static void read_done(void *owner, const char *bytes, size_t length, const struct err *err)
{
	struct screen_left_open *self = owner;
	self->reading = NULL;
	settings_release(&self->shown);
	self->has_shown = false;
	if (bytes == NULL)
		self->err = *err;
	else
		self->has_shown =
			settings_decode(&self->shown, bytes, length, clock_now(), &self->err);
	form_focus(&self->form, field_ref_parameter(FIELD_SIP_SERVERS, SETTLE_FINISH, 0),
		   ROW_SETTLE);
}

static void read_key_came(void *owner, const struct secret *key)
{
	struct screen_left_open *self = owner;
	struct open_number *number = self->number;
	if (key == NULL || self->reading != NULL)
		return;
	err_init(&self->err);
	if (number->is_practice)
		mem_text_set(&number->endpoint.api_url, self->screen.app->practice_url);
	self->reading =
		client_read(self->screen.app->http, &number->endpoint, false, read_done, self);
}

static void read_begin(struct screen_left_open *self)
{
	open_number_key_fetch(self->number, read_key_came, self);
}

/* --- rows ------------------------------------------------------------------------------------- */

static void sentence_add(struct screen_left_open *self, enum style style, char *sentence)
{
	(void)form_add_sentence(&self->form, field_ref_of(FIELD_COUNT), sentence,
				form_sentence_columns(&self->screen.app->term), style);
	free(sentence);
}

static void began_rows(struct screen_left_open *self)
{
	(void)form_add(&self->form, FORM_SECTION, "What was under way");
	sentence_add(self, STYLE_NORMAL, settle_began_words(self->number->left_open));
}

static void lines_add(struct screen_left_open *self, const char *title,
		      const struct calling_values *from, const struct calling_values *to,
		      const char *nothing)
{
	struct change_lines lines = { 0 };
	change_lines_compute(from, to, &lines);
	(void)form_add(&self->form, FORM_SECTION, title);
	if (lines.count == 0)
		sentence_add(self, STYLE_NORMAL, mem_text(nothing));
	change_rows_add(&self->form, &self->screen.app->term, &lines, false);
	change_lines_release(&lines);
}

static void shown_rows(struct screen_left_open *self)
{
	const struct sequence_record *open = self->number->left_open;
	const struct calling_values *wanted = &open->goals[open->goal_count - 1].mine;
	char read_at[CLOCK_TEXT_SIZE];
	char *title = mem_format("Changed since before it (read %s)",
				 clock_hour_minute(self->shown.read_at, read_at));
	(void)form_add(&self->form, FORM_SECTION, "What this means now");
	sentence_add(self, STYLE_WARNING, calls_now(&self->shown.values));
	settle_rows_add(&self->form, self->number, ROW_SETTLE);
	lines_add(self, title, &open->before.values, &self->shown.values,
		  "Nothing: the service shows what it showed before.");
	free(title);
	lines_add(self, "Missing of what was wanted", &self->shown.values, wanted,
		  "Nothing: the service shows all of it.");
}

static void rows_fill(struct screen_left_open *self)
{
	struct str text;
	form_begin(&self->form);
	began_rows(self);
	if (self->reading != NULL) {
		sentence_add(self, STYLE_NORMAL, mem_text("The number is being read …"));
	} else if (self->has_shown) {
		shown_rows(self);
	} else if (self->err.kind != ERR_NONE) {
		str_init(&text);
		screen_error_write(&self->err, &text);
		sentence_add(self, STYLE_WRONG, str_detach(&text));
	}
	form_end(&self->form);
}

static void left_open_draw(struct screen *screen, struct term *term)
{
	struct screen_left_open *self = self_of(screen);
	rows_fill(self);
	screen_header(term, self->number, "Left half-done", open_number_realm(self->number));
	draw_rule(term, frame_body_row(term), NULL);
	screen_help_lines(screen, term, STYLE_NORMAL,
			  self->has_shown
				  ? "Enter settles it. Nothing else is changed before; Esc goes "
				    "back."
				  : "F5 reads again, Esc goes back.");
	draw_cursor(term, frame_body_row(term) + 1, 5);
	form_draw(&self->form, term, frame_body_row(term) + 1, frame_body_rows(term) - 1);
}

/* --- what is done ----------------------------------------------------------------------------- */

/* Where it stood in the way of the settings, they come now. */
static void settled(struct screen_left_open *self)
{
	struct app *app = self->screen.app;
	struct open_number *number = self->number;
	app_remove(app, &self->screen);
	if (app->top->ops->context == CONTEXT_NUMBERS)
		screen_number_enter(app, number);
}

static void settle_key_came(void *owner, const struct secret *key)
{
	struct screen_left_open *self = owner;
	struct app *app = self->screen.app;
	struct open_number *number = self->number;
	struct err err;
	if (key == NULL)
		return;
	if (!number_sequence_settle(
		    number, self->way == SETTLE_UNDO ? SEQUENCE_UNDO : SEQUENCE_FINISH, &err)) {
		app_notice(app, "%s %s", err.sentence, err.next_step);
		return;
	}
	app_remove(app, &self->screen);
	screen_sending_show(app, number);
}

static void settle(struct screen_left_open *self, enum settle_way way)
{
	struct err err;
	self->way = way;
	if (way != SETTLE_LEAVE && self->number->is_read_only)
		app_notice(self->screen.app, "%s", ENDPOINT_READ_ONLY);
	else if (way != SETTLE_LEAVE)
		open_number_key_fetch(self->number, settle_key_came, self);
	else if (number_sequence_leave(self->number, &err))
		settled(self);
	else
		app_notice(self->screen.app, "%s %s", err.sentence, err.next_step);
}

static void back(struct screen_left_open *self)
{
	struct app *app = self->screen.app;
	struct open_number *number = self->number;
	app_pop(app);
	if (app->top->ops->context == CONTEXT_NUMBERS)
		draft_keeper_rest(number);
}

static void left_open_act(struct screen *screen, enum action_id action)
{
	struct screen_left_open *self = self_of(screen);
	rows_fill(self);
	if (form_act(&self->form, action, frame_body_rows(&screen->app->term) - 1))
		return;
	const struct form_row *row = form_focused(&self->form);
	if (action == ACTION_BACK)
		back(self);
	else if (action == ACTION_RELOAD)
		read_begin(self);
	else if (action == ACTION_OPEN && row != NULL && row->action >= ROW_SETTLE)
		settle(self, (enum settle_way)(row->action - ROW_SETTLE));
	else if (action == ACTION_TROUBLES)
		app_push(screen->app, screen_troubles_new(screen->app, self->number, -1));
}

static bool left_open_offers(struct screen *screen, enum action_id action)
{
	(void)screen;
	return action != ACTION_REVEAL && action != ACTION_KEEP && action != ACTION_UNDO_NOW &&
	       action != ACTION_TROUBLES;
}

/* A reading holds the key. */
static void left_open_locked(struct screen *screen)
{
	client_cancel(&self_of(screen)->reading);
}

static void left_open_release(struct screen *screen)
{
	struct screen_left_open *self = self_of(screen);
	keys_forget(screen->app, screen);
	client_cancel(&self->reading);
	settings_release(&self->shown);
	form_release(&self->form);
	free(self);
}

static const struct screen_ops LEFT_OPEN_OPS = {
	.context = CONTEXT_SENDING,
	.title = "Left half-done",
	.help = "What was begun on this number and not seen to its end: by a session that was cut "
		"off, or because the service could not be reached. What the service holds now is "
		"read, and you choose how it is settled; nothing is written before.",
	.draw = left_open_draw,
	.act = left_open_act,
	.offers = left_open_offers,
	.locked = left_open_locked,
	.release = left_open_release,
};

struct screen *screen_left_open_new(struct app *app, struct open_number *number)
{
	struct screen_left_open *self = screen_new(app, sizeof *self, &LEFT_OPEN_OPS);
	self->number = number;
	form_init(&self->form);
	settings_init(&self->shown);
	err_init(&self->err);
	read_begin(self);
	return &self->screen;
}
