#include "ui/app/keys.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "ui/app/clipboard.h"
#include "ui/app/number_states.h"
#include "ui/app/open_number.h"
#include "ui/app/vault_session.h"
#include "ui/screens/screens.h"

#include <stdlib.h>

/* Somebody waits for a key, or for the vault to be open. */
struct key_request {
	struct key_request *next;
	struct app *app;
	key_done_fn *key_done; /* one of the two */
	vault_done_fn *vault_done;
	void *owner;
	char *id;	       /* of the number; NULL: it is none of the list's */
	char *label;	       /* for sentences */
	struct screen *screen; /* that asks on its behalf; NULL: none */
	struct key_source source;
	struct key_command *command; /* NULL: none runs */
};

struct keys {
	struct vault_session vault;
	struct key_request *requests;
	int64_t touched_ms; /* clock_monotonic_ms of the last key press */
	int idle_timer;	    /* 0 while no secret is held */
};

/* --- the idle time ---------------------------------------------------------------------------- */

static bool secret_is_held(const struct app *app)
{
	if (vault_is_open(app) || (app->curtain != NULL && app->curtain->ops->locked != NULL))
		return true;
	for (const struct open_number *number = app->open; number != NULL; number = number->next)
		if (secret_is_set(&number->endpoint.key))
			return true;
	for (const struct screen *screen = app->top; screen != NULL; screen = screen->below)
		if (screen->ops->locked != NULL)
			return true;
	return false;
}

/* A timer is not begun anew with every key: when it expires, the last one is looked at. */
static void idle_expired(void *owner)
{
	struct app *app = owner;
	struct keys *keys = app->keys;
	int64_t left = keys->touched_ms + KEYS_IDLE_MS - clock_monotonic_ms();
	keys->idle_timer = 0;
	if (!secret_is_held(app))
		return;
	if (left <= 0)
		app_lock(app);
	else
		keys->idle_timer = loop_timer_start(&app->loop, left, idle_expired, app);
}

void keys_touched(struct app *app)
{
	struct keys *keys = app->keys;
	keys->touched_ms = clock_monotonic_ms();
	if (keys->idle_timer == 0 && secret_is_held(app))
		keys->idle_timer = loop_timer_start(&app->loop, KEYS_IDLE_MS, idle_expired, app);
}

/* --- requests --------------------------------------------------------------------------------- */

static struct key_request *request_new(struct app *app, void *owner)
{
	struct key_request *request = mem_alloc(1, sizeof *request);
	request->app = app;
	request->owner = owner;
	request->next = app->keys->requests;
	app->keys->requests = request;
	return request;
}

/* One that is out of the list: its screen goes, its command ends. */
static void request_dispose(struct key_request *request)
{
	struct app *app = request->app;
	struct screen *screen = request->screen;
	bool has_terminal = request->command != NULL;
	request->screen = NULL;
	key_command_cancel(&request->command);
	if (has_terminal && !app->is_ending)
		app_terminal_return(app);
	if (screen != NULL)
		app_remove(app, screen);
	key_source_release(&request->source);
	free(request->id);
	free(request->label);
	free(request);
}

static void request_free(struct key_request *request)
{
	struct key_request **at = &request->app->keys->requests;
	while (*at != request)
		at = &(*at)->next;
	*at = request->next;
	request_dispose(request);
}

static void trouble_say(struct app *app, const struct err *err)
{
	struct str text;
	if (err == NULL || err->kind == ERR_CANCELLED)
		return;
	str_init(&text);
	screen_error_write(err, &text);
	app_push(app, screen_page_new(app, NULL, "API key", text.bytes));
	str_release(&text);
}

static void open_number_fill(struct app *app, const char *id, const struct secret *key)
{
	struct open_number *open = id == NULL ? NULL : open_number_find(app, id);
	if (open != NULL)
		(void)secret_copy(&open->endpoint.key, key, NULL); /* else it is asked for again */
	keys_touched(app);
}

/* Freed before its owner is told, who may ask for more at once. */
static void request_end(struct key_request *request, const struct secret *key,
			const struct err *err)
{
	struct app *app = request->app;
	key_done_fn *key_done = request->key_done;
	vault_done_fn *vault_done = request->vault_done;
	void *owner = request->owner;
	if (key != NULL)
		open_number_fill(app, request->id, key);
	request_free(request);
	if (vault_done != NULL) {
		vault_done(owner, err);
		return;
	}
	if (key == NULL)
		trouble_say(app, err);
	key_done(owner, key);
}

void keys_forget(struct app *app, void *owner)
{
	for (struct key_request **at = &app->keys->requests; *at != NULL;) {
		struct key_request *request = *at;
		if (request->owner != owner) {
			at = &request->next;
			continue;
		}
		*at = request->next;
		request_dispose(request);
	}
	vault_session_forget(&app->keys->vault, owner);
}

