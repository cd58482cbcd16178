#include "ui/screens/settle_rows.h"

#include "base/mem.h"
#include "ui/app/app.h"

#include <stdlib.h>

static const char *way_words(const struct sequence_record *open, enum settle_way way)
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

void settle_rows_add(struct form *form, const struct open_number *number, int first)
{
	int columns = form_sentence_columns(&number->app->term);
	(void)form_add(form, FORM_SECTION, "Settle it");
	for (int way = 0; way < SETTLE_WAYS; way++)
		/* A field that is none, so that the row can have the focus. */
		form_add_sentence(form, field_ref_parameter(FIELD_SIP_SERVERS, way, 0),
				  way_words(number->left_open, (enum settle_way)way), columns,
				  STYLE_NORMAL)
			->action = first + way;
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
