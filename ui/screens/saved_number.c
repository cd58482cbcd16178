#include "ui/screens/screens.h"

#include "base/mem.h"
#include "ui/app/number_saving.h"
#include "ui/screens/key_trial.h"
#include "ui/screens/saved_rows.h"
#include "ui/widgets/box.h"
#include "ui/widgets/form.h"
#include "ui/widgets/frame.h"
#include "ui/widgets/secret_edit.h"

#include <stdlib.h>

struct screen_saved_number {
	struct screen screen;
	enum number_form_kind kind;
	char *about; /* label of the number that is edited or duplicated; NULL: none */
	struct number_entry entry;
	struct number_saving saving;
	struct form form;
	int editing; /* the row whose text is in form.edit, while form.is_editing */
	struct form trial;
	int wrong_row; /* -1: none */
	char *wrong;   /* what is wrong with it */
};

static struct screen_saved_number *self_of(struct screen *screen)
{
	return (struct screen_saved_number *)screen;
}

static bool is_typing(const struct screen_saved_number *self)
{
	return self->saving.state == NUMBER_SAVING_IDLE;
}

static bool is_tried(const struct screen_saved_number *self)
{
	return self->saving.state == NUMBER_SAVING_TRIED;
}

/* The page after the trial stays while what was agreed to is written. */
static bool shows_trial(const struct screen_saved_number *self)
{
	return is_tried(self) || self->saving.state == NUMBER_SAVING_WRITING;
}

static int focused_row(const struct screen_saved_number *self)
{
	const struct form_row *row = form_focused(&self->form);
	return row == NULL ? ROW_LABEL : row->action;
}

/* --- rows ------------------------------------------------------------------------------------- */

/* The practice service may begin to listen while the form stands open. */
static void practice_url_follow(struct screen_saved_number *self)
{
	const struct app *app = self->screen.app;
	struct number_entry *entry = &self->entry;
	if (app->practice_url == NULL || entry->now.texts[ENTRY_API_URL][0] != '\0' ||
	    entry->before.texts[ENTRY_API_URL][0] != '\0')
		return;
	mem_text_set(&entry->now.texts[ENTRY_API_URL], app->practice_url);
	mem_text_set(&entry->before.texts[ENTRY_API_URL], app->practice_url);
	if (self->form.is_editing && self->editing == ROW_API_URL)
		text_edit_set(&self->form.edit, app->practice_url);
}

static void rows_fill(struct screen_saved_number *self)
{
	practice_url_follow(self);
	form_begin(&self->form);
	for (int i = 0; i < SAVED_ROW_COUNT; i++) {
		if (!saved_row_is_shown(&self->entry, i))
			continue;
		struct form_row *row = form_add(&self->form, FORM_FIELD, SAVED_ROWS[i].label);
		row->action = i;
		row->value = saved_row_value(&self->entry, i);
		row->value_style = i == ROW_KEY ? STYLE_DIM : STYLE_NORMAL;
		row->mark = i == self->wrong_row ? '!' : ' ';
	}
	form_end(&self->form);
}

/* A text with the focus is always being typed, so that the form fills in one go. */
static void typing_follow(struct screen_saved_number *self)
{
	int row = focused_row(self);
	if (self->form.is_editing && self->editing == row)
		return;
	form_edit_end(&self->form);
	if (SAVED_ROWS[row].kind != KIND_TEXT)
		return;
	self->editing = row;
	form_edit_begin(&self->form, self->entry.now.texts[SAVED_ROWS[row].text],
			SAVED_ROWS[row].limit, false);
}

static void row_focus(struct screen_saved_number *self, int row)
{
	form_focus(&self->form, field_ref_of(FIELD_COUNT), row);
	rows_fill(self);
	typing_follow(self);
}

static void row_move(struct screen_saved_number *self, enum action_id action)
{
	if (form_act(&self->form, action, frame_body_rows(&self->screen.app->term) - 1))
		typing_follow(self);
}

/* What was wrong with a row is no longer known once it was touched. */
static void row_touched(struct screen_saved_number *self, int row)
{
	if (row == self->wrong_row)
		self->wrong_row = -1;
}

/* --- what is drawn ---------------------------------------------------------------------------- */

static const char *row_help(const struct screen_saved_number *self)
{
	int row = focused_row(self);
	return row == self->wrong_row ? self->wrong : saved_row_help(&self->entry, row);
}

