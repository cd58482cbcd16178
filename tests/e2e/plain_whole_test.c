/* `--plain` with what concerns a number as a whole: off and on, a move, a reset, the timed undo,
 * and the history. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/support/acme_desk.h"
#include "tests/support/lines.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SDES_NUMBER = 2, MINUTE_MS = 60 * 1000 };

/* --- with practice numbers -------------------------------------------------------------------- */

static void practice_start(struct desk *desk)
{
	static const char *const ARGUMENTS[] = { "--sandbox", "--plain", NULL };
	*desk = (struct desk) { 0 };
	desk_run(desk, ARGUMENTS, NULL);
	assert_true(peer_sandbox_of(&desk->sandbox, desk->session));
	lines_hear(desk->session, "Number, or a part of its name:");
}

static void practice_close(struct desk *desk)
{
	lines_answer(desk->session, "leave");
	expect_exit(desk->session, 0);
	lines_expect_only(desk->session);
	desk_close(desk);
}

static void expect_held(const struct desk *desk, const char *part)
{
	char *held = peer_settings(&desk->sandbox, SDES_NUMBER, false);
	assert_non_null(held);
	assert_non_null(strstr(held, part));
	free(held);
}

static void off_and_on_again(void **state)
{
	static const struct turn OFF[] = {
		{ "a part of its name:", "3" },
		{ "Practice 3: SIP with SDES:", "on" },
		{ "SIP is enabled already. Practice 3: SIP with SDES:", "off" },
		{ "Emergency off SIP signalling: from Enabled to Disabled.", NULL },
		{ "The SIP server is kept for when SIP is enabled again.", NULL },
		{ "Plan 1 request, then read back.", NULL },
		{ "Switch SIP off for Practice 3: SIP with SDES, +12025550103, PRACTICE?", NULL },
		{ "y or n:", "n" },
		{ "Nothing was begun. Practice 3: SIP with SDES:", "o" },
		{ "y or n:", "y" },
		{ "Writing 1 of 1: SIP signalling. Reading back.", NULL },
		{ "Outcome Applied The number was read back: SIP is off", NULL },
		{ "Practice 3: SIP with SDES:", NULL },
		{ NULL, NULL },
	};
	static const struct turn ON[] = {
		{ "Practice 3: SIP with SDES:", "on" },
		{ "SRTP key exchange: from DTLS to SDES.", NULL },
		{ "Undo it by itself after 5 minutes, unless you keep it? y or n:", "n" },
		{ "Switch SIP on for Practice 3", NULL },
		{ "y or n:", "y" },
		{ "Outcome Applied The number was read back: SIP is on again", NULL },
		{ "Practice 3: SIP with SDES:", NULL },
		{ NULL, NULL },
	};
	struct desk desk;
	(void)state;
	practice_start(&desk);
	lines_converse(desk.session, OFF);
	expect_held(&desk, "\"sip\":{\"status\":\"DISABLED\"");
	lines_converse(desk.session, ON);
	expect_held(&desk, "\"sip\":{\"status\":\"ENABLED\"");
	expect_held(&desk, "SDES");
	practice_close(&desk);
}

static void a_reset_is_confirmed_by_typing(void **state)
{
	static const struct turn TURNS[] = {
		{ "a part of its name:", "3" },
		{ "Practice 3: SIP with SDES:", "reset" },
		{ "What this means Calls fail from the first step until the last", NULL },
		{ "Brought back as it is now SIP server: edge.clinic.example:5061", NULL },
		{ "Type the last four digits of +12025550103 to begin:", "0104" },
		{ "That is not 0103. Nothing was begun.", NULL },
		{ "Practice 3: SIP with SDES:", "reset" },
		{ "to begin:", "0103" },
		{ "Out of service Reading again.", NULL },
		{ "Back in service Reading again.", NULL },
		{ "Outcome Applied The number was read back: it is in service again, with a new "
		  "SIP user password.",
		  NULL },
		{ "Practice 3: SIP with SDES:", NULL },
		{ NULL, NULL },
	};
	struct desk desk;
	(void)state;
	practice_start(&desk);
	char *before = peer_settings(&desk.sandbox, SDES_NUMBER, true);
	lines_converse(desk.session, TURNS);
	char *after = peer_settings(&desk.sandbox, SDES_NUMBER, true);
	assert_string_not_equal(after, before);
	expect_held(&desk, "edge.clinic.example");
	free(after);
	free(before);
	practice_close(&desk);
}

