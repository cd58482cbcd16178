/* What differs between operating systems: hardening of this process, and children of it. */
#ifndef SIPDESK_BASE_PROCESS_H
#define SIPDESK_BASE_PROCESS_H

#include "base/err.h"

#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

/* First thing in main: no core files, no reading of this process by others of the same user, no
 * SSLKEYLOGFILE for us and our children. */
void process_harden(void);

/* Path of this program's own file, for starting itself; valid for ever. `argv0` is the fall-back
 * where the system does not tell. */
const char *process_self(const char *argv0);

struct process_child {
	pid_t id;   /* -1: none */
	int output; /* read end of a pipe to it, close-on-exec and non-blocking; -1: none */
};

/* Starts `path` with `arguments` (NULL-terminated, [0] included). Its descriptor `child_fd` (1, or
 * above 2) is the write end of the pipe; its other standard descriptors are /dev/null, since ours
 * may be a screen. It ends with its parent. */
bool process_child_start(struct process_child *child, const char *path, char *const arguments[],
			 int child_fd, struct err *err);

/* Work of our own, in a copy of this process: writes its result to `fd` and returns. It has neither
 * terminal nor other descriptors of ours, and no signal handlers. */
typedef void process_work_fn(void *owner, int fd);

/* Starts `work` in a child that ends with it, and with its parent. What the parent must not wait
 * for (half a second of scrypt) is done there. Other threads, if libcurl has one for a look-up, do
 * not exist in the child. */
bool process_work_start(struct process_child *child, process_work_fn *work, void *owner,
			struct err *err);

/* Asks it to end (SIGTERM), waits for it (not for ever: SIGKILL), closes the pipe. Returns its exit
 * code, or -1 where it did not end by itself or there is no child. */
int process_child_stop(struct process_child *child);

/*
 * A guest: another program that has our terminal for a while, with a process group of its own in
 * the foreground, so that Ctrl-C is for it alone. Its standard output is the pipe.
 */
struct process_guest {
	struct process_child child;
	int tty;	  /* borrowed; -1: none */
	pid_t host_group; /* gets the foreground back; -1: it was not ours to give */
	bool has_before;  /* `before` is how the terminal was */
	struct termios before;
};

enum { PROCESS_NOT_STARTED = 127 /* a guest's exit code where the program could not be run */ };

/* Starts `arguments` (NULL-terminated), [0] found by PATH, no shell between. `tty` is its standard
 * input and error; -1: it reads /dev/null and has our standard error. */
bool process_guest_start(struct process_guest *guest, char *const arguments[], int tty,
			 struct err *err);

/* Has it ended just now? Then `*status` is its exit code, or 128 and the signal. One that was
 * stopped (Ctrl-Z) is made to go on: there is nobody else who would. Asked from time to time. */
bool process_guest_has_ended(struct process_guest *guest, int *status);

/* Ends its whole group where it still runs, and takes the terminal back as it was; what was typed
 * for the guest and not read is dropped. Does nothing where there is no guest. */
void process_guest_end(struct process_guest *guest);

#endif
