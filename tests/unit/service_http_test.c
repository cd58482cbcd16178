/* The HTTP layer against a real server on loopback that fails as told. */
#include "service/http.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "tests/support/fast_clock.h"
#include "tests/support/fault_server.h"
/* The shim itself, linked in rather than preloaded: libcurl's look-ups find it first. */
#include "tests/support/shim/slow_getaddrinfo.c"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	STEP_MS = 5,
	GIVE_UP_MS = 10000, /* real time; every case here ends within two seconds */
	CLOCK_FACTOR = 25,
};

struct got {
	bool done;
	enum http_reach reach;
	struct err err;
	long status;
	size_t length;
	bool too_large;
	int64_t retry_after_ms;
	char location[256];
	char start[64]; /* of the body */
};

static void take(void *owner, const struct http_answer *answer)
{
	struct got *got = owner;
	assert_false(got->done);
	got->done = true;
	got->reach = answer->reach;
	got->err = answer->err;
	got->status = answer->status;
	got->length = answer->length;
	got->too_large = answer->too_large;
	got->retry_after_ms = answer->retry_after_ms;
	assert_int_equal(answer->body[answer->length], '\0');
	(void)snprintf(got->location, sizeof got->location, "%s", answer->location);
	(void)snprintf(got->start, sizeof got->start, "%s", answer->body);
}

