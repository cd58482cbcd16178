#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/str.h"
#include "calling/changes.h"
#include "calling/merge.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define CALLING(members) "{\"calling\":{" members "}}"
#define SERVERS(list) CALLING("\"sip\":{\"servers\":[" list "]}")
#define A "{\"hostname\":\"a.example\",\"app_id\":1}"
#define A_5071 "{\"hostname\":\"a.example\",\"app_id\":1,\"port\":5071}"
#define A_5072 "{\"hostname\":\"a.example\",\"app_id\":1,\"port\":5072}"
#define B "{\"hostname\":\"b.example\",\"app_id\":2}"
#define PARAMETERS(members) "{\"hostname\":\"a.example\",\"request_uri_user_params\":{" members "}}"

/* Items as "! label | base | theirs | mine" a line; ! conflict, . taken over. `as_theirs` and
 * `as_mine` are what comes out when all conflicts are settled the one way or the other. */
static const struct merge_case {
	const char *name, *base, *theirs, *mine, *items, *as_theirs, *as_mine;
} merge_cases[] = {
	{ "nothing moved", CALLING("\"status\":\"ENABLED\""), CALLING("\"status\":\"enabled\""),
	  CALLING("\"status\":\"ENABLED\""), "", CALLING("\"status\":\"ENABLED\""),
	  CALLING("\"status\":\"ENABLED\"") },
	{ "only mine moved", "{}", "{}", CALLING("\"status\":\"ENABLED\""), "",
	  CALLING("\"status\":\"ENABLED\""), CALLING("\"status\":\"ENABLED\"") },
	{ "only theirs moved", "{}", CALLING("\"status\":\"ENABLED\""), "{}",
	  ". Calling | Disabled | Enabled | Disabled\n", CALLING("\"status\":\"ENABLED\""),
	  CALLING("\"status\":\"ENABLED\"") },
	{ "both moved alike", "{}", CALLING("\"status\":\"ENABLED\""),
	  CALLING("\"status\":\"enabled\""), "", CALLING("\"status\":\"ENABLED\""),
	  CALLING("\"status\":\"ENABLED\"") },
	{ "both moved differently",
	  CALLING("\"call_icons\":{\"restrict_to_user_countries\":[\"DE\"]}"),
	  CALLING("\"call_icons\":{\"restrict_to_user_countries\":[\"FR\"]}"),
	  CALLING("\"call_icons\":{\"restrict_to_user_countries\":[]}"),
	  "! Call icon countries | DE | FR | All countries\n",
	  CALLING("\"call_icons\":{\"restrict_to_user_countries\":[\"FR\"]}"), "{}" },
	{ "different fields of one server", SERVERS(A), SERVERS(A_5071),
	  SERVERS("{\"hostname\":\"new.example\",\"app_id\":1}"),
	  ". SIP server port | 5061 | 5071 | 5061\n",
	  SERVERS("{\"hostname\":\"new.example\",\"app_id\":1,\"port\":5071}"),
	  SERVERS("{\"hostname\":\"new.example\",\"app_id\":1,\"port\":5071}") },
	{ "the same field of one server", SERVERS(A), SERVERS(A_5071), SERVERS(A_5072),
	  "! SIP server port | 5061 | 5071 | 5072\n", SERVERS(A_5071), SERVERS(A_5072) },
	{ "theirs turned the servers around", SERVERS(A "," B), SERVERS(B "," A),
	  SERVERS(A_5071 "," B), "", SERVERS(A_5071 "," B), SERVERS(A_5071 "," B) },
	{ "theirs removed what mine did not touch", SERVERS(A), "{}",
	  CALLING("\"status\":\"ENABLED\",\"sip\":{\"servers\":[" A "]}"),
	  ". SIP server | a.example:5061 | - | a.example:5061\n", CALLING("\"status\":\"ENABLED\""),
	  CALLING("\"status\":\"ENABLED\"") },
	{ "theirs removed what mine edited", SERVERS(A), "{}", SERVERS(A_5071),
	  "! SIP server | a.example:5061 | - | a.example:5071\n", "{}", SERVERS(A_5071) },
	{ "theirs added one, mine nothing", "{}", SERVERS(A), "{}",
	  ". SIP server | - | a.example:5061 | -\n", SERVERS(A), SERVERS(A) },
	{ "parameters by key", SERVERS(PARAMETERS("\"x\":\"1\",\"y\":\"1\",\"z\":\"1\"")),
	  SERVERS(PARAMETERS("\"z\":\"2\",\"x\":\"1\",\"their\":\"1\"")),
	  SERVERS(PARAMETERS("\"x\":\"2\",\"y\":\"1\",\"z\":\"3\",\"my\":\"1\"")),
	  ". SIP server their | - | 1 | -\n. SIP server y | 1 | - | 1\n"
	  "! SIP server z | 1 | 2 | 3\n",
	  SERVERS(PARAMETERS("\"x\":\"2\",\"z\":\"2\",\"their\":\"1\",\"my\":\"1\"")),
	  SERVERS(PARAMETERS("\"x\":\"2\",\"z\":\"3\",\"their\":\"1\",\"my\":\"1\"")) },
	{ "a parameter removed here, changed there", SERVERS(PARAMETERS("\"x\":\"1\"")),
	  SERVERS(PARAMETERS("\"x\":\"2\"")), SERVERS(PARAMETERS("")),
	  "! SIP server x | 1 | 2 | -\n", SERVERS(PARAMETERS("\"x\":\"2\"")),
	  SERVERS(PARAMETERS("")) },
	{ "a parameter changed here, removed there", SERVERS(PARAMETERS("\"x\":\"1\"")),
	  SERVERS(PARAMETERS("")), SERVERS(PARAMETERS("\"x\":\"2\"")),
	  "! SIP server x | 1 | - | 2\n", SERVERS(PARAMETERS("")),
	  SERVERS(PARAMETERS("\"x\":\"2\"")) },
	{ "read-only fields are theirs", "{}",
	  CALLING("\"audio\":{\"additional_codecs\":[\"PCMA\"]}"),
	  CALLING("\"audio\":{\"additional_codecs\":[\"PCMU\"]}"),
	  ". Additional codecs | Opus only | Opus, PCMA | Opus, PCMU\n",
	  CALLING("\"audio\":{\"additional_codecs\":[\"PCMA\"]}"),
	  CALLING("\"audio\":{\"additional_codecs\":[\"PCMA\"]}") },
	{ "two of them, numbered", SERVERS(A "," B), SERVERS(A_5071 "," B), SERVERS(A_5072 "," B),
	  "! SIP server 1 port | 5061 | 5071 | 5072\n", SERVERS(A_5071 "," B),
	  SERVERS(A_5072 "," B) },
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

static void items_are(const char *name, const struct merge *merge, const char *expected)
{
	struct str out;
	str_init(&out);
	for (size_t i = 0; i < merge->count; i++) {
		const struct merge_item *item = &merge->items[i];
		str_addf(&out, "%c %s | %s | %s | %s\n", item->conflict ? '!' : '.', item->label,
			 dash(item->base_text), dash(item->theirs_text), dash(item->mine_text));
	}
	if (strcmp(out.bytes, expected) != 0)
		fail_msg("%s:\n%s", name, out.bytes);
	str_release(&out);
}

static void result_is(const char *name, struct merge *merge, enum merge_choice choice,
		      const char *json)
{
	for (size_t i = 0; i < merge->count; i++)
		if (merge->items[i].conflict)
			merge->items[i].choice = choice;
	assert_int_equal(merge_is_decided(merge),
			 choice != MERGE_UNDECIDED || merge_conflict_count(merge) == 0);
	struct calling_settings expected;
	struct calling_values result;
	struct changes changes;
	decode(&expected, json);
	merge_result(merge, &result);
	changes_init(&changes);
	changes_compute(&result, &expected.values, true, &changes);
	if (changes.count > 0)
		fail_msg("%s, choice %d: %s is %s", name, (int)choice, changes.items[0].path,
			 dash(changes.items[0].old_value));
	changes_release(&changes);
	values_release(&result);
	settings_release(&expected);
}

static void merges_work(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof merge_cases / sizeof *merge_cases; i++) {
		const struct merge_case *c = &merge_cases[i];
		struct calling_settings base, theirs, mine;
		decode(&base, c->base);
		decode(&theirs, c->theirs);
		decode(&mine, c->mine);
		struct merge merge;
		merge_compute(&merge, &base.values, &theirs.values, &mine.values);
		items_are(c->name, &merge, c->items);
		result_is(c->name, &merge, MERGE_UNDECIDED, c->as_theirs);
		result_is(c->name, &merge, MERGE_THEIRS, c->as_theirs);
		result_is(c->name, &merge, MERGE_MINE, c->as_mine);
		merge_release(&merge);
		settings_release(&base);
		settings_release(&theirs);
		settings_release(&mine);
	}
}

