/*
 * Every command in the README's shell blocks is run: `make` in the checkout, sipdesk in a folder
 * with a key file, the provider's address replaced by the practice service's. A command that the
 * table does not know fails the test, and so does a row that the README no longer has.
 */
#include "tests/support/child.h"
#include "tests/support/peer.h"
#include "tests/support/session.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum {
	README_MAX = 256 * 1024,
	COMMANDS_MAX = 32,
	BUILD_DEADLINE_MS = 240 * 1000, /* `make` may have to build */
};

static const char PROVIDER[] = "https://waba-v2.360dialog.io";

struct run {
	const char *command;
	bool in_checkout;
	const char *wait_for; /* on the screen */
	const char *leave;    /* keys that end it; NULL: it ends by itself */
	int exit_code;
	const char *instead; /* run in its place; NULL: itself */
};

static const struct run RUNS[] = {
	{ "make demo", true, "Practice 1", "<F10>", 0, NULL },
	/* This very test is part of `make test`: what it would do is asked for, not done again. */
	{ "make test", true, "", NULL, 0, "make --dry-run test >/dev/null" },
	{ "make install PREFIX=\"$HOME/.local\"", true, "", NULL, 0,
	  "make install PREFIX=\"$HOME/.local\" && \"$HOME/.local/bin/sipdesk\" --version" },
	{ "sipdesk", false, "Add a number", "<F10>", 0, NULL },
	{ "sipdesk --api-url https://waba-v2.360dialog.io --key-file acme.key", false,
	  "SIP signalling", "<F10>", 0, NULL },
	{ "sipdesk show --api-url https://waba-v2.360dialog.io --key-file acme.key", false,
	  "SIP signalling", NULL, 0, NULL },
	{ "sipdesk show --json --api-url https://waba-v2.360dialog.io --key-file acme.key | jq "
	  ".calling.sip",
	  false, "\"hostname\"", NULL, 0, NULL },
	/* The name is nobody's: asked of a resolver that is not there, nothing leaves the machine.
	 */
	{ "sipdesk check sip.acme.example", false, "CANNOT TELL FROM HERE", NULL, 3,
	  "sipdesk check sip.acme.example --dns 127.0.0.1:1 --timeout 3" },
	{ "sipdesk numbers add --label \"Acme Support\" --phone \"+49 30 123456\" --key-command "
	  "\"pass show acme\"",
	  false, "Acme Support is saved.", NULL, 0,
	  "sipdesk numbers add --label \"Acme Support\" --phone \"+49 30 123456\" --api-url "
	  "https://waba-v2.360dialog.io --key-command 'cat acme.key'" },
	{ "sipdesk numbers import numbers.csv", false, "2 numbers are saved.", NULL, 0,
	  "printf 'label;tags\\nA;berlin\\nB;\\n' >numbers.csv && sipdesk numbers import "
	  "numbers.csv" },
	{ "sipdesk numbers list --tag berlin", false, "Acme  ", NULL, 0,
	  "sipdesk numbers add --label Acme --tags berlin && sipdesk numbers list --tag berlin" },
	{ "sipdesk numbers test", false, "ok: SIP on", NULL, 0,
	  "sipdesk numbers add --label Acme --api-url https://waba-v2.360dialog.io --key-command "
	  "'cat acme.key' && sipdesk numbers test" },
	{ "sipdesk numbers remove \"Acme Support\"", false, "Remove it? [y/N]", "y<Enter>", 0,
	  "sipdesk numbers add --label 'Acme Support' && sipdesk numbers remove 'Acme Support'" },
	{ "sipdesk password \"Acme Support\" --to-file acme.password", false,
	  "From domain              edge.clinic.example", NULL, 0,
	  "sipdesk numbers add --label 'Acme Support' --api-url https://waba-v2.360dialog.io "
	  "--key-command 'cat acme.key' && sipdesk password 'Acme Support' --to-file "
	  "acme.password && test -s acme.password" },
	{ "sipdesk password \"Acme Support\" --pipe -- pass insert --multiline sip/acme", false,
	  "Realm                    wa.meta.vc", NULL, 0,
	  "sipdesk numbers add --label 'Acme Support' --api-url https://waba-v2.360dialog.io "
	  "--key-command 'cat acme.key' && sipdesk password 'Acme Support' --pipe -- grep -q ." },
	{ "sipdesk history \"Acme Support\"", false, "nothing was written to it", NULL, 0,
	  "sipdesk numbers add --label \"Acme Support\" && sipdesk history \"Acme Support\"" },
	{ "sipdesk history \"Acme Support\" --json | jq '.entries[-1].outcome'", false, "null",
	  NULL, 0,
	  "sipdesk numbers add --label \"Acme Support\" && sipdesk history \"Acme Support\" --json "
	  "| "
	  "jq '.entries[-1].outcome'" },
	{ "sipdesk help troubleshooting", false, "SDES is DTLS again", NULL, 0, NULL },
};

