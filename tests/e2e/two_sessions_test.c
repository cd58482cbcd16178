/*
 * Two sessions on one number: the second one looks on, whatever the first does, and takes over what
 * the first leaves when that dies.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "tests/support/child.h"
#include "tests/support/key_desk.h"

#include <signal.h>
#include <stdlib.h>

static const char SETTINGS[] =
	"settings "
	"{\"status\":\"ENABLED\",\"sip\":{\"status\":\"ENABLED\",\"servers\":[{\"hostname\":"
	"\"sip.acme.example\",\"port\":5071}]}}\n";

static const struct key_desk_number NUMBERS[] = {
	{ .label = "Acme", .key = "{\"command\":[\"echo\",\"key-of-acme\"]}" },
	{ .label = NULL },
};

static const char HELD[] = "has this number open since 12:41";

static void acme_enter(struct key_desk *desk)
{
	expect_text(desk->session, "Add a number");
	key_desk_enter(desk, "Acme");
	expect_text(desk->session, "read 12:41");
}

/* The first session is handed back; the desk's is the second. */
static struct session *second_start(struct key_desk *desk)
{
	static const char *const none[] = { NULL };
	struct session *first = desk->session;
	key_desk_run(desk, none);
	acme_enter(desk);
	expect_words(desk->session, HELD);
	return first;
}

static void session_kill(struct session *session)
{
	session_signal(session, SIGKILL);
	expect_exit(session, 128 + SIGKILL);
	(void)session_close(session);
}

static void posts_wait(const struct key_desk *desk, long count)
{
	int64_t end = child_now_ms() + SESSION_DEADLINE_MS;
	while (fault_server_count(&desk->desk.service, "posts") < count)
		assert_true(child_now_ms() < end);
}

/* Nothing of what changes the number can be begun from there. */
static void expect_only_looks(struct key_desk *desk)
{
	static const char *const keys[] = { "<Space>", "p", "o", "<F2>" };
	long posts = fault_server_count(&desk->desk.service, "posts");
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		session_send(desk->session, keys[i]);
		expect_words(desk->session, HELD);
		assert_false(session_shows(desk->session, "changed"));
	}
	assert_int_equal(fault_server_count(&desk->desk.service, "posts"), posts);
}

static void the_draft_of_a_dead_session_is_taken_over(void **state)
{
	(void)state;
	struct key_desk desk;
	key_desk_open(&desk, SETTINGS, NUMBERS);
	acme_enter(&desk);
	session_send(desk.session, "<Space>");
	expect_text(desk.session, "1 changed");
	struct session *first = second_start(&desk);
	expect_only_looks(&desk);
	session_hang_up(first); /* it saves what was not sent */
	(void)session_exit_status(first);
	(void)session_close(first);
	session_send(desk.session, "<F5>");
	expect_text(desk.session, "Unsent changes");
	session_send(desk.session, "c");
	expect_text(desk.session, "was Enabled");
	key_desk_close(&desk);
}

static void the_reset_of_a_dead_session_is_finished(void **state)
{
	(void)state;
	struct key_desk desk;
	char *script = mem_format("%sPOST 2 hang\n", SETTINGS);
	key_desk_open(&desk, script, NUMBERS);
	acme_enter(&desk);
	session_send(desk.session, "p");
	expect_words(desk.session, "Calls fail");
	session_send(desk.session, "y");
	expect_words(desk.session, "Type RESET to begin:");
	session_type(desk.session, "RESET");
	expect_cursor_on(desk.session, "RESET");
	session_send(desk.session, "<Enter>");
	posts_wait(&desk, 2); /* out of service, and the way back hangs */
	struct session *first = second_start(&desk);
	expect_only_looks(&desk);
	session_kill(first);
	session_send(desk.session, "<F5>");
	expect_text(desk.session, "HALF-DONE");
	session_send(desk.session, "w");
	expect_cursor_on(desk.session, "Finish:");
	session_send(desk.session, "<Enter>");
	expect_row(desk.session, "Applied");
	struct json_doc service;
	fault_server_state(&desk.desk.service, &service);
	const cJSON *sip = json_member(json_member(service.root, "calling"), "sip");
	assert_string_equal(json_text(json_member(sip, "status")), "ENABLED");
	assert_int_equal(cJSON_GetArraySize(json_member(sip, "servers")), 1);
	json_doc_release(&service);
	key_desk_close(&desk);
	free(script);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_draft_of_a_dead_session_is_taken_over),
		cmocka_unit_test(the_reset_of_a_dead_session_is_finished),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
