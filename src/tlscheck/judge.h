/*
 * The certificates a server showed, judged offline, as often as needed: the difference between two
 * verifications is the diagnosis (TLS_CHECK section 2.1). Adds CRT findings and the chain to the
 * report. No sockets, but for the AIA fetch, which is its own function.
 */
#ifndef SIPDESK_TLSCHECK_JUDGE_H
#define SIPDESK_TLSCHECK_JUDGE_H

#include "base/err.h"
#include "tlscheck/report.h"

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The trust list: which file, how many roots, how old. */
struct trust {
	X509_STORE *store;
	char *name;		  /* "/etc/ssl/certs (ca-certificates)" or the --ca-file */
	size_t root_count;	  /* of a folder by its file names: it is read lazily */
	int64_t modified_at;	  /* seconds since 1970; 0: not known */
	bool is_given;		  /* by --ca-file */
	X509_LOOKUP_METHOD *late; /* reads late_file once the folder lacks an issuer; NULL: none */
	char *late_file;
};

/* `ca_file` NULL: the system's list (SSL_CERT_FILE, SSL_CERT_DIR respected). ERR_IO or ERR_INPUT
 * for a file that cannot be read or holds no certificate. */
bool trust_load(struct trust *trust, const char *ca_file, struct err *err);
void trust_release(struct trust *trust);

struct judge_input {
	const char *hostname; /* ASCII, lower case; or an IP address */
	bool is_ip;
	const char *address;	     /* that the findings are about; NULL: none in particular */
	const char *const *shown_at; /* every address that showed the chain; NULL ends, or none */
	STACK_OF(X509) * sent;	     /* leaf first, as sent; borrowed */
	const unsigned char *staple; /* DER OCSP response; NULL: none */
	size_t staple_length;
	int64_t at; /* judge as of this moment, seconds since 1970 */
	const struct trust *trust;
	X509 *fetched[4]; /* intermediates fetched through AIA; NULL ends; borrowed */
};

/* Judges and reports everything in the catalogue from CRT-1 to CRT-25 but CRT-24 (which compares
 * addresses). Returns true where the chain verifies for the name by ordinary rules. */
bool judge(const struct judge_input *input, struct check_report *report);

/* The address to fetch the missing issuer from (http/https, from the AIA extension of the last
 * certificate of the chain as far as it goes); NULL: nothing is missing, or it does not say. Caller
 * frees. */
char *judge_missing_issuer_url(const struct judge_input *input);

/* Fetches one certificate (DER, PEM or PKCS#7): at most 64 KiB and `timeout_ms`, http or https, no
 * redirect to another scheme, private addresses refused unless `allow_private`. */
bool aia_fetch(const char *url, bool allow_private, int64_t timeout_ms, X509 **certificate,
	       struct err *err);

#endif
