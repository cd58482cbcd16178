#include "tests/support/bench_figure.h"

#include "base/mem.h"
#include "tests/support/run.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RUN_MS = 20000, STATUS_SIZE = 8192 };

double bench_now_ms(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

double bench_run_ms(const char *const *arguments)
{
	struct run run;
	double start = bench_now_ms();
	run_start(&run, arguments, NULL);
	bool is_over = run_finish(&run, RUN_MS);
	double elapsed = bench_now_ms() - start;
	run_release(&run);
	return is_over ? elapsed : -1;
}

static int double_compare(const void *a, const void *b)
{
	const double *left = a, *right = b;
	return (*left > *right) - (*left < *right);
}

double bench_median(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), double_compare);
	return values[count / 2];
}

double bench_process_value(pid_t id, const char *file, const char *name)
{
	char content[STATUS_SIZE] = "";
	char *path = mem_format("/proc/%d/%s", (int)id, file);
	FILE *stream = fopen(path, "re");
	free(path);
	if (stream == NULL)
		return BENCH_NOT_MEASURED;
	size_t length = fread(content, 1, sizeof(content) - 1, stream);
	content[length] = '\0';
	(void)fclose(stream);
	const char *line = strstr(content, name);
	return line == NULL ? BENCH_NOT_MEASURED : strtod(line + strlen(name), NULL);
}

void bench_figure_print(const struct bench_figure *figure)
{
	bool is_whole = strcmp(figure->unit, "ms") != 0 && strcmp(figure->unit, "times") != 0;
	char limit[32] = "-", measured[32] = "not measured";
	if (figure->limit >= 0)
		(void)snprintf(limit, sizeof(limit), "%.*f", strcmp(figure->unit, "times") == 0,
			       figure->limit);
	if (figure->measured >= 0)
		(void)snprintf(measured, sizeof(measured), "%.*f", is_whole ? 0 : 1,
			       figure->measured);
	bool is_over = figure->limit >= 0 && figure->measured > figure->limit;
	(void)printf("%-44s %8s %12s %-6s%s\n", figure->name, limit, measured, figure->unit,
		     is_over ? " OVER" : "");
	(void)fflush(stdout);
}
