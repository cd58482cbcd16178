#include "ui/screens/number_actions.h"

#include "ui/app/number_sequence.h"
#include "ui/app/number_undo.h"
#include "ui/screens/screens.h"

static void under_way_show(struct open_number *number)
{
	struct app *app = number->app;
	if (number->left_open != NULL && !number_sequence_is_running(number))
		app_push(app, screen_left_open_new(app, number));
	else
		screen_sending_show(app, number);
}

bool number_action(struct open_number *number, enum action_id action)
{
	struct app *app = number->app;
	switch (action) {
	case ACTION_RESET_PASSWORD:
		app_push(app, screen_begin_new(app, number, SEQUENCE_RESET_PASSWORD));
		return true;
	case ACTION_MOVE_SERVER: app_push(app, screen_move_new(app, number)); return true;
	case ACTION_OFF: app_push(app, screen_begin_new(app, number, SEQUENCE_OFF)); return true;
	case ACTION_ON: app_push(app, screen_begin_new(app, number, SEQUENCE_ON)); return true;
	case ACTION_KEEP: number_undo_keep(number); return true;
	case ACTION_UNDO_NOW:
		if (number_undo_now(number) && number->observer == NULL)
			screen_sending_show(app, number);
		return true;
	case ACTION_UNDER_WAY: under_way_show(number); return true;
	default: return false;
	}
}

const char *number_action_why_not(const struct open_number *number, enum action_id action)
{
	switch (action) {
	case ACTION_RESET_PASSWORD: return number_sequence_why_not(number, SEQUENCE_RESET_PASSWORD);
	case ACTION_MOVE_SERVER: return number_sequence_why_not(number, SEQUENCE_MOVE);
	case ACTION_OFF: return number_sequence_why_not(number, SEQUENCE_OFF);
	case ACTION_ON: return number_sequence_why_not(number, SEQUENCE_ON);
	case ACTION_KEEP:
	case ACTION_UNDO_NOW: return number_undo_why_not(number);
	case ACTION_UNDER_WAY:
		return number->sequence != NULL || number->left_open != NULL
			       ? NULL
			       : "Nothing was sent in this session; h shows the history.";
	default: return NULL;
	}
}

const char *number_action_bar_label(const struct open_number *number, enum action_id action)
{
	bool is_of_undo = action == ACTION_KEEP || action == ACTION_UNDO_NOW;
	return is_of_undo && !number_undo_is_pending(number) ? "" : NULL;
}
