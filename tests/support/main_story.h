/*
 * The main job, step by step: a new practice number gets calling, SIP, a SIP server with two
 * parameters, and SDES. At any size and in any locale.
 *
 * A step that fails ends the cmocka test.
 */
#ifndef SIPDESK_TESTS_MAIN_STORY_H
#define SIPDESK_TESTS_MAIN_STORY_H

#include "tests/support/desk.h"

/* What the practice service must hold in the end, byte for byte. */
extern const char MAIN_STORY_HELD[];

/* From the first field of the settings. */
void main_story_enable(struct desk *desk);
/* Ends in the server's form. */
void main_story_server_add(struct desk *desk);
void main_story_sdes_choose(struct desk *desk);

#endif