static char *commands[COMMANDS_MAX];
static size_t command_count;

/* Lines of ```sh blocks without their comments. */
static int readme_read(void **state)
{
	struct str readme;
	struct err err;
	bool in_block = false;
	(void)state;
	str_init(&readme);
	if (!file_read("README.md", README_MAX, &readme, &err))
		return -1;
	char *rest = readme.bytes;
	for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
		if (text_starts_with(line, "```")) {
			in_block = text_equal(line, "```sh");
			continue;
		}
		char *comment = strstr(line, " #");
		size_t length = comment == NULL ? strlen(line) : (size_t)(comment - line);
		while (length > 0 && line[length - 1] == ' ')
			length--;
		if (in_block && length > 0 && command_count < COMMANDS_MAX)
			commands[command_count++] = mem_text_n(line, length);
	}
	str_release(&readme);
	return 0;
}

static int commands_free(void **state)
{
	(void)state;
	while (command_count > 0)
		free(commands[--command_count]);
	return 0;
}

static const struct run *run_of(const char *command)
{
	for (size_t i = 0; i < ARRAY_LENGTH(RUNS); i++)
		if (text_equal(RUNS[i].command, command))
			return &RUNS[i];
	return NULL;
}

static void the_readme_and_the_table_agree(void **state)
{
	(void)state;
	for (size_t i = 0; i < command_count; i++)
		if (run_of(commands[i]) == NULL)
			fail_msg("The README has a command that no test runs: %s", commands[i]);
	for (size_t i = 0; i < ARRAY_LENGTH(RUNS); i++) {
		bool found = false;
		for (size_t j = 0; j < command_count; j++)
			found = found || text_equal(commands[j], RUNS[i].command);
		if (!found)
			fail_msg("The README no longer has: %s", RUNS[i].command);
	}
}

/* The command for a shell, with the practice service in the provider's place. */
static char *command_here(const struct run *run, const char *url)
{
	const char *command = run->instead == NULL ? run->command : run->instead;
	const char *at = strstr(command, PROVIDER);
	return at == NULL ? mem_text(command)
			  : mem_format("%.*s%s%s", (int)(at - command), command, url,
				       at + sizeof PROVIDER - 1);
}

/* What the make that runs the tests was told on its command line, its jobs aside. */
static char *make_flags(void)
{
	const char *flags = getenv("MAKEFLAGS");
	const char *wishes = flags == NULL ? NULL : strstr(flags, "-- ");
	return mem_format("MAKEFLAGS=%s%s", wishes == NULL ? "" : " ",
			  wishes == NULL ? "" : wishes);
}

static void command_run(const struct run *run, const char *url, const char *folder)
{
	char checkout[4096];
	char *program = session_built("sipdesk");
	char *slash = strrchr(program, '/');
	*slash = '\0';
	char *path = mem_format("PATH=%s:%s", program, getenv("PATH"));
	char *flags = make_flags();
	char *ci = getenv("CI") == NULL ? NULL : mem_format("CI=%s", getenv("CI"));
	char *command = command_here(run, url);
	const char *const arguments[] = { "/bin/sh", "-c", command, NULL };
	const char *const environment[] = { path, flags, ci, NULL };
	struct session_options options = {
		.arguments = arguments,
		.environment = environment,
		.folder = run->in_checkout ? getcwd(checkout, sizeof checkout) : folder,
		.deadline_ms = BUILD_DEADLINE_MS,
	};
	struct session *session = session_start(&options);
	assert_non_null(session);
	if (run->wait_for[0] != '\0')
		expect_text(session, run->wait_for);
	if (run->leave != NULL)
		session_send(session, run->leave);
	expect_exit(session, run->exit_code);
	assert_true(session_close(session));
	free(program);
	free(path);
	free(flags);
	free(ci);
	free(command);
}

static void every_command_of_the_readme_runs(void **state)
{
	struct peer sandbox;
	struct err err;
	(void)state;
	char *folder = child_folder_make();
	char *key_file = mem_format("%s/acme.key", folder);
	static const char key[] = "practice-key-3-sdes\n";
	assert_true(file_write_whole(key_file, key, sizeof key - 1, 0600, &err));
	assert_true(peer_sandbox_start(&sandbox));
	for (size_t i = 0; i < command_count; i++) {
		const struct run *run = run_of(commands[i]);
		print_message("# %s\n", commands[i]);
		assert_non_null(run);
		command_run(run, sandbox.url, folder);
	}
	assert_true(peer_stop(&sandbox));
	child_folder_remove(folder);
	free(folder);
	free(key_file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_readme_and_the_table_agree),
		cmocka_unit_test(every_command_of_the_readme_runs),
	};
	return cmocka_run_group_tests(tests, readme_read, commands_free);
}
