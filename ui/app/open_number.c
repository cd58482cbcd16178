#include "ui/app/open_number.h"

#include "base/clock.h"
#include "base/mem.h"
#include "calling/put_back.h"
#include "calling/rules.h"
#include "ui/app/draft_keeper.h"
#include "ui/app/number_sequence.h"
#include "ui/app/number_states.h"
#include "ui/app/tls_check.h"
#include "ui/screens/screens.h"

#include <stdlib.h>
#include <string.h>

enum { TICK_MS = 1000 };

struct open_number *open_number_find(struct app *app, const char *id)
{
	struct open_number *number = app->open;
	while (number != NULL && !text_equal(number->id, id))
		number = number->next;
	return number;
}

void open_number_follow(struct open_number *number, const struct number *saved)
{
	mem_text_set(&number->label, saved->label);
	mem_text_set(&number->phone_number, saved->phone_number);
	mem_text_set(&number->endpoint.label, saved->label);
	mem_text_set(&number->endpoint.api_url, saved->api_url);
	number->key_source = saved->key_source.kind;
	number->is_read_only = saved->is_read_only;
	open_number_writable_follow(number);
}

void open_number_writable_follow(struct open_number *number)
{
	number->endpoint.is_read_only =
		number->is_read_only || draft_keeper_why_locked(number) != NULL;
}

static bool is_practice_number(const struct app *app, const char *id)
{
	struct secret key;
	secret_init(&key);
	if (app->practice_key != NULL)
		app->practice_key(id, &key);
	bool is_one = secret_is_set(&key);
	secret_release(&key);
	return is_one;
}

struct open_number *open_number_of(struct app *app, const struct number *saved)
{
	struct open_number *number = open_number_find(app, saved->id);
	if (number != NULL)
		return number;
	number = mem_alloc(1, sizeof *number);
	number->app = app;
	number->id = mem_text(saved->id);
	number->is_practice = is_practice_number(app, saved->id);
	endpoint_init(&number->endpoint);
	endpoint_init(&number->sequence_endpoint);
	open_number_follow(number, saved);
	settings_init(&number->settings);
	settings_init(&number->incoming);
	changes_init(&number->changes);
	findings_init(&number->findings);
	err_init(&number->read_error);
	number->next = app->open;
	app->open = number;
	return number;
}

void open_number_merge_drop(struct open_number *number)
{
	if (number->merge == NULL)
		return;
	merge_release(number->merge);
	free(number->merge);
	number->merge = NULL;
	settings_release(&number->incoming);
	number->has_incoming = false;
}

static void number_free(struct open_number *number)
{
	keys_forget(number->app, number);
	client_cancel(&number->reading);
	loop_timer_stop(&number->app->loop, &number->tick_timer);
	number_sequence_release(number);
	draft_keeper_release(number);
	open_number_merge_drop(number);
	settings_release(&number->incoming);
	if (number->has_settings)
		draft_release(&number->draft);
	settings_release(&number->settings);
	changes_release(&number->changes);
	findings_release(&number->findings);
	endpoint_release(&number->endpoint);
	free(number->id);
	free(number->label);
	free(number->phone_number);
	free(number);
}

void open_number_close(struct open_number *number)
{
	struct open_number **at = &number->app->open;
	while (*at != number)
		at = &(*at)->next;
	*at = number->next;
	tls_checks_release(number->app, number);
	number_free(number);
}

void open_numbers_release(struct app *app)
{
	struct open_number *number = app->open;
	app->open = NULL;
	while (number != NULL) {
		struct open_number *next = number->next;
		number_free(number);
		number = next;
	}
}

/* What follows from base and draft is computed here and nowhere else. */
static void consequences_follow(struct open_number *number)
{
	struct change_lines lines = { 0 };
	changes_release(&number->changes);
	changes_compute(&number->settings.values, &number->draft.mine, false, &number->changes);
	change_lines_compute(&number->settings.values, &number->draft.mine, &lines);
	number->changed_count = lines.count;
	change_lines_release(&lines);
	findings_release(&number->findings);
	rules_check(&number->settings, &number->draft.mine, &number->findings);
	draft_keeper_touched(number);
}

static void places_moved(struct open_number *number)
{
	number->generation++;
	tls_checks_follow(number);
	consequences_follow(number);
}

