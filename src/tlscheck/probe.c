#include "tlscheck/probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	CHAIN_BYTES_MAX = 512 * 1024, /* OpenSSL's 100 KiB refuse a certificate of 10,000 names */
	READ_SIZE = 16 * 1024,
	READS_AT_ONCE = 8, /* then others have their turn */
	CLIENT_CERTIFICATE_SECONDS = 24 * 60 * 60,
};

/* !aNULL: with it a server may choose to show no certificate at all. */
static const char EXAMINATION_CIPHERS[] = "ALL:!aNULL:!eNULL:@SECLEVEL=0";
static const char STRICT_CIPHERS[] = "DEFAULT:@SECLEVEL=2";

/* How far a probe goes: the rest of a handshake costs both sides most of its time. */
enum goal {
	GOAL_ANSWER, /* to the answer to OPTIONS */
	GOAL_HANDSHAKE,
	GOAL_CERTIFICATE, /* until the server has shown its certificate */
	GOAL_HELLO,	  /* until the server has taken the version (or asked to begin anew with
			     it, RFC 8446 section 4.1.4) */
};

/* How each kind differs. */
static const struct plan {
	int version_min, version_max; /* 0: any that OpenSSL has */
	enum goal goal;
	bool sends_name;
	bool is_strict;
} plans[PROBE_KIND_COUNT] = {
	[PROBE_MAIN] = { TLS1_VERSION, 0, GOAL_ANSWER, true, false },
	[PROBE_NO_SNI] = { TLS1_VERSION, 0, GOAL_CERTIFICATE, false, false },
	[PROBE_TLS_1_2] = { TLS1_2_VERSION, TLS1_2_VERSION, GOAL_HELLO, true, false },
	[PROBE_STRICT] = { TLS1_2_VERSION, 0, GOAL_HANDSHAKE, true, true },
	[PROBE_TLS_1_0] = { TLS1_VERSION, TLS1_VERSION, GOAL_HELLO, true, false },
	[PROBE_TLS_1_1] = { TLS1_1_VERSION, TLS1_1_VERSION, GOAL_HELLO, true, false },
	[PROBE_TLS_1_3] = { TLS1_3_VERSION, TLS1_3_VERSION, GOAL_HELLO, true, false },
	[PROBE_CLIENT_CERTIFICATE] = { TLS1_VERSION, 0, GOAL_ANSWER, true, false },
	[PROBE_PLAIN] = { 0, 0, GOAL_ANSWER, false, false },
};

