#include "ui/app/number_states.h"

#include "base/clock.h"
#include "base/mem.h"
#include "service/client.h"
#include "store/drafts.h"
#include "ui/app/keys.h"
#include "ui/app/open_number.h"
#include "ui/app/tls_check.h"

#include <stdlib.h>
#include <string.h>

enum { ID_SIZE = NUMBER_ID_LENGTH + 1 };

/* The last try to read a number in this session. */
struct number_try {
	char id[ID_SIZE];
	int64_t at_ms;	 /* clock_monotonic_ms */
	struct err *err; /* NULL: it was read */
};

struct number_read {
	struct number_states *states;
	char id[ID_SIZE];
	struct client_operation *operation; /* NULL: free */
};

struct number_states {
	struct app *app;
	struct readings readings;
	char **drafts; /* ids with a draft on disk, sorted */
	size_t draft_count;
	struct number_try *tries; /* sorted by id */
	size_t try_count;
	struct number_read reads[NUMBER_STATES_AT_ONCE];
	char (*view)[ID_SIZE];
	size_t view_count;
	size_t next;	/* the first of the view that was not looked at */
	bool is_forced; /* this view is read whatever the age of its readings */
	int settle_timer, save_timer;
	bool save_has_failed; /* said once a session */
};

struct number_states *number_states_new(struct app *app)
{
	struct number_states *states = mem_alloc(1, sizeof *states);
	states->app = app;
	readings_init(&states->readings);
	for (size_t i = 0; i < NUMBER_STATES_AT_ONCE; i++)
		states->reads[i].states = states;
	return states;
}

static void view_drop(struct number_states *states)
{
	loop_timer_stop(&states->app->loop, &states->settle_timer);
	free(states->view);
	states->view = NULL;
	states->view_count = states->next = 0;
	states->is_forced = false;
}

void number_states_free(struct number_states *states)
{
	number_states_cancel(states->app, NULL);
	loop_timer_stop(&states->app->loop, &states->save_timer);
	(void)readings_save(&states->readings, NULL);
	for (size_t i = 0; i < states->try_count; i++)
		free(states->tries[i].err);
	free(states->tries);
	readings_release(&states->readings);
	for (size_t i = 0; i < states->draft_count; i++)
		free(states->drafts[i]);
	free(states->drafts);
	free(states);
}

/* --- the cache -------------------------------------------------------------------------------- */

bool number_states_load(struct app *app, struct err *err)
{
	app->states->drafts = drafts_list(&app->states->draft_count);
	return readings_load(&app->states->readings, err);
}

static int draft_compare(const void *id, const void *item)
{
	return strcmp(id, *(const char *const *)item);
}

bool number_states_has_draft(const struct app *app, const char *id)
{
	const struct number_states *states = app->states;
	return states->draft_count > 0 && bsearch(id, states->drafts, states->draft_count,
						  sizeof *states->drafts, draft_compare) != NULL;
}

static void save_is_due(void *owner)
{
	struct number_states *states = owner;
	struct err err;
	states->save_timer = 0;
	err_init(&err);
	if (readings_save(&states->readings, &err) || states->save_has_failed)
		return;
	states->save_has_failed = true;
	app_notice(states->app, "%s The list will not remember what was read. %s", err.sentence,
		   err.next_step);
}

/* Later, and many in one: a key must not wait for the disk. */
static void save_plan(struct number_states *states)
{
	if (states->save_timer == 0 && states->readings.path != NULL)
		states->save_timer = loop_timer_start(&states->app->loop, NUMBER_STATES_SAVE_MS,
						      save_is_due, states);
}

const struct reading *number_states_reading(const struct app *app, const char *id)
{
	return readings_find(&app->states->readings, id);
}

void number_states_forget(struct app *app, const char *id)
{
	number_states_cancel(app, id);
	readings_forget(&app->states->readings, id);
	save_plan(app->states);
}

/* --- tries ------------------------------------------------------------------------------------ */

