/* The practice SIP servers as an OpenSSL client of the test's own meets them: certificates, client
 * certificates, OPTIONS, bounds, and what is left when they end. */
#include "sandbox/sip_servers.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "sandbox/sandbox.h"
#include "tests/support/certificates.h"
#include "tests/support/fast_clock.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

enum {
	WAIT_S = 20,
	PLACES = 64,	    /* connections at once */
	READ_MAX = 8192,    /* bytes of one connection */
	CLOCK_FACTOR = 100, /* a connection's 10 s are over in 100 ms */
	POKE_MS = 20,
	SOON_MS = 5000, /* before a connection's time is over */
};

static const char OPTIONS[] =
	"OPTIONS sip:probe@practice.example;transport=tls SIP/2.0\r\n"
	"Via: SIP/2.0/TLS 127.0.0.1:5061;branch=z9hG4bKpractice\r\nMax-Forwards: 70\r\n"
	"From: <sip:probe@127.0.0.1>;tag=1\r\nTo: <sip:probe@practice.example>\r\n"
	"Call-ID: 1@127.0.0.1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";

static const struct {
	const char *hostname;
	const char *name; /* the certificate's DNS name; NULL: no TLS */
	long verify;	  /* what OpenSSL's own verification says */
	int sent;	  /* certificates */
	bool asks;	  /* for a client certificate */
	const char *expect;
} CASES[] = {
	{ "sip.acme.example", "sip.acme.example", X509_V_OK, 2, false, "pass" },
	{ "edge.clinic.example", "edge.clinic.example", X509_V_OK, 2, false, "pass" },
	{ "voice.outlet.example", "voice.outlet.example", X509_V_OK, 2, false, "pass" },
	{ "old-pbx.agency.example", "old-pbx.agency.example", X509_V_OK, 2, false, "pass" },
	{ "sip.bakery.example", "voice.bakery.example", X509_V_ERR_HOSTNAME_MISMATCH, 2, false,
	  "CRT-1" },
	{ "expired.acme.example", "expired.acme.example", X509_V_ERR_CERT_HAS_EXPIRED, 2, false,
	  "CRT-7" },
	{ "chain.acme.example", "chain.acme.example", X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
	  1, false, "CRT-9" },
	{ "asks.acme.example", "asks.acme.example", X509_V_OK, 2, true, "MTLS-3" },
	{ "plain.acme.example", NULL, X509_V_OK, 0, false, "TLS-1" },
};

enum { GOOD = 0, CHAIN = 6, ASKS = 7, PLAIN = 8 };

struct stand {
	struct sandbox *sandbox;
	struct sip_servers *servers;
	pthread_t thread;
	int end[2];
};

static void *stand_serve(void *owner)
{
	struct stand *stand = owner;
	struct pollfd ends[] = { { .fd = stand->end[0], .events = POLLIN }, { .fd = -1 } };
	struct err err;
	bool is_done = sip_servers_serve(stand->servers, ends, ARRAY_LENGTH(ends), &err);
	return is_done && ends[0].revents != 0 ? stand : NULL;
}

static void stand_start(struct stand *stand)
{
	struct err err;
	stand->sandbox = sandbox_start("127.0.0.1", 0, &err);
	assert_non_null(stand->sandbox);
	stand->servers = sandbox_sip_servers(stand->sandbox);
	assert_int_equal(pipe2(stand->end, O_CLOEXEC), 0);
	assert_int_equal(pthread_create(&stand->thread, NULL, stand_serve, stand), 0);
}

static void stand_stop(struct stand *stand)
{
	void *result = NULL;
	(void)close(stand->end[1]); /* as a reader that goes away */
	assert_int_equal(pthread_join(stand->thread, &result), 0);
	assert_ptr_equal(result, stand);
	sandbox_stop(stand->sandbox);
	(void)close(stand->end[0]);
}

static int connect_to(const struct stand *stand, size_t server)
{
	struct sockaddr_in name = { .sin_family = AF_INET,
				    .sin_port = htons(sip_servers_port(stand->servers, server)),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval wait = { .tv_sec = WAIT_S };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait), 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)&name, sizeof name), 0);
	return fd;
}

struct client {
	SSL_CTX *context;
	SSL *ssl;
	int fd;
	bool was_asked;
};

