/*
 * A saved number whose settings a sequence is to bring back, in front of the fault server, for the
 * tests of sequences in the screens.
 *
 * A step that fails ends the cmocka test.
 */
#ifndef SIPDESK_TESTS_ACME_DESK_H
#define SIPDESK_TESTS_ACME_DESK_H

#include "tests/support/key_desk.h"

#include <stdbool.h>

/* Lines of a script: everything on, a SIP server with a parameter, and SDES, which a write of SIP
 * settings resets. */
#define ACME_SERVER                                                                         \
	"\"servers\":[{\"hostname\":\"sip.acme.example\",\"port\":5071,\"request_uri_user_" \
	"params\":{\"tgrp\":\"berlin\"}}]"
#define ACME_SETTINGS                                                                   \
	"settings {\"status\":\"ENABLED\",\"sip\":{\"status\":\"ENABLED\"," ACME_SERVER \
	"},\"srtp_"                                                                     \
	"key_exchange_protocol\":\"SDES\"}\nsip-resets-srtp\n"

extern const char ACME_KEY[];
extern const struct key_desk_number ACME[]; /* its one number, which asks for its key */

/* Does the service hold this part of JSON? */
bool acme_holds(const struct desk *desk, const char *part);
bool acme_is_in_service(const struct desk *desk);
/* It holds what ACME_SETTINGS began with. */
void acme_expect_as_before(const struct desk *desk);
/* Waits until the service has had so many writes, and no more. */
void acme_expect_posts(const struct desk *desk, long count);

/* From the list: the number is opened, with its key. */
void acme_enter(struct key_desk *desk);
/* A fault server with this script, and the number is open and read. */
void acme_open(struct key_desk *desk, const char *script);
/* The program is no more from one moment to the next; it is started again, says
 * what was left half-done, and acme_enter. */
void acme_kill_and_start(struct key_desk *desk, bool leaves_half_done);
/* On a screen that offers to settle: "Finish:", "Undo:" or "Leave as it is:". */
void acme_settle_by(struct session *session, const char *way);

#endif
