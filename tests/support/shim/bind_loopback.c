/*
 * LD_PRELOAD: who would listen on all addresses of this machine listens on loopback. For servers
 * that cannot be told so (gnutls-serv).
 */
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

typedef int bind_fn(int fd, const struct sockaddr *address, socklen_t length);

int bind(int fd, const struct sockaddr *address, socklen_t length)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} own = { 0 };
	bind_fn *real = NULL;
	*(void **)&real = dlsym(RTLD_NEXT, "bind");
	if (real == NULL) {
		errno = ENOSYS;
		return -1;
	}
	if (length > sizeof(own))
		return real(fd, address, length);
	memcpy(&own, address, length);
	if (own.any.sa_family == AF_INET && own.v4.sin_addr.s_addr == htonl(INADDR_ANY))
		own.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	else if (own.any.sa_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&own.v6.sin6_addr))
		own.v6.sin6_addr = in6addr_loopback;
	return real(fd, &own.any, length);
}
