#include "tests/support/lab_server.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <stdio.h>

/* Old versions and short keys are what the lab is for. */
static const char CIPHERS[] = "ALL:!aNULL:@SECLEVEL=0";

static int anybody_is_welcome(int is_good, X509_STORE_CTX *context)
{
	(void)is_good;
	(void)context;
	return 1;
}

static void client_certificate_set_up(SSL_CTX *context, enum lab_client_certificate wish)
{
	static const unsigned char SESSIONS[] = "lab";
	(void)SSL_CTX_set_session_id_context(context, SESSIONS, sizeof(SESSIONS));
	switch (wish) {
	case LAB_DOES_NOT_ASK: break;
	case LAB_ASKS: SSL_CTX_set_verify(context, SSL_VERIFY_PEER, anybody_is_welcome); break;
	case LAB_REQUIRES:
		SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
				   anybody_is_welcome);
		break;
	case LAB_ASKS_AND_VERIFIES: SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL); break;
	}
}

/* OpenSSL calls this without a name, too. */
static int name_judge(SSL *ssl, int *alert, void *owner)
{
	const struct lab_server *server = owner;
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	enum lab_name_indication wish = server->behaviour->name_indication;
	*alert = SSL_AD_UNRECOGNIZED_NAME;
	if (wish == LAB_KNOWS_NO_NAME || (wish == LAB_NEEDS_NAME && name == NULL))
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	if (wish == LAB_OTHER_WITHOUT_NAME && name == NULL)
		(void)SSL_set_SSL_CTX(ssl, server->other_context);
	return SSL_TLSEXT_ERR_OK;
}

static int tls_1_2_prefer(SSL *ssl, int *alert, void *owner)
{
	const unsigned char
		*versions; /* RFC 8446 section 4.2.1: their length, then two bytes each */
	size_t length = 0;
	(void)alert;
	(void)owner;
	if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_supported_versions, &versions, &length) != 1)
		return SSL_CLIENT_HELLO_SUCCESS;
	for (size_t i = 1; i + 1 < length; i += 2)
		if ((versions[i] << 8 | versions[i + 1]) == TLS1_2_VERSION)
			(void)SSL_set_max_proto_version(ssl, TLS1_2_VERSION);
	return SSL_CLIENT_HELLO_SUCCESS;
}

static int staple_give(SSL *ssl, void *owner)
{
	const struct lab_identity *identity = owner;
	if (identity->staple == NULL)
		return SSL_TLSEXT_ERR_NOACK;
	unsigned char *copy = OPENSSL_memdup(identity->staple, identity->staple_length);
	(void)SSL_set_tlsext_status_ocsp_resp(ssl, copy, (long)identity->staple_length);
	return SSL_TLSEXT_ERR_OK;
}

/* The 1024-bit group of RFC 2409 section 6.2; NULL where it cannot be made. */
static EVP_PKEY *weak_group_make(void)
{
	EVP_PKEY *group = NULL;
	BIGNUM *prime = BN_get_rfc2409_prime_1024(NULL);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *making = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
	(void)OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_FFC_P, prime);
	(void)OSSL_PARAM_BLD_push_uint(build, OSSL_PKEY_PARAM_FFC_G, 2);
	OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(build);
	(void)EVP_PKEY_fromdata_init(making);
	(void)EVP_PKEY_fromdata(making, &group, EVP_PKEY_KEY_PARAMETERS, parameters);
	OSSL_PARAM_free(parameters);
	EVP_PKEY_CTX_free(making);
	OSSL_PARAM_BLD_free(build);
	BN_free(prime);
	return group;
}

static bool certificate_use(SSL_CTX *context, const struct lab_identity *identity)
{
	STACK_OF(X509) *others = X509_chain_up_ref(identity->chain);
	X509 *leaf = sk_X509_shift(others);
	bool is_good = SSL_CTX_use_cert_and_key(context, leaf, identity->key, others, 1) == 1;
	X509_free(leaf);
	sk_X509_pop_free(others, X509_free);
	return is_good;
}

static SSL_CTX *context_make(const struct lab_behaviour *behaviour,
			     const struct lab_identity *identity)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	if (context == NULL)
		return NULL;
	SSL_CTX_set_security_level(context, 0);
	int version_min = behaviour->version_min == 0 ? TLS1_2_VERSION : behaviour->version_min;
	int version_max = behaviour->version_max == 0 ? TLS1_3_VERSION : behaviour->version_max;
	const char *ciphers = behaviour->ciphers == NULL ? CIPHERS : behaviour->ciphers;
	bool is_good = SSL_CTX_set_min_proto_version(context, version_min) == 1 &&
		       SSL_CTX_set_max_proto_version(context, version_max) == 1 &&
		       SSL_CTX_set_cipher_list(context, ciphers) == 1;
	if (is_good && identity->key != NULL)
		is_good = certificate_use(context, identity);
	if (is_good && behaviour->has_weak_dh)
		is_good = SSL_CTX_set0_tmp_dh_pkey(context, weak_group_make()) == 1;
	(void)SSL_CTX_set_mode(context, SSL_MODE_NO_AUTO_CHAIN);
	client_certificate_set_up(context, behaviour->client_certificate);
	if (behaviour->prefers_tls_1_2)
		SSL_CTX_set_client_hello_cb(context, tls_1_2_prefer, NULL);
	(void)SSL_CTX_set_tlsext_status_cb(context, staple_give);
	(void)SSL_CTX_set_tlsext_status_arg(context, (void *)(uintptr_t)identity);
	if (is_good)
		return context;
	SSL_CTX_free(context);
	return NULL;
}

bool lab_server_prepare(struct lab_server *server, const struct lab_identity *other)
{
	const struct lab_behaviour *behaviour = server->behaviour;
	if (behaviour->greeting != LAB_SPEAKS_TLS)
		return true;
	server->context = context_make(behaviour, &server->identity);
	if (other != NULL)
		server->other_context = context_make(behaviour, other);
	if (server->context == NULL || (other != NULL && server->other_context == NULL)) {
		ERR_print_errors_fp(stderr);
		return false;
	}
	(void)SSL_CTX_set_tlsext_servername_callback(server->context, name_judge);
	(void)SSL_CTX_set_tlsext_servername_arg(server->context, server);
	return true;
}

void lab_server_release(struct lab_server *server)
{
	SSL_CTX_free(server->context);
	SSL_CTX_free(server->other_context);
	server->context = NULL;
	server->other_context = NULL;
}
