/* base/process: work in a child, and guests that have the terminal for a while. */
#include "base/process.h"

#include "base/mem.h"
#include "base/str.h"
#include "tests/support/child.h"
#include "tests/support/pty.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	DEADLINE_MS = 10000,
	LOOK_MS = 5,
	STOPPED_MS = 600, /* less than the patience with one that does not end when asked */
};

/* Everything up to the end of the pipe. */
static void output_read(int output, struct str *out)
{
	char bytes[512];
	for (;;) {
		struct pollfd ready = { .fd = output, .events = POLLIN };
		assert_int_equal(poll(&ready, 1, DEADLINE_MS), 1);
		ssize_t got = read(output, bytes, sizeof bytes);
		if (got <= 0)
			return;
		str_append(out, bytes, (size_t)got);
	}
}

static void text_write(int fd, const char *text)
{
	ssize_t written = write(fd, text, strlen(text));
	(void)written;
}

/* --- work in a child -------------------------------------------------------------------------- */

static void work_says(void *owner, int fd)
{
	text_write(fd, owner);
}

static void test_work_gives_its_result(void **state)
{
	struct process_child child;
	struct err err;
	struct str said;
	char words[] = "the result";
	(void)state;
	str_init(&said);
	assert_true(process_work_start(&child, work_says, words, &err));
	output_read(child.output, &said);
	assert_string_equal(said.bytes, "the result");
	assert_int_equal(process_child_stop(&child), 0);
	assert_int_equal(child.id, -1);
	str_release(&said);
}

/* Tells each descriptor that is open, and what stands behind the standard ones. */
static void work_lists_descriptors(void *owner, int fd)
{
	(void)owner;
	struct stat nothing, stream;
	(void)stat("/dev/null", &nothing);
	for (int standard = 0; standard <= STDERR_FILENO; standard++)
		text_write(fd, fstat(standard, &stream) == 0 && stream.st_rdev == nothing.st_rdev
				       ? "null "
				       : "other ");
	DIR *folder = opendir("/proc/self/fd");
	for (const struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;)
		if (entry->d_name[0] != '.' && atol(entry->d_name) > STDERR_FILENO &&
		    atol(entry->d_name) != fd && atol(entry->d_name) != dirfd(folder))
			text_write(fd, entry->d_name);
	if (folder != NULL)
		(void)closedir(folder);
}

static void test_work_has_no_descriptor_of_ours(void **state)
{
	struct process_child child;
	struct err err;
	struct str said;
	(void)state;
	int ours[2];
	assert_int_equal(pipe(ours), 0); /* not close-on-exec, even */
	assert_true(dup2(ours[0], 40) == 40);
	str_init(&said);
	assert_true(process_work_start(&child, work_lists_descriptors, NULL, &err));
	output_read(child.output, &said);
	assert_string_equal(said.bytes, "null null null ");
	assert_int_equal(process_child_stop(&child), 0);
	str_release(&said);
	(void)close(40);
	(void)close(ours[0]);
	(void)close(ours[1]);
}

static int handler_pipe[2];

static void handler_notes(int number)
{
	(void)number;
	text_write(handler_pipe[1], "handled");
}

static void work_waits(void *owner, int fd)
{
	(void)owner;
	(void)fd;
	for (;;)
		(void)pause();
}

/* A handler of the parent's, run in the child, would write to the parent's own pipe. */
static void test_work_ends_when_asked_and_runs_no_handler(void **state)
{
	struct process_child child;
	struct err err;
	(void)state;
	assert_int_equal(pipe2(handler_pipe, O_NONBLOCK | O_CLOEXEC), 0);
	(void)signal(SIGTERM, handler_notes);
	for (int i = 0; i < 20; i++) { /* at once: it may not have come far */
		assert_true(process_work_start(&child, work_waits, NULL, &err));
		int64_t asked_at = child_now_ms();
		assert_int_equal(process_child_stop(&child), -1);
		assert_true(child_now_ms() - asked_at < STOPPED_MS);
	}
	(void)signal(SIGTERM, SIG_DFL);
	char byte;
	assert_int_equal(read(handler_pipe[0], &byte, 1), -1);
	(void)close(handler_pipe[0]);
	(void)close(handler_pipe[1]);
}

