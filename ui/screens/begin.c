#include "ui/screens/screens.h"

#include "base/mem.h"
#include "base/text.h"
#include "calling/fields.h"
#include "ui/app/begin_words.h"
#include "ui/app/number_sequence.h"
#include "ui/screens/change_rows.h"
#include "ui/screens/plan_rows.h"
#include "ui/widgets/form.h"
#include "ui/widgets/frame.h"
#include "ui/widgets/prompt.h"

#include <stdlib.h>
#include <string.h>

enum { ROW_UNDO = 1 << 15 };

/* What a sequence with one meaning is going to do, read before it is begun. */
struct screen_begin {
	struct screen screen;
	struct open_number *number;
	enum sequence_kind kind;
	bool undo_wanted; /* SEQUENCE_ON: undone by itself unless confirmed */
	struct form form;
};

static struct screen_begin *self_of(struct screen *screen)
{
	return (struct screen_begin *)screen;
}

/* --- rows ------------------------------------------------------------------------------------- */

static void sentence_add(struct screen_begin *self, enum style style, const char *sentence)
{
	(void)form_add_sentence(&self->form, field_ref_of(FIELD_COUNT), sentence,
				form_sentence_columns(&self->screen.app->term), style);
}

static void switch_rows(struct screen_begin *self)
{
	const struct calling_settings *base = &self->number->settings;
	const struct term *term = &self->screen.app->term;
	struct calling_values mine;
	struct change_lines lines = { 0 };
	number_sequence_wanted(self->number, self->kind, &mine);
	change_lines_compute(&base->values, &mine, &lines);
	change_rows_add(&self->form, term, &lines, false);
	consequence_rows_add(&self->form, term, &base->values, &mine);
	if (self->number->changed_count > 0)
		sentence_add(self, STYLE_NORMAL, BEGIN_CHANGES_STAY);
	plan_rows_add(&self->form, term, base, &mine);
	if (self->kind == SEQUENCE_ON)
		undo_row_add(&self->form, term, self->undo_wanted, ROW_UNDO);
	change_lines_release(&lines);
	values_release(&mine);
}

static void kept_row(struct screen_begin *self, const char *label, const char *value)
{
	(void)form_add_value(&self->form, &self->screen.app->term, label, value, NULL);
}

static void reset_rows(struct screen_begin *self)
{
	const struct calling_values *base = &self->number->settings.values;
	const struct sip_server *server = values_first_server(base);
	struct str text;
	(void)form_add(&self->form, FORM_SECTION, "What this means");
	for (size_t i = 0; i < BEGIN_RESET_MEANINGS; i++)
		sentence_add(self, i == 0 ? STYLE_WARNING : STYLE_NORMAL,
			     BEGIN_RESET_MEANING_WORDS[i]);
	(void)form_add(&self->form, FORM_SECTION, "Steps");
	for (size_t i = 0; i < BEGIN_RESET_STEPS; i++)
		sentence_add(self, STYLE_NORMAL, BEGIN_RESET_STEP_WORDS[i]);
	(void)form_add(&self->form, FORM_SECTION, "Brought back as it is now");
	if (server != NULL) {
		str_init(&text);
		server_summary(server, &text);
		kept_row(self, field_of(FIELD_SIP_SERVERS)->label, text.bytes);
		str_release(&text);
	}
	kept_row(self, field_of(FIELD_SRTP)->label, values_srtp_is_sdes(base) ? "SDES" : "DTLS");
}

static void rows_fill(struct screen_begin *self)
{
	form_begin(&self->form);
	if (self->kind == SEQUENCE_RESET_PASSWORD)
		reset_rows(self);
	else
		switch_rows(self);
	form_end(&self->form);
}

static void begin_draw(struct screen *screen, struct term *term)
{
	struct screen_begin *self = self_of(screen);
	const struct open_number *number = self->number;
	const char *why = number_sequence_why_not(number, self->kind);
	rows_fill(self);
	screen_header(term, number, number_sequence_title(self->kind), open_number_realm(number));
	draw_rule(term, frame_body_row(term), NULL);
	screen_help_lines(screen, term, why == NULL ? STYLE_NORMAL : STYLE_WRONG,
			  why != NULL ? why
			  : self->kind == SEQUENCE_RESET_PASSWORD
				  ? "y asks you to confirm it by typing, then begins."
				  : "y does exactly this, at once.");
	form_draw(&self->form, term, frame_body_row(term) + 1, frame_body_rows(term) - 1);
}

