/* Fetching the missing issuer: forms of the answer, limits, redirects, private addresses. */
#include "tlscheck/aia.h"
#include "tlscheck/judge.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "tests/support/certificates.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	USUAL_MS = 5000,
	SHORT_MS = 200,
	LATE_MS = 3000, /* far less than a test that hangs, far more than SHORT_MS */
	LIMIT = 64 * 1024,
};

struct body {
	unsigned char *bytes;
	size_t length;
};

struct world {
	struct identity ca, leaf;
	struct body der, pem, bag, bag_pem, large;
	struct MHD_Daemon *server;
	int port;
};

static void bag_make(struct world *world)
{
	PKCS7 *bag = PKCS7_new();
	unsigned char *der = NULL;
	char *text = NULL;
	assert_int_equal(PKCS7_set_type(bag, NID_pkcs7_signed), 1);
	assert_int_equal(PKCS7_content_new(bag, NID_pkcs7_data), 1);
	assert_int_equal(PKCS7_add_certificate(bag, world->leaf.certificate), 1);
	assert_int_equal(PKCS7_add_certificate(bag, world->ca.certificate), 1);
	int length = i2d_PKCS7(bag, &der);
	assert_true(length > 0);
	world->bag = (struct body) { (unsigned char *)mem_text_n((char *)der, (size_t)length),
				     (size_t)length };
	OPENSSL_free(der);
	BIO *bio = BIO_new(BIO_s_mem());
	assert_int_equal(PEM_write_bio_PKCS7(bio, bag), 1);
	long text_length = BIO_get_mem_data(bio, &text);
	world->bag_pem = (struct body) { (unsigned char *)mem_text_n(text, (size_t)text_length),
					 (size_t)text_length };
	BIO_free(bio);
	PKCS7_free(bag);
}

static void bodies_make(struct world *world)
{
	world->der.bytes = certificate_der(world->ca.certificate, &world->der.length);
	world->pem.bytes = (unsigned char *)certificate_pem(world->ca.certificate);
	world->pem.length = strlen((char *)world->pem.bytes);
	bag_make(world);
	/* A right certificate with one byte too many behind it. */
	world->large = (struct body) { mem_alloc(LIMIT + 1, 1), LIMIT + 1 };
	memcpy(world->large.bytes, world->der.bytes, world->der.length);
}

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned status, struct body body,
			      const char *location)
{
	struct MHD_Response *response =
		MHD_create_response_from_buffer(body.length, body.bytes, MHD_RESPMEM_PERSISTENT);
	if (location != NULL)
		(void)MHD_add_response_header(response, "Location", location);
	enum MHD_Result result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result serve(void *owner, struct MHD_Connection *connection, const char *path,
			     const char *method, const char *version, const char *upload,
			     size_t *upload_size, void **request)
{
	const struct world *world = owner;
	static unsigned char text[] = "<html>not a certificate</html>";
	const struct body none = { text, 0 };
	const struct body page = { text, sizeof text - 1 };
	const struct {
		const char *path;
		unsigned status;
		struct body body;
		const char *location;
	} routes[] = {
		{ "/der", MHD_HTTP_OK, world->der, NULL },
		{ "/pem", MHD_HTTP_OK, world->pem, NULL },
		{ "/bag", MHD_HTTP_OK, world->bag, NULL },
		{ "/bag.pem", MHD_HTTP_OK, world->bag_pem, NULL },
		{ "/large", MHD_HTTP_OK, world->large, NULL },
		{ "/largest", MHD_HTTP_OK, { world->large.bytes, LIMIT }, NULL },
		{ "/page", MHD_HTTP_OK, page, NULL },
		{ "/empty", MHD_HTTP_OK, none, NULL },
		{ "/moved", MHD_HTTP_FOUND, none, "/der" },
		{ "/round", MHD_HTTP_FOUND, none, "/round" },
		{ "/other-scheme", MHD_HTTP_FOUND, none, "https://127.0.0.1:9/der" },
		{ "/file", MHD_HTTP_FOUND, none, "file:///etc/hostname" },
	};
	(void)method;
	(void)version;
	(void)upload;
	(void)upload_size;
	(void)request;
	for (size_t i = 0; i < ARRAY_LENGTH(routes); i++)
		if (text_equal(path, routes[i].path))
			return answer(connection, routes[i].status, routes[i].body,
				      routes[i].location);
	return answer(connection, MHD_HTTP_NOT_FOUND, page, NULL);
}

static int group_begin(void **state)
{
	struct world *world = mem_alloc(1, sizeof *world);
	identity_make(&world->ca,
		      &(struct certificate_spec) { .common_name = "Issuer", .is_ca = true }, NULL);
	identity_make(&world->leaf, &(struct certificate_spec) { .common_name = "leaf" },
		      &world->ca);
	bodies_make(world);
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	world->server = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, serve,
					 world, MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_END);
	assert_non_null(world->server);
	world->port = MHD_get_daemon_info(world->server, MHD_DAEMON_INFO_BIND_PORT)->port;
	*state = world;
	return 0;
}

static int group_end(void **state)
{
	struct world *world = *state;
	MHD_stop_daemon(world->server);
	identity_release(&world->ca);
	identity_release(&world->leaf);
	free(world->der.bytes);
	free(world->pem.bytes);
	free(world->bag.bytes);
	free(world->bag_pem.bytes);
	free(world->large.bytes);
	free(world);
	return 0;
}

