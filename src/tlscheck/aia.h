/* What a CA's server sends for an issuer's certificate (RFC 5280 section 4.2.2.1): DER, PKCS#7, or,
 * against the rules but often, PEM. */
#ifndef SIPDESK_TLSCHECK_AIA_H
#define SIPDESK_TLSCHECK_AIA_H

#include <openssl/x509.h>
#include <stddef.h>

/* Of several the first that is a CA's. NULL where there is none; the caller frees it. */
X509 *aia_certificate_read(const char *bytes, size_t length);

#endif
