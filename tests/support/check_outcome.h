/*
 * What `sipdesk check --json` wrote, held against the contract of its documents: JSON Lines in
 * ASCII, each event with the members it must have, the verdict last and once.
 */
#ifndef SIPDESK_TESTS_CHECK_OUTCOME_H
#define SIPDESK_TESTS_CHECK_OUTCOME_H

#include "base/str.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

struct check_outcome {
	cJSON *events;					    /* an array, in order */
	const char *verdict, *headline_id, *headline, *fix; /* borrowed; "" where null */
};

/* False with a line on stderr for each thing against the contract; release it all the same. */
bool check_outcome_read(struct check_outcome *outcome, const struct str *output);
void check_outcome_release(struct check_outcome *outcome);

/* "CRT-14 info": is there such a finding? */
bool check_outcome_has(const struct check_outcome *outcome, const char *finding);
/* The first finding of this kind and, where not NULL, about this address; NULL where there is none.
 */
const cJSON *check_outcome_finding(const struct check_outcome *outcome, const char *id,
				   const char *address);

#endif
