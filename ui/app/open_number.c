#include "ui/app/open_number.h"

#include "base/clock.h"
#include "base/mem.h"
#include "calling/rules.h"
#include "ui/app/tls_check.h"
#include "ui/screens/screens.h"

#include <stdlib.h>
#include <string.h>

enum { TICK_MS = 1000 };

struct open_number *open_number_find(struct app *app, const char *label)
{
	struct open_number *number = app->open;
	while (number != NULL && !text_equal_nocase(number->label, label))
		number = number->next;
	return number;
}

struct open_number *open_number_of(struct app *app, const struct number *saved)
{
	struct open_number *number = open_number_find(app, saved->label);
	if (number != NULL)
		return number;
	number = mem_alloc(1, sizeof *number);
	number->app = app;
	number->label = mem_text(saved->label);
	number->phone_number = mem_text(saved->phone_number);
	number->is_practice = app->service != APP_SERVICE_REAL;
	endpoint_init(&number->endpoint);
	mem_text_set(&number->endpoint.api_url, saved->api_url);
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
	client_cancel(&number->reading);
	loop_timer_stop(&number->app->loop, &number->tick_timer);
	open_number_merge_drop(number);
	settings_release(&number->incoming);
	if (number->has_settings)
		draft_release(&number->draft);
	settings_release(&number->settings);
	changes_release(&number->changes);
	findings_release(&number->findings);
	endpoint_release(&number->endpoint);
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
		app_push(number->app, screen_reading_conflict_new(number->app, number));
		return;
	}
	taken_over_say(number);
	open_number_merged(number);
}

void open_numbers_settle(struct app *app)
{
	struct open_number *next;
	for (struct open_number *number = app->open; number != NULL; number = next) {
		const struct screen_ops *top = app->top->ops;
		next = number->next;
		if (top->is_overlay ||
		    (top->has_text_focus != NULL && top->has_text_focus(app->top)))
			return;
		if (number->has_incoming && number->merge == NULL)
			incoming_settle(number);
	}
}

static void settings_arrived(struct open_number *number, struct calling_settings *newer)
{
	number->state = NUMBER_READ;
	number->is_unknown = false;
	number->incoming = *newer;
	number->has_incoming = true;
	settings_init(newer);
	if (number->has_settings)
		open_numbers_settle(number->app);
	else
		incoming_settle(number); /* nothing is shown yet that could move */
}

static void ticked(void *owner)
{
	struct open_number *number = owner;
	number->tick_timer = 0;
	if (number->reading != NULL) /* the loop's turn draws */
		number->tick_timer = loop_timer_start(&number->app->loop, TICK_MS, ticked, number);
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
	else if (settings_decode(&newer, bytes, length, clock_now(), &number->read_error))
		settings_arrived(number, &newer);
	if (number->read_error.kind != ERR_NONE)
		number->state = NUMBER_FAILED;
	if (number->state == NUMBER_FAILED && number->has_settings) /* else it has the screen */
		app_notice(number->app, "%s %s", number->read_error.sentence,
			   number->read_error.next_step);
	if (number->read_error.kind == ERR_KEY) /* opening the number again asks for another */
		secret_release(&number->endpoint.key);
	settings_release(&newer);
}

void open_number_read(struct open_number *number)
{
	struct app *app = number->app;
	if (number->reading != NULL || number->has_incoming)
		return;
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

void open_number_read_cancel(struct open_number *number)
{
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

void open_number_sent(struct open_number *number, struct send *send)
{
	number->is_unknown = send->outcome == SEND_UNKNOWN;
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
