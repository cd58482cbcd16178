#include "tests/support/bench_addresses.h"

#include "base/mem.h"
#include "tests/support/bench_figure.h"
#include "tests/support/lab.h"
#include "tests/support/name_server.h"
#include "tests/support/session.h"

#include <stdlib.h>

enum {
	RUNS = 21,
	AWAY_MS = 100, /* the server's first word comes that late */
};

/* Waiting is done at once; the work is not, and on loopback there is nothing else. */
static const double RATIO_AWAY = 1.1;
static const double RATIO_LOOPBACK = 2;

static const char *const FOUR[] = { "127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4", NULL };
static const char *const ONE[] = { "127.0.0.1", NULL };

static double check_measure(const struct lab *lab, const struct name_server *names)
{
	char *program = session_built("sipdesk");
	char *target = mem_format("%s:%u", LAB_HOSTNAME, (unsigned)lab->ports[0]);
	char *resolver = mem_format("127.0.0.1:%u", (unsigned)names->port);
	const char *const arguments[] = { program,     "check",	     target,   "--dns", resolver,
					  "--ca-file", lab->ca_file, "--json", NULL };
	double elapsed = bench_run_ms(arguments);
	free(resolver);
	free(target);
	free(program);
	return elapsed;
}

/* In turn, so that what else the machine does falls on both alike. */
static void addresses_compare(const struct lab *lab, const char *where, double ratio_limit)
{
	double four[RUNS], one[RUNS], ratios[RUNS];
	struct name_server names_one, names_four;
	bool is_running = name_server_start(&names_one, 0, ONE);
	is_running &= name_server_start(&names_four, 0, FOUR);
	for (size_t i = 0; is_running && i < RUNS; i++) {
		one[i] = check_measure(lab, &names_one);
		four[i] = check_measure(lab, &names_four);
		ratios[i] = four[i] / one[i];
	}
	name_server_stop(&names_one);
	name_server_stop(&names_four);
	if (!is_running)
		return;
	char *name = mem_format("check of four addresses %s", where);
	bench_figure_print(&(struct bench_figure) { name, "ms", -1, bench_median(four, RUNS) });
	bench_figure_print(&(struct bench_figure) { "the same to one address, pair by pair",
						    "times", ratio_limit,
						    bench_median(ratios, RUNS) });
	free(name);
}

void bench_addresses(void)
{
	static const struct lab_row near = { .name = "near" };
	static const struct lab_row away = { .name = "away", .behaviour.delay_ms = AWAY_MS };
	struct lab lab;
	if (lab_start_at(&lab, &near, FOUR))
		addresses_compare(&lab, "on loopback", RATIO_LOOPBACK);
	lab_stop(&lab);
	if (lab_start_at(&lab, &away, FOUR))
		addresses_compare(&lab, "100 ms away", RATIO_AWAY);
	lab_stop(&lab);
}
