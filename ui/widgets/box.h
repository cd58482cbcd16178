/* A box over the screen below it: a question, or one of several values. */
#ifndef SIPDESK_UI_WIDGETS_BOX_H
#define SIPDESK_UI_WIDGETS_BOX_H

#include "ui/app/screen.h"

#include <stdbool.h>
#include <stddef.h>

struct box_choice {
	const char *label;
	const char *why_not; /* shown, but cannot be chosen: the reason; NULL: it can */
	char key;	     /* a letter that chooses it at once; 0: none */
};

enum { BOX_CHOICES_MAX = 8, BOX_BACK = -1 };

/* `choice` is the index chosen, or BOX_BACK. Called after the box is gone. */
typedef void box_done_fn(void *owner, int choice);

/* Makes the screen; push it. Texts are copied. `first` has the focus. `is_question`: the choices
 * are answers; else they are values, of which `first` is the present one. */
struct screen *box_new(struct app *app, const char *title, const char *sentence,
		       const struct box_choice *choices, size_t count, int first, bool is_question,
		       box_done_fn *done, void *owner);

/* The sentence of a question that y or n answers; NULL where `screen` is none. Borrowed. */
const char *box_sentence(const struct screen *screen);

#endif
