/*
 * A real program on a pseudo-terminal, with libvterm as the terminal before it.
 *
 * Every wait is for a condition, with a deadline; none is for time to pass. A wait that fails
 * prints what was waited for and the screen on stderr and returns false: tests assert on it
 * (expect_*). The program gets a clean environment and a home folder of its own, which goes with
 * the session. Keys are in the notation of keys.h. All texts are UTF-8; rows and columns count from
 * 0.
 */
#ifndef SIPDESK_TESTS_SESSION_H
#define SIPDESK_TESTS_SESSION_H

#include "base/str.h"
#include "tests/support/pty.h"
#include "tests/support/terminal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	SESSION_DEADLINE_MS = 10000, /* a loaded build machine under sanitizers still makes it */
#ifdef __SANITIZE_ADDRESS__
	SESSION_LEAVE_MS = 10000, /* the leak check at the end, of the program and of its child */
#else
	SESSION_LEAVE_MS = 2000, /* a program that takes longer to leave is stuck */
#endif
	SESSION_ARGUMENTS_MAX = 16,
};

struct session_options {
	const char *const *arguments;	/* NULL-terminated, [0] the program; never NULL */
	int rows, columns;		/* 0: 24, 80 */
	const char *terminal;		/* TERM; NULL: xterm-256color, "": not set */
	const char *locale;		/* LC_ALL; NULL: C.UTF-8 */
	const char *const *environment; /* "NAME=value" sets, "NAME" removes; NULL-terminated */
	const char *preload;		/* shims for LD_PRELOAD, colon between */
	const char *folder;		/* working folder; NULL: the home */
	const char *home;		/* kept afterwards; NULL: a new one, removed at the end */
	int deadline_ms;		/* 0: SESSION_DEADLINE_MS */
	bool tells_ports;		/* see session_ports_file */
};

struct session {
	pid_t id;
	struct pty pty;
	int process_handle; /* a pidfd */
	bool has_ended;	    /* the program was reaped; `status` is its exit status */
	bool is_drained;    /* and all that it wrote was read */
	int status;	    /* exit code, or 128 and the signal; -1 while it runs */
	int deadline_ms;
	int keys; /* keys sent by session_send */
	char *home;
	bool owns_home;
	struct terminal terminal;
	struct str output; /* every byte the program has written */
	size_t heard;	   /* of those, that a test has dealt with (lines.h) */
};

/* NULL with a line on stderr where it cannot be started. */
struct session *session_start(const struct session_options *options);
/* The absolute path of a file under $SIPDESK_BUILD or "build": "sipdesk", "tests/bin/fault_server",
 * "tests/shim/fixed_clock.so"; caller frees. */
char *session_built(const char *name);
/* The file in which a session with tells_ports has its listening ports, a number a line, each
 * appended when it listens (shim/listen_port.c); caller frees. */
char *session_ports_file(const struct session *session);
/* Ends the program where it still runs (SIGTERM), reaps it, removes its home. False where it had
 * to be killed. NULL is nothing to do. */
bool session_close(struct session *session);

/* Every key, a letter too, counts as a key sent. Nothing may follow "<Esc>" in one call: a terminal
 * would read it as Alt. Aborts on a key that has no name: that is a fault of the test. */
void session_send(struct session *session, const char *keys);
/* Text typed, as it is; not counted as keys. */
void session_type(struct session *session, const char *text);
/* As a terminal pastes: bracketed where the program asked for it. Not counted as keys. */
void session_paste(struct session *session, const char *text);
void session_send_bytes(struct session *session, const char *bytes, size_t length);

bool session_wait_text(struct session *session, const char *text);
bool session_wait_gone(struct session *session, const char *text);
/* A row whose text is exactly `text`, blanks at both ends aside. */
bool session_wait_row(struct session *session, const char *text);
/* The cursor is visible and stands on a row that contains `text`. */
bool session_wait_cursor_on(struct session *session, const char *text);
/* The raw output contains `bytes` (a control sequence). */
bool session_wait_output(struct session *session, const char *bytes);
/* More was written than `bytes` (of session_bytes). */
bool session_wait_output_after(struct session *session, size_t bytes);
/* Nothing was written for `quiet_ms`: for counting bytes, where the end of a frame is asked for. */
bool session_wait_quiet(struct session *session, int quiet_ms);
/* Any condition: `holds` is asked again after each output. `what` is for the message. */
typedef bool session_condition_fn(const struct session *session, const void *argument);
bool session_wait(struct session *session, session_condition_fn *holds, const void *argument,
		  const char *what);
/* Exit code, or 128 and the signal's number; -1 with a message when it does not end in time. */
int session_exit_status(struct session *session);

/* Texts the caller frees. */
char *session_row(const struct session *session, int row);
char *session_screen(const struct session *session);
bool session_shows(const struct session *session, const char *text);
size_t session_bytes(const struct session *session);
bool session_output_contains(const struct session *session, const char *bytes);

/* Milliseconds from a key to the first byte of its answer; negative when none comes in time. */
double session_latency_of(struct session *session, const char *key);
void session_resize(struct session *session, int rows, int columns);
void session_signal(const struct session *session, int number);
/* The terminal goes away, as when an SSH connection drops. */
void session_hang_up(struct session *session);

/* For tests only: they need cmocka's assert_true. */
#define expect_text(session, text) assert_true(session_wait_text(session, text))
#define expect_gone(session, text) assert_true(session_wait_gone(session, text))
#define expect_row(session, text) assert_true(session_wait_row(session, text))
#define expect_cursor_on(session, text) assert_true(session_wait_cursor_on(session, text))
#define expect_exit(session, code) assert_int_equal(session_exit_status(session), code)

#endif
