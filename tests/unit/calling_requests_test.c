#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "calling/draft.h"
#include "calling/requests.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define SIP_ON_SDES                                                                           \
	"{\"calling\":{\"status\":\"ENABLED\",\"sip\":{\"status\":\"enabled\",\"servers\":[{" \
	"\"hostname\":\"a.example\",\"port\":5061}]},\"srtp_key_exchange_protocol\":\"SDES\"}}"
#define SDES_REQUEST "{\"calling\":{\"srtp_key_exchange_protocol\":\"SDES\"}}"
#define SDES_AGAIN "SRTP key exchange: SDES again, because a SIP write may reset it to DTLS"
#define TWO_APPS                                                      \
	"{\"calling\":{\"sip\":{\"status\":\"ENABLED\",\"servers\":[" \
	"{\"hostname\":\"a.example\",\"port\":5061,\"app_id\":1},"    \
	"{\"hostname\":\"b.example\",\"port\":5061,\"app_id\":2,\"z\":[1, 2]}]}}}"

enum step_kind { END, SET, ADD_SERVER, REMOVE_SERVER, ADD_PARAMETER, REMOVE_PARAMETER };

struct step {
	enum step_kind kind;
	enum field_id field;
	int server;
	int parameter;
	const char *text; /* ADD_PARAMETER: its key; its value is "v" */
};

enum { STEPS_MAX = 6 };

