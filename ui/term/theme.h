/* Styles by meaning, as ncurses attributes: 256 colours, 8, or none (NO_COLOR, vt100). Colour is
 * never the only sign of anything. */
#ifndef SIPDESK_UI_TERM_THEME_H
#define SIPDESK_UI_TERM_THEME_H

enum style {
	STYLE_NORMAL,
	STYLE_TITLE,   /* the breadcrumb in the header */
	STYLE_SECTION, /* section rules and their titles */
	STYLE_DIM,     /* notes, units, spelled-out characters */
	STYLE_CHANGED, /* mark and note of a changed field */
	STYLE_GOOD,
	STYLE_WARNING,
	STYLE_WRONG,
	STYLE_BAR_KEY, /* key names in the bottom bar */
	STYLE_BAR,     /* their labels */
	STYLE_DISABLED,
	STYLE_SELECTED, /* the chosen one of several values */
	STYLE_COUNT,
};

struct theme {
	unsigned long attributes[STYLE_COUNT]; /* ncurses' attr_t with its colour pair */
};

/* After newterm: picks by what the terminal can do and NO_COLOR. */
void theme_choose(struct theme *theme);

#endif
