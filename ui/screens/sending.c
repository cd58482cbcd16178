#include "ui/screens/screens.h"

#include "base/mem.h"
#include "ui/app/begin_words.h"
#include "ui/app/draft_keeper.h"
#include "ui/app/next_step.h"
#include "ui/app/number_sequence.h"
#include "ui/app/number_undo.h"
#include "ui/app/outcome_words.h"
#include "ui/screens/number_actions.h"
#include "ui/screens/sending_rows.h"
#include "ui/screens/settle_rows.h"
#include "ui/widgets/box.h"
#include "ui/widgets/frame.h"

#include <stdlib.h>

enum { ROW_SETTLE };

enum { SECOND_MS = 1000 };

/* A view of the number's sequence, which belongs to the number. */
struct screen_sending {
	struct screen screen;
	struct open_number *number;
	struct form form;
	struct sending_rows rows;
	enum settle_way way; /* while the key is fetched for it */
	bool conflict_shown;
	bool outcome_shown; /* once, whatever the focus is on */
};

static struct screen_sending *self_of(struct screen *screen)
{
	return (struct screen_sending *)screen;
}

static bool is_done(const struct screen_sending *self)
{
	return !number_sequence_is_running(self->number);
}

static bool is_half_done(const struct screen_sending *self)
{
	return is_done(self) && self->number->left_open != NULL;
}

static void half_done_rows(struct screen_sending *self)
{
	const struct send *send = &self->number->sequence->send;
	char *sentence = send->has_result ? calls_now(&send->result.values)
					  : mem_text("What it means for calls is not known.");
	(void)form_add_sentence(&self->form, field_ref_of(FIELD_COUNT), sentence,
				form_sentence_columns(self->rows.term), STYLE_WARNING);
	free(sentence);
	settle_rows_add(&self->form, self->number, ROW_SETTLE);
}

static void next_step_row(struct screen_sending *self)
{
	const char *sentence = next_step_words(self->number);
	if (sentence != NULL)
		(void)form_add_sentence(&self->form, field_ref_of(FIELD_COUNT), sentence,
					form_sentence_columns(self->rows.term), STYLE_NORMAL);
}

static void rows_fill(struct screen_sending *self)
{
	const struct sequence *sequence = self->number->sequence;
	self->rows = (struct sending_rows) { .form = &self->form, .term = &self->screen.app->term };
	form_begin(&self->form);
	sending_steps_add(&self->rows, sequence);
	if (is_done(self)) {
		sending_outcome_add(&self->rows, sequence);
		next_step_row(self);
	}
	if (is_done(self) != self->outcome_shown) {
		self->outcome_shown = is_done(self);
		if (self->outcome_shown && !is_half_done(self))
			form_show_from(&self->form, self->rows.steps);
	}
	if (is_half_done(self))
		half_done_rows(self);
	if (is_done(self))
		sending_changes_add(&self->rows, sequence);
	form_end(&self->form);
}

static const char *help_sentence(const struct screen_sending *self)
{
	const struct sequence *sequence = self->number->sequence;
	if (is_half_done(self))
		return "It stopped half-way: Enter settles it. Nothing else is changed before.";
	if (is_done(self))
		return "Esc goes back to the calling settings.";
	if (!sequence->send.writes_begun && sequence->record.goal == 0)
		return "Nothing is written yet. Esc cancels.";
	return sequence_can_cancel(sequence)
		       ? "A write has left. Esc sends no further one; what the service "
			 "holds is read "
			 "back."
		       : "The number is out of service until the last step. Esc goes back; it goes "
			 "on.";
}

/* On the outcome, or the step that is under way, where no row has the focus. */
static void cursor_place(const struct screen_sending *self, struct term *term, int top, int rows)
{
	int at = (is_done(self) ? self->rows.steps + 1 : self->rows.current) -
		 self->form.first_shown;
	if (!form_shows_focus(&self->form, rows))
		draw_cursor(term, top + (at < rows ? at : rows - 1), 5);
}

