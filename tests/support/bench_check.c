#include "tests/support/bench_check.h"

#include "base/json.h"
#include "base/mem.h"
#include "tests/support/bench_addresses.h"
#include "tests/support/bench_figure.h"
#include "tests/support/child.h"
#include "tests/support/peer.h"
#include "tests/support/session.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	RUNS = 21,
	SLOW_RUNS = 5,
	RUN_MS = 20000,
	ONE_WAY_MS = 50, /* of the delaying proxy: 100 ms there and back */
	SILENT_TIMEOUT_S = 3,
	SILENT_TLS_MS = 1000, /* the TLS budget is a third of the whole */
	CONNECTIONS_MAX = 64,
};

struct target {
	char *hostname, *address, *ca_file;
	int port;
};

static void target_release(struct target *target)
{
	free(target->hostname);
	free(target->address);
	free(target->ca_file);
}

/* The practice service's first SIP server: the good one. */
static bool target_read(struct target *target, const char *ready)
{
	struct json_doc doc;
	if (!json_doc_parse(&doc, ready, strlen(ready), NULL))
		return false;
	const cJSON *sips = json_member(doc.root, "sip");
	const cJSON *first = sips == NULL ? NULL : sips->child;
	const char *port = json_text(json_member(first, "port"));
	*target = (struct target) {
		.hostname = mem_text(json_text(json_member(first, "hostname"))),
		.address = mem_text(json_text(json_member(first, "address"))),
		.ca_file = mem_text(json_text(json_member(first, "ca_file"))),
		.port = port == NULL ? 0 : (int)strtol(port, NULL, 10),
	};
	json_doc_release(&doc);
	return target->hostname != NULL && target->address != NULL && target->port > 0;
}

static double check_measure(const struct target *target, int port, const char *timeout)
{
	char *program = session_built("sipdesk");
	char *connect = mem_format("%s:%d", target->address, port);
	const char *const arguments[] = { program,	   "check",  target->hostname,
					  "--connect",	   connect,  "--ca-file",
					  target->ca_file, "--json", "--timeout",
					  timeout,	   NULL };
	double elapsed = bench_run_ms(arguments);
	free(program);
	free(connect);
	return elapsed;
}

static double openssl_measure(const struct target *target)
{
	char *connect = mem_format("%s:%d", target->address, target->port);
	const char *const arguments[] = {
		"openssl",	    "s_client",	      "-connect", connect,
		"-servername",	    target->hostname, "-CAfile",  target->ca_file,
		"-verify_hostname", target->hostname, NULL
	};
	double elapsed = bench_run_ms(arguments);
	free(connect);
	return elapsed;
}

/* In turn, so that what else the machine does falls on both alike. */
static void pair_measure(const struct target *target)
{
	double checks[RUNS], handshakes[RUNS], ratios[RUNS];
	for (size_t i = 0; i < RUNS; i++) {
		checks[i] = check_measure(target, target->port, "15");
		handshakes[i] = openssl_measure(target);
		ratios[i] = checks[i] / handshakes[i];
	}
	bench_figure_print(&(struct bench_figure) { "a full TLS check on loopback", "ms", 15,
						    bench_median(checks, RUNS) });
	bench_figure_print(&(struct bench_figure) { "one handshake of openssl s_client", "ms", -1,
						    bench_median(handshakes, RUNS) });
	bench_figure_print(&(struct bench_figure) { "check to handshake, pair by pair", "times",
						    1.5, bench_median(ratios, RUNS) });
}

/* --- peers -------------------------------------------------------------------------------------
 */

static int loopback_listen(int *port)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
	    listen(fd, CONNECTIONS_MAX) != 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &size) != 0)
		return -1;
	*port = ntohs(address.sin_port);
	return fd;
}

/* What one side sends reaches the other ONE_WAY_MS later. */
static void relay(int one, int other)
{
	struct pollfd ends[2] = { { .fd = one, .events = POLLIN },
				  { .fd = other, .events = POLLIN } };
	char bytes[16384];
	while (poll(ends, 2, RUN_MS) > 0)
		for (size_t i = 0; i < 2; i++) {
			if (ends[i].revents == 0)
				continue;
			ssize_t got = read(ends[i].fd, bytes, sizeof(bytes));
			(void)poll(NULL, 0, ONE_WAY_MS);
			if (got <= 0 ||
			    send(ends[1 - i].fd, bytes, (size_t)got, MSG_NOSIGNAL) != got)
				return;
		}
}

static void connection_relay(int client, const struct target *target)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons((uint16_t)target->port) };
	int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int on = 1;
	(void)inet_pton(AF_INET, target->address, &address.sin_addr);
	(void)setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	(void)setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	(void)poll(NULL, 0, 2 * ONE_WAY_MS); /* the connection's own round trip */
	if (connect(server, (struct sockaddr *)&address, sizeof(address)) == 0)
		relay(client, server);
	_exit(0);
}

/* A process for the listener and one for each connection; all end with the bench. */
static pid_t proxy_start(const struct target *target, int listener)
{
	pid_t parent = getpid();
	pid_t id = fork();
	if (id != 0)
		return id;
	child_bind_to_parent(parent);
	(void)signal(SIGCHLD, SIG_IGN);
	for (int connections = 0; connections < SLOW_RUNS * CONNECTIONS_MAX; connections++) {
		int client = accept(listener, NULL, NULL);
		if (client >= 0 && fork() == 0)
			connection_relay(client, target);
		if (client >= 0)
			(void)close(client);
	}
	_exit(0);
}

static void proxy_measure(const struct target *target)
{
	double times[SLOW_RUNS];
	int port = 0;
	int listener = loopback_listen(&port);
	if (listener < 0)
		return;
	pid_t proxy = proxy_start(target, listener);
	for (size_t i = 0; i < SLOW_RUNS; i++)
		times[i] = check_measure(target, port, "15");
	bench_figure_print(&(struct bench_figure) { "the same through 100 ms there and back", "ms",
						    500, bench_median(times, SLOW_RUNS) });
	(void)kill(proxy, SIGTERM);
	while (waitpid(proxy, NULL, 0) < 0 && errno == EINTR)
		;
	(void)close(listener);
}

/* It takes connections (the kernel does) and never says a word. */
static void silence_measure(const struct target *target)
{
	double times[SLOW_RUNS];
	int port = 0;
	int listener = loopback_listen(&port);
	char *timeout = mem_format("%d", SILENT_TIMEOUT_S);
	for (size_t i = 0; listener >= 0 && i < SLOW_RUNS; i++)
		times[i] = check_measure(target, port, timeout);
	if (listener >= 0)
		bench_figure_print(&(struct bench_figure) {
			"a silent port: verdict after its 1,000 ms", "ms", SILENT_TLS_MS + 50,
			bench_median(times, SLOW_RUNS) });
	(void)close(listener);
	free(timeout);
}

void bench_check(void)
{
	struct peer sandbox;
	struct target target = { 0 };
	if (peer_sandbox_start(&sandbox) && target_read(&target, sandbox.ready)) {
		pair_measure(&target);
		proxy_measure(&target);
		silence_measure(&target);
	}
	bench_addresses();
	target_release(&target);
	(void)peer_stop(&sandbox);
}
