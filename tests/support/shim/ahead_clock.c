/*
 * LD_PRELOAD: the monotonic clock is ahead by as many milliseconds as the file $SHIM_AHEAD_FILE
 * holds (an int64_t, which may change at any time). So a test lets 15 minutes go by at once; a
 * program that waits in poll() notices with its next event.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { MS_PER_S = 1000, NS_PER_MS = 1000000, NS_PER_S = 1000000000 };

typedef int clock_gettime_fn(clockid_t clock, struct timespec *now);

static const volatile int64_t *ahead;
static clock_gettime_fn *real;

/* Not in clock_gettime: the sanitizers read clocks while they have their locks. */
__attribute__((constructor)) static void file_map(void)
{
	const char *path = getenv("SHIM_AHEAD_FILE");
	int file = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return;
	void *memory = mmap(NULL, sizeof *ahead, PROT_READ, MAP_SHARED, file, 0);
	if (memory != MAP_FAILED)
		ahead = memory;
	(void)close(file);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
	if (real == NULL) {
		errno = ENOSYS;
		return -1;
	}
	int done = real(clock, now);
	if (done != 0 || ahead == NULL ||
	    (clock != CLOCK_MONOTONIC && clock != CLOCK_MONOTONIC_RAW))
		return done;
	int64_t ms = *ahead;
	now->tv_sec += (time_t)(ms / MS_PER_S);
	now->tv_nsec += (long)(ms % MS_PER_S) * NS_PER_MS;
	if (now->tv_nsec >= NS_PER_S) {
		now->tv_sec++;
		now->tv_nsec -= NS_PER_S;
	}
	return 0;
}
