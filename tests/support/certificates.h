/*
 * Certificates made on the spot, right or wrong in every way a test needs: authorities,
 * intermediates and leaves, with their keys. The fields are those of openssl.cnf, so that any
 * extension can be had; NULL is the usual thing for that kind of certificate, "" leaves it out.
 * What cannot be made ends the program: it is the test that is wrong.
 *
 *	struct identity root, leaf;
 *	identity_make(&root, &(struct certificate_spec) { .common_name = "Root", .is_ca = true },
 *NULL); identity_make(&leaf, &(struct certificate_spec) { .names = "DNS:sip.example.com" }, &root);
 *	…
 *	identity_release(&leaf);
 */
#ifndef SIPDESK_TESTS_CERTIFICATES_H
#define SIPDESK_TESTS_CERTIFICATES_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum key_kind { KEY_P256, KEY_P384, KEY_RSA_2048, KEY_RSA_1024, KEY_ED25519 };

struct certificate_spec {
	const char *common_name;  /* "": none */
	const char *organisation; /* with neither of the two the subject is O=Test */
	const char *names;	  /* "DNS:a.example,IP:192.0.2.1,URI:sip:a.example"; NULL: no SAN */
	bool is_ca;		  /* picks the usual values of the next three */
	const char *basic_constraints;	   /* "critical,CA:TRUE" or "critical,CA:FALSE" */
	const char *key_usage;		   /* "critical,keyCertSign,cRLSign" or
					      "critical,digitalSignature,keyEncipherment" */
	const char *extended_key_usage;	   /* none, or "serverAuth" */
	const char *authority_info_access; /* "caIssuers;URI:http://127.0.0.1:8080/ca.der"; usually
					      none */
	const char *tls_feature;	   /* "status_request": must-staple; usually none */
	const char *name_constraints;	   /* "critical,permitted;DNS:example.com"; usually none */
	const char *key_identifiers;	   /* "": without both; else they are hashes of the keys */
	int64_t not_before;		   /* seconds since 1970; 0: an hour ago */
	int64_t not_after;		   /* 0: 60 days after now */
	enum key_kind key_kind;		   /* not used where a key is given */
	EVP_PKEY *key;			   /* to be used again; NULL: a new one */
	const EVP_MD *digest;		   /* NULL: SHA-256 */
	void (*adjust)(X509 *certificate, const void *with); /* last thing before it is signed */
	const void *adjust_with;
};

struct identity {
	X509 *certificate;
	EVP_PKEY *key;
};

/* `issuer` NULL: signed with its own key. */
void identity_make(struct identity *identity, const struct certificate_spec *spec,
		   const struct identity *issuer);
void identity_release(struct identity *identity);

/* An extension of any kind as openssl.cnf writes it; for `adjust`. */
void certificate_extension_add(X509 *certificate, const X509 *issuer, int nid, const char *value);

/* The caller frees them. */
char *certificate_pem(X509 *certificate);
char *certificate_key_pem(EVP_PKEY *key);
unsigned char *certificate_der(X509 *certificate, size_t *length);

/* A DER OCSP answer about `leaf`, signed by `issuer` or whom it delegated to (NULL: issuer itself).
 * `status` is V_OCSP_CERTSTATUS_GOOD, _REVOKED (as of `produced_at`) or _UNKNOWN; `next_update` 0:
 * none. The caller frees it. */
unsigned char *staple_make(const struct identity *leaf, const struct identity *issuer,
			   const struct identity *responder, int status, int64_t produced_at,
			   int64_t next_update, size_t *length);

#endif
