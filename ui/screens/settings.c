#include "ui/screens/screens.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "calling/fields.h"
#include "calling/request_uri.h"
#include "ui/app/draft_keeper.h"
#include "ui/app/number_sequence.h"
#include "ui/app/number_undo.h"
#include "ui/app/tls_check.h"
#include "ui/screens/number_actions.h"
#include "ui/screens/number_form.h"
#include "ui/widgets/frame.h"

#include <stdlib.h>
#include <string.h>

/* Rows that stand for no field; a check's row is ROW_CHECK plus its server. */
enum { ROW_SERVER_ADD, ROW_CHECK };

enum { HEADER_COLUMNS = 14 /* margins, "sipdesk › " and a gap before the right part */ };

struct screen_settings {
	struct screen screen;
	struct number_form fields;
};

static struct number_form *fields_of(struct screen *screen)
{
	return &((struct screen_settings *)screen)->fields;
}

/* --- rows ----------------------------------------------------------------------------------- */

/* A server's row carries the marks of everything in it. */
static void server_marks(struct number_form *fields, struct form_row *row, int server)
{
	const struct open_number *number = fields->number;
	const struct change *own = changes_for(&number->changes, row->ref);
	bool is_changed = false;
	if (number->endpoint.is_read_only)
		row->mark = '-';
	for (size_t i = 0; i < number->changes.count; i++)
		is_changed = is_changed || number->changes.items[i].ref.server == server;
	if (is_changed)
		row->mark = '*';
	for (size_t i = 0; i < number->findings.count; i++)
		if (number->findings.items[i].ref.server == server)
			number_form_mark(row, &number->findings.items[i]);
	if (own != NULL)
		row->note =
			mem_text(own->kind == CHANGE_ADDED ? "added" : "removed; u brings it back");
	else if (is_changed)
		row->note = mem_text("changed");
	row->note_style = STYLE_CHANGED;
}

static void server_row(struct number_form *fields, int server, size_t alive)
{
	const struct open_number *number = fields->number;
	const struct sip_server *shown = &number->draft.mine.servers[server];
	struct form_row *row =
		form_add(&fields->form, FORM_FIELD, field_of(FIELD_SIP_SERVERS)->label);
	row->ref = field_ref_server(FIELD_SIP_SERVERS, server);
	if (alive > 1) {
		free(row->label);
		row->label = mem_format("SIP server %d", server + 1);
	}
	row->value = shown->hostname == NULL || shown->hostname[0] == '\0'
			     ? mem_text("no hostname yet")
			     : mem_format("%s:%s", shown->hostname,
					  shown->port == NULL ? field_of(FIELD_SERVER_PORT)->absent
							      : shown->port);
	row->value_style = shown->removed ? STYLE_DISABLED : STYLE_NORMAL;
	server_marks(fields, row, server);
	if (shown->removed)
		return;
	struct str uri;
	str_init(&uri);
	request_uri_write(&uri, number->phone_number, shown, false);
	form_add(&fields->form, FORM_TEXT, "Request URI")->value = str_detach(&uri);
}

static void servers_rows(struct number_form *fields)
{
	const struct calling_values *mine = &fields->number->draft.mine;
	size_t alive = values_servers_alive(mine);
	for (size_t i = 0; i < mine->server_count; i++)
		if (!mine->servers[i].removed || mine->servers[i].origin >= 0)
			server_row(fields, (int)i, alive);
	struct form_row *row = form_add(&fields->form, FORM_FIELD,
					alive == 0 ? "Add a SIP server" : "Add a server");
	row->action = ROW_SERVER_ADD;
}

static void password_row(struct number_form *fields)
{
	struct form_row *row =
		form_add(&fields->form, FORM_FIELD, field_of(FIELD_SIP_PASSWORD)->label);
	row->ref = field_ref_of(FIELD_SIP_PASSWORD);
	bool exists = values_servers_alive(&fields->number->settings.values) > 0;
	row->value = mem_text(exists ? fields->number->app->term.glyphs->mask
				     : "none: made with the first server");
	if (exists)
		row->note = mem_text("F6 reveal");
}

