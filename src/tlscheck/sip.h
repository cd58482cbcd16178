/*
 * SIP as far as the TLS check needs it: one OPTIONS request in the shape of Meta's own requests
 * (TLS_CHECK M5, M15; RFC 3261 section 11), and a reader of whatever comes back. The reader takes
 * bytes as they arrive from a peer that may be anything, holds at most 64 KiB, and says what they
 * were. No sockets here.
 */
#ifndef SIPDESK_TLSCHECK_SIP_H
#define SIPDESK_TLSCHECK_SIP_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SIP_ANSWER_MAX = 64 * 1024, /* bytes in all; an answer to OPTIONS is below 2 KiB */
	SIP_HEADERS_MAX = 256,
	SIP_LINE_MAX = 8 * 1024,
	SIP_WORDS_SIZE = 128, /* of a reason or of a server's name that is kept */
};

struct sip_request {
	const char *hostname; /* ASCII, or an address without brackets */
	uint16_t port;
	bool is_tls;		   /* else plain TCP */
	const char *local_address; /* of our end, for Via */
	uint16_t local_port;
	uint64_t random; /* makes branch, tag and Call-ID */
};

/* Appends the request. */
void sip_request_write(struct str *out, const struct sip_request *request);

enum sip_kind {
	SIP_NOTHING,	/* no byte yet */
	SIP_INCOMPLETE, /* what came so far may become an answer */
	SIP_ANSWER,	/* a well-formed answer: `status` is set */
	SIP_MALFORMED,	/* begins as SIP does, but is not well-formed */
	SIP_TOO_BIG,	/* more than the limits above */
	SIP_HTTP,
	SIP_ECHO,    /* our own request */
	SIP_FOREIGN, /* anything else */
};

struct sip_reader {
	struct str bytes;   /* what came and is not read yet */
	size_t total;	    /* bytes that came in all */
	enum sip_kind kind; /* final when it is none of NOTHING and INCOMPLETE */
	int status;	    /* 100 to 699; a 1xx stays INCOMPLETE, since the final one follows */
	char reason[SIP_WORDS_SIZE];	   /* as sent; not fit to be shown */
	char server[SIP_WORDS_SIZE];	   /* Server or User-Agent; may be empty */
	char first_line[SIP_WORDS_SIZE];   /* of what settled the kind */
	char request_line[SIP_WORDS_SIZE]; /* ours, to know an echo */
};

/* `request` is what was sent; only its first line is kept. */
void sip_reader_init(struct sip_reader *reader, const char *request);
void sip_reader_release(struct sip_reader *reader);
/* Takes bytes; true when nothing more needs to be read. */
bool sip_reader_feed(struct sip_reader *reader, const char *bytes, size_t length);
/* Nothing more will come: a provisional answer then is the answer, half a one is malformed. */
void sip_reader_end(struct sip_reader *reader);

#endif
