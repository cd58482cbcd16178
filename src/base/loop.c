#include "base/loop.h"

#include "base/clock.h"

#include <limits.h>
#include <stdlib.h>

void loop_init(struct loop *loop)
{
	*loop = (struct loop) { 0 };
	for (size_t i = 0; i < LOOP_WATCHES_MAX; i++)
		loop->watches[i].fd = -1;
}

static struct loop_watch *watch_of(struct loop *loop, int fd)
{
	for (size_t i = 0; i < LOOP_WATCHES_MAX; i++)
		if (loop->watches[i].fd == fd)
			return &loop->watches[i];
	return NULL;
}

bool loop_watch(struct loop *loop, int fd, short events, loop_ready_fn *ready, void *owner)
{
	struct loop_watch *watch = watch_of(loop, fd);
	if (watch == NULL)
		watch = watch_of(loop, -1);
	if (watch == NULL)
		return false;
	*watch = (struct loop_watch) {
		.fd = fd,
		.events = events,
		.ready = ready,
		.owner = owner,
		.since_step = loop->step,
	};
	return true;
}

void loop_unwatch(struct loop *loop, int fd)
{
	struct loop_watch *watch = fd < 0 ? NULL : watch_of(loop, fd);
	if (watch != NULL)
		*watch = (struct loop_watch) { .fd = -1 };
}

int loop_timer_start(struct loop *loop, int64_t delay_ms, loop_timer_fn *expired, void *owner)
{
	for (size_t i = 0; i < LOOP_TIMERS_MAX; i++) {
		if (loop->timers[i].expired != NULL)
			continue;
		loop->last_timer_id = loop->last_timer_id == INT_MAX ? 1 : loop->last_timer_id + 1;
		loop->timers[i] = (struct loop_timer) {
			.due_ms = clock_monotonic_ms() + delay_ms,
			.expired = expired,
			.owner = owner,
			.id = loop->last_timer_id,
		};
		return loop->last_timer_id;
	}
	return 0;
}

static struct loop_timer *timer_of(struct loop *loop, int id)
{
	for (size_t i = 0; i < LOOP_TIMERS_MAX; i++)
		if (loop->timers[i].expired != NULL && loop->timers[i].id == id)
			return &loop->timers[i];
	return NULL;
}

void loop_timer_stop(struct loop *loop, int *id)
{
	struct loop_timer *timer = *id == 0 ? NULL : timer_of(loop, *id);
	if (timer != NULL)
		*timer = (struct loop_timer) { 0 };
	*id = 0;
}

static int timeout_until_next_timer(const struct loop *loop, int at_most_ms)
{
	int64_t now = clock_monotonic_ms();
	int64_t timeout = at_most_ms < 0 ? INT_MAX : at_most_ms;
	bool bounded = at_most_ms >= 0;
	for (size_t i = 0; i < LOOP_TIMERS_MAX; i++) {
		const struct loop_timer *timer = &loop->timers[i];
		if (timer->expired == NULL)
			continue;
		int64_t left = timer->due_ms > now ? timer->due_ms - now : 0;
		bounded = true;
		if (left < timeout)
			timeout = left;
	}
	return bounded ? (int)timeout : LOOP_FOREVER;
}

static int timer_compare(const void *a, const void *b)
{
	const struct loop_timer *first = a, *second = b;
	if (first->due_ms != second->due_ms)
		return first->due_ms < second->due_ms ? -1 : 1;
	return first->id < second->id ? -1 : 1;
}

static void timers_run(struct loop *loop)
{
	struct loop_timer due[LOOP_TIMERS_MAX];
	size_t count = 0;
	int64_t now = clock_monotonic_ms();
	for (size_t i = 0; i < LOOP_TIMERS_MAX; i++)
		if (loop->timers[i].expired != NULL && loop->timers[i].due_ms <= now)
			due[count++] = loop->timers[i];
	if (count == 0)
		return;
	qsort(due, count, sizeof *due, timer_compare);
	for (size_t i = 0; i < count; i++) {
		/* Looked up by its id: an earlier callback may have stopped it. */
		struct loop_timer *timer = timer_of(loop, due[i].id);
		if (timer == NULL)
			continue;
		*timer = (struct loop_timer) { 0 };
		due[i].expired(due[i].owner);
	}
}

void loop_step(struct loop *loop, int at_most_ms)
{
	struct pollfd fds[LOOP_WATCHES_MAX];
	size_t count = 0;
	loop->step++;
	for (size_t i = 0; i < LOOP_WATCHES_MAX; i++)
		if (loop->watches[i].fd >= 0)
			fds[count++] = (struct pollfd) { .fd = loop->watches[i].fd,
							 .events = loop->watches[i].events };
	int timeout = timeout_until_next_timer(loop, at_most_ms);
	if (loop->waiter.wait != NULL)
		loop->waiter.wait(loop->waiter.owner, fds, count, timeout);
	else
		(void)poll(fds, count, timeout); /* EINTR: the signal pipe tells, next time round */
	for (size_t i = 0; i < count; i++) {
		/* Looked up again: an earlier callback may have taken it away, or put in another of
		 * the same number, for which these events are not meant. */
		struct loop_watch *watch = fds[i].revents != 0 ? watch_of(loop, fds[i].fd) : NULL;
		if (watch != NULL && watch->since_step != loop->step)
			watch->ready(watch->owner, fds[i].fd, fds[i].revents);
	}
	timers_run(loop);
}
