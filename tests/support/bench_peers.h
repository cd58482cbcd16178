/* Programs like sipdesk, measured as it is, on the same terminal: what is usual, and what is good.
 */
#ifndef SIPDESK_TESTS_BENCH_PEERS_H
#define SIPDESK_TESTS_BENCH_PEERS_H

/* Prints a table, sipdesk's list in the first row; for those that are not installed, or do not run
 * here, a row that says so. */
void bench_peers(void);

#endif
