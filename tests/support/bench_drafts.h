/* What it costs that nothing is lost: a terminal that goes, and keys while drafts are saved. */
#ifndef SIPDESK_TESTS_BENCH_DRAFTS_H
#define SIPDESK_TESTS_BENCH_DRAFTS_H

void bench_drafts(void);

#endif