static void base_replace(struct open_number *number, struct calling_settings *newer)
{
	if (number->has_settings)
		draft_release(&number->draft);
	settings_release(&number->settings);
	number->settings = *newer;
	settings_init(newer);
	draft_init(&number->draft, &number->settings);
	number->has_settings = true;
	places_moved(number);
}

/* The base gives way to a newer one under a draft; `mine` is what the person wants on top of it. */
static void base_move(struct open_number *number, struct calling_settings *newer,
		      struct calling_values *mine)
{
	settings_release(&number->settings);
	number->settings = *newer;
	settings_init(newer);
	draft_rebase(&number->draft, &number->settings, mine);
	places_moved(number);
}

static void taken_over_say(struct open_number *number)
{
	const struct merge *merge = number->merge;
	if (merge->count == 0)
		return;
	const struct merge_item *first = &merge->items[0];
	if (merge->count == 1)
		app_notice(number->app, "Changed elsewhere meanwhile and taken over: %s is now %s.",
			   first->label, first->theirs_text == NULL ? "none" : first->theirs_text);
	else
		app_notice(number->app,
			   "%zu settings were changed elsewhere meanwhile and taken over: %s, …",
			   merge->count, first->label);
}

void open_number_merged(struct open_number *number)
{
	struct calling_values mine;
	values_init(&mine);
	merge_result(number->merge, &mine);
	base_move(number, &number->incoming, &mine);
	open_number_merge_drop(number);
}

static void incoming_settle(struct open_number *number)
{
	if (draft_keeper_found_at(number) != 0) {
		if (!number->asks_about_draft && !number->app->is_plain)
			screen_draft_found_ask(number);
		return;
	}
	if (!number->has_settings || !draft_is_changed(&number->draft)) {
		base_replace(number, &number->incoming);
		number->has_incoming = false;
		return;
	}
	number->merge = mem_alloc(1, sizeof *number->merge);
	merge_init(number->merge);
	merge_compute(number->merge, &number->settings.values, &number->incoming.values,
		      &number->draft.mine);
	if (merge_conflict_count(number->merge) > 0) {
		if (!number->app->is_plain)
			app_push(number->app, screen_reading_conflict_new(number->app, number));
		return;
	}
	if (!number->incoming_is_ours)
		taken_over_say(number);
	open_number_merged(number);
}

void open_number_take_back(struct open_number *number, const struct calling_settings *base,
			   const struct calling_values *mine, bool is_unknown)
{
	struct calling_settings taken;
	struct calling_values wanted;
	settings_copy(&taken, base);
	values_copy(&wanted, mine);
	base_replace(number, &taken);
	draft_rebase(&number->draft, &number->settings, &wanted);
	number->is_unknown = is_unknown;
	number->state = NUMBER_NOT_READ;
	places_moved(number);
}

void open_number_found_continue(struct open_number *number)
{
	draft_keeper_decided(number);
	incoming_settle(number);
}

void open_number_found_discard(struct open_number *number)
{
	base_replace(number, &number->incoming);
	number->has_incoming = false;
	draft_keeper_decided(number);
}

/* Nothing is to move now: text is being entered, or a question is open. */
static bool screen_is_busy(const struct app *app)
{
	const struct screen_ops *top = app->is_plain ? NULL : app->top->ops;
	return top != NULL &&
	       (top->is_overlay || (top->has_text_focus != NULL && top->has_text_focus(app->top)));
}

void open_numbers_settle(struct app *app)
{
	struct open_number *next;
	if (app->curtain != NULL)
		return; /* nor under the lock */
	for (struct open_number *number = app->open; number != NULL; number = next) {
		next = number->next;
		if (screen_is_busy(app))
			return;
		if (number->has_incoming && number->merge == NULL)
			incoming_settle(number);
	}
}

static void incoming_take(struct open_number *number, struct calling_settings *newer)
{
	number->state = NUMBER_READ;
	number_states_read(number->app, number->id, newer);
	number->incoming = *newer;
	number->has_incoming = true;
	settings_init(newer);
	if (number->has_settings)
		open_numbers_settle(number->app);
	else
		incoming_settle(number); /* nothing is shown yet that could move */
}

static void settings_arrived(struct open_number *number, struct calling_settings *newer)
{
	number->is_unknown = number->incoming_is_ours = false;
	number_sequence_was_read(number);
	draft_keeper_seen(number, newer);
	incoming_take(number, newer);
}

void open_number_arrived(struct open_number *number, struct calling_settings *newer)
{
	open_number_read_cancel(number);
	open_number_merge_drop(number);
	settings_release(&number->incoming);
	err_init(&number->read_error);
	settings_arrived(number, newer);
}

