/* Verification is always on: what a TLS server with its own certificate gets to see of the key. */
#include "service/http.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "tests/support/child.h"
#include "tests/support/fault_server.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DAY_S = 24 * 3600, STEP_MS = 50, GIVE_UP_MS = 10000 };

struct identity {
	EVP_PKEY *key;
	X509 *certificate;
};

static X509 *certificate_make(EVP_PKEY *key, const char *names, long begins_s, long ends_s)
{
	X509 *certificate = X509_new();
	X509_NAME *name = X509_get_subject_name(certificate);
	assert_int_equal(X509_set_version(certificate, X509_VERSION_3), 1);
	assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1), 1);
	assert_non_null(X509_gmtime_adj(X509_getm_notBefore(certificate), begins_s));
	assert_non_null(X509_gmtime_adj(X509_getm_notAfter(certificate), ends_s));
	assert_int_equal(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
						    (const unsigned char *)"test", -1, -1, 0),
			 1);
	assert_int_equal(X509_set_issuer_name(certificate, name), 1);
	assert_int_equal(X509_set_pubkey(certificate, key), 1);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, names);
	assert_non_null(extension);
	assert_int_equal(X509_add_ext(certificate, extension, -1), 1);
	X509_EXTENSION_free(extension);
	assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
	return certificate;
}

/* Answers one request on each connection with 200 and what head it got. */
static void tls_serve(int listening, const struct identity *identity)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	(void)signal(SIGPIPE, SIG_IGN);
	(void)SSL_CTX_use_certificate(context, identity->certificate);
	(void)SSL_CTX_use_PrivateKey(context, identity->key);
	for (;;) {
		char request[4096];
		int length = 0;
		int fd = accept(listening, NULL, NULL);
		SSL *ssl = SSL_new(context);
		(void)SSL_set_fd(ssl, fd);
		if (SSL_accept(ssl) == 1)
			length = SSL_read(ssl, request, sizeof request);
		if (length > 0) {
			(void)SSL_write(ssl, head, sizeof head - 1);
			(void)SSL_write(ssl, request, length);
			(void)SSL_shutdown(ssl);
		}
		SSL_free(ssl);
		(void)close(fd);
	}
}

static pid_t tls_server_start(int listening, const struct identity *identity)
{
	pid_t parent = getpid();
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		child_bind_to_parent(parent);
		tls_serve(listening, identity);
	}
	return child;
}

struct got {
	bool done;
	enum http_reach reach;
	struct err err;
	bool has_key;
};

static void take(void *owner, const struct http_answer *answer)
{
	struct got *got = owner;
	got->done = true;
	got->reach = answer->reach;
	got->err = answer->err;
	got->has_key = strstr(answer->body, "D360-API-KEY: the-key\r\n") != NULL;
}

static void ask(const char *url, const char *ca_file, struct got *got)
{
	struct loop loop;
	struct secret key;
	*got = (struct got) { 0 };
	secret_init(&key);
	assert_true(secret_set(&key, "the-key", 7, NULL));
	loop_init(&loop);
	struct http *http = http_new(&loop, ca_file);
	(void)http_start(http, HTTP_GET, url, &key, NULL, take, got);
	int64_t end = clock_monotonic_ms() + GIVE_UP_MS;
	while (!got->done && clock_monotonic_ms() < end)
		loop_step(&loop, STEP_MS);
	assert_true(got->done);
	http_free(http);
	secret_release(&key);
}

static char *file_make(const struct identity *identity)
{
	const char *folder = getenv("TMPDIR");
	char *path = mem_format("%s/sipdesk-tls-XXXXXX", folder == NULL ? "/tmp" : folder);
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	FILE *file = fdopen(fd, "w");
	assert_non_null(file);
	assert_int_equal(PEM_write_X509(file, identity->certificate), 1);
	assert_int_equal(fclose(file), 0);
	return path;
}

enum trust { TRUST_SYSTEM, TRUST_FILE, TRUST_ENVIRONMENT, TRUST_MISSING_FILE };

