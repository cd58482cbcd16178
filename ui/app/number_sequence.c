#include "ui/app/number_sequence.h"

#include "base/mem.h"
#include "service/history_entries.h"
#include "ui/app/draft_keeper.h"
#include "ui/app/half_done.h"
#include "ui/app/number_undo.h"

#include <stdlib.h>

/* --- the history ------------------------------------------------------------------------------ */

static void left_open_drop(struct open_number *number)
{
	if (number->left_open == NULL)
		return;
	sequence_record_release(number->left_open);
	free(number->left_open);
	number->left_open = NULL;
}

static bool left_open_find(struct open_number *number, struct err *err)
{
	struct sequence_record record;
	bool found = false;
	left_open_drop(number);
	bool done = sequence_find_open(&number->history, &record, &found, err);
	if (found) {
		number->left_open = mem_alloc(1, sizeof *number->left_open);
		*number->left_open = record;
	}
	if (done)
		half_done_set(number->app, number->id, found);
	return done;
}

static bool is_kept_in_memory(const struct open_number *number)
{
	return number->keeper == NULL;
}

static bool may_be_written(const struct open_number *number)
{
	return number->has_history && (is_kept_in_memory(number) || number->history.fd >= 0);
}

static void history_drop(struct open_number *number)
{
	if (number->has_history)
		history_close(&number->history);
	number->has_history = false;
}

/* What cannot be opened for writing can perhaps be read all the same. */
static bool file_open(struct open_number *number, struct err *err)
{
	char *notice = NULL;
	bool is_ours = draft_keeper_why_locked(number) == NULL;
	if (is_ours && history_open(&number->history, number->id, &notice, err)) {
		if (notice != NULL)
			app_notice(number->app, "%s", notice);
		free(notice);
		return true;
	}
	free(notice);
	if (!history_open_to_read(&number->history, number->id, is_ours ? NULL : err))
		history_open_in_memory(&number->history); /* shows nothing, and is not written */
	return !is_ours;
}

bool number_sequence_open(struct open_number *number, struct err *err)
{
	bool is_ours = draft_keeper_why_locked(number) == NULL;
	if (number->has_history && (!is_ours || may_be_written(number)))
		return true;
	history_drop(number);
	bool opened = true;
	if (is_kept_in_memory(number))
		history_open_in_memory(&number->history);
	else
		opened = file_open(number, err);
	number->has_history = true;
	/* Where another session has the number, that one settles it. */
	return (!is_ours || left_open_find(number, opened ? err : NULL)) && opened;
}

void number_sequence_reopen(struct open_number *number)
{
	struct err err;
	if (!number_sequence_open(number, &err))
		app_notice(number->app, "%s %s", err.sentence, err.next_step);
}

void number_sequence_rest(struct open_number *number)
{
	left_open_drop(number);
	history_drop(number);
}

/* --- under way -------------------------------------------------------------------------------- */

const char *number_sequence_title(enum sequence_kind kind)
{
	static const char *const titles[SEQUENCE_KIND_COUNT] = {
		[SEQUENCE_SEND] = "Sending",
		[SEQUENCE_OFF] = "Emergency off",
		[SEQUENCE_ON] = "Back on",
		[SEQUENCE_MOVE] = "Move to another server",
		[SEQUENCE_RESET_PASSWORD] = "Reset SIP password",
		[SEQUENCE_FINISH] = "Finish",
		[SEQUENCE_UNDO] = "Undo",
	};
	return titles[kind];
}

bool number_sequence_is_running(const struct open_number *number)
{
	return number->sequence != NULL && number->sequence->state == SEQUENCE_RUNNING;
}

bool number_is_at_work(const struct open_number *number)
{
	return number_sequence_is_running(number) || number_undo_is_pending(number);
}

/* A choice within a reset would be one about its own removal; and behind a lock nobody chooses. */
static bool conflict_is_given_up(const struct open_number *number)
{
	const struct sequence *sequence = number->sequence;
	bool is_removal =
		sequence->record.kind == SEQUENCE_RESET_PASSWORD && sequence->record.goal == 0;
	return sequence->send.step == SEND_CONFLICT && (is_removal || number->app->curtain != NULL);
}

