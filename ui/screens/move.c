#include "ui/screens/screens.h"

#include "base/mem.h"
#include "calling/fields.h"
#include "calling/hostname.h"
#include "calling/paste.h"
#include "calling/rules.h"
#include "ui/app/number_sequence.h"
#include "ui/app/tls_check.h"
#include "ui/screens/change_rows.h"
#include "ui/screens/plan_rows.h"
#include "ui/widgets/box.h"
#include "ui/widgets/form.h"
#include "ui/widgets/frame.h"

#include <stdlib.h>

enum { ROW_CHECK = 1 << 16, ROW_UNDO };

/* Which server is asked here, and is nothing of the draft; the rest is made of the number as it
 * is. */
struct screen_move {
	struct screen screen;
	struct open_number *number;
	struct pasted_server to;
	struct err check_err; /* why it could not be checked */
	struct form form;
	enum field_id editing; /* FIELD_SERVER_HOSTNAME or FIELD_SERVER_PORT, while form.is_editing
				*/
	bool undo_wanted;
};

static struct screen_move *self_of(struct screen *screen)
{
	return (struct screen_move *)screen;
}

/* --- what is wanted --------------------------------------------------------------------------- */

static int server_of(const struct calling_values *values)
{
	const struct sip_server *server = values_first_server(values);
	return server == NULL ? -1 : (int)(server - values->servers);
}

static void parameters_take(const struct screen_move *self, struct sip_server *server)
{
	while (server->parameter_count > 0)
		server_parameter_remove(server, 0);
	for (size_t i = 0; i < self->to.parameter_count; i++) {
		struct parameter *parameter = server_parameter_add(server);
		mem_text_set(&parameter->key, self->to.parameters[i].key);
		mem_text_set(&parameter->value, self->to.parameters[i].value);
	}
}

/* `mine` must be fresh. */
static void wanted_make(const struct screen_move *self, struct calling_values *mine)
{
	values_copy(mine, &self->number->settings.values);
	int place = server_of(mine);
	if (place < 0 || self->to.hostname == NULL)
		return;
	struct sip_server *server = &mine->servers[place];
	mem_text_set(&server->hostname, self->to.hostname);
	mem_text_set(&server->port, self->to.port);
	if (self->to.has_parameters || self->to.parameter_count > 0)
		parameters_take(self, server);
	if (self->to.srtp != NULL)
		mem_text_set(&mine->texts[FIELD_SRTP], self->to.srtp);
}

/* The check of what is typed; NULL: there is none. */
static struct tls_check *check_of(const struct screen_move *self)
{
	struct tls_check *check = tls_check_of(self->number, TLS_CHECK_ELSEWHERE);
	const char *port =
		self->to.port == NULL ? field_of(FIELD_SERVER_PORT)->absent : self->to.port;
	char *ascii = self->to.hostname == NULL ? NULL : hostname_to_ascii(self->to.hostname);
	const char *hostname = ascii == NULL ? self->to.hostname : ascii;
	bool is_of_it = check != NULL && text_equal_nocase(check->hostname, hostname) &&
			text_equal(check->port, port);
	free(ascii);
	return is_of_it ? check : NULL;
}

static bool has_passed(const struct tls_check *check)
{
	return check != NULL && check->state == TLS_CHECK_DONE &&
	       (check->verdict == VERDICT_PASS || check->verdict == VERDICT_WARN);
}

/* The gravest that validation objects to; NULL: nothing. `findings` holds it. */
static const struct finding *objection(const struct screen_move *self, struct findings *findings)
{
	struct calling_values mine;
	findings_init(findings);
	wanted_make(self, &mine);
	rules_check(&self->number->settings, &mine, findings);
	values_release(&mine);
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].severity == SEVERITY_FAILURE)
			return &findings->items[i];
	return NULL;
}

static bool is_elsewhere(const struct screen_move *self)
{
	struct calling_values mine;
	struct change_lines lines = { 0 };
	wanted_make(self, &mine);
	change_lines_compute(&self->number->settings.values, &mine, &lines);
	bool differs = lines.count > 0;
	change_lines_release(&lines);
	values_release(&mine);
	return differs;
}

/* As soon as there is a server to check, it is checked. */
static void check_begin(struct screen_move *self)
{
	struct findings findings;
	err_init(&self->check_err);
	if (self->to.hostname == NULL)
		return;
	if (objection(self, &findings) == NULL && is_elsewhere(self) && check_of(self) == NULL)
		(void)tls_check_elsewhere_start(self->number, self->to.hostname, self->to.port,
						&self->check_err);
	findings_release(&findings);
}

