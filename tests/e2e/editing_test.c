/* Editing a number: guards, findings, pasted text, undoing, and the ways around in it. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "sandbox/sandbox.h"
#include "tests/support/desk.h"
#include "tests/support/session_golden.h"

#include <stdlib.h>
#include <string.h>

enum { NEW_NUMBER = 0, DTLS_NUMBER = 1, SDES_NUMBER = 2 };

/* --- SDES and SIP ------------------------------------------------------------------------------
 */

static void sdes_is_disabled_while_sip_is_off(void **state)
{
	static const char REASON[] = "SDES works only while SIP signalling is enabled.";
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, NEW_NUMBER);
	struct session *session = desk.session;
	desk_go_to(&desk, "SRTP key exchange");
	session_send(session, "<Space>");
	expect_words(session, REASON);
	session_send(session, "<Enter>");
	expect_text(session, "○ SDES");
	expect_words(session, REASON);
	expect_golden(session, "choice_disabled");
	session_send(session, "<Down><Enter>");
	expect_text(session, "○ SDES"); /* it is not taken */
	session_send(session, "<Esc>");
	expect_gone(session, "○ SDES");
	expect_row(session, "›   SRTP key exchange      DTLS");
	assert_false(session_shows(session, "changed"));
	desk_go_to(&desk, "SIP signalling");
	session_send(session, "<Space>");
	desk_go_to(&desk, "SRTP key exchange");
	session_send(session, "<Enter><Down><Enter>");
	expect_text(session, "was DTLS");
	desk_close(&desk);
}

static void sip_off_asks_and_takes_srtp_back(void **state)
{
	static const char HELD[] =
		"{\"calling\":{\"status\":\"ENABLED\",\"call_icon_visibility\":\"DEFAULT\","
		"\"callback_permission_status\":\"DISABLED\",\"sip\":{\"status\":\"DISABLED\","
		"\"servers\":[{\"hostname\":\"edge.clinic.example\",\"port\":5061,"
		"\"request_uri_user_params\":{\"tgrp\":\"front-desk\",\"trunk-context\":"
		"\"clinic.example\"},\"app_id\":9007199254740993}]},"
		"\"srtp_key_exchange_protocol\":\"DTLS\"}}";
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, SDES_NUMBER);
	struct session *session = desk.session;
	desk_go_to(&desk, "SIP signalling");
	session_send(session, "<Space>");
	expect_words(session, "the SRTP key exchange goes back to DTLS in the same draft.");
	expect_golden(session, "question_sip_off");
	session_send(session, "n");
	expect_gone(session, "in the same draft");
	assert_false(session_shows(session, "changed"));
	session_send(session, "<Space>");
	expect_text(session, "in the same draft");
	session_send(session, "y");
	expect_text(session, "2 changed");
	expect_text(session, "was Enabled");
	expect_text(session, "was SDES");
	desk_send(&desk, "Applied");
	char *held = peer_settings(&desk.sandbox, SDES_NUMBER, false);
	assert_string_equal(held, HELD);
	free(held);
	desk_close(&desk);
}

/* --- findings ----------------------------------------------------------------------------------
 */

static void findings_are_told_where_one_types(void **state)
{
	static const struct {
		const char *field, *text, *words;
		bool blocks;
	} CASES[] = {
		{ "Hostname", "", "SIP needs a hostname: without one no call can reach", true },
		{ "Hostname", "sip acme.example", "blank", true },
		{ "Hostname", "sip_1.acme.example", "A hostname has no _ in it", true },
		{ "Hostname", "192.0.2.1", "Certificates rarely name an IP address", false },
		{ "Hostname", "pbx", "A name without a dot is no public name", false },
		{ "Hostname", "bücher.example", "bücher.example is sent as xn--bcher-kva.example.",
		  false },
		{ "Hostname", "xn--bcher-kva.example",
		  "bücher.example is sent as xn--bcher-kva.example.", false },
		{ "Hostname", "sip.acme.example",
		  "The name in your server's certificate must cover this hostname", false },
		{ "Port", "5060", "5060 is usually SIP without encryption", false },
		{ "Port", "70000", "There is no such port: ports go from 1 to 65535.", true },
		{ "Port", "abc", "A port is a number in digits only", true },
		{ "Port", "", "empty means 5061", false },
		{ "tgrp", "", "A parameter needs a value of 1 to 128 characters", true },
		{ "tgrp", "a b", "your server sees a%20b and must decode it", false },
	};
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, SDES_NUMBER);
	struct session *session = desk.session;
	desk_go_to(&desk, "Hostname");
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		desk_go_to(&desk, CASES[i].field);
		session_send(session, "<Enter><C-u>");
		session_type(session, CASES[i].text);
		expect_words(session, CASES[i].words); /* with each letter, not only afterwards */
		session_send(session, "<F2>");
		expect_words(session, CASES[i].blocks ? "must be settled before this can be sent"
						      : "y sends exactly this.");
		session_send(session, "q");
		expect_text(session, "Your server will see");
		expect_cursor_on(session, CASES[i].field);
		if (CASES[i].blocks)
			session_send(session, "u");
	}
	desk_close(&desk);
}

