/* base/loop: one place that waits. Timers in order, callbacks that add and take away, no busy loop.
 */
#include "base/loop.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct scene {
	struct loop loop;
	char log[64]; /* one letter for each callback that ran */
	int ids[4];
	int pipes[2][2];
	int waits;	  /* how often the waiter was asked */
	int last_timeout; /* and for how long */
	struct timer_letter {
		struct scene *scene;
		char letter;
	} letters[8];
};

static void scene_log(struct scene *scene, char letter)
{
	size_t length = strlen(scene->log);
	assert_true(length + 1 < sizeof scene->log);
	scene->log[length] = letter;
}

/* Stands for poll(): counts, and really waits. */
static void waiter_wait(void *owner, struct pollfd *fds, size_t count, int timeout_ms)
{
	struct scene *scene = owner;
	scene->waits++;
	scene->last_timeout = timeout_ms;
	(void)poll(fds, count, timeout_ms);
}

static int scene_open(void **state)
{
	struct scene *scene = mem_alloc(1, sizeof *scene);
	loop_init(&scene->loop);
	scene->loop.waiter = (struct loop_waiter) { .wait = waiter_wait, .owner = scene };
	for (size_t i = 0; i < ARRAY_LENGTH(scene->letters); i++)
		scene->letters[i] = (struct timer_letter) { scene, (char)('a' + i) };
	*state = scene;
	return pipe(scene->pipes[0]) | pipe(scene->pipes[1]);
}

static int scene_close(void **state)
{
	struct scene *scene = *state;
	for (size_t i = 0; i < 4; i++)
		(void)close(scene->pipes[i / 2][i % 2]);
	free(scene);
	return 0;
}

static void letter_expired(void *owner)
{
	struct timer_letter *timer = owner;
	scene_log(timer->scene, timer->letter);
}

static int letter_start(struct scene *scene, char letter, int64_t delay_ms)
{
	return loop_timer_start(&scene->loop, delay_ms, letter_expired,
				&scene->letters[letter - 'a']);
}

static void wait_ms(int64_t delay_ms)
{
	int64_t until = clock_monotonic_ms() + delay_ms;
	while (clock_monotonic_ms() < until)
		(void)poll(NULL, 0, (int)(until - clock_monotonic_ms()));
}

static const struct {
	int delays_ms[5]; /* of a, b, c …; -1: not started */
	const char *order;
} order_cases[] = {
	{ { 0, -1 }, "a" },
	{ { 3, 1, 2, -1 }, "bca" },
	{ { 2, 2, 2, 2, 2 }, "abcde" }, /* alike: as started */
	{ { 5, 4, 3, 2, 1 }, "edcba" },
	{ { 0, 5, 0, 5, 0 }, "acebd" },
};

/* All due when the loop comes to them: the earliest has its turn first. */
static void test_timers_run_in_order(void **state)
{
	struct scene *scene = *state;
	for (size_t i = 0; i < ARRAY_LENGTH(order_cases); i++) {
		memset(scene->log, 0, sizeof scene->log);
		for (size_t j = 0; j < 5 && order_cases[i].delays_ms[j] >= 0; j++)
			(void)letter_start(scene, (char)('a' + j), order_cases[i].delays_ms[j]);
		wait_ms(7);
		loop_step(&scene->loop, LOOP_FOREVER);
		assert_string_equal(scene->log, order_cases[i].order);
	}
}

static void test_a_timer_runs_once_and_not_early(void **state)
{
	struct scene *scene = *state;
	int64_t started = clock_monotonic_ms();
	assert_true(letter_start(scene, 'a', 20) > 0);
	loop_step(&scene->loop, 0);
	assert_string_equal(scene->log, "");
	while (scene->log[0] == '\0')
		loop_step(&scene->loop, LOOP_FOREVER);
	assert_true(clock_monotonic_ms() - started >= 20);
	/* Waited for in one piece: 0 first, then what was left of the 20. */
	assert_true(scene->waits <= 3);
	loop_step(&scene->loop, 0);
	assert_string_equal(scene->log, "a");
}

static void stop_others(void *owner)
{
	struct scene *scene = owner;
	scene_log(scene, 'S');
	for (size_t i = 0; i < ARRAY_LENGTH(scene->ids); i++)
		loop_timer_stop(&scene->loop, &scene->ids[i]);
}

