/*
 * Where sipdesk keeps its files, and what it demands of them: folders 0700, files 0600, ours.
 *
 * A file that others may read, that is not ours, or that stands in a folder where others may write
 * is refused with the command that mends it. Judged is what was opened, also behind a symbolic
 * link. Files are replaced whole; a damaged one is never overwritten.
 */
#ifndef SIPDESK_STORE_FOLDERS_H
#define SIPDESK_STORE_FOLDERS_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

enum store_folder {
	STORE_CONFIG, /* $XDG_CONFIG_HOME/sipdesk: numbers.json, config.json */
	STORE_DATA,   /* $XDG_DATA_HOME/sipdesk: the vault, drafts, history */
	STORE_STATE,  /* $XDG_STATE_HOME/sipdesk: what can be lost without harm */
};

/* The path of a file of ours; caller frees. NULL with ERR_CONFIG where HOME is not set. A relative
 * XDG_… does not count (XDG Base Directory Specification). */
char *store_path(enum store_folder folder, const char *name, struct err *err);

/* Reads a whole file of ours; a missing one is no error: `*exists` false, nothing in `out`.
 * ERR_FORBIDDEN with the command that mends it, ERR_INPUT where it is larger than `limit`. */
bool store_read(const char *path, size_t limit, struct str *out, bool *exists, struct err *err);

/* Judges what was opened: a plain file, ours, not for others. Fills `status`. ERR_FORBIDDEN with
 * the command that mends it. */
bool store_judge(const char *path, int file, struct stat *status, struct err *err);

/* Makes the folder (0700) and replaces the file whole (0600). A full disk and a read-only home are
 * ERR_IO sentences; what stood there stays. */
bool store_write(const char *path, const char *bytes, size_t length, struct err *err);

/* Removes what a program that was killed has left beside PATH while it wrote it. Only where nobody
 * else may be writing it. */
void store_leftovers_remove(const char *path);

/* Renames a damaged file to PATH.damaged-<UTC time>, so that it can be replaced; `*kept` is its new
 * name (caller frees). */
bool store_set_aside(const char *path, char **kept, struct err *err);

/* Takes PATH.lock for this process (flock), waiting at most a second for another sipdesk that is
 * writing. Returns its descriptor, or -1 with a sentence. store_unlock takes -1 too. */
int store_lock(const char *path, struct err *err);
void store_unlock(int lock);

#endif
