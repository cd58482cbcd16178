/* `--plain` with saved numbers: keys, drafts, another session, what was cut off. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/support/child.h"
#include "tests/support/key_desk.h"
#include "tests/support/lines.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { IDLE_MS = 15 * 60 * 1000 };

static void keys_start(struct key_desk *desk)
{
	static const char *const ARGUMENTS[] = { "--plain", NULL };
	key_desk_run(desk, ARGUMENTS);
	lines_hear(desk->session, "Number, or a part of its name:");
}

static void keys_end(struct key_desk *desk, int status)
{
	expect_exit(desk->session, status);
	lines_expect_only(desk->session);
}

/* On the same machine. */
static void keys_start_again(struct key_desk *desk)
{
	(void)session_close(desk->session);
	keys_start(desk);
}

static const char SETTINGS[] =
	"settings {\"status\":\"ENABLED\",\"sip\":{\"status\":\"ENABLED\",\"servers\":[{"
	"\"hostname\":\"sip.acme.example\"}]}}\n";

static const struct key_desk_number NUMBERS[] = {
	{ .label = "Acme", .key = "{\"command\":[\"echo\",\"key-of-acme\"]}" },
	{ .label = "Asked" },
	{ .label = "Looked at",
	  .key = "{\"command\":[\"echo\",\"key-of-it\"]}",
	  .is_read_only = true },
	{ .label = NULL },
};

static const struct turn ACME_CHANGED[] = {
	{ "a part of its name:", "acme" },
	{ "a part of its name:", "1" },
	{ "Acme:", "1" },
	{ "leave it:", "2" },
	{ "1 Calling: Disabled; changed, was Enabled Acme:", NULL },
	{ NULL, NULL },
};

static void a_read_only_number_is_only_shown(void **state)
{
	struct key_desk desk;
	(void)state;
	key_desk_prepare(&desk, SETTINGS, NUMBERS);
	keys_start(&desk);
	lines_hear(desk.session, "3 Looked at, read-only");
	lines_answer(desk.session, "3");
	lines_hear(desk.session, "Looked at:");
	lines_answer(desk.session, "1");
	lines_hear(desk.session, "read-only");
	lines_hear(desk.session, "Looked at:");
	lines_hear_not(desk.session, "Number of your choice");
	lines_answer(desk.session, "7");
	lines_hear_not(desk.session, "Hostname (");
	lines_answer(desk.session, "back");
	lines_hear(desk.session, "Looked at:");
	lines_answer(desk.session, "back");
	lines_hear(desk.session, "a part of its name:");
	lines_answer(desk.session, "F4"); /* as the sentence says */
	lines_hear(desk.session, "edited on the screens of sipdesk, without --plain");
	lines_hear(desk.session, "a part of its name:");
	session_send_bytes(desk.session, "\004", 1);
	keys_end(&desk, 0);
	assert_int_equal(fault_server_count(&desk.desk.service, "posts"), 0);
	key_desk_close(&desk);
}

static void ends_by_end_of_input(struct key_desk *desk)
{
	session_send_bytes(desk->session, "\004", 1);
	lines_hear(desk->session, "Your changes to Acme are kept on this machine");
	keys_end(desk, 0);
}

static void ends_by_signal(struct key_desk *desk)
{
	session_signal(desk->session, SIGTERM);
	keys_end(desk, 130);
}

static void ends_by_interrupt(struct key_desk *desk)
{
	session_send_bytes(desk->session, "\003", 1);
	lines_hear(desk->session, "Leave sipdesk? y or n:");
	lines_answer(desk->session, "y");
	keys_end(desk, 0);
}

