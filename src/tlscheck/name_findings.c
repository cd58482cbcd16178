/* Does the certificate name the host, and how? CRT-1 to CRT-6. */
#include "tlscheck/judging.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* "Get a certificate with SAN DNS:H", and Meta's other remedy: another hostname in the settings. */
static char *name_fix(const struct judging *judging, const char *listed_name)
{
	const char *hostname = judging->input->hostname;
	if (judging->input->is_ip)
		return mem_format("Set the number's hostname to %s, and use a certificate for it: "
				  "public certificates rarely name an address.",
				  listed_name != NULL ? listed_name : "a DNS name");
	if (listed_name == NULL)
		return mem_format("Get a certificate with SAN DNS:%s.", hostname);
	return mem_format("Get a certificate with SAN DNS:%s, or set the number's hostname to %s.",
			  hostname, listed_name);
}

static void find_common_name_only(struct judging *judging)
{
	judging_add_new(judging, CRT_2,
			mem_format("%s is only in the certificate's Common Name, not among its "
				   "names (SAN). Some tools accept that, most clients do not.",
				   judging->input->hostname),
			name_fix(judging, NULL));
}

static void find_unnamed(struct judging *judging)
{
	const struct names *names = &judging->names;
	const char *hostname = judging->input->hostname;
	const char *nearest = names_nearest(names, hostname);
	size_t dns_count = names_count(names, NAME_DNS);
	char *said = names_said(names, dns_count > 0 ? NAME_DNS : NAME_IP);
	const char *listed = nearest;
	if (nearest == NULL && dns_count == 1 && strchr(said, '*') == NULL)
		listed = said;
	char *near = nearest != NULL && dns_count > 1 ? mem_format(" (nearest: %s)", nearest)
						      : mem_text("");
	bool is_as_dns = judging->input->is_ip && names_have(names, NAME_DNS, hostname);
	char *text =
		is_as_dns
			? mem_format("The certificate names %s as if it were a DNS name, not as an "
				     "address.",
				     hostname)
		: names->is_unreadable
			? mem_format("The certificate's list of names (SAN) is not well-formed; it "
				     "does not name %s.",
				     hostname)
		: *said == '\0'
			? mem_format(
				  "The certificate names no host at all (no SAN), so it does not "
				  "name %s.",
				  hostname)
			: mem_format("The certificate is for %s; it does not name %s%s.", said,
				     hostname, near);
	judging_add_new(judging, CRT_1, text, name_fix(judging, listed));
	free(near);
	free(said);
}

/* The host of the first SIP URI among the names, or the one equal to the hostname if there is one.
 * The caller frees it. */
static char *sip_host_among(const struct judging *judging)
{
	char *first = NULL;
	for (size_t i = 0; i < judging->names.count; i++) {
		char *host = name_sip_host(&judging->names.items[i]);
		if (host != NULL && text_equal_nocase(host, judging->input->hostname)) {
			free(first);
			return host;
		}
		if (first == NULL)
			first = host;
		else
			free(host);
	}
	return first;
}

/* True where the SIP URI is the reason that the name does not fit. */
static bool find_sip_uri(struct judging *judging, bool fits)
{
	const char *hostname = judging->input->hostname;
	char *host = sip_host_among(judging);
	if (host == NULL)
		return false;
	bool is_same = text_equal_nocase(host, hostname);
	bool is_reason = is_same && !fits;
	if (is_reason)
		judging_add_new(judging, CRT_5,
				mem_format("The certificate names %s only as the URI sip:%s, which "
					   "TLS clients do not look at.",
					   hostname, host),
				mem_format("Add SAN DNS:%s.", hostname));
	else if (is_same)
		judging_add(
			judging, CRT_5, CHECK_INFO,
			mem_format("The certificate names the SIP domain %s as a URI, too.", host),
			NULL);
	else if (fits)
		judging_add(judging, CRT_5, CHECK_WARN,
			    mem_format("The certificate holds the URI sip:%s, which is not %s: SIP "
				       "clients that follow RFC 5922 then ignore its DNS names.",
				       host, hostname),
			    mem_format("Prefer a certificate without SIP URIs, or with URI:sip:%s.",
				       hostname));
	free(host);
	return is_reason;
}

/* Which of the addresses that showed the certificate does it name, in place of a host? NULL: none,
 * or it names hosts as well. */
static const char *address_named(const struct judging *judging)
{
	const char *const *at = judging->input->shown_at;
	if (judging->input->is_ip || names_count(&judging->names, NAME_DNS) > 0)
		return NULL;
	while (at != NULL && *at != NULL && !names_have(&judging->names, NAME_IP, *at))
		at++;
	return at != NULL ? *at : NULL;
}

static void find_misfit(struct judging *judging, enum name_fit fit)
{
	const struct judge_input *input = judging->input;
	const char *address = address_named(judging);
	const char *wildcard = names_wildcard_at_other_depth(&judging->names, input->hostname);
	if (fit == NAME_FIT_COMMON_NAME && !judging->names.is_unreadable)
		find_common_name_only(judging);
	else if (address != NULL)
		judging_add_new(judging, CRT_6,
				mem_format("The certificate names the address %s, not %s.", address,
					   input->hostname),
				name_fix(judging, NULL));
	else if (!input->is_ip && wildcard != NULL)
		judging_add_new(
			judging, CRT_4,
			mem_format("%s does not cover %s: a wildcard stands for exactly "
				   "one label.",
				   wildcard, input->hostname),
			mem_format("Get a certificate that names %s exactly.", input->hostname));
	else
		find_unnamed(judging);
}

void find_names(struct judging *judging)
{
	const struct judge_input *input = judging->input;
	enum name_fit fit = name_fit(judging->leaf, input->hostname, input->is_ip);
	bool fits = fit >= NAME_FIT_WILDCARD;
	bool uri_is_reason = !input->is_ip && find_sip_uri(judging, fits);
	if (!fits && !uri_is_reason)
		find_misfit(judging, fit);
	if (fit != NAME_FIT_WILDCARD)
		return;
	const char *wildcard = names_wildcard_covering(&judging->names, input->hostname);
	judging_add(judging, CRT_3, CHECK_WARN,
		    mem_format("%s is covered only by the wildcard %s: ordinary TLS accepts that, "
			       "SIP clients that follow RFC 5922 (PJSIP) do not, and Meta does not "
			       "say.",
			       input->hostname, wildcard != NULL ? wildcard : "in the certificate"),
		    mem_format("Prefer a certificate that names %s.", input->hostname));
}
