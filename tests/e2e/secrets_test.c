/*
 * No secret is anywhere it should not be: after sessions of every kind, with every end, what they
 * wrote is searched for what was planted.
 *
 * Sessions of one table run side by side, since some wait for the service as a person would.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/support/adding.h"
#include "tests/support/desk.h"
#include "tests/support/stage.h"
#include "tests/support/written.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	ECHOED_REQUESTS = 3, /* a reading is tried so often */
	LOG_MAX = 1024 * 1024,
	COMMAND_WORDS_MAX = 14,
};

/* --- how sessions go and end ------------------------------------------------------------------ */

static void stage_play(struct stage *stage)
{
	stage_init(stage);
	stage_serve(stage, "");
	stage_enter(stage);
	expect_text(stage->session, "Media");
}

static void lock(struct stage *stage)
{
	session_send(stage->session, "<C-x>");
	expect_text(stage->session, "sipdesk is locked");
}

/* It is asked for again, since the lock has wiped it. */
static void key_type(struct stage *stage)
{
	lock(stage);
	session_send(stage->session, "<Enter>");
	expect_text(stage->session, "Media");
	session_send(stage->session, "<F5>");
	expect_text(stage->session, "Type or paste the API key");
	session_type(stage->session, stage->key);
	expect_text(stage->session, "32 characters, not shown");
}

/* Everything that a session can do beside the reveal. */
static void whole_session(struct stage *stage)
{
	struct session *session = stage->session;
	struct desk desk = { .session = session };
	stage_reveal(stage);
	stage_processes_are_clean(stage);
	stage_hide(stage);
	session_send(session, "<Esc>");
	expect_text(session, "Media");
	desk_go_to(&desk, "Callback permission");
	session_send(session, "<Space>");
	desk_review(&desk);
	session_send(session, "b");
	expect_text(session, "D360-API-KEY: (the number's key)");
	session_send(session, "q");
	expect_text(session, "then read back.");
	session_send(session, "c");
	expect_text(session, "$D360_API_KEY");
	session_send(session, "q");
	expect_text(session, "then read back.");
	session_send(session, "y");
	expect_row(session, "Applied");
	session_send(session, "<Esc>");
	expect_text(session, "Media");
	session_send(session, "<F7>");
	expect_text(session, "› TLS check");
	stage_processes_are_clean(stage);
	session_send(session, "<Esc>");
	expect_gone(session, "› TLS check");
	key_type(stage);
	session_send(session, "<Enter>");
	expect_text(session, "Media");
}

/* What a session has come to when it ends. */
static void (*const STATES[])(struct stage *stage) = { whole_session, stage_reveal, lock,
						       key_type };

static void leave(struct stage *stage)
{
	session_send(stage->session, "<F10>");
}

static void hang_up(struct stage *stage)
{
	session_hang_up(stage->session);
}

static const struct {
	void (*end)(struct stage *stage); /* NULL: by a signal */
	int signal;
	int status;
	bool is_orderly; /* the terminal is given back */
} ENDS[] = {
	{ .end = leave, .status = 0, .is_orderly = true },
	{ .end = hang_up, .status = 130 },
	{ .signal = SIGTERM, .status = 130, .is_orderly = true },
	{ .signal = SIGSEGV, .status = 128 + SIGSEGV },
	{ .signal = SIGABRT, .status = 128 + SIGABRT },
	{ .signal = SIGKILL, .status = 128 + SIGKILL },
};

/* The searches themselves: what is there is found. */
static void what_was_planted_would_be_found(void **state)
{
	struct stage stage;
	(void)state;
	stage_play(&stage);
	stage_reveal(&stage);
	size_t end = session_bytes(stage.session);
	secrets_tell(stage.hidden, false);
	secrets_tell(stage.shown, false);
	assert_true(written_bytes_have(stage.shown, stage.session, 0, end));
	assert_true(written_screens_have(stage.shown, stage.session, 0, end));
	struct run run;
	const char *const arguments[] = { "-c", "printf %s \"$1\" >\"$HOME/leak\"", "sh", stage.key,
					  NULL };
	machine_run(&stage.machine, &run, "sh", arguments);
	assert_int_equal(run.status, 0);
	assert_true(machine_has_secrets(&stage.machine, stage.hidden));
	char *told = secrets_coded(stage.hidden, 0, SECRETS_BASE64);
	assert_true(secrets_are_in(stage.hidden, "base64", told, strlen(told)));
	free(told);
	if (!machine_dumps_core(&stage.machine))
		print_message("no core file is written here: that none is left proves nothing\n");
	run_release(&run);
	stage_release(&stage);
}