static void sending_draw(struct screen *screen, struct term *term)
{
	struct screen_sending *self = self_of(screen);
	int top = frame_body_row(term);
	int rows = frame_body_rows(term) - 1;
	rows_fill(self);
	screen_header(term, self->number,
		      number_sequence_title(self->number->sequence->record.kind),
		      open_number_realm(self->number));
	draw_rule(term, top, NULL);
	screen_help_lines(screen, term, STYLE_NORMAL, help_sentence(self));
	form_draw(&self->form, term, top + 1, rows);
	cursor_place(self, term, top + 1, rows);
	if (!is_done(self))
		app_frame_in(screen->app, SECOND_MS);
}

/* --- what is done ----------------------------------------------------------------------------- */

static void conflict_show(struct screen_sending *self)
{
	struct app *app = self->screen.app;
	struct send *send = &self->number->sequence->send;
	if (send->step != SEND_CONFLICT)
		self->conflict_shown = false; /* a later re-read may find another */
	else if (!self->conflict_shown) {
		self->conflict_shown = true;
		app_push(app, screen_send_conflict_new(app, self->number, send));
	}
}

static void sequence_told(void *owner, struct sequence *sequence)
{
	struct screen_sending *self = owner;
	if (outcome_is_off_unsent(sequence))
		screen_off_unrecorded_ask(self->number, &sequence->send.err);
	if (sequence->state == SEQUENCE_OPEN)
		form_focus(&self->form, field_ref_parameter(FIELD_SIP_SERVERS, SETTLE_FINISH, 0),
			   ROW_SETTLE);
	conflict_show(self);
}

/* To the number's settings: they are below, or what was settled stood in their way. */
static void leave(struct screen_sending *self)
{
	struct app *app = self->screen.app;
	struct open_number *number = self->number;
	app_pop(app);
	if (app->top->ops->context != CONTEXT_NUMBERS)
		return;
	if (number->left_open == NULL)
		screen_number_enter(app, number);
	else
		draft_keeper_rest(number);
}

static void back(struct screen_sending *self)
{
	struct sequence *sequence = self->number->sequence;
	if (sequence_can_cancel(sequence))
		sequence_cancel(sequence);
	else
		leave(self);
}

static void settle_key_came(void *owner, const struct secret *key)
{
	struct screen_sending *self = owner;
	struct err err;
	if (key != NULL &&
	    !number_sequence_settle(
		    self->number, self->way == SETTLE_UNDO ? SEQUENCE_UNDO : SEQUENCE_FINISH, &err))
		app_notice(self->screen.app, "%s %s", err.sentence, err.next_step);
}

static void settle(struct screen_sending *self, enum settle_way way)
{
	struct err err;
	self->way = way;
	if (way != SETTLE_LEAVE)
		open_number_key_fetch(self->number, settle_key_came, self);
	else if (number_sequence_leave(self->number, &err))
		leave(self);
	else
		app_notice(self->screen.app, "%s %s", err.sentence, err.next_step);
}

static void reveal_key_came(void *owner, const struct secret *key)
{
	struct screen_sending *self = owner;
	if (key != NULL)
		app_push(self->screen.app, screen_credentials_new(self->screen.app, self->number));
}

static void row_open(struct screen_sending *self)
{
	const struct form_row *row = form_focused(&self->form);
	if (row == NULL)
		return;
	if (row->action >= ROW_SETTLE)
		settle(self, (enum settle_way)(row->action - ROW_SETTLE));
	else if (row->ref.field != FIELD_COUNT)
		screen_settings_jump(self->screen.app, self->number, row->ref);
}

static void sending_act(struct screen *screen, enum action_id action)
{
	struct screen_sending *self = self_of(screen);
	struct app *app = screen->app;
	rows_fill(self);
	if (form_act(&self->form, action, frame_body_rows(&app->term) - 1) ||
	    number_action(self->number, action))
		return;
	switch (action) {
	case ACTION_BACK: back(self); break;
	case ACTION_OPEN: row_open(self); break;
	case ACTION_REVEAL: open_number_key_fetch(self->number, reveal_key_came, self); break;
	case ACTION_TROUBLES: app_push(app, screen_troubles_new(app, self->number, -1)); break;
	default: break;
	}
}

