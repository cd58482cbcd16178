/*
 * From an empty machine: three numbers with three kinds of key source are added, the program is
 * closed and opened again, unlocked once, and all three are worked on; a password is handed to a
 * file and to another program. Nothing that was planted is anywhere afterwards.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "tests/support/adding.h"
#include "tests/support/desk.h"
#include "tests/support/machine.h"
#include "tests/support/pass_store.h"
#include "tests/support/written.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { NUMBERS = 3, BOTH = 2, ROUNDS = 5, FILE_MAX = 64 * 1024, QUIET_MS = 50 };

/* --- a machine with numbers ------------------------------------------------------------------- */

enum place { IN_VAULT, BEHIND_PASS, ASKED };

static const struct {
	const char *label, *phone_number;
	enum key_source_kind kept;
} PLACES[NUMBERS] = {
	[IN_VAULT] = { "Berlin", "+4930123456", KEY_SOURCE_VAULT },
	[BEHIND_PASS] = { "Hamburg", "+4940123456", KEY_SOURCE_COMMAND },
	[ASKED] = { "Wien", "+431123456", KEY_SOURCE_ASK },
};

struct story {
	struct machine machine;
	struct secrets *secrets; /* keys, then passwords, of the numbers; the passphrases last */
	const char *keys[NUMBERS], *passwords[NUMBERS], *passphrase, *gpg_passphrase;
	struct fault_server services[NUMBERS];
	struct session *session;
	size_t shown_from, shown_to; /* places in the terminal's bytes: a reveal */
	time_t started;
};

static void service_start(struct story *story, size_t number)
{
	char *password = secrets_coded(story->secrets, NUMBERS + number, SECRETS_JSON);
	char *script = mem_format("key %s\nsettings {\"status\":\"ENABLED\",\"sip\":{\"status\":"
				  "\"ENABLED\",\"servers\":[{\"hostname\":\"sip%zu.acme.example\","
				  "\"sip_user_password\":\"%s\"}]}}\n",
				  story->keys[number], number, password);
	fault_server_start(&story->services[number], script);
	free(script);
	free(password);
}

static void story_begin(struct story *story)
{
	*story = (struct story) { .secrets = secrets_new(), .started = time(NULL) };
	for (size_t i = 0; i < NUMBERS; i++)
		story->keys[i] = secrets_plant(story->secrets, SECRETS_KEY, PLACES[i].label);
	for (size_t i = 0; i < NUMBERS; i++)
		story->passwords[i] =
			secrets_plant(story->secrets, SECRETS_PASSWORD, PLACES[i].label);
	story->passphrase = secrets_plant(story->secrets, SECRETS_PASSPHRASE, "the passphrase");
	story->gpg_passphrase =
		secrets_plant(story->secrets, SECRETS_PASSPHRASE, "the GPG key's passphrase");
	machine_init(&story->machine);
	for (size_t i = 0; i < NUMBERS; i++)
		service_start(story, i);
}

/* Where programs put what nobody told them to put somewhere. */
static void story_end(struct story *story)
{
	static const char *const ELSEWHERE[] = { "/tmp", "/var/tmp", "/dev/shm" };
	machine_release(&story->machine);
	for (size_t i = 0; i < ARRAY_LENGTH(ELSEWHERE); i++)
		assert_false(written_files_have(story->secrets, ELSEWHERE[i], story->started));
	for (size_t i = 0; i < NUMBERS; i++)
		fault_server_stop(&story->services[i]);
	secrets_free(story->secrets);
}

/* --- chapters --------------------------------------------------------------------------------- */

