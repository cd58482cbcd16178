#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "tlscheck/probe.h"
#include "tlscheck/resolve.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HEADER_SIZE = 12, QUESTION_TAIL = 4, PACKET_MAX = 4096 };

/* What the resolver of a test says to one type of question. */
struct says {
	int code;
	bool is_silent, is_cut, has_wrong_id_first;
	const char *alias; /* of the name asked for */
	const char *addresses[3];
	uint32_t ttl;
};

struct packet {
	unsigned char bytes[PACKET_MAX];
	size_t length;
};

static void put(struct packet *packet, uint32_t value, size_t size)
{
	for (size_t i = size; i-- > 0;)
		packet->bytes[packet->length++] = (unsigned char)(value >> (8 * i));
}

/* "a.example" as labels (RFC 1035 section 3.1). */
static void put_name(struct packet *packet, const char *name)
{
	while (*name) {
		size_t length = strcspn(name, ".");
		put(packet, (uint32_t)length, 1);
		memcpy(packet->bytes + packet->length, name, length);
		packet->length += length;
		name += length + (name[length] == '.');
	}
	put(packet, 0, 1);
}

static void put_record(struct packet *packet, ns_type type, uint32_t ttl)
{
	put(packet, 0xc000 | HEADER_SIZE, 2); /* the name that was asked for */
	put(packet, type, 2);
	put(packet, ns_c_in, 2);
	put(packet, ttl, 4);
}

static void put_records(struct packet *packet, const struct says *says, unsigned *count)
{
	if (says->alias) {
		put_record(packet, ns_t_cname, 1);
		put(packet, (uint32_t)strlen(says->alias) + 2, 2);
		put_name(packet, says->alias);
		(*count)++;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(says->addresses) && says->addresses[i]; i++) {
		struct address address;
		(void)address_parse(says->addresses[i], &address);
		size_t size = address.family == AF_INET ? 4 : 16;
		put_record(packet, size == 4 ? ns_t_a : ns_t_aaaa, says->ttl);
		put(packet, (uint32_t)size, 2);
		memcpy(packet->bytes + packet->length, address.bytes, size);
		packet->length += size;
		(*count)++;
	}
}

static void answer_make(const unsigned char *query, size_t length, const struct says *says,
			bool is_tcp, struct packet *answer)
{
	bool is_cut = says->is_cut && !is_tcp;
	unsigned count = 0;
	memcpy(answer->bytes, query, length);
	answer->length = length;
	answer->bytes[2] = (unsigned char)(0x81 | (is_cut ? 2 : 0));
	answer->bytes[3] = (unsigned char)(0x80 | says->code);
	if (!is_cut)
		put_records(answer, says, &count);
	answer->bytes[7] = (unsigned char)count;
}

static ns_type type_asked(const unsigned char *query, size_t length)
{
	return length < HEADER_SIZE + QUESTION_TAIL ? ns_t_invalid
						    : (ns_type)query[length - QUESTION_TAIL + 1];
}

/* ---- reading one answer
 * ---------------------------------------------------------------------------- */

static size_t query_make(const char *name, ns_type type, struct packet *query)
{
	query->length = 0;
	put(query, 0x1234, 2);
	put(query, 0x0100, 2);
	put(query, 1, 2);
	put(query, 0, 2);
	put(query, 0, 4);
	put_name(query, name);
	put(query, type, 2);
	put(query, ns_c_in, 2);
	return query->length;
}

