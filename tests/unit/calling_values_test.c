#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "calling/findings.h"
#include "calling/values.h"

/* What values_get answers about the values of sample(). */
static const struct get_case {
	struct field_ref ref;
	const char *text;
} get_cases[] = {
	{ { FIELD_CALLING, -1, -1 }, "enabled" },
	{ { FIELD_SIP, -1, -1 }, NULL },
	{ { FIELD_SIP_SERVERS, -1, -1 }, NULL },
	{ { FIELD_SERVER_HOSTNAME, 0, -1 }, "sip.acme.example" },
	{ { FIELD_SERVER_PORT, 0, -1 }, "5071" },
	{ { FIELD_SERVER_APP_ID, 0, -1 }, "12345678901234567890" },
	{ { FIELD_SERVER_PARAMETERS, 0, -1 }, NULL },
	{ { FIELD_PARAMETER_KEY, 0, 0 }, "tgrp" },
	{ { FIELD_PARAMETER_VALUE, 0, 0 }, "berlin" },
	{ { FIELD_PARAMETER_KEY, 0, 1 }, "" },
	{ { FIELD_PARAMETER_VALUE, 0, 2 }, NULL },
	{ { FIELD_PARAMETER_VALUE, 0, -1 }, NULL },
	{ { FIELD_SERVER_PORT, 1, -1 }, NULL },
	/* removed, and out of range */
	{ { FIELD_SERVER_HOSTNAME, 2, -1 }, NULL },
	{ { FIELD_SERVER_HOSTNAME, 3, -1 }, NULL },
	{ { FIELD_SERVER_HOSTNAME, -1, -1 }, NULL },
};

static const struct meaning_case {
	const char *text;
	bool enabled, sdes;
} meaning_cases[] = {
	{ NULL, false, false },	    { "", false, false },	{ "ENABLED", true, false },
	{ "Enabled", true, false }, { "enable", false, false }, { "DISABLED", false, false },
	{ "SDES", false, true },    { "sdes", false, true },	{ "DTLS", false, false },
};

static void sample(struct calling_values *values)
{
	values_init(values);
	mem_text_set(&values->texts[FIELD_CALLING], "enabled");
	struct sip_server *server = values_server_add(values);
	server->hostname = mem_text("sip.acme.example");
	server->port = mem_text("5071");
	server->app_id = mem_text("12345678901234567890");
	server->origin = 0;
	mem_text_set(&server_parameter_add(server)->key, "tgrp");
	mem_text_set(&server->parameters[0].value, "berlin");
	(void)server_parameter_add(server);
	(void)values_server_add(values);
	server = values_server_add(values);
	server->hostname = mem_text("gone.example");
	server->removed = true;
}

static void get_answers_what_is_there(void **state)
{
	(void)state;
	struct calling_values values, copy;
	sample(&values);
	values_copy(&copy, &values);
	for (size_t i = 0; i < ARRAY_LENGTH(get_cases); i++) {
		const char *text = values_get(&values, get_cases[i].ref);
		if (!text_equal(text, get_cases[i].text))
			fail_msg("case %zu: %s", i, text == NULL ? "absent" : text);
		assert_true(text_equal(values_get(&copy, get_cases[i].ref), get_cases[i].text));
		assert_true(text == NULL || text != values_get(&copy, get_cases[i].ref));
	}
	assert_int_equal(copy.servers[0].origin, 0);
	assert_int_equal(copy.servers[1].origin, -1);
	assert_true(copy.servers[2].removed);
	values_release(&values);
	values_release(&copy);
}

static void a_copy_stands_alone(void **state)
{
	(void)state;
	struct calling_values values, copy;
	sample(&values);
	values_copy(&copy, &values);
	mem_text_set(&values.servers[0].parameters[0].value, "paris");
	mem_text_set(&values.texts[FIELD_CALLING], NULL);
	values_release(&values);
	assert_string_equal(copy.servers[0].parameters[0].value, "berlin");
	assert_string_equal(copy.texts[FIELD_CALLING], "enabled");
	values_release(&copy);
}

