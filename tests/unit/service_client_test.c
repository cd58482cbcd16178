/* Reads and writes of one number: what is tried again, how often, and what is told. */
#include "service/client.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "tests/support/fast_clock.h"
#include "tests/support/fault_server.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	STEP_MS = 2,
	GIVE_UP_MS = 20000, /* real time; the longest case takes five seconds */
	CLOCK_FACTOR = 25,
	SLACK_MS = 30000, /* on the fast clock: a second of a busy machine */
};

static const char KEY[] = "key-of-the-client-test";

struct told {
	bool done;
	enum http_reach reach; /* of a write */
	struct err err;
	char start[200]; /* of what was read */
	bool was_rate_limited;
	int attempts;
};

static void read_done(void *owner, const char *bytes, size_t length, const struct err *err)
{
	struct told *told = owner;
	assert_false(told->done);
	told->done = true;
	err_init(&told->err);
	assert_true((bytes == NULL) == (err != NULL));
	if (err != NULL)
		told->err = *err;
	else
		(void)snprintf(told->start, sizeof told->start, "%.*s", (int)length, bytes);
}

static void write_done(void *owner, enum http_reach reach, const struct err *err)
{
	struct told *told = owner;
	assert_false(told->done);
	told->done = true;
	told->reach = reach;
	err_init(&told->err);
	if (err != NULL)
		told->err = *err;
}

static int64_t real_now_ms(void)
{
	struct timespec now;
	assert_int_equal(clock_gettime(CLOCK_REALTIME, &now), 0);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct world {
	struct fault_server server;
	struct loop loop;
	struct http *http;
	struct endpoint endpoint;
};

static void world_begin(struct world *world, const char *script)
{
	fault_server_start(&world->server, script);
	loop_init(&world->loop);
	world->http = http_new(&world->loop, NULL);
	endpoint_init(&world->endpoint);
	world->endpoint.api_url = mem_text(world->server.url);
	assert_true(secret_set(&world->endpoint.key, KEY, strlen(KEY), NULL));
	fast_clock_set(CLOCK_FACTOR);
}

static void world_end(struct world *world)
{
	fast_clock_set(1);
	http_free(world->http);
	endpoint_release(&world->endpoint);
	fault_server_stop(&world->server);
}

/* The operation frees itself when it is done; until then its progress is looked at. */
static void run(struct world *world, const struct client_operation *operation, struct told *told)
{
	int64_t end = real_now_ms() + GIVE_UP_MS;
	while (!told->done && real_now_ms() < end) {
		struct client_progress progress = client_progress_of(operation);
		told->attempts = progress.attempt;
		told->was_rate_limited = told->was_rate_limited || progress.is_rate_limited;
		loop_step(&world->loop, STEP_MS);
	}
	assert_true(told->done);
}

static void test_reads(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *script;
		enum err_kind kind;
		long gets;
		int64_t waits_ms; /* on the fast clock, at least */
		bool is_rate_limited;
	} cases[] = {
		{ "at once", "", ERR_NONE, 1, 0, false },
		{ "a 500 passes", "GET 1 answer 500", ERR_NONE, 2, 500, false },
		{ "two drops pass", "GET 1 drop\nGET 2 drop-unread", ERR_NONE, 3, 1500, false },
		{ "an empty answer passes", "GET 1 answer 200", ERR_NONE, 2, 500, false },
		{ "three tries", "GET * answer 503 x", ERR_PASSING, 3, 1500, false },
		{ "three hangs", "GET * hang", ERR_PASSING, 3, 61500, false },
		{ "no JSON", "GET * answer 200 <p>x", ERR_ANSWER, 1, 0, false },
		{ "refused", "GET * answer 400 {}", ERR_REFUSED, 1, 0, false },
		{ "key", "key another", ERR_KEY, 1, 0, false },
		{ "too large", "GET * flood 999999", ERR_ANSWER, 1, 0, false },
		{ "rate limit, unsaid", "GET 1 answer 429", ERR_NONE, 2, 5000, true },
		{ "rate limit as 400",
		  "GET 1 answer 400 {\"error\":\"exceeded the limit of 1 request every 5 s\"}",
		  ERR_NONE, 2, 5000, true },
		{ "rate limit, said", "GET 1 answer 429\nGET 1 header Retry-After: 20", ERR_NONE, 2,
		  20000, true },
		{ "120 s in all", "GET * answer 429\nGET * header Retry-After: 40", ERR_RATE, 4,
		  120000, true },
		{ "too long a wait", "GET * answer 429\nGET * header Retry-After: 121", ERR_RATE, 1,
		  0, false },
		{ "a wait is no try", "GET 1 answer 500\nGET 2 answer 429\nGET 3 answer 500",
		  ERR_NONE, 4, 6500, true },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct world world;
		struct told told = { 0 };
		print_message("%s\n", cases[i].name);
		world_begin(&world, cases[i].script);
		int64_t start = clock_monotonic_ms();
		run(&world, client_read(world.http, &world.endpoint, false, read_done, &told),
		    &told);
		int64_t took = clock_monotonic_ms() - start;
		assert_int_equal(told.err.kind, cases[i].kind);
		assert_int_equal(fault_server_count(&world.server, "gets"), cases[i].gets);
		assert_in_range(took, cases[i].waits_ms, cases[i].waits_ms + SLACK_MS);
		assert_int_equal(told.was_rate_limited, cases[i].is_rate_limited);
		if (cases[i].kind == ERR_NONE)
			assert_string_equal(told.start, "{}");
		world_end(&world);
	}
}

