/*
 * Saved numbers: $XDG_CONFIG_HOME/sipdesk/numbers.json, readable by a person, no secret in it.
 *
 * Members we do not know are kept. Each change is made under a lock on the file as it is now, so
 * that two sessions lose nothing of each other. The file is replaced whole; a damaged one is set
 * aside under another name before anything is written in its place. A number without "id" (written
 * by hand) has one made of its label until the next change writes it down.
 *
 *   {"schema":1,"numbers":[{"id":"9f2c…","label":"Acme Support","phone_number":"+4930123456",
 *     "api_url":"https://…","key":"vault","tags":["berlin"],"note":"…","read_only":true}, …]}
 *   "key" is "ask", "vault", or {"command":["pass","show","360dialog/acme"]}; absent: "ask".
 */
#ifndef SIPDESK_STORE_NUMBERS_H
#define SIPDESK_STORE_NUMBERS_H

#include "base/err.h"
#include "base/str.h"
#include "store/key_source.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	NUMBERS_FILE_MAX = 8 * 1024 * 1024,
	NUMBER_LABEL_MAX = 64, /* characters */
	NUMBER_PHONE_DIGITS_MAX = 15,
	NUMBER_API_URL_MAX = 512,
	NUMBER_TAGS_MAX = 200, /* characters, all tags together */
	NUMBER_NOTE_MAX = 1000,
	NUMBER_ID_LENGTH = 16, /* hex digits */
};

struct number {
	char *id;    /* random, given by numbers_add, never changed: names its key and cache */
	char *label; /* unique, letter case aside; what commands call it by */
	char *phone_number; /* E.164 with +; NULL: not given */
	char *api_url;	    /* without slash at the end */
	char *tags;	    /* words with one blank between; NULL: none */
	char *note;	    /* one line; NULL: none */
	struct key_source key_source;
	bool is_read_only;  /* sipdesk refuses to write its settings */
	bool is_of_session; /* in the list, not in the file: given on the command line, or could not
			     * be saved */
	char *others; /* members of its object that we do not know, as they came; NULL: none */
};

struct numbers {
	struct number *items;
	size_t count;
	struct str bytes; /* the file as read; texts of the items point into it */
	char *others;	 /* members of the document that we do not know, as they came; NULL: none */
	char *path;	 /* NULL: kept in memory only (the practice numbers) */
	char *set_aside; /* what a change has renamed a damaged file to; NULL: there was none */
	unsigned generation; /* counts changes: places and pointers may have moved */
};

/* A new id; caller frees. For who needs it before numbers_add: the vault keeps the key under it. */
char *number_id_make(void);

void number_release(struct number *number);
/* A copy that the caller releases. */
void number_copy(struct number *to, const struct number *from);

void numbers_init(struct numbers *numbers);
void numbers_release(struct numbers *numbers);

/* Reads the file of this user; a missing one is an empty list. Otherwise the list is empty and the
 * error says what mends it: ERR_INPUT where the file is damaged (the first change sets it aside),
 * ERR_FORBIDDEN where others may read it, ERR_CONFIG for a newer schema. Without a home: ERR_CONFIG
 * and no path. */
bool numbers_load(struct numbers *numbers, struct err *err);

/* The three changes. Each judges its input first (err->field is "label", "phone_number", "api_url",
 * "tags", "note" or "command"), then reads the file anew under the lock, makes the change there and
 * writes it: the list afterwards holds what other sessions saved meanwhile. Where only the saving
 * failed (err->kind ERR_IO, ERR_CONFIG, ERR_FORBIDDEN) the change is made in memory, for this
 * session, and false is returned. Pointers into the list are no longer good afterwards; ids are.
 * Without a path: in memory only. */

/* Adds a copy of each of `count`, all or none; `id` NULL: a new one is made. Those marked
 * is_of_session (all or none) stay in memory; `others` is left behind. `ids` (count of them, NULL:
 * not wanted) are borrowed from the list until its next change. */
bool numbers_add(struct numbers *numbers, const struct number *wanted, size_t count,
		 const char **ids, struct err *err);
/* Gives the number of that id the values of `wanted`, whose own id does not count. A value that is
 * as it was in this list keeps what another session has made of it. One of the session is saved.
 * ERR_CONFLICT where another session has removed it. */
bool numbers_replace(struct numbers *numbers, const char *id, const struct number *wanted,
		     struct err *err);
/* Removing one that is gone already is done. */
bool numbers_remove(struct numbers *numbers, const char *id, struct err *err);
/* Did the last change fail only in its saving, so that it stands in memory? */
bool numbers_kept_in_memory(const struct err *err);

/* Judges one as numbers_add would, without adding: for forms. `id`: the one it will replace, whose
 * own label it may keep; NULL: none. */
bool numbers_judge(const struct numbers *numbers, const struct number *wanted, const char *id,
		   struct err *err);

/* NULL when there is none. Borrowed until the next change. */
const struct number *numbers_find(const struct numbers *numbers, const char *label);
const struct number *numbers_find_id(const struct numbers *numbers, const char *id);
/* By label, or by phone number with or without +; for commands. ERR_INPUT where none, or more than
 * one, is meant. */
const struct number *numbers_named(const struct numbers *numbers, const char *name,
				   struct err *err);

/* "+49 30 123456" typed in any usual way, as "+4930123456"; false when it is no E.164 number. */
bool phone_number_normalise(const char *text, struct str *out);
/* Digits only, as the SIP user name has it. Borrowed: skips the "+". */
const char *phone_number_digits(const char *phone_number);

#endif
