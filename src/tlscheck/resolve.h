/*
 * The addresses of a SIP server: one A and one AAAA question, asked at once over UDP (over TCP
 * where an answer does not fit), to the system's resolvers or to one given. Nothing is taken from
 * /etc/hosts or a search list: Meta has neither. "Does not exist", "has no address" and "cannot be
 * told" are three different answers.
 */
#ifndef SIPDESK_TLSCHECK_RESOLVE_H
#define SIPDESK_TLSCHECK_RESOLVE_H

#include "tlscheck/address.h"
#include "tlscheck/check.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum resolve_outcome {
	RESOLVE_FOUND,
	RESOLVE_NO_NAME,    /* NXDOMAIN */
	RESOLVE_NO_ADDRESS, /* the name exists, without A and AAAA */
	RESOLVE_NO_ANSWER,  /* SERVFAIL, REFUSED, silence, or answers that cannot be read */
};

struct resolve_question {
	const char *hostname;	      /* ASCII, fully qualified, without the dot at its end */
	const struct address *server; /* NULL: the system's resolvers */
	uint16_t server_port;
	double deadline; /* check_clock_ms */
};

enum { RESOLVE_WORDS_SIZE = 64 };

struct resolved {
	enum resolve_outcome outcome;
	struct address addresses[CHECK_ADDRESSES_MAX]; /* A before AAAA */
	size_t address_count;
	size_t published_count;	   /* may be more than are kept */
	uint32_t ttl;		   /* seconds; the smallest of the address records */
	char *alias;		   /* the name at the end of the CNAMEs; NULL: it is no alias */
	const char *silent_family; /* "IPv4", "IPv6": found the other only; NULL: both answered */
	char words[RESOLVE_WORDS_SIZE]; /* why there was no answer: "SERVFAIL", "no answer" */
};

/* Asks and waits; the caller releases `resolved`. */
void resolve(const struct resolve_question *question, struct resolved *resolved);
void resolved_release(struct resolved *resolved);

/* One answer for a question of type A or AAAA (`type`: 1 or 28), as it came from a resolver. */
enum answer_state {
	ANSWER_READ, /* `resolved` has what it says */
	ANSWER_NO_NAME,
	ANSWER_FAULT,	/* another code than NOERROR and NXDOMAIN: `resolved->words` */
	ANSWER_CUT,	/* truncated: ask again over TCP */
	ANSWER_FOREIGN, /* not an answer to this question */
};
/* Reads `answer` to `query`, both in DNS wire form (RFC 1035 section 4), and adds to `resolved`. */
enum answer_state resolve_answer_read(const unsigned char *query, size_t query_length,
				      const unsigned char *answer, size_t answer_length,
				      struct resolved *resolved);

#endif
