#include "ui/screens/screens.h"

#include "base/mem.h"
#include "service/http.h"
#include "ui/widgets/form.h"
#include "ui/widgets/frame.h"
#include "ui/widgets/secret_edit.h"

#include <stdlib.h>

enum add_row { ADD_LABEL, ADD_PHONE, ADD_URL, ADD_KEY, ADD_SAVE, ADD_ROW_COUNT };

enum { URL_MAX = 512 };

static const struct {
	const char *label;
	const char *field; /* as an err names it; NULL: none */
	const char *help;
	size_t limit;
} ADD_ROWS[ADD_ROW_COUNT] = {
	[ADD_LABEL] = { "Name", "label",
			"What you call the number: the list and the commands know it by this name.",
			NUMBER_LABEL_MAX },
	[ADD_PHONE] = { "Phone number", "phone_number",
			"With country code, such as +49 30 123456. It shows in the request URI; "
			"may stay "
			"empty.",
			40 },
	[ADD_URL] = { "API URL", "api_url",
		      "The provider's address, https:// only. 360dialog's stands there already.",
		      URL_MAX },
	[ADD_KEY] = { "API key", "key",
		      "Not shown, only counted; kept for this session only and written nowhere.",
		      0 },
	[ADD_SAVE] = { "Save and open", NULL,
		       "Saves the name, number and address, and tries the key by reading the "
		       "settings.",
		       0 },
};

/* A number that does not exist yet has no model to edit: its values stand here until it is saved.
 */
struct screen_number_add {
	struct screen screen;
	struct form form;
	char *texts[ADD_KEY];
	char *before;
	struct secret key;
};

static struct screen_number_add *self_of(struct screen *screen)
{
	return (struct screen_number_add *)screen;
}

static int focused_row(const struct screen_number_add *self)
{
	const struct form_row *row = form_focused(&self->form);
	return row == NULL ? ADD_LABEL : row->action;
}

static void rows_fill(struct screen_number_add *self)
{
	const struct app *app = self->screen.app;
	/* The practice service may begin to listen while the form stands open. */
	if (app->practice_url != NULL && self->texts[ADD_URL][0] == '\0' && !self->form.is_editing)
		mem_text_set(&self->texts[ADD_URL], app->practice_url);
	form_begin(&self->form);
	for (int i = 0; i < ADD_ROW_COUNT; i++) {
		struct form_row *row = form_add(&self->form, FORM_FIELD, ADD_ROWS[i].label);
		row->action = i;
		if (i < ADD_KEY)
			row->value = mem_text(self->texts[i]);
		else if (i == ADD_KEY)
			row->value = secret_edit_words(&self->key);
		row->value_style = i == ADD_KEY ? STYLE_DIM : STYLE_NORMAL;
	}
	form_end(&self->form);
}

static void add_draw(struct screen *screen, struct term *term)
{
	struct screen_number_add *self = self_of(screen);
	const char *parts[] = { "sipdesk", "Numbers", "Add a number", NULL };
	rows_fill(self);
	frame_header(term, parts, NULL);
	draw_rule(term, frame_body_row(term), NULL);
	screen_help_lines(screen, term, STYLE_NORMAL, ADD_ROWS[focused_row(self)].help);
	form_draw(&self->form, term, frame_body_row(term) + 1, frame_body_rows(term) - 1);
}

static void row_focus(struct screen_number_add *self, int row)
{
	form_focus(&self->form, field_ref_of(FIELD_COUNT), row);
	rows_fill(self);
}

static void row_edit(struct screen_number_add *self)
{
	int row = focused_row(self);
	if (row >= ADD_KEY)
		return;
	mem_text_set(&self->before, self->texts[row]);
	form_edit_begin(&self->form, self->texts[row], ADD_ROWS[row].limit, false);
}

static void text_keep(struct screen_number_add *self)
{
	mem_text_set(&self->texts[focused_row(self)], text_edit_text(&self->form.edit));
}

/* Enter goes on to the next row and starts typing there, so that the form fills in one go. */
static void row_next(struct screen_number_add *self)
{
	form_edit_end(&self->form);
	row_focus(self, focused_row(self) + 1);
	row_edit(self);
}

static bool text_event(struct screen_number_add *self, const struct input_event *event)
{
	bool left_out = false;
	enum text_edit_result result;
	if (event->kind == INPUT_PASTE) {
		result = text_edit_paste(&self->form.edit, event->text, event->length, &left_out);
	} else if (event->key == KEY_ENTER_) {
		row_next(self);
		return true;
	} else if (event->key == KEY_ESCAPE) {
		mem_text_set(&self->texts[focused_row(self)], self->before);
		form_edit_end(&self->form);
		return true;
	} else {
		result = text_edit_key(&self->form.edit, event->key);
	}
	if (result == TEXT_EDIT_CHANGED)
		text_keep(self);
	if (left_out || result == TEXT_EDIT_FULL)
		app_notice(self->screen.app, "%s: at most %zu characters; the rest was left out.",
			   ADD_ROWS[focused_row(self)].label, ADD_ROWS[focused_row(self)].limit);
	if (result == TEXT_EDIT_IGNORED)
		form_edit_end(&self->form); /* a key that moves on, or acts */
	return result != TEXT_EDIT_IGNORED;
}

