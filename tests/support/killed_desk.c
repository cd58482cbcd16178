#include "tests/support/killed_desk.h"

#include "base/file.h"
#include "base/mem.h"
#include "tests/support/child.h"
#include "tests/support/kept_files.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	QUIET_MS = 3,	     /* between two looks at what is shared with the program */
	STUCK_MS = 1000,     /* on a disk that fails: its screen says so, and stays */
	SAVED_WITHIN = 2000, /* milliseconds */
	PAUSE_MAX_MS = 4000, /* between two readings */
	HISTORY_MAX = 1024 * 1024,
};

static const struct key_desk_number NUMBERS[] = {
	{ .label = "Acme", .key = "{\"command\":[\"echo\",\"key-of-acme\"]}" },
	{ .label = NULL },
};

static char *kept_path(const struct key_desk *desk, const char *name)
{
	return mem_format("%s/.local/share/sipdesk/%s", desk->home, name);
}

bool killed_desk_has_draft(const struct key_desk *desk)
{
	char *path = kept_path(desk, "drafts/0000000000000001.json");
	bool is_there = access(path, F_OK) == 0;
	free(path);
	return is_there;
}

bool killed_desk_history_has(const struct key_desk *desk, const char *part)
{
	struct str bytes;
	struct err err;
	char *path = kept_path(desk, "history/0000000000000001.jsonl");
	str_init(&bytes);
	bool has = file_read(path, HISTORY_MAX, &bytes, &err) && strstr(bytes.bytes, part) != NULL;
	str_release(&bytes);
	free(path);
	return has;
}

bool killed_desk_service_holds(const struct key_desk *desk, const char *part)
{
	struct json_doc state;
	fault_server_state(&desk->desk.service, &state);
	char *calling = cJSON_PrintUnformatted(json_member(state.root, "calling"));
	bool holds = strstr(calling, part) != NULL;
	cJSON_free(calling);
	json_doc_release(&state);
	return holds;
}

/* --- a run that is stopped -------------------------------------------------------------------- */

struct stopped_run {
	struct key_desk desk;
	struct call_stop *calls;
};

static char *calls_path(const struct key_desk *desk)
{
	return mem_format("%s/calls", desk->home);
}

/* SIGHUP is ignored where a call is held: only the terminal tells of its end. The next start has
 * another clock, which was set back. */
static void program_start(struct key_desk *desk, bool ignores_hang_up, bool is_next)
{
	char *path = calls_path(desk);
	char *calls = mem_format("SHIM_CALLS_FILE=%s", path);
	char *ahead = mem_format("SHIM_AHEAD_FILE=%s/ahead", desk->home);
	char *program = session_built("sipdesk");
	char *stop = session_built("tests/shim/call_stop.so");
	char *clock = session_built("tests/shim/ahead_clock.so");
	char *back = session_built("tests/shim/fixed_clock.so");
	char *preload =
		mem_format("%s:%s%s%s", stop, clock, is_next ? ":" : "", is_next ? back : "");
	/* The leak check at the end stops the program's threads, and a hang-up's CONT undoes that:
	 * it would never end. */
	const char *const environment[] = { calls, ahead, "SHIM_CLOCK_SECONDS=1603370460",
					    "ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0",
					    NULL };
	const char *const plain[] = { program, NULL };
	const char *const ignoring[] = { "/bin/sh", "-c", "trap '' HUP; exec \"$0\"", program,
					 NULL };
	desk->session = session_start(&(struct session_options) {
		.arguments = ignores_hang_up ? ignoring : plain,
		.environment = environment,
		.preload = preload,
		.home = desk->home,
	});
	desk->desk.session = desk->session;
	assert_non_null(desk->session);
	free(preload);
	free(back);
	free(clock);
	free(stop);
	free(program);
	free(ahead);
	free(calls);
	free(path);
}

static bool disk_fails(const struct call_stop *calls)
{
	return calls->mode == CALLS_NO_SPACE || calls->mode == CALLS_BROKEN;
}

/* False: it will not come any more. */
static bool text_wait(struct stopped_run *run, const char *text)
{
	struct session *session = run->desk.session;
	int64_t limit_ms = disk_fails(run->calls) ? STUCK_MS : SESSION_DEADLINE_MS;
	int64_t end = child_now_ms() + limit_ms;
	while (!session_shows(session, text) && !session->has_ended && run->calls->is_held == 0) {
		if (child_now_ms() >= end)
			return !disk_fails(run->calls) && session_wait_text(session, text);
		(void)session_wait_quiet(session, QUIET_MS);
	}
	return !session->has_ended && run->calls->is_held == 0;
}

/* Two seconds go by, which it notices with the next event. */
static bool save_wait(struct stopped_run *run)
{
	struct session *session = run->desk.session;
	int64_t end = child_now_ms() + (disk_fails(run->calls) ? STUCK_MS : SESSION_DEADLINE_MS);
	*run->desk.ahead_ms += SAVED_WITHIN;
	session_resize(session, session->terminal.rows, 81);
	while (!killed_desk_has_draft(&run->desk) && !session->has_ended &&
	       run->calls->is_held == 0 && child_now_ms() < end)
		(void)session_wait_quiet(session, QUIET_MS);
	return !session->has_ended && run->calls->is_held == 0 && killed_desk_has_draft(&run->desk);
}

