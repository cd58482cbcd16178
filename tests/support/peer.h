/*
 * The other side of a test: the practice service or the fault server as a child process, and plain
 * HTTP questions to it, by libcurl and none of our own client, so that a test learns what the
 * service holds from somebody else than the program under test.
 */
#ifndef SIPDESK_TESTS_PEER_H
#define SIPDESK_TESTS_PEER_H

#include "tests/support/session.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct peer {
	pid_t id; /* -1: not ours to end */
	int process_handle;
	char *folder; /* private, removed with the peer */
	char *ready;  /* what it wrote to its ready file, as it came */
	char *url;    /* "http://127.0.0.1:PORT", from the ready file's "url" */
};

/* Nothing started yet; peer_stop may follow. The functions that start do this themselves. */
void peer_init(struct peer *peer);
/* Starts a program that writes a ready file; an argument "{ready}" becomes the file's path. Waits
 * until the file is there whole. False with a line on stderr; peer_stop it all the same. */
bool peer_start(struct peer *peer, const char *const *arguments);
/* `sipdesk sandbox` on a free port. */
bool peer_sandbox_start(struct peer *peer);
/* The practice service that the session's `sipdesk --sandbox` started for itself: for a session
 * started with tells_ports. Waits until it listens. */
bool peer_sandbox_of(struct peer *peer, struct session *session);
/* Ends and reaps it; false where it did not end by SIGTERM within SESSION_LEAVE_MS. */
bool peer_stop(struct peer *peer);

struct peer_answer {
	long status; /* 0: no answer */
	char *body;  /* NUL-terminated; never NULL; peer_answer_release frees it */
};

/* One request; `key` as D360-API-KEY or NULL, `body` for a POST or NULL for a GET. */
void peer_request(struct peer_answer *answer, const char *url, const char *key, const char *body);
void peer_answer_release(struct peer_answer *answer);

/* What the practice service holds for the practice number with this index: its answer to a GET;
 * caller frees. NULL with a line on stderr where it does not answer 200. */
char *peer_settings(const struct peer *peer, size_t practice_number, bool with_credentials);
/* Another person's write to it, behind the program's back. */
bool peer_write(const struct peer *peer, size_t practice_number, const char *body);

#endif
