/*
 * A session with planted secrets: a machine of its own, a fault server whose number has the API key
 * and the SIP user password, and what must hold of everything that the session lets out of itself.
 *
 * A step that fails ends the cmocka test.
 */
#ifndef SIPDESK_TESTS_STAGE_H
#define SIPDESK_TESTS_STAGE_H

#include "tests/support/fault_server.h"
#include "tests/support/machine.h"
#include "tests/support/tls_front.h"

#include <stdbool.h>
#include <stddef.h>

struct stage {
	struct machine machine;
	struct secrets *hidden; /* the API key and whatever else is never shown */
	struct secrets *shown;	/* the SIP user password: shown when asked for */
	const char *key, *password;
	char *key_file, *log_file;
	struct fault_server service;
	struct tls_front front;
	const char *url;	     /* of the service */
	struct session *session;     /* NULL: not entered */
	size_t shown_from, shown_to; /* places in the terminal's bytes: the reveal */
};

/* Machine and secrets. */
void stage_init(struct stage *stage);
/* The service: a number with a SIP server, any key, and these further lines of its script. */
void stage_serve(struct stage *stage, const char *faults);
/* The same over TLS; its certificate is trusted by what is started from now on. */
void stage_serve_tls(struct stage *stage, const char *faults);
/* The screens of that number, with its key from a file, and a log; waits for nothing. */
void stage_enter(struct stage *stage);
/* Ends all that was begun. */
void stage_release(struct stage *stage);

/* F6; the password stands on the screen. */
void stage_reveal(struct stage *stage);
/* F6 again; it is gone. */
void stage_hide(struct stage *stage);

/* Nothing in arguments and environment of the session's processes, now. */
void stage_processes_are_clean(const struct stage *stage);
/* Nothing in all files of the machine, and no core file. */
void stage_files_are_clean(const struct stage *stage);
/* Nothing in what the terminal was sent, the reveal aside, nor on any of its screens.
 * `reveal_is_over`: it does not stand there any more either. */
void stage_terminal_is_clean(const struct stage *stage, bool reveal_is_over);

#endif
