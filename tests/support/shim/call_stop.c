/*
 * LD_PRELOAD: counts the calls of a program, and of what it forks, that write to a file or a
 * connection, that make, name, cut or remove a file, or that wait for the disk; at the one that
 * tests/support/call_stop.h asks for it does what is asked. What goes to a terminal or down a pipe
 * of its own is not counted: no file and no number is different before it and after it. fsync() is
 * counted, but does not wait: what stays after a power cut is not asked here. Programs that it
 * starts are let alone.
 */
#include "tests/support/call_stop.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static struct call_stop *calls;
static const char *home;
static size_t home_length;

__attribute__((constructor)) static void file_map(void)
{
	const char *path = getenv("SHIM_CALLS_FILE");
	int file = path == NULL ? -1 : (int)syscall(SYS_open, path, O_RDWR | O_CLOEXEC);
	if (file < 0)
		return;
	void *memory = mmap(NULL, sizeof *calls, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	(void)syscall(SYS_close, file);
	if (memory == MAP_FAILED)
		return;
	struct call_stop *shared = memory;
	if (shared->program != 0 && shared->program != (int32_t)getpid())
		return;
	shared->program = (int32_t)getpid();
	calls = shared;
	home = getenv("HOME");
	home_length = home == NULL ? 0 : strlen(home);
}

/* --- what happens at a call ------------------------------------------------------------------- */

static _Noreturn void program_kill(void)
{
	(void)kill(calls->program, SIGKILL);
	(void)kill(getpid(), SIGKILL);
	for (;;)
		(void)pause();
}

static void call_hold(void)
{
	const struct timespec moment = { .tv_nsec = 1000000 };
	calls->is_held = 1;
	while (calls->goes_on == 0)
		(void)nanosleep(&moment, NULL);
}

/* Counts it. True: it is the one, or one after it. */
static bool call_count(bool *is_the_one)
{
	*is_the_one = false;
	if (calls == NULL)
		return false;
	int64_t number = __atomic_add_fetch(&calls->count, 1, __ATOMIC_SEQ_CST);
	*is_the_one = number == calls->at;
	return calls->at > 0 && number >= calls->at;
}

/* errno for a call that fails; 0: it goes on. */
static int call_enter(bool is_on_file)
{
	bool is_the_one;
	if (!call_count(&is_the_one))
		return 0;
	if (is_on_file && calls->mode == CALLS_NO_SPACE)
		return ENOSPC;
	if (is_on_file && calls->mode == CALLS_BROKEN)
		return EIO;
	if (!is_the_one)
		return 0;
	if (calls->mode == CALLS_KILLED || calls->mode == CALLS_TORN)
		program_kill();
	else if (calls->mode == CALLS_ENDED)
		(void)kill(calls->program, SIGTERM);
	else if (calls->mode == CALLS_HUNG_UP)
		(void)kill(calls->program, SIGHUP);
	else if (calls->mode == CALLS_HELD)
		call_hold();
	return 0;
}

static bool is_file(int fd)
{
	struct stat status;
	return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

static bool is_counted(int fd)
{
	struct stat status;
	return calls != NULL && fstat(fd, &status) == 0 &&
	       (S_ISREG(status.st_mode) || S_ISSOCK(status.st_mode));
}

static bool is_read_only(const char *path)
{
	return calls != NULL && calls->mode == CALLS_READ_ONLY && home_length > 0 &&
	       strncmp(path, home, home_length) == 0;
}

/* Is the next call the one, of which half is made? */
static bool is_half_here(enum call_stop_mode mode)
{
	return calls != NULL && calls->mode == (int32_t)mode && calls->count + 1 == calls->at;
}

static long failed(int why)
{
	errno = why;
	return -1;
}

/* --- calls ------------------------------------------------------------------------------------ */

ssize_t write(int fd, const void *bytes, size_t length)
{
	if (!is_counted(fd))
		return syscall(SYS_write, fd, bytes, length);
	bool is_torn = is_half_here(CALLS_TORN);
	bool is_short = is_half_here(CALLS_NO_SPACE) && is_file(fd); /* as a disk that fills up */
	if (is_torn || is_short)
		(void)syscall(SYS_write, fd, bytes, length / 2);
	int why = call_enter(is_file(fd));
	if (is_short)
		return (ssize_t)(length / 2);
	return why != 0 ? failed(why) : syscall(SYS_write, fd, bytes, length);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at)
{
	int why = call_enter(true);
	return why != 0 ? failed(why) : syscall(SYS_pwrite64, fd, bytes, length, at);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
	int why = is_counted(fd) ? call_enter(is_file(fd)) : 0;
	return why != 0 ? failed(why) : syscall(SYS_writev, fd, parts, count);
}

ssize_t send(int fd, const void *bytes, size_t length, int flags)
{
	(void)call_enter(false);
	return syscall(SYS_sendto, fd, bytes, length, flags, NULL, 0);
}

ssize_t sendto(int fd, const void *bytes, size_t length, int flags, const struct sockaddr *address,
	       socklen_t size)
{
	(void)call_enter(false);
	return syscall(SYS_sendto, fd, bytes, length, flags, address, size);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	(void)call_enter(false);
	return syscall(SYS_sendmsg, fd, message, flags);
}

int fsync(int fd)
{
	(void)fd;
	int why = call_enter(true);
	return why != 0 ? (int)failed(why) : 0;
}

int fdatasync(int fd)
{
	return fsync(fd);
}

int ftruncate(int fd, off_t length)
{
	int why = call_enter(false); /* gives room back */
	return why != 0 ? (int)failed(why) : (int)syscall(SYS_ftruncate, fd, length);
}

int truncate(const char *path, off_t length)
{
	int why = is_read_only(path) ? EROFS : call_enter(false);
	return why != 0 ? (int)failed(why) : (int)syscall(SYS_truncate, path, length);
}

int rename(const char *from, const char *to)
{
	int why = is_read_only(to) ? EROFS : call_enter(true);
	return why != 0 ? (int)failed(why)
			: (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int link(const char *from, const char *to)
{
	int why = is_read_only(to) ? EROFS : call_enter(true);
	return why != 0 ? (int)failed(why)
			: (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlink(const char *path)
{
	int why = is_read_only(path) ? EROFS : call_enter(false);
	return why != 0 ? (int)failed(why) : (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

int mkdir(const char *path, mode_t mode)
{
	int why = is_read_only(path) && access(path, F_OK) != 0 ? EROFS : call_enter(true);
	return why != 0 ? (int)failed(why) : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

static int file_open(int folder, const char *path, int flags, mode_t mode)
{
	int why = 0;
	bool writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT) != 0;
	if (writes && is_read_only(path))
		why = EROFS;
	else if ((flags & O_CREAT) != 0)
		why = call_enter(true);
	return why != 0 ? (int)failed(why) : (int)syscall(SYS_openat, folder, path, flags, mode);
}

static mode_t mode_of(int flags, va_list arguments)
{
	return (flags & (O_CREAT | __O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

int open(const char *path, int flags, ...)
{
	va_list arguments;
	va_start(arguments, flags);
	mode_t mode = mode_of(flags, arguments);
	va_end(arguments);
	return file_open(AT_FDCWD, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...)
{
	va_list arguments;
	va_start(arguments, flags);
	mode_t mode = mode_of(flags, arguments);
	va_end(arguments);
	return file_open(folder, path, flags, mode);
}

/* The C library makes it without a call that could be seen here. */
int mkostemp(char *pattern, int flags)
{
	static int (*real)(char *, int);
	int why = is_read_only(pattern) ? EROFS : call_enter(true);
	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "mkostemp");
	return why != 0 || real == NULL ? (int)failed(why != 0 ? why : ENOSYS)
					: real(pattern, flags);
}
