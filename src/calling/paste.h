/*
 * What people paste into the hostname field, understood: `host:port`, `[v6]:port`, sip: and sips:
 * URIs with parameters, https:// links, and the vendors' JSON samples with their faults (missing
 * and trailing commas, // comments, `. . .`, "DTLS (default) | SDES").
 */
#ifndef SIPDESK_CALLING_PASTE_H
#define SIPDESK_CALLING_PASTE_H

#include "calling/values.h"

#include <stdbool.h>

enum { PASTE_MAX = 64 * 1024 /* bytes looked at; more is refused */ };

struct pasted_server {
	char *hostname; /* NULL: none was found */
	char *port;	/* NULL: none was given */
	struct parameter *parameters;
	size_t parameter_count;
	bool has_parameters; /* parameters were given, maybe none ("request_uri_user_params": {}) */
	char *srtp;	     /* "SDES" or "DTLS" where a JSON sample names exactly one; else NULL */
	char *taken; /* sentence for the screen: what was taken, and what was left out and why */
};

void pasted_server_init(struct pasted_server *pasted);
void pasted_server_release(struct pasted_server *pasted);

/* False where the text is a plain hostname or nothing known: then it is simply typed in. */
bool paste_understand(struct pasted_server *pasted, const char *text);

#endif
