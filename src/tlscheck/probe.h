/*
 * One connection to a SIP server: a state machine TCP → TLS → SIP on a non-blocking socket, driven
 * from outside by poll() and the clock. It notes what it sees (times, alerts, first bytes, the
 * certificates, the answer) and judges nothing.
 *
 * Several probes run at once; each belongs to one address. A probe must not move in memory between
 * probe_start and probe_release. All times are milliseconds of CLOCK_MONOTONIC (check_clock_ms).
 */
#ifndef SIPDESK_TLSCHECK_PROBE_H
#define SIPDESK_TLSCHECK_PROBE_H

#include "tlscheck/address.h"
#include "tlscheck/sip.h"

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum probe_kind {
	PROBE_MAIN,    /* everything allowed, server name sent, then OPTIONS */
	PROBE_NO_SNI,  /* no server name sent: which certificate is shown then? */
	PROBE_TLS_1_2, /* one version only, as the next three: is it taken? */
	PROBE_STRICT,  /* as a modern client: TLS 1.2 and later, security level 2 */
	PROBE_TLS_1_0,
	PROBE_TLS_1_1,
	PROBE_TLS_1_3,
	PROBE_CLIENT_CERTIFICATE, /* as MAIN, with a throw-away certificate */
	PROBE_PLAIN,		  /* OPTIONS without TLS, after a moment of silence */
	PROBE_KIND_COUNT,
};

enum probe_state { PROBE_TCP, PROBE_TLS, PROBE_QUIET, PROBE_SIP, PROBE_DONE };

enum probe_end {
	END_NONE, /* it still runs */
	END_GOOD, /* it got as far as its kind goes */
	END_DEADLINE,
	END_ERRNO,     /* `error_number` */
	END_CLOSED,    /* end of file, or close_notify */
	END_TLS,       /* `reason`, and `alert` where the server sent one */
	END_CANCELLED, /* nobody needs it any more */
};

enum { PROBE_SEEN_SIZE = 256 };

/* What all probes of one check share. */
struct probe_setup {
	SSL_CTX *tls;
	const char *hostname; /* ASCII */
	bool is_ip;
	uint16_t port;		       /* to connect to */
	uint16_t sip_port;	       /* that the request names */
	double tcp_ms, tls_ms, sip_ms; /* budgets */
	double quiet_ms, plain_ms;     /* of PROBE_PLAIN: before the request, and for the answer */
	X509 *client_certificate;      /* for PROBE_CLIENT_CERTIFICATE, made when needed */
	EVP_PKEY *client_key;
};

struct probe {
	enum probe_kind kind;
	const struct probe_setup *setup;
	size_t address_index;
	struct address address;
	enum probe_state state;
	int fd;		 /* -1: closed */
	SSL *ssl;	 /* kept after the end for its certificates; NULL: no TLS was begun */
	double deadline; /* of the present state */
	bool wants_write;

	double started_at, connected_at, first_byte_at, secured_at, ended_at; /* 0: never */
	int rtt_us; /* the kernel's estimate after connecting; 0: not known */

	enum probe_end end;
	enum probe_state ended_in;
	int error_number;
	unsigned long error;	/* OpenSSL's first one */
	int reason;		/* SSL_R_… of it */
	int alert;		/* that the server sent; -1: none */
	const char *stopped_at; /* OpenSSL's words for the handshake state, static */
	size_t bytes_in;
	unsigned char seen[PROBE_SEEN_SIZE]; /* the first bytes that came */
	size_t seen_length;
	bool asked_for_certificate; /* the server did */
	bool has_enough;	    /* it has seen what it is for; the handshake is left there */

	struct str request;
	size_t request_sent;
	struct sip_reader reader;
};

double check_clock_ms(void);

/* The context of all probes: nothing is refused, all versions, level 0. NULL: out of resources. */
SSL_CTX *probe_context_new(void);
/* Makes the throw-away certificate, once. */
bool probe_client_certificate_make(struct probe_setup *setup);

/* Begins to connect. */
void probe_start(struct probe *probe, enum probe_kind kind, const struct probe_setup *setup,
		 const struct address *address, size_t address_index);
void probe_release(struct probe *probe);
/* What to poll for. */
short probe_events(const struct probe *probe);
/* Goes on as far as it can without waiting. */
void probe_advance(struct probe *probe);
/* To be called when `deadline` has passed. */
void probe_expire(struct probe *probe);
void probe_cancel(struct probe *probe);

/* Has the server taken a version of those offered? SSL_version then tells which. */
bool probe_took_version(const struct probe *probe);
/* Did the handshake come to its end? */
bool probe_is_secured(const struct probe *probe);
/* As sent by the server, leaf first; borrowed; NULL: none was seen. */
STACK_OF(X509) * probe_certificates(const struct probe *probe);

#endif
