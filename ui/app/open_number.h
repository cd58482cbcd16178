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
#include "service/sequence.h"
#include "store/history.h"
#include "ui/app/app.h"
#include "ui/app/keys.h"

enum number_state {
	NUMBER_NOT_READ,
	NUMBER_READING,
	NUMBER_READ,
	NUMBER_FAILED,	  /* read_error says why */
	NUMBER_CANCELLED, /* the person stopped the first reading */
};

/* Told after each of its steps; may put screens on top. */
typedef void sequence_observer_fn(void *owner, struct sequence *sequence);

struct open_number {
	struct app *app;
	struct open_number *next;
	char *id; /* of the saved number: what it is found by */
	char *label;
	char *phone_number; /* may be NULL */
	enum key_source_kind key_source;
	bool is_practice; /* one of the practice service's own */
	bool is_read_only;
	struct endpoint endpoint; /* its key is empty before it is needed, after a lock, and once
				   * the service has refused it */

	enum number_state state;
	struct calling_settings settings; /* the base; valid when has_settings */
	bool has_settings;
	struct err read_error; /* of the last reading, also where older settings are still shown */
	struct client_operation *reading;
	bool is_reread;	 /* the person asked for it: that nothing has changed is said */
	int tick_timer;	 /* while reading: what is shown of it is a matter of seconds */
	bool is_unknown; /* a write's outcome could not be read: read first */

	struct draft draft;
	struct changes changes;
	struct findings findings;
	size_t changed_count; /* lines of change as people count them */
	struct merge *merge;  /* a reading moved under the draft and needs choices; NULL: none */
	struct calling_settings incoming; /* a newer reading; valid while `has_incoming` */
	bool has_incoming;		  /* it waits for a moment in which nothing is typed */
	bool incoming_is_ours;		  /* what is new in it was written here */
	struct draft_keeper *keeper;	  /* what it has on this machine; NULL: nothing */
	bool asks_about_draft;		  /* a draft was found: the question stands on the stack */
	unsigned generation; /* counts changes of the base: places of servers may have moved */

	/* ui/app/number_sequence.h, and no other way: */
	struct history history; /* open while its screens are; in memory where it is not saved */
	bool has_history;
	struct sequence *sequence;	   /* the last of this session, or under way; NULL: none */
	struct sequence_record *left_open; /* to be settled before all else; NULL: nothing is */
	struct endpoint sequence_endpoint; /* a copy: a lock does not take its key away */
	sequence_observer_fn *observer;	   /* the view of `sequence`; NULL: nobody looks */
	void *observer_owner;
	bool undo_wanted;      /* once `sequence` is applied */
	int64_t undo_until_ms; /* clock_monotonic_ms; 0: no timed undo waits */
	int undo_timer;
};

/* The number of this id if it was opened before, else a new one. Borrowed from the app. */
struct open_number *open_number_of(struct app *app, const struct number *number);
struct open_number *open_number_find(struct app *app, const char *id);
void open_numbers_release(struct app *app);
/* Forgets it, its key and its draft. */
void open_number_close(struct open_number *number);

/* It was edited in the list: name, address and what else is shown of it follow; key and draft
 * stay. */
void open_number_follow(struct open_number *number, const struct number *saved);
/* Fetches its key where it has none (key_fetch, which puts it in); `done` is told either way. */
void open_number_key_fetch(struct open_number *number, key_done_fn *done, void *owner);
/* For a lock: wipes its key and ends its reading. */
void open_number_lock(struct open_number *number);

/* Starts a reading, fetching the key first where there is none; no-op while one runs. */
void open_number_read(struct open_number *number);
/* The same where the person asked for it: that nothing has changed is said, too. */
void open_number_reread(struct open_number *number);
/* Settings that somebody else has just read, as if open_number_read had; they are taken. */
void open_number_arrived(struct open_number *number, struct calling_settings *newer);
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

/* The draft becomes these settings, as far as they can be written (calling/put_back.h); what it was
 * before is gone. False, and the draft stays: the service shows them already. */
bool open_number_put_back(struct open_number *number, const struct calling_values *wanted);

/* A draft that was left on this machine, with its base: shown until a reading has come. */
void open_number_take_back(struct open_number *number, const struct calling_settings *base,
			   const struct calling_values *mine, bool is_unknown);
/* A reading waits for the person's word on such a draft: goes on with it, or without it. */
void open_number_found_continue(struct open_number *number);
void open_number_found_discard(struct open_number *number);
/* Whether it may be written has changed: read-only, or open in another session. */
void open_number_writable_follow(struct open_number *number);

/* After choices were made: the merged values become the draft on the newer base. */
void open_number_merged(struct open_number *number);
/* No choice was made: the newer reading is dropped, base and draft stay as they were. */
void open_number_merge_drop(struct open_number *number);
/* After a send of the draft that has read the number: its reading becomes the base, what was wanted
 * the draft. */
void open_number_sent(struct open_number *number, const struct send *send);
/* After any other sequence: its reading becomes the base, and the draft is moved onto it. */
void open_number_written(struct open_number *number, const struct send *send);

/* When what the number holds was last read: while the question about a draft that was found is
 * open, that is newer than the draft's base. */
int64_t open_number_read_at(const struct open_number *number);

/* Why nothing of it can be edited: it is half-done, marked read-only, open in another session, or
 * the service's answer cannot be edited safely. NULL: it can. Borrowed. */
const char *open_number_why_not_editable(const struct open_number *number);

/* "360dialog", "practice", or the host of another API URL. Borrowed. */
const char *open_number_provider(const struct open_number *number);
/* "LIVE" or "PRACTICE". */
const char *open_number_realm(const struct open_number *number);

#endif
