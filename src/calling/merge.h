/*
 * Three-way comparison: base, theirs (read again just before a write), mine. Per path:
 * only theirs moved: taken over, and said; both moved alike: nothing; both moved differently: a
 * conflict that the person settles, field by field. There is no global force.
 */
#ifndef SIPDESK_CALLING_MERGE_H
#define SIPDESK_CALLING_MERGE_H

#include "calling/settings.h"
#include "calling/values.h"

enum merge_choice { MERGE_UNDECIDED, MERGE_THEIRS, MERGE_MINE };

struct merge_item {
	struct field_ref ref;
	char *path;
	char *label;
	char *base_text; /* as people read them; NULL where absent */
	char *theirs_text;
	char *mine_text;
	bool conflict;		  /* false: taken over from theirs, only to be said */
	enum merge_choice choice; /* THEIRS where taken over, else UNDECIDED until chosen */
};

struct merge {
	struct merge_item *items;
	size_t count;
	struct calling_values base, theirs, mine; /* aligned copies: one server, one place */
};

void merge_init(struct merge *merge);
void merge_release(struct merge *merge);
/* Servers are matched by app_id, else by hostname, else by place. */
void merge_compute(struct merge *merge, const struct calling_values *base,
		   const struct calling_values *theirs, const struct calling_values *mine);
size_t merge_conflict_count(const struct merge *merge);
bool merge_is_decided(const struct merge *merge);
/* The person's values on top of theirs, by the choices made; undecided items count as theirs.
 * `result` must be fresh; origins point into theirs. */
void merge_result(const struct merge *merge, struct calling_values *result);

#endif
