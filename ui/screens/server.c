#include "ui/screens/screens.h"

#include "base/mem.h"
#include "calling/fields.h"
#include "calling/request_uri.h"
#include "ui/app/clipboard.h"
#include "ui/app/number_sequence.h"
#include "ui/screens/number_actions.h"
#include "ui/screens/number_form.h"
#include "ui/widgets/box.h"
#include "ui/widgets/frame.h"

#include <stdlib.h>
#include <string.h>

enum { ROW_PARAMETER_ADD };

enum { URI_COLUMN = 31 /* behind "Your server will see   INVITE" */, URI_ROWS_MAX = 4 };

struct screen_server {
	struct screen screen;
	struct number_form fields;
	int server;
	unsigned generation; /* of the number, when `server` was right */
	char *hostname;	     /* it is known by, should its place move; may be NULL */
};

static struct number_form *fields_of(struct screen *screen)
{
	return &((struct screen_server *)screen)->fields;
}

static int server_of(const struct screen *screen)
{
	return ((const struct screen_server *)screen)->server;
}

/* A newer base may give the server another place: it is found again by its hostname. */
static void server_follow(struct screen *screen)
{
	struct screen_server *self = (struct screen_server *)screen;
	const struct open_number *number = self->fields.number;
	const struct calling_values *mine = &number->draft.mine;
	if (self->generation != number->generation) {
		self->generation = number->generation;
		for (int i = 0; (size_t)i < mine->server_count; i++)
			if (!mine->servers[i].removed && self->hostname != NULL &&
			    text_equal_nocase(mine->servers[i].hostname, self->hostname)) {
				self->server = i;
				break;
			}
	}
	const char *hostname =
		values_get(mine, field_ref_server(FIELD_SERVER_HOSTNAME, self->server));
	if (hostname != NULL)
		mem_text_set(&self->hostname, hostname);
}

/* NULL where it is no longer in the draft: a newer reading may not have it. */
static const struct sip_server *shown_server(struct screen *screen)
{
	const struct calling_values *mine = &fields_of(screen)->number->draft.mine;
	int server = server_of(screen);
	return (size_t)server < mine->server_count && !mine->servers[server].removed
		       ? &mine->servers[server]
		       : NULL;
}

/* A parameter is one row: its key in the label's place, its value behind it. */
static void parameter_row(struct number_form *fields, int server, int parameter)
{
	const struct open_number *number = fields->number;
	struct field_ref key = field_ref_parameter(FIELD_PARAMETER_KEY, server, parameter);
	const char *name = values_get(&number->draft.mine, key);
	struct form_row *row = number_form_row(
		fields, field_ref_parameter(FIELD_PARAMETER_VALUE, server, parameter));
	const struct change *of_key = changes_for(&number->changes, key);
	mem_text_set(&row->label, name == NULL ? "" : name);
	if (of_key != NULL && row->note == NULL) {
		row->mark = row->mark == ' ' ? '*' : row->mark;
		row->note = mem_text("added");
		row->note_style = STYLE_CHANGED;
	}
	number_form_mark(row, findings_for(&number->findings, key));
}

static void rows_fill(struct screen *screen)
{
	struct number_form *fields = fields_of(screen);
	server_follow(screen);
	const struct sip_server *server = shown_server(screen);
	int index = server_of(screen);
	form_begin(&fields->form);
	if (server == NULL) {
		form_end(&fields->form);
		return;
	}
	(void)number_form_row(fields, field_ref_server(FIELD_SERVER_HOSTNAME, index));
	(void)number_form_row(fields, field_ref_server(FIELD_SERVER_PORT, index));
	if (server->app_id != NULL)
		(void)number_form_row(fields, field_ref_server(FIELD_SERVER_APP_ID, index));
	(void)form_add(&fields->form, FORM_SECTION, section_title(SECTION_PARAMETERS));
	if (server->parameter_count > 0) {
		struct form_row *heads = form_add(&fields->form, FORM_TEXT, "Key");
		heads->value = mem_text("Value");
		heads->value_style = STYLE_DIM;
	}
	for (size_t i = 0; i < server->parameter_count; i++)
		parameter_row(fields, index, (int)i);
	form_add(&fields->form, FORM_FIELD, "Add a parameter")->action = ROW_PARAMETER_ADD;
	form_end(&fields->form);
}

/* --- what is drawn -------------------------------------------------------------------------- */

