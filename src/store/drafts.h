/*
 * Unsent drafts: $XDG_DATA_HOME/sipdesk/drafts/ID.json, one a number, without secrets: the base
 * (passwords hidden), when it was read, and the edits on it (calling/draft_json.h).
 */
#ifndef SIPDESK_STORE_DRAFTS_H
#define SIPDESK_STORE_DRAFTS_H

#include "base/err.h"
#include "calling/settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct saved_draft {
	struct calling_settings base;
	struct calling_values mine;
	int64_t saved_at;	 /* clock_now() */
	bool outcome_is_unknown; /* a write's outcome could not be read: the number is marked */
};

void saved_draft_release(struct saved_draft *draft);

/* Replaces the file whole (fsync, rename, fsync of the folder): milliseconds, so the screens call
 * it in a child (process_work_start) and only when ending by themselves. */
bool draft_save(const char *id, const struct calling_settings *base,
		const struct calling_values *mine, bool outcome_is_unknown, struct err *err);
/* Its number is locked. `*exists` false and true where there is none. Damaged: set aside, ERR_INPUT
 * names its new place. */
bool draft_load(const char *id, struct saved_draft *draft, bool *exists, struct err *err);
bool draft_discard(const char *id, struct err *err);
bool draft_exists(const char *id);
/* The ids of all numbers that have one, sorted; caller frees each and the list. */
char **drafts_list(size_t *count);

#endif
