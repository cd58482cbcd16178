/* Does the chain lead to a root that is trusted, and is what was sent what should be sent?
 * CRT-9 to CRT-14. */
#include "tlscheck/judging.h"

#include "base/mem.h"
#include "tlscheck/certificate_text.h"

#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

enum { STRAYS_SAID_MAX = 3 };

static const char PUBLIC_CA[] = "Use a certificate of a public CA, such as Let's Encrypt.";

static char *list_said(const struct judging *judging)
{
	const struct trust *trust = judging->input->trust;
	return trust->is_given ? mem_format("%s does not contain", trust->name)
			       : mem_text("no public trust list here contains");
}

/* "…; the trust list …" behind `text`, which is handed over: a list that lacks new roots makes
 * failures of its own. */
static char *with_age(const struct judging *judging, char *text)
{
	char *age = trust_age_said(judging->input->trust, judging->input->at);
	if (age == NULL)
		return text;
	char *both = mem_format("%s %s", text, age);
	free(text);
	free(age);
	return both;
}

static char *public_ca_fix(const struct judging *judging)
{
	bool is_old = trust_is_old(judging->input->trust, judging->input->at);
	return mem_format("%s%s", PUBLIC_CA,
			  is_old ? " If it is one already, update ca-certificates on this machine "
				   "and check again."
				 : "");
}

static void find_order(struct judging *judging)
{
	if (judging->leaf_place == 0)
		return;
	char *subject = certificate_subject(judging->leaf);
	judging_add(judging, CRT_13, CHECK_FAIL,
		    mem_format("The chain file starts with the CA; the server's own certificate "
			       "‘%s’ is number %d.",
			       subject, judging->leaf_place + 1),
		    mem_text("Put the server's certificate first, then the one that issued it, and "
			     "so on. The corrected chain can be saved from this report."));
	free(subject);
}

static void find_missing(struct judging *judging)
{
	int last = sk_X509_num(judging->as_sent.chain) - 1;
	char *issuer = certificate_issuer(sk_X509_value(judging->as_sent.chain, last));
	bool is_alone = sk_X509_num(judging->input->sent) == 1;
	judging_add(judging, CRT_9, CHECK_FAIL,
		    is_alone ? mem_format("The server sends only its own certificate; the issuing "
					  "CA ‘%s’ is missing.",
					  issuer)
			     : mem_format("The server sends an incomplete chain; the CA ‘%s’ is "
					  "missing from it.",
					  issuer),
		    mem_text("Use fullchain.pem, not cert.pem, in the SIP server's TLS settings. "
			     "The corrected chain can be saved from this report."));
	free(issuer);
}

static void find_unknown_issuer(struct judging *judging)
{
	int last = sk_X509_num(judging->whole->chain) - 1;
	char *issuer = certificate_issuer(judging_certificate(judging, last));
	char *list = list_said(judging);
	char *what = judging_what(judging, last);
	const char *hint = "";
	if (last == 0 && sk_X509_num(judging->input->sent) == 1)
		hint = " The server sends no other certificate, and none could be fetched.";
	char *text = mem_format("%s is issued by ‘%s’, which %s.%s", what, issuer, list, hint);
	char *fix = public_ca_fix(judging);
	judging_add_new(judging, CRT_10, with_age(judging, text),
			*hint == '\0'
				? mem_text(fix)
				: mem_format("If ‘%s’ belongs to a public CA, send the full chain "
					     "(fullchain.pem). Else: %s",
					     issuer, fix));
	free(fix);
	free(what);
	free(list);
	free(issuer);
}

static void find_private_root(struct judging *judging, int depth)
{
	const X509 *root = judging_certificate(judging, depth);
	if (root == NULL)
		return;
	char *subject = certificate_subject(root);
	char *list = list_said(judging);
	bool was_sent = judging_was_sent(judging, root);
	char *text = mem_format("The chain ends at the root ‘%s’, which %s%s.", subject,
				was_sent ? "the server sends itself and " : "", list);
	judging_add_new(judging, was_sent ? CRT_11 : CRT_10, with_age(judging, text),
			public_ca_fix(judging));
	free(subject);
	free(list);
}

static void find_self_signed(struct judging *judging)
{
	char *subject = certificate_subject(judging->leaf);
	judging_add_new(
		judging, CRT_12,
		mem_format("The certificate ‘%s’ is self-signed: nobody vouches for it.", subject),
		mem_text(PUBLIC_CA));
	free(subject);
}

static void find_strays(struct judging *judging)
{
	const STACK_OF(X509) *sent = judging->input->sent;
	struct str said;
	int strays = 0;
	str_init(&said);
	for (int i = 0; i < sk_X509_num(sent); i++) {
		const X509 *certificate = sk_X509_value(sent, i);
		bool is_again = false;
		for (int j = 0; j < i; j++)
			is_again |= X509_cmp(sk_X509_value(sent, j), certificate) == 0;
		if (!is_again && chain_contains(judging->whole->chain, certificate))
			continue;
		char *subject = certificate_subject(certificate);
		if (strays < STRAYS_SAID_MAX)
			str_addf(&said, "%s‘%s’%s", strays > 0 ? ", " : "", subject,
				 is_again ? " once more" : "");
		strays++;
		free(subject);
	}
	if (strays > STRAYS_SAID_MAX)
		str_addf(&said, " and %d more", strays - STRAYS_SAID_MAX);
	if (strays > 0)
		judging_add(judging, CRT_14, CHECK_INFO,
			    mem_format("%d of the certificates sent %s superfluous: %s.", strays,
				       strays == 1 ? "is" : "are", said.bytes),
			    mem_text("Remove what does not belong to the chain from the chain "
				     "file."));
	str_release(&said);
}

void find_chain(struct judging *judging)
{
	const struct verification *whole = judging->whole;
	int private_root = verification_depth(whole, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN);
	find_order(judging);
	if (verification_depth(whole, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT) >= 0)
		find_self_signed(judging);
	if (private_root >= 0)
		find_private_root(judging, private_root);
	if (verification_has_gap(whole) && judging_leaf_is_sound(judging))
		find_unknown_issuer(judging);
	else if (judging_was_completed(judging))
		find_missing(judging);
	find_strays(judging);
}