static void ticked(void *owner)
{
	struct open_number *number = owner;
	number->tick_timer = 0;
	if (number->reading != NULL) /* the loop's turn draws */
		number->tick_timer = loop_timer_start(&number->app->loop, TICK_MS, ticked, number);
}

/* The next reading fetches another; where it will find the same, how to replace it is said. */
static void key_refused(struct open_number *number)
{
	static const char *const next_steps[KEY_SOURCE_COUNT] = {
		[KEY_SOURCE_VAULT] =
			"The vault has this key for it: edit the number (F4 in the list "
			"of numbers) and give it the key that is right.",
		[KEY_SOURCE_COMMAND] = "Its command gave this key: put the right one where the "
				       "command finds it, or edit the number (F4 in the list of "
				       "numbers).",
	};
	secret_release(&number->endpoint.key);
	if (!number->is_practice && next_steps[number->key_source] != NULL)
		err_next_step(&number->read_error, "%s", next_steps[number->key_source]);
}

static void unchanged_say(const struct open_number *number, const struct calling_settings *newer)
{
	char read_at[CLOCK_TEXT_SIZE];
	struct changes changes;
	if (!number->is_reread || !number->has_settings)
		return;
	changes_init(&changes);
	changes_compute(&number->settings.values, &newer->values, true, &changes);
	if (changes.count == 0)
		app_notice(number->app, "Read again at %s: nothing has changed.",
			   clock_hour_minute(newer->read_at, read_at));
	changes_release(&changes);
}

static void read_done(void *owner, const char *bytes, size_t length, const struct err *err)
{
	struct open_number *number = owner;
	struct calling_settings newer;
	number->reading = NULL;
	loop_timer_stop(&number->app->loop, &number->tick_timer);
	settings_init(&newer);
	if (bytes == NULL)
		number->read_error = *err;
	else if (settings_decode(&newer, bytes, length, clock_now(), &number->read_error)) {
		unchanged_say(number, &newer);
		settings_arrived(number, &newer);
	}
	number->is_reread = false;
	if (number->read_error.kind != ERR_NONE)
		number->state = NUMBER_FAILED;
	if (number->read_error.kind == ERR_KEY)
		key_refused(number);
	if (number->state == NUMBER_FAILED)
		number_states_failed(number->app, number->id, &number->read_error);
	if (number->state == NUMBER_FAILED && number->has_settings) /* else it has the screen */
		app_notice(number->app, "%s %s", number->read_error.sentence,
			   number->read_error.next_step);
	settings_release(&newer);
}

void open_number_key_fetch(struct open_number *number, key_done_fn *done, void *owner)
{
	const struct number *saved = numbers_find_id(&number->app->numbers, number->id);
	/* Removed by another session, it can still be worked on in this one. */
	struct number removed = { .id = number->id,
				  .label = number->label,
				  .api_url = number->endpoint.api_url };
	key_fetch(number->app, saved == NULL ? &removed : saved, done, owner);
}

void open_number_lock(struct open_number *number)
{
	if (number->reading != NULL)
		open_number_read_cancel(number);
	number_sequence_lock(number);
	secret_release(&number->endpoint.key);
}

static void read_key_came(void *owner, const struct secret *key)
{
	struct open_number *number = owner;
	number->is_reread = number->is_reread && key != NULL;
	if (key != NULL)
		open_number_read(number);
	else if (!number->has_settings && number->state != NUMBER_FAILED)
		number->state = NUMBER_CANCELLED;
}

void open_number_read(struct open_number *number)
{
	struct app *app = number->app;
	if (number->reading != NULL || number->has_incoming || number_sequence_is_running(number))
		return;
	if (draft_keeper_why_locked(number) != NULL) {
		draft_keeper_open(number); /* it may be free by now */
		number_sequence_reopen(number);
	}
	if (!secret_is_set(&number->endpoint.key)) {
		open_number_key_fetch(number, read_key_came, number);
		return;
	}
	err_init(&number->read_error);
	number->state = NUMBER_READING;
	if (number->is_practice && app->service == APP_SERVICE_STARTING)
		return; /* app_practice_ready comes back to it */
	if (number->is_practice && app->service == APP_SERVICE_FAILED) {
		number->state = NUMBER_FAILED;
		(void)err_set(&number->read_error, ERR_INTERNAL,
			      "The practice service has ended; nothing can be read from it.");
		err_next_step(&number->read_error, "Leave sipdesk and start it again.");
		return;
	}
	if (number->is_practice)
		mem_text_set(&number->endpoint.api_url, app->practice_url);
	number->reading = client_read(app->http, &number->endpoint, false, read_done, number);
	ticked(number);
}

