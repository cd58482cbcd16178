/* A figure of `make bench`, printed beside its limit. */
#ifndef SIPDESK_TESTS_BENCH_FIGURE_H
#define SIPDESK_TESTS_BENCH_FIGURE_H

#include <stddef.h>
#include <sys/types.h>

enum { BENCH_NOT_MEASURED = -1 };

struct bench_figure {
	const char *name, *unit;
	double limit;	 /* negative: for information */
	double measured; /* negative: not measured */
};

void bench_figure_print(const struct bench_figure *figure);
/* Sorts them. */
double bench_median(double *values, size_t count);
double bench_now_ms(void); /* monotonic */
/* How long a program takes from its start to its end; negative where that is too long. */
double bench_run_ms(const char *const *arguments);
/* The number behind `name` in /proc/ID/FILE. */
double bench_process_value(pid_t id, const char *file, const char *name);

#endif
