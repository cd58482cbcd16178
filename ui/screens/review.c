#include "ui/screens/screens.h"

#include "base/mem.h"
#include "calling/fields.h"
#include "ui/app/tls_check.h"
#include "ui/app/number_sequence.h"
#include "ui/app/number_undo.h"
#include "ui/app/request_text.h"
#include "ui/screens/change_rows.h"
#include "ui/screens/number_form.h"
#include "ui/screens/plan_rows.h"
#include "ui/widgets/form.h"
#include "ui/widgets/frame.h"

#include <stdlib.h>

/* A finding's row has its place as its action; above all of them stand the checks of servers. */
enum { ROW_CHECK = 1 << 16, ROW_UNDO = 1 << 15, PHONE_COLUMNS_LEAST = 76 };

struct screen_review {
	struct screen screen;
	struct open_number *number;
	struct form form;
	bool undo_wanted;
};

static struct screen_review *self_of(struct screen *screen)
{
	return (struct screen_review *)screen;
}

/* --- rows ----------------------------------------------------------------------------------- */

static void changes_rows(struct screen_review *self)
{
	struct change_lines lines = { 0 };
	change_lines_compute(&self->number->settings.values, &self->number->draft.mine, &lines);
	change_rows_add(&self->form, &self->screen.app->term, &lines, true);
	change_lines_release(&lines);
}

/* A server that calls are about to go to: does its certificate pass? */
static void check_row(struct screen_review *self, int server, int columns)
{
	const struct open_number *number = self->number;
	const struct tls_check *check = tls_check_of(number, server);
	bool passed = check != NULL && check->state == TLS_CHECK_DONE &&
		      (check->verdict == VERDICT_PASS || check->verdict == VERDICT_WARN) &&
		      !tls_check_is_stale(check);
	bool failed =
		check != NULL && check->state == TLS_CHECK_DONE && check->verdict == VERDICT_FAIL;
	const char *hostname =
		values_get(&number->draft.mine, field_ref_server(FIELD_SERVER_HOSTNAME, server));
	char *words = tls_check_words(check);
	const char *name = hostname == NULL ? "the new server" : hostname;
	char *sentence = check == NULL
				 ? mem_format("The TLS check of %s was not run. F7 runs it.", name)
				 : mem_format("The TLS check of %s %s", name, words);
	struct form_row *row = form_add_sentence(
		&self->form, field_ref_server(FIELD_SIP_SERVERS, server), sentence, columns,
		passed	 ? STYLE_NORMAL
		: failed ? STYLE_WRONG
			 : STYLE_WARNING);
	row->mark = passed ? ' ' : failed ? '!' : '?';
	row->action = ROW_CHECK + server;
	free(sentence);
	free(words);
}

static void check_rows(struct screen_review *self, int columns)
{
	const struct calling_values *mine = &self->number->draft.mine;
	if (!values_sip_enabled(mine))
		return;
	for (size_t i = 0; i < mine->server_count; i++)
		if (!mine->servers[i].removed)
			check_row(self, (int)i, columns);
}

static void finding_row(struct screen_review *self, size_t index, int columns)
{
	const struct finding *finding = &self->number->findings.items[index];
	enum style style = finding->severity == SEVERITY_FAILURE   ? STYLE_WRONG
			   : finding->severity == SEVERITY_WARNING ? STYLE_WARNING
								   : STYLE_NORMAL;
	struct form_row *row =
		form_add_sentence(&self->form, finding->ref, finding->sentence, columns, style);
	number_form_mark(row, finding);
	row->action = (int)index; /* two findings may be about one field */
}

static void findings_rows(struct screen_review *self, int columns)
{
	const struct findings *findings = &self->number->findings;
	size_t failures = findings_count(findings, SEVERITY_FAILURE);
	if (failures > 0)
		(void)form_add(&self->form, FORM_SECTION, "To settle before it can be sent");
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].severity == SEVERITY_FAILURE)
			finding_row(self, i, columns);
	(void)form_add(&self->form, FORM_SECTION, "Checks");
	check_rows(self, columns);
	for (int severity = SEVERITY_WARNING; severity >= SEVERITY_INFO; severity--)
		for (size_t i = 0; i < findings->count; i++)
			if ((int)findings->items[i].severity == severity)
				finding_row(self, i, columns);
	if (findings->count == failures && !values_sip_enabled(&self->number->draft.mine))
		(void)form_add_sentence(&self->form, field_ref_of(FIELD_COUNT),
					"Nothing to object to.", columns, STYLE_NORMAL);
}

static void rows_fill(struct screen_review *self)
{
	const struct term *term = &self->screen.app->term;
	const struct open_number *number = self->number;
	const struct calling_values *mine = &number->draft.mine;
	int columns = form_sentence_columns(term);
	form_begin(&self->form);
	changes_rows(self);
	consequence_rows_add(&self->form, term, &number->settings.values, mine);
	findings_rows(self, columns);
	plan_rows_add(&self->form, term, &number->settings, mine);
	if (findings_count(&number->findings, SEVERITY_FAILURE) == 0 &&
	    number_undo_is_offered(&number->settings.values, mine))
		undo_row_add(&self->form, term, self->undo_wanted, ROW_UNDO);
	form_end(&self->form);
}