double check_clock_ms(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* ---- what OpenSSL tells -------------------------------------------------------------------- */

static int client_certificate_give(SSL *ssl, X509 **certificate, EVP_PKEY **key)
{
	struct probe *probe = SSL_get_app_data(ssl);
	probe->asked_for_certificate = true;
	const struct probe_setup *setup = probe->setup;
	if (probe->kind != PROBE_CLIENT_CERTIFICATE || !setup->client_certificate)
		return 0;
	(void)X509_up_ref(setup->client_certificate);
	(void)EVP_PKEY_up_ref(setup->client_key);
	*certificate = setup->client_certificate;
	*key = setup->client_key;
	return 1;
}

static void seen_note(struct probe *probe, const char *bytes, size_t length)
{
	if (probe->bytes_in == 0)
		probe->first_byte_at = check_clock_ms();
	probe->bytes_in += length;
	size_t room = PROBE_SEEN_SIZE - probe->seen_length;
	if (length > room)
		length = room;
	memcpy(probe->seen + probe->seen_length, bytes, length);
	probe->seen_length += length;
}

/* OpenSSL reads record by record and works on what it has read before it reads on: a probe that has
 * seen enough lets it have no more. */
static long bytes_note(BIO *bio, int operation, const char *bytes, size_t length, int argument,
		       long number, int result, size_t *processed)
{
	(void)length;
	(void)argument;
	(void)number;
	struct probe *probe = (struct probe *)(void *)BIO_get_callback_arg(bio);
	if (operation == (BIO_CB_READ | BIO_CB_RETURN) && result > 0 && processed)
		seen_note(probe, bytes, *processed);
	if (operation != BIO_CB_READ || !probe->has_enough)
		return result;
	BIO_set_retry_read(bio);
	return -1;
}

/* Called with each message, whole and decrypted, before OpenSSL works on it. */
static void message_note(int is_ours, int version, int type, const void *bytes, size_t length,
			 SSL *ssl, void *argument)
{
	(void)version;
	(void)argument;
	struct probe *probe = SSL_get_app_data(ssl);
	enum goal goal = plans[probe->kind].goal;
	if (is_ours || type != SSL3_RT_HANDSHAKE || length == 0)
		return;
	int message = *(const unsigned char *)bytes;
	probe->has_enough |= (goal == GOAL_HELLO && message == SSL3_MT_SERVER_HELLO) ||
			     (goal == GOAL_CERTIFICATE && message == SSL3_MT_CERTIFICATE);
}

SSL_CTX *probe_context_new(void)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	if (!context)
		return NULL;
	SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
	SSL_CTX_set_security_level(context, 0);
	(void)SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
	(void)SSL_CTX_set_max_proto_version(context, 0);
	(void)SSL_CTX_set_options(context, SSL_OP_LEGACY_SERVER_CONNECT);
	(void)SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_max_cert_list(context, CHAIN_BYTES_MAX);
	SSL_CTX_set_client_cert_cb(context, client_certificate_give);
	SSL_CTX_set_msg_callback(context, message_note);
	if (SSL_CTX_set_cipher_list(context, EXAMINATION_CIPHERS) == 1)
		return context;
	SSL_CTX_free(context);
	return NULL;
}

static bool client_certificate_fill(X509 *certificate, EVP_PKEY *key)
{
	static const unsigned char name[] = "sipdesk check";
	X509_NAME *subject = X509_get_subject_name(certificate);
	return X509_set_version(certificate, X509_VERSION_3) == 1 &&
	       ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) == 1 &&
	       X509_gmtime_adj(X509_getm_notBefore(certificate), -CLIENT_CERTIFICATE_SECONDS) &&
	       X509_gmtime_adj(X509_getm_notAfter(certificate), CLIENT_CERTIFICATE_SECONDS) &&
	       X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, name, -1, -1, 0) == 1 &&
	       X509_set_issuer_name(certificate, subject) == 1 &&
	       X509_set_pubkey(certificate, key) == 1 &&
	       X509_sign(certificate, key, EVP_sha256()) > 0;
}

bool probe_client_certificate_make(struct probe_setup *setup)
{
	if (setup->client_certificate)
		return true;
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = X509_new();
	if (!key || !certificate || !client_certificate_fill(certificate, key)) {
		EVP_PKEY_free(key);
		X509_free(certificate);
		return false;
	}
	setup->client_key = key;
	setup->client_certificate = certificate;
	return true;
}

/* ---- ends ----------------------------------------------------------------------------------- */

static void socket_close(struct probe *probe)
{
	if (probe->fd >= 0)
		(void)close(probe->fd);
	probe->fd = -1;
}

static void end(struct probe *probe, enum probe_end how)
{
	probe->end = how;
	probe->ended_in = probe->state;
	probe->ended_at = check_clock_ms();
	if (probe->ssl && probe->state == PROBE_TLS)
		probe->stopped_at = SSL_state_string_long(probe->ssl);
	if (probe->ssl && how == END_GOOD && probe_is_secured(probe)) {
		ERR_clear_error();
		(void)SSL_shutdown(probe->ssl);
	}
	sip_reader_end(&probe->reader);
	probe->state = PROBE_DONE;
	socket_close(probe);
}

static void end_errno(struct probe *probe, int error_number)
{
	probe->error_number = error_number;
	end(probe, END_ERRNO);
}

