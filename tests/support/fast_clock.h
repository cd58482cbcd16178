/*
 * A monotonic clock that runs faster, so that a test of a 30 s time-out takes a second. It holds
 * for this whole program, libcurl included; poll() still waits real time, so a loop that is stepped
 * under it is stepped often.
 */
#ifndef SIPDESK_TESTS_FAST_CLOCK_H
#define SIPDESK_TESTS_FAST_CLOCK_H

/* From now on the clock runs `factor` times as fast as real time; 1: as usual. It never goes back.
 */
void fast_clock_set(int factor);

#endif