static void test_work_ends_with_its_parent(void **state)
{
	int tell[2], status;
	pid_t worker = -1;
	(void)state;
	assert_int_equal(pipe2(tell, O_CLOEXEC), 0);
	pid_t parent = fork();
	if (parent == 0) {
		struct process_child child;
		(void)process_work_start(&child, work_waits, NULL, NULL);
		ssize_t written = write(tell[1], &child.id, sizeof child.id);
		(void)written;
		work_waits(NULL, -1);
	}
	assert_int_equal(read(tell[0], &worker, sizeof worker), (int)sizeof worker);
	assert_true(worker > 0);
	int handle = child_handle(worker);
	assert_int_equal(kill(parent, SIGKILL), 0);
	assert_int_equal(waitpid(parent, &status, 0), parent);
	struct pollfd end = { .fd = handle, .events = POLLIN };
	assert_int_equal(poll(&end, 1, DEADLINE_MS), 1);
	(void)close(handle);
	(void)close(tell[0]);
	(void)close(tell[1]);
}

static void test_what_waits_to_be_written_is_written_once(void **state)
{
	struct process_child child;
	struct err err;
	char *text = NULL;
	size_t length = 0;
	(void)state;
	FILE *file = tmpfile();
	assert_non_null(file);
	assert_true(fputs("once", file) >= 0); /* in the buffer when the child is made */
	assert_true(process_work_start(&child, work_says, (char[]) { "" }, &err));
	struct pollfd end = { .fd = child.output, .events = POLLIN };
	assert_int_equal(poll(&end, 1, DEADLINE_MS), 1);
	assert_int_equal(process_child_stop(&child), 0);
	rewind(file);
	assert_int_equal(getdelim(&text, &length, '\0', file), 4);
	assert_string_equal(text, "once");
	free(text);
	(void)fclose(file);
}

/* --- guests ------------------------------------------------------------------------------------
 */

struct guest_case {
	const char *name;
	const char *script; /* for sh; NULL: a program that there is not */
	const char *prompt; /* of the script, waited for; NULL: none */
	const char *typed;  /* then typed */
	int status;	    /* what the guest ended with; -1: it is ended by its host */
	const char *output; /* the beginning of what it wrote */
	bool without_tty;   /* there is none for it */
	bool leads_session; /* the host leads a session without job control */
};

static const struct guest_case GUESTS[] = {
	{ "says", "echo the key; echo more", NULL, NULL, 0, "the key\nmore\n", false, false },
	{ "fails", "echo oops >&2; exit 3", NULL, NULL, 3, "", false, false },
	{ "is not there", NULL, NULL, NULL, PROCESS_NOT_STARTED, "", false, false },
	{ "leaves the terminal raw", "stty raw -echo; echo x", NULL, NULL, 0, "x\n", false, false },
	{ "asks on the terminal", "printf 'Type: ' >/dev/tty; read -r x </dev/tty; echo \"$x\"",
	  "Type: ", "typed\n", 0, "typed\n", false, false },
	{ "asks on its streams", "printf 'Type: ' >&2; read -r x; echo \"$x\"", "Type: ", "typed\n",
	  0, "typed\n", false, false },
	{ "Ctrl-C", "printf 'Type: ' >&2; read -r x; echo \"$x\"", "Type: ", "\003", 128 + SIGINT,
	  "", false, false },
	{ "Ctrl-Z", "printf 'Type: ' >&2; read -r x; echo \"$x\"", "Type: ", "\032typed\n", 0,
	  "typed\n", false, false },
	{ "stops itself", "kill -STOP $$; echo on", NULL, NULL, 0, "on\n", false, false },
	{ "hangs", "printf 'Type: ' >&2; exec sleep 100", "Type: ", "", -1, "", false, false },
	{ "hangs and will not end", "trap '' TERM; printf 'Type: ' >&2; sleep 100; sleep 100",
	  "Type: ", "", -1, "", false, false },
	{ "leaves children", "sleep 100 & printf 'Type: ' >&2; wait", "Type: ", "", -1, "", false,
	  false },
	{ "no terminal", "read -r x || echo none", NULL, NULL, 0, "none\n", true, false },
	{ "no job control", "printf 'Type: ' >&2; read -r x; echo \"$x\"", "Type: ", "typed\n", 0,
	  "typed\n", false, true },
};

static void host_fail(const char *what)
{
	(void)dprintf(STDOUT_FILENO, "HOST FAILED: %s\n", what);
	_exit(1);
}

/* Until the guest has ended, or the test lets it be ended: it types then, and no guest answers. */
static int guest_wait(struct process_guest *guest, bool is_to_be_ended)
{
	int status = -1;
	for (int waited_ms = 0; waited_ms < DEADLINE_MS; waited_ms += LOOK_MS) {
		struct pollfd typed = { .fd = STDIN_FILENO, .events = POLLIN };
		if (process_guest_has_ended(guest, &status))
			return status;
		if (is_to_be_ended && poll(&typed, 1, 0) > 0)
			return -1;
		(void)poll(NULL, 0, LOOK_MS);
	}
	host_fail("the guest did not end");
	return -1;
}

