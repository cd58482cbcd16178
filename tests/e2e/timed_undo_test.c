/* The timed undo in the screens: confirmed, wanted at once, run out, and offered at the next start.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/support/acme_desk.h"

enum { MINUTE_MS = 60 * 1000 };

/* A new hostname, sent with a timed undo. */
static void send_with_undo(struct key_desk *desk, bool goes_back)
{
	struct session *session = desk->session;
	desk_go_to(&desk->desk, "Hostname");
	desk_replace(&desk->desk, "sip.new.example");
	expect_text(session, "1 changed");
	desk_review(&desk->desk);
	session_send(session, "<End>");
	expect_cursor_on(session, "Undo by itself");
	session_send(session, "<Space>");
	expect_text(session, "after 5 minutes, unless confirmed");
	session_send(session, "y");
	expect_row(session, "Applied");
	expect_text(session, "undo in ");
	acme_expect_posts(&desk->desk, 2);
	assert_true(acme_holds(&desk->desk, "sip.new.example"));
	if (!goes_back)
		return;
	session_send(session, "<Esc>");
	expect_cursor_on(session, "Port");
	expect_text(session, "undo in ");
}

static void a_timed_undo_that_is_confirmed(void **state)
{
	struct key_desk desk;
	(void)state;
	acme_open(&desk, ACME_SETTINGS);
	send_with_undo(&desk, true);
	expect_text(desk.session, "undo in 4:5"); /* the seconds go by */
	session_send(desk.session, "o");
	expect_words(desk.session, "A timed undo waits: keep the new settings (k)");
	session_send(desk.session, "<C-z>");
	expect_words(desk.session, "A timed undo waits, and a suspended sipdesk does nothing");
	session_send(desk.session, "<C-q>");
	expect_words(desk.session, "A timed undo waits for Acme: it would not happen by itself");
	session_send(desk.session, "n");
	expect_gone(desk.session, "Leave sipdesk?");
	session_send(desk.session, "k");
	expect_words(desk.session, "Kept: the new settings stay.");
	expect_gone(desk.session, "undo in ");
	key_desk_wait(&desk, 6 * MINUTE_MS);
	assert_int_equal(fault_server_count(&desk.desk.service, "posts"), 2);
	acme_kill_and_start(&desk, false);
	expect_text(desk.session, "sip.new.example:5071");
	key_desk_close(&desk);
}

static void a_timed_undo_that_is_wanted_at_once(void **state)
{
	struct key_desk desk;
	(void)state;
	acme_open(&desk, ACME_SETTINGS);
	send_with_undo(&desk, false);
	session_send(desk.session, "z");
	expect_words(desk.session, "it has the settings from before again.");
	acme_expect_as_before(&desk.desk);
	session_send(desk.session, "<Esc>");
	expect_cursor_on(desk.session, "Port");
	expect_text(desk.session, "sip.acme.example");
	assert_false(session_shows(desk.session, "changed"));
	key_desk_close(&desk);
}

/* The list counts minutes, and the last one by seconds; then it is sent. */
static void a_timed_undo_is_counted_in_the_list(void **state)
{
	struct key_desk desk;
	(void)state;
	acme_open(&desk, ACME_SETTINGS "POST 3 delay 1500\n");
	struct session *session = desk.session;
	send_with_undo(&desk, true);
	session_send(session, "<Esc>");
	expect_text(session, "SIP user password");
	session_send(session, "<Esc>");
	expect_text(session, "Add a number");
	expect_text(session, "undo < 5 min");
	expect_words(session,
		     "A timed undo waits: Enter opens it; there k keeps the new settings.");
	key_desk_wait(&desk, 3 * MINUTE_MS);
	expect_text(session, "undo < 2 min");
	key_desk_wait(&desk, MINUTE_MS);
	expect_text(session, "undo in 0:5"); /* the seconds go by */
	key_desk_wait(&desk, MINUTE_MS);
	expect_text(session, "sending");
	acme_expect_posts(&desk.desk, 4);
	expect_gone(session, "undo in 0:");
	acme_expect_as_before(&desk.desk);
	key_desk_close(&desk);
}

