#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "tlscheck/catalogue.h"
#include "tlscheck/report.h"

#include <stdio.h>

enum { FINDINGS_MAX = 6 };

static const struct verdict_case {
	const char *name;
	struct {
		enum finding_id id;
		enum check_severity severity;
	} findings[FINDINGS_MAX];
	size_t count;
	enum check_verdict verdict;
	int headline; /* a finding_id; -1: none */
	int exit_code;
} verdict_cases[] = {
	{ "nothing was found", { { 0 } }, 0, VERDICT_UNKNOWN, -1, 3 },
	{ "all is well",
	  { { DNS_5, CHECK_INFO }, { HS_1, CHECK_PASS }, { SIP_1, CHECK_PASS } },
	  3,
	  VERDICT_PASS,
	  SIP_1,
	  0 },
	{ "well, without an answer to tell of",
	  { { HS_1, CHECK_PASS } },
	  1,
	  VERDICT_PASS,
	  HS_1,
	  0 },
	{ "a warning",
	  { { SIP_1, CHECK_PASS }, { CRT_8, CHECK_WARN }, { CRT_3, CHECK_WARN } },
	  3,
	  VERDICT_WARN,
	  CRT_3,
	  1 },
	{ "not reachable from here is no failure",
	  { { TCP_2, CHECK_UNKNOWN } },
	  1,
	  VERDICT_UNKNOWN,
	  TCP_2,
	  3 },
	{ "in doubt, and a warning",
	  { { CRT_3, CHECK_WARN }, { TCP_3, CHECK_UNKNOWN } },
	  2,
	  VERDICT_UNKNOWN,
	  TCP_3,
	  3 },
	{ "one address in doubt, another works",
	  { { TCP_3, CHECK_UNKNOWN }, { SIP_1, CHECK_PASS }, { DNS_9, CHECK_WARN } },
	  3,
	  VERDICT_WARN,
	  DNS_9,
	  1 },
	{ "a failure at an address that works beats doubt",
	  { { TCP_2, CHECK_UNKNOWN }, { CRT_1, CHECK_FAIL }, { DNS_9, CHECK_WARN } },
	  3,
	  VERDICT_FAIL,
	  CRT_1,
	  2 },
	{ "DNS before TCP",
	  { { TCP_1, CHECK_FAIL }, { DNS_6, CHECK_FAIL } },
	  2,
	  VERDICT_FAIL,
	  DNS_6,
	  2 },
	{ "why one is refused before how many are",
	  { { DNS_9, CHECK_FAIL }, { TCP_1, CHECK_FAIL } },
	  2,
	  VERDICT_FAIL,
	  TCP_1,
	  2 },
	{ "not TLS before certificates",
	  { { CRT_12, CHECK_FAIL }, { TLS_2, CHECK_FAIL } },
	  2,
	  VERDICT_FAIL,
	  TLS_2,
	  2 },
	{ "handshake, then client certificates",
	  { { MTLS_2, CHECK_FAIL }, { HS_1, CHECK_FAIL } },
	  2,
	  VERDICT_FAIL,
	  HS_1,
	  2 },
	{ "client certificates before ours",
	  { { CRT_7, CHECK_FAIL }, { MTLS_2, CHECK_FAIL } },
	  2,
	  VERDICT_FAIL,
	  MTLS_2,
	  2 },
	{ "order of the chain first",
	  { { CRT_12, CHECK_FAIL }, { CRT_1, CHECK_FAIL }, { CRT_13, CHECK_FAIL } },
	  3,
	  VERDICT_FAIL,
	  CRT_13,
	  2 },
	{ "issuer, date, name, purpose",
	  { { CRT_15, CHECK_FAIL },
	    { CRT_1, CHECK_FAIL },
	    { CRT_7, CHECK_FAIL },
	    { CRT_9, CHECK_FAIL } },
	  4,
	  VERDICT_FAIL,
	  CRT_9,
	  2 },
	{ "date before name",
	  { { CRT_1, CHECK_FAIL }, { CRT_7, CHECK_FAIL } },
	  2,
	  VERDICT_FAIL,
	  CRT_7,
	  2 },
	{ "a lesser cause that fails before a greater that warns",
	  { { DNS_8, CHECK_WARN }, { CRT_18, CHECK_FAIL } },
	  2,
	  VERDICT_FAIL,
	  CRT_18,
	  2 },
};