/* --- what is done ----------------------------------------------------------------------------- */

static void key_came(void *owner, const struct secret *key)
{
	struct screen_begin *self = owner;
	struct calling_values mine;
	if (key == NULL)
		return;
	/* It may have been read meanwhile. */
	const char *why = number_sequence_why_not(self->number, self->kind);
	if (why != NULL) {
		app_notice(self->screen.app, "%s", why);
		return;
	}
	number_sequence_wanted(self->number, self->kind, &mine);
	(void)screen_sending_begin(self->screen.app, self->number, self->kind, &mine,
				   self->undo_wanted, &self->screen);
	values_release(&mine);
}

static void typed(void *owner, const char *text)
{
	struct screen_begin *self = owner;
	char *wanted = begin_reset_word(self->number);
	if (text != NULL && text_equal_nocase(text, wanted))
		open_number_key_fetch(self->number, key_came, self);
	else if (text != NULL)
		app_notice(self->screen.app, "That is not %s: nothing was begun.", wanted);
	free(wanted);
}

static void confirm_ask(struct screen_begin *self)
{
	const struct open_number *number = self->number;
	struct app *app = self->screen.app;
	char *word = begin_reset_word(number);
	char *sentence = begin_reset_question(number);
	app_push(app, prompt_new(app, BEGIN_RESET_TITLE, sentence, "", strlen(word), typed, self));
	free(sentence);
	free(word);
}

static void begin_act(struct screen *screen, enum action_id action)
{
	struct screen_begin *self = self_of(screen);
	rows_fill(self);
	if (form_act(&self->form, action, frame_body_rows(&screen->app->term) - 1))
		return;
	const struct form_row *row = form_focused(&self->form);
	if (action == ACTION_BACK)
		app_pop(screen->app);
	else if (action == ACTION_OPEN || action == ACTION_NEXT_VALUE)
		self->undo_wanted ^= row != NULL && row->action == ROW_UNDO;
	else if (action == ACTION_TROUBLES)
		app_push(screen->app, screen_troubles_new(screen->app, self->number, -1));
	else if (action == ACTION_SEND && self->kind == SEQUENCE_RESET_PASSWORD)
		confirm_ask(self);
	else if (action == ACTION_SEND)
		open_number_key_fetch(self->number, key_came, self);
}

static bool begin_offers(struct screen *screen, enum action_id action)
{
	bool switches = action == ACTION_OPEN || action == ACTION_NEXT_VALUE;
	return action != ACTION_REQUEST && action != ACTION_CURL && action != ACTION_CHECK &&
	       (!switches || self_of(screen)->kind == SEQUENCE_ON);
}

static const char *begin_why_not(struct screen *screen, enum action_id action)
{
	const struct screen_begin *self = self_of(screen);
	return action == ACTION_SEND ? number_sequence_why_not(self->number, self->kind) : NULL;
}

static const char *begin_bar_label(struct screen *screen, enum action_id action)
{
	return action == ACTION_SEND ? begin_label(self_of(screen)->kind) : NULL;
}

static void begin_release(struct screen *screen)
{
	keys_forget(screen->app, screen);
	form_release(&self_of(screen)->form);
	free(screen);
}

static const struct screen_ops BEGIN_OPS = {
	.context = CONTEXT_REVIEW,
	.title = "Before it begins",
	.help = "What is going to be done to the number as a whole, and what it means for calls. "
		"Only y begins it. Your changes are not sent with it and stay.",
	.draw = begin_draw,
	.act = begin_act,
	.offers = begin_offers,
	.why_not = begin_why_not,
	.bar_label = begin_bar_label,
	.release = begin_release,
};

struct screen *screen_begin_new(struct app *app, struct open_number *number,
				enum sequence_kind kind)
{
	struct screen_begin *self = screen_new(app, sizeof *self, &BEGIN_OPS);
	self->number = number;
	self->kind = kind;
	form_init(&self->form);
	return &self->screen;
}