static bool add_event(struct screen *screen, const struct input_event *event)
{
	struct screen_number_add *self = self_of(screen);
	rows_fill(self);
	if (self->form.is_editing)
		return text_event(self, event);
	if (focused_row(self) == ADD_KEY)
		return secret_edit_event(&self->key, event);
	if (event->kind == INPUT_PASTE && focused_row(self) < ADD_KEY) {
		row_edit(self);
		return text_event(self, event);
	}
	return false;
}

static void save_failed(struct screen_number_add *self, const struct err *err)
{
	app_notice(self->screen.app, "%s", err->sentence);
	for (int i = 0; i < ADD_SAVE; i++)
		if (text_equal(ADD_ROWS[i].field, err->field))
			row_focus(self, i);
}

static bool number_save(struct screen_number_add *self, struct err *err)
{
	struct app *app = self->screen.app;
	if (!http_url_check(self->texts[ADD_URL], err)) {
		err_field(err, "api_url");
		return false;
	}
	/* http:// was found to be a loopback address just now */
	if (app->service != APP_SERVICE_REAL &&
	    !text_starts_with(self->texts[ADD_URL], "http://")) {
		(void)err_set(
			err, ERR_INPUT,
			"In practice nothing leaves this machine: only the practice service's "
			"address can be used here.");
		err_field(err, "api_url");
		return false;
	}
	if (!secret_tidy_key(&self->key, err)) {
		err_field(err, "key");
		return false;
	}
	const char *phone = self->texts[ADD_PHONE];
	if (!numbers_add(&app->numbers, self->texts[ADD_LABEL], phone[0] == '\0' ? NULL : phone,
			 self->texts[ADD_URL], NULL, err))
		return false;
	/* Without a file to save to (the list could not be read) or on a full disk the session goes
	 * on with it. */
	if (app->service == APP_SERVICE_REAL && app->numbers.path == NULL)
		app_notice(app,
			   "The saved list cannot be used: this number is kept for this session "
			   "only.");
	else if (!numbers_save(&app->numbers, err))
		app_notice(app, "%s The number is kept for this session only.", err->sentence);
	return true;
}

static void save_and_open(struct screen_number_add *self)
{
	struct app *app = self->screen.app;
	struct err err;
	err_init(&err);
	if (!number_save(self, &err)) {
		save_failed(self, &err);
		return;
	}
	struct open_number *number =
		open_number_of(app, &app->numbers.items[app->numbers.count - 1]);
	number->is_practice = false; /* it is the person's own, whatever the session */
	if (!secret_copy(&number->endpoint.key, &self->key, &err)) {
		save_failed(self, &err);
		return;
	}
	app_pop(app);
	app_push(app, screen_settings_new(app, number));
}

static void add_act(struct screen *screen, enum action_id action)
{
	struct screen_number_add *self = self_of(screen);
	rows_fill(self);
	if (form_act(&self->form, action, frame_body_rows(&screen->app->term) - 1))
		return;
	if (action == ACTION_BACK) {
		app_pop(screen->app);
	} else if (action == ACTION_OPEN) {
		if (focused_row(self) == ADD_SAVE)
			save_and_open(self);
		else if (focused_row(self) == ADD_KEY)
			row_next(self);
		else
			row_edit(self);
	}
}

static bool add_has_text_focus(struct screen *screen)
{
	struct screen_number_add *self = self_of(screen);
	return self->form.is_editing || focused_row(self) == ADD_KEY;
}

static void add_release(struct screen *screen)
{
	struct screen_number_add *self = self_of(screen);
	form_release(&self->form);
	for (int i = 0; i < ADD_KEY; i++)
		free(self->texts[i]);
	free(self->before);
	secret_release(&self->key);
	free(self);
}

static const struct screen_ops ADD_OPS = {
	.context = CONTEXT_NUMBER_ADD,
	.title = "Add a number",
	.help = "A number is its API key: the key opens its settings, and nothing else names it to "
		"the "
		"service. The name, phone number and address are saved; the key is kept for this "
		"session only.",
	.draw = add_draw,
	.event = add_event,
	.act = add_act,
	.has_text_focus = add_has_text_focus,
	.release = add_release,
};

struct screen *screen_number_add_new(struct app *app)
{
	struct screen_number_add *self = screen_new(app, sizeof *self, &ADD_OPS);
	form_init(&self->form);
	secret_init(&self->key);
	self->texts[ADD_LABEL] = mem_text("");
	self->texts[ADD_PHONE] = mem_text("");
	self->texts[ADD_URL] = mem_text(app->service == APP_SERVICE_REAL ? ENDPOINT_DEFAULT_URL
					: app->practice_url != NULL	 ? app->practice_url
									 : "");
	row_focus(self, ADD_LABEL);
	row_edit(self);
	return &self->screen;
}
