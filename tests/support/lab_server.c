#include "tests/support/lab_server.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	READ_SIZE = 4096,
	REQUEST_SIZE_MAX = 64 * 1024,
	TRICKLE_MS = 1000,
	TRICKLE_BYTES = LAB_IDLE_MS / TRICKLE_MS,
	FLOOD_BYTES = 1024 * 1024,
	ENDLESS_BYTES = 16 * 1024 * 1024, /* far above any limit, but ends */
	TLS_RECORD_ALERT = 21,
	TLS_RECORD_HANDSHAKE = 22,
	TLS_ALERT_FATAL = 2,
};

/* A connection, bare or with TLS in it. */
struct wire {
	int fd;
	SSL *ssl; /* NULL: bare */
};

static bool wire_write(const struct wire *wire, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t count = wire->ssl != NULL ? SSL_write(wire->ssl, bytes, (int)length)
						  : send(wire->fd, bytes, length, MSG_NOSIGNAL);
		if (count <= 0)
			return false;
		bytes += count;
		length -= (size_t)count;
	}
	return true;
}

/* Appends what comes next; false at the end. */
static bool wire_read(const struct wire *wire, struct str *out)
{
	char bytes[READ_SIZE];
	ssize_t count = wire->ssl != NULL ? SSL_read(wire->ssl, bytes, sizeof(bytes))
					  : recv(wire->fd, bytes, sizeof(bytes), 0);
	if (count <= 0)
		return false;
	str_append(out, bytes, (size_t)count);
	return out->length < REQUEST_SIZE_MAX;
}

/* Until the client leaves: closing with bytes unread would reset the connection, and with it what
 * was said. */
static void wire_wait_for_leave(const struct wire *wire)
{
	struct str heard;
	str_init(&heard);
	while (wire_read(wire, &heard))
		str_clear(&heard);
	str_release(&heard);
}

/* Passes time, unless the client leaves before. */
static bool client_stays(int fd, int ms)
{
	int64_t deadline = clock_monotonic_ms() + ms;
	for (;;) {
		struct pollfd leave = { .fd = fd, .events = POLLRDHUP };
		int64_t left = deadline - clock_monotonic_ms();
		if (left <= 0)
			return true;
		if (poll(&leave, 1, (int)left) > 0)
			return false;
	}
}

static void wire_trickle(const struct wire *wire, const char *bytes, size_t length)
{
	for (size_t i = 0; i < TRICKLE_BYTES; i++) {
		char byte = '\0';
		if (i < length)
			byte = bytes[i];
		if (!wire_write(wire, &byte, 1) || !client_stays(wire->fd, TRICKLE_MS))
			return;
	}
}

/* ---- SIP ------------------------------------------------------------------------------------- */

/* A header line of the request with its line end, as it came; NULL where there is none. */
static char *header_line(const char *request, const char *name)
{
	for (const char *at = strstr(request, "\r\n"); at != NULL; at = strstr(at + 2, "\r\n")) {
		const char *line = at + 2;
		if (strncasecmp(line, name, strlen(name)) != 0 || line[strlen(name)] != ':')
			continue;
		return mem_text_n(line, strcspn(line, "\r") + 2);
	}
	return NULL;
}

static void sip_answer(const struct wire *wire, const char *request, const char *status)
{
	static const char *const COPIED[] = { "Via", "From", "To", "Call-ID", "CSeq" };
	struct str answer;
	str_init(&answer);
	str_addf(&answer, "SIP/2.0 %s\r\n", status);
	for (size_t i = 0; i < ARRAY_LENGTH(COPIED); i++) {
		char *line = header_line(request, COPIED[i]);
		if (line != NULL && strcmp(COPIED[i], "To") == 0 && strstr(line, "tag=") == NULL)
			str_addf(&answer, "%.*s;tag=lab\r\n", (int)strcspn(line, "\r"), line);
		else if (line != NULL)
			str_add(&answer, line);
		free(line);
	}
	if (text_starts_with(status, "401"))
		str_add(&answer, "WWW-Authenticate: Digest realm=\"lab\", nonce=\"0a1b2c\", "
				 "algorithm=MD5\r\n");
	str_add(&answer, "Server: sip-lab\r\nContent-Length: 0\r\n\r\n");
	(void)wire_write(wire, answer.bytes, answer.length);
	str_release(&answer);
}

/* Reads one request's head; false where the client left, or said anything but OPTIONS. */
static bool request_read(const struct wire *wire, struct str *request)
{
	while (wire_read(wire, request)) {
		if (strncmp(request->bytes, "OPTIONS ", strlen("OPTIONS ")) != 0)
			return false;
		if (strstr(request->bytes, "\r\n\r\n") != NULL)
			return true;
	}
	return false;
}

static void plain_sip_serve(const struct lab_behaviour *behaviour, const struct wire *wire)
{
	struct str request;
	str_init(&request);
	if (request_read(wire, &request))
		sip_answer(wire, request.bytes, "200 OK");
	else if (behaviour->greeting == LAB_PLAIN_SIP && request.length > 0)
		sip_answer(wire, "", "400 Bad Request");
	str_release(&request);
	wire_wait_for_leave(wire);
}

/* ---- before TLS ------------------------------------------------------------------------------ */

static void flood(const struct wire *wire)
{
	char line[READ_SIZE];
	memset(line, 'x', sizeof(line));
	for (size_t sent = 0; sent < FLOOD_BYTES; sent += sizeof(line))
		if (!wire_write(wire, line, sizeof(line)))
			return;
}

static void words_say(const struct lab_behaviour *behaviour, const struct wire *wire)
{
	(void)wire_write(wire, behaviour->words, strlen(behaviour->words));
}

