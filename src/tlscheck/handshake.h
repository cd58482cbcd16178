/*
 * What the comparison of several handshakes with one address tells: versions, cipher, the server's
 * name sent or not, a modern client, client certificates. Findings HS-1, HS-4 to HS-7, HS-12 and
 * MTLS-1 to MTLS-3.
 */
#ifndef SIPDESK_TLSCHECK_HANDSHAKE_H
#define SIPDESK_TLSCHECK_HANDSHAKE_H

#include "tlscheck/examination.h"
#include "tlscheck/report.h"

/* Adds the findings of one address: those of its main probe, and those of the comparison where it
 * is the one that has all probes. */
void handshake_findings(const struct examination *examination, size_t address_index,
			struct check_report *report);

#endif
