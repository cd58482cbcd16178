/* May the certificate be used by a TLS server, and is it strong enough? CRT-15 to CRT-18. */
#include "tlscheck/judging.h"

#include "base/mem.h"
#include "tlscheck/certificate_text.h"

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

enum {
	SIGNATURE_BITS_MIN = 112, /* as OpenSSL's level 2: no MD5, no SHA-1 */
	USES_SAID_MAX = 5,
};

/* RFC 5924: one certificate for SIP, which TLS clients that know nothing of SIP refuse. */
static const char SIP_DOMAIN_OID[] = "1.3.6.1.5.5.7.3.20";

static bool use_is_sip_domain(const ASN1_OBJECT *use)
{
	char oid[sizeof SIP_DOMAIN_OID];
	int length = OBJ_obj2txt(oid, sizeof oid, use, 1);
	return length == (int)sizeof oid - 1 && text_equal(oid, SIP_DOMAIN_OID);
}

static void use_add(struct str *said, const ASN1_OBJECT *use)
{
	char text[80];
	if (use_is_sip_domain(use))
		str_add(said, "SIP domains (sipDomain)");
	else if (OBJ_obj2nid(use) == NID_client_auth)
		str_add(said, "clients");
	else if (OBJ_obj2nid(use) == NID_server_auth)
		str_add(said, "servers");
	else if (OBJ_obj2txt(text, sizeof text, use, 0) > 0)
		str_add(said, text);
	else
		str_add(said, "something unknown");
}

/* "clients and Code Signing only, not for servers"; NULL where the certificate does not limit its
 * use or allows servers. The caller frees it. */
static char *uses_without_server(const X509 *certificate)
{
	EXTENDED_KEY_USAGE *uses = X509_get_ext_d2i(certificate, NID_ext_key_usage, NULL, NULL);
	bool has_server = uses == NULL;
	struct str said;
	str_init(&said);
	for (int i = 0; i < sk_ASN1_OBJECT_num(uses); i++) {
		const ASN1_OBJECT *use = sk_ASN1_OBJECT_value(uses, i);
		has_server |= OBJ_obj2nid(use) == NID_server_auth;
		if (i < USES_SAID_MAX) {
			str_add(&said, i > 0 ? " and " : "");
			use_add(&said, use);
		}
	}
	if (sk_ASN1_OBJECT_num(uses) > USES_SAID_MAX)
		str_addf(&said, " and %d other uses", sk_ASN1_OBJECT_num(uses) - USES_SAID_MAX);
	str_add(&said, said.length > 0 ? " only, not for servers" : "no use at all");
	EXTENDED_KEY_USAGE_free(uses);
	if (!has_server)
		return str_detach(&said);
	str_release(&said);
	return NULL;
}

static void find_wrong_use(struct judging *judging, int depth)
{
	X509 *certificate = judging_certificate(judging, depth);
	char *what = judging_what(judging, depth);
	char *uses = certificate != NULL ? uses_without_server(certificate) : NULL;
	if (uses != NULL)
		judging_add_new(judging, CRT_15, mem_format("%s is for %s.", what, uses),
				mem_text("Have the certificate issued again with the extended key "
					 "usage serverAuth."));
	else if (depth == 0)
		judging_add_new(judging, CRT_16,
				mem_text("The certificate's key usage forbids signing and all else "
					 "that a TLS server does with it."),
				mem_text("Have the certificate issued again with the key usage "
					 "digitalSignature."));
	else if (!verification_has(judging->whole, X509_V_ERR_INVALID_CA, depth))
		judging_add_new(judging, CRT_15, mem_format("%s may not vouch for servers.", what),
				mem_text("Use a certificate of a public CA, such as Let's "
					 "Encrypt."));
	free(uses);
	free(what);
}

/* Passes OpenSSL, but TLS 1.3 and every modern cipher make the server sign. */
static void find_no_signing(struct judging *judging)
{
	uint32_t usage = X509_get_key_usage(judging->leaf); /* all bits where it does not say */
	if ((usage & KU_DIGITAL_SIGNATURE) == 0)
		judging_add(judging, CRT_16, CHECK_WARN,
			    mem_text("The certificate's key usage forbids signing, which every "
				     "modern TLS handshake needs: strict clients refuse it."),
			    mem_text("Have the certificate issued again with the key usage "
				     "digitalSignature."));
}

void find_uses(struct judging *judging)
{
	const struct verification *whole = judging->whole;
	bool is_wrong = false;
	for (int i = 0; i < sk_X509_num(whole->chain); i++)
		if (verification_has(whole, X509_V_ERR_INVALID_PURPOSE, i)) {
			find_wrong_use(judging, i);
			is_wrong = true;
		}
	if (!is_wrong)
		find_no_signing(judging);
}

static void find_weak_key(struct judging *judging, int depth)
{
	const X509 *certificate = judging_certificate(judging, depth);
	char *what = judging_what(judging, depth);
	char *key = certificate_key_text(certificate);
	judging_add_new(judging, CRT_17,
			mem_format("%s has a weak key: %s is too short.", what, key),
			mem_text("Have the certificate issued for a new key: RSA with 2048 bits or "
				 "more, or EC P-256."));
	free(key);
	free(what);
}

/* DSA passes OpenSSL's level, but TLS 1.3 has no place for it and no other common client takes it.
 */
static void find_outdated_key(struct judging *judging)
{
	EVP_PKEY *key = X509_get0_pubkey(judging->leaf);
	if (key != NULL && EVP_PKEY_is_a(key, "DSA"))
		judging_add(judging, CRT_17, CHECK_WARN,
			    mem_text("The certificate has a DSA key, which hardly any client "
				     "takes."),
			    mem_text("Have the certificate issued for a new key: RSA with 2048 "
				     "bits or more, or EC P-256."));
}

/* Looked at directly: a verification does not reach a signature whose issuer is missing. */
static bool signature_is_weak(X509 *certificate)
{
	int bits = 0;
	return X509_self_signed(certificate, 0) != 1 &&
	       X509_get_signature_info(certificate, NULL, NULL, &bits, NULL) == 1 && bits >= 0 &&
	       bits < SIGNATURE_BITS_MIN;
}

static void find_weak_signature(struct judging *judging, int depth)
{
	int digest = NID_undef;
	char *what = judging_what(judging, depth);
	(void)X509_get_signature_info(judging_certificate(judging, depth), &digest, NULL, NULL,
				      NULL);
	const char *name = digest == NID_sha1	 ? "SHA-1"
			   : digest == NID_md5	 ? "MD5"
			   : digest != NID_undef ? OBJ_nid2ln(digest)
						 : "an unknown digest";
	judging_add_new(judging, CRT_18,
			mem_format("%s is signed with %s, which can be forged.", what, name),
			mem_text("Have the certificate issued again, signed with SHA-256."));
	free(what);
}

void find_strength(struct judging *judging)
{
	const struct verification *whole = judging->whole;
	for (int i = 0; i < sk_X509_num(whole->chain); i++) {
		if (verification_has(whole, X509_V_ERR_EE_KEY_TOO_SMALL, i) ||
		    verification_has(whole, X509_V_ERR_CA_KEY_TOO_SMALL, i))
			find_weak_key(judging, i);
		if (verification_has(whole, X509_V_ERR_CA_MD_TOO_WEAK, i) ||
		    (!judging_is_trusted(judging, i) &&
		     signature_is_weak(judging_certificate(judging, i))))
			find_weak_signature(judging, i);
	}
	find_outdated_key(judging);
}