static int asked_note(SSL *ssl, X509 **certificate, EVP_PKEY **key)
{
	struct client *client = SSL_get_app_data(ssl);
	(void)certificate;
	(void)key;
	client->was_asked = true;
	return 0; /* none is sent */
}

/* Ready to connect; `own`: the certificate it has to show, or NULL. */
static void client_open(struct client *client, const struct stand *stand, size_t server,
			const struct identity *own)
{
	*client = (struct client) { .context = SSL_CTX_new(TLS_client_method()),
				    .fd = connect_to(stand, server) };
	assert_int_equal(
		SSL_CTX_load_verify_file(client->context, sip_servers_ca_file(stand->servers)), 1);
	if (own == NULL)
		SSL_CTX_set_client_cert_cb(client->context, asked_note);
	client->ssl = SSL_new(client->context);
	(void)SSL_set_app_data(client->ssl, client);
	if (own != NULL)
		assert_int_equal(
			SSL_use_cert_and_key(client->ssl, own->certificate, own->key, NULL, 1), 1);
	assert_int_equal(SSL_set_fd(client->ssl, client->fd), 1);
	assert_int_equal(SSL_set1_host(client->ssl, SIP_SERVERS[server].hostname), 1);
	assert_int_equal(SSL_set_tlsext_host_name(client->ssl, SIP_SERVERS[server].hostname), 1);
}

static void client_close(struct client *client)
{
	SSL_free(client->ssl);
	SSL_CTX_free(client->context);
	(void)close(client->fd);
}

/* Reads up to an empty line; `text` may hold more. */
static void answer_read(struct client *client, struct str *text)
{
	char bytes[1024];
	while (strstr(text->bytes, "\r\n\r\n") == NULL) {
		int got = client->ssl == NULL ? (int)recv(client->fd, bytes, sizeof bytes, 0)
					      : SSL_read(client->ssl, bytes, (int)sizeof bytes);
		assert_true(got > 0);
		str_append(text, bytes, (size_t)got);
	}
}

static void expect_ok(const struct str *text)
{
	assert_memory_equal(text->bytes, "SIP/2.0 200 OK\r\n", 16);
	assert_non_null(strstr(text->bytes, "branch=z9hG4bKpractice\r\n"));
	assert_non_null(strstr(text->bytes, "\r\nCall-ID: 1@127.0.0.1\r\n"));
	assert_non_null(strstr(text->bytes, "\r\nCSeq: 1 OPTIONS\r\n"));
	assert_non_null(strstr(text->bytes, "\r\nServer: sipdesk practice\r\n"));
}

/* Twice on one connection: it stays open between requests. */
static void options_are_answered(struct client *client)
{
	for (int i = 0; i < 2; i++) {
		struct str text;
		str_init(&text);
		assert_int_equal(SSL_write(client->ssl, OPTIONS, (int)strlen(OPTIONS)),
				 (int)strlen(OPTIONS));
		answer_read(client, &text);
		expect_ok(&text);
		str_release(&text);
	}
}

static void expect_only_name(X509 *certificate, const char *name)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	assert_non_null(names);
	assert_int_equal(sk_GENERAL_NAME_num(names), 1);
	assert_int_equal(sk_GENERAL_NAME_value(names, 0)->type, GEN_DNS);
	GENERAL_NAMES_free(names);
	assert_int_equal(X509_check_host(certificate, name, 0, X509_CHECK_FLAG_NO_WILDCARDS, NULL),
			 1);
}

static void servers_behave_as_listed(void **state)
{
	struct stand stand;
	(void)state;
	assert_int_equal(SIP_SERVER_COUNT, ARRAY_LENGTH(CASES));
	stand_start(&stand);
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		assert_string_equal(SIP_SERVERS[i].hostname, CASES[i].hostname);
		assert_string_equal(SIP_SERVERS[i].expect, CASES[i].expect);
		if (CASES[i].name == NULL)
			continue;
		for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
			struct client client;
			client_open(&client, &stand, i, NULL);
			assert_int_equal(SSL_set_min_proto_version(client.ssl, version), 1);
			assert_int_equal(SSL_set_max_proto_version(client.ssl, version), 1);
			assert_int_equal(SSL_connect(client.ssl), 1);
			assert_int_equal(SSL_get_verify_result(client.ssl), CASES[i].verify);
			assert_int_equal(sk_X509_num(SSL_get_peer_cert_chain(client.ssl)),
					 CASES[i].sent);
			expect_only_name(SSL_get0_peer_certificate(client.ssl), CASES[i].name);
			assert_int_equal(client.was_asked, CASES[i].asks);
			options_are_answered(&client);
			client_close(&client);
		}
	}
	stand_stop(&stand);
}

