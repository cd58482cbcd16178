#include "tlscheck/judge.h"

#include "base/mem.h"
#include "tlscheck/certificate_text.h"
#include "tlscheck/judging.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

enum { ISSUER_URL_MAX = 2048 }; /* bytes; longer ones are somebody's joke */

void judging_add(struct judging *judging, enum finding_id id, enum check_severity severity,
		 char *text, char *fix)
{
	judging->findings =
		mem_grow(judging->findings, judging->finding_count, sizeof *judging->findings);
	judging->findings[judging->finding_count++] =
		(struct judged_finding) { id, severity, text, fix, false };
}

void judging_add_new(struct judging *judging, enum finding_id id, char *text, char *fix)
{
	judging_add(judging, id, CHECK_FAIL, text, fix);
	judging->findings[judging->finding_count - 1].needs_new = true;
}

bool judging_was_completed(const struct judging *judging)
{
	return verification_has_gap(&judging->as_sent) && !verification_has_gap(judging->whole);
}

X509 *judging_certificate(const struct judging *judging, int depth)
{
	return depth >= 0 && depth < sk_X509_num(judging->whole->chain)
		       ? sk_X509_value(judging->whole->chain, depth)
		       : NULL;
}

bool judging_is_trusted(const struct judging *judging, int depth)
{
	return depth >= judging->whole->untrusted_count;
}

bool judging_was_sent(const struct judging *judging, const X509 *certificate)
{
	return chain_contains(judging->input->sent, certificate);
}

bool judging_leaf_is_sound(const struct judging *judging)
{
	return (X509_get_extension_flags(judging->leaf) & EXFLAG_INVALID) == 0;
}

char *judging_what(const struct judging *judging, int depth)
{
	const X509 *certificate = judging_certificate(judging, depth);
	if (depth <= 0 || certificate == NULL)
		return mem_text("The certificate");
	char *subject = certificate_subject(certificate);
	char *what = mem_format("The CA certificate ‘%s’", subject);
	free(subject);
	return what;
}

/* A server whose chain file stands upside down shows the CA first: judged is the certificate it
 * meant, by name if one fits, else the first that is none of a CA. */
static void leaf_choose(struct judging *judging)
{
	const struct judge_input *input = judging->input;
	judging->leaf = sk_X509_value(input->sent, 0);
	if (X509_check_ca(judging->leaf) == 0)
		return;
	for (int i = sk_X509_num(input->sent) - 1; i > 0; i--) {
		X509 *other = sk_X509_value(input->sent, i);
		bool fits = name_fit(other, input->hostname, input->is_ip) > NAME_FIT_NONE;
		if (X509_check_ca(other) != 0 || (judging->leaf_place > 0 && !fits))
			continue;
		judging->leaf = other;
		judging->leaf_place = i;
		if (fits)
			return;
	}
}

static void judging_begin(struct judging *judging, const struct judge_input *input)
{
	*judging = (struct judging) { .input = input };
	leaf_choose(judging);
	names_read(&judging->names, judging->leaf);
	verify(&judging->as_sent, input, judging->leaf, VERIFY_AS_SENT);
	judging->whole = &judging->as_sent;
	if (!verification_has_gap(&judging->as_sent) || input->fetched[0] == NULL)
		return;
	verify(&judging->with_fetched, input, judging->leaf, VERIFY_WITH_FETCHED);
	judging->whole = &judging->with_fetched;
}

static void judging_release(struct judging *judging)
{
	for (size_t i = 0; i < judging->finding_count; i++) {
		free(judging->findings[i].text);
		free(judging->findings[i].fix);
	}
	free(judging->findings);
	names_release(&judging->names);
	verification_release(&judging->as_sent);
	verification_release(&judging->with_fetched);
}

static void certificate_tell(const struct judging *judging, int depth, struct check_report *report)
{
	X509 *of = judging_certificate(judging, depth);
	struct names names;
	struct check_certificate told = {
		.depth = depth,
		.subject = certificate_subject(of),
		.issuer = certificate_issuer(of),
		.not_before = certificate_time(X509_get0_notBefore(of)),
		.not_after = certificate_time(X509_get0_notAfter(of)),
		.was_sent = judging_was_sent(judging, of),
		.is_trusted = judging_is_trusted(judging, depth),
		.address = mem_text(judging->input->address),
	};
	names_read(&names, of);
	told.names = names_listing(&names, &told.name_count);
	report_certificate(report, &told);
	for (size_t i = 0; i < told.name_count; i++)
		free(told.names[i]);
	free((void *)told.names);
	free(told.subject);
	free(told.issuer);
	free(told.address);
	names_release(&names);
}

