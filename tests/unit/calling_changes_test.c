#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/str.h"
#include "calling/changes.h"
#include "calling/settings.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define SIP(members) "{\"calling\":{\"sip\":{" members "}}}"
#define SERVERS(list) SIP("\"servers\":[" list "]")
#define ACME "{\"hostname\":\"sip.acme.example\",\"port\":5061}"

/* "kind path | label | old | new" a line; ~ changed, + added, - removed. */
static const struct changes_case {
	const char *name, *from, *to;
	bool with_read_only;
	const char *expected;
} changes_cases[] = {
	{ "nothing", "{}", "{}", true, "" },
	{ "letter case of enums", "{\"calling\":{\"status\":\"enabled\"}}",
	  "{\"calling\":{\"status\":\"ENABLED\"}}", true, "" },
	{ "absent by its meaning", "{}",
	  "{\"calling\":{\"status\":\"DISABLED\",\"call_icon_visibility\":\"DEFAULT\","
	  "\"srtp_key_exchange_protocol\":\"DTLS\",\"sip\":{\"status\":\"disabled\","
	  "\"webhook_delivery\":\"DISABLED\",\"servers\":[]},"
	  "\"call_icons\":{\"restrict_to_user_countries\":[]}}}",
	  true, "" },
	{ "an absent value without meaning", "{}",
	  "{\"calling\":{\"callback_permission_status\":\"DISABLED\"}}", false,
	  "~ calling.callback_permission_status | Callback permission | Not set | Disabled\n" },
	{ "enum", "{\"calling\":{\"status\":\"DISABLED\"}}",
	  "{\"calling\":{\"status\":\"ENABLED\"}}", false,
	  "~ calling.status | Calling | Disabled | Enabled\n" },
	{ "unknown enum value", "{\"calling\":{\"status\":\"PAUSED\"}}", "{}", false,
	  "~ calling.status | Calling | PAUSED | Disabled\n" },
	{ "order of countries",
	  "{\"calling\":{\"call_icons\":{\"restrict_to_user_countries\":[\"DE\",\"FR\"]}}}",
	  "{\"calling\":{\"call_icons\":{\"restrict_to_user_countries\":[\"fr\",\"DE\"]}}}", false,
	  "" },
	{ "one country less",
	  "{\"calling\":{\"call_icons\":{\"restrict_to_user_countries\":[\"DE\",\"FR\"]}}}",
	  "{\"calling\":{\"call_icons\":{\"restrict_to_user_countries\":[\"DE\"]}}}", false,
	  "~ calling.call_icons.restrict_to_user_countries | Call icon countries | DE FR | DE\n" },
	{ "hostname's letter case, its IDN form, port as string or absent",
	  SERVERS("{\"hostname\":\"SIP.M\xc3\xbcnchen.example\",\"port\":\"5061\"}"),
	  SERVERS("{\"hostname\":\"sip.xn--mnchen-3ya.example\"}"), true, "" },
	{ "port", SERVERS(ACME), SERVERS("{\"hostname\":\"sip.acme.example\",\"port\":5071}"),
	  false, "~ calling.sip.servers[0].port | SIP server port | 5061 | 5071\n" },
	{ "no port is 5061", SERVERS("{\"hostname\":\"a.example\"}"),
	  SERVERS("{\"hostname\":\"a.example\",\"port\":\"5060\"}"), false,
	  "~ calling.sip.servers[0].port | SIP server port | 5061 | 5060\n" },
	{ "order of parameters",
	  SERVERS("{\"hostname\":\"a.example\",\"request_uri_user_params\":{\"b\":\"1\",\"a\":"
		  "\"2\"}}"),
	  SERVERS("{\"hostname\":\"a.example\",\"request_uri_user_params\":{\"a\":\"2\",\"b\":"
		  "\"1\"}}"),
	  true, "" },
	{ "parameters by key",
	  SERVERS("{\"hostname\":\"a.example\",\"request_uri_user_params\":{\"tgrp\":\"x\",\"k\":"
		  "\"same\",\"gone\":\"\"}}"),
	  SERVERS("{\"hostname\":\"a.example\",\"request_uri_user_params\":{\"new\":\"1\",\"k\":"
		  "\"same\",\"tgrp\":\"X\"}}"),
	  false,
	  "- calling.sip.servers[0].request_uri_user_params.gone | SIP server gone | gone | -\n"
	  "- calling.sip.servers[0].request_uri_user_params.gone | SIP server gone | Empty | -\n"
	  "+ calling.sip.servers[0].request_uri_user_params.new | SIP server new | - | new\n"
	  "+ calling.sip.servers[0].request_uri_user_params.new | SIP server new | - | 1\n"
	  "~ calling.sip.servers[0].request_uri_user_params.tgrp | SIP server tgrp | x | X\n" },
	{ "a server is added", SIP("\"status\":\"ENABLED\""), SIP("\"servers\":[" ACME "]"), false,
	  "~ calling.sip.status | SIP signalling | Enabled | Disabled\n"
	  "+ calling.sip.servers[0] | SIP server | - | sip.acme.example:5061\n"
	  "+ calling.sip.servers[0].hostname | SIP server hostname | - | sip.acme.example\n"
	  "+ calling.sip.servers[0].port | SIP server port | - | 5061\n" },
	{ "a server is removed, the other is known by its hostname",
	  SERVERS("{\"hostname\":\"a.example\"},{\"hostname\":\"b.example\",\"port\":1}"),
	  SERVERS("{\"hostname\":\"B.example\",\"port\":2}"), false,
	  "- calling.sip.servers[0] | SIP server 1 | a.example:5061 | -\n"
	  "- calling.sip.servers[0].hostname | SIP server 1 hostname | a.example | -\n"
	  "~ calling.sip.servers[0].port | SIP server 1 port | 1 | 2\n" },
	{ "servers are known by app_id first",
	  SERVERS("{\"hostname\":\"a.example\",\"app_id\":1},{\"hostname\":\"b.example\",\"app_"
		  "id\":"
		  "9007199254740993}"),
	  SERVERS("{\"hostname\":\"a.example\",\"app_id\":\"9007199254740993\"},{\"hostname\":"
		  "\"a.example\",\"app_id\":1}"),
	  true,
	  "~ calling.sip.servers[0].hostname | SIP server 1 hostname | b.example | a.example\n" },
	{ "another app's server is another server, whatever its hostname",
	  SERVERS("{\"hostname\":\"a.example\",\"app_id\":1}"),
	  SERVERS("{\"hostname\":\"a.example\",\"app_id\":2}"), false,
	  "- calling.sip.servers[0] | SIP server | a.example:5061 | -\n"
	  "- calling.sip.servers[0].hostname | SIP server hostname | a.example | -\n"
	  "+ calling.sip.servers[0] | SIP server | - | a.example:5061\n"
	  "+ calling.sip.servers[0].hostname | SIP server hostname | - | a.example\n" },
	{ "read-only fields only when asked",
	  "{\"calling\":{\"audio\":{\"additional_codecs\":[\"PCMA\"]}}}", "{}", false, "" },
	{ "read-only fields", "{\"calling\":{\"audio\":{\"additional_codecs\":[\"PCMA\"]}}}", "{}",
	  true,
	  "~ calling.audio.additional_codecs | Additional codecs | Opus, PCMA | Opus only\n" },
	{ "an app_id that was not wanted is the service's own",
	  SERVERS("{\"hostname\":\"a.example\"}"),
	  SERVERS("{\"hostname\":\"a.example\",\"app_id\":7}"), true, "" },
	{ "an app_id that is gone", SERVERS("{\"hostname\":\"a.example\",\"app_id\":7}"),
	  SERVERS("{\"hostname\":\"a.example\"}"), true,
	  "~ calling.sip.servers[0].app_id | SIP server app | 7 | Not given\n" },
};

