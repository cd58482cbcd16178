/*
 * What tests/support/shim/call_stop.c shares with the test: a file, named by $SHIM_CALLS_FILE, that
 * both have mapped. The test sets it before the program starts; the shim counts.
 */
#ifndef SIPDESK_TESTS_CALL_STOP_H
#define SIPDESK_TESTS_CALL_STOP_H

#include <stdint.h>

enum call_stop_mode {
	CALLS_COUNTED,	 /* nothing else */
	CALLS_KILLED,	 /* the program is killed before the call */
	CALLS_TORN,	 /* and half of what that call was to write is written */
	CALLS_ENDED,	 /* SIGTERM comes before the call */
	CALLS_HUNG_UP,	 /* SIGHUP does */
	CALLS_HELD,	 /* the call waits until `goes_on` */
	CALLS_NO_SPACE,	 /* half of this call, then no file can be written: ENOSPC */
	CALLS_BROKEN,	 /* the same: EIO */
	CALLS_READ_ONLY, /* nothing below $HOME can be made or opened for writing: EROFS */
};

struct call_stop {
	volatile int64_t count;	  /* of calls that write or send */
	volatile int64_t at;	  /* from 1 */
	volatile int32_t mode;	  /* enum call_stop_mode */
	volatile int32_t program; /* its process; 0: not started yet */
	volatile int32_t is_held;
	volatile int32_t goes_on;
};

/* For the test. A step that fails ends it. */
struct call_stop *call_stop_map(const char *path); /* makes the file */
void call_stop_unmap(struct call_stop *calls);
/* For the next program that starts; `at` 0: nothing happens. */
void call_stop_set(struct call_stop *calls, enum call_stop_mode mode, int64_t at);

#endif
