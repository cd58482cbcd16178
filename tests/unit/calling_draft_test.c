#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "calling/draft.h"
#include "calling/fields.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define TEN "abcdefghij"
#define FIFTY TEN TEN TEN TEN TEN
#define L128 FIFTY FIFTY TEN TEN "12345678"
#define L253 FIFTY FIFTY FIFTY FIFTY FIFTY "123"

static const char base_json[] =
	"{\"calling\":{\"status\":\"enabled\",\"call_icon_visibility\":\"SOMETIMES\","
	"\"callback_permission_status\":\"DISABLED\",\"sip\":{\"status\":\"DISABLED\",\"servers\":["
	"{\"hostname\":\"sip.acme.example\",\"port\":5071,\"request_uri_user_params\":"
	"{\"tgrp\":\"berlin\",\"trunk-context\":\"acme.example\"},\"app_id\":1},"
	"{\"hostname\":\"sip.two.example\",\"port\":\"5061.250\"}]}}}";

static const struct set_case {
	struct field_ref ref;
	const char *text;
	bool set;
	const char *kept; /* what is there afterwards; where not set, words of the error */
} set_cases[] = {
	/* enums: the table's spelling, or the base's own */
	{ { FIELD_SIP, -1, -1 }, "Enabled", true, "ENABLED" },
	{ { FIELD_SIP, -1, -1 }, "disabled", true, "DISABLED" },
	{ { FIELD_SIP, -1, -1 }, "maybe", false, "Choose ENABLED or DISABLED." },
	{ { FIELD_SIP, -1, -1 }, NULL, true, "DISABLED" },
	{ { FIELD_CALLING, -1, -1 }, "ENABLED", true, "enabled" },
	{ { FIELD_CALLING, -1, -1 }, "DISABLED", true, "DISABLED" },
	{ { FIELD_CALL_ICON, -1, -1 }, "SOMETIMES", true, "SOMETIMES" },
	{ { FIELD_CALL_ICON, -1, -1 }, "NEVER", false, "Choose DEFAULT or DISABLE_ALL." },
	{ { FIELD_CALL_ICON, -1, -1 }, "", true, "DEFAULT" },
	{ { FIELD_CALLBACK_PERMISSION, -1, -1 }, NULL, false, "cannot be made absent" },
	{ { FIELD_SRTP, -1, -1 }, NULL, true, NULL },
	{ { FIELD_SRTP, -1, -1 }, "dtls", true, "DTLS" },
	{ { FIELD_SRTP, -1, -1 }, "SDES", false, "SIP" },
	/* texts, as typed */
	{ { FIELD_CALL_ICON_COUNTRIES, -1, -1 }, "de  XX", true, "de  XX" },
	{ { FIELD_CALL_ICON_COUNTRIES, -1, -1 }, "", true, NULL },
	{ { FIELD_SERVER_HOSTNAME, 0, -1 }, "not a hostname!", true, "not a hostname!" },
	{ { FIELD_SERVER_HOSTNAME, 0, -1 }, "münchen.example", true, "münchen.example" },
	{ { FIELD_SERVER_HOSTNAME, 0, -1 }, "", true, NULL },
	{ { FIELD_SERVER_HOSTNAME, 0, -1 }, L253, true, L253 },
	{ { FIELD_SERVER_HOSTNAME, 0, -1 }, L253 "4", false, "253" },
	{ { FIELD_SERVER_HOSTNAME, 0, -1 }, "a\nb", false, "line end" },
	{ { FIELD_SERVER_HOSTNAME, 0, -1 }, "a\x1b[31m", false, "control character" },
	{ { FIELD_SERVER_HOSTNAME, 0, -1 }, "a\x7f", false, "control character" },
	{ { FIELD_SERVER_HOSTNAME, 0, -1 }, "a\xc2\x9b", false, "control character" },
	{ { FIELD_SERVER_HOSTNAME, 0, -1 }, "a\xff", false, "UTF-8" },
	{ { FIELD_SERVER_PORT, 0, -1 }, "5061", true, "5061" },
	{ { FIELD_SERVER_PORT, 0, -1 }, "x", true, "x" },
	{ { FIELD_SERVER_PORT, 0, -1 }, NULL, true, NULL },
	{ { FIELD_SERVER_PORT, 0, -1 }, "506111", false, "5" },
	/* longer than the limit as the service sent it: may get shorter, not longer */
	{ { FIELD_SERVER_PORT, 1, -1 }, "5061.25", true, "5061.25" },
	{ { FIELD_SERVER_PORT, 1, -1 }, "5061.2500", false, "5" },
	{ { FIELD_PARAMETER_KEY, 0, 0 }, "a;b", true, "a;b" },
	{ { FIELD_PARAMETER_VALUE, 0, 1 }, "", true, "" },
	{ { FIELD_PARAMETER_VALUE, 0, 1 }, NULL, true, "" },
	{ { FIELD_PARAMETER_VALUE, 0, 1 }, L128, true, L128 },
	{ { FIELD_PARAMETER_VALUE, 0, 1 }, "é" L128, false, "129" },
	/* what cannot be set at all */
	{ { FIELD_CALL_HOURS, -1, -1 }, "always", false, "WhatsApp Manager" },
	{ { FIELD_VOICEMAIL, -1, -1 }, "x", false, "only shown" },
	{ { FIELD_RESTRICTIONS, -1, -1 }, NULL, false, "only shown" },
	{ { FIELD_CODECS, -1, -1 }, "PCMA", false, "only shown" },
	{ { FIELD_SIP_PASSWORD, -1, -1 }, "x", false, "only shown" },
	{ { FIELD_SIP_SERVERS, -1, -1 }, "x", false, "only shown" },
	{ { FIELD_SERVER_APP_ID, 0, -1 }, "2", false, "only shown" },
	{ { FIELD_SERVER_PARAMETERS, 0, -1 }, "x", false, "only shown" },
	{ { FIELD_SERVER_HOSTNAME, 2, -1 }, "x", false, "not in the draft" },
	{ { FIELD_SERVER_HOSTNAME, -1, -1 }, "x", false, "not in the draft" },
	{ { FIELD_PARAMETER_VALUE, 0, 2 }, "x", false, "not in the draft" },
};

