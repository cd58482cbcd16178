/*
 * Golden screens: what a session shows, compared with tests/golden/NAME.txt
 * ($GOLDEN_FOLDER instead of tests/golden where it is set).
 *
 * The file holds the rows, then the cursor, then the styles of every row that has any: B bold,
 * D dim, U underline, R reverse, C colour alone. Port numbers on loopback stand as zeros.
 * GOLDEN_UPDATE=1 writes the file anew instead, from what is shown at that moment: wait for the
 * screen's last text before.
 */
#ifndef SIPDESK_TESTS_SESSION_GOLDEN_H
#define SIPDESK_TESTS_SESSION_GOLDEN_H

#include "tests/support/session.h"

#include <stdbool.h>

/* The screen as the file holds it; caller frees. */
char *session_golden_text(const struct session *session);
/* Waits until the screen is as in the file; false with the differing lines on stderr. */
bool session_golden(struct session *session, const char *name);

#define expect_golden(session, name) assert_true(session_golden(session, name))

#endif
