/* Where API keys come from in a session of screens: asked for, from the vault, from a command. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "tests/support/child.h"
#include "tests/support/key_desk.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>

enum { SECOND_MS = 1000 };

static const char SETTINGS[] = "settings {\"status\":\"ENABLED\"}\n";

static const struct key_desk_number THREE_SOURCES[] = {
	{ .label = "Asked" },
	{ .label = "Vaulted", .key = "\"vault\"", .in_vault = "key-of-vaulted" },
	{ .label = "Commanded",
	  .key = "{\"command\":[\"sh\",\"-c\",\"echo key-of-$0\",\"commanded\"]}" },
	{ .label = "Kept", .key = "\"vault\"", .in_vault = "key-of-kept" },
	{ .label = "Forgotten", .key = "\"vault\"" },
	{ .label = NULL },
};

/* Enter on it leads to its settings without a question. */
static void opens_at_once(struct key_desk *desk, const char *label)
{
	key_desk_enter(desk, label);
	expect_text(desk->session, "Call icon");
	session_send(desk->session, "<Esc>");
	expect_text(desk->session, "Add a number");
}

static void three_sources_in_one_session(void **state)
{
	static const char *const KEYS[] = { "key-of-asked", "key-of-vaulted", "key-of-commanded",
					    "key-of-kept" };
	struct key_desk desk;
	(void)state;
	key_desk_open(&desk, SETTINGS, THREE_SOURCES);
	struct session *session = desk.session;
	key_desk_enter(&desk, "Asked");
	expect_cursor_on(session, "API key");
	session_paste(session, "key-of-asked\r\n");
	expect_text(session, "not shown");
	session_send(session, "<Enter>");
	expect_text(session, "Call icon");
	session_send(session, "<Esc>");
	expect_text(session, "Add a number");
	key_desk_enter(&desk, "Vaulted");
	key_desk_unlock(&desk, KEY_DESK_PASSPHRASE);
	expect_text(session, "Call icon");
	session_send(session, "<Esc>");
	expect_text(session, "Add a number");
	opens_at_once(&desk, "Commanded");
	opens_at_once(&desk, "Kept"); /* the passphrase is asked for once */
	opens_at_once(&desk, "Asked");
	opens_at_once(&desk, "Vaulted");
	for (size_t i = 0; i < ARRAY_LENGTH(KEYS); i++) {
		assert_true(key_desk_requests(&desk, KEYS[i]) > 0);
		assert_false(session_output_contains(session, KEYS[i]));
	}
	assert_false(session_output_contains(session, KEY_DESK_PASSPHRASE));
	key_desk_close(&desk);
}

static void a_wrong_passphrase_is_asked_for_again(void **state)
{
	struct key_desk desk;
	(void)state;
	key_desk_open(&desk, SETTINGS, THREE_SOURCES);
	struct session *session = desk.session;
	key_desk_enter(&desk, "Vaulted");
	key_desk_unlock(&desk, "correct horse batterY");
	expect_text(session, "does not open the vault");
	expect_gone(session, "not shown");
	session_send(session, "<Esc>");
	expect_text(session, "Add a number");
	assert_int_equal(key_desk_requests(&desk, "key-of-vaulted"), 0);
	key_desk_enter(&desk, "Vaulted");
	session_send(session, "<Enter>");
	expect_text(session, "Type the passphrase first.");
	key_desk_unlock(&desk, "wrong");
	expect_text(session, "does not open the vault");
	key_desk_unlock(&desk, KEY_DESK_PASSPHRASE);
	expect_text(session, "Call icon");
	key_desk_close(&desk);
}

static void what_the_vault_lacks_is_said(void **state)
{
	static const struct key_desk_number NO_VAULT[] = {
		{ .label = "Vaulted", .key = "\"vault\"" }, { .label = NULL }
	};
	struct key_desk desk;
	(void)state;
	key_desk_open(&desk, SETTINGS, THREE_SOURCES);
	key_desk_enter(&desk, "Forgotten");
	key_desk_unlock(&desk, KEY_DESK_PASSPHRASE);
	expect_words(desk.session, "The vault has no API key of Forgotten. Edit the number (F4");
	session_send(desk.session, "<Esc>");
	expect_text(desk.session, "Add a number");
	key_desk_close(&desk);
	key_desk_open(&desk, SETTINGS, NO_VAULT);
	key_desk_enter(&desk, "Vaulted");
	expect_words(desk.session, "There is no vault at ");
	expect_words(desk.session, "and so no API key of Vaulted.");
	key_desk_close(&desk);
}

