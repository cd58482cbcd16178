#include "ui/app/app.h"

#include "base/clock.h"
#include "base/mem.h"
#include "service/request_log.h"
#include "ui/app/clipboard.h"
#include "ui/app/half_done.h"
#include "ui/app/keys.h"
#include "ui/app/number_states.h"
#include "ui/app/number_undo.h"
#include "ui/app/open_number.h"
#include "ui/app/signals.h"
#include "ui/app/tls_check.h"
#include "ui/screens/screens.h"
#include "ui/widgets/box.h"
#include "ui/widgets/frame.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { EXIT_INTERRUPTED = 130, WHEEL_ROWS = 3 };

/* mem_on_exhausted's handler takes no argument, so the terminal to restore stands here. */
static struct term *term_to_restore;

static void memory_exhausted(void)
{
	term_close(term_to_restore);
}

void *screen_new(struct app *app, size_t size, const struct screen_ops *ops)
{
	struct screen *screen = mem_alloc(1, size);
	screen->ops = ops;
	screen->app = app;
	return screen;
}

void app_push(struct app *app, struct screen *screen)
{
	if (app->top != NULL && app->top->ops->covered != NULL)
		app->top->ops->covered(app->top);
	screen->below = app->top;
	app->top = screen;
}

void app_remove(struct app *app, struct screen *screen)
{
	struct screen **at = &app->top;
	while (*at != screen)
		at = &(*at)->below;
	*at = screen->below;
	screen->ops->release(screen);
}

void app_pop(struct app *app)
{
	app_remove(app, app->top);
}

void app_curtain_set(struct app *app, struct screen *screen)
{
	struct screen *before = app->curtain;
	app->curtain = screen;
	free(app->notice);
	app->notice = NULL;
	if (before != NULL)
		before->ops->release(before);
}

/* The one that is drawn and gets events. */
static struct screen *front(const struct app *app)
{
	return app->curtain != NULL ? app->curtain : app->top;
}

void app_end(struct app *app, int exit_code)
{
	app->is_ending = true;
	app->exit_code = exit_code;
}

void app_notice(struct app *app, const char *format, ...)
{
	va_list arguments, again;
	va_start(arguments, format);
	va_copy(again, arguments);
	size_t size = (size_t)vsnprintf(NULL, 0, format, arguments) + 1;
	char *sentence = mem_alloc(size, 1);
	(void)vsnprintf(sentence, size, format, again);
	va_end(again);
	va_end(arguments);
	free(app->notice);
	app->notice = sentence;
}

static void frame_due(void *owner)
{
	struct app *app = owner;
	app->frame_timer = 0; /* the loop's turn draws */
}

void app_frame_in(struct app *app, int64_t ms)
{
	int64_t due = clock_monotonic_ms() + ms;
	if (app->frame_timer != 0 && app->frame_due_ms <= due)
		return;
	loop_timer_stop(&app->loop, &app->frame_timer);
	app->frame_due_ms = due;
	app->frame_timer = loop_timer_start(&app->loop, ms, frame_due, app);
}

static void app_draw_screen(struct app *app, struct screen *screen)
{
	if (screen->ops->is_overlay && screen->below != NULL)
		app_draw_screen(app, screen->below);
	screen->ops->draw(screen, &app->term);
}

static bool is_too_small(const struct term *term)
{
	return term->rows < TERM_ROWS_LEAST || term->columns < TERM_COLUMNS_LEAST;
}

static void too_small_draw(struct app *app)
{
	struct term *term = &app->term;
	const char *question = box_sentence(front(app));
	int row = draw_paragraph(term, 0, 0, term->columns, term->rows, STYLE_NORMAL,
				 question == NULL ? "The window is too small. Make it larger, or "
						    "leave with Ctrl-Q."
						  : question);
	if (question != NULL)
		(void)draw_paragraph(term, row, 0, term->columns, term->rows - row, STYLE_NORMAL,
				     "y or n, or make the window larger.");
}

