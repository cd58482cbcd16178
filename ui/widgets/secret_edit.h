/* Entry of a key or password: no echo, only a count of characters. Holds a struct secret. */
#ifndef SIPDESK_UI_WIDGETS_SECRET_EDIT_H
#define SIPDESK_UI_WIDGETS_SECRET_EDIT_H

#include "base/secret.h"
#include "ui/term/input.h"
#include "ui/term/term.h"

#include <stdbool.h>

/* Types, rubs out (Backspace, Ctrl-U) or takes a paste; control characters are left for
 * secret_tidy_key to judge. False: not an editing key. */
bool secret_edit_event(struct secret *secret, const struct input_event *event);

/* "12 characters, not shown", and the hardware cursor behind it while `has_focus`. */
void secret_edit_draw(const struct secret *secret, struct term *term, int row, int column,
		      int width, bool has_focus);
/* The same text, for a form's row. Caller frees. */
char *secret_edit_words(const struct secret *secret);

#endif
