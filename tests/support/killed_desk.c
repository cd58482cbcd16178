#include "tests/support/killed_desk.h"

#include "base/mem.h"
#include "tests/support/child.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum {
	QUIET_MS = 3,	 /* between two looks at what is shared with the program */
	STUCK_MS = 1500, /* on a disk that fails */
};

static const struct key_desk_number NUMBERS[] = {
	{ .label = "Acme", .key = "{\"command\":[\"echo\",\"key-of-acme\"]}" },
	{ NULL },
};

static char *calls_path(const struct machine_stopped *desk)
{
	return mem_format("%s/calls", desk->desk.home);
}

void killed_desk_open(struct machine_stopped *desk, const char *script)
{
	key_desk_prepare(&desk->desk, script, NUMBERS);
	char *path = calls_path(desk);
	desk->calls = call_stop_map(path);
	free(path);
}

void killed_desk_close(struct machine_stopped *desk)
{
	call_stop_unmap(desk->calls);
	key_desk_close(&desk->desk);
}

/* SIGHUP is ignored where a call is held: only the terminal tells of its end. */
static void program_start(struct machine_stopped *desk, bool ignores_hang_up)
{
	char *path = calls_path(desk);
	char *calls = mem_format("SHIM_CALLS_FILE=%s", path);
	char *ahead = mem_format("SHIM_AHEAD_FILE=%s/ahead", desk->desk.home);
	char *program = session_built("sipdesk");
	char *stop = session_built("tests/shim/call_stop.so");
	char *clock = session_built("tests/shim/ahead_clock.so");
	char *preload = mem_format("%s:%s", stop, clock);
	const char *const environment[] = { calls, ahead, NULL };
	const char *const plain[] = { program, NULL };
	const char *const ignoring[] = { "/bin/sh", "-c", "trap '' HUP; exec \"$0\"", program,
					 NULL };
	desk->desk.session = session_start(&(struct session_options) {
		.arguments = ignores_hang_up ? ignoring : plain,
		.environment = environment,
		.preload = preload,
		.home = desk->desk.home,
	});
	desk->desk.desk.session = desk->desk.session;
	assert_non_null(desk->desk.session);
	free(preload);
	free(clock);
	free(stop);
	free(program);
	free(ahead);
	free(calls);
	free(path);
}

/* --- steps ------------------------------------------------------------------------------------ */

/* False: it will not come any more, since the program has ended or is at its point. */
static bool text_wait(struct machine_stopped *desk, const char *text)
{
	const struct call_stop *calls = desk->calls;
	struct session *session = desk->desk.session;
	bool is_failing = calls->mode == CALLS_NO_SPACE || calls->mode == CALLS_BROKEN;
	int64_t end = child_now_ms() + (is_failing ? STUCK_MS : SESSION_DEADLINE_MS);
	while (!session_shows(session, text)) {
		if (session->has_ended || calls->is_held != 0)
			return false;
		if (child_now_ms() >= end && is_failing)
			return false; /* it says so in its own words */
		if (child_now_ms() >= end)
			return session_wait_text(session, text); /* shows the screen */
		(void)session_wait_quiet(session, QUIET_MS);
	}
	return calls->is_held == 0;
}

static void time_pass(struct machine_stopped *desk, int64_t ms)
{
	struct session *session = desk->desk.session;
	if (ms == 0 || session->has_ended)
		return;
	*desk->desk.ahead_ms += ms;
	session_resize(session, session->terminal.rows,
		       session->terminal.columns == 80 ? 81 : 80); /* it looks at its clock */
}

static bool step_do(struct machine_stopped *desk, const struct killed_step *step)
{
	time_pass(desk, step->skip_ms);
	if (!text_wait(desk, step->until))
		return false;
	if (step->type != NULL)
		session_type(desk->desk.session, step->type);
	if (step->keys != NULL)
		session_send(desk->desk.session, step->keys);
	return true;
}

/* The terminal goes while a call is held, then the call goes on. */
static void held_let_go(struct machine_stopped *desk)
{
	if (desk->calls->is_held != 0)
		session_hang_up(desk->desk.session);
	desk->calls->goes_on = 1;
}

static void program_end(struct machine_stopped *desk)
{
	struct session *session = desk->desk.session;
	held_let_go(desk);
	if (!session->has_ended && desk->calls->count < desk->calls->at)
		fail_msg("call %lld never came", (long long)desk->calls->at);
	bool ends_by_itself =
		desk->calls->mode != CALLS_NO_SPACE && desk->calls->mode != CALLS_BROKEN;
	if (!session->has_ended && !ends_by_itself)
		session_signal(session, SIGKILL);
	assert_true(session_exit_status(session) >= 0);
	(void)session_close(session);
	desk->desk.session = NULL;
	desk->desk.desk.session = NULL;
}

size_t killed_desk_run(struct machine_stopped *desk, enum call_stop_mode mode, int64_t at,
		       const struct killed_step *steps, size_t count)
{
	static const struct killed_step enter[] = {
		{ "Add a number", NULL, "<F3><C-u>", 0 },
		{ "Find", "Acme", NULL, 0 },
		{ "1 of ", NULL, "<Enter>", 0 },
	};
	size_t done = 0;
	call_stop_set(desk->calls, mode, at);
	program_start(desk, mode == CALLS_HELD);
	for (size_t i = 0; i < ARRAY_LENGTH(enter); i++)
		if (!step_do(desk, &enter[i]))
			goto out;
	while (done < count && step_do(desk, &steps[done]))
		done++;
out:
	program_end(desk);
	return done;
}

void killed_desk_start_again(struct machine_stopped *desk)
{
	call_stop_set(desk->calls, CALLS_COUNTED, 0);
	program_start(desk, false);
	expect_text(desk->desk.session, "Add a number");
	key_desk_enter(&desk->desk, "Acme");
}

bool killed_desk_holds(const struct machine_stopped *desk, const char *part)
{
	struct json_doc state;
	fault_server_state(&desk->desk.desk.service, &state);
	char *calling = cJSON_PrintUnformatted(json_member(state.root, "calling"));
	bool holds = strstr(calling, part) != NULL;
	cJSON_free(calling);
	json_doc_release(&state);
	return holds;
}
