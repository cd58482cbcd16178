#include "ui/screens/screens.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/drafts.h"
#include "store/fingerprints.h"
#include "store/seen.h"
#include "ui/app/keys.h"
#include "ui/app/number_list.h"
#include "ui/app/number_sequence.h"
#include "ui/app/number_states.h"
#include "ui/app/number_status.h"
#include "ui/screens/numbers_columns.h"
#include "ui/term/draw.h"
#include "ui/widgets/box.h"
#include "ui/widgets/frame.h"
#include "ui/widgets/scroll.h"
#include "ui/widgets/text_edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FIND_MAX = 64, /* characters */
	HEADING_ROWS = 2,
};

struct screen_numbers {
	struct screen screen;
	struct number_list list;
	struct numbers_columns columns;
	struct scroll scroll;
	bool is_finding;
	struct text_edit find;
	char focused[NUMBER_ID_LENGTH + 1]; /* empty: the row that adds a number */
	char *removing;			    /* id of the number asked about */
	char *removed;			    /* its label, while its key leaves the vault */
};

static struct screen_numbers *self_of(struct screen *screen)
{
	return (struct screen_numbers *)screen;
}

static const struct number *focused_number(const struct screen_numbers *self)
{
	return number_list_at(&self->list, self->scroll.focus);
}

/* The row behind the last adds a number. */
static int row_count(const struct screen_numbers *self)
{
	return (int)self->list.shown_count + 1;
}

static int rows_in_view(const struct term *term)
{
	return frame_body_rows(term) - HEADING_ROWS;
}

static void focus_note(struct screen_numbers *self)
{
	const struct number *number = focused_number(self);
	self->focused[0] = '\0';
	if (number != NULL)
		memcpy(self->focused, number->id, strnlen(number->id, NUMBER_ID_LENGTH));
}

/* Rows have moved: the focus stays with its number. */
static void focus_follow(struct screen_numbers *self)
{
	int row = self->focused[0] == '\0' ? -1 : number_list_row_of(&self->list, self->focused);
	if (row >= 0)
		self->scroll.focus = row;
	else if (self->scroll.focus >= row_count(self))
		self->scroll.focus = row_count(self) - 1;
	focus_note(self);
}

static void list_follow(struct screen_numbers *self)
{
	if (number_list_follow(&self->list))
		focus_follow(self);
}

/* --- finding ---------------------------------------------------------------------------------- */

static void find_end(struct screen_numbers *self)
{
	if (self->is_finding)
		text_edit_release(&self->find);
	self->is_finding = false;
	number_list_find(&self->list, NULL);
	focus_follow(self);
}

static void find_begin(struct screen_numbers *self)
{
	if (!self->is_finding)
		text_edit_init(&self->find, "", FIND_MAX);
	self->is_finding = true;
}

static bool find_event(struct screen_numbers *self, const struct input_event *event)
{
	enum text_edit_result result =
		event->kind == INPUT_PASTE
			? text_edit_paste(&self->find, event->text, event->length, NULL)
			: text_edit_key(&self->find, event->key);
	if (result == TEXT_EDIT_CHANGED) {
		number_list_find(&self->list, text_edit_text(&self->find));
		self->scroll.focus = 0;
		focus_note(self);
	}
	return result != TEXT_EDIT_IGNORED;
}

void screen_numbers_focus(struct app *app, const char *id)
{
	struct screen *screen = app->top;
	while (screen->below != NULL)
		screen = screen->below;
	struct screen_numbers *self = self_of(screen); /* a session starts from it */
	(void)number_list_follow(&self->list);
	(void)snprintf(self->focused, sizeof self->focused, "%s", id);
	if (number_list_row_of(&self->list, id) < 0)
		find_end(self);
	else
		focus_follow(self);
}

/* --- what is drawn ---------------------------------------------------------------------------- */

