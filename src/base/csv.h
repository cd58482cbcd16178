/*
 * Tables as spreadsheets save them: RFC 4180, with commas, semicolons or tabs between the values,
 * CR LF or LF behind the records, and a byte order mark or none.
 */
#ifndef SIPDESK_BASE_CSV_H
#define SIPDESK_BASE_CSV_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

struct csv {
	const char *at, *end; /* borrowed text */
	char separator;
	size_t line; /* where the record read last begins, from 1 */
	size_t next_line;
	struct str bytes; /* its values, each with a NUL behind it */
	size_t *starts;	  /* of its values in `bytes` */
	size_t count;
	const char *fault; /* what is wrong with it, a sentence; NULL: nothing */
};

/* `bytes` is NUL-terminated UTF-8 and stays until the end. The separator is the one that stands
 * most often in the first record. */
void csv_init(struct csv *csv, const char *bytes, size_t length);
void csv_release(struct csv *csv);
/* Reads the next record; false behind the last. Blank lines are none. */
bool csv_next(struct csv *csv);
/* A value of the record read last; borrowed until the next. "" where it has not as many. */
const char *csv_value(const struct csv *csv, size_t index);

#endif
