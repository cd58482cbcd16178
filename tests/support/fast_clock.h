/*
 * A monotonic clock that runs faster, so that a test of a 30 s time-out takes a second. It holds
 * for this whole program, libcurl included; poll() still waits real time, so a loop that is stepped
 * under it is stepped often.
 */
#ifndef SIPDESK_TESTS_FAST_CLOCK_H
#define SIPDESK_TESTS_FAST_CLOCK_H

#include <stdint.h>

/* From now on the clock runs `factor` times as fast as real time; 1: as usual. It never goes back.
 */
void fast_clock_set(int factor);
/* So many milliseconds are over at once. */
void fast_clock_jump(int64_t ms);
/* The wall clock goes on from there, seconds since 1970. */
void fast_clock_wall_set(int64_t seconds);

#endif