static int64_t real_now_ms(void)
{
	struct timespec now;
	assert_int_equal(clock_gettime(CLOCK_REALTIME, &now), 0);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void loop_until(struct loop *loop, const bool *done)
{
	int64_t end = real_now_ms() + GIVE_UP_MS;
	while (!*done && real_now_ms() < end)
		loop_step(loop, STEP_MS);
	assert_true(*done);
}

static struct secret key_make(const char *text)
{
	struct secret key;
	secret_init(&key);
	assert_true(secret_set(&key, text, strlen(text), NULL));
	return key;
}

/* One request with a key, from its start to its answer. */
static void ask(struct http *http, enum http_method method, const char *url, struct got *got)
{
	struct secret key = key_make("test-key");
	*got = (struct got) { 0 };
	(void)http_start(http, method, url, &key, method == HTTP_POST ? "{\"calling\":{}}" : NULL,
			 take, got);
	secret_release(&key);
	assert_false(got->done);
	loop_until(http_loop(http), &got->done);
}

static char *settings_url(const struct fault_server *server)
{
	return mem_format("%s/calling/settings", server->url);
}

static void test_url_check(void **state)
{
	(void)state;
	static const struct {
		const char *url;
		bool right;
		const char *says;
	} cases[] = {
		{ "https://waba-v2.360dialog.io", true, "" },
		{ "HTTPS://Example.org:8443/api", true, "" },
		{ "http://127.0.0.1:8080", true, "" },
		{ "http://127.9.8.7", true, "" },
		{ "http://localhost:1", true, "" },
		{ "http://[::1]:8080", true, "" },
		{ "http://waba-v2.360dialog.io", false, "only for this machine itself" },
		{ "http://127.0.0.1.example.org", false, "only for this machine itself" },
		{ "http://localhost.example.org", false, "only for this machine itself" },
		{ "http://128.0.0.1", false, "only for this machine itself" },
		{ "ftp://example.org", false, "begins with https://" },
		{ "waba-v2.360dialog.io", false, "begins with https://" },
		{ "", false, "begins with https://" },
		{ "https://", false, "cannot be understood" },
		{ "https://exa mple.org", false, "cannot be understood" },
		{ "https://example.org\r\nX: y", false, "cannot be understood" },
		{ "https://a:b@example.org", false, "no user name" },
		{ "https://example.org/?a=b", false, "no query" },
		{ "https://example.org/?", false, "no query" },
		{ "https://example.org/#a", false, "no query" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct err err;
		err_init(&err);
		print_message("%s\n", cases[i].url);
		assert_int_equal(http_url_check(cases[i].url, &err), cases[i].right);
		assert_non_null(strstr(err.sentence, cases[i].says));
		assert_int_equal(err.kind, cases[i].right ? ERR_NONE : ERR_INPUT);
		assert_int_equal(err.next_step[0] == '\0', cases[i].right);
	}
}

#define LONG_SETTINGS                                                                      \
	"settings {\"status\":\"ENABLED\",\"a\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"," \
	"\"b\":\"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\"}\n"

static const struct {
	const char *script;
	enum http_method method;
	enum http_reach reach;
	enum err_kind kind;
	long status;
	const char *says; /* within the sentence */
} ANSWERS[] = {
	{ "", HTTP_GET, HTTP_ANSWERED, ERR_NONE, 200, "" },
	{ "", HTTP_POST, HTTP_ANSWERED, ERR_NONE, 200, "" },
	{ "GET 1 answer 500 oops", HTTP_GET, HTTP_ANSWERED, ERR_NONE, 500, "" },
	{ "GET 1 answer 302\nGET 1 header Location: https://elsewhere.example/x", HTTP_GET,
	  HTTP_ANSWERED, ERR_NONE, 302, "" },
	{ "GET 1 drop", HTTP_GET, HTTP_SENT, ERR_PASSING, 0,
	  "127.0.0.1 closed the connection without an answer. The settings could not" },
	{ "POST 1 drop\nPOST 1 apply", HTTP_POST, HTTP_SENT, ERR_PASSING, 0,
	  "what became of it is not known yet" },
	{ "POST 1 drop-unread", HTTP_POST, HTTP_SENT, ERR_PASSING, 0, "was lost" },
	{ LONG_SETTINGS "GET 1 truncate", HTTP_GET, HTTP_SENT, ERR_PASSING, 200,
	  "ended in the middle" },
	{ "GET 1 truncate", HTTP_GET, HTTP_SENT, ERR_PASSING, 200, "ended in the middle" },
	{ "GET 1 length 100", HTTP_GET, HTTP_SENT, ERR_PASSING, 200, "within 20 seconds" },
	{ "GET 1 garbage", HTTP_GET, HTTP_SENT, ERR_ANSWER, 0, "does not answer in HTTP" },
	{ "GET 1 flood 262144", HTTP_GET, HTTP_ANSWERED, ERR_NONE, 200, "" },
	{ "GET 1 flood 262145", HTTP_GET, HTTP_SENT, ERR_ANSWER, 200, "larger than 256" },
	{ "GET 1 flood 67108864", HTTP_GET, HTTP_SENT, ERR_ANSWER, 200, "larger than 256" },
	{ "POST 1 flood 67108864", HTTP_POST, HTTP_SENT, ERR_ANSWER, 200, "is not known" },
	{ "GET 1 hang", HTTP_GET, HTTP_SENT, ERR_PASSING, 0, "did not answer within 20 seconds" },
	{ "POST 1 hang", HTTP_POST, HTTP_SENT, ERR_PASSING, 0, "did not answer within 30 seconds" },
	{ LONG_SETTINGS "GET 1 drip 100", HTTP_GET, HTTP_SENT, ERR_PASSING, 0,
	  "within 20 seconds" },
};

static void test_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(ANSWERS); i++) {
		struct fault_server server;
		struct loop loop;
		struct got got;
		fault_server_start(&server, ANSWERS[i].script);
		loop_init(&loop);
		struct http *http = http_new(&loop, NULL);
		char *url = settings_url(&server);
		print_message("%s\n", ANSWERS[i].script);
		fast_clock_set(CLOCK_FACTOR);
		ask(http, ANSWERS[i].method, url, &got);
		fast_clock_set(1);
		print_message("  %s\n", got.err.sentence);
		assert_int_equal(got.reach, ANSWERS[i].reach);
		assert_int_equal(got.err.kind, ANSWERS[i].kind);
		assert_int_equal(got.status, ANSWERS[i].status);
		assert_non_null(strstr(got.err.sentence, ANSWERS[i].says));
		assert_int_equal(got.err.next_step[0] == '\0', ANSWERS[i].kind == ERR_NONE);
		assert_true(got.length <= HTTP_BODY_MAX);
		assert_int_equal(fault_server_count(&server, "posts"),
				 ANSWERS[i].method == HTTP_POST);
		http_free(http);
		fault_server_stop(&server);
		free(url);
	}
}

