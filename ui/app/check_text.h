/* The result of a TLS check for people: verdict first, then timings, chain and findings. `sipdesk
 * check` prints it, the screen saves it, and the screen's own lines are the same. */
#ifndef SIPDESK_UI_APP_CHECK_TEXT_H
#define SIPDESK_UI_APP_CHECK_TEXT_H

#include "base/str.h"
#include "tlscheck/report.h"
#include "ui/term/glyphs.h"

#include <stdbool.h>
#include <stdint.h>

/* What it is written on. */
struct check_paper {
	int columns;		     /* lines are broken there; 0: they are not */
	const struct glyphs *glyphs; /* NULL: for ears, without bars and columns */
	bool has_colour;	     /* escape sequences for colours */
};

/* Appends the whole report; `target` as the person wrote it, `now` the moment that certificates'
 * days are counted from. Text from outside is fit to be shown. */
void check_text_write(struct str *out, const char *target, int64_t now,
		      const struct check_report *report, const struct check_paper *paper);

/* Lines of it, which the caller frees; text from outside is in them as it came.
 * "TLS    51 ms        ▇▇▇▇▇   TLS 1.3": the bars of all timings stand on one scale. */
char *check_timing_line(const struct check_report *report, const struct check_timing *timing,
			const struct check_paper *paper);
/* "  └ R11          473 days left": `level` steps below the root. */
char *check_certificate_line(const struct check_certificate *certificate, size_t level, int64_t now,
			     const struct check_paper *paper);
/* "fail    CRT-1  The certificate is for …" */
char *check_finding_line(const struct check_finding *finding);

/* How many certificates from `first` on are one chain (depth 0 begins another). */
size_t check_chain_length(const struct check_report *report, size_t first);

/* Gravest first: the order in which findings are shown. */
enum { CHECK_SEVERITY_COUNT = 5 };
extern const enum check_severity CHECK_GRAVEST_FIRST[CHECK_SEVERITY_COUNT];

/* The openssl command that would have shown the headline, and what it leaves out. Appends. */
void check_openssl_write(struct str *out, const char *hostname, const char *port,
			 const char *headline_id);

#endif
