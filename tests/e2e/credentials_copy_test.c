/* F8 on the SIP credentials: what goes to the terminal's clipboard, when, and for how long. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/support/child.h"
#include "tests/support/desk.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NUMBER = 1 /* of the practice numbers; SIP with DTLS */ };

static const char CLEAR[] = "\033]52;c;\a";
static const char PASSWORD[] = "planted-password-5";
static const char PASSWORD_SENT[] = "\033]52;c;cGxhbnRlZC1wYXNzd29yZC01\a";

/* A number with two SIP servers, whose user passwords may be copied or not. */
struct copying {
	struct fault_server service;
	struct session *session;
	char *home;
	char *clock; /* how far the program's clock is ahead */
};

/* `preferences` is config.json; NULL: there is none. */
static void copying_begin(struct copying *copying, const char *preferences)
{
	static const char SCRIPT[] =
		"settings {\"sip\":{\"status\":\"ENABLED\",\"servers\":[{\"hostname\":"
		"\"sip.acme.example\",\"sip_user_password\":\"planted-password-5\"},{\"hostname\":"
		"\"sip.other.example\",\"sip_user_password\":\"planted-password-6\"}]}}\n";
	fault_server_start(&copying->service, SCRIPT);
	copying->home = child_folder_make();
	copying->clock = mem_format("%s/clock", copying->home);
	char *folder = mem_format("%s/.config/sipdesk", copying->home);
	char *file = mem_format("%s/config.json", folder);
	char *key_file = mem_format("%s/key", copying->home);
	static const int64_t now;
	assert_true(file_write_whole(copying->clock, (const char *)&now, sizeof now, 0600, NULL));
	assert_true(file_write_whole(key_file, DESK_KEY, strlen(DESK_KEY), 0600, NULL));
	assert_true(file_folder_make(folder, NULL));
	if (preferences != NULL)
		assert_true(file_write_whole(file, preferences, strlen(preferences), 0600, NULL));
	char *program = session_built("sipdesk");
	char *preload = session_built("tests/shim/ahead_clock.so");
	char *ahead = mem_format("SHIM_AHEAD_FILE=%s", copying->clock);
	const char *const environment[] = { ahead, NULL };
	const char *const arguments[] = { program,	"--api-url", copying->service.url,
					  "--key-file", key_file,    NULL };
	copying->session = session_start(&(struct session_options) { .arguments = arguments,
								     .environment = environment,
								     .preload = preload,
								     .columns = 160, /* for paths */
								     .home = copying->home });
	assert_non_null(copying->session);
	free(ahead);
	free(preload);
	free(program);
	free(key_file);
	free(file);
	free(folder);
}

static void copying_end(struct copying *copying)
{
	assert_true(session_close(copying->session));
	fault_server_stop(&copying->service);
	child_folder_remove(copying->home);
	free(copying->clock);
	free(copying->home);
}

static void password_copy(struct session *session)
{
	expect_text(session, "F6 reveal");
	session_send(session, "<F6>");
	expect_text(session, PASSWORD);
	expect_cursor_on(session, "SIP user password");
	session_send(session, "<F8>");
}

static void time_passes(const struct copying *copying, int64_t ms)
{
	int clock = open(copying->clock, O_WRONLY | O_CLOEXEC);
	assert_true(clock >= 0);
	assert_int_equal(pwrite(clock, &ms, sizeof ms, 0), sizeof ms);
	assert_int_equal(close(clock), 0);
	session_send(copying->session, "<C-l>"); /* it notices with its next event */
}

static void the_preference_decides(void **state)
{
	static const struct {
		const char *preferences;
		bool allows;
		const char *at_start; /* what it says of the file */
	} CASES[] = {
		{ NULL, false, "Reload" },
		{ "{}", false, "Reload" },
		{ "{\"schema\":1,\"copy_passwords\":false}", false, "Reload" },
		{ "{\"schema\":1,\"copy_passwords\":true}", true, "Reload" },
		{ "{\"copy_passwords\":\"yes\"}", false, "“copy_passwords” is neither true nor" },
		{ "{\"copy_paswords\":true}", false, "“copy_paswords” is not known." },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct copying copying;
		copying_begin(&copying, CASES[i].preferences);
		struct session *session = copying.session;
		expect_words(session, CASES[i].at_start);
		session_send(session, "<Down>");
		password_copy(session);
		if (CASES[i].allows) {
			expect_words(session, "The password was sent to your terminal's clipboard; "
					      "it is cleared there after 45 s.");
			assert_true(session_output_contains(session, PASSWORD_SENT));
		} else {
			expect_words(session, "Not sent, since other programs read a clipboard; "
					      "{\"copy_passwords\": true} in");
			expect_text(session, "/.config/sipdesk/config.json");
			assert_false(session_output_contains(session, "\033]52"));
		}
		copying_end(&copying);
	}
}