static void answers_to_something_else_are_not_taken(void **state)
{
	static const struct {
		const char *name;
		size_t offset;
		unsigned char change;
		enum answer_state wanted;
	} cases[] = {
		{ "the true answer", 0, 0, ANSWER_READ },
		{ "another letter case", HEADER_SIZE + 1, 0x20, ANSWER_READ },
		{ "another id", 1, 1, ANSWER_FOREIGN },
		{ "no answer at all but a question", 2, 0x80, ANSWER_FOREIGN },
		{ "another name", HEADER_SIZE + 1, 1, ANSWER_FOREIGN },
		{ "another type", HEADER_SIZE + 12, 2, ANSWER_FOREIGN },
		{ "another class", HEADER_SIZE + 14, 2, ANSWER_FOREIGN },
		{ "no question", 5, 1, ANSWER_FOREIGN },
	};
	(void)state;
	struct packet query;
	static const struct says says = { .addresses = { "192.0.2.1" }, .ttl = 60 };
	(void)query_make("a.example", ns_t_a, &query);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct packet answer;
		struct resolved resolved = { 0 };
		answer_make(query.bytes, query.length, &says, false, &answer);
		answer.bytes[cases[i].offset] ^= cases[i].change;
		print_message("# %s\n", cases[i].name);
		assert_int_equal(resolve_answer_read(query.bytes, query.length, answer.bytes,
						     answer.length, &resolved),
				 cases[i].wanted);
		assert_int_equal(resolved.address_count, cases[i].wanted == ANSWER_READ);
		resolved_release(&resolved);
	}
}

static void a_broken_answer_breaks_nothing(void **state)
{
	(void)state;
	static const struct says says = { .alias = "b.example",
					  .addresses = { "192.0.2.1", "192.0.2.2" } };
	struct packet query;
	struct packet answer;
	(void)query_make("a.example", ns_t_a, &query);
	answer_make(query.bytes, query.length, &says, false, &answer);
	for (size_t length = 0; length <= answer.length; length++)
		for (int change = 0; change < 256; change += 51) {
			/* On the heap and no longer than it is, so that a read behind it shows. */
			unsigned char *bytes = mem_alloc(length + 1, 1);
			struct resolved resolved = { 0 };
			memcpy(bytes, answer.bytes, length);
			if (length > 0)
				bytes[length - 1] ^= (unsigned char)change;
			unsigned char *exact = mem_resize(bytes, length > 0 ? length : 1, 1);
			(void)resolve_answer_read(query.bytes, query.length, exact, length,
						  &resolved);
			assert_true(resolved.address_count <= CHECK_ADDRESSES_MAX);
			free(exact);
			resolved_release(&resolved);
		}
}

/* ---- a resolver on loopback
 * ------------------------------------------------------------------------ */

struct resolver {
	int udp, tcp;
	uint16_t port;
	pid_t id;
};

static void udp_serve(int fd, const struct says *a, const struct says *aaaa)
{
	unsigned char query[PACKET_MAX];
	struct sockaddr_storage peer;
	socklen_t size = sizeof peer;
	ssize_t got = recvfrom(fd, query, sizeof query, 0, (struct sockaddr *)&peer, &size);
	struct packet answer;
	if (got <= 0)
		return;
	const struct says *says = type_asked(query, (size_t)got) == ns_t_a ? a : aaaa;
	answer_make(query, (size_t)got, says, false, &answer);
	if (says->is_silent)
		return;
	if (says->has_wrong_id_first) {
		answer.bytes[0] ^= 0xff;
		(void)sendto(fd, answer.bytes, answer.length, 0, (struct sockaddr *)&peer, size);
		answer.bytes[0] ^= 0xff;
	}
	(void)sendto(fd, answer.bytes, answer.length, 0, (struct sockaddr *)&peer, size);
}

static void tcp_serve(int listener, const struct says *a, const struct says *aaaa)
{
	unsigned char query[PACKET_MAX];
	struct packet answer;
	int fd = accept(listener, NULL, NULL);
	ssize_t got = recv(fd, query, 2, MSG_WAITALL);
	size_t length = got == 2 ? (size_t)query[0] << 8 | query[1] : 0;
	if (length > 0 && recv(fd, query, length, MSG_WAITALL) == (ssize_t)length) {
		answer_make(query, length, type_asked(query, length) == ns_t_a ? a : aaaa, true,
			    &answer);
		unsigned char prefix[2] = { (unsigned char)(answer.length >> 8),
					    (unsigned char)answer.length };
		(void)send(fd, prefix, sizeof prefix, MSG_MORE);
		(void)send(fd, answer.bytes, answer.length, 0);
	}
	(void)close(fd);
}

