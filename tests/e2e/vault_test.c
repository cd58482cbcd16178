/*
 * `sipdesk vault`: by scripts and on a terminal, and its file against a second, independent reader
 * and writer of the format (vault_reader.py), both ways.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "tests/support/child.h"
#include "tests/support/script.h"
#include "tests/support/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PASSPHRASE "correct horse battery staple"
#define NEW_PASSPHRASE "Tübingen trägt Tüten"

static char *home, *vault, *program, *home_variable;
static const char *environment[2];
static struct script script; /* in the home, with $sipdesk, $reader and $vault */

static char *home_path(const char *name)
{
	return mem_format("%s/%s", home, name);
}

static void file_put(const char *name, const char *text)
{
	struct err err;
	char *path = home_path(name);
	char *slash = strrchr(path, '/');
	*slash = '\0';
	assert_true(file_folder_make(path, &err));
	*slash = '/';
	assert_true(file_write_whole(path, text, strlen(text), 0600, &err));
	free(path);
}

static void script_begin(void)
{
	char *reader = realpath("tests/support/vault_reader.py", NULL);
	home_variable = mem_format("HOME=%s", home);
	environment[0] = home_variable;
	script = (struct script) {
		.head = mem_format("cd '%s' && sipdesk='%s' reader='%s' "
				   "vault='%s' && ",
				   home, program, reader, vault),
		.environment = environment,
	};
	free(reader);
}

static int home_make(void **state)
{
	(void)state;
	home = child_folder_make();
	if (home == NULL)
		return -1;
	vault = home_path(".local/share/sipdesk/vault");
	program = session_built("sipdesk");
	script_begin();
	file_put("passphrase", PASSPHRASE "\n");
	file_put("new", NEW_PASSPHRASE "\r\n");
	file_put("wrong", "correct horse battery stable\n");
	file_put("short", "1234567\n");
	file_put("lines", "correct horse\nbattery staple\n");
	return 0;
}

static int home_remove(void **state)
{
	(void)state;
	child_folder_remove(home);
	free(script.head);
	free(home_variable);
	free(vault);
	free(home);
	free(program);
	return 0;
}

static const struct script_step SCRIPT[] = {
	{ "$sipdesk vault check --passphrase-file passphrase", 78, "", "sipdesk vault init" },
	{ "$sipdesk vault passwd --passphrase-file passphrase", 78, "", "There is no vault" },
	{ "$sipdesk vault init --passphrase-file short", 65, "", "at least 8 characters" },
	{ "$sipdesk vault init --passphrase-file lines", 65, "", "one line of text" },
	{ "$sipdesk vault init --passphrase-file absent", 74, "", "absent" },
	{ "test ! -e $vault", 0, "", "" },
	{ "$sipdesk vault init --passphrase-file passphrase", 0, "", "is made" },
	{ "stat -c %a $vault .local/share/sipdesk", 0, "600\n700\n", "" },
	{ "$sipdesk vault init --passphrase-file new", 3, "", "There is a vault already" },
	{ "$sipdesk vault check --passphrase-file passphrase", 0, "Keys                       0\n",
	  "" },
	{ "$sipdesk vault check --passphrase-file - <passphrase", 0, "opens with this passphrase",
	  "" },
	{ "$sipdesk vault check --passphrase-file wrong", 4, "", "does not open with this" },
	{ "$sipdesk vault passwd --passphrase-file wrong --new-passphrase-file new", 4, "",
	  "does not open with this" },
	{ "$sipdesk vault passwd --passphrase-file passphrase --new-passphrase-file short", 65, "",
	  "at least 8 characters" },
	{ "$sipdesk vault check --passphrase-file passphrase", 0, "The file before it         none",
	  "" },
	{ "$sipdesk vault passwd --passphrase-file passphrase --new-passphrase-file - <new", 0, "",
	  "vault.previous still opens with the one before" },
	{ "$sipdesk vault check --passphrase-file passphrase", 4, "", "" },
	{ "$sipdesk vault check --passphrase-file new", 0, "The file before it         whole", "" },
	{ "$sipdesk vault check --json --passphrase-file new | jq -c '[.schema, .keys, .previous]'",
	  0, "[1,0,\"whole\"]\n", "" },
	{ "chmod 640 $vault; $sipdesk vault check --passphrase-file new", 77, "", "chmod 600" },
	{ "chmod 600 $vault; setsid -w $sipdesk vault check", 78, "", "--passphrase-file FILE" },
	{ "$sipdesk vault", 64, "", "What is to be done" },
	{ "$sipdesk vault open", 64, "", "“open”" },
	{ "$sipdesk vault check now", 64, "", "one argument too many" },
	{ "$sipdesk vault init --json", 64, "", "does not take" },
	{ "$sipdesk vault check --passphrase", 64, "", "" },
	{ "$sipdesk vault check --passphrase-file", 64, "", "lacks its value" },
	{ "$sipdesk vault passwd --passphrase-file - --new-passphrase-file -", 64, "",
	  "Only one of the two" },
	{ "$sipdesk vault --help", 0, "Usage: sipdesk vault init", "" },
	{ "$sipdesk --help", 0, "  vault ", "" },
};

