/* The send sequence against a service that fails as told: outcomes, and how often it was written.
 */
#include "service/send.h"

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

enum {
	STEP_MS = 2,
	GIVE_UP_MS = 20000, /* real time; the longest case takes three seconds */
	CLOCK_FACTOR = 25,
	STEPS_MAX = 40,
};

static const char KEY[] = "key-of-the-send-test";

#define SERVER "{\"hostname\":\"sip.acme.example\",\"port\":5061}"
#define SIP_ON "\"sip\":{\"status\":\"ENABLED\",\"servers\":[" SERVER "]}"
#define SIP_OFF "\"sip\":{\"status\":\"DISABLED\"}"
#define OFF "\"status\":\"DISABLED\""
#define ON "\"status\":\"ENABLED\""
#define SDES "\"srtp_key_exchange_protocol\":\"SDES\""
#define CALLBACK_ON "\"callback_permission_status\":\"ENABLED\""
#define CALLBACK_OFF "\"callback_permission_status\":\"DISABLED\""
#define HIDDEN_ICON "\"call_icon_visibility\":\"DISABLE_ALL\""
#define REFUSAL(code) "answer 400 {\"error\":{\"message\":\"No.\",\"code\":" code "}}"

struct world {
	struct fault_server server;
	struct loop loop;
	struct http *http;
	struct endpoint endpoint;
	struct calling_settings base;
	struct calling_settings mine;
	struct send send;
	enum send_step steps[STEPS_MAX];
	size_t step_count;
	enum send_step cancel_at; /* in the callback; SEND_DONE: not */
	bool kill_at_write;
};

static void settings_make(struct calling_settings *settings, const char *members)
{
	struct err err;
	char *answer = mem_format("{\"calling\":{%s}}", members);
	settings_init(settings);
	assert_true(settings_decode(settings, answer, strlen(answer), 1, &err));
	free(answer);
}

static void changed(void *owner, struct send *send)
{
	struct world *world = owner;
	assert_ptr_equal(send, &world->send);
	assert_true(world->step_count < STEPS_MAX);
	world->steps[world->step_count++] = send->step;
	if (world->kill_at_write && send->step == SEND_WRITE)
		fault_server_stop(&world->server);
	if (world->cancel_at != SEND_DONE && send->step == world->cancel_at) {
		world->cancel_at = SEND_DONE;
		send_cancel(send);
	}
}

static void world_begin(struct world *world, const char *base, const char *mine, const char *script)
{
	char *whole = mem_format("settings {%s}\n%s", base, script);
	*world = (struct world) { .cancel_at = SEND_DONE };
	fault_server_start(&world->server, whole);
	free(whole);
	loop_init(&world->loop);
	world->http = http_new(&world->loop, NULL);
	endpoint_init(&world->endpoint);
	world->endpoint.api_url = mem_text(world->server.url);
	assert_true(secret_set(&world->endpoint.key, KEY, strlen(KEY), NULL));
	settings_make(&world->base, base);
	settings_make(&world->mine, mine);
	for (size_t i = world->base.values.server_count; i < world->mine.values.server_count; i++)
		world->mine.values.servers[i].origin = -1;
	fast_clock_set(CLOCK_FACTOR);
}

static void world_send(struct world *world)
{
	send_start(&world->send, world->http, &world->endpoint, &world->base.values,
		   &world->mine.values, NULL, changed, world);
}

static void world_end(struct world *world)
{
	fast_clock_set(1);
	send_release(&world->send);
	for (size_t i = 0; i < LOOP_TIMERS_MAX; i++)
		assert_null(world->loop.timers[i].expired);
	http_free(world->http);
	endpoint_release(&world->endpoint);
	settings_release(&world->base);
	settings_release(&world->mine);
	if (!world->kill_at_write)
		fault_server_stop(&world->server);
}