void open_number_reread(struct open_number *number)
{
	number->is_reread = true;
	open_number_read(number);
}

void open_number_read_cancel(struct open_number *number)
{
	number->is_reread = false;
	client_cancel(&number->reading);
	loop_timer_stop(&number->app->loop, &number->tick_timer);
	number->state = number->has_settings ? NUMBER_READ : NUMBER_CANCELLED;
}

bool open_number_set(struct open_number *number, struct field_ref ref, const char *text,
		     struct err *err)
{
	if (!draft_set(&number->draft, ref, text, err))
		return false;
	consequences_follow(number);
	return true;
}

void open_number_revert(struct open_number *number, struct field_ref ref)
{
	draft_revert(&number->draft, ref);
	places_moved(number);
}

int open_number_server_add(struct open_number *number)
{
	int server = draft_server_add(&number->draft);
	consequences_follow(number);
	return server;
}

void open_number_server_remove(struct open_number *number, int server)
{
	draft_server_remove(&number->draft, server);
	places_moved(number);
}

int open_number_parameter_add(struct open_number *number, int server)
{
	int parameter = draft_parameter_add(&number->draft, server);
	consequences_follow(number);
	return parameter;
}

void open_number_parameter_remove(struct open_number *number, int server, int parameter)
{
	draft_parameter_remove(&number->draft, server, parameter);
	consequences_follow(number);
}

bool open_number_put_back(struct open_number *number, const struct calling_values *wanted)
{
	struct draft draft = { .base = &number->settings };
	values_put_back(&number->settings.values, wanted, &draft.mine);
	bool differs = draft_is_changed(&draft);
	if (differs) {
		draft_rebase(&number->draft, &number->settings, &draft.mine);
		places_moved(number);
	}
	draft_release(&draft);
	return differs;
}

void open_number_sent(struct open_number *number, const struct send *send)
{
	number->is_unknown = send->outcome == SEND_UNKNOWN;
	draft_keeper_touched(number);
	if (!send->has_result)
		return;
	struct calling_settings newer;
	struct calling_values mine;
	settings_init(&newer);
	values_init(&mine);
	settings_copy(&newer, &send->result);
	values_copy(&mine, send_wanted(send));
	number->state = NUMBER_READ;
	err_init(&number->read_error);
	base_move(number, &newer, &mine);
	draft_keeper_wrote(number);
	number_states_read(number->app, number->id, &number->settings);
}

void open_number_written(struct open_number *number, const struct send *send)
{
	struct calling_settings newer;
	number->is_unknown = send->outcome == SEND_UNKNOWN;
	draft_keeper_touched(number);
	/* Where a question about an older reading is open, the next reading comes after it. */
	if (!send->has_result || number->merge != NULL)
		return;
	settings_copy(&newer, &send->result);
	settings_release(&number->incoming);
	err_init(&number->read_error);
	number->incoming_is_ours = true;
	incoming_take(number, &newer);
	draft_keeper_wrote(number);
}

int64_t open_number_read_at(const struct open_number *number)
{
	bool is_asked = number->has_incoming && draft_keeper_found_at(number) != 0;
	return is_asked ? number->incoming.read_at : number->settings.read_at;
}

const char *open_number_why_not_editable(const struct open_number *number)
{
	if (number->left_open != NULL)
		return "Something was left half-done on this number: w settles it first.";
	if (number->is_read_only)
		return ENDPOINT_READ_ONLY;
	const char *why_locked = draft_keeper_why_locked(number);
	return why_locked != NULL ? why_locked : number->settings.why_not_editable;
}

const char *open_number_provider(const struct open_number *number)
{
	if (number->is_practice)
		return "practice";
	if (text_equal(number->endpoint.api_url, ENDPOINT_DEFAULT_URL))
		return "360dialog";
	const char *host = strstr(number->endpoint.api_url, "://");
	return host == NULL ? number->endpoint.api_url : host + 3;
}

const char *open_number_realm(const struct open_number *number)
{
	return number->app->service == APP_SERVICE_REAL ? "LIVE" : "PRACTICE";
}
