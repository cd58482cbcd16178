#include "tests/support/session.h"

#include "base/mem.h"
#include "tests/support/child.h"
#include "tests/support/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	ROWS_DEFAULT = 24,
	COLUMNS_DEFAULT = 80,
	READ_SIZE = 65536, /* more than a kernel's tty buffer: one read is one burst */
	EXIT_NOT_STARTED = 127,
};

char *session_built(const char *name)
{
	const char *folder = getenv("SIPDESK_BUILD");
	char *path = mem_format("%s/%s", folder == NULL ? "build" : folder, name);
	char *absolute = realpath(path, NULL);
	if (absolute == NULL)
		return path;
	free(path);
	return absolute;
}

static char *ports_file(const char *home)
{
	return mem_format("%s/.listening-ports", home);
}

char *session_ports_file(const struct session *session)
{
	return ports_file(session->home);
}

static void preload_fill(struct child_environment *environment,
			 const struct session_options *options, const char *home)
{
	struct str libraries;
	str_init(&libraries);
	if (options->preload != NULL)
		str_add(&libraries, options->preload);
	if (options->tells_ports) {
		char *shim = session_built("tests/shim/listen_port.so");
		char *path = ports_file(home);
		char *variable = mem_format("SHIM_LISTEN_FILE=%s", path);
		(void)unlink(path); /* a home may be used again */
		str_addf(&libraries, "%s%s", libraries.length > 0 ? ":" : "", shim);
		child_environment_set(environment, variable);
		free(variable);
		free(path);
		free(shim);
	}
	if (libraries.length > 0)
		child_environment_preload(environment, libraries.bytes);
	str_release(&libraries);
}

static void environment_fill(struct child_environment *environment,
			     const struct session_options *options, const char *home)
{
	child_environment_init(environment, home);
	const char *terminal = options->terminal == NULL ? "xterm-256color" : options->terminal;
	char *variable = mem_format("TERM=%s", terminal);
	child_environment_set(environment, terminal[0] == '\0' ? "TERM" : variable);
	free(variable);
	if (options->locale != NULL) {
		variable = mem_format("LC_ALL=%s", options->locale);
		child_environment_set(environment, variable);
		free(variable);
	}
	preload_fill(environment, options, home);
	for (size_t i = 0; options->environment != NULL && options->environment[i] != NULL; i++)
		child_environment_set(environment, options->environment[i]);
}

struct program {
	const struct session_options *options;
	const char *home;
	char **environment;
};

static void program_run(const void *argument)
{
	const struct program *program = argument;
	const struct session_options *options = program->options;
	char *arguments[SESSION_ARGUMENTS_MAX + 1] = { 0 };
	for (size_t i = 0; i < SESSION_ARGUMENTS_MAX && options->arguments[i] != NULL; i++)
		arguments[i] = mem_text(options->arguments[i]);
	if (chdir(options->folder == NULL ? program->home : options->folder) == 0)
		(void)execvpe(arguments[0], arguments, program->environment);
	(void)dprintf(STDERR_FILENO, "cannot run %s: %s\n", arguments[0], strerror(errno));
	_exit(EXIT_NOT_STARTED);
}

static bool program_start(struct session *session, const struct session_options *options)
{
	struct child_environment environment;
	environment_fill(&environment, options, session->home);
	struct program program = { .options = options,
				   .home = session->home,
				   .environment = environment.variables };
	bool is_started = pty_start(&session->pty, session->terminal.rows,
				    session->terminal.columns, program_run, &program);
	if (is_started) {
		session->id = session->pty.program;
		session->process_handle = child_handle(session->id);
	} else {
		(void)fprintf(stderr, "cannot start %s: %s\n", options->arguments[0],
			      strerror(errno));
	}
	child_environment_release(&environment);
	return is_started;
}

