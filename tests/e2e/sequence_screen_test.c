/*
 * What is set going on a number as a whole, from its screens: the password reset, emergency off and
 * on, the move to another SIP server; and that what is cut off half-way is settled.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/support/acme_desk.h"

#include <stdlib.h>
#include <string.h>

enum { DTLS_NUMBER = 1, SDES_NUMBER = 2 };

#define REFUSAL "answer 400 {\"error\":{\"message\":\"No.\",\"code\":100}}\n"

/* --- the password reset ----------------------------------------------------------------------- */

static void reset_begin(struct session *session)
{
	session_send(session, "p");
	expect_words(session, "Calls fail from the first step until the last");
	session_send(session, "y");
	expect_words(session, "Type RESET to");
	session_type(session, "RESET");
	expect_cursor_on(session, "RESET");
	session_send(session, "<Enter>");
}

static void a_reset_brings_everything_back_but_the_password(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, SDES_NUMBER);
	struct session *session = desk.session;
	char *before = peer_settings(&desk.sandbox, SDES_NUMBER, false);
	char *with_password = peer_settings(&desk.sandbox, SDES_NUMBER, true);
	session_send(session, "p");
	expect_words(session, "Calls fail from the first step until the last, usually for some "
			      "seconds.");
	expect_words(session, "own configuration needs the new one");
	expect_words(session, "edge.clinic.example:5061 tgrp=front-desk");
	session_send(session, "y");
	expect_words(session, "Type the last four digits of +12025550103 to begin:");
	session_type(session, "0104");
	session_send(session, "<Enter>");
	expect_words(session, "That is not 0103: nothing was begun.");
	session_send(session, "y");
	expect_words(session, "Type the last four digits");
	session_type(session, "0103");
	session_send(session, "<Enter>");
	expect_row(session, "Applied");
	expect_text(session, "Out of service");
	expect_text(session, "Back in service");
	expect_words(session, "in service again, with a new SIP user password");
	char *after = peer_settings(&desk.sandbox, SDES_NUMBER, false);
	assert_string_equal(after, before);
	free(after);
	after = peer_settings(&desk.sandbox, SDES_NUMBER, true);
	assert_string_not_equal(after, with_password);
	char *password = strstr(after, "\"sip_user_password\":\"") + 21;
	*strchr(password, '"') = '\0';
	session_send(session, "<F6>");
	expect_text(session, password);
	session_send(session, "<Esc>");
	expect_row(session, "Applied");
	session_send(session, "<Esc>");
	expect_text(session, "SRTP key exchange      SDES");
	assert_false(session_shows(session, "changed"));
	free(after);
	free(with_password);
	free(before);
	desk_close(&desk);
}

static void a_reset_needs_a_number_without_unsent_changes(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, DTLS_NUMBER);
	session_send(desk.session, "<Space>");
	expect_text(desk.session, "1 changed");
	session_send(desk.session, "p");
	expect_words(desk.session, "Your changes are not sent yet: send them or undo them first");
	session_send(desk.session, "<F9>");
	expect_text(desk.session, "Reset SIP password");
	desk_close(&desk);
}

static void a_reset_whose_way_back_fails_is_finished_from_there(void **state)
{
	struct desk desk;
	(void)state;
	desk_against(&desk, ACME_SETTINGS "POST 2 " REFUSAL);
	struct session *session = desk.session;
	expect_text(session, "read 12:41");
	reset_begin(session);
	expect_row(session, "Not applied");
	expect_words(session, "Calling is disabled: no call gets through.");
	expect_words(session, "Finish: the number is brought back into service");
	assert_false(acme_is_in_service(&desk));
	session_send(session, "<Esc>");
	expect_text(session, "HALF-DONE");
	session_send(session, "<Space>");
	expect_words(session, "Something was left half-done on this number: w settles it first.");
	session_send(session, "h");
	expect_text(session, "› History");
	session_send(session, "p");
	expect_words(session, "Something was left half-done on this number: w settles it first.");
	session_send(session, "<Esc>");
	expect_gone(session, "What changed");
	session_send(session, "<Esc>");
	expect_text(session, "SIP user password");
	session_send(session, "w");
	expect_words(session, "A reset of the SIP password was begun on");
	expect_words(session, "Calling is disabled: no call gets through.");
	acme_settle_by(session, "Finish:");
	expect_row(session, "Applied");
	expect_words(session, "what was left half-done is finished.");
	expect_words(session, "Its SIP user password is a new one: reveal it");
	expect_text(session, "F6 Reveal");
	acme_expect_as_before(&desk);
	session_send(session, "<F6>");
	expect_text(session, "SIP credentials");
	session_send(session, "<Esc>");
	expect_row(session, "Applied");
	session_send(session, "<Esc>");
	expect_gone(session, "HALF-DONE");
	expect_text(session, "sip.acme.example:5071");
	assert_false(session_shows(session, "changed"));
	desk_close(&desk);
}

