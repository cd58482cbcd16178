/*
 * SIP servers over TLS for the check to be tried on: a good one, and one for each usual mistake.
 *
 * They listen on any free ports of 127.0.0.1 and answer OPTIONS, all in the one thread and the one
 * poll() of sip_servers_serve(); until it runs, clients wait. SIGPIPE must be ignored.
 */
#ifndef SIPDESK_SANDBOX_SIP_SERVERS_H
#define SIPDESK_SANDBOX_SIP_SERVERS_H

#include "base/err.h"

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One practice SIP server; who checks it by its hostname meets `expect`. */
struct sip_server {
	const char *hostname;
	const char *expect; /* "pass", or the headline finding of the check: "CRT-1" (TLS_CHECK) */
	const char *note;   /* what is so about it, a few words */
	const char *certificate_name; /* NULL: the hostname */
	int certificate_ends_days;    /* from today; 0: good for months */
	bool hides_issuer; /* sends only its own certificate, which says where to fetch it */
	bool asks_for_certificate; /* of the client, and trusts none */
	bool is_unencrypted;
};

extern const struct sip_server SIP_SERVERS[];
extern const size_t SIP_SERVER_COUNT;
extern const char SIP_SERVERS_ADDRESS[]; /* "127.0.0.1" */

enum { SIP_SERVERS_ENDS_MAX = 4 };

struct sip_servers;

/* Makes the certificates and listens. `issuer_url`: where sip_servers_issuer() will be served. */
struct sip_servers *sip_servers_start(const char *issuer_url, struct err *err);
void sip_servers_stop(struct sip_servers *servers);

uint16_t sip_servers_port(const struct sip_servers *servers, size_t index);
/* The file that holds their authority's root certificate, until the stop; borrowed. */
const char *sip_servers_ca_file(const struct sip_servers *servers);
/* The certificate that one server hides, DER; borrowed until the stop. */
const unsigned char *sip_servers_issuer(const struct sip_servers *servers, size_t *length);

/* Serves until one of the `count` (at most SIP_SERVERS_ENDS_MAX) descriptors in `ends` has an
 * event, which stands in its revents then. */
bool sip_servers_serve(struct sip_servers *servers, struct pollfd *ends, size_t count,
		       struct err *err);

#endif
