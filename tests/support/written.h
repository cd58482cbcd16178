/*
 * Planted secrets, looked for in all that a program has let out of itself: bytes and frames of its
 * terminal, files and their names, arguments and environment of it and of its children. Whatever
 * is found is told on stderr.
 */
#ifndef SIPDESK_TESTS_WRITTEN_H
#define SIPDESK_TESTS_WRITTEN_H

#include "tests/support/secrets.h"
#include "tests/support/session.h"

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/* In the bytes that its terminal was sent, from place `from` to `to` (of session_bytes)? */
bool written_bytes_have(const struct secrets *secrets, const struct session *session, size_t from,
			size_t to);
/* On any screen that stood there meanwhile, however it was put together? For a window of 80x24. */
bool written_screens_have(const struct secrets *secrets, const struct session *session, size_t from,
			  size_t to);
/* In a file of this user below `folder` changed since `since` (0: whenever), of at most 16 MiB, or
 * in its path or target? */
bool written_files_have(const struct secrets *secrets, const char *folder, time_t since);

struct written_processes {
	int read;    /* arguments and environments that were read */
	int refused; /* that the system does not show us: it shows them to nobody of our rights */
};
/* In what the kernel tells about a process and all its descendants? */
bool written_processes_have(const struct secrets *secrets, pid_t process,
			    struct written_processes *processes);

#endif