/* What blocks stands in Review, is a jump to its field, and keeps `y` from sending. */
static void review_blocks_and_jumps(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, DTLS_NUMBER);
	struct session *session = desk.session;
	desk_go_to(&desk, "Port");
	desk_replace(&desk, "99999");
	session_send(session, "<F2>");
	expect_words(session, "1 finding must be settled before this can be sent");
	expect_golden(session, "review_blocked");
	session_send(session, "y");
	expect_words(session, "It cannot be sent while a check fails");
	expect_cursor_on(session, "There is no such port"); /* what blocks has the focus */
	session_send(session, "<Enter>");
	expect_cursor_on(session, "Port");
	expect_text(session, "SIP server");
	char *held = peer_settings(&desk.sandbox, DTLS_NUMBER, false);
	assert_non_null(strstr(held, "\"port\":5061"));
	free(held);
	desk_close(&desk);
}

static void parameters_are_checked_together(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, DTLS_NUMBER);
	struct session *session = desk.session;
	desk_go_to(&desk, "Hostname");
	desk_down_to(&desk, "Add a parameter");
	session_send(session, "<Enter>");
	session_type(session, "tgrp");
	expect_words(session, "tgrp counts only together with trunk-context");
	session_send(session, "<Enter>");
	session_type(session, "one");
	session_send(session, "<Enter>");
	expect_cursor_on(session, "Add a parameter");
	session_send(session, "<Enter>");
	session_type(session, "tgrp");
	expect_words(session, "The key tgrp has a row above already");
	session_send(session, "<Enter>");
	session_type(session, "two");
	session_send(session, "<Enter>");
	expect_text(session, "! tgrp                   two");
	session_send(session, "<F2>");
	expect_words(session, "must be settled before this can be sent");
	session_send(session, "q");
	expect_cursor_on(session, "Add a parameter");
	session_send(session, "<Up><Del>");
	expect_gone(session, "two");
	session_send(session, "<F2>");
	expect_words(session, "y sends exactly this.");
	expect_words(session, "tgrp counts only together with trunk-context");
	desk_close(&desk);
}

/* --- pasted text -------------------------------------------------------------------------------
 */

/* As a vendor's page has it: no valid JSON. */
static const char SAMPLE[] = "{\n"
			     "  \"calling\": {\n"
			     "    \"status\": \"ENABLED\"\n"
			     "    \"sip\": {\n"
			     "      \"status\": \"ENABLED\",\n"
			     "      \"servers\": [ // one only\n"
			     "        {\n"
			     "          \"hostname\": \"pbx.acme.example\",\n"
			     "          \"port\": 5071,\n"
			     "          \"request_uri_user_params\": { \"tgrp\": \"sample\", },\n"
			     "        }\n"
			     "      ]\n"
			     "    },\n"
			     "    . . .\n"
			     "    \"srtp_key_exchange_protocol\": \"DTLS (default) | SDES\"\n"
			     "  }\n"
			     "}\n";

