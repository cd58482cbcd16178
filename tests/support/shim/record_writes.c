/*
 * LD_PRELOAD: how many bytes each write() to standard output took is appended to the file
 * $SHIM_WRITES_FILE, a number a line. So a test sees in how many writes a frame came.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef ssize_t write_fn(int fd, const void *bytes, size_t length);

ssize_t write(int fd, const void *bytes, size_t length)
{
	static write_fn *real;
	char line[32];
	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "write");
	if (real == NULL) {
		errno = ENOSYS;
		return -1;
	}
	ssize_t written = real(fd, bytes, length);
	int saved = errno;
	const char *path = fd == STDOUT_FILENO ? getenv("SHIM_WRITES_FILE") : NULL;
	int file = path == NULL ? -1 : open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (file >= 0) {
		int size = snprintf(line, sizeof(line), "%zd\n", written);
		(void)real(file, line, (size_t)size);
		(void)close(file);
	}
	errno = saved;
	return written;
}