struct session *session_start(const struct session_options *options)
{
	struct session *session = mem_alloc(1, sizeof(*session));
	pty_init(&session->pty);
	session->process_handle = -1;
	session->id = -1;
	session->status = -1;
	session->deadline_ms =
		options->deadline_ms == 0 ? SESSION_DEADLINE_MS : options->deadline_ms;
	session->owns_home = options->home == NULL;
	session->home = session->owns_home ? child_folder_make() : mem_text(options->home);
	str_init(&session->output);
	terminal_init(&session->terminal, options->rows == 0 ? ROWS_DEFAULT : options->rows,
		      options->columns == 0 ? COLUMNS_DEFAULT : options->columns);
	if (session->home != NULL && program_start(session, options))
		return session;
	(void)session_close(session);
	return NULL;
}

static void program_end(struct session *session)
{
	int status = 0;
	if (!session->has_ended && session->process_handle >= 0 &&
	    child_reap(session->id, session->process_handle, 0, &status)) {
		session->status = status;
		session->has_ended = true;
	}
}

static void output_take(struct session *session)
{
	static char bytes[READ_SIZE];
	ssize_t length = read(session->pty.terminal, bytes, sizeof(bytes));
	if (length <= 0)
		return;
	str_append(&session->output, bytes, (size_t)length);
	terminal_write(&session->terminal, bytes, (size_t)length);
	session_send_bytes(session, session->terminal.replies.bytes,
			   session->terminal.replies.length);
	str_clear(&session->terminal.replies);
}

/* A program that writes while it is written to would otherwise block both sides. */
void session_send_bytes(struct session *session, const char *bytes, size_t length)
{
	int64_t deadline = child_now_ms() + session->deadline_ms;
	while (length > 0 && session->pty.terminal >= 0 && child_now_ms() < deadline) {
		struct pollfd pty = { .fd = session->pty.terminal, .events = POLLIN | POLLOUT };
		(void)poll(&pty, 1, session->deadline_ms);
		if ((pty.revents & POLLIN) != 0)
			output_take(session);
		if ((pty.revents & POLLOUT) == 0)
			continue;
		ssize_t written = write(session->pty.terminal, bytes, length);
		if (written <= 0)
			continue;
		bytes += written;
		length -= (size_t)written;
	}
}

/* What a program wrote before it ended is still under way in the kernel. A mark is sent after it;
 * when the mark has come, all has. */
static void output_drain(struct session *session)
{
	static const char MARK[] = "\033]7117;drained\007";
	size_t left = strlen(MARK);
	size_t before = session->output.length;
	int64_t deadline = child_now_ms() + SESSION_LEAVE_MS;
	while (session->pty.terminal >= 0 && child_now_ms() < deadline) {
		struct pollfd fds[] = {
			{ .fd = session->pty.terminal, .events = POLLIN },
			{ .fd = left > 0 ? session->pty.line : -1, .events = POLLOUT },
		};
		(void)poll(fds, ARRAY_LENGTH(fds), SESSION_LEAVE_MS);
		if ((fds[1].revents & POLLOUT) != 0) {
			ssize_t written =
				write(session->pty.line, MARK + strlen(MARK) - left, left);
			left -= written > 0 ? (size_t)written : 0;
		}
		if ((fds[0].revents & POLLIN) != 0)
			output_take(session);
		struct str *output = &session->output;
		char *mark =
			memmem(output->bytes + before, output->length - before, MARK, strlen(MARK));
		if (mark != NULL) {
			str_remove(output, (size_t)(mark - output->bytes), strlen(MARK));
			break;
		}
	}
	session->is_drained = true;
}

enum event { EVENT_NONE, EVENT_OUTPUT, EVENT_ENDED };

/* Waits for output or the end of the program, at most until `deadline`. */
static enum event event_wait(struct session *session, int64_t deadline)
{
	struct pollfd fds[] = {
		{ .fd = session->pty.terminal, .events = POLLIN },
		{ .fd = session->has_ended ? -1 : session->process_handle, .events = POLLIN },
	};
	if (session->is_drained)
		return EVENT_ENDED;
	int64_t left = deadline - child_now_ms();
	(void)poll(fds, ARRAY_LENGTH(fds), left > 0 ? (int)left : 0);
	if (fds[0].revents != 0) {
		output_take(session);
		return EVENT_OUTPUT;
	}
	if (fds[1].revents != 0) {
		program_end(session);
		output_drain(session);
		return EVENT_ENDED;
	}
	return EVENT_NONE;
}

