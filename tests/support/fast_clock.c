#include "tests/support/fast_clock.h"

#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { NS_PER_S = 1000000000 };

/* The clock is the one thing that cannot be handed in: libcurl reads it too, also in its look-up
 * threads, so these change only while no transfer runs. */
static int64_t real_start, fast_start;
static int factor_now = 1;
static time_t wall_ahead; /* seconds */

static int64_t real_ns(void)
{
	struct timespec now = { 0 };
	(void)syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static int64_t fast_ns(void)
{
	return fast_start + (real_ns() - real_start) * factor_now;
}

void fast_clock_set(int factor)
{
	fast_start = real_start == 0 ? real_ns() : fast_ns();
	real_start = real_ns();
	factor_now = factor;
}

void fast_clock_jump(int64_t ms)
{
	fast_clock_set(factor_now);
	fast_start += ms * (NS_PER_S / 1000);
}

void fast_clock_wall_set(int64_t seconds)
{
	struct timespec now = { 0 };
	(void)syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
	wall_ahead = (time_t)seconds - now.tv_sec;
}

/* Found before the C library's, by libcurl too. */
int clock_gettime(clockid_t clock, struct timespec *now)
{
	if (real_start == 0 || (clock != CLOCK_MONOTONIC && clock != CLOCK_MONOTONIC_RAW)) {
		int failed = (int)syscall(SYS_clock_gettime, clock, now);
		if (clock == CLOCK_REALTIME)
			now->tv_sec += wall_ahead;
		return failed;
	}
	int64_t ns = fast_ns();
	*now = (struct timespec) { .tv_sec = (time_t)(ns / NS_PER_S), .tv_nsec = ns % NS_PER_S };
	return 0;
}
