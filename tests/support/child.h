/* Children of the tests: a clean environment and a folder of their own, gone with the test. */
#ifndef SIPDESK_TESTS_CHILD_H
#define SIPDESK_TESTS_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct child_environment {
	char **variables; /* NULL-terminated, for execve */
	size_t count;
};

/* PATH, the sanitizers' options and TMPDIR of ours, TZ=UTC, LC_ALL=C.UTF-8 and HOME=`home`. */
void child_environment_init(struct child_environment *environment, const char *home);
void child_environment_release(struct child_environment *environment);
/* "NAME=value" sets, "NAME" removes. */
void child_environment_set(struct child_environment *environment, const char *variable);
/* LD_PRELOAD, also for a program built with sanitizers. */
void child_environment_preload(struct child_environment *environment, const char *libraries);

/* A new private folder; caller frees the path. NULL with a line on stderr where it cannot be made.
 */
char *child_folder_make(void);
void child_folder_remove(const char *path);

/* In the child, before exec: it ends with the test. */
void child_bind_to_parent(pid_t parent);
/* A descriptor that becomes readable when `id` ends. */
int child_handle(pid_t id);
/* Waits until `id` has ended, at most `timeout_ms`; fills its exit code, or 128 and the signal. */
bool child_reap(pid_t id, int handle, int timeout_ms, int *status);

/* Milliseconds, monotonic. */
int64_t child_now_ms(void);

#endif