static const struct plan_case {
	const char *name, *base;
	struct step steps[STEPS_MAX];
	const char *bodies[REQUESTS_MAX];
	const char *titles[REQUESTS_MAX];
} plan_cases[] = {
	{ "nothing", SIP_ON_SDES, { { .kind = END } }, { NULL }, { NULL } },
	{ "only another spelling",
	  SIP_ON_SDES,
	  { { SET, FIELD_SERVER_HOSTNAME, 0, -1, "A.EXAMPLE" },
	    { SET, FIELD_SERVER_PORT, 0, -1, "" } },
	  { NULL },
	  { NULL } },
	{ "one field alone",
	  SIP_ON_SDES,
	  { { SET, FIELD_CALLING, -1, -1, "DISABLED" } },
	  { "{\"calling\":{\"status\":\"DISABLED\"}}" },
	  { "Calling" } },
	{ "calling, SIP and a server in one request, SRTP last",
	  "{}",
	  { { SET, FIELD_CALLING, -1, -1, "enabled" },
	    { SET, FIELD_SIP, -1, -1, "ENABLED" },
	    { ADD_SERVER, FIELD_SIP_SERVERS, 0, -1, NULL },
	    { SET, FIELD_SERVER_HOSTNAME, 0, -1, "SIP.M\xc3\xbcnchen.example" },
	    { ADD_PARAMETER, FIELD_SERVER_PARAMETERS, 0, 0, "t\"g" },
	    { SET, FIELD_SRTP, -1, -1, "SDES" } },
	  { "{\"calling\":{\"status\":\"ENABLED\",\"sip\":{\"status\":\"ENABLED\",\"servers\":[{"
	    "\"hostname\":\"sip.xn--mnchen-3ya.example\",\"port\":5061,"
	    "\"request_uri_user_params\":{\"t\\\"g\":\"v\"}}]}}}",
	    SDES_REQUEST },
	  { "Calling, SIP signalling, SIP server", "SRTP key exchange, last and by itself" } },
	{ "SRTP alone",
	  SIP_ON_SDES,
	  { { SET, FIELD_SRTP, -1, -1, "DTLS" } },
	  { "{\"calling\":{\"srtp_key_exchange_protocol\":\"DTLS\"}}" },
	  { "SRTP key exchange" } },
	{ "SDES again after a SIP write",
	  SIP_ON_SDES,
	  { { SET, FIELD_SERVER_PORT, 0, -1, "5071" } },
	  { "{\"calling\":{\"sip\":{\"status\":\"ENABLED\",\"servers\":[{\"hostname\":"
	    "\"a.example\",\"port\":5071}]}}}",
	    SDES_REQUEST },
	  { "SIP server", SDES_AGAIN } },
	{ "all servers removed",
	  SIP_ON_SDES,
	  { { REMOVE_SERVER, FIELD_SIP_SERVERS, 0, -1, NULL },
	    { SET, FIELD_SIP, -1, -1, "DISABLED" },
	    { SET, FIELD_SRTP, -1, -1, "DTLS" } },
	  { "{\"calling\":{\"sip\":{\"status\":\"DISABLED\",\"servers\":[]}}}",
	    "{\"calling\":{\"srtp_key_exchange_protocol\":\"DTLS\"}}" },
	  { "SIP signalling, SIP server", "SRTP key exchange, last and by itself" } },
	{ "webhook delivery where it was, unknown status as it is",
	  "{\"calling\":{\"sip\":{\"status\":\"Odd\",\"webhook_delivery\":\"enabled\"}}}",
	  { { ADD_SERVER, FIELD_SIP_SERVERS, 0, -1, NULL },
	    { SET, FIELD_SERVER_HOSTNAME, 0, -1, "a.example" } },
	  { "{\"calling\":{\"sip\":{\"status\":\"Odd\",\"webhook_delivery\":\"ENABLED\","
	    "\"servers\":[{\"hostname\":\"a.example\",\"port\":5061}]}}}" },
	  { "SIP server" } },
	{ "an absent value is written as what it means",
	  "{\"calling\":{\"sip\":{\"webhook_delivery\":\"ENABLED\"}}}",
	  { { SET, FIELD_SIP_WEBHOOKS, -1, -1, NULL } },
	  { "{\"calling\":{\"sip\":{\"status\":\"DISABLED\",\"webhook_delivery\":\"DISABLED\","
	    "\"servers\":[]}}}" },
	  { "Calling webhooks" } },
	{ "unknown members byte for byte, read-only ones never, spelling kept",
	  "{\"calling\":{\"x\":1,\"sip\":{\"status\":\"DISABLED\",\"big\":9007199254740993,"
	  "\"servers\":[{\"hostname\":\"A.example\",\"port\":\"05061\",\"app_id\":7,"
	  "\"sip_user_password\":\"hunter2\",\"Password\":\"x\",\"odd\":{ \"a\" : [1.50, "
	  "\"\\u00e9\"] },"
	  "\"request_uri_user_params\":{\"n\":5,\"nil\":null,\"s\":\"1\"}}],"
	  "\"in\":{\"k\":[{\"password\":\"p\",\"e\":1e2}],\"l\":true}}}}",
	  { { SET, FIELD_SIP, -1, -1, "ENABLED" }, { SET, FIELD_PARAMETER_VALUE, 0, 2, "2" } },
	  { "{\"calling\":{\"sip\":{\"status\":\"ENABLED\",\"servers\":[{\"hostname\":"
	    "\"A.example\",\"port\":5061,\"request_uri_user_params\":{\"n\":5,\"nil\":null,\"s\":"
	    "\"2\"},\"odd\":{ \"a\" : [1.50, \"\\u00e9\"] }}],\"big\":9007199254740993,"
	    "\"in\":{\"k\":[{\"e\":1e2}],\"l\":true}}}}" },
	  { "SIP signalling, SIP server" } },
	{ "the last parameter removed",
	  "{\"calling\":{\"sip\":{\"servers\":[{\"hostname\":\"a.example\","
	  "\"request_uri_user_params\":{\"x\":\"1\"}}]}}}",
	  { { REMOVE_PARAMETER, FIELD_SERVER_PARAMETERS, 0, 0, NULL } },
	  { "{\"calling\":{\"sip\":{\"status\":\"DISABLED\",\"servers\":[{\"hostname\":"
	    "\"a.example\",\"port\":5061,\"request_uri_user_params\":{}}]}}}" },
	  { "SIP server" } },
	{ "countries with unknown members beside them",
	  "{\"calling\":{\"call_icons\":{\"restrict_to_user_countries\":[\"DE\"],\"u\":[ ]}}}",
	  { { SET, FIELD_CALL_ICON_COUNTRIES, -1, -1, "FR  DE" } },
	  { "{\"calling\":{\"call_icons\":{\"restrict_to_user_countries\":[\"FR\",\"DE\"],"
	    "\"u\":[ ]}}}" },
	  { "Call icon countries" } },
	{ "no countries",
	  "{\"calling\":{\"call_icons\":{\"restrict_to_user_countries\":[\"DE\"]}}}",
	  { { SET, FIELD_CALL_ICON_COUNTRIES, -1, -1, NULL } },
	  { "{\"calling\":{\"call_icons\":{\"restrict_to_user_countries\":[]}}}" },
	  { "Call icon countries" } },
	{ "of several apps' servers only the one that differs",
	  TWO_APPS,
	  { { SET, FIELD_SERVER_PORT, 1, -1, "5071" } },
	  { "{\"calling\":{\"sip\":{\"status\":\"ENABLED\",\"servers\":[{\"hostname\":"
	    "\"b.example\",\"port\":5071,\"z\":[1, 2]}]}}}" },
	  { "SIP server" } },
	{ "of several apps' servers none",
	  TWO_APPS,
	  { { SET, FIELD_SIP, -1, -1, "DISABLED" } },
	  { "{\"calling\":{\"sip\":{\"status\":\"DISABLED\"}}}" },
	  { "SIP signalling" } },
	{ "of several apps' servers one removed",
	  TWO_APPS,
	  { { REMOVE_SERVER, FIELD_SIP_SERVERS, 0, -1, NULL } },
	  { "{\"calling\":{\"sip\":{\"status\":\"ENABLED\",\"servers\":[]}}}" },
	  { "SIP server" } },
};

