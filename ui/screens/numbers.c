#include "ui/screens/screens.h"

#include "base/mem.h"
#include "base/text.h"
#include "calling/fields.h"
#include "ui/term/draw.h"
#include "ui/widgets/box.h"
#include "ui/widgets/frame.h"
#include "ui/widgets/scroll.h"
#include "ui/widgets/text_edit.h"

#include <stdlib.h>
#include <string.h>

enum {
	COLUMN_NAME = 3,
	GAP = 2,
	PHONE_COLUMNS = 16, /* "+" and 15 digits: E.164 */
	PROVIDER_COLUMNS = 9,
	STATE_COLUMNS = 19,
	STATE_COLUMNS_NARROW = 13, /* "Enabled, SDES" */
	FIND_MAX = 64,
};

struct screen_numbers {
	struct screen screen;
	struct scroll scroll;
	size_t *matches; /* places in app->numbers that the search leaves */
	int match_count;
	bool is_finding;
	struct text_edit find;
	char *removing; /* label of the number asked about */
};

static struct screen_numbers *self_of(struct screen *screen)
{
	return (struct screen_numbers *)screen;
}

static bool number_matches(const struct number *number, const char *wanted)
{
	return wanted[0] == '\0' || text_contains_nocase(number->label, wanted) ||
	       (number->phone_number != NULL &&
		text_contains_nocase(number->phone_number, wanted)) ||
	       (number->note != NULL && text_contains_nocase(number->note, wanted)) ||
	       text_contains_nocase(number->api_url, wanted);
}

static void matches_fill(struct screen_numbers *self)
{
	const struct numbers *numbers = &self->screen.app->numbers;
	const char *wanted = self->is_finding ? text_edit_text(&self->find) : "";
	self->matches = mem_resize(self->matches, numbers->count, sizeof *self->matches);
	self->match_count = 0;
	for (size_t i = 0; i < numbers->count; i++)
		if (number_matches(&numbers->items[i], wanted))
			self->matches[self->match_count++] = i;
	/* The row behind the last adds a number. */
	if (self->scroll.focus > self->match_count || self->scroll.focus < 0)
		self->scroll.focus = 0;
}

static void find_end(struct screen_numbers *self)
{
	if (self->is_finding)
		text_edit_release(&self->find);
	self->is_finding = false;
	matches_fill(self);
}

static void find_begin(struct screen_numbers *self)
{
	if (self->is_finding)
		return;
	text_edit_init(&self->find, "", FIND_MAX);
	self->is_finding = true;
	matches_fill(self);
}

static const struct number *focused_number(const struct screen_numbers *self)
{
	return self->scroll.focus < self->match_count
		       ? &self->screen.app->numbers.items[self->matches[self->scroll.focus]]
		       : NULL;
}

/* --- what is drawn -------------------------------------------------------------------------- */

/* What is known of a number in this session. Caller frees. */
static char *state_words(struct app *app, const struct number *number)
{
	const struct open_number *open = open_number_find(app, number->label);
	struct str words;
	if (open == NULL || !open->has_settings)
		return mem_text("not read yet");
	str_init(&words);
	field_words(field_of(FIELD_SIP),
		    values_get(&open->settings.values, field_ref_of(FIELD_SIP)), &words);
	if (values_sip_enabled(&open->settings.values))
		str_add(&words, values_srtp_is_sdes(&open->settings.values) ? ", SDES" : ", DTLS");
	if (open->changed_count > 0)
		str_addf(&words, ", %zu changed", open->changed_count);
	if (open->is_unknown)
		str_add(&words, ", UNKNOWN");
	return str_detach(&words);
}

static const char *provider_words(const struct app *app, const struct number *number)
{
	if (app->service != APP_SERVICE_REAL)
		return "practice";
	if (text_equal(number->api_url, ENDPOINT_DEFAULT_URL))
		return "360dialog";
	const char *host = strstr(number->api_url, "://");
	return host == NULL ? number->api_url : host + 3;
}

/* Columns from the right: state, number, and the provider where there is room. The name has the
 * rest. `texts` NULL draws the headings. */
