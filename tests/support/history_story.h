/*
 * A saved number with a past, made by real sequences against the world's service
 * (sequence_world.h):
 *
 *   2026-11-20 09:05  anna  Calling, SIP and a SIP server: Applied
 *   2026-11-21 10:15  ben   the server's port: Not applied, with the service's words
 *   2026-11-21 10:20  ben   SDES: Applied
 *
 * Its list of numbers stands in the same folder, so that a program with the story's environment
 * finds both. A step that fails ends the cmocka test.
 */
#ifndef SIPDESK_TESTS_HISTORY_STORY_H
#define SIPDESK_TESTS_HISTORY_STORY_H

#include "tests/support/sequence_world.h"

#include <stddef.h>

#define HISTORY_STORY_LABEL "Acme Z\xc3\xbcrich"
#define HISTORY_STORY_PHONE "+4930123456"

struct history_story {
	struct sequence_world world;
	char *file;	      /* of the history */
	char *environment[3]; /* NULL-terminated: where a program finds it all */
};

/* The number, with nothing written to it yet; `is_read_only` as in the list of numbers. */
void history_story_begin(struct history_story *story, bool is_read_only);
void history_story_end(struct history_story *story);
/* All that is told above; it took place before. */
void history_story_tell(struct history_story *story);
/* Anna sends what world.mine wants, at this moment; ended after `steps` (sequence_world_run). */
void history_story_send(struct history_story *story, int64_t at, int steps);

#endif
