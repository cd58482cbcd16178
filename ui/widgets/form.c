#include "ui/widgets/form.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum {
	COLUMN_FOCUS = 1,
	COLUMN_MARK = 3,
	COLUMN_LABEL = 5,
	COLUMN_VALUE = 28, /* labels have at most 24 columns, most far fewer */
	LABEL_COLUMNS = COLUMN_VALUE - COLUMN_LABEL - 1,
	VALUE_LEAST = 16, /* below this a note is left out rather than the value cut */
	NOTE_GAP = 2,
};

void form_init(struct form *form)
{
	*form = (struct form) { .focus_ref = field_ref_of(FIELD_COUNT),
				.focus_action = -1,
				.wanted_first = -1 };
}

static void rows_clear(struct form *form)
{
	for (int i = 0; i < form->count; i++) {
		free(form->rows[i].label);
		free(form->rows[i].value);
		free(form->rows[i].note);
	}
	free(form->rows);
	form->rows = NULL;
	form->count = 0;
}

void form_release(struct form *form)
{
	rows_clear(form);
	form_edit_end(form);
	form_init(form);
}

void form_begin(struct form *form)
{
	rows_clear(form);
}

struct form_row *form_add(struct form *form, enum form_row_kind kind, const char *label)
{
	form->rows = mem_grow(form->rows, (size_t)form->count, sizeof *form->rows);
	struct form_row *row = &form->rows[form->count++];
	*row = (struct form_row) {
		.kind = kind,
		.ref = field_ref_of(FIELD_COUNT),
		.action = -1,
		.label = mem_text(label),
		.mark = ' ',
		.note_style = STYLE_DIM,
	};
	return row;
}

int form_sentence_columns(const struct term *term)
{
	return term->columns - COLUMN_LABEL - 1;
}

struct form_row *form_add_sentence(struct form *form, struct field_ref ref, const char *sentence,
				   int columns, enum style style)
{
	int first = form->count;
	size_t length = strlen(sentence);
	bool can_focus = ref.field != FIELD_COUNT;
	do {
		size_t next;
		size_t line = draw_line_length(sentence, length, columns, &next);
		char *text = mem_text_n(sentence, line);
		struct form_row *row = form_add(
			form, can_focus && form->count == first ? FORM_FIELD : FORM_LINE, text);
		row->is_wide = true;
		row->value_style = style;
		if (row->kind == FORM_FIELD)
			row->ref = ref;
		free(text);
		sentence += next;
		length -= next;
	} while (length > 0);
	return &form->rows[first];
}

static int value_columns(const struct term *term)
{
	return term->columns - 1 - COLUMN_VALUE;
}

struct form_row *form_add_value(struct form *form, const struct term *term, const char *label,
				const char *value, const char *note)
{
	int first = form->count;
	int columns = value_columns(term) - (note == NULL ? 0 : text_columns(note) + NOTE_GAP);
	size_t length = strlen(value);
	do {
		size_t next;
		size_t line = draw_line_length(value, length, columns, &next);
		struct form_row *row = form->count == first ? form_add(form, FORM_FIELD, label)
							    : form_add(form, FORM_TEXT, "");
		row->value = mem_text_n(value, line);
		value += next;
		length -= next;
		columns = value_columns(term);
	} while (length > 0);
	form->rows[first].note = mem_text(note);
	return &form->rows[first];
}

static bool row_skips(const void *owner, int row)
{
	const struct form *form = owner;
	return form->rows[row].kind != FORM_FIELD;
}

static void focus_note(struct form *form)
{
	const struct form_row *row = form_focused(form);
	if (row == NULL)
		return;
	form->focus_ref = row->ref;
	form->focus_action = row->action;
}

void form_end(struct form *form)
{
	int nearest = form->scroll.focus < 0 ? 0 : form->scroll.focus;
	form->scroll.focus = -1;
	for (int i = 0; i < form->count && form->scroll.focus < 0; i++)
		if (form->rows[i].kind == FORM_FIELD &&
		    field_ref_equal(form->rows[i].ref, form->focus_ref) &&
		    form->rows[i].action == form->focus_action)
			form->scroll.focus = i;
	if (form->scroll.focus < 0 && form->count > 0) {
		form->scroll.focus = nearest < form->count ? nearest : form->count - 1;
		if (row_skips(form, form->scroll.focus))
			(void)scroll_act(&form->scroll, ACTION_DOWN, form->count, 1, row_skips,
					 form);
		focus_note(form);
	}
}

