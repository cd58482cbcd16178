#include "ui/plain/form.h"

#include "base/clock.h"
#include "base/mem.h"
#include "calling/request_uri.h"
#include "ui/app/draft_keeper.h"
#include "ui/app/number_sequence.h"
#include "ui/plain/check.h"
#include "ui/plain/credentials.h"
#include "ui/plain/entry.h"
#include "ui/plain/settle.h"
#include "ui/plain/undo.h"
#include "ui/plain/words.h"

#include <stdlib.h>

/* --- what is shown ---------------------------------------------------------------------------- */

static void settings_head_say(struct plain *plain)
{
	const struct open_number *number = plain->number;
	char read_at[CLOCK_TEXT_SIZE];
	struct str head;
	str_init(&head);
	str_add(&head, number->label);
	if (number->phone_number != NULL)
		str_addf(&head, ", %s", number->phone_number);
	str_addf(&head, ", %s, %s.", open_number_provider(number), open_number_realm(number));
	if (number->has_settings)
		str_addf(&head, " Read %s.", clock_hour_minute(number->settings.read_at, read_at));
	if (number->changed_count > 0)
		str_addf(&head, " %zu changed.", number->changed_count);
	if (number->is_unknown)
		str_add(&head, " The outcome of the last send is unknown: read tells.");
	talk_title(&plain->talk, head.bytes);
	str_release(&head);
	if (!number->has_settings)
		talk_say(&plain->talk, "Its settings were not read yet: read tries again.");
	else if (plain_why_not_editable(plain) != NULL)
		talk_say(&plain->talk, "%s", plain_why_not_editable(plain));
}

static void server_foot_say(const struct plain_form *form)
{
	const struct open_number *number = form->plain->number;
	struct str uri;
	str_init(&uri);
	request_uri_write(&uri, number->phone_number, &number->draft.mine.servers[form->server],
			  true);
	talk_say(&form->plain->talk, "Your server will see: INVITE %s", uri.bytes);
	str_release(&uri);
}

void plain_form_say(struct plain_form *form)
{
	bool may_be_gone = form->server != ROWS_SETTINGS &&
			   form->generation != form->plain->number->generation;
	if (may_be_gone)
		return; /* form_follow leaves it */
	if (form->server == ROWS_SETTINGS)
		settings_head_say(form->plain);
	else
		talk_title(&form->plain->talk, "SIP server");
	plain_rows_fill(&form->rows, form->plain->number, form->server);
	plain_rows_say(form->plain, &form->rows);
	form->said_count = form->rows.count;
	if (form->server != ROWS_SETTINGS)
		server_foot_say(form);
}

/* --- rows ------------------------------------------------------------------------------------- */

static void server_form(struct plain *plain, int server);

static void server_open(struct plain_form *form, int server)
{
	const struct open_number *number = form->plain->number;
	if (number->draft.mine.servers[server].removed)
		talk_say(&form->plain->talk, "This SIP server is removed in your draft; undo with "
					     "its row's number brings it back.");
	else
		server_form(form->plain, server);
	if (!form->plain->is_leaving)
		plain_form_say(form);
}

static void server_add(struct plain_form *form)
{
	int server = plain_server_add(form->plain);
	if (server >= 0)
		server_open(form, server);
}

/* The row's own words once more, after it was asked about. */
static void row_say(struct plain_form *form, size_t index)
{
	plain_rows_fill(&form->rows, form->plain->number, form->server);
	if (index < form->rows.count)
		talk_row(&form->plain->talk, index + 1, form->rows.items[index].words);
}

void plain_form_row_open(struct plain_form *form, size_t index)
{
	struct plain *plain = form->plain;
	const struct plain_row *row = &form->rows.items[index];
	struct field_ref ref = row->ref;
	switch (row->kind) {
	case ROW_FIELD:
		if (plain_entry(plain, ref))
			row_say(form, index);
		break;
	case ROW_PARAMETER:
		plain_parameter_ask(plain, ref.server, ref.parameter);
		plain_form_say(form);
		break;
	case ROW_PARAMETER_ADD:
		plain_parameters_add(plain, form->server);
		plain_form_say(form);
		break;
	case ROW_SERVER: server_open(form, ref.server); break;
	case ROW_SERVER_ADD: server_add(form); break;
	case ROW_PASSWORD: plain_reveal(plain); break;
	case ROW_CHECK: plain_check(plain, ref.server); break;
	}
}

