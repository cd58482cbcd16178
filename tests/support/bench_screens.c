#include "tests/support/bench_screens.h"

#include "base/mem.h"
#include "sandbox/sandbox.h"
#include "tests/support/bench_figure.h"
#include "tests/support/session.h"

#include <stdlib.h>

enum {
	RUNS = 11,     /* of the start */
	KEYS = 20,     /* of each kind */
	QUIET_MS = 60, /* longer than ESC waits: the key has been answered whole */
	REST_MS = 2,   /* the rest of a frame comes within less */
	IDLE_MS = 60000,
	WARM_KEYS = 1000, /* until everything that grows once has grown */
	MANY_KEYS = 10000,
};

static double switches(const struct session *session)
{
	return bench_process_value(session->id, "status", "\nvoluntary_ctxt_switches:");
}

static double writes(const struct session *session)
{
	return bench_process_value(session->id, "io", "syscw:");
}

static bool all_numbers_are_shown(const struct session *session, const void *argument)
{
	(void)argument;
	for (size_t i = 0; i < PRACTICE_NUMBER_COUNT; i++) {
		if (!session_shows(session, PRACTICE_NUMBERS[i].phone_number))
			return false;
	}
	return true;
}

/* NULL with a message where it does not come up. */
static struct session *sandbox_open(void)
{
	char *program = session_built("sipdesk");
	const char *const arguments[] = { program, "--sandbox", NULL };
	struct session *session =
		session_start(&(struct session_options) { .arguments = arguments });
	free(program);
	if (session == NULL || session_wait(session, all_numbers_are_shown, NULL, "the numbers"))
		return session;
	(void)session_close(session);
	return NULL;
}

static bool start_measure(void)
{
	double times[RUNS], bytes[RUNS];
	for (size_t i = 0; i < RUNS; i++) {
		double start = bench_now_ms();
		struct session *session = sandbox_open();
		times[i] = bench_now_ms() - start;
		if (session == NULL)
			return false;
		bytes[i] = (double)session_bytes(session);
		(void)session_close(session);
	}
	bench_figure_print(&(struct bench_figure) { "first complete frame of --sandbox, 80x24",
						    "ms", 10, bench_median(times, RUNS) });
	bench_figure_print(
		&(struct bench_figure) { "its bytes", "bytes", 3000, bench_median(bytes, RUNS) });
	return true;
}

/* --- keys of a kind --------------------------------------------------------------------------- */

static bool list_settle(struct session *session)
{
	return session_wait_gone(session, "not read yet") && session_wait_gone(session, "reading");
}

static bool settings_open(struct session *session)
{
	session_send(session, "/");
	session_type(session, "Practice 3");
	bool is_found = session_wait_gone(session, "Practice 1:");
	session_send(session, "<Enter>");
	return is_found && session_wait_text(session, "SRTP key exchange");
}

/* The hostname of the SIP server is typed. */
static bool hostname_edit(struct session *session)
{
	session_send(session, "/");
	session_type(session, "hostname");
	session_send(session, "<Enter>");
	bool is_there = session_wait_text(session, "Your server will see");
	session_send(session, "<Enter>");
	return is_there;
}

static const struct key_row {
	const char *name;
	bool (*go)(struct session *session); /* first; NULL: we are there */
	const char *cycle[5];		     /* in turn, each after the one before was answered */
	double limit;			     /* bytes, median */
} LIST_KEYS = { "a cursor key in the list",
		list_settle,
		{ "<Down>", "<Down>", "<Up>", "<Down>", "<Up>" },
		60 },
  FORM_KEYS[] = {
	  { "a whole frame of the settings form",
	    NULL,
	    { "<C-l>", "<C-l>", "<C-l>", "<C-l>", "<C-l>" },
	    3000 },
	  { "a cursor key in the settings form",
	    NULL,
	    { "<Down>", "<Down>", "<Up>", "<Down>", "<Up>" },
	    160 },
	  { "a typed character", hostname_edit, { "a", "b", "c", "d", "e" }, 20 },
  };

