/*
 * A shared library that only some of the program's work needs. It is loaded when that work begins:
 * linked in, it and those behind it would cost every start of the program milliseconds.
 *
 * The functions go into a table of pointers, one member for each, which the caller owns. A library
 * that was loaded stays until the process ends.
 */
#ifndef SIPDESK_BASE_LIBRARY_H
#define SIPDESK_BASE_LIBRARY_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct library_function {
	const char *name; /* as the library exports it */
	size_t place;	  /* of its pointer in the table: offsetof() */
};

struct library {
	const char *file;    /* as a linked program would ask for it: "libcurl.so.4" */
	const char *user;    /* what needs it: "HTTP", "the practice service" */
	const char *install; /* next step, a full sentence */
	const struct library_function *functions;
	size_t function_count;
};

/* Fills `table`. ERR_CONFIG where the library or one of the functions is missing. */
bool library_load(const struct library *library, void *table, struct err *err);

#endif
