/* What the screens say by themselves: of what was typed, of a reading, of the next step. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "sandbox/sandbox.h"
#include "tests/support/desk.h"

#include <stdlib.h>
#include <string.h>

enum { DTLS_NUMBER = 1, SDES_NUMBER = 2, OTHER_APPS_NUMBER = 4 };

enum { SLOW_DEADLINE_MS = 20000 /* four comparisons take 7 s */ };

/* --- what was typed, and what is marked ----------------------------------------------------------
 */

/* While one types it stays as typed; at the end of the entry it is what was meant. */
static void what_was_typed_is_tidied(void **state)
{
	static const struct {
		const char *field, *text, *words, *value;
	} CASES[] = {
		{ "Call icon countries", "de, fr;gb", "is no country code", "DE FR GB" },
		{ "Port", "5071 ", "A port is a number in digits only", "5071" },
		{ "Hostname", " pbx.acme.example ", "blank", "pbx.acme.example" },
	};
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, DTLS_NUMBER);
	struct session *session = desk.session;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		desk_go_to(&desk, CASES[i].field);
		session_send(session, "<Enter><C-u>");
		session_type(session, CASES[i].text);
		expect_words(session, CASES[i].words);
		session_send(session, "<Enter>");
		expect_gone(session, CASES[i].words);
		char *row = mem_format("%-23s%s ", CASES[i].field, CASES[i].value);
		expect_text(session, row);
		free(row);
	}
	desk_send(&desk, "Applied");
	char *held = peer_settings(&desk.sandbox, DTLS_NUMBER, false);
	assert_non_null(strstr(held, "\"restrict_to_user_countries\":[\"DE\",\"FR\",\"GB\"]"));
	assert_non_null(strstr(held, "{\"hostname\":\"pbx.acme.example\",\"port\":5071,"));
	free(held);
	desk_close(&desk);
}

/* A warning has a mark of its own, which does not block; what is wrong has another. */
static void findings_are_marked_by_their_weight(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, SDES_NUMBER);
	struct session *session = desk.session;
	desk_go_to(&desk, "Port");
	expect_row(session, "Key                  Value");
	desk_replace(&desk, "5060");
	expect_text(session, "? Port                   5060");
	desk_replace(&desk, "70000");
	expect_text(session, "! Port                   70000");
	desk_replace(&desk, "5071");
	expect_text(session, "* Port                   5071");
	desk_close(&desk);
}

/* --- reading again, and what comes next ----------------------------------------------------------
 */

static void reading_again_says_that_nothing_has_changed(void **state)
{
	static const char SAME[] = "Read again at 12:41: nothing has changed.";
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, SDES_NUMBER);
	struct session *session = desk.session;
	assert_false(session_shows(session, "nothing has changed")); /* nobody asked */
	session_send(session, "<F5>");
	expect_words(session, SAME);
	desk_close(&desk);
}

static void the_outcome_names_the_next_step(void **state)
{
	static const struct {
		const char *field, *text, *words;
	} CASES[] = {
		{ "Port", "5071",
		  "Next: back in the settings, F7 checks the server's certificate." },
		{ "Hostname", "sip.acme.example",
		  "Next: F6 shows the SIP user password for the trunk; back in the settings, F7 "
		  "checks the server's certificate." },
		{ "Call icon countries", "DE", NULL },
	};
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, SDES_NUMBER);
	struct session *session = desk.session;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		desk_go_to(&desk, CASES[i].field);
		desk_replace(&desk, CASES[i].text);
		desk_send(&desk, "Applied");
		if (CASES[i].words != NULL)
			expect_words(session, CASES[i].words);
		else
			assert_false(session_shows(session, "Next:"));
		session_send(session, "<Esc>");
		expect_gone(session, "Outcome");
	}
	desk_go_to(&desk, "Hostname");
	desk_replace(&desk, "edge.clinic.example");
	session_send(session, "<F7>");
	expect_text(session, "PASS");
	session_send(session, "<Esc>");
	expect_text(session, "Your server will see");
	desk_send(&desk, "Applied");
	expect_row(session, "Next: F6 shows the SIP user password for the trunk.");
	desk_close(&desk);
}

static void another_apps_server_stays_and_why_is_said(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, OTHER_APPS_NUMBER);
	struct session *session = desk.session;
	desk_go_to(&desk, "SIP signalling");
	session_send(session, "<Space>");
	desk_go_to(&desk, "Hostname");
	session_send(session, "<Del>");
	expect_text(session, "removed; u brings it back");
	desk_review(&desk);
	expect_words(session, "one with another app's app_id belongs to that app and stays.");
	session_send(session, "y");
	session->deadline_ms = SLOW_DEADLINE_MS;
	expect_row(session, "Applied, but the service shows …");
	expect_words(session, "only that app's API key can remove it, and sending again does not "
			      "help.");
	session_send(session, "<End>");
	expect_words(session, "none sent, shown is old-pbx.agency.example:5061");
	assert_false(session_shows(session, "   App  "));
	desk_close(&desk);
}

/* At the least size and in plain characters, too. */
static void a_box_has_four_sides(void **state)
{
	static const char *const ARGUMENTS[] = { "--sandbox", NULL };
	static const struct {
		const char *locale;
		int rows, columns;
		const char *title, *focused, *side, *bottom;
	} CASES[] = {
		{ "C.UTF-8", 24, 80, "┌ Leave sipdesk? ─", "│› n Stay", "│", "└─" },
		{ "C.UTF-8", 16, 60, "┌ Leave sipdesk? ─", "│› n Stay", "│", "└─" },
		{ "C", 16, 60, "+ Leave sipdesk? -", "|> n Stay", "|", "+-" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct desk desk = { .locale = CASES[i].locale,
				     .rows = CASES[i].rows,
				     .columns = CASES[i].columns };
		desk_run(&desk, ARGUMENTS, NULL);
		struct session *session = desk.session;
		assert_true(peer_sandbox_of(&desk.sandbox, session));
		expect_text(session, "Practice 1");
		session_send(session, "<Enter>");
		expect_text(session, "read 12:41");
		session_send(session, "<Space>");
		expect_text(session, "1 changed");
		session_send(session, "<F10>");
		expect_text(session, CASES[i].title);
		expect_text(session, CASES[i].bottom);
		int inside = (CASES[i].columns < 76 ? CASES[i].columns - 4 : 72) - 1;
		char *row = mem_format("%s%*s%s", CASES[i].focused,
				       inside - (int)strlen("|> n Stay"), "", CASES[i].side);
		expect_row(session, row);
		free(row);
		session_send(session, "n");
		expect_gone(session, CASES[i].title);
		desk_close(&desk);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_typed_is_tidied),
		cmocka_unit_test(findings_are_marked_by_their_weight),
		cmocka_unit_test(reading_again_says_that_nothing_has_changed),
		cmocka_unit_test(the_outcome_names_the_next_step),
		cmocka_unit_test(another_apps_server_stays_and_why_is_said),
		cmocka_unit_test(a_box_has_four_sides),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