static void pasted_text_goes_to_its_fields(void **state)
{
	static const struct {
		const char *text, *words, *rows[3];
	} CASES[] = {
		{ "edge.acme.example:5071",
		  "Taken: hostname, port 5071.",
		  { "Hostname               edge.acme.example ", "Port                   5071",
		    "tgrp                   front-desk" } },
		{ "sip:+4930123456;tgrp=a%20b;trunk-context=x.example@pbx.acme.example:5062"
		  ";transport=tcp",
		  "Taken: hostname, port 5062, 2 parameters. Left out: transport=tcp",
		  { "Hostname               pbx.acme.example ", "Port                   5062",
		    "tgrp                   a b" } },
		{ "sips:edge.acme.example;transport=tls",
		  "Taken: hostname. Left out: transport=tls (Meta adds it itself).",
		  { "Hostname               edge.acme.example " } },
		{ "https://voice.acme.example:8443/path?x=1",
		  "Taken: hostname, port 8443. Left out: https://, the path, what follows ?.",
		  { "Hostname               voice.acme.example ", "Port                   8443" } },
		{ "[2001:db8::7]:5061",
		  "Taken: hostname, port 5061.",
		  { "Hostname               2001:db8::7 ", "Port                   5061" } },
		{ SAMPLE,
		  "Taken: hostname, port 5071, 1 parameter. Left out: SRTP key exchange",
		  { "Hostname               pbx.acme.example ", "Port                   5071",
		    "tgrp                   sample" } },
		{ "D360-API-KEY: planted-pasted-key",
		  "Nothing was taken",
		  { "tgrp                   front-desk" } },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct desk desk;
		desk_practice_number(&desk, SDES_NUMBER);
		struct session *session = desk.session;
		desk_go_to(&desk, "Hostname");
		assert_true(session->terminal.takes_bracketed_paste);
		session_paste(session, CASES[i].text);
		expect_words(session, CASES[i].words);
		for (size_t j = 0; j < ARRAY_LENGTH(CASES[i].rows) && CASES[i].rows[j] != NULL; j++)
			expect_text(session, CASES[i].rows[j]);
		assert_false(session_output_contains(session, "planted-pasted-key"));
		if (CASES[i].text == SAMPLE)
			expect_golden(session, "pasted");
		session_send(session, "<F2>");
		desk_close(&desk);
	}
}

/* Text is never taken for keys: not in a list, and not in a question. */
static void pasted_text_is_no_keys(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, SDES_NUMBER);
	struct session *session = desk.session;
	session_paste(session, "y2\rq");
	expect_words(session, "Nothing here takes pasted text; it was left out.");
	desk_go_to(&desk, "SIP signalling");
	session_send(session, "<Space>");
	expect_text(session, "in the same draft");
	session_paste(session, "y");
	session_send(session, "n");
	expect_gone(session, "in the same draft");
	assert_false(session_shows(session, "changed"));
	desk_close(&desk);
}

/* --- servers -----------------------------------------------------------------------------------
 */

static void a_second_server_warns(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, DTLS_NUMBER);
	struct session *session = desk.session;
	session_send(session, "<Insert>");
	expect_cursor_on(session, "Hostname");
	session_type(session, "other.acme.example");
	session_send(session, "<Enter>");
	/* The focus stays where there is something to say. */
	expect_words(session, "A number has one SIP server per app; with several, calls break.");
	expect_cursor_on(session, "Hostname");
	session_send(session, "<Esc>");
	expect_cursor_on(session, "SIP server 2");
	expect_words(session, "A number has one SIP server per app; with several, calls break.");
	session_send(session, "<F2>");
	expect_words(session, "A number has one SIP server per app");
	expect_words(session, "y sends exactly this.");
	session_send(session, "q");
	expect_cursor_on(session, "SIP server 2");
	session_send(session, "<Del>");
	expect_gone(session, "other.acme.example");
	assert_false(session_shows(session, "changed"));
	desk_close(&desk);
}

static void a_removed_server_can_be_brought_back(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, DTLS_NUMBER);
	struct session *session = desk.session;
	desk_down_to(&desk, "SIP server ");
	session_send(session, "<Del>");
	expect_text(session, "removed; u brings it back");
	session_send(session, "<F2>");
	expect_words(session,
		     "The SIP user password will change when a SIP server is added again.");
	expect_words(session, "SIP signalling needs a SIP server");
	expect_words(session, "must be settled before this can be sent");
	session_send(session, "q");
	expect_cursor_on(session, "SIP server ");
	session_send(session, "u");
	expect_gone(session, "removed");
	assert_false(session_shows(session, "changed"));
	expect_text(session, "sip.bakery.example:5061");
	desk_close(&desk);
}

static void a_server_can_be_removed_for_good(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, DTLS_NUMBER);
	struct session *session = desk.session;
	desk_go_to(&desk, "SIP signalling");
	session_send(session, "<Space>");
	desk_go_to(&desk, "Hostname");
	session_send(session, "<Del>");
	expect_text(session, "removed; u brings it back");
	desk_send(&desk, "Applied");
	char *held = peer_settings(&desk.sandbox, DTLS_NUMBER, false);
	assert_string_equal(held, "{\"calling\":{\"status\":\"ENABLED\",\"call_icon_visibility\":"
				  "\"DEFAULT\",\"callback_permission_status\":\"ENABLED\",\"sip\":{"
				  "\"status\":\"DISABLED\"}},\"payload_encryption\":{\"status\":"
				  "\"DISABLED\"}}");
	free(held);
	desk_close(&desk);
}

