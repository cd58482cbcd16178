/* The few signs that are drawn, in two columns: Unicode and ASCII. Literal characters, never ACS.
 */
#ifndef SIPDESK_UI_TERM_GLYPHS_H
#define SIPDESK_UI_TERM_GLYPHS_H

struct glyphs {
	const char *rule;	/* horizontal line, one column */
	const char *side;	/* vertical line of a box, one column */
	const char *corners[4]; /* of a box: top left and right, bottom left and right */
	const char *path;	/* between the parts of the breadcrumb: "›" */
	const char *focus;	/* marker of the focused row: "›" or ">" */
	const char *arrow;	/* old → new */
	const char *mask;	/* of a secret, eight columns */
	const char *more_up;	/* rows above, one column */
	const char *more_down;	/* rows below */
	const char *ellipsis;	/* text cut at the edge, one column */
	const char *bar;	/* a bar of a chart, one column */
	const char *chosen;	/* the chosen value: "●" */
	const char *choosable;	/* another value: "○" */
	const char *step_todo, *step_now, *step_done, *step_failed; /* steps of a sequence */
	const char *child; /* a node below another: "└" */
};

extern const struct glyphs GLYPHS_UNICODE;
extern const struct glyphs GLYPHS_ASCII;

/* By the locale that is set: Unicode where it is UTF-8. */
const struct glyphs *glyphs_choose(void);

#endif