static void decode(struct calling_settings *settings, const char *json)
{
	struct err err;
	err_init(&err);
	if (!settings_decode(settings, json, strlen(json), 0, &err))
		fail_msg("%s: %s", json, err.sentence);
}

static void step_do(struct draft *draft, const struct step *step)
{
	struct field_ref ref = { step->field, step->server, step->parameter };
	struct err err;
	err_init(&err);
	bool set = true;
	switch (step->kind) {
	case END: break;
	case SET: set = draft_set(draft, ref, step->text, &err); break;
	case ADD_SERVER: draft_server_add(draft); break;
	case REMOVE_SERVER: draft_server_remove(draft, step->server); break;
	case ADD_PARAMETER:
		draft_parameter_add(draft, step->server);
		ref.field = FIELD_PARAMETER_KEY;
		set = draft_set(draft, ref, step->text, &err);
		ref.field = FIELD_PARAMETER_VALUE;
		set = set && draft_set(draft, ref, "v", &err);
		break;
	case REMOVE_PARAMETER: draft_parameter_remove(draft, step->server, step->parameter); break;
	}
	if (!set)
		fail_msg("%s", err.sentence);
}

static void plans_work(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof plan_cases / sizeof *plan_cases; i++) {
		const struct plan_case *c = &plan_cases[i];
		struct calling_settings base;
		struct draft draft;
		struct write_plan plan;
		struct err err;
		decode(&base, c->base);
		draft_init(&draft, &base);
		for (size_t j = 0; j < STEPS_MAX; j++)
			step_do(&draft, &c->steps[j]);
		err_init(&err);
		if (!write_plan_make(&plan, &base, &draft.mine, &err))
			fail_msg("%s: %s", c->name, err.sentence);
		for (size_t j = 0; j < REQUESTS_MAX; j++) {
			const char *body = j < plan.count ? plan.requests[j].body : NULL;
			const char *title = j < plan.count ? plan.requests[j].title : NULL;
			if (!text_equal(body, c->bodies[j]) || !text_equal(title, c->titles[j]))
				fail_msg("%s, request %zu: %s\n%s", c->name, j + 1, title, body);
			if (body != NULL)
				assert_int_equal(plan.requests[j].is_srtp,
						 text_starts_with(title, "SRTP"));
		}
		write_plan_release(&plan);
		draft_release(&draft);
		settings_release(&base);
	}
}

