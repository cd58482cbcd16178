#include "tlscheck/resolve.h"

#include "base/mem.h"
#include "tlscheck/probe.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	QUERY_MAX = 512,
	ANSWER_MAX = 65535,
	QUESTIONS = 2, /* A and AAAA */
	/* Each server is asked so often, in turn, before there is no answer. */
	ROUNDS = 3,
	LENGTH_SIZE = 2, /* before a message over TCP (RFC 1035 section 4.2.2) */
};

struct server {
	struct sockaddr_storage address;
	socklen_t size;
};

/* One question on its way. */
struct query {
	unsigned char packet[LENGTH_SIZE + QUERY_MAX]; /* its length first, for TCP */
	size_t length;				       /* of the question alone */
	const char *family;
	int fd; /* -1: it is over */
	bool is_tcp;
	size_t sent;	       /* over TCP */
	unsigned char *answer; /* LENGTH_SIZE + ANSWER_MAX bytes */
	size_t answer_length;
	size_t attempt; /* the server is attempt % server_count */
	double retry_at;
	bool is_answered;
	bool has_no_name;
};

struct resolving {
	struct server servers[MAXNS];
	size_t server_count;
	struct query queries[QUESTIONS];
	double attempt_ms;
	double deadline;
	struct resolved *resolved;
};

static void server_add(struct resolving *resolving, const void *address, size_t size)
{
	if (resolving->server_count == MAXNS)
		return;
	struct server *server = &resolving->servers[resolving->server_count++];
	memcpy(&server->address, address, size);
	server->size = (socklen_t)size;
}

/* The servers of resolv.conf; glibc keeps those of IPv6 in a place of their own. */
static void servers_take(struct resolving *resolving, const struct __res_state *state)
{
	for (int i = 0; i < state->nscount; i++) {
		const struct sockaddr_in *v4 = &state->nsaddr_list[i];
		const struct sockaddr_in6 *v6 = state->_u._ext.nsaddrs[i];
		if (v4->sin_family == AF_INET)
			server_add(resolving, v4, sizeof *v4);
		else if (v6)
			server_add(resolving, v6, sizeof *v6);
	}
}

static bool query_make(struct query *query, struct __res_state *state, const char *hostname,
		       ns_type type)
{
	int length = res_nmkquery(state, ns_o_query, hostname, ns_c_in, (int)type, NULL, 0, NULL,
				  query->packet + LENGTH_SIZE, QUERY_MAX);
	query->family = type == ns_t_a ? "IPv4" : "IPv6";
	if (length <= 0)
		return false;
	query->length = (size_t)length;
	query->packet[0] = (unsigned char)(length >> 8);
	query->packet[1] = (unsigned char)length;
	query->answer = mem_alloc(LENGTH_SIZE + ANSWER_MAX, 1);
	return true;
}

/* ---- one attempt --------------------------------------------------------------------------------
 */

static void socket_close(struct query *query)
{
	if (query->fd >= 0)
		(void)close(query->fd);
	query->fd = -1;
}

static void words_set(struct resolving *resolving, const char *words)
{
	(void)snprintf(resolving->resolved->words, sizeof resolving->resolved->words, "%s", words);
}

/* Asks the server whose turn it is; a failure shows as an attempt whose time is up. */
static void attempt_begin(struct resolving *resolving, struct query *query, bool is_tcp)
{
	const struct server *server = &resolving->servers[query->attempt % resolving->server_count];
	int type = (is_tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC;
	socket_close(query);
	query->is_tcp = is_tcp;
	query->sent = 0;
	query->answer_length = 0;
	query->retry_at = check_clock_ms() + resolving->attempt_ms;
	query->fd = socket(server->address.ss_family, type, 0);
	if (query->fd < 0)
		return;
	/* Connected, so that only this server's datagrams reach us, and ICMP refusals do. */
	bool is_begun =
		connect(query->fd, (const struct sockaddr *)&server->address, server->size) == 0 ||
		errno == EINPROGRESS;
	if (is_begun && !is_tcp)
		is_begun = send(query->fd, query->packet + LENGTH_SIZE, query->length, 0) > 0;
	if (!is_begun)
		socket_close(query);
}

/* The next server's turn, or the end of this question. */
static void attempt_failed(struct resolving *resolving, struct query *query)
{
	socket_close(query);
	query->attempt++;
	if (query->attempt < resolving->server_count * ROUNDS)
		attempt_begin(resolving, query, false);
	else
		query->retry_at = resolving->deadline;
}

static bool is_over(const struct resolving *resolving, const struct query *query)
{
	return query->is_answered || query->attempt >= resolving->server_count * ROUNDS;
}

static void answer_take(struct resolving *resolving, struct query *query,
			const unsigned char *answer, size_t length)
{
	enum answer_state state = resolve_answer_read(query->packet + LENGTH_SIZE, query->length,
						      answer, length, resolving->resolved);
	switch (state) {
	case ANSWER_READ:
	case ANSWER_NO_NAME:
		query->is_answered = true;
		query->has_no_name = state == ANSWER_NO_NAME;
		socket_close(query);
		return;
	case ANSWER_CUT: attempt_begin(resolving, query, true); return;
	case ANSWER_FAULT: attempt_failed(resolving, query); return;
	case ANSWER_FOREIGN: return; /* the true one may still come */
	}
}

static void udp_read(struct resolving *resolving, struct query *query)
{
	ssize_t got = recv(query->fd, query->answer, ANSWER_MAX, 0);
	if (got > 0)
		answer_take(resolving, query, query->answer, (size_t)got);
	else if (got < 0 && errno != EAGAIN && errno != EINTR) {
		words_set(resolving, strerror(errno));
		attempt_failed(resolving, query);
	}
}

static void tcp_advance(struct resolving *resolving, struct query *query)
{
	size_t whole = LENGTH_SIZE + query->length;
	if (query->sent < whole) {
		ssize_t sent = send(query->fd, query->packet + query->sent, whole - query->sent,
				    MSG_NOSIGNAL);
		if (sent < 0 && errno != EAGAIN && errno != EINTR)
			attempt_failed(resolving, query);
		query->sent += sent > 0 ? (size_t)sent : 0;
		return;
	}
	ssize_t got = recv(query->fd, query->answer + query->answer_length,
			   LENGTH_SIZE + ANSWER_MAX - query->answer_length, 0);
	if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
		attempt_failed(resolving, query);
		return;
	}
	query->answer_length += got > 0 ? (size_t)got : 0;
	if (query->answer_length < LENGTH_SIZE)
		return;
	size_t length = (size_t)query->answer[0] << 8 | query->answer[1];
	if (query->answer_length >= LENGTH_SIZE + length)
		answer_take(resolving, query, query->answer + LENGTH_SIZE, length);
}