/* It lets in who shows none, and refuses any that is shown (as Kamailio's verify_certificate=1). */
static void a_client_certificate_is_refused(void **state)
{
	static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
	struct identity own;
	struct stand stand;
	(void)state;
	identity_make(&own, &(struct certificate_spec) { .common_name = "throw-away" }, NULL);
	stand_start(&stand);
	for (size_t i = 0; i < ARRAY_LENGTH(versions); i++) {
		struct client client;
		char byte;
		client_open(&client, &stand, ASKS, &own);
		assert_int_equal(SSL_set_min_proto_version(client.ssl, versions[i]), 1);
		assert_int_equal(SSL_set_max_proto_version(client.ssl, versions[i]), 1);
		ERR_clear_error();
		if (SSL_connect(client.ssl) == 1) { /* 1.3 refuses only now */
			(void)SSL_write(client.ssl, OPTIONS, (int)strlen(OPTIONS));
			assert_true(SSL_read(client.ssl, &byte, 1) <= 0);
		}
		assert_int_equal(ERR_GET_REASON(ERR_peek_error()), SSL_R_TLSV1_ALERT_UNKNOWN_CA);
		client_close(&client);
	}
	stand_stop(&stand);
	identity_release(&own);
}

static void the_plain_one_speaks_plainly(void **state)
{
	struct stand stand;
	struct client client;
	struct str text;
	(void)state;
	stand_start(&stand);
	client_open(&client, &stand, PLAIN, NULL);
	ERR_clear_error();
	assert_true(SSL_connect(client.ssl) < 0);
	assert_int_equal(ERR_GET_REASON(ERR_peek_error()), SSL_R_WRONG_VERSION_NUMBER);
	client_close(&client);

	str_init(&text);
	client = (struct client) { .fd = connect_to(&stand, PLAIN) };
	assert_int_equal(send(client.fd, "\x16\x03\x01\x02", 4, 0), 4);
	answer_read(&client, &text);
	assert_memory_equal(text.bytes, "SIP/2.0 400 ", 12);
	(void)close(client.fd);

	str_clear(&text);
	client.fd = connect_to(&stand, PLAIN);
	assert_int_equal(send(client.fd, OPTIONS, strlen(OPTIONS), 0), (ssize_t)strlen(OPTIONS));
	answer_read(&client, &text);
	expect_ok(&text);
	(void)close(client.fd);
	str_release(&text);
	stand_stop(&stand);
}

static size_t body_take(char *bytes, size_t size, size_t count, void *owner)
{
	str_append(owner, bytes, size * count);
	return size * count;
}

static X509 *certificate_fetch(const char *url)
{
	struct str body;
	char *type = NULL;
	CURL *curl = curl_easy_init();
	str_init(&body);
	assert_int_equal(curl_easy_setopt(curl, CURLOPT_URL, url), CURLE_OK);
	assert_int_equal(curl_easy_setopt(curl, CURLOPT_PROXY, ""), CURLE_OK);
	assert_int_equal(curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L), CURLE_OK);
	assert_int_equal(curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L), CURLE_OK);
	assert_int_equal(curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)WAIT_S), CURLE_OK);
	assert_int_equal(curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, body_take), CURLE_OK);
	assert_int_equal(curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body), CURLE_OK);
	assert_int_equal(curl_easy_perform(curl), CURLE_OK);
	assert_int_equal(curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type), CURLE_OK);
	assert_string_equal(type, "application/pkix-cert");
	curl_easy_cleanup(curl);
	const unsigned char *der = (const unsigned char *)body.bytes;
	X509 *certificate = d2i_X509(NULL, &der, (long)body.length);
	assert_non_null(certificate);
	str_release(&body);
	return certificate;
}

