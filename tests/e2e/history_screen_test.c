/* The history in the screens: the list, one entry, two compared, and what is put back. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/support/desk.h"
#include "tests/support/history_story.h"
#include "tests/support/session_golden.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILE_MAX = 1024 * 1024 };

#define OLDEST "2026-11-20 09:05"
#define REFUSED "2026-11-21 10:15"
#define NEWEST "2026-11-21 10:20"

/* The program in front of the story's service. */
struct scene {
	struct history_story story;
	struct desk desk; /* its session only */
	struct session *session;
};

static void program_start(struct scene *scene)
{
	char *const *folders = scene->story.environment;
	const char *const environment[] = { "SHIM_CLOCK_SECONDS=1795351260", folders[0], folders[1],
					    NULL };
	char *program = session_built("sipdesk");
	char *clock = session_built("tests/shim/fixed_clock.so");
	const char *const arguments[] = { program, NULL };
	scene->session = session_start(&(struct session_options) {
		.arguments = arguments, .environment = environment, .preload = clock });
	scene->desk.session = scene->session;
	assert_non_null(scene->session);
	free(clock);
	free(program);
}

/* The number is open. */
static void scene_open(struct scene *scene)
{
	program_start(scene);
	expect_text(scene->session, HISTORY_STORY_LABEL);
	session_send(scene->session, "<Enter>");
	expect_cursor_on(scene->session, "API key");
	session_paste(scene->session, "any-key");
	session_send(scene->session, "<Enter>");
	expect_text(scene->session, "read 12:41");
}

static void history_open_screen(struct scene *scene)
{
	session_send(scene->session, "h");
	expect_text(scene->session, "› History");
}

/* The same, with its past; the history is shown. */
static void scene_begin(struct scene *scene)
{
	*scene = (struct scene) { 0 };
	history_story_begin(&scene->story, false);
	history_story_tell(&scene->story);
	scene_open(scene);
	history_open_screen(scene);
	expect_cursor_on(scene->session, NEWEST);
}

static void scene_end(struct scene *scene)
{
	assert_true(session_close(scene->session));
	history_story_end(&scene->story);
}

static void entry_open(struct scene *scene, const char *when)
{
	session_send(scene->session, "<End>");
	expect_cursor_on(scene->session, OLDEST);
	if (strcmp(when, OLDEST) != 0)
		session_send(scene->session, strcmp(when, REFUSED) == 0 ? "<Up>" : "<Home>");
	expect_cursor_on(scene->session, when);
	session_send(scene->session, "<Enter>");
	expect_text(scene->session, "What changed");
}

static void expect_service_holds(const struct scene *scene, const char *text)
{
	struct json_doc state;
	fault_server_state(&scene->story.world.server, &state);
	struct json_slice calling = json_slice(&state, json_member(state.root, "calling"));
	assert_non_null(memmem(calling.bytes, calling.length, text, strlen(text)));
	json_doc_release(&state);
}

/* --- looked at -------------------------------------------------------------------------------- */

static void it_is_listed_and_shown(void **state)
{
	struct scene scene;
	(void)state;
	scene_begin(&scene);
	struct session *session = scene.session;
	expect_golden(session, "history");
	session_send(session, "<Down>");
	expect_cursor_on(session, REFUSED);
	expect_words(session, "ben on jump1. Enter shows it");
	session_send(session, "<Enter>");
	expect_words(session, "The service's own words: Port 5071 is not");
	session_send(session, "<Esc>");
	expect_cursor_on(session, REFUSED);
	entry_open(&scene, OLDEST);
	expect_golden(session, "history_entry");
	session_send(session, "b");
	expect_text(session, "Request 1: ");
	expect_text(session, "\"hostname\": \"sip.acme.example\"");
	session_send(session, "<End>");
	expect_text(session, "\"app_id\"");
	session_send(session, "<Esc>");
	expect_text(session, "What changed");
	session_send(session, "<Esc>");
	expect_gone(session, "What changed");
	session_send(session, "<F1>");
	expect_text(session, "Keys here");
	expect_words(session, "What was written to this number from this account");
	session_send(session, "<Esc>");
	scene_end(&scene);
}

