/*
 * No secret stays in memory when its time is over: all that the running program can write is
 * searched after a hide and after a lock.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/support/adding.h"
#include "tests/support/child.h"
#include "tests/support/desk.h"
#include "tests/support/memory_scan.h"
#include "tests/support/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	QUIET_MS = 50,
	SCREENS_OF_CURSES = 3, /* what is drawn, what is shown, what shall be shown */
	LARGE_ANSWER = 200 * 1000,
	FILE_MAX = 4096,
};

/* --- looking ---------------------------------------------------------------------------------- */

/* Why memory cannot be searched here; NULL: it can. */
static const char *why_not(void)
{
#ifdef __SANITIZE_ADDRESS__
	return "the sanitizer itself keeps copies of what was freed";
#else
	return memory_can_be_scanned()
		       ? NULL
		       : "this user may not read the memory of a process that is not dumpable";
#endif
}

#define SKIP_UNLESS_MEMORY_CAN_BE_READ()                           \
	do {                                                       \
		if (why_not() != NULL) {                           \
			print_message("skipped: %s\n", why_not()); \
			skip();                                    \
		}                                                  \
	} while (false)

static void scan_at_rest(struct memory_scan *scan, const struct secrets *secrets,
			 struct session *session)
{
	(void)session_wait_quiet(session, QUIET_MS);
	assert_true(memory_scan(scan, secrets, session->id));
}

/* A message of cmocka has no room for it. */
static void scan_fail(const struct memory_scan *scan, const char *when)
{
	(void)fprintf(stderr, "%s", scan->where.bytes);
	fail_msg("in memory %s: %zu KiB searched", when, scan->scanned / 1024);
}

static void expect_nothing(const struct secrets *secrets, struct session *session, const char *when)
{
	struct memory_scan scan;
	scan_at_rest(&scan, secrets, session);
	if (scan.where.length > 0)
		scan_fail(&scan, when);
	memory_scan_release(&scan);
}

static size_t copies_of(const struct secrets *secrets, struct session *session, size_t secret,
			enum secrets_coding coding)
{
	struct memory_scan scan;
	scan_at_rest(&scan, secrets, session);
	size_t copies = scan.copies[secret][coding];
	memory_scan_release(&scan);
	return copies;
}

static void lock(struct session *session)
{
	session_send(session, "<C-x>");
	expect_text(session, "sipdesk is locked");
}

/* --- the SIP user password -------------------------------------------------------------------- */

static void revealed_start(struct stage *stage, const char *faults)
{
	stage_init(stage);
	stage_serve(stage, faults);
	stage_enter(stage);
	expect_text(stage->session, "Media");
	stage_reveal(stage);
}

/* The search finds what is there, where it must be. */
static void while_it_is_shown_it_is_found(void **state)
{
	struct stage stage;
	(void)state;
	SKIP_UNLESS_MEMORY_CAN_BE_READ();
	revealed_start(&stage, "");
	assert_true(copies_of(stage.shown, stage.session, 0, SECRETS_PLAIN) >= 1);
	assert_int_equal(copies_of(stage.shown, stage.session, 0, SECRETS_CELLS),
			 SCREENS_OF_CURSES);
	stage_release(&stage);
}

/* What goes on while it is shown. */
static void nothing_happens(struct session *session)
{
	(void)session;
}

static void seconds_go_by(struct session *session)
{
	expect_text(session, "Hidden again in 17 s");
}

/* It then stands late in what was sent. */
static void screen_is_drawn_again(struct session *session)
{
	size_t before = session_bytes(session);
	session_send(session, "<C-l>");
	assert_true(session_wait_output_after(session, before));
}

static void window_grows(struct session *session)
{
	size_t before = session_bytes(session);
	session_resize(session, 40, 120);
	assert_true(session_wait_output_after(session, before));
}

