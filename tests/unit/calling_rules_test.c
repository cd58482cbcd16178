#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "calling/rules.h"

#include <stdlib.h>
#include <string.h>

#define A32 "abcdefghijklmnopqrstuvwxyz012345"
#define A128 A32 A32 A32 A32
#define U32 "üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü"

enum { TWO_LINES = 158 };

/* One value put into settings that are right; what is then said at its place. */
static const struct value_case {
	enum field_id field;
	const char *text; /* NULL: absent */
	int severity;	  /* enum severity; SEVERITY_PASS: nothing is said */
	const char *words;
} value_cases[] = {
	{ FIELD_SERVER_HOSTNAME, "sip.acme.example", SEVERITY_PASS, NULL },
	{ FIELD_SERVER_HOSTNAME, NULL, SEVERITY_FAILURE, "SIP needs a hostname" },
	{ FIELD_SERVER_HOSTNAME, "", SEVERITY_FAILURE, "SIP needs a hostname" },
	{ FIELD_SERVER_HOSTNAME, "sip:a.example", SEVERITY_FAILURE, "Leave out sip:" },
	{ FIELD_SERVER_HOSTNAME, "https://a.example", SEVERITY_FAILURE, "scheme" },
	{ FIELD_SERVER_HOSTNAME, "a.example:5061", SEVERITY_FAILURE, "port" },
	{ FIELD_SERVER_HOSTNAME, "a.example/x", SEVERITY_FAILURE, "path" },
	{ FIELD_SERVER_HOSTNAME, "a b.example", SEVERITY_FAILURE, "blank" },
	{ FIELD_SERVER_HOSTNAME, "u@a.example", SEVERITY_FAILURE, "user" },
	{ FIELD_SERVER_HOSTNAME, "192.0.2.7", SEVERITY_WARNING, "IP address" },
	{ FIELD_SERVER_HOSTNAME, "[2001:db8::1]", SEVERITY_WARNING, "IP address" },
	{ FIELD_SERVER_HOSTNAME, "localhost", SEVERITY_WARNING, "no public name" },
	{ FIELD_SERVER_HOSTNAME, "münchen.example", SEVERITY_INFO,
	  "münchen.example is sent as xn--mnchen-3ya.example" },
	{ FIELD_SERVER_HOSTNAME, "xn--mnchen-3ya.example", SEVERITY_INFO,
	  "münchen.example is sent as xn--mnchen-3ya.example" },
	{ FIELD_SERVER_PORT, NULL, SEVERITY_PASS, NULL },
	{ FIELD_SERVER_PORT, "", SEVERITY_PASS, NULL },
	{ FIELD_SERVER_PORT, "1", SEVERITY_PASS, NULL },
	{ FIELD_SERVER_PORT, "5061", SEVERITY_PASS, NULL },
	{ FIELD_SERVER_PORT, "65535", SEVERITY_PASS, NULL },
	{ FIELD_SERVER_PORT, "0", SEVERITY_FAILURE, "no such port" },
	{ FIELD_SERVER_PORT, "65536", SEVERITY_FAILURE, "no such port" },
	{ FIELD_SERVER_PORT, "99999999999999999999999", SEVERITY_FAILURE, "no such port" },
	{ FIELD_SERVER_PORT, "5O61", SEVERITY_FAILURE, "digits only" },
	{ FIELD_SERVER_PORT, "-1", SEVERITY_FAILURE, "digits only" },
	{ FIELD_SERVER_PORT, "50 61", SEVERITY_FAILURE, "digits only" },
	{ FIELD_SERVER_PORT, "05061", SEVERITY_FAILURE, "Type 5061" },
	{ FIELD_SERVER_PORT, "5060", SEVERITY_WARNING, "TLS only" },
	{ FIELD_PARAMETER_KEY, "k", SEVERITY_PASS, NULL },
	{ FIELD_PARAMETER_KEY, A128, SEVERITY_PASS, NULL },
	{ FIELD_PARAMETER_KEY, A128 "x", SEVERITY_FAILURE, "129 characters" },
	{ FIELD_PARAMETER_KEY, U32 U32 U32 U32, SEVERITY_INFO, "%C3%BC" },
	{ FIELD_PARAMETER_KEY, "", SEVERITY_FAILURE, "needs a key" },
	{ FIELD_PARAMETER_KEY, "a\tb", SEVERITY_FAILURE, "control" },
	{ FIELD_PARAMETER_KEY, "a\x7f", SEVERITY_FAILURE, "control" },
	{ FIELD_PARAMETER_KEY, "a\xc2\x85", SEVERITY_FAILURE, "control" },
	{ FIELD_PARAMETER_KEY, "a\xff", SEVERITY_FAILURE, "control" },
	{ FIELD_PARAMETER_KEY, "a b", SEVERITY_INFO, "a%20b" },
	{ FIELD_PARAMETER_KEY, "first", SEVERITY_FAILURE, "row above" },
	{ FIELD_PARAMETER_KEY, "FIRST", SEVERITY_WARNING, "letter case" },
	{ FIELD_PARAMETER_KEY, "transport", SEVERITY_WARNING, "Meta adds transport=tls itself" },
	{ FIELD_PARAMETER_KEY, "Transport", SEVERITY_WARNING, "Meta adds transport=tls itself" },
	{ FIELD_PARAMETER_KEY, "tgrp", SEVERITY_WARNING, "Add a parameter trunk-context" },
	{ FIELD_PARAMETER_KEY, "trunk-context", SEVERITY_WARNING, "Add a parameter tgrp" },
	{ FIELD_PARAMETER_VALUE, "v", SEVERITY_PASS, NULL },
	{ FIELD_PARAMETER_VALUE, "first", SEVERITY_PASS, NULL },
	{ FIELD_PARAMETER_VALUE, A128, SEVERITY_PASS, NULL },
	{ FIELD_PARAMETER_VALUE, A128 "x", SEVERITY_FAILURE, "129 characters" },
	{ FIELD_PARAMETER_VALUE, "", SEVERITY_FAILURE, "needs a value" },
	{ FIELD_PARAMETER_VALUE, "a\nb", SEVERITY_FAILURE, "control" },
	{ FIELD_PARAMETER_VALUE, "a;b@c", SEVERITY_INFO, "a%3Bb%40c" },
	{ FIELD_CALL_ICON_COUNTRIES, NULL, SEVERITY_PASS, NULL },
	{ FIELD_CALL_ICON_COUNTRIES, "", SEVERITY_PASS, NULL },
	{ FIELD_CALL_ICON_COUNTRIES, "DE FR  ZW AD", SEVERITY_PASS, NULL },
	{ FIELD_CALL_ICON_COUNTRIES, "DE fr", SEVERITY_FAILURE, "fr is no country code" },
	{ FIELD_CALL_ICON_COUNTRIES, "DE,FR", SEVERITY_FAILURE, "DE,FR is no country code" },
	{ FIELD_CALL_ICON_COUNTRIES, "DEU", SEVERITY_FAILURE, "DEU is no country code" },
	{ FIELD_CALL_ICON_COUNTRIES, "D", SEVERITY_FAILURE, "D is no country code" },
	{ FIELD_CALL_ICON_COUNTRIES, "UK", SEVERITY_WARNING, "UK is no assigned" },
	{ FIELD_CALL_ICON_COUNTRIES, "DE FR DE", SEVERITY_WARNING, "DE stands in the list twice" },
	{ FIELD_CODECS, NULL, SEVERITY_PASS, NULL },
	{ FIELD_CODECS, "PCMA PCMU", SEVERITY_PASS, NULL },
	{ FIELD_CODECS, "pcma", SEVERITY_PASS, NULL },
	{ FIELD_CODECS, "G729", SEVERITY_FAILURE, "G729 is no codec" },
	{ FIELD_CODECS, "PCMA PCMA", SEVERITY_WARNING, "PCMA stands in the list twice" },
};