static void test_endless_headers_end(void **state)
{
	(void)state;
	struct fault_server server;
	struct loop loop;
	struct got got;
	char filler[70 * 1024];
	memset(filler, 'x', sizeof filler - 1);
	filler[sizeof filler - 1] = '\0';
	char *script = mem_format("GET 1 header X: %s", filler);
	fault_server_start(&server, script);
	loop_init(&loop);
	struct http *http = http_new(&loop, NULL);
	char *url = settings_url(&server);
	ask(http, HTTP_GET, url, &got);
	assert_int_equal(got.reach, HTTP_SENT);
	assert_true(got.too_large);
	http_free(http);
	fault_server_stop(&server);
	free(url);
	free(script);
}

static void test_headers_of_answers(void **state)
{
	(void)state;
	char date[64];
	time_t soon = time(NULL) + 90;
	struct tm parts;
	assert_non_null(gmtime_r(&soon, &parts));
	assert_true(strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &parts) > 0);
	const struct {
		const char *header;
		const char *value;
		int64_t wait_min_ms, wait_max_ms;
		const char *location;
	} cases[] = {
		{ "Retry-After", "7", 7000, 7000, "" },
		{ "Retry-After", date, 80000, 90000, "" },
		{ "Retry-After", "0", 0, 0, "" },
		{ "Retry-After", "Thu, 01 Jan 2015 00:00:00 GMT", 0, 0, "" },
		{ "Retry-After", "99999999999999", 86400000, 86400000, "" },
		{ "Retry-After", "soon", 0, 0, "" },
		{ "Location", "https://elsewhere.example/x?y", 0, 0,
		  "https://elsewhere.example/x?y" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct fault_server server;
		struct loop loop;
		struct got got;
		char *script = mem_format("GET 1 answer 302\nGET 1 header %s: %s", cases[i].header,
					  cases[i].value);
		fault_server_start(&server, script);
		loop_init(&loop);
		struct http *http = http_new(&loop, NULL);
		char *url = settings_url(&server);
		ask(http, HTTP_GET, url, &got);
		assert_in_range(got.retry_after_ms, cases[i].wait_min_ms, cases[i].wait_max_ms);
		assert_string_equal(got.location, cases[i].location);
		assert_int_equal(fault_server_count(&server, "gets"), 1);
		http_free(http);
		fault_server_stop(&server);
		free(url);
		free(script);
	}
}

/* Exactly these heads: no Expect, no compression, no cookie, no agent. */
static void test_what_is_sent(void **state)
{
	(void)state;
	struct fault_server server;
	struct loop loop;
	struct got got;
	struct json_doc seen;
	fault_server_start(&server, "GET * header Set-Cookie: a=b; Path=/");
	loop_init(&loop);
	struct http *http = http_new(&loop, NULL);
	char *url = settings_url(&server);
	ask(http, HTTP_GET, url, &got);
	ask(http, HTTP_GET, url, &got);
	ask(http, HTTP_POST, url, &got);
	char *get = mem_format("GET /calling/settings HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
			       "D360-API-KEY: test-key\r\nAccept: application/json\r\n\r\n",
			       (unsigned)server.port);
	char *post = mem_format("POST /calling/settings HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
				"D360-API-KEY: test-key\r\nAccept: application/json\r\n"
				"Content-Type: application/json\r\nContent-Length: 14\r\n\r\n",
				(unsigned)server.port);
	const char *wanted[] = { get, get, post };
	fault_server_state(&server, &seen);
	const cJSON *heads = json_member(seen.root, "heads");
	for (int i = 0; i < 3; i++)
		assert_string_equal(cJSON_GetArrayItem(heads, i)->valuestring, wanted[i]);
	assert_string_equal(cJSON_GetArrayItem(json_member(seen.root, "bodies"), 0)->valuestring,
			    "{\"calling\":{}}");
	json_doc_release(&seen);
	free(get);
	free(post);
	free(url);
	http_free(http);
	fault_server_stop(&server);
}

