/* The API key of a saved number on the command line, from wherever it lives. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/support/key_desk.h"

#include <stdlib.h>
#include <string.h>
#include <termios.h>

enum { ARGUMENTS_MAX = 8 };

static const char SETTINGS[] = "settings {\"status\":\"ENABLED\"}\n";

static const struct key_desk_number NUMBERS[] = {
	{ .label = "Asked" },
	{ .label = "Vaulted", .key = "\"vault\"", .in_vault = "key-of-vaulted" },
	{ .label = "Commanded",
	  .key = "{\"command\":[\"sh\",\"-c\",\"printf 'PIN%s' : >&2; read -r x; echo "
		 "key-of-$x\"]}" },
	{ .label = "Ready", .key = "{\"command\":[\"sh\",\"-c\",\"echo key-$0\",\"ready\"]}" },
	{ .label = "Failing", .key = "{\"command\":[\"sh\",\"-c\",\"exit 3\"]}" },
	{ .label = "Forgotten", .key = "\"vault\"" },
	{ .label = NULL },
};

struct command_line {
	const char *name;
	const char *arguments[ARGUMENTS_MAX]; /* after "show" */
	const char *prompt;		      /* waited for; NULL: none */
	const char *typed;		      /* then */
	int64_t ahead_ms;		      /* then time goes by */
	int status;
	const char *words; /* on the terminal then */
	const char *key;   /* that the service got; NULL: none */
};

static const struct command_line CASES[] = {
	{ "typed",
	  { "Asked" },
	  "API key of Asked (not shown):",
	  "key-of-asked\n",
	  0,
	  0,
	  "Number Asked",
	  "key-of-asked" },
	{ "interrupted while it is typed",
	  { "Asked" },
	  "API key of Asked (not shown):",
	  "key-of\003",
	  0,
	  130,
	  "Nothing was given.",
	  NULL },
	{ "from the vault",
	  { "Vaulted" },
	  "Passphrase of the vault (not shown):",
	  "correct horse battery\n",
	  0,
	  0,
	  "Number Vaulted",
	  "key-of-vaulted" },
	{ "wrong passphrase",
	  { "Vaulted" },
	  "Passphrase of the vault (not shown):",
	  "correct horse batterY\n",
	  0,
	  4,
	  "sipdesk show:",
	  NULL },
	{ "not in the vault",
	  { "Forgotten" },
	  "Passphrase of the vault (not shown):",
	  "correct horse battery\n",
	  0,
	  78,
	  "The vault has no API key of Forgotten.",
	  NULL },
	{ "passphrase from a file",
	  { "Vaulted", "--passphrase-file", "passphrase" },
	  NULL,
	  NULL,
	  0,
	  0,
	  "Number Vaulted",
	  "key-of-vaulted" },
	{ "key file goes first",
	  { "Vaulted", "--key-file", "key" },
	  NULL,
	  NULL,
	  0,
	  0,
	  "Number Vaulted",
	  "key-of-file" },
	{ "from a command that asks",
	  { "Commanded" },
	  "PIN:",
	  "1234\n",
	  0,
	  0,
	  "Number Commanded",
	  "key-of-1234" },
	{ "a command that is interrupted",
	  { "Commanded" },
	  "PIN:",
	  "\003",
	  0,
	  130,
	  "was interrupted",
	  NULL },
	{ "a command that hangs",
	  { "Commanded" },
	  "PIN:",
	  NULL,
	  21000,
	  78,
	  "was ended after 20 seconds",
	  NULL },
	{ "a command that fails",
	  { "Failing" },
	  NULL,
	  NULL,
	  0,
	  78,
	  "ended with exit code 3",
	  NULL },
};

static void file_give(const struct key_desk *desk, const char *name, const char *text)
{
	struct err err;
	char *path = mem_format("%s/%s", desk->home, name);
	assert_true(file_write_whole(path, text, strlen(text), 0600, &err));
	free(path);
}

static void a_key_is_fetched(void **state)
{
	const struct command_line *the = *state;
	const char *arguments[ARGUMENTS_MAX + 2] = { "show" };
	struct key_desk desk;
	struct termios before, after;
	for (size_t i = 0; i < ARGUMENTS_MAX && the->arguments[i] != NULL; i++)
		arguments[i + 1] = the->arguments[i];
	key_desk_prepare(&desk, SETTINGS, NUMBERS);
	file_give(&desk, "passphrase", "correct horse battery\n");
	file_give(&desk, "key", "key-of-file\n");
	key_desk_run(&desk, arguments);
	struct session *session = desk.session;
	assert_int_equal(tcgetattr(session->pty.line, &before), 0);
	before.c_lflag |= ECHO | ISIG; /* it may be asking already */
	if (the->prompt != NULL)
		expect_text(session, the->prompt);
	if (the->typed != NULL)
		session_type(session, the->typed);
	*desk.ahead_ms += the->ahead_ms;
	expect_exit(session, the->status);
	expect_words(session, the->words);
	assert_int_equal(tcgetattr(session->pty.line, &after), 0);
	assert_true(pty_modes_equal(&after, &before));
	assert_int_equal(session_shows(session, "Calling"), the->key != NULL);
	if (the->key != NULL)
		assert_int_equal(key_desk_requests(&desk, the->key), 1);
	assert_false(session_output_contains(session, "correct horse"));
	assert_false(session_output_contains(session, "key-of-v"));
	key_desk_close(&desk);
}

/* As from cron: a command that asks nothing works, and what would be asked for is said. */
static void without_a_terminal(void **state)
{
	static const struct {
		const char *label;
		int status;
		const char *words;
	} LABELS[] = {
		{ "Ready", 0, "Number Ready" },
		{ "Asked", 78, "there is no terminal. Give it with --key-file FILE" },
		{ "Vaulted", 78, "Give it with --passphrase-file FILE" },
	};
	char *program = session_built("sipdesk");
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(LABELS); i++) {
		const char *const arguments[] = { "setsid", "--wait",	     program,
						  "show",   LABELS[i].label, NULL };
		struct key_desk desk;
		key_desk_prepare(&desk, SETTINGS, NUMBERS);
		desk.session = desk.desk.session = session_start(
			&(struct session_options) { .arguments = arguments, .home = desk.home });
		assert_non_null(desk.session);
		expect_exit(desk.session, LABELS[i].status);
		expect_words(desk.session, LABELS[i].words);
		key_desk_close(&desk);
	}
	free(program);
}

int main(void)
{
	struct CMUnitTest tests[1 + ARRAY_LENGTH(CASES)] = {
		cmocka_unit_test(without_a_terminal),
	};
	size_t count = 1;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++)
		tests[count++] = (struct CMUnitTest) { .name = CASES[i].name,
						       .test_func = a_key_is_fetched,
						       .initial_state = (void *)&CASES[i] };
	return _cmocka_run_group_tests("target", tests, count, NULL, NULL);
}
