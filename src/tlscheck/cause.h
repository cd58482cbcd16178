/* Why a connection ended as it did: from what was seen (how it ended, OpenSSL's reason, the alert,
 * whether a certificate was asked for, whether any byte came) to one cause, by one table. */
#ifndef SIPDESK_TLSCHECK_CAUSE_H
#define SIPDESK_TLSCHECK_CAUSE_H

#include "tlscheck/probe.h"

enum cause {
	CAUSE_NONE, /* it went well, or was cut short by us */
	CAUSE_REFUSED,
	CAUSE_NO_CONNECTION, /* the TCP deadline */
	CAUSE_UNREACHABLE,
	CAUSE_NOT_TLS,
	CAUSE_SILENT,  /* the handshake deadline, not a byte */
	CAUSE_STALLED, /* the handshake deadline, half-way */
	CAUSE_CLOSES,  /* on our hello */
	CAUSE_RESETS,
	CAUSE_BREAKS_OFF, /* closes half-way */
	CAUSE_VERSION,	  /* none that we offered */
	CAUSE_SSL3,
	CAUSE_NO_CIPHER,
	CAUSE_NAME_UNKNOWN,
	CAUSE_CLIENT_CERTIFICATE,
	CAUSE_PROTOCOL_WANTED, /* ALPN */
	CAUSE_RENEGOTIATION,
	CAUSE_LIST_TOO_BIG,
	CAUSE_FAULT,	 /* any other alert or error */
	CAUSE_HANGS_UP,	 /* after the handshake */
	CAUSE_NO_ANSWER, /* to OPTIONS */
	CAUSE_COUNT,
};

enum cause cause_of(const struct probe *probe);

/* "handshake failure"; OpenSSL 3.0 has no words for some. */
const char *alert_words(int alert);

#endif
