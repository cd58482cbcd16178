#include "ui/screens/screens.h"

#include "base/clock.h"
#include "base/mem.h"
#include "ui/app/history_words.h"
#include "ui/screens/change_rows.h"
#include "ui/widgets/box.h"
#include "ui/widgets/frame.h"

#include <stdlib.h>

/* Rows that can have the focus are told apart by their action; those of changes have their place.
 */
enum { ROW_FACT = 1 << 16, ROW_REQUEST = 1 << 17 };

enum { PUT_BEFORE, PUT_AFTER };

struct screen_history_entry {
	struct screen screen;
	struct open_number *number;
	const struct history_entry *entry; /* borrowed from the list below */
	struct change_lines lines;	   /* before → after */
	char *no_lines;			   /* the sentence where there are none; else NULL */
	struct form form;
};

static struct screen_history_entry *self_of(struct screen *screen)
{
	return (struct screen_history_entry *)screen;
}

/* --- rows ----------------------------------------------------------------------------------- */

static void sentence_add(struct screen_history_entry *self, const char *sentence, enum style style)
{
	(void)form_add_sentence(&self->form, field_ref_of(FIELD_COUNT), sentence,
				form_sentence_columns(&self->screen.app->term), style);
}

static void fact_add(struct screen_history_entry *self, const char *label, const char *value)
{
	int place = self->form.count;
	form_add_value(&self->form, &self->screen.app->term, label, value, NULL)->action =
		ROW_FACT + place;
}

static void facts_rows(struct screen_history_entry *self)
{
	const struct history_entry *entry = self->entry;
	char when[CLOCK_TEXT_SIZE];
	struct str who;
	str_init(&who);
	who_write_words(&entry->who, &who);
	fact_add(self, "What", history_entry_title(entry));
	fact_add(self, "When", clock_day_minute(entry->began_at, when));
	fact_add(self, "Who", who.bytes);
	if (!text_equal(entry->label, self->number->label) && entry->label != NULL)
		fact_add(self, "Number was called", entry->label);
	fact_add(self, "Outcome", history_entry_words(entry));
	if (history_afterwards(entry) != NULL)
		fact_add(self, "Afterwards", history_afterwards(entry));
	str_release(&who);
}

static void changes_rows(struct screen_history_entry *self)
{
	(void)form_add(&self->form, FORM_SECTION, "What changed");
	change_rows_add(&self->form, &self->screen.app->term, &self->lines, false);
	if (self->entry->after == NULL)
		sentence_add(self, "It was not read back, so what it changed is not known.",
			     STYLE_WARNING);
	else if (self->no_lines != NULL)
		sentence_add(self, self->no_lines, STYLE_NORMAL);
}

static void request_rows(struct screen_history_entry *self, size_t index)
{
	const struct history_request *request = &self->entry->requests[index];
	int columns = form_sentence_columns(&self->screen.app->term);
	char *title = mem_format("%zu  %s", index + 1, request->title);
	struct form_row *row = form_add_sentence(&self->form, field_ref_of(FIELD_SIP_SERVERS),
						 title, columns, STYLE_NORMAL);
	row->action = ROW_REQUEST + (int)index;
	free(title);
	bool is_taken = request->reach != NULL && request->error == NULL;
	char *answer = mem_format("   %s", history_request_words(request));
	sentence_add(self, answer, is_taken ? STYLE_DIM : STYLE_WRONG);
	free(answer);
	if (request->words == NULL)
		return;
	answer = mem_format("   The service's own words: %s", request->words);
	sentence_add(self, answer, STYLE_DIM);
	free(answer);
}

static void rows_fill(struct screen_history_entry *self)
{
	form_begin(&self->form);
	facts_rows(self);
	changes_rows(self);
	(void)form_add(&self->form, FORM_SECTION, "Requests");
	for (size_t i = 0; i < self->entry->request_count; i++)
		request_rows(self, i);
	if (self->entry->request_count == 0)
		sentence_add(self, "None was sent.", STYLE_NORMAL);
	form_end(&self->form);
}

static void history_entry_draw(struct screen *screen, struct term *term)
{
	struct screen_history_entry *self = self_of(screen);
	char when[CLOCK_TEXT_SIZE];
	int top = frame_body_row(term);
	char *part = mem_format("History › %s", clock_day_minute(self->entry->began_at, when));
	rows_fill(self);
	screen_header(term, self->number, part, open_number_realm(self->number));
	free(part);
	draw_rule(term, top, NULL);
	screen_help_lines(screen, term, STYLE_NORMAL,
			  "p makes a draft of the settings before or after it; nothing is sent "
			  "before you review it.");
	form_draw(&self->form, term, top + 1, frame_body_rows(term) - 1);
}