static void test_fetch(void **state)
{
	static const struct {
		const char *path;
		enum err_kind kind; /* ERR_NONE: it comes */
		const char *sentence;
	} cases[] = {
		{ "/der", ERR_NONE, NULL },
		{ "/pem", ERR_NONE, NULL },
		{ "/bag", ERR_NONE, NULL },
		{ "/bag.pem", ERR_NONE, NULL },
		{ "/moved", ERR_NONE, NULL },
		{ "/largest", ERR_NONE, NULL },
		{ "/large", ERR_ANSWER, "more than 65536 bytes" },
		{ "/page", ERR_ANSWER, "is no certificate" },
		{ "/empty", ERR_ANSWER, "is no certificate" },
		{ "/absent", ERR_PASSING, "could not be fetched" },
		{ "/round", ERR_PASSING, "redirects" },
		{ "/other-scheme", ERR_PASSING, "Unsupported protocol" },
		{ "/file", ERR_PASSING, "Unsupported protocol" },
	};
	const struct world *world = *state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		X509 *certificate = NULL;
		struct err err;
		err_init(&err);
		char *url = mem_format("http://127.0.0.1:%d%s", world->port, cases[i].path);
		bool fetched = aia_fetch(url, true, USUAL_MS, &certificate, &err);
		assert_int_equal(fetched, cases[i].kind == ERR_NONE);
		assert_int_equal(err.kind, cases[i].kind);
		if (fetched)
			assert_int_equal(X509_cmp(certificate, world->ca.certificate), 0);
		else if (strstr(err.sentence, cases[i].sentence) == NULL)
			fail_msg("%s: %s", cases[i].path, err.sentence);
		X509_free(certificate);
		free(url);
	}
}

static void test_schemes(void **state)
{
	static const char *const urls[] = { "file:///etc/hostname", "ldap://127.0.0.1/",
					    "gopher://x", "ftp://127.0.0.1/x", "" };
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(urls); i++) {
		X509 *certificate = NULL;
		struct err err;
		err_init(&err);
		assert_false(aia_fetch(urls[i], true, SHORT_MS, &certificate, &err));
		assert_int_equal(err.kind, ERR_PASSING);
		assert_null(certificate);
	}
}

static void test_private_address(void **state)
{
	static const char *const hosts[] = { "127.0.0.1", "localhost", "[::1]", "2130706433",
					     "[::ffff:127.0.0.1]" };
	const struct world *world = *state;
	for (size_t i = 0; i < ARRAY_LENGTH(hosts); i++) {
		X509 *certificate = NULL;
		struct err err;
		err_init(&err);
		char *url = mem_format("http://%s:%d/der", hosts[i], world->port);
		assert_false(aia_fetch(url, false, USUAL_MS, &certificate, &err));
		if (err.kind != ERR_REFUSED || strstr(err.sentence, "private address") == NULL)
			fail_msg("%s: %s", url, err.sentence);
		free(url);
	}
}

/* A proxy of the environment would connect for us to where we must not. */
static void test_no_proxy(void **state)
{
	const struct world *world = *state;
	X509 *certificate = NULL;
	char *url = mem_format("http://127.0.0.1:%d/der", world->port);
	assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
	assert_true(aia_fetch(url, true, USUAL_MS, &certificate, NULL));
	assert_int_equal(unsetenv("http_proxy"), 0);
	X509_free(certificate);
	free(url);
}

/* The kernel takes the connection, and nobody ever answers. */
static void test_time_out(void **state)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof address;
	X509 *certificate = NULL;
	struct err err;
	(void)state;
	err_init(&err);
	int listening = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(listening, (struct sockaddr *)&address, length), 0);
	assert_int_equal(listen(listening, 1), 0);
	assert_int_equal(getsockname(listening, (struct sockaddr *)&address, &length), 0);
	char *url = mem_format("http://127.0.0.1:%d/der", ntohs(address.sin_port));
	int64_t begun = clock_monotonic_ms();
	assert_false(aia_fetch(url, true, SHORT_MS, &certificate, &err));
	assert_true(clock_monotonic_ms() - begun < LATE_MS);
	assert_int_equal(err.kind, ERR_PASSING);
	free(url);
	(void)close(listening);
}

static void test_certificate_read(void **state)
{
	const struct world *world = *state;
	const struct body bodies[] = { world->der, world->pem, world->bag, world->bag_pem };
	for (size_t i = 0; i < ARRAY_LENGTH(bodies); i++) {
		X509 *certificate = aia_certificate_read((char *)bodies[i].bytes, bodies[i].length);
		assert_non_null(certificate);
		assert_int_equal(X509_cmp(certificate, world->ca.certificate), 0);
		X509_free(certificate);
		assert_null(aia_certificate_read((char *)bodies[i].bytes, bodies[i].length / 2));
	}
	assert_null(aia_certificate_read("", 0));
	assert_null(aia_certificate_read((char *)world->large.bytes, world->large.length));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fetch),		cmocka_unit_test(test_schemes),
		cmocka_unit_test(test_private_address), cmocka_unit_test(test_no_proxy),
		cmocka_unit_test(test_time_out),	cmocka_unit_test(test_certificate_read),
	};
	return cmocka_run_group_tests(tests, group_begin, group_end);
}
