#include "ui/app/check_text.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum {
	TIMING_COLUMNS = 16, /* "DNS    1234 ms  " */
	WORDS_COLUMNS = 26,  /* what stands behind the bar */
	BAR_LEAST = 8,
	COLUMNS_USUAL = 78,
	CHAIN_NOTE_COLUMNS = 30, /* "1824 days left (2031-11-20)" and a gap */
	LABEL_COLUMNS = 6,	 /* "FAIL  ", "Fix   " */
	FINDING_COLUMNS = 17,	 /* "  unknown CRT-10 " */
	INDENT = 2,
	SECONDS_A_DAY = 24 * 60 * 60,
};

const enum check_severity CHECK_GRAVEST_FIRST[CHECK_SEVERITY_COUNT] = {
	CHECK_FAIL, CHECK_UNKNOWN, CHECK_WARN, CHECK_PASS, CHECK_INFO,
};

static int columns_of(const struct check_paper *paper)
{
	return paper->columns > 0 ? paper->columns : COLUMNS_USUAL;
}

/* --- lines ------------------------------------------------------------------------------------ */

static double scale_end_ms(const struct check_report *report)
{
	double end = 1;
	for (size_t i = 0; i < report->timing_count; i++) {
		const struct check_timing *timing = &report->timings[i];
		if (timing->start_ms + timing->ms > end)
			end = timing->start_ms + timing->ms;
	}
	return end;
}

char *check_timing_line(const struct check_report *report, const struct check_timing *timing,
			const struct check_paper *paper)
{
	static const char *const titles[PHASE_COUNT] = {
		[PHASE_DNS] = "DNS",
		[PHASE_TCP] = "TCP",
		[PHASE_TLS] = "TLS",
		[PHASE_SIP] = "SIP",
	};
	const char *words = timing->words != NULL ? timing->words : timing->ok ? "" : "failed";
	int decimals = timing->ms < 10 ? 1 : 0;
	if (paper->glyphs == NULL)
		return mem_format("%s: %.*f ms%s%s", titles[timing->phase], decimals, timing->ms,
				  words[0] == '\0' ? "" : ", ", words);
	struct str line;
	double end = scale_end_ms(report);
	int room = columns_of(paper) - INDENT - TIMING_COLUMNS - WORDS_COLUMNS;
	room = room < BAR_LEAST ? BAR_LEAST : room;
	int from = (int)(timing->start_ms / end * room);
	int length = (int)(timing->ms / end * room + 0.5);
	from = from >= room ? room - 1 : from;
	length = length < 1 ? 1 : length;
	length = from + length > room ? room - from : length;
	str_init(&line);
	str_addf(&line, "%s %8.*f ms  ", titles[timing->phase], decimals, timing->ms);
	for (int i = 0; i < (words[0] == '\0' ? from + length : room); i++)
		str_add(&line, i >= from && i < from + length ? paper->glyphs->bar : " ");
	if (words[0] != '\0')
		str_addf(&line, "  %s", words);
	return str_detach(&line);
}

static void dates_write(const struct check_certificate *certificate, int64_t now, struct str *out)
{
	char date[CLOCK_TEXT_SIZE];
	long long days = (long long)(certificate->not_after - now) / SECONDS_A_DAY;
	if (certificate->is_trusted) {
		str_add(out, "in the trust list");
		return;
	}
	if (certificate->not_before > now)
		str_add(out, "not yet valid");
	else if (certificate->not_after < now)
		str_addf(out, "expired %lld day%s ago", -days, days == -1 ? "" : "s");
	else
		str_addf(out, "%lld day%s left", days, days == 1 ? "" : "s");
	str_addf(out, " (%.10s)", clock_rfc3339(certificate->not_after, date));
	if (!certificate->was_sent)
		str_add(out, ", not sent");
}

char *check_certificate_line(const struct check_certificate *certificate, size_t level, int64_t now,
			     const struct check_paper *paper)
{
	struct str line;
	int note_column = columns_of(paper) - INDENT - CHAIN_NOTE_COLUMNS;
	str_init(&line);
	if (paper->glyphs == NULL) {
		str_addf(&line, "%s: ", certificate->subject);
		dates_write(certificate, now, &line);
		return str_detach(&line);
	}
	for (size_t i = 1; i < level; i++)
		str_add(&line, "  ");
	if (level > 0)
		str_addf(&line, "%s ", paper->glyphs->child);
	str_add(&line, certificate->subject);
	for (int columns = text_columns(line.bytes); columns < note_column; columns++)
		str_add_char(&line, ' ');
	str_add(&line, "  ");
	dates_write(certificate, now, &line);
	return str_detach(&line);
}