static void header_draw(const struct screen_saved_number *self, struct term *term)
{
	static const char *const doing[] = {
		[NUMBER_FORM_EDIT] = "Edit",
		[NUMBER_FORM_DUPLICATE] = "Duplicate",
	};
	const char *add[] = { "sipdesk", "Numbers", "Add a number", NULL };
	const char *parts[] = { "sipdesk", self->about, doing[self->kind], NULL };
	const char *trial[] = { "sipdesk", self->saving.wanted.label,
				self->saving.has_settings ? "This key opens" : "Not tried", NULL };
	frame_header(term, shows_trial(self) ? trial : self->about == NULL ? add : parts, NULL);
}

/* `progress` takes the help's place; NULL: nothing is under way. */
static void form_with_help_draw(struct screen_saved_number *self, const char *progress,
				struct term *term)
{
	struct form_help help;
	int row = focused_row(self);
	form_help_init(&help);
	help.sentence = progress != NULL ? progress : row_help(self);
	if (progress == NULL && row == self->wrong_row)
		help.style = STYLE_WRONG;
	saved_row_help_more(row, &help.more);
	screen_form_draw(&self->screen, &self->form, &help, term, frame_body_row(term) + 1,
			 frame_body_rows(term) - 1);
	form_help_release(&help);
}

static void saved_number_draw(struct screen *screen, struct term *term)
{
	struct screen_saved_number *self = self_of(screen);
	int top = frame_body_row(term) + 1;
	int rows = frame_body_rows(term) - 1;
	bool is_trial = shows_trial(self);
	if (is_trial)
		key_trial_fill(&self->trial, &self->saving, term);
	else
		rows_fill(self);
	header_draw(self, term);
	draw_rule(term, top - 1, NULL);
	char *progress = key_trial_progress(&self->saving);
	if (is_trial) {
		screen_help_lines(screen, term, STYLE_NORMAL,
				  progress != NULL ? progress
						   : key_trial_help(&self->trial, &self->saving));
		form_draw(&self->trial, term, top, rows);
	} else {
		form_with_help_draw(self, progress, term);
	}
	free(progress);
}

/* --- what is typed ---------------------------------------------------------------------------- */

static void row_next(struct screen_saved_number *self)
{
	row_move(self, ACTION_DOWN);
}

static bool text_event(struct screen_saved_number *self, const struct input_event *event)
{
	int row = self->editing;
	bool left_out = event->kind == INPUT_PASTE && event->cut;
	enum text_edit_result result =
		event->kind == INPUT_PASTE
			? text_edit_paste(&self->form.edit, event->text, event->length, &left_out)
			: text_edit_key(&self->form.edit, event->key);
	if (result == TEXT_EDIT_CHANGED) {
		mem_text_set(&self->entry.now.texts[SAVED_ROWS[row].text],
			     text_edit_text(&self->form.edit));
		row_touched(self, row);
	}
	if (left_out || result == TEXT_EDIT_FULL)
		app_notice(self->screen.app, "%s: at most %zu characters; the rest was left out.",
			   SAVED_ROWS[row].label, SAVED_ROWS[row].limit);
	return result != TEXT_EDIT_IGNORED;
}

static bool saved_number_event(struct screen *screen, const struct input_event *event)
{
	struct screen_saved_number *self = self_of(screen);
	if (!is_typing(self))
		return false;
	rows_fill(self);
	if (self->form.is_editing)
		return text_event(self, event);
	if (focused_row(self) != ROW_KEY || !secret_edit_event(&self->entry.key, event))
		return false;
	row_touched(self, ROW_KEY);
	return true;
}

static bool saved_number_has_text_focus(struct screen *screen)
{
	struct screen_saved_number *self = self_of(screen);
	return is_typing(self) && (self->form.is_editing || focused_row(self) == ROW_KEY);
}

/* --- values to choose from -------------------------------------------------------------------- */

static void source_set(struct screen_saved_number *self, size_t place)
{
	const char *why = number_saving_why_not(self->screen.app, KEY_PLACES[place].kind);
	if (why != NULL) {
		app_notice(self->screen.app, "%s", why);
		return;
	}
	self->entry.now.key_source = KEY_PLACES[place].kind;
	row_touched(self, ROW_KEY);
	row_touched(self, ROW_COMMAND);
}

static void source_chosen(void *owner, int choice)
{
	if (choice != BOX_BACK)
		source_set(owner, (size_t)choice);
}

