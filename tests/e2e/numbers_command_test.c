/* `sipdesk numbers`: by scripts and on a terminal, with several sessions, and files that are
 * damaged or refused. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "tests/support/child.h"
#include "tests/support/fault_server.h"
#include "tests/support/script.h"
#include "tests/support/session.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PASSPHRASE "correct horse battery staple"
#define KEY "planted-key-0123456789abcdef"
#define ENABLED "{\"status\":\"ENABLED\",\"sip\":{\"status\":\"ENABLED\",\"servers\":[]}}"

static char *home, *program, *home_variable;
static const char *environment[2];
static struct fault_server service;
static struct script script; /* in the home, with $numbers (the command), $sipdesk, $file, $url */

static void file_put(const char *name, const char *text)
{
	struct err err;
	char *path = mem_format("%s/%s", home, name);
	assert_true(file_write_whole(path, text, strlen(text), 0600, &err));
	free(path);
}

static int home_make(void **state)
{
	(void)state;
	home = child_folder_make();
	if (home == NULL)
		return -1;
	program = session_built("sipdesk");
	file_put("passphrase", PASSPHRASE "\n");
	file_put("wrong", PASSPHRASE "?\n");
	file_put("key", "D360-API-KEY: " KEY "\r\n");
	fault_server_start(&service, "key " KEY "\nsettings " ENABLED "\nGET * delay 100\n");
	home_variable = mem_format("HOME=%s", home);
	environment[0] = home_variable;
	script = (struct script) {
		.head = mem_format("cd '%s' && sipdesk='%s' numbers=\"$sipdesk numbers\" url='%s' "
				   "file=.config/sipdesk/numbers.json; ",
				   home, program, service.url),
		.environment = environment,
		.secret = KEY,
	};
	return 0;
}

static int home_remove(void **state)
{
	(void)state;
	fault_server_stop(&service);
	child_folder_remove(home);
	free(script.head);
	free(home_variable);
	free(home);
	free(program);
	return 0;
}

/* --- list, add, remove ------------------------------------------------------------------------ */

static void a_list_is_kept(void **state)
{
	static const struct script_step STEPS[] = {
		{ "$numbers list", 0, "", "No number is saved yet" },
		{ "$numbers list --json", 0, "{\"schema\":1,\"numbers\":[]}\n", "" },
		{ "test ! -e $file", 0, "", "" },
		{ "$numbers add --label 'Acme Support' --phone '+49 (0)30 123456' --tags 'berlin, "
		  "vip' --note 'first line' --untried --key-command \"pass show 'my keys/acme'\"",
		  0, "Acme Support is saved.\n", "" },
		{ "$numbers add --label Zürich --api-url https://api.example/ --read-only --json",
		  0,
		  ",\"label\":\"Z\\u00fcrich\",\"api_url\":\"https://api.example\",\"key\":\"ask\","
		  "\"read_only\":true}}\n",
		  "" },
		{ "$numbers list", 0,
		  "Name          Number            Provider     Key      Read-only  Tags\n"
		  "Acme Support  +4930123456       360dialog    command  no         berlin vip\n"
		  "Zürich                          api.example  ask      yes\n",
		  "" },
		{ "$numbers list --tag VIP | tail -n +2 | cut -c1-12", 0, "Acme Support\n", "" },
		{ "$numbers list --tag vi --json", 0, "\"numbers\":[]", "" },
		{ "$numbers list --json | jq -c '[.schema, .numbers[].label, .numbers[0].key]'", 0,
		  "[1,\"Acme Support\",\"Zürich\",{\"command\":[\"pass\",\"show\",\"my "
		  "keys/acme\"]}]\n",
		  "" },
		{ "stat -c %a $file .config/sipdesk", 0, "600\n700\n", "" },
		{ "$numbers add --label ACME\\ support", 65, "", "already a number named" },
		{ "$numbers add --label \"$(printf 'a\\033[2Jb')\"", 65, "", "control characters" },
		{ "$numbers add --label x --phone 030123", 65, "",
		  "no international phone number" },
		{ "$numbers add --label x --api-url http://api.example", 65, "", "https://" },
		{ "$numbers add --label x --key-command 'pass show x | head -n1'", 65, "",
		  "sh -c 'the whole line'" },
		{ "$numbers add --label x --key-source safe", 64, "", "ask, vault, command" },
		{ "$numbers add --label x --key-source command", 64, "", "--key-command LINE" },
		{ "$numbers add --label x --key-source ask --key-file key", 64, "", "vault" },
		{ "$numbers add --phone '+49 30 123456'", 64, "", "--label NAME" },
		{ "$numbers remove 'acme suppor' --yes", 65, "", "no saved number named" },
		{ "$numbers remove 4930123456 --yes", 0, "", "Acme Support has left the list." },
		{ "$numbers list --json | jq -c '[.numbers[].label]'", 0, "[\"Zürich\"]\n", "" },
		{ "setsid -w $numbers remove Zürich", 78, "", "--yes" },
		{ "$numbers", 64, "", "list, add, remove, import, test" },
		{ "$numbers show", 64, "", "“show” is nothing" },
		{ "$numbers list Zürich", 64, "", "“Zürich” is one argument too many" },
		{ "$numbers list --yes", 64, "", "“list” does not take" },
		{ "$numbers add --key " KEY, 64, "", "" },
		{ "$numbers remove", 64, "", "Which number" },
		{ "$numbers list --tag", 64, "", "lacks its value" },
		{ "$numbers list >/dev/full", 74, "", "could not be written" },
		{ "$numbers --help", 0, "Usage: sipdesk numbers list", "" },
		{ "$sipdesk --help", 0, "  numbers ", "" },
	};
	(void)state;
	script_steps(&script, STEPS, ARRAY_LENGTH(STEPS));
}

