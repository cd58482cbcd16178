/* The request log: whom it lets read it, what a line says, and what never stands in one. */
#include "service/request_log.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "service/client.h"
#include "tests/support/child.h"
#include "tests/support/fault_server.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STEP_MS = 5, GIVE_UP_MS = 20000, LOG_MAX = 64 * 1024 };

static const char KEY[] = "planted-key/0123456789";
static const char BODY[] = "{\"calling\":{\"status\":\"ENABLED\"}}";

/* --- opening it ------------------------------------------------------------------------------- */

static void nothing_make(const char *path)
{
	(void)path;
}

static void private_make(const char *path)
{
	assert_true(file_write_whole(path, "earlier\n", 8, 0600, NULL));
}

static void readable_make(const char *path)
{
	assert_true(file_write_whole(path, "earlier\n", 8, 0640, NULL));
}

static void link_make(const char *path)
{
	char *target = mem_format("%s.target", path);
	private_make(target);
	assert_int_equal(symlink(target, path), 0);
	free(target);
}

static void folder_make(const char *path)
{
	assert_int_equal(mkdir(path, 0700), 0);
}

static void pipe_make(const char *path)
{
	assert_int_equal(mkfifo(path, 0600), 0);
}

static void strange_make(const char *path)
{
	private_make(path);
	assert_int_equal(chown(path, 1, 1), 0);
}

static void test_open(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		void (*make)(const char *path);
		enum err_kind kind;
		const char *sentence, *next_step;
		bool for_root; /* only root can make it so */
	} cases[] = {
		{ "new", nothing_make, ERR_NONE, "", "", false },
		{ "ours", private_make, ERR_NONE, "", "", false },
		{ "readable", readable_make, ERR_FORBIDDEN, "can be read by others",
		  "Run: chmod 600 ", false },
		{ "link", link_make, ERR_FORBIDDEN, "is a symbolic link", "--log", false },
		{ "folder", folder_make, ERR_IO, "cannot be opened: Is a directory", "--log",
		  false },
		{ "pipe", pipe_make, ERR_IO, "cannot be opened", "--log", false },
		{ "missing/log", nothing_make, ERR_IO, "No such file", "--log", false },
		{ "strange", strange_make, ERR_FORBIDDEN, "belongs to another user",
		  "Run: ", true },
	};
	char *folder = child_folder_make();
	mode_t mask = umask(0);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct err err;
		struct stat status;
		err_init(&err);
		if (cases[i].for_root && geteuid() != 0)
			continue;
		char *path = mem_format("%s/%s", folder, cases[i].name);
		cases[i].make(path);
		struct request_log *log = request_log_open(path, &err);
		assert_int_equal(err.kind, cases[i].kind);
		assert_true((log != NULL) == (cases[i].kind == ERR_NONE));
		assert_non_null(strstr(err.sentence, cases[i].sentence));
		assert_non_null(strstr(err.next_step, cases[i].next_step));
		if (log != NULL) {
			assert_int_equal(stat(path, &status), 0);
			assert_int_equal(status.st_mode & 07777, 0600);
		}
		request_log_close(log);
		free(path);
	}
	(void)umask(mask);
	child_folder_remove(folder);
	free(folder);
}

/* --- its lines -------------------------------------------------------------------------------- */

struct world {
	struct fault_server server;
	struct loop loop;
	struct http *http;
	struct endpoint endpoint;
	char *folder, *path;
	struct request_log *log;
	bool done;
};

static void world_begin(struct world *world, const char *script)
{
	*world = (struct world) { .folder = child_folder_make() };
	world->path = mem_format("%s/log", world->folder);
	world->log = request_log_open(world->path, NULL);
	assert_non_null(world->log);
	fault_server_start(&world->server, script);
	loop_init(&world->loop);
	world->http = http_new(&world->loop, NULL);
	http_log_to(world->http, world->log);
	endpoint_init(&world->endpoint);
	world->endpoint.label = mem_text("Acme");
	world->endpoint.api_url = mem_text(world->server.url);
	assert_true(secret_set(&world->endpoint.key, KEY, strlen(KEY), NULL));
}

static void world_end(struct world *world)
{
	http_free(world->http);
	request_log_close(world->log);
	endpoint_release(&world->endpoint);
	fault_server_stop(&world->server);
	child_folder_remove(world->folder);
	free(world->folder);
	free(world->path);
}

