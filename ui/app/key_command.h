/*
 * Asks a command for an API key: the first line that it prints. It has the terminal meanwhile, so
 * that it can prompt; it is ended with its whole process group after KEY_COMMAND_MS, or once it
 * prints more than KEY_COMMAND_OUTPUT_MAX.
 */
#ifndef SIPDESK_UI_APP_KEY_COMMAND_H
#define SIPDESK_UI_APP_KEY_COMMAND_H

#include "base/err.h"
#include "base/loop.h"
#include "base/secret.h"

enum {
	KEY_COMMAND_MS = 20 * 1000,
	KEY_COMMAND_OUTPUT_MAX = 4096, /* bytes */
};

struct key_command;

/* `key` (tidied, borrowed until the callback returns) or NULL with `err`. The terminal has been
 * taken back by then. */
typedef void key_command_done_fn(void *owner, const struct secret *key, const struct err *err);

/* Starts `command` (argv, NULL-terminated, [0] found by PATH, no shell; borrowed until it is done).
 * `tty` -1: there is none; then it cannot ask. Calls `done` once, from loop_step. */
struct key_command *key_command_start(struct loop *loop, char *const *command, int tty,
				      key_command_done_fn *done, void *owner);
/* Ends it without a callback, sets it to NULL. */
void key_command_cancel(struct key_command **command);

#endif
