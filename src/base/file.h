/* Files written whole or not at all. */
#ifndef SIPDESK_BASE_FILE_H
#define SIPDESK_BASE_FILE_H

#include "base/err.h"
#include "base/secret.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Reads at most `limit` bytes; a larger file is ERR_INPUT, one that cannot be read ERR_IO. "-" is
 * standard input. */
bool file_read(const char *path, size_t limit, struct str *out, struct err *err);

/* The same from an open descriptor, which stays open; `name` is for sentences. */
bool file_read_open(int file, const char *name, size_t limit, struct str *out, struct err *err);
/* Writes all bytes to an open descriptor, without a buffer between; `name` is for sentences. */
bool file_write_open(int file, const char *name, const char *bytes, size_t length, struct err *err);

/* Reads a file, or "-", as a secret: at most SECRET_MAX bytes, as they are. */
bool file_read_secret(const char *path, struct secret *secret, struct err *err);

/* Writes a file beside it, fsyncs it, renames it over `path` and fsyncs the folder. Where `path` is
 * a pipe or a device it is written straight. The file gets `mode`, less what one that it replaces
 * did not have. */
bool file_write_whole(const char *path, const char *bytes, size_t length, mode_t mode,
		      struct err *err);

/* What errno says of something that was to be written, and what mends it: "WHAT PATH: ….". */
bool file_write_error(const char *what, const char *path, struct err *err);

/* Makes a folder and those above it, mode 0700. */
bool file_folder_make(const char *path, struct err *err);

#endif