static void header_draw(const struct screen_numbers *self, struct term *term)
{
	const char *parts[] = { "sipdesk", "Numbers", NULL };
	const struct number_list *list = &self->list;
	bool is_practice = self->screen.app->service != APP_SERVICE_REAL;
	struct str right;
	str_init(&right);
	if (is_practice)
		str_add(&right, "PRACTICE   ");
	else if (self->columns.at[NUMBER_COLUMN_PROVIDER].width == 0 && list->count > 0 &&
		 !list->has_several_providers)
		str_addf(&right, "%s   ",
			 number_provider(self->screen.app, &self->screen.app->numbers.items[0]));
	if (self->is_finding)
		str_addf(&right, "%zu of %zu", list->shown_count, list->count);
	else
		str_addf(&right, "%zu %s", is_practice ? list->count : list->saved_count,
			 is_practice ? "numbers" : "saved");
	frame_header(term, parts, right.bytes);
	str_release(&right);
}

static void heading_draw(struct screen_numbers *self, struct term *term, int row)
{
	if (!self->is_finding) {
		numbers_columns_head(&self->columns, &self->list, term, row);
		return;
	}
	int column = NUMBERS_NAME_COLUMN +
		     draw_text(term, row, NUMBERS_NAME_COLUMN, 8, STYLE_DIM, "Find") + 2;
	text_edit_draw(&self->find, term, row, column, term->columns - column - 1);
}

static void row_draw(const struct screen_numbers *self, struct term *term, int row, int index)
{
	struct app *app = self->screen.app;
	const struct number *number = number_list_at(&self->list, index);
	struct number_status status;
	if (number == NULL) {
		(void)draw_text(term, row, NUMBERS_NAME_COLUMN, term->columns - NUMBERS_NAME_COLUMN,
				STYLE_NORMAL, "Add a number");
		return;
	}
	number_status_of(app, number, &status);
	numbers_columns_draw(&self->columns, term, row, app, number, &status);
}

/* Those in view are read in the background. */
static void view_tell(const struct screen_numbers *self, int rows)
{
	struct app *app = self->screen.app;
	const char **ids = mem_alloc((size_t)rows, sizeof *ids);
	size_t count = 0;
	for (int i = 0; i < rows; i++) {
		const struct number *number = number_list_at(&self->list, self->scroll.first + i);
		if (number != NULL)
			ids[count++] = number->id;
	}
	number_states_view(app, ids, count);
	free(ids);
}

/* Practice numbers say what to try on them, until they were opened. */
static const char *note_of(struct app *app, const struct number *number)
{
	const struct open_number *open = open_number_find(app, number->id);
	return open != NULL && open->is_practice && open->has_settings ? NULL : number->note;
}

/* A note that ends at `note_end` need not be a sentence; what follows it is one. */
static void note_close(struct str *words, size_t note_end)
{
	if (note_end > 0 && note_end + 1 < words->length &&
	    strchr(".!?", words->bytes[note_end - 1]) == NULL)
		str_insert(words, note_end, ".", 1);
}

/* What the columns have no room for, the gravest first. Caller frees. */
static char *number_words(const struct screen_numbers *self, const struct number *number,
			  enum style *style)
{
	struct app *app = self->screen.app;
	struct number_status status;
	char age[CLOCK_TEXT_SIZE];
	size_t note_end = 0;
	struct str words;
	str_init(&words);
	number_status_of(app, number, &status);
	*style = status.err == NULL ? STYLE_NORMAL : STYLE_WARNING;
	if (status.standing == STANDING_HALF_DONE)
		str_add(&words, "Something was left half-done on it: Enter opens it, and that is "
				"settled first. ");
	else if (status.standing == STANDING_UNKNOWN)
		str_add(&words, "The outcome of its last send is unknown: open it and read it. ");
	else if (status.standing == STANDING_SENDING)
		str_add(&words, "Something is being sent to it: Enter opens it. ");
	if (status.undo != NULL)
		str_add(&words, "A timed undo waits: Enter opens it; there k keeps the new "
				"settings. ");
	if (status.err != NULL)
		str_addf(&words, "%s %s ", status.err->sentence, status.err->next_step);
	else if (note_of(app, number) != NULL) {
		str_addf(&words, "%s ", number->note);
		note_end = words.length - 1;
	}
	if (number->is_read_only)
		str_add(&words, "Marked read-only: nothing is sent to it. ");
	if (status.changed_count > 0 && self->columns.at[NUMBER_COLUMN_DRAFT].width == 0)
		str_addf(&words, "%zu changed, not sent. ", status.changed_count);
	else if (status.has_draft && status.changed_count == 0)
		str_add(&words, "It has unsent changes; opening it offers them. ");
	if (status.read_at != 0 && self->columns.at[NUMBER_COLUMN_READ].width == 0)
		str_addf(&words, "Read: %s. ", clock_age(clock_now() - status.read_at, age));
	note_close(&words, note_end);
	if (words.length == 0)
		str_add(&words, "Enter opens it. / and what you type finds another.");
	if (text_columns(number->label) > self->columns.at[NUMBER_COLUMN_NAME].width) {
		str_insert(&words, 0, ": ", 2);
		str_insert(&words, 0, number->label, strlen(number->label));
	}
	return str_detach(&words);
}