static void a_move_is_checked_first(void **state)
{
	static const struct turn TURNS[] = {
		{ "a part of its name:", "3" },
		{ "Practice 3: SIP with SDES:", "move" },
		{ "Hostname of the new SIP server (an empty line: none):", "" },
		{ "Nothing was begun. Practice 3: SIP with SDES:", "move" },
		{ "(an empty line: none):", "edge.clinic.example" },
		{ "Port (an empty line: 5061):", "" },
		{ "That is the SIP server it has already. Nothing was begun.", NULL },
		{ "Practice 3: SIP with SDES:", "move" },
		{ "(an empty line: none):", "192.0.2" },
		{ "Port (an empty line: 5061):", "" },
		{ "This looks like an IP address but is none.", NULL },
		{ "Nothing was begun. Practice 3: SIP with SDES:", "move" },
		{ "(an empty line: none):", "sip.bakery.example:5061" },
		{ "Checking sip.bakery.example, port 5061.", NULL },
		{ "TLS check FAIL The certificate is for voice.bakery.example", NULL },
		{ "SIP server hostname: from edge.clinic.example to sip.bakery.example.", NULL },
		{ "no call gets through. Move all the same? y or n:", "n" },
		{ "Nothing was begun. Practice 3: SIP with SDES:", "m" },
		{ "(an empty line: none):", "voice.bakery.example" },
		{ "Port (an empty line: 5061):", "" },
		{ "Move all the same? y or n:", "y" },
		{ "unless you keep it? y or n:", "n" },
		{ "Move Practice 3: SIP with SDES, +12025550103, PRACTICE there? y or n:", "y" },
		{ "Outcome Applied The number was read back: it has the new SIP server.", NULL },
		{ "Practice 3: SIP with SDES:", NULL },
		{ NULL, NULL },
	};
	struct desk desk;
	(void)state;
	practice_start(&desk);
	lines_converse(desk.session, TURNS);
	expect_held(&desk, "voice.bakery.example");
	expect_held(&desk, "front-desk");
	practice_close(&desk);
}

static void the_history_can_be_put_back(void **state)
{
	static const struct turn TURNS[] = {
		{ "a part of its name:", "3" },
		{ "Practice 3: SIP with SDES:", "history" },
		{ "Nothing was written to this number from this account yet.", NULL },
		{ "Practice 3: SIP with SDES:", "off" },
		{ "y or n:", "y" },
		{ "Outcome Applied", NULL },
		{ "Practice 3: SIP with SDES:", "history" },
		{ "1 2026-11-22 12:41, Emergency off: Applied, by", NULL },
		{ "SIP signalling: from Enabled to Disabled, and 1 more", NULL },
		{ "or an empty line to go back:", "1" },
		{ "What changed SIP signalling: from Enabled to Disabled.", NULL },
		{ "Requests 1 SIP signalling The service took it.", NULL },
		{ "or an empty line to go back:", "4" },
		{ "Request 1: SIP signalling", NULL },
		{ "\"status\": \"DISABLED\"", NULL },
		{ "or an empty line to go back:", "3" },
		{ "None: both are the same in every field that can be set.", NULL },
		{ "or an empty line to go back:", "2" },
		{ "The service shows these settings already: nothing was changed.", NULL },
		{ "or an empty line to go back:", "1" },
		{ "Review SIP signalling: from Disabled to Enabled.", NULL },
		{ "Practice 3: SIP with SDES:", "history" },
		{ "or an empty line to go back:", "1" },
		{ "or an empty line to go back:", "1" },
		{ "takes the place of your draft. Replace your draft? y or n:", "n" },
		{ "Nothing was put back.", NULL },
		{ "or an empty line to go back:", "" },
		{ "or an empty line to go back:", "" },
		{ "Practice 3: SIP with SDES:", "send" },
		{ "unless you keep it? y or n:", "n" },
		{ "y or n:", "y" },
		{ "Outcome Applied", NULL },
		{ "Practice 3: SIP with SDES:", NULL },
		{ NULL, NULL },
	};
	struct desk desk;
	(void)state;
	practice_start(&desk);
	lines_converse(desk.session, TURNS);
	expect_held(&desk, "\"sip\":{\"status\":\"ENABLED\"");
	practice_close(&desk);
}

