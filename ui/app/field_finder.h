/* Fields of a number found by a part of their label, help sentence or JSON path: for the screens
 * and for ui/plain. */
#ifndef SIPDESK_UI_APP_FIELD_FINDER_H
#define SIPDESK_UI_APP_FIELD_FINDER_H

#include "ui/app/open_number.h"

struct field_match {
	struct field_ref ref;
	const char *label; /* borrowed from the field table or the draft */
	char *path;
};

struct field_matches {
	struct field_match *items; /* those whose label has it come first */
	size_t count;
};

/* Those of the number's draft; every field has an empty text. Replaces what was there. */
void field_matches_find(struct field_matches *matches, const struct open_number *number,
			const char *wanted);
void field_matches_release(struct field_matches *matches);

#endif