static void ended(struct open_number *number)
{
	const struct sequence *sequence = number->sequence;
	const struct send *send = &sequence->send;
	bool is_send = sequence->record.kind == SEQUENCE_SEND;
	struct err err;
	if (is_send)
		open_number_sent(number, send);
	else
		open_number_written(number, send);
	left_open_drop(number);
	if (sequence->target.is_unrecorded)
		(void)number_sequence_open(number, &err);
	else if (sequence->state == SEQUENCE_OPEN && !is_send)
		(void)left_open_find(number, &err); /* what is there, it has just written */
	else
		half_done_set(number->app, number->id, false);
	if (number->undo_wanted && sequence->state == SEQUENCE_DONE &&
	    send->outcome <= SEND_APPLIED_DIFFERENT)
		number_undo_begin(number);
	number->undo_wanted = false;
	if (!number_undo_is_pending(number))
		secret_release(&number->sequence_endpoint.key);
	if (number->observer == NULL && number->app->curtain == NULL)
		app_notice(number->app, "%s of %s: %s. w on its screen shows it.",
			   number_sequence_title(sequence->record.kind), number->label,
			   sequence->state == SEQUENCE_OPEN ? "stopped half-way"
							    : SEND_OUTCOME_WORDS[send->outcome]);
}

static void changed(void *owner, struct sequence *sequence)
{
	struct open_number *number = owner;
	if (conflict_is_given_up(number)) {
		send_cancel(&sequence->send); /* comes back here */
		return;
	}
	if (sequence->state != SEQUENCE_RUNNING)
		ended(number);
	if (number->observer != NULL)
		number->observer(number->observer_owner, sequence);
	else if (sequence->send.step == SEND_CONFLICT)
		app_notice(number->app, "%s of %s waits for your choice. w on its screen shows it.",
			   number_sequence_title(sequence->record.kind), number->label);
}

static void sequence_free(struct sequence *sequence)
{
	if (sequence == NULL)
		return;
	sequence_release(sequence);
	free(sequence);
}

static struct sequence_target target_of(struct open_number *number)
{
	return (struct sequence_target) {
		.http = number->app->http,
		.endpoint = &number->sequence_endpoint,
		.history = &number->history,
		.label = number->sequence_endpoint.label,
	};
}

static void endpoint_take(struct open_number *number)
{
	endpoint_release(&number->sequence_endpoint);
	endpoint_copy(&number->sequence_endpoint, &number->endpoint);
}

static void start(struct open_number *number, enum sequence_kind kind,
		  const struct calling_values *mine, const struct sequence_target *target)
{
	number->sequence = mem_alloc(1, sizeof *number->sequence);
	if (kind == SEQUENCE_RESET_PASSWORD)
		sequence_reset_password(number->sequence, target, &number->settings, changed,
					number);
	else
		sequence_start(number->sequence, kind, target, &number->settings.values, mine,
			       changed, number);
}

bool number_sequence_start(struct open_number *number, enum sequence_kind kind,
			   const struct calling_values *mine, bool with_undo, struct err *err)
{
	if (!number_sequence_open(number, err))
		return false;
	sequence_free(number->sequence);
	endpoint_take(number);
	number->undo_wanted = with_undo;
	struct sequence_target target = target_of(number);
	start(number, kind, mine, &target);
	return true;
}

/* Its history is a passing one: ended() opens the real one again, to be looked at. */
void number_sequence_off_unrecorded(struct open_number *number)
{
	struct calling_values mine;
	number_sequence_wanted(number, SEQUENCE_OFF, &mine);
	sequence_free(number->sequence);
	history_drop(number);
	history_open_in_memory(&number->history);
	number->has_history = true;
	endpoint_take(number);
	struct sequence_target target = target_of(number);
	target.is_unrecorded = true;
	start(number, SEQUENCE_OFF, &mine, &target);
	values_release(&mine);
}

static void settle(struct open_number *number, enum sequence_kind how,
		   const struct sequence_record *record)
{
	struct sequence_target target = target_of(number);
	struct sequence *last = number->sequence;
	number->sequence = mem_alloc(1, sizeof *number->sequence);
	sequence_settle(number->sequence, how, &target, record, changed, number);
	sequence_free(last);
}

bool number_sequence_settle(struct open_number *number, enum sequence_kind how, struct err *err)
{
	if (!number_sequence_open(number, err))
		return false;
	endpoint_take(number);
	settle(number, how, number->left_open);
	return true;
}

bool number_sequence_undo(struct open_number *number, struct err *err)
{
	if (!number_sequence_open(number, err))
		return false;
	settle(number, SEQUENCE_UNDO, &number->sequence->record);
	return true;
}

