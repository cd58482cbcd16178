#include "tests/support/certificates.h"

#include "base/clock.h"
#include "base/mem.h"

#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOUR_S = 3600, DAY_S = 24 * HOUR_S, USUAL_DAYS = 60 };

#define MUST(condition)                                                                       \
	do {                                                                                  \
		if (!(condition)) {                                                           \
			ERR_print_errors_fp(stderr);                                          \
			(void)fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                              \
		}                                                                             \
	} while (0)

static EVP_PKEY *key_make(enum key_kind kind)
{
	switch (kind) {
	case KEY_P256: return EVP_EC_gen("P-256");
	case KEY_P384: return EVP_EC_gen("P-384");
	case KEY_RSA_2048: return EVP_RSA_gen(2048);
	case KEY_RSA_1024: return EVP_RSA_gen(1024);
	case KEY_ED25519: return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	}
	return NULL;
}

static void name_add(X509_NAME *name, const char *field, const char *text)
{
	if (text != NULL && *text != '\0')
		MUST(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
						(const unsigned char *)text, -1, -1, 0) == 1);
}

static void serial_set(X509 *certificate)
{
	unsigned char bytes[8];
	uint64_t serial = 0;
	MUST(RAND_bytes(bytes, sizeof bytes) == 1);
	for (size_t i = 0; i < sizeof bytes; i++)
		serial = serial << 8 | bytes[i];
	MUST(ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1 | 1) == 1);
}

void certificate_extension_add(X509 *certificate, const X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;
	X509V3_set_ctx(&context, (X509 *)(uintptr_t)issuer, certificate, NULL, NULL, 0);
	X509V3_set_ctx_nodb(&context);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	MUST(extension != NULL);
	MUST(X509_add_ext(certificate, extension, -1) == 1);
	X509_EXTENSION_free(extension);
}