/* Calling and SIP on, one server with two parameters. */
static void good_values(struct calling_values *values)
{
	values_init(values);
	values->texts[FIELD_CALLING] = mem_text("ENABLED");
	values->texts[FIELD_SIP] = mem_text("ENABLED");
	struct sip_server *server = values_server_add(values);
	server->origin = 0;
	server->hostname = mem_text("sip.acme.example");
	static const char *const keys[] = { "first", "second" };
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		struct parameter *parameter = server_parameter_add(server);
		mem_text_set(&parameter->key, keys[i]);
		mem_text_set(&parameter->value, "1");
	}
}

static struct field_ref ref_for(enum field_id field)
{
	if (field < FIELD_SETTINGS_COUNT)
		return field_ref_of(field);
	return field < FIELD_PARAMETER_KEY ? field_ref_server(field, 0)
					   : field_ref_parameter(field, 0, 1);
}

static void value_put(struct calling_values *values, struct field_ref ref, const char *text)
{
	char **slot;
	if (ref.field < FIELD_SETTINGS_COUNT)
		slot = &values->texts[ref.field];
	else if (ref.field == FIELD_SERVER_HOSTNAME)
		slot = &values->servers[ref.server].hostname;
	else if (ref.field == FIELD_SERVER_PORT)
		slot = &values->servers[ref.server].port;
	else if (ref.field == FIELD_PARAMETER_KEY)
		slot = &values->servers[ref.server].parameters[ref.parameter].key;
	else
		slot = &values->servers[ref.server].parameters[ref.parameter].value;
	mem_text_set(slot, text);
}

