#include "ui/screens/screens.h"

#include "base/clock.h"
#include "base/mem.h"
#include "ui/app/history_words.h"
#include "ui/widgets/form.h"
#include "ui/widgets/frame.h"

#include <stdlib.h>

/* The entries of a number as they stood when the screen was opened; a row's action is its entry's
 * place. */
struct screen_history {
	struct screen screen;
	struct open_number *number;
	struct history_entries entries;
	char **summaries;   /* of what each changed, on one line */
	struct err err;	    /* why they could not be read */
	size_t broken_line; /* of their file; 0: none */
	int marked;	    /* place of an entry; -1: none */
	struct form form;
};

static struct screen_history *self_of(struct screen *screen)
{
	return (struct screen_history *)screen;
}

/* --- rows ----------------------------------------------------------------------------------- */

static void sentence_add(struct screen_history *self, const char *sentence, enum style style)
{
	int columns = form_sentence_columns(&self->screen.app->term);
	if (sentence[0] != '\0')
		(void)form_add_sentence(&self->form, field_ref_of(FIELD_COUNT), sentence, columns,
					style);
}

static void broken_say(struct screen_history *self)
{
	char *sentence = history_broken_words(self->broken_line);
	sentence_add(self, sentence, STYLE_WRONG);
	free(sentence);
}

/* "SIP signalling: Disabled → Enabled, and 2 more"; caller frees. */
static char *lines_summary(const struct change_lines *lines)
{
	const struct change_line *first = &lines->items[0];
	return lines->count == 1
		       ? mem_format("%s: %s → %s", first->label, first->old_text, first->new_text)
		       : mem_format("%s: %s → %s, and %zu more", first->label, first->old_text,
				    first->new_text, lines->count - 1);
}

static char *entry_summary(const struct history_entry *entry)
{
	struct change_lines lines = { 0 };
	char *sentence = history_changed(entry, &lines);
	char *changed = sentence == NULL ? lines_summary(&lines) : sentence;
	const char *settled = history_settled(entry);
	char *summary = settled == NULL ? mem_format("  %s", changed)
					: mem_format("  Afterwards %s. %s", settled, changed);
	change_lines_release(&lines);
	free(changed);
	return summary;
}

static void entry_rows(struct screen_history *self, size_t index)
{
	const struct history_entry *entry = &self->entries.items[index];
	const char *words = history_entry_words(entry);
	char when[CLOCK_TEXT_SIZE];
	struct form_row *row =
		form_add(&self->form, FORM_FIELD, clock_day_minute(entry->began_at, when));
	row->action = (int)index;
	row->value = mem_format("%s: %s", history_entry_title(entry), words);
	row->note = mem_text(entry->who.user);
	if (!text_equal(words, SEND_OUTCOME_WORDS[SEND_APPLIED]))
		row->value_style = STYLE_WARNING;
	if (history_entry_is_open(entry))
		row->mark = '!';
	if (self->marked == (int)index)
		row->mark = '*';
	form_add(&self->form, FORM_LINE, self->summaries[index])->value_style = STYLE_DIM;
}

static void rows_fill(struct screen_history *self)
{
	form_begin(&self->form);
	if (self->err.kind != ERR_NONE) {
		sentence_add(self, self->err.sentence, STYLE_WRONG);
		sentence_add(self, self->err.next_step, STYLE_NORMAL);
	} else if (self->entries.count == 0) {
		sentence_add(self, HISTORY_EMPTY, STYLE_NORMAL);
	}
	if (self->broken_line > 0)
		broken_say(self);
	for (size_t i = self->entries.count; i-- > 0;)
		entry_rows(self, i);
	form_end(&self->form);
}

/* -1: none. */
static int focused_place(const struct screen_history *self)
{
	const struct form_row *row = form_focused(&self->form);
	return row == NULL ? -1 : row->action;
}

/* --- what is drawn -------------------------------------------------------------------------- */

static void help_draw(struct screen_history *self, struct term *term)
{
	int place = focused_place(self);
	struct str help;
	char when[CLOCK_TEXT_SIZE];
	str_init(&help);
	if (place >= 0) {
		who_write_words(&self->entries.items[place].who, &help);
		str_add(&help, ". Enter shows it, c compares it with ");
		if (self->marked >= 0 && self->marked != place)
			str_addf(
				&help, "the marked one of %s.",
				clock_day_minute(self->entries.items[self->marked].began_at, when));
		else
			str_add(&help, "what the service shows now.");
	} else {
		str_add(&help, "Esc goes back.");
	}
	screen_help_lines(&self->screen, term, STYLE_NORMAL, help.bytes);
	str_release(&help);
}

static void history_draw(struct screen *screen, struct term *term)
{
	struct screen_history *self = self_of(screen);
	int top = frame_body_row(term);
	rows_fill(self);
	screen_header(term, self->number, "History", open_number_realm(self->number));
	draw_rule(term, top, NULL);
	draw_cursor(term, top + 1, 0);
	help_draw(self, term);
	form_draw(&self->form, term, top + 1, frame_body_rows(term) - 1);
}

/* --- what is done --------------------------------------------------------------------------- */

static char *side_words(const struct history_entry *entry)
{
	char when[CLOCK_TEXT_SIZE];
	return mem_format("after %s (%s)", clock_day_minute(entry->began_at, when),
			  history_entry_title(entry));
}

