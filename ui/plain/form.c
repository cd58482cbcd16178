#include "ui/plain/form.h"

#include "base/clock.h"
#include "base/mem.h"
#include "calling/request_uri.h"
#include "ui/app/draft_keeper.h"
#include "ui/app/number_sequence.h"
#include "ui/plain/check.h"
#include "ui/plain/credentials.h"
#include "ui/plain/entry.h"
#include "ui/plain/review.h"
#include "ui/plain/rows.h"
#include "ui/plain/sending.h"
#include "ui/plain/settle.h"

#include <stdlib.h>
#include <string.h>

struct form_shown {
	struct plain *plain;
	int server; /* ROWS_SETTINGS: the calling settings */
	struct plain_rows rows;
	size_t said_count;   /* of rows, when they were last said: they kept their numbers since */
	unsigned generation; /* of the number: places of servers are as they were then */
	bool is_done;
};

struct word {
	const char *word;
	const char *key; /* that the screens have for it, as their sentences name it */
	const char *help;
	bool takes_row; /* "undo 5" */
	void (*run)(struct form_shown *form, const struct plain_row *row);
};

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

static void server_foot_say(const struct form_shown *form)
{
	const struct open_number *number = form->plain->number;
	struct str uri;
	str_init(&uri);
	request_uri_write(&uri, number->phone_number, &number->draft.mine.servers[form->server],
			  true);
	talk_say(&form->plain->talk, "Your server will see: INVITE %s", uri.bytes);
	str_release(&uri);
}

static void form_say(struct form_shown *form)
{
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

static void server_open(struct form_shown *form, int server)
{
	const struct open_number *number = form->plain->number;
	if (number->draft.mine.servers[server].removed)
		talk_say(&form->plain->talk, "This SIP server is removed in your draft; undo with "
					     "its row's number brings it back.");
	else
		server_form(form->plain, server);
	form_say(form);
}

static void server_add(struct form_shown *form)
{
	int server = plain_server_add(form->plain);
	if (server >= 0)
		server_open(form, server);
}

/* The row's own words once more, after it was asked about. */
static void row_say(struct form_shown *form, size_t index)
{
	plain_rows_fill(&form->rows, form->plain->number, form->server);
	if (index < form->rows.count)
		talk_row(&form->plain->talk, index + 1, form->rows.items[index].words);
}

static void row_open(struct form_shown *form, size_t index)
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
		form_say(form);
		break;
	case ROW_PARAMETER_ADD:
		plain_parameters_add(plain, form->server);
		form_say(form);
		break;
	case ROW_SERVER: server_open(form, ref.server); break;
	case ROW_SERVER_ADD: server_add(form); break;
	case ROW_PASSWORD: plain_reveal(plain); break;
	case ROW_CHECK: plain_check(plain, ref.server); break;
	}
}

/* --- commands --------------------------------------------------------------------------------- */

static void help_run(struct form_shown *form, const struct plain_row *row);

static void list_run(struct form_shown *form, const struct plain_row *row)
{
	(void)row;
	form_say(form);
}

static void review_run(struct form_shown *form, const struct plain_row *row)
{
	(void)row;
	plain_review_say(form->plain);
	if (form->plain->number->changed_count > 0)
		talk_say(&form->plain->talk, "send sends exactly this, after a question.");
}

static void send_run(struct form_shown *form, const struct plain_row *row)
{
	(void)row;
	plain_send(form->plain);
}

static void read_run(struct form_shown *form, const struct plain_row *row)
{
	(void)row;
	plain_read(form->plain);
	if (form->server == ROWS_SETTINGS)
		form_say(form);
}

/* The row's server, the form's, else the first. */
static void check_here(struct form_shown *form, const struct plain_row *row)
{
	const struct calling_values *mine = &form->plain->number->draft.mine;
	int server = row != NULL && row->ref.server >= 0 ? row->ref.server : form->server;
	for (int i = 0; server < 0 && (size_t)i < mine->server_count; i++)
		if (!mine->servers[i].removed)
			server = i;
	if (server < 0)
		talk_say(&form->plain->talk, "There is no SIP server to check yet.");
	else
		plain_check(form->plain, server);
}

static void reveal_run(struct form_shown *form, const struct plain_row *row)
{
	(void)row;
	plain_reveal(form->plain);
}

static void undo_run(struct form_shown *form, const struct plain_row *row)
{
	struct open_number *number = form->plain->number;
	struct talk *talk = &form->plain->talk;
	size_t before = number->changes.count;
	if (row == NULL) {
		talk_say(talk, "Type undo and the number of a row, as in undo 2.");
		return;
	}
	struct field_ref ref = row->ref;
	if (ref.field != FIELD_COUNT && row->kind != ROW_CHECK)
		open_number_revert(number, ref);
	/* A parameter stands in one row: its key goes with its value. */
	if (row->kind == ROW_PARAMETER && number->changes.count == before) {
		ref.field = FIELD_PARAMETER_KEY;
		open_number_revert(number, ref);
	}
	form->generation = number->generation; /* the draft's places stay */
	if (number->changes.count == before)
		talk_say(talk, "Nothing is changed in that row.");
	else
		form_say(form);
}