/* --- import ----------------------------------------------------------------------------------- */

static void a_table_is_imported_whole_or_not_at_all(void **state)
{
	static const struct script_step STEPS[] = {
		{ "$numbers add --label Saved", 0, "", "" },
		{ "$numbers import good.csv", 0, "2 numbers are saved.\n", "" },
		{ "$numbers list --json | jq -c '[.numbers[] | [.label, .phone_number, .key, "
		  ".tags, "
		  ".read_only]]'",
		  0,
		  "[\"Saved\",null,\"ask\",null,null],[\"Acme; Inc.\",\"+4930123456\",\"vault\","
		  "[\"berlin\",\"vip\"],null],[\"Globex\",null,{\"command\":[\"pass\",\"show\","
		  "\"globex\"]},null,true]",
		  "" },
		{ "cp $file before; $numbers import good.csv", 65, "",
		  "line 2: There is already a number named" },
		{ "$numbers import bad.csv", 65, "",
		  "line 3: This is no international phone number. Write it with +" },
		{ "$numbers import bad.csv", 65, "", "line 4: The name is empty." },
		{ "$numbers import bad.csv", 65, "",
		  "2 of 3 lines cannot be used, so nothing was imported.\n" },
		{ "$numbers import keys.csv", 65, "", "Keys never stand in a table" },
		{ "$numbers import many.csv 2>&1 | tail -n 2", 0,
		  "and 5 more\nsipdesk numbers: 25 of 25", "" },
		{ "$numbers import absent.csv", 74, "", "absent.csv" },
		{ "cmp $file before", 0, "", "" },
		{ "printf 'label\\nFrom a pipe\\n' | $numbers import - --json | jq -r "
		  "'.numbers[].label'",
		  0, "From a pipe\n", "" },
	};
	struct str many;
	(void)state;
	file_put("good.csv", "\xef\xbb\xbflabel;phone_number;key;tags;read_only\r\n"
			     "\"Acme; Inc.\";+49 30 123456;vault;\"berlin, vip\";\r\n"
			     "Globex;;command: pass show globex;;yes\r\n");
	file_put("bad.csv", "label,phone_number\nA,\nB,030123456\n,+4930123456\n");
	file_put("keys.csv", "label,api_key\nA," KEY "\n");
	str_init(&many);
	str_add(&many, "label,read_only\n");
	for (int i = 0; i < 25; i++)
		str_addf(&many, "Number %d,perhaps\n", i);
	file_put("many.csv", many.bytes);
	str_release(&many);
	script_steps(&script, STEPS, ARRAY_LENGTH(STEPS));
}

/* --- keys ------------------------------------------------------------------------------------- */

