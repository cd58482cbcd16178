#include "tests/support/name_server.h"

#include "tests/support/child.h"
#include "tlscheck/address.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* In bytes of a message (RFC 1035 section 4.1). */
enum {
	MESSAGE_MAX = 512,
	FLAGS = 2,
	ANSWER_COUNT = 6,
	HEADER_SIZE = 12,
	TYPE_FROM_END = 4, /* of a question: its type and class are its last */
	RECORD_SIZE = 16,  /* of type A, with its name as a pointer */
	END_MS = 5000,
};

/* Turns the question into its answer; its new length. */
static size_t answer_make(unsigned char *message, size_t length, int code,
			  const char *const *addresses)
{
	static const unsigned char head[] = { 0xc0, HEADER_SIZE, 0, ns_t_a, 0, ns_c_in,
					      0,    0,		 0, 60,	    0, 4 };
	bool is_for_v4 = message[length - TYPE_FROM_END + 1] == ns_t_a;
	message[FLAGS] |= 0x80;
	message[FLAGS + 1] = (unsigned char)code;
	memset(message + ANSWER_COUNT, 0, HEADER_SIZE - ANSWER_COUNT); /* nor further sections */
	for (size_t i = 0; is_for_v4 && addresses != NULL && addresses[i] != NULL; i++) {
		struct address address;
		(void)address_parse(addresses[i], &address);
		memcpy(message + length, head, sizeof(head));
		memcpy(message + length + sizeof(head), address.bytes, RECORD_SIZE - sizeof(head));
		length += RECORD_SIZE;
		message[ANSWER_COUNT + 1]++;
	}
	return length;
}

static _Noreturn void server_run(int fd, int code, const char *const *addresses, pid_t parent)
{
	child_bind_to_parent(parent);
	for (;;) {
		unsigned char message[MESSAGE_MAX];
		struct sockaddr_in client;
		socklen_t size = sizeof(client);
		ssize_t got = recvfrom(fd, message,
				       sizeof(message) - NAME_SERVER_ADDRESSES_MAX * RECORD_SIZE, 0,
				       (struct sockaddr *)&client, &size);
		if (got <= HEADER_SIZE + TYPE_FROM_END || code == NAME_SERVER_SILENT)
			continue;
		size_t length = answer_make(message, (size_t)got, code, addresses);
		(void)sendto(fd, message, length, 0, (struct sockaddr *)&client, size);
	}
}

bool name_server_start(struct name_server *server, int code, const char *const *addresses)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);
	pid_t parent = getpid();
	*server = (struct name_server) { .id = -1, .process_handle = -1 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && bind(fd, (struct sockaddr *)&address, size) == 0 &&
	    getsockname(fd, (struct sockaddr *)&address, &size) == 0)
		server->id = fork();
	if (server->id == 0)
		server_run(fd, code, addresses, parent);
	if (server->id > 0) {
		server->process_handle = child_handle(server->id);
		server->port = ntohs(address.sin_port);
	} else {
		(void)fprintf(stderr, "name server: cannot start: %s\n", strerror(errno));
	}
	if (fd >= 0)
		(void)close(fd);
	return server->id > 0;
}

void name_server_stop(struct name_server *server)
{
	int status = 0;
	if (server->id <= 0)
		return;
	(void)kill(server->id, SIGKILL);
	(void)child_reap(server->id, server->process_handle, END_MS, &status);
	(void)close(server->process_handle);
	server->id = -1;
}