static void server_remove(struct form_shown *form, int server)
{
	struct open_number *number = form->plain->number;
	struct talk *talk = &form->plain->talk;
	bool is_new = number->draft.mine.servers[server].origin < 0;
	if (is_new && !talk_agrees(talk, "Remove this SIP server? It is not at the service yet: "
					 "what you entered is lost."))
		return;
	open_number_server_remove(number, server);
	talk_say(talk, "The SIP server is removed in your draft; nothing is sent yet.");
	form->is_done = form->server != ROWS_SETTINGS;
	form->generation = number->generation;
	if (!form->is_done)
		form_say(form);
}

static void remove_run(struct form_shown *form, const struct plain_row *row)
{
	struct plain *plain = form->plain;
	const char *why_not = plain_why_not_editable(plain);
	if (why_not != NULL) {
		talk_say(&plain->talk, "%s", why_not);
	} else if (row != NULL && row->kind == ROW_PARAMETER) {
		open_number_parameter_remove(plain->number, row->ref.server, row->ref.parameter);
		form_say(form);
	} else if (row != NULL && row->kind == ROW_SERVER) {
		server_remove(form, row->ref.server);
	} else if (row == NULL && form->server != ROWS_SETTINGS) {
		server_remove(form, form->server);
	} else {
		talk_say(&plain->talk, "Type remove and the number of a row with a SIP server or a "
				       "parameter.");
	}
}

static void settle_run(struct form_shown *form, const struct plain_row *row)
{
	(void)row;
	plain_settle(form->plain);
}

static void back_run(struct form_shown *form, const struct plain_row *row)
{
	(void)row;
	form->is_done = true;
}

static void leave_run(struct form_shown *form, const struct plain_row *row)
{
	(void)row;
	plain_leave(form->plain, false);
}

static const struct word WORDS[] = {
	{ "help", "F1", "what can be typed here", false, help_run },
	{ "list", "F4", "all rows once more", false, list_run },
	{ "review", "F2", "every change, what it means for calls, and what would be sent", false,
	  review_run },
	{ "send", "y", "the review, a question, and the sending", false, send_run },
	{ "read", "F5", "reads the number again; your changes are kept", false, read_run },
	{ "check", "F7", "the TLS check of the SIP server, or of the one in the row given", true,
	  check_here },
	{ "reveal", "F6", "fetches the SIP user password and shows it, after a warning", false,
	  reveal_run },
	{ "undo", "u", "with a row's number: the value that the service has comes back", true,
	  undo_run },
	{ "remove", "Del", "with a row's number: removes that SIP server or parameter", true,
	  remove_run },
	{ "settle", "w", "settles what was left half-done", false, settle_run },
	{ "back", "Esc", "to the settings, or to the list of numbers", false, back_run },
	{ "leave", "F10", "ends sipdesk; unsent changes are kept", false, leave_run },
};

static void help_run(struct form_shown *form, const struct plain_row *row)
{
	struct talk *talk = &form->plain->talk;
	(void)row;
	talk_say(talk, "The number of a row asks about it. The words are:");
	for (size_t i = 0; i < ARRAY_LENGTH(WORDS); i++)
		talk_say(talk, "%s, or %s: %s.", WORDS[i].word, WORDS[i].key, WORDS[i].help);
	talk_say(talk, "Ctrl-C cancels what is under way; Ctrl-D leaves.");
}

static const struct word *word_find(const char *typed)
{
	for (size_t i = 0; i < ARRAY_LENGTH(WORDS); i++)
		if (text_equal_nocase(typed, WORDS[i].word) ||
		    text_equal_nocase(typed, WORDS[i].key))
			return &WORDS[i];
	return text_equal(typed, "?") ? &WORDS[0] : NULL;
}

/* --- a line ----------------------------------------------------------------------------------- */

static void line_act(struct form_shown *form, char *line)
{
	struct talk *talk = &form->plain->talk;
	size_t place;
	if (line[0] == '\0')
		return;
	if (talk_number(line, form->rows.count, &place)) {
		row_open(form, place - 1);
		return;
	}
	char *argument = line + strcspn(line, " ");
	if (*argument != '\0')
		*argument++ = '\0';
	const struct word *known = word_find(line);
	bool has_row = talk_number(argument, form->rows.count, &place);
	if (known == NULL || (argument[0] != '\0' && (!has_row || !known->takes_row)))
		talk_say(talk, "That is neither the number of a row nor a word that is known here; "
			       "help lists them.");
	else
		known->run(form, has_row ? &form->rows.items[place - 1] : NULL);
}

/* What may have come meanwhile: the rows, and whether the server is still there. */
static void form_follow(struct form_shown *form)
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
	plain_rows_fill(&form->rows, number, form->server);
	if (form->rows.count != form->said_count)
		form_say(form);
}

static void form_run(struct form_shown *form, const char *prompt)
{
	struct plain *plain = form->plain;
	form->generation = plain->number->generation;
	form_say(form);
	while (!form->is_done && !plain->is_leaving) {
		char *line = talk_ask(&plain->talk, prompt);
		if (line == NULL)
			plain_leave(plain, true);
		else
			line_act(form, line);
		free(line);
		form_follow(form);
	}
	plain_rows_release(&form->rows);
}

static void server_form(struct plain *plain, int server)
{
	struct form_shown form = { .plain = plain, .server = server };
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
	if (number->left_open != NULL)
		plain_settle(plain);
}

void plain_form(struct plain *plain, const struct number *saved)
{
	struct form_shown form = { .plain = plain, .server = ROWS_SETTINGS };
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
