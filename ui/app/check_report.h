/* A check's report as text: the lines that the screen and `sipdesk check` share. */
#ifndef SIPDESK_UI_APP_CHECK_REPORT_H
#define SIPDESK_UI_APP_CHECK_REPORT_H

#include "base/str.h"
#include "tlscheck/report.h"

#include <stdint.h>

/* "TLS   51 ms       ▇▇▇▇▇   TLS 1.3": bars of all timings stand on one scale in `columns`. Caller
 * frees. */
char *check_timing_line(const struct check_report *report, const struct check_timing *timing,
			const char *bar, int columns);
/* "  └ R11          473 days left": `level` steps below the root. Caller frees. */
char *check_certificate_line(const struct check_certificate *certificate, size_t level,
			     const char *child, int note_column, int64_t now);
/* "fail  CRT-1  the certificate is for …". Caller frees. */
char *check_finding_line(const struct check_finding *finding);

/* The whole report: verdict, fix, timings, chain, findings with their fixes. Appends. */
void check_report_write(const struct check_report *report, const char *hostname, const char *port,
			int64_t now, struct str *out);

/* The openssl command that would have shown the headline, and what it leaves out. Appends. */
void check_openssl_write(const char *hostname, const char *port, const char *headline_id,
			 struct str *out);

#endif