static void read_done(void *owner, const char *bytes, size_t length, const struct err *err)
{
	struct world *world = owner;
	(void)bytes, (void)length, (void)err;
	world->done = true;
}

static void write_done(void *owner, enum http_reach reach, const struct err *err)
{
	struct world *world = owner;
	(void)reach, (void)err;
	world->done = true;
}

static void until_done(struct world *world)
{
	int64_t end = clock_monotonic_ms() + GIVE_UP_MS;
	while (!world->done && clock_monotonic_ms() < end)
		loop_step(&world->loop, STEP_MS);
	assert_true(world->done);
}

static void log_read(const struct world *world, struct str *out)
{
	str_init(out);
	assert_true(file_read(world->path, LOG_MAX, out, NULL));
}

/* What differs from run to run, written alike: TIME, URL, and the milliseconds as N. */
static void line_normalise(const struct world *world, const char *line, struct str *out)
{
	static const char shape[] = "0000-00-00T00:00:00";
	for (size_t i = 0; shape[i] != '\0'; i++)
		assert_true(shape[i] == '0' ? isdigit((unsigned char)line[i])
					    : line[i] == shape[i]);
	const char *after_time = strchr(line, ' ');
	const char *url = strstr(line, world->server.url);
	const char *ms = strstr(line, " ms ");
	assert_non_null(url);
	assert_non_null(ms);
	const char *digits = ms;
	while (isdigit((unsigned char)digits[-1]))
		digits--;
	const char *after_url = url + strlen(world->server.url);
	str_addf(out, "TIME%.*sURL%.*sN%s\n", (int)(url - after_time), after_time,
		 (int)(digits - after_url), after_url, ms);
}

static void expect_lines(const struct world *world, const char *wanted)
{
	struct str text, lines;
	str_init(&lines);
	log_read(world, &text);
	assert_int_equal(text.bytes[text.length - 1], '\n');
	char *rest = text.bytes;
	for (char *line; (line = strsep(&rest, "\n")) != NULL && rest != NULL;)
		line_normalise(world, line, &lines);
	assert_string_equal(lines.bytes, wanted);
	str_release(&lines);
	str_release(&text);
}

