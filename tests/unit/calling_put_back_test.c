/* Settings of another time on the present ones: only what can be written and differs is changed. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "calling/changes.h"
#include "calling/put_back.h"
#include "calling/requests.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define CALLING(members) "{\"calling\":{" members "}}"
#define SERVERS(list) CALLING("\"sip\":{\"status\":\"ENABLED\",\"servers\":[" list "]}")
#define A "{\"hostname\":\"a.example\",\"app_id\":1}"
#define A_5071 "{\"hostname\":\"a.example\",\"app_id\":1,\"port\":5071}"
#define B "{\"hostname\":\"b.example\",\"app_id\":2}"
#define PARAMETERS(members) "{\"hostname\":\"a.example\",\"request_uri_user_params\":{" members "}}"

/* Changes as "label | now | put back" a line; `servers` as "hostname:origin" each, removed ones
 * with a -; `body` of the one request it makes, NULL: there is none. */
static const struct put_back_case {
	const char *name, *base, *wanted, *changes, *servers, *body;
} CASES[] = {
	{ "as it is", CALLING("\"status\":\"ENABLED\""), CALLING("\"status\":\"enabled\""), "", "",
	  NULL },
	{ "a value", CALLING("\"status\":\"ENABLED\""), CALLING("\"status\":\"DISABLED\""),
	  "Calling | Enabled | Disabled\n", "", CALLING("\"status\":\"DISABLED\"") },
	{ "a choice that was absent", CALLING("\"srtp_key_exchange_protocol\":\"SDES\""), "{}",
	  "SRTP key exchange | SDES | DTLS\n", "",
	  CALLING("\"srtp_key_exchange_protocol\":\"DTLS\"") },
	{ "an absent choice without a meaning",
	  CALLING("\"callback_permission_status\":\"ENABLED\""), "{}", "", "", NULL },
	{ "a list that was absent",
	  CALLING("\"call_icons\":{\"restrict_to_user_countries\":[\"DE\"]}"), "{}",
	  "Call icon countries | DE | All countries\n", "",
	  CALLING("\"call_icons\":{\"restrict_to_user_countries\":[]}") },
	{ "what cannot be written stays",
	  CALLING("\"audio\":{\"additional_codecs\":[\"PCMA\"]},\"voicemail\":{\"x\":1}"),
	  CALLING("\"audio\":{\"additional_codecs\":[\"PCMU\"]}"), "", "", NULL },
	{ "what is not known stays", CALLING("\"status\":\"ENABLED\",\"moon\":{\"phase\":1}"),
	  CALLING("\"status\":\"DISABLED\",\"moon\":{\"phase\":2}"),
	  "Calling | Enabled | Disabled\n", "", CALLING("\"status\":\"DISABLED\"") },
	{ "a server's port", SERVERS(A_5071), SERVERS(A), "SIP server port | 5071 | 5061\n",
	  "a.example:0 ", SERVERS("{\"hostname\":\"a.example\",\"port\":5061}") },
	{ "a server by its app", SERVERS(B "," A_5071), SERVERS(A "," B),
	  "SIP server 2 port | 5071 | 5061\n", "b.example:0 a.example:1 ",
	  SERVERS("{\"hostname\":\"a.example\",\"port\":5061}") },
	{ "a server that was not there", SERVERS(A), SERVERS(""),
	  "SIP server | a.example:5061 | none\n", "-a.example:0 ", SERVERS("") },
	{ "a server that is no more", SERVERS(""), SERVERS(A_5071),
	  "SIP server | none | a.example:5071\n", "a.example:-1 ",
	  SERVERS("{\"hostname\":\"a.example\",\"port\":5071}") },
	{ "another's place keeps its app", SERVERS("{\"hostname\":\"new.example\",\"app_id\":1}"),
	  SERVERS("{\"hostname\":\"old.example\"}"),
	  "SIP server hostname | new.example | old.example\n", "old.example:0 ",
	  SERVERS("{\"hostname\":\"old.example\",\"port\":5061}") },
	{ "another app's is made anew", SERVERS("{\"hostname\":\"a.example\",\"app_id\":3}"),
	  SERVERS(A_5071), "SIP server port | 5061 | 5071\n", "-a.example:0 a.example:-1 ",
	  SERVERS("{\"hostname\":\"a.example\",\"port\":5071}") },
	{ "parameters by key", SERVERS(PARAMETERS("\"x\":\"1\",\"y\":\"1\"")),
	  SERVERS(PARAMETERS("\"z\":\"1\",\"x\":\"2\"")),
	  "SIP server x | 1 | 2\nSIP server y | 1 | none\nSIP server z | none | 1\n",
	  "a.example:0 ",
	  SERVERS("{\"hostname\":\"a.example\",\"port\":5061,\"request_uri_user_params\":{\"x\":"
		  "\"2\",\"z\":\"1\"}}") },
};

static void decode(struct calling_settings *settings, const char *json)
{
	struct err err;
	if (!settings_decode(settings, json, strlen(json), 0, &err))
		fail_msg("%s: %s", json, err.sentence);
}

static void text_is(const char *name, struct str *found, const char *expected)
{
	if (strcmp(found->bytes, expected) != 0)
		fail_msg("%s: %s", name, found->bytes);
	str_release(found);
}

static void changes_are(const struct put_back_case *c, const struct calling_settings *base,
			const struct calling_values *mine)
{
	struct change_lines lines;
	struct str out;
	str_init(&out);
	change_lines_compute(&base->values, mine, &lines);
	for (size_t i = 0; i < lines.count; i++)
		str_addf(&out, "%s | %s | %s\n", lines.items[i].label, lines.items[i].old_text,
			 lines.items[i].new_text);
	change_lines_release(&lines);
	text_is(c->name, &out, c->changes);
	for (size_t i = 0; i < mine->server_count; i++)
		str_addf(&out, "%s%s:%d ", mine->servers[i].removed ? "-" : "",
			 mine->servers[i].hostname, mine->servers[i].origin);
	text_is(c->name, &out, c->servers);
}

static void request_is(const struct put_back_case *c, const struct calling_settings *base,
		       const struct calling_values *mine)
{
	struct write_plan plan;
	struct err err;
	write_plan_init(&plan);
	if (!write_plan_make(&plan, base, mine, &err))
		fail_msg("%s: %s", c->name, err.sentence);
	assert_int_equal(plan.count, c->body != NULL);
	if (c->body != NULL && strcmp(plan.requests[0].body, c->body) != 0)
		fail_msg("%s: %s", c->name, plan.requests[0].body);
	write_plan_release(&plan);
}

static void settings_are_put_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		const struct put_back_case *c = &CASES[i];
		struct calling_settings base, wanted;
		struct calling_values mine;
		decode(&base, c->base);
		decode(&wanted, c->wanted);
		values_put_back(&base.values, &wanted.values, &mine);
		changes_are(c, &base, &mine);
		request_is(c, &base, &mine);
		for (size_t j = 0; j < mine.server_count; j++)
			assert_true(mine.servers[j].origin >= 0 || mine.servers[j].app_id == NULL);
		values_release(&mine);
		settings_release(&wanted);
		settings_release(&base);
	}
}

int main(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	const struct CMUnitTest tests[] = { cmocka_unit_test(settings_are_put_back) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
