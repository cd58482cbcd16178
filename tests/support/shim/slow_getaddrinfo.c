/*
 * LD_PRELOAD: a name server that never answers. With $SHIM_GETADDRINFO_SECONDS set, a look-up takes
 * that many seconds and then fails; nothing is asked on the network. Addresses need no look-up.
 */
#include <dlfcn.h>
#include <netdb.h>
#include <stdlib.h>
#include <time.h>

typedef int getaddrinfo_fn(const char *restrict node, const char *restrict service,
			   const struct addrinfo *restrict hints, struct addrinfo **restrict found);

int getaddrinfo(const char *restrict node, const char *restrict service,
		const struct addrinfo *restrict hints, struct addrinfo **restrict found)
{
	const char *seconds = getenv("SHIM_GETADDRINFO_SECONDS");
	if (seconds != NULL) {
		struct timespec left = { .tv_sec = (time_t)strtol(seconds, NULL, 10) };
		(void)nanosleep(&left, NULL);
		return EAI_AGAIN;
	}
	getaddrinfo_fn *real = NULL;
	*(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
	return real == NULL ? EAI_SYSTEM : real(node, service, hints, found);
}
