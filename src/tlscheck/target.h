/* What a person writes after `sipdesk check`: which host name it is, and what is wrong with it. */
#ifndef SIPDESK_TLSCHECK_TARGET_H
#define SIPDESK_TLSCHECK_TARGET_H

#include <stdbool.h>

struct target_name {
	char *ascii; /* lower-case ASCII (xn--…), an address without brackets; caller frees */
	bool is_ip;
	const char *why; /* static; what is wrong and what to do, where `ascii` is NULL */
};

/* Judges a hostname as the settings would hold it (RFC 1035, RFC 1123, IDNA 2008). */
void target_name_read(const char *hostname, struct target_name *name);

#endif