/* Another person's write, behind the program's back. */
static void others_write(struct scene *scene, const char *body)
{
	struct peer_answer answer;
	char *url = mem_format("%s/calling/settings", scene->story.world.server.url);
	peer_request(&answer, url, "any-key", body);
	assert_int_equal(answer.status, 200);
	peer_answer_release(&answer);
	free(url);
}

static void two_are_compared(void **state)
{
	struct scene scene;
	(void)state;
	scene_begin(&scene);
	struct session *session = scene.session;
	session_send(session, "c"); /* with what the service shows now */
	expect_words(session, "To now, as read at 12:41");
	expect_words(session, "None: both are the same");
	session_send(session, "<Esc>");
	expect_gone(session, "Differences");
	session_send(session, "<Space><End>");
	expect_words(session, "c compares it with the marked one of " NEWEST ".");
	session_send(session, "c");
	expect_text(session, "Differences");
	expect_golden(session, "history_compare");
	session_send(session, "<Esc>");
	expect_gone(session, "Differences");
	session_send(session, "<Home><Space><End>"); /* the mark is taken away */
	expect_words(session, "c compares it with what the service shows now.");
	session_send(session, "c");
	expect_words(session, "SRTP key exchange DTLS → SDES");
	scene_end(&scene);
}

static void what_others_did_since_shows(void **state)
{
	struct scene scene;
	(void)state;
	scene_begin(&scene);
	others_write(&scene, "{\"calling\":{\"call_icon_visibility\":\"DISABLE_ALL\"}}");
	session_send(scene.session, "<Esc>");
	expect_text(scene.session, "Media");
	session_send(scene.session, "<F5>");
	expect_text(scene.session, "Hidden (DISABLE_ALL)");
	history_open_screen(&scene);
	session_send(scene.session, "c");
	expect_words(scene.session, "Call icon Shown in chats (DEFAULT) → Hidden (DISABLE_ALL)");
	scene_end(&scene);
}

/* --- put back --------------------------------------------------------------------------------- */

static void former_settings_are_put_back(void **state)
{
	struct scene scene;
	(void)state;
	scene_begin(&scene);
	struct session *session = scene.session;
	others_write(&scene, "{\"calling\":{\"call_icon_visibility\":\"DISABLE_ALL\"}}");
	entry_open(&scene, NEWEST);
	session_send(session, "p");
	expect_text(session, "Which settings become your draft?");
	session_send(session, "b");
	expect_words(session, "SRTP key exchange SDES → DTLS");
	expect_text(session, "1 request, then read back.");
	session_send(session, "y");
	expect_row(session, "Applied");
	expect_service_holds(&scene, "\"DTLS\"");
	expect_service_holds(&scene, "DISABLE_ALL"); /* nothing else was touched */
	session_send(session, "<Esc>");
	expect_text(session, "Media");
	scene_end(&scene);
}

static void the_list_puts_back_too(void **state)
{
	struct scene scene;
	(void)state;
	scene_begin(&scene);
	session_send(scene.session, "p");
	expect_text(scene.session, "Which settings become your draft?");
	session_send(scene.session, "b");
	expect_words(scene.session, "SRTP key exchange SDES → DTLS");
	scene_end(&scene);
}

static void settings_before_a_server_was_there_are_put_back(void **state)
{
	struct scene scene;
	(void)state;
	scene_begin(&scene);
	struct session *session = scene.session;
	entry_open(&scene, OLDEST);
	session_send(session, "p<Enter>"); /* before it */
	expect_words(session, "Calling Enabled → Disabled");
	expect_words(session, "SIP server sip.acme.example:5061 → none");
	expect_words(session, "SRTP key exchange SDES → DTLS");
	session_send(session, "<Esc>");
	expect_text(session, "4 changed");
	scene_end(&scene);
}

static void what_is_there_already_is_not_put_back(void **state)
{
	struct scene scene;
	(void)state;
	scene_begin(&scene);
	entry_open(&scene, NEWEST);
	session_send(scene.session, "pa");
	expect_words(scene.session, "The service shows these settings already");
	expect_text(scene.session, "What changed");
	scene_end(&scene);
}

