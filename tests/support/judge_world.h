/*
 * What judge() is given in tests: a small world of authorities, and for each row of a table a
 * server's certificate, what the server sends, what it staples, and the trust list. What cannot be
 * made ends the program.
 */
#ifndef SIPDESK_TESTS_JUDGE_WORLD_H
#define SIPDESK_TESTS_JUDGE_WORLD_H

#include "tests/support/certificates.h"
#include "tlscheck/judge.h"

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JUDGE_HOST "sip.example.com"
#define JUDGE_SAN "DNS:sip.example.com"

enum {
	JUDGE_AT = 1795400000, /* 2026-11-23 */
	DAY = 24 * 3600,
};

/* What the server sends; its certificate is issued by the intermediate CA unless said otherwise. */
enum sending {
	SENDS_CHAIN,	    /* its certificate and the intermediate */
	SENDS_ALONE,	    /* its certificate, and no issuer can be fetched */
	SENDS_FETCHED,	    /* its certificate; the intermediate is fetched */
	SENDS_REVERSED,	    /* the intermediate first */
	SENDS_STRAYS,	    /* more than the chain */
	SENDS_PRIVATE,	    /* issued by an unknown CA, which is not sent */
	SENDS_PRIVATE_ROOT, /* issued by an unknown root, which is sent */
	SENDS_SELF_SIGNED,
	SENDS_BY_ROOT, /* issued by the trusted root */
};

enum stapling {
	STAPLES_NOTHING,
	STAPLES_GOOD,
	STAPLES_GOOD_DELEGATED, /* signed by one the CA entitled */
	STAPLES_BY_STRANGER,
	STAPLES_REVOKED,
	STAPLES_STALE,
	STAPLES_FUTURE,
	STAPLES_UNKNOWN,
	STAPLES_OF_ANOTHER,
	STAPLES_ERROR,
	STAPLES_GARBAGE,
};

struct judge_row {
	const char *what;
	struct certificate_spec leaf;
	struct certificate_spec authority; /* instead of the usual intermediate; by common_name */
	enum sending sends;
	enum stapling staples;
	const char *hostname; /* NULL: JUDGE_HOST */
	bool is_ip;
	bool is_public;	    /* the trust list is the system's */
	int64_t list_older; /* than JUDGE_AT, seconds */
	enum finding_id id;
	enum check_severity severity;
	const char *text; /* contained in it */
	const char *fix;
};

/* The authorities, and what one row makes of them. */
struct judge_world {
	struct identity root, intermediate, stranger;
	struct identity authority; /* the row's own intermediate */
	struct identity leaf;
	struct trust trust;
	STACK_OF(X509) * sent;
	unsigned char *staple;
	size_t staple_length;
	struct check_report report;
};

/* Makes and frees the authorities, which serve for many rows. */
struct judge_world *judge_world_new(void);
void judge_world_free(struct judge_world *world);

/* Makes what a row asks for, with an empty report, and releases it. */
void judge_world_begin(struct judge_world *world, const struct judge_row *row);
void judge_world_end(struct judge_world *world);
/* Valid until the end of the row; the address is 192.0.2.7, and 192.0.2.8 shows the same. */
struct judge_input judge_world_input(const struct judge_world *world, const struct judge_row *row);

#endif
