/* numbers.json as text, both ways. */
#ifndef SIPDESK_STORE_NUMBERS_FILE_H
#define SIPDESK_STORE_NUMBERS_FILE_H

#include "store/numbers.h"

enum numbers_reading {
	NUMBERS_READ,	 /* also where there is no file */
	NUMBERS_DAMAGED, /* it may be set aside */
	NUMBERS_REFUSED, /* it may not be touched */
};

/* Fills an empty list; after anything but NUMBERS_READ it is empty again. */
enum numbers_reading numbers_file_read(const char *path, struct numbers *numbers, struct err *err);
/* Writes all but those of the session. ERR_INPUT where that is more than NUMBERS_FILE_MAX. */
bool numbers_file_write(const char *path, const struct numbers *numbers, struct err *err);

/* The file's text, which the list takes over; `path` is for sentences. */
enum numbers_reading numbers_parse(struct str *text, const char *path, struct numbers *numbers,
				   struct err *err);
void numbers_print(const struct numbers *numbers, struct str *out);
/* One number's object, in one line and UTF-8. */
void number_print(const struct number *number, struct str *out);

#endif