/* Only the server that hides its issuer says where to fetch it, and there it is. */
static void the_hidden_issuer_is_served(void **state)
{
	struct stand stand;
	(void)state;
	stand_start(&stand);
	for (size_t i = 0; i < PLAIN; i++) {
		struct client client;
		client_open(&client, &stand, i, NULL);
		assert_int_equal(SSL_connect(client.ssl), 1);
		X509 *leaf = SSL_get0_peer_certificate(client.ssl);
		STACK_OF(OPENSSL_STRING) *urls = X509_get1_ocsp(leaf);
		assert_null(urls);
		AUTHORITY_INFO_ACCESS *access = X509_get_ext_d2i(leaf, NID_info_access, NULL, NULL);
		assert_int_equal(access != NULL, i == CHAIN);
		if (access != NULL) {
			const ACCESS_DESCRIPTION *first = sk_ACCESS_DESCRIPTION_value(access, 0);
			assert_int_equal(OBJ_obj2nid(first->method), NID_ad_ca_issuers);
			X509 *issuer = certificate_fetch((const char *)ASN1_STRING_get0_data(
				first->location->d.uniformResourceIdentifier));
			assert_int_equal(X509_check_issued(issuer, leaf), X509_V_OK);
			assert_int_equal(X509_verify(leaf, X509_get0_pubkey(issuer)), 1);
			X509_free(issuer);
			AUTHORITY_INFO_ACCESS_free(access);
		}
		client_close(&client);
	}
	stand_stop(&stand);
}

static bool is_readable(int fd, int wait_ms)
{
	struct pollfd one = { .fd = fd, .events = POLLIN };
	return poll(&one, 1, wait_ms) == 1;
}

/* With every place taken one more client waits, and is served when a place is free. */
static void places_are_bounded(void **state)
{
	struct stand stand;
	struct str text;
	int idle[PLACES];
	(void)state;
	stand_start(&stand);
	str_init(&text);
	for (size_t i = 0; i < PLACES; i++) {
		idle[i] = connect_to(&stand, PLAIN);
		assert_int_equal(send(idle[i], OPTIONS, strlen(OPTIONS), 0),
				 (ssize_t)strlen(OPTIONS));
		assert_true(is_readable(idle[i], WAIT_S * 1000));
	}
	struct client more = { .fd = connect_to(&stand, PLAIN) };
	assert_int_equal(send(more.fd, OPTIONS, strlen(OPTIONS), 0), (ssize_t)strlen(OPTIONS));
	assert_false(is_readable(more.fd, 5 * POKE_MS));
	(void)close(idle[0]);
	answer_read(&more, &text);
	expect_ok(&text);
	for (size_t i = 1; i < PLACES; i++)
		(void)close(idle[i]);
	(void)close(more.fd);
	str_release(&text);
	stand_stop(&stand);
}

/* The server has nothing more to say, soon, and says so in good order. */
static void expect_end(int fd)
{
	char byte;
	assert_true(is_readable(fd, SOON_MS));
	assert_int_equal(recv(fd, &byte, 1, 0), 0);
}

/* Endless headers are given up, whether or not they are encrypted. */
static void requests_are_bounded(void **state)
{
	static const size_t servers[] = { GOOD, PLAIN };
	char header[64];
	struct stand stand;
	(void)state;
	memset(header, 'x', sizeof header);
	stand_start(&stand);
	for (size_t i = 0; i < ARRAY_LENGTH(servers); i++) {
		struct client client = { .fd = -1 };
		if (servers[i] == PLAIN) {
			client.fd = connect_to(&stand, PLAIN);
		} else {
			client_open(&client, &stand, servers[i], NULL);
			assert_int_equal(SSL_connect(client.ssl), 1);
		}
		for (size_t sent = 0; sent < READ_MAX; sent += sizeof header) {
			assert_false(is_readable(client.fd, 0));
			ssize_t put = client.ssl == NULL
					      ? send(client.fd, header, sizeof header, 0)
					      : SSL_write(client.ssl, header, (int)sizeof header);
			assert_int_equal(put, (ssize_t)sizeof header);
		}
		expect_end(client.fd);
		client_close(&client);
	}
	/* What had come beyond the bound does not turn the end into a reset. */
	char much[READ_MAX + READ_MAX / 2];
	memset(much, 'x', sizeof much);
	int fd = connect_to(&stand, PLAIN);
	assert_int_equal(send(fd, much, sizeof much, 0), (ssize_t)sizeof much);
	expect_end(fd);
	(void)close(fd);
	stand_stop(&stand);
}