void keys_screen_gone(struct app *app, const struct screen *screen)
{
	for (struct key_request *request = app->keys->requests; request != NULL;
	     request = request->next)
		if (request->screen == screen)
			request->screen = NULL;
}

/* --- from a person ---------------------------------------------------------------------------- */

static void key_typed(void *owner, const struct secret *typed)
{
	struct secret key;
	secret_init(&key); /* the screen goes, and what was typed with it */
	bool is_there = typed != NULL && secret_copy(&key, typed, NULL);
	request_end(owner, is_there ? &key : NULL, NULL);
	secret_release(&key);
}

/* --- from a command --------------------------------------------------------------------------- */

static void command_done(void *owner, const struct secret *key, const struct err *err)
{
	struct key_request *request = owner;
	request->command = NULL;
	app_terminal_return(request->app);
	request_end(request, key, err);
}

/* On the person's own screen stands what is going on. */
static void command_announce(struct app *app, const struct key_request *request)
{
	struct str line, text;
	str_init(&line);
	str_init(&text);
	str_add(&line, "sipdesk runs this for the API key");
	if (request->label != NULL)
		str_addf(&line, " of %s", request->label);
	str_addf(&line, ", for at most %d seconds: ", KEY_COMMAND_MS / 1000);
	key_command_write(request->source.command, &line);
	text_show(&text, line.bytes);
	str_add_char(&text, '\n');
	term_write_raw(&app->term, text.bytes, text.length);
	str_release(&text);
	str_release(&line);
}

static void command_start(struct key_request *request, char *const *words)
{
	struct app *app = request->app;
	struct key_source source = { .kind = KEY_SOURCE_COMMAND, .command = (char **)words };
	key_source_copy(&request->source, &source);
	app_terminal_lend(app);
	command_announce(app, request);
	request->command = key_command_start(&app->loop, request->source.command, app->term.fd,
					     command_done, request);
}

void key_command_run(struct app *app, char *const *command, key_done_fn *done, void *owner)
{
	struct key_request *request = request_new(app, owner);
	request->key_done = done;
	command_start(request, command);
}

/* --- from the vault --------------------------------------------------------------------------- */

struct vault_session *keys_vault(struct app *app)
{
	return &app->keys->vault;
}

bool vault_is_open(const struct app *app)
{
	return secret_is_set(&app->keys->vault.passphrase);
}

/* Is there a vault, and is it whole? `*path` is the caller's to free. */
static bool vault_find(const struct app *app, char **path, bool *exists, struct err *err)
{
	*path = NULL;
	if (app->service != APP_SERVICE_REAL)
		return err_set(err, ERR_INPUT,
			       "In practice nothing is saved, so there is no vault.");
	*path = vault_path(err);
	return *path != NULL && vault_look(*path, exists, err);
}

/* Puts a screen up that asks for the passphrase. False with a sentence: it would be of no use. */
static bool passphrase_ask(struct key_request *request, bool may_make, vault_done_fn *unlocked,
			   struct err *err)
{
	struct app *app = request->app;
	bool exists = false;
	char *path;
	bool found = vault_find(app, &path, &exists, err);
	if (found && !exists && !may_make) {
		(void)err_set(err, ERR_CONFIG, "There is no vault at %s, and so no API key of %s.",
			      path, request->label);
		err_next_step(err, "Edit the number (F4 in the list of numbers) and give it its "
				   "key: that makes a vault.");
		found = false;
	}
	free(path);
	if (!found)
		return false;
	request->screen =
		screen_unlock_new(app, exists ? UNLOCK_VAULT : UNLOCK_NEW_VAULT, unlocked, request);
	app_push(app, request->screen);
	return true;
}

static void vault_unlocked(void *owner, const struct err *err)
{
	request_end(owner, NULL, err);
}

void vault_open(struct app *app, vault_done_fn *done, void *owner)
{
	struct err err;
	err_init(&err);
	if (vault_is_open(app)) {
		done(owner, NULL);
		return;
	}
	struct key_request *request = request_new(app, owner);
	request->vault_done = done;
	if (!passphrase_ask(request, true, vault_unlocked, &err))
		request_end(request, NULL, &err);
}

static void put_unlocked(void *owner, const struct err *err)
{
	struct keys *keys = owner;
	vault_session_settle(&keys->vault, err);
}

/* A key cannot be taken out of a vault that there is not. */
static bool vault_is_missing(const struct app *app)
{
	bool exists = true;
	char *path;
	bool found = vault_find(app, &path, &exists, NULL);
	free(path);
	return found && !exists;
}