/* --- changes, finding, keys ----------------------------------------------------------------------
 */

static void changes_are_listed_and_undone(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, SDES_NUMBER);
	struct session *session = desk.session;
	session_send(session, "<F4>");
	expect_words(session, "Nothing was changed yet.");
	session_send(session, "<Space>");
	desk_go_to(&desk, "Hostname");
	desk_replace(&desk, "new.clinic.example");
	session_send(session, "<Esc>");
	expect_text(session, "Media");
	session_send(session, "4"); /* for F4 */
	expect_text(session, "Enabled → Disabled");
	expect_text(session, "edge.clinic.example → new.clinic.example");
	expect_golden(session, "changes");
	session_send(session, "u");
	expect_gone(session, "Enabled → Disabled");
	session_send(session, "<Enter>");
	expect_cursor_on(session, "new.clinic.example");
	session_send(session, "u");
	expect_gone(session, "new.clinic.example");
	expect_gone(session, "changed");
	desk_close(&desk);
}

/* As in Review: not its members, and not a parameter's key. */
static void an_added_server_is_one_change(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, NEW_NUMBER);
	desk_down_to(&desk, "Add a SIP server");
	session_send(desk.session, "<Enter>");
	session_type(desk.session, "sip:+1;tgrp=berlin@sip.acme.example");
	session_send(desk.session, "<Enter>");
	expect_text(desk.session, "berlin");
	session_send(desk.session, "<Esc>");
	expect_text(desk.session, "SIP user password");
	session_send(desk.session, "<F4>");
	expect_text(desk.session, "none → sip.acme.example:5061  tgrp=berlin");
	assert_false(session_shows(desk.session, "SIP server hostname"));
	session_send(desk.session, "u");
	expect_text(desk.session, "Nothing is changed");
	desk_close(&desk);
}

static void finding_goes_to_the_field(void **state)
{
	static const struct {
		const char *wanted, *row;
	} CASES[] = {
		{ "Calling webhooks", "Calling webhooks" },
		{ "webhook_delivery", "Calling webhooks" },
		{ "488", "SRTP key exchange" },
		{ "trunk", "trunk-context" },
		{ "sip_user_password", "SIP user password" },
	};
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, SDES_NUMBER);
	struct session *session = desk.session;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		session_send(session, "/");
		expect_text(session, "Find a field");
		session_type(session, CASES[i].wanted);
		char *typed = mem_format("Find  %s", CASES[i].wanted);
		expect_row(session, typed);
		free(typed);
		if (i == 0)
			expect_golden(session, "find");
		session_send(session, "<Enter>");
		expect_gone(session, "Find a field");
		expect_cursor_on(session, CASES[i].row);
	}
	session_send(session, "/");
	expect_text(session, "Find a field");
	session_type(session, "no such field");
	expect_words(session, "No field has that in its label, help or JSON path.");
	desk_close(&desk);
}

static void letters_never_act_while_text_has_the_focus(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, DTLS_NUMBER);
	struct session *session = desk.session;
	desk_go_to(&desk, "Hostname");
	session_send(session, "<Enter><C-u>q2u?/0");
	expect_text(session, "q2u?/0");
	session_send(session, "<C-w><C-y><C-a>x<C-e>y");
	expect_text(session, "xq2u?/0y");
	session_send(session, "<Esc>");
	expect_text(session, "sip.bakery.example");
	expect_gone(session, "changed");
	session_send(session, "q");
	expect_text(session, "Media");
	session_send(session, "q");
	expect_text(session, "7 numbers");
	session_send(session, "q"); /* nothing would be lost: it ends without a question */
	expect_exit(session, 0);
	desk_close(&desk);
}

static void leaving_with_changes_asks(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, DTLS_NUMBER);
	struct session *session = desk.session;
	session_send(session, "<Space>0"); /* for F10 */
	expect_words(session, "The changes to Practice 2: SIP with DTLS were not sent and would be "
			      "lost.");
	expect_golden(session, "question_leave");
	session_send(session, "<Enter>"); /* the focus is on what loses nothing */
	expect_gone(session, "would be lost");
	expect_text(session, "1 changed");
	session_send(session, "q");
	expect_text(session, "1 changed, not sent."); /* of the number under the focus */
	session_send(session, "<Enter>");
	expect_text(session, "1 changed"); /* the draft is still there */
	desk_close(&desk);
}

