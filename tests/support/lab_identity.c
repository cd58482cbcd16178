#include "tests/support/lab.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"

#include <openssl/ocsp.h>
#include <stdlib.h>
#include <string.h>

enum { DAY_S = 24 * 3600, HOUR_S = 3600 };

#define TWO_YEARS_S ((int64_t)730 * DAY_S)

static void issuer_make(struct identity *issuer, const struct identity *parent,
			struct certificate_spec spec)
{
	if (spec.not_after == 0)
		spec.not_after = clock_now() + TWO_YEARS_S;
	identity_make(issuer, &spec, parent);
}

void lab_authorities_make(struct lab_authorities *authorities)
{
	*authorities = (struct lab_authorities) { 0 };
	struct identity *issuers = authorities->issuers;
	const struct identity *root = &authorities->root;
	int64_t now = clock_now();
	issuer_make(&authorities->root, NULL,
		    (struct certificate_spec) { .common_name = "Lab Root", .is_ca = true });
	issuer_make(&issuers[LAB_INTERMEDIATE], root,
		    (struct certificate_spec) {
			    .common_name = "Lab CA", .is_ca = true, .key_kind = KEY_P256 });
	issuer_make(&issuers[LAB_PRIVATE], NULL,
		    (struct certificate_spec) { .common_name = "Private PBX CA", .is_ca = true });
	issuer_make(&issuers[LAB_EXPIRED_ISSUER], root,
		    (struct certificate_spec) { .common_name = "Lab Old CA",
						.is_ca = true,
						.not_before = now - TWO_YEARS_S,
						.not_after = now - 10 * DAY_S });
	issuer_make(&issuers[LAB_NOT_AN_AUTHORITY], root,
		    (struct certificate_spec) { .common_name = "Lab Server",
						.names = "DNS:server.lab.example" });
	issuer_make(&issuers[LAB_CONSTRAINED], root,
		    (struct certificate_spec) { .common_name = "Lab Constrained CA",
						.is_ca = true,
						.name_constraints =
							"critical,permitted;DNS:other.example" });
	issuer_make(
		&authorities->shallow, root,
		(struct certificate_spec) { .common_name = "Lab Shallow CA",
					    .is_ca = true,
					    .basic_constraints = "critical,CA:TRUE,pathlen:0" });
	issuer_make(&issuers[LAB_TOO_DEEP], &authorities->shallow,
		    (struct certificate_spec) { .common_name = "Lab Deep CA", .is_ca = true });
	issuer_make(&issuers[LAB_IRREGULAR], root,
		    (struct certificate_spec) {
			    .common_name = "Lab Irregular CA", .is_ca = true, .key_usage = "" });
	issuer_make(&issuers[LAB_NEIGHBOUR], NULL,
		    (struct certificate_spec) { .common_name = "Neighbour CA", .is_ca = true });
}

void lab_authorities_release(struct lab_authorities *authorities)
{
	identity_release(&authorities->root);
	identity_release(&authorities->shallow);
	for (size_t i = 0; i < ARRAY_LENGTH(authorities->issuers); i++)
		identity_release(&authorities->issuers[i]);
}

static const struct identity *issuer_of(const struct lab_authorities *authorities,
					enum lab_issuer issuer)
{
	if (issuer == LAB_ITSELF)
		return NULL;
	return issuer == LAB_ROOT ? &authorities->root : &authorities->issuers[issuer];
}

static void chain_add(struct lab_identity *identity, X509 *certificate)
{
	(void)X509_up_ref(certificate);
	(void)sk_X509_push(identity->chain, certificate);
}

/* What stands between the leaf and the root. */
static void intermediates_add(struct lab_identity *identity, const struct lab_certificate *recipe,
			      const struct lab_authorities *authorities)
{
	if (recipe->issuer == LAB_ROOT || recipe->issuer == LAB_ITSELF ||
	    recipe->issuer == LAB_PRIVATE)
		return;
	chain_add(identity, authorities->issuers[recipe->issuer].certificate);
	if (recipe->issuer == LAB_TOO_DEEP)
		chain_add(identity, authorities->shallow.certificate);
}

