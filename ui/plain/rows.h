/* A form as numbered rows: a number's calling settings, or one of its SIP servers. */
#ifndef SIPDESK_UI_PLAIN_ROWS_H
#define SIPDESK_UI_PLAIN_ROWS_H

#include "ui/plain/session.h"

#include <stddef.h>

enum plain_row_kind {
	ROW_FIELD,
	ROW_PARAMETER, /* key and value in one */
	ROW_SERVER,
	ROW_SERVER_ADD,
	ROW_PARAMETER_ADD,
	ROW_PASSWORD,
	ROW_CHECK,
};

struct plain_row {
	enum plain_row_kind kind;
	struct field_ref ref;
	char *words;	     /* "SIP signalling: Enabled; changed, was Disabled" */
	const char *section; /* the title above it; NULL: it has the one of the row before */
};

struct plain_rows {
	struct plain_row *items;
	size_t count;
};

enum { ROWS_SETTINGS = -1 };

/* The rows as they are now; `server` ROWS_SETTINGS: those of the settings. Replaces what was there.
 */
void plain_rows_fill(struct plain_rows *rows, const struct open_number *number, int server);
void plain_rows_release(struct plain_rows *rows);
/* "SIP signalling: Enabled; changed, was Disabled"; caller frees. */
char *plain_field_words(const struct open_number *number, struct field_ref ref);
/* Says them all, with their titles. */
void plain_rows_say(struct plain *plain, const struct plain_rows *rows);

#endif