static void decode(struct calling_settings *settings, const char *json)
{
	struct err err;
	err_init(&err);
	if (!settings_decode(settings, json, strlen(json), 0, &err))
		fail_msg("%s: %s", json, err.sentence);
}

static const char *dash(const char *text)
{
	return text != NULL ? text : "-";
}

static void changes_work(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof changes_cases / sizeof *changes_cases; i++) {
		const struct changes_case *c = &changes_cases[i];
		struct calling_settings from, to;
		decode(&from, c->from);
		decode(&to, c->to);
		struct changes changes;
		changes_init(&changes);
		changes_compute(&from.values, &to.values, c->with_read_only, &changes);
		struct str out;
		str_init(&out);
		for (size_t j = 0; j < changes.count; j++) {
			const struct change *change = &changes.items[j];
			str_addf(&out, "%c %s | %s | %s | %s\n", "~+-"[change->kind],
				 change -> path, change -> label, dash(change->old_text),
				 dash(change->new_text));
		}
		if (strcmp(out.bytes, c->expected) != 0)
			fail_msg("%s:\n%s\nexpected:\n%s", c->name, out.bytes, c->expected);
		str_release(&out);
		changes_release(&changes);
		settings_release(&from);
		settings_release(&to);
	}
}

static void removed_servers_count_as_absent(void **state)
{
	(void)state;
	struct calling_settings base;
	decode(&base, SERVERS(ACME));
	struct calling_values mine;
	values_copy(&mine, &base.values);
	mine.servers[0].removed = true;
	values_server_add(&mine)->hostname = strdup("b.example");
	struct changes changes;
	changes_init(&changes);
	changes_compute(&base.values, &mine, false, &changes);
	assert_int_equal(changes.count, 5);
	/* The old server and the new one are told apart by their places. */
	const struct change *gone = changes_for(&changes, field_ref_server(FIELD_SIP_SERVERS, 0));
	const struct change *added =
		changes_for(&changes, field_ref_server(FIELD_SERVER_HOSTNAME, 1));
	assert_non_null(gone);
	assert_int_equal(gone->kind, CHANGE_REMOVED);
	assert_non_null(added);
	assert_int_equal(added->kind, CHANGE_ADDED);
	assert_null(added->old_value);
	assert_string_equal(added->new_value, "b.example");
	assert_null(changes_for(&changes, field_ref_of(FIELD_SIP)));
	changes_release(&changes);
	/* The read-back, where it stands first, is what was wanted. */
	struct calling_settings shown;
	decode(&shown, SERVERS("{\"hostname\":\"b.example\",\"port\":5061,\"app_id\":3}"));
	changes_compute(&mine, &shown.values, true, &changes);
	assert_int_equal(changes.count, 0);
	changes_release(&changes);
	settings_release(&shown);
	values_release(&mine);
	settings_release(&base);
}

