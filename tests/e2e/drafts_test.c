/* Unsent changes survive whatever ends the program, and two sessions know of each other. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/support/child.h"
#include "tests/support/key_desk.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char SETTINGS[] =
	"settings {\"status\":\"ENABLED\",\"call_icon_visibility\":\"DEFAULT\",\"sip\":{\"status\":"
	"\"ENABLED\",\"servers\":[{\"hostname\":\"sip.acme.example\"}]}}\n";

static const struct key_desk_number NUMBERS[] = {
	{ .label = "Acme", .key = "{\"command\":[\"echo\",\"key-of-acme\"]}" },
	{ .label = NULL },
};

static const char *const NO_ARGUMENTS[] = { NULL };

enum { SAVED_WITHIN_MS = 2000 };

static char *draft_path(const struct key_desk *desk)
{
	return mem_format("%s/.local/share/sipdesk/drafts/0000000000000001.json", desk->home);
}

static bool draft_holds(const struct key_desk *desk, const char *text)
{
	struct str bytes;
	struct err err;
	char *path = draft_path(desk);
	str_init(&bytes);
	bool holds = file_read(path, 1 << 20, &bytes, &err) && strstr(bytes.bytes, text) != NULL;
	str_release(&bytes);
	free(path);
	return holds;
}

static bool draft_is_there(const struct key_desk *desk)
{
	char *path = draft_path(desk);
	bool is_there = access(path, F_OK) == 0;
	free(path);
	return is_there;
}

/* Within two seconds of the change, and no slower because the screen stands still. */
static void expect_saved(struct key_desk *desk, const char *text)
{
	int64_t start = child_now_ms();
	while (!draft_holds(desk, text))
		if (child_now_ms() - start > SESSION_DEADLINE_MS)
			fail_msg("the draft does not hold %s", text);
	int64_t took_ms = child_now_ms() - start;
#ifndef __SANITIZE_ADDRESS__
	assert_true(took_ms <= SAVED_WITHIN_MS);
#endif
	print_message("saved after %lld ms\n", (long long)took_ms);
}

static void acme_enter(struct key_desk *desk)
{
	expect_text(desk->session, "Add a number");
	key_desk_enter(desk, "Acme");
	expect_text(desk->session, "Call icon");
	expect_text(desk->session, "read 12:41");
}

static void one_change(struct key_desk *desk)
{
	expect_cursor_on(desk->session, "Calling");
	session_send(desk->session, "<Space>");
	expect_text(desk->session, "1 changed");
}

/* The program is gone; the next one starts on the same machine. */
static void start_again(struct key_desk *desk)
{
	(void)session_exit_status(desk->session);
	(void)session_close(desk->session);
	key_desk_run(desk, NO_ARGUMENTS);
	expect_text(desk->session, "Add a number");
	expect_text(desk->session, "It has unsent changes");
	key_desk_enter(desk, "Acme");
	expect_text(desk->session, "Unsent changes");
	expect_words(desk->session, "1 change to Acme from");
}

static void end_by_kill(struct key_desk *desk)
{
	expect_saved(desk, "DISABLED");
	session_signal(desk->session, SIGKILL);
}

static void end_by_terminate(struct key_desk *desk)
{
	session_signal(desk->session, SIGTERM);
}

static void end_by_hang_up(struct key_desk *desk)
{
	session_hang_up(desk->session);
}

static void end_by_leaving(struct key_desk *desk)
{
	session_send(desk->session, "<F10>"); /* nothing is lost, so nothing is asked */
}

static void it_is_offered_after_any_end(void **state)
{
	(void)state;
	static void (*const ends[])(struct key_desk *) = { end_by_kill, end_by_terminate,
							   end_by_hang_up, end_by_leaving };
	for (size_t i = 0; i < ARRAY_LENGTH(ends); i++) {
		struct key_desk desk;
		key_desk_open(&desk, SETTINGS, NUMBERS);
		acme_enter(&desk);
		one_change(&desk);
		ends[i](&desk);
		start_again(&desk);
		session_send(desk.session, "c");
		expect_gone(desk.session, "Unsent changes");
		expect_text(desk.session, "1 changed");
		expect_text(desk.session, "was Enabled");
		key_desk_close(&desk);
	}
}

static void it_can_be_compared_and_discarded(void **state)
{
	struct key_desk desk;
	(void)state;
	key_desk_open(&desk, SETTINGS, NUMBERS);
	acme_enter(&desk);
	one_change(&desk);
	end_by_leaving(&desk);
	start_again(&desk);
	session_send(desk.session, "m");
	expect_text(desk.session, "Your changes, not sent");
	expect_text(desk.session, "Nothing has changed there.");
	session_send(desk.session, "<Esc>");
	expect_text(desk.session, "Discard them");
	session_send(desk.session, "d");
	expect_gone(desk.session, "1 changed");
	session_send(desk.session, "<F10>");
	expect_exit(desk.session, 0);
	assert_false(draft_is_there(&desk));
	key_desk_close(&desk);
}

