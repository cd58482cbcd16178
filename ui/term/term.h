/*
 * The terminal: opened, given back, suspended, resized. ncursesw does the output only; what ncurses
 * does not know (bracketed paste, OSC 52) goes by raw write(2). One struct term exists at a time.
 *
 * The terminal is always given back as it was found: on exit, suspend, and when memory runs out.
 */
#ifndef SIPDESK_UI_TERM_TERM_H
#define SIPDESK_UI_TERM_TERM_H

#include "base/err.h"
#include "ui/term/glyphs.h"
#include "ui/term/theme.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	TERM_ESC_MS = 50,      /* how long ESC waits for the rest of a sequence */
	TERM_ESC_SSH_MS = 100, /* the same under SSH_CONNECTION: sequences come torn */
	TERM_ROWS_LEAST = 10,  /* below this a notice is shown instead */
	TERM_COLUMNS_LEAST = 40,
	TERM_TARGETS_MAX = 256, /* rows that can be clicked; no window is so high */
};

struct term_options {
	bool takes_mouse; /* clicks and the wheel come as events; the terminal's own marking of text
			     then needs Shift */
};

struct term {
	int fd;	    /* the tty that is read */
	int out_fd; /* the tty that is written, also raw: stdin may be open for reading only */
	int rows, columns;
	int notice_rows; /* that what is to be said now takes; 0: there is nothing */
	int esc_ms;	 /* TERM_ESC_MS, TERM_ESC_SSH_MS or $ESCDELAY */
	const struct glyphs *glyphs;
	struct theme theme;
	bool has_alternate_screen; /* else the screen is erased when it is left */
	bool knows_xterm;	   /* takes bracketed paste and OSC strings; linux and vt do not */
	bool takes_mouse;
	bool is_open;	   /* false while suspended */
	bool shows_secret; /* the frame that is drawn has one in it (draw_secret) */
	bool holds_secret; /* ncurses has one in its memory, of this frame or an earlier one */
	int cursor_row, cursor_column; /* where draw_end leaves the hardware cursor */
	int targets[TERM_TARGETS_MAX]; /* of each screen row: what draw_target told, or -1 */
	int focused_target;	       /* -1: none */
	void *screen;		       /* ncurses' SCREEN */
};

/* Opens stdin/stdout as a screen. ERR_CONFIG with a sentence where they are no terminal or TERM is
 * unset; a dumb one is not given here (ui/plain). An unknown TERM falls back to xterm-256color and
 * fills `notice` (size `notice_size`) with one line for stderr. */
bool term_open(struct term *term, const struct term_options *options, char *notice,
	       size_t notice_size, struct err *err);
void term_close(struct term *term);

/* Gives the terminal back (for a child or a suspend) and takes it again; the next frame is whole.
 */
void term_leave(struct term *term);
void term_return(struct term *term);

/* After SIGWINCH: asks for the size and lays ncurses out anew. True when it changed. */
bool term_resize(struct term *term);
/* The next frame draws every cell again (Ctrl-L). */
void term_repaint(struct term *term);

/* Once a frame without a secret was sent: takes what ncurses still keeps of one out of its memory.
 */
void term_forget(struct term *term);

/* Writes bytes that ncurses does not know, now, whole; never blocks longer than the tty does. */
void term_write_raw(struct term *term, const char *bytes, size_t length);

/* Sends text to the terminal's clipboard (OSC 52, base64), write only; "" clears it. There is no
 * answer: never say "copied". False where this terminal would draw it, or is not ours now. */
bool term_clipboard_send(struct term *term, const char *bytes, size_t length);

#endif