static void app_draw(struct app *app)
{
	struct term *term = &app->term;
	if (!term->is_open)
		return;
	draw_begin(term);
	if (is_too_small(term)) {
		too_small_draw(app);
	} else {
		frame_notice_fit(term, app->notice);
		app_draw_screen(app, front(app));
		frame_bar(term, front(app));
	}
	draw_end(term);
	app->frame_is_old = false;
}

static void tty_readable(void *owner, int fd, short events);
static void input_act(struct app *app);

/* Keys that were typed before it was lent. */
static void input_resumed(void *owner)
{
	struct app *app = owner;
	loop_timer_stop(&app->loop, &app->esc_timer);
	input_act(app);
}

void app_terminal_lend(struct app *app)
{
	if (app->top->ops->covered != NULL)
		app->top->ops->covered(app->top);
	term_leave(&app->term);
	(void)loop_watch(&app->loop, app->term.fd, 0, tty_readable, app); /* only its hang-up */
}

void app_terminal_return(struct app *app)
{
	term_return(&app->term);
	(void)loop_watch(&app->loop, app->term.fd, POLLIN, tty_readable, app);
	(void)loop_timer_start(&app->loop, 0, input_resumed, app);
}

static void app_suspend(struct app *app)
{
	if (!app->term.is_open)
		return;	       /* it is lent: whoever has it is not to be left behind */
	clipboard_forget(app); /* we do not run when its time is up */
	app_terminal_lend(app);
	bool was_suspended = signals_suspend_self();
	app_terminal_return(app);
	if (!was_suspended)
		app_notice(app, "%s", SIGNALS_NOT_SUSPENDED);
}

/* What each screen shares; true where it was one of those. */
static bool app_act_common(struct app *app, enum action_id action)
{
	switch (action) {
	case ACTION_HELP: app_push(app, screen_help_new(app, app->top)); return true;
	case ACTION_MORE: app_push(app, screen_actions_new(app, app->top)); return true;
	case ACTION_LEAVE: screen_leave_ask(app); return true;
	case ACTION_REPAINT: term_repaint(&app->term); return true;
	case ACTION_SUSPEND:
		if (number_undo_is_any(app))
			app_notice(app, "%s", NUMBER_UNDO_NO_SUSPEND);
		else
			app_suspend(app);
		return true;
	case ACTION_LOCK: app_lock(app); return true;
	default: return false;
	}
}

void app_act(struct app *app, enum action_id action)
{
	struct screen *screen = front(app);
	if (action == ACTION_NONE ||
	    (screen->ops->offers != NULL && !screen->ops->offers(screen, action)))
		return;
	const char *why =
		screen->ops->why_not == NULL ? NULL : screen->ops->why_not(screen, action);
	if (why != NULL) {
		app_notice(app, "%s", why);
		return;
	}
	if (!app_act_common(app, action))
		screen->ops->act(screen, action);
}

static bool key_acts_at_once(uint32_t key)
{
	return key == (KEY_CTRL | 'q') || key == KEY_F10 || key == (KEY_CTRL | 'l') ||
	       key == (KEY_CTRL | 'z') || key == (KEY_CTRL | 'x');
}

/* In a window too small for a screen only what is shown there can be answered. */
static bool app_takes(const struct app *app, const struct input_event *event)
{
	if (!is_too_small(&app->term) || box_sentence(front(app)) != NULL)
		return true;
	return event->kind == INPUT_KEY && key_acts_at_once(event->key);
}

static void event_act(struct app *app, const struct input_event *event);

static void key_press(struct app *app, uint32_t key)
{
	event_act(app, &(struct input_event) { .kind = INPUT_KEY, .key = key });
}

/* A click on the focused row opens it, as Enter does; within a text being edited it does nothing.
 */
