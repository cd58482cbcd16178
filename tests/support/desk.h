/*
 * The program as its end-to-end tests start it: on the tests' terminal, with a clock that stands at
 * 2026-11-22 12:41 UTC, in front of the practice service or of the fault server.
 *
 * A step that fails ends the cmocka test.
 */
#ifndef SIPDESK_TESTS_DESK_H
#define SIPDESK_TESTS_DESK_H

#include "tests/support/fault_server.h"
#include "tests/support/peer.h"
#include "tests/support/session.h"

#include <stdbool.h>
#include <stddef.h>

/* The API key in the key file of desk_against. */
extern const char DESK_KEY[];

struct desk {
	struct session *session;
	struct peer sandbox;	     /* with desk_practice */
	struct fault_server service; /* with desk_against */
	bool has_service;
	char *folder;	    /* of the key file */
	const char *home;   /* as in session.h, set before desk_run; NULL: a new one each */
	const char *locale; /* the same */
	int rows, columns;  /* the same */
};

/* `sipdesk --sandbox`; the list of numbers is shown. */
void desk_practice(struct desk *desk);
/* The same, and the practice number with this index is open and read. */
void desk_practice_number(struct desk *desk, size_t practice_number);
/* A fault server with this script, and the screens of its number, which is being read. */
void desk_against(struct desk *desk, const char *script);
/* A fault server with this script, and the screens with the list of saved numbers. */
void desk_numbers(struct desk *desk, const char *script, const char *home);
/* Any other command line, NULL-terminated and without the program; `terminal` as in session.h. */
void desk_run(struct desk *desk, const char *const *arguments, const char *terminal);
/* Ends the program and what stands behind it. */
void desk_close(struct desk *desk);

/* Waits for these words on the screen, wherever the window breaks a sentence. */
void expect_words(struct session *session, const char *words);
/* Down, a key at a time, until the cursor stands on a row with this text. */
void desk_down_to(struct desk *desk, const char *text);
/* Finds the field by a part of its label and stands on it. */
void desk_go_to(struct desk *desk, const char *label);
/* Edits the focused text field: `text` replaces it, Enter keeps it. */
void desk_replace(struct desk *desk, const char *text);
/* From the settings over Review to the end of the send: `outcome` is one of its words. */
void desk_send(struct desk *desk, const char *outcome);
/* From the settings to the Review screen. */
void desk_review(struct desk *desk);

#endif