/* A parameter's place after a removal is another's: the change of what stands there now counts. */
static void change_of_what_is_there_now_is_preferred(void **state)
{
	(void)state;
	struct calling_settings from, to;
	decode(&from, SERVERS("{\"hostname\":\"a.example\",\"request_uri_user_params\":{\"a\":"
			      "\"1\",\"b\":\"2\"}}"));
	decode(&to, SERVERS("{\"hostname\":\"a.example\",\"request_uri_user_params\":{\"b\":"
			    "\"3\"}}"));
	struct changes changes;
	changes_init(&changes);
	changes_compute(&from.values, &to.values, false, &changes);
	const struct change *change =
		changes_for(&changes, field_ref_parameter(FIELD_PARAMETER_VALUE, 0, 0));
	assert_int_equal(change->kind, CHANGE_CHANGED);
	assert_string_equal(change->old_value, "2");
	assert_string_equal(change->new_value, "3");
	changes_release(&changes);
	settings_release(&from);
	settings_release(&to);
}

/* While the first hostname is typed it reads like the second: no server has moved. */
static void server_typed_like_another_keeps_its_place(void **state)
{
	(void)state;
	struct calling_settings base;
	decode(&base, SERVERS("{\"hostname\":\"b.example.net\"},{\"hostname\":\"b.example\"}"));
	struct calling_values mine;
	values_copy(&mine, &base.values);
	mine.servers[0].hostname[strlen("b.example")] = '\0';
	struct changes changes;
	changes_init(&changes);
	changes_compute(&base.values, &mine, false, &changes);
	assert_int_equal(changes.count, 1);
	assert_int_equal(changes.items[0].kind, CHANGE_CHANGED);
	assert_string_equal(changes.items[0].path, "calling.sip.servers[0].hostname");
	changes_release(&changes);
	values_release(&mine);
	settings_release(&base);
}