static void help_draw(struct screen_numbers *self, struct term *term)
{
	const struct number *number = focused_number(self);
	if (number == NULL) {
		screen_help_lines(&self->screen, term, STYLE_NORMAL,
				  self->list.shown_count == 0 && self->is_finding
					  ? "No number matches. Esc shows all again."
					  : "Enter adds a number with its API key.");
		return;
	}
	enum style style;
	char *words = number_words(self, number, &style);
	screen_help_lines(&self->screen, term, style, words);
	free(words);
}

static void numbers_draw(struct screen *screen, struct term *term)
{
	struct screen_numbers *self = self_of(screen);
	int top = frame_body_row(term) + HEADING_ROWS, rows = rows_in_view(term);
	list_follow(self);
	numbers_columns_fit(&self->columns, &self->list, term->columns);
	header_draw(self, term);
	draw_rule(term, frame_body_row(term), NULL);
	scroll_settle(&self->scroll, row_count(self), rows);
	for (int i = 0; i < rows && self->scroll.first + i < row_count(self); i++) {
		row_draw(self, term, top + i, self->scroll.first + i);
		draw_target(term, top + i, self->scroll.first + i,
			    self->scroll.first + i == self->scroll.focus);
		if (self->scroll.first + i != self->scroll.focus)
			continue;
		draw_glyph(term, top + i, 1, 1, STYLE_NORMAL, term->glyphs->focus);
		draw_cursor(term, top + i, NUMBERS_NAME_COLUMN);
	}
	if (self->list.count == 0)
		(void)draw_paragraph(term, top + 2, NUMBERS_NAME_COLUMN,
				     term->columns - 2 * NUMBERS_NAME_COLUMN, rows - 2, STYLE_DIM,
				     "No number is saved yet. Add the first with its name and its "
				     "API key; where the key lives is yours to choose.");
	help_draw(self, term);
	heading_draw(self, term, top - 1); /* last: while finding, the cursor belongs there */
	if (screen->app->top == screen)
		view_tell(self, rows);
}

/* --- opening and removing --------------------------------------------------------------------- */

static void number_open(struct app *app, const struct number *number)
{
	number_states_cancel(app, number->id); /* its own screen reads it */
	screen_settings_open(app, number);
}

static void key_removed(void *owner, const struct err *err)
{
	struct screen_numbers *self = owner;
	if (err != NULL)
		app_notice(self->screen.app,
			   "%s has left the list; its API key is still in the vault. %s",
			   self->removed, err->sentence);
}

/* Below the last number stands the row that adds one: the focus goes to the last rather. */
static void focus_leave_removed(struct screen_numbers *self)
{
	list_follow(self);
	int last = (int)self->list.shown_count - 1;
	if (self->scroll.focus > last && last >= 0)
		self->scroll.focus = last;
	focus_note(self);
}

/* Where only the saving failed it has left this session's list, and the next one finds it whole. */
static void number_remove(struct screen_numbers *self, const struct number *number)
{
	struct app *app = self->screen.app;
	struct open_number *open = open_number_find(app, number->id);
	bool is_in_vault = number->key_source.kind == KEY_SOURCE_VAULT;
	char *id = mem_text(number->id);
	struct err err;
	mem_text_set(&self->removed, number->label);
	bool is_saved = numbers_remove(&app->numbers, id, &err);
	if (open != NULL)
		open_number_close(open);
	focus_leave_removed(self);
	if (is_saved) {
		(void)draft_discard(id, NULL);
		seen_forget(id);
		number_states_forget(app, id);
		fingerprint_forget(id);
	} else {
		app_notice(app, "%s The list on disk still has it. %s", err.sentence,
			   err.next_step);
	}
	if (is_saved && is_in_vault)
		vault_put(app, id, NULL, key_removed, self);
	free(id);
}

