#include "ui/app/number_saving.h"

#include "base/clock.h"
#include "base/mem.h"
#include "store/fingerprints.h"
#include "ui/app/keys.h"
#include "ui/app/open_number.h"

#include <stdlib.h>

enum { TICK_MS = 1000 };

void number_saving_init(struct number_saving *saving, struct app *app, number_saving_fn *changed,
			void *owner)
{
	*saving = (struct number_saving) { .app = app, .changed = changed, .owner = owner };
	secret_init(&saving->key);
	settings_init(&saving->settings);
	err_init(&saving->err);
}

static void trial_drop(struct number_saving *saving)
{
	client_cancel(&saving->reading);
	loop_timer_stop(&saving->app->loop, &saving->tick_timer);
	settings_release(&saving->settings);
	saving->has_settings = false;
	err_init(&saving->err);
}

static void all_drop(struct number_saving *saving)
{
	keys_forget(saving->app, saving);
	trial_drop(saving);
	number_release(&saving->wanted);
	number_release(&saving->before);
	saving->wanted = saving->before = (struct number) { 0 };
	secret_release(&saving->key);
	mem_text_set(&saving->same_key, NULL);
	mem_text_set(&saving->notice, NULL);
}

void number_saving_release(struct number_saving *saving)
{
	all_drop(saving);
}

static void state_set(struct number_saving *saving, enum number_saving_state state)
{
	saving->state = state;
	saving->changed(saving->owner);
}

static void fail(struct number_saving *saving, const struct err *err)
{
	struct err kept = *err;
	all_drop(saving);
	saving->err = kept;
	state_set(saving, NUMBER_SAVING_IDLE);
}

void number_saving_cancel(struct number_saving *saving)
{
	struct err none;
	err_init(&none);
	fail(saving, &none);
}

void number_saving_lock(struct number_saving *saving)
{
	if (saving->state == NUMBER_SAVING_WRITING)
		secret_release(&saving->key); /* the vault's writer has its own */
	else if (saving->state != NUMBER_SAVING_IDLE)
		number_saving_cancel(saving);
}

static bool is_edit(const struct number_saving *saving)
{
	return saving->before.id != NULL;
}

static bool is_in_vault(const struct number *number)
{
	return number->id != NULL && number->key_source.kind == KEY_SOURCE_VAULT;
}

static bool needs_trial(const struct number_saving *saving)
{
	return !is_edit(saving) || saving->key_is_typed ||
	       !text_equal(saving->wanted.api_url, saving->before.api_url) ||
	       !key_source_equal(&saving->wanted.key_source, &saving->before.key_source);
}

static bool fills_vault(const struct number_saving *saving)
{
	return saving->wanted.key_source.kind == KEY_SOURCE_VAULT &&
	       (saving->key_is_typed || !is_in_vault(&saving->before));
}

bool number_saving_empties_vault(const struct number_saving *saving)
{
	return is_in_vault(&saving->before) && saving->wanted.key_source.kind != KEY_SOURCE_VAULT;
}

const char *number_saving_why_not(const struct app *app, enum key_source_kind kind)
{
	if (kind == KEY_SOURCE_ASK)
		return NULL;
	if (app->service != APP_SERVICE_REAL)
		return "In practice nothing is saved: the key is asked for in each session.";
	if (kind == KEY_SOURCE_VAULT && app->numbers.path == NULL)
		return "The saved list cannot be used, so the vault would keep a key of no number.";
	return NULL;
}

/* --- writing ---------------------------------------------------------------------------------- */

/* The number as it is in the list now; its key and what was read of it go with it. */
static void session_follow(struct number_saving *saving, const struct number *saved)
{
	struct app *app = saving->app;
	struct open_number *open = open_number_find(app, saved->id);
	if (open == NULL && !secret_is_set(&saving->key))
		return;
	if (open == NULL)
		open = open_number_of(app, saved);
	open_number_follow(open, saved);
	if (secret_is_set(&saving->key))
		(void)secret_copy(&open->endpoint.key, &saving->key,
				  NULL); /* else it is asked for */
	if (saving->has_settings)
		open_number_arrived(open, &saving->settings);
}

static void saved_say(const struct number_saving *saving)
{
	struct app *app = saving->app;
	const char *label = saving->wanted.label;
	if (saving->notice != NULL)
		app_notice(app, "%s", saving->notice);
	else if (app->service == APP_SERVICE_REAL && app->numbers.path == NULL)
		app_notice(app, "The saved list cannot be used: %s is kept for this session only.",
			   label);
	else if (!saving->has_settings && needs_trial(saving))
		app_notice(app, "%s is saved; its API key was not tried.", label);
	else if (is_edit(saving))
		app_notice(app, "%s is saved.", label);
}

