/*
 * A number on a service whose own state is the truth, its history in a folder of its own, and one
 * sequence on it at a time.
 *
 * Time in which nothing can happen is not waited for: where the sequence waits, or the service
 * hangs, the clock jumps. A step that fails ends the cmocka test.
 */
#ifndef SIPDESK_TESTS_SEQUENCE_WORLD_H
#define SIPDESK_TESTS_SEQUENCE_WORLD_H

#include "service/sequence.h"
#include "tests/support/fault_server.h"

#include <stdbool.h>

/* The number's id: names its files. */
#define SEQUENCE_WORLD_ID "0123456789abcdef"

enum { SEQUENCE_TO_ITS_END = 1000 /* steps; no sequence has so many */ };

struct sequence_world;
/* Called at each step that is told, before anything else. */
typedef void sequence_world_fn(void *owner, struct sequence_world *world);

struct sequence_world {
	struct fault_server server;
	struct loop loop;
	struct http *http;
	struct endpoint endpoint;
	struct history history;
	struct sequence_target target;
	struct calling_settings base; /* what a sequence begins on */
	struct calling_values mine;   /* and what a send wants */
	struct sequence sequence;
	int steps;		 /* told since it began */
	sequence_world_fn *told; /* NULL: nobody is told */
	void *owner;
	char home[40]; /* XDG_DATA_HOME */
};

/* `members`: the inside of the service's `calling` object, which is the base as well; `script`: the
 * further lines (tests/support/fault_server.h). */
void sequence_world_begin(struct sequence_world *world, const char *members, const char *script);
void sequence_world_end(struct sequence_world *world);
/* Another number on the same service, without a history. */
void sequence_world_renew(struct sequence_world *world, const char *members, const char *script);
/* What the service holds now is the base, and nothing is wanted of it yet. Returns its `calling`
 * object with the passwords in it; caller frees. */
char *sequence_world_read(struct sequence_world *world);

/* Each begins a sequence; it runs in sequence_world_run(). */
void sequence_world_send(struct sequence_world *world, enum sequence_kind kind);
void sequence_world_reset(struct sequence_world *world);
void sequence_world_settle(struct sequence_world *world, enum sequence_kind how,
			   const struct sequence_record *open);
/* Runs it to its end, or until `steps` were told. True: to its end. */
bool sequence_world_run(struct sequence_world *world, int steps);

/* The next start: is a sequence open in the history? The caller releases the record where so. */
bool sequence_world_find_open(struct sequence_world *world, struct sequence_record *record);

#endif