static void end_session(struct stage *stage, size_t how)
{
	if (ENDS[how].end != NULL)
		ENDS[how].end(stage);
	else
		session_signal(stage->session, ENDS[how].signal);
	expect_exit(stage->session, ENDS[how].status);
	stage_terminal_is_clean(stage, ENDS[how].is_orderly);
	stage_files_are_clean(stage);
}

/* Each request so far is noted. */
static void expect_logged(const struct stage *stage)
{
	struct err err;
	struct str noted;
	str_init(&noted);
	assert_true(file_read(stage->log_file, LOG_MAX, &noted, &err));
	assert_non_null(strstr(noted.bytes, "/calling/settings"));
	str_release(&noted);
}

static void however_it_ends_nothing_is_left(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(ENDS); i++)
		for (size_t j = 0; j < ARRAY_LENGTH(STATES); j++) {
			struct stage stage;
			stage_play(&stage);
			STATES[j](&stage);
			end_session(&stage, i);
			expect_logged(&stage);
			stage_release(&stage);
		}
}

/* --- a service that repeats what it was sent -------------------------------------------------- */

/* "{key}" is replaced by the key in several codings, with a blank between, "{password}" by the
 * password as JSON writes it, "{N}" by N letters. */
static char *echo_fill(const struct stage *stage, const char *text)
{
	static const enum secrets_coding CODINGS[] = { SECRETS_PLAIN, SECRETS_PERCENT,
						       SECRETS_BASE64 };
	struct str out;
	str_init(&out);
	for (; *text != '\0'; text++) {
		char *end;
		long letters = *text == '{' ? strtol(text + 1, &end, 10) : 0;
		if (text_starts_with(text, "{key}")) {
			for (size_t i = 0; i < ARRAY_LENGTH(CODINGS); i++) {
				char *coded = secrets_coded(stage->hidden, 0, CODINGS[i]);
				str_addf(&out, "%s%s", i == 0 ? "" : " ", coded);
				free(coded);
			}
			text += strlen("{key}") - 1;
		} else if (text_starts_with(text, "{password}")) {
			char *coded = secrets_coded(stage->shown, 0, SECRETS_JSON);
			str_add(&out, coded);
			free(coded);
			text += strlen("{password}") - 1;
		} else if (letters > 0) {
			while (letters-- > 0)
				str_add_char(&out, 'x');
			text = end;
		} else {
			str_add_char(&out, *text);
		}
	}
	return str_detach(&out);
}

