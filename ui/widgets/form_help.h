/*
 * The help of a form's focused row. In most windows its sentence stands in the lines above the bar;
 * in one of FORM_HELP_LEAST columns and more it has a column at the right of the form, with its
 * title and what else there is to know. The form keeps at least the 80 columns it is drawn for.
 */
#ifndef SIPDESK_UI_WIDGETS_FORM_HELP_H
#define SIPDESK_UI_WIDGETS_FORM_HELP_H

#include "ui/widgets/form.h"

enum { FORM_HELP_LEAST = 110 };

struct form_help {
	const char *sentence; /* borrowed; NULL: none */
	enum style style;     /* of the sentence */
	struct str more;      /* paragraphs for the column, a line each */
};

void form_help_init(struct form_help *help);
void form_help_release(struct form_help *help);

/* Does the help stand beside forms here? */
bool form_help_is_beside(const struct term *term);
/* Draws the column beside `rows` rows from `row` on, and leaves the form the columns left of it.
 * Where there is no room for it: only gives the form the whole width. */
void form_help_draw(const struct form_help *help, struct form *form, struct term *term, int row,
		    int rows);

#endif