static void test_stop_from_a_callback(void **state)
{
	struct scene *scene = *state;
	scene->ids[0] = loop_timer_start(&scene->loop, 0, stop_others, scene);
	scene->ids[1] = letter_start(scene, 'a', 0);
	scene->ids[2] = letter_start(scene, 'b', 1);
	(void)letter_start(scene, 'c', 1);
	wait_ms(3);
	loop_step(&scene->loop, LOOP_FOREVER);
	assert_string_equal(scene->log, "Sc");
	for (size_t i = 0; i < ARRAY_LENGTH(scene->ids); i++)
		assert_int_equal(scene->ids[i], 0);
}

static void start_again(void *owner)
{
	struct scene *scene = owner;
	scene_log(scene, 'R');
	(void)loop_timer_start(&scene->loop, 0, start_again, scene);
}

/* One that starts itself again at once leaves the others their turn. */
static void test_start_from_a_callback(void **state)
{
	struct scene *scene = *state;
	(void)loop_timer_start(&scene->loop, 0, start_again, scene);
	for (int i = 0; i < 3; i++)
		loop_step(&scene->loop, LOOP_FOREVER);
	assert_string_equal(scene->log, "RRR");
}

static void test_an_old_id_stops_nothing(void **state)
{
	struct scene *scene = *state;
	int first = letter_start(scene, 'a', 0);
	int kept = first, none = 0;
	loop_step(&scene->loop, LOOP_FOREVER);
	int second = letter_start(scene, 'b', 0); /* in the same place */
	assert_int_not_equal(second, kept);
	loop_timer_stop(&scene->loop, &first);
	loop_timer_stop(&scene->loop, &none);
	assert_int_equal(first, 0);
	loop_step(&scene->loop, LOOP_FOREVER);
	assert_string_equal(scene->log, "ab");
}

static void test_places_run_out(void **state)
{
	struct scene *scene = *state;
	for (int i = 0; i < LOOP_TIMERS_MAX; i++)
		assert_true(letter_start(scene, 'a', 60000) > 0);
	assert_int_equal(letter_start(scene, 'a', 0), 0);
	for (int i = 0; i < LOOP_WATCHES_MAX; i++)
		assert_true(loop_watch(&scene->loop, 1000 + i, POLLIN, NULL, NULL));
	assert_false(loop_watch(&scene->loop, 2000, POLLIN, NULL, NULL));
	assert_true(loop_watch(&scene->loop, 1000, POLLIN, NULL, NULL)); /* replaces */
	loop_unwatch(&scene->loop, 1000);
	loop_unwatch(&scene->loop, 1000);
	loop_unwatch(&scene->loop, -1);
	assert_true(loop_watch(&scene->loop, 2000, POLLIN, NULL, NULL));
}

static void ready_read(void *owner, int fd, short events)
{
	struct scene *scene = owner;
	char byte;
	assert_true((events & POLLIN) != 0);
	assert_int_equal(read(fd, &byte, 1), 1);
	scene_log(scene, byte);
}

static void test_watches(void **state)
{
	struct scene *scene = *state;
	assert_true(loop_watch(&scene->loop, scene->pipes[0][0], POLLIN, ready_read, scene));
	assert_true(loop_watch(&scene->loop, scene->pipes[1][0], POLLIN, ready_read, scene));
	loop_step(&scene->loop, 0);
	assert_string_equal(scene->log, "");
	assert_int_equal(write(scene->pipes[0][1], "xy", 2), 2);
	assert_int_equal(write(scene->pipes[1][1], "z", 1), 1);
	loop_step(&scene->loop, LOOP_FOREVER);
	assert_string_equal(scene->log, "xz");
	loop_unwatch(&scene->loop, scene->pipes[0][0]);
	loop_step(&scene->loop, 0);
	assert_string_equal(scene->log, "xz");
}

/* Takes the other watch away, and leaves its bytes unread. */
static void ready_unwatch_both(void *owner, int fd, short events)
{
	struct scene *scene = owner;
	(void)fd, (void)events;
	scene_log(scene, 'U');
	loop_unwatch(&scene->loop, scene->pipes[0][0]);
	loop_unwatch(&scene->loop, scene->pipes[1][0]);
}

