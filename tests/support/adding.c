#include "tests/support/adding.h"

#include "tests/support/desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* How often Space goes on from the first offered. */
static const int SPACES[KEY_SOURCE_COUNT] = {
	[KEY_SOURCE_ASK] = 0,
	[KEY_SOURCE_VAULT] = 1,
	[KEY_SOURCE_COMMAND] = 2,
};

void adding_fill(struct session *session, const struct adding *adding)
{
	struct desk desk = { .session = session };
	bool is_command = adding->kept == KEY_SOURCE_COMMAND;
	session_send(session, "<Insert>");
	expect_cursor_on(session, "Name");
	session_type(session, adding->label);
	desk_down_to(&desk, "Phone number");
	if (adding->phone_number != NULL)
		session_type(session, adding->phone_number);
	desk_down_to(&desk, "Provider");
	session_send(session, "<Space>");
	desk_down_to(&desk, "API URL");
	session_type(session, adding->api_url);
	desk_down_to(&desk, "Key is kept");
	for (int i = 0; i < SPACES[adding->kept]; i++)
		session_send(session, "<Space>");
	desk_down_to(&desk, is_command ? "Command" : "API key");
	session_type(session, adding->secret);
	if (!is_command)
		expect_text(session, "characters, not shown");
}

void adding_try(struct session *session, const struct adding *adding)
{
	adding_fill(session, adding);
	session_send(session, "<F2>");
	expect_text(session, "This key opens");
}
