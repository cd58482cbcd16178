/*
 * A person resets the SIP password, and the program ends at every call that writes or sends: by a
 * kill, a signal, a terminal that goes, a disk that is full or broken. The number is never left
 * without service unnoticed: the next start knows of it, and brings it back.
 *
 * At which calls: as in kill_edit_test.c, but a disk fails at every 10th. Under the sanitizers it
 * is every second call for kills, every 14th for the terminal and for each signal, every 28th for
 * the disk.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "tests/support/killed_desk.h"

#include <stdlib.h>

#ifdef __SANITIZE_ADDRESS__
enum { KILL_STRIDE = 2, SIGNAL_STRIDE = 14, GONE_STRIDE = 14, DISK_STRIDE = 28 };
#else
enum { KILL_STRIDE = 1, SIGNAL_STRIDE = 2, GONE_STRIDE = 1, DISK_STRIDE = 10 };
#endif

static const struct killed_step STEPS[] = {
	{ "Additional codecs", NULL, "p", false },     { "Calls fail", NULL, "y", false },
	{ "Type RESET", "RESET", "<Enter>", false },   { "in service again", NULL, "<Esc>", false },
	{ "Additional codecs", NULL, "<F10>", false },
};

static bool is_as_before(const struct key_desk *desk)
{
	static const char *const parts[] = {
		"\"status\":\"ENABLED\"",
		"\"sip\":{\"status\":\"ENABLED\"",
		("{\"hostname\":\"sip.acme.example\",\"port\":5071,\"request_uri_user_params\":"
		 "{\"tgrp\":\"berlin\"}"),
		"\"srtp_key_exchange_protocol\":\"SDES\"",
		"\"call_hours\":{\"status\":\"DISABLED\"}",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
		if (!killed_desk_service_holds(desk, parts[i]))
			return false;
	return true;
}

static int settled; /* that were left half-done */

static void judge(struct key_desk *desk, enum call_stop_mode mode, size_t done)
{
	static const char *const ways[] = { "Finish:", "Undo:" };
	(void)mode;
	(void)done;
	bool was_as_before = is_as_before(desk);
	enum killed_screen screen = killed_desk_start_again(desk);
	if (screen == KILLED_LEFT_OPEN)
		killed_desk_settle(desk, ways[settled++ % 2]);
	else
		assert_true(was_as_before);
	assert_int_not_equal(screen, KILLED_DRAFT_FOUND);
	assert_true(is_as_before(desk));
}

static const struct killed_story STORY = {
	.script = "settings {\"status\":\"ENABLED\",\"sip\":{\"status\":\"ENABLED\",\"servers\":"
		  "[{\"hostname\":\"sip.acme.example\",\"port\":5071,\"request_uri_user_params\":"
		  "{\"tgrp\":\"berlin\"}}]},\"srtp_key_exchange_protocol\":\"SDES\","
		  "\"call_hours\":{\"status\":\"DISABLED\"}}\nsip-resets-srtp\n",
	.steps = STEPS,
	.count = ARRAY_LENGTH(STEPS),
	.judge = judge,
};

static void test_killed(void **state)
{
	(void)state;
	killed_story_tell(&STORY, CALLS_KILLED, 1, KILL_STRIDE);
	assert_true(settled > 2); /* the stops are not idle */
}

static void test_ended(void **state)
{
	(void)state;
	killed_story_tell(&STORY, CALLS_ENDED, 1, SIGNAL_STRIDE);
}

static void test_hung_up(void **state)
{
	(void)state;
	killed_story_tell(&STORY, CALLS_HUNG_UP, 2, SIGNAL_STRIDE);
}

static void test_terminal_gone(void **state)
{
	(void)state;
	killed_story_tell(&STORY, CALLS_HELD, 1, GONE_STRIDE);
}

static void test_disk_full(void **state)
{
	(void)state;
	killed_story_tell(&STORY, CALLS_NO_SPACE, 3, DISK_STRIDE);
}

static void test_disk_broken(void **state)
{
	(void)state;
	killed_story_tell(&STORY, CALLS_BROKEN, 8, DISK_STRIDE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_killed),	  cmocka_unit_test(test_ended),
		cmocka_unit_test(test_hung_up),	  cmocka_unit_test(test_terminal_gone),
		cmocka_unit_test(test_disk_full), cmocka_unit_test(test_disk_broken),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