static void number_add(struct story *story, size_t number)
{
	struct session *session = story->session;
	char *hostname = mem_format("sip%zu.acme.example", number);
	const struct adding adding = {
		.label = PLACES[number].label,
		.phone_number = PLACES[number].phone_number,
		.api_url = story->services[number].url,
		.kept = PLACES[number].kept,
		.secret =
			number == BEHIND_PASS ? "pass show 360dialog/hamburg" : story->keys[number],
	};
	adding_fill(session, &adding);
	session_send(session, "<F2>");
	if (number == BEHIND_PASS) { /* the terminal is GPG's meanwhile */
		expect_words(session, "Please enter the passphrase");
		session_type(session, story->gpg_passphrase);
		session_send(session, "<Enter>");
	}
	expect_text(session, "This key opens");
	expect_text(session, hostname);
	session_send(session, "<Enter>");
	if (number == IN_VAULT) {
		expect_text(session, "New vault");
		session_type(session, story->passphrase);
		session_send(session, "<Enter>");
		expect_text(session, "Once more");
		session_type(session, story->passphrase);
		session_send(session, "<Enter>");
	}
	expect_text(session, "Media");
	expect_text(session, hostname);
	session_send(session, "<Esc>");
	expect_text(session, "Add a number");
	free(hostname);
}

/* Ends the program; nothing was on its terminal but what was revealed. */
static void session_end(struct story *story)
{
	struct session *session = story->session;
	session_send(session, "<C-q>");
	expect_exit(session, 0);
	size_t end = session_bytes(session);
	assert_false(written_bytes_have(story->secrets, session, 0, story->shown_from));
	assert_false(written_screens_have(story->secrets, session, 0, story->shown_from));
	assert_false(written_bytes_have(story->secrets, session, story->shown_to, end));
	story->shown_from = story->shown_to = 0;
	assert_true(session_close(session));
}

static void number_open(struct story *story, size_t number)
{
	struct session *session = story->session;
	session_send(session, "<Home>");
	for (size_t i = 0; i < number; i++)
		session_send(session, "<Down>");
	expect_cursor_on(session, PLACES[number].label);
	session_send(session, "<Enter>");
}

/* Turns its calling off and sends that. */
static void number_work(struct story *story, size_t number)
{
	struct session *session = story->session;
	expect_text(session, "Media");
	expect_cursor_on(session, "Enabled");
	session_send(session, "<Space>");
	desk_send(&(struct desk) { .session = session }, "Applied");
	assert_int_equal(fault_server_count(&story->services[number], "posts"), 1);
	session_send(session, "<Esc>");
	expect_text(session, "Media");
	session_send(session, "<Esc>");
	expect_text(session, "Add a number");
}

static void password_look(struct story *story, size_t number)
{
	struct session *session = story->session;
	expect_text(session, "Media");
	story->shown_from = session_bytes(session);
	session_send(session, "<F6>");
	expect_text(session, story->passwords[number]);
	(void)session_wait_quiet(session, QUIET_MS);
	story->shown_to = session_bytes(session);
	session_send(session, "<Esc>");
	expect_text(session, "Media");
	session_send(session, "<Esc>");
	expect_text(session, "Add a number");
}

/* --- handing over ----------------------------------------------------------------------------- */

static void expect_in_file(const char *path, const char *content)
{
	struct err err;
	struct stat status;
	struct str found;
	str_init(&found);
	assert_true(file_read(path, FILE_MAX, &found, &err));
	assert_string_equal(found.bytes, content);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_int_equal(unlink(path), 0);
	str_release(&found);
}

static void to_a_file(struct story *story)
{
	char *path = mem_format("%s/password", story->machine.given);
	const char *const arguments[] = { "password", "Berlin", "--to-file", path, NULL };
	story->session = machine_session(&story->machine, NULL, arguments);
	expect_text(story->session, "assphrase");
	session_type(story->session, story->passphrase);
	session_send(story->session, "<Enter>");
	expect_exit(story->session, 0);
	expect_in_file(path, story->passwords[IN_VAULT]);
	size_t end = session_bytes(story->session);
	assert_false(written_bytes_have(story->secrets, story->session, 0, end));
	assert_true(session_close(story->session));
	free(path);
}