const struct form_row *form_focused(const struct form *form)
{
	return form->scroll.focus < 0 || form->scroll.focus >= form->count
		       ? NULL
		       : &form->rows[form->scroll.focus];
}

void form_focus(struct form *form, struct field_ref ref, int action)
{
	form->focus_ref = ref;
	form->focus_action = action;
}

static int peek_step(enum action_id action, int count, int shown)
{
	switch (action) {
	case ACTION_UP: return -1;
	case ACTION_DOWN: return 1;
	case ACTION_PAGE_UP: return -shown;
	case ACTION_PAGE_DOWN: return shown;
	case ACTION_FIRST: return -count;
	case ACTION_LAST: return count;
	default: return 0;
	}
}

/* Rows that cannot have the focus stand before the first and behind the last that can. Where the
 * focus goes no further, the view does; on the way back the view comes first. */
bool form_act(struct form *form, enum action_id action, int shown)
{
	int before = form->scroll.focus;
	int step = peek_step(action, form->count, shown);
	if (action >= ACTION_ROW) { /* it is in view, which stays as it is */
		form->scroll.first = form->first_shown;
		form->peek = 0;
		(void)scroll_act(&form->scroll, action, form->count, shown, row_skips, form);
		focus_note(form);
		return true;
	}
	bool is_back = (form->peek < 0 && step > 0) || (form->peek > 0 && step < 0);
	bool is_to_end = action == ACTION_FIRST || action == ACTION_LAST;
	if (step == 0)
		return false;
	if (is_back && !is_to_end) {
		bool is_past = form->peek < 0 ? form->peek + step > 0 : form->peek + step < 0;
		form->peek = is_past ? 0 : form->peek + step;
		return true;
	}
	(void)scroll_act(&form->scroll, action, form->count, shown, row_skips, form);
	focus_note(form);
	if (is_to_end)
		form->peek = step;
	else
		form->peek = form->scroll.focus == before ? form->peek + step : 0;
	return true;
}

void form_show_from(struct form *form, int row)
{
	form->wanted_first = row;
}

bool form_shows_focus(const struct form *form, int rows)
{
	int focus = form->scroll.focus;
	return focus >= form->first_shown && focus < form->first_shown + rows &&
	       form_focused(form) != NULL;
}

void form_edit_begin(struct form *form, const char *text, size_t limit, bool in_label)
{
	form_edit_end(form);
	form->edits_label = in_label;
	text_edit_init(&form->edit, text, limit);
	form->is_editing = true;
}

void form_edit_end(struct form *form)
{
	if (form->is_editing)
		text_edit_release(&form->edit);
	form->is_editing = false;
}

static enum style mark_style(char mark)
{
	switch (mark) {
	case '!': return STYLE_WRONG;
	case '?': return STYLE_WARNING;
	case '*': return STYLE_CHANGED;
	default: return STYLE_DIM;
	}
}

static int columns_of(const struct form *form, const struct term *term)
{
	return form->columns > 0 ? form->columns : term->columns;
}

/* The note stands right-aligned where the value leaves room; the value comes first. */
static int note_draw(const struct form_row *row, struct term *term, int screen_row, int end)
{
	if (row->note == NULL)
		return end;
	int value_columns = row->value == NULL ? 0 : text_columns(row->value);
	int value_end = COLUMN_VALUE + (value_columns > VALUE_LEAST ? value_columns : VALUE_LEAST);
	int room = end - value_end - NOTE_GAP;
	int note_columns = text_columns(row->note);
	int column = end - note_columns;
	int usual = COLUMN_VALUE + 35; /* notes line up there while they fit */
	/* A long value is cut rather than the note left out. */
	if (note_columns > room && column - NOTE_GAP < COLUMN_VALUE + VALUE_LEAST)
		return end;
	if (column > usual && value_end + NOTE_GAP <= usual)
		column = usual;
	(void)draw_text(term, screen_row, column, end - column, row->note_style, row->note);
	return column - NOTE_GAP;
}

