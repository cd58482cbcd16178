/*
 * The OCSP answer a server staples to its handshake: OpenSSL itself does not look whether it says
 * "revoked". CRT-21, CRT-22. The answer is judged as of the time asked for, which OpenSSL's own
 * OCSP_basic_verify and OCSP_check_validity cannot do: signer and dates are looked at here (RFC
 * 6960 sections 3.2 and 4.2.2.2).
 */
#include "tlscheck/judging.h"

#include "base/mem.h"
#include "tlscheck/certificate_text.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/tls1.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

enum { CLOCK_SLACK_S = 300 }; /* a responder's clock may be that far ahead */

static const char RELOAD[] =
	"Check that the SIP server can reach its CA's OCSP responder, or turn stapling off.";

struct staple_status {
	int status; /* V_OCSP_CERTSTATUS_… */
	int reason; /* OCSP_REVOKED_STATUS_…, -1: none */
	int64_t revoked_at;
	int64_t this_update;
	int64_t next_update; /* 0: none said */
};

static bool must_staple(const X509 *certificate)
{
	bool must = false;
	TLS_FEATURE *features = X509_get_ext_d2i(certificate, NID_tlsfeature, NULL, NULL);
	for (int i = 0; i < sk_ASN1_INTEGER_num(features); i++)
		must |= ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features, i)) ==
			TLSEXT_TYPE_status_request;
	TLS_FEATURE_free(features);
	return must;
}

/* The issuer itself, or one to whom it gave that task alone. */
static bool signer_is_entitled(X509 *signer, X509 *issuer, int64_t at)
{
	if (X509_cmp(signer, issuer) == 0)
		return true;
	return (X509_get_extension_flags(signer) & EXFLAG_XKUSAGE) != 0 &&
	       (X509_get_extended_key_usage(signer) & XKU_OCSP_SIGN) != 0 &&
	       X509_verify(signer, X509_get0_pubkey(issuer)) == 1 &&
	       certificate_time(X509_get0_notBefore(signer)) <= at &&
	       certificate_time(X509_get0_notAfter(signer)) >= at;
}

static bool signature_is_right(OCSP_BASICRESP *basic, X509 *issuer, int64_t at)
{
	X509 *signer = NULL;
	STACK_OF(X509) *issuers = sk_X509_new_null();
	bool right = issuers != NULL && sk_X509_push(issuers, issuer) > 0 &&
		     OCSP_resp_get0_signer(basic, &signer, issuers) == 1 &&
		     signer_is_entitled(signer, issuer, at) &&
		     OCSP_basic_verify(basic, issuers, NULL, OCSP_NOVERIFY) == 1;
	sk_X509_free(issuers);
	return right;
}

/* The answer may identify the certificate with any digest; it is ours if that digest says so. */
static bool is_about(const OCSP_SINGLERESP *single, const X509 *leaf, const X509 *issuer)
{
	ASN1_OBJECT *digest = NULL;
	/* It takes no const, but only reads. */
	OCSP_CERTID *told = (OCSP_CERTID *)(uintptr_t)OCSP_SINGLERESP_get0_id(single);
	if (told == NULL || OCSP_id_get0_info(NULL, &digest, NULL, NULL, told) != 1)
		return false;
	const EVP_MD *method = EVP_get_digestbyobj(digest);
	OCSP_CERTID *ours = method != NULL ? OCSP_cert_to_id(method, leaf, issuer) : NULL;
	bool is_same = ours != NULL && OCSP_id_cmp(ours, told) == 0;
	OCSP_CERTID_free(ours);
	return is_same;
}

static bool status_read(OCSP_BASICRESP *basic, const X509 *leaf, const X509 *issuer,
			struct staple_status *status)
{
	for (int i = 0; i < OCSP_resp_count(basic); i++) {
		OCSP_SINGLERESP *single = OCSP_resp_get0(basic, i);
		ASN1_GENERALIZEDTIME *revoked = NULL;
		ASN1_GENERALIZEDTIME *this_update = NULL;
		ASN1_GENERALIZEDTIME *next_update = NULL;
		if (!is_about(single, leaf, issuer))
			continue;
		status->reason = -1;
		status->status = OCSP_single_get0_status(single, &status->reason, &revoked,
							 &this_update, &next_update);
		status->revoked_at = certificate_time(revoked);
		status->this_update = certificate_time(this_update);
		status->next_update = certificate_time(next_update);
		return true;
	}
	return false;
}