static void sources_open(struct screen_saved_number *self)
{
	struct app *app = self->screen.app;
	size_t present = key_place_of(self->entry.now.key_source);
	struct box_choice choices[KEY_SOURCE_COUNT];
	for (size_t i = 0; i < KEY_SOURCE_COUNT; i++)
		choices[i] = (struct box_choice) {
			.label = KEY_PLACES[i].words,
			.why_not = number_saving_why_not(app, KEY_PLACES[i].kind),
		};
	app_push(app,
		 box_new(app, SAVED_ROWS[ROW_KEY_SOURCE].label, KEY_PLACES[present].help, choices,
			 ARRAY_LENGTH(choices), (int)present, false, source_chosen, self));
}

static void next_value(struct screen_saved_number *self, int row)
{
	struct number_entry_values *now = &self->entry.now;
	if (row == ROW_PROVIDER)
		now->has_other_url = !now->has_other_url;
	else if (row == ROW_READ_ONLY)
		now->is_read_only = !now->is_read_only;
	else if (row == ROW_KEY_SOURCE)
		source_set(self, (key_place_of(now->key_source) + 1) % KEY_SOURCE_COUNT);
}

/* --- what is done ----------------------------------------------------------------------------- */

static void removed_answered(void *owner, int choice)
{
	struct screen_saved_number *self = owner;
	if (choice != 0)
		return;
	self->kind = NUMBER_FORM_ADD;
	mem_text_set(&self->about, NULL);
	mem_text_set(&self->entry.id, NULL);
	row_focus(self, ROW_KEY); /* the old key may be gone with the number */
}

static void removed_ask(struct screen_saved_number *self)
{
	static const struct box_choice answers[] = {
		{ .label = "Add it as a new number", .key = 'y' },
		{ .label = "Back to the form", .key = 'n' },
	};
	struct app *app = self->screen.app;
	app_push(app, box_new(app, "The number is gone",
			      "Another session has removed this number from the list. What you "
			      "typed can be added as a new one; its API key is needed for that.",
			      answers, ARRAY_LENGTH(answers), 1, true, removed_answered, self));
}

static void failed_say(struct screen_saved_number *self)
{
	const struct err *err = &self->saving.err;
	if (err->kind == ERR_CONFLICT && self->screen.app->top == &self->screen) {
		removed_ask(self);
		return;
	}
	int row = saved_row_named(err->field);
	if (row < SAVED_ROW_COUNT) {
		free(self->wrong);
		self->wrong = mem_format("%s %s", err->sentence, err->next_step);
		self->wrong_row = err->kind == ERR_NONE ? -1 : row;
		row_focus(self, row);
	} else if (err->kind != ERR_NONE) {
		app_notice(self->screen.app, "%s %s", err->sentence, err->next_step);
	}
}

/* Another screen may be on top by now: the lock, or Help. */
static void form_close(struct screen_saved_number *self)
{
	struct app *app = self->screen.app;
	struct open_number *number = NULL;
	if (app->top == &self->screen && self->saving.has_settings &&
	    self->kind != NUMBER_FORM_EDIT)
		number = open_number_find(app, self->saving.wanted.id);
	screen_numbers_focus(app, self->saving.wanted.id);
	app_remove(app, &self->screen);
	if (number != NULL)
		screen_number_enter(app, number);
}

static void saving_changed(void *owner)
{
	struct screen_saved_number *self = owner;
	switch (self->saving.state) {
	case NUMBER_SAVING_IDLE: failed_say(self); break;
	case NUMBER_SAVING_TRIED: key_trial_focus(&self->trial, &self->saving); break;
	case NUMBER_SAVING_DONE: form_close(self); break;
	default: break;
	}
}

static void discard_answered(void *owner, int choice)
{
	if (choice == 0)
		app_pop(((struct screen_saved_number *)owner)->screen.app);
}

static void leave(struct screen_saved_number *self)
{
	static const struct box_choice answers[] = {
		{ .label = "Discard it", .key = 'y' },
		{ .label = "Go on typing", .key = 'n' },
	};
	struct app *app = self->screen.app;
	if (number_entry_is_changed(&self->entry))
		app_push(app, box_new(app, "Discard what was typed?",
				      "What was typed in this form is not saved.", answers,
				      ARRAY_LENGTH(answers), 1, true, discard_answered, self));
	else
		app_pop(app);
}

static void row_act(struct screen_saved_number *self)
{
	int row = focused_row(self);
	if (row == ROW_SAVE)
		number_saving_start(&self->saving, &self->entry);
	else if (row == ROW_KEY_SOURCE)
		sources_open(self);
	else if (SAVED_ROWS[row].kind == KIND_CHOICE)
		next_value(self, row);
	else
		row_next(self);
}

