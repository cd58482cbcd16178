/*
 * Reads any bytes as what a hostile server shows: certificates one behind the other, then a stapled
 * answer. They are judged by an empty trust list, and by one that holds the last of them, so that
 * all that follows a whole chain is reached. The same bytes are read as an issuer's certificate
 * from the web, too. Ends by abort() where something that must hold does not.
 */
#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "tlscheck/aia.h"
#include "tlscheck/judge.h"
#include "tlscheck/names.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition)                                                               \
	do {                                                                          \
		if (!(condition)) {                                                   \
			(void)fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
			abort();                                                      \
		}                                                                     \
	} while (0)

enum { AT = 1795400000, CERTIFICATES_MAX = 8, TEXT_BYTES_MAX = 8192 };

static void text_must_be_fit(const char *text)
{
	struct str shown;
	MUST(text != NULL && *text != '\0');
	MUST(text_utf8_valid(text, strlen(text)));
	MUST(strlen(text) <= TEXT_BYTES_MAX);
	str_init(&shown);
	text_show(&shown, text);
	for (const char *at = shown.bytes; *at != '\0'; at++)
		MUST((unsigned char)*at >= ' ' && *at != 0x7f);
	str_release(&shown);
}

static void report_must_be_fit(const struct check_report *report, bool accepted)
{
	bool has_failure = false;
	for (size_t i = 0; i < report->finding_count; i++) {
		const struct check_finding *finding = &report->findings[i];
		text_must_be_fit(finding->text);
		if (finding->fix != NULL)
			text_must_be_fit(finding->fix);
		MUST(finding->severity < CHECK_WARN || finding->fix != NULL);
		has_failure |= finding->severity == CHECK_FAIL && finding->id != CRT_21;
	}
	MUST(has_failure == !accepted);
	MUST(report->certificate_count > 0);
	for (size_t i = 0; i < report->certificate_count; i++) {
		const struct check_certificate *certificate = &report->certificates[i];
		text_must_be_fit(certificate->subject);
		text_must_be_fit(certificate->issuer);
		MUST(certificate->name_count <= NAMES_LISTED_MAX + 1);
		for (size_t j = 0; j < certificate->name_count; j++)
			text_must_be_fit(certificate->names[j]);
	}
}

static void chain_must_be_judged(struct judge_input input)
{
	static const struct {
		const char *hostname;
		bool is_ip;
	} wanted[] = { { "sip.example.com", false }, { "192.0.2.7", true } };
	for (size_t i = 0; i < ARRAY_LENGTH(wanted); i++) {
		struct check_report report;
		input.hostname = wanted[i].hostname;
		input.is_ip = wanted[i].is_ip;
		report_init(&report);
		report_must_be_fit(&report, judge(&input, &report));
		report_release(&report);
	}
	char *url = judge_missing_issuer_url(&input);
	MUST(url == NULL || text_starts_with_nocase(url, "http"));
	free(url);
}

static void trust_must_hold(struct judge_input input, X509 *root, bool is_given)
{
	struct trust trust = { .store = X509_STORE_new(), .is_given = is_given };
	trust.name = mem_text("the list");
	MUST(trust.store != NULL);
	if (root != NULL)
		(void)X509_STORE_add_cert(trust.store, root);
	input.trust = &trust;
	chain_must_be_judged(input);
	trust_release(&trust);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const unsigned char *at = data;
	const unsigned char *end = data + size;
	STACK_OF(X509) *sent = sk_X509_new_null();
	X509 *certificate = NULL;
	while (sk_X509_num(sent) < CERTIFICATES_MAX &&
	       (certificate = d2i_X509(NULL, &at, end - at)) != NULL)
		(void)sk_X509_push(sent, certificate);
	static const char *const shown_at[] = { "192.0.2.7", "192.0.2.8", NULL };
	struct judge_input input = {
		.address = shown_at[0],
		.shown_at = shown_at,
		.sent = sent,
		.staple = at < end ? at : NULL,
		.staple_length = (size_t)(end - at),
		.at = AT,
	};
	if (sk_X509_num(sent) > 0) {
		trust_must_hold(input, NULL, false);
		trust_must_hold(input, sk_X509_value(sent, sk_X509_num(sent) - 1), true);
	}
	X509_free(aia_certificate_read((const char *)data, size));
	sk_X509_pop_free(sent, X509_free);
	ERR_clear_error();
	return 0;
}
