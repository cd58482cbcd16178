/* What all screens share: the header, the help lines above the bar, the bar, and the rows between.
 */
#ifndef SIPDESK_UI_WIDGETS_FRAME_H
#define SIPDESK_UI_WIDGETS_FRAME_H

#include "ui/app/screen.h"
#include "ui/term/draw.h"

enum {
	FRAME_MARGIN = 1,
	FRAME_HELP_ROWS = 2,
	FRAME_COMPACT_ROWS = 14,
	FRAME_BODY_ROWS_LEAST = TERM_ROWS_LEAST - 4, /* no notice takes these from a screen */
};

/* Draws " sipdesk › part › part" and at the right end `right` (may be NULL). `parts` ends with
 * NULL; the right end gives way first, then the first part is shortened. */
void frame_header(struct term *term, const char *const parts[], const char *right);

/* Draws the rule and the lines of help above the bar; `style` for the sentence. */
void frame_help(struct term *term, enum style style, const char *sentence);

/* Makes room for a notice (NULL: none) in the lines of help of the frame to come, so that none is
 * cut: what mends something may stand at its end. */
void frame_notice_fit(struct term *term, const char *notice);

/* First row below the header, and how many rows there are down to the help's rule. */
int frame_body_row(const struct term *term);
int frame_body_rows(const struct term *term);
int frame_help_rows(const struct term *term); /* 1 in a compact window, more for a notice */

/* The bar in the last row: what can be done on this screen, by its offers and why_not. */
void frame_bar(struct term *term, struct screen *screen);
/* The action whose entry in the bar is at `column`; ACTION_NONE: there is none. */
enum action_id frame_bar_at(const struct term *term, struct screen *screen, int column);

#endif