/* A digest of it comes back. */
static void to_a_childs_input(struct story *story)
{
	static const char *const ARGUMENTS[] = { "password", "Hamburg",	  "--pipe",
						 "--",	     "sha256sum", NULL };
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	struct str wanted;
	struct run run;
	const char *password = story->passwords[BEHIND_PASS];
	assert_int_equal(
		EVP_Digest(password, strlen(password), digest, &length, EVP_sha256(), NULL), 1);
	str_init(&wanted);
	for (unsigned i = 0; i < length; i++)
		str_addf(&wanted, "%02x", digest[i]);
	machine_run(&story->machine, &run, NULL, ARGUMENTS);
	assert_int_equal(run.status, 0);
	assert_non_null(strstr(run.output.bytes, wanted.bytes));
	assert_true(machine_has_started(&story->machine, "sha256sum"));
	assert_false(secrets_are_in(story->secrets, "output", run.output.bytes, run.output.length));
	assert_false(secrets_are_in(story->secrets, "errors", run.errors.bytes, run.errors.length));
	run_release(&run);
	str_release(&wanted);
}

/* Each kind of source, for a script: with a log of what was asked of the services. */
static void settings_in_commands(struct story *story)
{
	char *passphrase = machine_give(&story->machine, "passphrase", story->passphrase);
	char *key = machine_give(&story->machine, "key", story->keys[ASKED]);
	char *log = mem_format("%s/requests.log", story->machine.home);
	const char *const arguments[NUMBERS][8] = {
		{ "show", "Berlin", "--log", log, "--passphrase-file", passphrase, NULL },
		{ "show", "Hamburg", "--log", log, NULL },
		{ "show", "Wien", "--log", log, "--key-file", key, NULL },
	};
	for (size_t i = 0; i < NUMBERS; i++) {
		struct run run;
		char *hostname = mem_format("sip%zu.acme.example", i);
		machine_run(&story->machine, &run, NULL, arguments[i]);
		if (run.status != 0)
			fail_msg("show %s: %s", PLACES[i].label, run.errors.bytes);
		assert_non_null(strstr(run.output.bytes, hostname));
		assert_false(secrets_are_in(story->secrets, "output", run.output.bytes,
					    run.output.length));
		run_release(&run);
		free(hostname);
	}
	struct err err;
	struct str noted;
	str_init(&noted);
	assert_true(file_read(log, FILE_MAX, &noted, &err));
	assert_non_null(strstr(noted.bytes, story->services[ASKED].url));
	str_release(&noted);
	free(log);
	free(key);
	free(passphrase);
}

/* --- the story -------------------------------------------------------------------------------- */

/* As a login shell starts it: GPG is told the terminal. */
static void story_session(struct story *story)
{
	char *program = session_built("sipdesk");
	const char *const arguments[] = { "-c", "GPG_TTY=$(tty) exec \"$1\"", "sh", program, NULL };
	story->session = machine_session(&story->machine, "sh", arguments);
	expect_text(story->session, "Add a number");
	free(program);
}

static void from_an_empty_machine_to_a_days_work(void **state)
{
	struct story story;
	(void)state;
	if (!pass_store_is_possible()) {
		print_message("skipped: pass and gpg are not installed\n");
		skip();
	}
	story_begin(&story);
	pass_store_make(&story.machine, story.gpg_passphrase);
	pass_store_insert(&story.machine, "360dialog/hamburg", story.keys[BEHIND_PASS]);

	story_session(&story);
	for (size_t i = 0; i < NUMBERS; i++)
		number_add(&story, i);
	session_end(&story);

	story_session(&story);
	number_open(&story, IN_VAULT);
	expect_text(story.session, "Passphrase");
	session_type(story.session, story.passphrase);
	session_send(story.session, "<Enter>");
	number_work(&story, IN_VAULT);
	number_open(&story, BEHIND_PASS);
	number_work(&story, BEHIND_PASS);
	number_open(&story, ASKED);
	expect_text(story.session, "Type or paste the API key of Wien");
	session_type(story.session, story.keys[ASKED]);
	session_send(story.session, "<Enter>");
	number_work(&story, ASKED);
	number_open(&story, IN_VAULT); /* it is not asked for again */
	password_look(&story, IN_VAULT);
	session_end(&story);

	to_a_file(&story);
	to_a_childs_input(&story);
	settings_in_commands(&story);

	pass_store_end(&story.machine);
	assert_false(machine_has_secrets(&story.machine, story.secrets));
	assert_false(machine_has_core(&story.machine));
	story_end(&story);
}

