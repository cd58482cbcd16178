/*
 * A machine that belongs to one test: an empty home, XDG folders, a folder for temporary files and
 * one for sockets, all below one folder, and a record of every program that was started there with
 * its arguments and environment. Core files are allowed (where this system writes any, they come
 * to stand in the home).
 *
 * A step that fails ends the cmocka test.
 */
#ifndef SIPDESK_TESTS_MACHINE_H
#define SIPDESK_TESTS_MACHINE_H

#include "tests/support/run.h"
#include "tests/support/secrets.h"
#include "tests/support/session.h"

#include <stdbool.h>
#include <stddef.h>

struct machine {
	char *folder; /* everything below it was written by programs of this machine */
	char *home;
	char *programs; /* the record */
	char *given;	/* a folder of the test's own, for what it hands over; not part of it */
	char **environment;
};

void machine_init(struct machine *machine);
void machine_release(struct machine *machine);
/* "NAME=value", for all that is started from now on. */
void machine_environment_add(struct machine *machine, const char *variable);

/* A program on a terminal; NULL: sipdesk. `arguments` NULL-terminated, without the program. */
struct session *machine_session(const struct machine *machine, const char *program,
				const char *const *arguments);
/* The same without a terminal. machine_run waits for its end. */
void machine_start(const struct machine *machine, struct run *run, const char *program,
		   const char *const *arguments);
void machine_finish(struct run *run);
void machine_run(const struct machine *machine, struct run *run, const char *program,
		 const char *const *arguments);
/* Writes a file into `given`; caller frees its path. */
char *machine_give(const struct machine *machine, const char *name, const char *content);

/* Was a program with this name (the end of its path) started? */
bool machine_has_started(const struct machine *machine, const char *program);
/* Does this machine leave a core file where a program crashes? */
bool machine_dumps_core(const struct machine *machine);

/* Is anything of the secrets in its files, their names, or the record? Each is told on stderr. */
bool machine_has_secrets(const struct machine *machine, const struct secrets *secrets);
/* Is there a core file where its programs ran? */
bool machine_has_core(const struct machine *machine);

#endif
