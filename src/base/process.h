/* What differs between operating systems: hardening of this process, and children of it. */
#ifndef SIPDESK_BASE_PROCESS_H
#define SIPDESK_BASE_PROCESS_H

#include "base/err.h"

#include <stdbool.h>
#include <sys/types.h>

/* First thing in main: no core files, no reading of this process by others of the same user. */
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
/* Asks it to end (SIGTERM), waits for it (not for ever: SIGKILL), closes the pipe. Returns its exit
 * code, or -1 where it did not end by itself or there is no child. */
int process_child_stop(struct process_child *child);

#endif