static void scripts_get_what_they_rely_on(void **state)
{
	(void)state;
	script_steps(&script, SCRIPT, ARRAY_LENGTH(SCRIPT));
}

/* --- on a terminal ---------------------------------------------------------------------------- */

static struct session *vault_start(const char *word)
{
	const char *const arguments[] = { program, "vault", word, NULL };
	struct session *session =
		session_start(&(struct session_options) { .arguments = arguments, .home = home });
	assert_non_null(session);
	return session;
}

/* Waits for the question, then types the answer. */
static void answer(struct session *session, const char *question, const char *typed)
{
	expect_text(session, question);
	session_type(session, typed);
	session_send(session, "<Enter>");
}

static void ended(struct session *session, int status, const char *says)
{
	expect_exit(session, status);
	expect_text(session, says);
	assert_false(session_output_contains(session, PASSPHRASE));
	assert_false(session_output_contains(session, NEW_PASSPHRASE));
	assert_true(session_close(session));
}

/* --- the second reader ------------------------------------------------------------------------ */

#define KEYS "{\"00000000000000aa\": \"first-key-0123456789\", \"ff00000000000000\": \"!second~\"}"

static void python_and_sipdesk_open_each_others_vaults(void **state)
{
	(void)state;
	/* sipdesk opens what Python wrote, at the usual cost and at another; Python opens what
	 * sipdesk made of it under another passphrase. */
	script_done(&script, "mkdir -p -m 700 .local .local/share .local/share/sipdesk", "");
	script_done(&script, "echo '" KEYS "' | $reader write $vault passphrase", "");
	script_done(&script, "$sipdesk vault check --passphrase-file passphrase",
		    "Keys                       2");
	script_done(&script, "echo '" KEYS "' | $reader write $vault passphrase 14", "");
	script_done(&script,
		    "$sipdesk vault passwd --passphrase-file passphrase --new-passphrase-file new",
		    "");
	file_put("new", NEW_PASSPHRASE "\n");
	script_done(&script, "$reader read $vault new", KEYS);
	script_done(&script, "$reader read $vault.previous passphrase", KEYS);
	/* What both write of the same keys under the same passphrase is as long, and has the same
	 * cost, to the byte. */
	script_done(&script, "echo '" KEYS "' | $reader write other new", "");
	script_done(&script,
		    "cmp -n 24 $vault other && test $(stat -c %s $vault) = $(stat -c %s other)",
		    "");
	struct run run;
	script_line(&script, "$reader read $vault wrong", &run);
	assert_int_not_equal(run.status, 0);
	run_release(&run);
}

/* --- what is in it, beside the list of numbers ------------------------------------------------ */