static void staple_warn(struct judging *judging, char *text)
{
	judging_add(judging, CRT_21, CHECK_WARN, text, mem_text(RELOAD));
}

static void status_tell(struct judging *judging, const struct staple_status *status)
{
	int64_t at = judging->input->at;
	char date[CERTIFICATE_DATE_SIZE];
	if (status->status == V_OCSP_CERTSTATUS_REVOKED)
		judging_add_new(
			judging, CRT_21,
			mem_format("The certificate was revoked on %s%s%s%s.",
				   certificate_date(status->revoked_at, date),
				   status->reason >= 0 ? " (" : "",
				   status->reason >= 0 ? OCSP_crl_reason_str(status->reason) : "",
				   status->reason >= 0 ? ")" : ""),
			mem_text("Replace the certificate and its key, and reload the SIP "
				 "server."));
	else if (status->next_update != 0 && status->next_update < at)
		staple_warn(judging, mem_format("The stapled revocation answer is stale: it was "
						"good until %s.",
						certificate_date(status->next_update, date)));
	else if (status->this_update > at + CLOCK_SLACK_S)
		staple_warn(judging, mem_format("The stapled revocation answer is good only from "
						"%s on.",
						certificate_date(status->this_update, date)));
	else if (status->status != V_OCSP_CERTSTATUS_GOOD)
		staple_warn(judging, mem_text("The stapled revocation answer says that the CA does "
					      "not know this certificate."));
	else
		judging_add(judging, CRT_21, CHECK_INFO,
			    mem_format("The stapled revocation answer of %s says that the "
				       "certificate is good.",
				       certificate_date(status->this_update, date)),
			    NULL);
}

static void staple_judge(struct judging *judging, OCSP_BASICRESP *basic, X509 *issuer)
{
	struct staple_status status;
	if (!status_read(basic, judging->leaf, issuer, &status))
		staple_warn(judging, mem_text("The stapled revocation answer is about another "
					      "certificate."));
	else if (!signature_is_right(basic, issuer, judging->input->at))
		staple_warn(judging, mem_text("The stapled revocation answer is not signed by the "
					      "CA, so that it counts for nothing."));
	else
		status_tell(judging, &status);
}

static void find_staple(struct judging *judging)
{
	const unsigned char *at = judging->input->staple;
	X509 *issuer = judging_certificate(judging, 1);
	OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &at, (long)judging->input->staple_length);
	int status = response != NULL ? OCSP_response_status(response) : 0;
	OCSP_BASICRESP *basic = response != NULL && status == OCSP_RESPONSE_STATUS_SUCCESSFUL
					? OCSP_response_get1_basic(response)
					: NULL;
	if (response != NULL && status != OCSP_RESPONSE_STATUS_SUCCESSFUL)
		staple_warn(judging, mem_format("The stapled revocation answer is an error of the "
						"responder (%s).",
						OCSP_response_status_str(status)));
	else if (basic == NULL)
		staple_warn(judging, mem_text("The stapled revocation answer is not well-formed."));
	else if (issuer == NULL)
		judging_add(judging, CRT_21, CHECK_INFO,
			    mem_text("A revocation answer is stapled, but without the issuing CA "
				     "it cannot be judged."),
			    NULL);
	else
		staple_judge(judging, basic, issuer);
	OCSP_BASICRESP_free(basic);
	OCSP_RESPONSE_free(response);
}

void find_revocation(struct judging *judging)
{
	if (judging->input->staple != NULL)
		find_staple(judging);
	else if (must_staple(judging->leaf))
		judging_add(judging, CRT_22, CHECK_WARN,
			    mem_text("The certificate demands a stapled revocation answer (must-"
				     "staple), and the server sends none: strict clients refuse "
				     "it."),
			    mem_text("Turn on OCSP stapling in the SIP server, or have the "
				     "certificate issued again without must-staple."));
	else
		judging_add(judging, CRT_21, CHECK_INFO,
			    mem_text("The server staples no revocation answer; that is usual for "
				     "SIP servers."),
			    NULL);
}
