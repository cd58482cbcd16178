/*
 * Measures the real `sipdesk` and programs like it, and prints each figure beside its limit.
 * Medians of several runs where nothing else is said; always ends with 0.
 */
#include "tests/support/bench_check.h"
#include "tests/support/bench_drafts.h"
#include "tests/support/bench_hangs.h"
#include "tests/support/bench_numbers.h"
#include "tests/support/bench_peers.h"
#include "tests/support/bench_screens.h"

#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	(void)printf("%-44s %8s %12s\n", "figure", "limit", "measured");
	bench_screens();
	bench_hangs();
	bench_numbers();
	bench_drafts();
	bench_check();
	bench_peers();
	return EXIT_SUCCESS;
}
