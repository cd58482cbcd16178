/* `--plain`: the main job in questions and lines of text, with nothing but lines ever written. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/support/lines.h"
#include "tests/support/main_story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NEW_NUMBER = 0, DTLS_NUMBER = 1, SDES_NUMBER = 2, GOLDEN_MAX = 64 * 1024 };

/* Also the signs of our own sentences. */
static void expect_ascii_only(const struct session *session)
{
	for (size_t i = 0; i < session->output.length; i++)
		assert_in_range((unsigned char)session->output.bytes[i], 0, 0x7f);
	assert_false(session_output_contains(session, "\\u{"));
}

static void practice_start_in(struct desk *desk, const char *option, const char *terminal,
			      const char *locale)
{
	const char *const arguments[] = { "--sandbox", option, NULL };
	*desk = (struct desk) { .locale = locale };
	desk_run(desk, arguments, terminal);
	assert_true(peer_sandbox_of(&desk->sandbox, desk->session));
	lines_hear(desk->session, "Number, or a part of its name:");
}

static void practice_start(struct desk *desk)
{
	practice_start_in(desk, "--plain", NULL, NULL);
}

static void practice_close(struct desk *desk)
{
	expect_exit(desk->session, 0);
	lines_expect_only(desk->session);
	desk_close(desk);
}

/* --- the main job ----------------------------------------------------------------------------- */

static const struct turn STORY[] = {
	{ "Number, or a part of its name:", "1" },
	{ "Practice 1: new number:", "1" },
	{ "leave it:", "1" },
	{ "1 Calling: Enabled; changed, was Disabled Practice 1: new number:", "5" },
	{ "leave it:", "1" },
	{ "5 SIP signalling: Enabled; changed, was Disabled Practice 1: new number:", "7" },
	{ "Hostname (an empty line leaves it, - clears it):", "sip.acme.example" },
	{ "Port (an empty line leaves it, - clears it):", "" },
	{ "no more):", "tgrp" },
	{ "Value of tgrp:", "berlin" },
	{ "no more):", "trunk-context" },
	{ "Value of trunk-context:", "acme.example" },
	{ "no more):", "" },
	{ "SIP server:", "back" },
	{ "Practice 1: new number:", "9" },
	{ "leave it:", "2" },
	{ "9 SRTP key exchange: SDES; changed, was DTLS Practice 1: new number:", "review" },
	{ "2 requests, then read back.", NULL },
	{ "send sends exactly this, after a question. Practice 1: new number:", "send" },
	{ "Undo it by itself after 5 minutes, unless you keep it? y or n:", "n" },
	{ "Send exactly this to Practice 1: new number, +12025550101, PRACTICE? y or n:", "y" },
	{ "Outcome Applied", NULL },
	{ "Practice 1: new number:", "list" },
	{ "9 SRTP key exchange: SDES", NULL },
	{ "not run for this server Practice 1: new number:", NULL },
	{ NULL, NULL },
};

static void golden_compare(const struct session *session, const char *name)
{
	const char *folder = getenv("GOLDEN_FOLDER");
	char *path = mem_format("%s/%s.txt", folder == NULL ? "tests/golden" : folder, name);
	struct str golden, transcript;
	struct err err;
	str_init(&golden);
	str_init(&transcript);
	for (size_t i = 0; i < session->output.length; i++)
		if (session->output.bytes[i] != '\r')
			str_add_char(&transcript, session->output.bytes[i]);
	if (getenv("GOLDEN_UPDATE") != NULL)
		assert_true(
			file_write_whole(path, transcript.bytes, transcript.length, 0644, &err));
	assert_true(file_read(path, GOLDEN_MAX, &golden, &err));
	assert_string_equal(transcript.bytes, golden.bytes);
	str_release(&golden);
	str_release(&transcript);
	free(path);
}