static void compare_with_now(struct screen_history *self, const struct history_entry *entry,
			     const struct calling_settings *then)
{
	struct app *app = self->screen.app;
	const struct calling_settings *now = &self->number->settings;
	char read_at[CLOCK_TEXT_SIZE];
	char *from = side_words(entry);
	char *to = mem_format("now, as read at %s", clock_hour_minute(now->read_at, read_at));
	app_push(app,
		 screen_differences_new(app, self->number, from, &then->values, to, &now->values));
	free(from);
	free(to);
}

/* The older one is what it is compared from. */
static void compare_two(struct screen_history *self, int place, int other)
{
	struct app *app = self->screen.app;
	const struct history_entry *older = &self->entries.items[place < other ? place : other];
	const struct history_entry *newer = &self->entries.items[place < other ? other : place];
	struct calling_settings from, to;
	bool has_from = history_entry_settings(older, true, &from);
	bool has_to = history_entry_settings(newer, true, &to);
	char *from_words = side_words(older);
	char *to_words = side_words(newer);
	if (has_from && has_to)
		app_push(app, screen_differences_new(app, self->number, from_words, &from.values,
						     to_words, &to.values));
	else
		app_notice(app, "What the service held after the marked one was not read back.");
	free(from_words);
	free(to_words);
	if (has_from)
		settings_release(&from);
	if (has_to)
		settings_release(&to);
}

static void compare(struct screen_history *self, int place)
{
	const struct history_entry *entry = &self->entries.items[place];
	struct calling_settings then;
	if (self->marked >= 0 && self->marked != place) {
		compare_two(self, place, self->marked);
	} else if (history_entry_settings(entry, true, &then)) {
		compare_with_now(self, entry, &then);
		settings_release(&then);
	}
}

/* From the entry's own screen, which says why where it cannot be. */
static void put_back(struct screen_history *self, int place)
{
	struct app *app = self->screen.app;
	app_push(app, screen_history_entry_new(app, self->number, &self->entries.items[place]));
	app_act(app, ACTION_PUT_BACK);
}

static void history_act(struct screen *screen, enum action_id action)
{
	struct screen_history *self = self_of(screen);
	struct app *app = screen->app;
	rows_fill(self);
	if (form_act(&self->form, action, frame_body_rows(&app->term) - 1))
		return;
	int place = focused_place(self);
	if (action == ACTION_BACK)
		app_pop(app);
	else if (action == ACTION_OPEN && place >= 0)
		app_push(app,
			 screen_history_entry_new(app, self->number, &self->entries.items[place]));
	else if (action == ACTION_MARK && place >= 0)
		self->marked = self->marked == place ? -1 : place;
	else if (action == ACTION_PUT_BACK && place >= 0)
		put_back(self, place);
	else if (action == ACTION_COMPARE && place >= 0)
		compare(self, place);
}

static bool history_offers(struct screen *screen, enum action_id action)
{
	bool needs_entry = action == ACTION_OPEN || action == ACTION_MARK ||
			   action == ACTION_COMPARE || action == ACTION_PUT_BACK;
	return action != ACTION_JSON && (!needs_entry || self_of(screen)->entries.count > 0);
}

/* Putting back has its place on the entry's screen; Help stays in a small window's bar. */
static const char *history_bar_label(struct screen *screen, enum action_id action)
{
	(void)screen;
	return action == ACTION_PUT_BACK ? "" : NULL;
}

static const char *history_why_not(struct screen *screen, enum action_id action)
{
	struct screen_history *self = self_of(screen);
	int place = focused_place(self);
	if (action != ACTION_COMPARE || place < 0)
		return NULL;
	if (self->entries.items[place].after == NULL)
		return "What the service held after this one was not read back.";
	if (!self->number->has_settings && (self->marked < 0 || self->marked == place))
		return "The number was not read yet, so what the service shows now is not known.";
	return NULL;
}

static void history_screen_release(struct screen *screen)
{
	struct screen_history *self = self_of(screen);
	for (size_t i = 0; i < self->entries.count; i++)
		free(self->summaries[i]);
	free(self->summaries);
	history_entries_release(&self->entries);
	form_release(&self->form);
	free(self);
}

static const struct screen_ops HISTORY_OPS = {
	.context = CONTEXT_HISTORY,
	.title = "History",
	.help = "What was written to this number from this account, the newest first: when, what, "
		"how it went, by whom. Enter shows one with all its changes, from where it can be "
		"put back. A star marks the one to compare with, an exclamation mark one that was "
		"left half-done.",
	.draw = history_draw,
	.act = history_act,
	.offers = history_offers,
	.why_not = history_why_not,
	.bar_label = history_bar_label,
	.release = history_screen_release,
};

static void entries_read(struct screen_history *self)
{
	const struct history *history = &self->number->history; /* open while its screens are */
	if (history_entries_read(&self->entries, history, &self->err))
		(void)history_verify(history, &self->broken_line, &self->err);
	self->summaries = mem_alloc(self->entries.count, sizeof *self->summaries);
	for (size_t i = 0; i < self->entries.count; i++)
		self->summaries[i] = entry_summary(&self->entries.items[i]);
}

struct screen *screen_history_new(struct app *app, struct open_number *number)
{
	struct screen_history *self = screen_new(app, sizeof *self, &HISTORY_OPS);
	self->number = number;
	self->marked = -1;
	err_init(&self->err);
	form_init(&self->form);
	entries_read(self);
	return &self->screen;
}