/* Out of service it cannot be stopped, but left alone: it goes on without its screen. */
static void a_reset_goes_on_when_its_screen_is_left(void **state)
{
	struct desk desk;
	(void)state;
	desk_against(&desk, ACME_SETTINGS "POST 2 delay 1500\n");
	struct session *session = desk.session;
	expect_text(session, "read 12:41");
	reset_begin(session);
	acme_expect_posts(&desk, 2);
	expect_words(session, "The number is out of service until the last step.");
	session_send(session, "<C-q>");
	expect_words(session, "Out of service for a password reset: ");
	session_send(session, "n");
	expect_gone(session, "Leave sipdesk?");
	session_send(session, "<Esc>");
	expect_text(session, "SIP user password");
	expect_text(session, "sending");
	expect_words(session, "Reset SIP password of ");
	expect_words(session, ": Applied. w on its screen shows it.");
	session_send(session, "w");
	expect_row(session, "Applied");
	acme_expect_as_before(&desk);
	desk_close(&desk);
}

/* What was changed elsewhere would be removed unseen. */
static void a_reset_gives_way_to_what_others_changed(void **state)
{
	struct desk desk;
	(void)state;
	desk_against(&desk,
		     ACME_SETTINGS "GET 2 before {\"sip\":{\"status\":\"ENABLED\",\"servers\":[{"
				   "\"hostname\":\"sip.theirs.example\"}]}}\n");
	expect_text(desk.session, "read 12:41");
	reset_begin(desk.session);
	expect_row(desk.session, "Not applied");
	expect_words(desk.session, "Its settings were changed elsewhere meanwhile, so nothing was");
	acme_expect_posts(&desk, 0);
	session_send(desk.session, "<Esc>");
	expect_text(desk.session, "sip.theirs.example");
	desk_close(&desk);
}

/* Killed in between, it is settled before anything else at the next start. */
static void a_killed_reset_is_settled_first(void **state)
{
	static const struct {
		const char *way, *words, *password;
		bool is_back;
	} CASES[] = {
		{ "Finish:", "what was left half-done is finished.",
		  "Its SIP user password is a new one: reveal it", true },
		{ "Undo:", "it has the settings from before again.",
		  "Its SIP user password may have changed: reveal it", true },
		{ "Leave as it is:", NULL, NULL, false },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct key_desk desk;
		acme_open(&desk, ACME_SETTINGS "POST 2 hang\n");
		reset_begin(desk.session);
		acme_expect_posts(&desk.desk, 2);
		acme_kill_and_start(&desk, true);
		expect_words(desk.session, "A reset of the SIP password was begun on");
		expect_words(desk.session, "and its end was not seen.");
		expect_words(desk.session, "Calling is disabled: no call gets through.");
		session_send(desk.session, "<Space>");
		session_send(desk.session, "<Esc>"); /* nothing else before; it is asked again */
		expect_text(desk.session, "Add a number");
		key_desk_enter(&desk, "Acme");
		expect_words(desk.session, "Calling is disabled: no call gets through.");
		acme_settle_by(desk.session, CASES[i].way);
		if (CASES[i].words != NULL) {
			expect_row(desk.session, "Applied");
			expect_words(desk.session, CASES[i].words);
			expect_words(desk.session, CASES[i].password);
			expect_text(desk.session, "F6 Reveal");
			session_send(desk.session, "<Esc>");
		}
		expect_text(desk.session, "SIP user password");
		assert_true(acme_is_in_service(&desk.desk) == CASES[i].is_back);
		if (CASES[i].is_back)
			acme_expect_as_before(&desk.desk);
		acme_kill_and_start(&desk, false); /* it is settled for good */
		expect_text(desk.session, "read 12:41");
		expect_text(desk.session, "SIP user password");
		key_desk_close(&desk);
	}
}

/* What the history says of one that was left half-done, and cannot be used. */
static void an_unusable_history_is_told(void **state)
{
	static const char *const NO_ARGUMENTS[] = { NULL };
	static const char LINE[] =
		"{\"at\":1795351260,\"previous\":\"\",\"event\":\"begin\",\"sequence\":"
		"\"0123456789abcdef\",\"kind\":\"send\",\"before\":{},\"goals\":[]}\n";
	struct key_desk desk;
	struct err err;
	(void)state;
	key_desk_prepare(&desk, ACME_SETTINGS, ACME);
	char *folder = mem_format("%s/.local/share/sipdesk/history", desk.home);
	char *path = mem_format("%s/0000000000000001.jsonl", folder);
	assert_true(file_folder_make(folder, &err));
	assert_true(file_write_whole(path, LINE, strlen(LINE), 0600, &err));
	key_desk_run(&desk, NO_ARGUMENTS);
	expect_text(desk.session, "Add a number");
	acme_enter(&desk);
	expect_words(desk.session, "A sequence was left half-done on this number, and what its "
				   "history says of it cannot be used.");
	session_send(desk.session, "<Esc>");
	expect_text(desk.session, "read 12:41");
	free(path);
	free(folder);
	key_desk_close(&desk);
}