static void extensions_add(X509 *certificate, const struct certificate_spec *spec, X509 *issuer)
{
	const struct {
		int nid;
		const char *wanted;
		const char *usual;
	} extensions[] = {
		{ NID_basic_constraints, spec->basic_constraints,
		  spec->is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE" },
		{ NID_key_usage, spec->key_usage,
		  spec->is_ca ? "critical,keyCertSign,cRLSign"
			      : "critical,digitalSignature,keyEncipherment" },
		{ NID_ext_key_usage, spec->extended_key_usage, spec->is_ca ? "" : "serverAuth" },
		{ NID_subject_key_identifier, spec->key_identifiers, "hash" },
		{ NID_authority_key_identifier, spec->key_identifiers, "keyid" },
		{ NID_subject_alt_name, spec->names, "" },
		{ NID_info_access, spec->authority_info_access, "" },
		{ NID_tlsfeature, spec->tls_feature, "" },
		{ NID_name_constraints, spec->name_constraints, "" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(extensions); i++) {
		const char *value =
			extensions[i].wanted != NULL ? extensions[i].wanted : extensions[i].usual;
		if (*value != '\0')
			certificate_extension_add(certificate, issuer, extensions[i].nid, value);
	}
}

void identity_make(struct identity *identity, const struct certificate_spec *spec,
		   const struct identity *issuer)
{
	int64_t now = clock_now();
	int64_t begins = spec->not_before != 0 ? spec->not_before : now - HOUR_S;
	int64_t ends = spec->not_after != 0 ? spec->not_after : now + (int64_t)USUAL_DAYS * DAY_S;
	X509 *made = X509_new();
	EVP_PKEY *key = spec->key;
	if (key != NULL)
		MUST(EVP_PKEY_up_ref(key) == 1);
	else
		key = key_make(spec->key_kind);
	MUST(made != NULL && key != NULL);
	X509 *signer = issuer != NULL ? issuer->certificate : made;
	EVP_PKEY *signing_key = issuer != NULL ? issuer->key : key;
	MUST(X509_set_version(made, X509_VERSION_3) == 1);
	serial_set(made);
	MUST(ASN1_TIME_adj(X509_getm_notBefore(made), (time_t)begins, 0, 0) != NULL);
	MUST(ASN1_TIME_adj(X509_getm_notAfter(made), (time_t)ends, 0, 0) != NULL);
	bool is_nameless = spec->organisation == NULL && spec->common_name == NULL;
	name_add(X509_get_subject_name(made), "O", is_nameless ? "Test" : spec->organisation);
	name_add(X509_get_subject_name(made), "CN", spec->common_name);
	MUST(X509_set_issuer_name(made, X509_get_subject_name(signer)) == 1);
	MUST(X509_set_pubkey(made, key) == 1);
	extensions_add(made, spec, signer);
	if (spec->adjust != NULL)
		spec->adjust(made, spec->adjust_with);
	const EVP_MD *digest = spec->digest != NULL ? spec->digest : EVP_sha256();
	if (EVP_PKEY_is_a(signing_key, "ED25519"))
		digest = NULL;
	MUST(X509_sign(made, signing_key, digest) > 0);
	*identity = (struct identity) { .certificate = made, .key = key };
}

void identity_release(struct identity *identity)
{
	X509_free(identity->certificate);
	EVP_PKEY_free(identity->key);
	*identity = (struct identity) { 0 };
}

static char *bio_text(BIO *bio)
{
	char *bytes = NULL;
	long length = BIO_get_mem_data(bio, &bytes);
	char *text = mem_text_n(bytes, (size_t)length);
	BIO_free(bio);
	return text;
}

char *certificate_pem(X509 *certificate)
{
	BIO *bio = BIO_new(BIO_s_mem());
	MUST(PEM_write_bio_X509(bio, certificate) == 1);
	return bio_text(bio);
}

char *certificate_key_pem(EVP_PKEY *key)
{
	BIO *bio = BIO_new(BIO_s_mem());
	MUST(PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1);
	return bio_text(bio);
}

/* A copy in memory of ours: free() must not depend on OpenSSL's allocator. */
static unsigned char *bytes_hand_over(unsigned char *der, int length, size_t *out_length)
{
	MUST(length > 0);
	unsigned char *copy = mem_alloc((size_t)length, 1);
	memcpy(copy, der, (size_t)length);
	*out_length = (size_t)length;
	OPENSSL_free(der);
	return copy;
}

unsigned char *certificate_der(X509 *certificate, size_t *length)
{
	unsigned char *der = NULL;
	int der_length = i2d_X509(certificate, &der);
	return bytes_hand_over(der, der_length, length);
}

unsigned char *staple_make(const struct identity *leaf, const struct identity *issuer,
			   const struct identity *responder, int status, int64_t produced_at,
			   int64_t next_update, size_t *length)
{
	const struct identity *signer = responder != NULL ? responder : issuer;
	OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
	OCSP_CERTID *id = OCSP_cert_to_id(NULL, leaf->certificate, issuer->certificate);
	ASN1_TIME *produced = ASN1_TIME_adj(NULL, (time_t)produced_at, 0, 0);
	ASN1_TIME *next = next_update != 0 ? ASN1_TIME_adj(NULL, (time_t)next_update, 0, 0) : NULL;
	MUST(ASN1_TIME_to_generalizedtime(produced, &produced) != NULL);
	MUST(next == NULL || ASN1_TIME_to_generalizedtime(next, &next) != NULL);
	bool is_revoked = status == V_OCSP_CERTSTATUS_REVOKED;
	MUST(OCSP_basic_add1_status(basic, id, status, OCSP_REVOKED_STATUS_KEYCOMPROMISE,
				    is_revoked ? produced : NULL, produced, next) != NULL);
	MUST(OCSP_basic_sign(basic, signer->certificate, signer->key, EVP_sha256(), NULL, 0) == 1);
	OCSP_RESPONSE *response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
	unsigned char *der = NULL;
	int der_length = i2d_OCSP_RESPONSE(response, &der);
	OCSP_RESPONSE_free(response);
	OCSP_BASICRESP_free(basic);
	OCSP_CERTID_free(id);
	ASN1_TIME_free(produced);
	ASN1_TIME_free(next);
	return bytes_hand_over(der, der_length, length);
}