static void failure_print(const struct session *session, const char *what)
{
	VTermPos cursor;
	vterm_state_get_cursorpos(vterm_obtain_state(session->terminal.model), &cursor);
	char *screen = session_screen(session);
	for (size_t end = strlen(screen); end > 1 && screen[end - 2] == '\n'; end--)
		screen[end - 1] = '\0';
	(void)fprintf(stderr, "waited in vain for %s; the program %s, cursor %d,%d, screen:\n%s",
		      what, session->has_ended ? "has ended" : "runs", cursor.row, cursor.col,
		      screen);
	free(screen);
}

bool session_wait(struct session *session, session_condition_fn *holds, const void *argument,
		  const char *what)
{
	int64_t deadline = child_now_ms() + session->deadline_ms;
	while (!holds(session, argument)) {
		if (session->is_drained || session->pty.terminal < 0 ||
		    child_now_ms() >= deadline) {
			failure_print(session, what);
			return false;
		}
		(void)event_wait(session, deadline);
	}
	return true;
}

static bool text_is_shown(const struct session *session, const void *text)
{
	return session_shows(session, text);
}

static bool text_is_gone(const struct session *session, const void *text)
{
	return !session_shows(session, text);
}

static bool row_is_shown(const struct session *session, const void *text)
{
	bool is_shown = false;
	for (int row = 0; row < session->terminal.rows && !is_shown; row++) {
		char *found = session_row(session, row);
		is_shown = strcmp(found + strspn(found, " "), text) == 0;
		free(found);
	}
	return is_shown;
}

static bool cursor_is_on(const struct session *session, const void *text)
{
	VTermPos cursor;
	vterm_state_get_cursorpos(vterm_obtain_state(session->terminal.model), &cursor);
	char *row = session_row(session, cursor.row);
	bool is_on = session->terminal.cursor_is_visible && strstr(row, text) != NULL;
	free(row);
	return is_on;
}

static bool output_has(const struct session *session, const void *bytes)
{
	return session_output_contains(session, bytes);
}

static bool output_is_longer(const struct session *session, const void *bytes)
{
	const size_t *before = bytes;
	return session->output.length > *before;
}

bool session_wait_output_after(struct session *session, size_t bytes)
{
	return session_wait(session, output_is_longer, &bytes, "any output");
}

static bool wait_for(struct session *session, session_condition_fn *holds, const char *kind,
		     const char *text)
{
	char *what = mem_format("%s \"%s\"", kind, text);
	bool is_there = session_wait(session, holds, text, what);
	free(what);
	return is_there;
}

bool session_wait_text(struct session *session, const char *text)
{
	return wait_for(session, text_is_shown, "text", text);
}

bool session_wait_gone(struct session *session, const char *text)
{
	return wait_for(session, text_is_gone, "no text", text);
}

bool session_wait_row(struct session *session, const char *text)
{
	return wait_for(session, row_is_shown, "a row of", text);
}

bool session_wait_cursor_on(struct session *session, const char *text)
{
	return wait_for(session, cursor_is_on, "the cursor on", text);
}

bool session_wait_output(struct session *session, const char *bytes)
{
	return wait_for(session, output_has, "output of", bytes[0] == '\033' ? bytes + 1 : bytes);
}

bool session_wait_quiet(struct session *session, int quiet_ms)
{
	int64_t deadline = child_now_ms() + session->deadline_ms;
	while (child_now_ms() < deadline) {
		if (event_wait(session, child_now_ms() + quiet_ms) != EVENT_OUTPUT)
			return true;
	}
	failure_print(session, "a pause in the output");
	return false;
}

int session_exit_status(struct session *session)
{
	int64_t deadline = child_now_ms() + session->deadline_ms;
	while (!session->has_ended && child_now_ms() < deadline)
		(void)event_wait(session, deadline);
	if (!session->has_ended)
		failure_print(session, "the program's end");
	return session->status;
}