static void verdict_and_headline_follow_the_order_of_causes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(verdict_cases); i++) {
		const struct verdict_case *wanted = &verdict_cases[i];
		struct check_report report;
		const struct check_finding *headline;
		report_init(&report);
		for (size_t k = 0; k < wanted->count; k++)
			report_finding(&report, wanted->findings[k].id,
				       wanted->findings[k].severity, NULL, "text", "fix");
		print_message("# %s\n", wanted->name);
		enum check_verdict verdict = report_verdict(&report, &headline);
		assert_int_equal(verdict, wanted->verdict);
		assert_int_equal(headline ? (int)headline->id : -1, wanted->headline);
		assert_int_equal(check_exit_code(verdict), wanted->exit_code);
		assert_int_equal(report_verdict(&report, NULL), wanted->verdict);
		report_release(&report);
	}
}

static void every_identifier_has_a_name_and_a_rank(void **state)
{
	static const struct {
		enum finding_id id;
		const char *text;
	} cases[] = { { DNS_1, "DNS-1" },  { TCP_5, "TCP-5" },	 { TLS_9, "TLS-9" },
		      { HS_12, "HS-12" },  { MTLS_3, "MTLS-3" }, { SIP_5, "SIP-5" },
		      { CRT_25, "CRT-25" } };
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		assert_string_equal(finding_id_text(cases[i].id), cases[i].text);
	bool taken[FINDING_ID_COUNT] = { false };
	for (size_t i = 0; i < FINDING_ID_COUNT; i++) {
		enum finding_id back;
		assert_non_null(finding_id_text((enum finding_id)i));
		assert_true(finding_id_of(finding_id_text((enum finding_id)i), &back));
		assert_int_equal(back, i);
		int rank = finding_rank((enum finding_id)i);
		assert_in_range(rank, 0, FINDING_ID_COUNT - 1);
		assert_false(taken[rank]);
		taken[rank] = true;
	}
	enum finding_id none;
	assert_false(finding_id_of("CRT-26", &none));
	assert_false(finding_id_of("", &none));
}

struct heard {
	size_t findings, timings, certificates;
	char last_text[64];
};

static void hear(void *owner, const struct check_event *event)
{
	struct heard *heard = owner;
	heard->findings += event->finding != NULL;
	heard->timings += event->timing != NULL;
	heard->certificates += event->certificate != NULL;
	if (event->finding)
		(void)snprintf(heard->last_text, sizeof heard->last_text, "%s",
			       event->finding->text);
}

static void events_go_out_once_as_they_happen(void **state)
{
	(void)state;
	struct heard heard = { 0 };
	struct check_report report;
	report_init(&report);
	report.event = hear;
	report.owner = &heard;
	report_finding(&report, HS_1, CHECK_PASS, "192.0.2.1", "one", NULL);
	assert_string_equal(heard.last_text, "one");
	report_finding(&report, HS_1, CHECK_PASS, "192.0.2.1", "one", NULL);
	assert_int_equal(heard.findings, 1);
	report_finding(&report, HS_1, CHECK_PASS, "192.0.2.2", "one", NULL);
	report_finding(&report, HS_1, CHECK_PASS, "192.0.2.1", "two", NULL);
	report_finding(&report, HS_1, CHECK_PASS, NULL, "one", NULL);
	assert_int_equal(heard.findings, 4);
	assert_int_equal(report.finding_count, 4);
	report_findingf(&report, TCP_5, CHECK_WARN, NULL, "fix", "%d ms", 1500);
	assert_string_equal(heard.last_text, "1500 ms");
	assert_string_equal(report.findings[4].fix, "fix");
	assert_true(report_has(&report, TCP_5, CHECK_WARN));
	assert_false(report_has(&report, TCP_5, CHECK_INFO));
	assert_false(report_has(&report, CRT_1, CHECK_WARN));
	report_release(&report);
}

static void what_is_reported_is_copied(void **state)
{
	(void)state;
	struct heard heard = { 0 };
	struct check_report report;
	report_init(&report);
	report.event = hear;
	report.owner = &heard;
	char words[] = "TLS 1.3";
	char name[] = "DNS:a.example";
	char *names[] = { name };
	report_timing(&report,
		      &(struct check_timing) { .phase = PHASE_TLS, .ms = 2, .words = words });
	report_certificate(&report, &(struct check_certificate) {
					    .subject = words, .names = names, .name_count = 1 });
	words[0] = name[0] = 'X';
	assert_string_equal(report.timings[0].words, "TLS 1.3");
	assert_null(report.timings[0].address);
	assert_string_equal(report.certificates[0].subject, "TLS 1.3");
	assert_string_equal(report.certificates[0].names[0], "DNS:a.example");
	assert_int_equal(heard.timings, 1);
	assert_int_equal(heard.certificates, 1);
	report_release(&report);
	assert_int_equal(report.finding_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdict_and_headline_follow_the_order_of_causes),
		cmocka_unit_test(every_identifier_has_a_name_and_a_rank),
		cmocka_unit_test(events_go_out_once_as_they_happen),
		cmocka_unit_test(what_is_reported_is_copied),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
