/*
 * The screens of a saved number, driven to a point at which they are stopped, and started again on
 * the same machine: for tests that stop them at every point there is.
 *
 * A step that fails ends the cmocka test.
 */
#ifndef SIPDESK_TESTS_KILLED_DESK_H
#define SIPDESK_TESTS_KILLED_DESK_H

#include "tests/support/call_stop.h"
#include "tests/support/key_desk.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Waits for a text, then types, then sends keys; both may be NULL. */
struct killed_step {
	const char *until;
	const char *type;
	const char *keys;
	bool saves; /* two seconds go by after that, and the draft is on the disk */
};

/* A story of a number, and what must hold wherever it is stopped. */
struct killed_story {
	const char *script; /* of the service */
	const struct killed_step *steps;
	size_t count;
	/* After the end: `done` steps were done. */
	void (*judge)(struct key_desk *desk, enum call_stop_mode mode, size_t done);
};

/* What the next start shows first. */
enum killed_screen {
	KILLED_LEFT_OPEN,     /* a sequence was left half-done */
	KILLED_DRAFT_FOUND,   /* unsent changes are there */
	KILLED_SETTINGS_SHOWN /* neither */
};

/* The story to its end, then stopped in these ways at every call, or at every `stride`-th one from
 * `first` on; each time all that is kept is whole and the story's judge is content. Prints how many
 * times. */
void killed_story_tell(const struct killed_story *story, enum call_stop_mode mode, int64_t first,
		       int64_t stride);

/* For a judge: the next start, with nothing in its way, opens the number. */
enum killed_screen killed_desk_start_again(struct key_desk *desk);
/* Is this within `calling`, as the service holds it? */
bool killed_desk_holds(const struct key_desk *desk, const char *part);
/* Is this in the number's history? */
bool killed_desk_history_has(const struct key_desk *desk, const char *part);

#endif