/* --- in front of the fault server ------------------------------------------------------------- */

static const struct key_desk_number NUMBERS[] = {
	{ .label = "Acme", .key = "{\"command\":[\"echo\",\"key-of-acme\"]}" },
	{ .label = "Zoo" },
	{ .label = NULL },
};

static void lines_start(struct key_desk *desk)
{
	static const char *const ARGUMENTS[] = { "--plain", NULL };
	key_desk_run(desk, ARGUMENTS);
	lines_hear(desk->session, "Number, or a part of its name:");
}

static void acme_start(struct key_desk *desk)
{
	lines_start(desk);
	lines_answer(desk->session, "1");
}

static void acme_close(struct key_desk *desk)
{
	lines_hear(desk->session, "Acme:");
	session_send_bytes(desk->session, "\004", 1);
	expect_exit(desk->session, 0);
	lines_expect_only(desk->session);
	key_desk_close(desk);
}

/* A new hostname, sent with a timed undo; the settings are asked about again. */
static void send_with_undo(struct key_desk *desk)
{
	static const struct turn TURNS[] = {
		{ "Acme:", "7" },
		{ "SIP server:", "1" },
		{ "clears it):", "sip.new.example" },
		{ "SIP server:", "send" },
		{ "With it the former settings are written back after 5 minutes", NULL },
		{ "unless you keep it? y or n:", "y" },
		{ "Send exactly this to Acme", NULL },
		{ "y or n:", "y" },
		{ "Outcome Applied", NULL },
		{ "written back by themselves unless you type keep", NULL },
		{ "Timed undo of Acme in", NULL },
		{ "Acme:", NULL },
		{ NULL, NULL },
	};
	key_desk_prepare(desk, ACME_SETTINGS, NUMBERS);
	acme_start(desk);
	lines_converse(desk->session, TURNS);
	acme_expect_posts(&desk->desk, 2);
	assert_true(acme_holds(&desk->desk, "sip.new.example"));
}

