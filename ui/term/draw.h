/*
 * The one door for text to the screen. Decodes UTF-8, spells out what must not be shown
 * (base/text.h, drawn dim), counts columns and clips on cell borders; nothing outside it calls
 * ncurses to write. Coordinates start at 0; everything outside the screen is clipped.
 */
#ifndef SIPDESK_UI_TERM_DRAW_H
#define SIPDESK_UI_TERM_DRAW_H

#include "ui/term/term.h"

#include <stddef.h>

/* Begins a frame: all cells blank, cursor at 0,0. */
void draw_begin(struct term *term);
/* Sends what differs from the last frame, in one write; the hardware cursor goes where draw_cursor
 * put it. Nothing is sent while the terminal is given back. */
void draw_end(struct term *term);

/* Draws `text` within `width` columns; what does not fit is cut with an ellipsis. Returns the
 * columns taken. Typographic signs that the locale lacks ("→", "“") are drawn as ASCII. */
int draw_text(struct term *term, int row, int column, int width, enum style style,
	      const char *text);
/* The same, ending at column `end` (exclusive), at most `width` wide. Returns its first column. */
int draw_text_right(struct term *term, int row, int end, int width, enum style style,
		    const char *text);
/* Draws without our guard what is ours: glyphs. `count` times. */
void draw_glyph(struct term *term, int row, int column, int count, enum style style,
		const char *glyph);
/* A rule over the whole width, with a title in it where `title` is not NULL: "─ SIP ─────". */
void draw_rule(struct term *term, int row, const char *title);
/* The same as far as column `end` (exclusive). */
void draw_rule_within(struct term *term, int row, int end, const char *title);
/* Breaks at blanks (or within a word longer than a line), at most `rows` lines; what does not fit
 * ends in an ellipsis. Returns the rows taken. */
int draw_paragraph(struct term *term, int row, int column, int width, int rows, enum style style,
		   const char *text);
/* The same for several, a line of `text` each; an empty line is an empty row. */
int draw_paragraphs(struct term *term, int row, int column, int width, int rows, enum style style,
		    const char *text);
/* draw_paragraph for a secret: ncurses forgets it with the first frame that is drawn without one.
 */
int draw_secret(struct term *term, int row, int column, int width, int rows, const char *text);
/* Rows that draw_paragraph would take without a limit. */
int draw_paragraph_rows(const char *text, int width);

/* Bytes of the first line of `text` (of `length` bytes) when it is broken to `width` columns as
 * draw_paragraph does; `*next` is where the second begins. Never 0 for text that is not empty. */
size_t draw_line_length(const char *text, size_t length, int width, size_t *next);

void draw_cursor(struct term *term, int row, int column);

/* The screen row shows row `index` of the list or form that has the focus: a click there means it.
 * draw_targets_clear: what was drawn so far is below a box. */
void draw_target(struct term *term, int row, int index, bool is_focused);
void draw_targets_clear(struct term *term);

#endif
