#include "ui/app/draft_keeper.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/process.h"
#include "store/drafts.h"
#include "store/fingerprints.h"
#include "store/number_lock.h"
#include "store/seen.h"
#include "ui/app/number_sequence.h"
#include "ui/app/open_number.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	SAVE_AFTER_MS = 1000, /* of a change: with the writing it is on disk within two seconds */
	WRITER_END_MS = 500,  /* how long an ending session waits for a writer under way */
};

struct draft_keeper {
	int lock; /* -1: not held */
	char *why_locked;
	int64_t found_at;
	int timer;
	bool is_dirty;		     /* changed since the writer last began */
	bool seen_is_new;	     /* the base is other than what was last seen here */
	struct process_child writer; /* id -1: none */
	bool has_failed;	     /* the last writing, which was said */
};

static bool is_kept(const struct open_number *number)
{
	const struct app *app = number->app;
	const struct number *saved = numbers_find_id(&app->numbers, number->id);
	return app->service == APP_SERVICE_REAL && saved != NULL && !saved->is_of_session;
}

const char *draft_keeper_why_locked(const struct open_number *number)
{
	return number->keeper == NULL ? NULL : number->keeper->why_locked;
}

int64_t draft_keeper_found_at(const struct open_number *number)
{
	return number->keeper == NULL ? 0 : number->keeper->found_at;
}

void draft_keeper_decided(struct open_number *number)
{
	number->keeper->found_at = 0;
	draft_keeper_touched(number);
}

/* --- the lock --------------------------------------------------------------------------------- */

static void lock_take(struct open_number *number)
{
	struct draft_keeper *keeper = number->keeper;
	struct lock_holder holder;
	struct err err;
	char since[CLOCK_TEXT_SIZE];
	if (keeper->lock >= 0)
		return;
	keeper->lock = number_lock_take(number->id, &holder, &err);
	free(keeper->why_locked);
	keeper->why_locked = NULL;
	if (keeper->lock < 0 && holder.since != 0) {
		struct str who;
		str_init(&who);
		who_write_words(&holder.who, &who);
		keeper->why_locked = mem_format(
			"%s has this number open since %s: you can look, not change. F5 tries "
			"again.",
			who.bytes, clock_hour_minute(holder.since, since));
		str_release(&who);
	} else if (keeper->lock < 0) {
		app_notice(number->app,
			   "%s Other sessions cannot be kept from changing it meanwhile.",
			   err.sentence);
	}
	open_number_writable_follow(number);
}

static void lock_drop(struct open_number *number)
{
	number_lock_release(number->keeper->lock);
	number->keeper->lock = -1;
}

/* --- saving ----------------------------------------------------------------------------------- */

static bool has_draft(const struct open_number *number)
{
	return number->has_settings && (number->is_unknown || draft_is_changed(&number->draft));
}

static bool save(const struct open_number *number, struct err *err)
{
	if (!has_draft(number))
		return draft_discard(number->id, err);
	return draft_save(number->id, &number->settings, &number->draft.mine, number->is_unknown,
			  err);
}

/* In the child: tells an error where it failed, else nothing. What was seen can be lost. */
static void save_work(void *owner, int fd)
{
	const struct open_number *number = owner;
	struct err err;
	if (number->keeper->is_dirty && !save(number, &err))
		(void)!write(fd, &err, sizeof err);
	if (!number->keeper->seen_is_new)
		return;
	(void)seen_save(number->id, &number->settings, NULL);
	if (secret_is_set(&number->endpoint.key)) /* so that it is noticed under another number */
		(void)fingerprint_note(number->id, &number->endpoint.key, NULL);
}

static void save_due(void *owner);

static void save_wait(struct open_number *number)
{
	struct draft_keeper *keeper = number->keeper;
	if (keeper->timer == 0 && keeper->writer.id < 0)
		keeper->timer =
			loop_timer_start(&number->app->loop, SAVE_AFTER_MS, save_due, number);
}

static void save_failed(struct open_number *number, const struct err *err)
{
	if (!number->keeper->has_failed)
		app_notice(number->app, "Your changes are kept only as long as sipdesk runs. %s %s",
			   err->sentence, err->next_step);
	number->keeper->has_failed = true;
}

static void writer_end(struct open_number *number)
{
	struct draft_keeper *keeper = number->keeper;
	loop_unwatch(&number->app->loop, keeper->writer.output);
	(void)process_child_stop(&keeper->writer);
}

static void writer_told(void *owner, int fd, short events)
{
	struct open_number *number = owner;
	struct err err;
	(void)events;
	ssize_t got = read(fd, &err, sizeof err);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	writer_end(number);
	if (got == (ssize_t)sizeof err)
		save_failed(number, &err);
	else
		number->keeper->has_failed = false;
	if (number->keeper->is_dirty || number->keeper->seen_is_new)
		save_wait(number);
}

