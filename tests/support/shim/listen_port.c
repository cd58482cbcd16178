/*
 * LD_PRELOAD: every port that is listened on is appended to the file $SHIM_LISTEN_FILE, a number a
 * line. So a test finds the practice service that `sipdesk --sandbox` started for itself, and can
 * ask it over HTTP what it holds.
 */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

typedef int listen_fn(int fd, int backlog);

static void port_write(int fd)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} address = { 0 };
	socklen_t length = sizeof(address);
	const char *path = getenv("SHIM_LISTEN_FILE");
	if (path == NULL || getsockname(fd, &address.any, &length) != 0)
		return;
	if (address.any.sa_family != AF_INET && address.any.sa_family != AF_INET6)
		return;
	in_port_t port =
		address.any.sa_family == AF_INET ? address.v4.sin_port : address.v6.sin6_port;
	int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (file < 0)
		return;
	(void)dprintf(file, "%u\n", (unsigned)ntohs(port));
	(void)close(file);
}

int listen(int fd, int backlog)
{
	static listen_fn *real;
	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "listen");
	if (real == NULL) {
		errno = ENOSYS;
		return -1;
	}
	int result = real(fd, backlog);
	if (result == 0)
		port_write(fd);
	return result;
}
