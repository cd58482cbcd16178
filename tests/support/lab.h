/*
 * The lab of the TLS check: one server on loopback for every behaviour of the catalogue, right or
 * wrong in exactly one way, and beside each what the check must say of it.
 *
 * A child process holds all servers, with a thread for each connection; it ends with the test. The
 * certificates are made anew each time: a root that the check is told to trust, an intermediate,
 * and what goes wrong.
 */
#ifndef SIPDESK_TESTS_LAB_H
#define SIPDESK_TESTS_LAB_H

#include "tests/support/certificates.h"
#include "tests/support/lab_server.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define LAB_HOSTNAME "sip.lab.example"

enum { LAB_ALSO_MAX = 2, LAB_ADDRESSES_MAX = 8 };

/* Who signed the leaf. */
enum lab_issuer {
	LAB_INTERMEDIATE, /* under the trusted root, as those below but the private ones */
	LAB_ROOT,
	LAB_PRIVATE, /* a root that nobody trusts */
	LAB_EXPIRED_ISSUER,
	LAB_NOT_AN_AUTHORITY, /* an ordinary server's certificate */
	LAB_CONSTRAINED,      /* may name other.example only */
	LAB_TOO_DEEP,	      /* under an intermediate that may have none under it */
	LAB_IRREGULAR,	      /* without key usage */
	LAB_NEIGHBOUR,	      /* only ever a stray */
	LAB_ISSUER_COUNT,
	LAB_ITSELF = LAB_ISSUER_COUNT,
};

enum lab_sending {
	LAB_SENDS_CHAIN, /* leaf and intermediates */
	LAB_SENDS_LEAF,
	LAB_SENDS_ROOT_TOO,
	LAB_SENDS_ISSUER_FIRST, /* and has its key */
	LAB_SENDS_STRAYS,	/* and certificates that belong to nobody here */
	LAB_SENDS_NOTHING,	/* has no certificate */
};

enum lab_staple {
	LAB_NO_STAPLE,
	LAB_STAPLE_GOOD,
	LAB_STAPLE_REVOKED,
	LAB_STAPLE_STALE,
	LAB_STAPLE_GARBAGE,
};

/* Where the issuer's certificate is said to be found. */
enum lab_aia {
	LAB_NO_AIA,
	LAB_AIA_DER,
	LAB_AIA_PEM,
	LAB_AIA_MISSING,   /* 404 */
	LAB_AIA_LARGE,	   /* above 64 KiB */
	LAB_AIA_MUTE,	   /* no answer */
	LAB_AIA_REDIRECTS, /* to a file: address */
	LAB_AIA_COUNT,
};

struct lab_certificate {
	struct certificate_spec leaf; /* names NULL: DNS:LAB_HOSTNAME, "": none */
	int begins_days, ends_days;   /* from now; 0: as usual */
	bool is_signed_with_sha1;
	int name_count; /* above 0: so many other names, instead of leaf.names */
	enum lab_issuer issuer;
	enum lab_sending sending;
	enum lab_staple staple;
	enum lab_aia aia;
};

struct lab_row {
	const char *name;
	struct lab_behaviour behaviour;
	struct lab_certificate certificate;
	const char *hostname; /* asked for; NULL: LAB_HOSTNAME */
	const char *timeout;  /* --timeout, seconds; NULL: none, for who answers at once */
	/* What the check must say. */
	const char *verdict;
	const char *headline_id; /* "": the verdict is pass, any */
	int exit_code;
	const char *also[LAB_ALSO_MAX]; /* further findings, "CRT-14 info" */
	const char *says;		/* within the headline or its fix; NULL: anything */
};

extern const struct lab_row LAB_ROWS[];
extern const size_t LAB_ROW_COUNT;

struct lab_authorities {
	struct identity root;
	struct identity issuers[LAB_ISSUER_COUNT];
	struct identity shallow; /* above LAB_TOO_DEEP */
};

void lab_authorities_make(struct lab_authorities *authorities);
void lab_authorities_release(struct lab_authorities *authorities);
/* One row's certificates; `aia_port` is where they are to be fetched. */
void lab_identity_make(struct lab_identity *identity, const struct lab_certificate *recipe,
		       const struct lab_authorities *authorities, uint16_t aia_port);
void lab_identity_release(struct lab_identity *identity);
/* The answer to a request for an issuer's certificate: the path's part behind "/" is the number of
 * enum lab_aia, another "/" and that of enum lab_issuer. Closes `fd`. */
void lab_aia_serve(const struct lab_authorities *authorities, int fd);

struct lab {
	pid_t id; /* -1: not running */
	int process_handle;
	char *folder;
	char *ca_file;	 /* PEM: the trusted root; NULL where lab_start did not make one */
	uint16_t *ports; /* in the order of the servers; 0: this machine lacks that address */
	int *listeners;
	size_t count;
	atomic_int *connections; /* taken by each server so far */
	int *crowd;		 /* our own connections that keep LAB_IS_CROWDED full */
	size_t crowd_count;
};

/* One server for each row, and what they need. False with a line on stderr; lab_stop it all the
 * same. */
bool lab_start(struct lab *lab, const struct lab_row *rows, size_t row_count);
void lab_stop(struct lab *lab);

/* One server, with one certificate, at each of these addresses (NULL ends) and at one port. */
bool lab_start_at(struct lab *lab, const struct lab_row *row, const char *const *addresses);

/* The two halves of lab_start, for servers of other kinds: first the ports … */
bool lab_listen(struct lab *lab, const struct lab_behaviour *const *behaviours, size_t count);
/* … then the child that serves them. `servers` are prepared, as many as were listened for; one
 * more port serves the issuers' certificates of `authorities` (NULL: to nobody). */
bool lab_serve(struct lab *lab, const struct lab_server *servers,
	       const struct lab_authorities *authorities);

#endif