struct server_case {
	const char *name, *base, *theirs;
	bool remove_first;
	const char *add; /* hostname of a server added to mine; NULL: none */
	enum merge_choice choice;
	const char *items;
	const char *servers; /* "hostname:origin" each, removed ones with a - */
};

static const struct server_case server_cases[] = {
	{ "one added", SERVERS(A), SERVERS(A), false, "n.example", MERGE_UNDECIDED, "",
	  "a.example:0 n.example:-1 " },
	{ "one removed", SERVERS(A), SERVERS(A), true, NULL, MERGE_UNDECIDED, "", "-a.example:0 " },
	{ "replaced", SERVERS(A), SERVERS(A), true, "n.example", MERGE_UNDECIDED, "",
	  "-a.example:0 n.example:-1 " },
	{ "removed here and there", SERVERS(A), "{}", true, NULL, MERGE_UNDECIDED, "", "" },
	{ "removed here, edited there, theirs", SERVERS(A), SERVERS(A_5071), true, NULL,
	  MERGE_THEIRS, "! SIP server | a.example:5061 | a.example:5071 | -\n", "a.example:0 " },
	{ "removed here, edited there, mine", SERVERS(A), SERVERS(A_5071), true, NULL, MERGE_MINE,
	  "! SIP server | a.example:5061 | a.example:5071 | -\n", "-a.example:0 " },
	{ "the same one added here and there", "{}", SERVERS("{\"hostname\":\"N.example\"}"), false,
	  "n.example", MERGE_UNDECIDED, "", "N.example:0 " },
	{ "others added here and there", "{}", SERVERS(A), false, "n.example", MERGE_MINE,
	  "! SIP server | - | a.example:5061 | n.example:5061\n", "n.example:0 " },
	{ "origins point into theirs", SERVERS(A "," B), SERVERS(B "," A), true, NULL,
	  MERGE_UNDECIDED, "", "-a.example:1 b.example:0 " },
	{ "one came first there", SERVERS(A), SERVERS(B "," A), false, NULL, MERGE_UNDECIDED,
	  ". SIP server 2 | - | b.example:5061 | -\n", "a.example:1 b.example:0 " },
};

