/* Faults of the CA (CRT-19), every error that has no finding of its own, and what only a strict
 * reading of RFC 5280 refuses (CRT-20). Each code of OpenSSL in plain words. */
#include "tlscheck/judging.h"

#include "base/mem.h"
#include "tlscheck/certificate_text.h"

#include <openssl/objects.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

enum { FAULTS_SAID_MAX = 4 };

struct fault_words {
	int code;
	const char *words; /* behind "The certificate" or "The CA certificate ‘X’" */
};

static const struct fault_words FAULTS[] = {
	{ X509_V_ERR_CERT_SIGNATURE_FAILURE, "carries a signature that is not its issuer's" },
	{ X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE, "carries a signature that cannot be read" },
	{ X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY, "has an issuer whose key cannot be read" },
	{ X509_V_ERR_NO_ISSUER_PUBLIC_KEY, "has an issuer without a key" },
	{ X509_V_ERR_INVALID_CA, "may not issue certificates" },
	{ X509_V_ERR_INVALID_NON_CA, "is a CA's where a server's is needed" },
	{ X509_V_ERR_PATH_LENGTH_EXCEEDED, "may not have so many CAs below it" },
	{ X509_V_ERR_KEYUSAGE_NO_CERTSIGN, "forbids by its key usage to issue certificates" },
	{ X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION,
	  "has a critical extension that no client knows" },
	{ X509_V_ERR_INVALID_EXTENSION, "has an extension that is not well-formed" },
	{ X509_V_ERR_INVALID_POLICY_EXTENSION, "has a policy that is not well-formed" },
	{ X509_V_ERR_PERMITTED_VIOLATION, "holds a name that its CA may not issue" },
	{ X509_V_ERR_EXCLUDED_VIOLATION, "holds a name that its CA is forbidden to issue" },
	{ X509_V_ERR_SUBTREE_MINMAX, "stands below name constraints that no client knows" },
	{ X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE,
	  "stands below name constraints of a kind that clients do not know" },
	{ X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX,
	  "stands below name constraints that are not well-formed" },
	{ X509_V_ERR_UNSUPPORTED_NAME_SYNTAX, "holds a name that is not well-formed" },
	{ X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD, "has a first day that is no date" },
	{ X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD, "has a last day that is no date" },
	{ X509_V_ERR_CERT_CHAIN_TOO_LONG, "stands in a chain that is too long" },
	{ X509_V_ERR_CERT_UNTRUSTED, "is in the trust list, but not for servers" },
	{ X509_V_ERR_CERT_REJECTED, "is marked as refused in the trust list" },
	{ X509_V_ERR_PROXY_CERTIFICATES_NOT_ALLOWED, "is a proxy certificate" },
	{ X509_V_ERR_UNSUPPORTED_SIGNATURE_ALGORITHM, "is signed in a way that no client knows" },
	{ X509_V_ERR_SIGNATURE_ALGORITHM_MISMATCH,
	  "is signed with another kind of key than its issuer's" },
	{ X509_V_ERR_SIGNATURE_ALGORITHM_INCONSISTENCY,
	  "says in two places differently how it is signed" },
	{ X509_V_ERR_SUBJECT_ISSUER_MISMATCH, "does not name its issuer" },
	{ X509_V_ERR_AKID_SKID_MISMATCH, "names another key of its issuer" },
	{ X509_V_ERR_AKID_ISSUER_SERIAL_MISMATCH, "names another certificate of its issuer" },
	{ X509_V_ERR_PATHLEN_INVALID_FOR_NON_CA, "limits its chain although it is not a CA's" },
	{ X509_V_ERR_PATHLEN_WITHOUT_KU_KEY_CERT_SIGN,
	  "limits its chain but may not issue certificates" },
	{ X509_V_ERR_KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA,
	  "may issue certificates although it is not a CA's" },
	{ X509_V_ERR_ISSUER_NAME_EMPTY, "names no issuer" },
	{ X509_V_ERR_SUBJECT_NAME_EMPTY, "has no subject" },
	{ X509_V_ERR_MISSING_AUTHORITY_KEY_IDENTIFIER, "lacks the identifier of its issuer's key" },
	{ X509_V_ERR_MISSING_SUBJECT_KEY_IDENTIFIER, "lacks the identifier of its key" },
	{ X509_V_ERR_EMPTY_SUBJECT_ALT_NAME, "has an empty list of names" },
	{ X509_V_ERR_EMPTY_SUBJECT_SAN_NOT_CRITICAL,
	  "has no subject, and its list of names is not marked critical" },
	{ X509_V_ERR_CA_BCONS_NOT_CRITICAL, "does not mark as critical that it is a CA's" },
	{ X509_V_ERR_AUTHORITY_KEY_IDENTIFIER_CRITICAL,
	  "marks the identifier of its issuer's key as critical" },
	{ X509_V_ERR_SUBJECT_KEY_IDENTIFIER_CRITICAL,
	  "marks the identifier of its key as critical" },
	{ X509_V_ERR_CA_CERT_MISSING_KEY_USAGE, "is a CA's but has no key usage" },
	{ X509_V_ERR_EXTENSIONS_REQUIRE_VERSION_3, "has extensions but an old version" },
	{ X509_V_ERR_UNSPECIFIED, "could not be verified" },
	{ X509_V_ERR_EC_KEY_EXPLICIT_PARAMS, "describes its curve instead of naming it" },
};