/* In the order the catalogue gives to causes, so that a reader of all meets the cause first. */
static void findings_tell(const struct judging *judging, struct check_report *report)
{
	size_t need_new = 0;
	for (size_t i = 0; i < judging->finding_count; i++)
		need_new += judging->findings[i].needs_new;
	for (size_t i = 0; i < judging->finding_count; i++) {
		const struct judged_finding *finding = &judging->findings[i];
		bool says_all = finding->needs_new && need_new > 1;
		const char *all = " Order one new certificate that fixes all of these.";
		char *fix =
			says_all ? mem_format("%s%s", finding->fix, all) : mem_text(finding->fix);
		const char *address = finding->id == CRT_25 ? NULL : judging->input->address;
		report_finding(report, finding->id, finding->severity, address, finding->text, fix);
		free(fix);
	}
}

/* What the server should send: its own certificate and those that lead to a root, without it. */
static char *chain_write(const struct judging *judging)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *bytes = NULL;
	for (int i = 0; bio != NULL && i < judging->whole->untrusted_count; i++) {
		X509 *certificate = judging_certificate(judging, i);
		if (i == 0 || X509_self_signed(certificate, 0) != 1)
			(void)PEM_write_bio_X509(bio, certificate);
	}
	long length = bio != NULL ? BIO_get_mem_data(bio, &bytes) : 0;
	char *text = length > 0 ? mem_text_n(bytes, (size_t)length) : NULL;
	BIO_free(bio);
	return text;
}

bool judge(const struct judge_input *input, struct check_report *report)
{
	if (sk_X509_num(input->sent) <= 0)
		return false;
	struct judging judging;
	judging_begin(&judging, input);
	find_chain(&judging);
	find_dates(&judging);
	find_names(&judging);
	find_uses(&judging);
	find_strength(&judging);
	find_faults(&judging);
	find_irregular(&judging);
	find_revocation(&judging);
	find_trust_list(&judging);
	for (int i = 0; i < sk_X509_num(judging.whole->chain); i++)
		certificate_tell(&judging, i, report);
	findings_tell(&judging, report);
	bool is_mended = judging_was_completed(&judging) ||
			 (judging.leaf_place > 0 && !verification_has_gap(judging.whole));
	if (is_mended && report->corrected_chain == NULL)
		report->corrected_chain = chain_write(&judging);
	bool accepted = judging.as_sent.error_count == 0 && judging.leaf_place == 0;
	judging_release(&judging);
	ERR_clear_error();
	return accepted;
}

static bool url_is_plain(const char *url, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)url[i] <= ' ' || (unsigned char)url[i] >= 0x7f)
			return false;
	return length <= ISSUER_URL_MAX;
}

static char *issuer_url(const X509 *certificate)
{
	char *url = NULL;
	AUTHORITY_INFO_ACCESS *access = X509_get_ext_d2i(certificate, NID_info_access, NULL, NULL);
	for (int i = 0; url == NULL && i < sk_ACCESS_DESCRIPTION_num(access); i++) {
		const ACCESS_DESCRIPTION *description = sk_ACCESS_DESCRIPTION_value(access, i);
		int type;
		const ASN1_STRING *place = GENERAL_NAME_get0_value(description->location, &type);
		if (OBJ_obj2nid(description->method) != NID_ad_ca_issuers || type != GEN_URI)
			continue;
		const char *text = (const char *)ASN1_STRING_get0_data(place);
		size_t length = (size_t)ASN1_STRING_length(place);
		if (!url_is_plain(text, length))
			continue;
		url = mem_text_n(text, length);
		if (!text_starts_with_nocase(url, "http://") &&
		    !text_starts_with_nocase(url, "https://"))
			mem_text_set(&url, NULL);
	}
	AUTHORITY_INFO_ACCESS_free(access);
	return url;
}

/* What was fetched last and did not lengthen the chain would be fetched for ever. */
static bool last_fetched_is_of_use(const struct judge_input *input, const STACK_OF(X509) * chain)
{
	const X509 *last = NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(input->fetched) && input->fetched[i] != NULL; i++)
		last = input->fetched[i];
	return last == NULL || chain_contains(chain, last);
}

char *judge_missing_issuer_url(const struct judge_input *input)
{
	if (sk_X509_num(input->sent) <= 0)
		return NULL;
	struct judging judging = { .input = input };
	struct verification verification;
	char *url = NULL;
	leaf_choose(&judging);
	verify(&verification, input, judging.leaf, VERIFY_WITH_FETCHED | VERIFY_UNSIGNED);
	if (verification_has_gap(&verification) &&
	    last_fetched_is_of_use(input, verification.chain))
		url = issuer_url(
			sk_X509_value(verification.chain, sk_X509_num(verification.chain) - 1));
	verification_release(&verification);
	ERR_clear_error();
	return url;
}
