/*
 * Lines of shell around a command, as people's own scripts have them: how each ends, and a part of
 * what it writes. What fails writes nothing to standard output, where nothing is expected there.
 *
 * A step that fails ends the cmocka test.
 */
#ifndef SIPDESK_TESTS_SCRIPT_H
#define SIPDESK_TESTS_SCRIPT_H

#include "tests/support/run.h"

#include <stddef.h>

struct script {
	char *head; /* shell before each line, variables say; freed by the owner */
	const char *const *environment; /* as in run.h */
	const char *secret;		/* never written; NULL: there is none */
};

struct script_step {
	const char *line;
	int status;
	const char *prints; /* on standard output */
	const char *says;   /* and on standard error */
};

/* One line, to its end; the caller releases `run`. */
void script_line(const struct script *script, const char *line, struct run *run);
/* One line that ends well and prints this. */
void script_done(const struct script *script, const char *line, const char *prints);
void script_steps(const struct script *script, const struct script_step *steps, size_t count);

#endif