/* A key that the service refuses is not tried for ever. */
static void a_refused_key_says_where_it_came_from(void **state)
{
	static const struct {
		const char *label, *words;
	} CASES[] = {
		{ "Vaulted", "The vault has this key for it: edit the number" },
		{ "Commanded", "Its command gave this key:" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct key_desk desk;
		key_desk_open(&desk, "key another\n", THREE_SOURCES);
		key_desk_enter(&desk, CASES[i].label);
		if (i == 0)
			key_desk_unlock(&desk, KEY_DESK_PASSPHRASE);
		expect_words(desk.session, "The service does not take this API key");
		expect_words(desk.session, CASES[i].words);
		key_desk_close(&desk);
	}
}

/* A key press has its frame while the child works; then the vault is open all the same. */
static void unlocking_never_freezes(void **state)
{
	struct key_desk desk;
	(void)state;
	key_desk_open(&desk, SETTINGS, THREE_SOURCES);
	struct session *session = desk.session;
	key_desk_enter(&desk, "Vaulted");
	key_desk_unlock(&desk, KEY_DESK_PASSPHRASE);
	expect_text(session, "Unlocking …");
	session_send(session, "<F1>"); /* later it would be the help of another screen */
	expect_text(session, "The vault is one file");
	expect_text(session, "Call icon");
	key_desk_close(&desk);
}

static void unlocking_can_be_cancelled(void **state)
{
	struct key_desk desk;
	(void)state;
	key_desk_open(&desk, SETTINGS, THREE_SOURCES);
	key_desk_enter(&desk, "Vaulted");
	key_desk_unlock(&desk, KEY_DESK_PASSPHRASE);
	expect_text(desk.session, "Unlocking …");
	session_send(desk.session, "<Esc>");
	expect_text(desk.session, "Add a number");
	key_desk_enter(&desk, "Vaulted");
	expect_cursor_on(desk.session, "Passphrase");
	assert_int_equal(key_desk_requests(&desk, "key-of-vaulted"), 0);
	key_desk_close(&desk);
}

/* A new number whose key is to be kept in the vault, up to the question for a passphrase. */
static void vault_number_add(struct key_desk *desk)
{
	struct session *session = desk->session;
	session_send(session, "<Insert>");
	expect_cursor_on(session, "Name");
	session_type(session, "First\r");
	expect_cursor_on(session, "Phone number");
	session_send(session, "<Enter>");
	expect_cursor_on(session, "Provider");
	session_send(session, "<Space>");
	expect_text(session, "Another URL");
	session_send(session, "<Down>");
	expect_cursor_on(session, "API URL");
	session_type(session, desk->desk.service.url);
	session_send(session, "<Enter>");
	expect_cursor_on(session, "Key is kept");
	session_send(session, "<Space>");
	expect_text(session, "In the vault");
	session_send(session, "<Down>");
	expect_cursor_on(session, "API key");
	session_paste(session, "key-of-first");
	expect_text(session, "not shown");
	session_send(session, "<F2>");
	expect_cursor_on(session, "Save");
	session_send(session, "<Enter>");
	expect_text(session, "There is no vault yet.");
}

static void a_vault_is_made(void **state)
{
	static const struct key_desk_number NONE[] = { { .label = NULL } };
	static const char *const PAIRS[][2] = {
		{ "a new passphrase", "a new passphrasE" },
		{ "a new passphrase", "a new passphrase" },
	};
	struct key_desk desk;
	(void)state;
	key_desk_open(&desk, SETTINGS, NONE);
	struct session *session = desk.session;
	vault_number_add(&desk);
	key_desk_unlock(&desk, "short");
	expect_text(session, "at least 8"); /* and what is typed then begins anew */
	for (size_t i = 0; i < ARRAY_LENGTH(PAIRS); i++) {
		key_desk_unlock(&desk, PAIRS[i][0]);
		expect_cursor_on(session, "Once more");
		session_type(session, PAIRS[i][1]);
		session_send(session, "<Enter>");
		expect_text(session, i == 0 ? "The two were not the same." : "Call icon");
	}
	session_send(session, "<C-x>");
	expect_text(session, "Enter asks for the vault's passphrase.");
	session_send(session, "<Enter>");
	key_desk_unlock(&desk, "a new passphrase");
	expect_text(session, "Call icon");
	session_send(session, "<Esc>");
	expect_text(session, "Add a number");
	opens_at_once(&desk, "First");
	key_desk_close(&desk);
}

/* --- read-only -------------------------------------------------------------------------------- */

static void a_read_only_number_is_shown_and_not_changed(void **state)
{
	static const char WHY[] = "This number is marked read-only in sipdesk";
	static const struct key_desk_number NUMBERS[] = { { .label = "Guarded",
							    .key = "{\"command\":[\"echo\",\"k\"]}",
							    .is_read_only = true },
							  { .label = NULL } };
	static const struct {
		const char *field, *key;
	} EDITS[] = {
		{ "Call icon", "<Space>" }, { "Call icon", "<Enter>" }, { "Call icon", "<Insert>" },
		{ "Hostname", "<Space>" },  { "Hostname", "<Enter>" },	{ "Hostname", "<Insert>" },
		{ "Hostname", "<Del>" },
	};
	struct key_desk desk;
	(void)state;
	key_desk_open(&desk,
		      "settings {\"status\":\"ENABLED\",\"sip\":{\"status\":\"ENABLED\","
		      "\"servers\":[{\"hostname\":\"sip.acme.example\"}]}}\n",
		      NUMBERS);
	struct session *session = desk.session;
	key_desk_enter(&desk, "Guarded");
	expect_text(session, "read-only   read 12:41");
	expect_text(session, " - Calling                Enabled");
	expect_text(session, " - SIP server             sip.acme.example");
	for (size_t i = 0; i < ARRAY_LENGTH(EDITS); i++) {
		desk_go_to(&desk.desk, EDITS[i].field);
		session_send(session, EDITS[i].key);
		expect_words(session, WHY);
		session_send(session, "<C-l>"); /* the next key takes a notice away */
		expect_gone(session, WHY);
	}
	session_paste(session, "sip.other.example");
	expect_words(session, WHY);
	session_send(session, "<F2>");
	expect_text(session, "Nothing was changed yet.");
	assert_false(session_shows(session, "sip.other.example"));
	assert_int_equal(fault_server_count(&desk.desk.service, "posts"), 0);
	key_desk_close(&desk);
}

/* --- commands --------------------------------------------------------------------------------- */

struct command_case {
	const char *name;
	const char *script; /* for sh, as it stands in JSON; NULL: a program that there is not */
	const char *prompt; /* waited for on the terminal; NULL: none */
	const char *typed;  /* then */
	int64_t ahead_ms;   /* then time goes by */
	const char *key;    /* that the service gets; NULL: none */
	const char *words;  /* on the screen then; NULL: the settings */
};

static const struct command_case COMMANDS[] = {
	{ "prompts on the terminal",
	  "printf 'PIN%s' : >/dev/tty; stty -echo </dev/tty; read -r x </dev/tty; echo key-of-$x",
	  "PIN:", "1234\n", 0, "key-of-1234", NULL },
	{ "two lines", "echo key-one; echo login: me", NULL, NULL, 0, "key-one", NULL },
	{ "stopped by Ctrl-Z", "printf 'PIN%s' : >&2; read -r x; echo key-of-$x",
	  "PIN:", "\0321234\n", 0, "key-of-1234", NULL },
	{ "leaves the terminal raw", "stty raw -echo; echo key-raw", NULL, NULL, 0, "key-raw",
	  NULL },
	{ "fails", "echo no such entry >&2; exit 1", NULL, NULL, 0, NULL,
	  "The command for the API key ended with exit code 1: sh -c" },
	{ "is not there", NULL, NULL, NULL, 0, NULL, "was not found, or could not be started" },
	{ "prints nothing", ":", NULL, NULL, 0, NULL, "printed no key" },
	{ "prints no key", "echo key with blanks", NULL, NULL, 0, NULL,
	  "An API key has no blanks" },
	{ "floods", "printf 'PIN%s' : >&2; exec yes", "PIN:", NULL, 0, NULL,
	  "printed far more than a key" },
	{ "hangs", "printf 'PIN%s' : >&2; sleep 100", "PIN:", "12", 21 * SECOND_MS, NULL,
	  "was ended after 20 seconds" },
	{ "hangs and will not end", "trap '' TERM INT; printf 'PIN%s' : >&2; sleep 100; sleep 100",
	  "PIN:", "\003", 21 * SECOND_MS, NULL, "was ended after 20 seconds" },
	{ "Ctrl-C", "printf 'PIN%s' : >&2; read -r x; echo key-of-$x", "PIN:", "\003", 0, NULL,
	  "Add a number" },
};

static char *command_json(const struct command_case *the)
{
	struct str json;
	if (the->script == NULL)
		return mem_text("{\"command\":[\"no-such-program\"]}");
	str_init(&json);
	str_add(&json, "{\"command\":[\"sh\",\"-c\",");
	json_write_string(&json, the->script);
	str_add(&json, "]}");
	return str_detach(&json);
}

/* The person's own screen, where a command prompts, is not the one that sipdesk draws on. */
static bool is_left(const struct session *session, const void *argument)
{
	(void)argument;
	return !session_shows(session, "sipdesk › ");
}

static bool is_drawn_whole(const struct session *session, const void *argument)
{
	char *header = session_row(session, 0);
	char *bar = session_row(session, session->terminal.rows - 1);
	bool is_whole = strstr(header, "sipdesk › ") != NULL && strstr(bar, "F9 More") != NULL &&
			!session_shows(session, "PIN:");
	(void)argument;
	free(header);
	free(bar);
	return is_whole;
}

static void a_command(void **state)
{
	const struct command_case *the = *state;
	struct key_desk desk;
	struct termios before, after;
	char *json = command_json(the);
	const struct key_desk_number numbers[] = { { .label = "Commanded", .key = json },
						   { .label = NULL } };
	key_desk_open(&desk, SETTINGS, numbers);
	struct session *session = desk.session;
	assert_int_equal(tcgetattr(session->pty.line, &before), 0);
	key_desk_enter(&desk, "Commanded");
	if (the->prompt != NULL) {
		expect_text(session, the->prompt);
		assert_true(session_wait(session, is_left, NULL, "the screen steps aside"));
		expect_words(session, "sipdesk runs this for the API key of Commanded");
	}
	if (the->typed != NULL)
		session_type(session, the->typed);
	*desk.ahead_ms += the->ahead_ms;
	expect_words(session, the->words == NULL ? "Call icon" : the->words);
	assert_true(session_wait(session, is_drawn_whole, NULL, "the screen is back"));
	assert_int_equal(tcgetattr(session->pty.line, &after), 0);
	assert_true(pty_modes_equal(&after, &before));
	if (the->key != NULL)
		assert_true(key_desk_requests(&desk, the->key) > 0);
	/* Keys are ours again, and what was typed for the command is none of them. */
	session_send(session, "<F9>");
	expect_text(session, "All actions");
	session_send(session, "<Esc>");
	expect_gone(session, "All actions");
	session_signal(session, SIGTERM);
	expect_exit(session, 130);
	free(json);
	key_desk_close(&desk);
}

/* Ended while the command has the terminal, sipdesk takes both along. */
static void ending_ends_the_command(void **state)
{
	static const struct key_desk_number NUMBERS[] = {
		{ .label = "Commanded",
		  .key = "{\"command\":[\"sh\",\"-c\",\"trap '' TERM; printf 'PIN%s' : >&2; sleep "
			 "100; sleep 100\"]}" },
		{ .label = NULL }
	};
	struct key_desk desk;
	struct termios now;
	(void)state;
	key_desk_open(&desk, SETTINGS, NUMBERS);
	key_desk_enter(&desk, "Commanded");
	expect_text(desk.session, "PIN:");
	session_signal(desk.session, SIGTERM);
	expect_exit(desk.session, 130);
	assert_int_equal(tcgetattr(desk.session->pty.line, &now), 0);
	assert_true((now.c_lflag & ECHO) != 0);
	key_desk_close(&desk);
}

int main(void)
{
	struct CMUnitTest tests[9 + ARRAY_LENGTH(COMMANDS)] = {
		cmocka_unit_test(three_sources_in_one_session),
		cmocka_unit_test(a_wrong_passphrase_is_asked_for_again),
		cmocka_unit_test(what_the_vault_lacks_is_said),
		cmocka_unit_test(a_refused_key_says_where_it_came_from),
		cmocka_unit_test(unlocking_never_freezes),
		cmocka_unit_test(unlocking_can_be_cancelled),
		cmocka_unit_test(a_vault_is_made),
		cmocka_unit_test(a_read_only_number_is_shown_and_not_changed),
		cmocka_unit_test(ending_ends_the_command),
	};
	size_t count = 9;
	for (size_t i = 0; i < ARRAY_LENGTH(COMMANDS); i++)
		tests[count++] = (struct CMUnitTest) { .name = COMMANDS[i].name,
						       .test_func = a_command,
						       .initial_state = (void *)&COMMANDS[i] };
	return _cmocka_run_group_tests("keys", tests, count, NULL, NULL);
}
