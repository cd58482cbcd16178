/*
 * The terminal of the tests: libvterm behind a filter, and pictures of its grid.
 *
 * The filter stands in front because libvterm 0.1.4 forgets what some tests ask about: faint text
 * (SGR 2, kept as its alternative font), bracketed paste and application cursor keys, and repeats
 * characters wrongly.
 * A terminal owns its model; a screen is a picture taken once and owns its cells.
 */
#ifndef SIPDESK_TESTS_TERMINAL_H
#define SIPDESK_TESTS_TERMINAL_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vterm.h>

enum cell_style {
	CELL_BOLD = 1 << 0,
	CELL_DIM = 1 << 1,
	CELL_UNDERLINE = 1 << 2,
	CELL_REVERSE = 1 << 3,
};

enum {
	CELL_COLOUR_DEFAULT = -1, /* else 0xRRGGBB */
	CELL_TEXT_SIZE = 32,	  /* a base character and five combining ones in UTF-8 */
};

struct cell {
	char text[CELL_TEXT_SIZE]; /* UTF-8; "" is the right half of a wide character */
	uint32_t character;	   /* the base character; a blank where nothing was written */
	unsigned styles;
	int foreground, background;
};

struct screen {
	int rows, columns;
	struct cell *cells;
	int cursor_row, cursor_column; /* from 0 */
	bool cursor_is_visible;
};

struct terminal {
	VTerm *model;
	int rows, columns;
	bool cursor_is_visible;
	bool is_alternate; /* the alternate screen is shown */
	bool takes_bracketed_paste;
	bool has_application_cursor;
	bool tells_mouse, tells_mouse_as_sgr;
	struct str replies;  /* what a real terminal would answer; whoever sends them clears it */
	struct str sequence; /* a control sequence that has not ended yet */
	char last;	     /* byte outside sequences: repeated by REP (ECMA-48 8.3.103) */
};

void terminal_init(struct terminal *terminal, int rows, int columns);
void terminal_release(struct terminal *terminal);
void terminal_write(struct terminal *terminal, const char *bytes, size_t length);
void terminal_resize(struct terminal *terminal, int rows, int columns);

void screen_take(struct screen *screen, const struct terminal *terminal);
void screen_release(struct screen *screen);
const struct cell *screen_cell(const struct screen *screen, int row, int column);
/* Appends the text of a row without the blanks at its end. */
void screen_row(const struct screen *screen, int row, struct str *out);
/* Appends all rows, each with a newline. */
void screen_text(const struct screen *screen, struct str *out);
/* Port numbers after "127.0.0.1:" differ from run to run: each digit becomes '0'. */
void screen_hide_ports(struct screen *screen);

#endif