static void alert_say(const struct lab_behaviour *behaviour, const struct wire *wire)
{
	const char record[] = { TLS_RECORD_ALERT,      3, 3, 0, 2, TLS_ALERT_FATAL,
				(char)behaviour->alert };
	(void)wire_write(wire, record, sizeof(record));
}

/* ServerHello of SSL 3 (RFC 6101 section 5.6.1.3): its version, 32 random bytes, no session,
 * TLS_RSA_WITH_3DES_EDE_CBC_SHA, no compression. */
static void old_hello_say(const struct wire *wire)
{
	enum { RANDOM_SIZE = 32, HELLO_SIZE = 2 + RANDOM_SIZE + 1 + 2 + 1 };
	const char head[] = { TLS_RECORD_HANDSHAKE, 3, 0, 0, 4 + HELLO_SIZE, 2, 0, 0,
			      HELLO_SIZE,	    3, 0 };
	const char tail[] = { 0, 0, 10, 0 };
	char random[RANDOM_SIZE];
	memset(random, 'r', sizeof(random));
	(void)wire_write(wire, head, sizeof(head));
	(void)wire_write(wire, random, sizeof(random));
	(void)wire_write(wire, tail, sizeof(tail));
}

static bool is_said_at_once(enum lab_greeting greeting)
{
	return greeting == LAB_CLOSES || greeting == LAB_GREETS || greeting == LAB_TRICKLES ||
	       greeting == LAB_FLOODS;
}

/* The rest of a connection without TLS; `wire` is closed by the caller. */
static void bare_serve(const struct lab_behaviour *behaviour, const struct wire *wire)
{
	static const char ENDLESS_RECORD[] = { TLS_RECORD_HANDSHAKE, 3, 3, 0x3f, 0, 2 };
	const struct linger reset = { .l_onoff = 1, .l_linger = 0 };
	struct str heard;
	str_init(&heard);
	bool is_client_there = is_said_at_once(behaviour->greeting) || wire_read(wire, &heard);
	str_release(&heard);
	if (!is_client_there)
		return;
	switch (behaviour->greeting) {
	case LAB_CLOSES:
	case LAB_CLOSES_ON_HELLO: return;
	case LAB_RESETS_ON_HELLO:
		(void)setsockopt(wire->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		return;
	case LAB_GREETS:
	case LAB_ANSWERS: words_say(behaviour, wire); break;
	case LAB_ALERTS: alert_say(behaviour, wire); break;
	case LAB_OLD_SSL: old_hello_say(wire); break;
	case LAB_TRICKLES: wire_trickle(wire, ENDLESS_RECORD, sizeof(ENDLESS_RECORD)); return;
	case LAB_FLOODS: flood(wire); break;
	default: break;
	}
	wire_wait_for_leave(wire);
}

/* ---- inside TLS ------------------------------------------------------------------------------ */

static void endless_headers_say(const struct wire *wire)
{
	static const char STATUS[] = "SIP/2.0 200 OK\r\n";
	static const char LINE[] =
		"X-More: and more and more and more and more and more and more\r\n";
	(void)wire_write(wire, STATUS, strlen(STATUS));
	for (size_t sent = 0; sent < ENDLESS_BYTES; sent += strlen(LINE))
		if (!wire_write(wire, LINE, strlen(LINE)))
			return;
}

static void inside_serve(const struct lab_behaviour *behaviour, const struct wire *wire)
{
	static const char TRICKLED[] = "SIP/2.0 200 OK\r\n";
	if (behaviour->answer == LAB_LEAVES)
		return;
	struct str request;
	str_init(&request);
	bool is_asked = request_read(wire, &request);
	if (is_asked) {
		switch (behaviour->answer) {
		case LAB_SIP:
			sip_answer(wire, request.bytes,
				   behaviour->words == NULL ? "200 OK" : behaviour->words);
			break;
		case LAB_WORDS: words_say(behaviour, wire); break;
		case LAB_ECHO: (void)wire_write(wire, request.bytes, request.length); break;
		case LAB_ENDLESS_HEADERS: endless_headers_say(wire); break;
		case LAB_TRICKLES_SIP: wire_trickle(wire, TRICKLED, strlen(TRICKLED)); break;
		default: break;
		}
	}
	str_release(&request);
	if (is_asked && behaviour->answer != LAB_TRICKLES_SIP)
		wire_wait_for_leave(wire);
}

static void tls_serve(const struct lab_server *server, int fd)
{
	struct wire wire = { .fd = fd, .ssl = SSL_new(server->context) };
	if (wire.ssl != NULL && SSL_set_fd(wire.ssl, fd) == 1 && SSL_accept(wire.ssl) == 1) {
		inside_serve(server->behaviour, &wire);
		(void)SSL_shutdown(wire.ssl);
	}
	SSL_free(wire.ssl);
}

void lab_server_serve(const struct lab_server *server, int fd)
{
	const struct lab_behaviour *behaviour = server->behaviour;
	const struct timeval idle = { .tv_sec = LAB_IDLE_MS / 1000 };
	struct wire bare = { .fd = fd };
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &idle, sizeof(idle));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &idle, sizeof(idle));
	if (behaviour->greeting == LAB_PLAIN_SIP || behaviour->greeting == LAB_PLAIN_SIP_SILENT)
		plain_sip_serve(behaviour, &bare);
	else if (behaviour->greeting != LAB_SPEAKS_TLS)
		bare_serve(behaviour, &bare);
	else if (behaviour->delay_ms == 0 || client_stays(fd, behaviour->delay_ms))
		tls_serve(server, fd);
	(void)close(fd);
}
