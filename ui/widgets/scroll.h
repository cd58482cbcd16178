/* Focus and scroll of a column of rows: shared by forms, lists and pages of text. */
#ifndef SIPDESK_UI_WIDGETS_SCROLL_H
#define SIPDESK_UI_WIDGETS_SCROLL_H

#include "ui/app/action.h"

#include <stdbool.h>

struct scroll {
	int focus; /* the focused row; -1: none */
	int first; /* the first row shown */
};

/* Moves by an action (up, down, page, first, last, ACTION_ROW) among `count` rows of which `shown`
 * fit. `skips` says that a row cannot have the focus; NULL: all can. False: the action is none of
 * those. */
bool scroll_act(struct scroll *scroll, enum action_id action, int count, int shown,
		bool (*skips)(const void *owner, int row), const void *owner);
/* Brings the focus into the part shown, and that part into the rows. */
void scroll_settle(struct scroll *scroll, int count, int shown);

#endif
