#include "ui/commands/check_text.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "ui/term/glyphs.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
	COLUMNS_DEFAULT = 80,
	COLUMNS_MIN = 40,
	BAR_COLUMNS = 34,
	NAME_COLUMNS = 48, /* of a certificate, before its days */
	DAY = 24 * 60 * 60,
	LABEL_COLUMNS = 6,    /* "FAIL  ", "Fix   " */
	FINDING_COLUMNS = 18, /* "  unknown  CRT-10 " */
};

struct paper {
	struct str *out;
	const struct check_report *report;
	const struct glyphs *glyphs;
	size_t columns; /* 0: lines are not broken */
	bool has_colour;
};

/* ---- writing
 * -------------------------------------------------------------------------------------- */

static const char *const severity_colours[] = {
	[CHECK_PASS] = "\033[32m",    [CHECK_INFO] = "\033[36m", [CHECK_WARN] = "\033[33m",
	[CHECK_UNKNOWN] = "\033[35m", [CHECK_FAIL] = "\033[31m",
};

static void coloured(const struct paper *paper, enum check_severity severity, const char *text)
{
	str_addf(paper->out, "%s%s%s", paper->has_colour ? severity_colours[severity] : "", text,
		 paper->has_colour ? "\033[0m" : "");
}

static void blanks(const struct paper *paper, size_t count)
{
	for (size_t i = 0; i < count; i++)
		str_add_char(paper->out, ' ');
}

/* Text from outside, fit to be shown, on lines broken at blanks; `column` is where it begins and
 * where the further lines begin. Ends the line. */
static void paragraph(const struct paper *paper, const char *text, size_t column)
{
	struct str shown;
	str_init(&shown);
	text_show(&shown, text);
	size_t at_column = column;
	for (char *word = shown.bytes; *word;) {
		size_t length = strcspn(word, " ");
		char end = word[length];
		word[length] = '\0';
		size_t width = (size_t)text_columns(word);
		bool is_first = at_column == column;
		if (!is_first && paper->columns > 0 && at_column + 1 + width > paper->columns) {
			str_add_char(paper->out, '\n');
			blanks(paper, column);
			at_column = column;
		} else if (!is_first) {
			str_add_char(paper->out, ' ');
			at_column++;
		}
		str_add(paper->out, word);
		at_column += width;
		word += length + (end != '\0');
	}
	str_add_char(paper->out, '\n');
	str_release(&shown);
}

/* ---- verdict
 * --------------------------------------------------------------------------------------- */

static void verdict_write(const struct paper *paper)
{
	static const struct {
		enum check_severity colour;
		const char *words;
	} verdicts[] = {
		[VERDICT_PASS] = { CHECK_PASS, "PASS" },
		[VERDICT_WARN] = { CHECK_WARN, "PASS with warnings" },
		[VERDICT_FAIL] = { CHECK_FAIL, "FAIL" },
		[VERDICT_UNKNOWN] = { CHECK_UNKNOWN, "CANNOT TELL FROM HERE" },
	};
	const struct check_finding *headline;
	enum check_verdict verdict = report_verdict(paper->report, &headline);
	coloured(paper, verdicts[verdict].colour, verdicts[verdict].words);
	/* A short word leaves room for the sentence beside it. */
	bool is_short = strlen(verdicts[verdict].words) < LABEL_COLUMNS;
	if (is_short)
		blanks(paper, LABEL_COLUMNS - strlen(verdicts[verdict].words));
	if (!is_short && headline) {
		str_add_char(paper->out, '\n');
		blanks(paper, LABEL_COLUMNS);
	}
	paragraph(paper, headline ? headline->text : "", LABEL_COLUMNS);
	if (headline && headline->fix) {
		str_add(paper->out, "Fix   ");
		paragraph(paper, headline->fix, LABEL_COLUMNS);
	}
}

/* ---- timings
 * --------------------------------------------------------------------------------------- */

static double end_of(const struct check_timing *timing)
{
	return timing->start_ms + timing->ms;
}

static void timing_write(const struct paper *paper, const struct check_timing *timing,
			 double whole_ms)
{
	static const char *const names[] = {
		[PHASE_DNS] = "DNS",
		[PHASE_TCP] = "TCP",
		[PHASE_TLS] = "TLS",
		[PHASE_SIP] = "SIP",
	};
	double scale = whole_ms > 0 ? BAR_COLUMNS / whole_ms : 0;
	size_t from = (size_t)(timing->start_ms * scale);
	size_t to = (size_t)(end_of(timing) * scale) + 1;
	from = from < BAR_COLUMNS ? from : BAR_COLUMNS - 1;
	to = to > from ? to : from + 1;
	to = to < BAR_COLUMNS ? to : BAR_COLUMNS;
	str_addf(paper->out, "  %s %7.*f ms ", names[timing->phase], timing->ms < 100 ? 1 : 0,
		 timing->ms);
	blanks(paper, from);
	for (size_t i = from; i < to; i++)
		coloured(paper, timing->ok ? CHECK_PASS : CHECK_FAIL, paper->glyphs->bar);
	const char *words = timing->words ? timing->words : timing->ok ? "" : "failed";
	if (*words) {
		blanks(paper, BAR_COLUMNS - to + 2);
		text_show(paper->out, words);
	}
	str_add_char(paper->out, '\n');
}

