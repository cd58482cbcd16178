/* A number's calling settings, and its SIP servers: rows that are chosen by their number, and
 * commands that are typed as words (ui/plain/words.h). */
#ifndef SIPDESK_UI_PLAIN_FORM_H
#define SIPDESK_UI_PLAIN_FORM_H

#include "ui/plain/rows.h"
#include "ui/plain/session.h"

struct plain_form {
	struct plain *plain;
	int server; /* ROWS_SETTINGS: the calling settings */
	struct plain_rows rows;
	size_t said_count;   /* of rows, when they were last said: they kept their numbers since */
	unsigned generation; /* of the number: places of servers are as they were then */
	bool is_done;
};

/* Opens the number and stays with it until the person goes back or leaves. */
void plain_form_open(struct plain *plain, const struct number *saved);

/* Says all of it. */
void plain_form_say(struct plain_form *form);
/* Asks about a row, or opens what it stands for. */
void plain_form_row_open(struct plain_form *form, size_t index);
/* The same of any field of the number, wherever its row is. */
void plain_form_field_open(struct plain_form *form, struct field_ref ref);

#endif