static void row_measure(struct session *session, const struct key_row *row)
{
	double bytes[KEYS], calls[KEYS], times[KEYS];
	if (row->go != NULL && !row->go(session))
		return;
	for (size_t i = 0; i < KEYS; i++) {
		(void)session_wait_quiet(session, QUIET_MS);
		double bytes_before = (double)session_bytes(session);
		double calls_before = writes(session);
		times[i] = session_latency_of(session, row->cycle[i % ARRAY_LENGTH(row->cycle)]);
		(void)session_wait_quiet(session, QUIET_MS);
		bytes[i] = (double)session_bytes(session) - bytes_before;
		calls[i] = calls_before < 0 ? BENCH_NOT_MEASURED : writes(session) - calls_before;
	}
	char *writes_name = mem_format("%s: writes", row->name);
	char *time_name = mem_format("%s: answered in", row->name);
	bench_figure_print(&(struct bench_figure) { row->name, "bytes", row->limit,
						    bench_median(bytes, KEYS) });
	bench_figure_print(
		&(struct bench_figure) { writes_name, "", 1, bench_median(calls, KEYS) });
	bench_figure_print(
		&(struct bench_figure) { time_name, "ms", 2, bench_median(times, KEYS) });
	free(time_name);
	free(writes_name);
}

/* --- what else is felt ------------------------------------------------------------------------ */

static void escape_measure(struct session *session)
{
	double times[KEYS];
	for (size_t i = 0; i < KEYS; i++) {
		session_send(session, "<F1>");
		(void)session_wait_quiet(session, QUIET_MS);
		times[i] = session_latency_of(session, "<Esc>");
		(void)session_wait_quiet(session, QUIET_MS);
	}
	bench_figure_print(
		&(struct bench_figure) { "ESC acts within", "ms", 60, bench_median(times, KEYS) });
}

/* A frame is one write, so its first byte tells that all of it is there. */
static void resize_measure(struct session *session)
{
	double times[KEYS];
	for (size_t i = 0; i < KEYS; i++) {
		(void)session_wait_quiet(session, QUIET_MS);
		size_t before = session_bytes(session);
		double start = bench_now_ms();
		session_resize(session, i % 2 == 0 ? 43 : 24, i % 2 == 0 ? 132 : 80);
		(void)session_wait_output_after(session, before);
		times[i] = bench_now_ms() - start;
	}
	bench_figure_print(&(struct bench_figure) { "a resize repainted within", "ms", 5,
						    bench_median(times, KEYS) });
}

static void idle_measure(struct session *session)
{
	(void)session_wait_quiet(session, QUIET_MS);
	double bytes = (double)session_bytes(session);
	double before = switches(session);
	session->deadline_ms = 2 * IDLE_MS;
	(void)session_wait_quiet(session, IDLE_MS);
	session->deadline_ms = SESSION_DEADLINE_MS;
	double after = switches(session);
	bench_figure_print(&(struct bench_figure) { "idle 60 s: output", "bytes", 0,
						    (double)session_bytes(session) - bytes });
	bench_figure_print(&(struct bench_figure) {
		"idle 60 s: wake-ups", "", 0, before < 0 ? BENCH_NOT_MEASURED : after - before });
}

/* Through the form, its help and its actions, each key once the one before was answered. */
static void many_keys_measure(struct session *session)
{
	static const char *const CYCLE[] = { "<Down>", "<Up>", "<F1>",	"q",
					     "<F9>",   "q",    "<End>", "<Home>" };
	double *times = mem_alloc(MANY_KEYS, sizeof *times);
	double resident = 0;
	session_send(session, "<Home>");
	for (size_t i = 0; i < WARM_KEYS + MANY_KEYS; i++) {
		if (i == WARM_KEYS)
			resident = bench_process_value(session->id, "status", "\nVmRSS:");
		(void)session_wait_quiet(session, REST_MS);
		double time = session_latency_of(session, CYCLE[i % ARRAY_LENGTH(CYCLE)]);
		if (i >= WARM_KEYS)
			times[i - WARM_KEYS] = time;
	}
	(void)bench_median(times, MANY_KEYS);
	double after = bench_process_value(session->id, "status", "\nVmRSS:");
	bench_figure_print(&(struct bench_figure) { "a key answered within, p99 of 10,000", "ms", 2,
						    times[MANY_KEYS - MANY_KEYS / 100] });
	bench_figure_print(&(struct bench_figure) { "resident: more after them", "KiB", 0,
						    resident < 0       ? BENCH_NOT_MEASURED
						    : after > resident ? after - resident
								       : 0 });
	free(times);
}

void bench_screens(void)
{
	struct session *session = start_measure() ? sandbox_open() : NULL;
	if (session != NULL)
		row_measure(session, &LIST_KEYS);
	if (session != NULL && settings_open(session)) {
		many_keys_measure(session);
		resize_measure(session);
		escape_measure(session);
		idle_measure(session);
		for (size_t i = 0; i < ARRAY_LENGTH(FORM_KEYS); i++)
			row_measure(session, &FORM_KEYS[i]);
		bench_figure_print(&(struct bench_figure) {
			"resident at most", "KiB", 14 * 1024,
			bench_process_value(session->id, "status", "\nVmHWM:") });
	}
	(void)session_close(session);
}
