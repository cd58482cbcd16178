/*
 * `sipdesk check` against servers that others have written: Kamailio, OpenSSL's and GnuTLS's own,
 * nginx as the wrong kind, dnsmasq for names. What is not installed is said, and left out.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "tests/support/check_outcome.h"
#include "tests/support/child.h"
#include "tests/support/lab.h"
#include "tests/support/name_server.h"
#include "tests/support/run.h"
#include "tests/support/session.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	START_MS = 15000,
	HANG_MS = 40000,
	FILE_MODE = 0600,
	ARGUMENTS_MAX = 32,
	EXIT_PASS = 0,
	EXIT_WARN = 1,
	EXIT_FAIL = 2,
	EXIT_UNKNOWN = 3,
};

/* Certificates for the servers: chain.pem and key.pem are good, other.pem and other-key.pem too,
 * but not the same, root.pem is their root. */
struct folder {
	char *path;
	char *ca_file;
};

static struct folder folder;

static void text_write(const char *name, const char *text)
{
	struct err err;
	err_init(&err);
	char *path = mem_format("%s/%s", folder.path, name);
	if (!file_write_whole(path, text, strlen(text), FILE_MODE, &err))
		fail_msg("%s", err.sentence);
	free(path);
}

static void identity_write(const struct lab_authorities *authorities, const char *names,
			   const char *chain_name, const char *key_name)
{
	const struct lab_certificate recipe = { .leaf.names = names };
	struct lab_identity identity;
	struct str chain;
	str_init(&chain);
	lab_identity_make(&identity, &recipe, authorities, 0);
	for (int i = 0; i < sk_X509_num(identity.chain); i++) {
		char *pem = certificate_pem(sk_X509_value(identity.chain, i));
		str_add(&chain, pem);
		free(pem);
	}
	text_write(chain_name, chain.bytes);
	char *key = certificate_key_pem(identity.key);
	text_write(key_name, key);
	free(key);
	str_release(&chain);
	lab_identity_release(&identity);
}

static int folder_set_up(void **state)
{
	static const char NAMES[] =
		"DNS:" LAB_HOSTNAME ",DNS:private.lab.example,"
		"DNS:alias.lab.example,DNS:many.lab.example,DNS:two.lab.example";
	struct lab_authorities authorities;
	(void)state;
	folder.path = child_folder_make();
	if (folder.path == NULL)
		return -1;
	folder.ca_file = mem_format("%s/root.pem", folder.path);
	lab_authorities_make(&authorities);
	char *root = certificate_pem(authorities.root.certificate);
	text_write("root.pem", root);
	identity_write(&authorities, NAMES, "chain.pem", "key.pem");
	identity_write(&authorities, NAMES, "other.pem", "other-key.pem");
	free(root);
	lab_authorities_release(&authorities);
	return 0;
}

static int folder_tear_down(void **state)
{
	(void)state;
	child_folder_remove(folder.path);
	free(folder.ca_file);
	free(folder.path);
	return 0;
}

/* A port of 127.0.0.1 that nobody has just now. */
static uint16_t port_free(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, length), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
	(void)close(fd);
	return ntohs(address.sin_port);
}

/* `text` with {port} and {folder} filled in. */
static char *filled(const char *text, uint16_t port)
{
	struct str out;
	str_init(&out);
	while (*text != '\0') {
		if (text_starts_with(text, "{port}")) {
			str_addf(&out, "%u", (unsigned)port);
			text += strlen("{port}");
		} else if (text_starts_with(text, "{folder}")) {
			str_add(&out, folder.path);
			text += strlen("{folder}");
		} else {
			str_add_char(&out, *text++);
		}
	}
	return str_detach(&out);
}

struct peer_file {
	const char *name;
	const char *text; /* NULL: no file */
};

struct peer_program {
	struct peer_file files[2];
	const char *arguments[ARGUMENTS_MAX];
	bool binds_everywhere;
};

