#include "tests/support/pty.h"

#include "base/mem.h"
#include "tests/support/child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct start {
	const char *line_name;
	pid_t parent;
	int answer; /* write end of the pipe that tells the program's id */
	pty_run_fn *run;
	const void *argument;
};

void pty_init(struct pty *pty)
{
	*pty = (struct pty) { .terminal = -1, .line = -1, .leader = -1, .program = -1 };
}

/* Signals that the test runner ignores or blocks would be ignored by the program too. */
static void signals_default(void)
{
	static const int SIGNALS[] = {
		SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGTSTP, SIGTTOU
	};
	for (size_t i = 0; i < ARRAY_LENGTH(SIGNALS); i++)
		(void)signal(SIGNALS[i], SIG_DFL);
	sigset_t none;
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void program_run(const struct start *start)
{
	child_bind_to_parent(start->parent);
	(void)setpgid(0, 0);
	(void)signal(SIGTTOU, SIG_IGN); /* it is not in the foreground yet */
	(void)tcsetpgrp(STDIN_FILENO, getpid());
	signals_default();
	start->run(start->argument);
	_exit(EXIT_FAILURE);
}

/* Any copy of a terminal's side, this one's or another session's, would keep it from hanging up. */
static void descriptors_close(struct start *start)
{
	enum { ANSWER = STDERR_FILENO + 1 };
	if (start->answer != ANSWER)
		(void)dup3(start->answer, ANSWER, O_CLOEXEC);
	start->answer = ANSWER;
	(void)close_range(ANSWER + 1, ~0U, 0);
}

static _Noreturn void leader_run(struct start *start)
{
	descriptors_close(start);
	child_bind_to_parent(start->parent);
	signals_default();
	(void)setsid();
	int line = open(start->line_name, O_RDWR);
	if (line < 0 || ioctl(line, TIOCSCTTY, 0) != 0)
		_exit(EXIT_FAILURE);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		(void)dup2(line, fd);
	if (line > STDERR_FILENO)
		(void)close(line);
	/* A brother of this process rather than its child, so that the test can reap it. */
	pid_t program = (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
	if (program == 0)
		program_run(start);
	if (write(start->answer, &program, sizeof(program)) != sizeof(program))
		_exit(EXIT_FAILURE);
	(void)close(start->answer);
	for (;;)
		(void)pause();
}

static bool leader_start(struct pty *pty, struct start *start)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	start->answer = ends[1];
	pty->leader = fork();
	if (pty->leader == 0)
		leader_run(start);
	(void)close(ends[1]);
	if (pty->leader < 0 || read(ends[0], &pty->program, sizeof(pid_t)) != sizeof(pid_t))
		pty->program = -1;
	(void)close(ends[0]);
	return pty->program > 0;
}

bool pty_start(struct pty *pty, int rows, int columns, pty_run_fn *run, const void *argument)
{
	char name[64];
	pty_init(pty);
	pty->terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (pty->terminal < 0 || grantpt(pty->terminal) != 0 || unlockpt(pty->terminal) != 0 ||
	    ptsname_r(pty->terminal, name, sizeof(name)) != 0)
		return false;
	pty->line = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (pty->line < 0)
		return false;
	pty_resize(pty, rows, columns);
	struct start start = {
		.line_name = name, .parent = getpid(), .run = run, .argument = argument
	};
	return leader_start(pty, &start);
}

bool pty_modes_equal(const struct termios *one, const struct termios *other)
{
	return one->c_iflag == other->c_iflag && one->c_oflag == other->c_oflag &&
	       one->c_cflag == other->c_cflag && one->c_lflag == other->c_lflag &&
	       one->c_line == other->c_line &&
	       memcmp(one->c_cc, other->c_cc, sizeof one->c_cc) == 0;
}

void pty_resize(const struct pty *pty, int rows, int columns)
{
	struct winsize size = { .ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns };
	(void)ioctl(pty->terminal, TIOCSWINSZ, &size);
}

void pty_hang_up(struct pty *pty)
{
	if (pty->terminal >= 0)
		(void)close(pty->terminal);
	if (pty->line >= 0)
		(void)close(pty->line);
	pty->terminal = pty->line = -1;
}

void pty_release(struct pty *pty)
{
	pty_hang_up(pty);
	if (pty->leader > 0) {
		(void)kill(pty->leader, SIGKILL);
		while (waitpid(pty->leader, NULL, 0) < 0 && errno == EINTR)
			;
	}
	pty_init(pty);
}