static void test_credentials_only_when_asked(void **state)
{
	(void)state;
	static const struct {
		bool with_credentials;
		bool has_password;
	} cases[] = { { false, false }, { true, true } };
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct world world;
		struct told told = { 0 };
		world_begin(&world,
			    "settings {\"sip\":{\"servers\":[{\"sip_user_password\":\"p\"}]}}");
		run(&world,
		    client_read(world.http, &world.endpoint, cases[i].with_credentials, read_done,
				&told),
		    &told);
		assert_int_equal(told.err.kind, ERR_NONE);
		assert_int_equal(strstr(told.start, "sip_user_password") != NULL,
				 cases[i].has_password);
		world_end(&world);
	}
}

static void test_writes(void **state)
{
	(void)state;
	static const struct {
		const char *script;
		enum http_reach reach;
		enum err_kind kind;
		bool applied;
	} cases[] = {
		{ "", HTTP_ANSWERED, ERR_NONE, true },
		{ "POST * answer 400 {\"error\":{\"code\":100}}", HTTP_ANSWERED, ERR_REFUSED,
		  false },
		{ "POST * answer 500 x", HTTP_ANSWERED, ERR_PASSING, false },
		{ "POST * answer 500 x\nPOST * apply", HTTP_ANSWERED, ERR_PASSING, true },
		{ "POST * drop", HTTP_SENT, ERR_PASSING, false },
		{ "POST * drop\nPOST * apply", HTTP_SENT, ERR_PASSING, true },
		{ "POST * drop-unread", HTTP_SENT, ERR_PASSING, false },
		{ "POST * hang\nPOST * apply", HTTP_SENT, ERR_PASSING, true },
		{ "POST * answer 200", HTTP_ANSWERED, ERR_PASSING, true },
		{ "POST * answer 200 {\"success\":false}\nPOST * ignore", HTTP_ANSWERED, ERR_ANSWER,
		  false },
		{ "POST * answer 429\nPOST * header Retry-After: 3", HTTP_ANSWERED, ERR_RATE,
		  false },
		{ "POST * answer 302\nPOST * header Location: /x", HTTP_ANSWERED, ERR_REFUSED,
		  false },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct world world;
		struct told told = { 0 };
		struct json_doc seen;
		print_message("%s\n", cases[i].script);
		world_begin(&world, cases[i].script);
		run(&world,
		    client_write(world.http, &world.endpoint,
				 "{\"calling\":{\"status\":\"ENABLED\"}}", write_done, &told),
		    &told);
		assert_int_equal(told.reach, cases[i].reach);
		assert_int_equal(told.err.kind, cases[i].kind);
		assert_int_equal(told.attempts, 1);
		fault_server_state(&world.server, &seen);
		assert_string_equal(json_text(json_member(seen.root, "posts")), "1");
		assert_int_equal(json_member(seen.root, "calling") != NULL, cases[i].applied);
		json_doc_release(&seen);
		world_end(&world);
	}
}