static void field_draw(struct form *form, int index, struct term *term, int screen_row)
{
	const struct form_row *row = &form->rows[index];
	bool focused = index == form->scroll.focus;
	int end = columns_of(form, term) - 1;
	draw_target(term, screen_row, index, focused);
	if (focused) {
		draw_glyph(term, screen_row, COLUMN_FOCUS, 1, STYLE_NORMAL, term->glyphs->focus);
		draw_cursor(term, screen_row, COLUMN_LABEL);
	}
	if (row->mark != ' ')
		(void)draw_text(term, screen_row, COLUMN_MARK, 1, mark_style(row->mark),
				(char[]) { row->mark, '\0' });
	if (row->is_wide) {
		(void)draw_text(term, screen_row, COLUMN_LABEL, end - COLUMN_LABEL,
				row->value_style, row->label);
		return;
	}
	bool editing = focused && form->is_editing;
	if (editing && form->edits_label)
		text_edit_draw(&form->edit, term, screen_row, COLUMN_LABEL, LABEL_COLUMNS);
	else
		(void)draw_text(term, screen_row, COLUMN_LABEL, LABEL_COLUMNS, STYLE_NORMAL,
				row->label);
	if (editing && !form->edits_label) {
		text_edit_draw(&form->edit, term, screen_row, COLUMN_VALUE, end - COLUMN_VALUE);
		return;
	}
	end = note_draw(row, term, screen_row, end);
	if (row->value != NULL)
		(void)draw_text(term, screen_row, COLUMN_VALUE, end - COLUMN_VALUE,
				row->value_style, row->value);
}

static void row_draw(struct form *form, int index, struct term *term, int screen_row)
{
	const struct form_row *row = &form->rows[index];
	switch (row->kind) {
	case FORM_SECTION:
		draw_rule_within(term, screen_row, columns_of(form, term), row->label);
		break;
	case FORM_FIELD: field_draw(form, index, term, screen_row); break;
	case FORM_LINE:
		(void)draw_text(term, screen_row, COLUMN_LABEL,
				columns_of(form, term) - COLUMN_LABEL - 1, row->value_style,
				row->label);
		break;
	case FORM_TEXT:
		(void)draw_text(term, screen_row, COLUMN_LABEL + 2, COLUMN_VALUE - COLUMN_LABEL - 3,
				STYLE_DIM, row->label);
		if (row->value != NULL)
			(void)draw_text(term, screen_row, COLUMN_VALUE,
					columns_of(form, term) - 1 - COLUMN_VALUE, row->value_style,
					row->value);
		break;
	}
}

int form_value_rows(const struct term *term, const char *value)
{
	return draw_paragraph_rows(value, value_columns(term));
}

void form_value_draw(struct term *term, int screen_row, int rows, const char *value)
{
	(void)draw_secret(term, screen_row, COLUMN_VALUE, value_columns(term), rows, value);
}

/* Where the focus needs the view, moved by what was looked at beyond it. */
static void view_settle(struct form *form, int rows)
{
	int last = form->count > rows ? form->count - rows : 0;
	scroll_settle(&form->scroll, form->count, rows);
	/* A section's title above the first row shown belongs to it. */
	if (form->scroll.first == 1 && form->scroll.focus < rows)
		form->scroll.first = 0;
	if (form->wanted_first >= 0)
		form->peek = form->wanted_first - form->scroll.first;
	form->wanted_first = -1;
	form->first_shown = form->scroll.first + form->peek;
	if (form->first_shown < 0 || form->first_shown > last)
		form->first_shown = form->first_shown < 0 ? 0 : last;
	form->peek = form->first_shown - form->scroll.first;
}

void form_draw(struct form *form, struct term *term, int row, int rows)
{
	view_settle(form, rows);
	int first = form->first_shown;
	for (int i = 0; i < rows && first + i < form->count; i++)
		row_draw(form, first + i, term, row + i);
	if (first > 0)
		draw_glyph(term, row, columns_of(form, term) - 1, 1, STYLE_DIM,
			   term->glyphs->more_up);
	if (first + rows < form->count)
		draw_glyph(term, row + rows - 1, columns_of(form, term) - 1, 1, STYLE_DIM,
			   term->glyphs->more_down);
}
