/* The mouse: off unless asked for; clicks go to rows and open them, the wheel moves. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/text.h"
#include "tests/support/desk.h"
#include "tests/support/key_desk.h"

#include <stdlib.h>
#include <string.h>

static void mouse_open(struct desk *desk)
{
	static const char *const ARGUMENTS[] = { "--sandbox", "--mouse", NULL };
	*desk = (struct desk) { 0 };
	desk_run(desk, ARGUMENTS, NULL);
	assert_true(peer_sandbox_of(&desk->sandbox, desk->session));
	expect_gone(desk->session, "not read yet");
	expect_gone(desk->session, "reading");
	expect_text(desk->session, "Add a number");
}

/* The bytes of a button pressed on the first row that shows `text`, `times` times at once. */
static void button_send(struct session *session, int button, const char *text, int times)
{
	struct str bytes;
	str_init(&bytes);
	for (int row = 0; row < session->terminal.rows && bytes.length == 0; row++) {
		char *line = session_row(session, row);
		const char *at = strstr(line, text);
		int column = 1;
		for (const char *c = line; at != NULL && c < at; c++)
			column += ((unsigned char)*c & 0xc0) != 0x80;
		for (int i = 0; at != NULL && i < times; i++)
			str_addf(&bytes, "\033[<%d;%d;%dM\033[<%d;%d;%dm", button, column, row + 1,
				 button, column, row + 1);
		free(line);
	}
	assert_true(bytes.length > 0);
	session_send_bytes(session, bytes.bytes, bytes.length);
	str_release(&bytes);
}

static void click(struct session *session, const char *text)
{
	button_send(session, 0, text, 1);
}

static void is_off_unless_asked_for(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice(&desk);
	struct session *session = desk.session;
	assert_false(session_output_contains(session, "\033[?1000h"));
	click(session, "Practice 3"); /* some other program has left it on */
	session_send(session, "<Down>");
	expect_cursor_on(session, "Practice 2");
	desk_close(&desk);
}

static void a_click_goes_to_a_row_and_the_next_opens_it(void **state)
{
	struct desk desk;
	(void)state;
	mouse_open(&desk);
	struct session *session = desk.session;
	assert_true(session->terminal.tells_mouse && session->terminal.tells_mouse_as_sgr);
	click(session, "Practice 5");
	expect_cursor_on(session, "Practice 5");
	click(session, "Practice 2");
	expect_cursor_on(session, "Practice 2");
	click(session, "Practice 2");
	expect_text(session, "read 12:41");
	click(session, "SRTP key exchange");
	expect_cursor_on(session, "SRTP key exchange");
	click(session, "─ Credentials"); /* no row of the form */
	click(session, "Additional codecs");
	expect_cursor_on(session, "Additional codecs");
	button_send(session, 2, "SIP signalling", 1); /* another button */
	button_send(session, 0, "Call icon ", 2);     /* twice before the next frame */
	expect_text(session, " Call icon ─");
	desk_close(&desk);
}

static void the_bar_is_clicked_as_its_keys(void **state)
{
	struct desk desk;
	(void)state;
	mouse_open(&desk);
	struct session *session = desk.session;
	click(session, "F9 More");
	expect_text(session, "All actions");
	click(session, "Esc Back");
	expect_cursor_on(session, "Practice 1");
	click(session, "Find");
	expect_text(session, "7 of 7");
	session_type(session, "hours");
	expect_gone(session, "Practice 1");
	click(session, "Show all");
	expect_text(session, "Practice 1");
	desk_close(&desk);
}

static void the_wheel_moves_three_rows(void **state)
{
	struct desk desk;
	(void)state;
	mouse_open(&desk);
	struct session *session = desk.session;
	button_send(session, 65, "Add a number", 1);
	expect_cursor_on(session, "Practice 4");
	button_send(session, 65, "Add a number", 2);
	expect_cursor_on(session, "Add a number");
	button_send(session, 64, "Practice 1", 1);
	expect_cursor_on(session, "Practice 5");
	session_send(session, "?");
	expect_text(session, "sipdesk › Help");
	expect_text(session, "The numbers you work on");
	button_send(session, 65, "Help", 1);
	expect_gone(session, "The numbers you work on");
	desk_close(&desk);
}

/* What is typed is kept when another row is clicked, as when it is left with a key. */
static void a_click_elsewhere_keeps_what_is_typed(void **state)
{
	struct desk desk;
	(void)state;
	mouse_open(&desk);
	struct session *session = desk.session;
	click(session, "Practice 1");
	click(session, "Practice 1");
	expect_text(session, "read 12:41");
	button_send(session, 0, "Add a SIP server", 2);
	expect_cursor_on(session, "Hostname");
	session_type(session, "sip.acme.example");
	expect_cursor_on(session, "sip.acme.example");
	click(session, "Hostname"); /* it is being edited: not taken from under the fingers */
	click(session, "Add a parameter");
	expect_cursor_on(session, "Add a parameter");
	expect_text(session, "sip.acme.example");
	desk_close(&desk);
}