void vault_put(struct app *app, const char *id, const struct secret *key, vault_done_fn *done,
	       void *owner)
{
	struct keys *keys = app->keys;
	bool waited = vault_session_waits(&keys->vault);
	if (key == NULL && !vault_is_open(app) && vault_is_missing(app)) {
		if (done != NULL)
			done(owner, NULL);
		return;
	}
	vault_session_put(&keys->vault, id, key, done, owner);
	if (!waited && vault_session_waits(&keys->vault))
		vault_open(app, put_unlocked, keys);
}

static void vault_take(struct key_request *request)
{
	struct secret key;
	struct err err;
	secret_init(&key);
	err_init(&err);
	bool found = vault_keys_find(&request->app->keys->vault.keys, request->id, &key);
	if (!found) {
		(void)err_set(&err, ERR_CONFIG, "The vault has no API key of %s.", request->label);
		err_next_step(&err, "Edit the number (F4 in the list of numbers) and give it its "
				    "key.");
	}
	request_end(request, found ? &key : NULL, &err);
	secret_release(&key);
}

static void fetch_unlocked(void *owner, const struct err *err)
{
	if (err == NULL)
		vault_take(owner);
	else
		request_end(owner, NULL, err);
}

static void vault_fetch(struct key_request *request)
{
	struct err err;
	err_init(&err);
	if (vault_is_open(request->app))
		vault_take(request);
	else if (!passphrase_ask(request, false, fetch_unlocked, &err))
		request_end(request, NULL, &err);
}

/* --- from wherever it lives ------------------------------------------------------------------- */

bool key_at_hand(struct app *app, const struct number *number, struct secret *key)
{
	const struct open_number *open = open_number_find(app, number->id);
	if (open != NULL && secret_is_set(&open->endpoint.key))
		return secret_copy(key, &open->endpoint.key, NULL);
	if (app->practice_key != NULL) {
		app->practice_key(number->id, key);
		if (secret_is_set(key))
			return true;
	}
	return number->key_source.kind == KEY_SOURCE_VAULT && vault_is_open(app) &&
	       vault_keys_find(&app->keys->vault.keys, number->id, key);
}

void key_fetch(struct app *app, const struct number *number, key_done_fn *done, void *owner)
{
	struct secret key;
	struct key_request *request = request_new(app, owner);
	request->key_done = done;
	request->id = mem_text(number->id);
	request->label = mem_text(number->label);
	secret_init(&key);
	if (key_at_hand(app, number, &key)) {
		request_end(request, &key, NULL);
	} else if (number->key_source.kind == KEY_SOURCE_VAULT) {
		vault_fetch(request);
	} else if (number->key_source.kind == KEY_SOURCE_COMMAND) {
		command_start(request, number->key_source.command);
	} else {
		request->screen =
			screen_key_new(app, number->label, number->api_url, key_typed, request);
		app_push(app, request->screen);
	}
	secret_release(&key);
}

/* --- the lock --------------------------------------------------------------------------------- */

static void requests_give_up(struct app *app)
{
	struct err err;
	(void)err_set(&err, ERR_CANCELLED, "sipdesk was locked.");
	while (app->keys->requests != NULL)
		request_end(app->keys->requests, NULL, &err);
}

static void screens_lock(struct app *app)
{
	struct screen *below;
	for (struct screen *screen = app->top; screen != NULL; screen = below) {
		below = screen->below;
		if (screen->ops->covered != NULL)
			screen->ops->covered(screen);
		if (screen->ops->locked != NULL)
			screen->ops->locked(screen);
	}
}

void app_lock(struct app *app)
{
	struct screen *curtain = app->curtain;
	if (curtain != NULL && curtain->ops->locked != NULL)
		curtain->ops->locked(curtain); /* a passphrase that was half typed */
	if (curtain != NULL)
		return;
	bool was_open = vault_is_open(app);
	requests_give_up(app);
	clipboard_forget(app);
	app_curtain_set(app, screen_lock_new(app, was_open));
	screens_lock(app);
	vault_session_lock(&app->keys->vault);
	number_states_cancel(app, NULL);
	for (struct open_number *number = app->open; number != NULL; number = number->next)
		open_number_lock(number);
	loop_timer_stop(&app->loop, &app->keys->idle_timer);
}

void keys_init(struct app *app)
{
	app->keys = mem_alloc(1, sizeof *app->keys);
	vault_session_init(&app->keys->vault, app);
}

void keys_release(struct app *app)
{
	struct key_request *next;
	for (struct key_request *request = app->keys->requests; request != NULL; request = next) {
		app->keys->requests = next = request->next;
		request_dispose(request);
	}
	loop_timer_stop(&app->loop, &app->keys->idle_timer);
	vault_session_release(&app->keys->vault);
	free(app->keys);
	app->keys = NULL;
}
