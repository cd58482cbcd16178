/* Files written whole or not at all. */
#ifndef SIPDESK_BASE_FILE_H
#define SIPDESK_BASE_FILE_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Reads at most `limit` bytes; a larger file is ERR_INPUT, one that cannot be read ERR_IO. "-" is
 * standard input. */
bool file_read(const char *path, size_t limit, struct str *out, struct err *err);

/* Writes a file beside it, fsyncs it, renames it over `path` and fsyncs the folder. Where `path` is
 * a pipe or a device it is written straight. The file gets `mode`, less what one that it replaces
 * did not have. */
bool file_write_whole(const char *path, const char *bytes, size_t length, mode_t mode,
		      struct err *err);

/* Makes a folder and those above it, mode 0700. */
bool file_folder_make(const char *path, struct err *err);

#endif