/* ---- both questions
 * ------------------------------------------------------------------------------ */

static void queries_wait(struct resolving *resolving)
{
	for (;;) {
		double now = check_clock_ms();
		struct pollfd fds[QUESTIONS];
		double until = resolving->deadline;
		size_t open = 0;
		for (size_t i = 0; i < QUESTIONS; i++) {
			struct query *query = &resolving->queries[i];
			bool over = is_over(resolving, query);
			bool sends = query->is_tcp && query->sent < LENGTH_SIZE + query->length;
			fds[i] = (struct pollfd) { .fd = over ? -1 : query->fd,
						   .events = sends ? POLLOUT : POLLIN };
			open += !over;
			if (!over && query->retry_at < until)
				until = query->retry_at;
		}
		if (open == 0 || now >= resolving->deadline)
			return;
		if (poll(fds, QUESTIONS, until <= now ? 0 : (int)(until - now) + 1) < 0)
			memset(fds, 0, sizeof fds);
		for (size_t i = 0; i < QUESTIONS; i++) {
			struct query *query = &resolving->queries[i];
			if (is_over(resolving, query))
				continue;
			if (fds[i].revents != 0 && query->is_tcp)
				tcp_advance(resolving, query);
			else if (fds[i].revents != 0)
				udp_read(resolving, query);
			else if (check_clock_ms() >= query->retry_at)
				attempt_failed(resolving, query);
		}
	}
}

/* The A record's answer comes first, whichever arrived first. */
static void addresses_sort(struct resolved *resolved)
{
	struct address sorted[CHECK_ADDRESSES_MAX] = { 0 };
	size_t count = 0;
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < resolved->address_count; i++)
			if (resolved->addresses[i].family == (pass == 0 ? AF_INET : AF_INET6))
				sorted[count++] = resolved->addresses[i];
	memcpy(resolved->addresses, sorted, count * sizeof sorted[0]);
}

static void outcome_set(const struct resolving *resolving)
{
	const struct query *queries = resolving->queries;
	struct resolved *resolved = resolving->resolved;
	bool all_answered = queries[0].is_answered && queries[1].is_answered;
	if (resolved->address_count > 0) {
		resolved->outcome = RESOLVE_FOUND;
		for (size_t i = 0; i < QUESTIONS; i++)
			if (!queries[i].is_answered)
				resolved->silent_family = queries[i].family;
		addresses_sort(resolved);
	} else if (queries[0].has_no_name || queries[1].has_no_name) {
		resolved->outcome = RESOLVE_NO_NAME;
	} else {
		resolved->outcome = all_answered ? RESOLVE_NO_ADDRESS : RESOLVE_NO_ANSWER;
	}
}

static bool queries_make(struct resolving *resolving, const struct resolve_question *question)
{
	struct __res_state state = { 0 };
	bool is_ready = res_ninit(&state) == 0;
	if (!is_ready)
		return false;
	if (!question->server)
		servers_take(resolving, &state);
	is_ready = query_make(&resolving->queries[0], &state, question->hostname, ns_t_a) &&
		   query_make(&resolving->queries[1], &state, question->hostname, ns_t_aaaa);
	res_nclose(&state);
	return is_ready;
}

void resolve(const struct resolve_question *question, struct resolved *resolved)
{
	*resolved = (struct resolved) { .outcome = RESOLVE_NO_ANSWER };
	struct resolving resolving = { .deadline = question->deadline, .resolved = resolved };
	words_set(&resolving, "no answer in time");
	for (size_t i = 0; i < QUESTIONS; i++)
		resolving.queries[i].fd = -1;
	if (question->server) {
		struct sockaddr_storage address;
		socklen_t size =
			address_sockaddr(question->server, question->server_port, &address);
		server_add(&resolving, &address, size);
	}
	if (queries_make(&resolving, question) && resolving.server_count > 0) {
		resolving.attempt_ms = (question->deadline - check_clock_ms()) /
				       (double)(resolving.server_count * ROUNDS);
		for (size_t i = 0; i < QUESTIONS; i++)
			attempt_begin(&resolving, &resolving.queries[i], false);
		queries_wait(&resolving);
		outcome_set(&resolving);
	} else {
		words_set(&resolving, "no resolver is known");
	}
	for (size_t i = 0; i < QUESTIONS; i++) {
		socket_close(&resolving.queries[i]);
		free(resolving.queries[i].answer);
	}
}
