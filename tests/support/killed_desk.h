/*
 * The screens of a saved number, stopped at every call that writes or sends, and started again on
 * the same machine.
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

/* What is done with the number "Acme", and what must hold wherever it is stopped. */
struct killed_story {
	const char *script;		 /* of the service */
	const struct killed_step *steps; /* from its settings to the end of the program */
	size_t count;
	/* The program has ended; `done` steps were done. */
	void (*judge)(struct key_desk *desk, enum call_stop_mode mode, size_t done);
};

/* Tells it to its end, then stops it so at every `stride`-th call from `first` (1 on) on. Each time
 * all that is kept is whole, and the judge is content. */
void killed_story_tell(const struct killed_story *story, enum call_stop_mode mode, int64_t first,
		       int64_t stride);

/* What the next start shows first of the number. */
enum killed_screen {
	KILLED_LEFT_OPEN,      /* a sequence was left half-done */
	KILLED_DRAFT_FOUND,    /* there are unsent changes */
	KILLED_SETTINGS_SHOWN, /* neither */
};

/* For the judge: starts it, with nothing in its way, and opens the number. */
enum killed_screen killed_desk_start_again(struct key_desk *desk);
/* Settles what was left half-done: "Finish:" or "Undo:". */
void killed_desk_settle(struct key_desk *desk, const char *way);
/* Is this within `calling`, as the service holds it? In the number's history? Is its draft kept? */
bool killed_desk_service_holds(const struct key_desk *desk, const char *part);
bool killed_desk_history_has(const struct key_desk *desk, const char *part);
bool killed_desk_has_draft(const struct key_desk *desk);

#endif
