/* The completions of bash and zsh, in the real shells: a line is typed, then Tab. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "tests/support/session.h"

#include <libgen.h>
#include <stdlib.h>
#include <string.h>

/* After Tab a "=" is typed: what was added before it can be seen, also that it was nothing. */
static const struct completion {
	const char *typed;
	const char *becomes; /* NULL: several are offered, and one is `offered` */
	const char *offered;
} CASES[] = {
	{ "sipdesk hi", "sipdesk history =", NULL },
	{ "sipdesk ", NULL, "password" },
	{ "sipdesk --mo", "sipdesk --mouse =", NULL },
	{ "sipdesk numbers rem", "sipdesk numbers remove =", NULL },
	{ "sipdesk vault ", NULL, "passwd" },
	{ "sipdesk help tr", "sipdesk help troubleshooting =", NULL },
	{ "sipdesk check --wr", "sipdesk check --write-chain =", NULL },
	{ "sipdesk check --mo", "sipdesk check --mo=", NULL }, /* the screens' alone */
	{ "sipdesk numbers add --key-source va", "sipdesk numbers add --key-source vault =", NULL },
	{ "sipdesk numbers add --label Ac", "sipdesk numbers add --label Ac=", NULL },
	/* names of saved numbers, as the shell must have them */
	{ "sipdesk Acme\\ Su", "sipdesk Acme\\ Support =", NULL },
	{ "sipdesk show \"Acme Sa", "sipdesk show \"Acme Sales\" =", NULL },
	{ "sipdesk password O", "sipdesk password O\\'Neil\\ \\&\\ Söhne =", NULL },
	{ "sipdesk history Acme", NULL, "Sales" },
	{ "sipdesk numbers remove Acme\\ Sa", "sipdesk numbers remove Acme\\ Sales =", NULL },
	{ "sipdesk show --json Acme\\ Sa", "sipdesk show --json Acme\\ Sales =", NULL },
	{ "sipdesk check Ac", "sipdesk check Ac=", NULL },
	/* files */
	{ "sipdesk show --key-file my", "sipdesk show --key-file my.key =", NULL },
	{ "sipdesk check --ca-file my", "sipdesk check --ca-file my.key =", NULL },
	{ "sipdesk --log my", "sipdesk --log my.key =", NULL },
	{ "sipdesk numbers import ta", "sipdesk numbers import table.csv =", NULL },
};

static const char PROMPT[] = "ready>";

static struct session *shell_start(const char *const *arguments)
{
	char *program = session_built("sipdesk");
	char *path = mem_format("PATH=%s:%s", dirname(program), getenv("PATH"));
	const char *const environment[] = { path, "PS1=ready> ", NULL };
	struct session *session = session_start(&(struct session_options) {
		.arguments = arguments, .columns = 120, .environment = environment });
	assert_non_null(session);
	free(path);
	free(program);
	return session;
}

static void command_run(struct session *session, const char *command)
{
	session_type(session, command);
	session_type(session, "\r");
}

static void numbers_save(struct session *session)
{
	static const char *const LABELS[] = { "Acme Support", "Acme Sales", "O'Neil & Söhne" };
	for (size_t i = 0; i < ARRAY_LENGTH(LABELS); i++) {
		char *command = mem_format("sipdesk numbers add --key-source ask --label \"%s\"",
					   LABELS[i]);
		char *saved = mem_format("%s is saved.", LABELS[i]);
		command_run(session, command);
		expect_text(session, saved);
		free(saved);
		free(command);
	}
	command_run(session, "touch my.key table.csv");
}

static void case_run(struct session *session, const struct completion *completion)
{
	session_send(session, "<C-l>");
	expect_row(session, PROMPT);
	session_type(session, completion->typed);
	session_send(session, "<Tab>");
	if (completion->becomes == NULL) {
		expect_text(session, completion->offered);
	} else {
		char *row = mem_format("%s %s", PROMPT, completion->becomes);
		session_type(session, "=");
		expect_row(session, row);
		free(row);
	}
	session_send(session, "<C-u>");
}

static void table_run(struct session *session)
{
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++)
		case_run(session, &CASES[i]);
	session_send(session, "<C-l>");
	command_run(session, "exit 0");
	expect_exit(session, 0);
	assert_true(session_close(session));
}

static char *completion_path(const char *name)
{
	char *folder = realpath("ui/completion", NULL);
	char *path = mem_format("%s%s", folder, name);
	assert_non_null(folder);
	free(folder);
	return path;
}

static void bash_completes(void **state)
{
	static const char *const ARGUMENTS[] = { "bash", "--noprofile", "--norc", "-i", NULL };
	(void)state;
	char *path = completion_path("/sipdesk.bash");
	char *command = mem_format("bind 'set show-all-if-ambiguous on'; source %s", path);
	struct session *session = shell_start(ARGUMENTS);
	expect_text(session, PROMPT);
	command_run(session, command);
	numbers_save(session);
	table_run(session);
	free(command);
	free(path);
}

static void zsh_completes(void **state)
{
	static const char *const ARGUMENTS[] = { "zsh", "-f", "-i", NULL };
	(void)state;
	char *folder = completion_path("");
	char *command = mem_format("PS1='ready> '; unsetopt list_ambiguous; fpath=(%s $fpath); "
				   "autoload -Uz compinit; compinit -u -D",
				   folder);
	struct session *session = shell_start(ARGUMENTS);
	expect_text(session, PROMPT);
	command_run(session, command);
	numbers_save(session);
	table_run(session);
	free(command);
	free(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bash_completes),
		cmocka_unit_test(zsh_completes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