/* How a service answers: what follows METHOD and number in the fault server's script. */
static const struct echo {
	const char *directives[2];
	bool is_waited_on; /* a write so answered is followed by readings for seconds: left out */
} ECHOES[] = {
	{ .directives = { "answer 401 {\"meta\":{\"developer_message\":\"No number has "
			  "{key}\"}}" } },
	{ .directives = { "answer 403 {\"error\":{\"code\":10,\"message\":\"{key}\"}}" } },
	{ .directives = { "answer 400 "
			  "{\"error\":{\"code\":100,\"message\":\"no\",\"error_data\":{\"details\":"
			  "\"D360-API-KEY: {key} is not\"}}}" } },
	{ .directives = { "answer 400 {\"error\":\"bad request {key}\"}" } },
	{ .directives = { "answer 429 {\"error\":{\"message\":\"{key}\"}}",
			  "header Retry-After: 500" },
	  .is_waited_on = true },
	{ .directives = { "answer 500 <html><body>{key}</body></html>" }, .is_waited_on = true },
	{ .directives = { "answer 502 {key}" }, .is_waited_on = true },
	{ .directives = { "answer 200 {key}" }, .is_waited_on = true },
	{ .directives = { "answer 200 {\"success\":false,\"error\":{\"message\":\"{key}\"}}" },
	  .is_waited_on = true },
	{ .directives = { "answer 302", "header Location: https://a.test/?{key}" } },
	{ .directives = { "answer 404 {key}", "header Content-Type: text/{key}" } },
	/* Cut in the middle of it, wherever a text of ours ends. */
	{ .directives = { "answer 403 {\"error\":{\"code\":10,\"message\":\"{496}{key}\"}}" } },
	{ .directives = { "answer 403 {\"error\":{\"code\":10,\"message\":\"{430}{key}\"}}" } },
	{ .directives = { "answer 403 {\"error\":{\"code\":10,\"message\":\"{485} {key}\"}}" } },
	{ .directives = { "answer 403 <html><body>{145}{key}</body></html>" } },
	{ .directives = { "answer 403 <html><body>{120}{key}</body></html>" } },
	{ .directives = { "answer 302", "header Location: https://a.test/{225}{key}" } },
	{ .directives = { "answer 302", "header Location: https://a.test/{200}{key}" } },
	{ .directives = { "answer 302", "header Location: https://{key}@a.test/" } },
	/* What sipdesk has not asked for, and so does not know. */
	{ .directives = { "answer 400 "
			  "{\"error\":{\"message\":\"bad\",\"error_data\":{\"details\":\"got "
			  "{'sip_user_password':'{password}'}\"}}}" } },
	{ .directives = { "answer 403 <p>\"sip_user_password\":\"{password}\",\"a\":1" } },
};

/* The `first` request of its method is answered so, and those after it. */
static void echo_set(struct stage *stage, const struct echo *echo, const char *method, int first)
{
	struct str script;
	str_init(&script);
	stage_init(stage);
	for (int nth = first; nth < first + ECHOED_REQUESTS; nth++)
		for (size_t i = 0; i < ARRAY_LENGTH(echo->directives); i++) {
			if (echo->directives[i] == NULL)
				continue;
			char *directive = echo_fill(stage, echo->directives[i]);
			str_addf(&script, "%s %d %s\n", method, nth, directive);
			free(directive);
		}
	stage_serve(stage, script.bytes);
	str_release(&script);
}

static void echo_end(struct stage *stage)
{
	stage_terminal_is_clean(stage, true);
	stage_files_are_clean(stage);
	stage_release(stage);
}

static void a_reading_that_fails_repeats_no_secret(void **state)
{
	struct stage stages[ARRAY_LENGTH(ECHOES)];
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(ECHOES); i++) {
		echo_set(&stages[i], &ECHOES[i], "GET", 1);
		stage_enter(&stages[i]);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(ECHOES); i++) {
		expect_words(stages[i].session, "Esc goes back.");
		echo_end(&stages[i]);
	}
}

static void a_reveal_that_fails_repeats_no_secret(void **state)
{
	struct stage stages[ARRAY_LENGTH(ECHOES)];
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(ECHOES); i++) {
		echo_set(&stages[i], &ECHOES[i], "GET", 2);
		stage_enter(&stages[i]);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(ECHOES); i++) {
		expect_text(stages[i].session, "Media");
		session_send(stages[i].session, "<F6>");
	}
	for (size_t i = 0; i < ARRAY_LENGTH(ECHOES); i++) {
		expect_text(stages[i].session, "SIP credentials");
		expect_gone(stages[i].session, "being fetched");
		echo_end(&stages[i]);
	}
}

static void a_write_that_fails_repeats_no_secret(void **state)
{
	struct stage stages[ARRAY_LENGTH(ECHOES)];
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(ECHOES); i++) {
		struct desk desk;
		if (ECHOES[i].is_waited_on)
			continue;
		echo_set(&stages[i], &ECHOES[i], "POST", 1);
		stage_enter(&stages[i]);
		desk.session = stages[i].session;
		expect_text(desk.session, "Media");
		desk_go_to(&desk, "Callback permission");
		session_send(desk.session, "<Space>");
		desk_review(&desk);
		session_send(desk.session, "y");
	}
	for (size_t i = 0; i < ARRAY_LENGTH(ECHOES); i++) {
		if (ECHOES[i].is_waited_on)
			continue;
		expect_row(stages[i].session, "Not applied");
		echo_end(&stages[i]);
	}
}