static void trial_act(struct screen_saved_number *self, enum action_id action)
{
	struct app *app = self->screen.app;
	key_trial_fill(&self->trial, &self->saving, &app->term);
	if (form_act(&self->trial, action, frame_body_rows(&app->term) - 1))
		return;
	enum key_trial_answer answer = key_trial_answer(&self->trial);
	if (action == ACTION_BACK || (action == ACTION_OPEN && answer == KEY_TRIAL_BACK))
		number_saving_cancel(&self->saving);
	else if (action == ACTION_OPEN && answer == KEY_TRIAL_AGAIN)
		number_saving_try(&self->saving);
	else if (action == ACTION_OPEN || action == ACTION_SAVE_NUMBER)
		number_saving_agree(&self->saving);
}

static void saved_number_act(struct screen *screen, enum action_id action)
{
	struct screen_saved_number *self = self_of(screen);
	if (is_tried(self)) {
		trial_act(self, action);
		return;
	}
	if (!is_typing(self)) {
		if (action == ACTION_BACK)
			number_saving_cancel(&self->saving);
		return;
	}
	rows_fill(self);
	switch (action) {
	case ACTION_OPEN: row_act(self); break;
	case ACTION_NEXT_VALUE: next_value(self, focused_row(self)); break;
	case ACTION_SAVE_NUMBER: number_saving_start(&self->saving, &self->entry); break;
	case ACTION_BACK: leave(self); break;
	default: row_move(self, action); break;
	}
}

static bool saved_number_offers(struct screen *screen, enum action_id action)
{
	const struct screen_saved_number *self = self_of(screen);
	switch (action) {
	case ACTION_SAVE_NUMBER:
		return is_typing(self) || (is_tried(self) && self->saving.has_settings);
	case ACTION_BACK: return self->saving.state != NUMBER_SAVING_WRITING;
	default: return true;
	}
}

static const char *saved_number_bar_label(struct screen *screen, enum action_id action)
{
	const struct screen_saved_number *self = self_of(screen);
	bool is_waiting = !is_typing(self) && !is_tried(self);
	return action == ACTION_BACK && is_waiting ? "Cancel" : NULL;
}

static bool saved_number_has_unsaved(struct screen *screen)
{
	return number_entry_is_changed(&self_of(screen)->entry);
}

static void saved_number_locked(struct screen *screen)
{
	struct screen_saved_number *self = self_of(screen);
	secret_release(&self->entry.key);
	number_saving_lock(&self->saving);
}

static void saved_number_release(struct screen *screen)
{
	struct screen_saved_number *self = self_of(screen);
	number_saving_release(&self->saving);
	number_entry_release(&self->entry);
	form_release(&self->form);
	form_release(&self->trial);
	free(self->about);
	free(self->wrong);
	free(self);
}

static const struct screen_ops SAVED_NUMBER_OPS = {
	.context = CONTEXT_SAVED_NUMBER,
	.title = "A saved number",
	.help = "A number is its API key: the key opens its settings, and nothing else names it to "
		"the service. The name, phone number, address, tags and note are saved in a file "
		"that you can read; the key is kept the way you choose here. It is tried before "
		"anything is saved.",
	.draw = saved_number_draw,
	.event = saved_number_event,
	.act = saved_number_act,
	.offers = saved_number_offers,
	.bar_label = saved_number_bar_label,
	.has_text_focus = saved_number_has_text_focus,
	.has_unsaved = saved_number_has_unsaved,
	.locked = saved_number_locked,
	.release = saved_number_release,
};

struct screen *screen_number_form_new(struct app *app, enum number_form_kind kind, const char *id)
{
	struct screen_saved_number *self = screen_new(app, sizeof *self, &SAVED_NUMBER_OPS);
	const struct number *pattern = id == NULL ? NULL : numbers_find_id(&app->numbers, id);
	self->kind = kind;
	self->about = pattern == NULL ? NULL : mem_text(pattern->label);
	self->wrong_row = -1;
	number_entry_init(&self->entry, pattern, kind == NUMBER_FORM_EDIT,
			  app->service != APP_SERVICE_REAL);
	number_saving_init(&self->saving, app, saving_changed, self);
	form_init(&self->form);
	form_init(&self->trial);
	row_focus(self, ROW_LABEL);
	return &self->screen;
}
