/* The SIP user password: masked on every read, shown when asked for, hidden again by itself. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "sandbox/sandbox.h"
#include "tests/support/child.h"
#include "tests/support/desk.h"
#include "tests/support/session_golden.h"

#include <stdlib.h>
#include <string.h>

enum {
	NUMBER = 1, /* SIP with DTLS */
	SHOWN_MS = 20000,
	SHOWN_SLACK_MS = 5000, /* a loaded machine is late */
};

/* What the practice service made up for this run; caller frees. */
static char *password_of(const struct peer *sandbox, size_t practice_number)
{
	struct json_doc doc;
	json_doc_init(&doc);
	char *answer = peer_settings(sandbox, practice_number, true);
	assert_non_null(answer);
	assert_true(json_doc_parse(&doc, answer, strlen(answer), NULL));
	const cJSON *sip = json_member(json_member(doc.root, "calling"), "sip");
	const cJSON *server = cJSON_GetArrayItem(json_member(sip, "servers"), 0);
	char *password = mem_text(json_text(json_member(server, "sip_user_password")));
	json_doc_release(&doc);
	free(answer);
	assert_non_null(password);
	assert_true(strlen(password) >= 8);
	return password;
}

static void password_reveal(struct session *session, const char *password)
{
	session_send(session, "<F6>");
	expect_text(session, password);
	expect_text(session, "Hidden again in ");
}

static void stays_hidden_until_asked_for(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, NUMBER);
	struct session *session = desk.session;
	char *password = password_of(&desk.sandbox, NUMBER);
	expect_text(session, "••••••••");
	session_send(session, "<F5>");
	expect_text(session, "read 12:41");
	desk_go_to(&desk, "SIP user password");
	session_send(session, "<F1>");
	expect_text(session, "Keys here");
	session_send(session, "q");
	expect_cursor_on(session, "SIP user password");
	assert_false(session_output_contains(session, password));
	session_send(session, "<Enter>"); /* as F6 */
	expect_text(session, password);
	expect_row(session, "User name              12025550102");
	expect_row(session, "Realm                  wa.meta.vc");
	session_send(session, "<F6>");
	expect_gone(session, password);
	expect_text(session, "••••••••");
	expect_golden(session, "credentials");
	free(password);
	desk_close(&desk);
}

/* However it is left, it is hidden, and a way back does not show it. */
static void leaving_hides_it(void **state)
{
	static const struct {
		const char *leave, *there, *back, *again;
	} CASES[] = {
		{ "<F1>", "Keys here", "q", "F6 fetches the password" },
		{ "<F9>", "All actions", "<Esc>", "F6 fetches the password" },
		{ "<F10>", "Leave sipdesk?", "n", "F6 fetches the password" },
		{ "<Esc>", "Media", "", "Media" },
		{ "q", "Media", "", "Media" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct desk desk;
		desk_practice_number(&desk, NUMBER);
		struct session *session = desk.session;
		char *password = password_of(&desk.sandbox, NUMBER);
		session_send(session, "<Space>"); /* a change: leaving asks */
		expect_text(session, "1 changed");
		password_reveal(session, password);
		session_send(session, CASES[i].leave);
		expect_text(session, CASES[i].there);
		expect_gone(session, password);
		size_t before = session_bytes(session);
		session_send(session, CASES[i].back);
		expect_text(session, CASES[i].again);
		assert_null(memmem(session->output.bytes + before, session_bytes(session) - before,
				   password, strlen(password)));
		free(password);
		desk_close(&desk);
	}
}

static void hides_by_itself_after_20_seconds(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, NUMBER);
	struct session *session = desk.session;
	char *password = password_of(&desk.sandbox, NUMBER);
	password_reveal(session, password);
	int64_t shown_at = child_now_ms();
	expect_text(session, "Hidden again in 19 s");
	session->deadline_ms = SHOWN_MS + SHOWN_SLACK_MS;
	expect_gone(session, password);
	assert_true(child_now_ms() - shown_at > SHOWN_MS - 1000);
	expect_text(session, "••••••••");
	session_send(session, "<F6>");
	expect_text(session, password);
	free(password);
	desk_close(&desk);
}

/* With job control, as in a shell; `terminal` without an alternate screen leaves its screen there.
 */
