#include "store/folders.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	MODE_FILE = 0600,
	MODE_OTHERS = 077,
	MODE_OTHERS_WRITE = 022,
	LOCK_WAIT_MS = 1000, /* a save takes some 20 ms, and nobody should feel it */
	LOCK_TRY_MS = 10,
	SET_ASIDE_MAX = 100, /* of one second */
};

static const struct {
	const char *variable;
	const char *below_home;
} FOLDERS[] = {
	[STORE_CONFIG] = { "XDG_CONFIG_HOME", ".config" },
	[STORE_DATA] = { "XDG_DATA_HOME", ".local/share" },
	[STORE_STATE] = { "XDG_STATE_HOME", ".local/state" },
};

char *store_path(enum store_folder folder, const char *name, struct err *err)
{
	const char *chosen = getenv(FOLDERS[folder].variable);
	const char *home = getenv("HOME");
	if (chosen != NULL && chosen[0] == '/')
		return mem_format("%s/sipdesk/%s", chosen, name);
	if (home != NULL && home[0] == '/')
		return mem_format("%s/%s/sipdesk/%s", home, FOLDERS[folder].below_home, name);
	(void)err_set(err, ERR_CONFIG, "There is no folder for sipdesk's files: HOME is not set.");
	err_next_step(err, "Set HOME or %s to an absolute path.", FOLDERS[folder].variable);
	return NULL;
}

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash == NULL ? mem_text(".")
			     : mem_text_n(path, slash == path ? 1 : (size_t)(slash - path));
}

static bool look_error(const char *path, struct err *err)
{
	enum err_kind kind = errno == EACCES || errno == EPERM ? ERR_FORBIDDEN : ERR_IO;
	(void)err_set(err, kind, "Cannot look at %s: %s.", path, strerror(errno));
	return false;
}

/* Refuses what is not ours, or what `refused` of its mode allows others, with the command that
 * mends it. */
static bool owner_judge(const char *path, const struct stat *status, mode_t refused,
			const char *mode, struct err *err)
{
	bool is_ours = status->st_uid == geteuid();
	if (is_ours && (status->st_mode & refused) == 0)
		return true;
	const char *what = !is_ours		    ? "belongs to another user"
			   : refused == MODE_OTHERS ? "can be read by others"
						    : "can be written by others";
	struct str command;
	str_init(&command);
	str_add(&command, is_ours ? "chmod " : "sudo chown \"$USER\" ");
	str_add(&command, is_ours ? mode : "");
	str_add_quoted(&command, path);
	(void)err_set(err, ERR_FORBIDDEN, "%s %s, so it is not used.", path, what);
	err_next_step(err, "Run: %s", command.bytes);
	str_release(&command);
	return false;
}

static bool folder_judge(const char *folder, mode_t refused, const char *mode, bool *exists,
			 struct err *err)
{
	struct stat status;
	*exists = stat(folder, &status) == 0;
	if (!*exists)
		return errno == ENOENT || look_error(folder, err);
	if (S_ISDIR(status.st_mode))
		return owner_judge(folder, &status, refused, mode, err);
	(void)err_set(err, ERR_FORBIDDEN, "%s is no folder, so it is not used.", folder);
	err_next_step(err, "Move it away.");
	return false;
}

/* Behind a symbolic link the file stands in a folder that is not sipdesk's, such as a repository of
 * settings: there nobody else may write. */
static bool real_folder_judge(const char *path, struct err *err)
{
	struct stat status;
	if (lstat(path, &status) != 0 || !S_ISLNK(status.st_mode))
		return true;
	char *real = realpath(path, NULL);
	if (real == NULL)
		return errno == ENOENT || look_error(path, err);
	char *folder = folder_of(real);
	bool exists;
	bool is_right = folder_judge(folder, MODE_OTHERS_WRITE, "go-w ", &exists, err);
	free(folder);
	free(real);
	return is_right;
}

bool store_judge(const char *path, int file, struct stat *status, struct err *err)
{
	if (fstat(file, status) != 0)
		return look_error(path, err);
	if (!S_ISREG(status->st_mode)) {
		(void)err_set(err, ERR_FORBIDDEN, "%s is no plain file, so it is not used.", path);
		err_next_step(err, "Move it away.");
		return false;
	}
	return owner_judge(path, status, MODE_OTHERS, "600 ", err);
}

