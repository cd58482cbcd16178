#include "ui/app/check_report.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum {
	TIMING_LABEL_COLUMNS = 16, /* "DNS   1234 ms   " */
	WORDS_COLUMNS = 26,	   /* what stands behind the bar */
	BAR_LEAST = 8,
	SECONDS_A_DAY = 24 * 60 * 60,
};

static const char *const PHASE_TITLES[PHASE_COUNT] = {
	[PHASE_DNS] = "DNS",
	[PHASE_TCP] = "TCP",
	[PHASE_TLS] = "TLS",
	[PHASE_SIP] = "SIP",
};

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
			const char *bar, int columns)
{
	struct str line;
	double end = scale_end_ms(report);
	int room = columns - TIMING_LABEL_COLUMNS - WORDS_COLUMNS;
	if (room < BAR_LEAST)
		room = BAR_LEAST;
	int from = (int)(timing->start_ms / end * room);
	int length = (int)(timing->ms / end * room + 0.5);
	if (from >= room)
		from = room - 1;
	if (length < 1)
		length = 1;
	if (from + length > room)
		length = room - from;
	str_init(&line);
	str_addf(&line, "%-4s %6.0f ms  ", PHASE_TITLES[timing->phase], timing->ms);
	for (int i = 0; i < room; i++)
		str_add(&line, i >= from && i < from + length ? bar : " ");
	if (timing->words != NULL)
		str_addf(&line, "  %s", timing->words);
	else if (!timing->ok)
		str_add(&line, "  failed");
	return str_detach(&line);
}

/* What a person calls a certificate: its common name, else its subject. */
static const char *certificate_name(const struct check_certificate *certificate, size_t *length)
{
	const char *name = strstr(certificate->subject, "CN=");
	name = name == NULL ? certificate->subject : name + 3;
	*length = strcspn(name, ",");
	return name;
}

static void dates_write(const struct check_certificate *certificate, int64_t now, struct str *out)
{
	int64_t days = (certificate->not_after - now) / SECONDS_A_DAY;
	if (certificate->not_before > now)
		str_addf(out, "valid only in %lld days",
			 (long long)((certificate->not_before - now) / SECONDS_A_DAY + 1));
	else if (certificate->not_after < now)
		str_addf(out, "expired %lld days ago", (long long)-days);
	else
		str_addf(out, "%lld days left", (long long)days);
}

char *check_certificate_line(const struct check_certificate *certificate, size_t level,
			     const char *child, int note_column, int64_t now)
{
	struct str line;
	char date[CLOCK_TEXT_SIZE];
	size_t length;
	const char *name = certificate_name(certificate, &length);
	str_init(&line);
	for (size_t i = 1; i < level; i++)
		str_add(&line, "  ");
	if (level > 0)
		str_addf(&line, "%s ", child);
	str_append(&line, name, length);
	for (int columns = text_columns(line.bytes); columns < note_column; columns++)
		str_add_char(&line, ' ');
	str_add(&line, "  ");
	if (certificate->is_trusted)
		str_add(&line, "in the trust list");
	else
		dates_write(certificate, now, &line);
	if (certificate->not_after > 0 && !certificate->is_trusted)
		str_addf(&line, " (%.10s)", clock_rfc3339(certificate->not_after, date));
	if (!certificate->was_sent && !certificate->is_trusted)
		str_add(&line, ", not sent");
	return str_detach(&line);
}

char *check_finding_line(const struct check_finding *finding)
{
	return mem_format("%-7s %-6s %s%s%s", check_severity_text(finding->severity),
			  finding_id_text(finding->id),
			  finding->address == NULL ? "" : finding->address,
			  finding->address == NULL ? "" : ": ", finding->text);
}

static void verdict_write(const struct check_report *report, const char *hostname, const char *port,
			  struct str *out)
{
	static const char *const words[] = {
		[VERDICT_PASS] = "PASS",
		[VERDICT_WARN] = "PASS with warnings",
		[VERDICT_FAIL] = "FAIL",
		[VERDICT_UNKNOWN] = "CANNOT TELL FROM HERE",
	};
	const struct check_finding *headline = NULL;
	enum check_verdict verdict = report_verdict(report, &headline);
	str_addf(out, "%s  %s:%s", words[verdict], hostname, port);
	if (headline != NULL)
		str_addf(out, "  %s", headline->text);
	str_add_char(out, '\n');
	if (headline != NULL && headline->fix != NULL && verdict != VERDICT_PASS)
		str_addf(out, "Fix   %s\n", headline->fix);
}

enum { REPORT_COLUMNS = 78, REPORT_NOTE_COLUMN = 46 };

void check_report_write(const struct check_report *report, const char *hostname, const char *port,
			int64_t now, struct str *out)
{
	const char *address = NULL;
	verdict_write(report, hostname, port, out);
	for (size_t i = 0; i < report->timing_count; i++) {
		const struct check_timing *timing = &report->timings[i];
		if (i == 0 || !text_equal(address, timing->address)) {
			address = timing->address;
			str_addf(out, "\n%s\n", address == NULL ? hostname : address);
		}
		char *line = check_timing_line(report, timing, "=", REPORT_COLUMNS - 2);
		str_addf(out, "  %s\n", line);
		free(line);
	}
	if (report->certificate_count > 0)
		str_add(out, "\nChain\n");
	for (size_t i = report->certificate_count; i-- > 0;) {
		char *line = check_certificate_line(&report->certificates[i],
						    report->certificate_count - 1 - i, "`-",
						    REPORT_NOTE_COLUMN, now);
		str_addf(out, "  %s\n", line);
		free(line);
	}
	if (report->finding_count > 0)
		str_add(out, "\nFindings\n");
	for (int severity = CHECK_FAIL; severity >= CHECK_PASS; severity--)
		for (size_t i = 0; i < report->finding_count; i++) {
			const struct check_finding *finding = &report->findings[i];
			if ((int)finding->severity != severity)
				continue;
			char *line = check_finding_line(finding);
			str_addf(out, "  %s\n", line);
			if (finding->fix != NULL && severity >= CHECK_WARN)
				str_addf(out, "                 Fix: %s\n", finding->fix);
			free(line);
		}
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

void check_openssl_write(const char *hostname, const char *port, const char *headline_id,
			 struct str *out)
{
	size_t i = 0;
	const char *id = headline_id == NULL ? "" : headline_id;
	while (!text_starts_with(id, OPENSSL[i].id_start))
		i++;
	str_addf(out,
		 "openssl s_client -connect %s:%s -servername %s \\\n"
		 "  -verify_hostname %s -verify_return_error %s </dev/null\n\n",
		 hostname, port, hostname, hostname, OPENSSL[i].options);
	str_addf(out, "Look for: %s\n\n", OPENSSL[i].look_for);
	str_add(out,
		"Without -verify_return_error it goes on after a wrong name and exits with 0; with "
		"-quiet it never ends. It tries one address, does not read after the handshake, "
		"and "
		"passes a certificate that names the host only in its Common Name.\n");
}