static void removed_servers_do_not_count(void **state)
{
	(void)state;
	struct calling_values values;
	values_init(&values);
	assert_null(values_first_server(&values));
	assert_int_equal(values_servers_alive(&values), 0);
	values_release(&values);

	sample(&values);
	assert_int_equal(values_servers_alive(&values), 2);
	assert_ptr_equal(values_first_server(&values), &values.servers[0]);
	values.servers[0].removed = true;
	assert_ptr_equal(values_first_server(&values), &values.servers[1]);
	values.servers[1].removed = true;
	assert_null(values_first_server(&values));
	assert_int_equal(values_servers_alive(&values), 0);
	values_release(&values);
}

static void values_are_read_as_the_service_would(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(meaning_cases); i++) {
		struct calling_values values;
		values_init(&values);
		mem_text_set(&values.texts[FIELD_SIP], meaning_cases[i].text);
		mem_text_set(&values.texts[FIELD_SRTP], meaning_cases[i].text);
		assert_int_equal(values_sip_enabled(&values), meaning_cases[i].enabled);
		assert_int_equal(values_srtp_is_sdes(&values), meaning_cases[i].sdes);
		assert_false(values_calling_enabled(&values));
		mem_text_set(&values.texts[FIELD_CALLING], meaning_cases[i].text);
		assert_int_equal(values_calling_enabled(&values), meaning_cases[i].enabled);
		values_release(&values);
	}
}

static void removing_a_parameter_keeps_the_others(void **state)
{
	(void)state;
	static const char *const keys[] = { "a", "b", "c", "d", "e" };
	for (size_t gone = 0; gone < ARRAY_LENGTH(keys); gone++) {
		struct sip_server server = { 0 };
		for (size_t i = 0; i < ARRAY_LENGTH(keys); i++)
			mem_text_set(&server_parameter_add(&server)->key, keys[i]);
		server_parameter_remove(&server, gone);
		assert_int_equal(server.parameter_count, ARRAY_LENGTH(keys) - 1);
		for (size_t i = 0; i < server.parameter_count; i++)
			assert_string_equal(server.parameters[i].key, keys[i < gone ? i : i + 1]);
		server_release(&server);
		assert_null(server.parameters);
	}
}

static void the_gravest_finding_about_a_field_is_found(void **state)
{
	(void)state;
	struct findings findings;
	findings_init(&findings);
	struct field_ref port = field_ref_server(FIELD_SERVER_PORT, 0);
	assert_null(findings_for(&findings, port));
	findings_add(&findings, SEVERITY_INFO, port, "first");
	findings_add(&findings, SEVERITY_FAILURE, port, "Port %d is %s.", 5060, "wrong");
	findings_add(&findings, SEVERITY_WARNING, port, "third");
	findings_add(&findings, SEVERITY_FAILURE, field_ref_server(FIELD_SERVER_PORT, 1), "other");
	assert_string_equal(findings_for(&findings, port)->sentence, "Port 5060 is wrong.");
	assert_null(findings_for(&findings, field_ref_server(FIELD_SERVER_HOSTNAME, 0)));
	assert_null(findings_for(&findings, field_ref_parameter(FIELD_SERVER_PORT, 0, 0)));
	assert_int_equal(findings_count(&findings, SEVERITY_FAILURE), 2);
	assert_int_equal(findings_count(&findings, SEVERITY_WARNING), 1);
	assert_int_equal(findings_count(&findings, SEVERITY_PASS), 0);
	assert_string_equal(severity_word(SEVERITY_PASS), "pass");
	assert_string_equal(severity_word(SEVERITY_FAILURE), "fail");
	findings_release(&findings);
	assert_int_equal(findings.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(get_answers_what_is_there),
		cmocka_unit_test(a_copy_stands_alone),
		cmocka_unit_test(removed_servers_do_not_count),
		cmocka_unit_test(values_are_read_as_the_service_would),
		cmocka_unit_test(removing_a_parameter_keeps_the_others),
		cmocka_unit_test(the_gravest_finding_about_a_field_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