/* GETs share a connection; each POST has its own, or libcurl would send it twice on a dead one. */
static void test_connections(void **state)
{
	(void)state;
	static const struct {
		enum http_method method;
		long connections; /* this test's own question is one each time */
	} cases[] = { { HTTP_GET, 2 },
		      { HTTP_GET, 3 },
		      { HTTP_POST, 5 },
		      { HTTP_POST, 7 },
		      { HTTP_GET, 8 } };
	struct fault_server server;
	struct loop loop;
	struct got got;
	fault_server_start(&server, "");
	loop_init(&loop);
	struct http *http = http_new(&loop, NULL);
	char *url = settings_url(&server);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		ask(http, cases[i].method, url, &got);
		assert_int_equal(fault_server_count(&server, "connections"), cases[i].connections);
	}
	assert_int_equal(fault_server_count(&server, "posts"), 2);
	free(url);
	http_free(http);
	fault_server_stop(&server);
}

/* Whose port a URL of the table below names. */
enum listener { NOBODY, PLAIN_HTTP, SILENT, LISTENERS };

static const struct {
	const char *start; /* of the URL; the port follows */
	enum listener listener;
	const char *key;
	enum err_kind kind;
	const char *says;
} NOT_SENT[] = {
	{ "http://127.0.0.1", NOBODY, "k", ERR_NOT_SENT,
	  "No connection to 127.0.0.1 could be made: Connection refused. Nothing was sent." },
	{ "https://127.0.0.1", SILENT, "k", ERR_NOT_SENT,
	  "No connection to 127.0.0.1 came about within 8 seconds. Nothing was sent." },
	{ "https://127.0.0.1", PLAIN_HTTP, "k", ERR_NOT_SENT,
	  "TLS with 127.0.0.1 could not be set up: wrong version number." },
	{ "https://waba.example", NOBODY, "k", ERR_NOT_SENT,
	  "The name waba.example was not found in DNS. Nothing was sent." },
	{ "http://waba.example", NOBODY, "k", ERR_INPUT, "only for this machine itself" },
	{ "file:///etc/passwd", NOBODY, "k", ERR_INPUT, "begins with https://" },
	{ "http://127.0.0.1", PLAIN_HTTP, "", ERR_INPUT, "There is no API key" },
	{ "http://127.0.0.1", PLAIN_HTTP, "k\r\nX: y", ERR_INPUT, "control characters" },
};

static void nothing_sent_check(size_t at, enum http_method method, uint16_t port)
{
	struct loop loop;
	struct got got = { 0 };
	struct secret key = key_make(NOT_SENT[at].key);
	char *url = mem_format("%s:%u/", NOT_SENT[at].start, (unsigned)port);
	print_message("%s\n", url);
	loop_init(&loop);
	struct http *http = http_new(&loop, NULL);
	if (NOT_SENT[at].listener == SILENT) /* the others answer, if a loaded machine lets them */
		fast_clock_set(CLOCK_FACTOR);
	const struct http_request *request = http_start(http, method, url, &key, "{}", take, &got);
	assert_false(got.done);
	assert_false(http_has_left(request));
	loop_until(&loop, &got.done);
	fast_clock_set(1);
	print_message("  %s\n", got.err.sentence);
	assert_int_equal(got.reach, HTTP_NOT_SENT);
	assert_int_equal(got.err.kind, NOT_SENT[at].kind);
	assert_non_null(strstr(got.err.sentence, NOT_SENT[at].says));
	assert_non_null(strstr(got.err.sentence, "Nothing was sent."));
	assert_int_equal(got.status, 0);
	http_free(http);
	secret_release(&key);
	free(url);
}

