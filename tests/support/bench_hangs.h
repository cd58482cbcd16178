/* `make bench`: keys while what the screens wait for does not answer. */
#ifndef SIPDESK_TESTS_BENCH_HANGS_H
#define SIPDESK_TESTS_BENCH_HANGS_H

void bench_hangs(void);

#endif
