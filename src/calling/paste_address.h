/* Pasted addresses: `host:port`, `[v6]:port`, sip: and sips: URIs, https:// links. */
#ifndef SIPDESK_CALLING_PASTE_ADDRESS_H
#define SIPDESK_CALLING_PASTE_ADDRESS_H

#include "calling/paste_parts.h"

/* Takes apart the address that `text` is, or the SIP URI within it. False, with nothing taken or
 * noted, where it is no address or only a plain hostname. */
bool paste_read_address(struct paste_parts *parts, const char *text);

#endif