/* Those that other findings tell. */
static const int TOLD_ELSEWHERE[] = {
	X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
	X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
	X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
	X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
	X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
	X509_V_ERR_CERT_HAS_EXPIRED,
	X509_V_ERR_CERT_NOT_YET_VALID,
	X509_V_ERR_HOSTNAME_MISMATCH,
	X509_V_ERR_IP_ADDRESS_MISMATCH,
	X509_V_ERR_INVALID_PURPOSE,
	X509_V_ERR_EE_KEY_TOO_SMALL,
	X509_V_ERR_CA_KEY_TOO_SMALL,
	X509_V_ERR_CA_MD_TOO_WEAK,
};

static bool is_told_elsewhere(int code)
{
	for (size_t i = 0; i < ARRAY_LENGTH(TOLD_ELSEWHERE); i++)
		if (TOLD_ELSEWHERE[i] == code)
			return true;
	return false;
}

static const char *fault_words(int code)
{
	for (size_t i = 0; i < ARRAY_LENGTH(FAULTS); i++)
		if (FAULTS[i].code == code)
			return FAULTS[i].words;
	return NULL;
}

struct fault {
	int depth; /* of the certificate that has it */
	char *words;
};

/* All faults, for one sentence; those of a certificate stand together. */
struct fault_list {
	struct fault said[FAULTS_SAID_MAX];
	size_t count; /* may be more than are said */
};

/* `words` are handed over. */
static void words_add(struct fault_list *list, int depth, char *words)
{
	size_t place = list->count++;
	if (place >= FAULTS_SAID_MAX) {
		free(words);
		return;
	}
	for (; place > 0 && list->said[place - 1].depth > depth; place--)
		list->said[place] = list->said[place - 1];
	list->said[place] = (struct fault) { depth, words };
}

static void fault_add(struct fault_list *list, struct verify_error error)
{
	const char *words = fault_words(error.code);
	words_add(list, error.depth,
		  words != NULL ? mem_text(words)
				: mem_format("was refused (%s)",
					     X509_verify_cert_error_string(error.code)));
}

/* "the certificate A, B and C; the CA certificate ‘X’ D; and 2 more." The list is released. */
static char *faults_say(struct fault_list *list, const struct judging *judging)
{
	struct str out;
	size_t count = list->count < FAULTS_SAID_MAX ? list->count : FAULTS_SAID_MAX;
	str_init(&out);
	for (size_t i = 0; i < count; i++) {
		int depth = list->said[i].depth;
		bool is_same = i > 0 && list->said[i - 1].depth == depth;
		bool goes_on = i + 1 < count && list->said[i + 1].depth == depth;
		char *what = judging_what(judging, depth);
		what[0] = 't';
		if (is_same)
			str_add(&out, goes_on ? ", " : " and ");
		else
			str_addf(&out, "%s%s ", i > 0 ? "; " : "", what);
		str_add(&out, list->said[i].words);
		free(list->said[i].words);
		free(what);
	}
	if (list->count > count)
		str_addf(&out, "; and %zu more", list->count - count);
	str_add_char(&out, '.');
	return str_detach(&out);
}

