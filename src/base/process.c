#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

enum {
	STOP_STEP_MS = 5,	/* how often a child that was asked to end is looked after */
	STOP_MAX_MS = 700,	/* and how long: the screens must be gone within a second */
	EXIT_SYSTEM = 71,	/* of a child that could not get as far as its program */
	DESCRIPTORS_MAX = 1024, /* where the system cannot close all at once; we have a few */
};

void process_harden(void)
{
	struct rlimit none = { 0, 0 };
	(void)setrlimit(RLIMIT_CORE, &none);
#ifdef __linux__
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
	/* A TLS library would write the keys of its connections there, a child's too. */
	(void)unsetenv("SSLKEYLOGFILE");
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN); /* a file that may not grow: write() says so */
	(void)signal(SIGCHLD,
		     SIG_DFL); /* ignored by who started us, children could not be waited for */
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

/* In a child: handlers of ours would write to the parent's pipes. */
static void signals_default(void)
{
	struct sigaction usual = { .sa_handler = SIG_DFL };
	sigset_t none;
	(void)sigemptyset(&usual.sa_mask);
	for (int number = 1; number < NSIG; number++)
		(void)sigaction(number, &usual, NULL); /* some cannot be set, and need not */
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* In a child: it ends with its parent. */
static void parent_follow(pid_t parent)
{
#ifdef __linux__
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
#endif
	if (getppid() != parent)
		_exit(0); /* it ended before we asked to be told */
}

/* Forks with a pipe between. In the child: returns 0, and `*write_end` is its end of the pipe. In
 * the parent: the child's id, or -1 with an error. */
static pid_t child_fork(struct process_child *child, const char *name, int *write_end,
			struct err *err)
{
	int ends[2];
	sigset_t all, before;
	pid_t parent = getpid();
	*child = (struct process_child) { .id = -1, .output = -1 };
	if (pipe2(ends, O_CLOEXEC) != 0) {
		(void)err_set(err, ERR_IO, "Cannot make a pipe: %s.", strerror(errno));
		return -1;
	}
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &before);
	pid_t id = fork();
	if (id == 0) {
		(void)setpgid(0, 0); /* Ctrl-C, where it makes a signal, is for us alone */
		signals_default();
		parent_follow(parent);
		*write_end = ends[1];
		return 0;
	}
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	(void)close(ends[1]);
	if (id < 0) {
		(void)close(ends[0]);
		(void)err_set(err, ERR_IO, "Cannot start %s: %s.", name, strerror(errno));
		return -1;
	}
	(void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
	*child = (struct process_child) { .id = id, .output = ends[0] };
	return id;
}

/* In a child: `fd` under another number, kept open over exec. */
static void fd_place(int fd, int wanted)
{
	bool done = fd == wanted ? fcntl(fd, F_SETFD, 0) == 0 /* dup2 onto itself leaves it set */
				 : dup2(fd, wanted) >= 0;
	if (!done)
		_exit(EXIT_SYSTEM);
}

/* In a child: /dev/null as descriptors `first` to `last`. */
static void streams_void(int first, int last)
{
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (nothing < 0)
		_exit(EXIT_SYSTEM);
	for (int fd = first; fd <= last; fd++)
		fd_place(nothing, fd);
}

static _Noreturn void child_run(int write_end, const char *path, char *const arguments[],
				int child_fd)
{
	streams_void(STDIN_FILENO, STDERR_FILENO);
	fd_place(write_end, child_fd);
	execv(path, arguments);
	_exit(EXIT_SYSTEM);
}

bool process_child_start(struct process_child *child, const char *path, char *const arguments[],
			 int child_fd, struct err *err)
{
	int write_end;
	pid_t id = child_fork(child, arguments[0], &write_end, err);
	if (id == 0)
		child_run(write_end, path, arguments, child_fd);
	return id > 0;
}

static void descriptors_close(int first)
{
#ifdef __linux__
	if (close_range((unsigned)first, UINT_MAX, 0) == 0)
		return;
#endif
	for (int fd = first; fd < DESCRIPTORS_MAX; fd++)
		(void)close(fd);
}

static _Noreturn void work_run(process_work_fn *work, void *owner, int write_end)
{
	enum { FD = STDERR_FILENO + 1 };
	fd_place(write_end, FD);
	streams_void(STDIN_FILENO, STDERR_FILENO);
	descriptors_close(FD + 1);
	work(owner, FD);
	_exit(0); /* nothing of the parent's is flushed or cleaned up twice */
}

bool process_work_start(struct process_child *child, process_work_fn *work, void *owner,
			struct err *err)
{
	int write_end;
	pid_t id = child_fork(child, "a child", &write_end, err);
	if (id == 0)
		work_run(work, owner, write_end);
	return id > 0;
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

/* --- guests ----------------------------------------------------------------------------------- */

/* Also from the background, where the kernel would stop us for it. */
static void terminal_give(int tty, pid_t group)
{
	sigset_t stop, before;
	(void)sigemptyset(&stop);
	(void)sigaddset(&stop, SIGTTOU);
	(void)sigprocmask(SIG_BLOCK, &stop, &before);
	(void)tcsetpgrp(tty, group);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
}

static _Noreturn void guest_run(const struct process_guest *guest, char *const arguments[],
				int write_end)
{
	(void)setpgid(0, 0);
	if (guest->host_group > 0)
		terminal_give(guest->tty, getpid());
	if (guest->tty >= 0) {
		fd_place(guest->tty, STDIN_FILENO);
		fd_place(STDIN_FILENO, STDERR_FILENO);
	} else {
		streams_void(STDIN_FILENO, STDIN_FILENO);
	}
	fd_place(write_end, STDOUT_FILENO);
	(void)execvp(arguments[0], arguments);
	_exit(PROCESS_NOT_STARTED);
}

bool process_guest_start(struct process_guest *guest, char *const arguments[], int tty,
			 struct err *err)
{
	int write_end;
	pid_t group = tty < 0 ? -1 : tcgetpgrp(tty);
	*guest = (struct process_guest) { .tty = tty, .host_group = -1 };
	if (group == getpgrp())
		guest->host_group = group;
	/* From the background the terminal is not ours to change; one that is nobody's may be. */
	if (tty >= 0 && (group < 0 || guest->host_group > 0))
		guest->has_before = tcgetattr(tty, &guest->before) == 0;
	pid_t id = child_fork(&guest->child, arguments[0], &write_end, err);
	if (id == 0)
		guest_run(guest, arguments, write_end);
	if (id > 0)
		(void)setpgid(id, id); /* by both, so that neither has to wait for the other */
	return id > 0;
}

bool process_guest_has_ended(struct process_guest *guest, int *status)
{
	int how = 0;
	pid_t id = guest->child.id;
	if (id < 0 || waitpid(id, &how, WNOHANG | WUNTRACED) != id)
		return false;
	if (WIFSTOPPED(how)) {
		if (guest->host_group > 0)
			terminal_give(guest->tty, id);
		(void)kill(-id, SIGCONT);
		return false;
	}
	guest->child.id = -1;
	*status = WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
	return true;
}

void process_guest_end(struct process_guest *guest)
{
	pid_t id = guest->child.id;
	int status;
	if (guest->child.output >= 0)
		(void)close(guest->child.output);
	if (id > 0) {
		(void)kill(-id, SIGTERM);
		(void)kill(-id, SIGCONT);
		bool is_reaped = child_reaped(id, STOP_MAX_MS, &status);
		(void)kill(-id, SIGKILL); /* those of its group that would stay */
		while (!is_reaped && waitpid(id, &status, 0) < 0 && errno == EINTR)
			;
	}
	if (guest->host_group > 0)
		terminal_give(guest->tty, guest->host_group);
	if (guest->has_before) {
		(void)tcflow(guest->tty, TCOON); /* it may stand since a Ctrl-S */
		(void)tcflush(guest->tty, TCIFLUSH);
		(void)tcsetattr(guest->tty, TCSANOW, &guest->before);
	}
	*guest = (struct process_guest) { .child = { .id = -1, .output = -1 },
					  .tty = -1,
					  .host_group = -1 };
}
