#include "ui/screens/screens.h"

#include "base/clock.h"
#include "base/mem.h"
#include "service/send.h"
#include "ui/widgets/form.h"
#include "ui/widgets/frame.h"

#include <stdlib.h>

enum { TICK_MS = 1000 /* seconds are shown, so once a second is enough */ };

struct screen_sending {
	struct screen screen;
	struct open_number *number;
	struct send send;
	struct form form;
	size_t step_rows;   /* rows of steps in the form */
	size_t current_row; /* of those, the one under way */
	int tick_timer;
	bool conflict_shown;
	bool is_done;
};

static struct screen_sending *self_of(struct screen *screen)
{
	return (struct screen_sending *)screen;
}

/* --- steps ----------------------------------------------------------------------------------- */

enum step_state { STEP_TODO, STEP_NOW, STEP_DONE, STEP_FAILED };

static const char *step_sign(const struct glyphs *glyphs, enum step_state state)
{
	switch (state) {
	case STEP_NOW: return glyphs->step_now;
	case STEP_DONE: return glyphs->step_done;
	case STEP_FAILED: return glyphs->step_failed;
	default: return glyphs->step_todo;
	}
}

static void step_add(struct screen_sending *self, enum step_state state, const char *label,
		     const char *words)
{
	char *text = mem_format("%s  %-14s %s", step_sign(self->screen.app->term.glyphs, state),
				label, words);
	struct form_row *row = form_add(&self->form, FORM_LINE, text);
	row->value_style = state == STEP_FAILED ? STYLE_WRONG
			   : state == STEP_TODO ? STYLE_DIM
						: STYLE_NORMAL;
	if (state == STEP_NOW)
		self->current_row = self->step_rows;
	self->step_rows++;
	free(text);
}

/* What the request under way is doing, in words; "" when there is nothing to say. Caller frees. */
static char *progress_words(const struct send *send)
{
	struct client_progress progress = send_progress(send);
	int64_t now = clock_monotonic_ms();
	if (progress.waiting_until_ms > now)
		return mem_format(progress.is_rate_limited ? "the service asks to wait: %lld s"
							   : "again in %lld s",
				  (long long)(progress.waiting_until_ms - now + 999) / 1000);
	if (progress.started_ms > 0 && now - progress.started_ms >= TICK_MS)
		return progress.attempt > 1
			       ? mem_format("%lld s, try %d",
					    (long long)(now - progress.started_ms) / 1000,
					    progress.attempt)
			       : mem_format("%lld s",
					    (long long)(now - progress.started_ms) / 1000);
	return mem_text("");
}

static enum step_state state_at(const struct send *send, int step, int now)
{
	if (step == now && send->step != SEND_DONE)
		return STEP_NOW;
	return step < now ? STEP_DONE : STEP_TODO;
}

/* Where the sequence is, counted over re-read, each write, read back. */
static int step_position(const struct send *send)
{
	int writes = (int)send->plan.count;
	switch (send->step) {
	case SEND_REREAD:
	case SEND_CONFLICT: return 0;
	case SEND_WRITE: return 1 + (int)send->request_index;
	case SEND_REPAIR: return writes;
	case SEND_READ_BACK:
	case SEND_COMPARE: return 1 + writes;
	case SEND_DONE: break;
	}
	return send->writes_begun ? 2 + writes : 0;
}

/* The write that was begun last got no success. Reasons that the comparison itself finds come
 * without an HTTP status. */
static bool last_write_failed(const struct send *send)
{
	return send->step == SEND_DONE && send->outcome != SEND_UNKNOWN &&
	       send->err.kind != ERR_NONE && send->err.kind != ERR_CANCELLED &&
	       (send->err.kind != ERR_REFUSED || send->err.http_status != 0);
}

static enum step_state write_state(const struct send *send, size_t index, int position)
{
	if (index > send->request_index)
		return STEP_TODO; /* in the end, too: it was never sent */
	if (index == send->request_index && last_write_failed(send))
		return STEP_FAILED;
	return state_at(send, 1 + (int)index, position);
}

static void writes_add(struct screen_sending *self, int position, const char *progress)
{
	const struct send *send = &self->send;
	for (size_t i = 0; i < send->plan.count; i++) {
		enum step_state state = write_state(send, i, position);
		bool never = state == STEP_TODO && send->step == SEND_DONE;
		const char *also = never ? "not sent" : state == STEP_NOW ? progress : "";
		char *label = mem_format("Write %zu of %zu", i + 1, send->plan.count);
		char *words = mem_format("%s%s%s", send->plan.requests[i].title,
					 also[0] != '\0' ? ", " : "", also);
		step_add(self, state, label, words);
		free(words);
		free(label);
	}
}