static const struct {
	void (*meanwhile)(struct session *session);
	const char *keys;  /* that hide it, or leave */
	const char *there; /* what is shown then */
} HIDES[] = {
	{ nothing_happens, "<F6>", "F6 reveal" },
	{ seconds_go_by, "<F6>", "F6 reveal" },
	{ screen_is_drawn_again, "<F6>", "F6 reveal" },
	{ window_grows, "<F6>", "F6 reveal" },
	{ nothing_happens, "<Esc>", "Media" },
	{ screen_is_drawn_again, "<Esc>", "Media" },
	{ nothing_happens, "<F1>", "Keys here" },
	{ window_grows, "<F1>", "Keys here" },
	{ nothing_happens, "<F9>", "All actions" },
	{ screen_is_drawn_again, "<F9>", "All actions" },
};

static void hidden_it_is_nowhere(void **state)
{
	struct stage stages[ARRAY_LENGTH(HIDES)];
	(void)state;
	SKIP_UNLESS_MEMORY_CAN_BE_READ();
	for (size_t i = 0; i < ARRAY_LENGTH(HIDES); i++)
		revealed_start(&stages[i], "");
	for (size_t i = 0; i < ARRAY_LENGTH(HIDES); i++) {
		struct session *session = stages[i].session;
		HIDES[i].meanwhile(session);
		expect_text(session, stages[i].password);
		(void)session_wait_quiet(session, QUIET_MS);
		session_send(session, HIDES[i].keys);
		expect_text(session, HIDES[i].there);
		expect_gone(session, stages[i].password);
		expect_nothing(stages[i].shown, session, "after a hide");
		stage_release(&stages[i]);
	}
}

/* The library that encrypts has buffers of its own, for as long as a connection is kept. */
static void over_tls_it_is_nowhere(void **state)
{
	struct stage stage;
	(void)state;
	SKIP_UNLESS_MEMORY_CAN_BE_READ();
	stage_init(&stage);
	stage_serve_tls(&stage, "");
	stage_enter(&stage);
	expect_text(stage.session, "Media");
	stage_reveal(&stage);
	stage_hide(&stage);
	expect_nothing(stage.shown, stage.session, "after a hide");
	lock(stage.session);
	expect_nothing(stage.hidden, stage.session, "after a lock");
	stage_release(&stage);
}

/* API.md has samples of it: a service may show the password unasked. It is large, too. */
static void sent_unasked_it_is_nowhere(void **state)
{
	struct stage stage;
	struct str script;
	(void)state;
	SKIP_UNLESS_MEMORY_CAN_BE_READ();
	stage_init(&stage);
	str_init(&script);
	char *password = secrets_coded(stage.shown, 0, SECRETS_JSON);
	for (int nth = 1; nth <= 2; nth++) {
		str_addf(&script,
			 "GET %d answer 200 "
			 "{\"calling\":{\"status\":\"ENABLED\",\"sip\":{\"status\":"
			 "\"ENABLED\",\"servers\":[{\"hostname\":\"localhost\","
			 "\"sip_user_password\":\"%s\"}]},\"x\":\"",
			 nth, password);
		for (size_t i = 0; i < LARGE_ANSWER; i++)
			str_add_char(&script, 'x');
		str_add(&script, "\"}}\n");
	}
	stage_serve(&stage, script.bytes);
	stage_enter(&stage);
	expect_text(stage.session, "Media");
	expect_nothing(stage.shown, stage.session, "after a reading");
	stage_reveal(&stage);
	stage_hide(&stage);
	expect_nothing(stage.shown, stage.session, "after a hide");
	free(password);
	str_release(&script);
	stage_release(&stage);
}

/* Where its owner has switched that on. */
static void sent_to_the_clipboard_it_is_nowhere(void **state)
{
	static const char WISH[] = "{\"schema\":1,\"copy_passwords\":true}\n";
	struct stage stage;
	struct err err;
	(void)state;
	SKIP_UNLESS_MEMORY_CAN_BE_READ();
	stage_init(&stage);
	stage_serve(&stage, "");
	char *folder = mem_format("%s/config/sipdesk", stage.machine.folder);
	char *path = mem_format("%s/config.json", folder);
	assert_true(file_folder_make(folder, &err));
	assert_true(file_write_whole(path, WISH, strlen(WISH), 0600, &err));
	stage_enter(&stage);
	expect_text(stage.session, "Media");
	stage_reveal(&stage);
	expect_cursor_on(stage.session, "SIP user password");
	session_send(stage.session, "<F8>");
	char *coded = secrets_coded(stage.shown, 0, SECRETS_BASE64);
	assert_true(session_wait_output(stage.session, coded));
	stage_hide(&stage);
	expect_nothing(stage.shown, stage.session, "after it was copied and hidden");
	free(coded);
	free(path);
	free(folder);
	stage_release(&stage);
}

