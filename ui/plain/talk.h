/*
 * How `--plain` talks with a person: sentences and numbered rows go to standard output, answers
 * come as whole lines from standard input. No colour, no cursor movement, no control character but
 * the line's end is ever written; text from outside is made fit to be shown.
 *
 * The program waits here and nowhere else, in the loop (base/loop.h), so that what is under way
 * goes on while a question stands. talk_ask and talk_wait are called one after another, never from
 * a callback. Secrets are not asked for here: see target_secret_ask.
 */
#ifndef SIPDESK_UI_PLAIN_TALK_H
#define SIPDESK_UI_PLAIN_TALK_H

#include "base/secret.h"
#include "base/str.h"
#include "ui/app/app.h"

#include <stdbool.h>
#include <stddef.h>

struct talk {
	struct app *app;
	struct str typed;    /* lines that have come and were not taken yet */
	bool is_over;	     /* Ctrl-D, or the terminal has gone: nothing more is asked */
	bool must_end;	     /* HUP or TERM: nothing is waited for either */
	bool is_interrupted; /* Ctrl-C, since the last question or wait began */
	bool asks_again;     /* something came between: the question is shown once more */
	const struct talk_ops *ops;
	void *owner;
};

struct talk_ops {
	/* A question stood without an answer for KEYS_IDLE_MS. */
	void (*idle)(void *owner);
	/* A question is about to be shown: what is to be heard with each may be said. */
	void (*asks)(void *owner);
};

/* Takes standard input and the signals over from the app. */
void talk_init(struct talk *talk, struct app *app, const struct talk_ops *ops, void *owner);
void talk_release(struct talk *talk);

/* One paragraph, broken at blanks to the terminal's width (80 where it has none); its further lines
 * begin below the first one's text where that is a row. */
void talk_say(struct talk *talk, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "12  words": what a person can choose by its number. */
void talk_row(struct talk *talk, size_t number, const char *words);
/* A title, after an empty line. */
void talk_title(struct talk *talk, const char *title);
/* Lines as they are, laid out by who calls, of text that is fit to be shown; ends them. */
void talk_lines(struct talk *talk, const char *text);
/* A page of text: its lines are broken as paragraphs, and what is broken keeps their blanks in
 * front. */
void talk_page(struct talk *talk, const char *text);
/* "label: " and a secret, made fit to be shown piece by piece: no copy of it stays. */
void talk_secret(struct talk *talk, const char *label, const struct secret *secret);
/* The error's sentence, the service's words, and the next step. */
void talk_error(struct talk *talk, const struct err *err);
/* The app's notice, if there is one; talk_ask and talk_wait do it by themselves, also while they
 * wait. */
void talk_notice(struct talk *talk);

/* Shows `prompt` and waits for a line; blanks at its ends are taken off. Caller frees. NULL: Ctrl-C
 * (is_interrupted) or Ctrl-D (is_over). */
char *talk_ask(struct talk *talk, const char *prompt);
/* Asks until it is y or n; NULL of talk_ask is n. Lines typed ahead do not count. */
bool talk_agrees(struct talk *talk, const char *question);
/* Asks until it is a number from 1 to `count`: returns it less one. -1: an empty line, "back",
 * Ctrl-C or Ctrl-D. */
int talk_choose(struct talk *talk, const char *prompt, size_t count);
/* The same of what comes unasked and is not to be taken back: lines typed ahead do not count. */
int talk_decide(struct talk *talk, const char *prompt, size_t count);

/* Waits while `is_under_way`. False: Ctrl-C, or must_end; then it may still be under way. */
bool talk_wait(struct talk *talk, bool (*is_under_way)(const void *owner), const void *owner);

/* Waits until there is something to read from `tty`, which another then reads. False: must_end. */
bool talk_wait_input(struct talk *talk, int tty);

/* Columns of the terminal, as far as lines are filled. */
int talk_columns(void);

/* A whole number from 1 to `most`; false where the text is not one. */
bool talk_number(const char *text, size_t most, size_t *number);

#endif