/* --- rows ------------------------------------------------------------------------------------- */

static void sentence_add(struct screen_move *self, enum style style, const char *sentence)
{
	(void)form_add_sentence(&self->form, field_ref_of(FIELD_COUNT), sentence,
				form_sentence_columns(&self->screen.app->term), style);
}

static void field_row(struct screen_move *self, enum field_id id, const char *value,
		      const char *was)
{
	struct form_row *row = form_add(&self->form, FORM_FIELD, field_of(id)->label);
	row->ref = field_ref_of(id);
	row->value = mem_text(value != NULL ? value : field_of(id)->absent);
	if (was != NULL && !text_equal(was, row->value))
		row->note = mem_format("now %s", was);
}

static char *check_sentence(const struct screen_move *self)
{
	char *words = tls_check_words(check_of(self));
	char *sentence = self->check_err.kind != ERR_NONE
				 ? mem_format("%s was not checked. %s", self->to.hostname,
					      self->check_err.sentence)
				 : mem_format("The TLS check of %s: %s", self->to.hostname, words);
	free(words);
	return sentence;
}

static void check_row(struct screen_move *self)
{
	const struct tls_check *check = check_of(self);
	bool is_running = check != NULL && check->state == TLS_CHECK_RUNNING;
	char *sentence = check_sentence(self);
	(void)form_add(&self->form, FORM_SECTION, "Check");
	/* A field that is none, so that the row can have the focus. */
	struct form_row *row =
		form_add_sentence(&self->form, field_ref_parameter(FIELD_SIP_SERVERS, 0, 0),
				  sentence, form_sentence_columns(&self->screen.app->term),
				  has_passed(check) ? STYLE_GOOD
				  : is_running	    ? STYLE_NORMAL
						    : STYLE_WRONG);
	row->action = ROW_CHECK;
	row->mark = has_passed(check) || is_running ? ' ' : '!';
	free(sentence);
}

static void plan_fill(struct screen_move *self)
{
	const struct calling_settings *base = &self->number->settings;
	const struct term *term = &self->screen.app->term;
	struct calling_values mine;
	struct change_lines lines = { 0 };
	wanted_make(self, &mine);
	change_lines_compute(&base->values, &mine, &lines);
	check_row(self);
	(void)form_add(&self->form, FORM_SECTION, "What changes");
	change_rows_add(&self->form, term, &lines, false);
	consequence_rows_add(&self->form, term, &base->values, &mine);
	plan_rows_add(&self->form, term, base, &mine);
	undo_row_add(&self->form, term, self->undo_wanted, ROW_UNDO);
	change_lines_release(&lines);
	values_release(&mine);
}

static void rows_fill(struct screen_move *self)
{
	const struct sip_server *server = values_first_server(&self->number->settings.values);
	struct findings findings;
	form_begin(&self->form);
	field_row(self, FIELD_SERVER_HOSTNAME, self->to.hostname,
		  server == NULL ? NULL : server->hostname);
	field_row(self, FIELD_SERVER_PORT, self->to.port,
		  server == NULL	 ? NULL
		  : server->port == NULL ? field_of(FIELD_SERVER_PORT)->absent
					 : server->port);
	const struct finding *wrong = objection(self, &findings);
	if (self->to.hostname == NULL)
		sentence_add(self, STYLE_DIM,
			     "A sip: URI, host:port, a link or a JSON sample is understood, too.");
	else if (wrong != NULL)
		sentence_add(self, STYLE_WRONG, wrong->sentence);
	else if (!is_elsewhere(self))
		sentence_add(self, STYLE_NORMAL, "That is the SIP server it has already.");
	else
		plan_fill(self);
	findings_release(&findings);
	form_end(&self->form);
}

static void move_draw(struct screen *screen, struct term *term)
{
	struct screen_move *self = self_of(screen);
	rows_fill(self);
	screen_header(term, self->number, number_sequence_title(SEQUENCE_MOVE),
		      open_number_realm(self->number));
	draw_rule(term, frame_body_row(term), NULL);
	screen_help_lines(
		screen, term, STYLE_NORMAL,
		self->form.is_editing || self->to.hostname == NULL
			? "The SIP server that calls are to go to. It is checked before "
			  "anything is sent."
			: "y moves the number there. Parameters and SRTP key exchange are "
			  "kept unless pasted with it.");
	form_draw(&self->form, term, frame_body_row(term) + 1, frame_body_rows(term) - 1);
}

