#include "ui/plain/talk.h"

#include "base/mem.h"
#include "service/request_log.h"
#include "ui/app/keys.h"
#include "ui/app/number_undo.h"
#include "ui/app/signals.h"
#include "ui/term/draw.h"
#include "ui/term/typography.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum {
	COLUMNS_USUAL = 80,
	COLUMNS_LEAST = 20, /* below it lines are left to the terminal to break */
	ROW_INDENT = 4,	    /* "12  " */
	SLOW_MS = 5000,	    /* after that long a wait something is said */
	NUMBER_BASE = 10,
};

/* --- out -------------------------------------------------------------------------------------- */

static void out(struct talk *talk, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t written = write(STDOUT_FILENO, bytes, length);
		if (written > 0) {
			bytes += written;
			length -= (size_t)written;
		} else if (written < 0 && errno == EAGAIN) {
			struct pollfd ready = { .fd = STDOUT_FILENO, .events = POLLOUT };
			(void)poll(&ready, 1, -1);
		} else if (written == 0 || errno != EINTR) {
			talk->is_over = true; /* the terminal is gone */
			return;
		}
	}
}

/* The last column stays free: some terminals break a line that fills it by themselves. */
int talk_columns(void)
{
	struct winsize size;
	bool is_known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
	return (is_known && size.ws_col >= COLUMNS_LEAST ? size.ws_col : COLUMNS_USUAL) - 1;
}

/* Appends `text` as it came, broken to the terminal's width; further lines begin at `indent`, where
 * `head`, which is ours, ends. */
static void broken_write(struct str *lines, const char *head, size_t indent, const char *text)
{
	size_t length = strlen(text);
	int width = talk_columns() - (int)indent;
	str_add(lines, head);
	for (size_t next; length > 0; length -= next, text += next) {
		size_t line = draw_line_length(text, length, width, &next);
		typography_write(lines, text, line);
		if (next == length)
			break;
		str_addf(lines, "\n%*s", (int)indent, "");
	}
}

static void paragraph(struct talk *talk, const char *head, size_t indent, const char *text)
{
	struct str lines;
	str_init(&lines);
	broken_write(&lines, head, indent, text);
	str_add_char(&lines, '\n');
	out(talk, lines.bytes, lines.length);
	str_release(&lines);
}

void talk_say(struct talk *talk, const char *format, ...)
{
	va_list arguments, again;
	va_start(arguments, format);
	va_copy(again, arguments);
	int length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	char *text = mem_alloc((size_t)length + 1, 1);
	(void)vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	paragraph(talk, "", 0, text);
	free(text);
}

void talk_row(struct talk *talk, size_t number, const char *words)
{
	char head[32];
	(void)snprintf(head, sizeof head, "%2zu  ", number);
	paragraph(talk, head, ROW_INDENT, words);
}

void talk_title(struct talk *talk, const char *title)
{
	out(talk, "\n", 1);
	paragraph(talk, "", 0, title);
}

void talk_lines(struct talk *talk, const char *text)
{
	size_t length = strlen(text);
	out(talk, text, length);
	if (length > 0 && text[length - 1] != '\n')
		out(talk, "\n", 1);
}

void talk_page(struct talk *talk, const char *text)
{
	size_t most = (size_t)talk_columns() / 2;
	for (size_t length; *text != '\0'; text += length + (text[length] == '\n')) {
		length = strcspn(text, "\n");
		size_t indent = strspn(text, " ");
		if (indent >= length || indent > most)
			indent = 0;
		char *head = mem_text_n(text, indent);
		char *line = mem_text_n(text + indent, length - indent);
		paragraph(talk, head, indent, line);
		free(line);
		free(head);
	}
}

void talk_secret(struct talk *talk, const char *label, const struct secret *secret)
{
	struct text_piece piece;
	const char *bytes = secret_bytes(secret);
	out(talk, label, strlen(label));
	out(talk, ": ", 2);
	for (size_t at = 0; at < secret->length; at += piece.source_length) {
		text_piece_read(&piece, bytes + at, secret->length - at);
		out(talk, piece.bytes, strlen(piece.bytes));
	}
	secret_wipe(&piece, sizeof piece);
	out(talk, "\n", 1);
}

