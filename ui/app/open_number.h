/*
 * A number that was opened in this session: its key, its settings as last read, the draft on them,
 * and what follows from both (changes, findings). Kept until sipdesk ends, so that a draft survives
 * going back to the list.
 */
#ifndef SIPDESK_UI_APP_OPEN_NUMBER_H
#define SIPDESK_UI_APP_OPEN_NUMBER_H

#include "calling/changes.h"
#include "calling/draft.h"
#include "calling/findings.h"
#include "calling/merge.h"
#include "service/client.h"
#include "service/send.h"
#include "ui/app/app.h"

enum number_state {
	NUMBER_NOT_READ,
	NUMBER_READING,
	NUMBER_READ,
	NUMBER_FAILED,	  /* read_error says why */
	NUMBER_CANCELLED, /* the person stopped the first reading */
};

struct open_number {
	struct app *app;
	struct open_number *next;
	char *label;
	char *phone_number; /* may be NULL */
	bool is_practice;
	struct endpoint endpoint;

	enum number_state state;
	struct calling_settings settings; /* the base; valid when has_settings */
	bool has_settings;
	struct err read_error; /* of the last reading, also where older settings are still shown */
	struct client_operation *reading;
	int tick_timer;	 /* while reading: what is shown of it is a matter of seconds */
	bool is_unknown; /* a write's outcome could not be read: read first */

	struct draft draft;
	struct changes changes;
	struct findings findings;
	size_t changed_count; /* lines of change as people count them */
	struct merge *merge;  /* a reading moved under the draft and needs choices; NULL: none */
	struct calling_settings incoming; /* a newer reading; valid while `has_incoming` */
	bool has_incoming;		  /* it waits for a moment in which nothing is typed */
	unsigned generation; /* counts changes of the base: places of servers may have moved */
};

/* The number of this label if it was opened before, else a new one. Borrowed from the app. */
struct open_number *open_number_of(struct app *app, const struct number *number);
struct open_number *open_number_find(struct app *app, const char *label);
void open_numbers_release(struct app *app);
/* Forgets it, its key and its draft. */
void open_number_close(struct open_number *number);

void open_number_read(struct open_number *number); /* starts a reading; no-op while one runs */
void open_number_read_cancel(struct open_number *number);
/* Takes over readings that have come, unless text is being entered or a question is open: nothing
 * moves under the person's fingers. Called after each event and each answer. */
void open_numbers_settle(struct app *app);

/* Edits, through the draft; changes and findings follow. */
bool open_number_set(struct open_number *number, struct field_ref ref, const char *text,
		     struct err *err);
void open_number_revert(struct open_number *number, struct field_ref ref);
int open_number_server_add(struct open_number *number);
void open_number_server_remove(struct open_number *number, int server);
int open_number_parameter_add(struct open_number *number, int server);
void open_number_parameter_remove(struct open_number *number, int server, int parameter);

/* After choices were made: the merged values become the draft on the newer base. */
void open_number_merged(struct open_number *number);
/* No choice was made: the newer reading is dropped, base and draft stay as they were. */
void open_number_merge_drop(struct open_number *number);
/* After a send that has read the number: its reading becomes the base, what was wanted the draft.
 */
void open_number_sent(struct open_number *number, struct send *send);

/* "360dialog", "practice", or the host of another API URL. Borrowed. */
const char *open_number_provider(const struct open_number *number);
/* "LIVE" or "PRACTICE". */
const char *open_number_realm(const struct open_number *number);

#endif