static void checks_rows(struct number_form *fields)
{
	const struct open_number *number = fields->number;
	const struct calling_values *mine = &number->draft.mine;
	size_t alive = values_servers_alive(mine);
	if (alive > 0)
		(void)form_add(&fields->form, FORM_SECTION, "Checks");
	for (size_t i = 0; i < mine->server_count; i++) {
		if (mine->servers[i].removed)
			continue;
		const struct tls_check *check = tls_check_of(number, (int)i);
		struct form_row *row = form_add(&fields->form, FORM_FIELD, "TLS check");
		if (alive > 1) {
			free(row->label);
			row->label = mem_format("TLS check %zu", i + 1);
		}
		row->action = ROW_CHECK + (int)i;
		row->value = tls_check_words(check);
		row->note = mem_text("F7 run");
		if (check != NULL && check->state == TLS_CHECK_DONE)
			row->value_style = check->verdict == VERDICT_PASS   ? STYLE_GOOD
					   : check->verdict == VERDICT_FAIL ? STYLE_WRONG
									    : STYLE_WARNING;
	}
}

static void rows_fill(struct number_form *fields)
{
	const struct calling_values *mine = &fields->number->draft.mine;
	int section = -1;
	form_begin(&fields->form);
	for (enum field_id id = 0; id < FIELD_SETTINGS_COUNT; id++) {
		const struct field *field = field_of(id);
		if ((field->flags & FIELD_HIDE_ABSENT) != 0 &&
		    values_get(mine, field_ref_of(id)) == NULL)
			continue;
		if ((int)field->section != section)
			(void)form_add(&fields->form, FORM_SECTION, section_title(field->section));
		section = (int)field->section;
		if (id == FIELD_SIP_SERVERS)
			servers_rows(fields);
		else if (id == FIELD_SIP_PASSWORD)
			password_row(fields);
		else
			(void)number_form_row(fields, field_ref_of(id));
	}
	checks_rows(fields);
	form_end(&fields->form);
}

/* --- what is drawn -------------------------------------------------------------------------- */

static void header_draw(const struct open_number *number, struct term *term)
{
	char read_at[CLOCK_TEXT_SIZE];
	struct str right;
	str_init(&right);
	if (number->is_unknown)
		str_add(&right, "   UNKNOWN");
	if (number_sequence_is_running(number))
		str_add(&right, "   sending");
	else if (number->left_open != NULL)
		str_add(&right, "   HALF-DONE");
	if (number->is_read_only)
		str_add(&right, "   read-only");
	if (number->state == NUMBER_READING)
		str_add(&right, "   reading");
	else if (number->has_settings)
		str_addf(&right, "   read %s%s",
			 clock_hour_minute(open_number_read_at(number), read_at),
			 number->state == NUMBER_FAILED ? ", reload failed" : "");
	if (number->changed_count > 0)
		str_addf(&right, "   %zu changed", number->changed_count);
	/* The provider gives way to what matters more. */
	char *all = mem_format("%s%s", open_number_provider(number), right.bytes);
	bool fits =
		!number_undo_is_pending(number) &&
		HEADER_COLUMNS + text_columns(number->label) + text_columns(all) <= term->columns;
	screen_header(term, number, NULL, fits ? all : right.bytes + strspn(right.bytes, " "));
	free(all);
	str_release(&right);
}

static void progress_write(const struct open_number *number, struct str *out)
{
	if (number->reading == NULL)
		return;
	struct client_progress progress = client_progress_of(number->reading);
	int64_t left = (progress.waiting_until_ms - clock_monotonic_ms() + 999) / 1000;
	if (progress.is_rate_limited && left > 0)
		str_addf(out, "\n\nThe service asks to wait. It is tried again in %lld s.",
			 (long long)left);
	else if (progress.attempt > 1)
		str_addf(out, "\n\nThis is try %d of %d.", progress.attempt, CLIENT_GET_TRIES);
}

/* Without settings there is nothing to edit: the screen says what it waits for, or why not. */
static void waiting_draw(struct screen *screen, struct term *term)
{
	const struct open_number *number = fields_of(screen)->number;
	struct str text;
	const char *hint = "F5 reads again, Esc goes back.";
	str_init(&text);
	if (number->state == NUMBER_READING) {
		str_addf(&text, "Reading the calling settings of %s from %s …", number->label,
			 open_number_provider(number));
		hint = "Esc cancels.";
		progress_write(number, &text);
	} else if (number->state == NUMBER_CANCELLED) {
		str_add(&text, "The reading was cancelled. Nothing was changed.");
	} else {
		screen_error_write(&number->read_error, &text);
		if (!secret_is_set(&number->endpoint.key) && number->key_source == KEY_SOURCE_ASK)
			hint = "F5 asks for the API key, Esc goes back.";
	}
	(void)draw_paragraphs(term, frame_body_row(term) + 1, 3, term->columns - 6,
			      frame_body_rows(term) - 1, STYLE_NORMAL, text.bytes);
	draw_cursor(term, frame_body_row(term) + 1, 3);
	screen_help_lines(screen, term, STYLE_NORMAL, hint);
	str_release(&text);
}

