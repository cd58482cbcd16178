#include "tests/support/stage.h"

#include "base/mem.h"
#include "tests/support/written.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum { QUIET_MS = 50 };

/* The sanitizers would make an exit of their own of a crash. Their leak check stops the program for
 * a moment; the SIGCONT that comes with a hang-up would undo that, and it would wait for ever. */
static void crashes_allow(struct machine *machine)
{
	const char *options = getenv("ASAN_OPTIONS");
	char *setting = mem_format("ASAN_OPTIONS=%s:verify_asan_link_order=0:handle_segv=0:"
				   "handle_abort=0:detect_leaks=0",
				   options == NULL ? "" : options);
	machine_environment_add(machine, setting);
	free(setting);
}

void stage_init(struct stage *stage)
{
	*stage = (struct stage) { .hidden = secrets_new(), .shown = secrets_new() };
	stage->key = secrets_plant(stage->hidden, SECRETS_KEY, "the API key");
	stage->password = secrets_plant(stage->shown, SECRETS_PASSWORD, "the SIP user password");
	machine_init(&stage->machine);
	crashes_allow(&stage->machine);
	stage->key_file = machine_give(&stage->machine, "key", stage->key);
	stage->log_file = mem_format("%s/requests.log", stage->machine.home);
}

void stage_serve(struct stage *stage, const char *faults)
{
	char *password = secrets_coded(stage->shown, 0, SECRETS_JSON);
	char *script = mem_format(
		"settings {\"status\":\"ENABLED\",\"callback_permission_status\":\"DISABLED\","
		"\"sip\":{\"status\":\"ENABLED\",\"servers\":[{\"hostname\":\"localhost\","
		"\"port\":9,\"sip_user_password\":\"%s\"}]}}\n%s",
		password, faults);
	fault_server_start(&stage->service, script);
	stage->url = stage->service.url;
	free(script);
	free(password);
}

void stage_serve_tls(struct stage *stage, const char *faults)
{
	stage_serve(stage, faults);
	tls_front_start(&stage->front, stage->service.port, stage->machine.given);
	stage->url = stage->front.url;
	char *trust = mem_format("SSL_CERT_FILE=%s", stage->front.ca_file);
	machine_environment_add(&stage->machine, trust);
	free(trust);
}

void stage_enter(struct stage *stage)
{
	const char *const arguments[] = { "--api-url",	stage->url,
					  "--key-file", stage->key_file,
					  "--log",	stage->log_file,
					  NULL };
	stage->session = machine_session(&stage->machine, NULL, arguments);
}

void stage_release(struct stage *stage)
{
	(void)session_close(stage->session);
	fault_server_stop(&stage->service);
	if (stage->front.process > 0)
		tls_front_stop(&stage->front);
	machine_release(&stage->machine);
	secrets_free(stage->hidden);
	secrets_free(stage->shown);
	free(stage->log_file);
	free(stage->key_file);
	*stage = (struct stage) { 0 };
}

void stage_reveal(struct stage *stage)
{
	stage->shown_from = session_bytes(stage->session);
	session_send(stage->session, "<F6>");
	expect_text(stage->session, stage->password);
	(void)session_wait_quiet(stage->session, QUIET_MS);
	stage->shown_to = session_bytes(stage->session);
}

void stage_hide(struct stage *stage)
{
	session_send(stage->session, "<F6>");
	expect_gone(stage->session, stage->password);
	expect_text(stage->session, "F6 reveal");
}

void stage_processes_are_clean(const struct stage *stage)
{
	struct written_processes processes = { 0 };
	assert_false(written_processes_have(stage->hidden, stage->session->id, &processes));
	assert_false(written_processes_have(stage->shown, stage->session->id, &processes));
	if (processes.refused > 0) /* to us, too: then to nobody of this user */
		print_message("%d texts of processes are not shown by the system\n",
			      processes.refused);
	else
		assert_true(processes.read > 0);
}

void stage_files_are_clean(const struct stage *stage)
{
	assert_true(machine_has_started(&stage->machine, "sipdesk"));
	assert_false(machine_has_secrets(&stage->machine, stage->hidden));
	assert_false(machine_has_secrets(&stage->machine, stage->shown));
	assert_false(machine_has_core(&stage->machine));
}

void stage_terminal_is_clean(const struct stage *stage, bool reveal_is_over)
{
	const struct session *session = stage->session;
	size_t end = session_bytes(session);
	assert_false(written_bytes_have(stage->hidden, session, 0, end));
	assert_false(written_screens_have(stage->hidden, session, 0, end));
	assert_false(written_bytes_have(stage->shown, session, 0, stage->shown_from));
	assert_false(written_screens_have(stage->shown, session, 0, stage->shown_from));
	assert_false(written_bytes_have(stage->shown, session, stage->shown_to, end));
	if (reveal_is_over)
		assert_false(session_shows(session, stage->password));
}
