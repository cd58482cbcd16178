#include "ui/screens/sending_rows.h"

#include "base/mem.h"
#include "ui/app/outcome_words.h"
#include "ui/app/progress_words.h"

#include <stdlib.h>

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

static void step_add(struct sending_rows *rows, enum step_state state, const char *label,
		     const char *words)
{
	char *text = mem_format("%s  %-14s %s", step_sign(rows->term->glyphs, state), label, words);
	if (state == STEP_NOW)
		rows->current = rows->form->count;
	struct form_row *row = form_add(rows->form, FORM_LINE, text);
	row->value_style = state == STEP_FAILED ? STYLE_WRONG
			   : state == STEP_TODO ? STYLE_DIM
						: STYLE_NORMAL;
	free(text);
}

static enum step_state state_at(const struct send *send, int step, int now)
{
	if (step == now && send->step != SEND_DONE)
		return STEP_NOW;
	return step < now ? STEP_DONE : STEP_TODO;
}

/* Where the send is, counted over re-read, each write, read back. */
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

static void write_add(struct sending_rows *rows, enum step_state state,
		      const struct write_plan *plan, size_t index, const char *also)
{
	char *label = mem_format("Write %zu of %zu", index + 1, plan->count);
	char *words = mem_format("%s%s%s", plan->requests[index].title, also[0] != '\0' ? ", " : "",
				 also);
	step_add(rows, state, label, words);
	free(words);
	free(label);
}

static void writes_add(struct sending_rows *rows, const struct send *send, int position,
		       const char *progress)
{
	for (size_t i = 0; i < send->plan.count; i++) {
		enum step_state state = write_state(send, i, position);
		bool never = state == STEP_TODO && send->step == SEND_DONE;
		write_add(rows, state, &send->plan, i,
			  never		      ? "not sent"
			  : state == STEP_NOW ? progress
					      : "");
	}
}

static void send_add(struct sending_rows *rows, const struct send *send)
{
	int position = step_position(send);
	int writes = (int)send->plan.count;
	char *progress = progress_words(send);
	bool nothing_written = send->step == SEND_DONE && !send->writes_begun;
	bool read_failed = nothing_written && !send->has_result;
	step_add(rows,
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
	writes_add(rows, send, position, progress);
	bool compared = send->step == SEND_DONE && send->has_result;
	char *again =
		mem_format("try %d of %d %s", send->read_back_try, SEND_READ_BACK_TRIES, progress);
	enum step_state back = send->step == SEND_DONE && !send->has_result
				       ? STEP_FAILED
				       : state_at(send, 1 + writes, position);
	step_add(rows, back, "Read back",
		 back != STEP_NOW	   ? ""
		 : send->read_back_try > 1 ? again
					   : progress);
	step_add(rows,
		 compared ? (send->outcome == SEND_APPLIED ? STEP_DONE : STEP_FAILED) : STEP_TODO,
		 "Compare", "");
	free(again);
	free(progress);
}

/* A goal before the one under way: it was reached, or may have been. */
static void past_add(struct sending_rows *rows, const struct write_plan *plan)
{
	step_add(rows, STEP_DONE, "Read again", "");
	for (size_t i = 0; i < plan->count; i++)
		write_add(rows, STEP_DONE, plan, i, "");
	step_add(rows, STEP_DONE, "Read back", "");
}

void sending_steps_add(struct sending_rows *rows, const struct sequence *sequence)
{
	static const char *const goals[SEQUENCE_GOALS_MAX] = { "Out of service",
							       "Back in service" };
	bool has_two = sequence->record.goal_count > 1;
	rows->current = 0;
	for (size_t i = 0; i < sequence->record.goal_count && i < SEQUENCE_GOALS_MAX; i++) {
		if (has_two)
			(void)form_add(rows->form, FORM_SECTION, goals[i]);
		if (i < sequence->record.goal)
			past_add(rows, &sequence->past);
		else if (i == sequence->record.goal)
			send_add(rows, &sequence->send);
		else
			step_add(rows, STEP_TODO, "Bring back",
				 "SIP server, parameters, SRTP key exchange, calling");
	}
	rows->steps = rows->form->count;
}

/* --- the outcome ------------------------------------------------------------------------------ */

static void sentence_add(struct sending_rows *rows, enum style style, const char *sentence)
{
	(void)form_add_sentence(rows->form, field_ref_of(FIELD_COUNT), sentence,
				form_sentence_columns(rows->term), style);
}

static void changes_add(struct sending_rows *rows, const char *title, const struct changes *changes,
			const char *between)
{
	struct change_lines lines;
	change_lines_of(changes, &lines);
	if (lines.count > 0)
		(void)form_add(rows->form, FORM_SECTION, title);
	for (size_t i = 0; i < lines.count; i++) {
		const struct change_line *line = &lines.items[i];
		char *value = mem_format("%s%s%s", line->old_text, between, line->new_text);
		form_add_value(rows->form, rows->term, line->label, value, NULL)->ref = line->ref;
		free(value);
	}
	change_lines_release(&lines);
}

static void taken_over_add(struct sending_rows *rows, const struct merge *merge)
{
	for (size_t i = 0; i < merge->count; i++) {
		const struct merge_item *item = &merge->items[i];
		if (item->conflict)
			continue;
		char *sentence = mem_format(
			"Changed elsewhere meanwhile and taken over: %s, now %s.", item->label,
			item->theirs_text == NULL ? "none" : item->theirs_text);
		sentence_add(rows, STYLE_NORMAL, sentence);
		free(sentence);
	}
}

static void addition_add(struct sending_rows *rows, const struct sequence *sequence)
{
	const char *addition = outcome_addition(sequence);
	if (addition != NULL)
		sentence_add(rows, STYLE_WARNING, addition);
}

void sending_outcome_add(struct sending_rows *rows, const struct sequence *sequence)
{
	const struct send *send = &sequence->send;
	enum style style = send->outcome == SEND_APPLIED       ? STYLE_GOOD
			   : send->outcome == SEND_NOT_APPLIED ? STYLE_WRONG
							       : STYLE_WARNING;
	(void)form_add(rows->form, FORM_SECTION, "Outcome");
	if (outcome_needed_nothing(sequence)) {
		sentence_add(rows, STYLE_GOOD, OUTCOME_NOTHING_NEEDED);
		addition_add(rows, sequence);
		return;
	}
	sentence_add(rows, style, SEND_OUTCOME_WORDS[send->outcome]);
	const char *meaning = outcome_meaning(sequence);
	if (meaning != NULL)
		sentence_add(rows, STYLE_NORMAL, meaning);
	addition_add(rows, sequence);
	if (send->repaired)
		sentence_add(rows, STYLE_NORMAL, OUTCOME_REPAIRED);
	if (send->err.kind == ERR_NONE || send->err.kind == ERR_CANCELLED)
		return;
	sentence_add(rows, STYLE_NORMAL, send->err.sentence);
	if (send->err.words[0] != '\0') {
		char *words = mem_format("The service's own words: %s", send->err.words);
		sentence_add(rows, STYLE_DIM, words);
		free(words);
	}
	if (send->err.next_step[0] != '\0')
		sentence_add(rows, STYLE_NORMAL, send->err.next_step);
}

void sending_changes_add(struct sending_rows *rows, const struct sequence *sequence)
{
	const struct send *send = &sequence->send;
	taken_over_add(rows, &send->merge);
	changes_add(rows, "Sent, and what the service shows", &send->differences,
		    " sent, shown is ");
	changes_add(rows, "Also changed meanwhile", &send->also_changed, " → ");
}
