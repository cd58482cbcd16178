/* Time: the wall clock for what people read, the monotonic clock for everything that waits. */
#ifndef SIPDESK_BASE_CLOCK_H
#define SIPDESK_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

enum {
	CLOCK_TEXT_SIZE = 32 /* "2026-11-22T16:50:00+01:00" and a NUL, with room */
};

int64_t clock_now(void);	  /* seconds since 1970, wall clock */
int64_t clock_monotonic_ms(void); /* milliseconds since some fixed moment; never goes back */

/* They write into `out` and return it. Local time zone. */
const char *clock_rfc3339(int64_t seconds, char out[CLOCK_TEXT_SIZE]);
const char *clock_hour_minute(int64_t seconds, char out[CLOCK_TEXT_SIZE]); /* "12:41" */
const char *clock_day_minute(int64_t seconds, char out[CLOCK_TEXT_SIZE]);  /* "2026-11-22 12:41" */
/* How long ago, in its largest unit: "now", "3 min", "5 h", "2 d", "1 y". Writes into `out` and
 * returns it. */
const char *clock_age(int64_t seconds, char out[CLOCK_TEXT_SIZE]);

#endif