static bool step_do(struct stopped_run *run, const struct killed_step *step)
{
	if (!text_wait(run, step->until))
		return false;
	if (step->type != NULL)
		session_type(run->desk.session, step->type);
	if (step->keys != NULL)
		session_send(run->desk.session, step->keys);
	return !step->saves || save_wait(run);
}

/* The terminal goes while the call is held. On a disk that fails nothing ends by itself. */
static void program_end(struct stopped_run *run)
{
	struct session *session = run->desk.session;
	if (run->calls->is_held != 0)
		session_hang_up(session);
	run->calls->goes_on = 1;
	if (disk_fails(run->calls) && !session->has_ended)
		session_signal(session, SIGKILL);
	assert_true(session_exit_status(session) >= 0);
	(void)session_close(session);
	run->desk.session = NULL;
	run->desk.desk.session = NULL;
}

static size_t story_run(struct stopped_run *run, const struct killed_story *story,
			enum call_stop_mode mode, int64_t at)
{
	static const struct killed_step enter[] = {
		{ "Add a number", NULL, "<F3><C-u>", false },
		{ "F3 Find", "Acme", NULL, false },
		{ "1 of ", NULL, "<Enter>", false },
	};
	size_t entered = 0, done = 0;
	call_stop_set(run->calls, mode, at);
	program_start(&run->desk, mode == CALLS_HELD, false);
	while (entered < ARRAY_LENGTH(enter) && step_do(run, &enter[entered]))
		entered++;
	while (entered == ARRAY_LENGTH(enter) && done < story->count &&
	       step_do(run, &story->steps[done]))
		done++;
	program_end(run);
	return done;
}

/* Returns how many calls it made. */
static int64_t story_stop(const struct killed_story *story, enum call_stop_mode mode, int64_t at)
{
	struct stopped_run run;
	key_desk_prepare(&run.desk, story->script, NUMBERS);
	char *path = calls_path(&run.desk);
	char *when = mem_format("mode %d at call %lld", (int)mode, (long long)at);
	char *kept = kept_path(&run.desk, "");
	run.calls = call_stop_map(path);
	size_t done = story_run(&run, story, mode, at);
	int64_t count = run.calls->count;
	assert_true(mode != CALLS_COUNTED || done == story->count);
	kept_files_judge(kept, false, when);
	call_stop_set(run.calls, CALLS_COUNTED, 0); /* for the judge's programs */
	print_message("%s, %zu steps\n", when, done);
	story->judge(&run.desk, mode, done);
	call_stop_unmap(run.calls);
	key_desk_close(&run.desk);
	free(kept);
	free(when);
	free(path);
	return count;
}

void killed_story_tell(const struct killed_story *story, enum call_stop_mode mode, int64_t first,
		       int64_t stride)
{
	int64_t count = story_stop(story, CALLS_COUNTED, 0);
	for (int64_t at = first; at <= count; at += stride)
		(void)story_stop(story, mode, at);
}

/* --- the next start --------------------------------------------------------------------------- */

static const char *const SCREENS[] = {
	[KILLED_LEFT_OPEN] = "Leave as it is:",
	[KILLED_DRAFT_FOUND] = "Unsent changes",
	[KILLED_SETTINGS_SHOWN] = "read 12:41", /* anew, by the clock that it starts with */
};

static bool any_screen_shows(const struct session *session, const void *argument)
{
	(void)argument;
	for (size_t i = 0; i < ARRAY_LENGTH(SCREENS); i++)
		if (session_shows(session, SCREENS[i]))
			return true;
	return false;
}

enum killed_screen killed_desk_start_again(struct key_desk *desk)
{
	program_start(desk, false, true);
	expect_text(desk->session, "Add a number");
	key_desk_enter(desk, "Acme");
	assert_true(session_wait(desk->session, any_screen_shows, NULL, "Acme"));
	size_t screen = 0;
	while (screen + 1 < ARRAY_LENGTH(SCREENS) && !session_shows(desk->session, SCREENS[screen]))
		screen++;
	return (enum killed_screen)screen;
}

/* While it says that it waits, the time goes by. */
static void pauses_skip(struct key_desk *desk)
{
	struct session *session = desk->session;
	int64_t end = child_now_ms() + SESSION_DEADLINE_MS;
	while (!session_shows(session, "Applied") && child_now_ms() < end) {
		if (session_shows(session, "again in ")) {
			*desk->ahead_ms += PAUSE_MAX_MS;
			session_resize(session, session->terminal.rows,
				       session->terminal.columns == 80 ? 81 : 80);
		}
		(void)session_wait_quiet(session, QUIET_MS);
	}
}

void killed_desk_settle(struct key_desk *desk, const char *way)
{
	struct session *session = desk->session;
	expect_cursor_on(session, "Finish:");
	if (!text_equal(way, "Finish:"))
		session_send(session, "<Down>");
	expect_cursor_on(session, way);
	session_send(session, "<Enter>");
	pauses_skip(desk);
	expect_row(session, "Applied");
	assert_false(session_shows(session, "✗")); /* not even where there was nothing to write */
}