/* What fails before anything is sent. From the silent one nobody accepts. */
static void test_nothing_sent(void **state)
{
	(void)state;
	uint16_t ports[LISTENERS];
	struct fault_server plain;
	int silent = fault_server_listen(&ports[SILENT]);
	fault_server_start(&plain, "");
	ports[PLAIN_HTTP] = plain.port;
	assert_int_equal(close(fault_server_listen(&ports[NOBODY])), 0);
	assert_int_equal(setenv("SHIM_GETADDRINFO_SECONDS", "0", 1), 0);
	for (size_t i = 0; i < ARRAY_LENGTH(NOT_SENT); i++) {
		nothing_sent_check(i, HTTP_GET, ports[NOT_SENT[i].listener]);
		nothing_sent_check(i, HTTP_POST, ports[NOT_SENT[i].listener]);
	}
	assert_int_equal(unsetenv("SHIM_GETADDRINFO_SECONDS"), 0);
	assert_int_equal(fault_server_count(&plain, "gets"), 0);
	assert_int_equal(fault_server_count(&plain, "posts"), 0);
	fault_server_stop(&plain);
	assert_int_equal(close(silent), 0);
}

/* Cancelling returns at once, whatever the request waits for, and its callback never comes. */
static void test_cancel(void **state)
{
	(void)state;
	struct fault_server server;
	uint16_t silent_port = 0;
	int silent = fault_server_listen(&silent_port);
	fault_server_start(&server, "GET * hang");
	char *hanging = settings_url(&server);
	char *mute = mem_format("https://127.0.0.1:%u/", (unsigned)silent_port);
	const struct {
		const char *url;
		bool has_left;
	} cases[] = {
		{ "https://slow-name.example/", false }, /* in the look-up, for 30 s */
		{ mute, false },
		{ hanging, true },
		{ "no url", false },
	};
	assert_int_equal(setenv("SHIM_GETADDRINFO_SECONDS", "30", 1), 0);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct loop loop;
		struct got got = { 0 };
		struct secret key = key_make("k");
		loop_init(&loop);
		struct http *http = http_new(&loop, NULL);
		struct http_request *request =
			http_start(http, HTTP_GET, cases[i].url, &key, NULL, take, &got);
		int64_t end = real_now_ms() + 200;
		while (!text_equal(cases[i].url, "no url") && real_now_ms() < end)
			loop_step(&loop, STEP_MS);
		assert_int_equal(http_has_left(request), cases[i].has_left);
		int64_t before = real_now_ms();
		http_cancel(&request);
		assert_true(real_now_ms() - before < 100);
		assert_null(request);
		http_cancel(&request);
		loop_step(&loop, STEP_MS);
		assert_false(got.done);
		before = real_now_ms();
		(void)http_start(http, HTTP_GET, cases[i].url, &key, NULL, take, &got);
		http_free(http);
		assert_true(real_now_ms() - before < 100);
		assert_false(got.done);
		assert_null(loop.waiter.wait);
		secret_release(&key);
	}
	assert_int_equal(unsetenv("SHIM_GETADDRINFO_SECONDS"), 0);
	fault_server_stop(&server);
	assert_int_equal(close(silent), 0);
	free(hanging);
	free(mute);
}

static void note(void *owner, int fd, short events)
{
	(void)fd;
	*(short *)owner = events;
}

