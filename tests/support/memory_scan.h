/*
 * The search for planted secrets in all memory that another process can write: its heap, stacks,
 * libraries' data, anonymous and shared pages, from /proc/ID/maps and /proc/ID/mem.
 *
 * The process should be at rest: what it moves meanwhile could be missed.
 */
#ifndef SIPDESK_TESTS_MEMORY_SCAN_H
#define SIPDESK_TESTS_MEMORY_SCAN_H

#include "base/str.h"
#include "tests/support/secrets.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct memory_scan {
	/* How often the piece that is there most often is there. */
	size_t copies[SECRETS_MAX][SECRETS_CODINGS];
	size_t pieces[SECRETS_MAX][SECRETS_CODINGS][SECRETS_PIECES];
	size_t scanned;	  /* bytes */
	struct str where; /* a line for each hit: which secret, how coded, address and mapping */
};

/* May this user read the memory of a process that is not dumpable? Where not, nothing can be known.
 */
bool memory_can_be_scanned(void);
/* False, with a line on stderr, where any of it could not be read. The caller releases `scan`. */
bool memory_scan(struct memory_scan *scan, const struct secrets *secrets, pid_t process);
void memory_scan_release(struct memory_scan *scan);
/* In all codings together. */
size_t memory_scan_copies(const struct memory_scan *scan, size_t secret);

#endif
