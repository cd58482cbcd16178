#include "tlscheck/names.h"

#include "base/mem.h"
#include "base/str.h"
#include "tlscheck/certificate_text.h"

#include <arpa/inet.h>
#include <openssl/x509v3.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	EDITS_NAME_MAX = 253,	  /* a longer one is no DNS name */
	EDITS_COMPARED_MAX = 200, /* names measured by edits: each takes its length squared */
	EDITS_LIKE = 2,		  /* "sipp.example.org" is a slip of "sip.example.org" */
	LABELS_LIKE = 2,	  /* same domain */
};

static char *general_name_bytes(const ASN1_STRING *string)
{
	struct str text;
	str_init(&text);
	certificate_text_add(&text, ASN1_STRING_get0_data(string),
			     (size_t)ASN1_STRING_length(string));
	return str_detach(&text);
}

static char *general_name_ip(const ASN1_STRING *string)
{
	char text[INET6_ADDRSTRLEN];
	int length = ASN1_STRING_length(string);
	int family = length == 4 ? AF_INET : AF_INET6;
	if ((length != 4 && length != 16) ||
	    inet_ntop(family, ASN1_STRING_get0_data(string), text, sizeof text) == NULL)
		return mem_format("(an address of %d bytes)", length);
	return mem_text(text);
}

static void name_read(struct name *name, const GENERAL_NAME *general)
{
	int type;
	const void *value = GENERAL_NAME_get0_value(general, &type);
	switch (type) {
	case GEN_DNS: *name = (struct name) { NAME_DNS, general_name_bytes(value) }; break;
	case GEN_IPADD: *name = (struct name) { NAME_IP, general_name_ip(value) }; break;
	case GEN_URI: *name = (struct name) { NAME_URI, general_name_bytes(value) }; break;
	case GEN_EMAIL: {
		char *email = general_name_bytes(value);
		*name = (struct name) { NAME_OTHER, mem_format("email:%s", email) };
		free(email);
		break;
	}
	case GEN_DIRNAME: {
		char *title = certificate_title(value);
		*name = (struct name) { NAME_OTHER, mem_format("directory:%s", title) };
		free(title);
		break;
	}
	default: *name = (struct name) { NAME_OTHER, mem_text("other:(a name of another kind)") };
	}
}

void names_read(struct names *names, const X509 *certificate)
{
	*names = (struct names) { 0 };
	int critical;
	GENERAL_NAMES *list = X509_get_ext_d2i(certificate, NID_subject_alt_name, &critical, NULL);
	if (list == NULL) {
		names->is_unreadable = critical != -1; /* -1: there is none */
		return;
	}
	names->count = (size_t)sk_GENERAL_NAME_num(list);
	names->items = mem_alloc(names->count + 1, sizeof *names->items);
	for (size_t i = 0; i < names->count; i++)
		name_read(&names->items[i], sk_GENERAL_NAME_value(list, (int)i));
	GENERAL_NAMES_free(list);
}

void names_release(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->items[i].text);
	free(names->items);
	*names = (struct names) { 0 };
}

static bool common_name_is(const X509 *certificate, const char *text)
{
	char *title = certificate_subject(certificate);
	bool is_same = text_equal(title, text);
	free(title);
	return is_same;
}

enum name_fit name_fit(X509 *certificate, const char *hostname, bool is_ip)
{
	const unsigned int whole_labels = X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
	const unsigned int names_only = whole_labels | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT;
	const unsigned int exact = names_only | X509_CHECK_FLAG_NO_WILDCARDS;
	if (is_ip)
		return X509_check_ip_asc(certificate, hostname, 0) == 1 ? NAME_FIT_EXACT
		       : common_name_is(certificate, hostname)		? NAME_FIT_COMMON_NAME
									: NAME_FIT_NONE;
	size_t length = strlen(hostname);
	if (X509_check_host(certificate, hostname, length, exact, NULL) == 1)
		return NAME_FIT_EXACT;
	if (X509_check_host(certificate, hostname, length, names_only, NULL) == 1)
		return NAME_FIT_WILDCARD;
	if (X509_check_host(certificate, hostname, length, whole_labels, NULL) == 1)
		return NAME_FIT_COMMON_NAME;
	return NAME_FIT_NONE;
}

char **names_listing(const struct names *names, size_t *count)
{
	static const char *const kinds[] = {
		[NAME_DNS] = "DNS:", [NAME_IP] = "IP:", [NAME_URI] = "URI:", [NAME_OTHER] = ""
	};
	size_t listed = names->count < NAMES_LISTED_MAX ? names->count : NAMES_LISTED_MAX;
	char **listing = mem_alloc(listed + 1, sizeof *listing);
	for (size_t i = 0; i < listed; i++)
		listing[i] = mem_format("%s%s", kinds[names->items[i].kind], names->items[i].text);
	*count = listed;
	if (listed < names->count)
		listing[(*count)++] = mem_format("and %zu more", names->count - listed);
	return listing;
}

size_t names_count(const struct names *names, enum name_kind kind)
{
	size_t count = 0;
	for (size_t i = 0; i < names->count; i++)
		count += names->items[i].kind == kind;
	return count;
}

bool names_have(const struct names *names, enum name_kind kind, const char *text)
{
	for (size_t i = 0; i < names->count; i++)
		if (names->items[i].kind == kind && text_equal(names->items[i].text, text))
			return true;
	return false;
}

