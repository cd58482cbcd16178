/*
 * The one place where the program waits: file descriptors, timers, and libcurl's sockets.
 *
 * With nothing to wait for but the person it makes no system call. Callbacks run one after another
 * from loop_step, never from within another; they may add and remove watches and timers freely.
 * service/http puts its own waiter in (curl_multi_poll) with its first transfer.
 */
#ifndef SIPDESK_BASE_LOOP_H
#define SIPDESK_BASE_LOOP_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	LOOP_WATCHES_MAX = 32, /* the tty, the signal pipe, and a few child pipes */
	LOOP_TIMERS_MAX = 64,
	LOOP_FOREVER = -1,
};

/* `events` are poll's: POLLIN, POLLHUP, POLLERR. */
typedef void loop_ready_fn(void *owner, int fd, short events);
typedef void loop_timer_fn(void *owner);

struct loop_watch {
	int fd; /* -1: free */
	short events;
	loop_ready_fn *ready;
	void *owner;
	unsigned since_step; /* the value of loop.step when it was put in */
};

struct loop_timer {
	int64_t due_ms;		/* clock_monotonic_ms */
	loop_timer_fn *expired; /* NULL: free */
	void *owner;
	int id;
};

struct loop_waiter {
	/* Waits as poll() does, at most `timeout_ms` (LOOP_FOREVER: no bound); then does its own
	 * work. */
	void (*wait)(void *owner, struct pollfd *fds, size_t count, int timeout_ms);
	void *owner;
};

struct loop {
	struct loop_watch watches[LOOP_WATCHES_MAX];
	struct loop_timer timers[LOOP_TIMERS_MAX];
	struct loop_waiter waiter; /* .wait NULL: plain poll() */
	int last_timer_id;
	unsigned step; /* counts loop_step() calls */
};

void loop_init(struct loop *loop);
/* One callback for a descriptor; watching it again replaces. False when all places are taken. */
bool loop_watch(struct loop *loop, int fd, short events, loop_ready_fn *ready, void *owner);
void loop_unwatch(struct loop *loop, int fd);
/* Calls `expired` once, `delay_ms` from now. Returns an id (> 0), or 0 when all places are taken.
 */
int loop_timer_start(struct loop *loop, int64_t delay_ms, loop_timer_fn *expired, void *owner);
/* Stops it and sets the id to 0; nothing happens where it is 0 or has expired. */
void loop_timer_stop(struct loop *loop, int *id);
/* Waits for something, at most `at_most_ms` (LOOP_FOREVER: no bound), and runs what is due: first
 * descriptors, then timers, the earliest first. What a callback starts has its turn next time. */
void loop_step(struct loop *loop, int at_most_ms);

#endif
