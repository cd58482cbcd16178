/* The rows of a saved number's form: one table of what is typed and chosen about a number. */
#ifndef SIPDESK_UI_SCREENS_SAVED_ROWS_H
#define SIPDESK_UI_SCREENS_SAVED_ROWS_H

#include "ui/app/number_entry.h"

#include <stdbool.h>
#include <stddef.h>

enum saved_row_id {
	ROW_LABEL,
	ROW_PHONE_NUMBER,
	ROW_PROVIDER,
	ROW_API_URL, /* while the provider is another than 360dialog */
	ROW_KEY_SOURCE,
	ROW_KEY, /* or, by the source: */
	ROW_COMMAND,
	ROW_TAGS,
	ROW_NOTE,
	ROW_READ_ONLY,
	ROW_SAVE,
	SAVED_ROW_COUNT,
};

enum saved_row_kind { KIND_TEXT, KIND_CHOICE, KIND_SECRET, KIND_ACTION };

struct saved_row {
	const char *label;
	const char *field; /* as an err names it; NULL: none */
	const char *help;  /* NULL: by what is chosen */
	enum saved_row_kind kind;
	enum number_entry_text text; /* KIND_TEXT */
	size_t limit;		     /* KIND_TEXT: most characters */
};

extern const struct saved_row SAVED_ROWS[SAVED_ROW_COUNT];

/* Where a key can be kept, in the order in which it is offered. */
struct key_place {
	enum key_source_kind kind;
	const char *words;
	const char *help; /* what it means, and what it protects */
};

extern const struct key_place KEY_PLACES[KEY_SOURCE_COUNT];
size_t key_place_of(enum key_source_kind kind); /* its index */

bool saved_row_is_shown(const struct number_entry *entry, int row);
/* Caller frees; NULL: an action. */
char *saved_row_value(const struct number_entry *entry, int row);
const char *saved_row_help(const struct number_entry *entry, int row);
/* What there is to know beyond that: paragraphs. Appends. */
void saved_row_help_more(int row, struct str *out);
/* The row that an err's field names; SAVED_ROW_COUNT: none. */
int saved_row_named(const char *field);

#endif
