#include "tests/support/saved_form.h"

#include "base/file.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 100000 };

const char SAVED_FORM_KEY[] = "planted-key-0123456789";
const char SAVED_FORM_SCRIPT[] =
	"key planted-key-0123456789\n"
	"settings "
	"{\"status\":\"ENABLED\",\"sip\":{\"status\":\"ENABLED\",\"servers\":[{\"hostname\":"
	"\"sip.acme.example\",\"port\":5061}]},\"srtp_key_exchange_protocol\":\"DTLS\"}\n";

void saved_form_place(struct desk *desk, const char *words)
{
	static const char *const PLACES[] = { "Asked each session", "In the vault",
					      "Behind a command" };
	struct session *session = desk->session;
	size_t now = 0;
	while (!session_shows(session, PLACES[now]))
		now = (now + 1) % ARRAY_LENGTH(PLACES);
	while (strcmp(PLACES[now], words) != 0) {
		now = (now + 1) % ARRAY_LENGTH(PLACES);
		session_send(session, "<Space>");
		expect_text(session, PLACES[now]);
	}
}

void saved_form_fill(struct desk *desk, const struct saved_form *typed)
{
	struct session *session = desk->session;
	session_send(session, "<Insert>");
	expect_cursor_on(session, "Name");
	session_type(session, typed->name);
	session_send(session, "<Enter>");
	expect_cursor_on(session, "Phone number");
	session_type(session, typed->phone_number == NULL ? "" : typed->phone_number);
	session_send(session, "<Enter>");
	expect_cursor_on(session, "Provider");
	session_send(session, "<Space>");
	expect_text(session, "Another URL");
	session_send(session, "<Down>");
	expect_cursor_on(session, "API URL");
	session_type(session, typed->url == NULL ? desk->service.url : typed->url);
	session_send(session, "<Enter>");
	expect_cursor_on(session, "Key is kept");
	saved_form_place(desk, typed->place == NULL ? "Asked each session" : typed->place);
	session_send(session, "<Down>");
	expect_cursor_on(session, typed->command == NULL ? "API key" : "Command");
	if (typed->command != NULL)
		session_type(session, typed->command);
	if (typed->key == NULL)
		return;
	session_paste(session, typed->key);
	expect_text(session, "not shown");
}

void saved_form_try(struct desk *desk, const struct saved_form *typed)
{
	saved_form_fill(desk, typed);
	session_send(desk->session, "<F2>");
	expect_text(desk->session, "This key opens");
}

void saved_form_add(struct desk *desk, const struct saved_form *typed)
{
	struct session *session = desk->session;
	saved_form_try(desk, typed);
	session_send(session, "<Enter>");
	expect_text(session, "read 12:41");
	session_send(session, "q");
	expect_text(session, "saved");
	expect_text(session, typed->name);
}

char *saved_list(const struct desk *desk)
{
	struct str bytes;
	str_init(&bytes);
	char *path = mem_format("%s/.config/sipdesk/numbers.json", desk->session->home);
	bool is_there = access(path, F_OK) == 0;
	if (is_there)
		assert_true(file_read(path, FILE_MAX, &bytes, NULL));
	free(path);
	if (is_there)
		return str_detach(&bytes);
	str_release(&bytes);
	return NULL;
}

void expect_saved(const struct desk *desk, const char *text)
{
	char *list = saved_list(desk);
	assert_non_null(list);
	assert_non_null(strstr(list, text));
	assert_null(strstr(list, SAVED_FORM_KEY));
	free(list);
}

void expect_nothing_saved(const struct desk *desk)
{
	assert_null(saved_list(desk));
}