static void steps_fill(struct screen_sending *self)
{
	const struct send *send = &self->send;
	int position = step_position(send);
	int writes = (int)send->plan.count;
	char *progress = progress_words(send);
	bool nothing_written = send->step == SEND_DONE && !send->writes_begun;
	self->step_rows = 0;
	bool read_failed = nothing_written && send->err.kind != ERR_CONFLICT;
	step_add(self,
		 read_failed	   ? STEP_FAILED
		 : nothing_written ? STEP_DONE
				   : state_at(send, 0, position),
		 "Read again",
		 send->step == SEND_CONFLICT ? "a conflict waits for your choice"
		 : position == 0	     ? progress
					     : "");
	if (nothing_written) {
		free(progress);
		return;
	}
	writes_add(self, position, progress);
	bool compared = send->step == SEND_DONE && send->has_result;
	char *again =
		mem_format("try %d of %d %s", send->read_back_try, SEND_READ_BACK_TRIES, progress);
	enum step_state back = send->step == SEND_DONE && !send->has_result
				       ? STEP_FAILED
				       : state_at(send, 1 + writes, position);
	step_add(self, back, "Read back",
		 back != STEP_NOW	   ? ""
		 : send->read_back_try > 1 ? again
					   : progress);
	step_add(self,
		 compared ? (send->outcome == SEND_APPLIED ? STEP_DONE : STEP_FAILED) : STEP_TODO,
		 "Compare", "");
	free(again);
	free(progress);
}

/* --- the outcome ------------------------------------------------------------------------------ */

static void sentence_add(struct screen_sending *self, enum style style, const char *sentence)
{
	(void)form_add_sentence(&self->form, field_ref_of(FIELD_COUNT), sentence,
				form_sentence_columns(&self->screen.app->term), style);
}

static void changes_add(struct screen_sending *self, const char *title,
			const struct changes *changes, const char *between)
{
	if (changes->count == 0)
		return;
	(void)form_add(&self->form, FORM_SECTION, title);
	for (size_t i = 0; i < changes->count; i++) {
		const struct change *change = &changes->items[i];
		struct form_row *row = form_add(&self->form, FORM_FIELD, change->label);
		row->ref = change->ref;
		row->value =
			mem_format("%s%s%s", change->old_text == NULL ? "none" : change->old_text,
				   between, change->new_text == NULL ? "none" : change->new_text);
	}
}

static void taken_over_add(struct screen_sending *self)
{
	const struct merge *merge = &self->send.merge;
	for (size_t i = 0; i < merge->count; i++) {
		const struct merge_item *item = &merge->items[i];
		if (item->conflict)
			continue;
		char *sentence = mem_format(
			"Changed elsewhere meanwhile and taken over: %s, now %s.", item->label,
			item->theirs_text == NULL ? "none" : item->theirs_text);
		sentence_add(self, STYLE_NORMAL, sentence);
		free(sentence);
	}
}

static const char *outcome_meaning(const struct send *send)
{
	switch (send->outcome) {
	case SEND_APPLIED:
		return "The number was read back: the service holds exactly what you sent.";
	case SEND_APPLIED_DIFFERENT:
		return "The number was read back, and not all of it is what you sent. What differs "
		       "is "
		       "kept in your draft.";
	case SEND_NOT_APPLIED:
		if (send->err.kind ==
		    ERR_CONFLICT) /* nothing was left to send: its sentence says it */
			return NULL;
		return send->cancelled && !send->writes_begun
			       ? "You cancelled before anything was written. Your draft is kept."
			       : "The service holds what it held before. Your draft is kept.";
	case SEND_UNKNOWN:
		return send->cancelled
			       ? "The write left, and you stopped the reading back. The number is "
				 "marked, your draft is kept, and the next opening reads it first."
			       : "The write left, but the number could not be read back. It is "
				 "marked, "
				 "your draft is kept, and the next opening reads it first.";
	}
	return "";
}

