/*
 * API keys in a session of screens: fetched from where each lives when it is first needed, held in
 * the open numbers, wiped by a lock (Ctrl-X, or 15 minutes without a key pressed).
 *
 * The vault is asked for its passphrase once a session; scrypt and all writing happen in a child of
 * this program, so that no key press waits for them. Commands get the terminal (app_terminal_lend)
 * and are ended after KEY_COMMAND_MS.
 */
#ifndef SIPDESK_UI_APP_KEYS_H
#define SIPDESK_UI_APP_KEYS_H

#include "base/err.h"
#include "base/secret.h"
#include "store/vault.h"
#include "ui/app/app.h"
#include "ui/app/key_command.h"

#include <stdbool.h>

enum { KEYS_IDLE_MS = 15 * 60 * 1000 };

/* `key` borrowed until the callback returns; NULL: there is none, and the person has been told (or
 * has given up, or sipdesk was locked). */
typedef void key_done_fn(void *owner, const struct secret *key);
/* `err` NULL: done. It is borrowed, and nobody has been told of it yet (ERR_CANCELLED: the person
 * has given up). */
typedef void vault_done_fn(void *owner, const struct err *err);

void keys_init(struct app *app);
void keys_release(struct app *app);

/* Fetches the key of `number`: from the open number, the practice service, the open vault, else by
 * asking (passphrase or key) or running its command. Puts it into the open number of that id, where
 * there is one. May put screens on top; calls `done` once, from this call or later, and never after
 * keys_forget(owner). */
void key_fetch(struct app *app, const struct number *number, key_done_fn *done, void *owner);
/* Is it here already (open number, practice, open vault)? Touches neither file nor person. */
bool key_at_hand(struct app *app, const struct number *number, struct secret *key);
/* Runs a command that is not saved yet (the form tries it). Same promises as key_fetch, but that no
 * open number gets the key. */
void key_command_run(struct app *app, char *const *command, key_done_fn *done, void *owner);

/* Opens the vault (asks for the passphrase), or makes one (asks twice), unless it is open. `done`
 * is called once, from this call or later. */
void vault_open(struct app *app, vault_done_fn *done, void *owner);
/* Saves a key (NULL: takes it out); opens the vault first where it must. `done` may be NULL. One
 * that is being written when sipdesk is locked is written; one that waits for the passphrase is
 * given up. */
void vault_put(struct app *app, const char *id, const struct secret *key, vault_done_fn *done,
	       void *owner);
bool vault_is_open(const struct app *app);

/* Drops what was asked for by `owner`, and the screen that asks for it: call it in a screen's
 * release. A vault_put under way is finished all the same. */
void keys_forget(struct app *app, void *owner);
/* A screen that asks on behalf of a request here was taken away. */
void keys_screen_gone(struct app *app, const struct screen *screen);

/* Wipes every key and the passphrase, hides what is revealed, and blanks the screen until Enter.
 * Drafts stay. A send under way is let finish first; what it shows is blanked at once. */
void app_lock(struct app *app);
/* A key was pressed, or a secret has come: the idle time begins anew. */
void keys_touched(struct app *app);

#endif