static void check_compares_it_with_the_saved_numbers(void **state)
{
	static const char NUMBERS[] =
		"{\"schema\":1,\"numbers\":["
		"{\"id\":\"00000000000000aa\",\"label\":\"Acme\",\"api_url\":\"https://a.example\","
		"\"key\":\"vault\"},"
		"{\"id\":\"00000000000000bb\",\"label\":\"B\\u00e4cker\","
		"\"api_url\":\"https://a.example\",\"key\":\"vault\"},"
		"{\"id\":\"00000000000000cc\",\"label\":\"Asked\",\"api_url\":\"https://"
		"a.example\"},"
		"{\"id\":\"ff00000000000000\",\"label\":\"By command\","
		"\"api_url\":\"https://a.example\",\"key\":{\"command\":[\"pass\",\"x\"]}}]}";
	(void)state;
	file_put(".config/sipdesk/numbers.json", NUMBERS);
	script_done(&script,
		    "chmod 700 .config/sipdesk && mkdir -p -m 700 .local .local/share "
		    ".local/share/sipdesk && echo '" KEYS "' | $reader write $vault passphrase 14",
		    "");
	script_done(&script, "$sipdesk vault check --passphrase-file passphrase",
		    "Keys                       2\n"
		    "Number without a key       Bäcker (00000000000000bb)\n"
		    "Key that no number uses    ff00000000000000 (By command keeps its key "
		    "elsewhere)\n");
	script_done(&script, "$sipdesk vault check --json --passphrase-file passphrase",
		    "\"keys\":2,\"previous\":\"none\",\"numbers_without_key\":[{\"id\":"
		    "\"00000000000000bb\",\"label\":\"B\\u00e4cker\"}],"
		    "\"keys_without_number\":[\"ff00000000000000\"]}\n");
}

static void prune_takes_out_what_no_number_uses(void **state)
{
	static const char NUMBERS[] =
		"{\"schema\":1,\"numbers\":[{\"id\":\"00000000000000aa\",\"label\":\"Acme\","
		"\"api_url\":\"https://a.example\",\"key\":\"vault\"}]}";
	static const char LEFT[] = "{\"00000000000000aa\": \"first-key-0123456789\"}";
	struct run run;
	(void)state;
	file_put(".config/sipdesk/numbers.json", NUMBERS);
	script_done(&script,
		    "chmod 700 .config/sipdesk && mkdir -p -m 700 .local .local/share "
		    ".local/share/sipdesk && echo '" KEYS "' | $reader write $vault passphrase 14 "
		    "&& cp $vault kept",
		    "");
	script_done(&script, "$sipdesk vault check --passphrase-file passphrase 2>&1",
		    "Key that no number uses    ff00000000000000\n"
		    "sipdesk vault prune takes out what no number uses.\n");
	/* Nobody is there to ask. */
	script_line(&script, "setsid -w $sipdesk vault prune --passphrase-file passphrase", &run);
	assert_int_equal(run.status, 78);
	assert_non_null(strstr(run.errors.bytes, "--yes"));
	run_release(&run);
	struct session *session = vault_start("prune");
	answer(session, "Passphrase of the vault", PASSPHRASE);
	expect_text(session, "Key that no number uses    ff00000000000000");
	answer(session, "Take it out of the vault? [y/N]", "");
	ended(session, 130, "Nothing was removed.");
	script_done(&script, "cmp $vault kept", "");
	session = vault_start("prune");
	answer(session, "Passphrase of the vault", PASSPHRASE);
	answer(session, "Take it out of the vault? [y/N]", "y");
	ended(session, 0, "Taken out of the vault: 1.");
	script_done(&script, "$reader read $vault passphrase", LEFT);
	script_done(&script, "$reader read $vault.previous passphrase", KEYS);
	script_line(&script, "$sipdesk vault prune --passphrase-file passphrase", &run);
	assert_int_equal(run.status, 0);
	assert_non_null(strstr(run.errors.bytes, "Nothing to remove"));
	run_release(&run);
	/* A list that cannot be read says nothing of what is used; one that is gone uses nothing,
	 * and what is taken out then is in the file before. */
	script_done(&script, "cp $vault kept && echo broken >.config/sipdesk/numbers.json", "");
	script_line(&script, "$sipdesk vault prune --yes --passphrase-file passphrase", &run);
	assert_int_equal(run.status, 65);
	run_release(&run);
	script_done(&script, "cmp $vault kept && rm .config/sipdesk/numbers.json", "");
	script_done(&script, "$sipdesk vault prune --yes --passphrase-file passphrase 2>&1",
		    "Key that no number uses    00000000000000aa\nTaken out of the vault: 1. ");
	script_done(&script, "$reader read $vault passphrase", "{}");
	script_done(&script, "$reader read $vault.previous passphrase", LEFT);
}

