/* Changes as rows of a form: "label   old → new", one a field. */
#ifndef SIPDESK_UI_SCREENS_CHANGE_ROWS_H
#define SIPDESK_UI_SCREENS_CHANGE_ROWS_H

#include "calling/changes.h"
#include "ui/widgets/form.h"

/* `is_plan`: they are the draft's, so that a row stands for its field, with a note on how it is
 * sent. Else a row has its place among the lines as its action. */
void change_rows_add(struct form *form, const struct term *term, const struct change_lines *lines,
		     bool is_plan);

#endif