static void expect(const struct findings *findings, struct field_ref ref, int severity,
		   const char *words)
{
	const struct finding *finding = findings_for(findings, ref);
	if (severity == SEVERITY_PASS) {
		if (finding)
			fail_msg("unexpected: %s", finding->sentence);
		return;
	}
	if (!finding)
		fail_msg("nothing says: %s", words);
	if (!strstr(finding->sentence, words))
		fail_msg("not <%s> but <%s>", words, finding->sentence);
	if (strlen(finding->sentence) > TWO_LINES)
		fail_msg("%zu bytes: %s", strlen(finding->sentence), finding->sentence);
	assert_int_equal(finding->severity, severity);
	char last = finding->sentence[strlen(finding->sentence) - 1];
	assert_true(last == '.');
}

static void test_good(void **state)
{
	(void)state;
	struct calling_values mine;
	struct findings findings;
	good_values(&mine);
	findings_init(&findings);
	rules_check(NULL, &mine, &findings);
	assert_int_equal(findings.count, 0);
	findings_release(&findings);
	values_release(&mine);
}

/* As typed, and as the service itself sent it: then no failure keeps the rest from being sent. */
static void test_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(value_cases); i++) {
		const struct value_case *c = &value_cases[i];
		struct field_ref ref = ref_for(c->field);
		struct calling_settings base;
		settings_init(&base);
		good_values(&base.values);
		struct calling_values mine;
		good_values(&mine);
		value_put(&mine, ref, c->text);
		struct findings findings;
		findings_init(&findings);
		rules_check(&base, &mine, &findings);
		expect(&findings, ref, c->severity, c->words);
		findings_release(&findings);
		rules_check(NULL, &mine, &findings);
		expect(&findings, ref, c->severity, c->words);
		findings_release(&findings);
		value_put(&base.values, ref, c->text);
		rules_check(&base, &mine, &findings);
		expect(&findings, ref,
		       c->severity == SEVERITY_FAILURE ? SEVERITY_WARNING : c->severity, c->words);
		assert_int_equal(findings_count(&findings, SEVERITY_FAILURE), 0);
		findings_release(&findings);
		values_release(&mine);
		settings_release(&base);
	}
}

/* Settings that do not go together, changed (base is right) and unchanged (base is the same). */
static const struct combination_case {
	const char *calling, *sip, *srtp;
	bool has_server;
	enum field_id field;
	int changed, unchanged;
	const char *words;
} combination_cases[] = {
	{ "ENABLED", "ENABLED", "SDES", true, FIELD_SRTP, SEVERITY_PASS, SEVERITY_PASS, NULL },
	{ "ENABLED", "DISABLED", "SDES", true, FIELD_SRTP, SEVERITY_FAILURE, SEVERITY_WARNING,
	  "SDES works only while" },
	{ "ENABLED", NULL, "sdes", true, FIELD_SRTP, SEVERITY_FAILURE, SEVERITY_WARNING,
	  "SDES works only while" },
	{ "ENABLED", "DISABLED", "DTLS", true, FIELD_SRTP, SEVERITY_PASS, SEVERITY_PASS, NULL },
	{ "ENABLED", "DISABLED", NULL, true, FIELD_SRTP, SEVERITY_PASS, SEVERITY_PASS, NULL },
	{ "ENABLED", "enabled", NULL, false, FIELD_SIP_SERVERS, SEVERITY_FAILURE, SEVERITY_WARNING,
	  "needs a SIP server" },
	{ "ENABLED", "DISABLED", NULL, false, FIELD_SIP_SERVERS, SEVERITY_PASS, SEVERITY_PASS,
	  NULL },
	{ "DISABLED", "ENABLED", NULL, true, FIELD_CALLING, SEVERITY_WARNING, SEVERITY_WARNING,
	  "no calls arrive" },
	{ NULL, "ENABLED", NULL, true, FIELD_CALLING, SEVERITY_WARNING, SEVERITY_WARNING,
	  "no calls arrive" },
	{ "DISABLED", "DISABLED", NULL, true, FIELD_CALLING, SEVERITY_PASS, SEVERITY_PASS, NULL },
	{ "ENABLED", "DISABLED", NULL, true, FIELD_SIP, SEVERITY_WARNING, SEVERITY_PASS,
	  "no call goes to it" },
	{ "ENABLED", NULL, NULL, false, FIELD_SIP, SEVERITY_PASS, SEVERITY_PASS, NULL },
	{ "ENABLED", "ENABLED", NULL, true, FIELD_SIP, SEVERITY_PASS, SEVERITY_PASS, NULL },
};

