#include "ui/plain/words.h"

#include "base/mem.h"
#include "base/text.h"
#include "ui/app/action.h"
#include "ui/app/symptoms.h"
#include "ui/plain/begin.h"
#include "ui/plain/check.h"
#include "ui/plain/credentials.h"
#include "ui/plain/find.h"
#include "ui/plain/history.h"
#include "ui/plain/move.h"
#include "ui/plain/review.h"
#include "ui/plain/sending.h"
#include "ui/plain/settle.h"
#include "ui/plain/undo.h"
#include "ui/term/input.h"

#include <stdlib.h>
#include <string.h>

enum takes { TAKES_NOTHING, TAKES_ROW, TAKES_TEXT };

/* What was typed behind the word. */
struct argument {
	const struct plain_row *row; /* NULL: none */
	const char *text;	     /* NULL: none */
};

struct word {
	const char *word;
	enum action_id action; /* whose keys it has, too; ACTION_NONE: none's */
	const char *help;      /* NULL: the action's */
	enum takes takes;
	bool needs_settings;
	void (*run)(struct plain_form *form, const struct argument *argument);
};

/* --- commands --------------------------------------------------------------------------------- */

static void help_run(struct plain_form *form, const struct argument *argument);

static void list_run(struct plain_form *form, const struct argument *argument)
{
	(void)argument;
	plain_form_say(form);
}

static void review_run(struct plain_form *form, const struct argument *argument)
{
	(void)argument;
	plain_review_say(form->plain);
	if (form->plain->number->changed_count > 0)
		talk_say(&form->plain->talk, "send sends exactly this, after a question.");
}

static void send_run(struct plain_form *form, const struct argument *argument)
{
	(void)argument;
	plain_send(form->plain);
}

static void read_run(struct plain_form *form, const struct argument *argument)
{
	(void)argument;
	plain_read(form->plain);
	if (form->server == ROWS_SETTINGS)
		plain_form_say(form);
}

