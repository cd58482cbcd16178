#include "tests/support/child.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FOLDERS_OPEN_MAX = 8 };

static void environment_keep(struct child_environment *environment, const char *name)
{
	const char *value = getenv(name);
	if (value == NULL)
		return;
	char *variable = mem_format("%s=%s", name, value);
	child_environment_set(environment, variable);
	free(variable);
}

void child_environment_init(struct child_environment *environment, const char *home)
{
	static const char *const KEPT[] = { "PATH",	     "TMPDIR",	     "ASAN_OPTIONS",
					    "UBSAN_OPTIONS", "LSAN_OPTIONS", "LLVM_PROFILE_FILE" };
	*environment = (struct child_environment) { 0 };
	for (size_t i = 0; i < ARRAY_LENGTH(KEPT); i++)
		environment_keep(environment, KEPT[i]);
	char *variable = mem_format("HOME=%s", home);
	child_environment_set(environment, variable);
	free(variable);
	child_environment_set(environment, "TZ=UTC");
	child_environment_set(environment, "LC_ALL=C.UTF-8");
}

void child_environment_release(struct child_environment *environment)
{
	for (size_t i = 0; i < environment->count; i++)
		free(environment->variables[i]);
	free(environment->variables);
	*environment = (struct child_environment) { 0 };
}

void child_environment_set(struct child_environment *environment, const char *variable)
{
	size_t name_length = strcspn(variable, "=");
	size_t kept = 0;
	for (size_t i = 0; i < environment->count; i++) {
		char *old = environment->variables[i];
		if (strncmp(old, variable, name_length) == 0 && old[name_length] == '=')
			free(old);
		else
			environment->variables[kept++] = old;
	}
	if (variable[name_length] == '=') {
		environment->variables =
			mem_resize(environment->variables, kept + 2, sizeof(char *));
		environment->variables[kept++] = mem_text(variable);
	}
	if (environment->variables != NULL)
		environment->variables[kept] = NULL;
	environment->count = kept;
}

void child_environment_preload(struct child_environment *environment, const char *libraries)
{
	char *variable = mem_format("LD_PRELOAD=%s", libraries);
	child_environment_set(environment, variable);
	free(variable);
	const char *sanitizer = getenv("ASAN_OPTIONS");
	/* AddressSanitizer otherwise refuses to start behind another library. */
	variable = mem_format("ASAN_OPTIONS=%s%sverify_asan_link_order=0",
			      sanitizer == NULL ? "" : sanitizer, sanitizer == NULL ? "" : ":");
	child_environment_set(environment, variable);
	free(variable);
}

char *child_folder_make(void)
{
	const char *parent = getenv("TMPDIR");
	char *path = mem_format("%s/sipdesk-test-XXXXXX", parent == NULL ? "/tmp" : parent);
	if (mkdtemp(path) != NULL)
		return path;
	(void)fprintf(stderr, "cannot make %s: %s\n", path, strerror(errno));
	free(path);
	return NULL;
}

static int entry_remove(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	return remove(path) == 0 || errno == ENOENT ? 0 : -1;
}

void child_folder_remove(const char *path)
{
	if (nftw(path, entry_remove, FOLDERS_OPEN_MAX, FTW_DEPTH | FTW_PHYS) != 0)
		(void)fprintf(stderr, "cannot remove %s: %s\n", path, strerror(errno));
}

void child_bind_to_parent(pid_t parent)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != parent)
		_exit(0); /* it ended before we asked to be told */
}

int child_handle(pid_t id)
{
	return pidfd_open(id, 0);
}

bool child_reap(pid_t id, int handle, int timeout_ms, int *status)
{
	struct pollfd end = { .fd = handle, .events = POLLIN };
	int64_t deadline = child_now_ms() + timeout_ms;
	for (;;) {
		int64_t left = deadline - child_now_ms();
		if (poll(&end, 1, left > 0 ? (int)left : 0) > 0)
			break;
		if (left <= 0)
			return false;
	}
	int how = 0;
	while (waitpid(id, &how, 0) < 0 && errno == EINTR)
		;
	*status = WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
	return true;
}

int64_t child_now_ms(void)
{
	return clock_monotonic_ms();
}