static bool sending_offers(struct screen *screen, enum action_id action)
{
	const struct screen_sending *self = self_of(screen);
	switch (action) {
	case ACTION_RELOAD: return false;
	case ACTION_REVEAL:
		return is_done(self) && self->number->has_settings &&
		       values_servers_alive(&self->number->settings.values) > 0;
	case ACTION_KEEP:
	case ACTION_UNDO_NOW: return number_undo_is_pending(self->number);
	default: return true;
	}
}

static const char *sending_bar_label(struct screen *screen, enum action_id action)
{
	const struct screen_sending *self = self_of(screen);
	const struct sequence *sequence = self->number->sequence;
	if (action == ACTION_REVEAL)
		return outcome_touches_password(sequence) || next_step_is_password(self->number)
			       ? NULL
			       : "";
	if (action != ACTION_BACK)
		return NULL;
	return sequence_can_cancel(sequence) ? "Cancel" : "Back";
}

static void sending_release(struct screen *screen)
{
	struct screen_sending *self = self_of(screen);
	keys_forget(screen->app, screen);
	number_sequence_observe(self->number, NULL, NULL);
	form_release(&self->form);
	free(self);
}

static const struct screen_ops SENDING_OPS = {
	.context = CONTEXT_SENDING,
	.title = "Sending",
	.help = "The number is read again, each request is written once, and the number is read "
		"back and "
		"compared. The outcome is one of four: Applied; Applied, but the service shows "
		"something else; Not applied; Unknown.",
	.draw = sending_draw,
	.act = sending_act,
	.offers = sending_offers,
	.bar_label = sending_bar_label,
	.release = sending_release,
};

void screen_sending_show(struct app *app, struct open_number *number)
{
	struct screen_sending *self = screen_new(app, sizeof *self, &SENDING_OPS);
	self->number = number;
	form_init(&self->form);
	number_sequence_observe(number, sequence_told, self);
	app_push(app, &self->screen);
	conflict_show(self);
}

bool screen_sending_begin(struct app *app, struct open_number *number, enum sequence_kind kind,
			  const struct calling_values *mine, bool with_undo, struct screen *from)
{
	struct err err;
	bool begun = number_sequence_start(number, kind, mine, with_undo, &err);
	if (!begun && kind != SEQUENCE_OFF) {
		app_notice(app, "%s %s", err.sentence, err.next_step);
		return false;
	}
	app_remove(app, from);
	if (begun)
		screen_sending_show(app, number);
	else
		screen_off_unrecorded_ask(number, &err);
	return begun;
}

/* --- what must not wait for a disk ------------------------------------------------------------ */

static void unrecorded_key_came(void *owner, const struct secret *key)
{
	struct open_number *number = owner;
	const char *why = number_sequence_why_not(number, SEQUENCE_OFF);
	if (key == NULL)
		return;
	if (why != NULL) {
		app_notice(number->app, "%s", why);
		return;
	}
	number_sequence_off_unrecorded(number);
	if (number->observer == NULL)
		screen_sending_show(number->app, number);
}

static void unrecorded_answered(void *owner, int choice)
{
	if (choice == 0)
		open_number_key_fetch(owner, unrecorded_key_came, owner);
}

void screen_off_unrecorded_ask(struct open_number *number, const struct err *why)
{
	static const struct box_choice answers[] = {
		{ .label = "Switch SIP off without a record", .key = 'y' },
		{ .label = "Leave SIP on", .key = 'n' },
	};
	char *sentence = mem_format("%s %s", why->sentence, BEGIN_OFF_UNRECORDED);
	app_push(number->app, box_new(number->app, BEGIN_OFF_UNRECORDED_TITLE, sentence, answers,
				      ARRAY_LENGTH(answers), 1, true, unrecorded_answered, number));
	free(sentence);
}