static void a_draft_is_asked_about_first(void **state)
{
	struct scene scene;
	(void)state;
	scene_begin(&scene);
	struct session *session = scene.session;
	session_send(session, "<Esc>");
	expect_text(session, "Media");
	session_send(session, "<Home><Space>"); /* Calling */
	expect_text(session, "1 changed");
	history_open_screen(&scene);
	entry_open(&scene, NEWEST);
	session_send(session, "p");
	expect_words(session, "You have 1 change that is not sent.");
	session_send(session, "n");
	expect_gone(session, "Replace your draft?");
	session_send(session, "py");
	expect_text(session, "Which settings become your draft?");
	session_send(session, "<Esc>"); /* still as it was */
	expect_gone(session, "Which settings");
	session_send(session, "<Esc>");
	expect_gone(session, "What changed");
	session_send(session, "<Esc>");
	expect_text(session, "1 changed");
	history_open_screen(&scene);
	entry_open(&scene, NEWEST);
	session_send(session, "py");
	expect_text(session, "Which settings become your draft?");
	session_send(session, "b");
	expect_words(session, "SRTP key exchange SDES → DTLS");
	assert_false(session_shows(session, "Calling  "));
	scene_end(&scene);
}

static void a_read_only_number_is_only_looked_at(void **state)
{
	struct scene scene = { 0 };
	(void)state;
	history_story_begin(&scene.story, true);
	history_story_tell(&scene.story);
	scene_open(&scene);
	history_open_screen(&scene);
	entry_open(&scene, NEWEST);
	session_send(scene.session, "p");
	expect_words(scene.session, "read-only");
	assert_false(session_shows(scene.session, "Which settings"));
	scene_end(&scene);
}

/* --- what can be the matter ------------------------------------------------------------------- */

static void without_entries_it_says_so(void **state)
{
	struct scene scene = { 0 };
	(void)state;
	history_story_begin(&scene.story, false);
	scene_open(&scene);
	history_open_screen(&scene);
	expect_words(scene.session, "Nothing was written to this number from this account yet.");
	session_send(scene.session, "<Down><Enter>cp <Esc>");
	expect_text(scene.session, "Media");
	scene_end(&scene);
}

/* Its process died, and a person left it as it was: what it changed was never read. */
static void one_that_was_not_read_back_can_only_be_undone(void **state)
{
	enum { UP_TO_THE_WRITE = 2, LATER = 1795300000 };
	struct scene scene = { 0 };
	struct sequence_world *world = &scene.story.world;
	struct sequence_record record;
	struct err err;
	(void)state;
	history_story_begin(&scene.story, false);
	mem_text_set(&world->mine.texts[FIELD_CALLING], "ENABLED");
	history_story_send(&scene.story, LATER, UP_TO_THE_WRITE);
	assert_true(sequence_world_find_open(world, &record));
	assert_true(sequence_leave(&world->history, &record, &err));
	sequence_record_release(&record);
	scene_open(&scene);
	history_open_screen(&scene);
	expect_words(scene.session, "Afterwards left as it is. Not read back. Request: Calling");
	session_send(scene.session, "c");
	expect_words(scene.session, "What the service held after this one was not read back.");
	session_send(scene.session, "<Enter>");
	expect_text(scene.session, "Afterwards             left as it is");
	expect_words(scene.session, "What became of it was not written down.");
	session_send(scene.session, "p");
	expect_words(scene.session, "They were not read back.");
	session_send(scene.session, "a");
	expect_text(scene.session, "Which settings"); /* it cannot be chosen */
	scene_end(&scene);
}

/* Nothing of it is on the disk; within its session it has a history like any other. */
static void a_practice_number_has_one_for_its_session(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, 1);
	session_send(desk.session, "h");
	expect_words(desk.session, "Nothing was written to this number from this account yet.");
	session_send(desk.session, "<Esc>");
	expect_text(desk.session, "Media");
	desk_go_to(&desk, "Call icon");
	session_send(desk.session, "<Space>");
	expect_text(desk.session, "1 changed");
	desk_send(&desk, "Applied");
	session_send(desk.session, "<Esc>");
	expect_text(desk.session, "Media");
	session_send(desk.session, "h");
	expect_words(desk.session, "2026-11-22 12:41 Send: Applied");
	expect_words(desk.session, "Call icon: Shown in chats (DEFAULT) → Hidden (DISABLE_ALL)");
	desk_close(&desk);
}

