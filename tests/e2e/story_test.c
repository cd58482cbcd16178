/* The main job from end to end: open a new number, set it up, review, send, see it verified. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "tests/support/desk.h"
#include "tests/support/main_story.h"
#include "tests/support/session_golden.h"

#include <stdlib.h>

enum { NEW_NUMBER = 0, KEYS_MAX = 30 };

/* The writes that make it so: SRTP last, by itself. */
static const char FIRST_WRITE[] =
	"{\"calling\":{\"status\":\"ENABLED\",\"sip\":{\"status\":\"ENABLED\",\"servers\":[{"
	"\"hostname\":\"sip.acme.example\",\"port\":5061,\"request_uri_user_params\":{\"tgrp\":"
	"\"berlin\",\"trunk-context\":\"acme.example\"}}]}}}";
static const char LAST_WRITE[] = "{\"calling\":{\"srtp_key_exchange_protocol\":\"SDES\"}}";

/* Shows every screen of the story as its golden screen, too. */
static void a_newcomer_sets_up_a_number(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice(&desk);
	struct session *session = desk.session;
	expect_gone(session, "not read yet");
	expect_gone(session, "reading");
	expect_golden(session, "numbers");
	session_send(session, "<Enter>");
	expect_text(session, "read 12:41");
	expect_golden(session, "settings_new");
	main_story_enable(&desk);
	main_story_server_add(&desk);
	expect_golden(session, "server");
	session_send(session, "<Esc>");
	expect_cursor_on(session, "SIP server ");
	main_story_sdes_choose(&desk);
	expect_golden(session, "settings_changed");
	session_send(session, "<F2>");
	expect_text(session, "2 requests, then read back.");
	expect_golden(session, "review");
	session_send(session, "y");
	expect_row(session, "Applied");
	expect_golden(session, "sent");
	assert_in_range(session->keys, 1, KEYS_MAX);

	char *held = peer_settings(&desk.sandbox, NEW_NUMBER, false);
	assert_string_equal(held, MAIN_STORY_HELD);
	free(held);
	session_send(session, "<Esc>");
	expect_cursor_on(session, "SRTP key exchange");
	expect_golden(session, "settings_sent");
	session_send(session, "<F10>");
	expect_exit(session, 0);
	desk_close(&desk);
}

/* The same writes as another service sees them. */
static void sends_units_with_srtp_last(void **state)
{
	struct desk desk;
	struct json_doc seen;
	(void)state;
	desk_against(&desk, "settings {\"status\":\"DISABLED\"}\n");
	struct session *session = desk.session;
	expect_text(session, "read 12:41");
	main_story_enable(&desk);
	main_story_server_add(&desk);
	session_send(session, "<Esc>");
	expect_cursor_on(session, "SIP server ");
	main_story_sdes_choose(&desk);
	assert_int_equal(fault_server_count(&desk.service, "posts"), 0);
	desk_send(&desk, "Applied");
	fault_server_state(&desk.service, &seen);
	const cJSON *bodies = json_member(seen.root, "bodies");
	assert_int_equal(cJSON_GetArraySize(bodies), 2);
	assert_string_equal(json_text(cJSON_GetArrayItem(bodies, 0)), FIRST_WRITE);
	assert_string_equal(json_text(cJSON_GetArrayItem(bodies, 1)), LAST_WRITE);
	json_doc_release(&seen);
	desk_close(&desk);
}

/* What would be sent, and the curl command for it: never with the key. */
static void review_shows_the_exact_requests(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, NEW_NUMBER + 1);
	struct session *session = desk.session;
	desk_go_to(&desk, "SRTP key exchange");
	session_send(session, "<Space>");
	desk_review(&desk);
	session_send(session, "<Enter>");
	expect_cursor_on(session, "SRTP key exchange");
	expect_text(session, "1 changed"); /* Enter has sent nothing */
	desk_review(&desk);
	session_send(session, "b");
	expect_text(session, "D360-API-KEY: (the number's key)");
	expect_golden(session, "request");
	session_send(session, "q");
	expect_text(session, "then read back.");
	session_send(session, "c");
	expect_text(session, "$D360_API_KEY");
	expect_golden(session, "curl");
	assert_false(session_output_contains(session, "practice-key"));
	desk_close(&desk);
}

static void help_is_made_from_the_keys(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, NEW_NUMBER + 1);
	struct session *session = desk.session;
	session_send(session, "?");
	expect_text(session, "Keys here");
	expect_golden(session, "help");
	session_send(session, "<Down><Down><Down>"); /* a sentence that begins above the window */
	expect_text(session, "what you changed, an exclamation mark what is wrong");
	expect_gone(session, "as the service last answered");
	session_send(session, "<End>");
	expect_text(session, "SIP user password");
	expect_golden(session, "help_end");
	session_send(session, "q");
	expect_cursor_on(session, "Calling");
	session_send(session, "<F9>");
	expect_text(session, "All actions");
	expect_golden(session, "actions");
	desk_close(&desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_newcomer_sets_up_a_number),
		cmocka_unit_test(sends_units_with_srtp_last),
		cmocka_unit_test(review_shows_the_exact_requests),
		cmocka_unit_test(help_is_made_from_the_keys),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
