/* `sipdesk sandbox` as a process: its arguments, its table, its ready file, and how it ends. */
#include "ui/commands/commands.h"

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "sandbox/sandbox.h"
#include "sandbox/sip_servers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	ARGUMENTS_MAX = 6,
	WAIT_MS = 20000,
	STILL_MS = 50,
	CHILD_SECONDS = 60, /* a child does not outlive a test that failed */
};

/* The command in a child: what it says can be read from `output` and `errors`. */
struct run {
	pid_t id;
	int output;
	int errors;
};

static void pipe_make(int ends[2])
{
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
}

static struct run run_start(const char *const *arguments, const char *output_path)
{
	int output[2], errors[2], count = 0;
	char *argv[ARGUMENTS_MAX + 1] = { NULL };
	for (; arguments[count] != NULL; count++)
		argv[count] = mem_text(arguments[count]);
	pipe_make(output);
	pipe_make(errors);
	(void)fflush(NULL);
	pid_t id = fork();
	assert_true(id >= 0);
	if (id == 0) {
		(void)alarm(CHILD_SECONDS);
		int put = output_path == NULL ? output[1] : open(output_path, O_WRONLY);
		(void)dup2(put, STDOUT_FILENO);
		(void)dup2(errors[1], STDERR_FILENO);
		int code = command_sandbox(count, argv);
		(void)fflush(NULL);
		_exit(code);
	}
	(void)close(output[1]);
	(void)close(errors[1]);
	for (int i = 0; i < count; i++)
		free(argv[i]);
	return (struct run) { .id = id, .output = output[0], .errors = errors[0] };
}

static void readable_wait(int fd)
{
	struct pollfd end = { .fd = fd, .events = POLLIN };
	assert_int_equal(poll(&end, 1, WAIT_MS), 1);
}

/* Reads until `text` ends with `stop`; NULL: to the end. */
static void text_read(int fd, const char *stop, struct str *text)
{
	char byte;
	size_t length = stop == NULL ? 0 : strlen(stop);
	do {
		readable_wait(fd);
		ssize_t got = read(fd, &byte, 1);
		assert_true(got >= 0);
		if (got == 0)
			return;
		str_add_char(text, byte);
	} while (stop == NULL || text->length < length ||
		 strcmp(text->bytes + text->length - length, stop) != 0);
}

