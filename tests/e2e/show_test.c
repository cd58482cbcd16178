/* `sipdesk show`: the contract of a command that scripts rely on. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "sandbox/sandbox.h"
#include "tests/support/certificates.h"
#include "tests/support/child.h"
#include "tests/support/fault_server.h"
#include "tests/support/peer.h"

#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { OUTPUT_MAX = 1024 * 1024, ENDS_MS = 15000, ARGUMENTS_MAX = 12 };

static const char KEY[] = "show-key-0123456789abcdef";

/* --- running it --------------------------------------------------------------------------------
 */

struct run {
	char *folder; /* its home, with the key file and what it wrote */
	pid_t id;
	int handle;
	int status;
	struct str out, talk;
};

static char *run_path(const struct run *run, const char *name)
{
	return mem_format("%s/%s", run->folder, name);
}

static void run_file(const struct run *run, const char *name, const char *content, unsigned mode)
{
	struct err err;
	char *path = run_path(run, name);
	assert_true(file_write_whole(path, content, strlen(content), (mode_t)mode, &err));
	free(path);
}

static void run_init(struct run *run)
{
	*run = (struct run) { .folder = child_folder_make() };
	assert_non_null(run->folder);
	str_init(&run->out);
	str_init(&run->talk);
	run_file(run, "key", KEY, 0600);
	run_file(run, "empty", "", 0600);
}

static void run_release(struct run *run)
{
	child_folder_remove(run->folder);
	free(run->folder);
	str_release(&run->out);
	str_release(&run->talk);
}

static void descriptor_open(const struct run *run, const char *name, int flags, int to)
{
	char *path = run_path(run, name);
	int fd = open(path, flags | O_CREAT | O_TRUNC * ((flags & O_WRONLY) != 0), 0600);
	if (fd < 0 || dup2(fd, to) < 0)
		_exit(127);
	free(path);
}

/* `arguments` follow "sipdesk show"; its standard input is the file `input` in the folder. */
static void run_start(struct run *run, const char *const *arguments, const char *input)
{
	struct child_environment environment;
	char *program = session_built("sipdesk");
	const char *all[ARGUMENTS_MAX + 3] = { program, "show" };
	for (size_t i = 0; i < ARGUMENTS_MAX && arguments[i] != NULL; i++)
		all[i + 2] = arguments[i];
	child_environment_init(&environment, run->folder);
	pid_t parent = getpid();
	run->id = fork();
	if (run->id == 0) {
		child_bind_to_parent(parent);
		descriptor_open(run, input, O_RDONLY, STDIN_FILENO);
		descriptor_open(run, "out", O_WRONLY, STDOUT_FILENO);
		descriptor_open(run, "talk", O_WRONLY, STDERR_FILENO);
		if (chdir(run->folder) == 0)
			(void)execve(program, (char *const *)(uintptr_t)all, environment.variables);
		_exit(127);
	}
	run->handle = child_handle(run->id);
	child_environment_release(&environment);
	free(program);
}

static void output_read(const struct run *run, const char *name, struct str *out)
{
	struct err err;
	char *path = run_path(run, name);
	str_clear(out);
	assert_true(file_read(path, OUTPUT_MAX, out, &err));
	free(path);
}

static void run_wait(struct run *run)
{
	assert_true(child_reap(run->id, run->handle, ENDS_MS, &run->status));
	(void)close(run->handle);
	output_read(run, "out", &run->out);
	output_read(run, "talk", &run->talk);
}

static void run_do(struct run *run, const char *const *arguments)
{
	run_start(run, arguments, "empty");
	run_wait(run);
}

static void assert_ascii(const struct str *text)
{
	for (size_t i = 0; i < text->length; i++) {
		unsigned char byte = (unsigned char)text->bytes[i];
		assert_true(byte == '\n' || (byte >= 0x20 && byte < 0x7f));
	}
}

static void expect_in(const struct str *text, const char *wanted)
{
	if (strstr(text->bytes, wanted) == NULL)
		fail_msg("“%s” is not in: %s", wanted, text->bytes);
}

/* --- the contract ------------------------------------------------------------------------------
 */

