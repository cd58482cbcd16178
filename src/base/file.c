#include "base/file.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool io_error(struct err *err, const char *what, const char *path)
{
	return err_set(err, errno == EACCES || errno == EPERM ? ERR_FORBIDDEN : ERR_IO,
		       "%s %s: %s.", what, path, strerror(errno));
}

bool file_read(const char *path, size_t limit, struct str *out, struct err *err)
{
	bool is_input = strcmp(path, "-") == 0;
	const char *name = is_input ? "standard input" : path;
	int fd = is_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return io_error(err, "Cannot open", name);
	char buffer[4096];
	bool done = false;
	ssize_t got;
	while ((got = read(fd, buffer, sizeof buffer)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			(void)io_error(err, "Cannot read", name);
			goto out;
		}
		str_append(out, buffer, (size_t)got);
		if (out->length > limit) {
			(void)err_set(err, ERR_INPUT, "There are more than %zu bytes in %s.", limit,
				      name);
			goto out;
		}
	}
	done = true;
out:
	explicit_bzero(buffer, sizeof buffer); /* it may have been a key */
	if (!is_input)
		(void)close(fd);
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

static bool special_write(const char *path, const char *bytes, size_t length, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return io_error(err, "Cannot open", path);
	bool done = bytes_write(fd, bytes, length) || io_error(err, "Cannot write", path);
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
		(void)io_error(err, "Cannot write beside", path);
		goto out;
	}
	if (fchmod(fd, mode) != 0 || !bytes_write(fd, bytes, length) || fsync(fd) != 0 ||
	    rename(beside, target) != 0) {
		(void)io_error(err, "Cannot write", path);
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
			done = io_error(err, "Cannot make the folder", folder);
		*at = end;
		if (end == '\0')
			break;
	}
	free(folder);
	return done;
}
