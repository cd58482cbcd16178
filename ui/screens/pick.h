/* A list to pick from, over the whole window: all actions, the fields found, the changes made. */
#ifndef SIPDESK_UI_SCREENS_PICK_H
#define SIPDESK_UI_SCREENS_PICK_H

#include "ui/app/app.h"
#include "ui/widgets/scroll.h"

#include <stdbool.h>

struct pick_row {
	char *label; /* owned by the list */
	char *value; /* owned; may be NULL */
	char *help;  /* owned; may be NULL: the sentence below */
	bool disabled;
};

struct pick {
	struct pick_row *rows;
	int count;
	struct scroll scroll;
};

void pick_clear(struct pick *pick);
struct pick_row *pick_add(struct pick *pick, const char *label, const char *value);
/* Draws in the body from `top` on; the value stands at `value_column`. */
void pick_draw(struct pick *pick, struct term *term, int top, int rows, int value_column);
/* The focused row; -1: none. */
int pick_focus(const struct pick *pick);

#endif
