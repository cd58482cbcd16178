#include "sandbox/sip_servers.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "sandbox/sip_answer.h"
#include "sandbox/sip_certificates.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

const struct sip_server SIP_SERVERS[] = {
	{ .hostname = "sip.acme.example", .expect = "pass", .note = "as it should be" },
	{ .hostname = "edge.clinic.example", .expect = "pass", .note = "as it should be" },
	{ .hostname = "voice.outlet.example", .expect = "pass", .note = "as it should be" },
	{ .hostname = "old-pbx.agency.example", .expect = "pass", .note = "as it should be" },
	{ .hostname = "sip.bakery.example",
	  .expect = "CRT-1",
	  .note = "names voice.bakery.example only",
	  .certificate_name = "voice.bakery.example" },
	{ .hostname = "expired.acme.example",
	  .expect = "CRT-7",
	  .note = "its certificate has expired",
	  .certificate_ends_days = -10 },
	{ .hostname = "chain.acme.example",
	  .expect = "CRT-9",
	  .note = "leaves out the intermediate",
	  .hides_issuer = true },
	{ .hostname = "asks.acme.example",
	  .expect = "MTLS-3",
	  .note = "refuses client certificates",
	  .asks_for_certificate = true },
	{ .hostname = "plain.acme.example",
	  .expect = "TLS-1",
	  .note = "speaks SIP without TLS",
	  .is_unencrypted = true },
};

enum {
	SERVERS = ARRAY_LENGTH(SIP_SERVERS),
	CONNECTIONS_MAX = 64,  /* a check takes ten, and a handful run at once */
	CONNECTION_MS = 10000, /* from its beginning; a check is done in less */
	READ_MAX = 8 * 1024,   /* from one connection; a request takes below 1 KiB */
	READ_SIZE = 2 * 1024,
	LISTEN_BACKLOG = 16,
	USUAL_END_DAYS = 80, /* far from the 30 days in which the check warns */
	USUAL_AGE_DAYS = 90, /* of a certificate's life when its end is in the past, too */
};

const size_t SIP_SERVER_COUNT = SERVERS;
const char SIP_SERVERS_ADDRESS[] = "127.0.0.1";

struct connection {
	int fd;	  /* -1: this place is free */
	SSL *ssl; /* NULL: unencrypted */
	struct str in, out;
	size_t read_length; /* in all */
	short wants;	    /* what poll() is to wait for */
	bool is_ending;	    /* all is said; what still comes is dropped */
	int64_t due_ms;	    /* clock_monotonic_ms */
};

struct listener {
	int fd; /* -1: none */
	uint16_t port;
	X509 *certificate; /* NULL: unencrypted */
};

struct sip_servers {
	struct sip_certificates certificates;
	SSL_CTX *context;	  /* of all: making one takes longer than all certificates */
	STACK_OF(X509) * issuers; /* what a server sends after its own; not owned */
	unsigned char *issuer_der;
	size_t issuer_length;
	struct listener listeners[SERVERS];
	struct connection connections[CONNECTIONS_MAX];
};

static bool descriptor_prepare(int fd)
{
	return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
}

static bool listener_open(struct listener *listener, struct err *err)
{
	struct sockaddr_in name = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof name;
	listener->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (listener->fd < 0 || !descriptor_prepare(listener->fd) ||
	    bind(listener->fd, (const struct sockaddr *)&name, sizeof name) != 0 ||
	    listen(listener->fd, LISTEN_BACKLOG) != 0 ||
	    getsockname(listener->fd, (struct sockaddr *)&name, &length) != 0)
		return err_set(err, ERR_IO, "The practice SIP servers cannot listen on %s: %s.",
			       SIP_SERVERS_ADDRESS, strerror(errno));
	listener->port = ntohs(name.sin_port);
	return true;
}