/* --- typing ----------------------------------------------------------------------------------- */

static char **text_of(struct screen_move *self, enum field_id id)
{
	return id == FIELD_SERVER_HOSTNAME ? &self->to.hostname : &self->to.port;
}

static void edit_begin(struct screen_move *self, enum field_id id)
{
	const char *text = *text_of(self, id);
	self->editing = id;
	form_focus(&self->form, field_ref_of(id), -1);
	form_edit_begin(&self->form, text == NULL ? "" : text, field_of(id)->limit, false);
}

/* False: a plain hostname, or nothing known. */
static bool pasted_take(struct screen_move *self, const char *text)
{
	struct pasted_server pasted;
	pasted_server_init(&pasted);
	bool understood = paste_understand(&pasted, text) && pasted.hostname != NULL;
	if (understood) {
		app_notice(self->screen.app, "%s", pasted.taken == NULL ? "" : pasted.taken);
		pasted_server_release(&self->to);
		self->to = pasted;
	} else {
		pasted_server_release(&pasted);
	}
	return understood;
}

static void edit_keep(struct screen_move *self)
{
	char *typed = field_tidy(field_of(self->editing), text_edit_text(&self->form.edit));
	form_edit_end(&self->form);
	if (self->editing != FIELD_SERVER_HOSTNAME || !pasted_take(self, typed))
		mem_text_set(text_of(self, self->editing), typed[0] == '\0' ? NULL : typed);
	free(typed);
	check_begin(self);
}

static bool edit_key(struct screen_move *self, uint32_t key)
{
	switch (key) {
	case KEY_ESCAPE: form_edit_end(&self->form); return true;
	case KEY_ENTER_:
		edit_keep(self);
		if (self->editing == FIELD_SERVER_HOSTNAME)
			form_focus(&self->form, field_ref_of(FIELD_SERVER_PORT), -1);
		return true;
	case KEY_TAB:
	case KEY_DOWN_:
	case KEY_SHIFT | KEY_TAB:
	case KEY_UP_: edit_keep(self); return false;
	default: break;
	}
	enum text_edit_result result = text_edit_key(&self->form.edit, key);
	if (result == TEXT_EDIT_FULL)
		app_notice(self->screen.app, "%s: at most %zu characters.",
			   field_of(self->editing)->label, field_of(self->editing)->limit);
	if (result != TEXT_EDIT_IGNORED || key_is_text(key))
		return true;
	edit_keep(self); /* a function key: it acts on what was typed */
	return false;
}

static bool move_event(struct screen *screen, const struct input_event *event)
{
	struct screen_move *self = self_of(screen);
	if (!self->form.is_editing)
		return false;
	if (event->kind == INPUT_KEY)
		return edit_key(self, event->key);
	bool left_out = event->cut;
	if (self->editing == FIELD_SERVER_HOSTNAME && pasted_take(self, event->text)) {
		form_edit_end(&self->form);
		check_begin(self);
		return true;
	}
	if (text_edit_paste(&self->form.edit, event->text, event->length, &left_out) ==
		    TEXT_EDIT_FULL ||
	    left_out)
		app_notice(screen->app, "Part of the pasted text was left out.");
	return true;
}

/* --- what is done ----------------------------------------------------------------------------- */

static void key_came(void *owner, const struct secret *key)
{
	struct screen_move *self = owner;
	struct calling_values mine;
	if (key == NULL)
		return;
	wanted_make(self, &mine);
	(void)screen_sending_begin(self->screen.app, self->number, SEQUENCE_MOVE, &mine,
				   self->undo_wanted, &self->screen);
	values_release(&mine);
}

static void override_answered(void *owner, int choice)
{
	struct screen_move *self = owner;
	if (choice == 0)
		open_number_key_fetch(self->number, key_came, self);
}

static void begin(struct screen_move *self)
{
	static const struct box_choice answers[] = {
		{ .label = "Move all the same", .key = 'm' },
		{ .label = "Stay", .key = 'n' },
	};
	struct app *app = self->screen.app;
	if (has_passed(check_of(self))) {
		open_number_key_fetch(self->number, key_came, self);
		return;
	}
	char *words = check_sentence(self);
	char *sentence = mem_format("%s Where Meta refuses its certificate or cannot reach it, no "
				    "call gets through.",
				    words);
	app_push(app, box_new(app, "Move without a passed check?", sentence, answers,
			      ARRAY_LENGTH(answers), 1, true, override_answered, self));
	free(sentence);
	free(words);
}

