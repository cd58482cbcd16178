/*
 * A sequence below the screens, as a program that can be killed:
 *   sequence_run URL send | reset | finish | undo
 * The number's id is that of tests/support/sequence_world.h, its history and its draft are in
 * XDG_DATA_HOME. `send` reads the number, keeps an edit as its draft, sends it and removes the
 * draft, as the screens do; `reset` resets the password; `finish` and `undo` settle what is open.
 * Pauses are not waited for. Exit codes: 0 through, 1 failed, 2 stays open, 3 nothing was open.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "store/drafts.h"
#include "tests/support/fast_clock.h"
#include "tests/support/sequence_world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_THROUGH, EXIT_FAILED, EXIT_OPEN, EXIT_NOTHING_OPEN };

static const char KEY[] = "key-of-the-kill-test";

struct run {
	struct loop loop;
	struct http *http;
	struct endpoint endpoint;
	struct history history;
	struct sequence_target target;
	struct sequence sequence;
	struct calling_settings base;
	struct err err;
	bool is_read; /* or could not be: err */
};

static void read_done(void *owner, const char *bytes, size_t length, const struct err *err)
{
	struct run *run = owner;
	run->is_read = true;
	if (err != NULL)
		run->err = *err;
	else
		(void)settings_decode(&run->base, bytes, length, 1, &run->err);
}

static void changed(void *owner, struct sequence *sequence)
{
	(void)owner;
	if (sequence->send.step != SEND_CONFLICT)
		return;
	struct merge *merge = &sequence->send.merge;
	for (size_t i = 0; i < merge->count; i++)
		merge->items[i].choice = MERGE_MINE;
	send_resolve(&sequence->send);
}

/* What it would only wait for is over at once. */
static int run_to_its_end(struct run *run)
{
	while (run->sequence.state == SEQUENCE_RUNNING) {
		struct client_progress progress = send_progress(&run->sequence.send);
		int64_t left = progress.waiting_until_ms - clock_monotonic_ms();
		if (left > 0)
			fast_clock_jump(left);
		loop_step(&run->loop, LOOP_FOREVER);
	}
	if (run->sequence.send.err.kind != ERR_NONE)
		(void)fprintf(stderr, "%s\n", run->sequence.send.err.sentence);
	return run->sequence.state == SEQUENCE_OPEN	    ? EXIT_OPEN
	       : run->sequence.send.outcome == SEND_APPLIED ? EXIT_THROUGH
							    : EXIT_FAILED;
}

static int settle(struct run *run, enum sequence_kind how)
{
	struct sequence_record record;
	bool found;
	if (!sequence_find_open(&run->history, &record, &found, &run->err))
		return EXIT_FAILED;
	if (!found)
		return EXIT_NOTHING_OPEN;
	sequence_settle(&run->sequence, how, &run->target, &record, changed, run);
	sequence_record_release(&record);
	int code = run_to_its_end(run);
	sequence_release(&run->sequence);
	return code;
}

static bool number_read(struct run *run)
{
	(void)client_read(run->http, &run->endpoint, false, read_done, run);
	while (!run->is_read)
		loop_step(&run->loop, LOOP_FOREVER);
	return run->err.kind == ERR_NONE;
}

static int reset(struct run *run)
{
	if (!number_read(run))
		return EXIT_FAILED;
	sequence_reset_password(&run->sequence, &run->target, &run->base, changed, run);
	int code = run_to_its_end(run);
	sequence_release(&run->sequence);
	return code;
}

static int edit_and_send(struct run *run)
{
	struct calling_values mine;
	if (!number_read(run))
		return EXIT_FAILED;
	values_copy(&mine, &run->base.values);
	mem_text_set(&mine.servers[0].hostname, "sip.new.example");
	mem_text_set(&mine.texts[FIELD_CALLBACK_PERMISSION], "ENABLED");
	int code = EXIT_FAILED;
	if (draft_save(SEQUENCE_WORLD_ID, &run->base, &mine, false, &run->err)) {
		sequence_start(&run->sequence, SEQUENCE_SEND, &run->target, &run->base.values,
			       &mine, changed, run);
		code = run_to_its_end(run);
		sequence_release(&run->sequence);
	}
	if (code == EXIT_THROUGH && !draft_discard(SEQUENCE_WORLD_ID, &run->err))
		code = EXIT_FAILED;
	values_release(&mine);
	return code;
}

static int act(struct run *run, const char *what)
{
	if (strcmp(what, "send") == 0)
		return edit_and_send(run);
	if (strcmp(what, "reset") == 0)
		return reset(run);
	return settle(run, strcmp(what, "finish") == 0 ? SEQUENCE_FINISH : SEQUENCE_UNDO);
}

int main(int count, char *arguments[])
{
	struct run run = { 0 };
	char *notice = NULL;
	if (count != 3) {
		(void)fprintf(stderr, "usage: sequence_run URL send|reset|finish|undo\n");
		return EXIT_FAILED;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	fast_clock_set(1);
	err_init(&run.err);
	settings_init(&run.base);
	loop_init(&run.loop);
	run.http = http_new(&run.loop, NULL);
	endpoint_init(&run.endpoint);
	run.endpoint.api_url = mem_text(arguments[1]);
	run.target = (struct sequence_target) {
		.http = run.http,
		.endpoint = &run.endpoint,
		.history = &run.history,
		.label = "Acme",
	};
	int code = EXIT_FAILED;
	if (secret_set(&run.endpoint.key, KEY, strlen(KEY), &run.err) &&
	    history_open(&run.history, SEQUENCE_WORLD_ID, &notice, &run.err))
		code = act(&run, arguments[2]);
	if (run.err.kind != ERR_NONE)
		(void)fprintf(stderr, "%s\n", run.err.sentence);
	if (notice != NULL)
		(void)fprintf(stderr, "%s\n", notice);
	free(notice);
	history_close(&run.history);
	settings_release(&run.base);
	endpoint_release(&run.endpoint);
	http_free(run.http);
	return code;
}
