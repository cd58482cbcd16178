/* `make bench`: what a TLS check costs, beside one handshake of `openssl s_client`. */
#ifndef SIPDESK_TESTS_BENCH_CHECK_H
#define SIPDESK_TESTS_BENCH_CHECK_H

/* Measures against a practice SIP server, through a delaying proxy and against a silent port, and
 * prints the figures. */
void bench_check(void);

#endif
