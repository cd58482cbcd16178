/*
 * A home in which nothing can be kept: on a read-only file system, on a small disk that is full, or
 * with a limit for files. The screens say so, nothing is sent that could not be told of afterwards,
 * but for an Emergency off after a question, and no edit is dropped without one.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "tests/support/call_stop.h"
#include "tests/support/key_desk.h"
#include "tests/support/run.h"

#include <stdlib.h>

static const char SETTINGS[] =
	"settings "
	"{\"status\":\"ENABLED\",\"sip\":{\"status\":\"ENABLED\",\"servers\":[{\"hostname\":"
	"\"sip.acme.example\"}]}}\n";

static const struct key_desk_number NUMBERS[] = {
	{ .label = "Acme", .key = "{\"command\":[\"echo\",\"key-of-acme\"]}" },
	{ .label = NULL },
};

static const char NO_FILE_MAY_GROW[] = "ulimit -f 0; exec \"$0\"";
static const char FULL_DISK[] =
	"exec unshare -rm sh -c 'mkdir -p ~/.local/share && "
	"mount -t tmpfs -o size=64k none ~/.local/share && "
	"! head -c 100000 /dev/zero 2>/dev/null >~/.local/share/full && exec \"$0\"' \"$0\"";

/* A container may forbid it. */
static bool can_mount(void)
{
	struct run run;
	run_start(&run,
		  (const char *const[]) { "unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt",
					  NULL },
		  NULL);
	bool can = run_finish(&run, SESSION_DEADLINE_MS) && run.status == 0;
	if (!can)
		print_message("no small disk: %s", run.errors.bytes);
	run_release(&run);
	return can;
}

/* Opens Acme, on a machine that this line of a shell prepares; it ends in $0. */
static struct call_stop *acme_open(struct key_desk *desk, const char *shell, bool is_read_only)
{
	key_desk_prepare(desk, SETTINGS, NUMBERS);
	char *path = mem_format("%s/calls", desk->home);
	char *variable = mem_format("SHIM_CALLS_FILE=%s", path);
	char *program = session_built("sipdesk");
	char *shim = session_built("tests/shim/call_stop.so");
	struct call_stop *calls = call_stop_map(path);
	call_stop_set(calls, is_read_only ? CALLS_READ_ONLY : CALLS_COUNTED, 0);
	desk->session = session_start(&(struct session_options) {
		.arguments = (const char *const[]) { "/bin/sh", "-c", shell, program, NULL },
		.environment = (const char *const[]) { variable, NULL },
		.preload = shim,
		.home = desk->home,
	});
	desk->desk.session = desk->session;
	assert_non_null(desk->session);
	expect_text(desk->session, "Add a number");
	key_desk_enter(desk, "Acme");
	expect_text(desk->session, "Additional codecs");
	free(shim);
	free(program);
	free(variable);
	free(path);
	return calls;
}

static void change_and_send(struct key_desk *desk)
{
	session_send(desk->session, "<Space>");
	expect_text(desk->session, "1 changed");
	session_send(desk->session, "<F2>");
	expect_text(desk->session, "y Send");
	session_send(desk->session, "y");
}

static void end(struct key_desk *desk, struct call_stop *calls, long posts)
{
	assert_int_equal(fault_server_count(&desk->desk.service, "posts"), posts);
	call_stop_unmap(calls);
	key_desk_close(desk);
}

static void test_read_only_home(void **state)
{
	(void)state;
	struct key_desk desk;
	struct call_stop *calls = acme_open(&desk, "exec \"$0\"", true);
	expect_text(desk.session, "Cannot make the folder");
	change_and_send(&desk);
	expect_text(desk.session, "Cannot make the folder");
	session_send(desk.session, "<F10>");
	expect_words(desk.session, "The changes to Acme were not sent and would be lost.");
	session_send(desk.session, "n");
	expect_gone(desk.session, "would be lost");
	session_send(desk.session, "<Esc>");
	expect_text(desk.session, "1 changed");
	end(&desk, calls, 0);
}

static void test_nothing_can_be_written(void **state)
{
	static const struct {
		const char *shell, *why;
	} CASES[] = {
		{ NO_FILE_MAY_GROW, "File too large." },
		{ FULL_DISK, "No space left on device." },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct key_desk desk;
		if (CASES[i].shell == FULL_DISK && !can_mount())
			continue;
		struct call_stop *calls = acme_open(&desk, CASES[i].shell, false);
		change_and_send(&desk);
		expect_row(desk.session, "Not applied");
		expect_words(desk.session, "Your draft is kept. The history of this number cannot "
					   "be written");
		expect_words(desk.session, CASES[i].why);
		session_send(desk.session, "<Esc>");
		expect_text(desk.session, "1 changed");
		session_send(desk.session, "<F10>");
		expect_words(desk.session, "The changes to Acme were not sent and would be lost.");
		end(&desk, calls, 0);
	}
}

/* What stops calls that must not go there does not wait for a disk; but nobody is fooled. */
static void test_emergency_off_goes_on(void **state)
{
	static const struct {
		const char *shell;
		bool is_read_only;
		const char *why;
	} CASES[] = {
		{ "exec \"$0\"", true, "Cannot make the folder" },
		{ NO_FILE_MAY_GROW, false, "The history of this number cannot be written" },
		{ FULL_DISK, false, "No space left on device." },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct key_desk desk;
		if (CASES[i].shell == FULL_DISK && !can_mount())
			continue;
		struct call_stop *calls = acme_open(&desk, CASES[i].shell, CASES[i].is_read_only);
		session_send(desk.session, "o");
		expect_text(desk.session, "1 request, then read back.");
		session_send(desk.session, "y");
		expect_text(desk.session, "Switch SIP off all the same?");
		expect_words(desk.session, CASES[i].why);
		expect_words(desk.session, "No record of it can be kept");
		assert_int_equal(fault_server_count(&desk.desk.service, "posts"), 0);
		session_send(desk.session, "y");
		expect_row(desk.session, "Applied");
		expect_words(desk.session, "No record of it was kept");
		session_send(desk.session, "<Esc>");
		expect_words(desk.session, "SIP signalling Disabled");
		session_send(desk.session, "n"); /* nothing is known of it any more */
		expect_words(desk.session, "enable SIP signalling in its row, and review.");
		end(&desk, calls, 1);
	}
}

static void test_emergency_off_waits_for_a_yes(void **state)
{
	struct key_desk desk;
	(void)state;
	struct call_stop *calls = acme_open(&desk, NO_FILE_MAY_GROW, false);
	session_send(desk.session, "o");
	expect_text(desk.session, "1 request, then read back.");
	session_send(desk.session, "y");
	expect_text(desk.session, "Switch SIP off all the same?");
	session_send(desk.session, "n");
	expect_row(desk.session, "Not applied");
	session_send(desk.session, "<Esc>");
	expect_words(desk.session, "SIP signalling Enabled");
	end(&desk, calls, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read_only_home),
		cmocka_unit_test(test_nothing_can_be_written),
		cmocka_unit_test(test_emergency_off_goes_on),
		cmocka_unit_test(test_emergency_off_waits_for_a_yes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
