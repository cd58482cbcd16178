/*
 * Numbers from a table that a spreadsheet has saved (base/csv.h). The first line names the columns:
 * label, phone_number, api_url, key (ask, vault, or command: and the line), tags, note, read_only
 * (yes or no); in any order, all but the label may be missing. Keys never stand in a table.
 *
 * All or none: a line that cannot be used is named with what is wrong with it, and nothing is
 * taken.
 */
#ifndef SIPDESK_STORE_NUMBERS_CSV_H
#define SIPDESK_STORE_NUMBERS_CSV_H

#include "store/numbers.h"

enum { NUMBERS_CSV_FAULTS_MAX = 20 /* as many lines as one looks at */ };

struct numbers_csv_fault {
	size_t line;  /* from 1 */
	char *reason; /* sentences */
};

struct numbers_csv {
	struct number *items; /* for numbers_add */
	size_t count;
	struct numbers_csv_fault faults[NUMBERS_CSV_FAULTS_MAX];
	size_t fault_count; /* of all lines; only the first are kept */
};

struct numbers_csv_rules {
	const struct numbers *saved; /* whose labels are taken */
	const char *api_url;	     /* where the table has none */
	/* Judges an API URL further; NULL: not. */
	bool (*api_url_judge)(const char *api_url, struct err *err);
};

/* ERR_INPUT. Where lines are at fault they are in `csv`, and no numbers. */
bool numbers_csv_read(struct numbers_csv *csv, const char *bytes, size_t length,
		      const struct numbers_csv_rules *rules, struct err *err);
void numbers_csv_release(struct numbers_csv *csv);

#endif