/* Its exit code; what is left of its output goes into `output` and `errors` (NULL: dropped). */
static int run_end(struct run *run, struct str *output, struct str *errors)
{
	struct str dropped;
	str_init(&dropped);
	text_read(run->output, NULL, output == NULL ? &dropped : output);
	text_read(run->errors, NULL, errors == NULL ? &dropped : errors);
	str_release(&dropped);
	(void)close(run->output);
	(void)close(run->errors);
	int status = 0;
	assert_int_equal(waitpid(run->id, &status, 0), run->id);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static bool is_listening(unsigned int port)
{
	struct sockaddr_in name = { .sin_family = AF_INET,
				    .sin_port = htons((uint16_t)port),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	bool is_open = connect(fd, (const struct sockaddr *)&name, sizeof name) == 0;
	(void)close(fd);
	return is_open;
}

static unsigned int port_in(const char *text)
{
	const char *url = strstr(text, "http://127.0.0.1:");
	assert_non_null(url);
	return (unsigned int)strtoul(url + strlen("http://127.0.0.1:"), NULL, 10);
}

static unsigned int sip_port_in(const char *text, const char *hostname)
{
	const char *line = strstr(text, hostname);
	assert_non_null(line);
	const char *address = strstr(line, " 127.0.0.1:");
	assert_non_null(address);
	return (unsigned int)strtoul(address + strlen(" 127.0.0.1:"), NULL, 10);
}

static const struct {
	const char *arguments[ARGUMENTS_MAX];
	int code;
	const char *output; /* part of stdout; NULL: nothing there */
	const char *errors; /* part of stderr; NULL: nothing there */
} CASES[] = {
	{ { "sandbox", "--help" }, 0, "Usage: sipdesk sandbox", NULL },
	{ { "sandbox", "--key", "x" },
	  64,
	  NULL,
	  "--key is not known.\nSee sipdesk sandbox --help." },
	{ { "sandbox", "--listen" }, 64, NULL, "--listen needs a value." },
	{ { "sandbox", "extra" }, 64, NULL, "\"extra\" is not expected." },
	{ { "sandbox", "\x1b[31m" }, 64, NULL, "\"\\u{1b}[31m\" is not expected." },
	{ { "sandbox", "--listen", "127.0.0.1" }, 64, NULL, "is no address to listen on." },
	{ { "sandbox", "--listen", "127.0.0.1:" }, 64, NULL, "is no address to listen on." },
	{ { "sandbox", "--listen", "127.0.0.1:65536" }, 64, NULL, "is no address to listen on." },
	{ { "sandbox", "--listen", "127.0.0.1:+80" }, 64, NULL, "is no address to listen on." },
	{ { "sandbox", "--listen", ":8080" }, 64, NULL, "is no address to listen on." },
	{ { "sandbox", "--listen", "0.0.0.0:0" }, 64, NULL, "does not listen on 0.0.0.0." },
	{ { "sandbox", "--listen", "localhost:0" }, 64, NULL, "does not listen on localhost." },
	{ { "sandbox", "--listen", "[::]:0" }, 64, NULL, "does not listen on ::." },
	{ { "sandbox", "--ready-file", "/nonexistent/ready" },
	  74,
	  "Practice service",
	  "Cannot write beside /nonexistent/ready" },
};

static void test_arguments(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct str output, errors;
		str_init(&output);
		str_init(&errors);
		struct run run = run_start(CASES[i].arguments, NULL);
		int code = run_end(&run, &output, &errors);
		bool said = CASES[i].errors == NULL ? errors.length == 0
						    : strstr(errors.bytes, CASES[i].errors) != NULL;
		bool printed = CASES[i].output == NULL
				       ? output.length == 0
				       : strstr(output.bytes, CASES[i].output) != NULL;
		if (code != CASES[i].code || !said || !printed)
			fail_msg("%s %s: %d, \"%s\", \"%s\"", CASES[i].arguments[1],
				 CASES[i].arguments[2] == NULL ? "" : CASES[i].arguments[2], code,
				 output.bytes, errors.bytes);
		str_release(&output);
		str_release(&errors);
	}
}

/* The tables name every number with its key, and every SIP server; any of the signals ends it, and
 * that is success. */
static void test_signals(void **state)
{
	(void)state;
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	for (size_t i = 0; i < ARRAY_LENGTH(signals); i++) {
		struct str output;
		str_init(&output);
		struct run run = run_start((const char *[]) { "sandbox", NULL }, NULL);
		text_read(run.output, PRACTICE_NUMBERS[PRACTICE_NUMBER_COUNT - 1].note, &output);
		for (size_t n = 0; n < PRACTICE_NUMBER_COUNT; n++) {
			assert_non_null(strstr(output.bytes, PRACTICE_NUMBERS[n].name));
			assert_non_null(strstr(output.bytes, PRACTICE_NUMBERS[n].phone_number));
			assert_non_null(strstr(output.bytes, PRACTICE_NUMBERS[n].key));
		}
		unsigned int port = port_in(output.bytes);
		assert_true(is_listening(port));
		for (size_t n = 0; n < SIP_SERVER_COUNT; n++)
			assert_true(
				is_listening(sip_port_in(output.bytes, SIP_SERVERS[n].hostname)));
		assert_int_equal(kill(run.id, signals[i]), 0);
		assert_int_equal(run_end(&run, NULL, NULL), 0);
		assert_false(is_listening(port));
		str_release(&output);
	}
}

/* As the screens start it: it ends with the reader of its pipe, and not before. */
static void test_ready_pipe(void **state)
{
	(void)state;
	int ends[2], output[2];
	pipe_make(ends);
	pipe_make(output);
	char *path = mem_format("/dev/fd/%d", ends[1]);
	(void)fflush(NULL);
	pid_t id = fork();
	assert_true(id >= 0);
	if (id == 0) { /* a fork without exec: it must not keep the read ends open */
		(void)alarm(CHILD_SECONDS);
		(void)close(ends[0]);
		(void)close(output[0]);
		(void)dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
		char *argv[] = { mem_text("sandbox"), mem_text("--ready-file"), path, NULL };
		_exit(command_sandbox(3, argv));
	}
	(void)close(ends[1]);
	(void)close(output[1]);
	struct str json;
	str_init(&json);
	text_read(ends[0], "\n", &json);
	unsigned int port = port_in(json.bytes);
	assert_true(is_listening(port));
	struct pollfd alive = { .fd = output[0], .events = POLLIN };
	assert_int_equal(poll(&alive, 1, STILL_MS), 0);

	(void)close(ends[0]);
	readable_wait(output[0]); /* its end closes with it */
	int status = 0;
	assert_int_equal(waitpid(id, &status, 0), id);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_false(is_listening(port));
	(void)close(output[0]);
	str_release(&json);
	free(path);
}

static void test_ready_file(void **state)
{
	(void)state;
	char folder[] = "/tmp/sipdesk-test-XXXXXX";
	assert_non_null(mkdtemp(folder));
	char *path = mem_format("%s/ready.json", folder);
	struct run run = run_start((const char *[]) { "sandbox", "--listen", "127.0.0.1:0",
						      "--ready-file", path, NULL },
				   NULL);
	struct stat status;
	for (int waited = 0; stat(path, &status) != 0; waited++) {
		assert_true(waited < WAIT_MS / 5);
		(void)poll(NULL, 0, 5);
	}
	assert_int_equal(status.st_mode & 0777, 0600);
	struct str json;
	struct json_doc doc;
	struct err err;
	str_init(&json);
	assert_true(file_read(path, JSON_BYTES_MAX, &json, &err));
	assert_true(json_doc_parse(&doc, json.bytes, json.length, &err));
	assert_true(is_listening(port_in(json_text(json_member(doc.root, "url")))));
	json_doc_release(&doc);
	assert_int_equal(kill(run.id, SIGTERM), 0);
	assert_int_equal(run_end(&run, NULL, NULL), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
	str_release(&json);
	free(path);
}

static void test_no_room(void **state)
{
	(void)state;
	struct err err;
	struct sandbox *taken = sandbox_start("127.0.0.1", 0, &err);
	assert_non_null(taken);
	char *listen_on = mem_format("127.0.0.1:%u", (unsigned int)sandbox_port(taken));
	sandbox_stop(taken); /* no thread of ours while forking; held by a plain socket instead */
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in name = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	name.sin_port = htons((uint16_t)strtoul(strchr(listen_on, ':') + 1, NULL, 10));
	int yes = 1;
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes), 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)&name, sizeof name), 0);
	assert_int_equal(listen(fd, 1), 0);
	struct str errors;
	str_init(&errors);
	struct run run =
		run_start((const char *[]) { "sandbox", "--listen", listen_on, NULL }, NULL);
	assert_int_equal(run_end(&run, NULL, &errors), 74);
	assert_non_null(strstr(errors.bytes, "cannot listen on 127.0.0.1"));
	(void)close(fd);

	if (access("/dev/full", W_OK) == 0) {
		str_clear(&errors);
		run = run_start((const char *[]) { "sandbox", NULL }, "/dev/full");
		assert_int_equal(run_end(&run, NULL, &errors), 74);
		assert_non_null(strstr(errors.bytes, "Standard output cannot be written"));
	}
	str_release(&errors);
	free(listen_on);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arguments),  cmocka_unit_test(test_signals),
		cmocka_unit_test(test_ready_pipe), cmocka_unit_test(test_ready_file),
		cmocka_unit_test(test_no_room),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