static void silent_clients_are_left(void **state)
{
	struct stand stand;
	(void)state;
	fast_clock_set(CLOCK_FACTOR);
	stand_start(&stand);
	int silent = connect_to(&stand, GOOD);
	bool is_over = false;
	for (int waited = 0; !is_over && waited < WAIT_S * 1000; waited += POKE_MS) {
		is_over = is_readable(silent, POKE_MS);
		(void)close(connect_to(&stand, PLAIN)); /* poll() waits by the real clock */
	}
	char byte;
	assert_int_equal(recv(silent, &byte, 1, 0), 0);
	(void)close(silent);
	stand_stop(&stand);
	fast_clock_set(1);
}

static void nothing_is_left(void **state)
{
	struct err err;
	struct stat status;
	(void)state;
	char folder[] = "/tmp/sipdesk-test-XXXXXX";
	char *kept = mem_text(getenv("TMPDIR"));
	assert_non_null(mkdtemp(folder));
	assert_int_equal(setenv("TMPDIR", folder, 1), 0);
	struct sip_servers *servers = sip_servers_start("http://127.0.0.1:1/", &err);
	assert_non_null(servers);
	char *ca_file = mem_text(sip_servers_ca_file(servers));
	assert_int_equal(strncmp(ca_file, folder, strlen(folder)), 0);
	assert_int_equal(stat(ca_file, &status), 0);
	char *own_folder = mem_text_n(ca_file, (size_t)(strrchr(ca_file, '/') - ca_file));
	assert_int_equal(stat(own_folder, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0700);
	sip_servers_stop(servers);
	assert_int_equal(access(ca_file, F_OK), -1);
	assert_int_equal(access(own_folder, F_OK), -1);
	assert_int_equal(rmdir(folder), 0); /* nothing else is in it either */

	assert_null(sip_servers_start("http://127.0.0.1:1/", &err));
	assert_int_equal(err.kind, ERR_IO);
	assert_non_null(strstr(err.sentence, folder));
	assert_null(sandbox_start("127.0.0.1", 0, &err));
	if (kept == NULL)
		assert_int_equal(unsetenv("TMPDIR"), 0);
	else
		assert_int_equal(setenv("TMPDIR", kept, 1), 0);
	free(kept);
	free(ca_file);
	free(own_folder);
}

static void the_ready_file_lists_them(void **state)
{
	struct err err;
	struct json_doc doc;
	(void)state;
	struct sandbox *sandbox = sandbox_start("127.0.0.1", 0, &err);
	assert_non_null(sandbox);
	const struct sip_servers *servers = sandbox_sip_servers(sandbox);
	char *json = sandbox_ready_json(sandbox);
	assert_true(json_doc_parse(&doc, json, strlen(json), &err));
	const cJSON *list = json_member(doc.root, "sip");
	assert_int_equal(cJSON_GetArraySize(list), ARRAY_LENGTH(CASES));
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		const cJSON *entry = cJSON_GetArrayItem(list, (int)i);
		char *port = mem_format("%u", (unsigned int)sip_servers_port(servers, i));
		assert_string_equal(json_text(json_member(entry, "hostname")), CASES[i].hostname);
		assert_string_equal(json_text(json_member(entry, "address")), "127.0.0.1");
		assert_string_equal(json_text(json_member(entry, "port")), port);
		assert_string_equal(json_text(json_member(entry, "ca_file")),
				    sip_servers_ca_file(servers));
		assert_string_equal(json_text(json_member(entry, "expect")), CASES[i].expect);
		free(port);
	}
	json_doc_release(&doc);
	free(json);
	sandbox_stop(sandbox);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(servers_behave_as_listed),
		cmocka_unit_test(a_client_certificate_is_refused),
		cmocka_unit_test(the_plain_one_speaks_plainly),
		cmocka_unit_test(the_hidden_issuer_is_served),
		cmocka_unit_test(places_are_bounded),
		cmocka_unit_test(requests_are_bounded),
		cmocka_unit_test(silent_clients_are_left),
		cmocka_unit_test(the_ready_file_lists_them),
		cmocka_unit_test(nothing_is_left),
	};
	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