/* A key typed twice is two parameters until one of them is mended. */
static void key_typed_twice_is_two_parameters(void **state)
{
	(void)state;
	struct calling_settings base;
	decode(&base, SERVERS("{\"hostname\":\"a.example\",\"request_uri_user_params\":{\"x\":"
			      "\"1\"}}"));
	struct calling_values mine;
	values_copy(&mine, &base.values);
	struct parameter *again = server_parameter_add(&mine.servers[0]);
	free(again->key);
	again->key = strdup("x");
	struct changes changes;
	changes_init(&changes);
	changes_compute(&base.values, &mine, false, &changes);
	assert_int_equal(changes.count, 2);
	assert_int_equal(changes.items[0].kind, CHANGE_ADDED);
	assert_int_equal(changes.items[0].ref.parameter, 1);
	changes_release(&changes);
	changes_compute(&mine, &mine, false, &changes);
	assert_int_equal(changes.count, 0);
	values_release(&mine);
	settings_release(&base);
}

/* "label: old → new (note)" a line. */
static const struct lines_case {
	const char *name, *base, *mine, *expected;
} lines_cases[] = {
	{ "as the review draws them", "{}",
	  "{\"calling\":{\"sip\":{\"status\":\"ENABLED\",\"servers\":[{\"hostname\":"
	  "\"sip.acme.example\",\"request_uri_user_params\":{\"tgrp\":\"berlin\"}}]},"
	  "\"srtp_key_exchange_protocol\":\"SDES\"}}",
	  "SIP signalling: Disabled → Enabled\n"
	  "SIP server: none → sip.acme.example:5061  tgrp=berlin\n"
	  "SRTP key exchange: DTLS → SDES (sent last, by itself)\n" },
	{ "SRTP alone needs no note", "{}",
	  "{\"calling\":{\"srtp_key_exchange_protocol\":\"SDES\"}}",
	  "SRTP key exchange: DTLS → SDES\n" },
	{ "members of one server",
	  SERVERS("{\"hostname\":\"a.example\",\"port\":5061,\"request_uri_user_params\":{\"x\":"
		  "\"1\"}}"),
	  SERVERS("{\"hostname\":\"b.example\",\"port\":5071,\"request_uri_user_params\":{\"y\":"
		  "\"2\"}}"),
	  "SIP server hostname: a.example → b.example\n"
	  "SIP server port: 5061 → 5071\n"
	  "SIP server x: 1 → none\n"
	  "SIP server y: none → 2\n" },
	{ "the second of two", SERVERS(ACME ",{\"hostname\":\"b.example\"}"),
	  SERVERS(ACME ",{\"hostname\":\"b.example\",\"port\":5071}"),
	  "SIP server 2 port: 5061 → 5071\n" },
	{ "one removed, the other's parameter too",
	  SERVERS(ACME ",{\"hostname\":\"b.example\",\"request_uri_user_params\":{\"x\":\"1\"}}"),
	  SERVERS("{\"hostname\":\"b.example\"}"),
	  "SIP server 1: sip.acme.example:5061 → none\nSIP server 2 x: 1 → none\n" },
	{ "an IPv6 address apart from its port", "{}", SERVERS("{\"hostname\":\"2001:db8::1\"}"),
	  "SIP server: none → [2001:db8::1]:5061\n" },
	{ "a server not yet typed", "{}", SERVERS("{}"),
	  "SIP server: none → (no hostname):5061\n" },
};

static void lines_work(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof lines_cases / sizeof *lines_cases; i++) {
		struct calling_settings base, mine;
		decode(&base, lines_cases[i].base);
		decode(&mine, lines_cases[i].mine);
		struct change_lines lines;
		change_lines_compute(&base.values, &mine.values, &lines);
		struct str out;
		str_init(&out);
		for (size_t j = 0; j < lines.count; j++) {
			const struct change_line *line = &lines.items[j];
			str_addf(&out, "%s: %s → %s", line->label, line->old_text, line->new_text);
			if (line->note != NULL)
				str_addf(&out, " (%s)", line->note);
			str_add_char(&out, '\n');
		}
		if (strcmp(out.bytes, lines_cases[i].expected) != 0)
			fail_msg("%s:\n%s", lines_cases[i].name, out.bytes);
		str_release(&out);
		change_lines_release(&lines);
		settings_release(&base);
		settings_release(&mine);
	}
}

#define CALLING(members) "{\"calling\":{" members "}}"
#define ON "\"status\":\"ENABLED\""
#define OFF "\"status\":\"DISABLED\""
#define AT(host) "\"servers\":[{\"hostname\":\"" host "\"}]"

