/*
 * A program from its start to its end: what it wrote, how it ended, how long it took. Several may
 * run side by side. Each has a clean environment and ends with the test.
 */
#ifndef SIPDESK_TESTS_RUN_H
#define SIPDESK_TESTS_RUN_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct run {
	pid_t id; /* -1: not running */
	int process_handle;
	int output_file, errors_file; /* -1: none */
	int64_t started_ms;
	int64_t elapsed_ms;
	int status;		   /* exit code, or 128 and the signal; 127: could not be started */
	struct str output, errors; /* filled when it has ended */
};

/* `arguments` NULL-terminated, [0] the program, looked for in PATH (and where Debian keeps
 * servers); `environment` as in session_options, may be NULL. */
void run_start(struct run *run, const char *const *arguments, const char *const *environment);
/* Waits for its end; false with a line on stderr where it takes longer, and then it is killed. */
bool run_finish(struct run *run, int timeout_ms);
/* For what does not end by itself: SIGTERM, and SIGKILL where that does not help. */
void run_stop(struct run *run);
bool run_is_over(const struct run *run);
/* Waits until something takes connections on this port of 127.0.0.1; false where the program has
 * ended, or the time. */
bool run_wait_listening(const struct run *run, uint16_t port, int timeout_ms);
void run_release(struct run *run); /* stops it first */

/* Is there such a program? */
bool run_is_installed(const char *program);

#endif