/* The only child of a shell. */
static pid_t child_of(pid_t shell)
{
	struct err err;
	struct str children;
	char *path = mem_format("/proc/%d/task/%d/children", (int)shell, (int)shell);
	str_init(&children);
	assert_true(file_read(path, FILE_MAX, &children, &err));
	pid_t child = (pid_t)strtol(children.bytes, NULL, 10);
	assert_true(child > 0);
	str_release(&children);
	free(path);
	return child;
}

/* With job control, as in a shell. */
static void suspended_it_is_nowhere(void **state)
{
	static const char *const ARGUMENTS[] = { "-i", NULL };
	struct stage stage;
	struct memory_scan scan;
	(void)state;
	SKIP_UNLESS_MEMORY_CAN_BE_READ();
	stage_init(&stage);
	stage_serve(&stage, "");
	machine_environment_add(&stage.machine, "PS1=ready> ");
	stage.session = machine_session(&stage.machine, "sh", ARGUMENTS);
	expect_text(stage.session, "ready>");
	char *program = session_built("sipdesk");
	char *command =
		mem_format("%s --api-url %s --key-file %s\r", program, stage.url, stage.key_file);
	session_type(stage.session, command);
	expect_text(stage.session, "Media");
	stage_reveal(&stage);
	session_send(stage.session, "<C-z>");
	expect_text(stage.session, "Stopped");
	assert_true(memory_scan(&scan, stage.shown, child_of(stage.session->id)));
	if (scan.where.length > 0)
		scan_fail(&scan, "while it is suspended");
	memory_scan_release(&scan);
	session_type(stage.session, "fg\r");
	expect_text(stage.session, "F6 reveal");
	session_send(stage.session, "<C-q>");
	expect_cursor_on(stage.session, "ready>");
	session_type(stage.session, "exit\r");
	expect_exit(stage.session, 0);
	free(command);
	free(program);
	stage_release(&stage);
}

/* --- keys and passphrase ---------------------------------------------------------------------- */

/* The list, with nothing in it. */
static void list_start(struct stage *stage, const char *faults, const char **passphrase)
{
	static const char *const none[] = { NULL };
	stage_init(stage);
	*passphrase = secrets_plant(stage->hidden, SECRETS_PASSPHRASE, "the passphrase");
	stage_serve(stage, faults);
	stage->session = machine_session(&stage->machine, NULL, none);
	expect_text(stage->session, "Add a number");
}

static struct adding adding_of(const struct stage *stage, enum key_source_kind kept)
{
	return (struct adding) {
		.label = "Acme", .api_url = stage->url, .kept = kept, .secret = stage->key
	};
}

static void in_the_form(struct stage *stage, const char *passphrase)
{
	struct adding adding = adding_of(stage, KEY_SOURCE_ASK);
	(void)passphrase;
	adding_fill(stage->session, &adding);
}

static void before_saving(struct stage *stage, const char *passphrase)
{
	in_the_form(stage, passphrase);
	session_send(stage->session, "<F2>");
	expect_text(stage->session, "This key opens");
}

static void in_the_settings(struct stage *stage, const char *passphrase)
{
	before_saving(stage, passphrase);
	session_send(stage->session, "<Enter>");
	expect_text(stage->session, "Media");
}

static void at_the_password(struct stage *stage, const char *passphrase)
{
	in_the_settings(stage, passphrase);
	stage_reveal(stage);
}

static void at_the_passphrase(struct stage *stage, const char *passphrase)
{
	struct adding adding = adding_of(stage, KEY_SOURCE_VAULT);
	adding_try(stage->session, &adding);
	session_send(stage->session, "<Enter>");
	expect_text(stage->session, "New vault");
	session_type(stage->session, passphrase);
}