static void review_draw(struct screen *screen, struct term *term)
{
	struct screen_review *self = self_of(screen);
	const struct open_number *number = self->number;
	bool is_wide = term->columns >= PHONE_COLUMNS_LEAST && number->phone_number != NULL;
	char *right = mem_format("%s%s%s", is_wide ? number->phone_number : "", is_wide ? "  " : "",
				 open_number_realm(number));
	rows_fill(self);
	screen_header(term, number, "Review", right);
	free(right);
	draw_rule(term, frame_body_row(term), NULL);
	size_t failures = findings_count(&number->findings, SEVERITY_FAILURE);
	char *sentence =
		failures > 0 ? mem_format("%zu finding%s must be settled before this can be sent; "
					  "Enter goes to the field.",
					  failures, failures == 1 ? "" : "s")
			     : mem_text("y sends exactly this. Enter goes to a field.");
	screen_help_lines(screen, term, failures > 0 ? STYLE_WRONG : STYLE_NORMAL, sentence);
	free(sentence);
	form_draw(&self->form, term, frame_body_row(term) + 1, frame_body_rows(term) - 1);
}

/* --- the requests as text -------------------------------------------------------------------- */

static void requests_show(struct screen_review *self, const char *title, enum request_form form)
{
	struct app *app = self->screen.app;
	struct err err;
	struct str text;
	str_init(&text);
	if (request_text_write(self->number, form, &text, &err))
		app_push(app, screen_page_new(app, self->number->label, title, text.bytes));
	else
		app_notice(app, "%s", err.sentence);
	str_release(&text);
}

/* --- what is done ---------------------------------------------------------------------------- */

/* Of the focused row, else the first; -1: there is none. */
static int server_to_check(const struct screen_review *self)
{
	const struct form_row *row = form_focused(&self->form);
	if (row != NULL && row->action >= ROW_CHECK)
		return row->action - ROW_CHECK;
	const struct calling_values *mine = &self->number->draft.mine;
	for (size_t i = 0; i < mine->server_count; i++)
		if (!mine->servers[i].removed)
			return (int)i;
	return -1;
}

static void send_key_came(void *owner, const struct secret *key)
{
	struct screen_review *self = owner;
	struct screen *screen = &self->screen;
	struct app *app = screen->app;
	struct open_number *number = self->number;
	const struct calling_values *mine = &number->draft.mine;
	bool with_undo =
		self->undo_wanted && number_undo_is_offered(&number->settings.values, mine);
	if (key != NULL)
		(void)screen_sending_begin(app, number, SEQUENCE_SEND, mine, with_undo, screen);
}

static void review_act(struct screen *screen, enum action_id action)
{
	struct screen_review *self = self_of(screen);
	struct app *app = screen->app;
	struct open_number *number = self->number;
	rows_fill(self);
	if (form_act(&self->form, action, frame_body_rows(&app->term) - 1))
		return;
	const struct form_row *row = form_focused(&self->form);
	switch (action) {
	case ACTION_SEND: open_number_key_fetch(number, send_key_came, self); break;
	case ACTION_REQUEST: requests_show(self, "Exact request", REQUEST_EXACT); break;
	case ACTION_CURL: requests_show(self, "curl equivalent", REQUEST_CURL); break;
	case ACTION_OPEN:
	case ACTION_NEXT_VALUE:
		if (row != NULL && row->action == ROW_UNDO)
			self->undo_wanted = !self->undo_wanted;
		else if (action == ACTION_NEXT_VALUE)
			app_notice(app, "Nothing is switched in this row; Enter opens it.");
		else if (row != NULL && row->action >= ROW_CHECK)
			app_push(app, screen_check_new(app, number, row->action - ROW_CHECK));
		else if (row != NULL && row->ref.field != FIELD_COUNT)
			screen_settings_jump(app, number, row->ref);
		break;
	case ACTION_CHECK:
		app_push(app, screen_check_new(app, number, server_to_check(self)));
		break;
	case ACTION_TROUBLES: app_push(app, screen_troubles_new(app, number, -1)); break;
	case ACTION_BACK: app_pop(app); break;
	default: break;
	}
}

static const char *review_why_not(struct screen *screen, enum action_id action)
{
	const struct open_number *number = self_of(screen)->number;
	if (action == ACTION_CHECK && server_to_check(self_of(screen)) < 0)
		return "There is no SIP server to check.";
	if (action != ACTION_SEND)
		return NULL;
	if (open_number_why_not_editable(number) != NULL)
		return open_number_why_not_editable(number);
	if (number->changed_count == 0)
		return "Nothing is changed any more: there is nothing to send.";
	if (findings_count(&number->findings, SEVERITY_FAILURE) > 0)
		return "It cannot be sent while a check fails; Enter on it goes to its field.";
	return number_sequence_why_not(number, SEQUENCE_SEND);
}

static const char *review_bar_label(struct screen *screen, enum action_id action)
{
	(void)screen;
	/* What matters here has the room; F1, F9 and F10 act all the same. */
	return action == ACTION_HELP || action == ACTION_MORE || action == ACTION_LEAVE ||
			       action == ACTION_OPEN
		       ? ""
		       : NULL;
}

static void review_release(struct screen *screen)
{
	keys_forget(screen->app, screen);
	form_release(&self_of(screen)->form);
	free(screen);
}

static const struct screen_ops REVIEW_OPS = {
	.context = CONTEXT_REVIEW,
	.title = "Review",
	.help = "Everything that would be sent, what it means for calls, and what the checks say. "
		"Only y "
		"sends. Enter goes to the field of the focused line.",
	.draw = review_draw,
	.act = review_act,
	.why_not = review_why_not,
	.bar_label = review_bar_label,
	.release = review_release,
};

struct screen *screen_review_new(struct app *app, struct open_number *number)
{
	struct screen_review *self = screen_new(app, sizeof *self, &REVIEW_OPS);
	self->number = number;
	form_init(&self->form);
	/* What blocks sending has the focus: Enter goes to its field. */
	for (size_t i = number->findings.count; i-- > 0;)
		if (number->findings.items[i].severity == SEVERITY_FAILURE)
			form_focus(&self->form, number->findings.items[i].ref, (int)i);
	return &self->screen;
}