char *check_finding_line(const struct check_finding *finding)
{
	return mem_format("%-7s %-6s %s", check_severity_text(finding->severity),
			  finding_id_text(finding->id), finding->text);
}

size_t check_chain_length(const struct check_report *report, size_t first)
{
	size_t count = 1;
	while (first + count < report->certificate_count &&
	       report->certificates[first + count].depth > 0)
		count++;
	return count;
}

/* --- the whole ---------------------------------------------------------------------------------
 */

struct writing {
	struct str *out;
	const struct check_report *report;
	const struct check_paper *paper;
};

static void coloured(const struct writing *writing, enum check_severity severity, const char *text)
{
	static const char *const colours[] = {
		[CHECK_PASS] = "\033[32m",    [CHECK_INFO] = "\033[36m", [CHECK_WARN] = "\033[33m",
		[CHECK_UNKNOWN] = "\033[35m", [CHECK_FAIL] = "\033[31m",
	};
	bool has_colour = writing->paper->has_colour;
	str_addf(writing->out, "%s%s%s", has_colour ? colours[severity] : "", text,
		 has_colour ? "\033[0m" : "");
}

static void blanks(struct str *out, size_t count)
{
	while (count-- > 0)
		str_add_char(out, ' ');
}

/* Text from outside, fit to be shown, on lines broken at blanks; `column` is where it begins and
 * where the further lines begin. Ends the line. */
static void paragraph(const struct writing *writing, const char *text, size_t column)
{
	struct str shown;
	size_t columns = (size_t)writing->paper->columns;
	str_init(&shown);
	text_show(&shown, text);
	size_t at_column = column;
	char *rest = shown.bytes;
	for (char *word; (word = strsep(&rest, " ")) != NULL;) {
		size_t width = (size_t)text_columns(word);
		bool is_first = at_column == column;
		if (!is_first && columns > 0 && at_column + 1 + width > columns) {
			str_add_char(writing->out, '\n');
			blanks(writing->out, column);
			at_column = column;
		} else if (!is_first) {
			str_add_char(writing->out, ' ');
			at_column++;
		}
		str_add(writing->out, word);
		at_column += width;
	}
	str_add_char(writing->out, '\n');
	str_release(&shown);
}

/* One line, never broken; frees it. */
static void line_write(const struct writing *writing, char *line)
{
	blanks(writing->out, INDENT);
	text_show(writing->out, line);
	str_add_char(writing->out, '\n');
	free(line);
}

static void verdict_write(const struct writing *writing)
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
	const struct check_finding *headline = NULL;
	enum check_verdict verdict = report_verdict(writing->report, &headline);
	size_t length = strlen(verdicts[verdict].words);
	coloured(writing, verdicts[verdict].colour, verdicts[verdict].words);
	/* A short word leaves room for the sentence beside it. */
	if (length < LABEL_COLUMNS) {
		blanks(writing->out, LABEL_COLUMNS - length);
	} else if (headline != NULL) {
		str_add_char(writing->out, '\n');
		blanks(writing->out, LABEL_COLUMNS);
	}
	paragraph(writing, headline == NULL ? "" : headline->text, LABEL_COLUMNS);
	if (headline != NULL && headline->fix != NULL) {
		str_add(writing->out, "Fix   ");
		paragraph(writing, headline->fix, LABEL_COLUMNS);
	}
}

static void timings_write(const struct writing *writing)
{
	const struct check_report *report = writing->report;
	for (size_t i = 0; i < report->timing_count; i++) {
		const char *address = report->timings[i].address;
		bool is_written = false;
		for (size_t k = 0; k < i; k++)
			is_written = is_written || text_equal(report->timings[k].address, address);
		if (is_written)
			continue;
		str_addf(writing->out, "\n%s\n", address == NULL ? "Look-up" : address);
		for (size_t k = i; k < report->timing_count; k++)
			if (text_equal(report->timings[k].address, address))
				line_write(writing, check_timing_line(report, &report->timings[k],
								      writing->paper));
	}
}