static void the_main_job_in_lines(void **state)
{
	static const struct {
		const char *option, *terminal, *locale, *says;
	} CASES[] = {
		{ "--plain", NULL, NULL, NULL },
		{ NULL, "dumb", NULL, "TERM is dumb: no screens can be drawn" },
		{ "--plain", "", "C", NULL },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct desk desk;
		practice_start_in(&desk, CASES[i].option, CASES[i].terminal, CASES[i].locale);
		if (CASES[i].says != NULL)
			lines_hear(desk.session, CASES[i].says);
		lines_converse(desk.session, STORY);
		char *held = peer_settings(&desk.sandbox, NEW_NUMBER, false);
		assert_string_equal(held, MAIN_STORY_HELD);
		free(held);
		lines_answer(desk.session, "leave");
		expect_exit(desk.session, 0);
		if (i == 0)
			golden_compare(desk.session, "plain_story");
		if (CASES[i].locale != NULL)
			expect_ascii_only(desk.session);
		practice_close(&desk);
	}
}

static void what_is_wrong_is_not_sent(void **state)
{
	static const struct turn TURNS[] = {
		{ "a part of its name:", "0103" },
		{ "Practice 3: SIP with SDES", NULL },
		{ "a part of its name:", "1" },
		{ "Practice 3: SIP with SDES:", "7" },
		{ "SIP server:", "1" },
		{ "clears it):", "192.0.2" },
		{ "Wrong:", NULL },
		{ "1 Hostname: 192.0.2; changed, was edge.clinic.example; wrong SIP server:",
		  "send" },
		{ "To settle before it can be sent", NULL },
		{ "It cannot be sent before what is wrong is settled. SIP server:", "undo 1" },
		{ "1 Hostname: edge.clinic.example 2", NULL },
		{ "SIP server:", "4" },
		{ "Key, now tgrp (an empty line leaves it, - removes the parameter):", "-" },
		{ "SIP server:", "back" },
		{ "1 changed.", NULL },
		{ "Practice 3: SIP with SDES:", "5" },
		{ "leave it:", "2" },
		{ "Disable SIP and go back to DTLS? y or n:", "maybe" },
		{ "y or n:", "n" },
		{ "Practice 3: SIP with SDES:", "nonsense" },
		{ "That is neither the number of a row nor a word", NULL },
		{ "Practice 3: SIP with SDES:", "99" },
		{ "help lists them.", NULL },
		{ "Practice 3: SIP with SDES:", "F1" },
		{ "review, or F2:", NULL },
		{ "Practice 3: SIP with SDES:", "leave" },
		{ "Leave sipdesk? y or n:", "y" }, /* practice keeps no drafts */
		{ NULL, NULL },
	};
	struct desk desk;
	(void)state;
	practice_start(&desk);
	lines_converse(desk.session, TURNS);
	practice_close(&desk);
}

/* It is in our session, but Ctrl-C is not for it. */
static void the_practice_service_outlives_ctrl_c(void **state)
{
	struct desk desk;
	(void)state;
	practice_start(&desk);
	lines_answer(desk.session, "1");
	lines_hear(desk.session, "Practice 1: new number:");
	session_send_bytes(desk.session, "\003", 1);
	lines_hear(desk.session, "Leave sipdesk? y or n:");
	lines_answer(desk.session, "n");
	lines_hear(desk.session, "Practice 1: new number:");
	lines_answer(desk.session, "read");
	lines_hear(desk.session, "1 Calling: Disabled");
	lines_hear_not(desk.session, "has ended");
	lines_hear(desk.session, "Practice 1: new number:");
	lines_answer(desk.session, "leave");
	practice_close(&desk);
}

/* --- fields and parameters -------------------------------------------------------------------- */