static bool listener_certify(struct sip_servers *servers, struct listener *listener,
			     const struct sip_server *server, const char *issuer_url,
			     struct err *err)
{
	int ends =
		server->certificate_ends_days == 0 ? USUAL_END_DAYS : server->certificate_ends_days;
	const struct sip_certificate_form form = {
		.name = server->certificate_name == NULL ? server->hostname
							 : server->certificate_name,
		.begins_days = ends - USUAL_AGE_DAYS,
		.ends_days = ends,
		.issuer_url = server->hides_issuer ? issuer_url : NULL,
	};
	listener->certificate = sip_certificate_issue(&servers->certificates, &form, err);
	return listener->certificate != NULL;
}

static bool context_make(struct sip_servers *servers, struct err *err)
{
	unsigned char *der = NULL;
	int length = i2d_X509(servers->certificates.issuer, &der);
	servers->issuer_der = der;
	servers->issuer_length = length > 0 ? (size_t)length : 0;
	servers->issuers = sk_X509_new_null();
	servers->context = SSL_CTX_new(TLS_server_method());
	if (length <= 0 || servers->issuers == NULL || servers->context == NULL ||
	    sk_X509_push(servers->issuers, servers->certificates.issuer) <= 0 ||
	    SSL_CTX_set_min_proto_version(servers->context, TLS1_2_VERSION) != 1 ||
	    SSL_CTX_set_num_tickets(servers->context, 0) != 1) {
		ERR_clear_error();
		return err_set(err, ERR_INTERNAL, "The practice SIP servers have no TLS.");
	}
	/* A resumed session would show no certificate. */
	(void)SSL_CTX_set_session_cache_mode(servers->context, SSL_SESS_CACHE_OFF);
	(void)SSL_CTX_set_options(servers->context, SSL_OP_NO_TICKET);
	(void)SSL_CTX_set_mode(servers->context,
			       SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	return true;
}

struct sip_servers *sip_servers_start(const char *issuer_url, struct err *err)
{
	struct sip_servers *servers = mem_alloc(1, sizeof *servers);
	for (size_t i = 0; i < SERVERS; i++)
		servers->listeners[i].fd = -1;
	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		servers->connections[i].fd = -1;
	bool is_done =
		sip_certificates_init(&servers->certificates, err) && context_make(servers, err);
	for (size_t i = 0; is_done && i < SERVERS; i++)
		is_done = (SIP_SERVERS[i].is_unencrypted ||
			   listener_certify(servers, &servers->listeners[i], &SIP_SERVERS[i],
					    issuer_url, err)) &&
			  listener_open(&servers->listeners[i], err);
	if (is_done)
		return servers;
	sip_servers_stop(servers);
	return NULL;
}

static void connection_close(struct connection *connection)
{
	if (connection->fd < 0)
		return;
	SSL_free(connection->ssl);
	(void)close(connection->fd);
	str_release(&connection->in);
	str_release(&connection->out);
	*connection = (struct connection) { .fd = -1 };
}

void sip_servers_stop(struct sip_servers *servers)
{
	if (servers == NULL)
		return;
	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		connection_close(&servers->connections[i]);
	for (size_t i = 0; i < SERVERS; i++) {
		if (servers->listeners[i].fd >= 0)
			(void)close(servers->listeners[i].fd);
		X509_free(servers->listeners[i].certificate);
	}
	SSL_CTX_free(servers->context);
	sk_X509_free(servers->issuers);
	OPENSSL_free(servers->issuer_der);
	sip_certificates_release(&servers->certificates);
	free(servers);
}

uint16_t sip_servers_port(const struct sip_servers *servers, size_t index)
{
	return servers->listeners[index].port;
}

const char *sip_servers_ca_file(const struct sip_servers *servers)
{
	return servers->certificates.ca_file;
}

const unsigned char *sip_servers_issuer(const struct sip_servers *servers, size_t *length)
{
	*length = servers->issuer_length;
	return servers->issuer_der;
}

enum moved { MOVED, MOVED_LATER, MOVED_NO_MORE };

static enum moved moved_plain(struct connection *connection, ssize_t result, short wants)
{
	if (result > 0)
		return MOVED;
	connection->wants = wants;
	return result < 0 && (errno == EAGAIN || errno == EINTR) ? MOVED_LATER : MOVED_NO_MORE;
}

static enum moved moved_tls(struct connection *connection, int result)
{
	if (result == 1)
		return MOVED;
	int error = SSL_get_error(connection->ssl, result);
	connection->wants = error == SSL_ERROR_WANT_WRITE ? POLLOUT : POLLIN;
	return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? MOVED_LATER
									     : MOVED_NO_MORE;
}

static enum moved bytes_read(struct connection *connection, char *bytes, size_t size, size_t *got)
{
	if (connection->ssl == NULL) {
		ssize_t result = recv(connection->fd, bytes, size, 0);
		*got = result > 0 ? (size_t)result : 0;
		return moved_plain(connection, result, POLLIN);
	}
	ERR_clear_error(); /* SSL_get_error() would look at what another connection left */
	return moved_tls(connection, SSL_read_ex(connection->ssl, bytes, size, got));
}

static enum moved bytes_write(struct connection *connection, size_t *put)
{
	const struct str *out = &connection->out;
	if (connection->ssl == NULL) {
		ssize_t result = send(connection->fd, out->bytes, out->length, MSG_NOSIGNAL);
		*put = result > 0 ? (size_t)result : 0;
		return moved_plain(connection, result, POLLOUT);
	}
	ERR_clear_error();
	return moved_tls(connection, SSL_write_ex(connection->ssl, out->bytes, out->length, put));
}

/* Closing with bytes unread would reset the connection, and the reset may overtake our last words
 * (an alert, a 400): those bytes are read away until the client leaves or time is up. */
static void connection_end(struct connection *connection)
{
	connection->is_ending = true;
	connection->wants = POLLIN;
	(void)shutdown(connection->fd, SHUT_WR);
}

/* False where the client has left. */
static bool connection_drain(struct connection *connection)
{
	char bytes[READ_SIZE];
	ssize_t got = recv(connection->fd, bytes, sizeof bytes, 0);
	if (got > 0)
		connection->read_length += (size_t)got;
	return connection->read_length < 2 * (size_t)READ_MAX &&
	       (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR)));
}