static const char *help_sentence(struct number_form *fields, enum style *style)
{
	static const char check[] =
		"Whether Meta will accept this server's certificate; if not, what to change.";
	static const char add[] = "Adds the SIP server that WhatsApp calls of this number go to.";
	const struct open_number *number = fields->number;
	if (number->left_open != NULL || draft_keeper_why_locked(number) != NULL ||
	    number->settings.why_not_editable != NULL) {
		*style = STYLE_WARNING;
		return open_number_why_not_editable(number);
	}
	struct field_ref ref = number_form_focus(fields);
	const struct form_row *row = form_focused(&fields->form);
	if (ref.field == FIELD_COUNT) {
		*style = STYLE_NORMAL;
		return row != NULL && row->action >= ROW_CHECK ? check : add;
	}
	if (ref.field == FIELD_SIP_SERVERS)
		for (size_t i = 0; i < number->findings.count; i++) {
			const struct finding *finding = &number->findings.items[i];
			if (finding->ref.server != ref.server ||
			    finding->severity < SEVERITY_WARNING)
				continue;
			*style =
				finding->severity == SEVERITY_FAILURE ? STYLE_WRONG : STYLE_WARNING;
			return finding->sentence;
		}
	return number_form_help(fields, style);
}

static void settings_draw(struct screen *screen, struct term *term)
{
	struct number_form *fields = fields_of(screen);
	header_draw(fields->number, term);
	if (!fields->number->has_settings) {
		waiting_draw(screen, term);
		return;
	}
	struct form_help help;
	form_help_init(&help);
	rows_fill(fields);
	help.sentence = help_sentence(fields, &help.style);
	number_form_help_more(fields, &help);
	screen_form_draw(screen, &fields->form, &help, term, frame_body_row(term),
			 frame_body_rows(term));
	form_help_release(&help);
}

/* --- what is done --------------------------------------------------------------------------- */

static void server_add(struct screen *screen)
{
	struct open_number *number = fields_of(screen)->number;
	if (open_number_why_not_editable(number) != NULL) {
		app_notice(screen->app, "%s", open_number_why_not_editable(number));
		return;
	}
	int server = open_number_server_add(number);
	form_focus(&fields_of(screen)->form, field_ref_server(FIELD_SIP_SERVERS, server), -1);
	app_push(screen->app, screen_server_new(screen->app, number, server, true));
}

static void row_open(struct screen *screen)
{
	struct number_form *fields = fields_of(screen);
	const struct form_row *row = form_focused(&fields->form);
	if (row == NULL)
		return;
	if (row->action == ROW_SERVER_ADD)
		server_add(screen);
	else if (row->action >= ROW_CHECK)
		app_act(screen->app, ACTION_CHECK);
	else if (row->ref.field == FIELD_SIP_PASSWORD)
		app_act(screen->app, ACTION_REVEAL);
	else if (row->ref.field != FIELD_SIP_SERVERS)
		number_form_edit(fields, row->ref);
	else if (fields->number->draft.mine.servers[row->ref.server].removed)
		app_notice(screen->app,
			   "This SIP server is removed in your draft; u brings it back.");
	else
		app_push(screen->app,
			 screen_server_new(screen->app, fields->number, row->ref.server, false));
}

/* The server that F7 means: of the focused row, else the first; -1: there is none. */
static int server_to_check(struct screen *screen)
{
	const struct number_form *fields = fields_of(screen);
	const struct calling_values *mine = &fields->number->draft.mine;
	const struct form_row *row = form_focused(&fields->form);
	int server = row == NULL		? -1
		     : row->action >= ROW_CHECK ? row->action - ROW_CHECK
						: row->ref.server;
	if (server >= 0 && (size_t)server < mine->server_count && !mine->servers[server].removed)
		return server;
	for (size_t i = 0; i < mine->server_count; i++)
		if (!mine->servers[i].removed)
			return (int)i;
	return -1;
}

static void row_remove(struct screen *screen)
{
	struct number_form *fields = fields_of(screen);
	struct field_ref ref = number_form_focus(fields);
	const char *why_not = open_number_why_not_editable(fields->number);
	if (ref.field != FIELD_SIP_SERVERS || why_not != NULL) {
		app_notice(screen->app, "%s",
			   why_not != NULL ? why_not : "Only a SIP server can be removed here.");
		return;
	}
	open_number_server_remove(fields->number, ref.server);
	app_notice(screen->app, "Removed in your draft; nothing is sent before you review it.");
}

