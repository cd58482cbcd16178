/*
 * The TLS check of a SIP server: would Meta accept it? DNS, TCP, TLS and SIP from here, every
 * address at once, in one thread and one poll loop with absolute deadlines; then the certificates
 * offline. The handshake comes first and never refuses; a completed handshake is never the end:
 * OPTIONS is sent and read, because TLS 1.3 servers refuse a client only there.
 */
#ifndef SIPDESK_TLSCHECK_CHECK_H
#define SIPDESK_TLSCHECK_CHECK_H

#include "base/err.h"
#include "tlscheck/report.h"

#include <stdbool.h>
#include <stdint.h>

enum { /* milliseconds; --timeout scales them all so that CHECK_ALL_MS becomes what was asked for */
       CHECK_DNS_MS = 5000,
       CHECK_TCP_MS = 3000,
       CHECK_TLS_MS = 5000,
       CHECK_SIP_MS = 5000,
       CHECK_ALL_MS = 15000,
};

enum { CHECK_ADDRESSES_MAX = 8, CHECK_CONNECTIONS_MAX = 10, CHECK_PORT_DEFAULT = 5061 };

struct check_options {
	const char *hostname; /* as the person wrote it, without port */
	uint16_t port;
	const char *connect_address; /* instead of DNS; NULL: look it up */
	uint16_t connect_port;	     /* 0: port */
	const char *dns_address;     /* ask this resolver; NULL: the system's */
	uint16_t dns_port;
	const char *ca_file;	/* NULL: the system's list */
	int64_t at;		/* judge certificates as of; 0: now */
	double timeout_seconds; /* 0: the usual 15 */
};

/* "HOST", "HOST:PORT", "[v6]:PORT", "v6": splits what the person wrote; `hostname` (caller frees)
 * is as written. ERR_INPUT with a sentence where it is neither. */
bool check_target_parse(const char *text, char **hostname, uint16_t *port, struct err *err);

/* Runs the whole check; returns when done, at most its time-out later. False where it could not be
 * begun (a --ca-file that cannot be read): `err` says why. A bad hostname is a finding (DNS-1). */
bool check_run(const struct check_options *options, struct check_report *report, struct err *err);

#endif
