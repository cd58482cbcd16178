/*
 * The vault in a session of screens: opened with its passphrase once, then held (its keys, and the
 * passphrase for changes) until a lock. All work on the file is done in a child, one job after
 * another, so that no key press waits for it.
 */
#ifndef SIPDESK_UI_APP_VAULT_SESSION_H
#define SIPDESK_UI_APP_VAULT_SESSION_H

#include "ui/app/keys.h"

struct vault_job;

struct vault_session {
	struct app *app;
	struct secret passphrase; /* set while the vault is open */
	struct vault_keys keys;
	struct vault_job *jobs; /* in the order they came; one at a time has a child */
};

/* The session's; in keys.c. */
struct vault_session *keys_vault(struct app *app);

void vault_session_init(struct vault_session *session, struct app *app);
/* Ends what is under way, without callbacks. */
void vault_session_release(struct vault_session *session);

/* Reads the vault with this passphrase, or makes it (`is_new`). `done` is called from loop_step;
 * ERR_KEY: the passphrase is wrong. */
void vault_session_open(struct vault_session *session, const struct secret *passphrase, bool is_new,
			vault_done_fn *done, void *owner);
/* The change of vault_put, once the vault is open. */
void vault_session_put(struct vault_session *session, const char *id, const struct secret *key,
		       vault_done_fn *done, void *owner);
/* Do changes wait for the vault to be opened? */
bool vault_session_waits(const struct vault_session *session);
/* It was opened (`err` NULL), or will not be: changes that waited for it go on, or are given up. */
void vault_session_settle(struct vault_session *session, const struct err *err);
/* Ends what `owner` opens; what it changes is finished without telling it. */
void vault_session_forget(struct vault_session *session, const void *owner);
/* Wipes keys and passphrase. A change that is being written is finished; nothing else goes on. */
void vault_session_lock(struct vault_session *session);

#endif