static void a_command_that_fails_repeats_no_secret(void **state)
{
	struct stage stages[ARRAY_LENGTH(ECHOES)];
	struct run runs[ARRAY_LENGTH(ECHOES)];
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(ECHOES); i++) {
		echo_set(&stages[i], &ECHOES[i], "GET", 1);
		const char *const arguments[] = { "show",
						  "--api-url",
						  stages[i].url,
						  "--key-file",
						  stages[i].key_file,
						  "--log",
						  stages[i].log_file,
						  NULL };
		machine_start(&stages[i].machine, &runs[i], NULL, arguments);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(ECHOES); i++) {
		const struct run *run = &runs[i];
		machine_finish(&runs[i]);
		assert_int_not_equal(run->status, 0);
		assert_true(run->errors.length > 0);
		assert_false(secrets_are_in(stages[i].hidden, "standard error", run->errors.bytes,
					    run->errors.length));
		assert_false(secrets_are_in(stages[i].shown, "standard error", run->errors.bytes,
					    run->errors.length));
		assert_int_equal(run->output.length, 0);
		expect_logged(&stages[i]);
		stage_files_are_clean(&stages[i]);
		run_release(&runs[i]);
		stage_release(&stages[i]);
	}
}

/* --- a vault that is being written ------------------------------------------------------------ */

/* The session ends while the key goes into a vault that is made for it. */
static void a_vault_half_made_gives_nothing_away(void **state)
{
	static const char *const none[] = { NULL };
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(ENDS); i++) {
		struct stage stage;
		if (ENDS[i].end == leave)
			continue; /* it asks first */
		stage_init(&stage);
		const char *passphrase =
			secrets_plant(stage.hidden, SECRETS_PASSPHRASE, "the passphrase");
		stage_serve(&stage, "");
		stage.session = machine_session(&stage.machine, NULL, none);
		struct session *session = stage.session;
		expect_text(session, "Add a number");
		adding_try(session, &(struct adding) { .label = "Acme",
						       .api_url = stage.url,
						       .kept = KEY_SOURCE_VAULT,
						       .secret = stage.key });
		session_send(session, "<Enter>");
		expect_text(session, "New vault");
		session_type(session, passphrase);
		session_send(session, "<Enter>");
		expect_text(session, "Once more");
		session_type(session, passphrase);
		session_send(session, "<Enter>");
		expect_text(session, "Making the vault");
		stage_processes_are_clean(&stage);
		end_session(&stage, i);
		stage_release(&stage);
	}
}

/* --- commands --------------------------------------------------------------------------------- */

/* What stands for {…} in the arguments below. */
struct given {
	const char *name;
	char *value;
};

static const char *given_find(const struct given *given, const char *argument)
{
	while (given->name != NULL && strcmp(given->name, argument) != 0)
		given++;
	return given->name == NULL ? argument : given->value;
}

#define PASSPHRASE "--passphrase-file", "{passphrase}"