static void at_the_passphrase_again(struct stage *stage, const char *passphrase)
{
	at_the_passphrase(stage, passphrase);
	session_send(stage->session, "<Enter>");
	expect_text(stage->session, "Once more");
	session_type(stage->session, passphrase);
}

static void with_an_open_vault(struct stage *stage, const char *passphrase)
{
	at_the_passphrase_again(stage, passphrase);
	session_send(stage->session, "<Enter>");
	expect_text(stage->session, "Media");
}

static void with_the_vault_unlocked_again(struct stage *stage, const char *passphrase)
{
	with_an_open_vault(stage, passphrase);
	lock(stage->session);
	session_send(stage->session, "<Enter>");
	expect_text(stage->session, "Passphrase");
	session_type(stage->session, passphrase);
	session_send(stage->session, "<Enter>");
	expect_text(stage->session, "Media");
	session_send(stage->session, "<F5>");
	expect_text(stage->session, "read ");
}

static void after_a_wrong_passphrase(struct stage *stage, const char *passphrase)
{
	with_an_open_vault(stage, passphrase);
	lock(stage->session);
	session_send(stage->session, "<Enter>");
	expect_text(stage->session, "Passphrase");
	session_type(stage->session, stage->key);
	session_send(stage->session, "<Enter>");
	expect_text(stage->session, "does not open the vault");
	session_send(stage->session, "<Esc>");
	expect_text(stage->session, "sipdesk is locked");
}

static void with_a_command(struct stage *stage, const char *passphrase)
{
	char *command = mem_format("cat %s", stage->key_file);
	struct adding adding = adding_of(stage, KEY_SOURCE_COMMAND);
	(void)passphrase;
	adding.secret = command;
	adding_try(stage->session, &adding);
	session_send(stage->session, "<Enter>");
	expect_text(stage->session, "Media");
	free(command);
}

static void asked_for_the_key(struct stage *stage, const char *passphrase)
{
	in_the_settings(stage, passphrase);
	lock(stage->session);
	session_send(stage->session, "<Enter>");
	expect_text(stage->session, "Media");
	session_send(stage->session, "<F5>");
	expect_text(stage->session, "Type or paste the API key");
	session_paste(stage->session, stage->key);
	expect_text(stage->session, "32 characters, not shown");
}

/* How many of each there are, all in pages of their own: not one more. */
static const struct {
	void (*go)(struct stage *stage, const char *passphrase);
	const char *when;
	size_t keys, passphrases;
} SITUATIONS[] = {
	{ in_the_form, "in the form", 1, 0 },
	{ before_saving, "before saving", 2, 0 }, /* the form's, that of what will be saved */
	{ in_the_settings, "in the settings", 1, 0 },
	{ at_the_password, "at the password", 1, 0 },
	{ at_the_passphrase, "at the passphrase", 3, 1 }, /* as before, the vault's to be */
	{ at_the_passphrase_again, "at the passphrase again", 3, 2 },
	{ with_an_open_vault, "with an open vault", 2, 1 }, /* the number's, the vault's */
	{ with_the_vault_unlocked_again, "with the vault unlocked again", 2, 1 },
	{ after_a_wrong_passphrase, "after a wrong passphrase", 0, 0 },
	{ with_a_command, "with a command", 1, 0 },
	{ asked_for_the_key, "asked for the key", 1, 0 },
};

static void locked_nothing_is_left(void **state)
{
	(void)state;
	SKIP_UNLESS_MEMORY_CAN_BE_READ();
	for (size_t i = 0; i < ARRAY_LENGTH(SITUATIONS); i++) {
		struct stage stage;
		struct memory_scan scan;
		const char *passphrase;
		list_start(&stage, "", &passphrase);
		SITUATIONS[i].go(&stage, passphrase);
		scan_at_rest(&scan, stage.hidden, stage.session);
		if (memory_scan_copies(&scan, 0) != SITUATIONS[i].keys ||
		    memory_scan_copies(&scan, 1) != SITUATIONS[i].passphrases ||
		    strchr(scan.where.bytes, '[') != NULL)
			scan_fail(&scan, SITUATIONS[i].when);
		memory_scan_release(&scan);
		if (SITUATIONS[i].keys > 0)
			lock(stage.session);
		expect_nothing(stage.hidden, stage.session, "after a lock");
		expect_nothing(stage.shown, stage.session, "after a lock");
		stage_release(&stage);
	}
}

