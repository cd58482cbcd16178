/*
 * A pseudo-terminal and a program in its foreground, as under a login shell.
 *
 * The program does not lead the session: when a session's leader ends, Linux throws away what it
 * wrote last, and the very bytes that give the terminal back would be lost at random. A process
 * that only waits leads instead; the program is our own child all the same. When the terminal hangs
 * up, the leader dies of SIGHUP, and the kernel tells the program, as it does behind a shell.
 */
#ifndef SIPDESK_TESTS_PTY_H
#define SIPDESK_TESTS_PTY_H

#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

struct pty {
	int terminal;  /* what a terminal emulator reads and writes, non-blocking; -1: hung up */
	int line;      /* the program's side, non-blocking */
	pid_t leader;  /* -1: none */
	pid_t program; /* child of this process, to be reaped by the caller; -1: none */
};

/* Called in the program's process; executes it and does not return. */
typedef void pty_run_fn(const void *argument);

void pty_init(struct pty *pty);
/* False with errno set. */
bool pty_start(struct pty *pty, int rows, int columns, pty_run_fn *run, const void *argument);
/* All that stty can tell; a memcmp would compare the padding too. */
bool pty_modes_equal(const struct termios *one, const struct termios *other);
void pty_resize(const struct pty *pty, int rows, int columns);
void pty_hang_up(struct pty *pty);
/* Hangs up and ends the leader; the program should have ended before. */
void pty_release(struct pty *pty);

#endif
