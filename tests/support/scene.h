/*
 * What a picture is taken of: the program in front of its services, brought to a screen step by
 * step.
 *
 * A step is a verb and a text:
 *
 *   keys K      keys, in the notation of keys.h       type T    typed as it is
 *   paste T     pasted                                wait T    until the text is shown
 *   gone T      until it is not shown                 words T   the same, wherever lines break
 *   cursor T    until the cursor is on a row with it
 *   other JSON  another person writes this body to the second practice number
 *   posts N     until the service has had so many writes
 *   again S     the program is ended by SIG`S` ("KILL", "TERM") and started anew
 *
 * A step that fails ends the cmocka test.
 */
#ifndef SIPDESK_TESTS_SCENE_H
#define SIPDESK_TESTS_SCENE_H

#include "tests/support/history_story.h"
#include "tests/support/key_desk.h"

enum scene_place {
	SCENE_PRACTICE, /* the practice numbers */
	SCENE_SAVED,   /* saved numbers with keys in three places; theirs takes its time for write 2
			*/
	SCENE_HISTORY, /* one saved number with a past (history_story.h) */
};

struct scene_options {
	enum scene_place place;
	int rows, columns;	      /* 0: 24 and 80; SCENE_PRACTICE only */
	const char *const *arguments; /* after the program; NULL: none; SCENE_PRACTICE only */
};

struct scene {
	enum scene_place place;
	struct session *session;
	struct key_desk desk; /* for SCENE_PRACTICE only its part `desk` */
	struct history_story story;
};

void scene_open(struct scene *scene, const struct scene_options *options);
void scene_step(struct scene *scene, const char *step);
void scene_close(struct scene *scene);

#endif
