/* A number added through the screens: the form, filled key by key. */
#ifndef SIPDESK_TESTS_ADDING_H
#define SIPDESK_TESTS_ADDING_H

#include "store/key_source.h"
#include "tests/support/session.h"

struct adding {
	const char *label;
	const char *phone_number; /* NULL: left empty */
	const char *api_url;
	enum key_source_kind kept;
	const char *secret; /* the key, or the command that prints it */
};

/* From the list of numbers to the filled form, whose last row that was typed has the focus. A step
 * that fails ends the cmocka test. */
void adding_fill(struct session *session, const struct adding *adding);
/* The same, and further: the key was tried, and the question is whether to save. */
void adding_try(struct session *session, const struct adding *adding);

#endif
