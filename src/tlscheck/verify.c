#include "tlscheck/verify.h"

#include "base/mem.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

enum { LEVEL_112_BITS = 2 }; /* OpenSSL's default for TLS: RSA from 2048 bits, no SHA-1 */

static void error_add(struct verification *verification, int code, int depth)
{
	if (verification_has(verification, code, depth))
		return;
	verification->errors = mem_grow(verification->errors, verification->error_count,
					sizeof *verification->errors);
	verification->errors[verification->error_count++] = (struct verify_error) { code, depth };
}

static int error_note(int ok, X509_STORE_CTX *context)
{
	if (!ok)
		error_add(X509_STORE_CTX_get_app_data(context), X509_STORE_CTX_get_error(context),
			  X509_STORE_CTX_get_error_depth(context));
	return 1;
}

static STACK_OF(X509) * untrusted_make(const struct judge_input *input, unsigned how)
{
	STACK_OF(X509) *untrusted = sk_X509_new_null();
	for (int i = 0; untrusted != NULL && i < sk_X509_num(input->sent); i++)
		(void)sk_X509_push(untrusted, sk_X509_value(input->sent, i));
	for (size_t i = 0; i < ARRAY_LENGTH(input->fetched) && input->fetched[i] != NULL; i++)
		if (untrusted != NULL && (how & VERIFY_WITH_FETCHED) != 0)
			(void)sk_X509_push(untrusted, input->fetched[i]);
	return untrusted;
}

/* In place of OpenSSL's last step. */
static int signatures_skip(X509_STORE_CTX *context)
{
	(void)context;
	return 1;
}

static bool context_set(X509_STORE_CTX *context, const struct judge_input *input, unsigned how)
{
	X509_VERIFY_PARAM *parameters = X509_STORE_CTX_get0_param(context);
	if (X509_STORE_CTX_set_default(context, "ssl_server") != 1)
		return false;
	X509_VERIFY_PARAM_set_auth_level(parameters, LEVEL_112_BITS);
	X509_VERIFY_PARAM_set_time(parameters, (time_t)input->at);
	if ((how & VERIFY_UNSIGNED) != 0)
		X509_STORE_CTX_set_verify(context, signatures_skip);
	if ((how & VERIFY_STRICT) != 0)
		(void)X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_X509_STRICT);
	X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
							    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
	if (input->is_ip)
		return X509_VERIFY_PARAM_set1_ip_asc(parameters, input->hostname) == 1;
	return X509_VERIFY_PARAM_set1_host(parameters, input->hostname, 0) == 1;
}

/* What ends a verification without a word to the callback is an error all the same. */
static void verify_run(struct verification *verification, X509_STORE_CTX *context)
{
	X509_STORE_CTX_set_app_data(context, verification);
	X509_STORE_CTX_set_verify_cb(context, error_note);
	if (X509_verify_cert(context) != 1 && verification->error_count == 0) {
		int code = X509_STORE_CTX_get_error(context);
		error_add(verification, code != X509_V_OK ? code : X509_V_ERR_UNSPECIFIED, 0);
	}
	verification->chain = X509_STORE_CTX_get1_chain(context);
	verification->untrusted_count = X509_STORE_CTX_get_num_untrusted(context);
}

void verify(struct verification *verification, const struct judge_input *input, X509 *leaf,
	    unsigned how)
{
	*verification = (struct verification) { 0 };
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	STACK_OF(X509) *untrusted = untrusted_make(input, how);
	if (context != NULL && untrusted != NULL &&
	    X509_STORE_CTX_init(context, input->trust->store, leaf, untrusted) == 1 &&
	    context_set(context, input, how))
		verify_run(verification, context);
	else
		error_add(verification, X509_V_ERR_UNSPECIFIED, 0);
	if (verification->chain == NULL || sk_X509_num(verification->chain) == 0) {
		sk_X509_pop_free(verification->chain, X509_free);
		verification->chain = sk_X509_new_null();
		if (X509_up_ref(leaf) == 1 && sk_X509_push(verification->chain, leaf) == 0)
			X509_free(leaf);
		verification->untrusted_count = 1;
	}
	X509_STORE_CTX_free(context);
	sk_X509_free(untrusted);
	ERR_clear_error();
}

void verification_release(struct verification *verification)
{
	free(verification->errors);
	sk_X509_pop_free(verification->chain, X509_free);
	*verification = (struct verification) { 0 };
}

int verification_depth(const struct verification *verification, int code)
{
	for (size_t i = 0; i < verification->error_count; i++)
		if (verification->errors[i].code == code)
			return verification->errors[i].depth;
	return -1;
}

bool verification_has(const struct verification *verification, int code, int depth)
{
	for (size_t i = 0; i < verification->error_count; i++)
		if (verification->errors[i].code == code && verification->errors[i].depth == depth)
			return true;
	return false;
}

bool verification_has_gap(const struct verification *verification)
{
	return verification_depth(verification, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT) >= 0 ||
	       verification_depth(verification, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY) >= 0;
}

bool chain_contains(const STACK_OF(X509) * chain, const X509 *certificate)
{
	for (int i = 0; i < sk_X509_num(chain); i++)
		if (X509_cmp(sk_X509_value(chain, i), certificate) == 0)
			return true;
	return false;
}