static const char *help_sentence(struct screen *screen, enum style *style)
{
	struct number_form *fields = fields_of(screen);
	const struct findings *findings = &fields->number->findings;
	struct field_ref ref = number_form_focus(fields);
	*style = STYLE_NORMAL;
	if (ref.field == FIELD_COUNT)
		return "Adds a key and a value to the user part of the request URI, such as tgrp.";
	if (ref.field == FIELD_PARAMETER_VALUE) {
		struct field_ref key =
			field_ref_parameter(FIELD_PARAMETER_KEY, ref.server, ref.parameter);
		const struct finding *finding = findings_for(findings, key);
		if (finding != NULL && finding->severity >= SEVERITY_WARNING) {
			*style =
				finding->severity == SEVERITY_FAILURE ? STYLE_WRONG : STYLE_WARNING;
			return finding->sentence;
		}
		if (findings_for(findings, ref) == NULL)
			return "Enter edits the value, Left the key, Del removes the parameter.";
	}
	return number_form_help(fields, style);
}

static char *uri_text(struct screen *screen, bool as_sent)
{
	struct str uri;
	str_init(&uri);
	request_uri_write(&uri, fields_of(screen)->number->phone_number, shown_server(screen),
			  as_sent);
	return str_detach(&uri);
}

static int uri_columns(const struct term *term)
{
	return term->columns - URI_COLUMN - FRAME_MARGIN;
}

/* The request URI stands above the help under a rule of its own: as many rows as it needs, within
 * reason, and never at the cost of the fields. What Meta adds behind the host has a row of its own:
 * behind what is being typed it would be drawn again with every key. */
static int uri_rows(struct screen *screen, const struct term *term)
{
	if (shown_server(screen) == NULL)
		return 0;
	char *uri = uri_text(screen, false);
	int rows = draw_paragraph_rows(uri, uri_columns(term));
	free(uri);
	int most = term->rows < FRAME_COMPACT_ROWS ? 1 : URI_ROWS_MAX;
	return 2 + (rows > most ? most : rows);
}

static int form_rows(struct screen *screen, const struct term *term)
{
	return frame_body_rows(term) - uri_rows(screen, term) - 1;
}

static void uri_draw(struct screen *screen, struct term *term)
{
	int rows = uri_rows(screen, term);
	int row = frame_body_row(term) + frame_body_rows(term) - rows;
	char *uri = uri_text(screen, false);
	char *as_sent = uri_text(screen, true);
	draw_rule(term, row, NULL);
	(void)draw_text(term, row + 1, FRAME_MARGIN, URI_COLUMN - FRAME_MARGIN, STYLE_DIM,
			"Your server will see   INVITE");
	(void)draw_paragraph(term, row + 1, URI_COLUMN, uri_columns(term), rows - 2, STYLE_NORMAL,
			     uri);
	(void)draw_text(term, row + rows - 1, URI_COLUMN, uri_columns(term), STYLE_NORMAL,
			as_sent + strlen(uri));
	free(uri);
	free(as_sent);
}

static void server_draw(struct screen *screen, struct term *term)
{
	struct number_form *fields = fields_of(screen);
	char *right = mem_format("%zu changed", fields->number->changed_count);
	screen_header(term, fields->number, "SIP server",
		      fields->number->changed_count > 0 ? right : NULL);
	free(right);
	rows_fill(screen);
	if (shown_server(screen) == NULL) {
		(void)draw_paragraph(term, frame_body_row(term) + 1, 3, term->columns - 6, 4,
				     STYLE_NORMAL,
				     "This SIP server is no longer in the number's settings.");
		screen_help_lines(screen, term, STYLE_NORMAL,
				  "Esc goes back to the calling settings.");
		return;
	}
	struct form_help help;
	form_help_init(&help);
	help.sentence = help_sentence(screen, &help.style);
	number_form_help_more(fields, &help);
	uri_draw(screen, term);
	draw_rule(term, frame_body_row(term), NULL);
	screen_form_draw(screen, &fields->form, &help, term, frame_body_row(term) + 1,
			 form_rows(screen, term));
	form_help_release(&help);
}

/* --- what is done --------------------------------------------------------------------------- */

static void parameter_edit_key(struct number_form *fields, int server, int parameter)
{
	form_focus(&fields->form, field_ref_parameter(FIELD_PARAMETER_VALUE, server, parameter),
		   -1);
	number_form_edit(fields, field_ref_parameter(FIELD_PARAMETER_KEY, server, parameter));
}

static void parameter_add(struct screen *screen)
{
	struct number_form *fields = fields_of(screen);
	if (open_number_why_not_editable(fields->number) != NULL) {
		app_notice(screen->app, "%s", open_number_why_not_editable(fields->number));
		return;
	}
	int parameter = open_number_parameter_add(fields->number, server_of(screen));
	parameter_edit_key(fields, server_of(screen), parameter);
	rows_fill(screen);
}