/* OpenSSL reads five bytes of what is no TLS; the rest of a foreign first line is still there. */
static void rest_drain(struct probe *probe)
{
	char bytes[PROBE_SEEN_SIZE];
	ssize_t got = recv(probe->fd, bytes, sizeof bytes, MSG_DONTWAIT);
	if (got > 0)
		seen_note(probe, bytes, (size_t)got);
}

/* Sorts out an OpenSSL call that did not succeed; true where it only has to wait. */
static bool tls_waits(struct probe *probe, int result, int error_number)
{
	int error = SSL_get_error(probe->ssl, result);
	probe->wants_write = error == SSL_ERROR_WANT_WRITE;
	if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
		return true;
	probe->error = ERR_peek_error();
	probe->reason = ERR_GET_REASON(probe->error);
	if (probe->reason >= SSL_AD_REASON_OFFSET)
		probe->alert = probe->reason - SSL_AD_REASON_OFFSET;
	bool is_end_of_file = probe->reason == SSL_R_UNEXPECTED_EOF_WHILE_READING;
	if (error == SSL_ERROR_SSL && !is_end_of_file) {
		rest_drain(probe);
		end(probe, END_TLS);
	} else if (error == SSL_ERROR_SYSCALL && error_number != 0) {
		end_errno(probe, error_number);
	} else {
		end(probe, END_CLOSED);
	}
	return false;
}

/* ---- states ---------------------------------------------------------------------------------- */

/* Our end of the connection. */
static uint16_t local_end(int fd, char text[INET6_ADDRSTRLEN])
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} local = { .v6 = { 0 } };
	socklen_t size = sizeof local;
	if (getsockname(fd, &local.any, &size) != 0)
		local.v4 = (struct sockaddr_in) { .sin_family = AF_INET };
	if (local.any.sa_family == AF_INET6) {
		(void)inet_ntop(AF_INET6, &local.v6.sin6_addr, text, INET6_ADDRSTRLEN);
		return ntohs(local.v6.sin6_port);
	}
	(void)inet_ntop(AF_INET, &local.v4.sin_addr, text, INET6_ADDRSTRLEN);
	return ntohs(local.v4.sin_port);
}

static void request_make(struct probe *probe)
{
	char text[INET6_ADDRSTRLEN];
	uint16_t port = local_end(probe->fd, text);
	struct sip_request request = {
		.hostname = probe->setup->hostname,
		.port = probe->setup->sip_port,
		.is_tls = probe->kind != PROBE_PLAIN,
		.local_address = text,
		.local_port = port,
	};
	(void)RAND_bytes((unsigned char *)&request.random, sizeof request.random);
	sip_request_write(&probe->request, &request);
	sip_reader_init(&probe->reader, probe->request.bytes);
}

static bool tls_begin(struct probe *probe)
{
	const struct plan *plan = &plans[probe->kind];
	const struct probe_setup *setup = probe->setup;
	ERR_clear_error();
	probe->ssl = SSL_new(setup->tls);
	BIO *bio = probe->ssl ? BIO_new_socket(probe->fd, BIO_NOCLOSE) : NULL;
	if (!bio)
		return false;
	BIO_set_callback_arg(bio, (char *)probe);
	BIO_set_callback_ex(bio, bytes_note);
	SSL_set_bio(probe->ssl, bio, bio);
	SSL_set_app_data(probe->ssl, probe);
	(void)SSL_set_min_proto_version(probe->ssl, plan->version_min);
	(void)SSL_set_max_proto_version(probe->ssl, plan->version_max);
	(void)SSL_set_tlsext_status_type(probe->ssl, TLSEXT_STATUSTYPE_ocsp);
	if (plan->is_strict) {
		(void)SSL_clear_options(probe->ssl, SSL_OP_LEGACY_SERVER_CONNECT);
		(void)SSL_set_cipher_list(probe->ssl, STRICT_CIPHERS);
	}
	if (plan->sends_name && !setup->is_ip &&
	    SSL_set_tlsext_host_name(probe->ssl, setup->hostname) != 1)
		return false;
	SSL_set_connect_state(probe->ssl);
	return true;
}