static void chain_make(struct lab_identity *identity, X509 *leaf,
		       const struct lab_certificate *recipe,
		       const struct lab_authorities *authorities)
{
	identity->chain = sk_X509_new_null();
	if (recipe->sending == LAB_SENDS_ISSUER_FIRST)
		intermediates_add(identity, recipe, authorities);
	chain_add(identity, leaf);
	if (recipe->sending != LAB_SENDS_ISSUER_FIRST && recipe->sending != LAB_SENDS_LEAF)
		intermediates_add(identity, recipe, authorities);
	if (recipe->sending == LAB_SENDS_ROOT_TOO && recipe->issuer == LAB_PRIVATE)
		chain_add(identity, authorities->issuers[LAB_PRIVATE].certificate);
	else if (recipe->sending == LAB_SENDS_ROOT_TOO)
		chain_add(identity, authorities->root.certificate);
	if (recipe->sending == LAB_SENDS_STRAYS) {
		chain_add(identity, authorities->issuers[LAB_NEIGHBOUR].certificate);
		chain_add(identity, authorities->issuers[LAB_NOT_AN_AUTHORITY].certificate);
	}
}

static void staple_add(struct lab_identity *identity, const struct identity *leaf,
		       const struct identity *issuer, enum lab_staple staple)
{
	static const char GARBAGE[] = "this is no OCSP answer";
	int64_t now = clock_now();
	size_t length = 0;
	switch (staple) {
	case LAB_NO_STAPLE: return;
	case LAB_STAPLE_GOOD:
		identity->staple = staple_make(leaf, issuer, NULL, V_OCSP_CERTSTATUS_GOOD,
					       now - HOUR_S, now + DAY_S, &length);
		break;
	case LAB_STAPLE_REVOKED:
		identity->staple = staple_make(leaf, issuer, NULL, V_OCSP_CERTSTATUS_REVOKED,
					       now - HOUR_S, now + DAY_S, &length);
		break;
	case LAB_STAPLE_STALE:
		identity->staple = staple_make(leaf, issuer, NULL, V_OCSP_CERTSTATUS_GOOD,
					       now - 9 * DAY_S, now - 2 * DAY_S, &length);
		break;
	case LAB_STAPLE_GARBAGE:
		identity->staple = (unsigned char *)mem_text(GARBAGE);
		length = strlen(GARBAGE);
		break;
	}
	identity->staple_length = length;
}

static char *many_names(int count)
{
	struct str names;
	str_init(&names);
	for (int i = 0; i < count; i++)
		str_addf(&names, "%sDNS:s%d.lab.example", i == 0 ? "" : ",", i);
	return str_detach(&names);
}

void lab_identity_make(struct lab_identity *identity, const struct lab_certificate *recipe,
		       const struct lab_authorities *authorities, uint16_t aia_port)
{
	struct certificate_spec spec = recipe->leaf;
	const struct identity *issuer = issuer_of(authorities, recipe->issuer);
	struct identity leaf;
	char *names = many_names(recipe->name_count);
	char *access = mem_format("caIssuers;URI:http://127.0.0.1:%u/%d/%d", (unsigned)aia_port,
				  (int)recipe->aia, (int)recipe->issuer);
	*identity = (struct lab_identity) { 0 };
	if (recipe->sending == LAB_SENDS_NOTHING)
		goto done;
	if (recipe->name_count > 0)
		spec.names = names;
	else if (spec.names == NULL)
		spec.names = "DNS:" LAB_HOSTNAME;
	if (spec.common_name == NULL)
		spec.common_name = LAB_HOSTNAME;
	if (recipe->aia != LAB_NO_AIA)
		spec.authority_info_access = access;
	if (recipe->begins_days != 0)
		spec.not_before = clock_now() + (int64_t)recipe->begins_days * DAY_S;
	if (recipe->ends_days != 0)
		spec.not_after = clock_now() + (int64_t)recipe->ends_days * DAY_S + HOUR_S;
	if (recipe->is_signed_with_sha1)
		spec.digest = EVP_sha1();
	if (recipe->sending == LAB_SENDS_ISSUER_FIRST)
		spec.key = issuer->key;
	identity_make(&leaf, &spec, issuer);
	chain_make(identity, leaf.certificate, recipe, authorities);
	staple_add(identity, &leaf, issuer, recipe->staple);
	(void)EVP_PKEY_up_ref(leaf.key);
	identity->key = leaf.key;
	identity_release(&leaf);
done:
	free(names);
	free(access);
}

void lab_identity_release(struct lab_identity *identity)
{
	EVP_PKEY_free(identity->key);
	sk_X509_pop_free(identity->chain, X509_free);
	free(identity->staple);
	*identity = (struct lab_identity) { 0 };
}
