/*
 * A draft: the person's values beside the base they were made on. Its edits are the difference
 * between the two (calling/changes.h), path by path, so it can be moved onto a newer base
 * (calling/merge.h). Values change through these functions and no other way.
 */
#ifndef SIPDESK_CALLING_DRAFT_H
#define SIPDESK_CALLING_DRAFT_H

#include "calling/settings.h"

struct draft {
	const struct calling_settings *base; /* borrowed; outlives the draft */
	struct calling_values mine;
};

void draft_init(struct draft *draft, const struct calling_settings *base);
void draft_release(struct draft *draft);

/* The one setter. `text` NULL or (but for parameters) empty makes the field absent. Text is taken
 * as typed: calling/rules.h judges it, so that nothing typed is lost. False where the field cannot
 * be written at all (read-only, longer than the limit, a choice that is disabled): `err` says why,
 * and the draft stays as it was. */
bool draft_set(struct draft *draft, struct field_ref ref, const char *text, struct err *err);

/* Back to the base's value: of a server that the base does not have, nothing; FIELD_SIP_SERVERS and
 * a parameter that the base does not have are removed. */
void draft_revert(struct draft *draft, struct field_ref ref);

int draft_server_add(struct draft *draft); /* returns its index */
/* One that the base has keeps its place as a removed one; an added one is gone, and the places
 * behind it move up. */
void draft_server_remove(struct draft *draft, int server);
int draft_parameter_add(struct draft *draft, int server);
void draft_parameter_remove(struct draft *draft, int server, int parameter);

/* Replaces the base (after a re-read) and the values (after a merge); takes `mine` over. */
void draft_rebase(struct draft *draft, const struct calling_settings *base,
		  struct calling_values *mine);

bool draft_is_changed(const struct draft *draft);

#endif