static void outcome_fill(struct screen_sending *self)
{
	const struct send *send = &self->send;
	enum style style = send->outcome == SEND_APPLIED       ? STYLE_GOOD
			   : send->outcome == SEND_NOT_APPLIED ? STYLE_WRONG
							       : STYLE_WARNING;
	(void)form_add(&self->form, FORM_SECTION, "Outcome");
	sentence_add(self, style, SEND_OUTCOME_WORDS[send->outcome]);
	if (outcome_meaning(send) != NULL)
		sentence_add(self, STYLE_NORMAL, outcome_meaning(send));
	if (send->repaired)
		sentence_add(self, STYLE_NORMAL,
			     "The service had reset the SRTP key exchange; it was sent once more.");
	if (send->err.kind != ERR_NONE && send->err.kind != ERR_CANCELLED) {
		sentence_add(self, STYLE_NORMAL, send->err.sentence);
		if (send->err.words[0] != '\0') {
			char *words = mem_format("The service's own words: %s", send->err.words);
			sentence_add(self, STYLE_DIM, words);
			free(words);
		}
		if (send->err.next_step[0] != '\0')
			sentence_add(self, STYLE_NORMAL, send->err.next_step);
	}
	taken_over_add(self);
	changes_add(self, "Sent, and what the service shows", &send->differences,
		    " sent, shown is ");
	changes_add(self, "Also changed meanwhile", &send->also_changed, " → ");
}

static void rows_fill(struct screen_sending *self)
{
	form_begin(&self->form);
	steps_fill(self);
	if (self->send.step == SEND_DONE)
		outcome_fill(self);
	form_end(&self->form);
}

static const char *help_sentence(const struct send *send)
{
	if (send->step == SEND_DONE)
		return "Esc goes back to the calling settings.";
	return send->writes_begun ? "A write has left. Esc sends no further one; what the service "
				    "holds is read "
				    "back."
				  : "Nothing is written yet. Esc cancels.";
}

static void sending_draw(struct screen *screen, struct term *term)
{
	struct screen_sending *self = self_of(screen);
	int top = frame_body_row(term);
	rows_fill(self);
	screen_header(term, self->number, "Sending", open_number_realm(self->number));
	draw_rule(term, top, NULL);
	screen_help_lines(screen, term, STYLE_NORMAL, help_sentence(&self->send));
	draw_cursor(term,
		    self->is_done ? top + 2 + (int)self->step_rows
				  : top + 1 + (int)self->current_row,
		    5);
	form_draw(&self->form, term, top + 1, frame_body_rows(term) - 1);
}

/* --- what is done ----------------------------------------------------------------------------- */

static void ticked(void *owner)
{
	struct screen_sending *self = owner;
	self->tick_timer = 0;
	if (!self->is_done) /* the loop's turn draws the seconds */
		self->tick_timer = loop_timer_start(&self->screen.app->loop, TICK_MS, ticked, self);
}

static void send_changed(void *owner, struct send *send)
{
	struct screen_sending *self = owner;
	struct app *app = self->screen.app;
	if (send->step != SEND_CONFLICT)
		self->conflict_shown = false; /* a later re-read may find another */
	if (send->step == SEND_CONFLICT && !self->conflict_shown) {
		self->conflict_shown = true;
		app_push(app, screen_send_conflict_new(app, self->number, send));
	}
	if (send->step == SEND_DONE && !self->is_done) {
		self->is_done = true;
		loop_timer_stop(&app->loop, &self->tick_timer);
		open_number_sent(self->number, send);
	}
}

static void sending_act(struct screen *screen, enum action_id action)
{
	struct screen_sending *self = self_of(screen);
	struct app *app = screen->app;
	rows_fill(self);
	if (form_act(&self->form, action, frame_body_rows(&app->term) - 1))
		return;
	const struct form_row *row = form_focused(&self->form);
	if (action == ACTION_BACK && !self->is_done)
		send_cancel(&self->send);
	else if (action == ACTION_BACK)
		app_pop(app);
	else if (action == ACTION_TROUBLES)
		app_push(app, screen_troubles_new(app, self->number, -1));
	else if (action == ACTION_OPEN && row != NULL && row->ref.field != FIELD_COUNT)
		screen_settings_jump(app, self->number, row->ref);
}

static const char *sending_bar_label(struct screen *screen, enum action_id action)
{
	if (action != ACTION_BACK)
		return NULL;
	return self_of(screen)->is_done ? "Back" : "Cancel";
}

static bool sending_is_busy(struct screen *screen)
{
	return !self_of(screen)->is_done;
}

static void sending_release(struct screen *screen)
{
	struct screen_sending *self = self_of(screen);
	loop_timer_stop(&screen->app->loop, &self->tick_timer);
	send_release(&self->send);
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
	.bar_label = sending_bar_label,
	.is_busy = sending_is_busy,
	.release = sending_release,
};

struct screen *screen_sending_new(struct app *app, struct open_number *number)
{
	struct screen_sending *self = screen_new(app, sizeof *self, &SENDING_OPS);
	self->number = number;
	form_init(&self->form);
	self->tick_timer = loop_timer_start(&app->loop, TICK_MS, ticked, self);
	send_start(&self->send, app->http, &number->endpoint, &number->settings,
		   &number->draft.mine, send_changed, self);
	return &self->screen;
}
