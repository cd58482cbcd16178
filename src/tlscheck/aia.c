#include "tlscheck/aia.h"

#include "base/curl_library.h"
#include "base/mem.h"
#include "base/str.h"
#include "tlscheck/address.h"
#include "tlscheck/judge.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	AIA_BYTES_MAX = 64 * 1024, /* one certificate has 2 KiB */
	AIA_REDIRECTS_MAX = 3,
};

struct fetching {
	struct str body;
	bool allow_private;
	bool was_private; /* an address was refused for that */
	bool is_too_long;
};

static X509 *pkcs7_first_ca(const PKCS7 *bag)
{
	const STACK_OF(X509) *certificates = NULL;
	if (bag != NULL && OBJ_obj2nid(bag->type) == NID_pkcs7_signed && bag->d.sign != NULL)
		certificates = bag->d.sign->cert;
	for (int i = 0; i < sk_X509_num(certificates); i++) {
		X509 *certificate = sk_X509_value(certificates, i);
		if (X509_check_ca(certificate) != 0 && X509_up_ref(certificate) == 1)
			return certificate;
	}
	return NULL;
}

static X509 *pem_read(const char *bytes, size_t length)
{
	BIO *bio = BIO_new_mem_buf(bytes, (int)length);
	X509 *certificate = bio != NULL ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	BIO_free(bio);
	bio = certificate == NULL ? BIO_new_mem_buf(bytes, (int)length) : NULL;
	PKCS7 *bag = bio != NULL ? PEM_read_bio_PKCS7(bio, NULL, NULL, NULL) : NULL;
	if (bag != NULL)
		certificate = pkcs7_first_ca(bag);
	PKCS7_free(bag);
	BIO_free(bio);
	return certificate;
}

X509 *aia_certificate_read(const char *bytes, size_t length)
{
	if (length > AIA_BYTES_MAX)
		return NULL;
	const unsigned char *at = (const unsigned char *)bytes;
	X509 *certificate = d2i_X509(NULL, &at, (long)length);
	if (certificate == NULL) {
		at = (const unsigned char *)bytes;
		PKCS7 *bag = d2i_PKCS7(NULL, &at, (long)length);
		certificate = pkcs7_first_ca(bag);
		PKCS7_free(bag);
	}
	if (certificate == NULL)
		certificate = pem_read(bytes, length);
	ERR_clear_error();
	return certificate;
}

/* libcurl connects only to what this opens: names are looked up by then, and every redirect comes
 * by here as well. */
static curl_socket_t socket_open(void *owner, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct fetching *fetching = owner;
	struct address address = { 0 };
	struct sockaddr_storage storage = { 0 };
	size_t length = to->addrlen < sizeof storage ? to->addrlen : sizeof storage;
	(void)purpose;
	memcpy(&storage, &to->addr, length);
	if (to->family == AF_INET)
		address_from_bytes(
			AF_INET,
			(const unsigned char *)&((const struct sockaddr_in *)&storage)->sin_addr,
			&address);
	else if (to->family == AF_INET6)
		address_from_bytes(
			AF_INET6,
			(const unsigned char *)&((const struct sockaddr_in6 *)&storage)->sin6_addr,
			&address);
	else
		return CURL_SOCKET_BAD;
	if (!fetching->allow_private && address_not_public(&address) != NULL) {
		fetching->was_private = true;
		return CURL_SOCKET_BAD;
	}
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static size_t body_take(char *bytes, size_t size, size_t count, void *owner)
{
	struct fetching *fetching = owner;
	size_t length = size * count;
	if (length > AIA_BYTES_MAX - fetching->body.length) {
		fetching->is_too_long = true;
		return 0;
	}
	str_append(&fetching->body, bytes, length);
	return length;
}

/* No proxy: it would connect for us where we must not. No redirect from one scheme to another. */
static bool transfer_set(const struct curl_library *curl, CURL *easy, const char *url,
			 int64_t timeout_ms, struct fetching *fetching)
{
	const char *scheme = text_starts_with_nocase(url, "https:") ? "https" : "http";
	return curl->easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK &&
	       curl->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, scheme) == CURLE_OK &&
	       curl->easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, scheme) == CURLE_OK &&
	       curl->easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L) == CURLE_OK &&
	       curl->easy_setopt(easy, CURLOPT_MAXREDIRS, (long)AIA_REDIRECTS_MAX) == CURLE_OK &&
	       curl->easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
	       curl->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl->easy_setopt(easy, CURLOPT_FAILONERROR, 1L) == CURLE_OK &&
	       curl->easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)timeout_ms) == CURLE_OK &&
	       curl->easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, socket_open) == CURLE_OK &&
	       curl->easy_setopt(easy, CURLOPT_OPENSOCKETDATA, fetching) == CURLE_OK &&
	       curl->easy_setopt(easy, CURLOPT_WRITEFUNCTION, body_take) == CURLE_OK &&
	       curl->easy_setopt(easy, CURLOPT_WRITEDATA, fetching) == CURLE_OK;
}

static bool fetch_failed(const struct fetching *fetching, const char *reason, const char *url,
			 struct err *err)
{
	if (fetching->was_private)
		return err_set(err, ERR_REFUSED,
			       "The issuer's certificate at %s was not fetched: that is a private "
			       "address.",
			       url);
	if (fetching->is_too_long)
		return err_set(err, ERR_ANSWER, "There are more than %d bytes at %s.",
			       AIA_BYTES_MAX, url);
	return err_set(err, ERR_PASSING, "The issuer's certificate at %s could not be fetched: %s.",
		       url, reason);
}

bool aia_fetch(const char *url, bool allow_private, int64_t timeout_ms, X509 **certificate,
	       struct err *err)
{
	struct fetching fetching = { .allow_private = allow_private };
	struct curl_library curl;
	bool done = false;
	if (!curl_library_load(&curl, err))
		return false;
	str_init(&fetching.body);
	CURL *easy = curl.easy_init();
	CURLcode code = CURLE_FAILED_INIT;
	if (easy != NULL && transfer_set(&curl, easy, url, timeout_ms, &fetching))
		code = curl.easy_perform(easy);
	curl.easy_cleanup(easy);
	if (code != CURLE_OK) {
		(void)fetch_failed(&fetching, curl.easy_strerror(code), url, err);
		goto out;
	}
	*certificate = aia_certificate_read(fetching.body.bytes, fetching.body.length);
	done = *certificate != NULL;
	if (!done)
		(void)err_set(err, ERR_ANSWER, "What lies at %s is no certificate.", url);
out:
	str_release(&fetching.body);
	return done;
}