static void keys_are_put_into_the_vault_and_taken_out_with_their_number(void **state)
{
	static const struct script_step STEPS[] = {
		{ "$numbers add --label V --key-file key --passphrase-file passphrase", 78, "",
		  "sipdesk vault init" },
		{ "$sipdesk vault init --passphrase-file passphrase", 0, "", "" },
		{ "$numbers add --label V --api-url $url --key-file key --passphrase-file wrong", 4,
		  "", "does not open with this" },
		{ "$numbers add --label V --key-file absent --passphrase-file passphrase", 74, "",
		  "absent" },
		{ "$numbers list --json", 0, "\"numbers\":[]", "" },
		{ "$numbers add --label V --api-url $url --key-file - --passphrase-file passphrase "
		  "<key",
		  0, "V is saved.\n", "" },
		/* It takes the key out again where the list cannot be written. */
		{ "chmod 640 $file; $numbers add --label W --untried --key-file key "
		  "--passphrase-file passphrase",
		  77, "", "chmod 600" },
		{ "mv $file aside; chmod 500 .config/sipdesk; mkdir $file 2>/dev/null; $numbers "
		  "add "
		  "--label W --untried --key-file key --passphrase-file passphrase; status=$?; "
		  "rmdir $file; "
		  "chmod 700 .config/sipdesk; mv aside $file; chmod 600 $file; exit $status",
		  77, "", "" },
		{ "$sipdesk vault check --json --passphrase-file passphrase | jq -c '[.keys, "
		  ".numbers_without_key, .keys_without_number]'",
		  0, "[1,[],[]]\n", "" },
		{ "$numbers test --passphrase-file passphrase", 0, "ok: SIP on, DTLS\n", "" },
		{ "$numbers remove V --yes --passphrase-file wrong", 4, "",
		  "V has left the list; its API key is still in the vault." },
		{ "$sipdesk vault check --json --passphrase-file passphrase | jq -c '[.keys, "
		  "(.keys_without_number | length)]'",
		  0, "[1,1]\n", "" },
		{ "$numbers add --label V --untried --key-file key --passphrase-file passphrase", 0,
		  "", "" },
		{ "$numbers remove V --yes --passphrase-file passphrase", 0, "", "has left" },
		{ "$sipdesk vault check --json --passphrase-file passphrase | jq .keys", 0, "1\n",
		  "" },
	};
	(void)state;
	script_steps(&script, STEPS, ARRAY_LENGTH(STEPS));
}

/* --- a new key is tried ----------------------------------------------------------------------- */

static void a_new_key_is_tried_before_it_is_saved(void **state)
{
	static const struct script_step STEPS[] = {
		{ "$sipdesk vault init --passphrase-file passphrase", 0, "", "" },
		{ "$numbers add --label Told --phone '+49 30 123456' --api-url $url --key-command "
		  "'cat key' --log log",
		  0, "Told is saved.\n",
		  "This key opens:\n"
		  "Number                   Told\n"
		  "Phone number             +4930123456\n"
		  "Calling                  Enabled\n"
		  "SIP signalling           Enabled\n"
		  "SRTP key exchange        DTLS" },
		{ "grep -c '\"Told\" GET ' log", 0, "1\n", "" },
		{ "$numbers add --label Kept --api-url $url --key-file key --passphrase-file "
		  "passphrase",
		  0, "Kept is saved.\n", "SIP signalling           Enabled" },
		{ "$numbers add --label Twin --api-url $url --key-command 'cat key'", 0, "",
		  "the same API key is also that of" },
		{ "cp $file before; cp .local/share/sipdesk/vault vault", 0, "", "" },
		{ "$numbers add --label Refused --api-url $url --key-command 'echo another-key'", 4,
		  "",
		  "has expired. Nothing was saved.\nThe service's own words: Invalid API "
		  "key\nCheck the API key of this number, or make a new one in the 360dialog "
		  "Hub.\n" },
		{ "echo another-key | $numbers add --label Refused --api-url $url --key-file - "
		  "--passphrase-file passphrase",
		  4, "", "Nothing was saved." },
		{ "$numbers add --label Away --api-url http://127.0.0.1:1 --key-command 'cat key'",
		  5, "", "The key could not be tried, so nothing was saved.\n" },
		{ "$numbers add --label Away --api-url http://127.0.0.1:1 --key-file key "
		  "--passphrase-file passphrase --json",
		  5, "", "--untried saves it without trying its key.\n" },
		{ "$numbers add --label Mute --api-url $url --key-command false", 78, "",
		  "ended with exit code 1" },
		{ "$numbers add --label Mute --api-url $url --key-command false", 78, "",
		  "--untried saves it" },
		{ "cmp $file before && cmp .local/share/sipdesk/vault vault", 0, "", "" },
		{ "$numbers add --label Away --api-url http://127.0.0.1:1 --key-command 'cat key' "
		  "--untried --json",
		  0, "\"label\":\"Away\"", "" },
		{ "$numbers add --label Kept\\ away --api-url http://127.0.0.1:1 --key-file key "
		  "--passphrase-file passphrase --untried",
		  0, "Kept away is saved.\n", "" },
		{ "$numbers list --untried", 64, "", "does not take" },
	};
	(void)state;
	script_steps(&script, STEPS, ARRAY_LENGTH(STEPS));
}