char *names_said(const struct names *names, enum name_kind kind)
{
	struct str said;
	size_t total = names_count(names, kind);
	size_t shown = total <= NAMES_SAID_MAX ? total : NAMES_SAID_MAX;
	size_t done = 0;
	str_init(&said);
	for (size_t i = 0; done < shown; i++) {
		if (names->items[i].kind != kind)
			continue;
		bool is_last = done + 1 == total;
		str_add(&said, done == 0 ? "" : is_last ? " and " : ", ");
		str_add(&said, names->items[i].text);
		done++;
	}
	if (shown < total)
		str_addf(&said, " and %zu more", total - shown);
	return str_detach(&said);
}

static bool is_wildcard(const char *name)
{
	return name[0] == '*' && name[1] == '.';
}

static char lower(char letter)
{
	return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

/* Whole labels that both have at the end. */
static size_t labels_shared(const char *a, const char *b)
{
	size_t a_left = strlen(a);
	size_t b_left = strlen(b);
	size_t shared = 0;
	while (a_left > 0 && b_left > 0 && lower(a[a_left - 1]) == lower(b[b_left - 1])) {
		a_left--;
		b_left--;
		shared += a[a_left] == '.';
	}
	bool both_begin =
		(a_left == 0 || a[a_left - 1] == '.') && (b_left == 0 || b[b_left - 1] == '.');
	bool at_dot = a[a_left] == '.';
	return shared + (both_begin && !at_dot);
}

/* Single-character edits that turn one into the other (Levenshtein). */
static size_t edits_between(const char *a, const char *b)
{
	size_t row[EDITS_NAME_MAX + 1];
	size_t length = strlen(b);
	for (size_t i = 0; i <= length; i++)
		row[i] = i;
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= length; j++) {
			size_t replace = diagonal + (lower(a[i - 1]) != lower(b[j - 1]));
			size_t insert = row[j - 1] + 1;
			diagonal = row[j];
			size_t least = diagonal + 1 < insert ? diagonal + 1 : insert;
			row[j] = replace < least ? replace : least;
		}
	}
	return row[length];
}

/* "*.example.com", or "s*.example.com", which covers nothing: neither can be a hostname. */
static bool has_wildcard(const char *text)
{
	return strchr(text, '*') != NULL;
}

const char *names_nearest(const struct names *names, const char *hostname)
{
	size_t most_shared = 0;
	size_t compared = 0;
	const char *nearest = NULL;
	size_t nearest_edits = SIZE_MAX;
	if (strlen(hostname) > EDITS_NAME_MAX)
		return NULL;
	for (size_t i = 0; i < names->count; i++)
		if (names->items[i].kind == NAME_DNS && !has_wildcard(names->items[i].text)) {
			size_t shared = labels_shared(names->items[i].text, hostname);
			most_shared = shared > most_shared ? shared : most_shared;
		}
	for (size_t i = 0; i < names->count && compared < EDITS_COMPARED_MAX; i++) {
		const char *text = names->items[i].text;
		if (names->items[i].kind != NAME_DNS || has_wildcard(text) ||
		    strlen(text) > EDITS_NAME_MAX || labels_shared(text, hostname) < most_shared)
			continue;
		size_t edits = edits_between(text, hostname);
		compared++;
		if (edits < nearest_edits) {
			nearest = text;
			nearest_edits = edits;
		}
	}
	return most_shared >= LABELS_LIKE || nearest_edits <= EDITS_LIKE ? nearest : NULL;
}

const char *names_wildcard_covering(const struct names *names, const char *hostname)
{
	const char *parent = strchr(hostname, '.');
	for (size_t i = 0; i < names->count && parent != NULL; i++) {
		const char *text = names->items[i].text;
		if (names->items[i].kind == NAME_DNS && is_wildcard(text) &&
		    text_equal_nocase(text + 1, parent))
			return text;
	}
	return NULL;
}

const char *names_wildcard_at_other_depth(const struct names *names, const char *hostname)
{
	size_t length = strlen(hostname);
	for (size_t i = 0; i < names->count; i++) {
		const char *text = names->items[i].text;
		if (names->items[i].kind != NAME_DNS || !is_wildcard(text))
			continue;
		const char *parent = text + 2;
		size_t parent_length = strlen(parent);
		if (text_equal_nocase(parent, hostname) ||
		    (parent_length > 0 && length > parent_length + 1 &&
		     text_equal_nocase(hostname + length - parent_length - 1, text + 1)))
			return text;
	}
	return NULL;
}

char *name_sip_host(const struct name *name)
{
	static const char scheme[] = "sip:";
	if (name->kind != NAME_URI || !text_starts_with_nocase(name->text, scheme))
		return NULL;
	const char *host = name->text + strlen(scheme);
	size_t length = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":;?");
	if (length == 0 || length > strlen(host) || strchr(host, '@') != NULL)
		return NULL;
	return mem_text_n(host, length);
}

/* Or an address in hexadecimal: "0xC0A80101". */
static bool looks_like_host(const char *text)
{
	return strpbrk(text, " /\\@()") == NULL &&
	       (strpbrk(text, ".:") != NULL || text_starts_with_nocase(text, "0x"));
}

char *names_stray_common_name(const struct names *names, const X509 *certificate)
{
	const X509_NAME *subject = X509_get_subject_name(certificate);
	if (X509_NAME_get_index_by_NID(subject, NID_commonName, -1) < 0 || names->count == 0)
		return NULL;
	char *common_name = certificate_title(subject);
	if (looks_like_host(common_name) && !names_have(names, NAME_DNS, common_name) &&
	    !names_have(names, NAME_IP, common_name))
		return common_name;
	free(common_name);
	return NULL;
}
