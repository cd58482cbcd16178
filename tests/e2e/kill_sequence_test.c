/*
 * A send and a password reset, below the screens, that end at every call that writes or sends: the
 * program is killed there, or from there on the disk is full or broken. What is left on the disk is
 * whole, and the next start knows of it and brings the number to where it belongs.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "store/drafts.h"
#include "store/history.h"
#include "tests/support/call_stop.h"
#include "tests/support/child.h"
#include "tests/support/fault_server.h"
#include "tests/support/kept_files.h"
#include "tests/support/run.h"
#include "tests/support/sequence_world.h"
#include "tests/support/session.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define MEMBERS                                                                                 \
	"\"status\":\"ENABLED\",\"sip\":{\"status\":\"ENABLED\",\"servers\":[{\"hostname\":"    \
	"\"sip.acme.example\",\"port\":5071,\"request_uri_user_params\":{\"tgrp\":\"berlin\"}," \
	"\"x_1\":9007199254740993}],\"x_2\":[]},\"srtp_key_exchange_protocol\":\"SDES\","       \
	"\"callback_permission_status\":\"DISABLED\",\"call_hours\":{\"status\":\"DISABLED\"}"

/* Of the calls, for each of the two ways to settle; the sanitizers take four times as long. */
#ifdef __SANITIZE_ADDRESS__
enum { STRIDE = 2 };
#else
enum { STRIDE = 1 };
#endif

enum { RUN_MS = 20000, THROUGH = 0, FAILED = 1, OPEN = 2, NOTHING_OPEN = 3 };

static struct {
	struct fault_server server;
	struct call_stop *calls;
	char *folder, *calls_path, *program, *shim;
	char *home; /* a new one for each run */
} machine;

/* --- runs ------------------------------------------------------------------------------------- */

static void home_renew(void)
{
	if (machine.home != NULL)
		child_folder_remove(machine.home);
	free(machine.home);
	machine.home = child_folder_make();
	assert_non_null(machine.home);
	assert_int_equal(setenv("XDG_DATA_HOME", machine.home, 1), 0);
}

/* Exit code, or 128 and the signal. */
static int sequence_run(const char *what, bool is_stopped)
{
	struct run run;
	char *data = mem_format("XDG_DATA_HOME=%s", machine.home);
	char *calls = mem_format("SHIM_CALLS_FILE=%s", machine.calls_path);
	char *preload = mem_format("LD_PRELOAD=%s", machine.shim);
	const char *const arguments[] = { machine.program, machine.server.url, what, NULL };
	const char *const environment[] = {
		data,	 is_stopped ? calls : NULL,
		preload, "ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0",
		NULL,
	};
	run_start(&run, arguments, environment);
	assert_true(run_finish(&run, RUN_MS));
	int status = run.status;
	run_release(&run);
	free(preload);
	free(calls);
	free(data);
	return status;
}

static void service_renew(void)
{
	fault_server_script(&machine.server, "settings {" MEMBERS "}\nsip-resets-srtp\n");
}

static bool service_holds(const char *part)
{
	struct json_doc state;
	fault_server_state(&machine.server, &state);
	struct json_slice calling = json_slice(&state, json_member(state.root, "calling"));
	char *text = mem_text_n(calling.bytes, calling.length);
	bool holds = strstr(text, part) != NULL;
	free(text);
	json_doc_release(&state);
	return holds;
}

static bool service_is_whole(const char *hostname)
{
	char *server = mem_format("{\"hostname\":\"%s\",\"port\":5071,\"request_uri_user_params\":"
				  "{\"tgrp\":\"berlin\"},\"x_1\":9007199254740993",
				  hostname);
	bool is_whole = service_holds("\"status\":\"ENABLED\"") &&
			service_holds("\"sip\":{\"status\":\"ENABLED\"") && service_holds(server) &&
			service_holds("\"x_2\":[]") &&
			service_holds("\"srtp_key_exchange_protocol\":\"SDES\"") &&
			service_holds("\"call_hours\":{\"status\":\"DISABLED\"}");
	free(server);
	return is_whole;
}

static bool service_is_as_before(void)
{
	return service_is_whole("sip.acme.example") &&
	       service_holds("\"callback_permission_status\":\"DISABLED\"");
}

static bool service_is_as_wanted(void)
{
	return service_is_whole("sip.new.example") &&
	       service_holds("\"callback_permission_status\":\"ENABLED\"");
}

/* --- what is left ----------------------------------------------------------------------------- */