static void all_are_tested_four_at_a_time(void **state)
{
	static const struct script_step STEPS[] = {
		{ "$numbers test", 0, "", "" },
		{ "for i in 1 2 3 4 5 6 7 8 9; do $numbers add --label \"Good $i\" --api-url $url "
		  "--key-command 'cat key'; done",
		  0, "Good 9 is saved.\n", "" },
		{ "$numbers test", 0, "Good 1                    ok: SIP on, DTLS\n", "" },
		{ "test $($numbers test | grep -c ok:) = 9", 0, "", "" },
		{ "$numbers add --label Bad --phone '+49 30 123456' --api-url $url --untried "
		  "--key-command 'echo another-key-0123456789'",
		  0, "", "" },
		{ "$numbers test", 4,
		  "Bad     +4930123456       The service does not take this API key", "" },
		{ "$numbers test 'good 1' 'good 2'", 0, "Good 2", "" },
		{ "$numbers test 'good 1' +4930123456 --json | jq -c '[.numbers[] | [.label, "
		  ".ok]]'",
		  0, "[[\"Good 1\",true],[\"Bad\",false]]\n", "" },
		{ "$numbers test --json | jq -r '.numbers[] | select(.ok | not) | .error'", 0,
		  "does not take this API key", "" },
		{ "$numbers add --label Away --api-url http://127.0.0.1:1 --untried --key-command "
		  "'cat key'; $numbers test Away",
		  5, "Away", "" },
		{ "$numbers test", 4, "Away", "" }, /* a refused key is graver */
		{ "$numbers add --label Asked --api-url $url; setsid -w $numbers test Asked "
		  "Good\\ 1 --log log",
		  78,
		  "The API key of Asked is asked for, and there is no terminal. sipdesk show "
		  "\"Asked\" --key-file FILE tries one from a file.\n",
		  "" },
		{ "cat log", 0, "\"Good 1\" GET ", "" },
		{ "stat -c %a log", 0, "600\n", "" },
		{ "$numbers test Nobody", 65, "", "no saved number" },
	};
	(void)state;
	script_steps(&script, STEPS, ARRAY_LENGTH(STEPS));
	assert_int_equal(fault_server_count(&service, "most_at_once"), 4);
}

/* --- several sessions, and what files can be like --------------------------------------------- */

static void sessions_at_once_lose_nothing(void **state)
{
	static const struct script_step STEPS[] = {
		/* One that another keeps waiting for longer than a second says so: once more. */
		{ "add() { for try in 1 2 3 4 5 6 7 8 9; do $numbers add --label \"$1\" >/dev/null "
		  "&& "
		  "return; done; }; for i in 1 2 3 4 5 6; do { for j in 1 2 3 4 5; do add "
		  "\"$i-$j\"; "
		  "done; } & done; wait",
		  0, "", "" },
		{ "$numbers list --json | jq '.numbers | length'", 0, "30\n", "" },
		{ "for i in 1 2 3 4 5; do $numbers remove \"$i-1\" --yes 2>/dev/null & $numbers "
		  "add "
		  "--label \"new $i\" >/dev/null & wait; done; $numbers list --json | jq '.numbers "
		  "| "
		  "length'",
		  0, "30\n", "" },
		{ "ls .config/sipdesk", 0, "numbers.json\nnumbers.json.lock\n", "" },
	};
	(void)state;
	script_steps(&script, STEPS, ARRAY_LENGTH(STEPS));
}

static void files_that_are_damaged_or_refused(void **state)
{
	static const struct script_step STEPS[] = {
		{ "$numbers add --label A && head -c 60 $file >cut && cat cut >$file", 0, "", "" },
		{ "$numbers list", 65, "", "The file of saved numbers is damaged" },
		{ "$numbers remove A --yes", 65, "", "is damaged" },
		{ "cmp $file cut", 0, "", "" },
		{ "$numbers add --label B", 0, "B is saved.\n", "The damaged list is kept as /" },
		{ "cmp $file.damaged-* cut", 0, "", "" },
		{ "$numbers list", 0, "B ", "" },
		{ "echo '{\"schema\":2}' >$file; cp $file newer; $numbers add --label C", 78, "",
		  "the schema 2; this sipdesk reads 1" },
		{ "cmp $file newer", 0, "", "" },
		{ "echo '{\"schema\":1,\"numbers\":[],\"theme\":\"dark\"}' >$file; $numbers add "
		  "--label D && grep theme $file",
		  0, "\"theme\": \"dark\"", "" },
		{ "chmod 644 $file; $numbers list", 77, "", "Run: chmod 600 " },
		{ "chmod 600 $file; chmod 755 .config/sipdesk; $numbers list", 77, "",
		  "Run: chmod 700 " },
		{ "chmod 700 .config/sipdesk; for i in 1 2 3 4 5 6 7 8; do $numbers add --label "
		  "\"$i\" >/dev/null; done; cp $file before",
		  0, "", "" },
		/* A disk that is full in the middle of the file. */
		{ "trap '' XFSZ; ulimit -f 1; $numbers add --label E", 74, "", "Cannot write" },
		{ "cmp $file before && ls .config/sipdesk | grep -c new", 1, "0\n", "" },
		{ "rm -r .config/sipdesk; echo >.config/sipdesk; $numbers add --label F", 77, "",
		  "sipdesk is no folder" },
		{ "unset HOME; $numbers list", 78, "", "Set HOME or XDG_CONFIG_HOME" },
	};
	(void)state;
	script_steps(&script, STEPS, ARRAY_LENGTH(STEPS));
}

