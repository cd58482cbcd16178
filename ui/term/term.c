#include "ui/term/term.h"

#include "base/mem.h"
#include "ui/term/terminfo.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char FALLBACK_TERM[] = "xterm-256color";
static const char PASTE_ON[] = "\033[?2004h";
static const char PASTE_OFF[] = "\033[?2004l";
/* Buttons and the wheel, in the form that knows no largest column. */
static const char MOUSE_ON[] = "\033[?1000h\033[?1006h";
static const char MOUSE_OFF[] = "\033[?1006l\033[?1000l";

enum {
	ESC_MS_MAX = 5000,
	FRAME_BYTES = 16 * 1024, /* a frame of 200x60 full of text, with its sequences */
	FEW_ROWS = 2,		 /* the least that can be a scrolling region */
};

/* Terminals that draw parts of a sequence they do not know; told by how their name begins. */
static const char *const PLAIN_TERMS[] = { "linux", "vt", "cons", "sun", "ansi", "wsvt", "hurd" };

static bool name_knows_xterm(const char *name)
{
	for (size_t i = 0; i < sizeof PLAIN_TERMS / sizeof PLAIN_TERMS[0]; i++)
		if (strncmp(name, PLAIN_TERMS[i], strlen(PLAIN_TERMS[i])) == 0)
			return false;
	return true;
}

static int esc_ms_choose(void)
{
	const char *wish = getenv("ESCDELAY");
	const char *ssh = getenv("SSH_CONNECTION");
	char *end;
	if (wish != NULL && *wish >= '0' && *wish <= '9') {
		long ms = strtol(wish, &end, 10);
		if (*end == '\0' && ms > 0 && ms <= ESC_MS_MAX)
			return (int)ms;
	}
	return ssh != NULL && ssh[0] != '\0' ? TERM_ESC_SSH_MS : TERM_ESC_MS;
}

static bool name_check(const char *name, struct err *err)
{
	static const char next_step[] =
		"Use sipdesk --plain, or a command that needs no screen (sipdesk show, sipdesk "
		"check, sipdesk numbers), or run sipdesk in a terminal with cursor movement, such "
		"as xterm.";
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		(void)err_set(err, ERR_CONFIG,
			      "The screens need a terminal, and input or output is not one.");
	else if (name == NULL || name[0] == '\0')
		(void)err_set(err, ERR_CONFIG,
			      "The screens need to know the terminal, and TERM is not set.");
	else
		return true;
	err_next_step(err, "%s", next_step);
	return false;
}

static bool window_size(int fd, struct winsize *size)
{
	return ioctl(fd, TIOCGWINSZ, size) == 0 && size->ws_row > 0 && size->ws_col > 0;
}

static void environment_put(const char *name, const char *value)
{
	if (value == NULL)
		(void)unsetenv(name);
	else
		(void)setenv(name, value, 1);
}

/* ncurses allots its buffer once, by the size it finds at first: (rows + 2) * (columns + 6) bytes
 * (6.4, _nc_setupscreen), less than a whole frame takes. So it is told of rows so wide that the
 * buffer has FRAME_BYTES, and then the window's size; columns first, or there would be many such
 * rows. */
static SCREEN *newterm_roomy(const char *name)
{
	struct winsize size;
	char wide[16], few[16];
	if (!window_size(STDOUT_FILENO,
			 &size)) /* LINES and COLUMNS are all there is, or terminfo */
		return newterm(name, stdout, stdin);
	char *rows = mem_text(getenv("LINES")), *columns = mem_text(getenv("COLUMNS"));
	(void)snprintf(few, sizeof few, "%d", FEW_ROWS);
	(void)snprintf(wide, sizeof wide, "%d", FRAME_BYTES / (FEW_ROWS + 2));
	environment_put("LINES", few);
	environment_put("COLUMNS", wide);
	SCREEN *screen = newterm(name, stdout, stdin);
	environment_put("LINES", rows); /* for the programs that keys are fetched with */
	environment_put("COLUMNS", columns);
	free(rows);
	free(columns);
	if (screen != NULL && resizeterm(FEW_ROWS, size.ws_col) != ERR)
		(void)resizeterm(size.ws_row, size.ws_col);
	return screen;
}

/* ncurses' own opening, first with the terminal's name, then with one that most come close to. */
static SCREEN *screen_open(const char *name, char *notice, size_t notice_size)
{
	if (terminfo_has(name)) /* asked first: a newterm that fails leaks what it has begun */
		return newterm_roomy(name);
	(void)snprintf(notice, notice_size,
		       "The terminal type %.40s is not known here; drawing as for %s.", name,
		       FALLBACK_TERM);
	return newterm_roomy(FALLBACK_TERM);
}

/* What ncurses does not know of. */
static void modes_on(struct term *term)
{
	if (term->knows_xterm)
		term_write_raw(term, PASTE_ON, sizeof PASTE_ON - 1);
	if (term->takes_mouse)
		term_write_raw(term, MOUSE_ON, sizeof MOUSE_ON - 1);
}

static void modes_off(struct term *term)
{
	if (term->takes_mouse)
		term_write_raw(term, MOUSE_OFF, sizeof MOUSE_OFF - 1);
	if (term->knows_xterm)
		term_write_raw(term, PASTE_OFF, sizeof PASTE_OFF - 1);
}