/* --- numbers -----------------------------------------------------------------------------------
 */

static void add_number(struct session *session, const char *name, const char *key)
{
	session_send(session, "<Insert>");
	expect_cursor_on(session, "Name");
	expect_text(session, "http://127.0.0.1:"); /* the practice service's address */
	session_type(session, name);
	session_send(session, "<Enter>");
	session_type(session, "+49 30 123456");
	session_send(session, "<Enter><Down><Down>");
	expect_cursor_on(session, "API key");
	session_paste(session, key);
	expect_text(session, "not shown");
}

static void a_number_is_added_and_its_key_never_shown(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, NEW_NUMBER);
	struct session *session = desk.session;
	session_send(session, "q");
	expect_text(session, "7 numbers");
	add_number(session, "Acme Support", "planted-wrong-key");
	expect_golden(session, "number_add");
	session_send(session, "<F2>");
	expect_words(session,
		     "The service does not take this API key: it is wrong or has expired.");
	expect_cursor_on(session, "API key");
	session_send(session, "<C-u>");
	session_type(session, PRACTICE_NUMBERS[DTLS_NUMBER].key);
	expect_text(session, "19 characters, not shown");
	session_send(session, "<F2>");
	expect_text(session, "This key opens");
	expect_text(session, "sip.bakery.example:5061");
	session_send(session, "<Enter>");
	expect_text(session, "sip:+4930123456@sip.bakery.example");
	session_send(session, "q");
	expect_text(session, "8 numbers");
	expect_text(session, "Acme Support");
	expect_text(session, "+4930123456");
	add_number(session, "acme support", "D360-API-KEY: planted-other-key\r\n");
	session_send(session, "<F2>");
	expect_cursor_on(session, "Name");
	assert_false(session_output_contains(session, "planted-"));
	assert_false(session_output_contains(session, PRACTICE_NUMBERS[DTLS_NUMBER].key));
	desk_close(&desk);
}

/* In practice nothing leaves the machine, whatever is typed. */
static void practice_takes_no_other_address(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, NEW_NUMBER);
	struct session *session = desk.session;
	session_send(session, "q");
	expect_text(session, "7 numbers");
	add_number(session, "Elsewhere", "planted-key-elsewhere");
	session_send(session, "<Up><Up>");
	expect_cursor_on(session, "API URL");
	session_send(session, "<C-u>");
	session_type(session, "https://waba-v2.360dialog.io");
	session_send(session, "<F2>");
	expect_words(session, "In practice nothing leaves this machine");
	expect_cursor_on(session, "API URL");
	assert_false(session_shows(session, "Provider")); /* nor is one to be chosen */
	desk_close(&desk);
}

static void numbers_are_found_as_one_types(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice(&desk);
	struct session *session = desk.session;
	session_type(session, "pau"); /* a letter begins the search */
	expect_text(session, "Practice 4");
	expect_gone(session, "Practice 1");
	expect_text(session, "Find  pau");
	session_send(session, "<Enter>");
	expect_text(session, "read 12:41");
	desk_go_to(&desk, "Restrictions");
	expect_words(session, "Low call quality");
	expect_golden(session, "settings_restricted");
	session_send(session, "q");
	expect_text(session, "Find  pau");
	session_send(session, "<Esc>");
	expect_text(session, "Practice 1");
	desk_close(&desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sdes_is_disabled_while_sip_is_off),
		cmocka_unit_test(sip_off_asks_and_takes_srtp_back),
		cmocka_unit_test(findings_are_told_where_one_types),
		cmocka_unit_test(review_blocks_and_jumps),
		cmocka_unit_test(parameters_are_checked_together),
		cmocka_unit_test(pasted_text_goes_to_its_fields),
		cmocka_unit_test(pasted_text_is_no_keys),
		cmocka_unit_test(a_second_server_warns),
		cmocka_unit_test(a_removed_server_can_be_brought_back),
		cmocka_unit_test(a_server_can_be_removed_for_good),
		cmocka_unit_test(changes_are_listed_and_undone),
		cmocka_unit_test(an_added_server_is_one_change),
		cmocka_unit_test(finding_goes_to_the_field),
		cmocka_unit_test(letters_never_act_while_text_has_the_focus),
		cmocka_unit_test(leaving_with_changes_asks),
		cmocka_unit_test(a_number_is_added_and_its_key_never_shown),
		cmocka_unit_test(practice_takes_no_other_address),
		cmocka_unit_test(numbers_are_found_as_one_types),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
