/* `make bench`: the list of numbers with ten thousand of them. */
#ifndef SIPDESK_TESTS_BENCH_NUMBERS_H
#define SIPDESK_TESTS_BENCH_NUMBERS_H

void bench_numbers(void);

#endif