static void test_lines(void **state)
{
	(void)state;
	static const struct {
		const char *script;
		bool is_write, with_credentials;
		const char *wanted;
	} cases[] = {
		{ "", false, false, "TIME \"Acme\" GET URL/calling/settings 200 N ms 2 bytes\n" },
		{ "", false, true,
		  "TIME \"Acme\" GET URL/calling/settings?include_sip_credentials=true 200 N ms 2 "
		  "bytes\n" },
		{ "", true, false, "TIME \"Acme\" POST URL/calling/settings 200 N ms 16 bytes\n" },
		{ "GET 1 answer 503 busy\n", false, false,
		  "TIME \"Acme\" GET URL/calling/settings 503 N ms 4 bytes: The service has a "
		  "passing fault (HTTP status 503). The service's own words: busy\n"
		  "TIME \"Acme\" GET URL/calling/settings 200 N ms 2 bytes\n" },
		{ "GET 1 drop\n", false, false,
		  "TIME \"Acme\" GET URL/calling/settings no-answer N ms 0 bytes: 127.0.0.1 closed "
		  "the connection without an answer. The settings could not be read.\n"
		  "TIME \"Acme\" GET URL/calling/settings 200 N ms 2 bytes\n" },
		{ "POST 1 answer 400 {\"error\":{\"code\":100,\"message\":\"bad\\nport\"}}\n", true,
		  false,
		  "TIME \"Acme\" POST URL/calling/settings 400 N ms 44 bytes: The service refuses "
		  "a "
		  "value as invalid. This request changed nothing. The service's own words: bad "
		  "port\n" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct world world;
		world_begin(&world, cases[i].script);
		if (cases[i].is_write)
			(void)client_write(world.http, &world.endpoint, BODY, write_done, &world);
		else
			(void)client_read(world.http, &world.endpoint, cases[i].with_credentials,
					  read_done, &world);
		until_done(&world);
		expect_lines(&world, cases[i].wanted);
		world_end(&world);
	}
}

static void test_a_cancelled_request(void **state)
{
	struct world world;
	(void)state;
	world_begin(&world, "POST * hang\n");
	struct client_operation *operation =
		client_write(world.http, &world.endpoint, BODY, write_done, &world);
	int64_t end = clock_monotonic_ms() + GIVE_UP_MS;
	while (!client_write_has_left(operation) && clock_monotonic_ms() < end)
		loop_step(&world.loop, STEP_MS);
	client_cancel(&operation);
	expect_lines(&world,
		     "TIME \"Acme\" POST URL/calling/settings cancelled N ms 0 bytes: Given "
		     "up after it was sent.\n");
	world_end(&world);
}

/* A service that prints what it was sent, as JSON, percent and base64 have it. */
static void test_the_key_is_never_in_it(void **state)
{
	static const char SCRIPT[] =
		"GET * answer 400 {\"error\":\"planted-key/0123456789 planted-key\\\\/0123456789 "
		"planted-key%2F0123456789 cGxhbnRlZC1rZXkvMDEyMzQ1Njc4OQ== "
		"\\\"password\\\":\\\"p\\\" "
		"end\"}\n";
	struct world world;
	struct str text;
	(void)state;
	world_begin(&world, SCRIPT);
	(void)client_read(world.http, &world.endpoint, false, read_done, &world);
	until_done(&world);
	log_read(&world, &text);
	assert_non_null(strstr(text.bytes, "own words: (hidden) (hidden) (hidden) (hidden)== "
					   "\"password\":\"(hidden)\" end\n"));
	assert_null(strstr(text.bytes, "planted"));
	str_release(&text);
	world_end(&world);
}

static void entry_put(struct request_log *log, const char *number)
{
	request_log_write(log, &(struct request_entry) { .number = number,
							 .url = "https://x.example",
							 .status = 200 });
}

static void test_a_line_stays_one(void **state)
{
	struct world world;
	struct str text;
	(void)state;
	world_begin(&world, "");
	entry_put(world.log, "a\nb\033[31m");
	log_read(&world, &text);
	assert_non_null(strstr(text.bytes, "\"a\\u{a}b\\u{1b}[31m\" GET https://x.example 200 0 ms "
					   "0 bytes\n"));
	assert_ptr_equal(strchr(text.bytes, '\n'), text.bytes + text.length - 1);
	str_release(&text);
	world_end(&world);
}

static void test_two_sessions_append(void **state)
{
	struct world world;
	struct str text;
	(void)state;
	world_begin(&world, "");
	struct request_log *other = request_log_open(world.path, NULL);
	assert_non_null(other);
	entry_put(world.log, "first");
	entry_put(other, "second");
	entry_put(world.log, "third");
	request_log_close(other);
	log_read(&world, &text);
	const char *first = strstr(text.bytes, "\"first\"");
	const char *second = strstr(text.bytes, "\"second\"");
	const char *third = strstr(text.bytes, "\"third\"");
	assert_true(first != NULL && first < second && second < third);
	str_release(&text);
	world_end(&world);
}

static void size_limit(const char *path, rlim_t more)
{
	struct rlimit limit;
	struct stat status;
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = more == RLIM_INFINITY ? limit.rlim_max : (rlim_t)status.st_size + more;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* The file may not grow: as on a full disk, a line is written in part, and the next not at all. */
static void test_a_full_disk(void **state)
{
	struct world world;
	struct str text;
	struct err err;
	(void)state;
	world_begin(&world, "");
	void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
	entry_put(world.log, "one");
	assert_false(request_log_failed(world.log, &err));
	size_limit(world.path, 10);
	entry_put(world.log, "two");
	entry_put(world.log, "three");
	assert_true(request_log_failed(world.log, &err));
	assert_int_equal(err.kind, ERR_IO);
	assert_non_null(strstr(err.sentence, world.path));
	entry_put(world.log, "four");
	assert_false(request_log_failed(world.log, &err)); /* said once */
	size_limit(world.path, RLIM_INFINITY);
	entry_put(world.log, "five");
	(void)signal(SIGXFSZ, before);
	log_read(&world, &text);
	assert_non_null(strstr(text.bytes, "\"one\" GET https://x.example 200 0 ms 0 bytes\n"));
	assert_null(strstr(text.bytes, "three"));
	const char *five = strstr(text.bytes, "\"five\"");
	assert_non_null(five);
	while (five[-1] != '\n')
		five--;
	assert_true(isdigit((unsigned char)five[0])); /* not behind the torn line */
	assert_int_equal(five[4], '-');
	str_release(&text);
	world_end(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_a_cancelled_request),
		cmocka_unit_test(test_the_key_is_never_in_it),
		cmocka_unit_test(test_a_line_stays_one),
		cmocka_unit_test(test_two_sessions_append),
		cmocka_unit_test(test_a_full_disk),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
