#include "tests/support/written.h"

#include "base/file.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	ROWS = 24,
	COLUMNS = 80,
	FRAME_BYTES = 32, /* less than a secret takes: none is drawn and gone within one look */
	FOLDERS_OPEN_MAX = 16,
	PIECE = 1024 * 1024,
	OVERLAP = 1024,
	FILE_SIZE_MAX = 16 * 1024 * 1024,
	PROC_TEXT_MAX = 1024 * 1024,
};

/* --- the terminal ----------------------------------------------------------------------------- */

static bool screen_has(const struct secrets *secrets, const struct terminal *terminal, size_t at)
{
	struct screen screen;
	struct str text;
	str_init(&text);
	screen_take(&screen, terminal);
	screen_text(&screen, &text);
	char *what = mem_format("the screen after %zu bytes", at);
	bool has = secrets_are_in(secrets, what, text.bytes, text.length);
	free(what);
	str_release(&text);
	screen_release(&screen);
	return has;
}

bool written_bytes_have(const struct secrets *secrets, const struct session *session, size_t from,
			size_t to)
{
	return secrets_are_in(secrets, "the terminal's bytes", session->output.bytes + from,
			      to - from);
}

bool written_screens_have(const struct secrets *secrets, const struct session *session, size_t from,
			  size_t to)
{
	struct terminal terminal;
	bool has = false;
	terminal_init(&terminal, ROWS, COLUMNS);
	for (size_t at = 0; at < to && !has;) {
		size_t length = to - at < FRAME_BYTES ? to - at : FRAME_BYTES;
		terminal_write(&terminal, session->output.bytes + at, length);
		str_clear(&terminal.replies);
		at += length;
		has = at > from && screen_has(secrets, &terminal, at);
	}
	terminal_release(&terminal);
	return has;
}

/* --- files ------------------------------------------------------------------------------------ */

/* nftw() hands its callback nothing of ours. */
static struct {
	const struct secrets *secrets;
	time_t since;
	bool has;
} walk;

static bool file_has(const struct secrets *secrets, const char *path)
{
	static char bytes[PIECE + OVERLAP];
	bool has = false;
	ssize_t length = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	for (off_t at = 0; fd >= 0 && (length = pread(fd, bytes, sizeof bytes, at)) > 0;
	     at += PIECE)
		has |= secrets_are_in(secrets, path, bytes, (size_t)length);
	if (fd >= 0)
		(void)close(fd);
	else if (errno != ENOENT && errno != ELOOP)
		(void)fprintf(stderr, "%s could not be searched: %s\n", path, strerror(errno));
	return has || (fd < 0 && errno != ENOENT && errno != ELOOP);
}

static int entry_search(const char *path, const struct stat *status, int type, struct FTW *place)
{
	char target[PATH_MAX];
	(void)place;
	bool is_old = status->st_mtime < walk.since && status->st_ctime < walk.since;
	if (is_old || status->st_uid != geteuid() || status->st_size > FILE_SIZE_MAX)
		return 0;
	walk.has |= secrets_are_in(walk.secrets, "a file's name", path, strlen(path));
	if (type == FTW_F && S_ISREG(status->st_mode))
		walk.has |= file_has(walk.secrets, path);
	if (type == FTW_SL) {
		ssize_t length = readlink(path, target, sizeof target);
		if (length > 0)
			walk.has |= secrets_are_in(walk.secrets, path, target, (size_t)length);
	}
	return 0;
}

bool written_files_have(const struct secrets *secrets, const char *folder, time_t since)
{
	walk.secrets = secrets;
	walk.since = since;
	walk.has = false;
	(void)nftw(folder, entry_search, FOLDERS_OPEN_MAX, FTW_PHYS | FTW_MOUNT);
	return walk.has;
}

/* --- processes -------------------------------------------------------------------------------- */

enum proc_answer { PROC_READ, PROC_GONE, PROC_REFUSED };

static enum proc_answer proc_read(pid_t process, const char *name, struct str *out)
{
	struct err err;
	char *path = mem_format("/proc/%d/%s", (int)process, name);
	str_clear(out);
	bool is_read = file_read(path, PROC_TEXT_MAX, out, &err);
	free(path);
	if (is_read)
		return PROC_READ;
	return err.kind == ERR_FORBIDDEN ? PROC_REFUSED : PROC_GONE;
}

static bool process_has(const struct secrets *secrets, pid_t process,
			struct written_processes *processes)
{
	static const char *const NAMES[] = { "cmdline", "environ", "comm" };
	struct str text;
	bool has = false;
	str_init(&text);
	for (size_t i = 0; i < ARRAY_LENGTH(NAMES); i++) {
		enum proc_answer answer = proc_read(process, NAMES[i], &text);
		processes->read += answer == PROC_READ;
		processes->refused += answer == PROC_REFUSED;
		if (answer == PROC_READ)
			has |= secrets_are_in(secrets, NAMES[i], text.bytes, text.length);
	}
	str_release(&text);
	return has;
}

/* proc(5), stat: "ID (NAME) STATE PARENT …"; a name may hold anything. */
static pid_t parent_of(pid_t process)
{
	struct str stat;
	str_init(&stat);
	(void)proc_read(process, "stat", &stat);
	const char *end = strrchr(stat.bytes, ')');
	pid_t parent = end == NULL || strlen(end) < 5 ? 0 : (pid_t)strtol(end + 4, NULL, 10);
	str_release(&stat);
	return parent;
}

static bool is_within(pid_t process, pid_t ancestor)
{
	while (process > 1 && process != ancestor)
		process = parent_of(process);
	return process == ancestor;
}

bool written_processes_have(const struct secrets *secrets, pid_t process,
			    struct written_processes *processes)
{
	bool has = false;
	DIR *entries = opendir("/proc");
	for (struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
		pid_t other = (pid_t)strtol(entry->d_name, NULL, 10);
		if (other > 0 && is_within(other, process))
			has |= process_has(secrets, other, processes);
	}
	if (entries != NULL)
		(void)closedir(entries);
	return has;
}