/* Starts it and waits until it listens; false with a line on stderr. */
static bool program_start(struct run *run, const struct peer_program *program, uint16_t port)
{
	char *arguments[ARGUMENTS_MAX + 1] = { 0 };
	char *shim = session_built("tests/shim/bind_loopback.so");
	char *preload = mem_format("LD_PRELOAD=%s", shim);
	const char *environment[] = { program->binds_everywhere ? preload : NULL, NULL };
	for (size_t i = 0; i < ARRAY_LENGTH(program->files); i++) {
		if (program->files[i].text == NULL)
			continue;
		char *text = filled(program->files[i].text, port);
		text_write(program->files[i].name, text);
		free(text);
	}
	for (size_t i = 0; i < ARGUMENTS_MAX && program->arguments[i] != NULL; i++)
		arguments[i] = filled(program->arguments[i], port);
	run_start(run, (const char *const *)arguments, environment);
	bool is_listening = run_wait_listening(run, port, START_MS);
	if (!is_listening) {
		run_stop(run);
		(void)fprintf(stderr, "%s does not listen: %s%s\n", arguments[0], run->output.bytes,
			      run->errors.bytes);
	}
	for (size_t i = 0; i < ARGUMENTS_MAX; i++)
		free(arguments[i]);
	free(preload);
	free(shim);
	return is_listening;
}

struct expectation {
	const char *headline_id;
	int exit_code;
	const char *also[3]; /* "CRT-24 warn" */
	const char *says;
};

/* Runs `sipdesk check` with these, --json and the root. Whoever calls ends the servers, then
 * asserts: they would outlive a test that fails. */
static bool is_told(const char *name, const char *const *given, const struct expectation *expected)
{
	char *program = session_built("sipdesk");
	const char *arguments[ARGUMENTS_MAX] = { program, "check", "--json", "--ca-file",
						 folder.ca_file };
	for (size_t i = 0; given[i] != NULL; i++)
		arguments[5 + i] = given[i];
	struct run run;
	struct check_outcome outcome;
	run_start(&run, arguments, NULL);
	bool is_right = run_finish(&run, HANG_MS);
	is_right &= check_outcome_read(&outcome, &run.output);
	is_right &= strcmp(outcome.headline_id, expected->headline_id) == 0;
	is_right &= run.status == expected->exit_code;
	is_right &= expected->says == NULL || strstr(outcome.headline, expected->says) != NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(expected->also) && expected->also[i] != NULL; i++)
		is_right &= check_outcome_has(&outcome, expected->also[i]);
	if (!is_right)
		(void)fprintf(stderr, "%s: expected %s, exit code %d; exit code %d:\n%s%s\n", name,
			      expected->headline_id, expected->exit_code, run.status,
			      run.output.bytes, run.errors.bytes);
	check_outcome_release(&outcome);
	run_release(&run);
	free(program);
	return is_right;
}

static void skip_without(const char *program)
{
	if (run_is_installed(program))
		return;
	print_message("%s is not installed: nothing was tried with it.\n", program);
	skip();
}

static void assert_server_is_told(const char *name, const struct peer_program *program,
				  const char *timeout, const struct expectation *expected)
{
	struct run server;
	uint16_t port = port_free();
	char *connect = mem_format("127.0.0.1:%u", (unsigned)port);
	const char *const given[] = { LAB_HOSTNAME, "--connect",
				      connect,	    timeout == NULL ? NULL : "--timeout",
				      timeout,	    NULL };
	bool is_right = program_start(&server, program, port) && is_told(name, given, expected);
	run_release(&server);
	free(connect);
	assert_true(is_right);
}

/* ---- Kamailio -------------------------------------------------------------------------------- */

static const char KAMAILIO[] = "debug=0\n"
			       "log_stderror=yes\n"
			       "children=1\n"
			       "tcp_children=2\n"
			       "disable_core_dump=yes\n"
			       "enable_tls=yes\n"
			       "listen=tls:127.0.0.1:{port}\n"
			       "loadmodule \"tls.so\"\n"
			       "loadmodule \"sl.so\"\n"
			       "modparam(\"tls\", \"config\", \"{folder}/tls.cfg\")\n"
			       "request_route { sl_send_reply(\"200\", \"OK\"); }\n";

static const char KAMAILIO_PLAIN[] = "debug=0\n"
				     "log_stderror=yes\n"
				     "children=1\n"
				     "tcp_children=2\n"
				     "disable_core_dump=yes\n"
				     "listen=tcp:127.0.0.1:{port}\n"
				     "loadmodule \"sl.so\"\n"
				     "request_route { sl_send_reply(\"200\", \"OK\"); }\n";