static void finish(struct number_saving *saving)
{
	struct app *app = saving->app;
	struct err unnoted;
	const struct number *saved = numbers_find_id(&app->numbers, saving->wanted.id);
	if (saved != NULL)
		session_follow(saving, saved);
	/* That it is not noted costs a warning some day, and nothing now. */
	if (saving->has_settings && secret_is_set(&saving->key) && app->service == APP_SERVICE_REAL)
		(void)fingerprint_note(saving->wanted.id, &saving->key, &unnoted);
	saved_say(saving);
	state_set(saving, NUMBER_SAVING_DONE);
}

static void vault_emptied(void *owner, const struct err *err)
{
	struct number_saving *saving = owner;
	if (err != NULL)
		saving->notice = mem_format("%s is saved, but its key is still in the vault. %s",
					    saving->wanted.label, err->sentence);
	finish(saving);
}

/* Nothing was saved: what is shown stays, the sentence is said. */
static void write_fail(struct number_saving *saving, const struct err *err)
{
	if (err->field[0] != '\0' || err->kind == ERR_CONFLICT || !secret_is_set(&saving->key)) {
		fail(saving, err);
		return;
	}
	app_notice(saving->app, "Nothing was saved. %s", err->sentence);
	state_set(saving, NUMBER_SAVING_TRIED);
}

/* Another session may have taken the name, or removed the number: no number, no key of it. */
static void list_refused(struct number_saving *saving, const struct err *err)
{
	if (fills_vault(saving) && (!is_edit(saving) || err->kind == ERR_CONFLICT))
		vault_put(saving->app, saving->wanted.id, NULL, NULL, NULL);
	write_fail(saving, err);
}

static void list_change(struct number_saving *saving)
{
	struct numbers *numbers = &saving->app->numbers;
	struct err err;
	bool had_set_aside = numbers->set_aside != NULL;
	bool is_saved = is_edit(saving)
				? numbers_replace(numbers, saving->before.id, &saving->wanted, &err)
				: numbers_add(numbers, &saving->wanted, 1, NULL, &err);
	if (!is_saved && !numbers_kept_in_memory(&err)) {
		list_refused(saving, &err);
		return;
	}
	if (!is_saved)
		saving->notice = mem_format("This is kept for this session only. %s", err.sentence);
	else if (!had_set_aside && numbers->set_aside != NULL)
		saving->notice = mem_format("%s is saved. The damaged list is kept as %s.",
					    saving->wanted.label, numbers->set_aside);
	if (!is_saved || !number_saving_empties_vault(saving)) {
		finish(saving);
		return;
	}
	state_set(saving, NUMBER_SAVING_WRITING);
	vault_put(saving->app, saving->wanted.id, NULL, vault_emptied, saving);
}

static void vault_filled(void *owner, const struct err *err)
{
	struct number_saving *saving = owner;
	if (err != NULL)
		write_fail(saving, err);
	else
		list_change(saving);
}

void number_saving_agree(struct number_saving *saving)
{
	if (!fills_vault(saving)) {
		list_change(saving);
		return;
	}
	state_set(saving, NUMBER_SAVING_WRITING);
	vault_put(saving->app, saving->wanted.id, &saving->key, vault_filled, saving);
}

/* --- the key ---------------------------------------------------------------------------------- */

static const char *key_field(const struct number_saving *saving)
{
	return saving->wanted.key_source.kind == KEY_SOURCE_COMMAND ? "command" : "key";
}

static void key_compare(struct number_saving *saving)
{
	const struct app *app = saving->app;
	if (app->service != APP_SERVICE_REAL)
		return;
	char *id = fingerprint_other(saving->wanted.id, &saving->key);
	const struct number *other = id == NULL ? NULL : numbers_find_id(&app->numbers, id);
	if (other != NULL)
		mem_text_set(&saving->same_key, other->label);
	free(id);
}

static void ticked(void *owner)
{
	struct number_saving *saving = owner;
	/* the loop's turn draws */
	saving->tick_timer = loop_timer_start(&saving->app->loop, TICK_MS, ticked, saving);
}