static void a_box_is_above_what_it_covers(void **state)
{
	struct desk desk;
	(void)state;
	mouse_open(&desk);
	struct session *session = desk.session;
	click(session, "Practice 1");
	click(session, "Practice 1");
	expect_text(session, "read 12:41");
	click(session, "Calling ");
	click(session, "Disabled");
	expect_text(session, "● Disabled");
	click(session, "Callback permission"); /* below the box */
	click(session, "○ Enabled");
	expect_cursor_on(session, "○ Enabled");
	click(session, "Choose");
	expect_gone(session, "○");
	expect_cursor_on(session, "Enabled");
	expect_text(session, "1 changed");
	desk_close(&desk);
}

static void assert_is_off(const struct session *session)
{
	assert_true(session_output_contains(session, "\033[?1000h"));
	assert_false(session->terminal.tells_mouse);
	assert_false(session->terminal.tells_mouse_as_sgr);
}

static void is_given_back_at_the_end_and_while_suspended(void **state)
{
	static const char *const PROMPT[] = { "PS1=ready> ", "ENV=", NULL };
	const char *const arguments[] = { "sh", "-i", NULL };
	const struct session_options options = { .arguments = arguments, .environment = PROMPT };
	(void)state;
	char *program = session_built("sipdesk");
	char *command = mem_format("%s --sandbox --mouse\r", program);
	struct session *session = session_start(&options);
	assert_non_null(session);
	expect_text(session, "ready>");
	session_type(session, command);
	expect_text(session, "Add a number");
	session_send(session, "<C-z>");
	expect_text(session, "Stopped");
	assert_is_off(session);
	session_type(session, "fg\r");
	expect_text(session, "Add a number");
	assert_true(session->terminal.tells_mouse && session->terminal.tells_mouse_as_sgr);
	session_send(session, "<F10>");
	expect_row(session, "ready>");
	assert_is_off(session);
	session_type(session, "exit\r");
	expect_exit(session, 0);
	assert_true(session_close(session));
	free(command);
	free(program);
}

static void is_off_while_a_command_has_the_terminal(void **state)
{
	static const char *const ARGUMENTS[] = { "--mouse", NULL };
	static const struct key_desk_number NUMBERS[] = {
		{ .label = "Commanded",
		  .key = "{\"command\":[\"sh\",\"-c\",\"printf 'PIN%s' : >/dev/tty; read -r x "
			 "</dev/tty; echo key-of-$x\"]}" },
		{ .label = NULL },
	};
	struct key_desk desk;
	(void)state;
	key_desk_prepare(&desk, "settings {\"status\":\"ENABLED\"}\n", NUMBERS);
	key_desk_run(&desk, ARGUMENTS);
	struct session *session = desk.session;
	expect_text(session, "Add a number");
	key_desk_enter(&desk, "Commanded");
	expect_text(session, "PIN:");
	assert_is_off(session);
	session_type(session, "1234\r");
	expect_text(session, "Call icon");
	assert_true(session->terminal.tells_mouse && session->terminal.tells_mouse_as_sgr);
	key_desk_close(&desk);
}

/* A terminal that would draw the sequence is not asked. */
static void is_not_asked_for_on_a_console(void **state)
{
	static const char *const ARGUMENTS[] = { "--sandbox", "--mouse", NULL };
	struct desk desk = { 0 };
	(void)state;
	desk_run(&desk, ARGUMENTS, "linux");
	assert_true(peer_sandbox_of(&desk.sandbox, desk.session));
	expect_text(desk.session, "Add a number");
	assert_false(session_output_contains(desk.session, "\033[?1000h"));
	desk_close(&desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_off_unless_asked_for),
		cmocka_unit_test(a_click_goes_to_a_row_and_the_next_opens_it),
		cmocka_unit_test(the_bar_is_clicked_as_its_keys),
		cmocka_unit_test(the_wheel_moves_three_rows),
		cmocka_unit_test(a_click_elsewhere_keeps_what_is_typed),
		cmocka_unit_test(a_box_is_above_what_it_covers),
		cmocka_unit_test(is_given_back_at_the_end_and_while_suspended),
		cmocka_unit_test(is_off_while_a_command_has_the_terminal),
		cmocka_unit_test(is_not_asked_for_on_a_console),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