/* `*file` is -1 where there is none. */
static bool file_open(const char *path, int *file, struct stat *status, struct err *err)
{
	char *folder = folder_of(path);
	bool exists;
	*file = -1;
	bool done = folder_judge(folder, MODE_OTHERS, "700 ", &exists, err);
	free(folder);
	if (!done || !exists)
		return done;
	/* Not to hang on a pipe that was put there. */
	*file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (*file < 0)
		return errno == ENOENT || look_error(path, err);
	if (store_judge(path, *file, status, err) && real_folder_judge(path, err))
		return true;
	(void)close(*file);
	*file = -1;
	return false;
}

bool store_read(const char *path, size_t limit, struct str *out, bool *exists, struct err *err)
{
	int file;
	struct stat status;
	str_clear(out);
	if (!file_open(path, &file, &status, err))
		return false;
	*exists = file >= 0;
	if (file < 0)
		return true;
	bool done = file_read_open(file, path, limit, out, err);
	(void)close(file);
	return done;
}

bool store_write(const char *path, const char *bytes, size_t length, struct err *err)
{
	int file;
	struct stat status;
	char *folder = folder_of(path);
	bool done = file_folder_make(folder, err) && file_open(path, &file, &status, err);
	free(folder);
	if (!done)
		return false;
	if (file >= 0)
		(void)close(file);
	return file_write_whole(path, bytes, length, MODE_FILE, err);
}

void store_leftovers_remove(const char *path)
{
	char *folder = folder_of(path);
	char *start = mem_format("%s.new-", strrchr(path, '/') + 1);
	DIR *entries = opendir(folder);
	const struct dirent *entry;
	while (entries != NULL && (entry = readdir(entries)) != NULL)
		if (text_starts_with(entry->d_name, start))
			(void)unlinkat(dirfd(entries), entry->d_name, 0);
	if (entries != NULL)
		(void)closedir(entries);
	free(start);
	free(folder);
}

bool store_set_aside(const char *path, char **kept, struct err *err)
{
	char moment[sizeof "20261122T165000Z"];
	struct stat status;
	struct tm utc;
	time_t now = (time_t)clock_now();
	(void)gmtime_r(&now, &utc);
	(void)strftime(moment, sizeof moment, "%Y%m%dT%H%M%SZ", &utc);
	char *name = mem_format("%s.damaged-%s", path, moment);
	for (int i = 2; i <= SET_ASIDE_MAX && lstat(name, &status) == 0; i++) {
		free(name);
		name = mem_format("%s.damaged-%s-%d", path, moment, i);
	}
	if (lstat(name, &status) != 0 && rename(path, name) == 0) {
		*kept = name;
		return true;
	}
	(void)err_set(err, ERR_IO, "The damaged file %s cannot be renamed: %s.", path,
		      strerror(errno));
	err_next_step(err, "Move it away, then try again.");
	free(name);
	return false;
}

/* 0 where it is ours now. */
static int lock_take(int lock)
{
	const struct timespec pause = { .tv_nsec = LOCK_TRY_MS * 1000000L };
	int64_t end = clock_monotonic_ms() + LOCK_WAIT_MS;
	while (flock(lock, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return errno;
		if (clock_monotonic_ms() >= end)
			return EWOULDBLOCK;
		(void)nanosleep(&pause, NULL);
	}
	return 0;
}

int store_lock(const char *path, struct err *err)
{
	char *folder = folder_of(path);
	char *name = mem_format("%s.lock", path);
	int lock = -1;
	if (!file_folder_make(folder, err))
		goto out;
	lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, MODE_FILE);
	int failure = lock < 0 ? errno : lock_take(lock);
	if (failure == 0)
		goto out;
	if (failure == EWOULDBLOCK) {
		(void)err_set(err, ERR_IO, "Another sipdesk is writing %s, so nothing was saved.",
			      path);
		err_next_step(err, "Try again in a moment.");
	} else {
		errno = failure;
		(void)file_write_error("Cannot lock", path, err);
	}
	store_unlock(lock);
	lock = -1;
out:
	free(folder);
	free(name);
	return lock;
}

void store_unlock(int lock)
{
	if (lock >= 0)
		(void)close(lock);
}