static void fields_are_found(void **state)
{
	static const struct turn TURNS[] = {
		{ "a part of its name:", "3" },
		{ "Practice 3: SIP with SDES:", "find nowhere" },
		{ "No field has that in its label, help or JSON path.", NULL },
		{ "Practice 3: SIP with SDES:", "F3" },
		{ "Part of a label, a help sentence or a JSON path:", "servers[0].port" },
		{ "1 Port, calling.sip.servers[0].port. The TLS port", NULL },
		{ "or an empty line to go back:", "1" },
		{ "Port Now 5061.", NULL },
		{ "clears it):", "5071" },
		{ "Port: 5071; changed, was 5061 Practice 3: SIP with SDES:", "find CALLBACK" },
		{ "1 Callback permission, calling.callback_permission_status.", NULL },
		{ "or an empty line to go back:", "1" },
		{ "leave it:", "1" },
		{ "4 Callback permission: Enabled; changed, was Disabled Practice 3", "find tgrp" },
		{ "1 tgrp, calling.sip.servers[0].request_uri_user_params", NULL },
		{ "or an empty line to go back:", "1" },
		{ "Key, now tgrp", NULL },
		{ "removes the parameter):", "" },
		{ "Value, now front-desk (an empty line leaves it, - clears it):", "back-office" },
		{ "Practice 3: SIP with SDES:", "changes" },
		{ "Callback permission: from Disabled to Enabled.", NULL },
		{ "SIP server port: from 5061 to 5071.", NULL },
		{ "SIP server tgrp: from front-desk to back-office.", NULL },
		{ "Practice 3: SIP with SDES:", "request" },
		{ "Exact request POST http://127.0.0.1:", NULL },
		{ "D360-API-KEY: (the number's key)", NULL },
		{ "\"tgrp\": \"back-office\"", NULL },
		{ "Practice 3: SIP with SDES:", "curl" },
		{ "-H \"D360-API-KEY: $D360_API_KEY\"", NULL },
		{ "Practice 3: SIP with SDES:", "leave" },
		{ "y or n:", "y" },
		{ NULL, NULL },
	};
	struct desk desk;
	(void)state;
	practice_start(&desk);
	lines_converse(desk.session, TURNS);
	practice_close(&desk);
}

static void parameters_are_edited(void **state)
{
	static const struct turn TURNS[] = {
		{ "a part of its name:", "3" },
		{ "Practice 3: SIP with SDES:", "7" },
		{ "SIP server:", "4" },
		{ "removes the parameter):", "trunk-group" },
		{ "clears it):", "west" },
		{ "4 trunk-group: west; added 5 trunk-context: clinic.example", NULL },
		{ "SIP server:", "6" },
		{ "no more):", "isup-oli" },
		{ "Value of isup-oli:", "00" },
		{ "no more):", "" },
		{ "6 isup-oli: 00; added", NULL },
		{ "SIP server:", "remove 5" },
		{ "5 isup-oli: 00; added", NULL },
		{ "INVITE sip:+12025550103;trunk-group=west;isup-oli=00@edge.clinic.example",
		  NULL },
		{ "SIP server:", "7" },
		{ "That is neither the number of a row", NULL },
		{ "SIP server:", "6" },
		{ "no more):", "isup-oli" },
		{ "Value of isup-oli:", "01" },
		{ "no more):", "" },
		{ "Wrong:", NULL },
		{ "SIP server:", "6" },
		{ "removes the parameter):", "-" },
		{ "SIP server:", "send" },
		{ "unless you keep it? y or n:", "n" },
		{ "y or n:", "y" },
		{ "Outcome Applied", NULL },
		{ "Practice 3: SIP with SDES:", NULL },
		{ NULL, NULL },
	};
	struct desk desk;
	(void)state;
	practice_start(&desk);
	lines_converse(desk.session, TURNS);
	char *held = peer_settings(&desk.sandbox, SDES_NUMBER, false);
	assert_non_null(strstr(held, "{\"isup-oli\":\"00\",\"trunk-group\":\"west\"}"));
	free(held);
	lines_answer(desk.session, "leave");
	practice_close(&desk);
}

/* --- conflict --------------------------------------------------------------------------------- */