static void columns_draw(struct term *term, int row, enum style style, const char *const texts[4])
{
	int end = term->columns - 1;
	bool wide = term->columns >= 72;
	int state = end - (wide ? STATE_COLUMNS : STATE_COLUMNS_NARROW);
	int provider = wide ? state - GAP - PROVIDER_COLUMNS : state;
	int phone = provider - GAP - PHONE_COLUMNS;
	(void)draw_text(term, row, COLUMN_NAME, phone - GAP - COLUMN_NAME, style, texts[0]);
	(void)draw_text(term, row, phone, PHONE_COLUMNS, style, texts[1]);
	if (wide)
		(void)draw_text(term, row, provider, PROVIDER_COLUMNS, style, texts[2]);
	(void)draw_text(term, row, state, end - state, style, texts[3]);
}

static void number_draw(struct screen_numbers *self, struct term *term, int row, int index)
{
	struct app *app = self->screen.app;
	const struct number *number = &app->numbers.items[self->matches[index]];
	char *state = state_words(app, number);
	const char *texts[4] = { number->label,
				 number->phone_number == NULL ? "" : number->phone_number,
				 provider_words(app, number), state };
	columns_draw(term, row, STYLE_NORMAL, texts);
	free(state);
}

static void header_draw(struct screen_numbers *self, struct term *term)
{
	const char *parts[] = { "sipdesk", "Numbers", NULL };
	struct app *app = self->screen.app;
	char *count = app->service == APP_SERVICE_REAL
			      ? mem_format("%zu saved", app->numbers.count)
			      : mem_format("PRACTICE   %zu numbers", app->numbers.count);
	frame_header(term, parts, count);
	free(count);
}

static void find_draw(struct screen_numbers *self, struct term *term, int row)
{
	static const char *const headings[4] = { "Name", "Number", "Provider", "SIP" };
	if (!self->is_finding) {
		columns_draw(term, row, STYLE_DIM, headings);
		return;
	}
	int column = COLUMN_NAME + draw_text(term, row, COLUMN_NAME, 8, STYLE_DIM, "Find") + GAP;
	text_edit_draw(&self->find, term, row, column, term->columns - column - 1);
}

/* A note that says what to try is of no use once the number was opened. */
static bool was_read(struct app *app, const struct number *number)
{
	const struct open_number *open = open_number_find(app, number->label);
	return open != NULL && open->has_settings;
}

static void numbers_draw(struct screen *screen, struct term *term)
{
	struct screen_numbers *self = self_of(screen);
	int top = frame_body_row(term) + 2;
	int rows = frame_body_rows(term) - 2;
	matches_fill(self);
	header_draw(self, term);
	draw_rule(term, frame_body_row(term), NULL);
	scroll_settle(&self->scroll, self->match_count + 1, rows);
	for (int i = 0; i < rows && self->scroll.first + i <= self->match_count; i++) {
		int index = self->scroll.first + i;
		if (index == self->match_count)
			(void)draw_text(term, top + i, COLUMN_NAME, term->columns - COLUMN_NAME,
					STYLE_NORMAL, "Add a number");
		else
			number_draw(self, term, top + i, index);
		if (index != self->scroll.focus)
			continue;
		draw_glyph(term, top + i, 1, 1, STYLE_FOCUS, term->glyphs->focus);
		draw_cursor(term, top + i, COLUMN_NAME);
	}
	if (screen->app->numbers.count == 0)
		(void)draw_paragraph(
			term, top + 2, COLUMN_NAME, term->columns - 2 * COLUMN_NAME, rows - 2,
			STYLE_DIM,
			"No number is saved yet. Add the first with its name and its API "
			"key; the key is asked for again in each session.");
	const struct number *number = focused_number(self);
	const char *sentence =
		number != NULL && number->note != NULL && !was_read(screen->app, number)
			? number->note
		: number != NULL ? "Enter opens it. Type to find another."
		: self->match_count == 0 && self->is_finding
			? "No number matches. Esc shows all again."
			: "Enter adds a number with its API key.";
	screen_help_lines(screen, term, STYLE_NORMAL, sentence);
	find_draw(self, term, top - 1); /* last: while finding, the cursor belongs there */
}

/* --- what is done --------------------------------------------------------------------------- */

static void number_open(struct screen *screen, const struct number *chosen)
{
	struct app *app = screen->app;
	struct open_number *number = open_number_of(app, chosen);
	if (!secret_is_set(&number->endpoint.key) && app->practice_key != NULL)
		app->practice_key(number->label, &number->endpoint.key);
	app_push(app, secret_is_set(&number->endpoint.key) ? screen_settings_new(app, number)
							   : screen_key_new(app, number));
}

