/*
 * A screen: what it draws and what it does with keys and actions. Screens form a stack; only the
 * top one gets events. A screen holds focus and scroll, never values: those are the open number's.
 * No screen reads a key, waits, or sleeps.
 */
#ifndef SIPDESK_UI_APP_SCREEN_H
#define SIPDESK_UI_APP_SCREEN_H

#include "ui/app/action.h"
#include "ui/term/input.h"
#include "ui/term/term.h"

#include <stdbool.h>

struct app;
struct screen;

struct screen_ops {
	enum context context;
	bool is_overlay;   /* drawn over the screen below */
	const char *title; /* for its help page: "Calling settings" */
	const char *help;  /* what it is for: a few sentences, for its help page */

	/* A title of this screen's own; NULL: `title`. Borrowed. */
	const char *(*own_title)(struct screen *screen);
	/* Draws everything but the bar. */
	void (*draw)(struct screen *screen, struct term *term);
	/* First refusal of every key and paste; NULL: none. True: dealt with. */
	bool (*event)(struct screen *screen, const struct input_event *event);
	void (*act)(struct screen *screen, enum action_id action);
	/* Is the action offered here at all (false: not in bar or list)? NULL: all of its context.
	 */
	bool (*offers)(struct screen *screen, enum action_id action);
	/* Why it cannot be done now: a static sentence; NULL: it can. May be NULL. */
	const char *(*why_not)(struct screen *screen, enum action_id action);
	/* Another label for the bar ("Cancel" for Back); NULL: the table's. May be NULL. */
	const char *(*bar_label)(struct screen *screen, enum action_id action);
	/* Does text have the focus (then characters never act)? May be NULL: no. */
	bool (*has_text_focus)(struct screen *screen);
	/* Would leaving sipdesk lose what was typed here? May be NULL: no. */
	bool (*has_unsaved)(struct screen *screen);
	/* Another screen came on top, or sipdesk was suspended: secrets are hidden. May be NULL. */
	void (*covered)(struct screen *screen);
	/* sipdesk is being locked (covered was called before): secrets that it holds are wiped, and
	 * what needs them is given up. Having it also says that there may be some. May be NULL. */
	void (*locked)(struct screen *screen);
	/* Frees what the screen holds and the screen. */
	void (*release)(struct screen *screen);
};

/* First member of every screen's struct. */
struct screen {
	const struct screen_ops *ops;
	struct app *app;
	struct screen *below;
};

#endif