static void save_due(void *owner)
{
	struct open_number *number = owner;
	struct draft_keeper *keeper = number->keeper;
	struct err err;
	keeper->timer = 0;
	bool started = process_work_start(&keeper->writer, save_work, number, &err);
	keeper->is_dirty = keeper->seen_is_new = false;
	if (!started) {
		save_failed(number, &err);
		return;
	}
	(void)loop_watch(&number->app->loop, keeper->writer.output, POLLIN, writer_told, number);
}

void draft_keeper_touched(struct open_number *number)
{
	if (number->keeper == NULL || number->keeper->lock < 0)
		return;
	number->keeper->is_dirty = true;
	save_wait(number);
}

bool draft_keeper_flush(struct open_number *number, struct err *err)
{
	struct draft_keeper *keeper = number->keeper;
	if (!has_draft(number) && (keeper == NULL || !keeper->is_dirty))
		return true;
	if (keeper == NULL || keeper->lock < 0)
		return false;
	if (!keeper->is_dirty && !keeper->has_failed && keeper->writer.id < 0)
		return true; /* it is on disk */
	loop_timer_stop(&number->app->loop, &keeper->timer);
	if (keeper->writer.id >= 0) { /* it may be about to rename an older state into place */
		struct pollfd end = { .fd = keeper->writer.output, .events = POLLIN };
		(void)poll(&end, 1, WRITER_END_MS);
		writer_end(number);
	}
	keeper->is_dirty = false;
	keeper->has_failed = !save(number, err); /* so that the next one tries again */
	return !keeper->has_failed;
}

/* --- opened, left ----------------------------------------------------------------------------- */

static void draft_find(struct open_number *number)
{
	struct saved_draft saved;
	struct err err;
	bool exists;
	if (number->has_settings && draft_is_changed(&number->draft))
		return; /* this session's own */
	if (!draft_load(number->id, &saved, &exists, &err)) {
		app_notice(number->app, "%s %s", err.sentence, err.next_step);
		return;
	}
	if (exists) {
		number->keeper->found_at = saved.saved_at;
		open_number_take_back(number, &saved.base, &saved.mine, saved.outcome_is_unknown);
		number->keeper->is_dirty = false; /* it is just what the file holds */
		loop_timer_stop(&number->app->loop, &number->keeper->timer);
	}
	saved_draft_release(&saved);
}

void draft_keeper_open(struct open_number *number)
{
	if (!is_kept(number))
		return;
	if (number->keeper == NULL) {
		number->keeper = mem_alloc(1, sizeof *number->keeper);
		*number->keeper =
			(struct draft_keeper) { .lock = -1, .writer = { .id = -1, .output = -1 } };
	}
	bool was_held = number->keeper->lock >= 0;
	lock_take(number);
	if (!was_held && number->keeper->lock >= 0)
		draft_find(number);
}

void draft_keeper_rest(struct open_number *number)
{
	struct err err;
	if (number->keeper == NULL || has_draft(number) || number_is_at_work(number))
		return;
	(void)draft_keeper_flush(number, &err);
	number_sequence_rest(number);
	lock_drop(number);
}

void draft_keeper_release(struct open_number *number)
{
	struct err err;
	if (number->keeper == NULL)
		return;
	(void)draft_keeper_flush(number, &err); /* asked before, where the person ended it */
	lock_drop(number);
	free(number->keeper->why_locked);
	free(number->keeper);
	number->keeper = NULL;
}

/* --- what others changed ---------------------------------------------------------------------- */

static void drift_say(struct open_number *number, const struct calling_settings *before,
		      const struct calling_settings *newer, const char *since)
{
	struct change_lines lines = { 0 };
	change_lines_compute(&before->values, &newer->values, &lines);
	if (lines.count > 0) {
		const struct change_line *line = &lines.items[0];
		char *more = lines.count > 1 ? mem_format(" And %zu more.", lines.count - 1)
					     : mem_text("");
		app_notice(number->app, "Changed elsewhere %s: %s, %s → %s.%s", since, line->label,
			   line->old_text, line->new_text, more);
		free(more);
	}
	change_lines_release(&lines);
}

void draft_keeper_wrote(struct open_number *number)
{
	if (number->keeper == NULL || number->keeper->lock < 0)
		return;
	number->keeper->seen_is_new = true;
	save_wait(number);
}

void draft_keeper_seen(struct open_number *number, const struct calling_settings *newer)
{
	struct calling_settings before;
	bool has_draft_on_it = number->has_settings && draft_is_changed(&number->draft);
	if (number->has_settings && !has_draft_on_it) /* with a draft the merge says it */
		drift_say(number, &number->settings, newer, "meanwhile");
	if (number->keeper == NULL)
		return;
	bool was_seen = seen_load(number->id, &before);
	if (was_seen && !number->has_settings)
		drift_say(number, &before, newer, "since you were here");
	struct changes changes;
	changes_init(&changes);
	if (was_seen)
		changes_compute(&before.values, &newer->values, true, &changes);
	number->keeper->seen_is_new = !was_seen || changes.count > 0;
	if (number->keeper->seen_is_new)
		save_wait(number);
	changes_release(&changes);
	if (was_seen)
		settings_release(&before);
}