void find_faults(struct judging *judging)
{
	struct fault_list list = { .count = 0 };
	for (size_t i = 0; i < judging->whole->error_count; i++)
		if (!is_told_elsewhere(judging->whole->errors[i].code))
			fault_add(&list, judging->whole->errors[i]);
	if (!judging_leaf_is_sound(judging))
		fault_add(&list, (struct verify_error) { X509_V_ERR_INVALID_EXTENSION, 0 });
	if (list.count == 0)
		return;
	char *faults = faults_say(&list, judging);
	faults[0] = 'T';
	judging_add_new(judging, CRT_19, faults,
			mem_text("Have the certificate issued again by a proper CA, such as Let's "
				 "Encrypt."));
}

/* An old root that the system's list trusts all the same is nobody's task here. */
static bool is_of_public_root(const struct judging *judging, int depth)
{
	return !judging->input->trust->is_given && judging_is_trusted(judging, depth);
}

/* Neither permits nor forbids anything (CA/Browser Forum Baseline Requirements 7.1.2.5.2). */
static bool constraints_are_empty(const X509 *certificate)
{
	int critical;
	NAME_CONSTRAINTS *constraints =
		X509_get_ext_d2i(certificate, NID_name_constraints, &critical, NULL);
	bool are_empty = constraints != NULL &&
			 sk_GENERAL_SUBTREE_num(constraints->permittedSubtrees) <= 0 &&
			 sk_GENERAL_SUBTREE_num(constraints->excludedSubtrees) <= 0;
	NAME_CONSTRAINTS_free(constraints);
	return are_empty;
}

/* What OpenSSL does not mind even when it is strict. */
static void find_our_own(const struct judging *judging, struct fault_list *list)
{
	char *common_name = names_stray_common_name(&judging->names, judging->leaf);
	if (common_name != NULL)
		words_add(list, 0,
			  mem_format("does not list its Common Name ‘%s’ among its names (SAN)",
				     common_name));
	free(common_name);
	if ((X509_get_extension_flags(judging->leaf) & EXFLAG_CA) != 0)
		words_add(list, 0, mem_text("is a CA's where a server's is needed"));
	else if (X509_get_ext_by_NID(judging->leaf, NID_name_constraints, -1) >= 0)
		words_add(list, 0, mem_text("limits names as only a CA's may"));
	for (int i = 1; i < sk_X509_num(judging->whole->chain); i++)
		if (!is_of_public_root(judging, i) &&
		    constraints_are_empty(judging_certificate(judging, i)))
			words_add(list, i, mem_text("has name constraints that say nothing"));
}

void find_irregular(struct judging *judging)
{
	struct verification strict;
	struct fault_list list = { .count = 0 };
	if (judging->whole->error_count > 0)
		return;
	unsigned how = VERIFY_STRICT | VERIFY_UNSIGNED | VERIFY_WITH_FETCHED;
	verify(&strict, judging->input, judging->leaf, how);
	for (size_t i = 0; i < strict.error_count; i++)
		if (!is_of_public_root(judging, strict.errors[i].depth))
			fault_add(&list, strict.errors[i]);
	find_our_own(judging, &list);
	char *faults = list.count > 0 ? faults_say(&list, judging) : NULL;
	if (faults != NULL)
		judging_add(judging, CRT_20, CHECK_WARN,
			    mem_format("Irregular certificate, which strict clients may refuse: %s",
				       faults),
			    mem_text("Have it issued again by a proper CA, such as Let's "
				     "Encrypt."));
	free(faults);
	verification_release(&strict);
}
