/*
 * A settings service that fails as told: real HTTP over TCP on 127.0.0.1, for tests only.
 *
 * It keeps one `calling` object as the service does (a POST replaces whole units, a server gets an
 * app_id, a password is shown only when asked for), and a script says what happens to the n-th GET
 * and the n-th POST. What it did is told by GET /_state, which is not counted:
 *   {"gets":2,"posts":1,"connections":3,"most_at_once":1,"hung":0,"calling":{…},"bodies":["…"],
 *    "heads":["GET /…"]}
 * POST /_script, not counted either, begins anew with the script in it; without a line "settings"
 * the settings stay as they are.
 *
 * A script is lines of text; empty ones and those that begin with # are skipped:
 *   settings {"status":"ENABLED"}     the `calling` object at the start; absent: the answer is {}
 *   key 6K9c…                         any other key is answered with 401
 *   app 1784…                         SIP servers of other apps stay, whatever is written;
 *                                     without it all are the key's own
 *   sip-resets-srtp                   a POST with `sip` takes srtp_key_exchange_protocol away
 *   METHOD N DIRECTIVE [ARGUMENT]     METHOD is GET or POST, N counts from 1, * is every other one
 * Several lines for one METHOD N add up. Directives:
 *   before {"srtp_key…":"SDES"}       members of `calling` that change before it is handled; null
 *                                     takes one away
 *   after {…}                         the same, once it was handled
 *   apply | ignore                    does a POST change the settings? without either: only one
 *                                     that is answered as a success
 *   lag N                             the next N GETs still show the settings from before this POST
 *   delay MS                          the answer begins that much later
 *   header Retry-After: 3             one more header in the answer
 *   answer STATUS [BODY]              instead of the usual answer; no BODY: an empty one
 *   length N                          what Content-Length says, whatever the body has
 *   flood BYTES                       instead of the body: that many blanks
 *   drip MS                           one byte of the answer at a time, MS apart
 *   truncate                          half of the answer, then the connection is closed
 *   drop                              the connection is closed after reading the request
 *   drop-unread                       it is closed before anything of the request is read
 *   garbage                           bytes that are no HTTP
 *   hang                              read, but never answered
 */
#ifndef SIPDESK_TESTS_FAULT_SERVER_H
#define SIPDESK_TESTS_FAULT_SERVER_H

#include "base/json.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct fault_server {
	pid_t process;
	int lifeline; /* the child ends when this is closed */
	uint16_t port;
	char url[40]; /* "http://127.0.0.1:PORT" */
};

/* Forks a child that serves. Ends the program with a message where that cannot be done. */
void fault_server_start(struct fault_server *server, const char *script);
/* Begins anew with this script; what the client still has open goes on. */
void fault_server_script(const struct fault_server *server, const char *script);
/* Ends the child and waits for it. */
void fault_server_stop(struct fault_server *server);
/* What /_state says now. The caller releases it. */
void fault_server_state(const struct fault_server *server, struct json_doc *state);
/* The same, one number: "gets", "posts", "connections", "most_at_once", "hung". */
long fault_server_count(const struct fault_server *server, const char *name);

/* Listens on any free port; returns the descriptor. */
int fault_server_listen(uint16_t *port);
/* Serves until `lifeline` is at its end. */
void fault_server_run(int listening, int lifeline, const char *script);

#endif
