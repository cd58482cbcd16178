#include "tests/support/acme_desk.h"

#include "base/mem.h"
#include "tests/support/child.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <signal.h>
#include <string.h>

const char ACME_KEY[] = "key-of-acme";

const struct key_desk_number ACME[] = { { .label = "Acme" }, { .label = NULL } };

bool acme_holds(const struct desk *desk, const char *part)
{
	struct json_doc state;
	fault_server_state(&desk->service, &state);
	char *calling = cJSON_PrintUnformatted(json_member(state.root, "calling"));
	bool is_there = strstr(calling, part) != NULL;
	cJSON_free(calling);
	json_doc_release(&state);
	return is_there;
}

bool acme_is_in_service(const struct desk *desk)
{
	return acme_holds(desk, "\"sip\":{\"status\":\"ENABLED\"") && !acme_holds(desk, "DISABLED");
}

void acme_expect_as_before(const struct desk *desk)
{
	static const char *const parts[] = { "\"hostname\":\"sip.acme.example\"", "\"port\":5071",
					     "\"tgrp\":\"berlin\"",
					     "\"srtp_key_exchange_protocol\":\"SDES\"" };
	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
		if (!acme_holds(desk, parts[i]))
			fail_msg("%s is missing", parts[i]);
	assert_true(acme_is_in_service(desk));
}

void acme_expect_posts(const struct desk *desk, long count)
{
	int64_t deadline = child_now_ms() + SESSION_DEADLINE_MS;
	while (fault_server_count(&desk->service, "posts") < count)
		if (child_now_ms() > deadline)
			fail_msg("%ld posts, not %ld", fault_server_count(&desk->service, "posts"),
				 count);
	assert_int_equal(fault_server_count(&desk->service, "posts"), count);
}

void acme_enter(struct key_desk *desk)
{
	key_desk_enter(desk, "Acme");
	expect_cursor_on(desk->session, "API key");
	session_paste(desk->session, ACME_KEY);
	expect_text(desk->session, "not shown");
	session_send(desk->session, "<Enter>");
}

void acme_open(struct key_desk *desk, const char *script)
{
	key_desk_open(desk, script, ACME);
	acme_enter(desk);
	expect_text(desk->session, "read 12:41");
}

void acme_kill_and_start(struct key_desk *desk, bool leaves_half_done)
{
	static const char *const NO_ARGUMENTS[] = { NULL };
	session_signal(desk->session, SIGKILL);
	expect_exit(desk->session, 128 + SIGKILL);
	(void)session_close(desk->session);
	key_desk_run(desk, NO_ARGUMENTS);
	expect_text(desk->session, "Add a number");
	if (leaves_half_done) /* said at once, before the number is opened */
		expect_words(desk->session, "Acme was left half-done.");
	assert_true(session_shows(desk->session, "HALF-DONE") == leaves_half_done);
	acme_enter(desk);
}

void acme_settle_by(struct session *session, const char *way)
{
	static const char *const ways[] = { "Finish:", "Undo:", "Leave as it is:" };
	expect_cursor_on(session, ways[0]);
	for (size_t i = 1; i < ARRAY_LENGTH(ways) && !text_equal(way, ways[i - 1]); i++) {
		session_send(session, "<Down>");
		expect_cursor_on(session, ways[i]);
	}
	session_send(session, "<Enter>");
}
