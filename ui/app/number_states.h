/*
 * What is known of each number of the list: from the cache of readings first, then read in the
 * background for the rows in view.
 *
 * Read are numbers whose key is at hand, at most four at a time, each at most once in ten minutes;
 * a row that leaves the view before its turn is not read. Nothing here asks for a key, and what was
 * read goes to the cache and nowhere else. With nothing to read there is no timer.
 */
#ifndef SIPDESK_UI_APP_NUMBER_STATES_H
#define SIPDESK_UI_APP_NUMBER_STATES_H

#include "calling/settings.h"
#include "store/readings.h"
#include "ui/app/app.h"

#include <stdbool.h>
#include <stddef.h>

struct open_number;
struct number_states;

enum {
	NUMBER_STATES_AT_ONCE = 4,
	NUMBER_STATES_FRESH_S = 10 * 60, /* a younger reading is not read again by itself */
	NUMBER_STATES_SETTLE_MS = 200,	 /* a view stands this long before it is read */
	NUMBER_STATES_SAVE_MS = 5000,	 /* from the first change to its saving */
};

/* Made by app_init; keeps the cache in memory only until it is loaded. */
struct number_states *number_states_new(struct app *app);
/* Saves what is not saved yet. */
void number_states_free(struct number_states *states);
/* Takes the cache from its file. False with a sentence: nothing is saved in this session. */
bool number_states_load(struct app *app, struct err *err);

/* These numbers (ids) are in view from now on; none (`count` 0) once the list is covered. */
void number_states_view(struct app *app, const char *const *ids, size_t count);
/* Reads those in view again, however young their readings are. Returns how many are left out, since
 * their key is not at hand. */
size_t number_states_reload(struct app *app);
/* The service can be reached now: the view is looked at again. */
void number_states_resume(struct app *app);
/* Ends the reading of one that is being opened, which reads it anyway; `id` NULL: of all (requests
 * hold keys), and none begins before the next view. */
void number_states_cancel(struct app *app, const char *id);

/* What others have learned: its settings, why they could not be read, a check of a SIP server. */
void number_states_read(struct app *app, const char *id, const struct calling_settings *settings);
void number_states_failed(struct app *app, const char *id, const struct err *err);
void number_states_checked(const struct open_number *number);
/* The number was removed. */
void number_states_forget(struct app *app, const char *id);

/* Was an unsent draft of it left on this machine when this session began? */
bool number_states_has_draft(const struct app *app, const char *id);
/* NULL: nothing is known. Both are borrowed until the loop's next turn. */
const struct reading *number_states_reading(const struct app *app, const char *id);
/* Why the last try to read it failed; NULL: it did not, or there was none in this session. */
const struct err *number_states_error(const struct app *app, const char *id);
bool number_states_is_reading(const struct app *app, const char *id);

#endif