/* --- its JSON -------------------------------------------------------------------------------- */

static void json_show(struct screen_history_entry *self)
{
	struct app *app = self->screen.app;
	struct str text;
	str_init(&text);
	history_json_write(self->entry, &text);
	app_push(app, screen_page_new(app, self->number->label, "Exact JSON", text.bytes));
	str_release(&text);
}

/* --- put back -------------------------------------------------------------------------------- */

static void put_chosen(void *owner, int choice)
{
	struct screen_history_entry *self = owner;
	struct app *app = self->screen.app;
	struct open_number *number = self->number;
	struct calling_settings settings;
	if (choice == BOX_BACK ||
	    !history_entry_settings(self->entry, choice == PUT_AFTER, &settings))
		return;
	bool differs = open_number_put_back(number, &settings.values);
	settings_release(&settings);
	if (!differs) {
		app_notice(app, "%s", HISTORY_PUT_BACK_SAME);
		return;
	}
	screen_settings_jump(app, number, field_ref_of(FIELD_COUNT)); /* this screen is gone */
	app_push(app, screen_review_new(app, number));
}

static void which_ask(struct screen_history_entry *self)
{
	const struct box_choice choices[] = {
		[PUT_BEFORE] = { .label = "The settings before it",
				 .why_not = history_side_why_not(self->entry, false),
				 .key = 'b' },
		[PUT_AFTER] = { .label = "The settings after it",
				.why_not = history_side_why_not(self->entry, true),
				.key = 'a' },
	};
	app_push(self->screen.app,
		 box_new(self->screen.app, "Put it back", HISTORY_PUT_BACK_WHICH, choices,
			 ARRAY_LENGTH(choices), PUT_BEFORE, true, put_chosen, self));
}

static void replace_answered(void *owner, int choice)
{
	if (choice == 0)
		which_ask(owner);
}

static void put_back(struct screen_history_entry *self)
{
	static const struct box_choice answers[] = {
		{ .label = "Replace it", .key = 'y' },
		{ .label = "Keep it", .key = 'n' },
	};
	struct app *app = self->screen.app;
	char *sentence = history_replaces_words(self->number);
	if (sentence == NULL) {
		which_ask(self);
		return;
	}
	app_push(app, box_new(app, "Replace your draft?", sentence, answers, ARRAY_LENGTH(answers),
			      1, true, replace_answered, self));
	free(sentence);
}

/* --- what is done ---------------------------------------------------------------------------- */

static void history_entry_act(struct screen *screen, enum action_id action)
{
	struct screen_history_entry *self = self_of(screen);
	rows_fill(self);
	if (form_act(&self->form, action, frame_body_rows(&screen->app->term) - 1))
		return;
	switch (action) {
	case ACTION_JSON: json_show(self); break;
	case ACTION_PUT_BACK: put_back(self); break;
	case ACTION_BACK: app_pop(screen->app); break;
	default: break;
	}
}

static bool history_entry_offers(struct screen *screen, enum action_id action)
{
	(void)screen;
	return action != ACTION_OPEN && action != ACTION_MARK && action != ACTION_COMPARE;
}

static const char *history_entry_why_not(struct screen *screen, enum action_id action)
{
	return action == ACTION_PUT_BACK ? history_put_back_why_not(self_of(screen)->number) : NULL;
}

static void history_entry_release(struct screen *screen)
{
	struct screen_history_entry *self = self_of(screen);
	change_lines_release(&self->lines);
	free(self->no_lines);
	form_release(&self->form);
	free(self);
}

static const struct screen_ops HISTORY_ENTRY_OPS = {
	.context = CONTEXT_HISTORY,
	.title = "An entry of the history",
	.help = "What was written then, and what it changed: each field before and after, each "
		"request with what became of it. p makes a draft of the settings before or after "
		"it: only fields that differ from what the service shows now are changed, and "
		"nothing is sent before you review it.",
	.draw = history_entry_draw,
	.act = history_entry_act,
	.offers = history_entry_offers,
	.why_not = history_entry_why_not,
	.release = history_entry_release,
};

struct screen *screen_history_entry_new(struct app *app, struct open_number *number,
					const struct history_entry *entry)
{
	struct screen_history_entry *self = screen_new(app, sizeof *self, &HISTORY_ENTRY_OPS);
	self->number = number;
	self->entry = entry;
	form_init(&self->form);
	self->no_lines = history_changed(entry, &self->lines);
	return &self->screen;
}
