#include "tests/support/tls_front.h"

#include "base/file.h"
#include "base/mem.h"
#include "tests/support/certificates.h"
#include "tests/support/child.h"
#include "tests/support/fault_server.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIECE = 16 * 1024 };

static int plain_connect(uint16_t port)
{
	const struct sockaddr_in address = { .sin_family = AF_INET,
					     .sin_port = htons(port),
					     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0)
		_exit(EXIT_FAILURE);
	return fd;
}

/* Until either side is at its end. */
static void bytes_pass(SSL *ssl, int plain)
{
	char piece[PIECE];
	struct pollfd fds[] = { { .fd = SSL_get_fd(ssl), .events = POLLIN },
				{ .fd = plain, .events = POLLIN } };
	for (;;) {
		bool has_more = SSL_pending(ssl) > 0;
		if (!has_more && poll(fds, ARRAY_LENGTH(fds), -1) < 0)
			return;
		if (has_more || fds[0].revents != 0) {
			int length = SSL_read(ssl, piece, sizeof piece);
			if (length <= 0 ||
			    send(plain, piece, (size_t)length, MSG_NOSIGNAL) != length)
				return;
		}
		if (!has_more && fds[1].revents != 0) {
			ssize_t length = recv(plain, piece, sizeof piece, 0);
			if (length <= 0 || SSL_write(ssl, piece, (int)length) != length)
				return;
		}
	}
}

static _Noreturn void connection_serve(SSL_CTX *context, int fd, uint16_t port, pid_t parent)
{
	child_bind_to_parent(parent);
	SSL *ssl = SSL_new(context);
	(void)SSL_set_fd(ssl, fd);
	if (SSL_accept(ssl) == 1)
		bytes_pass(ssl, plain_connect(port));
	(void)SSL_shutdown(ssl);
	_exit(0);
}

static _Noreturn void front_serve(int listening, const struct identity *identity, uint16_t port)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	pid_t self = getpid();
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGCHLD, SIG_IGN); /* nobody waits for those that serve a connection */
	(void)SSL_CTX_use_certificate(context, identity->certificate);
	(void)SSL_CTX_use_PrivateKey(context, identity->key);
	for (;;) {
		int fd = accept(listening, NULL, NULL);
		if (fd >= 0 && fork() == 0)
			connection_serve(context, fd, port, self);
		if (fd >= 0)
			(void)close(fd);
	}
}

void tls_front_start(struct tls_front *front, uint16_t port, const char *folder)
{
	struct identity authority, identity;
	struct err err;
	uint16_t own_port;
	int listening = fault_server_listen(&own_port);
	identity_make(&authority,
		      &(struct certificate_spec) { .common_name = "Test root", .is_ca = true },
		      NULL);
	identity_make(&identity, &(struct certificate_spec) { .names = "IP:127.0.0.1" },
		      &authority);
	char *pem = certificate_pem(authority.certificate);
	front->ca_file = mem_format("%s/authority.pem", folder);
	if (!file_write_whole(front->ca_file, pem, strlen(pem), 0600, &err)) {
		(void)fprintf(stderr, "%s\n", err.sentence);
		exit(EXIT_FAILURE);
	}
	(void)snprintf(front->url, sizeof front->url, "https://127.0.0.1:%u", (unsigned)own_port);
	pid_t parent = getpid();
	front->process = fork();
	if (front->process == 0) {
		child_bind_to_parent(parent);
		front_serve(listening, &identity, port);
	}
	(void)close(listening);
	free(pem);
	identity_release(&identity);
	identity_release(&authority);
}

void tls_front_stop(struct tls_front *front)
{
	(void)kill(front->process, SIGKILL);
	(void)waitpid(front->process, NULL, 0);
	free(front->ca_file);
	*front = (struct tls_front) { 0 };
}
