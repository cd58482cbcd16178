/*
 * The app object: the event loop's state, the screen stack, the open numbers. There is one; all
 * state that lives longer than a screen is in it.
 */
#ifndef SIPDESK_UI_APP_APP_H
#define SIPDESK_UI_APP_APP_H

#include "base/err.h"
#include "base/loop.h"
#include "base/secret.h"
#include "service/http.h"
#include "store/numbers.h"
#include "store/preferences.h"
#include "ui/app/screen.h"
#include "ui/term/input.h"
#include "ui/term/term.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct half_done;
struct keys;
struct number_states;
struct open_number;
struct request_log;
struct tls_check;

enum app_service {
	APP_SERVICE_REAL,
	APP_SERVICE_STARTING,
	APP_SERVICE_PRACTICE,
	APP_SERVICE_FAILED
};

/* Puts the key of the practice number with this id into `key`; leaves it empty where it is none. */
typedef void app_practice_key_fn(const char *id, struct secret *key);

/* A practice SIP server: where its hostname is to be found, and what to trust there. */
struct practice_sip {
	char *hostname, *address, *ca_file;
	uint16_t port;
};

struct app {
	struct loop loop;
	struct term term;
	struct input input;
	struct http *http;
	struct request_log *log; /* --log's; borrowed; NULL: none is kept */
	struct screen *top;
	struct screen *curtain; /* shown instead of the stack while locked; NULL: it is not */
	struct keys *keys;
	struct preferences preferences;
	struct numbers numbers;
	struct number_states *states; /* what is known of each for the list */
	struct half_done *half_done;  /* what earlier sessions left; NULL: not looked for */
	struct open_number *open;     /* list of numbers opened in this session, newest first */
	struct tls_check *checks;     /* TLS checks run in this session, newest first */
	char *notice; /* one sentence above the bar until the next key; NULL: none */
	enum app_service service;
	char *practice_url;		    /* the practice service's, once it listens */
	struct practice_sip *practice_sips; /* NULL until the practice service listens */
	size_t practice_sip_count;
	app_practice_key_fn *practice_key; /* NULL: keys are asked for */
	bool is_plain; /* no terminal is open and no screen stands: ui/plain looks for itself at
			  what is to be asked */
	char term_notice[160]; /* what term_open had to say; empty: nothing */
	int signal_pipe[2];
	bool frame_is_old; /* events were acted upon since it was drawn */
	int esc_timer;
	int frame_timer;      /* what is shown counts time; 0: nothing does */
	int64_t frame_due_ms; /* clock_monotonic_ms of that frame */
	int clipboard_timer;  /* 0: no password of ours is in the terminal's clipboard */
	bool is_ending;
	int exit_code;
};

struct app_options {
	struct term_options term;
	bool is_plain; /* without screens: the terminal is not opened */
	bool is_practice;
	app_practice_key_fn *practice_key; /* NULL unless is_practice */
	const char *ca_file;	 /* trusted instead of the system's list; NULL: the system's */
	struct request_log *log; /* of all requests; outlives the app; NULL: none is kept */
};

/* Opens the terminal, unless it is plain. On failure nothing is left open. */
bool app_init(struct app *app, const struct app_options *options, struct err *err);
/* Runs until app_end. Returns the exit code. */
int app_run(struct app *app);
void app_release(struct app *app);
void app_end(struct app *app, int exit_code);

/* Puts a screen on top; the app owns it from here. `screen` was made with screen_new. */
void app_push(struct app *app, struct screen *screen);
/* Takes the top screen away and frees it. */
void app_pop(struct app *app);
/* The same for one that others may stand on. */
void app_remove(struct app *app, struct screen *screen);
/* Hangs a screen before the stack, which stays as it is behind it: it alone is drawn and gets
 * events. Replaces the one there is; NULL takes it away. */
void app_curtain_set(struct app *app, struct screen *screen);
/* The terminal is another program's for a while: nothing is drawn, no key is read. And back. */
void app_terminal_lend(struct app *app);
void app_terminal_return(struct app *app);
/* Allocates a screen's struct of `size` bytes, whose first member is its struct screen. */
void *screen_new(struct app *app, size_t size, const struct screen_ops *ops);

/* Shows a sentence above the bar until the next key. Borrowed; copied. */
void app_notice(struct app *app, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* From a screen's draw: it counts time, so a frame is due by then. Of several the first counts. */
void app_frame_in(struct app *app, int64_t ms);

/* Does `action` on the top screen, or says why it cannot be done. */
void app_act(struct app *app, enum action_id action);

/* The practice service listens, or will not (`url` NULL). */
void app_practice_ready(struct app *app, const char *url);

#endif
