/*
 * A resolver on 127.0.0.1, in a child that ends with the test: whatever name is asked for, it gives
 * the same answer.
 */
#ifndef SIPDESK_TESTS_NAME_SERVER_H
#define SIPDESK_TESTS_NAME_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	NAME_SERVER_SILENT = -1, /* as a code: no answer at all */
	NAME_SERVER_ADDRESSES_MAX = 8,
};

struct name_server {
	pid_t id; /* -1: not running */
	int process_handle;
	uint16_t port; /* UDP */
};

/* `code` is the answer's (RFC 1035 section 4.1.1); `addresses` are IPv4, NULL ends them, or none at
 * all. False with a line on stderr; name_server_stop it all the same. */
bool name_server_start(struct name_server *server, int code, const char *const *addresses);
void name_server_stop(struct name_server *server);

#endif
