/* A number's history as people look at it: one entry for each sequence, from the lines of its file.
 */
#ifndef SIPDESK_SERVICE_HISTORY_ENTRIES_H
#define SIPDESK_SERVICE_HISTORY_ENTRIES_H

#include "calling/settings.h"
#include "service/sequence.h"
#include "store/history.h"
#include "store/who.h"

struct history_request {
	char *title; /* never NULL */
	char *body;  /* JSON */
	char *reach; /* "answered", …; NULL: nothing is known of what became of it */
	char *error; /* NULL: none */
	char *words; /* the service's own, where it has refused; NULL: none */
};

struct history_entry {
	enum sequence_kind kind;
	char *id;
	char *label;   /* what the number was called then */
	char *settles; /* id of the one it finished or undid; NULL: none */
	int64_t began_at;
	struct who who;
	char *before; /* the `calling` object, JSON, passwords hidden */
	char *after;  /* as read back after its last request; NULL: it was not */
	int goal_count;
	char *outcome;	    /* of its last goal, in SAFETY's words; NULL: none was reached */
	char *ended;	    /* "through", "finished", "undone", "left as it is"; NULL: open */
	int64_t undo_until; /* a timed undo waits; 0: none */
	struct history_request *requests;
	size_t request_count;
};

struct history_entries {
	struct history_entry *items; /* oldest first */
	size_t count;
};

bool history_entries_read(struct history_entries *entries, const struct history *history,
			  struct err *err);
void history_entries_release(struct history_entries *entries);

/* The settings before (or `after`) an entry. False where it has none that can be read; `settings`
 * then holds nothing. */
bool history_entry_settings(const struct history_entry *entry, bool after,
			    struct calling_settings *settings);

/* What it was: "Send", "Emergency off", … Static. */
const char *history_entry_title(const struct history_entry *entry);
/* How it went, in a few words: the outcome, "Sent, outcome not known" or "Not sent". Borrowed. */
const char *history_entry_words(const struct history_entry *entry);
/* Was it left half-done, so that it waits to be settled? */
bool history_entry_is_open(const struct history_entry *entry);
/* What became of a request, in a sentence. Borrowed. */
const char *history_request_words(const struct history_request *request);

#endif
