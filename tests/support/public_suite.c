#include "tests/support/public_suite.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUITE_BYTES_MAX = 64 * 1024 * 1024, SUITE_TOKENS_MAX = 1000 * 1000 };

bool public_suite_open(struct json_doc *suite, const char *file_name)
{
	static const struct json_limits limits = { SUITE_BYTES_MAX, SUITE_TOKENS_MAX };
	struct str bytes;
	struct err err;
	char *path = mem_format("../shared/data/%s", file_name);
	str_init(&bytes);
	err_init(&err);
	json_doc_init(suite);
	bool is_there = file_read(path, SUITE_BYTES_MAX, &bytes, NULL);
	if (!is_there)
		(void)printf("# %s is not there: this suite is not run.\n", path);
	else if (!json_doc_parse_within(suite, bytes.bytes, bytes.length, limits, &err)) {
		(void)fprintf(stderr, "%s: %s\n", path, err.sentence);
		abort();
	}
	str_release(&bytes);
	free(path);
	return is_there;
}

static X509 *base64_read(const char *text)
{
	size_t length = strlen(text);
	unsigned char *der = mem_alloc(length + 1, 1);
	const unsigned char *at = der;
	int der_length = EVP_DecodeBlock(der, (const unsigned char *)text, (int)length);
	X509 *certificate = der_length > 0 ? d2i_X509(NULL, &at, der_length) : NULL;
	free(der);
	return certificate;
}

X509 *public_suite_certificate(const char *text)
{
	if (strncmp(text, "-----", 5) != 0)
		return base64_read(text);
	BIO *bio = BIO_new_mem_buf(text, -1);
	X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	BIO_free(bio);
	return certificate;
}

void public_suite_certificates(STACK_OF(X509) * certificates, const cJSON *list)
{
	const cJSON *item;
	cJSON_ArrayForEach (item, list) {
		X509 *certificate = public_suite_certificate(item->valuestring);
		if (certificate != NULL)
			(void)sk_X509_push(certificates, certificate);
	}
}

void known_cases_begin(struct known_cases *known, const char *what, const char *const *ids,
		       size_t count)
{
	*known = (struct known_cases) { what, ids, count, mem_alloc(count, sizeof(bool)) };
}

bool known_cases_see(struct known_cases *known, const char *id)
{
	for (size_t i = 0; i < known->count; i++)
		if (strcmp(known->ids[i], id) == 0) {
			known->seen[i] = true;
			return true;
		}
	(void)printf("not on the list \"%s\": %s\n", known->what, id);
	return false;
}

size_t known_cases_end(struct known_cases *known)
{
	size_t unseen = 0;
	for (size_t i = 0; i < known->count; i++)
		if (!known->seen[i]) {
			(void)printf("now right, take it off the list \"%s\": %s\n", known->what,
				     known->ids[i]);
			unseen++;
		}
	free(known->seen);
	return unseen;
}
