#include "tests/support/run.h"

#include "base/mem.h"
#include "tests/support/child.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EXIT_NOT_STARTED = 127, STOP_MS = 3000, READ_SIZE = 4096, LISTENING_POLL_MS = 10 };

static const char SERVERS_PATH[] = "/usr/local/sbin:/usr/sbin:/sbin";

static char *path_with_servers(void)
{
	const char *path = getenv("PATH");
	return mem_format("PATH=%s:%s", path == NULL ? "/usr/bin:/bin" : path, SERVERS_PATH);
}

bool run_is_installed(const char *program)
{
	char *variable = path_with_servers();
	bool is_there = false;
	for (const char *at = strchr(variable, '=') + 1; !is_there && *at != '\0';) {
		size_t length = strcspn(at, ":");
		char *file = mem_format("%.*s/%s", (int)length, at, program);
		is_there = access(file, X_OK) == 0;
		free(file);
		at += length + (at[length] == ':');
	}
	free(variable);
	return is_there;
}

/* Only its own copies of the parent's memory are touched: there is one thread. */
static _Noreturn void child_run(const struct run *run, const char *const *arguments,
				char **variables, pid_t parent)
{
	child_bind_to_parent(parent);
	/* Not SIGKILL: a server with children of its own ends them, too. */
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
	int nothing = open("/dev/null", O_RDONLY);
	if (nothing >= 0 && dup2(nothing, STDIN_FILENO) >= 0 &&
	    dup2(run->output_file, STDOUT_FILENO) >= 0 &&
	    dup2(run->errors_file, STDERR_FILENO) >= 0) {
		char *path = path_with_servers();
		(void)putenv(path);
		(void)execvpe(arguments[0], (char *const *)(uintptr_t)arguments, variables);
	}
	(void)dprintf(STDERR_FILENO, "cannot run %s: %s\n", arguments[0], strerror(errno));
	_exit(EXIT_NOT_STARTED);
}

void run_start(struct run *run, const char *const *arguments, const char *const *environment)
{
	struct child_environment variables;
	const char *home = getenv("TMPDIR");
	*run = (struct run) { .process_handle = -1, .started_ms = child_now_ms(), .status = -1 };
	str_init(&run->output);
	str_init(&run->errors);
	run->output_file = memfd_create("output", MFD_CLOEXEC);
	run->errors_file = memfd_create("errors", MFD_CLOEXEC);
	child_environment_init(&variables, home == NULL ? "/tmp" : home);
	for (size_t i = 0; environment != NULL && environment[i] != NULL; i++)
		child_environment_set(&variables, environment[i]);
	pid_t parent = getpid();
	run->id = fork();
	if (run->id == 0)
		child_run(run, arguments, variables.variables, parent);
	if (run->id > 0)
		run->process_handle = child_handle(run->id);
	child_environment_release(&variables);
}

static void file_take(int *fd, struct str *out)
{
	char bytes[READ_SIZE];
	ssize_t count = 0;
	off_t at = 0;
	while ((count = pread(*fd, bytes, sizeof(bytes), at)) > 0) {
		str_append(out, bytes, (size_t)count);
		at += count;
	}
	(void)close(*fd);
	*fd = -1;
}

static void run_end(struct run *run)
{
	run->elapsed_ms = child_now_ms() - run->started_ms;
	(void)close(run->process_handle);
	run->id = -1;
	run->process_handle = -1;
	file_take(&run->output_file, &run->output);
	file_take(&run->errors_file, &run->errors);
}

bool run_finish(struct run *run, int timeout_ms)
{
	if (run->id <= 0)
		return false;
	int64_t left = run->started_ms + timeout_ms - child_now_ms();
	bool has_ended =
		child_reap(run->id, run->process_handle, left > 0 ? (int)left : 0, &run->status);
	if (!has_ended) {
		(void)fprintf(stderr, "a program took more than %d ms and was killed\n",
			      timeout_ms);
		(void)kill(run->id, SIGKILL);
		(void)child_reap(run->id, run->process_handle, STOP_MS, &run->status);
	}
	run_end(run);
	return has_ended;
}

void run_stop(struct run *run)
{
	if (run->id <= 0)
		return;
	(void)kill(run->id, SIGTERM);
	if (!child_reap(run->id, run->process_handle, STOP_MS, &run->status)) {
		(void)kill(run->id, SIGKILL);
		(void)child_reap(run->id, run->process_handle, STOP_MS, &run->status);
	}
	run_end(run);
}

bool run_is_over(const struct run *run)
{
	struct pollfd end = { .fd = run->process_handle, .events = POLLIN };
	return run->id <= 0 || poll(&end, 1, 0) > 0;
}

static bool is_listened_on(uint16_t port)
{
	const struct sockaddr_in address = { .sin_family = AF_INET,
					     .sin_port = htons(port),
					     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool is_taken =
		fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0;
	if (fd >= 0)
		(void)close(fd);
	return is_taken;
}

bool run_wait_listening(const struct run *run, uint16_t port, int timeout_ms)
{
	int64_t deadline = child_now_ms() + timeout_ms;
	struct pollfd end = { .fd = run->process_handle, .events = POLLIN };
	while (child_now_ms() < deadline) {
		if (is_listened_on(port))
			return true;
		if (poll(&end, 1, LISTENING_POLL_MS) != 0)
			return false;
	}
	return false;
}

void run_release(struct run *run)
{
	run_stop(run);
	str_release(&run->output);
	str_release(&run->errors);
}