static void servers_merge(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof server_cases / sizeof *server_cases; i++) {
		const struct server_case *c = &server_cases[i];
		struct calling_settings base, theirs;
		struct calling_values mine, result;
		decode(&base, c->base);
		decode(&theirs, c->theirs);
		values_copy(&mine, &base.values);
		if (c->remove_first)
			mine.servers[0].removed = true;
		if (c->add != NULL)
			values_server_add(&mine)->hostname = strdup(c->add);
		struct merge merge;
		merge_compute(&merge, &base.values, &theirs.values, &mine);
		items_are(c->name, &merge, c->items);
		for (size_t j = 0; j < merge.count; j++)
			merge.items[j].choice = merge.items[j].conflict ? c->choice : MERGE_THEIRS;
		merge_result(&merge, &result);
		struct str out;
		str_init(&out);
		for (size_t j = 0; j < result.server_count; j++)
			str_addf(&out, "%s%s:%d ", result.servers[j].removed ? "-" : "",
				 result.servers[j].hostname, result.servers[j].origin);
		if (strcmp(out.bytes, c->servers) != 0)
			fail_msg("%s: %s", c->name, out.bytes);
		str_release(&out);
		values_release(&result);
		merge_release(&merge);
		values_release(&mine);
		settings_release(&theirs);
		settings_release(&base);
	}
}

/* A server that the service has lost is made anew: nothing of the old one's is to be sent or kept.
 */
static void lost_server_is_made_anew(void **state)
{
	(void)state;
	struct calling_settings base, theirs;
	decode(&base, SERVERS(A));
	decode(&theirs, "{}");
	struct calling_values mine, result;
	values_copy(&mine, &base.values);
	mine.servers[0].port = strdup("5071");
	struct merge merge;
	merge_compute(&merge, &base.values, &theirs.values, &mine);
	assert_int_equal(merge_conflict_count(&merge), 1);
	merge.items[0].choice = MERGE_MINE;
	merge_result(&merge, &result);
	assert_int_equal(result.server_count, 1);
	assert_int_equal(result.servers[0].origin, -1);
	assert_null(result.servers[0].app_id);
	assert_string_equal(result.servers[0].port, "5071");
	values_release(&result);
	merge_release(&merge);
	values_release(&mine);
	settings_release(&theirs);
	settings_release(&base);
}

/* A key typed twice is an error to mend, not one to lose over a re-read. */
static void key_typed_twice_survives(void **state)
{
	(void)state;
	struct calling_settings base;
	decode(&base, SERVERS(PARAMETERS("\"x\":\"1\"")));
	struct calling_values mine, result;
	values_copy(&mine, &base.values);
	struct parameter *again = server_parameter_add(&mine.servers[0]);
	free(again->key);
	again->key = strdup("x");
	struct merge merge;
	merge_compute(&merge, &base.values, &base.values, &mine);
	merge_result(&merge, &result);
	assert_int_equal(result.servers[0].parameter_count, 2);
	assert_string_equal(result.servers[0].parameters[0].value, "1");
	assert_string_equal(result.servers[0].parameters[1].key, "x");
	assert_string_equal(result.servers[0].parameters[1].value, "");
	values_release(&result);
	merge_release(&merge);
	values_release(&mine);
	settings_release(&base);
}

int main(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(merges_work),
		cmocka_unit_test(servers_merge),
		cmocka_unit_test(lost_server_is_made_anew),
		cmocka_unit_test(key_typed_twice_survives),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