static void a_draft_is_kept_and_offered(void **state)
{
	static const struct {
		void (*end)(struct key_desk *desk);
		const char *choice, *shows;
	} CASES[] = {
		{ ends_by_end_of_input, "1", "1 Calling: Disabled; changed, was Enabled" },
		{ ends_by_signal, "", "1 Calling: Disabled; changed, was Enabled" },
		{ ends_by_interrupt, "2", "1 Calling: Enabled 2" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct key_desk desk;
		key_desk_prepare(&desk, SETTINGS, NUMBERS);
		keys_start(&desk);
		lines_converse(desk.session, ACME_CHANGED);
		CASES[i].end(&desk);
		keys_start_again(&desk);
		lines_hear(desk.session, "1 Acme, SIP Enabled, DTLS, unsent changes");
		lines_answer(desk.session, "1");
		lines_hear(desk.session, "1 change to Acme from 2026-11-22 12:41 was not sent.");
		lines_hear(desk.session, "Calling: from Enabled to Disabled.");
		lines_hear(desk.session, "Number of your choice:");
		lines_answer(desk.session, CASES[i].choice);
		lines_hear(desk.session, CASES[i].shows);
		lines_hear(desk.session, "Acme:");
		session_send_bytes(desk.session, "\004", 1);
		keys_end(&desk, 0);
		key_desk_close(&desk);
	}
}

/* At once, so that the last line has come before it is asked for: it decides nothing. */
static void type_ahead(struct session *session, const char *lines)
{
	session_send_bytes(session, lines, strlen(lines));
}

static void a_draft_is_not_discarded_by_what_was_typed_ahead(void **state)
{
	struct key_desk desk;
	(void)state;
	char *script = mem_format("%sGET 2 hang\n", SETTINGS);
	key_desk_prepare(&desk, script, NUMBERS);
	keys_start(&desk);
	lines_converse(desk.session, ACME_CHANGED);
	ends_by_end_of_input(&desk);
	keys_start_again(&desk);
	lines_answer(desk.session, "1");
	key_desk_expect_requests(&desk, "key-of-acme", 2);
	session_send_bytes(desk.session, "\003", 1);
	lines_hear(desk.session, "Acme:");
	type_ahead(desk.session, "read\n2\n");
	lines_hear(desk.session, "Number of your choice:");
	lines_answer(desk.session, "1");
	lines_hear(desk.session, "1 Calling: Disabled; changed, was Enabled");
	session_send_bytes(desk.session, "\004", 1);
	keys_end(&desk, 0);
	key_desk_close(&desk);
	free(script);
}

/* A file stands where the drafts' folder is to be. */
static void what_cannot_be_kept_is_not_promised(void **state)
{
	struct key_desk desk;
	struct err err;
	(void)state;
	key_desk_prepare(&desk, SETTINGS, NUMBERS);
	char *folder = mem_format("%s/.local/share/sipdesk", desk.home);
	char *in_the_way = mem_format("%s/drafts", folder);
	assert_true(file_folder_make(folder, &err));
	assert_true(file_write_whole(in_the_way, "", 0, 0600, &err));
	keys_start(&desk);
	lines_converse(desk.session, ACME_CHANGED);
	lines_answer(desk.session, "leave");
	lines_hear(desk.session, "The changes to Acme were not sent and are not kept.");
	lines_hear(desk.session, "Leave sipdesk? y or n:");
	lines_answer(desk.session, "n");
	lines_hear(desk.session, "Acme:");
	lines_answer(desk.session, "leave");
	lines_hear(desk.session, "The changes to Acme were not sent and are not kept.");
	lines_hear(desk.session, "Leave sipdesk? y or n:");
	lines_answer(desk.session, "y");
	keys_end(&desk, 0);
	lines_hear_not(desk.session, "are kept on this machine");
	free(in_the_way);
	free(folder);
	key_desk_close(&desk);
}

static void a_typed_key_is_not_echoed(void **state)
{
	struct key_desk desk;
	(void)state;
	key_desk_prepare(&desk, SETTINGS, NUMBERS);
	keys_start(&desk);
	lines_answer(desk.session, "2");
	lines_hear(desk.session, "API key of Asked (not shown):");
	lines_answer(desk.session, "a-typed-secret-key");
	lines_hear(desk.session, "1 Calling: Enabled");
	session_send_bytes(desk.session, "\004", 1);
	keys_end(&desk, 0);
	assert_int_equal(key_desk_requests(&desk, "a-typed-secret-key"), 1);
	assert_false(session_output_contains(desk.session, "a-typed-secret-key"));
	key_desk_close(&desk);
}

static void a_key_is_forgotten_after_a_while(void **state)
{
	struct key_desk desk;
	(void)state;
	key_desk_prepare(&desk, SETTINGS, NUMBERS);
	keys_start(&desk);
	lines_answer(desk.session, "2");
	lines_hear(desk.session, "API key of Asked (not shown):");
	lines_answer(desk.session, "first-key");
	lines_hear(desk.session, "Asked:");
	*desk.ahead_ms += IDLE_MS; /* the next line wakes it */
	lines_answer(desk.session, "read");
	lines_hear(desk.session, "API key of Asked (not shown):");
	lines_answer(desk.session, "second-key");
	lines_hear(desk.session, "1 Calling: Enabled");
	lines_hear(desk.session, "Nothing was typed for 15 minutes, so API keys");
	lines_answer(desk.session, "leave");
	keys_end(&desk, 0);
	assert_int_equal(key_desk_requests(&desk, "second-key"), 1);
	key_desk_close(&desk);
}

static void the_vault_opens_once(void **state)
{
	static const struct key_desk_number in_vault[] = {
		{ .label = "First", .key = "\"vault\"", .in_vault = "key-of-first" },
		{ .label = "Second", .key = "\"vault\"", .in_vault = "key-of-second" },
		{ .label = NULL },
	};
	struct key_desk desk;
	(void)state;
	key_desk_prepare(&desk, SETTINGS, in_vault);
	keys_start(&desk);
	lines_answer(desk.session, "1");
	lines_hear(desk.session, "Passphrase of the vault (not shown):");
	lines_answer(desk.session, KEY_DESK_PASSPHRASE);
	lines_hear(desk.session, "First:");
	lines_answer(desk.session, "back");
	lines_hear(desk.session, "a part of its name:");
	lines_answer(desk.session, "2");
	lines_hear(desk.session, "1 Calling: Enabled");
	lines_hear_not(desk.session, "Passphrase");
	lines_hear(desk.session, "Second:");
	lines_answer(desk.session, "leave");
	keys_end(&desk, 0);
	assert_int_equal(key_desk_requests(&desk, "key-of-first"), 1);
	assert_int_equal(key_desk_requests(&desk, "key-of-second"), 1);
	assert_false(session_output_contains(desk.session, KEY_DESK_PASSPHRASE));
	key_desk_close(&desk);
}

/* The service moves under the draft. */
static void a_reading_can_conflict(void **state)
{
	static const struct {
		const char *choice, *says, *shows;
	} CASES[] = {
		{ "1", "Your changes now stand on the newer settings.",
		  "1 Calling: Disabled; changed, was PAUSED" },
		{ "2", "Your changes now stand on the newer settings.", "1 Calling: PAUSED 2" },
		{ "", "Nothing was chosen: the newer settings were not taken over yet.",
		  "1 Calling: Disabled; changed, was Enabled" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct key_desk desk;
		char *script = mem_format("%sGET 2 before {\"status\":\"PAUSED\"}\n", SETTINGS);
		key_desk_prepare(&desk, script, NUMBERS);
		keys_start(&desk);
		lines_converse(desk.session, ACME_CHANGED);
		type_ahead(desk.session, "read\n2\n");
		lines_hear(desk.session, "Conflict 1 setting was changed at the service");
		lines_hear(desk.session, "1 Yours: Disabled");
		lines_hear(desk.session, "or an empty line to stop:");
		lines_answer(desk.session, CASES[i].choice);
		lines_hear(desk.session, CASES[i].says);
		lines_hear(desk.session, CASES[i].shows);
		lines_hear(desk.session, "Acme:");
		lines_answer(desk.session, "leave");
		keys_end(&desk, 0);
		key_desk_close(&desk);
		free(script);
	}
}

static void ctrl_c_cancels_what_is_under_way(void **state)
{
	struct key_desk desk;
	(void)state;
	char *script = mem_format("%sGET 1 hang\n", SETTINGS);
	key_desk_prepare(&desk, script, NUMBERS);
	keys_start(&desk);
	lines_answer(desk.session, "1");
	key_desk_expect_requests(&desk, "key-of-acme", 1);
	session_send_bytes(desk.session, "\003", 1);
	lines_hear(desk.session, "The reading was cancelled. Nothing was changed.");
	lines_hear(desk.session, "Acme:");
	lines_answer(desk.session, "read");
	lines_hear(desk.session, "1 Calling: Enabled");
	lines_hear(desk.session, "Acme:");
	session_send_bytes(desk.session, "\003", 1);
	lines_hear(desk.session, "Leave sipdesk? y or n:");
	lines_answer(desk.session, "n");
	lines_hear(desk.session, "Acme:");
	lines_answer(desk.session, "leave");
	keys_end(&desk, 0);
	key_desk_close(&desk);
	free(script);
}

static bool draft_is_there(const struct key_desk *desk)
{
	char *path = mem_format("%s/.local/share/sipdesk/drafts/0000000000000001.json", desk->home);
	bool is_there = access(path, F_OK) == 0;
	free(path);
	return is_there;
}

static bool post_has_come(const struct key_desk *desk)
{
	return fault_server_count(&desk->desk.service, "posts") == 1;
}

static void expect(const struct key_desk *desk, bool (*holds)(const struct key_desk *desk))
{
	int64_t start = child_now_ms();
	while (!holds(desk))
		if (child_now_ms() - start > SESSION_DEADLINE_MS)
			fail_msg("waited in vain");
}

/* The service's own words are text from outside. */
static void hostile_words_are_spelled_out(void **state)
{
	struct key_desk desk;
	(void)state;
	char *script = mem_format("%sPOST 1 answer 400 {\"error\":{\"code\":100,\"message\":"
				  "\"no\\u001b[31m way\\u0007\\u202e\"}}\n",
				  SETTINGS);
	key_desk_prepare(&desk, script, NUMBERS);
	keys_start(&desk);
	lines_converse(desk.session, ACME_CHANGED);
	lines_answer(desk.session, "send");
	lines_hear(desk.session, "y or n:");
	lines_answer(desk.session, "y");
	lines_hear(desk.session, "Outcome Not applied");
	lines_hear(desk.session, "no\\u{1b}[31m way\\u{7}\\u{202e}");
	lines_hear(desk.session, "Acme:");
	lines_answer(desk.session, "undo 1");
	lines_hear(desk.session, "1 Calling: Enabled 2");
	lines_hear(desk.session, "Acme:");
	lines_answer(desk.session, "up\033[A");
	lines_hear(desk.session, "That line has a control character in it");
	lines_hear(desk.session, "Acme:");
	lines_answer(desk.session, "leave");
	keys_end(&desk, 0);
	key_desk_close(&desk);
	free(script);
}

/* Killed while the write is under way: the next start settles it first. */
static void what_was_cut_off_is_settled(void **state)
{
	static const struct {
		const char *choice, *says;
	} CASES[] = {
		{ "1", "Outcome" },
		{ "3", "It is left as it is, and not asked again." },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct key_desk desk;
		char *script = mem_format("%sPOST 1 ignore\nPOST 1 hang\n", SETTINGS);
		key_desk_prepare(&desk, script, NUMBERS);
		keys_start(&desk);
		lines_converse(desk.session, ACME_CHANGED);
		expect(&desk, draft_is_there);
		lines_answer(desk.session, "send");
		lines_hear(desk.session, "y or n:");
		lines_answer(desk.session, "y");
		lines_hear(desk.session, "Writing 1 of 1: Calling.");
		expect(&desk, post_has_come);
		session_signal(desk.session, SIGKILL);
		keys_end(&desk, 128 + SIGKILL);
		keys_start_again(&desk);
		lines_answer(desk.session, "1");
		lines_hear(desk.session, "Number of your choice:");
		type_ahead(desk.session, "1\n2\n");
		lines_hear(desk.session, "Left half-done A send was begun on");
		lines_hear(desk.session, "or an empty line to decide later:");
		lines_answer(desk.session, CASES[i].choice);
		lines_hear(desk.session, CASES[i].says);
		lines_hear(desk.session, "Acme:");
		session_send_bytes(desk.session, "\004", 1);
		keys_end(&desk, 0);
		key_desk_close(&desk);
		free(script);
	}
}

static void a_second_session_only_looks(void **state)
{
	struct key_desk desk;
	(void)state;
	key_desk_prepare(&desk, SETTINGS, NUMBERS);
	keys_start(&desk);
	lines_converse(desk.session, ACME_CHANGED);
	struct session *first = desk.session;
	keys_start(&desk);
	lines_answer(desk.session, "1");
	lines_hear(desk.session, "has this number open since 12:41: you can look, not change.");
	lines_hear(desk.session, "Acme:");
	lines_answer(desk.session, "1");
	lines_hear(desk.session, "you can look, not change.");
	session_send_bytes(first, "undo 1\nleave\n", strlen("undo 1\nleave\n"));
	assert_int_equal(session_exit_status(first), 0);
	(void)session_close(first);
	lines_hear(desk.session, "Acme:");
	lines_answer(desk.session, "F5"); /* as the sentence says */
	lines_hear(desk.session, "Acme:");
	lines_answer(desk.session, "1");
	lines_hear(desk.session, "leave it:");
	lines_answer(desk.session, "");
	lines_hear(desk.session, "Acme:");
	session_send_bytes(desk.session, "\004", 1);
	keys_end(&desk, 0);
	key_desk_close(&desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_read_only_number_is_only_shown),
		cmocka_unit_test(a_draft_is_kept_and_offered),
		cmocka_unit_test(a_draft_is_not_discarded_by_what_was_typed_ahead),
		cmocka_unit_test(what_cannot_be_kept_is_not_promised),
		cmocka_unit_test(a_typed_key_is_not_echoed),
		cmocka_unit_test(a_key_is_forgotten_after_a_while),
		cmocka_unit_test(the_vault_opens_once),
		cmocka_unit_test(a_reading_can_conflict),
		cmocka_unit_test(ctrl_c_cancels_what_is_under_way),
		cmocka_unit_test(hostile_words_are_spelled_out),
		cmocka_unit_test(what_was_cut_off_is_settled),
		cmocka_unit_test(a_second_session_only_looks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
