/*
 * The practice SIP servers' certificates: a root, an issuing authority below it and what that
 * issues, all made at the start. Keys stay in memory and end with it; only the root's certificate
 * is written, for clients to trust, into a private folder that is removed with it.
 */
#ifndef SIPDESK_SANDBOX_SIP_CERTIFICATES_H
#define SIPDESK_SANDBOX_SIP_CERTIFICATES_H

#include "base/err.h"

#include <openssl/x509.h>
#include <stdbool.h>

struct sip_certificates {
	X509 *root;
	X509 *issuer;	      /* signed by the root; it signs the servers' */
	EVP_PKEY *issuer_key; /* P-256, as all keys here: made in a fraction of a millisecond */
	EVP_PKEY *server_key; /* of all servers' certificates */
	long last_serial;
	char *folder;  /* 0700, below $TMPDIR or /tmp; NULL: not made */
	char *ca_file; /* the root in it, PEM */
};

struct sip_certificate_form {
	const char *name;	/* the one DNS name it is for */
	int begins_days;	/* from today; negative: in the past */
	int ends_days;		/* from today */
	const char *issuer_url; /* where to fetch the issuer's certificate; NULL: it does not say */
};

bool sip_certificates_init(struct sip_certificates *certificates, struct err *err);
/* Also after a failed init, and for one that is all zero. */
void sip_certificates_release(struct sip_certificates *certificates);

/* The caller frees it; NULL with `err` filled. */
X509 *sip_certificate_issue(struct sip_certificates *certificates,
			    const struct sip_certificate_form *form, struct err *err);

#endif
