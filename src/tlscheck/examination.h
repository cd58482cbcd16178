/*
 * The connections of one check: which probes are made to which addresses, all at once in one poll
 * loop, never more than CHECK_CONNECTIONS_MAX (TLS_CHECK section 2.3). Tells the report each phase
 * as it ends; what the phases mean is for others to say.
 */
#ifndef SIPDESK_TLSCHECK_EXAMINATION_H
#define SIPDESK_TLSCHECK_EXAMINATION_H

#include "tlscheck/address.h"
#include "tlscheck/check.h"
#include "tlscheck/probe.h"
#include "tlscheck/report.h"

#include <stdbool.h>
#include <stddef.h>

enum { NO_ADDRESS = CHECK_ADDRESSES_MAX };

struct examination {
	struct probe_setup setup;
	struct address addresses[CHECK_ADDRESSES_MAX];
	size_t address_count;
	double started_at; /* of the whole check */
	double deadline;
	struct check_report *report;

	struct probe probes[CHECK_CONNECTIONS_MAX];
	size_t probe_count;
	enum check_phase told[CHECK_CONNECTIONS_MAX]; /* the next phase to be told, of each probe */
	size_t full; /* the address with all probes: the first that works; or NO_ADDRESS */
};

/* Runs all probes until the last has ended or the deadline has passed. The probes stay, with what
 * they saw, until examination_release. */
void examination_run(struct examination *examination);
void examination_release(struct examination *examination);

/* NULL where no such probe was made. */
const struct probe *examination_probe(const struct examination *examination, enum probe_kind kind,
				      size_t address_index);

#endif