static void field_entry(struct plain_form *form, struct field_ref ref)
{
	if (!plain_entry(form->plain, ref))
		return;
	plain_rows_fill(&form->rows, form->plain->number, form->server);
	for (size_t i = 0; i < form->rows.count; i++) {
		if (!field_ref_equal(form->rows.items[i].ref, ref))
			continue;
		row_say(form, i);
		return;
	}
	char *words = plain_field_words(form->plain->number, ref); /* another form has its row */
	talk_say(&form->plain->talk, "%s", words);
	free(words);
}

void plain_form_field_open(struct plain_form *form, struct field_ref ref)
{
	if (ref.parameter >= 0)
		plain_parameter_ask(form->plain, ref.server, ref.parameter);
	else if (ref.field == FIELD_SIP_SERVERS)
		plain_form_say(form);
	else if (ref.field == FIELD_SIP_PASSWORD)
		plain_reveal(form->plain);
	else
		field_entry(form, ref);
}

/* --- lines ------------------------------------------------------------------------------------ */

/* A timed undo may have been written back while the question stood: the rows are others by now. */
static void line_act(struct plain_form *form, const char *line)
{
	struct plain *plain = form->plain;
	size_t place;
	bool has_moved = form->generation != plain->number->generation;
	if (has_moved)
		talk_say(&plain->talk, "The settings have changed while the question stood, so "
				       "that line was not acted upon.");
	if (has_moved && form->server == ROWS_SETTINGS)
		plain_form_say(form);
	if (has_moved || line[0] == '\0')
		return;
	if (talk_number(line, form->rows.count, &place))
		plain_form_row_open(form, place - 1);
	else
		plain_words_act(form, line);
}

/* What may have come meanwhile: the rows, and whether the server is still there. */
static void form_follow(struct plain_form *form)
{
	const struct open_number *number = form->plain->number;
	const struct calling_values *mine = &number->draft.mine;
	if (form->server != ROWS_SETTINGS && !form->is_done &&
	    (form->generation != number->generation || (size_t)form->server >= mine->server_count ||
	     mine->servers[form->server].removed)) {
		talk_say(&form->plain->talk, "Back at the calling settings.");
		form->is_done = true;
	}
	if (form->is_done || form->plain->is_leaving)
		return;
	form->generation = number->generation;
	plain_rows_fill(&form->rows, number, form->server);
	if (form->rows.count != form->said_count)
		plain_form_say(form);
}

static void form_run(struct plain_form *form, const char *prompt)
{
	struct plain *plain = form->plain;
	form->generation = plain->number->generation;
	plain_form_say(form);
	while (!form->is_done && !plain->is_leaving) {
		char *line = talk_ask(&plain->talk, prompt);
		if (line == NULL)
			plain_leave(plain, true);
		else
			line_act(form, line);
		free(line);
		plain_reading_settle(plain);
		form_follow(form);
	}
	plain_rows_release(&form->rows);
}

static void server_form(struct plain *plain, int server)
{
	struct plain_form form = { .plain = plain, .server = server };
	form_run(&form, "SIP server: ");
}

/* What was left half-done comes before the settings. */
static void number_enter(struct plain *plain)
{
	struct open_number *number = plain->number;
	struct err err;
	draft_keeper_open(number);
	if (!number_sequence_open(number, &err))
		talk_error(&plain->talk, &err);
	if (number->state != NUMBER_READ || !number->has_settings || number->is_unknown)
		plain_read(plain);
	if (number->left_open != NULL && !number_sequence_is_running(number))
		plain_settle(plain);
	plain_undo_explain(plain);
}

void plain_form_open(struct plain *plain, const struct number *saved)
{
	struct plain_form form = { .plain = plain, .server = ROWS_SETTINGS };
	plain->number = open_number_of(plain->app, saved);
	if (plain_key_have(plain)) {
		char *prompt = mem_format("%s: ", plain->number->label);
		number_enter(plain);
		form_run(&form, prompt);
		draft_keeper_rest(plain->number);
		free(prompt);
	}
	plain->number = NULL;
}