/* --- two at once ------------------------------------------------------------------------------ */

/* Both stand before the question whether to save, and are told at the same moment. */
static void both_add(struct story *story, struct session *const sessions[BOTH], int round)
{
	for (size_t i = 0; i < BOTH; i++) {
		char *label = mem_format("Session %zu number %d", i + 1, round);
		const struct adding adding = {
			.label = label,
			.api_url = story->services[i].url,
			.kept = round % 2 == 0 ? KEY_SOURCE_ASK : KEY_SOURCE_VAULT,
			.secret = story->keys[i],
		};
		adding_try(sessions[i], &adding);
		free(label);
	}
	for (size_t i = 0; i < BOTH; i++)
		session_send(sessions[i], "<Enter>");
	for (size_t i = 0; i < BOTH; i++) {
		if (round == 1) { /* the first key for the vault */
			expect_text(sessions[i], "Passphrase");
			session_type(sessions[i], story->passphrase);
			session_send(sessions[i], "<Enter>");
		}
	}
	for (size_t i = 0; i < BOTH; i++) {
		expect_text(sessions[i], "Media");
		session_send(sessions[i], "<Esc>");
		expect_text(sessions[i], "Add a number");
	}
}

static void vault_make(struct story *story)
{
	struct run run;
	char *passphrase = machine_give(&story->machine, "passphrase", story->passphrase);
	const char *const arguments[] = { "vault", "init", "--passphrase-file", passphrase, NULL };
	machine_run(&story->machine, &run, NULL, arguments);
	assert_int_equal(run.status, 0);
	run_release(&run);
	free(passphrase);
}

/* Each number is in the list, and each key that belongs into the vault is there. */
static void expect_all_saved(struct story *story)
{
	struct err err;
	struct json_doc doc;
	struct str list;
	struct run run;
	char *path = mem_format("%s/config/sipdesk/numbers.json", story->machine.folder);
	char *passphrase = mem_format("%s/passphrase", story->machine.given);
	const char *const arguments[] = { "vault",    "check", "--json", "--passphrase-file",
					  passphrase, NULL };
	str_init(&list);
	json_doc_init(&doc);
	assert_true(file_read(path, FILE_MAX, &list, &err));
	assert_true(json_doc_parse(&doc, list.bytes, list.length, &err));
	assert_int_equal(cJSON_GetArraySize(json_member(doc.root, "numbers")), BOTH * ROUNDS);
	for (size_t i = 0; i < BOTH; i++)
		for (int round = 0; round < ROUNDS; round++) {
			char *label = mem_format("\"Session %zu number %d\"", i + 1, round);
			assert_non_null(strstr(list.bytes, label));
			free(label);
		}
	machine_run(&story->machine, &run, NULL, arguments);
	assert_int_equal(run.status, 0);
	assert_non_null(strstr(run.output.bytes, "\"keys\":4,"));
	assert_non_null(strstr(run.output.bytes, "\"numbers_without_key\":[]"));
	assert_non_null(strstr(run.output.bytes, "\"keys_without_number\":[]"));
	run_release(&run);
	json_doc_release(&doc);
	str_release(&list);
	free(passphrase);
	free(path);
}

static void two_sessions_at_once_lose_nothing(void **state)
{
	struct story story;
	struct session *sessions[BOTH];
	(void)state;
	story_begin(&story);
	vault_make(&story);
	for (size_t i = 0; i < BOTH; i++) {
		story_session(&story);
		sessions[i] = story.session;
	}
	for (int round = 0; round < ROUNDS; round++)
		both_add(&story, sessions, round);
	for (size_t i = 0; i < BOTH; i++) {
		story.session = sessions[i];
		session_end(&story);
	}
	expect_all_saved(&story);
	assert_false(machine_has_secrets(&story.machine, story.secrets));
	story_end(&story);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_an_empty_machine_to_a_days_work),
		cmocka_unit_test(two_sessions_at_once_lose_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