void talk_error(struct talk *talk, const struct err *err)
{
	talk_say(talk, "%s", err->sentence);
	if (err->words[0] != '\0')
		talk_say(talk, "The service's own words: %s", err->words);
	if (err->next_step[0] != '\0')
		talk_say(talk, "%s", err->next_step);
}

void talk_notice(struct talk *talk)
{
	char *notice = talk->app->notice;
	talk->app->notice = NULL;
	if (notice != NULL)
		talk_say(talk, "%s", notice);
	free(notice);
}

/* --- in --------------------------------------------------------------------------------------- */

static void input_came(void *owner, int fd, short events)
{
	struct talk *talk = owner;
	char bytes[4096];
	(void)events;
	ssize_t got = read(fd, bytes, sizeof bytes);
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (got > 0) {
		str_append(&talk->typed, bytes, (size_t)got);
		return;
	}
	talk->is_over = true;
	loop_unwatch(&talk->app->loop, fd);
}

static void suspend(struct talk *talk)
{
	if (number_undo_is_any(talk->app)) {
		app_notice(talk->app, "%s", NUMBER_UNDO_NO_SUSPEND);
		return;
	}
	if (!signals_suspend_self())
		app_notice(talk->app, "%s", SIGNALS_NOT_SUSPENDED);
	talk->asks_again = true;
}

static void signal_came(void *owner, int fd, short events)
{
	struct talk *talk = owner;
	char codes[64];
	(void)events;
	ssize_t got = read(fd, codes, sizeof codes);
	for (ssize_t i = 0; i < got; i++) {
		if (codes[i] == SIGNALS_INTERRUPT) {
			talk->is_interrupted = true;
		} else if (codes[i] == SIGNALS_SUSPEND) {
			suspend(talk);
		} else if (codes[i] == SIGNALS_END) {
			talk->is_over = talk->must_end = true;
		}
	}
}

void talk_init(struct talk *talk, struct app *app, const struct talk_ops *ops, void *owner)
{
	*talk = (struct talk) { .app = app, .ops = ops, .owner = owner };
	str_init(&talk->typed);
	(void)loop_watch(&app->loop, STDIN_FILENO, POLLIN, input_came, talk);
	(void)loop_watch(&app->loop, app->signal_pipe[0], POLLIN, signal_came, talk);
}

void talk_release(struct talk *talk)
{
	loop_unwatch(&talk->app->loop, STDIN_FILENO);
	loop_unwatch(&talk->app->loop, talk->app->signal_pipe[0]);
	str_release(&talk->typed);
}

static void step(struct talk *talk)
{
	struct err err;
	loop_step(&talk->app->loop, LOOP_FOREVER);
	if (request_log_failed(talk->app->log, &err))
		app_notice(talk->app, "%s %s", err.sentence, err.next_step);
}

static bool is_blank(char character)
{
	return character == ' ' || character == '\t' || character == '\r';
}

/* The first line that was typed; NULL: none is whole yet. Caller frees. */
static char *line_take(struct talk *talk)
{
	struct str *typed = &talk->typed;
	const char *end = memchr(typed->bytes, '\n', typed->length);
	if (end == NULL)
		return NULL;
	size_t length = (size_t)(end - typed->bytes), first = 0, last = length;
	while (first < last && is_blank(typed->bytes[first]))
		first++;
	while (last > first && is_blank(typed->bytes[last - 1]))
		last--;
	char *line = mem_text_n(typed->bytes + first, last - first);
	str_remove(typed, 0, length + 1);
	return line;
}

static void idle_expired(void *owner)
{
	struct talk *talk = owner;
	talk->ops->idle(talk->owner);
}

/* What has come while the question stands is said at once; what was typed so far stays typed. */
static void notice_say_between(struct talk *talk)
{
	bool is_whole = memchr(talk->typed.bytes, '\n', talk->typed.length) != NULL;
	if (talk->app->notice == NULL || is_whole || talk->is_over || talk->is_interrupted)
		return;
	out(talk, "\n", 1);
	talk_notice(talk);
	talk->asks_again = true;
}

static void question_show(struct talk *talk, const char *prompt)
{
	if (talk->asks_again) {
		talk->ops->asks(talk->owner);
		out(talk, prompt, strlen(prompt));
	}
	talk->asks_again = false;
}