static void row_click(struct app *app, int row)
{
	struct screen *screen = front(app);
	int target = row < TERM_TARGETS_MAX ? app->term.targets[row] : -1;
	bool in_text = screen->ops->has_text_focus != NULL && screen->ops->has_text_focus(screen);
	if (target < 0)
		return;
	if (target != app->term.focused_target) {
		if (in_text) /* what is typed is kept, as by leaving the row with a key */
			key_press(app, KEY_DOWN_);
		screen->ops->act(screen, ACTION_ROW + (enum action_id)target);
	} else if (!in_text || app->term.cursor_row != row) {
		key_press(app, KEY_ENTER_);
	}
}

/* The mouse does what keys do. */
static void mouse_act(struct app *app, const struct input_event *event)
{
	if (!app->term.takes_mouse || is_too_small(&app->term))
		return;
	if (app->frame_is_old) /* a click is meant for what is shown */
		app_draw(app);
	if (event->kind != INPUT_CLICK) {
		for (int i = 0; i < WHEEL_ROWS; i++)
			key_press(app, event->kind == INPUT_WHEEL_UP ? KEY_UP_ : KEY_DOWN_);
	} else if (event->row == app->term.rows - 1) {
		enum action_id action = frame_bar_at(&app->term, front(app), event->column);
		if (action != ACTION_NONE)
			key_press(app, ACTIONS[action].keys[0]);
	} else {
		row_click(app, event->row);
	}
}

static void event_act(struct app *app, const struct input_event *event)
{
	if (event->kind != INPUT_KEY && event->kind != INPUT_PASTE) {
		mouse_act(app, event);
		return;
	}
	struct screen *screen = front(app);
	bool at_once = event->kind == INPUT_KEY && key_acts_at_once(event->key);
	if (!at_once && screen->ops->event != NULL && screen->ops->event(screen, event))
		return;
	if (event->kind == INPUT_PASTE) {
		app_notice(app, "Nothing here takes pasted text; it was left out.");
		return;
	}
	bool in_text = screen->ops->has_text_focus != NULL && screen->ops->has_text_focus(screen);
	enum action_id action = action_for_key(screen->ops->context, event->key, in_text);
	if (action == ACTION_NONE && event->key == (KEY_CTRL | 'c'))
		app_notice(app, "Ctrl-Q leaves sipdesk; Esc goes back.");
	app_act(app, action);
}

static void app_event(struct app *app, const struct input_event *event)
{
	free(app->notice);
	app->notice = NULL;
	if (app_takes(app, event))
		event_act(app, event);
	keys_touched(app);
	if (!app->is_ending)
		open_numbers_settle(app);
	app->frame_is_old = true;
}

static void input_expired(void *owner);

/* What has come is acted upon; a beginning that may become a sequence is given time. */
static void input_act(struct app *app)
{
	struct input_event event;
	while (!app->is_ending && app->term.is_open && input_next(&app->input, &event))
		app_event(app, &event);
	if (input_is_waiting(&app->input))
		app->esc_timer = loop_timer_start(&app->loop, app->term.esc_ms, input_expired, app);
}

static void input_expired(void *owner)
{
	struct app *app = owner;
	struct input_event event;
	app->esc_timer = 0;
	if (!app->term.is_open)
		return; /* lent: input_resumed comes back to it */
	if (input_expire(&app->input, &event))
		app_event(app, &event);
	input_act(app);
}

static void tty_readable(void *owner, int fd, short events)
{
	struct app *app = owner;
	char bytes[4096];
	(void)events;
	ssize_t got = read(fd, bytes, sizeof bytes);
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (got <= 0) { /* the terminal is gone, whether or not SIGHUP came */
		app_end(app, EXIT_INTERRUPTED);
		return;
	}
	loop_timer_stop(&app->loop, &app->esc_timer);
	input_push(&app->input, bytes, (size_t)got);
	secret_wipe(bytes, sizeof bytes); /* a key may have been typed */
	input_act(app);
}

