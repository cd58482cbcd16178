/* `sipdesk check` against every SIP server that a running `sipdesk sandbox` lists. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"
#include "sandbox/sip_servers.h"
#include "tests/support/check_outcome.h"
#include "tests/support/peer.h"
#include "tests/support/run.h"
#include "tests/support/session.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HANG_MS = 40000, EXIT_PASS = 0, EXIT_WARN = 1, EXIT_FAIL = 2 };

/* With nothing but what the ready file says. */
static void check_run_on(struct run *run, const cJSON *entry)
{
	char *program = session_built("sipdesk");
	char *target = mem_format("%s:5061", json_text(json_member(entry, "hostname")));
	char *address = mem_format("%s:%s", json_text(json_member(entry, "address")),
				   json_text(json_member(entry, "port")));
	const char *arguments[] = { program,
				    "check",
				    target,
				    "--connect",
				    address,
				    "--ca-file",
				    json_text(json_member(entry, "ca_file")),
				    "--json",
				    NULL };
	run_start(run, arguments, NULL);
	assert_true(run_finish(run, HANG_MS));
	free(program);
	free(target);
	free(address);
}

static bool is_as_expected(const struct check_outcome *outcome, int exit_code, const char *expect)
{
	if (strcmp(expect, "pass") == 0)
		return (exit_code == EXIT_PASS && strcmp(outcome->verdict, "pass") == 0) ||
		       (exit_code == EXIT_WARN && strcmp(outcome->verdict, "warn") == 0);
	return exit_code == EXIT_FAIL && strcmp(outcome->verdict, "fail") == 0 &&
	       strcmp(outcome->headline_id, expect) == 0 && outcome->fix[0] != '\0';
}

static void practice_servers_meet_what_they_promise(void **state)
{
	struct peer peer;
	struct json_doc ready;
	struct err err;
	(void)state;
	assert_true(peer_sandbox_start(&peer));
	assert_true(json_doc_parse(&ready, peer.ready, strlen(peer.ready), &err));
	const cJSON *list = json_member(ready.root, "sip");
	assert_int_equal(cJSON_GetArraySize(list), SIP_SERVER_COUNT);
	char *ca_file = mem_text(json_text(json_member(list->child, "ca_file")));
	const cJSON *entry;
	cJSON_ArrayForEach (entry, list) {
		const char *expect = json_text(json_member(entry, "expect"));
		struct run run;
		struct check_outcome outcome;
		check_run_on(&run, entry);
		(void)check_outcome_read(&outcome, &run.output); /* its form is check_test's */
		if (!is_as_expected(&outcome, run.status, expect))
			fail_msg("%s is not \"%s\" but exit code %d:\n%s%s",
				 json_text(json_member(entry, "hostname")), expect, run.status,
				 run.output.bytes, run.errors.bytes);
		check_outcome_release(&outcome);
		run_release(&run);
	}
	json_doc_release(&ready);
	assert_true(peer_stop(&peer));
	assert_int_equal(access(ca_file, F_OK), -1);
	free(ca_file);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(practice_servers_meet_what_they_promise),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
