#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

enum {
	STOP_STEP_MS = 5,  /* how often a child that was asked to end is looked after */
	STOP_MAX_MS = 700, /* and how long: the screens must be gone within a second */
};

void process_harden(void)
{
	struct rlimit none = { 0, 0 };
	(void)setrlimit(RLIMIT_CORE, &none);
#ifdef __linux__
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
	(void)signal(SIGPIPE, SIG_IGN);
}

const char *process_self(const char *argv0)
{
#ifdef __linux__
	(void)argv0;
	return "/proc/self/exe";
#else
	return argv0;
#endif
}

static _Noreturn void child_run(int write_end, const char *path, char *const arguments[],
				int child_fd, pid_t parent)
{
#ifdef __linux__
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
#endif
	if (getppid() != parent)
		_exit(0); /* it ended before we asked to be told */
	int nothing = open("/dev/null", O_RDWR);
	if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(nothing, STDOUT_FILENO) < 0 ||
	    dup2(nothing, STDERR_FILENO) < 0)
		_exit(71);
	if (write_end == child_fd) {
		if (fcntl(write_end, F_SETFD, 0) < 0) /* dup2 onto itself would leave it set */
			_exit(71);
	} else if (dup2(write_end, child_fd) < 0) {
		_exit(71);
	}
	execv(path, arguments);
	_exit(71);
}

bool process_child_start(struct process_child *child, const char *path, char *const arguments[],
			 int child_fd, struct err *err)
{
	int ends[2];
	*child = (struct process_child) { .id = -1, .output = -1 };
	if (pipe2(ends, O_CLOEXEC) != 0)
		return err_set(err, ERR_IO, "Cannot make a pipe: %s.", strerror(errno));
	pid_t parent = getpid();
	pid_t id = fork();
	if (id == 0)
		child_run(ends[1], path, arguments, child_fd, parent);
	(void)close(ends[1]);
	if (id < 0) {
		(void)close(ends[0]);
		return err_set(err, ERR_IO, "Cannot start %s: %s.", arguments[0], strerror(errno));
	}
	(void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
	*child = (struct process_child) { .id = id, .output = ends[0] };
	return true;
}

/* Has it ended within `timeout_ms`? Then it is reaped. */
static bool child_reaped(pid_t id, int timeout_ms, int *status)
{
	for (int waited_ms = 0; waited_ms <= timeout_ms; waited_ms += STOP_STEP_MS) {
		pid_t reaped = waitpid(id, status, WNOHANG);
		if (reaped == id || (reaped < 0 && errno != EINTR))
			return true;
		(void)poll(NULL, 0, STOP_STEP_MS);
	}
	return false;
}

int process_child_stop(struct process_child *child)
{
	int status = -1;
	if (child->output >= 0)
		(void)close(child->output);
	if (child->id > 0) {
		(void)kill(child->id, SIGTERM); /* too late for one that has ended: no harm */
		(void)kill(child->id, SIGCONT); /* a stopped one would not end */
		if (!child_reaped(child->id, STOP_MAX_MS, &status)) {
			(void)kill(child->id, SIGKILL); /* it is stuck; we must not be */
			while (waitpid(child->id, &status, 0) < 0 && errno == EINTR)
				;
		}
	}
	*child = (struct process_child) { .id = -1, .output = -1 };
	return status >= 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