/* From the root to the server's own. */
static void chains_write(const struct writing *writing, int64_t now)
{
	const struct check_report *report = writing->report;
	for (size_t first = 0; first < report->certificate_count;) {
		size_t count = check_chain_length(report, first);
		const char *address = report->certificates[first].address;
		str_addf(writing->out, "\nChain%s%s\n", address == NULL ? "" : " of ",
			 address == NULL ? "" : address);
		for (size_t level = 0; level < count; level++)
			line_write(writing,
				   check_certificate_line(
					   &report->certificates[first + count - 1 - level], level,
					   now, writing->paper));
		first += count;
	}
}

static void finding_write(const struct writing *writing, const struct check_finding *finding)
{
	const char *severity = check_severity_text(finding->severity);
	blanks(writing->out, INDENT);
	coloured(writing, finding->severity, severity);
	blanks(writing->out, sizeof "unknown " - 1 - strlen(severity));
	str_addf(writing->out, "%-6s ", finding_id_text(finding->id));
	paragraph(writing, finding->text, FINDING_COLUMNS);
	if (finding->fix != NULL) {
		blanks(writing->out, FINDING_COLUMNS);
		str_add(writing->out, "Fix: ");
		paragraph(writing, finding->fix, FINDING_COLUMNS + sizeof "Fix: " - 1);
	}
}

static void findings_write(const struct writing *writing)
{
	const struct check_report *report = writing->report;
	if (report->finding_count > 0)
		str_add(writing->out, "\nFindings\n");
	for (size_t i = 0; i < CHECK_SEVERITY_COUNT; i++)
		for (size_t k = 0; k < report->finding_count; k++)
			if (report->findings[k].severity == CHECK_GRAVEST_FIRST[i])
				finding_write(writing, &report->findings[k]);
}

void check_text_write(struct str *out, const char *target, int64_t now,
		      const struct check_report *report, const struct check_paper *paper)
{
	const struct writing writing = { .out = out, .report = report, .paper = paper };
	verdict_write(&writing);
	str_add_char(out, '\n');
	paragraph(&writing, target, 0);
	timings_write(&writing);
	chains_write(&writing, now);
	findings_write(&writing);
}

/* --- openssl -----------------------------------------------------------------------------------
 */

/* What to add to s_client so that it shows a finding, and what to look for in its output. */
static const struct {
	const char *id_start;
	const char *options;
	const char *look_for;
} OPENSSL[] = {
	{ "CRT-9", "-showcerts",
	  "One certificate is listed, and “unable to get local issuer "
	  "certificate (20)”." },
	{ "CRT-13", "-showcerts", "The first certificate listed is a CA's." },
	{ "CRT-14", "-showcerts", "More certificates are listed than the chain needs." },
	{ "CRT-21", "-status",
	  "“Cert Status: revoked” in the OCSP response; s_client itself still "
	  "says ok." },
	{ "CRT-", "", "“Verify return code” at the end." },
	{ "MTLS-", "",
	  "“Acceptable client certificate CA names”, or an alert after the handshake: "
	  "with TLS 1.3 it comes only at the first read." },
	{ "HS-4", "-noservername", "Another certificate than with the name." },
	{ "HS-", "-tls1_2", "The alert or the version that is agreed on; try -tls1_3 too." },
	{ "TLS-", "", "“wrong version number” or “unexpected eof”: the port does not speak TLS." },
	{ "", "", "“Verify return code: 0 (ok)”." },
};

void check_openssl_write(struct str *out, const char *hostname, const char *port,
			 const char *headline_id)
{
	size_t i = 0;
	const char *id = headline_id == NULL ? "" : headline_id;
	while (!text_starts_with(id, OPENSSL[i].id_start))
		i++;
	str_addf(out,
		 "openssl s_client \\\n  -connect %s:%s \\\n  -servername %s \\\n"
		 "  -verify_hostname %s \\\n  -verify_return_error %s </dev/null\n\n",
		 hostname, port, hostname, hostname, OPENSSL[i].options);
	str_addf(out, "Look for: %s\n\n", OPENSSL[i].look_for);
	str_add(out,
		"Without -verify_return_error it goes on after a wrong name and exits with 0; with "
		"-quiet it never ends. It tries one address, does not read after the handshake, "
		"and "
		"passes a certificate that names the host only in its Common Name.\n");
}