static void timings_write(const struct paper *paper)
{
	const struct check_report *report = paper->report;
	double whole_ms = 0;
	for (size_t i = 0; i < report->timing_count; i++)
		if (end_of(&report->timings[i]) > whole_ms)
			whole_ms = end_of(&report->timings[i]);
	for (size_t i = 0; i < report->timing_count; i++) {
		const char *address = report->timings[i].address;
		bool is_shown = false;
		for (size_t k = 0; k < i; k++)
			is_shown = is_shown || text_equal(report->timings[k].address, address);
		if (is_shown)
			continue;
		str_addf(paper->out, "\n%s\n", address ? address : "Look-up");
		for (size_t k = i; k < report->timing_count; k++)
			if (text_equal(report->timings[k].address, address))
				timing_write(paper, &report->timings[k], whole_ms);
	}
}

/* ---- chain
 * ------------------------------------------------------------------------------------------ */

static void certificate_write(const struct paper *paper,
			      const struct check_certificate *certificate, size_t level,
			      int64_t now)
{
	struct str name;
	str_init(&name);
	text_show(&name, certificate->subject);
	blanks(paper, 2 + (level > 0 ? (level - 1) * 2 : 0));
	if (level > 0)
		str_addf(paper->out, "%s ", paper->glyphs->child);
	str_add(paper->out, name.bytes);
	size_t width = 2 + level * 2 + (size_t)text_columns(name.bytes);
	blanks(paper, width < NAME_COLUMNS ? NAME_COLUMNS - width : 2);
	long long days = (long long)((certificate->not_after - now) / DAY);
	if (certificate->is_trusted)
		str_add(paper->out, "in the trust list");
	else if (certificate->not_after < now)
		coloured(paper, CHECK_FAIL, "expired");
	else if (certificate->not_before > now)
		coloured(paper, CHECK_FAIL, "not yet valid");
	else
		str_addf(paper->out, "%lld day%s left", days, days == 1 ? "" : "s");
	str_add(paper->out,
		certificate->was_sent || certificate->is_trusted ? "\n" : ", not sent\n");
	str_release(&name);
}

/* From the root to the server's own; a new chain begins where the address changes. */
static void chain_write(const struct paper *paper, size_t first, size_t count, int64_t now)
{
	const struct check_certificate *certificates = paper->report->certificates;
	bool is_only = count == paper->report->certificate_count;
	const char *address = is_only ? NULL : certificates[first].address;
	str_addf(paper->out, "\nChain%s%s\n", address ? " of " : "", address ? address : "");
	for (size_t level = 0; level < count; level++)
		certificate_write(paper, &certificates[first + count - 1 - level], level, now);
}

static void chains_write(const struct paper *paper, int64_t now)
{
	const struct check_report *report = paper->report;
	for (size_t first = 0; first < report->certificate_count;) {
		size_t count = 1;
		while (first + count < report->certificate_count &&
		       report->certificates[first + count].depth > 0)
			count++;
		chain_write(paper, first, count, now);
		first += count;
	}
}

/* ---- findings
 * ---------------------------------------------------------------------------------------- */

static void finding_write(const struct paper *paper, const struct check_finding *finding)
{
	const char *severity = check_severity_text(finding->severity);
	const char *id = finding_id_text(finding->id);
	str_add(paper->out, "  ");
	coloured(paper, finding->severity, severity);
	blanks(paper, sizeof "unknown  " - 1 - strlen(severity));
	str_add(paper->out, id);
	blanks(paper, sizeof "CRT-10 " - 1 - strlen(id));
	paragraph(paper, finding->text, FINDING_COLUMNS);
	if (finding->fix) {
		blanks(paper, FINDING_COLUMNS);
		str_add(paper->out, "Fix: ");
		paragraph(paper, finding->fix, FINDING_COLUMNS + sizeof "Fix: " - 1);
	}
}

static void findings_write(const struct paper *paper)
{
	static const enum check_severity gravest_first[] = { CHECK_FAIL, CHECK_UNKNOWN, CHECK_WARN,
							     CHECK_PASS, CHECK_INFO };
	const struct check_report *report = paper->report;
	if (report->finding_count > 0)
		str_add(paper->out, "\nFindings\n");
	for (size_t i = 0; i < ARRAY_LENGTH(gravest_first); i++)
		for (size_t k = 0; k < report->finding_count; k++)
			if (report->findings[k].severity == gravest_first[i])
				finding_write(paper, &report->findings[k]);
}

/* The width of the terminal; 0: standard output is none. */
static size_t terminal_columns(void)
{
	struct winsize size = { 0 };
	if (!isatty(STDOUT_FILENO))
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return COLUMNS_DEFAULT;
	return size.ws_col < COLUMNS_MIN ? COLUMNS_MIN : size.ws_col;
}

void check_text_write(struct str *out, const char *target, int64_t at,
		      const struct check_report *report)
{
	const char *no_colour = getenv("NO_COLOR");
	size_t columns = terminal_columns();
	const struct paper paper = {
		.out = out,
		.report = report,
		.glyphs = glyphs_choose(),
		.columns = columns,
		.has_colour = columns > 0 && (!no_colour || *no_colour == '\0'),
	};
	verdict_write(&paper);
	str_add_char(out, '\n');
	paragraph(&paper, target, 0);
	timings_write(&paper);
	chains_write(&paper, at != 0 ? at : clock_now());
	findings_write(&paper);
	if (report->corrected_chain)
		str_add(out, "\nThe corrected chain can be written to a file: repeat with "
			     "--write-chain FILE.\n");
}