/* A row that was added and left without a letter goes away by itself. */
static void empty_parameters_drop(struct screen *screen)
{
	struct open_number *number = fields_of(screen)->number;
	const struct sip_server *server = shown_server(screen);
	if (server == NULL)
		return;
	for (size_t i = server->parameter_count; i-- > 0;)
		if (server->parameters[i].key[0] == '\0' && server->parameters[i].value[0] == '\0')
			open_number_parameter_remove(number, server_of(screen), (int)i);
}

static void row_open(struct screen *screen)
{
	struct number_form *fields = fields_of(screen);
	const struct form_row *row = form_focused(&fields->form);
	if (row == NULL)
		return;
	if (row->action == ROW_PARAMETER_ADD)
		parameter_add(screen);
	else
		number_form_edit(fields, row->ref);
}

static void server_remove(void *owner, int choice)
{
	struct screen *screen = owner;
	if (choice != 0)
		return;
	open_number_server_remove(fields_of(screen)->number, server_of(screen));
	app_notice(screen->app, "The SIP server is removed in your draft; nothing is sent yet.");
	app_pop(screen->app);
}

static void row_remove(struct screen *screen)
{
	static const struct box_choice answers[] = {
		{ .label = "Remove it", .key = 'y' },
		{ .label = "Keep it", .key = 'n' },
	};
	struct number_form *fields = fields_of(screen);
	struct field_ref ref = number_form_focus(fields);
	if (open_number_why_not_editable(fields->number) != NULL) {
		app_notice(screen->app, "%s", open_number_why_not_editable(fields->number));
		return;
	}
	if (ref.field == FIELD_COUNT) {
		app_notice(screen->app,
			   "There is nothing to remove in this row: go to a parameter, "
			   "or to the hostname for the whole server.");
		return;
	}
	if (ref.field == FIELD_PARAMETER_VALUE) {
		open_number_parameter_remove(fields->number, ref.server, ref.parameter);
		return;
	}
	/* On the server's own rows the server itself is meant. One that was added here cannot be
	 * brought back: that is asked first. */
	if (shown_server(screen)->origin >= 0)
		server_remove(screen, 0);
	else
		app_push(screen->app,
			 box_new(screen->app, "Remove this SIP server?",
				 "It is not at the service yet: what you entered is "
				 "lost.",
				 answers, ARRAY_LENGTH(answers), 1, true, server_remove, screen));
}

/* After Enter has ended an entry: the row that usually comes next. */
static void entry_done(struct screen *screen)
{
	struct number_form *fields = fields_of(screen);
	struct field_ref done = fields->editing;
	const struct finding *finding = findings_for(&fields->number->findings, done);
	rows_fill(screen);
	/* What validation has to say about it stands below while the focus is there. */
	if (finding != NULL && done.parameter < 0 && finding->severity >= SEVERITY_WARNING)
		return;
	if (done.field == FIELD_PARAMETER_KEY) {
		done.field = FIELD_PARAMETER_VALUE;
		form_focus(&fields->form, done, -1);
		number_form_edit(fields, done);
	} else if (done.field == FIELD_PARAMETER_VALUE) {
		form_focus(&fields->form, field_ref_of(FIELD_COUNT), ROW_PARAMETER_ADD);
	} else {
		(void)form_act(&fields->form, ACTION_DOWN, frame_body_rows(&screen->app->term));
	}
}

static bool server_event(struct screen *screen, const struct input_event *event)
{
	struct number_form *fields = fields_of(screen);
	rows_fill(screen);
	if (shown_server(screen) == NULL)
		return false;
	bool was_editing = fields->form.is_editing;
	bool back_to_key = was_editing && fields->editing.field == FIELD_PARAMETER_VALUE &&
			   event->kind == INPUT_KEY && event->key == (KEY_SHIFT | KEY_TAB);
	bool on_to_value = was_editing && fields->editing.field == FIELD_PARAMETER_KEY &&
			   event->kind == INPUT_KEY && event->key == KEY_TAB;
	struct field_ref ref = number_form_focus(fields);
	if (!was_editing && event->kind == INPUT_KEY && event->key == KEY_LEFT_ &&
	    ref.field == FIELD_PARAMETER_VALUE) {
		parameter_edit_key(fields, ref.server, ref.parameter);
		return true;
	}
	enum number_form_result result = number_form_event(fields, event);
	if (back_to_key) {
		parameter_edit_key(fields, ref.server, ref.parameter);
		return true;
	}
	if (result == NUMBER_FORM_ENTERED || on_to_value)
		entry_done(screen);
	if (was_editing && !fields->form.is_editing)
		empty_parameters_drop(screen);
	return result != NUMBER_FORM_IGNORED || on_to_value;
}

static void copy(struct screen *screen)
{
	char *uri = uri_text(screen, true);
	clipboard_send(screen->app, "The request URI", uri);
	free(uri);
}

