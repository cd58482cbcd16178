/*
 * The form of a saved number as tests fill it in, and the list that it is saved to.
 *
 * A step that fails ends the cmocka test.
 */
#ifndef SIPDESK_TESTS_SAVED_FORM_H
#define SIPDESK_TESTS_SAVED_FORM_H

#include "tests/support/desk.h"

/* The only key that a fault server with SAVED_FORM_SCRIPT takes. */
extern const char SAVED_FORM_KEY[];
extern const char SAVED_FORM_SCRIPT[];

/* What is typed for a new number, from the form's top to its key. */
struct saved_form {
	const char *name;
	const char *phone_number; /* NULL: none */
	const char *url;	  /* NULL: the fault server's */
	const char *place;	  /* words of where the key is kept; NULL: asked each session */
	const char *key;	  /* pasted; NULL: none */
	const char *command;	  /* instead */
};

/* From the list: the focus stands on the key or the command then. */
void saved_form_fill(struct desk *desk, const struct saved_form *typed);
/* And tries it: what the key opens is shown, nothing is saved yet. */
void saved_form_try(struct desk *desk, const struct saved_form *typed);
/* And saves it, and goes back to the list. */
void saved_form_add(struct desk *desk, const struct saved_form *typed);
/* On the row of where the key is kept: chooses by Space. */
void saved_form_place(struct desk *desk, const char *words);

/* numbers.json as it is now; NULL: there is none. Caller frees. */
char *saved_list(const struct desk *desk);
/* It has this text, and not SAVED_FORM_KEY. */
void expect_saved(const struct desk *desk, const char *text);
void expect_nothing_saved(const struct desk *desk);

#endif
