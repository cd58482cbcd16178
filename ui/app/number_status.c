#include "ui/app/number_status.h"

#include "ui/app/half_done.h"
#include "ui/app/number_sequence.h"
#include "ui/app/number_states.h"
#include "ui/app/number_undo.h"
#include "ui/app/open_number.h"

#include <string.h>

const char *const STANDING_WORDS[STANDING_COUNT] = {
	[STANDING_HALF_DONE] = "HALF-DONE",	[STANDING_UNKNOWN] = "UNKNOWN",
	[STANDING_SENDING] = "sending",		[STANDING_KEY_REFUSED] = "key refused",
	[STANDING_NOT_ALLOWED] = "not allowed", [STANDING_REFUSED] = "refused",
	[STANDING_ODD_ANSWER] = "odd answer",	[STANDING_RATE_LIMIT] = "rate limit",
	[STANDING_NOT_REACHED] = "not reached", [STANDING_SDES] = "Enabled, SDES",
	[STANDING_DTLS] = "Enabled, DTLS",	[STANDING_DISABLED] = "Disabled",
	[STANDING_BEING_READ] = "reading",	[STANDING_NOT_READ] = "not read yet",
};

const char *const READING_CHECK_WORDS[READING_CHECK_COUNT] = {
	[READING_NOT_CHECKED] = "", [READING_PASS] = "passed",	   [READING_WARN] = "warned",
	[READING_FAIL] = "failed",  [READING_UNCLEAR] = "unclear",
};

static enum number_standing standing_of_error(const struct err *err)
{
	switch (err->kind) {
	case ERR_KEY: return STANDING_KEY_REFUSED;
	case ERR_FORBIDDEN: return STANDING_NOT_ALLOWED;
	case ERR_REFUSED: return STANDING_REFUSED;
	case ERR_ANSWER: return STANDING_ODD_ANSWER;
	case ERR_RATE: return STANDING_RATE_LIMIT;
	default: return STANDING_NOT_REACHED;
	}
}

static enum number_standing standing_of_reading(const struct reading *reading)
{
	if (!reading->sip_enabled)
		return STANDING_DISABLED;
	return reading->srtp_is_sdes ? STANDING_SDES : STANDING_DTLS;
}

void number_status_of(struct app *app, const struct number *number, struct number_status *status)
{
	const struct reading *reading = number_states_reading(app, number->id);
	const struct open_number *open = open_number_find(app, number->id);
	*status = (struct number_status) { .err = number_states_error(app, number->id) };
	if (reading != NULL) {
		status->check = reading->check;
		status->read_at = reading->read_at;
		status->checked_at = reading->checked_at;
	}
	if (open != NULL)
		status->changed_count = open->changed_count;
	if (open != NULL && number_undo_is_pending(open))
		status->undo = open;
	status->has_draft =
		open != NULL ? open->changed_count > 0 : number_states_has_draft(app, number->id);
	if (half_done_is(app, number->id))
		status->standing = STANDING_HALF_DONE;
	else if (open != NULL && open->is_unknown)
		status->standing = STANDING_UNKNOWN;
	else if (open != NULL && number_sequence_is_running(open))
		status->standing = STANDING_SENDING;
	else if (status->err != NULL)
		status->standing = standing_of_error(status->err);
	else if (reading != NULL && reading->read_at != 0)
		status->standing = standing_of_reading(reading);
	else
		status->standing = number_states_is_reading(app, number->id) ? STANDING_BEING_READ
									     : STANDING_NOT_READ;
}

const char *number_provider(const struct app *app, const struct number *number)
{
	if (app->service != APP_SERVICE_REAL)
		return "practice";
	if (text_equal(number->api_url, ENDPOINT_DEFAULT_URL))
		return "360dialog";
	const char *host = strstr(number->api_url, "://");
	return host == NULL ? number->api_url : host + 3;
}