/* By time, however sipdesk is left or set aside, and only while it is there. */
static void the_clipboard_is_cleared(void **state)
{
	static const struct {
		const char *keys; /* after the copy */
		int signal;
		bool clears;
	} CASES[] = {
		{ "<C-q>", 0, true },
		{ "<C-x>", 0, true },
		{ "", SIGTERM, true },
		{ "", SIGTSTP, true },
		/* The realm takes its place, and is the person's to keep. */
		{ "<Up><F8><C-q>", 0, false },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct copying copying;
		copying_begin(&copying, "{\"copy_passwords\":true}");
		struct session *session = copying.session;
		password_copy(session);
		assert_true(session_wait_output(session, PASSWORD_SENT));
		assert_false(session_output_contains(session, CLEAR));
		session_send(session, CASES[i].keys);
		if (CASES[i].signal != 0)
			session_signal(session, CASES[i].signal);
		if (CASES[i].clears)
			assert_true(session_wait_output(session, CLEAR));
		else
			expect_exit(session, 0);
		assert_true(session_output_contains(session, CLEAR) == CASES[i].clears);
		copying_end(&copying);
	}
}

static void the_clipboard_is_cleared_after_45_seconds(void **state)
{
	struct copying copying;
	(void)state;
	copying_begin(&copying, "{\"copy_passwords\":true}");
	struct session *session = copying.session;
	password_copy(session);
	assert_true(session_wait_output(session, PASSWORD_SENT));
	time_passes(&copying, 40000);
	expect_text(session, "F6 reveal"); /* hidden long since */
	assert_false(session_output_contains(session, CLEAR));
	time_passes(&copying, 46000);
	assert_true(session_wait_output(session, CLEAR));
	/* And not once more when it is left. */
	size_t cleared = session_bytes(session);
	session_send(session, "<C-q>");
	expect_exit(session, 0);
	assert_null(memmem(session->output.bytes + cleared, session_bytes(session) - cleared, CLEAR,
			   strlen(CLEAR)));
	copying_end(&copying);
}

static void what_is_hidden_is_not_copied(void **state)
{
	struct copying copying;
	(void)state;
	copying_begin(&copying, "{\"copy_passwords\":true}");
	struct session *session = copying.session;
	password_copy(session);
	assert_true(session_wait_output(session, PASSWORD_SENT));
	size_t sent = session_bytes(session);
	session_send(session, "<F6>");
	expect_text(session, "F6 reveal");
	session_send(session, "<F8>");
	expect_text(session, "The password is not shown: F6 reveals it first.");
	assert_null(memmem(session->output.bytes + sent, session_bytes(session) - sent, "\033]52",
			   strlen("\033]52")));
	copying_end(&copying);
}

/* Each row is what the trunk needs, and F8 sends it. */
static void facts_are_copied(void **state)
{
	static const struct {
		const char *row, *sent, *says;
	} CASES[] = {
		{ "User name              12025550102",
		  "MTIwMjU1NTAxMDI=", "User name was sent to your terminal's clipboard." },
		{ "Realm                  wa.meta.vc",
		  "d2EubWV0YS52Yw==", "Realm was sent to your terminal's clipboard." },
		{ "Proxy                  wa.meta.vc:5061;transport=tls",
		  "d2EubWV0YS52Yzo1MDYxO3RyYW5zcG9ydD10bHM=",
		  "Proxy was sent to your terminal's clipboard." },
		{ "From domain            sip.bakery.example", "c2lwLmJha2VyeS5leGFtcGxl",
		  "From domain was sent to your terminal's clipboard." },
	};
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, NUMBER);
	struct session *session = desk.session;
	session_send(session, "<F6>");
	expect_text(session, "Hidden again in ");
	session_send(session, "<Home>");
	expect_cursor_on(session, CASES[0].row);
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		if (i > 0)
			desk_down_to(&desk, CASES[i].row);
		session_send(session, "<F8>");
		expect_text(session, CASES[i].says);
		char *sequence = mem_format("\033]52;c;%s\a", CASES[i].sent);
		assert_true(session_output_contains(session, sequence) ==
			    (CASES[i].sent[0] != '\0'));
		free(sequence);
	}
	desk_close(&desk);
}

static void each_server_has_its_own(void **state)
{
	struct copying copying;
	(void)state;
	copying_begin(&copying, NULL);
	struct session *session = copying.session;
	expect_text(session, "F6 reveal");
	session_send(session, "<F6>");
	expect_text(session, PASSWORD);
	expect_text(session, "planted-password-6");
	expect_row(session, "of SIP server          sip.other.example");
	expect_row(session, "From domain            the SIP server's hostname");
	session_send(session, "<End><F8>");
	expect_text(session, "It is not known here: there is nothing to copy.");
	session_send(session, "<Up><Up><F8>");
	expect_text(session, "of SIP server was sent to your terminal's clipboard.");
	assert_true(session_output_contains(session, "\033]52;c;c2lwLm90aGVyLmV4YW1wbGU=\a"));
	copying_end(&copying);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_preference_decides),
		cmocka_unit_test(the_clipboard_is_cleared),
		cmocka_unit_test(the_clipboard_is_cleared_after_45_seconds),
		cmocka_unit_test(what_is_hidden_is_not_copied),
		cmocka_unit_test(facts_are_copied),
		cmocka_unit_test(each_server_has_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