static void a_conflict_is_settled_field_by_field(void **state)
{
	static const struct turn CHANGE[] = {
		{ "a part of its name:", "2" },
		{ "Practice 2: SIP with DTLS:", "7" },
		{ "SIP server:", "1" },
		{ "clears it):", "sip.ours.example" },
		{ "changed, was sip.bakery.example SIP server:", NULL },
		{ NULL, NULL },
	};
	static const struct {
		const char *choice, *outcome, *hostname;
	} CASES[] = {
		{ "1", "Outcome Applied", "sip.ours.example" },
		{ "2", "Nothing was sent.", "sip.theirs.example" },
		{ "", "You cancelled before anything was written.", "sip.theirs.example" },
	};
	static const char THEIRS[] = "{\"calling\":{\"sip\":{\"status\":\"ENABLED\",\"servers\":[{"
				     "\"hostname\":\"sip.theirs.example\",\"port\":5061}]}}}";
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct desk desk;
		practice_start(&desk);
		struct session *session = desk.session;
		lines_converse(session, CHANGE);
		assert_true(peer_write(&desk.sandbox, DTLS_NUMBER, THEIRS));
		lines_answer(session, "send");
		lines_hear(session, "unless you keep it? y or n:");
		lines_answer(session, "n");
		lines_hear(session, "Send exactly this");
		lines_hear(session, "y or n:");
		lines_answer(session, "y");
		lines_hear(session, "1 Yours: sip.ours.example");
		lines_hear(session, "2 Theirs, which the service has now: sip.theirs.example");
		lines_hear(session, "or an empty line to stop:");
		lines_answer(session, CASES[i].choice);
		lines_hear(session, CASES[i].outcome);
		char *held = peer_settings(&desk.sandbox, DTLS_NUMBER, false);
		assert_non_null(held);
		assert_non_null(strstr(held, CASES[i].hostname));
		free(held);
		session_send_bytes(session, "\004", 1);
		practice_close(&desk);
	}
}

/* --- check and password ----------------------------------------------------------------------- */

static void the_check_tells_pass_and_fail(void **state)
{
	static const struct turn TURNS[] = {
		{ "a part of its name:", "2" },
		{ "Practice 2: SIP with DTLS:", "check" },
		{ "FAIL The certificate is for voice.bakery.example; it does not name "
		  "sip.bakery.example.",
		  NULL },
		{ "Fix Get a certificate with SAN DNS:sip.bakery.example", NULL },
		{ "Chain of", NULL },
		{ "fail CRT-1", NULL },
		{ "Practice 2: SIP with DTLS:", "list" },
		{ "TLS check of sip.bakery.example: failed just now", NULL },
		{ "Practice 2: SIP with DTLS:", "back" },
		{ "check failed", NULL },
		{ "a part of its name:", "3" },
		{ "Practice 3: SIP with SDES:", "check 7" },
		{ "PASS", NULL },
		{ "answers SIP over TLS", NULL },
		{ "Practice 3: SIP with SDES:", "leave" },
		{ NULL, NULL },
	};
	struct desk desk;
	(void)state;
	practice_start(&desk);
	lines_converse(desk.session, TURNS);
	practice_close(&desk);
}

/* The password as the service tells it; caller frees. */
static char *password_of(const struct desk *desk, size_t number)
{
	static const char NAME[] = "\"sip_user_password\":\"";
	char *held = peer_settings(&desk->sandbox, number, true);
	assert_non_null(held);
	const char *at = strstr(held, NAME);
	assert_non_null(at);
	at += strlen(NAME);
	char *password = mem_text_n(at, strcspn(at, "\""));
	free(held);
	return password;
}

static void the_password_is_shown_after_a_warning(void **state)
{
	struct desk desk;
	(void)state;
	practice_start(&desk);
	struct session *session = desk.session;
	char *password = password_of(&desk, SDES_NUMBER);
	lines_answer(session, "3");
	lines_hear(session, "Practice 3: SIP with SDES:");
	lines_answer(session, "reveal");
	lines_hear(session, "scrollback");
	lines_hear(session, "Show it here? y or n:");
	lines_answer(session, "n");
	lines_hear(session, "Practice 3: SIP with SDES:");
	assert_false(session_output_contains(session, password));
	lines_answer(session, "reveal");
	lines_hear(session, "y or n:");
	lines_answer(session, "y");
	lines_hear(session, "Realm: wa.meta.vc");
	lines_hear(session, password);
	lines_hear(session, "Practice 3: SIP with SDES:");
	lines_answer(session, "leave");
	practice_close(&desk);
	free(password);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_main_job_in_lines),
		cmocka_unit_test(what_is_wrong_is_not_sent),
		cmocka_unit_test(the_practice_service_outlives_ctrl_c),
		cmocka_unit_test(fields_are_found),
		cmocka_unit_test(parameters_are_edited),
		cmocka_unit_test(a_conflict_is_settled_field_by_field),
		cmocka_unit_test(the_check_tells_pass_and_fail),
		cmocka_unit_test(the_password_is_shown_after_a_warning),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