static void back(struct screen *screen)
{
	struct open_number *number = fields_of(screen)->number;
	if (number->state == NUMBER_READING)
		open_number_read_cancel(number);
	else
		app_pop(screen->app);
}

static void reveal_key_came(void *owner, const struct secret *key)
{
	struct screen *screen = owner;
	if (key != NULL)
		app_push(screen->app,
			 screen_credentials_new(screen->app, fields_of(screen)->number));
}

static void settings_act(struct screen *screen, enum action_id action)
{
	struct app *app = screen->app;
	struct number_form *fields = fields_of(screen);
	struct open_number *number = fields->number;
	if (number->has_settings)
		rows_fill(fields); /* an answer may have come since the last frame */
	if (form_act(&fields->form, action, frame_body_rows(&app->term)) ||
	    number_action(number, action))
		return;
	switch (action) {
	case ACTION_OPEN: row_open(screen); break;
	case ACTION_NEXT_VALUE: {
		const struct form_row *row = form_focused(&fields->form);
		if (row != NULL && row->ref.field != FIELD_COUNT &&
		    field_of(row->ref.field)->type == FIELD_TYPE_ENUM)
			number_form_next_value(fields);
		else
			row_open(screen);
		break;
	}
	case ACTION_ADD: server_add(screen); break;
	case ACTION_REMOVE: row_remove(screen); break;
	case ACTION_REVERT: number_form_revert(fields); break;
	case ACTION_REVIEW: app_push(app, screen_review_new(app, number)); break;
	case ACTION_CHANGES: app_push(app, screen_changes_new(app, number)); break;
	case ACTION_FIND: app_push(app, screen_find_new(app, number)); break;
	case ACTION_RELOAD: open_number_reread(number); break;
	case ACTION_REVEAL: open_number_key_fetch(number, reveal_key_came, screen); break;
	case ACTION_CHECK:
		app_push(app, screen_check_new(app, number, server_to_check(screen)));
		break;
	case ACTION_TROUBLES: app_push(app, screen_troubles_new(app, number, -1)); break;
	case ACTION_HISTORY: app_push(app, screen_history_new(app, number)); break;
	case ACTION_BACK: back(screen); break;
	default: break;
	}
}

static const char *settings_why_not(struct screen *screen, enum action_id action)
{
	const struct open_number *number = fields_of(screen)->number;
	switch (action) {
	case ACTION_REVIEW:
	case ACTION_CHANGES: return number->changed_count > 0 ? NULL : "Nothing was changed yet.";
	case ACTION_REVEAL:
		if (number->has_settings && values_servers_alive(&number->settings.values) > 0)
			return NULL;
		return "There is no SIP user password yet: the service makes it when a SIP server "
		       "is "
		       "added.";
	case ACTION_CHECK:
		return server_to_check(screen) >= 0 ? NULL : "There is no SIP server to check yet.";
	case ACTION_RELOAD:
		return number->state == NUMBER_READING ? "It is being read already."
		       : number_sequence_is_running(number)
			       ? "Something is being sent: the number is read back with it."
			       : NULL;
	default: return number_action_why_not(number, action);
	}
}

/* Before the first reading there are no fields: what needs them is not offered. */
static bool settings_offers(struct screen *screen, enum action_id action)
{
	static const enum action_id needs_settings[] = {
		ACTION_REVIEW, ACTION_CHANGES, ACTION_FIND,	  ACTION_REVEAL,
		ACTION_OPEN,   ACTION_ADD,     ACTION_NEXT_VALUE, ACTION_REMOVE,
		ACTION_REVERT, ACTION_CHECK,   ACTION_TROUBLES,
	};
	struct number_form *fields = fields_of(screen);
	for (size_t i = 0; i < ARRAY_LENGTH(needs_settings); i++)
		if (needs_settings[i] == action && !fields->number->has_settings)
			return false;
	if (action == ACTION_REMOVE || action == ACTION_REVERT) {
		struct field_ref ref = number_form_focus(fields);
		return action == ACTION_REVERT ? ref.field != FIELD_COUNT
					       : ref.field == FIELD_SIP_SERVERS;
	}
	return true;
}

