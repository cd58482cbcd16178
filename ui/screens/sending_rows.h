/* What is shown of a sequence: its steps, then how it went. */
#ifndef SIPDESK_UI_SCREENS_SENDING_ROWS_H
#define SIPDESK_UI_SCREENS_SENDING_ROWS_H

#include "service/sequence.h"
#include "ui/widgets/form.h"

struct sending_rows {
	struct form *form;
	const struct term *term;
	int steps;   /* rows of steps */
	int current; /* of those, the one under way */
};

/* Adds the steps; `steps` and `current` are set. */
void sending_steps_add(struct sending_rows *rows, const struct sequence *sequence);
/* Of one that has ended: the outcome, then the fields that moved otherwise. */
void sending_outcome_add(struct sending_rows *rows, const struct sequence *sequence);
void sending_changes_add(struct sending_rows *rows, const struct sequence *sequence);

#endif
