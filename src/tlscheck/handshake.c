#include "tlscheck/handshake.h"

#include "base/mem.h"
#include "base/str.h"
#include "tlscheck/cause.h"
#include "tlscheck/certificate_text.h"
#include "tlscheck/network.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

/* The probes of one address and what all its findings need. */
struct compared {
	const struct examination *examination;
	const struct probe *main;
	size_t index;
	const char *address;
	const char *place;
	struct check_report *report;
};

static const struct probe *other(const struct compared *compared, enum probe_kind kind)
{
	return examination_probe(compared->examination, kind, compared->index);
}

/* ---- versions -----------------------------------------------------------------------------------
 */

static const struct version {
	int number;
	enum probe_kind probe;
	const char *name;
	bool is_modern;
} versions[] = {
	{ TLS1_VERSION, PROBE_TLS_1_0, "1.0", false },
	{ TLS1_1_VERSION, PROBE_TLS_1_1, "1.1", false },
	{ TLS1_2_VERSION, PROBE_TLS_1_2, "1.2", true },
	{ TLS1_3_VERSION, PROBE_TLS_1_3, "1.3", true },
};

enum { VERSION_COUNT = ARRAY_LENGTH(versions), VERSION_TLS_1_3 = VERSION_COUNT - 1 };

static bool offers(const struct compared *compared, const struct version *version)
{
	const struct probe *main = compared->main;
	const struct probe *alone = other(compared, version->probe);
	return (alone && probe_took_version(alone)) ||
	       (probe_took_version(main) && SSL_version(main->ssl) == version->number);
}

/* Appends "1.2 and 1.3" of the versions that are offered, the modern ones or the others. */
static void versions_list(struct str *out, const bool offered[VERSION_COUNT], bool modern, bool old)
{
	size_t left = 0;
	for (size_t i = 0; i < VERSION_COUNT; i++)
		left += offered[i] && (versions[i].is_modern ? modern : old);
	for (size_t i = 0; i < VERSION_COUNT; i++)
		if (offered[i] && (versions[i].is_modern ? modern : old)) {
			left--;
			str_addf(out, "%s%s", versions[i].name,
				 left == 0   ? ""
				 : left == 1 ? " and "
					     : ", ");
		}
}

static bool versions_find(const struct compared *compared)
{
	static const char fix[] = "Allow TLS 1.2 and later only: tls_method=TLSv1.2+ (Kamailio), "
				  "method=tlsv1_2 (Asterisk).";
	bool offered[VERSION_COUNT];
	bool has_modern = false;
	bool has_old = false;
	for (size_t i = 0; i < VERSION_COUNT; i++) {
		offered[i] = offers(compared, &versions[i]);
		has_modern = has_modern || (offered[i] && versions[i].is_modern);
		has_old = has_old || (offered[i] && !versions[i].is_modern);
	}
	struct str all;
	struct str old;
	str_init(&all);
	str_init(&old);
	versions_list(&all, offered, true, true);
	versions_list(&old, offered, false, true);
	if (!has_modern && has_old)
		report_findingf(compared->report, HS_1, CHECK_FAIL, compared->address, fix,
				"%s offers only TLS %s, which clients refuse today.",
				compared->place, all.bytes);
	else if (has_old)
		report_findingf(compared->report, HS_1, CHECK_WARN, compared->address, fix,
				"%s offers TLS %s; TLS %s should no longer be offered.",
				compared->place, all.bytes, old.bytes);
	else if (has_modern)
		report_findingf(compared->report, HS_1,
				offered[VERSION_TLS_1_3] ? CHECK_PASS : CHECK_INFO,
				compared->address, NULL, "%s offers TLS %s%s.", compared->place,
				all.bytes, offered[VERSION_TLS_1_3] ? "" : ", not yet 1.3");
	str_release(&all);
	str_release(&old);
	return has_modern;
}

/* ---- the server's name
 * --------------------------------------------------------------------------- */

/* The first DNS name of a certificate, else its common name; caller frees. */
static char *leaf_name(const X509 *leaf)
{
	char *name = NULL;
	GENERAL_NAMES *names = X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
	for (int i = 0; !name && i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *item = sk_GENERAL_NAME_value(names, i);
		if (item->type != GEN_DNS)
			continue;
		struct str text;
		str_init(&text);
		certificate_text_add(&text, ASN1_STRING_get0_data(item->d.dNSName),
				     (size_t)ASN1_STRING_length(item->d.dNSName));
		name = str_detach(&text);
	}
	GENERAL_NAMES_free(names);
	return name ? name : certificate_subject(leaf);
}

static void server_name_find(const struct compared *compared)
{
	const struct probe *without = other(compared, PROBE_NO_SNI);
	const char *host = compared->examination->setup.hostname;
	STACK_OF(X509) *with_name = probe_certificates(compared->main);
	STACK_OF(X509) *without_name = without ? probe_certificates(without) : NULL;
	char *fix = mem_format("Make %s's certificate the server's default: it is not documented "
			       "that Meta sends the name (SNI).",
			       host);
	if (without && without->end == END_TLS && !without_name)
		report_findingf(compared->report, HS_4, CHECK_WARN, compared->address, fix,
				"Without SNI %s refuses the handshake.", compared->place);
	else if (with_name && without_name) {
		X509 *leaf = sk_X509_value(without_name, 0);
		bool is_same = X509_cmp(sk_X509_value(with_name, 0), leaf) == 0;
		char *name = leaf_name(leaf);
		if (is_same)
			report_findingf(compared->report, HS_4, CHECK_INFO, compared->address, NULL,
					"Without SNI %s shows the same certificate.",
					compared->place);
		else
			report_findingf(compared->report, HS_4, CHECK_WARN, compared->address, fix,
					"Without SNI %s shows another certificate, that of %s.",
					compared->place, name);
		free(name);
	}
	free(fix);
}