static void a_killed_send_is_undone(void **state)
{
	struct key_desk desk;
	(void)state;
	acme_open(&desk, ACME_SETTINGS "POST 1 apply\nPOST 1 hang\n");
	session_send(desk.session, "<Space>");
	expect_text(desk.session, "1 changed");
	desk_review(&desk.desk);
	session_send(desk.session, "y");
	acme_expect_posts(&desk.desk, 1);
	acme_kill_and_start(&desk, true);
	expect_words(desk.session, "A send was begun on");
	expect_words(desk.session, "Enabled → Disabled");
	expect_words(desk.session, "Nothing: the service shows all of it.");
	acme_settle_by(desk.session, "Undo:");
	expect_row(desk.session, "Applied");
	acme_expect_as_before(&desk.desk);
	key_desk_close(&desk);
}

/* --- off and on ------------------------------------------------------------------------------- */

static void off_and_on_keep_all_and_the_draft(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, SDES_NUMBER);
	struct session *session = desk.session;
	char *before = peer_settings(&desk.sandbox, SDES_NUMBER, false);
	session_send(session, "n");
	expect_words(session, "SIP is enabled already.");
	desk_go_to(&desk, "Callback permission");
	session_send(session, "<Space>");
	expect_text(session, "1 changed");
	session_send(session, "o");
	expect_words(session, "Calls come through the Graph API again");
	expect_words(session, "The SIP server is kept for when SIP is enabled again.");
	expect_words(session, "Your changes are not sent with it; they stay.");
	session_send(session, "y");
	expect_row(session, "Applied");
	char *off = peer_settings(&desk.sandbox, SDES_NUMBER, false);
	assert_non_null(strstr(off, "\"sip\":{\"status\":\"DISABLED\""));
	assert_non_null(strstr(off, "edge.clinic.example"));
	free(off);
	session_send(session, "<Esc>");
	expect_text(session, "1 changed");
	session_send(session, "o");
	expect_words(session, "SIP is disabled already.");
	session_send(session, "n");
	expect_words(session, "DTLS → SDES");
	session_send(session, "y");
	expect_row(session, "Applied");
	char *on = peer_settings(&desk.sandbox, SDES_NUMBER, false);
	assert_string_equal(on, before);
	free(on);
	session_send(session, "<Esc>");
	expect_text(session, "1 changed");
	free(before);
	desk_close(&desk);
}

/* Its last request was carried out before the program ended: nothing is left but the password. */
static void a_reset_that_was_through_tells_of_its_password(void **state)
{
	struct key_desk desk;
	(void)state;
	acme_open(&desk, ACME_SETTINGS "POST 3 apply\nPOST 3 hang\n");
	reset_begin(desk.session);
	acme_expect_posts(&desk.desk, 3);
	acme_kill_and_start(&desk, true);
	expect_words(desk.session, "Nothing: the service shows all of it.");
	acme_settle_by(desk.session, "Finish:");
	expect_words(desk.session, "Its SIP user password is a new one: reveal it");
	expect_text(desk.session, "F6 Reveal");
	acme_expect_as_before(&desk.desk);
	key_desk_close(&desk);
}

/* SDES is not written with it: the service refuses SDES while SIP is off, and may reset it. */
static void off_is_one_request_whatever_srtp_is(void **state)
{
	static const char *const SERVICES[] = {
		ACME_SETTINGS, /* it resets SRTP */
		"settings {\"status\":\"ENABLED\",\"sip\":{\"status\":\"ENABLED\"," ACME_SERVER
		"},\"srtp_key_exchange_protocol\":\"SDES\"}\n",
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(SERVICES); i++) {
		struct key_desk desk;
		acme_open(&desk, SERVICES[i]);
		struct session *session = desk.session;
		desk_go_to(&desk.desk, "Callback permission");
		session_send(session, "<Space>");
		expect_text(session, "1 changed");
		session_send(session, "o");
		expect_words(session, "SRTP key exchange is not written; the service may take it "
				      "back to DTLS by itself");
		expect_text(session, "1 request, then read back.");
		assert_false(session_shows(session, "488"));
		session_send(session, "y");
		expect_row(session, "Applied");
		acme_expect_posts(&desk.desk, 1);
		assert_false(session_shows(session, "Changed elsewhere"));
		assert_true(session_shows(session, "Also changed meanwhile") == (i == 0));
		session_send(session, "<Esc>");
		expect_text(session, "1 changed");
		session_send(session, "n");
		expect_text(session, "2 requests, then read back.");
		session_send(session, "y");
		expect_row(session, "Applied");
		acme_expect_posts(&desk.desk, 3);
		acme_expect_as_before(&desk.desk);
		key_desk_close(&desk);
	}
}