static const struct consequences_case {
	const char *name, *base, *mine, *expected;
} consequences_cases[] = {
	{ "nothing", CALLING(ON ",\"sip\":{" ON "," AT("a.example") "}"),
	  CALLING(ON ",\"sip\":{" ON "," AT("a.example") "}"), "" },
	{ "SIP on, as the review draws it", CALLING(ON),
	  CALLING(ON ",\"sip\":{" ON "," AT("sip.acme.example") "}"),
	  "Calling webhooks stop and the Graph call endpoints refuse; messaging goes on.\n"
	  "Calls go to sip.acme.example as soon as a person presses the call button.\n" },
	{ "SIP on with webhooks", CALLING(ON ",\"sip\":{" AT("a.example") "}"),
	  CALLING(ON ",\"sip\":{" ON ",\"webhook_delivery\":\"ENABLED\"," AT("a.example") "}"),
	  "The Graph call endpoints refuse, and of the calling webhooks only call_created and "
	  "terminate go on; messaging goes on.\n"
	  "Calls go to a.example as soon as a person presses the call button.\n" },
	{ "SIP on while calling is off", CALLING(OFF),
	  CALLING(OFF ",\"sip\":{" ON "," AT("a.example") "}"),
	  "Calling webhooks stop and the Graph call endpoints refuse; messaging goes on.\n"
	  "No calls come in until Calling is enabled.\n" },
	{ "SIP off", CALLING(ON ",\"sip\":{" ON "," AT("a.example") "}"),
	  CALLING(ON ",\"sip\":{" OFF "," AT("a.example") "}"),
	  "Calls come through the Graph API again, and calling webhooks start again.\n"
	  "The SIP server is kept for when SIP is enabled again.\n" },
	{ "servers emptied", CALLING("\"sip\":{" AT("a.example") "}"), CALLING("\"sip\":{}"),
	  "The SIP user password will change when a SIP server is added again.\n"
	  "An API key removes only its own app's SIP server: one with another app's app_id belongs "
	  "to that app and stays.\n" },
	{ "hostname", CALLING(ON ",\"sip\":{" ON "," AT("a.example") "}"),
	  CALLING(ON ",\"sip\":{" ON "," AT("b.example") "}"),
	  "From then on calls go to b.example.\n"
	  "The SIP server's certificate must cover b.example, or no call arrives.\n"
	  "The SIP user password may change with the hostname: read it again afterwards.\n" },
	{ "to SDES", "{}", CALLING("\"srtp_key_exchange_protocol\":\"SDES\""),
	  "Media is offered as RTP/SAVP with SDES keys and without ICE.\n" },
	{ "to DTLS", CALLING("\"srtp_key_exchange_protocol\":\"SDES\""), "{}",
	  "Media is offered as UDP/TLS/RTP/SAVPF with DTLS keys and ICE; a SIP server without ICE "
	  "answers 488.\n" },
	{ "SIP off, and DTLS with it",
	  CALLING(ON ",\"srtp_key_exchange_protocol\":\"SDES\",\"sip\":{" ON
		     "," AT("a.example") "}"),
	  CALLING(ON ",\"sip\":{" OFF "," AT("a.example") "}"),
	  "Calls come through the Graph API again, and calling webhooks start again.\n"
	  "The SIP server is kept for when SIP is enabled again.\n"
	  "SRTP key exchange goes back to DTLS: SDES works only while SIP is enabled.\n" },
	{ "SIP off, SDES left alone",
	  CALLING(ON ",\"srtp_key_exchange_protocol\":\"SDES\",\"sip\":{" ON
		     "," AT("a.example") "}"),
	  CALLING(ON ",\"srtp_key_exchange_protocol\":\"SDES\",\"sip\":{" OFF
		     "," AT("a.example") "}"),
	  "Calls come through the Graph API again, and calling webhooks start again.\n"
	  "The SIP server is kept for when SIP is enabled again.\n"
	  "SRTP key exchange is not written; the service may take it back to DTLS by itself, since "
	  "SDES works only while SIP is enabled.\n" },
	{ "SDES kept over a SIP write",
	  CALLING("\"srtp_key_exchange_protocol\":\"SDES\",\"sip\":{" AT("a.example") "}"),
	  CALLING("\"srtp_key_exchange_protocol\":\"SDES\",\"sip\":{" AT(
		  "a.example") ",\"webhook_delivery\":\"ENABLED\"}"),
	  "SDES is sent again last, by itself, because a write of SIP settings may reset it to "
	  "DTLS.\n" },
	{ "SDES without a SIP write", CALLING("\"srtp_key_exchange_protocol\":\"SDES\""),
	  CALLING("\"srtp_key_exchange_protocol\":\"SDES\",\"call_icon_visibility\":"
		  "\"DISABLE_ALL\""),
	  "WhatsApp apps may take up to 7 days to show the call icon's change.\n" },
	{ "calling on", "{}", CALLING(ON),
	  "People can call this number; the service refuses this while its messaging limit is "
	  "below 2000.\n" },
	{ "calling off", CALLING(ON), CALLING(OFF),
	  "This number takes no calls until Calling is enabled again.\n" },
	{ "port", CALLING(ON ",\"sip\":{" ON "," AT("a.example") "}"),
	  CALLING(ON ",\"sip\":{" ON ",\"servers\":[{\"hostname\":\"a.example\",\"port\":5071}]}"),
	  "From then on calls go to the new port; Meta speaks only TLS there.\n" },
	{ "parameters", CALLING("\"sip\":{" AT("a.example") "}"),
	  CALLING("\"sip\":{\"servers\":[{\"hostname\":\"a.example\","
		  "\"request_uri_user_params\":{\"tgrp\":\"x\"}}]}"),
	  "Your SIP server sees another request URI; its routing must expect it.\n" },
	{ "one of several apps' servers",
	  CALLING("\"sip\":{\"servers\":[{\"hostname\":\"a.example\"},"
		  "{\"hostname\":\"b.example\"}]}"),
	  CALLING("\"sip\":{" AT("b.example") "}"),
	  "An API key removes only its own app's SIP server: one with another app's app_id belongs "
	  "to that app and stays.\n" },
	{ "callback permission", "{}", CALLING("\"callback_permission_status\":\"ENABLED\""),
	  "People who call are asked to allow calls back.\n" },
};

