#include "tests/support/bench_peers.h"

#include "base/mem.h"
#include "tests/support/bench_figure.h"
#include "tests/support/run.h"
#include "tests/support/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	RUNS = 5,	/* of the start */
	KEYS = 10,	/* of each kind */
	QUIET_MS = 120, /* longer than any of them takes to answer, or waits behind Esc */
	IDLE_MS = 5000,
	DEADLINE_MS = 3000,
	ARGUMENTS_MAX = 16,
};

#define ITEMS "1", "one", "2", "two", "3", "three", "4", "four", "5", "five"

static const struct peer_row {
	const char *name;
	const char *arguments[ARGUMENTS_MAX]; /* NULL first: sipdesk itself */
	bool has_rows;			      /* that cursor keys move over */
	const char *typed;	/* a key that types a character; NULL: it has no text here */
	const char *before_esc; /* opens what Esc closes; NULL: Esc closes the program */
} ROWS[] = {
	{ "sipdesk", { NULL, "--sandbox" }, true, "k", "<F1>" },
	{ "nmtui", { "nmtui" }, true, NULL, NULL },
	{ "dialog menu", { "dialog", "--menu", "Text", "20", "70", "5", ITEMS }, true, NULL, NULL },
	{ "dialog input", { "dialog", "--inputbox", "Text", "20", "70" }, false, "a", NULL },
	{ "whiptail menu",
	  { "whiptail", "--menu", "Text", "20", "70", "5", ITEMS },
	  true,
	  NULL,
	  NULL },
	{ "whiptail input", { "whiptail", "--inputbox", "Text", "20", "70" }, false, "a", NULL },
	{ "htop", { "htop" }, true, NULL, "<F1>" },
	{ "tig", { "tig" }, true, NULL, NULL },
	{ "mc", { "mc", "--nosubshell" }, true, "a", "<F9>" },
};

/* Negative: not measured. */
struct figures {
	double first_ms, first_bytes;
	double key_bytes, key_writes, typed_bytes;
	double esc_ms, idle_bytes, resident_kib;
};

static struct session *row_start(const struct peer_row *row, struct figures *figures)
{
	const char *arguments[ARGUMENTS_MAX + 1] = { NULL };
	char *program = session_built("sipdesk");
	char *folder = realpath(".", NULL); /* tig shows the history of the checkout */
	for (size_t i = 0; i < ARGUMENTS_MAX; i++)
		arguments[i] = row->arguments[i];
	if (arguments[0] == NULL)
		arguments[0] = program;
	double start = bench_now_ms();
	struct session *session = session_start(&(struct session_options) {
		.arguments = arguments, .folder = folder, .deadline_ms = DEADLINE_MS });
	free(folder);
	free(program);
	if (session == NULL)
		return NULL;
	bool is_drawn = session_wait_output_after(session, 0) &&
			session_wait_quiet(session, QUIET_MS) && !session->has_ended;
	figures->first_ms = bench_now_ms() - start - QUIET_MS;
	figures->first_bytes = (double)session_bytes(session);
	if (is_drawn)
		return session;
	(void)session_close(session);
	return NULL;
}

static double writes(const struct session *session)
{
	return bench_process_value(session->id, "io", "syscw:");
}

/* The medians of these two keys in turn; `written` may be NULL. */
static double keys_measure(struct session *session, const char *const keys[2], double *written)
{
	double bytes[KEYS], calls[KEYS];
	for (size_t i = 0; i < KEYS; i++) {
		double bytes_before = (double)session_bytes(session),
		       calls_before = writes(session);
		session_send(session, keys[i % 2]);
		(void)session_wait_quiet(session, QUIET_MS);
		bytes[i] = (double)session_bytes(session) - bytes_before;
		calls[i] = writes(session) - calls_before;
	}
	if (written != NULL)
		*written = bench_median(calls, KEYS);
	return bench_median(bytes, KEYS);
}

static void start_measure(const struct peer_row *row, struct figures *figures)
{
	double times[RUNS], bytes[RUNS];
	for (size_t i = 0; i < RUNS; i++) {
		struct session *session = row_start(row, figures);
		if (session == NULL)
			return;
		times[i] = figures->first_ms;
		bytes[i] = figures->first_bytes;
		(void)session_close(session);
	}
	figures->first_ms = bench_median(times, RUNS);
	figures->first_bytes = bench_median(bytes, RUNS);
}

static void idle_measure(struct session *session, struct figures *figures)
{
	size_t before = session_bytes(session);
	double until = bench_now_ms() + IDLE_MS;
	while (bench_now_ms() < until)
		(void)session_wait_quiet(session, QUIET_MS);
	figures->idle_bytes = (double)(session_bytes(session) - before);
}

static void row_measure(const struct peer_row *row, struct session *session,
			struct figures *figures)
{
	static const char *const MOVES[2] = { "<Down>", "<Up>" };
	const char *const typed[2] = { row->typed, row->typed };
	figures->key_bytes = figures->key_writes = figures->typed_bytes = BENCH_NOT_MEASURED;
	if (row->has_rows)
		figures->key_bytes = keys_measure(session, MOVES, &figures->key_writes);
	if (row->typed != NULL)
		figures->typed_bytes = keys_measure(session, typed, NULL);
	idle_measure(session, figures);
	figures->resident_kib = bench_process_value(session->id, "status", "\nVmHWM:");
	if (row->before_esc != NULL) {
		session_send(session, row->before_esc);
		(void)session_wait_quiet(session, QUIET_MS);
	}
	figures->esc_ms = session_latency_of(session, "<Esc>");
}

static void figure_put(double figure)
{
	if (figure < 0)
		(void)printf(" %10s", "-");
	else
		(void)printf(" %10.0f", figure);
}

static void row_print(const struct peer_row *row)
{
	struct figures figures = { 0 };
	(void)printf("%-16s", row->name);
	if (row->arguments[0] != NULL && !run_is_installed(row->arguments[0])) {
		(void)puts(" is not installed");
		return;
	}
	start_measure(row, &figures);
	struct figures other;
	struct session *session = row_start(row, &other);
	if (session == NULL) {
		(void)puts(" does not come up here");
		return;
	}
	row_measure(row, session, &figures);
	(void)session_close(session);
	const double columns[] = { figures.first_ms,   figures.first_bytes, figures.key_bytes,
				   figures.key_writes, figures.typed_bytes, figures.esc_ms,
				   figures.idle_bytes, figures.resident_kib };
	for (size_t i = 0; i < ARRAY_LENGTH(columns); i++)
		figure_put(columns[i]);
	(void)puts("");
	(void)fflush(stdout);
}

void bench_peers(void)
{
	static const char *const HEADINGS[] = { "first ms", "bytes",  "key bytes", "writes",
						"typed",    "Esc ms", "idle 5 s",  "KiB" };
	(void)printf("\n%-16s", "80x24, medians");
	for (size_t i = 0; i < ARRAY_LENGTH(HEADINGS); i++)
		(void)printf(" %10s", HEADINGS[i]);
	(void)puts("");
	for (size_t i = 0; i < ARRAY_LENGTH(ROWS); i++)
		row_print(&ROWS[i]);
}
