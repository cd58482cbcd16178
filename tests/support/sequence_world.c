#include "tests/support/sequence_world.h"

#include "base/clock.h"
#include "base/mem.h"
#include "tests/support/fast_clock.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	STEP_MS = 1,
	GIVE_UP_MS = 20000, /* real time */
	QUIET_STEPS = 8,    /* without a word: perhaps the service hangs */
};

static const char KEY[] = "key-of-the-sequence-test";

static int64_t real_now_ms(void)
{
	struct timespec now;
	assert_int_equal(clock_gettime(CLOCK_REALTIME, &now), 0);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- the number ------------------------------------------------------------------------------- */

static void history_reopen(struct sequence_world *world)
{
	char *notice;
	struct err err;
	history_close(&world->history);
	if (!history_open(&world->history, SEQUENCE_WORLD_ID, &notice, &err))
		fail_msg("%s", err.sentence);
	assert_null(notice);
}

static void base_set(struct sequence_world *world, const char *calling)
{
	struct err err;
	char *answer = mem_format("{\"calling\":%s}", calling);
	settings_release(&world->base);
	if (!settings_decode(&world->base, answer, strlen(answer), 1, &err))
		fail_msg("%s: %s", answer, err.sentence);
	values_release(&world->mine);
	values_copy(&world->mine, &world->base.values);
	free(answer);
}

void sequence_world_begin(struct sequence_world *world, const char *members, const char *script)
{
	*world = (struct sequence_world) { .home = "/tmp/sipdesk-sequence-XXXXXX" };
	assert_non_null(mkdtemp(world->home));
	assert_int_equal(setenv("XDG_DATA_HOME", world->home, 1), 0);
	settings_init(&world->base);
	values_init(&world->mine);
	loop_init(&world->loop);
	fault_server_start(&world->server, "");
	world->http = http_new(&world->loop, NULL);
	endpoint_init(&world->endpoint);
	world->endpoint.api_url = mem_text(world->server.url);
	assert_true(secret_set(&world->endpoint.key, KEY, strlen(KEY), NULL));
	history_open_in_memory(&world->history);
	world->target = (struct sequence_target) {
		.http = world->http,
		.endpoint = &world->endpoint,
		.history = &world->history,
		.label = "Acme \xc3\xbc \"1\"",
	};
	fast_clock_set(1);
	sequence_world_renew(world, members, script);
}

void sequence_world_renew(struct sequence_world *world, const char *members, const char *script)
{
	char *calling = mem_format("{%s}", members);
	char *whole = mem_format("settings %s\n%s", calling, script);
	char *file = mem_format("%s/sipdesk/history/" SEQUENCE_WORLD_ID ".jsonl", world->home);
	fault_server_script(&world->server, whole);
	base_set(world, calling);
	(void)unlink(file);
	history_reopen(world);
	free(file);
	free(whole);
	free(calling);
}

char *sequence_world_read(struct sequence_world *world)
{
	struct json_doc state;
	fault_server_state(&world->server, &state);
	struct json_slice slice = json_slice(&state, json_member(state.root, "calling"));
	char *calling = mem_text_n(slice.bytes, slice.length);
	json_doc_release(&state);
	base_set(world, calling);
	return calling;
}

void sequence_world_end(struct sequence_world *world)
{
	for (size_t i = 0; i < LOOP_TIMERS_MAX; i++)
		assert_null(world->loop.timers[i].expired);
	http_free(world->http);
	endpoint_release(&world->endpoint);
	settings_release(&world->base);
	values_release(&world->mine);
	history_close(&world->history);
	fault_server_stop(&world->server);
	char *command = mem_format("rm -rf '%s'", world->home);
	assert_int_equal(system(command), 0);
	free(command);
}

/* --- sequences -------------------------------------------------------------------------------- */

static void changed(void *owner, struct sequence *sequence)
{
	struct sequence_world *world = owner;
	assert_ptr_equal(sequence, &world->sequence);
	world->steps++;
	if (world->told != NULL)
		world->told(world->owner, world);
}

void sequence_world_send(struct sequence_world *world, enum sequence_kind kind)
{
	world->steps = 0;
	sequence_start(&world->sequence, kind, &world->target, &world->base.values, &world->mine,
		       changed, world);
}

void sequence_world_reset(struct sequence_world *world)
{
	assert_null(sequence_reset_why_not(&world->base));
	world->steps = 0;
	sequence_reset_password(&world->sequence, &world->target, &world->base, changed, world);
}

void sequence_world_settle(struct sequence_world *world, enum sequence_kind how,
			   const struct sequence_record *open)
{
	world->steps = 0;
	sequence_settle(&world->sequence, how, &world->target, open, changed, world);
}

/* Nothing but time will bring it further. */
static void time_skip(const struct sequence_world *world, int quiet_steps)
{
	struct client_progress progress = send_progress(&world->sequence.send);
	int64_t left = progress.waiting_until_ms - clock_monotonic_ms();
	if (left > 0)
		fast_clock_jump(left);
	else if (quiet_steps >= QUIET_STEPS && fault_server_count(&world->server, "hung") > 0)
		fast_clock_jump(HTTP_POST_MS);
}

bool sequence_world_run(struct sequence_world *world, int steps)
{
	int64_t end = real_now_ms() + GIVE_UP_MS;
	int quiet_steps = 0;
	while (world->sequence.state == SEQUENCE_RUNNING && world->steps < steps) {
		int before = world->steps;
		assert_true(real_now_ms() < end);
		time_skip(world, quiet_steps);
		loop_step(&world->loop, STEP_MS);
		quiet_steps = world->steps == before ? quiet_steps + 1 : 0;
	}
	return world->sequence.state != SEQUENCE_RUNNING;
}

bool sequence_world_find_open(struct sequence_world *world, struct sequence_record *record)
{
	bool found = false;
	struct err err;
	history_reopen(world);
	if (!sequence_find_open(&world->history, record, &found, &err))
		fail_msg("%s", err.sentence);
	return found;
}