#define ANSWER                                                                                 \
	"{\"calling\":{\"status\":\"ENABLED\",\"x_new\":9007199254740993,\"sip\":{\"status\":" \
	"\"ENABLED\",\"servers\":[{\"hostname\":\"b\\u00fccher.example\",\"port\":5061,"       \
	"\"app_id\":12345678901234567890,\"sip_user_password\":\"planted-one\",\"password\":"  \
	"\"planted-two\",\"request_uri_user_params\":{\"tgrp\":\"b\\u001b[31m\\u00e9\"}}]}},"  \
	"\"payload_encryption\":{\"status\":\"DISABLED\"}}"

static void json_is_as_the_service_sent_it(void **state)
{
	static const char CALLING[] =
		"\"calling\":{\"status\":\"ENABLED\",\"x_new\":9007199254740993,\"sip\":{"
		"\"status\":\"ENABLED\",\"servers\":[{\"hostname\":\"b\\u00fccher.example\","
		"\"port\":5061,\"app_id\":12345678901234567890,\"sip_user_password\":\"(hidden)\","
		"\"password\":\"(hidden)\",\"request_uri_user_params\":{\"tgrp\":"
		"\"b\\u001b[31m\\u00e9\"}}]}},\"findings\":[{\"severity\":\"info\",\"path\":"
		"\"calling.sip.servers[0].hostname\",\"text\":\"b\\u00fccher.example is sent as";
	struct fault_server service;
	struct run run;
	struct json_doc doc;
	(void)state;
	fault_server_start(&service, "GET * answer 200 " ANSWER "\n");
	run_init(&run);
	run_do(&run, (const char *const[]) { "--api-url", service.url, "--key-file", "key",
					     "--json", NULL });
	assert_int_equal(run.status, 0);
	assert_string_equal(run.talk.bytes, "");
	assert_ascii(&run.out);
	assert_int_equal(run.out.bytes[run.out.length - 1], '\n');
	assert_ptr_equal(strchr(run.out.bytes, '\n'), run.out.bytes + run.out.length - 1);
	json_doc_init(&doc);
	assert_true(json_doc_parse(&doc, run.out.bytes, run.out.length, NULL));
	assert_string_equal(json_text(json_member(doc.root, "schema")), "1");
	const char *read_at = json_text(json_member(doc.root, "read_at"));
	assert_int_equal(strlen(read_at), strlen("2026-11-22T12:41:00Z"));
	assert_int_equal(read_at[10], 'T');
	assert_int_equal(read_at[19], 'Z');
	assert_true(cJSON_IsArray(json_member(doc.root, "findings")));
	json_doc_release(&doc);
	expect_in(&run.out, "{\"schema\":1,\"read_at\":\"");
	expect_in(&run.out, CALLING);
	expect_in(&run.out, "{\"severity\":\"warn\",\"path\":\"calling.sip.servers[0]."
			    "request_uri_user_params.tgrp\",\"text\":\"tgrp counts only");
	assert_null(strstr(run.out.bytes, "planted"));
	assert_null(strstr(run.out.bytes, "payload_encryption"));
	run_release(&run);
	fault_server_stop(&service);
}

static void credentials_come_only_when_asked_for(void **state)
{
	static const char SETTINGS[] =
		"settings {\"status\":\"ENABLED\",\"sip\":{\"status\":\"ENABLED\",\"servers\":[{"
		"\"hostname\":\"sip.acme.example\",\"port\":5061,\"sip_user_password\":"
		"\"planted-one\"}]}}\n";
	struct fault_server service;
	struct json_doc seen;
	(void)state;
	fault_server_start(&service, SETTINGS);
	const struct {
		const char *arguments[ARGUMENTS_MAX];
		bool shows;
	} CASES[] = {
		{ { "--api-url", service.url, "--key-file", "key", "--json" }, false },
		{ { "--api-url", service.url, "--key-file", "key" }, false },
		{ { "--api-url", service.url, "--key-file", "key", "--json",
		    "--include-credentials" },
		  true },
		{ { "--api-url", service.url, "--key-file", "key", "--include-credentials" },
		  true },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct run run;
		run_init(&run);
		run_do(&run, CASES[i].arguments);
		assert_int_equal(run.status, 0);
		assert_true((strstr(run.out.bytes, "planted-one") != NULL) == CASES[i].shows);
		assert_null(strstr(run.talk.bytes, "planted-one"));
		run_release(&run);
	}
	fault_server_state(&service, &seen);
	const cJSON *heads = json_member(seen.root, "heads");
	assert_int_equal(cJSON_GetArraySize(heads), ARRAY_LENGTH(CASES));
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		const char *head = json_text(cJSON_GetArrayItem(heads, (int)i));
		assert_true((strstr(head, "include_sip_credentials=true") != NULL) ==
			    CASES[i].shows);
		assert_non_null(strstr(head, KEY));
	}
	json_doc_release(&seen);
	fault_server_stop(&service);
}

