/*
 * Saved numbers: $XDG_CONFIG_HOME/sipdesk/numbers.json, readable by a person, no secret in it.
 * Members we do not know are kept. The file is replaced whole, mode 0600, folder 0700; a damaged
 * one is never overwritten.
 */
#ifndef SIPDESK_STORE_NUMBERS_H
#define SIPDESK_STORE_NUMBERS_H

#include "base/err.h"
#include "base/json.h"

#include <stdbool.h>
#include <stddef.h>

enum { NUMBERS_FILE_MAX = 8 * 1024 * 1024, NUMBER_LABEL_MAX = 64, NUMBER_PHONE_DIGITS_MAX = 15 };

struct number {
	char *label;		  /* unique, letter case aside; what commands call it by */
	char *phone_number;	  /* E.164 with +; NULL: not given */
	char *api_url;		  /* without slash at the end */
	char *note;		  /* NULL: none */
	bool is_of_session;	  /* given on the command line: in the list, never saved */
	struct json_slice source; /* its object in the file, for members we do not know */
};

struct numbers {
	struct number *items;
	size_t count;
	struct json_doc doc; /* the file as read */
	char *path;	     /* NULL: kept in memory only (the sandbox's practice numbers) */
};

void numbers_init(struct numbers *numbers);
void numbers_release(struct numbers *numbers);
/* Reads the file of this user; a missing one is an empty list. Damaged, or readable by others:
 * error with the command that mends it, and numbers->path stays NULL so that it is not replaced. */
bool numbers_load(struct numbers *numbers, struct err *err);
bool numbers_save(const struct numbers *numbers, struct err *err);

/* Adds a copy; refuses a label or phone number that will not do (err->field is "label",
 * "phone_number" or "api_url"). */
bool numbers_add(struct numbers *numbers, const char *label, const char *phone_number,
		 const char *api_url, const char *note, struct err *err);
void numbers_remove(struct numbers *numbers, size_t index);
/* NULL when there is none of that label. */
const struct number *numbers_find(const struct numbers *numbers, const char *label);

/* "+49 30 123456" typed in any usual way, as "+4930123456"; false when it is no E.164 number. */
bool phone_number_normalise(const char *text, struct str *out);
/* Digits only, as the SIP user name has it. Borrowed: skips the "+". */
const char *phone_number_digits(const char *phone_number);

#endif
