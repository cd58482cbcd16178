#include "tests/support/fault_server.h"

#include "base/str.h"
#include "tests/support/child.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STATE_WAIT_S = 5 /* a server that does not answer a test in that time is broken */ };

static _Noreturn void fail(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

void fault_server_start(struct fault_server *server, const char *script)
{
	int lifeline[2];
	int listening = fault_server_listen(&server->port);
	if (pipe(lifeline) != 0)
		fail("fault server: pipe");
	(void)fflush(NULL);
	pid_t parent = getpid();
	server->process = fork();
	if (server->process < 0)
		fail("fault server: fork");
	if (server->process == 0) {
		child_bind_to_parent(parent);
		(void)close(lifeline[1]);
		fault_server_run(listening, lifeline[0], script);
		_exit(EXIT_SUCCESS); /* the test's own exit handlers are not the child's */
	}
	(void)close(listening);
	(void)close(lifeline[0]);
	server->lifeline = lifeline[1];
	(void)snprintf(server->url, sizeof server->url, "http://127.0.0.1:%u",
		       (unsigned)server->port);
}

void fault_server_stop(struct fault_server *server)
{
	(void)close(server->lifeline);
	(void)kill(server->process, SIGTERM); /* another child may hold the lifeline's other end */
	(void)waitpid(server->process, NULL, 0);
}

static int server_connect(const struct fault_server *server)
{
	struct timeval wait = { .tv_sec = STATE_WAIT_S };
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(server->port) };
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) != 0 ||
	    connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
		fail("fault server: connect");
	return fd;
}

/* Caller releases the state that every such request is answered with. */
static void aside_ask(const struct fault_server *server, const char *method_and_path,
		      const char *body, struct json_doc *state)
{
	char piece[4096];
	struct str talk;
	size_t wanted = SIZE_MAX;
	str_init(&talk);
	json_doc_init(state);
	int fd = server_connect(server);
	str_addf(&talk, "%s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %zu\r\n\r\n%s",
		 method_and_path, strlen(body), body);
	if (send(fd, talk.bytes, talk.length, MSG_NOSIGNAL) != (ssize_t)talk.length)
		fail("fault server: send");
	str_clear(&talk);
	while (talk.length < wanted) {
		ssize_t length = recv(fd, piece, sizeof piece, 0);
		if (length <= 0)
			fail("fault server: receive");
		str_append(&talk, piece, (size_t)length);
		const char *end = strstr(talk.bytes, "\r\n\r\n");
		const char *said = strstr(talk.bytes, "Content-Length: ");
		if (end != NULL && said != NULL)
			wanted = (size_t)(end + 4 - talk.bytes) + strtoul(said + 16, NULL, 10);
	}
	const char *answer = strstr(talk.bytes, "\r\n\r\n") + 4;
	(void)close(fd);
	if (!json_doc_parse(state, answer, strlen(answer), NULL))
		fail("fault server: its state is not JSON");
	str_release(&talk);
}

void fault_server_state(const struct fault_server *server, struct json_doc *state)
{
	aside_ask(server, "GET /_state", "", state);
}

void fault_server_script(const struct fault_server *server, const char *script)
{
	struct json_doc state;
	aside_ask(server, "POST /_script", script, &state);
	json_doc_release(&state);
}

long fault_server_count(const struct fault_server *server, const char *name)
{
	struct json_doc state;
	fault_server_state(server, &state);
	const char *digits = json_text(json_member(state.root, name));
	long count = digits == NULL ? -1 : strtol(digits, NULL, 10);
	json_doc_release(&state);
	return count;
}
