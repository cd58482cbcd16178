/*
 * A form: sections, fields and actions as rows, one of them focused, one of them perhaps being
 * edited. It holds no values: the screen fills its rows anew from the open number before each draw,
 * and the focus stays with the row it was on (by `id`).
 */
#ifndef SIPDESK_UI_WIDGETS_FORM_H
#define SIPDESK_UI_WIDGETS_FORM_H

#include "calling/values.h"
#include "ui/term/draw.h"
#include "ui/widgets/scroll.h"
#include "ui/widgets/text_edit.h"

#include <stdbool.h>

enum form_row_kind {
	FORM_SECTION, /* a rule with a title */
	FORM_FIELD,   /* can have the focus */
	FORM_TEXT,    /* more about the row above; cannot have the focus */
	FORM_LINE,    /* a line of a sentence over the whole width; cannot have the focus */
};

struct form_row {
	enum form_row_kind kind;
	struct field_ref ref; /* what it shows; field FIELD_COUNT: an action row */
	int action;	      /* an action row's own number, for the screen */
	char *label;
	char *value;  /* may be NULL */
	char *note;   /* at the right end; may be NULL */
	bool is_wide; /* a field's label has the whole width: it is a sentence */
	char mark;    /* ' ', '*' changed, '!' wrong, '?' to look at, '-' read-only */
	enum style value_style;
	enum style note_style;
};

struct form {
	struct form_row *rows;
	int count;
	struct scroll scroll;
	int first_shown;  /* set by form_draw */
	int columns;	  /* it has of the window's; 0: all */
	int peek;	  /* rows looked at beyond where the focus can go: up (< 0) or down */
	int wanted_first; /* form_show_from, until the next draw; -1: none */
	struct field_ref focus_ref; /* identity of the focused row between fills */
	int focus_action;
	bool is_editing;
	struct text_edit edit; /* valid while editing */
	bool edits_label;      /* the edit stands in the label's column: a parameter's key */
};

void form_init(struct form *form);
void form_release(struct form *form);

/* Empties the rows; then add them in order; then form_end puts the focus back where it was, or on
 * the nearest row that can have it. */
void form_begin(struct form *form);
struct form_row *form_add(struct form *form, enum form_row_kind kind, const char *label);
/* Adds a sentence, broken to lines of `columns`: FORM_LINE rows, or with a `ref` (not FIELD_COUNT)
 * one wide FORM_FIELD, which can have the focus, and FORM_LINE rows. Returns the first. */
struct form_row *form_add_sentence(struct form *form, struct field_ref ref, const char *sentence,
				   int columns, enum style style);
void form_end(struct form *form);

/* Adds a field whose value is shown whole: what does not fit in the value's column (less `note`)
 * goes on in rows below. Returns the field's row. */
struct form_row *form_add_value(struct form *form, const struct term *term, const char *label,
				const char *value, const char *note);

/* Columns a sentence has in a form on this terminal. */
int form_sentence_columns(const struct term *term);

/* The focused row; NULL: none. Borrowed until the next fill. */
const struct form_row *form_focused(const struct form *form);
/* Puts the focus on a row by its identity, at the next form_end. */
void form_focus(struct form *form, struct field_ref ref, int action);

bool form_act(struct form *form, enum action_id action, int shown);
/* The next draw begins with this row where not all rows fit, wherever the focus is. */
void form_show_from(struct form *form, int row);
/* Did the last draw show the focused row, in `rows`? */
bool form_shows_focus(const struct form *form, int rows);

void form_edit_begin(struct form *form, const char *text, size_t limit, bool in_label);
void form_edit_end(struct form *form);

/* Draws rows in `rows` screen rows from `row` on, and puts the cursor on the focus. */
void form_draw(struct form *form, struct term *term, int row, int rows);
/* Draws a value in its column, broken over at most `rows` rows; for one that must not be copied
 * into a row. form_value_rows: how many it takes. */
void form_value_draw(struct term *term, int screen_row, int rows, const char *value);
int form_value_rows(const struct term *term, const char *value);

#endif
