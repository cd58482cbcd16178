/*
 * A line of text being edited: UTF-8, readline habits, undo. Knows no screen: the caller draws it
 * with text_edit_draw and gives it keys.
 */
#ifndef SIPDESK_UI_WIDGETS_TEXT_EDIT_H
#define SIPDESK_UI_WIDGETS_TEXT_EDIT_H

#include "base/str.h"
#include "ui/term/draw.h"

#include <stdbool.h>
#include <stdint.h>

struct text_edit {
	struct str text;
	size_t cursor;	   /* byte offset, always at a character's start */
	size_t first;	   /* byte offset of the first character shown */
	size_t limit;	   /* most characters; 0: none */
	struct str killed; /* what Ctrl-W/U/K took, for Ctrl-Y */
	void *undo;	   /* the editor's own */
	size_t undo_count;
};

void text_edit_init(struct text_edit *edit, const char *text, size_t limit); /* cursor at the end */
void text_edit_release(struct text_edit *edit);
const char *text_edit_text(const struct text_edit *edit);
void text_edit_set(struct text_edit *edit, const char *text); /* can be undone */

enum text_edit_result {
	TEXT_EDIT_IGNORED, /* not an editing key: the caller may act on it */
	TEXT_EDIT_MOVED,
	TEXT_EDIT_CHANGED,
	TEXT_EDIT_FULL, /* the limit is reached; nothing was typed */
};

/* Left/Right, Home/End, Ctrl-A/E/B/F, Alt-B/F, Backspace/Ctrl-H, Delete/Ctrl-D, Ctrl-W, Alt-D,
 * Ctrl-U/K/Y, Ctrl-_ undo, characters. Combining marks go with their character. */
enum text_edit_result text_edit_key(struct text_edit *edit, uint32_t key);
/* Puts pasted text in: line ends and tabs become one blank, other control characters are left out;
 * `*left_out` (may be NULL) says whether anything was left out or did not fit. */
enum text_edit_result text_edit_paste(struct text_edit *edit, const char *text, size_t length,
				      bool *left_out);

/* Draws the part around the cursor in `width` columns and puts the hardware cursor there. */
void text_edit_draw(struct text_edit *edit, struct term *term, int row, int column, int width);

#endif
