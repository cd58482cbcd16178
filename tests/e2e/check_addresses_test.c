/* `sipdesk check` of a hostname with several addresses: all are examined, and what they have in
 * common is said once. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "tests/support/check_outcome.h"
#include "tests/support/lab.h"
#include "tests/support/name_server.h"
#include "tests/support/run.h"
#include "tests/support/session.h"
#include "tlscheck/check.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { HANG_MS = 40000, EXIT_FAIL = 2 };

static const char *const ADDRESSES[] = { "127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4", NULL };

static void check_finish(struct run *run, const struct lab *lab)
{
	struct name_server names;
	assert_true(name_server_start(&names, 0, ADDRESSES));
	char *program = session_built("sipdesk");
	char *target = mem_format("%s:%u", LAB_HOSTNAME, (unsigned)lab->ports[0]);
	char *resolver = mem_format("127.0.0.1:%u", (unsigned)names.port);
	const char *const arguments[] = { program,     "check",	     target,   "--dns", resolver,
					  "--ca-file", lab->ca_file, "--json", NULL };
	run_start(run, arguments, NULL);
	bool has_ended = run_finish(run, HANG_MS);
	name_server_stop(&names);
	free(resolver);
	free(target);
	free(program);
	assert_true(has_ended);
}

static const char *text_of(const cJSON *finding)
{
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(finding, "text"));
	return text != NULL ? text : "";
}

static void assert_told(const struct lab *lab, const char *id, const char *says)
{
	struct run run;
	struct check_outcome outcome;
	int connections = 0;
	check_finish(&run, lab);
	assert_true(check_outcome_read(&outcome, &run.output));
	assert_int_equal(run.status, EXIT_FAIL); /* DNS-6: those are no public addresses */
	for (size_t i = 0; ADDRESSES[i] != NULL; i++) {
		assert_non_null(check_outcome_finding(&outcome, "SIP-1", ADDRESSES[i]));
		connections += atomic_load(&lab->connections[i]);
	}
	assert_in_range(connections, lab->count, CHECK_CONNECTIONS_MAX);
	const cJSON *finding = check_outcome_finding(&outcome, id, NULL);
	print_message("# %s\n", text_of(finding));
	assert_non_null(strstr(text_of(finding), says));
	assert_true(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(finding, "address")));
	assert_null(check_outcome_finding(&outcome, "CRT-24", NULL));
	check_outcome_release(&outcome);
	run_release(&run);
}

static void test_one_certificate(void **state)
{
	static const struct {
		struct lab_row row;
		const char *id, *says;
	} cases[] = {
		{ { .name = "the hostname" }, "CRT-25", "Judged with the 1 root" },
		{ { .name = "one of the addresses",
		    .certificate.leaf = { .names = "IP:127.0.0.3", .common_name = "Voice" } },
		  "CRT-6",
		  "names the address 127.0.0.3, not " LAB_HOSTNAME },
		{ { .name = "an address of nobody here",
		    .certificate.leaf = { .names = "IP:127.0.0.9", .common_name = "Voice" } },
		  "CRT-1",
		  "is for 127.0.0.9; it does not name " LAB_HOSTNAME },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct lab lab;
		assert_true(lab_start_at(&lab, &cases[i].row, ADDRESSES));
		assert_told(&lab, cases[i].id, cases[i].says);
		lab_stop(&lab);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_one_certificate) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