/* --- damage ----------------------------------------------------------------------------------- */

static void the_sentence_mends_a_damaged_one(void **state)
{
	struct run run;
	(void)state;
	script_done(&script, "$sipdesk vault init --passphrase-file passphrase", "");
	script_done(&script,
		    "$sipdesk vault passwd --passphrase-file passphrase --new-passphrase-file new",
		    "");
	script_done(&script, "printf x >>$vault && cp $vault kept", "");
	script_line(&script,
		    "$sipdesk vault passwd --passphrase-file new --new-passphrase-file passphrase",
		    &run);
	assert_int_equal(run.status, 65);
	assert_non_null(strstr(run.errors.bytes, "is damaged"));
	char *command = strstr(run.errors.bytes, "mv /");
	assert_non_null(command);
	script_done(&script, "cmp $vault kept", "");
	script_done(&script, command, "");
	script_done(&script, "$sipdesk vault check --passphrase-file passphrase", "opens");
	script_done(&script, "cmp $vault.damaged kept", "");
	run_release(&run);
}

/* --- what is typed ---------------------------------------------------------------------------- */

static void passphrases_are_typed_twice_and_not_shown(void **state)
{
	static const char OLD[] = "Passphrase of the vault", NEW[] = "New passphrase of the vault";
	static const char AGAIN[] = "The same again";
	(void)state;
	struct session *session = vault_start("init");
	answer(session, NEW, "1234567");
	ended(session, 65, "at least 8 characters");
	session = vault_start("init");
	answer(session, NEW, PASSPHRASE);
	answer(session, AGAIN, NEW_PASSPHRASE);
	ended(session, 65, "The two are not the same");
	assert_int_not_equal(access(vault, F_OK), 0);
	session = vault_start("init");
	answer(session, NEW, PASSPHRASE);
	answer(session, AGAIN, PASSPHRASE);
	ended(session, 0, "is made");
	session = vault_start("init"); /* it does not ask for what it will not use */
	ended(session, 3, "There is a vault already");
	session = vault_start("passwd");
	answer(session, OLD, NEW_PASSPHRASE);
	ended(session, 4, "does not open with this passphrase");
	session = vault_start("passwd");
	answer(session, OLD, PASSPHRASE);
	answer(session, NEW, NEW_PASSPHRASE);
	answer(session, AGAIN, NEW_PASSPHRASE);
	ended(session, 0, "The passphrase is changed");
	session = vault_start("check");
	answer(session, OLD, NEW_PASSPHRASE);
	ended(session, 0, "Keys");
}

/* Given up in the middle of typing, the terminal shows again what is typed. */
static void the_terminal_is_given_back(void **state)
{
	(void)state;
	const char *const arguments[] = { "/bin/sh", "-c", "\"$0\" vault init; echo =$?=; cat",
					  program, NULL };
	struct session *session =
		session_start(&(struct session_options) { .arguments = arguments, .home = home });
	assert_non_null(session);
	expect_text(session, "New passphrase");
	session_type(session, "hidden");
	session_send(session, "<C-c>");
	session_send(session, "<Enter>");
	expect_text(session, "=130=");
	session_type(session, "seen");
	expect_text(session, "seen");
	assert_false(session_output_contains(session, "hidden"));
	session_send(session, "<C-c>");
	expect_exit(session, 128 + 2);
	assert_true(session_close(session));
	assert_int_not_equal(access(vault, F_OK), 0);
}

#define vault_test(function) cmocka_unit_test_setup_teardown(function, home_make, home_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		vault_test(scripts_get_what_they_rely_on),
		vault_test(python_and_sipdesk_open_each_others_vaults),
		vault_test(check_compares_it_with_the_saved_numbers),
		vault_test(prune_takes_out_what_no_number_uses),
		vault_test(the_sentence_mends_a_damaged_one),
		vault_test(passphrases_are_typed_twice_and_not_shown),
		vault_test(the_terminal_is_given_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