static void connected(struct probe *probe)
{
	struct tcp_info info = { 0 };
	socklen_t size = sizeof info;
	int yes = 1;
	probe->connected_at = check_clock_ms();
	if (getsockopt(probe->fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0)
		probe->rtt_us = (int)info.tcpi_rtt;
	(void)setsockopt(probe->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
	if (plans[probe->kind].goal == GOAL_ANSWER)
		request_make(probe);
	if (probe->kind == PROBE_PLAIN) {
		probe->state = PROBE_QUIET;
		probe->deadline = probe->connected_at + probe->setup->quiet_ms;
		return;
	}
	probe->state = PROBE_TLS;
	probe->deadline = probe->connected_at + probe->setup->tls_ms;
	if (!tls_begin(probe))
		end_errno(probe, ENOMEM);
}

static void tcp_advance(struct probe *probe)
{
	int error_number = 0;
	socklen_t size = sizeof error_number;
	if (getsockopt(probe->fd, SOL_SOCKET, SO_ERROR, &error_number, &size) != 0)
		error_number = errno;
	if (error_number != 0)
		end_errno(probe, error_number);
	else
		connected(probe);
}

static void handshake_advance(struct probe *probe)
{
	ERR_clear_error();
	errno = 0;
	int result = SSL_do_handshake(probe->ssl);
	int error_number = errno;
	if (result != 1) {
		if (tls_waits(probe, result, error_number) && probe->has_enough)
			end(probe, END_GOOD);
		return;
	}
	probe->secured_at = check_clock_ms();
	if (plans[probe->kind].goal != GOAL_ANSWER) {
		end(probe, END_GOOD);
		return;
	}
	probe->state = PROBE_SIP;
	probe->deadline = probe->secured_at + probe->setup->sip_ms;
}

/* Sends what is left of the request; true when all of it is out. */
static bool request_send(struct probe *probe)
{
	const char *bytes = probe->request.bytes + probe->request_sent;
	size_t left = probe->request.length - probe->request_sent;
	if (left == 0)
		return true;
	ERR_clear_error();
	errno = 0;
	if (probe->ssl) {
		int result = SSL_write(probe->ssl, bytes, (int)left);
		int error_number = errno;
		/* Where the server has hung up, its alert is still to be read. */
		if (result <= 0 && SSL_get_error(probe->ssl, result) == SSL_ERROR_SYSCALL) {
			probe->request_sent = probe->request.length;
			return true;
		}
		if (result <= 0) {
			(void)tls_waits(probe, result, error_number);
			return false;
		}
		left -= (size_t)result;
	} else {
		ssize_t sent = send(probe->fd, bytes, left, MSG_NOSIGNAL);
		if (sent < 0 && errno != EAGAIN && errno != EINTR)
			end_errno(probe, errno);
		if (sent > 0)
			left -= (size_t)sent;
	}
	probe->request_sent = probe->request.length - left;
	probe->wants_write = left > 0;
	return left == 0;
}

/* One read; the number of bytes, or 0 where there are none now or ever. */
static size_t bytes_read(struct probe *probe, char *bytes, size_t size)
{
	int yes = 1;
	/* A server that leaves Nagle on waits for our acknowledgement: 40 ms (TLS_CHECK 5). */
	(void)setsockopt(probe->fd, IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof yes);
	ERR_clear_error();
	errno = 0;
	if (probe->ssl) {
		int result = SSL_read(probe->ssl, bytes, (int)size);
		int error_number = errno;
		if (result <= 0)
			(void)tls_waits(probe, result, error_number);
		return result > 0 ? (size_t)result : 0;
	}
	ssize_t got = recv(probe->fd, bytes, size, 0);
	if (got > 0) {
		seen_note(probe, bytes, (size_t)got);
		return (size_t)got;
	}
	if (got == 0)
		end(probe, END_CLOSED);
	else if (errno != EAGAIN && errno != EINTR)
		end_errno(probe, errno);
	return 0;
}

static void answer_read(struct probe *probe)
{
	char bytes[READ_SIZE];
	for (int i = 0; i < READS_AT_ONCE && probe->state == PROBE_SIP; i++) {
		size_t length = bytes_read(probe, bytes, sizeof bytes);
		if (length == 0)
			return;
		if (sip_reader_feed(&probe->reader, bytes, length))
			end(probe, END_GOOD);
	}
	/* What OpenSSL holds already makes no descriptor ready. */
	probe->wants_write = probe->state == PROBE_SIP && probe->ssl && SSL_pending(probe->ssl) > 0;
}

void probe_advance(struct probe *probe)
{
	if (probe->state == PROBE_TCP)
		tcp_advance(probe);
	if (probe->state == PROBE_TLS)
		handshake_advance(probe);
	if (probe->state == PROBE_QUIET) {
		char bytes[PROBE_SEEN_SIZE];
		size_t length = bytes_read(probe, bytes, sizeof bytes);
		if (length > 0 && sip_reader_feed(&probe->reader, bytes, length))
			end(probe, END_GOOD);
	}
	if (probe->state == PROBE_SIP && request_send(probe))
		answer_read(probe);
}

void probe_expire(struct probe *probe)
{
	if (probe->state == PROBE_QUIET) {
		probe->state = PROBE_SIP;
		probe->deadline = check_clock_ms() + probe->setup->plain_ms;
		probe_advance(probe);
		return;
	}
	if (probe->state != PROBE_DONE)
		end(probe, END_DEADLINE);
}

void probe_cancel(struct probe *probe)
{
	if (probe->state != PROBE_DONE)
		end(probe, END_CANCELLED);
}

short probe_events(const struct probe *probe)
{
	if (probe->state == PROBE_TCP)
		return POLLOUT;
	return probe->wants_write ? POLLIN | POLLOUT : POLLIN;
}

void probe_start(struct probe *probe, enum probe_kind kind, const struct probe_setup *setup,
		 const struct address *address, size_t address_index)
{
	*probe = (struct probe) {
		.kind = kind,
		.setup = setup,
		.address = *address,
		.address_index = address_index,
		.state = PROBE_TCP,
		.alert = -1,
		.started_at = check_clock_ms(),
	};
	str_init(&probe->request);
	sip_reader_init(&probe->reader, "");
	probe->deadline = probe->started_at + setup->tcp_ms;
	probe->fd = socket(address->family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct sockaddr_storage peer;
	socklen_t size = address_sockaddr(address, setup->port, &peer);
	if (probe->fd < 0 ||
	    (connect(probe->fd, (struct sockaddr *)&peer, size) != 0 && errno != EINPROGRESS))
		end_errno(probe, errno);
}

void probe_release(struct probe *probe)
{
	socket_close(probe);
	SSL_free(probe->ssl);
	probe->ssl = NULL;
	str_release(&probe->request);
	sip_reader_release(&probe->reader);
}

/* A server that shows its certificate or asks for ours has taken the version; a probe that is for
 * the version alone ends well there. */
bool probe_took_version(const struct probe *probe)
{
	return probe->end == END_GOOD || probe_is_secured(probe) || probe->asked_for_certificate ||
	       probe_certificates(probe);
}

bool probe_is_secured(const struct probe *probe)
{
	return probe->secured_at > 0;
}

STACK_OF(X509) * probe_certificates(const struct probe *probe)
{
	STACK_OF(X509) *sent = probe->ssl ? SSL_get_peer_cert_chain(probe->ssl) : NULL;
	return sent && sk_X509_num(sent) > 0 ? sent : NULL;
}
