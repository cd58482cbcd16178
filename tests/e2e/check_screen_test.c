/*
 * The TLS check on the screen: run on a practice SIP server, it says what the command says. The
 * practice service's ready file names the servers and what is to be expected of each.
 */
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "tests/support/desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { NEW_NUMBER = 0, DTLS_NUMBER = 1, SDES_NUMBER = 2, REPORT_MAX = 64 * 1024 };

/* The screens' words for what the ready file expects: a verdict and a piece of its headline. */
static const struct {
	const char *hostname, *verdict, *words;
} SERVERS[] = {
	{ "sip.acme.example", "PASS", "answers SIP over TLS" },
	{ "edge.clinic.example", "PASS", "answers SIP over TLS" },
	{ "voice.outlet.example", "PASS", "answers SIP over TLS" },
	{ "old-pbx.agency.example", "PASS", "answers SIP over TLS" },
	{ "sip.bakery.example", "FAIL", "it does not name sip.bakery.example" },
	{ "expired.acme.example", "FAIL", "The certificate expired" },
	{ "chain.acme.example", "FAIL", "the issuing CA" },
	{ "asks.acme.example", "FAIL", "asks for a client certificate" },
	{ "plain.acme.example", "FAIL", "unencrypted SIP" },
};

static void server_enter(struct desk *desk, const char *hostname)
{
	desk_go_to(desk, "SIP server");
	session_send(desk->session, "<Insert>");
	expect_text(desk->session, "Request-URI user parameters");
	session_type(desk->session, hostname);
	session_send(desk->session, "<Enter>");
	expect_words(desk->session, hostname);
}

static void each_practice_server_is_told_rightly(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, NEW_NUMBER);
	server_enter(&desk, SERVERS[0].hostname);
	for (size_t i = 0; i < ARRAY_LENGTH(SERVERS); i++) {
		session_send(desk.session, "<Home>");
		expect_cursor_on(desk.session, "Hostname");
		if (i > 0)
			desk_replace(&desk, SERVERS[i].hostname);
		session_send(desk.session, "<F7>");
		expect_text(desk.session, "Findings");
		expect_text(desk.session, SERVERS[i].verdict);
		expect_words(desk.session, SERVERS[i].words);
		session_send(desk.session, "<Esc>");
		expect_text(desk.session, "Your server will see");
	}
	desk_close(&desk);
}

static void a_finding_opens_and_the_openssl_command_is_shown(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, DTLS_NUMBER);
	session_send(desk.session, "<F7>");
	expect_text(desk.session, "Fix  Get a certificate"); /* the verdict: it has ended */
	expect_cursor_on(desk.session, "CRT-1");
	session_send(desk.session, "<Enter>");
	expect_text(desk.session, "Fix: Get a certificate with SAN DNS:sip.bakery.example");
	session_send(desk.session, "<Enter>");
	expect_gone(desk.session, "Fix: Get");
	session_send(desk.session, "o");
	expect_text(desk.session, "-verify_hostname sip.bakery.example");
	session_send(desk.session, "<Esc>");
	expect_cursor_on(desk.session, "CRT-1");
	session_send(desk.session, "t");
	expect_text(desk.session, "No INVITE arrives");
	session_send(desk.session, "<Enter>"); /* its first cause is settled by this very check */
	expect_cursor_on(desk.session, "CRT-1");
	session_send(desk.session, "<Esc>");
	expect_words(desk.session, "failed just now");
	desk_close(&desk);
}

static void a_verdict_is_of_the_hostname_it_was_made_of(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, SDES_NUMBER);
	session_send(desk.session, "<F7>");
	expect_text(desk.session, "PASS");
	session_send(desk.session, "<Esc>");
	expect_words(desk.session, "passed just now");
	desk_go_to(&desk, "Hostname");
	desk_replace(&desk, "other.clinic.example");
	session_send(desk.session, "<Esc>");
	expect_words(desk.session, "before your edit");
	desk_review(&desk);
	expect_words(desk.session, "before your edit");
	desk_close(&desk);
}

static void a_report_is_saved_once(void **state)
{
	struct desk desk;
	struct str report;
	struct err err;
	(void)state;
	desk_practice_number(&desk, DTLS_NUMBER);
	char *path = mem_format("%s/report.txt", desk.session->home);
	session_send(desk.session, "<F7>");
	expect_text(desk.session, "Fix  Get a certificate"); /* the verdict: it has ended */
	expect_cursor_on(desk.session, "CRT-1");
	session_send(desk.session, "s");
	expect_text(desk.session, "Save the report");
	session_send(desk.session, "<C-u>");
	session_type(desk.session, path);
	session_send(desk.session, "<Enter>");
	expect_words(desk.session, "Saved as");
	str_init(&report);
	assert_true(file_read(path, REPORT_MAX, &report, &err));
	assert_true(text_starts_with(report.bytes, "FAIL  The certificate is for"));
	assert_non_null(strstr(report.bytes, "Fix   Get a certificate"));
	session_send(desk.session, "s");
	expect_text(desk.session, "Save the report");
	session_send(desk.session, "<C-u>");
	session_type(desk.session, path);
	session_send(desk.session, "<Enter>");
	expect_words(desk.session, "nothing was overwritten");
	str_release(&report);
	free(path);
	desk_close(&desk);
}

/* Practice keeps its promise that nothing leaves the machine. */
static void practice_checks_no_other_host(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, NEW_NUMBER);
	server_enter(&desk, "sip.elsewhere.example");
	session_send(desk.session, "<F7>");
	expect_words(desk.session, "Practice SIP servers to check: sip.acme.example");
	expect_words(desk.session, "plain.acme.example."); /* the last of them */
	desk_close(&desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_practice_server_is_told_rightly),
		cmocka_unit_test(a_finding_opens_and_the_openssl_command_is_shown),
		cmocka_unit_test(a_verdict_is_of_the_hostname_it_was_made_of),
		cmocka_unit_test(a_report_is_saved_once),
		cmocka_unit_test(practice_checks_no_other_host),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
