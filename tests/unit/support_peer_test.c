/* The tests' peers: children with a ready file, and questions to the practice service. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "sandbox/sandbox.h"
#include "tests/support/peer.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void ready_files_are_waited_for(void **state)
{
	static const struct {
		const char *script;
		bool is_ready, leaves;
	} CASES[] = {
		{ "printf '{\"url\":\"http://127.0.0.1:1\"}' >\"$0\"; exec sleep 60", true, true },
		{ "printf '{\"url\":' >\"$0\"; printf '\"http://127.0.0.1:1\"}' >>\"$0\"; exec "
		  "sleep 60",
		  true, true },
		{ "exit 3", false, true },
		{ "trap '' TERM; printf '{\"url\":\"http://127.0.0.1:1\"}' >\"$0\"; "
		  "while :; do timeout 1 sleep 60; done",
		  true, false },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		const char *const arguments[] = { "sh", "-c", CASES[i].script, "{ready}", NULL };
		struct peer peer;
		assert_int_equal(peer_start(&peer, arguments), CASES[i].is_ready);
		if (CASES[i].is_ready)
			assert_string_equal(peer.url, "http://127.0.0.1:1");
		char *folder = mem_text(peer.folder);
		assert_int_equal(peer_stop(&peer), CASES[i].leaves);
		assert_int_not_equal(access(folder, F_OK), 0);
		free(folder);
	}
}

static void practice_service_is_asked(void **state)
{
	struct peer peer;
	(void)state;
	assert_true(peer_sandbox_start(&peer));
	assert_non_null(strstr(peer.ready, PRACTICE_NUMBERS[0].key));
	char *before = peer_settings(&peer, 0, false);
	assert_non_null(before);
	assert_null(strstr(before, "DISABLE_ALL"));
	assert_true(
		peer_write(&peer, 0, "{\"calling\":{\"call_icon_visibility\":\"DISABLE_ALL\"}}"));
	char *after = peer_settings(&peer, 0, true);
	assert_non_null(after);
	assert_non_null(strstr(after, "DISABLE_ALL"));
	assert_false(peer_write(&peer, 0, "{"));
	struct peer_answer answer;
	char *url = mem_format("%s/calling/settings", peer.url);
	peer_request(&answer, url, "wrong", NULL);
	assert_int_equal(answer.status, 401);
	peer_answer_release(&answer);
	assert_true(peer_stop(&peer));
	free(url);
	free(before);
	free(after);
}

static void a_sessions_practice_service_is_found(void **state)
{
	char *program = session_built("sipdesk");
	const char *const arguments[] = { "sh", "-c", "echo up; exec \"$0\" sandbox", program,
					  NULL };
	const struct session_options options = { .arguments = arguments, .tells_ports = true };
	struct peer peer;
	(void)state;
	struct session *session = session_start(&options);
	assert_non_null(session);
	assert_true(peer_sandbox_of(&peer, session));
	assert_true(session_wait_text(session, peer.url));
	char *settings = peer_settings(&peer, 1, false);
	assert_non_null(settings);
	free(settings);
	free(program);
	assert_true(peer_stop(&peer));
	assert_true(session_close(session));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ready_files_are_waited_for),
		cmocka_unit_test(practice_service_is_asked),
		cmocka_unit_test(a_sessions_practice_service_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