/* --- on a terminal ---------------------------------------------------------------------------- */

/* `option` NULL: none; with one a URL goes along. */
static struct session *numbers_start(const char *word, const char *name, const char *option)
{
	const char *const arguments[] = { program,     "numbers",
					  word,	       name,
					  option,      option == NULL ? NULL : "--api-url",
					  service.url, NULL };
	struct session *session =
		session_start(&(struct session_options) { .arguments = arguments, .home = home });
	assert_non_null(session);
	return session;
}

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
	assert_false(session_output_contains(session, KEY));
	assert_true(session_close(session));
}

static void a_person_is_asked(void **state)
{
	static const struct script_step BEFORE[] = {
		{ "$numbers add --label Plain --api-url $url", 0, "", "" },
		{ "$sipdesk vault init --passphrase-file passphrase", 0, "", "" },
		{ "$numbers add --label V --untried --key-file key --passphrase-file passphrase", 0,
		  "", "" },
	};
	static const struct script_step AFTER[] = {
		{ "$numbers list --json | jq -c '[.numbers[].label]'", 0, "[\"Typed\"]\n", "" },
		{ "$numbers test --passphrase-file passphrase | cut -c1-5", 0, "Typed\n", "" },
		{ "$sipdesk vault check --json --passphrase-file passphrase | jq -c '[.keys, "
		  ".keys_without_number]'",
		  0, "[1,[]]\n", "" },
	};
	(void)state;
	script_steps(&script, BEFORE, ARRAY_LENGTH(BEFORE));
	struct session *session = numbers_start("test", "Plain", NULL);
	answer(session, "API key of Plain (not shown):", KEY);
	ended(session, 0, "ok: SIP on, DTLS");
	session = numbers_start("test", "Plain", NULL);
	expect_text(session, "API key of Plain");
	session_send(session, "<C-c>");
	session_send(session, "<Enter>");
	ended(session, 130, "Nothing was given");
	session = numbers_start("remove", "Plain", NULL);
	expect_text(session, "Plain leaves the list. Nothing changes at the service.");
	answer(session, "Remove it? [y/N]", "");
	ended(session, 130, "Plain stays.");
	session = numbers_start("remove", "Plain", NULL);
	answer(session, "Remove it? [y/N]", "y");
	ended(session, 0, "Plain has left the list.");
	session = numbers_start("remove", "V", NULL);
	expect_text(session, "lost with it: its API key in the vault.");
	answer(session, "Remove it? [y/N]", "yes");
	answer(session, "Passphrase of the vault", PASSPHRASE);
	ended(session, 0, "V has left the list.");
	session = numbers_start("add", "--label=Typed", "--key-source=vault");
	answer(session, "API key of Typed (not shown):", KEY);
	expect_text(session, "SIP signalling           Enabled"); /* before it is saved */
	answer(session, "Passphrase of the vault", PASSPHRASE);
	ended(session, 0, "Typed is saved.");
	script_steps(&script, AFTER, ARRAY_LENGTH(AFTER));
}

#define numbers_command_test(function) \
	cmocka_unit_test_setup_teardown(function, home_make, home_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		numbers_command_test(a_list_is_kept),
		numbers_command_test(a_table_is_imported_whole_or_not_at_all),
		numbers_command_test(keys_are_put_into_the_vault_and_taken_out_with_their_number),
		numbers_command_test(a_new_key_is_tried_before_it_is_saved),
		numbers_command_test(all_are_tested_four_at_a_time),
		numbers_command_test(sessions_at_once_lose_nothing),
		numbers_command_test(files_that_are_damaged_or_refused),
		numbers_command_test(a_person_is_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