/* A kept connection, even one that the other side closes, wakes nobody. */
static void test_idle(void **state)
{
	(void)state;
	struct fault_server server;
	struct loop loop;
	struct got got;
	fault_server_start(&server, "");
	loop_init(&loop);
	struct http *http = http_new(&loop, NULL);
	char *url = settings_url(&server);
	ask(http, HTTP_GET, url, &got);
	fault_server_stop(&server);
	int64_t before = clock_monotonic_ms();
	loop_step(&loop, 300);
	assert_true(clock_monotonic_ms() - before >= 299);
	free(url);
	http_free(http);
}

/* While a request waits the loop's own descriptors are served, and a hang-up is told as one. */
static void test_watches_are_served(void **state)
{
	(void)state;
	struct fault_server server;
	struct loop loop;
	struct got got = { 0 };
	struct secret key = key_make("k");
	short readable = 0, hung_up = 0;
	int first[2], second[2];
	fault_server_start(&server, "GET * hang");
	loop_init(&loop);
	struct http *http = http_new(&loop, NULL);
	char *url = settings_url(&server);
	assert_int_equal(pipe2(first, O_CLOEXEC) | pipe2(second, O_CLOEXEC), 0);
	assert_true(loop_watch(&loop, first[0], POLLIN, note, &readable));
	assert_true(loop_watch(&loop, second[0], POLLIN, note, &hung_up));
	(void)http_start(http, HTTP_GET, url, &key, NULL, take, &got);
	for (int i = 0; i < 20; i++)
		loop_step(&loop, STEP_MS);
	assert_int_equal(readable | hung_up, 0);
	int64_t before = clock_monotonic_ms();
	assert_int_equal(write(first[1], "x", 1), 1);
	assert_int_equal(close(second[1]), 0);
	loop_step(&loop, 5000);
	assert_true(clock_monotonic_ms() - before < 1000);
	assert_int_equal(readable, POLLIN);
	assert_int_equal(hung_up, POLLHUP);
	assert_false(got.done);
	http_free(http);
	assert_int_equal(close(first[0]) | close(first[1]) | close(second[0]), 0);
	secret_release(&key);
	free(url);
	fault_server_stop(&server);
}

struct chain {
	struct http *http;
	const char *url;
	int left;
	bool done;
};

/* Each answer starts the next request and cancels another, from within its callback. */
static void chain_next(void *owner, const struct http_answer *answer)
{
	struct chain *chain = owner;
	struct got never = { 0 };
	struct secret key = key_make("k");
	assert_int_equal(answer->reach, HTTP_ANSWERED);
	chain->done = chain->left-- == 0;
	if (!chain->done) {
		struct http_request *other =
			http_start(chain->http, HTTP_GET, chain->url, &key, NULL, take, &never);
		(void)http_start(chain->http, HTTP_GET, chain->url, &key, NULL, chain_next, chain);
		http_cancel(&other);
	}
	secret_release(&key);
}

static void test_requests_from_callbacks(void **state)
{
	(void)state;
	struct fault_server server;
	struct loop loop;
	struct secret key = key_make("k");
	fault_server_start(&server, "");
	loop_init(&loop);
	struct http *http = http_new(&loop, NULL);
	char *url = settings_url(&server);
	struct chain chain = { .http = http, .url = url, .left = 3 };
	(void)http_start(http, HTTP_GET, url, &key, NULL, chain_next, &chain);
	loop_until(&loop, &chain.done);
	assert_int_equal(fault_server_count(&server, "gets"), 4);
	http_free(http);
	secret_release(&key);
	free(url);
	fault_server_stop(&server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_url_check),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_endless_headers_end),
		cmocka_unit_test(test_headers_of_answers),
		cmocka_unit_test(test_what_is_sent),
		cmocka_unit_test(test_connections),
		cmocka_unit_test(test_nothing_sent),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_watches_are_served),
		cmocka_unit_test(test_requests_from_callbacks),
	};
	secret_allocators_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