struct fixture {
	struct calling_settings base;
	struct draft draft;
};

static void fixture_init(struct fixture *fixture, const char *json)
{
	struct err err;
	if (!settings_decode(&fixture->base, json, strlen(json), 0, &err))
		fail_msg("%s", err.sentence);
	draft_init(&fixture->draft, &fixture->base);
}

static void fixture_release(struct fixture *fixture)
{
	draft_release(&fixture->draft);
	settings_release(&fixture->base);
}

static void set(struct draft *draft, struct field_ref ref, const char *text)
{
	struct err err;
	if (!draft_set(draft, ref, text, &err))
		fail_msg("%s", err.sentence);
}

static const char *get(const struct draft *draft, enum field_id field, int server, int parameter)
{
	return values_get(&draft->mine, field_ref_parameter(field, server, parameter));
}

static void the_setter_takes_and_refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(set_cases); i++) {
		const struct set_case *expected = &set_cases[i];
		struct fixture fixture;
		fixture_init(&fixture, base_json);
		const char *before = values_get(&fixture.base.values, expected->ref);
		struct err err;
		err_init(&err);
		if (draft_set(&fixture.draft, expected->ref, expected->text, &err) != expected->set)
			fail_msg("case %zu: %s", i, err.sentence);
		const char *after = values_get(&fixture.draft.mine, expected->ref);
		if (expected->set) {
			if (!text_equal(after, expected->kept))
				fail_msg("case %zu: %s", i, after == NULL ? "absent" : after);
			assert_int_equal(err.kind, ERR_NONE);
		} else {
			assert_true(text_equal(after, before));
			assert_int_equal(err.kind, ERR_INPUT);
			if (strstr(err.sentence, expected->kept) == NULL)
				fail_msg("case %zu: %s", i, err.sentence);
			assert_true(strncmp(err.field, "calling.", 8) == 0);
		}
		fixture_release(&fixture);
	}
}

static void every_choice_can_be_set_and_reverted(void **state)
{
	(void)state;
	struct fixture fixture;
	fixture_init(&fixture, base_json);
	for (int id = 0; id < FIELD_SETTINGS_COUNT; id++) {
		const struct field *field = field_of((enum field_id)id);
		if (field->type != FIELD_TYPE_ENUM)
			continue;
		struct field_ref ref = field_ref_of(field->id);
		for (const struct choice *choice = field->choices; choice->value != NULL;
		     choice++) {
			set(&fixture.draft, field_ref_of(FIELD_SIP), "ENABLED");
			set(&fixture.draft, ref, choice->value);
			assert_ptr_equal(field_choice(field, values_get(&fixture.draft.mine, ref)),
					 choice);
			draft_revert(&fixture.draft, ref);
			assert_true(text_equal(values_get(&fixture.draft.mine, ref),
					       values_get(&fixture.base.values, ref)));
		}
	}
	fixture_release(&fixture);
}