static struct number_try *try_find(const struct number_states *states, const char *id,
				   size_t *place)
{
	size_t from = 0, to = states->try_count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (strcmp(states->tries[middle].id, id) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	if (place != NULL)
		*place = from;
	return from < states->try_count && strcmp(states->tries[from].id, id) == 0
		       ? &states->tries[from]
		       : NULL;
}

static void try_note(struct number_states *states, const char *id, const struct err *err)
{
	size_t place;
	struct number_try *last = try_find(states, id, &place);
	if (last == NULL) {
		states->tries = mem_grow(states->tries, states->try_count, sizeof *states->tries);
		last = &states->tries[place];
		memmove(last + 1, last, (states->try_count++ - place) * sizeof *last);
		*last = (struct number_try) { 0 };
		memcpy(last->id, id, strnlen(id, NUMBER_ID_LENGTH));
	}
	last->at_ms = clock_monotonic_ms();
	free(last->err);
	last->err = NULL;
	if (err == NULL)
		return;
	last->err = mem_alloc(1, sizeof *last->err);
	*last->err = *err;
}

const struct err *number_states_error(const struct app *app, const char *id)
{
	const struct number_try *last = try_find(app->states, id, NULL);
	return last == NULL ? NULL : last->err;
}

static bool is_fresh(const struct number_states *states, const char *id)
{
	const struct reading *reading = readings_find(&states->readings, id);
	const struct number_try *last = try_find(states, id, NULL);
	int64_t age = reading == NULL ? NUMBER_STATES_FRESH_S : clock_now() - reading->read_at;
	return (age >= 0 && age < NUMBER_STATES_FRESH_S) ||
	       (last != NULL &&
		clock_monotonic_ms() - last->at_ms < NUMBER_STATES_FRESH_S * (int64_t)1000);
}

/* --- reading ---------------------------------------------------------------------------------- */

bool number_states_is_reading(const struct app *app, const char *id)
{
	for (size_t i = 0; i < NUMBER_STATES_AT_ONCE; i++)
		if (app->states->reads[i].operation != NULL &&
		    strcmp(app->states->reads[i].id, id) == 0)
			return true;
	return false;
}

/* Where it is reached, and its key; false where that is not at hand. */
static bool endpoint_fill(struct app *app, const struct number *number, struct endpoint *endpoint)
{
	const struct open_number *open = open_number_find(app, number->id);
	bool is_practice = open != NULL ? open->is_practice : app->service != APP_SERVICE_REAL;
	if (is_practice && app->service != APP_SERVICE_PRACTICE)
		return false;
	mem_text_set(&endpoint->label, number->label);
	mem_text_set(&endpoint->api_url, is_practice ? app->practice_url : number->api_url);
	return key_at_hand(app, number, &endpoint->key);
}

static void reads_begin(struct number_states *states);

static void read_done(void *owner, const char *bytes, size_t length, const struct err *err)
{
	struct number_read *read = owner;
	struct app *app = read->states->app;
	struct calling_settings settings;
	struct err unreadable;
	read->operation = NULL;
	settings_init(&settings);
	if (bytes == NULL)
		number_states_failed(app, read->id, err);
	else if (settings_decode(&settings, bytes, length, clock_now(), &unreadable))
		number_states_read(app, read->id, &settings);
	else
		number_states_failed(app, read->id, &unreadable);
	settings_release(&settings);
	reads_begin(read->states);
}

static void read_begin(struct number_read *read, const struct number *number)
{
	struct app *app = read->states->app;
	const struct open_number *open = open_number_find(app, number->id);
	struct endpoint endpoint;
	if (number_states_is_reading(app, number->id) || (open != NULL && open->reading != NULL))
		return;
	endpoint_init(&endpoint);
	if (endpoint_fill(app, number, &endpoint)) {
		memcpy(read->id, number->id, strnlen(number->id, NUMBER_ID_LENGTH));
		read->operation = client_read(app->http, &endpoint, false, read_done, read);
	}
	endpoint_release(&endpoint);
}

static struct number_read *read_free(struct number_states *states)
{
	for (size_t i = 0; i < NUMBER_STATES_AT_ONCE; i++)
		if (states->reads[i].operation == NULL)
			return &states->reads[i];
	return NULL;
}

/* As many of the view as there are places, in its order. */
static void reads_begin(struct number_states *states)
{
	struct number_read *read;
	while (states->next < states->view_count && (read = read_free(states)) != NULL) {
		const char *id = states->view[states->next++];
		const struct number *number = numbers_find_id(&states->app->numbers, id);
		if (number != NULL && (states->is_forced || !is_fresh(states, id)))
			read_begin(read, number);
	}
}

static void view_is_settled(void *owner)
{
	struct number_states *states = owner;
	states->settle_timer = 0;
	reads_begin(states);
}

static void view_settle(struct number_states *states)
{
	loop_timer_stop(&states->app->loop, &states->settle_timer);
	for (size_t i = states->next; i < states->view_count; i++)
		if (!is_fresh(states, states->view[i])) {
			states->settle_timer =
				loop_timer_start(&states->app->loop, NUMBER_STATES_SETTLE_MS,
						 view_is_settled, states);
			return;
		}
}

static bool view_is(const struct number_states *states, const char *const *ids, size_t count)
{
	if (count != states->view_count)
		return false;
	for (size_t i = 0; i < count; i++)
		if (strcmp(states->view[i], ids[i]) != 0)
			return false;
	return true;
}

void number_states_view(struct app *app, const char *const *ids, size_t count)
{
	struct number_states *states = app->states;
	if (view_is(states, ids, count))
		return;
	view_drop(states);
	states->view = mem_alloc(count, sizeof *states->view);
	states->view_count = count;
	for (size_t i = 0; i < count; i++)
		memcpy(states->view[i], ids[i], strnlen(ids[i], NUMBER_ID_LENGTH));
	view_settle(states);
}

size_t number_states_reload(struct app *app)
{
	struct number_states *states = app->states;
	size_t left_out = 0;
	for (size_t i = 0; i < states->view_count; i++) {
		const struct number *number = numbers_find_id(&app->numbers, states->view[i]);
		struct secret key;
		secret_init(&key);
		left_out += number != NULL && !key_at_hand(app, number, &key);
		secret_release(&key);
	}
	states->next = 0;
	states->is_forced = true;
	reads_begin(states);
	return left_out;
}

void number_states_resume(struct app *app)
{
	app->states->next = 0;
	view_settle(app->states);
}

void number_states_cancel(struct app *app, const char *id)
{
	struct number_states *states = app->states;
	for (size_t i = 0; i < NUMBER_STATES_AT_ONCE; i++)
		if (id == NULL || strcmp(states->reads[i].id, id) == 0)
			client_cancel(&states->reads[i].operation);
	if (id == NULL)
		view_drop(states);
	else
		reads_begin(states);
}

/* --- what others have learned ----------------------------------------------------------------- */

void number_states_read(struct app *app, const char *id, const struct calling_settings *settings)
{
	struct reading *reading = readings_put(&app->states->readings, id);
	reading->read_at = settings->read_at;
	reading->sip_enabled = values_sip_enabled(&settings->values);
	reading->srtp_is_sdes = values_srtp_is_sdes(&settings->values);
	try_note(app->states, id, NULL);
	save_plan(app->states);
}

void number_states_failed(struct app *app, const char *id, const struct err *err)
{
	try_note(app->states, id, err);
}

static const enum reading_check OF_VERDICT[] = {
	[VERDICT_PASS] = READING_PASS,
	[VERDICT_WARN] = READING_WARN,
	[VERDICT_FAIL] = READING_FAIL,
	[VERDICT_UNKNOWN] = READING_UNCLEAR,
};

static enum reading_check worse(enum reading_check a, enum reading_check b)
{
	static const int gravity[] = {
		[READING_NOT_CHECKED] = 0, [READING_PASS] = 1, [READING_WARN] = 2,
		[READING_UNCLEAR] = 3,	   [READING_FAIL] = 4,
	};
	return gravity[a] > gravity[b] ? a : b;
}

void number_states_checked(const struct open_number *number)
{
	struct app *app = number->app;
	struct reading *reading = readings_put(&app->states->readings, number->id);
	enum reading_check worst = READING_NOT_CHECKED;
	size_t checked = 0;
	for (const struct tls_check *check = app->checks; check != NULL; check = check->next)
		if (check->number == number && check->state == TLS_CHECK_DONE) {
			worst = worse(worst, OF_VERDICT[check->verdict]);
			checked++;
		}
	/* What an earlier session found of the others still counts. */
	if (checked < values_servers_alive(&number->draft.mine))
		worst = worse(worst, reading->check);
	reading->check = worst;
	reading->checked_at = clock_now();
	save_plan(app->states);
}