static void the_table_is_for_people(void **state)
{
	static const char *const LINES[] = {
		"Calling                  Enabled\n",
		"SIP signalling           Enabled\n",
		"SIP server               edge.clinic.example:5061",
		"tgrp=front-desk",
		"App                    9007199254740993\n",
		"SRTP key exchange        SDES\n",
	};
	struct peer sandbox;
	struct run run;
	(void)state;
	assert_true(peer_sandbox_start(&sandbox));
	run_init(&run);
	run_file(&run, "practice", PRACTICE_NUMBERS[2].key, 0600);
	run_do(&run,
	       (const char *const[]) { "--api-url", sandbox.url, "--key-file", "practice", NULL });
	assert_int_equal(run.status, 0);
	assert_string_equal(run.talk.bytes, "");
	for (size_t i = 0; i < ARRAY_LENGTH(LINES); i++)
		expect_in(&run.out, LINES[i]);
	run_release(&run);
	assert_true(peer_stop(&sandbox));
}

/* What a service sends never moves the terminal of somebody who runs `show` by hand. */
static void a_table_is_free_of_control_characters(void **state)
{
	struct fault_server service;
	struct run run;
	(void)state;
	fault_server_start(&service,
			   "GET 1 answer 200 " ANSWER "\n"
			   "GET 2 answer 400 {\"error\":\"No \\u001b]0;pwned\\u0007 way\"}\n");
	run_init(&run);
	run_do(&run, (const char *const[]) { "--api-url", service.url, "--key-file", "key", NULL });
	assert_int_equal(run.status, 0);
	assert_null(strchr(run.out.bytes, '\033'));
	run_do(&run, (const char *const[]) { "--api-url", service.url, "--key-file", "key", NULL });
	assert_int_equal(run.status, 1);
	expect_in(&run.talk, "The service's own words: No ");
	assert_null(strchr(run.talk.bytes, '\033'));
	assert_null(strchr(run.talk.bytes, '\a'));
	run_release(&run);
	fault_server_stop(&service);
}