#define KAMAILIO_TLS(verify, require)         \
	"[server:default]\n"                  \
	"method = TLSv1.2+\n"                 \
	"verify_certificate = " verify "\n"   \
	"require_certificate = " require "\n" \
	"private_key = {folder}/key.pem\n"    \
	"certificate = {folder}/chain.pem\n"  \
	"ca_list = {folder}/root.pem\n"

static void kamailio_is_told(void **state)
{
	static const struct {
		const char *name, *config, *tls, *timeout;
		struct expectation expected;
	} ROWS[] = {
		{ "asks nothing",
		  KAMAILIO,
		  KAMAILIO_TLS("no", "no"),
		  NULL,
		  { .headline_id = "SIP-1",
		    .exit_code = EXIT_PASS,
		    .also = { "HS-1 pass" },
		    .says = "200" } },
		{ "verifies",
		  KAMAILIO,
		  KAMAILIO_TLS("yes", "no"),
		  NULL,
		  { .headline_id = "MTLS-3", .exit_code = EXIT_FAIL } },
		{ "requires",
		  KAMAILIO,
		  KAMAILIO_TLS("no", "yes"),
		  NULL,
		  { .headline_id = "MTLS-2", .exit_code = EXIT_FAIL } },
		{ "verifies and requires",
		  KAMAILIO,
		  KAMAILIO_TLS("yes", "yes"),
		  NULL,
		  { .headline_id = "MTLS-2", .exit_code = EXIT_FAIL } },
		{ "speaks plain SIP",
		  KAMAILIO_PLAIN,
		  NULL,
		  "3",
		  { .headline_id = "TLS-2", .exit_code = EXIT_FAIL } },
	};
	(void)state;
	skip_without("kamailio");
	for (size_t i = 0; i < ARRAY_LENGTH(ROWS); i++) {
		const struct peer_program program = {
			.files = { { "kamailio.cfg", ROWS[i].config }, { "tls.cfg", ROWS[i].tls } },
			.arguments = { "kamailio", "-DD", "-E", "-f", "{folder}/kamailio.cfg", "-Y",
				       "{folder}", "-P", "{folder}/pid", "-w", "{folder}", "-m",
				       "32", "-M", "8" }
		};
		assert_server_is_told(ROWS[i].name, &program, ROWS[i].timeout, &ROWS[i].expected);
	}
}

/* ---- OpenSSL, GnuTLS, nginx ------------------------------------------------------------------ */

/* It takes one connection at a time, and answers with each line backwards. */
#define S_SERVER                                                                             \
	"openssl", "s_server", "-accept", "127.0.0.1:{port}", "-cert", "{folder}/chain.pem", \
		"-cert_chain", "{folder}/chain.pem", "-key", "{folder}/key.pem", "-rev", "-quiet"