bool term_open(struct term *term, const struct term_options *options, char *notice,
	       size_t notice_size, struct err *err)
{
	const char *name = getenv("TERM");
	*term = (struct term) { .fd = STDIN_FILENO, .out_fd = STDOUT_FILENO };
	if (notice_size > 0)
		notice[0] = '\0';
	if (!name_check(name, err))
		return false;
	SCREEN *screen = screen_open(name, notice, notice_size);
	if (screen == NULL) {
		(void)err_set(err, ERR_CONFIG,
			      "The terminal type %.40s is not known here, and neither is %s.", name,
			      FALLBACK_TERM);
		err_next_step(err, "Set TERM to a type that this machine knows, such as vt100.");
		return false;
	}
	term->screen = screen;
	term->is_open = true;
	term->esc_ms = esc_ms_choose();
	term->glyphs = glyphs_choose();
	term->knows_xterm = name_knows_xterm(name);
	term->takes_mouse = options->takes_mouse && term->knows_xterm;
	const char *alternate = tigetstr("smcup");
	term->has_alternate_screen = alternate != NULL && alternate != (const char *)-1;
	/* Until it was suspended once, ncurses writes at every cursor movement (6.4, lib_mvcur.c):
	 * some 40 writes a frame, and so as many packets. */
	(void)endwin();
	(void)doupdate();
	(void)raw();
	(void)noecho();
	(void)nonl();
	(void)typeahead(-1); /* else a frame stops half-way when keys are waiting */
	(void)leaveok(stdscr, FALSE);
	(void)keypad(stdscr, TRUE); /* the key codes in terminfo are those of this mode */
	theme_choose(&term->theme);
	getmaxyx(stdscr, term->rows, term->columns);
	(void)term_resize(term);
	modes_on(term);
	return true;
}

void term_close(struct term *term)
{
	if (term->screen == NULL)
		return;
	term_leave(term);
	delscreen(term->screen);
	term->screen = NULL;
}

static void screen_blank(void)
{
	(void)werase(stdscr);
	(void)clearok(stdscr, TRUE);
	(void)wrefresh(stdscr);
}

/* ncurses keeps what it has sent until its buffer is used again: it is filled with noise, which
 * goes nowhere (with a change of style at each cell, more bytes than any frame of this size). Then
 * the frame that the terminal shows is drawn there, too. */
static void noise_fill(const struct term *term)
{
	WINDOW *frame = dupwin(stdscr);
	if (frame == NULL)
		return;
	for (int row = 0; row < term->rows; row++)
		for (int column = 0; column < term->columns; column++)
			(void)mvwaddch(stdscr, row, column,
				       column % 2 == 0 ? 'a' : 'b' | A_REVERSE);
	(void)wrefresh(stdscr);
	(void)overwrite(frame, stdscr);
	(void)wmove(stdscr, term->cursor_row, term->cursor_column);
	(void)wrefresh(stdscr);
	(void)delwin(frame);
}

void term_forget(struct term *term)
{
	if (!term->holds_secret)
		return;
	int terminal = fcntl(term->out_fd, F_DUPFD_CLOEXEC, 0);
	int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (terminal >= 0 && nothing >= 0 && dup2(nothing, term->out_fd) >= 0) {
		noise_fill(term);
		(void)dup2(terminal, term->out_fd);
	}
	(void)close(terminal);
	(void)close(nothing);
	term->holds_secret = false;
}

/* For when no frame without it will be drawn. */
static void secret_blank(struct term *term)
{
	if (term->holds_secret)
		screen_blank();
	term_forget(term);
}

void term_leave(struct term *term)
{
	if (!term->is_open)
		return;
	if (!term->has_alternate_screen) /* nothing of what was shown may stay behind */
		screen_blank();
	secret_blank(term);
	(void)endwin();
	modes_off(term);
	term->is_open = false;
}

void term_return(struct term *term)
{
	if (term->is_open || term->screen == NULL)
		return;
	(void)reset_prog_mode(); /* at once: keys typed before the next frame must not echo */
	modes_on(term);
	term->is_open = true;
	(void)term_resize(term);
	term_repaint(term);
}

bool term_resize(struct term *term)
{
	struct winsize size;
	if (!window_size(term->out_fd, &size))
		return false;
	if (size.ws_row == term->rows && size.ws_col == term->columns)
		return false;
	secret_blank(term); /* ncurses frees cells as they are */
	if (resizeterm(size.ws_row, size.ws_col) == ERR)
		return false;
	getmaxyx(stdscr, term->rows, term->columns);
	return true;
}

void term_repaint(struct term *term)
{
	(void)term;
	(void)clearok(curscr, TRUE);
}

void term_write_raw(struct term *term, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t written = write(term->out_fd, bytes, length);
		if (written > 0) {
			bytes += written;
			length -= (size_t)written;
		} else if (written < 0 && errno == EAGAIN) {
			struct pollfd ready = { .fd = term->out_fd, .events = POLLOUT };
			(void)poll(&ready, 1, -1);
		} else if (written == 0 || errno != EINTR) {
			return; /* the terminal is gone: reading it will tell */
		}
	}
}
