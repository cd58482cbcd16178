#include "tests/support/bench_numbers.h"

#include "base/mem.h"
#include "tests/support/bench_figure.h"
#include "tests/support/child.h"
#include "tests/support/many_numbers.h"
#include "tests/support/session.h"

#include <stdio.h>
#include <stdlib.h>

enum { NUMBERS = 10000, RUNS = 11, QUIET_MS = 60 };

/* The list as far as it is in view, and the bar. */
static bool frame_is_whole(const struct session *session, const void *argument)
{
	(void)argument;
	return session_shows(session, "10000 saved") && session_shows(session, "Customer 17 ") &&
	       session_shows(session, "F10 Leave");
}

static struct session *list_open(const char *home)
{
	char *program = session_built("sipdesk");
	const char *const arguments[] = { program, NULL };
	struct session *session =
		session_start(&(struct session_options) { .arguments = arguments, .home = home });
	free(program);
	if (session == NULL || session_wait(session, frame_is_whole, NULL, "10,000 numbers"))
		return session;
	(void)session_close(session);
	return NULL;
}

static bool start_measure(const char *home)
{
	double times[RUNS];
	for (size_t i = 0; i < RUNS; i++) {
		double start = bench_now_ms();
		struct session *session = list_open(home);
		times[i] = bench_now_ms() - start;
		if (session == NULL)
			return false;
		(void)session_close(session);
	}
	bench_figure_print(&(struct bench_figure) { "first frame with 10,000 saved numbers", "ms",
						    25, bench_median(times, RUNS) });
	return true;
}

static void keys_measure(struct session *session, const char *name, const char *const *keys,
			 size_t count, double limit)
{
	double times[16];
	for (size_t i = 0; i < count && i < ARRAY_LENGTH(times); i++) {
		(void)session_wait_quiet(session, QUIET_MS);
		times[i] = session_latency_of(session, keys[i]);
	}
	char *slowest = mem_format("%s: the slowest", name);
	double median = bench_median(times, count);
	bench_figure_print(&(struct bench_figure) { name, "ms", limit, median });
	bench_figure_print(&(struct bench_figure) { slowest, "ms", -1, times[count - 1] });
	free(slowest);
}

void bench_numbers(void)
{
	/* In names, in nothing at all (then states are looked at, too), and as a phone number. */
	static const char *const typed[] = { "c",     "l", "i", "n", "i", "x", "q",
					     "<C-u>", "+", "4", "9", "3", "0", "1" };
	static const char *const pages[] = { "<PgDn>", "<PgDn>", "<End>", "<PgUp>", "<Home>" };
	char *home = child_folder_make();
	if (home != NULL && many_numbers_write(home, NUMBERS) && start_measure(home)) {
		struct session *session = list_open(home);
		if (session != NULL) {
			keys_measure(session, "10,000: a page", pages, ARRAY_LENGTH(pages), 50);
			keys_measure(session, "10,000: a character to find", typed,
				     ARRAY_LENGTH(typed), 10);
			bench_figure_print(&(struct bench_figure) {
				"10,000: resident at most", "KiB", 24 * 1024,
				bench_process_value(session->id, "status", "\nVmHWM:") });
		}
		(void)session_close(session);
	}
	child_folder_remove(home);
	free(home);
}
