#include "ui/app/number_undo.h"

#include "base/clock.h"
#include "base/mem.h"
#include "ui/app/number_sequence.h"

#include <stdlib.h>

enum { SECOND_MS = 1000, MINUTE_S = 60 };

const char NUMBER_UNDO_MEANING[] =
	"With it the former settings are written back after 5 minutes unless you keep "
	"the new ones. sipdesk must stay open for that; where it does not, its next "
	"start offers the undo.";

const char NUMBER_UNDO_NO_SUSPEND[] =
	"A timed undo waits, and a suspended sipdesk does nothing: keep the new settings or undo "
	"them first.";

bool number_undo_is_offered(const struct calling_values *base, const struct calling_values *mine)
{
	struct changes changes;
	bool is_offered = values_sip_enabled(mine) && !values_sip_enabled(base);
	changes_init(&changes);
	changes_compute(base, mine, false, &changes);
	for (size_t i = 0; i < changes.count; i++)
		is_offered = is_offered || changes.items[i].ref.server >= 0;
	changes_release(&changes);
	return is_offered;
}

bool number_undo_is_pending(const struct open_number *number)
{
	return number->undo_until_ms != 0;
}

bool number_undo_is_any(const struct app *app)
{
	for (const struct open_number *number = app->open; number != NULL; number = number->next)
		if (number_undo_is_pending(number))
			return true;
	return false;
}

const char *number_undo_why_not(const struct open_number *number)
{
	return number_undo_is_pending(number) ? NULL
					      : "No timed undo waits: it is chosen on Review.";
}

void number_undo_stop(struct open_number *number)
{
	loop_timer_stop(&number->app->loop, &number->undo_timer);
	number->undo_until_ms = 0;
}

static void time_is_over(void *owner)
{
	struct open_number *number = owner;
	number->undo_timer = 0;
	if (number_undo_now(number) && number->observer == NULL && number->app->curtain == NULL)
		app_notice(number->app,
			   "The time is over: the former settings of %s are written back. w shows "
			   "it.",
			   number->label);
}

void number_undo_begin(struct open_number *number)
{
	struct app *app = number->app;
	struct sequence_record *record = &number->sequence->record;
	struct err err;
	if (!sequence_undo_set(&number->history, record, clock_now() + NUMBER_UNDO_MS / SECOND_MS,
			       &err)) {
		app_notice(app, "%s So there is no timed undo.", err.sentence);
		return;
	}
	number->undo_until_ms = clock_monotonic_ms() + NUMBER_UNDO_MS;
	number->undo_timer = loop_timer_start(&app->loop, NUMBER_UNDO_MS, time_is_over, number);
	if (number->undo_timer == 0) {
		(void)sequence_undo_end(&number->history, record, NULL);
		number_undo_stop(number);
		app_notice(app, "Too much is under way for a timed undo: there is none.");
	}
}

int number_undo_seconds(const struct open_number *number)
{
	int64_t left = number->undo_until_ms - clock_monotonic_ms();
	return left < 0 ? 0 : (int)((left + SECOND_MS - 1) / SECOND_MS);
}

char *number_undo_left(const struct open_number *number)
{
	int left = number_undo_seconds(number);
	app_frame_in(number->app, SECOND_MS);
	return mem_format("%d:%02d", left / MINUTE_S, left % MINUTE_S);
}

char *number_undo_words(const struct open_number *number)
{
	int seconds = number_undo_seconds(number);
	int minutes = (seconds + MINUTE_S - 1) / MINUTE_S;
	if (minutes > 1) {
		app_frame_in(number->app,
			     (int64_t)(seconds - (minutes - 1) * MINUTE_S) * SECOND_MS);
		return mem_format("undo < %d min", minutes);
	}
	char *left = number_undo_left(number);
	char *words = mem_format("undo in %s", left);
	free(left);
	return words;
}

void number_undo_keep(struct open_number *number)
{
	struct err err;
	number_undo_stop(number);
	secret_release(&number->sequence_endpoint.key);
	if (sequence_undo_end(&number->history, &number->sequence->record, &err))
		app_notice(number->app, "Kept: the new settings stay.");
	else
		app_notice(number->app,
			   "The new settings stay, but that cannot be noted: the next start will "
			   "offer the undo. %s",
			   err.sentence);
}

bool number_undo_now(struct open_number *number)
{
	struct err err;
	number_undo_stop(number);
	if (number_sequence_undo(number, &err))
		return true;
	app_notice(number->app, "Nothing can be undone now. %s", err.sentence);
	return false;
}