static void combination_put(struct calling_values *values, const struct combination_case *c)
{
	good_values(values);
	mem_text_set(&values->texts[FIELD_CALLING], c->calling);
	mem_text_set(&values->texts[FIELD_SIP], c->sip);
	mem_text_set(&values->texts[FIELD_SRTP], c->srtp);
	values->servers[0].removed = !c->has_server;
}

static void test_combinations(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(combination_cases); i++) {
		const struct combination_case *c = &combination_cases[i];
		struct calling_settings good, same;
		settings_init(&good);
		settings_init(&same);
		good_values(&good.values);
		combination_put(&same.values, c);
		struct calling_values mine;
		combination_put(&mine, c);
		struct findings findings;
		findings_init(&findings);
		rules_check(&good, &mine, &findings);
		expect(&findings, field_ref_of(c->field), c->changed, c->words);
		findings_release(&findings);
		rules_check(NULL, &mine, &findings);
		expect(&findings, field_ref_of(c->field), c->changed, c->words);
		findings_release(&findings);
		rules_check(&same, &mine, &findings);
		expect(&findings, field_ref_of(c->field), c->unchanged, c->words);
		findings_release(&findings);
		values_release(&mine);
		settings_release(&good);
		settings_release(&same);
	}
}

static const struct disabled_case {
	enum field_id field;
	const char *sip, *value;
	bool is_disabled;
} disabled_cases[] = {
	{ FIELD_SRTP, "DISABLED", "SDES", true },   { FIELD_SRTP, NULL, "SDES", true },
	{ FIELD_SRTP, "ENABLED", "SDES", false },   { FIELD_SRTP, "DISABLED", "DTLS", false },
	{ FIELD_SRTP, "DISABLED", NULL, false },    { FIELD_SIP, "DISABLED", "ENABLED", false },
	{ FIELD_CALLING, NULL, "DISABLED", false },
};

static void test_disabled_choices(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(disabled_cases); i++) {
		const struct disabled_case *c = &disabled_cases[i];
		struct calling_values mine;
		good_values(&mine);
		mem_text_set(&mine.texts[FIELD_SIP], c->sip);
		const char *why = rules_why_disabled(&mine, c->field, c->value);
		assert_int_equal(why != NULL, c->is_disabled);
		if (why)
			assert_non_null(strstr(why, "Enable SIP signalling first"));
		values_release(&mine);
	}
}

static const struct sip_off_case {
	const char *srtp, *value;
	bool ends;
} sip_off_cases[] = {
	{ "SDES", "DISABLED", true },  { "sdes", NULL, true },	    { "SDES", "ENABLED", false },
	{ "DTLS", "DISABLED", false }, { NULL, "DISABLED", false },
};

static void test_sip_off_ends_sdes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(sip_off_cases); i++) {
		struct calling_values mine;
		good_values(&mine);
		mem_text_set(&mine.texts[FIELD_SRTP], sip_off_cases[i].srtp);
		assert_int_equal(rules_sip_off_ends_sdes(&mine, sip_off_cases[i].value),
				 sip_off_cases[i].ends);
		values_release(&mine);
	}
}

static void test_empty_row(void **state)
{
	(void)state;
	struct calling_values mine;
	good_values(&mine);
	value_put(&mine, ref_for(FIELD_PARAMETER_KEY), "");
	value_put(&mine, ref_for(FIELD_PARAMETER_VALUE), "");
	struct findings findings;
	findings_init(&findings);
	rules_check(NULL, &mine, &findings);
	assert_int_equal(findings.count, 1);
	expect(&findings, ref_for(FIELD_PARAMETER_KEY), SEVERITY_FAILURE,
	       "An empty parameter row: type a key and value, or remove the row (Del)");
	findings_release(&findings);
	values_release(&mine);
}

