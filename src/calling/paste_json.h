/*
 * Pasted JSON as people and documentation write it. A scanner, not a parser: it follows names and
 * values through missing commas and braces, comments, elisions and typographic quotes, one pass,
 * without recursion. calling/settings.h reads what the service sends.
 */
#ifndef SIPDESK_CALLING_PASTE_JSON_H
#define SIPDESK_CALLING_PASTE_JSON_H

#include "calling/paste_parts.h"

/* Takes the first SIP server in `text` (valid UTF-8). False, with nothing taken or noted, where no
 * member of a SIP server is named in it. */
bool paste_read_json(struct paste_parts *parts, const char *text, size_t length);

#endif
