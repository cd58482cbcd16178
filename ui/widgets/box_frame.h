/* The empty box that questions and prompts stand in. */
#ifndef SIPDESK_UI_WIDGETS_BOX_FRAME_H
#define SIPDESK_UI_WIDGETS_BOX_FRAME_H

#include "ui/term/draw.h"

struct box_place {
	int row, column; /* where its content begins */
};

/* Columns that the content has on this terminal. */
int box_frame_columns(const struct term *term);
/* Rows for a sentence above `others` rows of content: in a low window it is cut short, not they. */
int box_frame_sentence_rows(const struct term *term, const char *sentence, int others);
/* Draws a box for `rows` rows of content in the middle of the window. */
struct box_place box_frame_draw(struct term *term, const char *title, int rows);

#endif
