/*
 * The names a certificate is for (subject alternative names), and how they fit a hostname: RFC 9525
 * for TLS, RFC 5922 section 7 for SIP. A certificate may hold any number of names, with any bytes.
 */
#ifndef SIPDESK_TLSCHECK_NAMES_H
#define SIPDESK_TLSCHECK_NAMES_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>

enum {
	NAMES_LISTED_MAX = 200, /* of a certificate's names in the report; the rest is counted */
	NAMES_SAID_MAX = 5,	/* in a sentence */
};

enum name_kind { NAME_DNS, NAME_IP, NAME_URI, NAME_OTHER };

struct name {
	enum name_kind kind;
	char *text; /* without its kind: "*.example.com", "192.0.2.1", "sip:example.com" */
};

struct names {
	struct name *items;
	size_t count;
	bool is_unreadable; /* the extension is there, but it is not well-formed */
};

/* Ascending in strength. */
enum name_fit {
	NAME_FIT_NONE,
	NAME_FIT_COMMON_NAME, /* and there is no DNS name that would count before it */
	NAME_FIT_WILDCARD,
	NAME_FIT_EXACT,
};

void names_read(struct names *names, const X509 *certificate);
void names_release(struct names *names);

/* `hostname` is ASCII, or an address where `is_ip`. */
enum name_fit name_fit(X509 *certificate, const char *hostname, bool is_ip);

/* As the report lists them, "DNS:a.example"; an entry at the end says how many more there are. The
 * caller frees each and the list. */
char **names_listing(const struct names *names, size_t *count);

/* "a.example, b.example and 12 more" of this kind;
 * empty where there is none. The caller frees it. */
char *names_said(const struct names *names, enum name_kind kind);
size_t names_count(const struct names *names, enum name_kind kind);
bool names_have(const struct names *names, enum name_kind kind, const char *text);

/* The DNS name (no wildcard) most like `hostname`: by shared labels at the end, then by edits. NULL
 * where none is like it. Borrowed. */
const char *names_nearest(const struct names *names, const char *hostname);
/* The wildcard that covers `hostname`, NULL: none. Borrowed. */
const char *names_wildcard_covering(const struct names *names, const char *hostname);
/* A wildcard below whose parent `hostname` lies, or which it equals, without being covered (RFC
 * 9525 section 6.3: a wildcard stands for one label); NULL: none. Borrowed. */
const char *names_wildcard_at_other_depth(const struct names *names, const char *hostname);

/* The SIP domain identity of a URI name (RFC 5922 section 7.1): the host of a "sip:" URI without
 * user part; NULL where it is none. The caller frees it. */
char *name_sip_host(const struct name *name);

/* A common name that looks like a host or an address but is not among the names (CA/Browser Forum
 * Baseline Requirements 7.1.4.3); NULL: there is none. The caller frees it. */
char *names_stray_common_name(const struct names *names, const X509 *certificate);

#endif