static void test_trunk_group_with_context(void **state)
{
	(void)state;
	struct calling_values mine;
	good_values(&mine);
	value_put(&mine, field_ref_parameter(FIELD_PARAMETER_KEY, 0, 0), "TGRP");
	value_put(&mine, field_ref_parameter(FIELD_PARAMETER_KEY, 0, 1), "trunk-context");
	struct findings findings;
	findings_init(&findings);
	rules_check(NULL, &mine, &findings);
	assert_int_equal(findings.count, 0);
	findings_release(&findings);
	values_release(&mine);
}

/* A row is theirs only as often as they have it: the copy of it is the person's. */
static void test_repeated_key_of_theirs(void **state)
{
	(void)state;
	struct calling_settings base;
	settings_init(&base);
	good_values(&base.values);
	struct calling_values mine;
	good_values(&mine);
	value_put(&mine, ref_for(FIELD_PARAMETER_KEY), "first");
	struct findings findings;
	findings_init(&findings);
	rules_check(&base, &mine, &findings);
	expect(&findings, ref_for(FIELD_PARAMETER_KEY), SEVERITY_FAILURE, "row above");
	expect(&findings, field_ref_parameter(FIELD_PARAMETER_KEY, 0, 0), SEVERITY_PASS, NULL);
	findings_release(&findings);
	values_release(&mine);
	settings_release(&base);
}

static void test_servers(void **state)
{
	(void)state;
	struct calling_settings base;
	settings_init(&base);
	good_values(&base.values);
	struct calling_values mine;
	good_values(&mine);
	struct sip_server *second = values_server_add(&mine);
	second->origin = -1;
	second->hostname = mem_text("sip.acme.example");
	struct findings findings;
	findings_init(&findings);
	rules_check(&base, &mine, &findings);
	expect(&findings, field_ref_server(FIELD_SERVER_HOSTNAME, 1), SEVERITY_WARNING,
	       "calls break");
	expect(&findings, field_ref_server(FIELD_SERVER_HOSTNAME, 0), SEVERITY_PASS, NULL);
	findings_release(&findings);
	/* An added server is never theirs, and a removed one is not judged at all. */
	mem_text_set(&mine.servers[1].hostname, "a b");
	mem_text_set(&mine.servers[0].hostname, "c d");
	mem_text_set(&base.values.servers[0].hostname, "a b");
	mine.servers[0].removed = true;
	rules_check(&base, &mine, &findings);
	assert_int_equal(findings.count, 1);
	expect(&findings, field_ref_server(FIELD_SERVER_HOSTNAME, 1), SEVERITY_FAILURE, "blank");
	findings_release(&findings);
	values_release(&mine);
	settings_release(&base);
}

static void test_base(void **state)
{
	(void)state;
	struct calling_settings base;
	settings_init(&base);
	good_values(&base.values);
	base.values.texts[FIELD_RESTRICTIONS] = mem_text("Calling paused: low pickup rate");
	base.why_not_editable = mem_text("The answer holds a key twice.");
	struct calling_values mine;
	values_copy(&mine, &base.values);
	struct findings findings;
	findings_init(&findings);
	rules_check(&base, &mine, &findings);
	assert_int_equal(findings.count, 1);
	expect(&findings, field_ref_of(FIELD_RESTRICTIONS), SEVERITY_WARNING,
	       "Calling paused: low pickup rate. Settings");
	findings_release(&findings);
	mem_text_set(&mine.servers[0].port, "5062");
	rules_check(&base, &mine, &findings);
	expect(&findings, field_ref_of(FIELD_SIP), SEVERITY_FAILURE,
	       "The answer holds a key twice.");
	findings_release(&findings);
	values_release(&mine);
	settings_release(&base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_combinations),
		cmocka_unit_test(test_disabled_choices),
		cmocka_unit_test(test_sip_off_ends_sdes),
		cmocka_unit_test(test_empty_row),
		cmocka_unit_test(test_trunk_group_with_context),
		cmocka_unit_test(test_repeated_key_of_theirs),
		cmocka_unit_test(test_servers),
		cmocka_unit_test(test_base),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
