/*
 * The certificates that the addresses of one check showed: gives each different chain to judge()
 * once, fetches an issuer that is missing (AIA) before that, and compares addresses (CRT-24).
 */
#ifndef SIPDESK_TLSCHECK_CHAINS_H
#define SIPDESK_TLSCHECK_CHAINS_H

#include "tlscheck/examination.h"
#include "tlscheck/judge.h"
#include "tlscheck/report.h"

#include <stdint.h>

/* Adds everything about certificates to the report; `at`: judge as of, seconds since 1970. */
void chains_judge(const struct examination *examination, const struct trust *trust, int64_t at,
		  struct check_report *report);

#endif