static bool event_find(void *owner, const struct json_doc *line)
{
	const char **event = owner;
	if (!text_equal(json_text(json_member(line->root, "event")), *event))
		return true;
	*event = NULL;
	return false;
}

static bool history_has(const char *event)
{
	struct history history;
	struct err err;
	if (!history_open_to_read(&history, SEQUENCE_WORLD_ID, &err) ||
	    !history_each(&history, event_find, &event, &err))
		fail_msg("%s", err.sentence);
	history_close(&history);
	return event == NULL;
}

/* It was on the disk before anything was sent, and stays there until all of it is. */
static void draft_judge(int status)
{
	struct saved_draft draft;
	struct err err;
	bool exists;
	if (!draft_load(SEQUENCE_WORLD_ID, &draft, &exists, &err))
		fail_msg("%s", err.sentence);
	if (exists)
		assert_string_equal(draft.mine.servers[0].hostname, "sip.new.example");
	else
		assert_true(!history_has("begin") || history_has("end"));
	assert_true(status != THROUGH || !exists);
	saved_draft_release(&draft);
}

static void next_start(const char *how, bool is_reset, const char *when)
{
	bool was_begun = history_has("request");
	bool was_ended = history_has("end");
	int status = sequence_run(how, false);
	bool is_right = service_is_as_before();
	if (!is_reset && (status == NOTHING_OPEN ? was_ended : text_equal(how, "finish")))
		is_right = service_is_as_wanted();
	if ((status != THROUGH && status != NOTHING_OPEN) || !is_right)
		fail_msg("%s, then %s: exit code %d, and the number is not as it has to be", when,
			 how, status);
	if (status == NOTHING_OPEN)
		assert_true(!was_begun || was_ended);
	kept_files_judge(machine.home, false, when);
	assert_int_equal(sequence_run(how, false), NOTHING_OPEN);
}

static int64_t calls_count(const char *what)
{
	home_renew();
	service_renew();
	call_stop_set(machine.calls, CALLS_COUNTED, 0);
	assert_int_equal(sequence_run(what, true), THROUGH);
	return machine.calls->count;
}

static void stop_at(const char *what, enum call_stop_mode mode, int64_t at, const char *how)
{
	bool kills = mode == CALLS_KILLED || mode == CALLS_TORN;
	bool is_reset = text_equal(what, "reset");
	char *when = mem_format("%s, mode %d at call %lld", what, (int)mode, (long long)at);
	home_renew();
	service_renew();
	call_stop_set(machine.calls, mode, at);
	int status = sequence_run(what, true);
	assert_true(machine.calls->count >= at);
	if (kills ? status != 128 + SIGKILL : status > OPEN)
		fail_msg("%s: exit code %d", when, status);
	kept_files_judge(machine.home, mode == CALLS_TORN, when);
	if (!is_reset)
		draft_judge(status);
	next_start(how, is_reset, when);
	free(when);
}

static void test_every_call(void **state)
{
	(void)state;
	static const char *const sequences[] = { "send", "reset" };
	static const char *const ways[] = { "finish", "undo" };
	static const enum call_stop_mode modes[] = { CALLS_KILLED, CALLS_TORN, CALLS_NO_SPACE,
						     CALLS_BROKEN };
	for (size_t i = 0; i < ARRAY_LENGTH(sequences); i++) {
		int64_t count = calls_count(sequences[i]);
		print_message("%s: %lld calls\n", sequences[i], (long long)count);
		assert_true(count > 20);
		for (size_t mode = 0; mode < ARRAY_LENGTH(modes); mode++)
			for (size_t way = 0; way < ARRAY_LENGTH(ways); way++)
				for (int64_t at = 1 + (int64_t)way % STRIDE; at <= count;
				     at += STRIDE)
					stop_at(sequences[i], modes[mode], at, ways[way]);
	}
}

static int machine_make(void **state)
{
	(void)state;
	machine.folder = child_folder_make();
	machine.calls_path = mem_format("%s/calls", machine.folder);
	machine.program = session_built("tests/bin/sequence_run");
	machine.shim = session_built("tests/shim/call_stop.so");
	machine.calls = call_stop_map(machine.calls_path);
	fault_server_start(&machine.server, "");
	return 0;
}

static int machine_remove(void **state)
{
	(void)state;
	fault_server_stop(&machine.server);
	call_stop_unmap(machine.calls);
	if (machine.home != NULL)
		child_folder_remove(machine.home);
	child_folder_remove(machine.folder);
	free(machine.home);
	free(machine.shim);
	free(machine.program);
	free(machine.calls_path);
	free(machine.folder);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_call),
	};
	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, machine_make, machine_remove);
}