static void suspending_and_ending_leave_nothing(void **state)
{
	static const char *const TERMINALS[] = { "xterm-256color", "linux", "vt220" };
	static const char *const ENVIRONMENT[] = { "PS1=ready> ", "ENV=", NULL };
	const char *const arguments[] = { "sh", "-i", NULL };
	(void)state;
	char *program = session_built("sipdesk");
	char *command = mem_format("%s --sandbox\r", program);
	for (size_t i = 0; i < ARRAY_LENGTH(TERMINALS); i++) {
		struct peer sandbox;
		struct session *session =
			session_start(&(struct session_options) { .arguments = arguments,
								  .terminal = TERMINALS[i],
								  .environment = ENVIRONMENT,
								  .tells_ports = true });
		assert_non_null(session);
		expect_text(session, "ready>");
		session_type(session, command);
		assert_true(peer_sandbox_of(&sandbox, session));
		expect_text(session, "Add a number");
		session_send(session, "<Down>");
		expect_cursor_on(session, PRACTICE_NUMBERS[NUMBER].phone_number);
		session_send(session, "<Enter>");
		expect_text(session, "Media");
		char *password = password_of(&sandbox, NUMBER);
		session_send(session, "6"); /* F6, whatever this terminal sends for it */
		expect_text(session, password);
		session_send(session, "<C-z>");
		expect_text(session, "Stopped");
		expect_cursor_on(session, "ready>");
		assert_false(session_shows(session, password));
		session_type(session, "fg\r");
		expect_text(session, "F6 fetches the password");
		assert_false(session_shows(session, password));
		session_send(session, "6");
		expect_text(session, password);
		session_send(session, "<C-q>");
		expect_cursor_on(session, "ready>");
		assert_false(session_shows(session, password));
		session_type(session, "exit\r");
		expect_exit(session, 0);
		free(password);
		assert_true(session_close(session));
		assert_true(peer_stop(&sandbox));
	}
	free(command);
	free(program);
}

/* A service may show it unasked: API.md has samples of it. */
static void a_password_sent_unasked_is_masked(void **state)
{
	static const char SCRIPT[] =
		"GET * answer 200 {\"calling\":{\"status\":\"ENABLED\",\"sip\":{\"status\":"
		"\"ENABLED\",\"servers\":[{\"hostname\":\"sip.acme.example\",\"port\":5061,"
		"\"sip_user_password\":\"planted-password-1\",\"password\":\"planted-password-2\"}"
		"]}}}\n"
		"POST * answer 400 {\"error\":{\"code\":100}}\n";
	struct desk desk;
	(void)state;
	desk_against(&desk, SCRIPT);
	expect_text(desk.session, "••••••••");
	desk_go_to(&desk, "Hostname");
	desk_replace(&desk, "sip.other.example");
	desk_review(&desk);
	session_send(desk.session, "b");
	expect_text(desk.session, "sip.other.example");
	session_send(desk.session, "q");
	expect_text(desk.session, "then read back.");
	session_send(desk.session, "y");
	expect_row(desk.session, "Not applied");
	assert_false(session_output_contains(desk.session, "planted-password"));
	struct json_doc seen;
	fault_server_state(&desk.service, &seen);
	const char *body = json_text(cJSON_GetArrayItem(json_member(seen.root, "bodies"), 0));
	assert_non_null(body);
	assert_null(strstr(body, "planted-password"));
	json_doc_release(&seen);
	desk_close(&desk);
}

