/* The result of `sipdesk check` for people: verdict first, then timings, chain and findings. */
#ifndef SIPDESK_UI_COMMANDS_CHECK_TEXT_H
#define SIPDESK_UI_COMMANDS_CHECK_TEXT_H

#include "base/str.h"
#include "tlscheck/report.h"

/* Appends it; `target` as the person wrote it, `at` the moment that counts (0: now). Colours and
 * line breaks depend on whether standard output is a terminal. */
void check_text_write(struct str *out, const char *target, int64_t at,
		      const struct check_report *report);

#endif