static void remove_answered(void *owner, int choice)
{
	struct screen_numbers *self = owner;
	const struct number *number = numbers_find_id(&self->screen.app->numbers, self->removing);
	if (choice == 0 && number != NULL)
		number_remove(self, number);
}

static void remove_ask(struct screen_numbers *self, const struct number *number)
{
	static const struct box_choice answers[] = {
		{ .label = "Remove it from the list", .key = 'y' },
		{ .label = "Keep it", .key = 'n' },
	};
	struct app *app = self->screen.app;
	const struct open_number *open = open_number_find(app, number->id);
	struct str sentence;
	if (open != NULL && number_is_at_work(open)) {
		app_notice(app, "%s: something is under way; open it and let it end first.",
			   number->label);
		return;
	}
	mem_text_set(&self->removing, number->id);
	str_init(&sentence);
	str_addf(&sentence, "%s leaves the list. ", number->label);
	if (number->key_source.kind == KEY_SOURCE_VAULT)
		str_add(&sentence, "Its API key is taken out of the vault. ");
	if (open != NULL && open->changed_count > 0)
		str_addf(&sentence, "Its unsent changes (%zu) are lost. ", open->changed_count);
	else if (open == NULL && number_states_has_draft(app, number->id))
		str_add(&sentence, "Its unsent changes are lost. ");
	str_add(&sentence, "Nothing changes at the service.");
	app_push(app, box_new(app, "Remove a number", sentence.bytes, answers,
			      ARRAY_LENGTH(answers), 1, true, remove_answered, self));
	str_release(&sentence);
}

/* --- what is done ----------------------------------------------------------------------------- */

static void sort_next(struct screen_numbers *self)
{
	static const char *const orders[NUMBER_SORT_COUNT] = {
		[NUMBERS_BY_NAME] = "by name",
		[NUMBERS_BY_NUMBER] = "by number",
		[NUMBERS_BY_STATE] = "by state, what needs you first",
		[NUMBERS_BY_READ] = "by last reading, the latest first",
	};
	enum number_sort sort = (self->list.sort + 1) % NUMBER_SORT_COUNT;
	number_list_sort(&self->list, sort);
	focus_follow(self);
	app_notice(self->screen.app, "Sorted %s.", orders[sort]);
}

/* Other sessions and commands change the list, too. */
static bool list_read_again(struct app *app)
{
	struct numbers numbers;
	struct err err;
	if (app->service != APP_SERVICE_REAL)
		return true;
	numbers_init(&numbers);
	if (!numbers_load(&numbers, &err)) {
		app_notice(app, "%s %s", err.sentence, err.next_step);
		numbers_release(&numbers);
		return false;
	}
	numbers.generation = app->numbers.generation + 1;
	numbers_release(&app->numbers);
	app->numbers = numbers;
	return true;
}

static void view_reload(struct screen_numbers *self)
{
	struct app *app = self->screen.app;
	if (!list_read_again(app))
		return;
	list_follow(self);
	size_t left_out = number_states_reload(app);
	if (left_out == 0)
		return;
	char *count = mem_format("The API keys of %zu of these numbers are not at hand", left_out);
	app_notice(app,
		   "%s, so they are not read. Enter opens one and gets its key; the vault, once "
		   "open, serves all that are in it.",
		   left_out == 1 ? "The API key of one of these numbers is not at hand" : count);
	free(count);
}

static void form_open(struct screen_numbers *self, enum number_form_kind kind)
{
	struct app *app = self->screen.app;
	const struct number *number = kind == NUMBER_FORM_ADD ? NULL : focused_number(self);
	app_push(app, screen_number_form_new(app, kind, number == NULL ? NULL : number->id));
}