static void settings_start(struct stage *stage, const char *faults)
{
	const char *passphrase;
	list_start(stage, faults, &passphrase);
	in_the_settings(stage, passphrase);
}

/* Nobody waits for its answer any more. */
static void locked_while_it_reads_nothing_is_left(void **state)
{
	struct stage stage;
	(void)state;
	SKIP_UNLESS_MEMORY_CAN_BE_READ();
	settings_start(&stage, "GET 2 hang\n");
	session_send(stage.session, "<F5>");
	expect_text(stage.session, "reading");
	assert_true(copies_of(stage.hidden, stage.session, 0, SECRETS_PLAIN) > 1);
	lock(stage.session);
	expect_nothing(stage.hidden, stage.session, "after a lock");
	stage_release(&stage);
}

/* A send goes on behind the lock, until its outcome is known; then its key goes, too. */
static void locked_while_it_sends_nothing_is_left_in_the_end(void **state)
{
	struct stage stage;
	struct desk desk;
	(void)state;
	SKIP_UNLESS_MEMORY_CAN_BE_READ();
	settings_start(&stage, "POST 1 delay 1000\n");
	desk.session = stage.session;
	desk_go_to(&desk, "Callback permission");
	session_send(stage.session, "<Space>");
	desk_review(&desk);
	session_send(stage.session, "y");
	expect_text(stage.session, "Esc Cancel");
	lock(stage.session);
	int64_t deadline = child_now_ms() + SESSION_DEADLINE_MS;
	while (copies_of(stage.hidden, stage.session, 0, SECRETS_PLAIN) > 0)
		assert_true(child_now_ms() < deadline);
	expect_nothing(stage.hidden, stage.session, "after a send behind a lock");
	assert_int_equal(fault_server_count(&stage.service, "posts"), 1);
	assert_int_equal(fault_server_count(&stage.service, "gets"), 3);
	stage_release(&stage);
}

static void form_discarded(struct stage *stage, const char *passphrase)
{
	in_the_form(stage, passphrase);
	session_send(stage->session, "<Esc>");
	expect_text(stage->session, "Discard");
	session_send(stage->session, "y");
	expect_text(stage->session, "Add a number");
}

static void key_refused(struct stage *stage, const char *passphrase)
{
	in_the_settings(stage, passphrase);
	session_send(stage->session, "<F5>");
	expect_words(stage->session, "does not take this API key");
}

/* No lock is needed where a key is of no use any more. */
static void given_up_it_is_nowhere(void **state)
{
	static void (*const GOES[])(struct stage * stage,
				    const char *passphrase) = { form_discarded, key_refused };
	(void)state;
	SKIP_UNLESS_MEMORY_CAN_BE_READ();
	for (size_t i = 0; i < ARRAY_LENGTH(GOES); i++) {
		struct stage stage;
		const char *passphrase;
		list_start(&stage, "GET 2 answer 401\n", &passphrase);
		GOES[i](&stage, passphrase);
		expect_nothing(stage.hidden, stage.session, "after it was given up");
		stage_release(&stage);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(while_it_is_shown_it_is_found),
		cmocka_unit_test(hidden_it_is_nowhere),
		cmocka_unit_test(over_tls_it_is_nowhere),
		cmocka_unit_test(sent_unasked_it_is_nowhere),
		cmocka_unit_test(sent_to_the_clipboard_it_is_nowhere),
		cmocka_unit_test(suspended_it_is_nowhere),
		cmocka_unit_test(locked_nothing_is_left),
		cmocka_unit_test(locked_while_it_reads_nothing_is_left),
		cmocka_unit_test(locked_while_it_sends_nothing_is_left_in_the_end),
		cmocka_unit_test(given_up_it_is_nowhere),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
