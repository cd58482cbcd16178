/*
 * The order of causes (TLS_CHECK section 2.5): which of several findings is the headline. The names
 * of the findings stand beside it and are given out by report.h.
 */
#ifndef SIPDESK_TLSCHECK_CATALOGUE_H
#define SIPDESK_TLSCHECK_CATALOGUE_H

#include "tlscheck/report.h"

/* The smaller, the nearer to the root cause; every identifier has a rank of its own. */
int finding_rank(enum finding_id id);

#endif