static enum moved connection_flush(struct connection *connection)
{
	enum moved moved = MOVED;
	while (moved == MOVED && connection->out.length > 0) {
		size_t put = 0;
		moved = bytes_write(connection, &put);
		str_remove(&connection->out, 0, put);
	}
	return moved;
}

/* Reads and answers until it would have to wait. */
static enum moved connection_talk(struct connection *connection)
{
	bool is_last = false;
	for (;;) {
		enum moved moved = connection_flush(connection);
		if (moved != MOVED)
			return moved;
		if (is_last || connection->read_length >= READ_MAX)
			return MOVED_NO_MORE;
		char bytes[READ_SIZE];
		size_t got = 0;
		moved = bytes_read(connection, bytes, sizeof bytes, &got);
		if (moved != MOVED)
			return moved;
		connection->read_length += got;
		str_append(&connection->in, bytes, got);
		enum sip_answer answer = SIP_ANSWER_GIVEN;
		while (answer == SIP_ANSWER_GIVEN)
			answer = sip_answer_next(&connection->in, &connection->out);
		is_last = answer == SIP_ANSWER_LAST;
	}
}

static void connection_step(struct connection *connection)
{
	if (connection->is_ending) {
		if (!connection_drain(connection))
			connection_close(connection);
	} else if (connection_talk(connection) == MOVED_NO_MORE) {
		connection_end(connection);
	}
}

static struct connection *connection_free_place(struct sip_servers *servers)
{
	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		if (servers->connections[i].fd < 0)
			return &servers->connections[i];
	return NULL;
}

