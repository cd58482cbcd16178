/*
 * A person edits a number and sends it, and the program ends at every call that writes or sends:
 * by a kill, a signal, a terminal that goes, a disk that is full or broken. No edit older than two
 * seconds is missing, no file is half-written, and what was sent is never forgotten.
 *
 * Of some hundred calls each has its kill and its terminal that goes unannounced; SIGTERM and
 * SIGHUP, which the program does not tell apart, take turns. A disk fails at every 16th only, since
 * its screens wait: kill_sequence_test.c has it at each call, below the screens. The sanitizers
 * take four times as long: there it is every second call for kills, every 20th for the terminal and
 * for each signal, every 40th for the disk.
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
enum { KILL_STRIDE = 2, SIGNAL_STRIDE = 20, GONE_STRIDE = 20, DISK_STRIDE = 40 };
#else
enum { KILL_STRIDE = 1, SIGNAL_STRIDE = 2, GONE_STRIDE = 1, DISK_STRIDE = 16 };
#endif

enum { STEP_SEEN = 2, STEP_SAVED = 3 }; /* so many steps are done when the change is … */

static const struct killed_step STEPS[] = {
	{ "Additional codecs", NULL, "<Space>", false },
	{ "1 changed", NULL, NULL, false },
	{ "was Enabled", NULL, NULL, true },
	{ "F2 Review", NULL, "<F2>", false },
	{ "y Send", NULL, "y", false },
	{ "Applied", NULL, "<Esc>", false },
	{ "Additional codecs", NULL, "<F10>", false },
};

static bool is_sent(const struct key_desk *desk)
{
	return killed_desk_service_holds(desk, "\"status\":\"DISABLED\"");
}

static int settled; /* that were left half-done */

static void judge(struct key_desk *desk, enum call_stop_mode mode, size_t done)
{
	static const char *const ways[] = { "Finish:", "Undo:" };
	bool ends_well = mode == CALLS_ENDED || mode == CALLS_HUNG_UP || mode == CALLS_HELD;
	bool is_promised = done >= (ends_well ? STEP_SEEN : STEP_SAVED);
	bool was_sent = is_sent(desk);
	const char *way = ways[settled % 2];
	enum killed_screen screen = killed_desk_start_again(desk);
	if (screen == KILLED_LEFT_OPEN) {
		settled++;
		killed_desk_settle(desk, way);
		assert_int_equal(is_sent(desk), text_equal(way, "Finish:"));
	} else if (was_sent) {
		assert_true(killed_desk_history_has(desk, "\"event\":\"end\""));
	} else if (is_promised) {
		assert_int_equal(screen, KILLED_DRAFT_FOUND);
		expect_words(desk->session, "1 change to Acme from");
		session_send(desk->session, "c");
		expect_text(desk->session, "was Enabled");
	}
	assert_true(killed_desk_service_holds(desk,
					      "{\"hostname\":\"sip.acme.example\",\"port\":5071}"));
}

static const struct killed_story STORY = {
	.script = "settings {\"status\":\"ENABLED\",\"sip\":{\"status\":\"ENABLED\",\"servers\":"
		  "[{\"hostname\":\"sip.acme.example\",\"port\":5071}]}}\n",
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
	killed_story_tell(&STORY, CALLS_NO_SPACE, 2, DISK_STRIDE);
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