static const char *settings_bar_label(struct screen *screen, enum action_id action)
{
	const struct open_number *number = fields_of(screen)->number;
	if (action == ACTION_BACK)
		return number->state == NUMBER_READING ? "Cancel"
		       : number->has_settings	       ? ""
						       : NULL;
	return action == ACTION_FIND || action == ACTION_REMOVE
		       ? ""
		       : number_action_bar_label(number, action);
}

static bool settings_event(struct screen *screen, const struct input_event *event)
{
	struct number_form *fields = fields_of(screen);
	if (!fields->number->has_settings)
		return false;
	rows_fill(fields);
	return number_form_event(fields, event) != NUMBER_FORM_IGNORED;
}

static bool settings_has_text_focus(struct screen *screen)
{
	return fields_of(screen)->form.is_editing;
}

static void settings_screen_release(struct screen *screen)
{
	struct open_number *number = fields_of(screen)->number;
	keys_forget(screen->app, screen);
	if (number->state == NUMBER_READING)
		open_number_read_cancel(number);
	draft_keeper_rest(number);
	number_form_release(fields_of(screen));
	free(screen);
}

static const struct screen_ops SETTINGS_OPS = {
	.context = CONTEXT_SETTINGS,
	.title = "Calling settings",
	.help = "The calling settings of one number as the service last answered, and your changes "
		"to "
		"them. Nothing is sent before you review it with F2. A star marks what you "
		"changed, an "
		"exclamation mark what is wrong, a question mark what to look at, a hyphen what "
		"cannot be edited here.",
	.draw = settings_draw,
	.event = settings_event,
	.act = settings_act,
	.offers = settings_offers,
	.why_not = settings_why_not,
	.bar_label = settings_bar_label,
	.has_text_focus = settings_has_text_focus,
	.release = settings_screen_release,
};

struct screen *screen_settings_new(struct app *app, struct open_number *number)
{
	struct screen_settings *settings = screen_new(app, sizeof *settings, &SETTINGS_OPS);
	draft_keeper_open(number);
	number_form_init(&settings->fields, number);
	if (number->state == NUMBER_NOT_READ || !number->has_settings || number->is_unknown)
		open_number_read(number);
	return &settings->screen;
}

/* What is wrong with the history matters most where it hides what was left half-done. */
static void history_trouble_say(struct open_number *number, const struct err *err)
{
	struct app *app = number->app;
	struct str text;
	if (err->kind != ERR_INPUT) {
		app_notice(app, "%s %s", err->sentence, err->next_step);
		return;
	}
	str_init(&text);
	screen_error_write(err, &text);
	app_push(app, screen_page_new(app, number->label, "History", text.bytes));
	str_release(&text);
}

void screen_number_enter(struct app *app, struct open_number *number)
{
	struct err err;
	draft_keeper_open(number);
	bool is_known = number_sequence_open(number, &err);
	if (number->left_open != NULL && !number_sequence_is_running(number))
		app_push(app, screen_left_open_new(app, number));
	else
		app_push(app, screen_settings_new(app, number));
	if (!is_known)
		history_trouble_say(number, &err);
}

static void opening_key_came(void *owner, const struct secret *key)
{
	struct open_number *number = owner;
	if (key != NULL)
		screen_number_enter(number->app, number);
}

void screen_settings_open(struct app *app, const struct number *saved)
{
	struct open_number *number = open_number_of(app, saved);
	open_number_key_fetch(number, opening_key_came, number);
}

void screen_settings_jump(struct app *app, struct open_number *number, struct field_ref ref)
{
	while (app->top->ops != &SETTINGS_OPS && app->top->below != NULL)
		app_pop(app);
	if (app->top->ops != &SETTINGS_OPS)
		app_push(app, screen_settings_new(app, number));
	struct number_form *fields = fields_of(app->top);
	const struct calling_values *mine = &number->draft.mine;
	if (ref.server >= 0 && (size_t)ref.server < mine->server_count) {
		form_focus(&fields->form, field_ref_server(FIELD_SIP_SERVERS, ref.server), -1);
		if (mine->servers[ref.server].removed || ref.field == FIELD_SIP_SERVERS)
			return;
		struct screen *server = screen_server_new(app, number, ref.server, false);
		app_push(app, server);
		screen_server_focus(server, ref);
	} else if (ref.field == FIELD_SIP_SERVERS) {
		form_focus(&fields->form, field_ref_of(FIELD_COUNT), ROW_SERVER_ADD);
	} else {
		form_focus(&fields->form, ref, -1);
	}
}
