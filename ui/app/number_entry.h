/*
 * What a person types about a number before it is saved: a new one, another version of a saved one,
 * or a new one after the pattern of a saved one. Texts stand as typed and are judged when it is
 * saved; the key is in a struct secret and nowhere else.
 */
#ifndef SIPDESK_UI_APP_NUMBER_ENTRY_H
#define SIPDESK_UI_APP_NUMBER_ENTRY_H

#include "base/err.h"
#include "base/secret.h"
#include "store/numbers.h"

#include <stdbool.h>

enum number_entry_text {
	ENTRY_LABEL,
	ENTRY_PHONE_NUMBER,
	ENTRY_API_URL, /* of another provider than 360dialog */
	ENTRY_COMMAND, /* one line */
	ENTRY_TAGS,
	ENTRY_NOTE,
	ENTRY_TEXT_COUNT,
};

struct number_entry_values {
	char *texts[ENTRY_TEXT_COUNT]; /* never NULL */
	bool has_other_url;	       /* texts[ENTRY_API_URL] counts, else 360dialog's address */
	enum key_source_kind key_source;
	bool is_read_only;
};

struct number_entry {
	char *id;	  /* of the saved number that is edited; NULL: it will be a new one */
	bool is_practice; /* the practice service's address is the only one there is */
	struct number_entry_values now;
	struct number_entry_values before; /* as the form was opened */
	struct secret key;		   /* typed; not set: none was */
};

/* `pattern` NULL: an empty one. `is_edit`: of that very number; else a new one like it, without its
 * name, phone number and command. */
void number_entry_init(struct number_entry *entry, const struct number *pattern, bool is_edit,
		       bool is_practice);
void number_entry_release(struct number_entry *entry);

/* Would anything that was typed be lost? */
bool number_entry_is_changed(const struct number_entry *entry);

/* The number as typed, its texts copied; its id is the edited one's, else NULL. Judges what
 * numbers_judge does not: the address (field "api_url") and the command ("command"). `number` is
 * overwritten; after an error it holds nothing. */
bool number_entry_read(const struct number_entry *entry, struct number *number, struct err *err);

#endif