static const struct refusal_case {
	const char *name, *base;
	struct field_ref ref; /* what is set to `text` */
	const char *text;
	const char *field; /* of the error */
} refusal_cases[] = {
	{ "a port that is no number",
	  SIP_ON_SDES,
	  { FIELD_SERVER_PORT, 0, -1 },
	  "sip",
	  "calling.sip.servers[0].port" },
	{ "a port with a sign",
	  SIP_ON_SDES,
	  { FIELD_SERVER_PORT, 0, -1 },
	  "-1",
	  "calling.sip.servers[0].port" },
	{ "no hostname",
	  SIP_ON_SDES,
	  { FIELD_SERVER_HOSTNAME, 0, -1 },
	  NULL,
	  "calling.sip.servers[0].hostname" },
	{ "a hostname that is not UTF-8",
	  SIP_ON_SDES,
	  { FIELD_SERVER_HOSTNAME, 0, -1 },
	  "a\xff",
	  "calling.sip.servers[0].hostname" },
	{ "back to not set",
	  "{\"calling\":{\"callback_permission_status\":\"ENABLED\"}}",
	  { FIELD_CALLBACK_PERMISSION, -1, -1 },
	  NULL,
	  "calling.callback_permission_status" },
	{ "one parameter twice",
	  "{\"calling\":{\"sip\":{\"servers\":[{\"hostname\":\"a.example\","
	  "\"request_uri_user_params\":{\"x\":\"1\",\"y\":\"1\"}}]}}}",
	  { FIELD_PARAMETER_KEY, 0, 1 },
	  "x",
	  "calling.sip.servers[0].request_uri_user_params.x" },
	{ "settings that are only shown",
	  "{\"calling\":{\"x\":1,\"x\":2}}",
	  { FIELD_CALLING, -1, -1 },
	  "ENABLED",
	  "" },
};

/* Values a draft would not take reach the plan from files and merges, so they are set by hand. */
static char **slot(struct calling_values *values, struct field_ref ref)
{
	switch (ref.field) {
	case FIELD_SERVER_HOSTNAME: return &values->servers[ref.server].hostname;
	case FIELD_SERVER_PORT: return &values->servers[ref.server].port;
	case FIELD_PARAMETER_KEY: return &values->servers[ref.server].parameters[ref.parameter].key;
	default: return &values->texts[ref.field];
	}
}

static void refusals_name_the_field(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof refusal_cases / sizeof *refusal_cases; i++) {
		const struct refusal_case *c = &refusal_cases[i];
		struct calling_settings base;
		struct calling_values mine;
		struct write_plan plan;
		struct err err;
		decode(&base, c->base);
		values_copy(&mine, &base.values);
		char **text = slot(&mine, c->ref);
		free(*text);
		*text = c->text != NULL ? strdup(c->text) : NULL;
		err_init(&err);
		if (write_plan_make(&plan, &base, &mine, &err))
			fail_msg("%s: not refused", c->name);
		assert_int_equal(err.kind, ERR_INPUT);
		assert_string_equal(err.field, c->field);
		assert_int_equal(plan.count, 0);
		write_plan_release(&plan);
		values_release(&mine);
		settings_release(&base);
	}
}

/* A port that the service itself sent is no reason to keep other edits from being sent. */
static void odd_port_of_the_service_is_kept(void **state)
{
	(void)state;
	struct calling_settings base;
	decode(&base, "{\"calling\":{\"sip\":{\"servers\":[{\"hostname\":\"a.example\",\"port\":"
		      "\"5061/tls\"}]}}}");
	struct calling_values mine;
	values_copy(&mine, &base.values);
	mine.texts[FIELD_SIP] = strdup("ENABLED");
	struct write_plan plan;
	assert_true(write_plan_make(&plan, &base, &mine, NULL));
	assert_string_equal(plan.requests[0].body,
			    "{\"calling\":{\"sip\":{\"status\":\"ENABLED\",\"servers\":[{"
			    "\"hostname\":\"a.example\",\"port\":\"5061/tls\"}]}}}");
	write_plan_release(&plan);
	values_release(&mine);
	settings_release(&base);
}

static void srtp_body_stands_alone(void **state)
{
	(void)state;
	char *body = write_srtp_body("sdes");
	assert_string_equal(body, SDES_REQUEST);
	free(body);
}

int main(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plans_work),
		cmocka_unit_test(refusals_name_the_field),
		cmocka_unit_test(odd_port_of_the_service_is_kept),
		cmocka_unit_test(srtp_body_stands_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
