/*
 * Saves what was typed about a number: judges it, fetches its key, tries the key by reading the
 * settings, waits for the person to agree, then writes: a key into the vault first, then the list,
 * so that no number is saved whose key is nowhere. A number whose key, source and address stay as
 * they were is written at once.
 *
 * Each step is told by `changed`, perhaps from within the calls below; on NUMBER_SAVING_DONE it may
 * release the saving and its owner.
 */
#ifndef SIPDESK_UI_APP_NUMBER_SAVING_H
#define SIPDESK_UI_APP_NUMBER_SAVING_H

#include "calling/settings.h"
#include "service/client.h"
#include "ui/app/app.h"
#include "ui/app/number_entry.h"

enum number_saving_state {
	NUMBER_SAVING_IDLE,    /* not begun, given up, or failed: then err says why */
	NUMBER_SAVING_KEY,     /* the key is being fetched, perhaps by screens of its own */
	NUMBER_SAVING_TRYING,  /* the settings are being read with it */
	NUMBER_SAVING_TRIED,   /* the person decides: settings, or err says why there are none */
	NUMBER_SAVING_WRITING, /* the vault is being written */
	NUMBER_SAVING_DONE,
};

typedef void number_saving_fn(void *owner);

struct number_saving {
	struct app *app;
	enum number_saving_state state;
	struct number wanted; /* id NULL: a new one */
	struct number before; /* the saved one, of an edit; else empty */
	struct secret key;    /* as typed or fetched; not set: not needed */
	bool key_is_typed;
	struct client_operation *reading;
	int tick_timer; /* while trying: what is shown of it is a matter of seconds */
	struct calling_settings settings;
	bool has_settings;
	char *same_key; /* label of another number that answers to this key; NULL: none known */
	char *notice;	/* what is said in the end; NULL: the usual */
	struct err err; /* field: "label", "phone_number", "api_url", "key", "command", "tags" or
			 * "note"; ERR_CONFLICT: another session has removed the number */
	number_saving_fn *changed;
	void *owner;
};

void number_saving_init(struct number_saving *saving, struct app *app, number_saving_fn *changed,
			void *owner);
void number_saving_release(struct number_saving *saving);

/* From NUMBER_SAVING_IDLE. */
void number_saving_start(struct number_saving *saving, const struct number_entry *entry);
/* From NUMBER_SAVING_TRIED: saves, also without settings; tries again; or goes back to typing. */
void number_saving_agree(struct number_saving *saving);
void number_saving_try(struct number_saving *saving);
/* Nothing was saved. Not while NUMBER_SAVING_WRITING. */
void number_saving_cancel(struct number_saving *saving);

/* sipdesk is locked: the key is wiped. What is being written is written, all else is given up. */
void number_saving_lock(struct number_saving *saving);

/* Is the key taken out of the vault by this? */
bool number_saving_empties_vault(const struct number_saving *saving);

/* Why keys cannot be kept this way here; NULL: they can. Static. */
const char *number_saving_why_not(const struct app *app, enum key_source_kind kind);

#endif
