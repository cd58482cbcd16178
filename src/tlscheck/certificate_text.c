#include "tlscheck/certificate_text.h"

#include "base/mem.h"
#include "base/text.h"

#include <openssl/asn1.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void certificate_text_add(struct str *out, const unsigned char *bytes, size_t length)
{
	const char *at = (const char *)bytes;
	size_t end = out->length + CERTIFICATE_TEXT_MAX;
	while (length > 0 && out->length < end) {
		uint32_t character;
		size_t size = text_utf8_decode(at, length, &character);
		if (size == 0)
			str_addf(out, "\\x{%x}", (unsigned char)*at);
		else if (character == 0)
			str_add(out, "\\u{0}");
		else
			str_append(out, at, size);
		size = size == 0 ? 1 : size;
		at += size;
		length -= size;
	}
	if (length > 0)
		str_addf(out, "… (%zu more bytes)", length);
}

/* An entry whose text cannot be made UTF-8 is shown by its bytes. */
static void entry_add(struct str *out, const ASN1_STRING *entry)
{
	unsigned char *utf8 = NULL;
	int length = ASN1_STRING_to_UTF8(&utf8, entry);
	if (length >= 0)
		certificate_text_add(out, utf8, (size_t)length);
	else
		certificate_text_add(out, ASN1_STRING_get0_data(entry),
				     (size_t)ASN1_STRING_length(entry));
	OPENSSL_free(utf8);
}

char *certificate_title(const X509_NAME *name)
{
	static const int telling[] = { NID_commonName, NID_organizationalUnitName,
				       NID_organizationName };
	struct str title;
	str_init(&title);
	for (size_t i = 0; i < ARRAY_LENGTH(telling) && title.length == 0; i++) {
		int at = -1;
		/* The last one is the most specific. */
		for (int next = -1;
		     (next = X509_NAME_get_index_by_NID(name, telling[i], next)) >= 0;)
			at = next;
		if (at >= 0)
			entry_add(&title, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
	}
	if (title.length == 0)
		str_add(&title, "(no name)");
	return str_detach(&title);
}

char *certificate_subject(const X509 *certificate)
{
	return certificate_title(X509_get_subject_name(certificate));
}

char *certificate_issuer(const X509 *certificate)
{
	return certificate_title(X509_get_issuer_name(certificate));
}

int64_t certificate_time(const ASN1_TIME *time)
{
	struct tm parts = { 0 };
	if (time == NULL || ASN1_TIME_to_tm(time, &parts) != 1)
		return 0;
	return (int64_t)timegm(&parts);
}

const char *certificate_date(int64_t seconds, char out[CERTIFICATE_DATE_SIZE])
{
	time_t when = (time_t)seconds;
	struct tm parts = { 0 };
	(void)gmtime_r(&when, &parts);
	if (strftime(out, CERTIFICATE_DATE_SIZE, "%Y-%m-%d", &parts) == 0)
		(void)snprintf(out, CERTIFICATE_DATE_SIZE, "some day");
	return out;
}

char *certificate_days(int64_t seconds)
{
	int64_t days = seconds / DAY_SECONDS;
	if (days < 1)
		return mem_text("less than a day");
	return mem_format("%lld day%s", (long long)days, days == 1 ? "" : "s");
}

char *certificate_key_text(const X509 *certificate)
{
	EVP_PKEY *key = X509_get0_pubkey(certificate);
	char group[64] = "";
	if (key == NULL)
		return mem_text("of an unknown kind");
	if (EVP_PKEY_is_a(key, "EC")) {
		(void)EVP_PKEY_get_group_name(key, group, sizeof group, NULL);
		const char *usual = EC_curve_nid2nist(OBJ_txt2nid(group));
		if (*group != '\0')
			return mem_format("EC %s", usual != NULL ? usual : group);
	}
	if (EVP_PKEY_is_a(key, "ED25519"))
		return mem_text("Ed25519");
	const char *type = EVP_PKEY_get0_type_name(key);
	return mem_format("%s %d", type != NULL ? type : "key of", EVP_PKEY_get_bits(key));
}