static void resolver_start(struct resolver *resolver, const struct says *a, const struct says *aaaa)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof address;
	for (int i = 0; i < 20; i++) { /* until a port is free for both */
		address.sin_port = 0;
		resolver->udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		resolver->tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		assert_int_equal(bind(resolver->udp, (struct sockaddr *)&address, size), 0);
		assert_int_equal(getsockname(resolver->udp, (struct sockaddr *)&address, &size), 0);
		if (bind(resolver->tcp, (struct sockaddr *)&address, size) == 0)
			break;
		(void)close(resolver->udp);
		(void)close(resolver->tcp);
	}
	assert_int_equal(listen(resolver->tcp, 8), 0);
	resolver->port = ntohs(address.sin_port);
	pid_t parent = getpid();
	resolver->id = fork();
	assert_true(resolver->id >= 0);
	struct pollfd fds[] = { { .fd = resolver->udp, .events = POLLIN },
				{ .fd = resolver->tcp, .events = POLLIN } };
	while (resolver->id == 0) {
		if (poll(fds, ARRAY_LENGTH(fds), 1000) < 0 || getppid() != parent)
			_exit(0);
		if (fds[0].revents != 0)
			udp_serve(resolver->udp, a, aaaa);
		if (fds[1].revents != 0)
			tcp_serve(resolver->tcp, a, aaaa);
	}
	(void)close(resolver->udp);
	(void)close(resolver->tcp);
}

static void resolver_stop(const struct resolver *resolver)
{
	(void)kill(resolver->id, SIGKILL);
	(void)waitpid(resolver->id, NULL, 0);
}

static const struct look_up_case {
	const char *name;
	struct says a, aaaa;
	enum resolve_outcome outcome;
	const char *addresses; /* "192.0.2.1 2001:db8::1" */
	uint32_t ttl;
	const char *alias;
	const char *silent_family;
	const char *words; /* part of them */
} look_up_cases[] = {
	{ "both families, A first",
	  { .addresses = { "192.0.2.1", "192.0.2.2" }, .ttl = 300 },
	  { .addresses = { "2001:db8::1" }, .ttl = 60 },
	  RESOLVE_FOUND,
	  "192.0.2.1 192.0.2.2 2001:db8::1",
	  60,
	  NULL,
	  NULL,
	  NULL },
	{ "A only",
	  { .addresses = { "192.0.2.1" } },
	  { 0 },
	  RESOLVE_FOUND,
	  "192.0.2.1",
	  0,
	  NULL,
	  NULL,
	  NULL },
	{ "AAAA only",
	  { 0 },
	  { .addresses = { "2001:db8::1" }, .ttl = 9 },
	  RESOLVE_FOUND,
	  "2001:db8::1",
	  9,
	  NULL,
	  NULL,
	  NULL },
	{ "twice the same",
	  { .addresses = { "192.0.2.1", "192.0.2.1" } },
	  { 0 },
	  RESOLVE_FOUND,
	  "192.0.2.1",
	  0,
	  NULL,
	  NULL,
	  NULL },
	{ "an alias",
	  { .alias = "b.example", .addresses = { "192.0.2.1" }, .ttl = 5 },
	  { .alias = "b.example" },
	  RESOLVE_FOUND,
	  "192.0.2.1",
	  5,
	  "b.example",
	  NULL,
	  NULL },
	{ "no such name",
	  { .code = ns_r_nxdomain },
	  { .code = ns_r_nxdomain },
	  RESOLVE_NO_NAME,
	  "",
	  0,
	  NULL,
	  NULL,
	  NULL },
	{ "a name without addresses", { 0 }, { 0 }, RESOLVE_NO_ADDRESS, "", 0, NULL, NULL, NULL },
	{ "SERVFAIL",
	  { .code = ns_r_servfail },
	  { .code = ns_r_servfail },
	  RESOLVE_NO_ANSWER,
	  "",
	  0,
	  NULL,
	  NULL,
	  "SERVFAIL" },
	{ "REFUSED",
	  { .code = ns_r_refused },
	  { .code = ns_r_refused },
	  RESOLVE_NO_ANSWER,
	  "",
	  0,
	  NULL,
	  NULL,
	  "REFUSED" },
	{ "no A, and nothing known of AAAA",
	  { 0 },
	  { .code = ns_r_servfail },
	  RESOLVE_NO_ANSWER,
	  "",
	  0,
	  NULL,
	  NULL,
	  "SERVFAIL" },
	{ "A, and nothing known of AAAA",
	  { .addresses = { "192.0.2.1" } },
	  { .code = ns_r_servfail },
	  RESOLVE_FOUND,
	  "192.0.2.1",
	  0,
	  NULL,
	  "IPv6",
	  "SERVFAIL" },
	{ "silence",
	  { .is_silent = true },
	  { .is_silent = true },
	  RESOLVE_NO_ANSWER,
	  "",
	  0,
	  NULL,
	  NULL,
	  "in time" },
	{ "an answer that does not fit",
	  { .is_cut = true, .addresses = { "192.0.2.1", "192.0.2.2" }, .ttl = 7 },
	  { 0 },
	  RESOLVE_FOUND,
	  "192.0.2.1 192.0.2.2",
	  7,
	  NULL,
	  NULL,
	  NULL },
	{ "somebody else's answer first",
	  { .has_wrong_id_first = true, .addresses = { "192.0.2.1" } },
	  { 0 },
	  RESOLVE_FOUND,
	  "192.0.2.1",
	  0,
	  NULL,
	  NULL,
	  NULL },
};

