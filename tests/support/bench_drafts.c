#include "tests/support/bench_drafts.h"

#include "base/file.h"
#include "base/mem.h"
#include "tests/support/bench_figure.h"
#include "tests/support/child.h"
#include "tests/support/fault_server.h"
#include "tests/support/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

enum {
	RUNS = 5,
	KEYS = 400, /* six seconds of typing: as many drafts */
	KEY_PAUSE_MS = 15,
	QUIET_MS = 100,
};

static const char SCRIPT[] =
	"settings "
	"{\"status\":\"ENABLED\",\"sip\":{\"status\":\"ENABLED\",\"servers\":[{\"hostname\":"
	"\"sip.acme.example\"}]}}";

struct bench_desk {
	struct fault_server service;
	struct session *session; /* NULL: it could not be started */
	char *home;
};

static bool number_write(const struct bench_desk *desk)
{
	struct err err;
	char *folder = mem_format("%s/.config/sipdesk", desk->home);
	char *path = mem_format("%s/numbers.json", folder);
	char *text = mem_format("{\"schema\":1,\"numbers\":[{\"id\":\"0000000000000001\",\"label\":"
				"\"Acme\",\"api_url\":\"%s\",\"key\":{\"command\":[\"echo\","
				"\"key-of-acme\"]}}]}\n",
				desk->service.url);
	bool done = file_folder_make(folder, &err) &&
		    file_write_whole(path, text, strlen(text), 0600, &err);
	if (!done)
		(void)fprintf(stderr, "%s\n", err.sentence);
	free(text);
	free(path);
	free(folder);
	return done;
}

/* Opens it and edits the hostname of its SIP server. */
static bool number_edit(struct session *session)
{
	if (!session_wait_text(session, "Add a number"))
		return false;
	session_send(session, "<Enter>");
	if (!session_wait_text(session, "Additional codecs"))
		return false;
	session_send(session, "/");
	session_type(session, "hostname");
	session_send(session, "<Enter>");
	if (!session_wait_text(session, "Your server will see"))
		return false;
	session_send(session, "<Enter>");
	session_type(session, "a");
	return session_wait_text(session, "1 changed");
}

static bool desk_open(struct bench_desk *desk, bool ignores_hang_up)
{
	char *program = session_built("sipdesk");
	const char *const plain[] = { program, NULL };
	const char *const ignoring[] = { "/bin/sh", "-c", "trap '' HUP; exec \"$0\"", program,
					 NULL };
	*desk = (struct bench_desk) { .home = child_folder_make() };
	fault_server_start(&desk->service, SCRIPT);
	if (desk->home != NULL && number_write(desk))
		desk->session = session_start(&(struct session_options) {
			.arguments = ignores_hang_up ? ignoring : plain, .home = desk->home });
	free(program);
	return desk->session != NULL && number_edit(desk->session);
}

static void desk_close(struct bench_desk *desk)
{
	(void)session_close(desk->session);
	fault_server_stop(&desk->service);
	if (desk->home != NULL)
		child_folder_remove(desk->home);
	free(desk->home);
}

/* --- a terminal that goes --------------------------------------------------------------------- */

/* Processor time of the children that have ended. */
static double children_ms(void)
{
	struct rusage usage;
	if (getrusage(RUSAGE_CHILDREN, &usage) != 0)
		return BENCH_NOT_MEASURED;
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

static bool hang_up_measure(bool ignores_hang_up, double *gone_ms, double *used_ms)
{
	struct bench_desk desk;
	bool is_open = desk_open(&desk, ignores_hang_up);
	if (is_open) {
		(void)session_wait_quiet(desk.session, QUIET_MS);
		double ended_before = children_ms();
		double used_before = bench_process_value(desk.session->id, "schedstat", "") / 1e6;
		double start = bench_now_ms();
		session_hang_up(desk.session);
		(void)session_exit_status(desk.session);
		*gone_ms = bench_now_ms() - start;
		*used_ms = children_ms() - ended_before - used_before;
	}
	desk_close(&desk);
	return is_open;
}

static void hang_ups_measure(bool ignores_hang_up, const char *name)
{
	double gone[RUNS], used[RUNS];
	for (size_t i = 0; i < RUNS; i++)
		if (!hang_up_measure(ignores_hang_up, &gone[i], &used[i]))
			return;
	char *used_name = mem_format("%s: processor time", name);
	(void)bench_median(gone, RUNS); /* sorts them: each has to be within it */
	bench_figure_print(&(struct bench_figure) { name, "ms", 1000, gone[RUNS - 1] });
	bench_figure_print(
		&(struct bench_figure) { used_name, "ms", 50, bench_median(used, RUNS) });
	free(used_name);
}

/* --- keys while drafts are saved -------------------------------------------------------------- */

/* Each save makes another file in its place. */
static ino_t draft_file(const char *home)
{
	struct stat status;
	char *path = mem_format("%s/.local/share/sipdesk/drafts/0000000000000001.json", home);
	bool is_there = stat(path, &status) == 0;
	free(path);
	return is_there ? status.st_ino : 0;
}

/* The 99th percentile of the time in which each of these two is answered, in turn. */
static double keys_measure(struct bench_desk *desk, const char *const keys[2], int *saved)
{
	double times[KEYS];
	ino_t last = draft_file(desk->home);
	for (size_t i = 0; i < KEYS; i++) {
		(void)session_wait_quiet(desk->session, KEY_PAUSE_MS);
		times[i] = session_latency_of(desk->session, keys[i % 2]);
		ino_t now = draft_file(desk->home);
		*saved += now != last;
		last = now;
	}
	(void)bench_median(times, KEYS); /* sorts them */
	return times[KEYS - KEYS / 100 - 1];
}

/* What the machine does besides is in both figures: the other one tells how much of it. */
static void typing_measure(void)
{
	static const char *const edits[] = { "b", "<BS>" }, *const moves[] = { "<Left>",
									       "<Right>" };
	int saved = 0, idle_saved = 0;
	struct bench_desk desk;
	if (desk_open(&desk, false)) {
		double typed = keys_measure(&desk, edits, &saved);
		double moved = keys_measure(&desk, moves, &idle_saved);
		bench_figure_print(&(struct bench_figure) { "a key while drafts are saved: p99",
							    "ms", 5, typed });
		bench_figure_print(
			&(struct bench_figure) { "drafts saved meanwhile", "", -1, saved });
		bench_figure_print(&(struct bench_figure) { "a key while none is saved: p99", "ms",
							    -1, moved });
		bench_figure_print(
			&(struct bench_figure) { "drafts saved meanwhile", "", 1, idle_saved });
	}
	desk_close(&desk);
}

void bench_drafts(void)
{
	hang_ups_measure(false, "terminal vanishes: gone within");
	hang_ups_measure(true, "the same, SIGHUP ignored");
	typing_measure();
}
