/*
 * The program with saved numbers whose keys live in several places, in front of the fault server,
 * with a vault, a clock that can be put forward, and anna on jump1 (pts/3) before the screen.
 *
 * A step that fails ends the cmocka test.
 */
#ifndef SIPDESK_TESTS_KEY_DESK_H
#define SIPDESK_TESTS_KEY_DESK_H

#include "tests/support/desk.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of the vault. */
extern const char KEY_DESK_PASSPHRASE[];

struct key_desk_number {
	const char *label; /* NULL ends */
	const char *key;   /* as in numbers.json: "\"vault\"", "{\"command\":[…]}"; NULL: "ask" */
	const char *in_vault; /* its key there; NULL: none */
	bool is_read_only;
};

struct key_desk {
	struct desk desk; /* its session and service */
	struct session *session;
	char *home;
	volatile int64_t *ahead_ms; /* of the program's monotonic clock */
};

/* `script` as in fault_server.h. A vault is made where a number has a key in it. */
void key_desk_open(struct key_desk *desk, const char *script,
		   const struct key_desk_number *numbers);
void key_desk_close(struct key_desk *desk);
/* The same home, before any program: key_desk_open does it, and then starts the screens. */
void key_desk_prepare(struct key_desk *desk, const char *script,
		      const struct key_desk_number *numbers);
/* `sipdesk` with these arguments on a terminal, NULL-terminated and without the program. */
void key_desk_run(struct key_desk *desk, const char *const *arguments);

/* From the list: Enter on the number of that name. */
void key_desk_enter(struct key_desk *desk, const char *label);
/* The passphrase, typed where it is asked for. */
void key_desk_unlock(struct key_desk *desk, const char *passphrase);
/* Time goes by, and the program notices without a key. */
void key_desk_wait(struct key_desk *desk, int64_t ms);
/* How many requests with this key the service has had. */
int key_desk_requests(const struct key_desk *desk, const char *key);
/* Waits until it has had so many. */
void key_desk_expect_requests(const struct key_desk *desk, const char *key, int count);

#endif