static void the_exit_code_tells(void **state)
{
	static const char SCRIPT[] =
		"key show-key-0123456789abcdef\n"
		"settings {\"status\":\"ENABLED\"}\n"
		"GET 1 answer 400 {\"error\":{\"code\":138000,\"message\":\"Off\"}}\n"
		"GET 2 answer 502 <html>Bad</html>\nGET 3 answer 502\nGET 4 answer 502\n"
		"GET 5 answer 200 {\"calling\":[]}\n"
		"GET 6 answer 403 {\"error\":{\"code\":10}}\n";
	struct fault_server service;
	struct run run;
	(void)state;
	fault_server_start(&service, SCRIPT);
	run_init(&run);
	run_file(&run, "wrong", "wrong-key-0123456789", 0600);
	run_file(&run, "open", KEY, 0644);
	run_file(&run, "two-lines", "key\nwith a second", 0600);
	const char *url = service.url;
	const struct {
		const char *arguments[ARGUMENTS_MAX];
		int status;
		const char *says;
	} CASES[] = {
		{ { "--api-url", url, "--key-file", "key" }, 1, "Calling is not enabled" },
		{ { "--api-url", url, "--key-file", "key" }, 5, "passing fault" },
		{ { "--api-url", url, "--key-file", "key" }, 1, "has no calling settings" },
		{ { "--api-url", url, "--key-file", "key" }, 77, "no permission" },
		{ { "--api-url", url, "--key-file", "key" }, 0, "" },
		{ { "--api-url", url, "--key-file", "wrong" }, 4, "does not take this API key" },
		{ { "--api-url", url, "--key-file", "empty" }, 65, "key" },
		{ { "--api-url", url, "--key-file", "two-lines" }, 65, "key" },
		{ { "--api-url", url, "--key-file", "absent" }, 74, "absent" },
		{ { "--api-url", "http://192.0.2.1", "--key-file", "key" }, 65, "https://" },
		{ { "--api-url", "ftp://127.0.0.1", "--key-file", "key" }, 65, "https://" },
		{ { "Nobody" }, 65, "There is no saved number named" },
		{ { NULL }, 64, "No TARGET was given" },
		{ { "--api-url", url }, 64, "No TARGET was given" },
		{ { "--api-url" }, 64, "lacks its value" },
		{ { "--api-key", "planted" }, 64, "--api-key" },
		{ { "--insecure", "--api-url", url, "--key-file", "key" }, 64, "--insecure" },
		{ { "One", "Two" }, 64, "one argument too many" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		run_do(&run, CASES[i].arguments);
		if (run.status != CASES[i].status)
			fail_msg("case %zu ended with %d: %s", i, run.status, run.talk.bytes);
		expect_in(&run.talk, CASES[i].says);
		assert_true((run.out.length == 0) == (CASES[i].status != 0));
	}
	assert_int_equal(fault_server_count(&service, "posts"), 0);
	run_release(&run);
	fault_server_stop(&service);
}

static void the_key_may_come_on_standard_input(void **state)
{
	struct fault_server service;
	struct run run;
	(void)state;
	fault_server_start(&service, "key show-key-0123456789abcdef\n"
				     "settings {\"status\":\"ENABLED\"}\n");
	run_init(&run);
	run_file(&run, "input", "D360-API-KEY: show-key-0123456789abcdef\r\n", 0600);
	run_start(&run, (const char *const[]) { "--api-url", service.url, "--key-file", "-", NULL },
		  "input");
	run_wait(&run);
	assert_int_equal(run.status, 0);
	expect_in(&run.out, "Calling                  Enabled\n");
	run_release(&run);
	fault_server_stop(&service);
}

/* --- secrets -----------------------------------------------------------------------------------
 */

static void assert_proc_has_no_key(pid_t id, const char *name)
{
	char content[65536];
	char *path = mem_format("/proc/%d/%s", (int)id, name);
	int fd = open(path, O_RDONLY);
	free(path);
	if (fd < 0) /* the kernel keeps it from us: that is as good */
		return;
	ssize_t length = read(fd, content, sizeof content);
	(void)close(fd);
	if (length > 0)
		assert_null(memmem(content, (size_t)length, KEY, strlen(KEY)));
}

static void the_key_is_in_no_argument_and_no_variable(void **state)
{
	struct fault_server service;
	struct run run;
	(void)state;
	fault_server_start(&service, "GET 1 delay 300\nsettings {\"status\":\"ENABLED\"}\n");
	run_init(&run);
	run_start(&run,
		  (const char *const[]) { "--api-url", service.url, "--key-file", "key", NULL },
		  "empty");
	while (fault_server_count(&service, "gets") == 0)
		assert_int_equal(kill(run.id, 0), 0); /* it must not end before it asks */
	assert_proc_has_no_key(run.id, "cmdline");
	assert_proc_has_no_key(run.id, "environ");
	run_wait(&run);
	assert_int_equal(run.status, 0);
	assert_null(strstr(run.out.bytes, KEY));
	assert_null(strstr(run.talk.bytes, KEY));
	run_release(&run);
	fault_server_stop(&service);
}

/* A service that repeats the key, as some gateways do in their error pages. */
static void a_key_that_comes_back_is_not_shown(void **state)
{
	struct fault_server service;
	struct run run;
	(void)state;
	fault_server_start(&service, "GET * answer 400 {\"error\":\"bad key "
				     "show-key-0123456789abcdef!\"}\n");
	run_init(&run);
	run_do(&run, (const char *const[]) { "--api-url", service.url, "--key-file", "key", NULL });
	assert_int_equal(run.status, 1);
	expect_in(&run.talk, "The service's own words: bad key (hidden)!");
	assert_null(strstr(run.talk.bytes, KEY));
	run_release(&run);
	fault_server_stop(&service);
}

/* --- TLS ---------------------------------------------------------------------------------------
 */

static _Noreturn void tls_serve(int listening, const struct identity *identity)
{
	static const char ANSWER_OVER_TLS[] =
		"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 32\r\n"
		"Connection: close\r\n\r\n{\"calling\":{\"status\":\"ENABLED\"}}";
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	(void)signal(SIGPIPE, SIG_IGN);
	(void)SSL_CTX_use_certificate(context, identity->certificate);
	(void)SSL_CTX_use_PrivateKey(context, identity->key);
	for (;;) {
		char request[4096];
		int fd = accept(listening, NULL, NULL);
		SSL *ssl = SSL_new(context);
		(void)SSL_set_fd(ssl, fd);
		if (SSL_accept(ssl) == 1 && SSL_read(ssl, request, sizeof request) > 0) {
			(void)SSL_write(ssl, ANSWER_OVER_TLS, sizeof ANSWER_OVER_TLS - 1);
			(void)SSL_shutdown(ssl);
		}
		SSL_free(ssl);
		(void)close(fd);
	}
}

static pid_t tls_server_start(const struct identity *identity, uint16_t *port)
{
	int listening = fault_server_listen(port);
	pid_t parent = getpid();
	pid_t id = fork();
	if (id == 0) {
		child_bind_to_parent(parent);
		tls_serve(listening, identity);
	}
	(void)close(listening);
	return id;
}

static void certificate_write(const struct run *run, const struct identity *identity)
{
	char *path = run_path(run, "ca.pem");
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(PEM_write_X509(file, identity->certificate), 1);
	assert_int_equal(fclose(file), 0);
	free(path);
}

static void tls_is_verified_and_a_ca_file_is_trusted(void **state)
{
	struct identity good, other;
	struct run run;
	uint16_t port, other_port;
	int status;
	(void)state;
	identity_make(&good, &(struct certificate_spec) { .names = "IP:127.0.0.1" }, NULL);
	identity_make(&other, &(struct certificate_spec) { .names = "DNS:else.example" }, NULL);
	pid_t servers[] = { tls_server_start(&good, &port), tls_server_start(&other, &other_port) };
	char *url = mem_format("https://127.0.0.1:%u", (unsigned)port);
	char *other_url = mem_format("https://127.0.0.1:%u", (unsigned)other_port);
	const struct {
		const char *url, *ca_file;
		const struct identity *trusted;
		int status;
		const char *says;
	} CASES[] = {
		{ url, "ca.pem", &good, 0, "" },
		{ url, NULL, &good, 5, "was not accepted" },
		{ other_url, "ca.pem", &other, 5, "was not accepted" },
		{ url, "absent.pem", &good, 78, "file of trusted certificates cannot be read" },
	};
	run_init(&run);
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		certificate_write(&run, CASES[i].trusted);
		run_do(&run, (const char *const[]) { "--api-url", CASES[i].url, "--key-file", "key",
						     "--json",
						     CASES[i].ca_file == NULL ? NULL : "--ca-file",
						     CASES[i].ca_file, NULL });
		if (run.status != CASES[i].status)
			fail_msg("case %zu ended with %d: %s", i, run.status, run.talk.bytes);
		expect_in(&run.talk, CASES[i].says);
		if (run.status == 0)
			expect_in(&run.out, "\"calling\":{\"status\":\"ENABLED\"}");
	}
	run_release(&run);
	for (size_t i = 0; i < ARRAY_LENGTH(servers); i++) {
		int handle = child_handle(servers[i]);
		(void)kill(servers[i], SIGTERM);
		assert_true(child_reap(servers[i], handle, ENDS_MS, &status));
		(void)close(handle);
	}
	free(url);
	free(other_url);
	identity_release(&good);
	identity_release(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_is_as_the_service_sent_it),
		cmocka_unit_test(credentials_come_only_when_asked_for),
		cmocka_unit_test(the_table_is_for_people),
		cmocka_unit_test(a_table_is_free_of_control_characters),
		cmocka_unit_test(the_exit_code_tells),
		cmocka_unit_test(the_key_may_come_on_standard_input),
		cmocka_unit_test(the_key_is_in_no_argument_and_no_variable),
		cmocka_unit_test(a_key_that_comes_back_is_not_shown),
		cmocka_unit_test(tls_is_verified_and_a_ca_file_is_trusted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