static void outcome_must_be(const struct look_up_case *wanted, const struct resolved *found)
{
	struct str addresses;
	str_init(&addresses);
	for (size_t i = 0; i < found->address_count; i++)
		str_addf(&addresses, "%s%s", i > 0 ? " " : "", found->addresses[i].text);
	assert_int_equal(found->outcome, wanted->outcome);
	assert_string_equal(addresses.bytes, wanted->addresses);
	assert_int_equal(found->ttl, wanted->ttl);
	assert_true(text_equal(found->alias, wanted->alias));
	assert_true(text_equal(found->silent_family, wanted->silent_family));
	if (wanted->words)
		assert_non_null(strstr(found->words, wanted->words));
	str_release(&addresses);
}

static void every_answer_of_dns_is_told(void **state)
{
	enum { BUDGET_MS = 600, LATE_MS = 300 };
	(void)state;
	struct address loopback;
	assert_true(address_parse("127.0.0.1", &loopback));
	for (size_t i = 0; i < ARRAY_LENGTH(look_up_cases); i++) {
		const struct look_up_case *wanted = &look_up_cases[i];
		struct resolver resolver;
		struct resolved found;
		print_message("# %s\n", wanted->name);
		resolver_start(&resolver, &wanted->a, &wanted->aaaa);
		double begin = check_clock_ms();
		resolve(&(struct resolve_question) { .hostname = "a.example",
						     .server = &loopback,
						     .server_port = resolver.port,
						     .deadline = begin + BUDGET_MS },
			&found);
		assert_true(check_clock_ms() - begin < BUDGET_MS + LATE_MS);
		resolver_stop(&resolver);
		outcome_must_be(wanted, &found);
		resolved_release(&found);
	}
}

/* A port where nobody listens answers at once (ICMP): nothing is waited for. */
static void a_dead_resolver_is_told_at_once(void **state)
{
	(void)state;
	struct resolver resolver;
	struct resolved found;
	struct address loopback;
	assert_true(address_parse("127.0.0.1", &loopback));
	resolver_start(&resolver, &look_up_cases[0].a, &look_up_cases[0].aaaa);
	resolver_stop(&resolver);
	double begin = check_clock_ms();
	resolve(&(struct resolve_question) { .hostname = "a.example",
					     .server = &loopback,
					     .server_port = resolver.port,
					     .deadline = begin + 5000 },
		&found);
	assert_true(check_clock_ms() - begin < 1000);
	assert_int_equal(found.outcome, RESOLVE_NO_ANSWER);
	assert_non_null(strstr(found.words, "refused"));
	resolved_release(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_to_something_else_are_not_taken),
		cmocka_unit_test(a_broken_answer_breaks_nothing),
		cmocka_unit_test(every_answer_of_dns_is_told),
		cmocka_unit_test(a_dead_resolver_is_told_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