static int64_t real_now_ms(void)
{
	struct timespec now;
	assert_int_equal(clock_gettime(CLOCK_REALTIME, &now), 0);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void run_until(struct world *world, enum send_step step)
{
	int64_t end = real_now_ms() + GIVE_UP_MS;
	while (world->send.step != step && real_now_ms() < end)
		loop_step(&world->loop, STEP_MS);
	assert_int_equal(world->send.step, step);
}

/* send_wanted() differs from the last reading exactly where it does not show what was wanted. */
static void assert_wanted_over_result(const struct world *world)
{
	struct changes left;
	changes_init(&left);
	if (!world->send.has_result)
		return;
	changes_compute(&world->send.result.values, send_wanted(&world->send), false, &left);
	assert_int_equal(left.count, world->send.differences.count);
	changes_release(&left);
}

static const struct {
	const char *name;
	const char *base, *mine; /* members of `calling` */
	const char *script;
	enum send_outcome outcome;
	enum err_kind kind;
	long posts, gets;
	size_t differences, also_changed;
	const char *says; /* within the sentence */
} CASES[] = {
	{ "one change", OFF, ON, "", SEND_APPLIED, ERR_NONE, 1, 2, 0, 0, "" },
	{ "first settings ever", "", ON, "", SEND_APPLIED, ERR_NONE, 1, 2, 0, 0, "" },
	{ "two requests", OFF "," SIP_OFF, ON "," SIP_ON "," SDES, "sip-resets-srtp", SEND_APPLIED,
	  ERR_NONE, 2, 2, 0, 0, "" },
	{ "a server goes", ON "," SIP_ON, ON ",\"sip\":{\"status\":\"DISABLED\",\"servers\":[]}",
	  "", SEND_APPLIED, ERR_NONE, 1, 2, 0, 0, "" },
	{ "SDES is kept over a SIP write", SIP_ON "," SDES,
	  "\"sip\":{\"status\":\"ENABLED\",\"servers\":[{\"hostname\":\"new.acme.example\"}]}"
	  "," SDES,
	  "sip-resets-srtp", SEND_APPLIED, ERR_NONE, 2, 2, 0, 0, "" },

	/* SRTP does not hold */
	{ "SRTP repaired", SIP_OFF, SIP_ON "," SDES,
	  "POST 2 after {\"srtp_key_exchange_protocol\":null}", SEND_APPLIED, ERR_NONE, 3, 4, 0, 0,
	  "" },
	{ "SRTP repaired in vain", SIP_OFF, SIP_ON "," SDES,
	  "POST * after {\"srtp_key_exchange_protocol\":null}", SEND_APPLIED_DIFFERENT, ERR_REFUSED,
	  3, 7, 1, 0, "shows other values" },
	{ "SRTP alone repaired after all tries", SIP_ON, SIP_ON "," SDES, "POST 1 ignore",
	  SEND_APPLIED, ERR_NONE, 2, 6, 0, 0, "" },
	{ "the repair is refused", SIP_OFF, SIP_ON "," SDES,
	  "POST 2 ignore\nPOST 3 " REFUSAL("100"), SEND_APPLIED_DIFFERENT, ERR_REFUSED, 3, 7, 1, 0,
	  "refuses a value" },

	/* the service lags */
	{ "shows at the third look", OFF, ON, "POST 1 lag 2", SEND_APPLIED, ERR_NONE, 1, 4, 0, 0,
	  "" },
	{ "never shows", OFF, ON, "POST 1 ignore", SEND_NOT_APPLIED, ERR_REFUSED, 1, 5, 1, 0,
	  "still shows the old values" },
	{ "shows another value", OFF, ON, "POST 1 after {\"status\":\"PAUSED\"}",
	  SEND_APPLIED_DIFFERENT, ERR_REFUSED, 1, 5, 1, 0, "shows other values" },
	{ "shows half", OFF "," CALLBACK_OFF, ON "," CALLBACK_ON, "POST 1 after {" CALLBACK_OFF "}",
	  SEND_APPLIED_DIFFERENT, ERR_REFUSED, 1, 5, 1, 0, "shows other values" },

	/* a write whose answer does not tell: never repeated */
	{ "dropped, carried out", OFF, ON, "POST 1 drop\nPOST 1 apply", SEND_APPLIED, ERR_NONE, 1,
	  2, 0, 0, "" },
	{ "dropped, not carried out", OFF, ON, "POST 1 drop", SEND_NOT_APPLIED, ERR_PASSING, 1, 5,
	  1, 0, "Read back since, the service still shows the old values." },
	{ "dropped unread", OFF, ON, "POST 1 drop-unread", SEND_NOT_APPLIED, ERR_PASSING, 1, 5, 1,
	  0, "was lost" },
	{ "hangs, carried out", OFF, ON, "POST 1 hang\nPOST 1 apply", SEND_APPLIED, ERR_NONE, 1, 2,
	  0, 0, "" },
	{ "carried out late", OFF, ON, "POST 1 drop\nGET 4 before {" ON "}", SEND_APPLIED, ERR_NONE,
	  1, 4, 0, 0, "" },
	{ "502, carried out", OFF, ON, "POST 1 answer 502 <title>Bad</title>\nPOST 1 apply",
	  SEND_APPLIED, ERR_NONE, 1, 2, 0, 0, "" },
	{ "502, not carried out", OFF, ON, "POST 1 answer 502 <title>Bad</title>", SEND_NOT_APPLIED,
	  ERR_PASSING, 1, 5, 1, 0, "HTTP status 502" },
	{ "empty answer", OFF, ON, "POST 1 answer 200", SEND_APPLIED, ERR_NONE, 1, 2, 0, 0, "" },
	{ "success false", OFF, ON, "POST 1 answer 200 {\"success\":false}\nPOST 1 ignore",
	  SEND_NOT_APPLIED, ERR_ANSWER, 1, 5, 1, 0, "did not succeed" },
	{ "an answer too large", OFF, ON, "POST 1 flood 999999", SEND_APPLIED, ERR_NONE, 1, 2, 0, 0,
	  "" },
	{ "first unclear but shown: the second goes", SIP_OFF, SIP_ON "," SDES,
	  "POST 1 drop\nPOST 1 apply", SEND_APPLIED, ERR_NONE, 2, 3, 0, 0, "" },
	{ "first unclear and not shown: no second", SIP_OFF, SIP_ON "," SDES, "POST 1 drop",
	  SEND_NOT_APPLIED, ERR_PASSING, 1, 5, 5, 0, "Read back since" },
	{ "second unclear, not carried out", SIP_OFF, SIP_ON "," SDES, "POST 2 drop",
	  SEND_APPLIED_DIFFERENT, ERR_PASSING, 2, 5, 1, 0, "shows part of what was wanted" },

	/* refusals */
	{ "refused", OFF, ON, "POST 1 " REFUSAL("138015"), SEND_NOT_APPLIED, ERR_REFUSED, 1, 2, 1,
	  0, "messaging limit" },
	{ "refused, and unreadable then", OFF, ON,
	  "POST 1 " REFUSAL("138015") "\nGET 1 after {}\nGET * answer 400 no", SEND_NOT_APPLIED,
	  ERR_REFUSED, 1, 2, 0, 0, "messaging limit" },
	{ "the second refused", SIP_OFF, SIP_ON "," SDES, "POST 2 " REFUSAL("100"),
	  SEND_APPLIED_DIFFERENT, ERR_REFUSED, 2, 2, 1, 0, "refuses a value" },
	{ "the second refused, the first lags", SIP_OFF, SIP_ON "," SDES,
	  "POST 1 lag 2\nPOST 2 " REFUSAL("100"), SEND_APPLIED_DIFFERENT, ERR_REFUSED, 2, 4, 1, 0,
	  "refuses a value" },
	{ "refused, while others moved the field", OFF, ON,
	  "POST 1 " REFUSAL("100") "\nPOST 1 after {\"status\":\"PAUSED\"}", SEND_NOT_APPLIED,
	  ERR_REFUSED, 1, 2, 1, 0, "refuses a value" },

	/* rate limits: read, then written once more */
	{ "429, then carried out", OFF, ON, "POST 1 answer 429", SEND_APPLIED, ERR_NONE, 2, 3, 0, 0,
	  "" },
	{ "429, but carried out", OFF, ON, "POST 1 answer 429\nPOST 1 apply", SEND_APPLIED,
	  ERR_NONE, 1, 2, 0, 0, "" },
	{ "429 twice", OFF, ON, "POST * answer 429\nPOST * header Retry-After: 7", SEND_NOT_APPLIED,
	  ERR_RATE, 2, 3, 1, 0, "too many" },
	{ "429 with too long a wait", OFF, ON, "POST 1 answer 429\nPOST 1 header Retry-After: 121",
	  SEND_NOT_APPLIED, ERR_RATE, 1, 2, 1, 0, "too many" },
	{ "429 for the second", SIP_OFF, SIP_ON "," SDES, "POST 2 answer 429", SEND_APPLIED,
	  ERR_NONE, 3, 3, 0, 0, "" },
	{ "429 for the second, but carried out", SIP_OFF, SIP_ON "," SDES,
	  "POST 2 answer 429\nPOST 2 apply", SEND_APPLIED, ERR_NONE, 2, 2, 0, 0, "" },

	/* reading */
	{ "no re-read", OFF, ON, "key another", SEND_NOT_APPLIED, ERR_KEY, 0, 1, 0, 0, "API key" },
	{ "re-read is no JSON", OFF, ON, "GET 1 answer 200 <p>", SEND_NOT_APPLIED, ERR_ANSWER, 0, 1,
	  0, 0, "cannot be read" },
	{ "re-read is no settings", OFF, ON, "GET 1 answer 200 {\"calling\":7}", SEND_NOT_APPLIED,
	  ERR_ANSWER, 0, 1, 0, 0, "" },
	{ "no read-back", OFF, ON, "GET 1 after {}\nGET * answer 500 x", SEND_UNKNOWN, ERR_UNKNOWN,
	  1, 4, 0, 0, "could not be read back" },
	{ "read-back is no settings", OFF, ON, "GET 2 answer 200 {\"calling\":7}", SEND_UNKNOWN,
	  ERR_UNKNOWN, 1, 2, 0, 0, "could not be read back" },

	/* what others do meanwhile */
	{ "taken over", OFF, ON, "GET 1 before {" HIDDEN_ICON "}", SEND_APPLIED, ERR_NONE, 1, 2, 0,
	  0, "" },
	{ "moved alike", OFF, ON, "GET 1 before {" ON "}", SEND_NOT_APPLIED, ERR_CONFLICT, 0, 1, 0,
	  0, "Nothing is left to change" },
	{ "also changed", OFF, ON, "GET 2 before {" HIDDEN_ICON "}", SEND_APPLIED, ERR_NONE, 1, 2,
	  0, 1, "" },
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct world world;
		print_message("%s\n", CASES[i].name);
		world_begin(&world, CASES[i].base, CASES[i].mine, CASES[i].script);
		world_send(&world);
		run_until(&world, SEND_DONE);
		const struct send *send = &world.send;
		print_message("  %s. %s\n", SEND_OUTCOME_WORDS[send->outcome], send->err.sentence);
		assert_int_equal(send->outcome, CASES[i].outcome);
		assert_int_equal(send->err.kind, CASES[i].kind);
		assert_non_null(strstr(send->err.sentence, CASES[i].says));
		assert_int_equal(fault_server_count(&world.server, "posts"), CASES[i].posts);
		assert_int_equal(fault_server_count(&world.server, "gets"), CASES[i].gets);
		assert_int_equal(send->differences.count, CASES[i].differences);
		assert_int_equal(send->also_changed.count, CASES[i].also_changed);
		assert_int_equal(send->writes_begun, CASES[i].posts > 0);
		assert_false(send->cancelled);
		if (CASES[i].differences > 0 || CASES[i].outcome == SEND_APPLIED)
			assert_wanted_over_result(&world);
		world_end(&world);
	}
}