static void a_disabled_choice_stays_settable_where_it_is(void **state)
{
	(void)state;
	struct fixture fixture;
	fixture_init(&fixture, "{\"calling\":{\"srtp_key_exchange_protocol\":\"SDES\"}}");
	struct field_ref srtp = field_ref_of(FIELD_SRTP);
	struct err err;
	set(&fixture.draft, srtp, "sdes");
	set(&fixture.draft, srtp, "DTLS");
	assert_false(draft_set(&fixture.draft, srtp, "SDES", &err));
	set(&fixture.draft, field_ref_of(FIELD_SIP), "ENABLED");
	set(&fixture.draft, srtp, "SDES");
	assert_false(values_get(&fixture.draft.mine, srtp) == NULL);
	fixture_release(&fixture);
}

static void settings_that_are_only_shown_cannot_be_set(void **state)
{
	(void)state;
	struct fixture fixture;
	fixture_init(&fixture, "{\"calling\":{\"status\":\"ENABLED\",\"status\":\"DISABLED\"}}");
	struct err err;
	assert_false(draft_set(&fixture.draft, field_ref_of(FIELD_CALLING), "DISABLED", &err));
	assert_string_equal(err.sentence, fixture.base.why_not_editable);
	assert_string_equal(get(&fixture.draft, FIELD_CALLING, -1, -1), "ENABLED");
	fixture_release(&fixture);
}

static void servers_come_and_go_in_their_places(void **state)
{
	(void)state;
	struct fixture fixture;
	fixture_init(&fixture, base_json);
	struct draft *draft = &fixture.draft;
	assert_int_equal(draft_server_add(draft), 2);
	set(draft, field_ref_server(FIELD_SERVER_HOSTNAME, 2), "new.example");
	assert_int_equal(draft->mine.servers[2].origin, -1);
	draft_server_remove(draft, 0);
	assert_int_equal(values_servers_alive(&draft->mine), 2);
	assert_null(get(draft, FIELD_SERVER_HOSTNAME, 0, -1));
	assert_string_equal(get(draft, FIELD_SERVER_HOSTNAME, 1, -1), "sip.two.example");
	struct err err;
	assert_false(draft_set(draft, field_ref_server(FIELD_SERVER_PORT, 0), "1", &err));

	draft_revert(draft, field_ref_server(FIELD_SIP_SERVERS, 0));
	assert_string_equal(get(draft, FIELD_SERVER_HOSTNAME, 0, -1), "sip.acme.example");
	assert_string_equal(get(draft, FIELD_PARAMETER_VALUE, 0, 0), "berlin");
	draft_revert(draft, field_ref_server(FIELD_SIP_SERVERS, 2));
	assert_int_equal(values_servers_alive(&draft->mine), 2);

	draft_server_remove(draft, 0);
	draft_server_remove(draft, 1);
	draft_revert(draft, field_ref_of(FIELD_SIP_SERVERS));
	assert_int_equal(values_servers_alive(&draft->mine), 2);
	assert_false(draft_is_changed(draft));
	fixture_release(&fixture);
}

static void reverting_brings_back_the_base(void **state)
{
	(void)state;
	struct fixture fixture;
	fixture_init(&fixture, base_json);
	struct draft *draft = &fixture.draft;
	set(draft, field_ref_server(FIELD_SERVER_HOSTNAME, 0), "other.example");
	set(draft, field_ref_server(FIELD_SERVER_PORT, 0), NULL);
	set(draft, field_ref_parameter(FIELD_PARAMETER_VALUE, 0, 0), "paris");
	draft_revert(draft, field_ref_server(FIELD_SERVER_HOSTNAME, 0));
	assert_string_equal(get(draft, FIELD_SERVER_HOSTNAME, 0, -1), "sip.acme.example");
	assert_null(get(draft, FIELD_SERVER_PORT, 0, -1));
	draft_revert(draft, field_ref_server(FIELD_SERVER_PORT, 0));
	assert_string_equal(get(draft, FIELD_SERVER_PORT, 0, -1), "5071");
	draft_revert(draft, field_ref_parameter(FIELD_PARAMETER_VALUE, 0, 0));
	assert_string_equal(get(draft, FIELD_PARAMETER_VALUE, 0, 0), "berlin");
	assert_false(draft_is_changed(draft));
	fixture_release(&fixture);
}