/* Where nothing was sent a write is tried twice, a read three times. */
static void test_not_sent(void **state)
{
	(void)state;
	static const struct {
		bool is_write;
		int attempts;
	} cases[] = { { false, CLIENT_GET_TRIES }, { true, CLIENT_POST_TRIES } };
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct world world;
		struct told told = { 0 };
		uint16_t port = 0;
		world_begin(&world, "");
		assert_int_equal(close(fault_server_listen(&port)), 0);
		free(world.endpoint.api_url);
		world.endpoint.api_url = mem_format("http://127.0.0.1:%u/", (unsigned)port);
		run(&world,
		    cases[i].is_write
			    ? client_write(world.http, &world.endpoint, "{}", write_done, &told)
			    : client_read(world.http, &world.endpoint, false, read_done, &told),
		    &told);
		assert_int_equal(told.err.kind, ERR_NOT_SENT);
		assert_int_equal(told.reach, HTTP_NOT_SENT);
		assert_int_equal(told.attempts, cases[i].attempts);
		world_end(&world);
	}
}

static void test_read_only_is_read_and_not_written(void **state)
{
	(void)state;
	struct world world;
	struct told read = { 0 }, written = { 0 };
	world_begin(&world, "settings {\"status\":\"ENABLED\"}");
	world.endpoint.is_read_only = true;
	run(&world, client_read(world.http, &world.endpoint, false, read_done, &read), &read);
	assert_int_equal(read.err.kind, ERR_NONE);
	struct client_operation *operation =
		client_write(world.http, &world.endpoint, "{}", write_done, &written);
	assert_false(written.done); /* told from the loop, as every outcome */
	run(&world, operation, &written);
	assert_int_equal(written.err.kind, ERR_FORBIDDEN);
	assert_int_equal(written.reach, HTTP_NOT_SENT);
	assert_non_null(strstr(written.err.sentence, "marked read-only"));
	assert_non_null(strstr(written.err.sentence, "Edit the number"));
	assert_int_equal(fault_server_count(&world.server, "gets"), 1);
	assert_int_equal(fault_server_count(&world.server, "posts"), 0);
	struct told again = { 0 };
	operation = client_write(world.http, &world.endpoint, "{}", write_done, &again);
	client_cancel(&operation);
	loop_step(&world.loop, STEP_MS);
	assert_false(again.done);
	world_end(&world);
}

/* A gateway that prints the headers it got must not bring the key onto the screen. */
static void test_key_is_never_told(void **state)
{
	(void)state;
	struct world world;
	struct told told = { 0 };
	char *script = mem_format("GET * answer 400 {\"error\":\"%s is no key, %s\"}", KEY, KEY);
	world_begin(&world, script);
	run(&world, client_read(world.http, &world.endpoint, false, read_done, &told), &told);
	assert_int_equal(told.err.kind, ERR_REFUSED);
	assert_null(strstr(told.err.words, KEY));
	assert_string_equal(told.err.words, "(hidden) is no key, (hidden)");
	world_end(&world);
	free(script);
}

static void test_cancel(void **state)
{
	(void)state;
	static const struct {
		const char *script;
		bool is_write;
		bool has_left;
	} cases[] = {
		{ "GET * hang", false, true },
		{ "GET * answer 429\nGET * header Retry-After: 100", false, false }, /* waits */
		{ "POST * hang", true, true },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct world world;
		struct told told = { 0 };
		world_begin(&world, cases[i].script);
		fast_clock_set(1);
		struct client_operation *operation =
			cases[i].is_write
				? client_write(world.http, &world.endpoint, "{}", write_done, &told)
				: client_read(world.http, &world.endpoint, false, read_done, &told);
		assert_false(client_write_has_left(operation));
		for (int step = 0; step < 50; step++)
			loop_step(&world.loop, STEP_MS);
		assert_int_equal(client_write_has_left(operation), cases[i].has_left);
		int64_t before = real_now_ms();
		client_cancel(&operation);
		client_cancel(&operation);
		assert_true(real_now_ms() - before < 100);
		assert_null(operation);
		loop_step(&world.loop, STEP_MS);
		assert_false(told.done);
		for (size_t timer = 0; timer < LOOP_TIMERS_MAX; timer++)
			assert_null(world.loop.timers[timer].expired);
		world_end(&world);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_credentials_only_when_asked),
		cmocka_unit_test(test_writes),
		cmocka_unit_test(test_not_sent),
		cmocka_unit_test(test_read_only_is_read_and_not_written),
		cmocka_unit_test(test_key_is_never_told),
		cmocka_unit_test(test_cancel),
	};
	secret_allocators_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