static SSL *tls_make(const struct sip_servers *servers, size_t index, int fd)
{
	const struct sip_server *server = &SIP_SERVERS[index];
	SSL *ssl = SSL_new(servers->context);
	if (ssl == NULL ||
	    SSL_use_cert_and_key(ssl, servers->listeners[index].certificate,
				 servers->certificates.server_key,
				 server->hides_issuer ? NULL : servers->issuers, 1) != 1 ||
	    SSL_set_fd(ssl, fd) != 1) {
		SSL_free(ssl);
		return NULL;
	}
	if (server->asks_for_certificate) /* as Kamailio's verify_certificate without require_ */
		SSL_set_verify(ssl, SSL_VERIFY_PEER, NULL);
	SSL_set_accept_state(ssl);
	return ssl;
}

static void connection_accept(struct sip_servers *servers, size_t index)
{
	struct connection *connection = connection_free_place(servers);
	int fd = connection == NULL ? -1 : accept(servers->listeners[index].fd, NULL, NULL);
	if (fd < 0)
		return;
	int yes = 1;
	SSL *ssl = NULL;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
	if (descriptor_prepare(fd) &&
	    (SIP_SERVERS[index].is_unencrypted || (ssl = tls_make(servers, index, fd)) != NULL)) {
		*connection = (struct connection) {
			.fd = fd,
			.ssl = ssl,
			.wants = POLLIN,
			.due_ms = clock_monotonic_ms() + CONNECTION_MS,
		};
		str_init(&connection->in);
		str_init(&connection->out);
		return;
	}
	(void)close(fd);
}

/* Fills the places for listeners and connections. Returns how long to wait for them. */
static int fds_fill(struct sip_servers *servers, struct pollfd *fds)
{
	bool has_room = connection_free_place(servers) != NULL;
	int64_t now = clock_monotonic_ms(), left_ms = CONNECTION_MS;
	bool is_bounded = false;
	for (size_t i = 0; i < SERVERS; i++)
		*fds++ = (struct pollfd) { .fd = has_room ? servers->listeners[i].fd : -1,
					   .events = POLLIN };
	for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
		const struct connection *connection = &servers->connections[i];
		*fds++ = (struct pollfd) { .fd = connection->fd, .events = connection->wants };
		if (connection->fd < 0)
			continue;
		is_bounded = true;
		int64_t left = connection->due_ms > now ? connection->due_ms - now : 0;
		left_ms = left < left_ms ? left : left_ms;
	}
	return is_bounded ? (int)left_ms : -1;
}

static void fds_act(struct sip_servers *servers, const struct pollfd *fds)
{
	int64_t now = clock_monotonic_ms();
	const struct pollfd *of_connections = fds + SERVERS;
	for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
		struct connection *connection = &servers->connections[i];
		if (of_connections[i].revents != 0)
			connection_step(connection);
		if (connection->fd >= 0 && connection->due_ms <= now)
			connection_close(connection);
	}
	for (size_t i = 0; i < SERVERS; i++)
		if (fds[i].revents != 0)
			connection_accept(servers, i);
}

bool sip_servers_serve(struct sip_servers *servers, struct pollfd *ends, size_t count,
		       struct err *err)
{
	struct pollfd fds[SIP_SERVERS_ENDS_MAX + SERVERS + CONNECTIONS_MAX];
	bool is_ended = false;
	while (!is_ended) {
		memcpy(fds, ends, count * sizeof *fds);
		int timeout_ms = fds_fill(servers, fds + count);
		int ready = poll(fds, count + SERVERS + CONNECTIONS_MAX, timeout_ms);
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready < 0)
			return err_set(err, ERR_IO, "The practice SIP servers cannot wait: %s.",
				       strerror(errno));
		for (size_t i = 0; i < count; i++) {
			ends[i].revents = fds[i].revents;
			is_ended = is_ended || fds[i].revents != 0;
		}
		fds_act(servers, fds + count);
	}
	return true;
}
