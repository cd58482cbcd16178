/* What `make bench` measures of a TLS check whose hostname has several addresses: they are examined
 * at once, so that four cost the time of one. */
#ifndef SIPDESK_TESTS_BENCH_ADDRESSES_H
#define SIPDESK_TESTS_BENCH_ADDRESSES_H

void bench_addresses(void);

#endif