static void consequences_work(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof consequences_cases / sizeof *consequences_cases; i++) {
		struct calling_settings base, mine;
		decode(&base, consequences_cases[i].base);
		decode(&mine, consequences_cases[i].mine);
		struct sentences sentences;
		consequences_compute(&base.values, &mine.values, &sentences);
		struct str out;
		str_init(&out);
		for (size_t j = 0; j < sentences.count; j++)
			str_addf(&out, "%s\n", sentences.items[j]);
		if (strcmp(out.bytes, consequences_cases[i].expected) != 0)
			fail_msg("%s:\n%s", consequences_cases[i].name, out.bytes);
		str_release(&out);
		sentences_release(&sentences);
		settings_release(&base);
		settings_release(&mine);
	}
}

/* A server replaced by another is, to the service, the same one under a new name, unless it is
 * another app's. */
static void replaced_server_is_a_new_hostname(void **state)
{
	(void)state;
	struct calling_settings base;
	decode(&base, CALLING("\"sip\":{" AT("a.example") "}"));
	struct calling_values mine;
	values_copy(&mine, &base.values);
	mine.servers[0].removed = true;
	values_server_add(&mine)->hostname = strdup("b.example");
	struct sentences sentences;
	consequences_compute(&base.values, &mine, &sentences);
	assert_int_equal(sentences.count, 3);
	assert_non_null(strstr(sentences.items[0], "another app's app_id"));
	assert_string_equal(sentences.items[1],
			    "The SIP server's certificate must cover b.example, or no call "
			    "arrives.");
	sentences_release(&sentences);
	values_release(&mine);
	settings_release(&base);
}

int main(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_work),
		cmocka_unit_test(removed_servers_count_as_absent),
		cmocka_unit_test(change_of_what_is_there_now_is_preferred),
		cmocka_unit_test(server_typed_like_another_keeps_its_place),
		cmocka_unit_test(key_typed_twice_is_two_parameters),
		cmocka_unit_test(lines_work),
		cmocka_unit_test(consequences_work),
		cmocka_unit_test(replaced_server_is_a_new_hostname),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
