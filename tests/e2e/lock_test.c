/* The lock: by key and by itself, what it wipes and what it keeps. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "sandbox/sandbox.h"
#include "tests/support/key_desk.h"

#include <stdlib.h>
#include <string.h>

enum { MINUTE_MS = 60 * 1000 };

static const char SETTINGS[] =
	"settings {\"status\":\"ENABLED\",\"sip\":{\"status\":\"ENABLED\",\"servers\":[{"
	"\"hostname\":\"sip.acme.example\",\"sip_user_password\":\"planted-password\"}]}}\n";

static const char LOCKED[] = "sipdesk is locked, and its keys are wiped. Enter goes on.";
static const char LOCKED_VAULT[] = "sipdesk is locked. Enter asks for the vault's passphrase.";

static const struct key_desk_number NUMBERS[] = {
	{ .label = "Asked" },
	{ .label = "Vaulted", .key = "\"vault\"", .in_vault = "key-of-vaulted" },
	{ .label = NULL },
};

static const struct key_desk_number NO_VAULT[] = { { .label = "Asked" }, { .label = NULL } };

static bool shows_nothing_else(const struct session *session, const void *sentence)
{
	char *screen = session_screen(session);
	char *at = strstr(screen, sentence);
	bool is_alone = at != NULL;
	for (char *byte = screen; is_alone && *byte != '\0'; byte++)
		if (byte == at)
			byte += strlen(sentence) - 1;
		else
			is_alone = *byte == ' ' || *byte == '\n';
	free(screen);
	return is_alone;
}

static void expect_locked(struct session *session, const char *sentence)
{
	assert_true(session_wait(session, shows_nothing_else, sentence, "nothing but the lock"));
}

static void key_give(struct session *session, const char *key)
{
	expect_cursor_on(session, "API key");
	session_paste(session, key);
	expect_text(session, "not shown");
	session_send(session, "<Enter>");
}

static void asked_enter(struct key_desk *desk)
{
	key_desk_enter(desk, "Asked");
	key_give(desk->session, "key-of-asked");
	expect_text(desk->session, "read 12:41");
}

static void vaulted_enter(struct key_desk *desk)
{
	key_desk_enter(desk, "Vaulted");
	key_desk_unlock(desk, KEY_DESK_PASSPHRASE);
	expect_text(desk->session, "read 12:41");
}

static void an_open_vault_is_closed_and_drafts_stay(void **state)
{
	struct key_desk desk;
	(void)state;
	key_desk_open(&desk, SETTINGS, NUMBERS);
	struct session *session = desk.session;
	vaulted_enter(&desk);
	session_send(session, "<Space>");
	expect_text(session, "1 changed");
	session_send(session, "<C-x>");
	expect_locked(session, LOCKED_VAULT);
	session_send(session, "<F1>?q<F5>"); /* nothing else acts */
	session_send(session, "<Enter>");
	key_desk_unlock(&desk, "wrong passphrase");
	expect_text(session, "does not open the vault");
	assert_false(session_shows(session, "Vaulted"));
	session_send(session, "<Esc>");
	expect_locked(session, LOCKED_VAULT);
	session_send(session, "<Enter>");
	key_desk_unlock(&desk, KEY_DESK_PASSPHRASE);
	expect_text(session, "1 changed");
	int requests = key_desk_requests(&desk, "key-of-vaulted");
	session_send(session, "<F5>"); /* its key comes back by itself */
	key_desk_expect_requests(&desk, "key-of-vaulted", requests + 1);
	key_desk_close(&desk);
}

static void a_typed_key_is_asked_for_again(void **state)
{
	struct key_desk desk;
	(void)state;
	key_desk_open(&desk, SETTINGS, NO_VAULT);
	struct session *session = desk.session;
	asked_enter(&desk);
	session_send(session, "<C-x>");
	expect_locked(session, LOCKED);
	session_send(session, "<Enter>");
	expect_text(session, "Call icon");
	session_send(session, "<F5>");
	key_give(session, "key-of-asked");
	expect_text(session, "read 12:41");
	key_desk_close(&desk);
}

