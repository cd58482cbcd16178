#include "tlscheck/chains.h"

#include "base/mem.h"
#include "base/str.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

enum {
	AIA_MS = 5000, /* for one certificate */
	FETCHED_MAX = ARRAY_LENGTH(((struct judge_input *)NULL)->fetched) - 1,
};

static bool is_same_chain(STACK_OF(X509) * a, STACK_OF(X509) * b)
{
	if (sk_X509_num(a) != sk_X509_num(b))
		return false;
	for (int i = 0; i < sk_X509_num(a); i++)
		if (X509_cmp(sk_X509_value(a, i), sk_X509_value(b, i)) != 0)
			return false;
	return true;
}

static STACK_OF(X509) * chain_of(const struct examination *examination, size_t address_index)
{
	return probe_certificates(examination_probe(examination, PROBE_MAIN, address_index));
}

/* Has an address before this one shown the same chain? */
static bool is_shown_before(const struct examination *examination, size_t address_index)
{
	STACK_OF(X509) *chain = chain_of(examination, address_index);
	for (size_t i = 0; i < address_index; i++) {
		STACK_OF(X509) *before = chain_of(examination, i);
		if (before && is_same_chain(chain, before))
			return true;
	}
	return false;
}

/* Every address that shows the same chain as this one; NULL ends. */
static void shown_at_find(const struct examination *examination, size_t address_index,
			  const char *shown_at[CHECK_ADDRESSES_MAX + 1])
{
	STACK_OF(X509) *chain = chain_of(examination, address_index);
	size_t count = 0;
	for (size_t i = 0; i < examination->address_count; i++) {
		STACK_OF(X509) *other = chain_of(examination, i);
		if (other && is_same_chain(chain, other))
			shown_at[count++] = examination->addresses[i].text;
	}
	shown_at[count] = NULL;
}

/* Fetches issuers that the server should have sent, one after another, as long as each leads on. */
static void missing_fetch(struct judge_input *input, const struct address *address,
			  double whole_deadline)
{
	bool is_private = address_not_public(address) != NULL;
	for (size_t i = 0; i < FETCHED_MAX; i++) {
		double left = whole_deadline - check_clock_ms();
		char *url = left > 1 ? judge_missing_issuer_url(input) : NULL;
		bool is_fetched =
			url && aia_fetch(url, is_private, left < AIA_MS ? (int64_t)left : AIA_MS,
					 &input->fetched[i], NULL);
		free(url);
		if (!is_fetched)
			return;
	}
}

static void chain_judge(const struct examination *examination, size_t address_index, bool is_shared,
			const struct trust *trust, int64_t at, struct check_report *report)
{
	const struct probe *probe = examination_probe(examination, PROBE_MAIN, address_index);
	const char *shown_at[CHECK_ADDRESSES_MAX + 1];
	const unsigned char *staple = NULL;
	long staple_length = SSL_get_tlsext_status_ocsp_resp(probe->ssl, &staple);
	struct judge_input input = {
		.hostname = examination->setup.hostname,
		.is_ip = examination->setup.is_ip,
		.address = is_shared ? NULL : probe->address.text,
		.shown_at = shown_at,
		.sent = probe_certificates(probe),
		.staple = staple_length > 0 ? staple : NULL,
		.staple_length = staple_length > 0 ? (size_t)staple_length : 0,
		.at = at,
		.trust = trust,
	};
	shown_at_find(examination, address_index, shown_at);
	missing_fetch(&input, &probe->address, examination->deadline);
	(void)judge(&input, report);
	for (size_t i = 0; i < ARRAY_LENGTH(input.fetched); i++)
		X509_free(input.fetched[i]);
}

/* CRT-24: the server's own certificate differs between addresses. */
static void leaves_compare(const struct examination *examination, struct check_report *report)
{
	const X509 *first = NULL;
	const char *first_address = NULL;
	for (size_t i = 0; i < examination->address_count; i++) {
		STACK_OF(X509) *chain = chain_of(examination, i);
		if (!chain)
			continue;
		const X509 *leaf = sk_X509_value(chain, 0);
		const char *address = examination->addresses[i].text;
		if (!first) {
			first = leaf;
			first_address = address;
		} else if (X509_cmp(first, leaf) != 0) {
			report_findingf(report, CRT_24, CHECK_WARN, NULL,
					"Deploy the certificate to every node.",
					"%s and %s show different certificates.", first_address,
					address);
			return;
		}
	}
}

/* DNS-8 as a failure: the name is an address that the certificate does not hold (RFC 6125). */
static void ip_name_judge(const struct examination *examination, struct check_report *report)
{
	if (examination->address_count == 0 || !examination->setup.is_ip)
		return;
	STACK_OF(X509) *chain = chain_of(examination, 0);
	if (chain &&
	    X509_check_ip_asc(sk_X509_value(chain, 0), examination->setup.hostname, 0) != 1)
		report_findingf(report, DNS_8, CHECK_FAIL, NULL,
				"Use a DNS name, and a certificate for it.",
				"The hostname is the IP address %s, and the certificate does not "
				"name it.",
				examination->setup.hostname);
}

void chains_judge(const struct examination *examination, const struct trust *trust, int64_t at,
		  struct check_report *report)
{
	size_t shown = 0;
	size_t different = 0;
	for (size_t i = 0; i < examination->address_count; i++) {
		shown += chain_of(examination, i) != NULL;
		different += chain_of(examination, i) && !is_shown_before(examination, i);
	}
	bool is_shared = shown > 1 && different == 1;
	for (size_t i = 0; i < examination->address_count; i++)
		if (chain_of(examination, i) && !is_shown_before(examination, i))
			chain_judge(examination, i, is_shared, trust, at, report);
	leaves_compare(examination, report);
	ip_name_judge(examination, report);
}