static void tried(void *owner, const char *bytes, size_t length, const struct err *err)
{
	struct number_saving *saving = owner;
	saving->reading = NULL;
	loop_timer_stop(&saving->app->loop, &saving->tick_timer);
	if (bytes == NULL)
		saving->err = *err;
	else
		saving->has_settings = settings_decode(&saving->settings, bytes, length,
						       clock_now(), &saving->err);
	if (saving->err.kind == ERR_KEY) {
		err_field(&saving->err, key_field(saving));
		fail(saving, &saving->err);
		return;
	}
	key_compare(saving);
	state_set(saving, NUMBER_SAVING_TRIED);
}

void number_saving_try(struct number_saving *saving)
{
	struct endpoint endpoint;
	struct err err;
	trial_drop(saving);
	endpoint_init(&endpoint);
	mem_text_set(&endpoint.label, saving->wanted.label);
	mem_text_set(&endpoint.api_url, saving->wanted.api_url);
	if (!secret_copy(&endpoint.key, &saving->key, &err)) {
		endpoint_release(&endpoint);
		fail(saving, &err);
		return;
	}
	saving->reading = client_read(saving->app->http, &endpoint, false, tried, saving);
	endpoint_release(&endpoint);
	ticked(saving);
	state_set(saving, NUMBER_SAVING_TRYING);
}

static void key_came(void *owner, const struct secret *key)
{
	struct number_saving *saving = owner;
	struct err err;
	err_init(&err);
	/* Without one the person has been told, or has given up. */
	if (key == NULL || !secret_copy(&saving->key, key, &err)) {
		err_field(&err, key_field(saving));
		fail(saving, &err);
		return;
	}
	number_saving_try(saving);
}

static void key_fetch_begin(struct number_saving *saving)
{
	struct app *app = saving->app;
	struct err err;
	if (saving->key_is_typed) {
		number_saving_try(saving);
	} else if (saving->wanted.key_source.kind == KEY_SOURCE_COMMAND) {
		state_set(saving, NUMBER_SAVING_KEY);
		key_command_run(app, saving->wanted.key_source.command, key_came, saving);
	} else if (is_edit(saving)) {
		state_set(saving, NUMBER_SAVING_KEY);
		key_fetch(app, &saving->before, key_came, saving);
	} else {
		(void)err_set(&err, ERR_INPUT, "This number has no API key yet.");
		err_next_step(&err, "Type or paste it here.");
		err_field(&err, "key");
		fail(saving, &err);
	}
}

/* --- the start -------------------------------------------------------------------------------- */

static bool place_judge(const struct number_saving *saving, struct err *err)
{
	const struct app *app = saving->app;
	const char *why = number_saving_why_not(app, saving->wanted.key_source.kind);
	if (why != NULL) {
		(void)err_set(err, ERR_INPUT, "%s", why);
		err_field(err, key_field(saving));
		return false;
	}
	/* http:// was found to be a loopback address by number_entry_read */
	if (app->service == APP_SERVICE_REAL || text_starts_with(saving->wanted.api_url, "http://"))
		return true;
	(void)err_set(err, ERR_INPUT,
		      "In practice nothing leaves this machine: only the practice service's "
		      "address can be used here.");
	err_field(err, "api_url");
	return false;
}

static bool before_find(struct number_saving *saving, const char *id, struct err *err)
{
	const struct number *saved = numbers_find_id(&saving->app->numbers, id);
	if (saved == NULL)
		return err_set(err, ERR_CONFLICT, "This number was removed meanwhile.");
	number_copy(&saving->before, saved);
	return true;
}

static bool typed_take(struct number_saving *saving, const struct number_entry *entry,
		       struct err *err)
{
	saving->key_is_typed =
		secret_is_set(&entry->key) && entry->now.key_source != KEY_SOURCE_COMMAND;
	if (!number_entry_read(entry, &saving->wanted, err))
		return false;
	if (entry->id != NULL && !before_find(saving, entry->id, err))
		return false;
	if (!numbers_judge(&saving->app->numbers, &saving->wanted, entry->id, err) ||
	    !place_judge(saving, err))
		return false;
	if (!saving->key_is_typed)
		return true;
	if (secret_copy(&saving->key, &entry->key, err) && secret_tidy_key(&saving->key, err))
		return true;
	err_field(err, "key");
	return false;
}

void number_saving_start(struct number_saving *saving, const struct number_entry *entry)
{
	struct err err;
	err_init(&err);
	all_drop(saving);
	if (!typed_take(saving, entry, &err)) {
		fail(saving, &err);
		return;
	}
	if (saving->wanted.id == NULL)
		saving->wanted.id = number_id_make();
	if (needs_trial(saving))
		key_fetch_begin(saving);
	else
		number_saving_agree(saving);
}