/* ---- a modern client
 * ------------------------------------------------------------------------------ */

static const struct {
	int reason;
	const char *words;
} strict_reasons[] = {
	{ SSL_R_DH_KEY_TOO_SMALL, "its Diffie-Hellman key is too small" },
	{ SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED,
	  "it does not know secure renegotiation (RFC 5746)" },
	{ SSL_R_LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED, "it signs in a way given up long ago" },
	{ SSL_R_WRONG_SIGNATURE_TYPE, "it signs in a way given up long ago" },
	{ SSL_R_EE_KEY_TOO_SMALL, "its key is too small" },
	{ SSL_R_BAD_DH_VALUE, "its Diffie-Hellman value is wrong" },
};

static void strict_find(const struct compared *compared)
{
	const struct probe *strict = other(compared, PROBE_STRICT);
	if (!strict || strict->end != END_TLS || !probe_is_secured(compared->main) ||
	    cause_of(strict) == CAUSE_CLIENT_CERTIFICATE)
		return;
	const char *words = NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(strict_reasons); i++)
		if (strict_reasons[i].reason == strict->reason)
			words = strict_reasons[i].words;
	if (!words && strict->alert == 40)
		words = "there is no modern cipher in common";
	if (!words)
		words = strict->alert >= 0 ? alert_words(strict->alert)
					   : ERR_reason_error_string(strict->error);
	report_findingf(compared->report, HS_5, CHECK_FAIL, compared->address,
			"Update the server's TLS library, and allow ECDHE with AES-GCM.",
			"A client with today's settings cannot connect to %s: %s.", compared->place,
			words ? words : "the handshake fails");
}

static void cipher_find(const struct compared *compared)
{
	const SSL_CIPHER *cipher = SSL_get_current_cipher(compared->main->ssl);
	if (!cipher)
		return;
	bool is_aead = SSL_CIPHER_is_aead(cipher) == 1;
	bool is_forward = SSL_CIPHER_get_kx_nid(cipher) != NID_kx_rsa;
	const char *fault = !is_forward ? "keys are exchanged by RSA alone, without forward secrecy"
					: "it is a CBC or stream cipher";
	if (is_aead && is_forward)
		report_findingf(compared->report, HS_6, CHECK_PASS, compared->address, NULL,
				"%s uses %s.", compared->place, SSL_CIPHER_get_name(cipher));
	else
		report_findingf(compared->report, HS_6, CHECK_WARN, compared->address,
				"Allow ECDHE with AES-GCM.",
				"Of all that was offered %s chose %s: %s.", compared->place,
				SSL_CIPHER_get_name(cipher), fault);
}

/* TLS 1.3 has no renegotiation; a handshake of an older version tells. */
static void renegotiation_find(const struct compared *compared)
{
	const struct probe *probe = compared->main;
	if (SSL_version(probe->ssl) >= TLS1_3_VERSION)
		probe = other(compared, PROBE_TLS_1_2);
	if (!probe || !probe_took_version(probe) ||
	    SSL_get_secure_renegotiation_support(probe->ssl))
		return;
	report_findingf(compared->report, HS_7, CHECK_WARN, compared->address,
			"Update the server's TLS library.",
			"%s does not know secure renegotiation (RFC 5746); modern clients refuse "
			"that.",
			compared->place);
}

/* ---- client certificates
 * --------------------------------------------------------------------------- */

static const char MTLS_FIX[] =
	"Turn it off: verify_certificate=no and require_certificate=no (Kamailio), "
	"verify_client=no "
	"(Asterisk), tls-verify-policy none (FreeSWITCH). Or trust the certificate that Meta "
	"presents.";

static void client_certificate_find(const struct compared *compared)
{
	const struct probe *main = compared->main;
	const struct probe *second = other(compared, PROBE_CLIENT_CERTIFICATE);
	if (!main->asked_for_certificate || cause_of(main) == CAUSE_CLIENT_CERTIFICATE)
		return;
	if (second && cause_of(second) == CAUSE_CLIENT_CERTIFICATE) {
		char *why = second->alert >= 0 ? mem_format(" (alert %d, %s)", second->alert,
							    alert_words(second->alert))
					       : mem_text("");
		report_findingf(
			compared->report, MTLS_3, CHECK_FAIL, compared->address, MTLS_FIX,
			"%s asks for a client certificate and refuses any it cannot "
			"verify%s. Meta presents one, so Meta is refused even though clients "
			"without one get in.",
			compared->place, why);
		free(why);
		return;
	}
	report_findingf(compared->report, MTLS_1, CHECK_WARN, compared->address, MTLS_FIX,
			"%s asks for a client certificate; Meta does not do mutual TLS.",
			compared->place);
}

void handshake_findings(const struct examination *examination, size_t address_index,
			struct check_report *report)
{
	const struct probe *main = examination_probe(examination, PROBE_MAIN, address_index);
	if (!main->ssl)
		return;
	char *place = network_place(examination, address_index);
	const struct compared compared = {
		.examination = examination,
		.main = main,
		.index = address_index,
		.address = main->address.text,
		.place = place,
		.report = report,
	};
	bool is_full = address_index == examination->full;
	bool has_modern = probe_took_version(main) && versions_find(&compared);
	if (probe_is_secured(main)) {
		cipher_find(&compared);
		renegotiation_find(&compared);
		client_certificate_find(&compared);
		report_findingf(report, HS_12, CHECK_INFO, compared.address, NULL,
				"The handshake with %s was made without ALPN; the server did not "
				"insist on one.",
				place);
	}
	if (is_full && probe_took_version(main))
		server_name_find(&compared);
	if (is_full && has_modern)
		strict_find(&compared);
	free(place);
}
