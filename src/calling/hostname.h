/* Host names of SIP servers: DNS syntax, and IDNA 2008 through libidn2. */
#ifndef SIPDESK_CALLING_HOSTNAME_H
#define SIPDESK_CALLING_HOSTNAME_H

#include <stdbool.h>
#include <stddef.h>

/* RFC 1035 section 2.3.4 */
enum { HOSTNAME_MAX = 253, HOSTNAME_LABEL_MAX = 63 };

enum hostname_kind {
	HOSTNAME_EMPTY,
	HOSTNAME_DNS,	 /* letters, digits, hyphens, at least two labels */
	HOSTNAME_IDN,	 /* valid after conversion to its ASCII form */
	HOSTNAME_SINGLE, /* one label: valid syntax, but no public name */
	HOSTNAME_IPV4,
	HOSTNAME_IPV6, /* with or without brackets */
	HOSTNAME_WRONG,
};

/* What `text` is. For HOSTNAME_WRONG `*why` is a static sentence ("A hostname has no blank in it.")
 * with the next step in it; `why` may be NULL. */
enum hostname_kind hostname_classify(const char *text, const char **why);

/* The form that goes on the wire: lower-case ASCII (xn--…), an IPv6 address without brackets.
 * Caller frees; NULL where the text is no hostname. */
char *hostname_to_ascii(const char *text);
/* The form people read ("münchen.example"); the ASCII form where it does not convert back. Caller
 * frees; NULL where the text is no hostname. */
char *hostname_to_unicode(const char *text);

#endif
