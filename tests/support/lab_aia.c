/* The issuers' certificates over HTTP, where leaves say they are (RFC 5280 section 4.2.2.1). */
#include "tests/support/lab.h"

#include "base/mem.h"
#include "base/str.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUEST_SIZE = 4096, LARGE_BYTES = 65 * 1024 };

static bool request_read(int fd, char request[REQUEST_SIZE])
{
	size_t length = 0;
	request[0] = '\0';
	while (strstr(request, "\r\n\r\n") == NULL) {
		ssize_t count = recv(fd, request + length, REQUEST_SIZE - 1 - length, 0);
		if (count <= 0)
			return false;
		length += (size_t)count;
		request[length] = '\0';
	}
	return true;
}

static void answer_write(int fd, const char *head, const char *body, size_t length)
{
	struct str answer;
	str_init(&answer);
	str_addf(&answer, "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n", head,
		 length);
	str_append(&answer, body, length);
	size_t sent = 0;
	while (sent < answer.length) {
		ssize_t count = send(fd, answer.bytes + sent, answer.length - sent, MSG_NOSIGNAL);
		if (count <= 0)
			break;
		sent += (size_t)count;
	}
	str_release(&answer);
}

static void certificate_answer(int fd, X509 *certificate, enum lab_aia kind)
{
	size_t length = 0;
	unsigned char *der = certificate_der(certificate, &length);
	char *pem = certificate_pem(certificate);
	/* As it would be, but with bytes behind it up to beyond the limit. */
	char *large = mem_alloc(LARGE_BYTES, 1);
	memcpy(large, der, length);
	switch (kind) {
	case LAB_AIA_DER: answer_write(fd, "200 OK", (char *)der, length); break;
	case LAB_AIA_PEM: answer_write(fd, "200 OK", pem, strlen(pem)); break;
	case LAB_AIA_LARGE: answer_write(fd, "200 OK", large, LARGE_BYTES); break;
	case LAB_AIA_REDIRECTS:
		answer_write(fd, "302 Found\r\nLocation: file:///etc/ssl/certs/ca-certificates.crt",
			     "", 0);
		break;
	default: answer_write(fd, "404 Not Found", "", 0); break;
	}
	free(large);
	free(pem);
	free(der);
}

void lab_aia_serve(const struct lab_authorities *authorities, int fd)
{
	char request[REQUEST_SIZE];
	int kind = 0;
	int issuer = 0;
	if (request_read(fd, request) && sscanf(request, "GET /%d/%d ", &kind, &issuer) == 2 &&
	    issuer >= 0 && issuer < LAB_ISSUER_COUNT && issuer != LAB_ROOT) {
		struct pollfd leave = { .fd = fd, .events = POLLRDHUP };
		if (kind == LAB_AIA_MUTE)
			(void)poll(&leave, 1, LAB_IDLE_MS);
		else
			certificate_answer(fd, authorities->issuers[issuer].certificate,
					   (enum lab_aia)kind);
	}
	(void)close(fd);
}