static void a_timed_undo_is_kept_or_done_at_once(void **state)
{
	static const struct {
		const char *word, *says;
		long posts;
	} CASES[] = {
		{ "keep", "Kept: the new settings stay. Acme:", 2 },
		{ "k", "Kept: the new settings stay. Acme:", 2 },
		{ "undo now", "Applied The number was read back: it has the settings from before",
		  4 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct key_desk desk;
		send_with_undo(&desk);
		struct session *session = desk.session;
		session->heard = session->output.length;
		session_signal(session, SIGTSTP);
		lines_hear(session, "a suspended sipdesk does nothing");
		lines_hear(session, "Acme:");
		*desk.ahead_ms += 3 * MINUTE_MS / 2;
		lines_answer(session, "off");
		lines_hear(session, "A timed undo waits: keep the new settings");
		lines_hear(session, "Timed undo of Acme in 3 minutes");
		lines_hear(session, "Acme:");
		lines_answer(session, CASES[i].word);
		lines_hear(session, CASES[i].says);
		lines_hear_not(session, "Timed undo of");
		lines_hear(session, "Acme:");
		*desk.ahead_ms += 6 * MINUTE_MS; /* the next line wakes it */
		lines_answer(session, CASES[i].word);
		lines_hear(session, "No timed undo waits");
		acme_expect_posts(&desk.desk, CASES[i].posts);
		acme_close(&desk);
	}
}

/* Also while a question about something else stands, whose answer is then not acted upon. */
static void a_timed_undo_runs_out_while_a_question_stands(void **state)
{
	static const struct {
		const char *opens, *asks, *answer;
	} CASES[] = {
		{ "list", "Acme:", "1" },
		{ "1", "Number of your choice, or an empty line to leave it:", "2" },
		{ "find port", "Number of the field, or an empty line to go back:", "1" },
		{ "off", "Acme:", "7" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct key_desk desk;
		send_with_undo(&desk);
		struct session *session = desk.session;
		lines_answer(session, CASES[i].opens);
		lines_hear(session, CASES[i].asks);
		session->heard = session->output.length;
		key_desk_wait(&desk, 5 * MINUTE_MS);
		lines_hear(session, "The time is over: the former settings of Acme are written");
		char *last = mem_format("Undo of Acme: Applied. w on its screen shows it. %s",
					CASES[i].asks);
		lines_hear(session, last);
		free(last);
		acme_expect_posts(&desk.desk, 4);
		acme_expect_as_before(&desk.desk);
		lines_answer(session, CASES[i].answer);
		lines_hear(session, "The settings have changed while the question stood");
		lines_hear(session, "Acme:");
		lines_answer(session, "w");
		lines_hear(session, "it has the settings from before again.");
		lines_hear(session, "Acme:");
		lines_answer(session, "changes");
		lines_hear(session, "Nothing was changed yet.");
		acme_close(&desk);
	}
}

/* And while a row of the server is asked about that the undo takes away. */
static void a_timed_undo_takes_away_the_server_at_hand(void **state)
{
	static const struct turn TURNS[] = {
		{ "Acme:", "5" },
		{ "leave it:", "1" },
		{ "Acme:", "7" },
		{ "clears it):", "sip.new.example" },
		{ "Port (an empty line leaves it, - clears it):", "" },
		{ "no more):", "tgrp" },
		{ "Value of tgrp:", "berlin" },
		{ "no more):", "" },
		{ "SIP server:", "send" },
		{ "unless you keep it? y or n:", "y" },
		{ "Send exactly this to Acme", NULL },
		{ "y or n:", "y" },
		{ "Outcome Applied", NULL },
		{ "Acme:", "7" },
		{ "4 tgrp: berlin", NULL },
		{ "SIP server:", "4" },
		{ "removes the parameter):", NULL },
		{ NULL, NULL },
	};
	struct key_desk desk;
	(void)state;
	key_desk_prepare(&desk,
			 "settings {\"status\":\"ENABLED\",\"sip\":{\"status\":\"DISABLED\"}}\n",
			 NUMBERS);
	acme_start(&desk);
	lines_converse(desk.session, TURNS);
	key_desk_wait(&desk, 5 * MINUTE_MS);
	lines_hear(desk.session, "Undo of Acme: Applied. w on its screen shows it. Key, now");
	lines_answer(desk.session, "trunk");
	lines_hear(desk.session, "The settings have changed while the question stood");
	lines_hear(desk.session, "Back at the calling settings.");
	lines_hear(desk.session, "5 SIP signalling: Disabled");
	lines_hear(desk.session, "7 Add a SIP server");
	assert_false(acme_holds(&desk.desk, "sip.new.example"));
	acme_close(&desk);
}

/* A key that is asked for is no answer to the terminal's other reader. */
static void a_timed_undo_runs_out_while_a_key_is_asked_for(void **state)
{
	struct key_desk desk;
	(void)state;
	send_with_undo(&desk);
	struct session *session = desk.session;
	lines_answer(session, "back");
	lines_hear(session, "Timed undo of Acme in");
	lines_hear(session, "Number, or a part of its name:");
	lines_answer(session, "2");
	lines_hear(session, "API key of Zoo (not shown):");
	*desk.ahead_ms += 5 * MINUTE_MS;
	session_resize(session, session->terminal.rows, session->terminal.columns - 1);
	acme_expect_posts(&desk.desk, 4);
	lines_answer(session, "key-of-zoo");
	lines_hear(session, "Undo of Acme: Applied.");
	lines_hear(session, "Zoo:");
	lines_answer(session, "leave");
	expect_exit(session, 0);
	lines_expect_only(session);
	assert_false(session_output_contains(session, "key-of-zoo"));
	assert_int_equal(key_desk_requests(&desk, "key-of-zoo"), 1);
	key_desk_close(&desk);
}

/* Ended from outside there, it leaves at once. */
static void a_key_that_is_asked_for_can_be_cut_off(void **state)
{
	struct key_desk desk;
	(void)state;
	key_desk_prepare(&desk, ACME_SETTINGS, NUMBERS);
	acme_start(&desk);
	lines_hear(desk.session, "Acme:");
	lines_answer(desk.session, "back");
	lines_hear(desk.session, "a part of its name:");
	lines_answer(desk.session, "2");
	lines_hear(desk.session, "API key of Zoo (not shown):");
	session_signal(desk.session, SIGTERM);
	expect_exit(desk.session, 130);
	key_desk_close(&desk);
}

static void kill_and_start(struct key_desk *desk)
{
	session_signal(desk->session, SIGKILL);
	expect_exit(desk->session, 128 + SIGKILL);
	(void)session_close(desk->session);
	lines_start(desk);
	lines_hear(desk->session, "Acme was left half-done. Open it:");
	lines_answer(desk->session, "");
	lines_hear(desk->session, "1 Acme, HALF-DONE");
	lines_hear(desk->session, "a part of its name:");
	lines_answer(desk->session, "1");
}

static void a_timed_undo_that_was_cut_off_is_offered(void **state)
{
	struct key_desk desk;
	(void)state;
	send_with_undo(&desk);
	kill_and_start(&desk);
	lines_hear(desk.session, "was to be undone by itself at 12:46, unless confirmed.");
	lines_hear(desk.session, "2 Undo: the settings from before it are written back.");
	lines_hear(desk.session, "or an empty line to decide later:");
	lines_answer(desk.session, "");
	lines_hear(desk.session, "Acme:");
	lines_answer(desk.session, "1");
	lines_hear(desk.session, "Something was left half-done on this number: w settles it");
	lines_hear(desk.session, "Acme:");
	lines_answer(desk.session, "w");
	lines_hear(desk.session, "or an empty line to decide later:");
	lines_answer(desk.session, "2");
	lines_hear(desk.session, "it has the settings from before again.");
	acme_expect_as_before(&desk.desk);
	acme_close(&desk);
}

/* Leaving says what would not happen, and Ctrl-D leaves all the same. */
static void leaving_tells_of_a_timed_undo(void **state)
{
	struct key_desk desk;
	(void)state;
	send_with_undo(&desk);
	lines_answer(desk.session, "leave");
	lines_hear(desk.session, "be offered by the next start. Leave sipdesk?");
	lines_hear(desk.session, "Timed undo of Acme in");
	lines_hear(desk.session, "y or n:");
	lines_answer(desk.session, "n");
	acme_close(&desk);
}

static void reset_begin(struct key_desk *desk)
{
	acme_start(desk);
	lines_hear(desk->session, "Acme:");
	lines_answer(desk->session, "reset");
	lines_hear(desk->session, "Type RESET to begin:");
	lines_answer(desk->session, "RESET");
}

/* Out of service, it cannot be cancelled; cut off, it is offered by the next start. */
static void a_reset_survives_ctrl_c_and_a_kill(void **state)
{
	static const struct {
		bool is_killed;
	} CASES[] = { { false }, { true } };
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct key_desk desk;
		key_desk_prepare(&desk, ACME_SETTINGS "POST 2 delay 1500\n", NUMBERS);
		reset_begin(&desk);
		lines_hear(desk.session, "Back in service Reading again. Writing 1 of 2");
		if (CASES[i].is_killed) {
			acme_expect_posts(&desk.desk, 2);
			kill_and_start(&desk);
			lines_hear(desk.session, "A reset of the SIP password was begun on");
			lines_hear(desk.session, "or an empty line to decide later:");
			lines_answer(desk.session, "1");
			lines_hear(desk.session, "Outcome");
		} else {
			session_send_bytes(desk.session, "\003", 1);
			lines_hear(desk.session, "it cannot be cancelled before.");
			lines_hear(desk.session, "it is in service again, with a new SIP user");
		}
		lines_hear(desk.session, "Acme:");
		acme_expect_as_before(&desk.desk);
		acme_close(&desk);
	}
}

/* Before a write has left, Ctrl-C cancels all of it. */
static void ctrl_c_cancels_off_before_its_write(void **state)
{
	struct key_desk desk;
	(void)state;
	key_desk_prepare(&desk, ACME_SETTINGS "GET 2 hang\n", NUMBERS);
	acme_start(&desk);
	lines_hear(desk.session, "Acme:");
	lines_answer(desk.session, "off");
	lines_hear(desk.session, "y or n:");
	lines_answer(desk.session, "y");
	key_desk_expect_requests(&desk, "key-of-acme", 2);
	session_send_bytes(desk.session, "\003", 1);
	lines_hear(desk.session, "Not applied It was cancelled before anything was written.");
	lines_hear(desk.session, "Acme:");
	acme_expect_posts(&desk.desk, 0);
	acme_close(&desk);
}

/* A file stands where the folder of histories is to be. */
static void histories_prevent(const struct key_desk *desk)
{
	static const char *const PARTS[] = { ".local", ".local/share", ".local/share/sipdesk" };
	struct err err;
	for (size_t i = 0; i < ARRAY_LENGTH(PARTS); i++) {
		char *folder = mem_format("%s/%s", desk->home, PARTS[i]);
		assert_true(mkdir(folder, 0700) == 0 || errno == EEXIST);
		free(folder);
	}
	char *path = mem_format("%s/.local/share/sipdesk/history", desk->home);
	assert_true(file_write_whole(path, "", 0, 0600, &err));
	free(path);
}

static void off_does_not_wait_for_a_record(void **state)
{
	static const struct {
		const char *answer, *says;
		long posts;
	} CASES[] = {
		{ "n", "SIP stays on.", 0 },
		{ "y", "No record of it was kept", 1 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct key_desk desk;
		key_desk_prepare(&desk, ACME_SETTINGS, NUMBERS);
		histories_prevent(&desk);
		acme_start(&desk);
		lines_hear(desk.session, "Acme:");
		lines_answer(desk.session, "off");
		lines_hear(desk.session, "Switch SIP off for Acme, LIVE? y does exactly this");
		lines_hear(desk.session, "y or n:");
		lines_answer(desk.session, "y");
		lines_hear(desk.session, "No record of it can be kept:");
		lines_hear(desk.session, "Switch SIP off all the same? y or n:");
		assert_int_equal(fault_server_count(&desk.desk.service, "posts"), 0);
		lines_answer(desk.session, CASES[i].answer);
		lines_hear(desk.session, CASES[i].says);
		lines_hear(desk.session, "Acme:");
		acme_expect_posts(&desk.desk, CASES[i].posts);
		acme_close(&desk);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(off_and_on_again),
		cmocka_unit_test(a_reset_is_confirmed_by_typing),
		cmocka_unit_test(a_move_is_checked_first),
		cmocka_unit_test(the_history_can_be_put_back),
		cmocka_unit_test(a_timed_undo_is_kept_or_done_at_once),
		cmocka_unit_test(a_timed_undo_runs_out_while_a_question_stands),
		cmocka_unit_test(a_timed_undo_takes_away_the_server_at_hand),
		cmocka_unit_test(a_timed_undo_runs_out_while_a_key_is_asked_for),
		cmocka_unit_test(a_key_that_is_asked_for_can_be_cut_off),
		cmocka_unit_test(a_timed_undo_that_was_cut_off_is_offered),
		cmocka_unit_test(leaving_tells_of_a_timed_undo),
		cmocka_unit_test(a_reset_survives_ctrl_c_and_a_kill),
		cmocka_unit_test(ctrl_c_cancels_off_before_its_write),
		cmocka_unit_test(off_does_not_wait_for_a_record),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