static void test_verification(void **state)
{
	(void)state;
	static const struct {
		const char *names;
		long begins_s, ends_s;
		enum trust trust;
		enum http_reach reach;
		enum err_kind kind;
		const char *says;
	} cases[] = {
		{ "IP:127.0.0.1", -DAY_S, DAY_S, TRUST_FILE, HTTP_ANSWERED, ERR_NONE, "" },
		{ "IP:127.0.0.1", -DAY_S, DAY_S, TRUST_ENVIRONMENT, HTTP_ANSWERED, ERR_NONE, "" },
		{ "IP:127.0.0.1", -DAY_S, DAY_S, TRUST_SYSTEM, HTTP_NOT_SENT, ERR_NOT_SENT,
		  "The certificate of 127.0.0.1 was not accepted: self-signed certificate. "
		  "Nothing was sent." },
		{ "IP:127.0.0.2,DNS:other.example", -DAY_S, DAY_S, TRUST_FILE, HTTP_NOT_SENT,
		  ERR_NOT_SENT, "no alternative certificate subject name matches" },
		{ "IP:127.0.0.1", -2 * DAY_S, -DAY_S, TRUST_FILE, HTTP_NOT_SENT, ERR_NOT_SENT,
		  "expired" },
		{ "IP:127.0.0.1", DAY_S, 2 * DAY_S, TRUST_FILE, HTTP_NOT_SENT, ERR_NOT_SENT,
		  "not yet valid" },
		{ "IP:127.0.0.1", -DAY_S, DAY_S, TRUST_MISSING_FILE, HTTP_NOT_SENT, ERR_CONFIG,
		  "trusted certificates cannot be read" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		uint16_t port = 0;
		struct got got;
		struct identity identity = { .key = EVP_EC_gen("P-256") };
		identity.certificate = certificate_make(identity.key, cases[i].names,
							cases[i].begins_s, cases[i].ends_s);
		int listening = fault_server_listen(&port);
		char *url = mem_format("https://127.0.0.1:%u/", (unsigned)port);
		char *file = file_make(&identity);
		pid_t child = tls_server_start(listening, &identity);
		if (cases[i].trust == TRUST_ENVIRONMENT)
			assert_int_equal(setenv("SSL_CERT_FILE", file, 1), 0);
		ask(url,
		    cases[i].trust == TRUST_FILE	   ? file
		    : cases[i].trust == TRUST_MISSING_FILE ? "/nonexistent/list.pem"
							   : NULL,
		    &got);
		assert_int_equal(unsetenv("SSL_CERT_FILE"), 0);
		print_message("%s\n", got.err.sentence);
		assert_int_equal(got.reach, cases[i].reach);
		assert_int_equal(got.err.kind, cases[i].kind);
		assert_non_null(strstr(got.err.sentence, cases[i].says));
		assert_int_equal(got.has_key, cases[i].kind == ERR_NONE);
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, NULL, 0), child);
		assert_int_equal(unlink(file) | close(listening), 0);
		X509_free(identity.certificate);
		EVP_PKEY_free(identity.key);
		free(file);
		free(url);
	}
}

/* libcurl would write every session's keys there. */
static void test_no_key_log(void **state)
{
	(void)state;
	uint16_t port = 0;
	struct got got;
	const char *folder = getenv("TMPDIR");
	char *path = mem_format("%s/sipdesk-keylog-%ld", folder == NULL ? "/tmp" : folder,
				(long)getpid());
	struct identity identity = { .key = EVP_EC_gen("P-256") };
	identity.certificate = certificate_make(identity.key, "IP:127.0.0.1", -DAY_S, DAY_S);
	int listening = fault_server_listen(&port);
	char *url = mem_format("https://127.0.0.1:%u/", (unsigned)port);
	char *file = file_make(&identity);
	pid_t child = tls_server_start(listening, &identity);
	assert_int_equal(setenv("SSLKEYLOGFILE", path, 1), 0);
	ask(url, file, &got);
	assert_int_equal(got.reach, HTTP_ANSWERED);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(unlink(file) | close(listening), 0);
	X509_free(identity.certificate);
	EVP_PKEY_free(identity.key);
	free(file);
	free(url);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verification),
		cmocka_unit_test(test_no_key_log),
	};
	secret_allocators_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
