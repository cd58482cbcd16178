#include "ui/screens/screens.h"

#include "base/mem.h"
#include "calling/fields.h"
#include "ui/app/number_move.h"
#include "ui/app/number_sequence.h"
#include "ui/screens/change_rows.h"
#include "ui/screens/plan_rows.h"
#include "ui/widgets/box.h"
#include "ui/widgets/form.h"
#include "ui/widgets/frame.h"

#include <stdlib.h>

enum { ROW_CHECK = 1 << 16, ROW_UNDO };

/* Which server is asked here, and is nothing of the draft. */
struct screen_move {
	struct screen screen;
	struct open_number *number;
	struct number_move move;
	struct form form;
	enum field_id editing; /* FIELD_SERVER_HOSTNAME or FIELD_SERVER_PORT, while form.is_editing
				*/
	bool undo_wanted;
};

static struct screen_move *self_of(struct screen *screen)
{
	return (struct screen_move *)screen;
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

static void check_row(struct screen_move *self)
{
	const struct tls_check *check = number_move_check(&self->move);
	bool is_running = check != NULL && check->state == TLS_CHECK_RUNNING;
	char *sentence = number_move_check_sentence(&self->move);
	(void)form_add(&self->form, FORM_SECTION, "Check");
	/* A field that is none, so that the row can have the focus. */
	struct form_row *row =
		form_add_sentence(&self->form, field_ref_parameter(FIELD_SIP_SERVERS, 0, 0),
				  sentence, form_sentence_columns(&self->screen.app->term),
				  number_move_has_passed(&self->move) ? STYLE_GOOD
				  : is_running			      ? STYLE_NORMAL
								      : STYLE_WRONG);
	row->action = ROW_CHECK;
	row->mark = number_move_has_passed(&self->move) || is_running ? ' ' : '!';
	free(sentence);
}

static void plan_fill(struct screen_move *self)
{
	const struct calling_settings *base = &self->number->settings;
	const struct term *term = &self->screen.app->term;
	struct calling_values mine;
	struct change_lines lines = { 0 };
	number_move_wanted(&self->move, &mine);
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
	field_row(self, FIELD_SERVER_HOSTNAME, self->move.to.hostname,
		  server == NULL ? NULL : server->hostname);
	field_row(self, FIELD_SERVER_PORT, self->move.to.port,
		  server == NULL	 ? NULL
		  : server->port == NULL ? field_of(FIELD_SERVER_PORT)->absent
					 : server->port);
	const struct finding *wrong = number_move_objection(&self->move, &findings);
	if (self->move.to.hostname == NULL)
		sentence_add(self, STYLE_DIM,
			     "A sip: URI, host:port, a link or a JSON sample is understood, too.");
	else if (wrong != NULL)
		sentence_add(self, STYLE_WRONG, wrong->sentence);
	else if (!number_move_is_elsewhere(&self->move))
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
		self->form.is_editing || self->move.to.hostname == NULL
			? "The SIP server that calls are to go to. It is checked before "
			  "anything is sent."
			: "y moves the number there. Parameters and SRTP key exchange are "
			  "kept unless pasted with it.");
	form_draw(&self->form, term, frame_body_row(term) + 1, frame_body_rows(term) - 1);
}

/* --- typing ----------------------------------------------------------------------------------- */

static void edit_begin(struct screen_move *self, enum field_id id)
{
	const struct pasted_server *to = &self->move.to;
	const char *text = id == FIELD_SERVER_HOSTNAME ? to->hostname : to->port;
	self->editing = id;
	form_focus(&self->form, field_ref_of(id), -1);
	form_edit_begin(&self->form, text == NULL ? "" : text, field_of(id)->limit, false);
}

static void edit_keep(struct screen_move *self)
{
	char *typed = mem_text(text_edit_text(&self->form.edit));
	form_edit_end(&self->form);
	number_move_enter(&self->move, self->editing, typed);
	free(typed);
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
	if (self->editing == FIELD_SERVER_HOSTNAME && number_move_paste(&self->move, event->text)) {
		form_edit_end(&self->form);
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
	number_move_wanted(&self->move, &mine);
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
	if (number_move_has_passed(&self->move)) {
		open_number_key_fetch(self->number, key_came, self);
		return;
	}
	char *words = number_move_check_sentence(&self->move);
	char *sentence = mem_format("%s %s", words, MOVE_UNCHECKED_MEANING);
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
		if (number_move_check(&self->move) == NULL)
			number_move_check_begin(&self->move);
		if (number_move_check(&self->move) != NULL)
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
	if (action == ACTION_CHECK && self->move.to.hostname == NULL)
		return "There is no hostname to check yet: enter it first.";
	return action == ACTION_SEND ? number_move_why_not(&self->move) : NULL;
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
	number_move_release(&self->move);
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
	number_move_init(&self->move, number);
	form_init(&self->form);
	edit_begin(self, FIELD_SERVER_HOSTNAME);
	return &self->screen;
}