/* A server added and left without anything in it is no server. */
static void back(struct screen *screen)
{
	struct open_number *number = fields_of(screen)->number;
	const struct sip_server *server = shown_server(screen);
	if (server != NULL && server->origin < 0 && server->hostname == NULL &&
	    server->port == NULL && server->parameter_count == 0)
		open_number_server_remove(number, server_of(screen));
	app_pop(screen->app);
}

static void server_act(struct screen *screen, enum action_id action)
{
	struct app *app = screen->app;
	struct number_form *fields = fields_of(screen);
	rows_fill(screen);
	if (form_act(&fields->form, action, form_rows(screen, &app->term)) ||
	    number_action(fields->number, action))
		return;
	switch (action) {
	case ACTION_OPEN:
	case ACTION_NEXT_VALUE: row_open(screen); break;
	case ACTION_ADD: parameter_add(screen); break;
	case ACTION_REMOVE: row_remove(screen); break;
	case ACTION_REVERT: number_form_revert(fields); break;
	case ACTION_REVIEW: app_push(app, screen_review_new(app, fields->number)); break;
	case ACTION_FIND: app_push(app, screen_find_new(app, fields->number)); break;
	case ACTION_RELOAD: open_number_reread(fields->number); break;
	case ACTION_COPY: copy(screen); break;
	case ACTION_CHECK:
		app_push(app, screen_check_new(app, fields->number, server_of(screen)));
		break;
	case ACTION_TROUBLES:
		app_push(app, screen_troubles_new(app, fields->number, server_of(screen)));
		break;
	case ACTION_BACK: back(screen); break;
	default: break;
	}
}

static bool server_offers(struct screen *screen, enum action_id action)
{
	if (shown_server(screen) == NULL)
		return action == ACTION_BACK || action == ACTION_HELP || action == ACTION_LEAVE ||
		       action == ACTION_MORE;
	return action != ACTION_REVERT || number_form_focus(fields_of(screen)).field != FIELD_COUNT;
}

static const char *server_why_not(struct screen *screen, enum action_id action)
{
	const struct open_number *number = fields_of(screen)->number;
	if (action == ACTION_REVIEW && number->changed_count == 0)
		return "Nothing was changed yet.";
	if (action == ACTION_RELOAD && number->state == NUMBER_READING)
		return "It is being read already.";
	if (action == ACTION_RELOAD && number_sequence_is_running(number))
		return "Something is being sent: the number is read back with it.";
	const struct sip_server *server = shown_server(screen);
	if (action == ACTION_CHECK && (server == NULL || server->hostname == NULL))
		return "There is no hostname to check yet: enter it first.";
	return number_action_why_not(number, action);
}

static const char *server_bar_label(struct screen *screen, enum action_id action)
{
	return action == ACTION_FIND || action == ACTION_LEAVE || action == ACTION_COPY
		       ? ""
		       : number_action_bar_label(fields_of(screen)->number, action);
}

static bool server_has_text_focus(struct screen *screen)
{
	return fields_of(screen)->form.is_editing;
}

static void server_screen_release(struct screen *screen)
{
	number_form_release(fields_of(screen));
	free(((struct screen_server *)screen)->hostname);
	free(screen);
}

static const struct screen_ops SERVER_OPS = {
	.context = CONTEXT_SERVER,
	.title = "SIP server",
	.help = "The server that WhatsApp calls of this number go to. A sip: URI, host:port, a "
		"link or a "
		"JSON sample pasted into the hostname is understood: its parts go where they "
		"belong. "
		"Enter edits, Del removes a parameter, and on the server's own rows the server.",
	.draw = server_draw,
	.event = server_event,
	.act = server_act,
	.offers = server_offers,
	.why_not = server_why_not,
	.bar_label = server_bar_label,
	.has_text_focus = server_has_text_focus,
	.release = server_screen_release,
};

struct screen *screen_server_new(struct app *app, struct open_number *number, int server,
				 bool is_new)
{
	struct screen_server *shown = screen_new(app, sizeof *shown, &SERVER_OPS);
	number_form_init(&shown->fields, number);
	shown->server = server;
	shown->generation = number->generation;
	if (is_new) {
		rows_fill(&shown->screen);
		number_form_edit(&shown->fields, field_ref_server(FIELD_SERVER_HOSTNAME, server));
	}
	return &shown->screen;
}

void screen_server_focus(struct screen *screen, struct field_ref ref)
{
	if (ref.field == FIELD_PARAMETER_KEY)
		ref.field = FIELD_PARAMETER_VALUE; /* one row */
	form_focus(&fields_of(screen)->form, ref, -1);
}