static void numbers_act(struct screen *screen, enum action_id action)
{
	struct screen_numbers *self = self_of(screen);
	list_follow(self);
	const struct number *number = focused_number(self);
	if (scroll_act(&self->scroll, action, row_count(self), rows_in_view(&screen->app->term),
		       NULL, NULL)) {
		focus_note(self);
		return;
	}
	switch (action) {
	case ACTION_OPEN:
		if (number != NULL)
			number_open(screen->app, number);
		else
			form_open(self, NUMBER_FORM_ADD);
		break;
	case ACTION_ADD: form_open(self, NUMBER_FORM_ADD); break;
	case ACTION_EDIT_NUMBER: form_open(self, NUMBER_FORM_EDIT); break;
	case ACTION_DUPLICATE: form_open(self, NUMBER_FORM_DUPLICATE); break;
	case ACTION_REMOVE: remove_ask(self, number); break;
	case ACTION_FIND: find_begin(self); break;
	case ACTION_SORT: sort_next(self); break;
	case ACTION_RELOAD: view_reload(self); break;
	case ACTION_BACK:
		if (self->is_finding)
			find_end(self);
		else
			screen_leave_ask(screen->app);
		break;
	default: break;
	}
}

static bool numbers_event(struct screen *screen, const struct input_event *event)
{
	struct screen_numbers *self = self_of(screen);
	list_follow(self);
	if (self->is_finding) {
		if (event->kind == INPUT_KEY && event->key == KEY_BACKSPACE_ &&
		    text_edit_text(&self->find)[0] == '\0') {
			find_end(self);
			return true;
		}
		return find_event(self, event);
	}
	/* A character that does nothing else here begins a search. */
	if (event->kind == INPUT_KEY &&
	    (!key_is_text(event->key) || event->key == ' ' ||
	     action_for_key(CONTEXT_NUMBERS, event->key, false) != ACTION_NONE))
		return false;
	find_begin(self);
	return find_event(self, event);
}

static bool numbers_offers(struct screen *screen, enum action_id action)
{
	bool is_of_number = action == ACTION_REMOVE || action == ACTION_EDIT_NUMBER ||
			    action == ACTION_DUPLICATE;
	return !is_of_number || focused_number(self_of(screen)) != NULL;
}

static const char *numbers_bar_label(struct screen *screen, enum action_id action)
{
	bool is_finding = self_of(screen)->is_finding;
	if (action == ACTION_BACK)
		return is_finding ? "Show all" : "";
	return action == ACTION_REMOVE && is_finding ? "" : NULL; /* Del edits what is typed */
}

static bool numbers_has_text_focus(struct screen *screen)
{
	return self_of(screen)->is_finding;
}

static void numbers_covered(struct screen *screen)
{
	number_states_view(screen->app, NULL, 0);
}

static void numbers_screen_release(struct screen *screen)
{
	struct screen_numbers *self = self_of(screen);
	keys_forget(screen->app, self);
	if (self->is_finding)
		text_edit_release(&self->find);
	number_list_release(&self->list);
	free(self->removing);
	free(self->removed);
	free(self);
}

static const struct screen_ops NUMBERS_OPS = {
	.context = CONTEXT_NUMBERS,
	.title = "Numbers",
	.help = "The numbers you work on. Enter opens one and gets its API key from where it "
		"lives. "
		"A letter but q, a + or a / begins to find as you type, in names, numbers, "
		"providers, tags, notes and states; from then on q, digits and every other "
		"character are what you look for, and digits find a number however they are "
		"grouped. "
		"What was last read of each is shown with its age; while a number's key is at "
		"hand, "
		"it is read in the background. * marks changes that were not sent, - a number "
		"marked read-only.",
	.draw = numbers_draw,
	.event = numbers_event,
	.act = numbers_act,
	.offers = numbers_offers,
	.bar_label = numbers_bar_label,
	.has_text_focus = numbers_has_text_focus,
	.covered = numbers_covered,
	.release = numbers_screen_release,
};

struct screen *screen_numbers_new(struct app *app)
{
	struct screen_numbers *self = screen_new(app, sizeof *self, &NUMBERS_OPS);
	number_list_init(&self->list, app);
	focus_note(self);
	return &self->screen;
}