static void remove_answered(void *owner, int choice)
{
	struct screen_numbers *self = owner;
	struct app *app = self->screen.app;
	struct err err;
	const struct number *number = numbers_find(&app->numbers, self->removing);
	if (choice != 0 || number == NULL)
		return;
	struct open_number *open = open_number_find(app, self->removing);
	numbers_remove(&app->numbers, (size_t)(number - app->numbers.items));
	if (open != NULL)
		open_number_close(open);
	matches_fill(self);
	if (!numbers_save(&app->numbers, &err))
		app_notice(app, "%s The list on disk still has it.", err.sentence);
}

static void remove_ask(struct screen_numbers *self)
{
	static const struct box_choice answers[] = {
		{ .label = "Remove it from the list", .key = 'y' },
		{ .label = "Keep it", .key = 'n' },
	};
	struct app *app = self->screen.app;
	const struct number *number = focused_number(self);
	const struct open_number *open = open_number_find(app, number->label);
	mem_text_set(&self->removing, number->label);
	char *sentence = mem_format(
		"%s leaves the list%s. Nothing changes at the service.", number->label,
		open != NULL && open->changed_count > 0 ? ", and its unsent changes are lost" : "");
	app_push(app, box_new(app, "Remove a number", sentence, answers, ARRAY_LENGTH(answers), 1,
			      true, remove_answered, self));
	free(sentence);
}

static void numbers_act(struct screen *screen, enum action_id action)
{
	struct screen_numbers *self = self_of(screen);
	struct app *app = screen->app;
	matches_fill(self);
	if (scroll_act(&self->scroll, action, self->match_count + 1,
		       frame_body_rows(&app->term) - 2, NULL, NULL))
		return;
	const struct number *number = focused_number(self);
	switch (action) {
	case ACTION_OPEN:
		if (number != NULL)
			number_open(screen, number);
		else
			app_push(app, screen_number_add_new(app));
		break;
	case ACTION_ADD: app_push(app, screen_number_add_new(app)); break;
	case ACTION_REMOVE: remove_ask(self); break;
	case ACTION_FIND: find_begin(self); break;
	case ACTION_BACK:
		if (self->is_finding)
			find_end(self);
		else
			screen_leave_ask(app);
		break;
	default: break;
	}
}

static bool find_event(struct screen_numbers *self, const struct input_event *event)
{
	enum text_edit_result result =
		event->kind == INPUT_PASTE
			? text_edit_paste(&self->find, event->text, event->length, NULL)
			: text_edit_key(&self->find, event->key);
	if (result == TEXT_EDIT_CHANGED) {
		self->scroll.focus = 0;
		matches_fill(self);
	}
	return result != TEXT_EDIT_IGNORED;
}

static bool numbers_event(struct screen *screen, const struct input_event *event)
{
	struct screen_numbers *self = self_of(screen);
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
	return action != ACTION_REMOVE || focused_number(self_of(screen)) != NULL;
}

static const char *numbers_bar_label(struct screen *screen, enum action_id action)
{
	if (action == ACTION_BACK)
		return self_of(screen)->is_finding ? "Show all" : "";
	return NULL;
}

static bool numbers_has_text_focus(struct screen *screen)
{
	return self_of(screen)->is_finding;
}

static void numbers_screen_release(struct screen *screen)
{
	struct screen_numbers *self = self_of(screen);
	if (self->is_finding)
		text_edit_release(&self->find);
	free(self->matches);
	free(self->removing);
	free(self);
}

static const struct screen_ops NUMBERS_OPS = {
	.context = CONTEXT_NUMBERS,
	.title = "Numbers",
	.help = "The numbers you work on. Enter opens one. A letter, or / and any character, finds "
		"as "
		"you type in names, numbers, notes and providers. The API key is asked for when a "
		"number is opened and kept for this session only.",
	.draw = numbers_draw,
	.event = numbers_event,
	.act = numbers_act,
	.offers = numbers_offers,
	.bar_label = numbers_bar_label,
	.has_text_focus = numbers_has_text_focus,
	.release = numbers_screen_release,
};

struct screen *screen_numbers_new(struct app *app)
{
	struct screen_numbers *self = screen_new(app, sizeof *self, &NUMBERS_OPS);
	matches_fill(self);
	return &self->screen;
}
