/*
 * What the readers of pasted text (paste_address.c, paste_json.c) share: the server being put
 * together, and the notes on what was left out of it. Only calling/paste.c and they use it.
 *
 * Nothing that may be a secret (passwords, header values, paths, queries) ever goes into a note.
 */
#ifndef SIPDESK_CALLING_PASTE_PARTS_H
#define SIPDESK_CALLING_PASTE_PARTS_H

#include "base/str.h"
#include "calling/paste.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	PASTE_PARAMETERS_MAX = 64, /* more than a request URI could hold */
	PASTE_NOTES_MAX = 80,	   /* bytes; with what was taken they fit two lines of 79 columns */
	PASTE_QUOTE_MAX = 32,	   /* bytes repeated of a text from outside */
};

struct paste_parts {
	struct pasted_server *server;
	struct str left_out; /* "transport=tls (Meta adds it itself), the path" */
	size_t unnamed;	     /* left out beyond what the notes have room for */
	bool is_placeholder; /* the hostname was one: the person must type it */
};

void paste_parts_init(struct paste_parts *parts, struct pasted_server *server);
void paste_parts_release(struct paste_parts *parts);

/* Says that `what` was left out, and why (`reason` may be NULL). `quoted` is text from outside that
 * follows `what`, cut where it is long; may be NULL. */
void paste_left_out(struct paste_parts *parts, const char *what, const char *quoted,
		    const char *reason);

/* Each takes a part where it is fit for it, else notes why not. */
void paste_take_hostname(struct paste_parts *parts, const char *hostname);
void paste_take_port(struct paste_parts *parts, const char *port);
void paste_take_parameter(struct paste_parts *parts, const char *key, const char *value);

/* Notes a `transport` parameter, which Meta sets itself. */
void paste_left_out_transport(struct paste_parts *parts, const char *value);
/* SIP_SERVER_HOSTNAME, <hostname>, your-sip-server: what samples write for a name of one's own. */
bool paste_is_placeholder(const char *name);

#endif