static void a_fetch_that_fails_says_so(void **state)
{
	static const struct {
		const char *faults, *sentence, *next_step;
	} CASES[] = {
		{ "GET 2 answer 403\n", "it has no permission for this.", "Ask 360dialog's" },
		{ "GET 2 answer 200 {\"calling\":{}}\n", "The service sent no SIP user password",
		  "" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct desk desk;
		char *script = mem_format("settings {\"sip\":{\"status\":\"ENABLED\",\"servers\":[{"
					  "\"hostname\":\"sip.acme.example\",\"sip_user_password\":"
					  "\"planted-password-3\"}]}}\n%s",
					  CASES[i].faults);
		desk_against(&desk, script);
		free(script);
		expect_text(desk.session, "read 12:41");
		session_send(desk.session, "<F6>");
		expect_text(desk.session, CASES[i].sentence);
		expect_text(desk.session, CASES[i].next_step);
		expect_text(desk.session, "F6 reveal");
		session_send(desk.session, "<F6>");
		expect_text(desk.session, "planted-password-3");
		desk_close(&desk);
	}
}

static void a_hanging_fetch_is_cancelled(void **state)
{
	struct desk desk;
	(void)state;
	desk_against(&desk, "settings {\"sip\":{\"status\":\"ENABLED\",\"servers\":[{\"hostname\":"
			    "\"sip.acme.example\"}]}}\nGET 2 hang\n");
	expect_text(desk.session, "read 12:41");
	session_send(desk.session, "<F6>");
	expect_text(desk.session, "being fetched …");
	session_send(desk.session, "<Esc>");
	expect_text(desk.session, "F6 reveal");
	expect_text(desk.session, "SIP credentials");
	desk_close(&desk);
}

/* A connection that is lost while it is shown: what cannot be confirmed is not left standing. */
static void a_lost_connection_hides_it(void **state)
{
	struct desk desk;
	(void)state;
	desk_against(&desk,
		     "settings {\"sip\":{\"status\":\"ENABLED\",\"servers\":[{\"hostname\":"
		     "\"sip.acme.example\",\"sip_user_password\":\"planted-password-4\"}]}}\n"
		     "GET 3 drop\nGET 4 drop\nGET 5 drop\nGET 6 drop\nGET 7 drop\nGET 8 drop\n");
	expect_text(desk.session, "read 12:41");
	session_send(desk.session, "<F6>");
	expect_text(desk.session, "planted-password-4");
	session_send(desk.session, "<F5>");
	expect_gone(desk.session, "planted-password-4");
	expect_words(desk.session, "closed the connection without an answer.");
	expect_text(desk.session, "F6 reveal");
	assert_false(session_shows(desk.session, "planted-password-4"));
	desk_close(&desk);
}

static void a_lock_hides_it(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, NUMBER);
	struct session *session = desk.session;
	char *password = password_of(&desk.sandbox, NUMBER);
	password_reveal(session, password);
	session_send(session, "<C-x>");
	expect_text(session, "sipdesk is locked");
	assert_false(session_shows(session, password));
	size_t before = session_bytes(session);
	session_send(session, "<Enter>");
	expect_text(session, "F6 reveal");
	assert_null(memmem(session->output.bytes + before, session_bytes(session) - before,
			   password, strlen(password)));
	free(password);
	desk_close(&desk);
}

/* Where there is no alternate screen the terminal erases all it shows. */
static void hiding_erases_where_nothing_else_would(void **state)
{
	static const char ERASE[] = "\033[H\033[J";
	static const struct {
		const char *terminal;
		bool erases;
	} CASES[] = { { "linux", true }, { "vt220", true }, { "xterm-256color", false } };
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct desk desk = { 0 };
		desk_run(&desk, (const char *const[]) { "--sandbox", NULL }, CASES[i].terminal);
		assert_true(peer_sandbox_of(&desk.sandbox, desk.session));
		struct session *session = desk.session;
		expect_text(session, "Add a number");
		session_send(session, "<Down>");
		expect_cursor_on(session, PRACTICE_NUMBERS[NUMBER].phone_number);
		session_send(session, "<Enter>");
		expect_text(session, "Media");
		char *password = password_of(&desk.sandbox, NUMBER);
		session_send(session, "6");
		expect_text(session, password);
		size_t before = session_bytes(session);
		session_send(session, "6");
		expect_text(session, "F6 reveal");
		assert_false(session_shows(session, password));
		assert_true((memmem(session->output.bytes + before, session_bytes(session) - before,
				    ERASE, strlen(ERASE)) != NULL) == CASES[i].erases);
		free(password);
		desk_close(&desk);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stays_hidden_until_asked_for),
		cmocka_unit_test(leaving_hides_it),
		cmocka_unit_test(hides_by_itself_after_20_seconds),
		cmocka_unit_test(suspending_and_ending_leave_nothing),
		cmocka_unit_test(a_password_sent_unasked_is_masked),
		cmocka_unit_test(a_fetch_that_fails_says_so),
		cmocka_unit_test(a_hanging_fetch_is_cancelled),
		cmocka_unit_test(a_lost_connection_hides_it),
		cmocka_unit_test(a_lock_hides_it),
		cmocka_unit_test(hiding_erases_where_nothing_else_would),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
