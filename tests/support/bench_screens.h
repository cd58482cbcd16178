/* `make bench`: what a person feels and a slow line carries, on the real `sipdesk --sandbox` at
 * 80x24. */
#ifndef SIPDESK_TESTS_BENCH_SCREENS_H
#define SIPDESK_TESTS_BENCH_SCREENS_H

void bench_screens(void);

#endif
