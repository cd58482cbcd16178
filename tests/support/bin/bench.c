/*
 * Measures what a person feels and a slow line carries, on the real `sipdesk --sandbox` at 80x24,
 * and prints each figure beside its limit. Medians of several runs; always ends with 0.
 */
#include "base/mem.h"
#include "sandbox/sandbox.h"
#include "tests/support/bench_check.h"
#include "tests/support/bench_drafts.h"
#include "tests/support/bench_figure.h"
#include "tests/support/bench_numbers.h"
#include "tests/support/bench_peers.h"
#include "tests/support/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	RUNS = 11,     /* of the start */
	KEYS = 20,     /* of each kind */
	QUIET_MS = 60, /* longer than ESC waits: the key has been answered whole */
	IDLE_MS = 10000,
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

static void start_measure(void)
{
	double times[RUNS], bytes[RUNS];
	for (size_t i = 0; i < RUNS; i++) {
		double start = bench_now_ms();
		struct session *session = sandbox_open();
		times[i] = bench_now_ms() - start;
		if (session == NULL)
			exit(EXIT_SUCCESS);
		(void)session_wait_quiet(session, QUIET_MS);
		bytes[i] = (double)session_bytes(session);
		(void)session_close(session);
	}
	bench_figure_print(&(struct bench_figure) { "first complete frame of --sandbox, 80x24",
						    "ms", 20, bench_median(times, RUNS) });
	bench_figure_print(
		&(struct bench_figure) { "its bytes", "bytes", 4000, bench_median(bytes, RUNS) });
}

struct key_figures {
	double bytes[KEYS], writes[KEYS], times[KEYS];
};

/* Sends the keys of `cycle` in turn, each after the one before was answered whole. */
static void keys_measure(struct session *session, const char *const *cycle, size_t length,
			 struct key_figures *figures)
{
	for (size_t i = 0; i < KEYS; i++) {
		(void)session_wait_quiet(session, QUIET_MS);
		double bytes = (double)session_bytes(session);
		double written = writes(session);
		figures->times[i] = session_latency_of(session, cycle[i % length]);
		(void)session_wait_quiet(session, QUIET_MS);
		figures->bytes[i] = (double)session_bytes(session) - bytes;
		figures->writes[i] = written < 0 ? BENCH_NOT_MEASURED : writes(session) - written;
	}
}

/* `limit` in bytes. */
static void keys_print(struct key_figures *figures, const char *name, double limit)
{
	char *writes_name = mem_format("%s: writes", name);
	char *time_name = mem_format("%s: answered in", name);
	bench_figure_print(&(struct bench_figure) { name, "bytes", limit,
						    bench_median(figures->bytes, KEYS) });
	bench_figure_print(
		&(struct bench_figure) { writes_name, "", 1, bench_median(figures->writes, KEYS) });
	bench_figure_print(
		&(struct bench_figure) { time_name, "ms", 50, bench_median(figures->times, KEYS) });
	free(time_name);
	free(writes_name);
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
	bench_figure_print(&(struct bench_figure) { "idle 10 s: output", "bytes", 0,
						    (double)session_bytes(session) - bytes });
	bench_figure_print(&(struct bench_figure) {
		"idle 10 s: wake-ups", "", 0, before < 0 ? BENCH_NOT_MEASURED : after - before });
}

static bool settings_open(struct session *session)
{
	session_send(session, "/");
	session_type(session, "Practice 3");
	bool is_found = session_wait_gone(session, "Practice 1:");
	session_send(session, "<Enter>");
	return is_found && session_wait_text(session, "SRTP key exchange");
}

static void frame_measure(struct session *session)
{
	static const char *const REPAINT[] = { "<C-l>" };
	struct key_figures figures;
	keys_measure(session, REPAINT, ARRAY_LENGTH(REPAINT), &figures);
	keys_print(&figures, "a whole frame of the settings form", 3000);
}

static void form_measure(struct session *session)
{
	static const char *const MOVES[] = { "<Down>", "<Down>", "<Up>", "<Down>", "<Up>" };
	struct key_figures figures;
	keys_measure(session, MOVES, ARRAY_LENGTH(MOVES), &figures);
	keys_print(&figures, "a cursor key in the settings form", 160);
}

/* In the hostname of the SIP server. */
static void typing_measure(struct session *session)
{
	static const char *const LETTERS[] = { "a", "b", "c", "d", "e" };
	struct key_figures figures;
	session_send(session, "/");
	session_type(session, "hostname");
	session_send(session, "<Enter>");
	if (!session_wait_text(session, "Your server will see"))
		return;
	session_send(session, "<Enter>");
	keys_measure(session, LETTERS, ARRAY_LENGTH(LETTERS), &figures);
	keys_print(&figures, "a typed character", 24);
}

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

int main(void)
{
	(void)printf("%-44s %8s %12s\n", "figure", "limit", "measured");
	start_measure();
	struct session *session = sandbox_open();
	if (session != NULL && settings_open(session)) {
		frame_measure(session);
		form_measure(session);
		escape_measure(session);
		idle_measure(session);
		typing_measure(session);
		bench_figure_print(&(struct bench_figure) {
			"resident at most", "KiB", 16 * 1024,
			bench_process_value(session->id, "status", "\nVmHWM:") });
	}
	(void)session_close(session);
	bench_numbers();
	bench_drafts();
	bench_check();
	bench_peers();
	return EXIT_SUCCESS;
}
