#include "base/file.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_SIZE = 32 * 1024 };

static bool io_error(struct err *err, const char *what, const char *path)
{
	return err_set(err, errno == EACCES || errno == EPERM ? ERR_FORBIDDEN : ERR_IO,
		       "%s %s: %s.", what, path, strerror(errno));
}

bool file_write_error(const char *what, const char *path, struct err *err)
{
	static const struct {
		int reason;
		const char *next_step;
	} steps[] = {
		{ ENOSPC, "The disk is full: free some space there, then try again." },
		{ EDQUOT, "Your share of the disk is full: free some space, then try again." },
		{ EFBIG, "This user may not write files of that size (ulimit -f)." },
		{ EROFS, "The file system is read-only: remount it, or choose another folder." },
		{ EACCES, "Give this user the right to write there, or choose another folder." },
		{ ENOTDIR, "A file stands where a folder has to be: move it away." },
		{ EEXIST, "A file stands where a folder has to be: move it away." },
	};
	int reason = errno;
	(void)io_error(err, what, path);
	for (size_t i = 0; i < ARRAY_LENGTH(steps); i++)
		if (steps[i].reason == reason)
			err_next_step(err, "%s", steps[i].next_step);
	return false;
}

/* A regular file's size, else what a pipe may have at once. */
static size_t size_expected(int file)
{
	struct stat status;
	return fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > READ_SIZE
		       ? (size_t)status.st_size
		       : READ_SIZE;
}

bool file_read_open(int file, const char *name, size_t limit, struct str *out, struct err *err)
{
	ssize_t got = -1;
	size_t most = size_expected(file) + 1; /* its end is seen by the same look */
	while (got != 0) {
		size_t room = limit - out->length + 1; /* one more shows that there is more */
		if (room > most)
			room = most;
		str_reserve(out, room);
		got = read(file, out->bytes + out->length, room);
		if (got < 0 && errno != EINTR)
			return io_error(err, "Cannot read", name);
		out->length += got > 0 ? (size_t)got : 0;
		out->bytes[out->length] = '\0';
		most = READ_SIZE;
		if (out->length > limit)
			return err_set(err, ERR_INPUT, "There are more than %zu bytes in %s.",
				       limit, name);
	}
	return true;
}

bool file_read(const char *path, size_t limit, struct str *out, struct err *err)
{
	if (strcmp(path, "-") == 0)
		return file_read_open(STDIN_FILENO, "standard input", limit, out, err);
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return io_error(err, "Cannot open", path);
	bool done = file_read_open(file, path, limit, out, err);
	(void)close(file);
	return done;
}

/* Straight into its pages: nothing of it passes through memory that is not wiped. */
static bool secret_read_open(int file, const char *name, struct secret *secret, struct err *err)
{
	ssize_t got = -1;
	while (got != 0) {
		size_t at = secret->length;
		if (!secret_insert(secret, at, NULL, SECRET_MAX, err))
			return false;
		got = read(file, secret->pages + at, SECRET_MAX);
		size_t taken = got > 0 ? (size_t)got : 0;
		secret_remove(secret, at + taken, SECRET_MAX - taken);
		if (got < 0 && errno != EINTR)
			return io_error(err, "Cannot read", name);
		if (secret->length > SECRET_MAX)
			return err_set(err, ERR_INPUT, "There are more than %d bytes in %s.",
				       SECRET_MAX, name);
	}
	return true;
}

bool file_read_secret(const char *path, struct secret *secret, struct err *err)
{
	secret_release(secret);
	if (strcmp(path, "-") == 0)
		return secret_read_open(STDIN_FILENO, "standard input", secret, err);
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return io_error(err, "Cannot open", path);
	bool done = secret_read_open(file, path, secret, err);
	(void)close(file);
	return done;
}

static bool bytes_write(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t put = write(fd, bytes, length);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		bytes += put;
		length -= (size_t)put;
	}
	return true;
}

bool file_write_open(int file, const char *name, const char *bytes, size_t length, struct err *err)
{
	return bytes_write(file, bytes, length) || io_error(err, "Cannot write", name);
}

static bool special_write(const char *path, const char *bytes, size_t length, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return io_error(err, "Cannot open", path);
	bool done = file_write_open(fd, path, bytes, length, err);
	(void)close(fd);
	return done;
}

/* A rename is on disk only once its folder is. */
static void folder_sync(const char *path)
{
	char *folder = mem_text(path);
	char *slash = strrchr(folder, '/');
	if (slash != NULL)
		slash[slash == folder] = '\0';
	int fd = open(slash == NULL ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		(void)fsync(fd);
		(void)close(fd);
	}
	free(folder);
}

bool file_write_whole(const char *path, const char *bytes, size_t length, mode_t mode,
		      struct err *err)
{
	struct stat status;
	bool exists = stat(path, &status) == 0;
	if (exists && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
		return special_write(path, bytes, length, err);
	if (exists)
		mode &= status.st_mode; /* a file that others could not read stays so */
	/* Behind a symbolic link (a kept configuration, /dev/stdout) the file itself is replaced.
	 */
	char *target = exists ? realpath(path, NULL) : NULL;
	if (target == NULL)
		target = mem_text(path);
	char *beside = mem_format("%s.new-XXXXXX", target);
	bool done = false;
	int fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0) {
		(void)file_write_error("Cannot write beside", path, err);
		goto out;
	}
	if (fchmod(fd, mode) != 0 || !bytes_write(fd, bytes, length) || fsync(fd) != 0 ||
	    rename(beside, target) != 0) {
		(void)file_write_error("Cannot write", path, err);
		(void)unlink(beside);
		goto out;
	}
	folder_sync(target);
	done = true;
out:
	if (fd >= 0)
		(void)close(fd);
	free(beside);
	free(target);
	return done;
}

bool file_folder_make(const char *path, struct err *err)
{
	char *folder = mem_text(path);
	bool done = true;
	struct stat status;
	for (char *at = folder + (*folder == '/'); done; at++) {
		if (*at != '/' && *at != '\0')
			continue;
		char end = *at;
		*at = '\0';
		if (mkdir(folder, 0700) != 0 &&
		    (errno != EEXIST || stat(folder, &status) != 0 || !S_ISDIR(status.st_mode)))
			done = file_write_error("Cannot make the folder", folder, err);
		*at = end;
		if (end == '\0')
			break;
	}
	free(folder);
	return done;
}
