/*
 * A configuration folder for the saved numbers of one test, and the files in it.
 *
 * A step that fails ends the cmocka test.
 */
#ifndef SIPDESK_TESTS_NUMBERS_HOME_H
#define SIPDESK_TESTS_NUMBERS_HOME_H

#include "store/numbers.h"

#include <stdbool.h>

struct numbers_home {
	char *folder;  /* XDG_CONFIG_HOME */
	char *sipdesk; /* sipdesk's own below it; made by numbers_home_put */
	char *file;    /* numbers.json */
};

void numbers_home_make(struct numbers_home *home);
/* Fails where a temporary file was left behind. */
void numbers_home_remove(struct numbers_home *home);

void numbers_home_put(const struct numbers_home *home, const char *text);
/* The file's text; caller frees. */
char *numbers_home_text(const struct numbers_home *home);
bool numbers_home_has(const struct numbers_home *home, const char *text);
/* numbers_load, which must succeed. */
void numbers_home_load(struct numbers *numbers);

#endif
