#include "tests/support/main_story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

const char MAIN_STORY_HELD[] =
	"{\"calling\":{\"status\":\"ENABLED\",\"sip\":{\"status\":\"ENABLED\",\"servers\":[{"
	"\"hostname\":\"sip.acme.example\",\"port\":5061,\"request_uri_user_params\":{\"tgrp\":"
	"\"berlin\",\"trunk-context\":\"acme.example\"},\"app_id\":1234567890123456}]},"
	"\"srtp_key_exchange_protocol\":\"SDES\"}}";

void main_story_enable(struct desk *desk)
{
	struct session *session = desk->session;
	session_send(session, "<Space>");
	expect_text(session, "Calling                Enabled");
	desk_down_to(desk, "SIP signalling");
	session_send(session, "<Space>");
	expect_text(session, "SIP signalling         Enabled");
}

void main_story_server_add(struct desk *desk)
{
	struct session *session = desk->session;
	desk_down_to(desk, "Add a SIP server");
	session_send(session, "<Enter>");
	expect_cursor_on(session, "Hostname");
	session_type(session, "sip.acme.example");
	session_send(session, "<Enter>");
	expect_cursor_on(session, "Port");
	desk_down_to(desk, "Add a parameter");
	session_send(session, "<Enter>");
	session_type(session, "tgrp");
	session_send(session, "<Enter>");
	session_type(session, "berlin");
	session_send(session, "<Enter>");
	expect_cursor_on(session, "Add a parameter");
	session_send(session, "<Enter>");
	session_type(session, "trunk-context");
	session_send(session, "<Enter>");
	session_type(session, "acme.example");
	session_send(session, "<Enter>");
	expect_text(session, "trunk-context          acme.example ");
	expect_cursor_on(session, "Add a parameter");
}

void main_story_sdes_choose(struct desk *desk)
{
	desk_down_to(desk, "SRTP key exchange");
	session_send(desk->session, "<Space>");
	expect_text(desk->session, "SRTP key exchange      SDES");
}
