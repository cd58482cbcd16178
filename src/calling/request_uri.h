/* The request URI that the SIP server will see in Meta's INVITE. */
#ifndef SIPDESK_CALLING_REQUEST_URI_H
#define SIPDESK_CALLING_REQUEST_URI_H

#include "base/str.h"
#include "calling/values.h"

/* Appends `text` percent-encoded as part of a SIP user part (RFC 3261 section 25.1: unreserved and
 * user-unreserved characters stay, but ; = , ? which separate parameters are encoded; RFC 4904). */
void user_part_escape(struct str *out, const char *text);
/* Appends `text` with %XX decoded; false (nothing appended) where an escape is broken or is %00. */
bool user_part_unescape(struct str *out, const char *text, size_t length);

/*
 * Appends `sip:+4930123456;tgrp=berlin;trunk-context=acme.example@sip.acme.example`, and with
 * `as_sent` the `;transport=tls` that Meta adds. `phone_number` is E.164 with or without +; where
 * NULL or empty, "<number>" stands for it. The port is not part of it (not documented).
 */
void request_uri_write(struct str *out, const char *phone_number, const struct sip_server *server,
		       bool as_sent);

#endif