bool number_sequence_leave(struct open_number *number, struct err *err)
{
	if (!number_sequence_open(number, err) ||
	    !sequence_leave(&number->history, number->left_open, err))
		return false;
	left_open_drop(number);
	half_done_set(number->app, number->id, false);
	if (!number_sequence_is_running(number) && number->sequence != NULL)
		number->sequence->state = SEQUENCE_DONE;
	return true;
}

void number_sequence_lock(struct open_number *number)
{
	if (number_sequence_is_running(number) && number->sequence->send.step == SEND_CONFLICT)
		send_cancel(&number->sequence->send);
}

void number_sequence_was_read(struct open_number *number)
{
	struct sequence *sequence = number->sequence;
	if (sequence != NULL && sequence->state == SEQUENCE_OPEN &&
	    sequence->record.kind == SEQUENCE_SEND &&
	    sequence_leave(&number->history, &sequence->record, NULL))
		sequence->state = SEQUENCE_DONE;
}

void number_sequence_observe(struct open_number *number, sequence_observer_fn *observer,
			     void *owner)
{
	number->observer = observer;
	number->observer_owner = owner;
}

void number_sequence_release(struct open_number *number)
{
	number_undo_stop(number);
	sequence_free(number->sequence);
	number->sequence = NULL;
	endpoint_release(&number->sequence_endpoint);
	left_open_drop(number);
	history_drop(number);
}

/* --- what can be begun ------------------------------------------------------------------------ */

/* The settings before SIP was last switched off here; false: it was not. */
static bool before_off_find(const struct open_number *number, struct calling_settings *before)
{
	struct history_entries entries;
	bool found = false;
	if (!number->has_history || !history_entries_read(&entries, &number->history, NULL))
		return false;
	for (size_t i = entries.count; i-- > 0 && !found;)
		found = entries.items[i].kind == SEQUENCE_OFF &&
			history_entry_settings(&entries.items[i], false, before);
	history_entries_release(&entries);
	return found;
}

static const char *on_why_not(const struct open_number *number)
{
	const struct calling_values *base = &number->settings.values;
	struct calling_settings before;
	if (values_sip_enabled(base))
		return "SIP is enabled already.";
	if (values_servers_alive(base) == 0)
		return "There is no SIP server to enable SIP with: add one, and review.";
	if (!before_off_find(number, &before))
		return "The history has no Emergency off of this number: enable SIP signalling in "
		       "its row, and review.";
	settings_release(&before);
	return NULL;
}

static const char *move_why_not(const struct open_number *number)
{
	size_t servers = values_servers_alive(&number->settings.values);
	if (servers == 0)
		return "There is no SIP server to move from: add one, and review.";
	return servers == 1 ? NULL
			    : "This number has SIP servers of more than one app, and which is "
			      "yours cannot be told: edit it in its row, and review.";
}

static const char *kind_why_not(const struct open_number *number, enum sequence_kind kind)
{
	switch (kind) {
	case SEQUENCE_OFF:
		return values_sip_enabled(&number->settings.values) ? NULL
								    : "SIP is disabled already.";
	case SEQUENCE_ON: return on_why_not(number);
	case SEQUENCE_MOVE: return move_why_not(number);
	case SEQUENCE_RESET_PASSWORD:
		return number->changed_count > 0
			       ? "Your changes are not sent yet: send them or undo them first, so "
				 "that the reset brings back just what is there now."
			       : sequence_reset_why_not(&number->settings);
	default: return NULL;
	}
}

const char *number_sequence_why_not(const struct open_number *number, enum sequence_kind kind)
{
	const char *why = open_number_why_not_editable(number);
	if (!number->has_settings)
		return "The settings were not read yet.";
	if (why != NULL)
		return why;
	if (number_sequence_is_running(number))
		return "Something is being sent already: w shows it.";
	if (number_undo_is_pending(number))
		return "A timed undo waits: keep the new settings (k) or undo them (z) first.";
	if (number->state == NUMBER_READING)
		return "The number is being read; wait for it, or cancel it on its screen.";
	return kind_why_not(number, kind);
}

void number_sequence_wanted(const struct open_number *number, enum sequence_kind kind,
			    struct calling_values *mine)
{
	struct calling_settings before;
	values_copy(mine, &number->settings.values);
	mem_text_set(&mine->texts[FIELD_SIP], kind == SEQUENCE_ON ? "ENABLED" : "DISABLED");
	if (kind == SEQUENCE_ON && before_off_find(number, &before)) {
		mem_text_set(&mine->texts[FIELD_SRTP], before.values.texts[FIELD_SRTP]);
		settings_release(&before);
	}
}