/* Back on enables SIP, so it can be undone by itself like any other change that does. */
static void switching_on_can_be_undone(void **state)
{
	struct key_desk desk;
	(void)state;
	acme_open(&desk, ACME_SETTINGS);
	struct session *session = desk.session;
	session_send(session, "o");
	expect_words(session, "y does exactly this, at once.");
	assert_false(session_shows(session, "Undo by itself"));
	session_send(session, "y");
	expect_row(session, "Applied");
	session_send(session, "<Esc>");
	expect_text(session, "Call icon");
	session_send(session, "n");
	expect_text(session, "Back on");
	session_send(session, "<End>");
	expect_cursor_on(session, "Undo by itself");
	session_send(session, "<Space>");
	expect_text(session, "after 5 minutes, unless confirmed");
	session_send(session, "y");
	expect_row(session, "Applied");
	expect_text(session, "undo in ");
	assert_true(acme_is_in_service(&desk.desk));
	session_send(session, "z");
	expect_words(session, "it has the settings from before again.");
	assert_false(acme_is_in_service(&desk.desk));
	key_desk_close(&desk);
}

/* Nobody is interrupted when the time is over; what is being typed stays. */
static void a_timed_undo_runs_out_under_typing(void **state)
{
	struct key_desk desk;
	(void)state;
	acme_open(&desk, ACME_SETTINGS);
	send_with_undo(&desk, true);
	desk_go_to(&desk.desk, "tgrp");
	session_send(desk.session, "<Enter>");
	session_type(desk.session, "-half");
	expect_cursor_on(desk.session, "berlin-half");
	key_desk_wait(&desk, 5 * MINUTE_MS);
	acme_expect_posts(&desk.desk, 4);
	expect_words(desk.session, "Undo of Acme: Applied. w on its screen shows it.");
	expect_cursor_on(desk.session, "berlin-half");
	session_type(desk.session, "-way");
	session_send(desk.session, "<Enter>");
	expect_text(desk.session, "berlin-half-way");
	expect_text(desk.session, "sip.acme.example");
	expect_text(desk.session, "1 changed");
	acme_expect_as_before(&desk.desk);
	key_desk_close(&desk);
}

static void a_lock_leaves_the_undo_its_key(void **state)
{
	struct key_desk desk;
	(void)state;
	acme_open(&desk, ACME_SETTINGS);
	send_with_undo(&desk, false);
	session_send(desk.session, "<C-x>");
	expect_words(desk.session, "A timed undo waits: one key is kept for it");
	key_desk_wait(&desk, 5 * MINUTE_MS);
	acme_expect_posts(&desk.desk, 4);
	expect_gone(desk.session, "one key is kept for it");
	acme_expect_as_before(&desk.desk);
	session_send(desk.session, "<Enter>");
	expect_words(desk.session, "it has the settings from before again.");
	key_desk_close(&desk);
}

static void a_timed_undo_is_offered_by_the_next_start(void **state)
{
	struct key_desk desk;
	(void)state;
	acme_open(&desk, ACME_SETTINGS);
	send_with_undo(&desk, false);
	acme_kill_and_start(&desk, true);
	expect_words(desk.session, "was to be undone by itself at 12:46, unless confirmed.");
	expect_words(desk.session, "Nothing: the service shows all of it.");
	acme_settle_by(desk.session, "Undo:");
	expect_row(desk.session, "Applied");
	acme_expect_as_before(&desk.desk);
	key_desk_close(&desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_timed_undo_that_is_confirmed),
		cmocka_unit_test(a_timed_undo_that_is_wanted_at_once),
		cmocka_unit_test(a_timed_undo_is_counted_in_the_list),
		cmocka_unit_test(switching_on_can_be_undone),
		cmocka_unit_test(a_timed_undo_runs_out_under_typing),
		cmocka_unit_test(a_lock_leaves_the_undo_its_key),
		cmocka_unit_test(a_timed_undo_is_offered_by_the_next_start),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