/* The row's server, the form's, else the first. */
static void check_here(struct plain_form *form, const struct argument *argument)
{
	const struct plain_row *row = argument->row;
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

static void reveal_run(struct plain_form *form, const struct argument *argument)
{
	(void)argument;
	plain_reveal(form->plain);
}

static void undo_run(struct plain_form *form, const struct argument *argument)
{
	struct open_number *number = form->plain->number;
	struct talk *talk = &form->plain->talk;
	const struct plain_row *row = argument->row;
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
		plain_form_say(form);
}

static void server_remove(struct plain_form *form, int server)
{
	struct open_number *number = form->plain->number;
	struct talk *talk = &form->plain->talk;
	bool is_new = number->draft.mine.servers[server].origin < 0;
	if (is_new &&
	    !plain_agrees(form->plain, "Remove this SIP server? It is not at the service yet: "
				       "what you entered is lost."))
		return;
	open_number_server_remove(number, server);
	talk_say(talk, "The SIP server is removed in your draft; nothing is sent yet.");
	form->is_done = form->server != ROWS_SETTINGS;
	form->generation = number->generation;
	if (!form->is_done)
		plain_form_say(form);
}

static void remove_run(struct plain_form *form, const struct argument *argument)
{
	struct plain *plain = form->plain;
	const struct plain_row *row = argument->row;
	const char *why_not = plain_why_not_editable(plain);
	if (why_not != NULL) {
		talk_say(&plain->talk, "%s", why_not);
	} else if (row != NULL && row->kind == ROW_PARAMETER) {
		open_number_parameter_remove(plain->number, row->ref.server, row->ref.parameter);
		plain_form_say(form);
	} else if (row != NULL && row->kind == ROW_SERVER) {
		server_remove(form, row->ref.server);
	} else if (row == NULL && form->server != ROWS_SETTINGS) {
		server_remove(form, form->server);
	} else {
		talk_say(&plain->talk, "Type remove and the number of a row with a SIP server or a "
				       "parameter.");
	}
}

static void request_run(struct plain_form *form, const struct argument *argument)
{
	(void)argument;
	plain_requests_say(form->plain, REQUEST_EXACT);
}

static void curl_run(struct plain_form *form, const struct argument *argument)
{
	(void)argument;
	plain_requests_say(form->plain, REQUEST_CURL);
}

static void changes_run(struct plain_form *form, const struct argument *argument)
{
	const struct open_number *number = form->plain->number;
	(void)argument;
	plain_lines_say(form->plain, &number->settings.values, &number->draft.mine,
			"Nothing was changed yet.");
}

static void find_run(struct plain_form *form, const struct argument *argument)
{
	struct field_ref ref;
	if (plain_find(form->plain, argument->text, &ref))
		plain_form_field_open(form, ref);
}

static void history_run(struct plain_form *form, const struct argument *argument)
{
	(void)argument;
	plain_history(form->plain);
}

static void trouble_run(struct plain_form *form, const struct argument *argument)
{
	struct str text;
	(void)argument;
	str_init(&text);
	symptoms_write(&text);
	talk_page(&form->plain->talk, text.bytes);
	str_release(&text);
}

static void off_run(struct plain_form *form, const struct argument *argument)
{
	(void)argument;
	plain_begin(form->plain, SEQUENCE_OFF);
}

static void on_run(struct plain_form *form, const struct argument *argument)
{
	(void)argument;
	plain_begin(form->plain, SEQUENCE_ON);
}

static void reset_run(struct plain_form *form, const struct argument *argument)
{
	(void)argument;
	plain_begin(form->plain, SEQUENCE_RESET_PASSWORD);
}

static void move_run(struct plain_form *form, const struct argument *argument)
{
	(void)argument;
	plain_move(form->plain);
}

static void keep_run(struct plain_form *form, const struct argument *argument)
{
	(void)argument;
	plain_undo_keep(form->plain);
}

static void undo_now_run(struct plain_form *form, const struct argument *argument)
{
	(void)argument;
	plain_undo_now(form->plain);
}

static void under_way_run(struct plain_form *form, const struct argument *argument)
{
	(void)argument;
	plain_under_way(form->plain);
}

static void settle_run(struct plain_form *form, const struct argument *argument)
{
	(void)argument;
	plain_settle(form->plain);
}

static void back_run(struct plain_form *form, const struct argument *argument)
{
	(void)argument;
	form->is_done = true;
}

static void leave_run(struct plain_form *form, const struct argument *argument)
{
	(void)argument;
	plain_leave(form->plain, false);
}

static const struct word WORDS[] = {
	{ "help", ACTION_HELP, "Says what can be typed here.", TAKES_NOTHING, false, help_run },
	{ "list", ACTION_NONE, "Says all rows once more.", TAKES_NOTHING, false, list_run },
	{ "review", ACTION_REVIEW, NULL, TAKES_NOTHING, true, review_run },
	{ "send", ACTION_SEND, "Says the review, asks, then sends it.", TAKES_NOTHING, true,
	  send_run },
	{ "request", ACTION_REQUEST, NULL, TAKES_NOTHING, true, request_run },
	{ "curl", ACTION_CURL, NULL, TAKES_NOTHING, true, curl_run },
	{ "keep", ACTION_KEEP, NULL, TAKES_NOTHING, false, keep_run },
	{ "undo now", ACTION_UNDO_NOW, NULL, TAKES_NOTHING, false, undo_now_run },
	{ "find", ACTION_FIND, "Finds a field by a part of its label, help or JSON path.",
	  TAKES_TEXT, true, find_run },
	{ "changes", ACTION_CHANGES, "Says only what you changed.", TAKES_NOTHING, true,
	  changes_run },
	{ "read", ACTION_RELOAD, "Reads the number again from the service; your changes are kept.",
	  TAKES_NOTHING, false, read_run },
	{ "check", ACTION_CHECK, NULL, TAKES_ROW, true, check_here },
	{ "reveal", ACTION_REVEAL, "Fetches the SIP user password and shows it, after a warning.",
	  TAKES_NOTHING, true, reveal_run },
	{ "undo", ACTION_REVERT, NULL, TAKES_ROW, true, undo_run },
	{ "remove", ACTION_REMOVE, "Removes the SIP server or the parameter.", TAKES_ROW, true,
	  remove_run },
	{ "move", ACTION_MOVE_SERVER, NULL, TAKES_NOTHING, false, move_run },
	{ "reset", ACTION_RESET_PASSWORD, NULL, TAKES_NOTHING, false, reset_run },
	{ "off", ACTION_OFF, NULL, TAKES_NOTHING, false, off_run },
	{ "on", ACTION_ON, NULL, TAKES_NOTHING, false, on_run },
	{ "history", ACTION_HISTORY, NULL, TAKES_NOTHING, false, history_run },
	{ "under way", ACTION_UNDER_WAY, NULL, TAKES_NOTHING, false, under_way_run },
	{ "settle", ACTION_NONE, "Settles what was left half-done.", TAKES_NOTHING, false,
	  settle_run },
	{ "trouble", ACTION_TROUBLES, NULL, TAKES_NOTHING, false, trouble_run },
	{ "back", ACTION_BACK, "Goes to the settings, or to the list of numbers.", TAKES_NOTHING,
	  false, back_run },
	{ "leave", ACTION_LEAVE, NULL, TAKES_NOTHING, false, leave_run },
};

/* --- help ------------------------------------------------------------------------------------- */

/* "undo and the number of a row, or u: Gives the field back …" */
static void word_say(struct talk *talk, const struct word *word)
{
	static const char *const behind[] = {
		[TAKES_NOTHING] = "",
		[TAKES_ROW] = " and the number of a row",
		[TAKES_TEXT] = " and a text",
	};
	const struct action *action = &ACTIONS[word->action];
	struct str line;
	str_init(&line);
	str_addf(&line, "%s%s", word->word, behind[word->takes]);
	if (action->keys[0] != 0) {
		str_add(&line, ", or ");
		key_name_write(action->keys[0], &line);
	}
	str_addf(&line, ": %s", word->help != NULL ? word->help : action->help);
	talk_say(talk, "%s", line.bytes);
	str_release(&line);
}

static void help_run(struct plain_form *form, const struct argument *argument)
{
	struct talk *talk = &form->plain->talk;
	(void)argument;
	talk_say(talk, "The number of a row asks about it. The words are:");
	for (size_t i = 0; i < ARRAY_LENGTH(WORDS); i++)
		word_say(talk, &WORDS[i]);
	talk_say(talk, "Ctrl-C cancels what is under way; Ctrl-D leaves.");
}

/* --- a line ----------------------------------------------------------------------------------- */

static bool has_key(const struct word *word, const char *typed)
{
	const struct action *action = &ACTIONS[word->action];
	bool found = false;
	for (size_t i = 0; i < ACTION_KEYS_MAX && action->keys[i] != 0 && !found; i++) {
		struct str name;
		str_init(&name);
		key_name_write(action->keys[i], &name);
		found = text_equal_nocase(name.bytes, typed);
		str_release(&name);
	}
	return found;
}

static const struct word *word_find(const char *typed)
{
	for (size_t i = 0; i < ARRAY_LENGTH(WORDS); i++)
		if (text_equal_nocase(typed, WORDS[i].word) || has_key(&WORDS[i], typed))
			return &WORDS[i];
	return NULL;
}

static void word_run(struct plain_form *form, const struct word *word,
		     const struct argument *argument)
{
	if (word->needs_settings && !form->plain->number->has_settings)
		talk_say(&form->plain->talk, "The settings were not read yet: read tries again.");
	else
		word->run(form, argument);
}

void plain_words_act(struct plain_form *form, const char *line)
{
	static const struct argument nothing = { 0 };
	const struct word *word = word_find(line);
	size_t length = strcspn(line, " ");
	size_t place;
	if (word != NULL) {
		word_run(form, word, &nothing);
		return;
	}
	char *first = mem_text_n(line, length);
	const char *text = line + length + strspn(line + length, " ");
	word = word_find(first);
	free(first);
	bool takes_row = word != NULL && word->takes == TAKES_ROW;
	if (takes_row && talk_number(text, form->rows.count, &place))
		word_run(form, word, &(struct argument) { .row = &form->rows.items[place - 1] });
	else if (word != NULL && word->takes == TAKES_TEXT)
		word_run(form, word, &(struct argument) { .text = text });
	else
		talk_say(&form->plain->talk,
			 "That is neither the number of a row nor a word that is known here; help "
			 "lists them.");
}