/* Whatever needs the key after a lock asks for it, and then goes on. */
static void what_needs_the_key_gets_it(void **state)
{
	struct key_desk desk;
	(void)state;
	key_desk_open(&desk, SETTINGS, NO_VAULT);
	struct session *session = desk.session;
	asked_enter(&desk);
	session_send(session, "<Space>");
	expect_text(session, "1 changed");
	session_send(session, "<C-x>");
	expect_locked(session, LOCKED);
	session_send(session, "<Enter>");
	expect_text(session, "Call icon");
	session_send(session, "<F6>");
	key_give(session, "key-of-asked");
	expect_text(session, "planted-password");
	session_send(session, "<C-x>");
	expect_locked(session, LOCKED);
	session_send(session, "<Enter>");
	expect_text(session, "F6 fetches the password");
	assert_false(session_shows(session, "planted-password"));
	session_send(session, "<Esc>");
	expect_text(session, "Call icon");
	session_send(session, "<F2>");
	expect_text(session, "then read back.");
	session_send(session, "y");
	key_give(session, "key-of-asked");
	expect_row(session, "Applied");
	key_desk_close(&desk);
}

static void text_that_is_typed_stays(void **state)
{
	struct key_desk desk;
	(void)state;
	key_desk_open(&desk, SETTINGS, NO_VAULT);
	struct session *session = desk.session;
	asked_enter(&desk);
	desk_go_to(&desk.desk, "Hostname");
	session_send(session, "<Enter><C-u>");
	session_type(session, "half.of.a.na");
	expect_text(session, "half.of.a.na");
	session_send(session, "<C-x>");
	expect_locked(session, LOCKED);
	session_send(session, "<Enter>");
	expect_cursor_on(session, "half.of.a.na");
	session_type(session, "me");
	expect_text(session, "half.of.a.name");
	key_desk_close(&desk);
}

static void fifteen_idle_minutes_lock(void **state)
{
	struct key_desk desk;
	(void)state;
	key_desk_open(&desk, SETTINGS, NO_VAULT);
	struct session *session = desk.session;
	key_desk_wait(&desk, 60 * MINUTE_MS); /* no key is held yet */
	expect_text(session, "Add a number");
	asked_enter(&desk);
	key_desk_wait(&desk, 14 * MINUTE_MS);
	expect_text(session, "Call icon");
	session_send(session, "<Down>");
	expect_cursor_on(session, "Call icon");
	key_desk_wait(&desk, 14 * MINUTE_MS);
	expect_text(session, "Call icon");
	key_desk_wait(&desk, MINUTE_MS);
	expect_locked(session, LOCKED);
	key_desk_close(&desk);
}

/* The write goes on to its end behind the lock. */
static void a_send_under_way_is_finished(void **state)
{
	struct key_desk desk;
	struct json_doc seen;
	(void)state;
	char *script = mem_format("%sPOST 1 delay 1500\n", SETTINGS);
	key_desk_open(&desk, script, NO_VAULT);
	struct session *session = desk.session;
	asked_enter(&desk);
	session_send(session, "<Space>");
	expect_text(session, "1 changed");
	session_send(session, "<F2>");
	expect_text(session, "then read back.");
	session_send(session, "y");
	expect_text(session, "A write has left.");
	session_send(session, "<C-x>");
	expect_locked(session, LOCKED);
	session_send(session, "<C-q>");
	expect_text(session, "Unlock sipdesk first");
	session_send(session, "<Enter>");
	expect_row(session, "Applied");
	fault_server_state(&desk.desk.service, &seen);
	assert_string_equal(json_text(json_member(seen.root, "posts")), "1");
	json_doc_release(&seen);
	free(script);
	key_desk_close(&desk);
}

/* Until somebody has chosen, a conflict would keep the key. */
static void a_conflict_is_given_up(void **state)
{
	struct key_desk desk;
	(void)state;
	char *script = mem_format("%sGET 2 before {\"sip\":{\"status\":\"ENABLED\",\"servers\":[{"
				  "\"hostname\":\"theirs.example\"}]}}\n",
				  SETTINGS);
	key_desk_open(&desk, script, NO_VAULT);
	struct session *session = desk.session;
	asked_enter(&desk);
	desk_go_to(&desk.desk, "Hostname");
	desk_replace(&desk.desk, "mine.example");
	expect_text(session, "1 changed");
	desk_review(&desk.desk);
	session_send(session, "y");
	expect_text(session, "before you have chosen");
	session_send(session, "<C-x>");
	expect_locked(session, LOCKED);
	session_send(session, "<Enter>");
	expect_row(session, "Not applied");
	free(script);
	key_desk_close(&desk);
}

