#include "tests/support/call_stop.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

struct call_stop *call_stop_map(const char *path)
{
	struct call_stop *calls;
	int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(file >= 0);
	assert_int_equal(ftruncate(file, sizeof *calls), 0);
	calls = mmap(NULL, sizeof *calls, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	assert_true(calls != MAP_FAILED);
	(void)close(file);
	return calls;
}

void call_stop_unmap(struct call_stop *calls)
{
	assert_int_equal(munmap(calls, sizeof *calls), 0);
}

void call_stop_set(struct call_stop *calls, enum call_stop_mode mode, int64_t at)
{
	*calls = (struct call_stop) { .mode = (int32_t)mode, .at = at };
}