static void openssl_is_told(void **state)
{
	static const struct {
		const char *name;
		struct peer_program program;
		struct expectation expected;
	} ROWS[] = {
		{ "backwards",
		  { .arguments = { S_SERVER } },
		  { .headline_id = "SIP-5", .exit_code = EXIT_WARN } },
		{ "requires",
		  { .arguments = { S_SERVER, "-Verify", "1" } },
		  { .headline_id = "MTLS-2", .exit_code = EXIT_FAIL } },
		{ "verifies",
		  { .arguments = { S_SERVER, "-verify", "1", "-verify_return_error" } },
		  { .headline_id = "MTLS-3", .exit_code = EXIT_FAIL } },
		{ "TLS 1.1",
		  { .arguments = { S_SERVER, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0" } },
		  { .headline_id = "HS-1", .exit_code = EXIT_FAIL } },
	};
	(void)state;
	skip_without("openssl");
	for (size_t i = 0; i < ARRAY_LENGTH(ROWS); i++)
		assert_server_is_told(ROWS[i].name, &ROWS[i].program, NULL, &ROWS[i].expected);
}

#define GNUTLS_SERV                                                                  \
	"gnutls-serv", "-q", "-p", "{port}", "--x509certfile", "{folder}/chain.pem", \
		"--x509keyfile", "{folder}/key.pem"

static void gnutls_is_told(void **state)
{
	static const struct {
		const char *name;
		struct peer_program program;
		struct expectation expected;
	} ROWS[] = {
		{ "echo",
		  { .arguments = { GNUTLS_SERV, "--echo", "-a" }, .binds_everywhere = true },
		  { .headline_id = "HS-11", .exit_code = EXIT_FAIL } },
		{ "web",
		  { .arguments = { GNUTLS_SERV, "--http", "-a" }, .binds_everywhere = true },
		  { .headline_id = "HS-10", .exit_code = EXIT_FAIL } },
		{ "requires",
		  { .arguments = { GNUTLS_SERV, "--echo", "-r" }, .binds_everywhere = true },
		  { .headline_id = "MTLS-2", .exit_code = EXIT_FAIL } },
		{ "without RFC 5746",
		  { .arguments = { GNUTLS_SERV, "--echo", "-a", "--priority",
				   "NORMAL:-VERS-TLS1.3:%DISABLE_SAFE_RENEGOTIATION" },
		    .binds_everywhere = true },
		  { .headline_id = "HS-11",
		    .exit_code = EXIT_FAIL,
		    .also = { "HS-5 fail", "HS-7 warn" } } },
		{ "without RFC 5746 below TLS 1.3",
		  { .arguments = { GNUTLS_SERV, "--echo", "-a", "--priority",
				   "NORMAL:%DISABLE_SAFE_RENEGOTIATION" },
		    .binds_everywhere = true },
		  { .headline_id = "HS-11", .exit_code = EXIT_FAIL, .also = { "HS-7 warn" } } },
	};
	(void)state;
	skip_without("gnutls-serv");
	for (size_t i = 0; i < ARRAY_LENGTH(ROWS); i++)
		assert_server_is_told(ROWS[i].name, &ROWS[i].program, NULL, &ROWS[i].expected);
}

#define NGINX_BEGIN                                                                        \
	"daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr crit;\n" \
	"events { worker_connections 64; }\n"                                              \
	"http { access_log off;\n"                                                         \
	"client_body_temp_path {folder}/n1; proxy_temp_path {folder}/n2;\n"                \
	"fastcgi_temp_path {folder}/n3; uwsgi_temp_path {folder}/n4;\n"                    \
	"scgi_temp_path {folder}/n5;\n"

#define NGINX_WITH(chain, key) \
	"ssl_certificate {folder}/" chain "; ssl_certificate_key {folder}/" key ";"

#define NGINX_ARGUMENTS                                                                \
	{                                                                              \
		"nginx", "-e", "stderr", "-p", "{folder}", "-c", "{folder}/nginx.conf" \
	}

static void nginx_is_told(void **state)
{
	static const struct {
		const char *name, *config;
		struct expectation expected;
	} ROWS[] = {
		{ "web",
		  NGINX_BEGIN "server { listen 127.0.0.1:{port}; } }\n",
		  { .headline_id = "TLS-3", .exit_code = EXIT_FAIL } },
		{ "web over TLS",
		  NGINX_BEGIN "server { listen 127.0.0.1:{port} ssl;\n" NGINX_WITH(
			  "chain.pem", "key.pem") " } }\n",
		  { .headline_id = "HS-10", .exit_code = EXIT_FAIL } },
	};
	(void)state;
	skip_without("nginx");
	for (size_t i = 0; i < ARRAY_LENGTH(ROWS); i++) {
		const struct peer_program program = { .files = { { "nginx.conf", ROWS[i].config } },
						      .arguments = NGINX_ARGUMENTS };
		assert_server_is_told(ROWS[i].name, &program, NULL, &ROWS[i].expected);
	}
}

/* ---- DNS ------------------------------------------------------------------------------------- */

/* --user=root: who changes it is not told when the test ends. */
static const struct peer_program DNSMASQ = {
	.arguments = { "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv",
		       "--no-hosts", "--port={port}", "--listen-address=127.0.0.1",
		       "--bind-interfaces", "--user=root", "--pid-file=", "--local=/lab.example/",
		       "--host-record=private.lab.example,127.0.0.1",
		       "--host-record=many.lab.example,127.0.0.1,::1",
		       "--address=/two.lab.example/127.0.0.1",
		       "--address=/two.lab.example/127.0.0.2",
		       "--cname=alias.lab.example,private.lab.example",
		       "--txt-record=text.lab.example,hello" }
};

static void names_are_told(void **state)
{
	/* One server at both IPv4 addresses, another certificate at each; nothing at ::1. */
	static const struct peer_program NGINX = {
		.files = { { "nginx.conf",
			     NGINX_BEGIN "server { listen 127.0.0.1:{port} ssl;\n" NGINX_WITH(
				     "chain.pem",
				     "key.pem") " }\n"
						"server { listen 127.0.0.2:{port} "
						"ssl;\n" NGINX_WITH("other.pem",
								    "other-key.pem") " } }\n" } },
		.arguments = NGINX_ARGUMENTS
	};
	static const struct {
		const char *hostname;
		struct expectation expected;
	} ROWS[] = {
		{ "none.lab.example", { .headline_id = "DNS-2", .exit_code = EXIT_FAIL } },
		{ "text.lab.example", { .headline_id = "DNS-3", .exit_code = EXIT_FAIL } },
		{ "refused.example", { .headline_id = "DNS-4", .exit_code = EXIT_UNKNOWN } },
		{ "private.lab.example",
		  { .headline_id = "DNS-6",
		    .exit_code = EXIT_FAIL,
		    .also = { "DNS-5 info", "HS-10 fail" } } },
		{ "alias.lab.example",
		  { .headline_id = "DNS-6",
		    .exit_code = EXIT_FAIL,
		    .also = { "DNS-7 info", "HS-10 fail" } } },
		{ "many.lab.example",
		  { .headline_id = "DNS-6",
		    .exit_code = EXIT_FAIL,
		    .also = { "DNS-9 warn", "HS-10 fail" } } },
		{ "two.lab.example",
		  { .headline_id = "DNS-6",
		    .exit_code = EXIT_FAIL,
		    .also = { "CRT-24 warn", "HS-10 fail" } } },
	};
	(void)state;
	skip_without("dnsmasq");
	skip_without("nginx");
	struct run dns;
	struct run web;
	uint16_t dns_port = port_free();
	uint16_t web_port = port_free();
	char *resolver = mem_format("127.0.0.1:%u", (unsigned)dns_port);
	bool are_right = program_start(&dns, &DNSMASQ, dns_port);
	are_right &= program_start(&web, &NGINX, web_port);
	for (size_t i = 0; i < ARRAY_LENGTH(ROWS); i++) {
		char *target = mem_format("%s:%u", ROWS[i].hostname, (unsigned)web_port);
		const char *const given[] = { target, "--dns", resolver, NULL };
		are_right &= is_told(ROWS[i].hostname, given, &ROWS[i].expected);
		free(target);
	}
	free(resolver);
	run_release(&web);
	run_release(&dns);
	assert_true(are_right);
}

static void a_resolver_in_trouble_is_told(void **state)
{
	static const struct {
		const char *name;
		int code;
		struct expectation expected;
	} ROWS[] = {
		{ "SERVFAIL",
		  2,
		  { .headline_id = "DNS-4", .exit_code = EXIT_UNKNOWN, .says = "SERVFAIL" } },
		{ "NXDOMAIN", 3, { .headline_id = "DNS-2", .exit_code = EXIT_FAIL } },
		{ "silent",
		  NAME_SERVER_SILENT,
		  { .headline_id = "DNS-4", .exit_code = EXIT_UNKNOWN } },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(ROWS); i++) {
		struct name_server server;
		assert_true(name_server_start(&server, ROWS[i].code, NULL));
		char *resolver = mem_format("127.0.0.1:%u", (unsigned)server.port);
		const char *const given[] = { LAB_HOSTNAME, "--dns", resolver,
					      "--timeout",  "3",     NULL };
		bool is_right = is_told(ROWS[i].name, given, &ROWS[i].expected);
		name_server_stop(&server);
		free(resolver);
		assert_true(is_right);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kamailio_is_told), cmocka_unit_test(openssl_is_told),
		cmocka_unit_test(gnutls_is_told),   cmocka_unit_test(nginx_is_told),
		cmocka_unit_test(names_are_told),   cmocka_unit_test(a_resolver_in_trouble_is_told),
	};
	return cmocka_run_group_tests(tests, folder_set_up, folder_tear_down);
}