/* Its base was read at another time than what the question is about. */
static void the_question_has_the_time_of_the_reading(void **state)
{
	static const char BEFORE[] = "\"read_at\":1795351260", THEN[] = "\"read_at\":1795340000";
	struct key_desk desk;
	struct str bytes;
	struct err err;
	(void)state;
	key_desk_open(&desk, SETTINGS, NUMBERS);
	acme_enter(&desk);
	one_change(&desk);
	end_by_leaving(&desk);
	(void)session_exit_status(desk.session);
	char *path = draft_path(&desk);
	str_init(&bytes);
	assert_true(file_read(path, 1 << 20, &bytes, &err));
	char *at = strstr(bytes.bytes, BEFORE);
	assert_non_null(at);
	memcpy(at, THEN, sizeof THEN - 1);
	assert_true(file_write_whole(path, bytes.bytes, bytes.length, 0600, &err));
	str_release(&bytes);
	free(path);
	start_again(&desk);
	expect_text(desk.session, "read 12:41");
	session_send(desk.session, "c");
	expect_gone(desk.session, "Unsent changes");
	expect_text(desk.session, "read 12:41");
	key_desk_close(&desk);
}

/* The service has moved meanwhile: the draft is put on top of it, field by field. */
static void it_is_moved_onto_the_newer_base(void **state)
{
	static const struct {
		const char *moved;
		const char *shows;
	} cases[] = {
		{ "{\"call_icon_visibility\":\"DISABLE_ALL\"}", "Hidden (DISABLE_ALL)" },
		{ "{\"status\":\"PAUSED\"}", "Conflict" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct key_desk desk;
		char *script = mem_format("%sGET 2 before %s\n", SETTINGS, cases[i].moved);
		key_desk_open(&desk, script, NUMBERS);
		acme_enter(&desk);
		one_change(&desk);
		end_by_leaving(&desk);
		start_again(&desk);
		expect_words(desk.session, "shows 1 other setting since.");
		session_send(desk.session, "c");
		expect_text(desk.session, cases[i].shows);
		key_desk_close(&desk);
		free(script);
	}
}

/* The service cannot be reached: the draft is there all the same, and what is added to it is kept.
 */
static void it_is_edited_on_without_the_service(void **state)
{
	struct key_desk desk;
	(void)state;
	char *script = mem_format("%sGET 2 answer 400 no\n", SETTINGS);
	key_desk_open(&desk, script, NUMBERS);
	acme_enter(&desk);
	one_change(&desk);
	end_by_leaving(&desk);
	(void)session_exit_status(desk.session);
	(void)session_close(desk.session);
	key_desk_run(&desk, NO_ARGUMENTS);
	expect_text(desk.session, "Add a number");
	key_desk_enter(&desk, "Acme");
	expect_text(desk.session, "1 changed");
	expect_cursor_on(desk.session, "Calling");
	session_send(desk.session, "<Down>");
	expect_cursor_on(desk.session, "Call icon");
	session_send(desk.session, "<Space>");
	expect_text(desk.session, "2 changed");
	expect_saved(&desk, "DISABLE_ALL");
	session_signal(desk.session, SIGKILL);
	(void)session_exit_status(desk.session);
	(void)session_close(desk.session);
	key_desk_run(&desk, NO_ARGUMENTS);
	expect_text(desk.session, "Add a number");
	key_desk_enter(&desk, "Acme");
	expect_words(desk.session, "2 changes to Acme from");
	free(script);
	key_desk_close(&desk);
}

static void a_sent_draft_is_gone(void **state)
{
	struct key_desk desk;
	(void)state;
	key_desk_open(&desk, SETTINGS, NUMBERS);
	acme_enter(&desk);
	one_change(&desk);
	expect_saved(&desk, "DISABLED");
	desk_send(&desk.desk, "Applied");
	session_send(desk.session, "<F10>");
	expect_exit(desk.session, 0);
	assert_false(draft_is_there(&desk));
	key_desk_close(&desk);
}

static void a_second_session_only_looks(void **state)
{
	struct key_desk desk;
	(void)state;
	key_desk_open(&desk, SETTINGS, NUMBERS);
	acme_enter(&desk);
	one_change(&desk);
	struct session *first = desk.session;
	key_desk_run(&desk, NO_ARGUMENTS);
	acme_enter(&desk);
	expect_words(desk.session, "has this number open since 12:41");
	expect_words(desk.session, "- Calling ");
	session_send(desk.session, "<Space>");
	expect_words(desk.session, "has this number open since 12:41");
	assert_false(session_shows(desk.session, "changed"));
	session_send(first, "u<F10>"); /* its change is undone: nothing is left to keep */
	assert_int_equal(session_exit_status(first), 0);
	(void)session_close(first);
	session_send(desk.session, "<F5>");
	expect_gone(desk.session, "has this number open");
	one_change(&desk);
	key_desk_close(&desk);
}

/* A full disk, a folder that cannot be written: the session goes on, and leaving asks. */
static void what_cannot_be_kept_is_said(void **state)
{
	struct key_desk desk;
	struct err err;
	(void)state;
	key_desk_open(&desk, SETTINGS, NUMBERS);
	char *folder = mem_format("%s/.local/share/sipdesk", desk.home);
	char *in_the_way = mem_format("%s/drafts", folder);
	assert_true(file_folder_make(folder, &err));
	assert_true(file_write_whole(in_the_way, "", 0, 0600, &err));
	acme_enter(&desk);
	one_change(&desk);
	expect_words(desk.session, "Your changes are kept only as long as sipdesk runs.");
	session_send(desk.session, "<F10>");
	expect_words(desk.session, "The changes to Acme were not sent and would be lost.");
	session_send(desk.session, "n");
	expect_text(desk.session, "1 changed");
	assert_int_equal(unlink(in_the_way), 0);
	session_send(desk.session, "<F10>");
	expect_exit(desk.session, 0);
	assert_true(draft_holds(&desk, "DISABLED"));
	free(in_the_way);
	free(folder);
	key_desk_close(&desk);
}

/* Leaving is asked before the first writing has failed, and once more. */
static void each_leaving_asks_while_nothing_can_be_kept(void **state)
{
	struct key_desk desk;
	struct err err;
	(void)state;
	key_desk_open(&desk, SETTINGS, NUMBERS);
	char *folder = mem_format("%s/.local/share/sipdesk", desk.home);
	char *in_the_way = mem_format("%s/drafts", folder);
	assert_true(file_folder_make(folder, &err));
	assert_true(file_write_whole(in_the_way, "", 0, 0600, &err));
	acme_enter(&desk);
	one_change(&desk);
	for (int i = 0; i < 2; i++) {
		session_send(desk.session, "<F10>");
		expect_words(desk.session, "The changes to Acme were not sent and would be lost.");
		session_send(desk.session, i == 0 ? "n" : "y");
		expect_gone(desk.session, "would be lost");
	}
	expect_exit(desk.session, 0);
	free(in_the_way);
	free(folder);
	key_desk_close(&desk);
}

static void a_damaged_one_is_set_aside(void **state)
{
	struct key_desk desk;
	struct err err;
	(void)state;
	key_desk_open(&desk, SETTINGS, NUMBERS);
	char *folder = mem_format("%s/.local/share/sipdesk/drafts", desk.home);
	char *path = draft_path(&desk);
	assert_true(file_folder_make(folder, &err));
	assert_true(file_write_whole(path, "{\"schema\":1,", 12, 0600, &err));
	key_desk_enter(&desk, "Acme");
	expect_words(desk.session, "The saved draft of this number is damaged");
	assert_false(draft_is_there(&desk));
	one_change(&desk);
	free(folder);
	free(path);
	key_desk_close(&desk);
}

static void what_others_changed_since_is_said(void **state)
{
	struct key_desk desk;
	(void)state;
	char *script =
		mem_format("%sGET 2 before {\"call_icon_visibility\":\"DISABLE_ALL\"}\n", SETTINGS);
	key_desk_open(&desk, script, NUMBERS);
	acme_enter(&desk);
	char *seen = mem_format("%s/.local/state/sipdesk/seen/0000000000000001.json", desk.home);
	int64_t start = child_now_ms();
	while (access(seen, F_OK) != 0)
		assert_true(child_now_ms() - start < SESSION_DEADLINE_MS);
	session_send(desk.session, "<F10>");
	expect_exit(desk.session, 0);
	(void)session_close(desk.session);
	key_desk_run(&desk, NO_ARGUMENTS);
	acme_enter(&desk);
	expect_words(desk.session, "Changed elsewhere since you were here: Call icon, Shown in "
				   "chats (DEFAULT) → Hidden (DISABLE_ALL).");
	free(seen);
	free(script);
	key_desk_close(&desk);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_offered_after_any_end),
		cmocka_unit_test(it_can_be_compared_and_discarded),
		cmocka_unit_test(the_question_has_the_time_of_the_reading),
		cmocka_unit_test(it_is_moved_onto_the_newer_base),
		cmocka_unit_test(it_is_edited_on_without_the_service),
		cmocka_unit_test(a_sent_draft_is_gone),
		cmocka_unit_test(a_second_session_only_looks),
		cmocka_unit_test(what_cannot_be_kept_is_said),
		cmocka_unit_test(each_leaving_asks_while_nothing_can_be_kept),
		cmocka_unit_test(a_damaged_one_is_set_aside),
		cmocka_unit_test(what_others_changed_since_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
