#include "ui/term/term.h"

#include "ui/term/terminfo.h"

#include <curses.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char FALLBACK_TERM[] = "xterm-256color";
static const char PASTE_ON[] = "\033[?2004h";
static const char PASTE_OFF[] = "\033[?2004l";

enum { ESC_MS_MAX = 5000 };

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
		"Use a command that needs no screen (sipdesk show, sipdesk check, sipdesk "
		"numbers), "
		"or run sipdesk in a terminal with cursor movement, such as xterm.";
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		(void)err_set(err, ERR_CONFIG,
			      "The screens need a terminal, and input or output is not one.");
	else if (name == NULL || name[0] == '\0')
		(void)err_set(err, ERR_CONFIG,
			      "The screens need to know the terminal, and TERM is not set.");
	else if (strcmp(name, "dumb") == 0)
		(void)err_set(
			err, ERR_CONFIG,
			"The screens need a terminal that can move its cursor, and TERM is dumb.");
	else
		return true;
	err_next_step(err, "%s", next_step);
	return false;
}

/* ncurses' own opening, first with the terminal's name, then with one that most come close to. */
static SCREEN *screen_open(const char *name, char *notice, size_t notice_size)
{
	if (terminfo_has(name)) /* asked first: a newterm that fails leaks what it has begun */
		return newterm(name, stdout, stdin);
	(void)snprintf(notice, notice_size,
		       "The terminal type %.40s is not known here; drawing as for %s.", name,
		       FALLBACK_TERM);
	return newterm(FALLBACK_TERM, stdout, stdin);
}

bool term_open(struct term *term, char *notice, size_t notice_size, struct err *err)
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
	if (term->knows_xterm)
		term_write_raw(term, PASTE_ON, sizeof PASTE_ON - 1);
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

void term_leave(struct term *term)
{
	if (!term->is_open)
		return;
	if (!term->has_alternate_screen) { /* nothing of what was shown may stay behind */
		(void)werase(stdscr);
		(void)clearok(stdscr, TRUE);
		(void)wrefresh(stdscr);
	}
	(void)endwin();
	if (term->knows_xterm)
		term_write_raw(term, PASTE_OFF, sizeof PASTE_OFF - 1);
	term->is_open = false;
}

void term_return(struct term *term)
{
	if (term->is_open || term->screen == NULL)
		return;
	(void)reset_prog_mode(); /* at once: keys typed before the next frame must not echo */
	if (term->knows_xterm)
		term_write_raw(term, PASTE_ON, sizeof PASTE_ON - 1);
	term->is_open = true;
	(void)term_resize(term);
	term_repaint(term);
}

bool term_resize(struct term *term)
{
	struct winsize size;
	if (ioctl(term->out_fd, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
		return false;
	if (size.ws_row == term->rows && size.ws_col == term->columns)
		return false;
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