static void terminal_check(const struct termios *before)
{
	struct termios after;
	if (tcgetattr(STDIN_FILENO, &after) != 0 || after.c_lflag != before->c_lflag ||
	    after.c_iflag != before->c_iflag || after.c_oflag != before->c_oflag)
		host_fail("the terminal's modes are others now");
	pid_t group = tcgetpgrp(STDIN_FILENO);
	if (group >= 0 && group != getpgrp())
		host_fail("the terminal is not ours again");
}

/* The program in the foreground of the pseudo-terminal: its exit code is the test's result. */
static void host_run(const void *argument)
{
	const struct guest_case *the = argument;
	char *arguments[] = { "sh", "-c", (char *)the->script, NULL };
	char *missing[] = { "no-such-program", NULL };
	struct process_guest guest;
	struct termios before;
	struct str said;
	struct err err;
	str_init(&said);
	if (the->leads_session) {
		pid_t leader = fork();
		int status = 1;
		if (leader > 0)
			_exit(waitpid(leader, &status, 0) == leader && WIFEXITED(status)
				      ? WEXITSTATUS(status)
				      : 1);
		(void)setsid();
	}
	(void)tcgetattr(STDIN_FILENO, &before);
	if (!process_guest_start(&guest, the->script == NULL ? missing : arguments,
				 the->without_tty ? -1 : STDIN_FILENO, &err))
		host_fail(err.sentence);
	int output = fcntl(guest.child.output, F_DUPFD_CLOEXEC, 0);
	int status = guest_wait(&guest, the->status < 0);
	process_guest_end(&guest);
	if (status != the->status)
		host_fail("the guest ended in another way");
	terminal_check(&before);
	output_read(output, &said); /* to the end: nobody of the guest's group is left to write */
	if (!text_equal(said.bytes, the->output))
		host_fail("the guest said something else");
	(void)dprintf(STDOUT_FILENO, "HOST DONE\n");
	str_release(&said);
	_exit(0);
}

static void terminal_wait(const struct pty *pty, struct str *shown, const char *text)
{
	char bytes[512];
	while (strstr(shown->bytes, text) == NULL) {
		struct pollfd ready = { .fd = pty->terminal, .events = POLLIN };
		if (poll(&ready, 1, DEADLINE_MS) != 1)
			fail_msg("waited in vain for “%s” after: %s", text, shown->bytes);
		ssize_t got = read(pty->terminal, bytes, sizeof bytes);
		if (got <= 0)
			fail_msg("the host has ended after: %s", shown->bytes);
		str_append(shown, bytes, (size_t)got);
	}
}

static void test_guest(void **state)
{
	const struct guest_case *the = *state;
	struct pty pty;
	struct str shown;
	int status = -1;
	str_init(&shown);
	assert_true(pty_start(&pty, 24, 80, host_run, the));
	int handle = child_handle(pty.program);
	if (the->prompt != NULL) {
		terminal_wait(&pty, &shown, the->prompt);
		text_write(pty.terminal, the->status < 0 ? "\n" : the->typed);
	}
	terminal_wait(&pty, &shown, "HOST ");
	assert_true(child_reap(pty.program, handle, DEADLINE_MS, &status));
	if (status != 0)
		fail_msg("%s: %s", the->name, shown.bytes);
	(void)close(handle);
	pty_release(&pty);
	str_release(&shown);
}

int main(void)
{
	struct CMUnitTest tests[5 + ARRAY_LENGTH(GUESTS)] = {
		cmocka_unit_test(test_work_gives_its_result),
		cmocka_unit_test(test_work_has_no_descriptor_of_ours),
		cmocka_unit_test(test_work_ends_when_asked_and_runs_no_handler),
		cmocka_unit_test(test_work_ends_with_its_parent),
		cmocka_unit_test(test_what_waits_to_be_written_is_written_once),
	};
	size_t count = 5;
	for (size_t i = 0; i < ARRAY_LENGTH(GUESTS); i++)
		tests[count++] = (struct CMUnitTest) { .name = GUESTS[i].name,
						       .test_func = test_guest,
						       .initial_state = (void *)&GUESTS[i] };
	return _cmocka_run_group_tests("base_process", tests, count, NULL, NULL);
}