static void a_history_changed_by_hand_is_said(void **state)
{
	struct scene scene = { 0 };
	struct str text;
	struct err err;
	(void)state;
	history_story_begin(&scene.story, false);
	history_story_tell(&scene.story);
	str_init(&text);
	assert_true(file_read(scene.story.file, FILE_MAX, &text, &err));
	strstr(text.bytes, "\"anna\"")[1] = 'A';
	assert_true(file_write_whole(scene.story.file, text.bytes, text.length, 0600, &err));
	str_release(&text);
	scene_open(&scene);
	history_open_screen(&scene);
	expect_words(scene.session, "line 2 does not follow from the one before.");
	expect_text(scene.session, NEWEST);
	scene_end(&scene);
}

/* The newest has lost what was there before it. */
static void what_cannot_be_read_is_not_nothing(void **state)
{
	static const char BEFORE[] = "\"before\":";
	struct scene scene = { 0 };
	struct str text;
	struct err err;
	char *last = NULL;
	(void)state;
	history_story_begin(&scene.story, false);
	history_story_tell(&scene.story);
	str_init(&text);
	assert_true(file_read(scene.story.file, FILE_MAX, &text, &err));
	for (char *at = text.bytes; (at = strstr(at, BEFORE)) != NULL; at++)
		last = at;
	assert_non_null(last);
	last[1] = 'B';
	assert_true(file_write_whole(scene.story.file, text.bytes, text.length, 0600, &err));
	str_release(&text);
	scene_open(&scene);
	history_open_screen(&scene);
	expect_text(scene.session, NEWEST);
	session_send(scene.session, "<Enter>");
	expect_words(scene.session, "What changed");
	expect_words(scene.session, "What was there before cannot be read.");
	scene_end(&scene);
}

static void a_history_for_others_is_refused(void **state)
{
	struct scene scene = { 0 };
	(void)state;
	history_story_begin(&scene.story, false);
	history_story_tell(&scene.story);
	scene_open(&scene);
	assert_int_equal(chmod(scene.story.file, 0644), 0);
	history_open_screen(&scene);
	expect_words(scene.session, "chmod 600");
	scene_end(&scene);
}

static void it_works_in_a_small_window(void **state)
{
	struct scene scene;
	(void)state;
	scene_begin(&scene);
	struct session *session = scene.session;
	session_resize(session, 16, 60);
	expect_row(session, "service shows now.");
	expect_golden(session, "history_small");
	entry_open(&scene, OLDEST);
	expect_golden(session, "history_entry_small");
	session_send(session, "p");
	expect_text(session, "The settings after it");
	session_send(session, "<Down><Enter>");
	expect_words(session, "SRTP key exchange SDES → DTLS");
	scene_end(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_listed_and_shown),
		cmocka_unit_test(two_are_compared),
		cmocka_unit_test(what_others_did_since_shows),
		cmocka_unit_test(former_settings_are_put_back),
		cmocka_unit_test(the_list_puts_back_too),
		cmocka_unit_test(settings_before_a_server_was_there_are_put_back),
		cmocka_unit_test(what_is_there_already_is_not_put_back),
		cmocka_unit_test(a_draft_is_asked_about_first),
		cmocka_unit_test(a_read_only_number_is_only_looked_at),
		cmocka_unit_test(without_entries_it_says_so),
		cmocka_unit_test(one_that_was_not_read_back_can_only_be_undone),
		cmocka_unit_test(a_practice_number_has_one_for_its_session),
		cmocka_unit_test(a_history_changed_by_hand_is_said),
		cmocka_unit_test(what_cannot_be_read_is_not_nothing),
		cmocka_unit_test(a_history_for_others_is_refused),
		cmocka_unit_test(it_works_in_a_small_window),
	};
	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