static void row_open(struct screen_move *self)
{
	struct app *app = self->screen.app;
	const struct form_row *row = form_focused(&self->form);
	if (row == NULL)
		return;
	if (row->ref.field == FIELD_SERVER_HOSTNAME || row->ref.field == FIELD_SERVER_PORT)
		edit_begin(self, row->ref.field);
	else if (row->action == ROW_UNDO)
		self->undo_wanted = !self->undo_wanted;
	else if (row->action == ROW_CHECK)
		app_act(app, ACTION_CHECK);
}

static void move_act(struct screen *screen, enum action_id action)
{
	struct screen_move *self = self_of(screen);
	struct app *app = screen->app;
	rows_fill(self);
	if (form_act(&self->form, action, frame_body_rows(&app->term) - 1))
		return;
	switch (action) {
	case ACTION_OPEN:
	case ACTION_NEXT_VALUE: row_open(self); break;
	case ACTION_SEND: begin(self); break;
	case ACTION_CHECK:
		if (check_of(self) == NULL)
			check_begin(self);
		if (check_of(self) != NULL)
			app_push(app, screen_check_new(app, self->number, TLS_CHECK_ELSEWHERE));
		break;
	case ACTION_TROUBLES: app_push(app, screen_troubles_new(app, self->number, -1)); break;
	case ACTION_BACK: app_pop(app); break;
	default: break;
	}
}

static bool move_offers(struct screen *screen, enum action_id action)
{
	(void)screen;
	return action != ACTION_REQUEST && action != ACTION_CURL;
}

static const char *move_why_not(struct screen *screen, enum action_id action)
{
	const struct screen_move *self = self_of(screen);
	const char *why = number_sequence_why_not(self->number, SEQUENCE_MOVE);
	struct findings findings;
	if (action == ACTION_CHECK && self->to.hostname == NULL)
		return "There is no hostname to check yet: enter it first.";
	if (action != ACTION_SEND || why != NULL)
		return action == ACTION_SEND ? why : NULL;
	if (self->to.hostname == NULL)
		return "Type the new SIP server's hostname first.";
	bool is_wrong = objection(self, &findings) != NULL;
	findings_release(&findings);
	if (is_wrong)
		return "What is wrong stands below the port: correct it first.";
	if (!is_elsewhere(self))
		return "That is the SIP server it has already.";
	const struct tls_check *check = check_of(self);
	return check != NULL && check->state == TLS_CHECK_RUNNING
		       ? "The TLS check still runs; F7 shows it, and x there cancels it."
		       : NULL;
}

static const char *move_bar_label(struct screen *screen, enum action_id action)
{
	(void)screen;
	return action == ACTION_SEND ? "Move" : action == ACTION_LEAVE ? "" : NULL;
}

static bool move_has_text_focus(struct screen *screen)
{
	return self_of(screen)->form.is_editing;
}

static void move_release(struct screen *screen)
{
	struct screen_move *self = self_of(screen);
	keys_forget(screen->app, screen);
	form_release(&self->form);
	pasted_server_release(&self->to);
	free(self);
}

static const struct screen_ops MOVE_OPS = {
	.context = CONTEXT_REVIEW,
	.title = "Move to another SIP server",
	.help = "The new SIP server is checked as Meta would, then the number is switched to it, "
		"read back and compared, and its SRTP key exchange is sent again where the service "
		"has reset it. A check that did not pass asks before it is moved all the same.",
	.draw = move_draw,
	.event = move_event,
	.act = move_act,
	.offers = move_offers,
	.why_not = move_why_not,
	.bar_label = move_bar_label,
	.has_text_focus = move_has_text_focus,
	.release = move_release,
};

struct screen *screen_move_new(struct app *app, struct open_number *number)
{
	struct screen_move *self = screen_new(app, sizeof *self, &MOVE_OPS);
	self->number = number;
	pasted_server_init(&self->to);
	err_init(&self->check_err);
	form_init(&self->form);
	edit_begin(self, FIELD_SERVER_HOSTNAME);
	return &self->screen;
}
