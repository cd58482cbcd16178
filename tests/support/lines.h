/*
 * A conversation in lines with `sipdesk --plain`: what is heard, and what is typed then.
 *
 * A step that fails ends the cmocka test.
 */
#ifndef SIPDESK_TESTS_LINES_H
#define SIPDESK_TESTS_LINES_H

#include "tests/support/session.h"

/* What is heard in the end, and typed then; a prompt is the last that is heard. */
struct turn {
	const char *hears; /* NULL ends */
	const char *types; /* without its end; NULL: nothing yet */
};

/* Waits until these words were said since the last answer, wherever their lines were broken. */
void lines_hear(struct session *session, const char *words);
/* They were not, so far. */
void lines_hear_not(const struct session *session, const char *words);
/* Types a line and its end. */
void lines_answer(struct session *session, const char *line);
void lines_converse(struct session *session, const struct turn *turns);
/* Whatever was said and echoed: lines, and nothing that moves a cursor or rings a bell. */
void lines_expect_only(const struct session *session);

#endif
