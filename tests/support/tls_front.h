/*
 * TLS before a plain server of a test: takes connections with a certificate of its own and passes
 * what comes through, both ways.
 */
#ifndef SIPDESK_TESTS_TLS_FRONT_H
#define SIPDESK_TESTS_TLS_FRONT_H

#include <stdint.h>
#include <sys/types.h>

struct tls_front {
	pid_t process;
	char url[40];  /* "https://127.0.0.1:PORT" */
	char *ca_file; /* PEM; what trusts it */
};

/* Forks a child that serves `port` of 127.0.0.1; the certificate goes into `folder`. Ends the
 * program where that cannot be done. */
void tls_front_start(struct tls_front *front, uint16_t port, const char *folder);
void tls_front_stop(struct tls_front *front);

#endif
