#include "ui/term/theme.h"

#include "base/mem.h"

#include <curses.h>
#include <stdlib.h>

enum { DEFAULT_COLOUR = -1 };

struct look {
	int colour;
	attr_t attributes;
};

/* Each colour has a contrast of at least 3.8 on black and on white: we do not know which it is. */
static const struct look LOOKS_256[STYLE_COUNT] = {
	[STYLE_NORMAL] = { DEFAULT_COLOUR, 0 },
	[STYLE_TITLE] = { DEFAULT_COLOUR, A_BOLD },
	[STYLE_SECTION] = { 243, 0 },
	[STYLE_DIM] = { 243, 0 },
	[STYLE_CHANGED] = { 32, 0 },
	[STYLE_GOOD] = { 28, 0 },
	[STYLE_WARNING] = { 130, A_BOLD },
	[STYLE_WRONG] = { 160, A_BOLD },
	[STYLE_BAR_KEY] = { DEFAULT_COLOUR, A_BOLD },
	[STYLE_BAR] = { DEFAULT_COLOUR, 0 },
	[STYLE_DISABLED] = { 243, 0 },
	[STYLE_SELECTED] = { DEFAULT_COLOUR, A_BOLD },
};

/* No A_DIM: consoles with 8 colours draw it all but invisible. */
static const struct look LOOKS_8[STYLE_COUNT] = {
	[STYLE_NORMAL] = { DEFAULT_COLOUR, 0 },	      [STYLE_TITLE] = { DEFAULT_COLOUR, A_BOLD },
	[STYLE_SECTION] = { DEFAULT_COLOUR, 0 },      [STYLE_DIM] = { DEFAULT_COLOUR, 0 },
	[STYLE_CHANGED] = { COLOR_CYAN, 0 },	      [STYLE_GOOD] = { COLOR_GREEN, 0 },
	[STYLE_WARNING] = { COLOR_YELLOW, A_BOLD },   [STYLE_WRONG] = { COLOR_RED, A_BOLD },
	[STYLE_BAR_KEY] = { DEFAULT_COLOUR, A_BOLD }, [STYLE_BAR] = { DEFAULT_COLOUR, 0 },
	[STYLE_DISABLED] = { DEFAULT_COLOUR, 0 },     [STYLE_SELECTED] = { DEFAULT_COLOUR, A_BOLD },
};

static const struct look LOOKS_MONO[STYLE_COUNT] = {
	[STYLE_TITLE] = { DEFAULT_COLOUR, A_BOLD },    [STYLE_DIM] = { DEFAULT_COLOUR, A_DIM },
	[STYLE_SECTION] = { DEFAULT_COLOUR, 0 },       [STYLE_CHANGED] = { DEFAULT_COLOUR, A_BOLD },
	[STYLE_WARNING] = { DEFAULT_COLOUR, A_BOLD },  [STYLE_WRONG] = { DEFAULT_COLOUR, A_BOLD },
	[STYLE_BAR_KEY] = { DEFAULT_COLOUR, A_BOLD },  [STYLE_DISABLED] = { DEFAULT_COLOUR, A_DIM },
	[STYLE_SELECTED] = { DEFAULT_COLOUR, A_BOLD },
};

/* The table for this terminal; colours are switched on where it uses them. */
static const struct look *looks_choose(void)
{
	const char *no_color = getenv("NO_COLOR");
	if ((no_color != NULL && no_color[0] != '\0') || !has_colors())
		return LOOKS_MONO;
	if (start_color() == ERR || use_default_colors() == ERR)
		return LOOKS_MONO;
	return COLORS >= 256 ? LOOKS_256 : LOOKS_8;
}

void theme_choose(struct theme *theme)
{
	const struct look *looks = looks_choose();
	attr_t known = termattrs();
	for (int i = 0; i < STYLE_COUNT; i++) {
		theme->attributes[i] = looks[i].attributes & known;
		if (looks == LOOKS_MONO || looks[i].colour == DEFAULT_COLOUR)
			continue;
		short pair = (short)(i + 1);
		init_pair(pair, (short)looks[i].colour, DEFAULT_COLOUR);
		theme->attributes[i] |= (unsigned long)COLOR_PAIR(pair);
	}
}
