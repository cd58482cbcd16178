/* The service's values move while they are edited here: nothing is overwritten that was not seen.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/support/desk.h"
#include "tests/support/session_golden.h"

#include <stdlib.h>

enum { NUMBER = 1 /* SIP with DTLS */ };

/* The hostname and the port move, as they do here; the call icon moves there alone. */
static const char THEIR_WRITE[] =
	"{\"calling\":{\"call_icon_visibility\":\"DISABLE_ALL\",\"sip\":{\"status\":\"ENABLED\","
	"\"servers\":[{\"hostname\":\"sip.theirs.example\",\"port\":5081}]}}}";

#define HELD(hostname, port)                                                             \
	"{\"calling\":{\"status\":\"ENABLED\",\"call_icon_visibility\":\"DISABLE_ALL\"," \
	"\"callback_permission_status\":\"ENABLED\",\"sip\":{\"status\":\"ENABLED\","    \
	"\"servers\":[{\"hostname\":\"" hostname "\",\"port\":" port                     \
	",\"app_id\":1234567890123456}]}},\"payload_encryption\":{\"status\":\"DISABLED\"}}"

/* Both sides have changed the server; the settings are shown. */
static void both_change_it(struct desk *desk)
{
	desk_practice_number(desk, NUMBER);
	desk_go_to(desk, "Hostname");
	desk_replace(desk, "sip.ours.example");
	expect_cursor_on(desk->session, "Port");
	desk_replace(desk, "5071");
	expect_text(desk->session, "2 changed");
	session_send(desk->session, "<Esc>");
	expect_text(desk->session, "sip.ours.example:5071");
	assert_true(peer_write(&desk->sandbox, NUMBER, THEIR_WRITE));
}

static void expect_held(const struct desk *desk, const char *expected)
{
	char *held = peer_settings(&desk->sandbox, NUMBER, false);
	assert_string_equal(held, expected);
	free(held);
}

static void a_send_waits_for_the_choice(void **state)
{
	static const struct {
		const char *choices; /* of hostname, then port */
		const char *held;
	} CASES[] = {
		{ "tm", HELD("sip.theirs.example", "5071") },
		{ "mt", HELD("sip.ours.example", "5081") },
		{ "M", HELD("sip.ours.example", "5071") },
		{ "<Space><Down><Space>", HELD("sip.ours.example", "5071") },
	};
	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		struct desk desk;
		both_change_it(&desk);
		desk_review(&desk);
		session_send(desk.session, "y");
		expect_words(desk.session, "Nothing is sent before you have chosen for each.");
		expect_text(desk.session, "1 more changed only there and is taken over.");
		if (i == 0)
			expect_golden(desk.session, "conflict");
		session_send(desk.session, "<Enter>");
		expect_words(desk.session, "Choose for each field first");
		expect_held(&desk, HELD("sip.theirs.example", "5081"));
		session_send(desk.session, CASES[i].choices);
		expect_words(desk.session, "Enter goes on with these choices: what is left of "
					   "your changes is sent at once.");
		session_send(desk.session, "<Enter>");
		expect_row(desk.session, "Applied");
		expect_words(desk.session,
			     "Changed elsewhere meanwhile and taken over: Call icon, now Hidden");
		expect_held(&desk, CASES[i].held);
		desk_close(&desk);
	}
}

static void all_of_theirs_leaves_nothing_to_send(void **state)
{
	struct desk desk;
	(void)state;
	both_change_it(&desk);
	desk_review(&desk);
	session_send(desk.session, "y");
	expect_text(desk.session, "before you have chosen");
	session_send(desk.session, "T<Enter>");
	expect_row(desk.session, "Not applied");
	expect_words(desk.session, "Nothing is left to change: the service already shows what was "
				   "wanted. Nothing was sent.");
	assert_false(session_shows(desk.session, "Your draft is kept."));
	session_send(desk.session, "<Esc>");
	expect_text(desk.session, "sip.theirs.example:5081");
	assert_false(session_shows(desk.session, "changed"));
	expect_held(&desk, HELD("sip.theirs.example", "5081"));
	desk_close(&desk);
}

static void going_back_sends_nothing_and_keeps_the_draft(void **state)
{
	struct desk desk;
	(void)state;
	both_change_it(&desk);
	desk_review(&desk);
	session_send(desk.session, "y");
	expect_text(desk.session, "before you have chosen");
	session_send(desk.session, "<Esc>");
	expect_row(desk.session, "Not applied");
	expect_words(desk.session,
		     "You cancelled before anything was written. Your draft is kept.");
	session_send(desk.session, "<Esc>");
	expect_text(desk.session, "Media");
	expect_text(desk.session, "sip.ours.example:5071");
	expect_text(desk.session, "2 changed");
	expect_held(&desk, HELD("sip.theirs.example", "5081"));
	desk_close(&desk);
}

/* The same question where the number is only read again. */
static void a_reload_asks_too(void **state)
{
	struct desk desk;
	(void)state;
	both_change_it(&desk);
	session_send(desk.session, "<F5>");
	expect_text(desk.session, "before you have chosen");
	session_send(desk.session, "<Esc>");
	expect_words(desk.session,
		     "Nothing was chosen: the newer settings were not taken over yet.");
	expect_text(desk.session, "sip.ours.example:5071");
	session_send(desk.session, "<F5>");
	expect_text(desk.session, "before you have chosen");
	session_send(desk.session, "tm<Enter>");
	expect_words(desk.session, "Your changes now stand on the newer settings.");
	expect_text(desk.session, "sip.theirs.example:5071");
	expect_text(desk.session, "1 changed");
	expect_text(desk.session, "Hidden (DISABLE_ALL)");
	desk_send(&desk, "Applied");
	expect_held(&desk, HELD("sip.theirs.example", "5071"));
	desk_close(&desk);
}

/* What only the others changed is taken over without a question, and said. */
static void what_only_they_changed_is_taken_over(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, NUMBER);
	desk_go_to(&desk, "Callback permission");
	session_send(desk.session, "<Space>");
	expect_text(desk.session, "1 changed");
	assert_true(peer_write(&desk.sandbox, NUMBER, THEIR_WRITE));
	desk_send(&desk, "Applied");
	expect_words(desk.session, "taken over: Call icon, now Hidden (DISABLE_ALL).");
	session_send(desk.session, "<Esc>");
	expect_text(desk.session, "sip.theirs.example:5081");
	desk_close(&desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_send_waits_for_the_choice),
		cmocka_unit_test(all_of_theirs_leaves_nothing_to_send),
		cmocka_unit_test(going_back_sends_nothing_and_keeps_the_draft),
		cmocka_unit_test(a_reload_asks_too),
		cmocka_unit_test(what_only_they_changed_is_taken_over),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
