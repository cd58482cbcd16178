#include "ui/app/settle_words.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdlib.h>

char *settle_began_words(const struct sequence_record *open)
{
	static const char *const what[SEQUENCE_KIND_COUNT] = {
		[SEQUENCE_SEND] = "A send",
		[SEQUENCE_OFF] = "Emergency off",
		[SEQUENCE_ON] = "Back on",
		[SEQUENCE_MOVE] = "A move to another SIP server",
		[SEQUENCE_RESET_PASSWORD] = "A reset of the SIP password",
	};
	char began[CLOCK_TEXT_SIZE], until[CLOCK_TEXT_SIZE];
	struct str who;
	str_init(&who);
	who_write_words(&open->who, &who);
	clock_day_minute(open->began_at, began);
	const char *why = clock_now() < open->undo_until
				  ? "sipdesk was ended before, so it will not be"
				  : "It was neither: sipdesk did not run then, or the undo did not "
				    "get through";
	char *words =
		open->undo_until != 0
			? mem_format("%s of %s by %s was to be undone by itself at %s, unless "
				     "confirmed. %s.",
				     what[open->kind], began, who.bytes,
				     clock_hour_minute(open->undo_until, until), why)
			: mem_format("%s was begun on %s by %s, and its end was not seen.",
				     what[open->kind], began, who.bytes);
	str_release(&who);
	return words;
}

const char *settle_words(const struct sequence_record *open, enum settle_way way)
{
	static const char *const words[SETTLE_WAYS] = {
		[SETTLE_FINISH] = "Finish: what is missing of what was wanted is written.",
		[SETTLE_UNDO] = "Undo: the settings from before it are written back.",
		[SETTLE_LEAVE] = "Leave as it is: nothing is written, and it is not asked again.",
	};
	bool is_reset = open->kind == SEQUENCE_RESET_PASSWORD;
	if (way == SETTLE_FINISH && open->undo_until != 0)
		return "Finish: the new settings stay; what is missing of them is written.";
	if (way == SETTLE_FINISH && is_reset)
		return "Finish: the number is brought back into service, with the SIP server, "
		       "parameters and SRTP key exchange it had.";
	if (way == SETTLE_UNDO && is_reset)
		return "Undo: all settings from before it are written back; a password that was "
		       "removed stays gone.";
	return words[way];
}

char *calls_now(const struct calling_values *values)
{
	const struct sip_server *server = values_first_server(values);
	bool is_known = server != NULL && server->hostname != NULL;
	if (!values_calling_enabled(values))
		return mem_text("Calling is disabled: no call gets through.");
	if (!values_sip_enabled(values))
		return mem_text("SIP is disabled: calls come through the Graph API.");
	return is_known ? mem_format("Calls go to %s.", server->hostname)
			: mem_text("SIP is enabled without a SIP server: calls fail.");
}