static void reverting_parameters_goes_by_their_keys(void **state)
{
	(void)state;
	struct fixture fixture;
	fixture_init(&fixture, base_json);
	struct draft *draft = &fixture.draft;
	const struct sip_server *server = &draft->mine.servers[0];

	/* one that the base does not have goes */
	assert_int_equal(draft_parameter_add(draft, 0), 2);
	set(draft, field_ref_parameter(FIELD_PARAMETER_KEY, 0, 2), "new");
	draft_revert(draft, field_ref_parameter(FIELD_PARAMETER_KEY, 0, 2));
	assert_int_equal(server->parameter_count, 2);

	/* one removed comes back, named by its place in the base */
	draft_parameter_remove(draft, 0, 0);
	assert_string_equal(get(draft, FIELD_PARAMETER_KEY, 0, 0), "trunk-context");
	draft_revert(draft, field_ref_parameter(FIELD_PARAMETER_VALUE, 0, 0));
	assert_int_equal(server->parameter_count, 2);
	assert_string_equal(server->parameters[1].key, "tgrp");
	assert_string_equal(server->parameters[1].value, "berlin");
	assert_false(draft_is_changed(draft));

	/* all at once */
	draft_parameter_remove(draft, 0, 1);
	draft_parameter_remove(draft, 0, 0);
	draft_parameter_remove(draft, 0, 0);
	draft_revert(draft, field_ref_server(FIELD_SERVER_PARAMETERS, 0));
	assert_int_equal(server->parameter_count, 2);
	assert_string_equal(server->parameters[0].key, "tgrp");
	fixture_release(&fixture);
}

static void a_server_added_here_is_removed_by_reverting_it(void **state)
{
	(void)state;
	struct fixture fixture;
	fixture_init(&fixture, base_json);
	struct draft *draft = &fixture.draft;
	int added = draft_server_add(draft);
	assert_int_equal(draft_parameter_add(draft, added), 0);
	draft_revert(draft, field_ref_parameter(FIELD_PARAMETER_VALUE, added, 0));
	assert_int_equal(draft->mine.servers[added].parameter_count, 0);
	set(draft, field_ref_server(FIELD_SERVER_HOSTNAME, added), "new.example");
	set(draft, field_ref_server(FIELD_SERVER_PORT, added), "5062");
	draft_revert(draft, field_ref_server(FIELD_SERVER_HOSTNAME, added));
	assert_null(draft->mine.servers[added].hostname);
	assert_string_equal(draft->mine.servers[added].port, "5062");
	size_t count = draft->mine.server_count;
	draft_revert(draft, field_ref_server(FIELD_SIP_SERVERS, added));
	assert_int_equal(draft->mine.server_count, count - 1); /* it leaves no place behind */
	assert_false(draft_is_changed(draft));
	int first = draft_server_add(draft), second = draft_server_add(draft);
	set(draft, field_ref_server(FIELD_SERVER_HOSTNAME, second), "second.example");
	draft_server_remove(draft, first);
	assert_string_equal(draft->mine.servers[first].hostname, "second.example");
	fixture_release(&fixture);
}

static void a_draft_is_changed_by_meaning(void **state)
{
	(void)state;
	struct fixture fixture;
	fixture_init(&fixture, base_json);
	struct draft *draft = &fixture.draft;
	assert_false(draft_is_changed(draft));
	set(draft, field_ref_of(FIELD_SRTP), "DTLS");
	assert_false(draft_is_changed(draft));
	set(draft, field_ref_server(FIELD_SERVER_PORT, 0), "5072");
	assert_true(draft_is_changed(draft));
	set(draft, field_ref_server(FIELD_SERVER_PORT, 0), "5071");
	assert_false(draft_is_changed(draft));
	fixture_release(&fixture);
}

static void rebasing_takes_values_and_base_over(void **state)
{
	(void)state;
	struct fixture fixture;
	fixture_init(&fixture, base_json);
	struct calling_settings newer;
	struct err err;
	static const char json[] = "{\"calling\":{\"status\":\"DISABLED\"}}";
	assert_true(settings_decode(&newer, json, strlen(json), 0, &err));
	struct calling_values merged;
	values_copy(&merged, &newer.values);
	mem_text_set(&merged.texts[FIELD_SIP], "ENABLED");
	draft_rebase(&fixture.draft, &newer, &merged);
	assert_null(merged.texts[FIELD_SIP]);
	assert_string_equal(get(&fixture.draft, FIELD_SIP, -1, -1), "ENABLED");
	assert_int_equal(fixture.draft.mine.server_count, 0);
	draft_revert(&fixture.draft, field_ref_of(FIELD_SIP));
	assert_null(get(&fixture.draft, FIELD_SIP, -1, -1));
	fixture_release(&fixture);
	settings_release(&newer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_setter_takes_and_refuses),
		cmocka_unit_test(every_choice_can_be_set_and_reverted),
		cmocka_unit_test(a_disabled_choice_stays_settable_where_it_is),
		cmocka_unit_test(settings_that_are_only_shown_cannot_be_set),
		cmocka_unit_test(servers_come_and_go_in_their_places),
		cmocka_unit_test(reverting_brings_back_the_base),
		cmocka_unit_test(reverting_parameters_goes_by_their_keys),
		cmocka_unit_test(a_server_added_here_is_removed_by_reverting_it),
		cmocka_unit_test(a_draft_is_changed_by_meaning),
		cmocka_unit_test(rebasing_takes_values_and_base_over),
	};
	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