static void test_outcome_words(void **state)
{
	(void)state;
	static const char *const words[] = { "Applied", "Applied, but the service shows …",
					     "Not applied", "Unknown" };
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		assert_string_equal(SEND_OUTCOME_WORDS[i], words[i]);
}

static void test_steps_are_told(void **state)
{
	(void)state;
	static const enum send_step wanted[] = {
		SEND_REREAD,	SEND_WRITE,  SEND_WRITE,     SEND_READ_BACK, SEND_COMPARE,
		SEND_READ_BACK, SEND_REPAIR, SEND_READ_BACK, SEND_DONE,
	};
	struct world world;
	world_begin(&world, SIP_OFF, SIP_ON "," SDES,
		    "POST 2 after {\"srtp_key_exchange_protocol\":null}");
	world_send(&world);
	run_until(&world, SEND_DONE);
	assert_int_equal(world.step_count, ARRAY_LENGTH(wanted));
	for (size_t i = 0; i < ARRAY_LENGTH(wanted); i++)
		assert_int_equal(world.steps[i], wanted[i]);
	assert_true(world.send.repaired);
	world_end(&world);
}

/* Whatever the person chooses, field by field, and nothing is sent before. */
static void test_conflicts(void **state)
{
	(void)state;
	static const struct {
		enum merge_choice choice;
		enum send_outcome outcome;
		long posts;
		const char *shown;
	} cases[] = {
		{ MERGE_MINE, SEND_APPLIED, 1, "ENABLED" },
		{ MERGE_THEIRS, SEND_NOT_APPLIED, 0, "PAUSED" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct world world;
		world_begin(&world, OFF, ON, "GET 1 before {\"status\":\"PAUSED\"}");
		world_send(&world);
		run_until(&world, SEND_CONFLICT);
		assert_int_equal(merge_conflict_count(&world.send.merge), 1);
		send_resolve(&world.send); /* nothing is decided: nothing happens */
		loop_step(&world.loop, STEP_MS);
		assert_int_equal(world.send.step, SEND_CONFLICT);
		assert_int_equal(fault_server_count(&world.server, "posts"), 0);
		for (size_t item = 0; item < world.send.merge.count; item++)
			world.send.merge.items[item].choice = cases[i].choice;
		send_resolve(&world.send);
		run_until(&world, SEND_DONE);
		assert_int_equal(world.send.outcome, cases[i].outcome);
		assert_int_equal(fault_server_count(&world.server, "posts"), cases[i].posts);
		assert_string_equal(world.send.result.values.texts[FIELD_CALLING], cases[i].shown);
		world_end(&world);
	}
}

/* During a rate limit's wait another write comes in between: that is a conflict like any other. */
static void test_conflict_after_rate_limit(void **state)
{
	(void)state;
	struct world world;
	world_begin(&world, OFF, ON, "POST 1 answer 429\nGET 2 before {\"status\":\"PAUSED\"}");
	world_send(&world);
	run_until(&world, SEND_CONFLICT);
	assert_int_equal(fault_server_count(&world.server, "posts"), 1);
	send_cancel(&world.send);
	assert_int_equal(world.send.outcome, SEND_NOT_APPLIED);
	assert_string_equal(values_get(send_wanted(&world.send), field_ref_of(FIELD_CALLING)),
			    "ENABLED");
	world_end(&world);
}

static void test_rate_limit_is_seen(void **state)
{
	(void)state;
	struct world world;
	bool seen = false;
	world_begin(&world, OFF, ON, "POST 1 answer 429\nPOST 1 header Retry-After: 9");
	world_send(&world);
	while (world.send.step != SEND_DONE) {
		struct client_progress progress = send_progress(&world.send);
		int64_t left = progress.waiting_until_ms - clock_monotonic_ms();
		if (progress.is_rate_limited && left > 8000 && left <= 9000)
			seen = true;
		loop_step(&world.loop, STEP_MS);
	}
	assert_true(seen);
	assert_int_equal(world.send.outcome, SEND_APPLIED);
	world_end(&world);
}

static void test_write_not_sent(void **state)
{
	(void)state;
	struct world world;
	world_begin(&world, OFF, ON, "");
	world.kill_at_write = true;
	world_send(&world);
	run_until(&world, SEND_DONE);
	assert_int_equal(world.send.outcome, SEND_NOT_APPLIED);
	assert_int_equal(world.send.err.kind, ERR_NOT_SENT);
	assert_false(world.send.writes_begun);
	world_end(&world);
}

/* Cancelled as soon as the step is told, or once the loop has run a little. */
static const struct {
	const char *name;
	const char *base, *mine;
	const char *script;
	enum send_step step;
	bool at_once;
	enum send_outcome outcome;
	enum err_kind kind;
	long posts;
	bool writes_begun;
} CANCELS[] = {
	{ "re-reading", OFF, ON, "GET 1 hang", SEND_REREAD, false, SEND_NOT_APPLIED, ERR_CANCELLED,
	  0, false },
	{ "re-reading, at once", OFF, ON, "", SEND_REREAD, true, SEND_NOT_APPLIED, ERR_CANCELLED, 0,
	  false },
	{ "conflict", OFF, ON, "GET 1 before {\"status\":\"PAUSED\"}", SEND_CONFLICT, false,
	  SEND_NOT_APPLIED, ERR_CANCELLED, 0, false },
	{ "a write that has not left", OFF, ON, "", SEND_WRITE, true, SEND_NOT_APPLIED,
	  ERR_CANCELLED, 0, false },
	{ "a write that was carried out", OFF, ON, "POST 1 hang\nPOST 1 apply", SEND_WRITE, false,
	  SEND_APPLIED, ERR_NONE, 1, true },
	{ "a write that was not", OFF, ON, "POST 1 hang", SEND_WRITE, false, SEND_NOT_APPLIED,
	  ERR_CANCELLED, 1, true },
	{ "the first of two", SIP_OFF, SIP_ON "," SDES, "POST 1 hang\nPOST 1 apply", SEND_WRITE,
	  false, SEND_APPLIED_DIFFERENT, ERR_CANCELLED, 1, true },
	{ "a rate limit's wait", OFF, ON, "POST 1 answer 429", SEND_WRITE, false, SEND_NOT_APPLIED,
	  ERR_CANCELLED, 1, false },
	{ "reading back", OFF, ON, "GET 2 hang", SEND_READ_BACK, false, SEND_UNKNOWN, ERR_CANCELLED,
	  1, true },
	{ "comparing", OFF, ON, "POST 1 ignore", SEND_COMPARE, true, SEND_UNKNOWN, ERR_CANCELLED, 1,
	  true },
	{ "repairing", SIP_OFF, SIP_ON "," SDES, "POST 2 ignore\nPOST 3 hang", SEND_REPAIR, false,
	  SEND_APPLIED_DIFFERENT, ERR_CANCELLED, 3, true },
};

static void test_cancel(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CANCELS); i++) {
		struct world world;
		print_message("%s\n", CANCELS[i].name);
		world_begin(&world, CANCELS[i].base, CANCELS[i].mine, CANCELS[i].script);
		if (CANCELS[i].at_once)
			world.cancel_at = CANCELS[i].step;
		world_send(&world);
		if (!CANCELS[i].at_once) {
			run_until(&world, CANCELS[i].step);
			int64_t end = real_now_ms() + 100;
			while (real_now_ms() < end)
				loop_step(&world.loop, STEP_MS);
			assert_int_equal(world.send.step, CANCELS[i].step);
			int64_t before = real_now_ms();
			send_cancel(&world.send);
			assert_true(real_now_ms() - before < 100);
		}
		run_until(&world, SEND_DONE);
		print_message("  %s. %s\n", SEND_OUTCOME_WORDS[world.send.outcome],
			      world.send.err.sentence);
		assert_true(world.send.cancelled);
		assert_int_equal(world.send.outcome, CANCELS[i].outcome);
		assert_int_equal(world.send.err.kind, CANCELS[i].kind);
		assert_int_equal(fault_server_count(&world.server, "posts"), CANCELS[i].posts);
		assert_int_equal(world.send.writes_begun, CANCELS[i].writes_begun);
		send_cancel(&world.send); /* ended: nothing happens */
		assert_int_equal(world.send.outcome, CANCELS[i].outcome);
		world_end(&world);
	}
}

/* Released in the middle: no callback, no timer, no request stays. */
static void test_release_midway(void **state)
{
	(void)state;
	static const enum send_step steps[] = { SEND_REREAD, SEND_WRITE, SEND_READ_BACK,
						SEND_COMPARE, SEND_CONFLICT };
	for (size_t i = 0; i < ARRAY_LENGTH(steps); i++) {
		struct world world;
		bool conflict = steps[i] == SEND_CONFLICT;
		world_begin(&world, OFF, ON,
			    conflict ? "GET 1 before {\"status\":\"PAUSED\"}" : "POST 1 ignore");
		world_send(&world);
		run_until(&world, steps[i]);
		world_end(&world);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_outcome_words),
		cmocka_unit_test(test_steps_are_told),
		cmocka_unit_test(test_conflicts),
		cmocka_unit_test(test_conflict_after_rate_limit),
		cmocka_unit_test(test_rate_limit_is_seen),
		cmocka_unit_test(test_write_not_sent),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_release_midway),
	};
	secret_allocators_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