static void test_unwatch_from_a_callback(void **state)
{
	struct scene *scene = *state;
	for (size_t i = 0; i < 2; i++) {
		assert_true(loop_watch(&scene->loop, scene->pipes[i][0], POLLIN, ready_unwatch_both,
				       scene));
		assert_int_equal(write(scene->pipes[i][1], "x", 1), 1);
	}
	loop_step(&scene->loop, LOOP_FOREVER);
	loop_step(&scene->loop, 0);
	assert_string_equal(scene->log, "U");
}

static void ready_new(void *owner, int fd, short events)
{
	(void)fd;
	scene_log(owner, (events & POLLHUP) != 0 ? 'H' : 'N');
}

/* Closes the other pipe, of which the end was seen too, and opens one that gets its number. */
static void ready_replace_other(void *owner, int fd, short events)
{
	struct scene *scene = owner;
	int old = scene->pipes[1][0];
	(void)events;
	scene_log(scene, 'O');
	loop_unwatch(&scene->loop, fd);
	loop_unwatch(&scene->loop, old);
	(void)close(old);
	assert_int_equal(pipe(scene->pipes[1]), 0);
	assert_int_equal(scene->pipes[1][0], old);
	assert_true(loop_watch(&scene->loop, old, POLLIN, ready_new, scene));
}

static void test_events_are_not_for_a_successor(void **state)
{
	struct scene *scene = *state;
	assert_int_equal(write(scene->pipes[0][1], "x", 1), 1);
	(void)close(scene->pipes[1][1]);
	assert_true(
		loop_watch(&scene->loop, scene->pipes[0][0], POLLIN, ready_replace_other, scene));
	assert_true(loop_watch(&scene->loop, scene->pipes[1][0], POLLIN, ready_new, scene));
	loop_step(&scene->loop, LOOP_FOREVER);
	assert_string_equal(scene->log, "O");
	assert_int_equal(write(scene->pipes[1][1], "x", 1), 1);
	loop_step(&scene->loop, LOOP_FOREVER);
	assert_string_equal(scene->log, "ON");
}

/* With nothing due it waits for ever; with a timer for the rest of its time, never for less. */
static void test_no_busy_loop(void **state)
{
	struct scene *scene = *state;
	assert_true(loop_watch(&scene->loop, scene->pipes[0][0], POLLIN, ready_read, scene));
	assert_int_equal(write(scene->pipes[0][1], "abc", 3), 3);
	for (int i = 0; i < 3; i++)
		loop_step(&scene->loop, LOOP_FOREVER);
	assert_int_equal(scene->last_timeout, LOOP_FOREVER);
	assert_int_equal(scene->waits, 3);
	(void)letter_start(scene, 'd', 60000);
	loop_step(&scene->loop, 10);
	assert_int_equal(scene->last_timeout, 10);
	assert_int_equal(write(scene->pipes[0][1], "x", 1), 1);
	loop_step(&scene->loop, LOOP_FOREVER);
	assert_true(scene->last_timeout > 50000 && scene->last_timeout <= 60000);
	(void)letter_start(scene, 'e', 30);
	scene->waits = 0;
	while (strchr(scene->log, 'e') == NULL)
		loop_step(&scene->loop, LOOP_FOREVER);
	assert_true(scene->waits <= 2);
	assert_string_equal(scene->log, "abcxe");
}

static void test_plain_poll_without_a_waiter(void **state)
{
	struct scene *scene = *state;
	scene->loop.waiter.wait = NULL;
	assert_true(loop_watch(&scene->loop, scene->pipes[0][0], POLLIN, ready_read, scene));
	assert_int_equal(write(scene->pipes[0][1], "x", 1), 1);
	loop_step(&scene->loop, LOOP_FOREVER);
	assert_string_equal(scene->log, "x");
	assert_int_equal(scene->waits, 0);
}

#define loop_test(function) cmocka_unit_test_setup_teardown(function, scene_open, scene_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		loop_test(test_timers_run_in_order),
		loop_test(test_a_timer_runs_once_and_not_early),
		loop_test(test_stop_from_a_callback),
		loop_test(test_start_from_a_callback),
		loop_test(test_an_old_id_stops_nothing),
		loop_test(test_places_run_out),
		loop_test(test_watches),
		loop_test(test_unwatch_from_a_callback),
		loop_test(test_events_are_not_for_a_successor),
		loop_test(test_no_busy_loop),
		loop_test(test_plain_poll_without_a_waiter),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