/* What was written here is not told as somebody else's change when it is read again. */
static void own_writes_are_no_drift(void **state)
{
	static const char *const KEYS[] = { "o", "n" };
	struct key_desk desk;
	(void)state;
	acme_open(&desk, ACME_SETTINGS);
	struct session *session = desk.session;
	for (size_t i = 0; i < ARRAY_LENGTH(KEYS); i++) {
		session_send(session, KEYS[i]);
		expect_text(session, "Plan");
		session_send(session, "y");
		expect_row(session, "Applied");
		session_send(session, "<Esc>");
		expect_text(session, "SIP user password");
		int requests = key_desk_requests(&desk, ACME_KEY);
		session_send(session, "<F5>");
		key_desk_expect_requests(&desk, ACME_KEY, requests + 1);
		assert_true(session_wait_quiet(session, 1500)); /* it is taken over, and saved */
		expect_text(session, "read 12:41");
		assert_false(session_shows(session, "Changed elsewhere"));
	}
	acme_expect_as_before(&desk.desk);
	key_desk_close(&desk);
}

/* --- the move --------------------------------------------------------------------------------- */

static void a_move_checks_first_and_keeps_the_rest(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, SDES_NUMBER);
	struct session *session = desk.session;
	session_send(session, "m");
	expect_cursor_on(session, "Hostname");
	session_paste(session, "sip.acme.example:5071");
	expect_text(session, "now edge.clinic.example");
	expect_words(session, "The TLS check of sip.acme.example: passed");
	expect_words(session, "From then on calls go to sip.acme.example.");
	session_send(session, "y");
	expect_row(session, "Applied");
	char *held = peer_settings(&desk.sandbox, SDES_NUMBER, false);
	assert_non_null(strstr(held, "\"hostname\":\"sip.acme.example\",\"port\":5071"));
	assert_non_null(strstr(held, "\"trunk-context\":\"clinic.example\""));
	assert_non_null(strstr(held, "\"srtp_key_exchange_protocol\":\"SDES\""));
	free(held);
	session_send(session, "<Esc>");
	expect_text(session, "sip.acme.example:5071");
	assert_false(session_shows(session, "changed"));
	session_send(session, "<End>");
	expect_text(session, "passed just now"); /* the check came along */
	desk_close(&desk);
}

static void a_move_that_fails_its_check_asks(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, DTLS_NUMBER);
	struct session *session = desk.session;
	char *before = peer_settings(&desk.sandbox, DTLS_NUMBER, false);
	session_send(session, "m");
	expect_cursor_on(session, "Hostname");
	session_type(session, "bad..name");
	session_send(session, "<Enter>");
	session_send(session, "y");
	expect_words(session, "What is wrong stands below the port");
	session_send(session, "<Up><Enter><C-u>");
	session_type(session, "expired.acme.example");
	session_send(session, "<Enter>");
	expect_words(session, "The TLS check of expired.acme.example: failed");
	session_send(session, "y");
	expect_words(session, "certificate or cannot reach it, no call");
	session_send(session, "<Enter>"); /* Stay */
	expect_gone(session, "Move without a passed check?");
	char *held = peer_settings(&desk.sandbox, DTLS_NUMBER, false);
	assert_string_equal(held, before);
	free(held);
	session_send(session, "y");
	expect_text(session, "Move without a passed check?");
	session_send(session, "m");
	expect_row(session, "Applied");
	held = peer_settings(&desk.sandbox, DTLS_NUMBER, false);
	assert_non_null(strstr(held, "expired.acme.example"));
	free(held);
	free(before);
	desk_close(&desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reset_brings_everything_back_but_the_password),
		cmocka_unit_test(a_reset_needs_a_number_without_unsent_changes),
		cmocka_unit_test(a_reset_whose_way_back_fails_is_finished_from_there),
		cmocka_unit_test(a_reset_goes_on_when_its_screen_is_left),
		cmocka_unit_test(a_reset_gives_way_to_what_others_changed),
		cmocka_unit_test(a_killed_reset_is_settled_first),
		cmocka_unit_test(a_killed_send_is_undone),
		cmocka_unit_test(an_unusable_history_is_told),
		cmocka_unit_test(off_and_on_keep_all_and_the_draft),
		cmocka_unit_test(a_reset_that_was_through_tells_of_its_password),
		cmocka_unit_test(off_is_one_request_whatever_srtp_is),
		cmocka_unit_test(own_writes_are_no_drift),
		cmocka_unit_test(a_move_checks_first_and_keeps_the_rest),
		cmocka_unit_test(a_move_that_fails_its_check_asks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