static void signal_arrived(void *owner, int fd, short events)
{
	struct app *app = owner;
	char codes[64];
	(void)events;
	ssize_t got = read(fd, codes, sizeof codes);
	for (ssize_t i = 0; i < got; i++) {
		if (codes[i] == SIGNALS_SIZE)
			(void)term_resize(&app->term);
		else if (codes[i] == SIGNALS_SUSPEND)
			app_suspend(app);
		/* A Ctrl-C that came before the program that the terminal was lent to was for it.
		 */
		else if (codes[i] != SIGNALS_INTERRUPT || app->term.is_open)
			app_end(app, EXIT_INTERRUPTED);
	}
}

void app_practice_ready(struct app *app, const char *url)
{
	app->service = url == NULL ? APP_SERVICE_FAILED : APP_SERVICE_PRACTICE;
	mem_text_set(&app->practice_url, url);
	for (struct open_number *number = app->open; number != NULL; number = number->next)
		if (number->is_practice && !number->has_settings)
			open_number_read(number);
	number_states_resume(app);
}

static bool screens_open(struct app *app, const struct app_options *options, struct err *err)
{
	if (!term_open(&app->term, &options->term, app->term_notice, sizeof app->term_notice, err))
		return false;
	if (app->term_notice[0] != '\0')
		app_notice(app, "%s", app->term_notice);
	term_to_restore = &app->term;
	mem_on_exhausted(memory_exhausted);
	if (!input_init(&app->input, NULL)) {
		term_close(&app->term);
		return err_set(err, ERR_CONFIG, "The keyboard of this terminal is not known.");
	}
	(void)loop_watch(&app->loop, app->term.fd, POLLIN, tty_readable, app);
	return true;
}

bool app_init(struct app *app, const struct app_options *options, struct err *err)
{
	*app = (struct app) { .signal_pipe = { -1, -1 } };
	loop_init(&app->loop);
	numbers_init(&app->numbers);
	app->service = options->is_practice ? APP_SERVICE_STARTING : APP_SERVICE_REAL;
	app->practice_key = options->practice_key;
	/* Before the terminal: ncurses takes only signals that nobody has. */
	if (!signals_init(app->signal_pipe, err))
		return false;
	app->is_plain = options->is_plain;
	if (!app->is_plain && !screens_open(app, options, err)) {
		signals_release(app->signal_pipe);
		return false;
	}
	app->http = http_new(&app->loop, options->ca_file);
	app->log = options->log;
	http_log_to(app->http, app->log);
	app->states = number_states_new(app);
	keys_init(app);
	(void)loop_watch(&app->loop, app->signal_pipe[0], POLLIN, signal_arrived, app);
	return true;
}

static void log_failure_say(struct app *app)
{
	struct err err;
	if (request_log_failed(app->log, &err))
		app_notice(app, "%s", err.sentence);
}

int app_run(struct app *app)
{
	while (!app->is_ending) {
		app_draw(app);
		loop_step(&app->loop, LOOP_FOREVER);
		log_failure_say(app);
	}
	return app->exit_code;
}

static void practice_sips_release(struct app *app)
{
	for (size_t i = 0; i < app->practice_sip_count; i++) {
		free(app->practice_sips[i].hostname);
		free(app->practice_sips[i].address);
		free(app->practice_sips[i].ca_file);
	}
	free(app->practice_sips);
}

void app_release(struct app *app)
{
	clipboard_forget(app);
	app_curtain_set(app, NULL);
	while (app->top != NULL)
		app_pop(app);
	number_states_free(app->states);
	tls_checks_release(app, NULL);
	open_numbers_release(app);
	half_done_release(app);
	keys_release(app);
	http_free(app->http);
	mem_on_exhausted(NULL);
	term_close(&app->term);
	if (app->term_notice[0] != '\0') /* on stderr once the screen is gone: it would spoil it */
		(void)fprintf(stderr, "sipdesk: %s\n", app->term_notice);
	input_release(&app->input);
	signals_release(app->signal_pipe);
	numbers_release(&app->numbers);
	practice_sips_release(app);
	free(app->practice_url);
	free(app->notice);
}