/* A line as it was typed, or NULL as talk_ask. */
static char *line_wait(struct talk *talk, const char *prompt)
{
	char *line = NULL;
	int idle_timer = loop_timer_start(&talk->app->loop, KEYS_IDLE_MS, idle_expired, talk);
	talk->is_interrupted = false;
	talk->asks_again = true;
	for (;;) {
		question_show(talk, prompt);
		line = line_take(talk);
		if (line != NULL || talk->is_over || talk->is_interrupted)
			break;
		step(talk);
		notice_say_between(talk);
	}
	loop_timer_stop(&talk->app->loop, &idle_timer);
	if (line == NULL)
		out(talk, "\n", 1); /* the cursor stands behind the prompt */
	return line;
}

char *talk_ask(struct talk *talk, const char *prompt)
{
	struct str shown;
	char *line;
	str_init(&shown);
	broken_write(&shown, "", 0, prompt);
	if (shown.length > 0 && shown.bytes[shown.length - 1] != ' ')
		str_add_char(&shown, ' ');
	for (;;) {
		talk_notice(talk);
		line = line_wait(talk, shown.bytes);
		if (line == NULL || !text_has_control(line))
			break;
		talk_say(talk, "That line has a control character in it, perhaps of an arrow key: "
			       "it was left out. Type it again.");
		free(line);
	}
	str_release(&shown);
	return line;
}

static void typed_ahead_drop(struct talk *talk)
{
	str_clear(&talk->typed);
	(void)tcflush(STDIN_FILENO, TCIFLUSH);
}

bool talk_agrees(struct talk *talk, const char *question)
{
	typed_ahead_drop(talk);
	talk_notice(talk);
	talk_say(talk, "%s", question);
	for (;;) {
		char *answer = talk_ask(talk, "y or n: ");
		bool is_yes = text_equal_nocase(answer, "y") || text_equal_nocase(answer, "yes");
		bool is_no = answer == NULL || text_equal_nocase(answer, "n") ||
			     text_equal_nocase(answer, "no");
		free(answer);
		if (is_yes || is_no)
			return is_yes;
	}
}

bool talk_number(const char *text, size_t most, size_t *number)
{
	char *end;
	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	unsigned long value = strtoul(text, &end, NUMBER_BASE);
	if (*end != '\0' || errno != 0 || value == 0 || value > most)
		return false;
	*number = value;
	return true;
}

int talk_choose(struct talk *talk, const char *prompt, size_t count)
{
	for (;;) {
		size_t number = 0;
		char *answer = talk_ask(talk, prompt);
		bool is_none =
			answer == NULL || answer[0] == '\0' || text_equal_nocase(answer, "back");
		bool is_one = !is_none && talk_number(answer, count, &number);
		free(answer);
		if (is_none || is_one)
			return is_one ? (int)number - 1 : -1;
		talk_say(talk, "Type a number from 1 to %zu, or an empty line to go back.", count);
	}
}

int talk_decide(struct talk *talk, const char *prompt, size_t count)
{
	typed_ahead_drop(talk);
	return talk_choose(talk, prompt, count);
}

/* --- waiting ---------------------------------------------------------------------------------- */

static void slow_say(void *owner)
{
	talk_say(owner, "Still under way; Ctrl-C cancels.");
}

bool talk_wait(struct talk *talk, bool (*is_under_way)(const void *owner), const void *owner)
{
	int slow_timer = loop_timer_start(&talk->app->loop, SLOW_MS, slow_say, talk);
	talk->is_interrupted = false;
	while (is_under_way(owner) && !talk->is_interrupted && !talk->must_end) {
		step(talk);
		talk_notice(talk);
	}
	loop_timer_stop(&talk->app->loop, &slow_timer);
	talk_notice(talk);
	return !talk->is_interrupted && !talk->must_end;
}

static void tty_is_ready(void *owner, int fd, short events)
{
	bool *is_ready = owner;
	(void)fd;
	(void)events;
	*is_ready = true;
}

/* Standard input is the same terminal: what is typed now is not for us. */
bool talk_wait_input(struct talk *talk, int tty)
{
	struct loop *loop = &talk->app->loop;
	bool is_ready = false;
	loop_unwatch(loop, STDIN_FILENO);
	(void)loop_watch(loop, tty, POLLIN, tty_is_ready, &is_ready);
	while (!is_ready && !talk->must_end)
		step(talk);
	loop_unwatch(loop, tty);
	(void)loop_watch(loop, STDIN_FILENO, POLLIN, input_came, talk);
	return !talk->must_end;
}
