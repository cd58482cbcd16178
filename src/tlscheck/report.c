#include "tlscheck/report.h"

#include "base/mem.h"
#include "base/str.h"
#include "tlscheck/catalogue.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void report_init(struct check_report *report)
{
	*report = (struct check_report) { 0 };
}

static void certificate_release(struct check_certificate *certificate)
{
	free(certificate->subject);
	free(certificate->issuer);
	free(certificate->address);
	for (size_t i = 0; i < certificate->name_count; i++)
		free(certificate->names[i]);
	free(certificate->names);
}

void report_release(struct check_report *report)
{
	for (size_t i = 0; i < report->finding_count; i++) {
		free(report->findings[i].text);
		free(report->findings[i].fix);
		free(report->findings[i].address);
	}
	for (size_t i = 0; i < report->timing_count; i++) {
		free(report->timings[i].address);
		free(report->timings[i].words);
	}
	for (size_t i = 0; i < report->certificate_count; i++)
		certificate_release(&report->certificates[i]);
	free(report->findings);
	free(report->timings);
	free(report->certificates);
	free(report->corrected_chain);
	*report = (struct check_report) { 0 };
}

const char *check_severity_text(enum check_severity severity)
{
	static const char *const texts[] = {
		[CHECK_PASS] = "pass",	     [CHECK_INFO] = "info", [CHECK_WARN] = "warn",
		[CHECK_UNKNOWN] = "unknown", [CHECK_FAIL] = "fail",
	};
	return texts[severity];
}

const char *check_verdict_text(enum check_verdict verdict)
{
	static const char *const texts[] = {
		[VERDICT_PASS] = "pass",
		[VERDICT_WARN] = "warn",
		[VERDICT_FAIL] = "fail",
		[VERDICT_UNKNOWN] = "unknown",
	};
	return texts[verdict];
}

const char *check_phase_text(enum check_phase phase)
{
	static const char *const texts[] = {
		[PHASE_DNS] = "dns",
		[PHASE_TCP] = "tcp",
		[PHASE_TLS] = "tls",
		[PHASE_SIP] = "sip",
	};
	return texts[phase];
}

int check_exit_code(enum check_verdict verdict)
{
	static const int codes[] = {
		[VERDICT_PASS] = 0,
		[VERDICT_WARN] = 1,
		[VERDICT_FAIL] = 2,
		[VERDICT_UNKNOWN] = 3,
	};
	return codes[verdict];
}

static void tell(const struct check_report *report, const struct check_event *event)
{
	if (report->event)
		report->event(report->owner, event);
}

static bool is_known(const struct check_report *report, enum finding_id id, const char *address,
		     const char *text)
{
	for (size_t i = 0; i < report->finding_count; i++) {
		const struct check_finding *finding = &report->findings[i];
		if (finding->id == id && text_equal(finding->address, address) &&
		    text_equal(finding->text, text))
			return true;
	}
	return false;
}

void report_finding(struct check_report *report, enum finding_id id, enum check_severity severity,
		    const char *address, const char *text, const char *fix)
{
	if (is_known(report, id, address, text))
		return;
	report->findings =
		mem_grow(report->findings, report->finding_count, sizeof *report->findings);
	struct check_finding *finding = &report->findings[report->finding_count++];
	*finding = (struct check_finding) {
		.id = id,
		.severity = severity,
		.text = mem_text(text),
		.fix = mem_text(fix),
		.address = mem_text(address),
	};
	tell(report, &(struct check_event) { .finding = finding });
}

void report_findingf(struct check_report *report, enum finding_id id, enum check_severity severity,
		     const char *address, const char *fix, const char *format, ...)
{
	char *text = NULL;
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	size_t size = length < 0 ? 1 : (size_t)length + 1;
	text = mem_alloc(size, 1);
	va_start(arguments, format);
	(void)vsnprintf(text, size, format, arguments);
	va_end(arguments);
	report_finding(report, id, severity, address, text, fix);
	free(text);
}

void report_timing(struct check_report *report, const struct check_timing *timing)
{
	report->timings = mem_grow(report->timings, report->timing_count, sizeof *report->timings);
	struct check_timing *copy = &report->timings[report->timing_count++];
	*copy = *timing;
	copy->address = mem_text(timing->address);
	copy->words = mem_text(timing->words);
	tell(report, &(struct check_event) { .timing = copy });
}

void report_certificate(struct check_report *report, const struct check_certificate *certificate)
{
	report->certificates = mem_grow(report->certificates, report->certificate_count,
					sizeof *report->certificates);
	struct check_certificate *copy = &report->certificates[report->certificate_count++];
	*copy = *certificate;
	copy->subject = mem_text(certificate->subject);
	copy->issuer = mem_text(certificate->issuer);
	copy->address = mem_text(certificate->address);
	copy->names = mem_alloc(certificate->name_count + 1, sizeof *copy->names);
	for (size_t i = 0; i < certificate->name_count; i++)
		copy->names[i] = mem_text(certificate->names[i]);
	tell(report, &(struct check_event) { .certificate = copy });
}

bool report_has(const struct check_report *report, enum finding_id id, enum check_severity severity)
{
	for (size_t i = 0; i < report->finding_count; i++)
		if (report->findings[i].id == id && report->findings[i].severity == severity)
			return true;
	return false;
}

/* The finding of this severity that is nearest to the root cause; NULL: there is none. */
static const struct check_finding *first_of(const struct check_report *report,
					    enum check_severity severity)
{
	const struct check_finding *first = NULL;
	for (size_t i = 0; i < report->finding_count; i++) {
		const struct check_finding *finding = &report->findings[i];
		if (finding->severity == severity &&
		    (!first || finding_rank(finding->id) < finding_rank(first->id)))
			first = finding;
	}
	return first;
}

/* What is said when all is well: that the server answers, else whatever passed. */
static const struct check_finding *first_good(const struct check_report *report)
{
	for (size_t i = 0; i < report->finding_count; i++)
		if (report->findings[i].id == SIP_1)
			return &report->findings[i];
	return first_of(report, CHECK_PASS);
}

enum check_verdict report_verdict(const struct check_report *report,
				  const struct check_finding **headline)
{
	const struct check_finding *ignored;
	if (!headline)
		headline = &ignored;
	*headline = first_of(report, CHECK_FAIL);
	if (*headline)
		return VERDICT_FAIL;
	/* DNS-9 as a warning says that another address was reached: then something can be told. */
	if (!report_has(report, DNS_9, CHECK_WARN)) {
		*headline = first_of(report, CHECK_UNKNOWN);
		if (*headline)
			return VERDICT_UNKNOWN;
	}
	*headline = first_of(report, CHECK_WARN);
	if (*headline)
		return VERDICT_WARN;
	*headline = first_good(report);
	return *headline ? VERDICT_PASS : VERDICT_UNKNOWN;
}
