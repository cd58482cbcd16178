/* A figure of `make bench`, printed beside its limit. */
#ifndef SIPDESK_TESTS_BENCH_FIGURE_H
#define SIPDESK_TESTS_BENCH_FIGURE_H

#include <stddef.h>

struct bench_figure {
	const char *name, *unit;
	double limit;	 /* negative: for information */
	double measured; /* negative: not measured */
};

void bench_figure_print(const struct bench_figure *figure);
/* Sorts them. */
double bench_median(double *values, size_t count);
double bench_now_ms(void); /* monotonic */

#endif
