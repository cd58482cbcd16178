/* What is about to be sent, as rows of a form: what it means, in which requests, and whether it is
 * undone by itself. */
#ifndef SIPDESK_UI_SCREENS_PLAN_ROWS_H
#define SIPDESK_UI_SCREENS_PLAN_ROWS_H

#include "calling/settings.h"
#include "ui/widgets/form.h"

void consequence_rows_add(struct form *form, const struct term *term,
			  const struct calling_values *base, const struct calling_values *mine);
void plan_rows_add(struct form *form, const struct term *term, const struct calling_settings *base,
		   const struct calling_values *mine);
/* A row that switches the timed undo, with `action`. */
void undo_row_add(struct form *form, const struct term *term, bool is_wanted, int action);

#endif