static void a_question_for_a_secret_is_dropped(void **state)
{
	struct key_desk desk;
	(void)state;
	key_desk_open(&desk, SETTINGS, NUMBERS);
	struct session *session = desk.session;
	key_desk_enter(&desk, "Asked");
	expect_cursor_on(session, "API key");
	session_type(session, "half-of-a-k");
	expect_text(session, "11 characters");
	session_send(session, "<C-x>");
	expect_locked(session, LOCKED);
	session_send(session, "<Enter>");
	expect_text(session, "Add a number");
	key_desk_enter(&desk, "Vaulted");
	key_desk_unlock(&desk, KEY_DESK_PASSPHRASE);
	session_send(session, "<C-x>"); /* while scrypt is at work */
	expect_locked(session, LOCKED);
	session_send(session, "<Enter>");
	expect_text(session, "Add a number");
	key_desk_enter(&desk, "Vaulted");
	expect_cursor_on(session, "Passphrase");
	assert_int_equal(key_desk_requests(&desk, "key-of-vaulted"), 0);
	key_desk_close(&desk);
}

static void a_reading_is_given_up(void **state)
{
	struct key_desk desk;
	(void)state;
	key_desk_open(&desk, "GET 1 hang\n", NO_VAULT);
	struct session *session = desk.session;
	key_desk_enter(&desk, "Asked");
	key_give(session, "key-of-asked");
	expect_text(session, "Reading the calling settings of Asked");
	session_send(session, "<C-x>");
	expect_locked(session, LOCKED);
	session_send(session, "<Enter>");
	expect_text(session, "The reading was cancelled.");
	key_desk_close(&desk);
}

/* Where nothing would be lost, one can leave from behind it. */
static void leaving_a_locked_session(void **state)
{
	struct key_desk desk;
	(void)state;
	key_desk_open(&desk, SETTINGS, NUMBERS);
	vaulted_enter(&desk);
	session_send(desk.session, "<C-x>");
	expect_locked(desk.session, LOCKED_VAULT);
	session_send(desk.session, "<C-q>");
	expect_exit(desk.session, 0);
	key_desk_close(&desk);
}

static void practice_keys_come_back_by_themselves(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, 1);
	session_send(desk.session, "<C-x>");
	expect_locked(desk.session, LOCKED);
	session_send(desk.session, "<Enter>");
	expect_text(desk.session, "Call icon");
	session_send(desk.session, "<F6>");
	expect_text(desk.session, "Hidden again in ");
	desk_close(&desk);
}

static void the_window_may_change_meanwhile(void **state)
{
	struct key_desk desk;
	(void)state;
	key_desk_open(&desk, SETTINGS, NO_VAULT);
	asked_enter(&desk);
	session_send(desk.session, "<C-x>");
	expect_locked(desk.session, LOCKED);
	session_resize(desk.session, 30, 100);
	expect_locked(desk.session, LOCKED);
	session_send(desk.session, "<C-l>");
	expect_locked(desk.session, LOCKED);
	session_send(desk.session, "<Enter>");
	expect_text(desk.session, "Call icon");
	key_desk_close(&desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_open_vault_is_closed_and_drafts_stay),
		cmocka_unit_test(a_typed_key_is_asked_for_again),
		cmocka_unit_test(what_needs_the_key_gets_it),
		cmocka_unit_test(text_that_is_typed_stays),
		cmocka_unit_test(fifteen_idle_minutes_lock),
		cmocka_unit_test(a_send_under_way_is_finished),
		cmocka_unit_test(a_conflict_is_given_up),
		cmocka_unit_test(a_question_for_a_secret_is_dropped),
		cmocka_unit_test(a_reading_is_given_up),
		cmocka_unit_test(leaving_a_locked_session),
		cmocka_unit_test(practice_keys_come_back_by_themselves),
		cmocka_unit_test(the_window_may_change_meanwhile),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
