/*
 * What the connections of a check mean, in findings: TCP, "is it TLS at all", SIP, for each address
 * (here), and what the comparison of handshakes tells (handshake.h).
 */
#ifndef SIPDESK_TLSCHECK_NETWORK_H
#define SIPDESK_TLSCHECK_NETWORK_H

#include "tlscheck/examination.h"
#include "tlscheck/report.h"

/* Adds the findings of one address, from its main probe and the one without TLS. */
void network_findings(const struct examination *examination, size_t address_index,
		      struct check_report *report);
/* DNS-9: some of several addresses are not reached. */
void network_compare_addresses(const struct examination *examination, const char *hostname,
			       struct check_report *report);

/* "192.0.2.1:5061", "[2001:db8::1]:5061"; caller frees. */
char *network_place(const struct examination *examination, size_t address_index);

#endif