bool session_close(struct session *session)
{
	if (session == NULL)
		return true;
	bool has_left = true;
	if (session->id > 0 && !session->has_ended) {
		/* In this order: a SIGCONT that comes later would keep the sanitizers' leak check
		 * from stopping the program, for which it then waits for ever. */
		session_signal(session, SIGCONT);
		session_signal(session, SIGTERM);
		session->deadline_ms = SESSION_LEAVE_MS;
		has_left = session_exit_status(session) >= 0;
	}
	if (!has_left) {
		session_signal(session, SIGKILL);
		session->deadline_ms = SESSION_DEADLINE_MS;
		(void)session_exit_status(session);
	}
	pty_release(&session->pty);
	if (session->process_handle >= 0)
		(void)close(session->process_handle);
	if (session->owns_home && session->home != NULL)
		child_folder_remove(session->home);
	free(session->home);
	str_release(&session->output);
	terminal_release(&session->terminal);
	free(session);
	return has_left;
}

void session_send(struct session *session, const char *keys)
{
	struct str bytes;
	str_init(&bytes);
	while (*keys != '\0') {
		bool is_continuation = (*keys & 0xc0) == 0x80;
		size_t length = keys_encode(keys, session->terminal.has_application_cursor, &bytes);
		bool is_escape = strncmp(keys, "<Esc>", strlen("<Esc>")) == 0;
		if (length == 0 || (is_escape && keys[length] != '\0')) {
			(void)fprintf(stderr, "session_send cannot send: %s\n", keys);
			abort();
		}
		session->keys += is_continuation ? 0 : 1;
		keys += length;
	}
	session_send_bytes(session, bytes.bytes, bytes.length);
	str_release(&bytes);
}

void session_type(struct session *session, const char *text)
{
	session_send_bytes(session, text, strlen(text));
}

void session_paste(struct session *session, const char *text)
{
	bool is_bracketed = session->terminal.takes_bracketed_paste;
	char *bytes = is_bracketed ? mem_format("\033[200~%s\033[201~", text) : mem_text(text);
	session_type(session, bytes);
	free(bytes);
}

char *session_row(const struct session *session, int row)
{
	struct screen screen;
	struct str text;
	str_init(&text);
	screen_take(&screen, &session->terminal);
	screen_row(&screen, row, &text);
	screen_release(&screen);
	return str_detach(&text);
}

char *session_screen(const struct session *session)
{
	struct screen screen;
	struct str text;
	str_init(&text);
	screen_take(&screen, &session->terminal);
	screen_text(&screen, &text);
	screen_release(&screen);
	return str_detach(&text);
}

bool session_shows(const struct session *session, const char *text)
{
	char *screen = session_screen(session);
	bool is_shown = strstr(screen, text) != NULL;
	free(screen);
	return is_shown;
}

size_t session_bytes(const struct session *session)
{
	return session->output.length;
}

bool session_output_contains(const struct session *session, const char *bytes)
{
	return memmem(session->output.bytes, session->output.length, bytes, strlen(bytes)) != NULL;
}

static double now_exact_ms(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

double session_latency_of(struct session *session, const char *key)
{
	int64_t deadline = child_now_ms() + session->deadline_ms;
	while (event_wait(session, child_now_ms()) == EVENT_OUTPUT)
		;
	size_t before = session->output.length;
	double start = now_exact_ms();
	session_send(session, key);
	while (session->output.length == before) {
		if (session->is_drained || child_now_ms() >= deadline)
			return -1;
		(void)event_wait(session, deadline);
	}
	return now_exact_ms() - start;
}

void session_resize(struct session *session, int rows, int columns)
{
	terminal_resize(&session->terminal, rows, columns);
	pty_resize(&session->pty, rows, columns);
}

void session_signal(const struct session *session, int number)
{
	if (session->id > 0 && !session->has_ended)
		(void)kill(session->id, number);
}

void session_hang_up(struct session *session)
{
	pty_hang_up(&session->pty);
}