/* In this order. */
static const struct {
	const char *arguments[COMMAND_WORDS_MAX + 1];
	int status;
} COMMANDS_RUN[] = {
	{ { "vault", "init", PASSPHRASE }, 0 },
	{ { "vault", "init", PASSPHRASE }, 3 },
	{ { "numbers", "add", "--label", "Kept", "--api-url", "{url}", "--key-source", "vault",
	    "--key-file", "{key}", PASSPHRASE },
	  0 },
	{ { "numbers", "add", "--label", "Told", "--api-url", "{url}", "--key-source", "command",
	    "--key-command", "{command}" },
	  0 },
	{ { "numbers", "add", "--label", "Wrong", "--api-url", "{url}", "--key-source", "vault",
	    "--key-file", "{key twice}", PASSPHRASE },
	  65 },
	{ { "numbers", "add", "--label", "Wrong", "--api-url", "{url}", "--key-source", "vault",
	    "--key-file", "{key}", "--passphrase-file", "{key}" },
	  4 },
	{ { "numbers", "import", "{table with the key in it}" }, 65 },
	{ { "numbers", "list", "--json" }, 0 },
	{ { "numbers", "test", "--json", "--log", "{log}", PASSPHRASE }, 0 },
	{ { "show", "Kept", "--json", "--log", "{log}", PASSPHRASE }, 0 },
	{ { "show", "Told", "--log", "{log}" }, 0 },
	{ { "show", "Kept", "--passphrase-file", "{key}" }, 4 },
	{ { "password", "Told", "--to-file", "{key}" }, 3 },
	{ { "password", "Told", "--pipe", "--", "sh", "-c", "exit 9" }, 1 },
	{ { "password", "Told", "--pipe", "--", "sha256sum" }, 0 },
	{ { "vault", "passwd", PASSPHRASE, "--new-passphrase-file", "{key}" }, 0 },
	{ { "vault", "check", "--json", PASSPHRASE }, 4 },
	{ { "vault", "check", "--passphrase-file", "{key}" }, 0 },
	{ { "history", "Kept" }, 0 },
};

static void command_run(struct stage *stage, size_t command, const struct given *given)
{
	const char *arguments[COMMAND_WORDS_MAX + 1] = { 0 };
	struct run run;
	for (size_t i = 0; COMMANDS_RUN[command].arguments[i] != NULL; i++)
		arguments[i] = given_find(given, COMMANDS_RUN[command].arguments[i]);
	machine_run(&stage->machine, &run, NULL, arguments);
	if (run.status != COMMANDS_RUN[command].status)
		fail_msg("%s %s ended with %d: %s", arguments[0], arguments[1], run.status,
			 run.errors.bytes);
	const struct secrets *groups[] = { stage->hidden, stage->shown };
	for (size_t i = 0; i < ARRAY_LENGTH(groups); i++) {
		assert_false(secrets_are_in(groups[i], arguments[1], run.output.bytes,
					    run.output.length));
		assert_false(secrets_are_in(groups[i], arguments[1], run.errors.bytes,
					    run.errors.length));
	}
	run_release(&run);
}

static void commands_give_nothing_away(void **state)
{
	struct stage stage;
	(void)state;
	stage_init(&stage);
	const char *passphrase = secrets_plant(stage.hidden, SECRETS_PASSPHRASE, "the passphrase");
	stage_serve(&stage, "");
	char *twice = mem_format("%s\n%s\n", stage.key, stage.key);
	char *table = mem_format("label,api_url,key\nTable,%s,%s\n", stage.url, stage.key);
	struct given given[] = {
		{ "{url}", mem_text(stage.url) },
		{ "{key}", mem_text(stage.key_file) },
		{ "{log}", mem_text(stage.log_file) },
		{ "{command}", mem_format("cat %s", stage.key_file) },
		{ "{passphrase}", machine_give(&stage.machine, "passphrase", passphrase) },
		{ "{key twice}", machine_give(&stage.machine, "twice", twice) },
		{ "{table with the key in it}", machine_give(&stage.machine, "table.csv", table) },
		{ NULL, NULL },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(COMMANDS_RUN); i++)
		command_run(&stage, i, given);
	assert_true(machine_has_started(&stage.machine, "sha256sum"));
	stage_files_are_clean(&stage);
	expect_logged(&stage);
	for (size_t i = 0; given[i].name != NULL; i++)
		free(given[i].value);
	free(table);
	free(twice);
	stage_release(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_planted_would_be_found),
		cmocka_unit_test(however_it_ends_nothing_is_left),
		cmocka_unit_test(a_vault_half_made_gives_nothing_away),
		cmocka_unit_test(a_reading_that_fails_repeats_no_secret),
		cmocka_unit_test(a_reveal_that_fails_repeats_no_secret),
		cmocka_unit_test(a_write_that_fails_repeats_no_secret),
		cmocka_unit_test(a_command_that_fails_repeats_no_secret),
		cmocka_unit_test(commands_give_nothing_away),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
