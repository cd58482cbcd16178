/*
 * LD_PRELOAD: the wall clock stands at $SHIM_CLOCK_SECONDS (seconds since 1970), so that screens
 * that show a time are the same in every run. The monotonic clock, and with it every timer, runs.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

typedef int clock_gettime_fn(clockid_t clock, struct timespec *now);

static time_t fixed_seconds(void)
{
	const char *text = getenv("SHIM_CLOCK_SECONDS");
	return text == NULL ? 0 : (time_t)strtoll(text, NULL, 10);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) {
		*now = (struct timespec) { .tv_sec = fixed_seconds() };
		return 0;
	}
	static clock_gettime_fn *real;
	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
	if (real != NULL)
		return real(clock, now);
	errno = ENOSYS;
	return -1;
}

time_t time(time_t *out)
{
	time_t now = fixed_seconds();
	if (out != NULL)
		*out = now;
	return now;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	(void)zone;
	*now = (struct timeval) { .tv_sec = fixed_seconds() };
	return 0;
}
