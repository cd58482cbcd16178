#include "ui/screens/key_trial.h"

#include "base/clock.h"
#include "base/mem.h"
#include "calling/fields.h"
#include "ui/screens/screens.h"

#include <stdlib.h>

static void sentence_add(struct form *form, const struct term *term, enum style style,
			 const char *sentence)
{
	if (sentence[0] != '\0')
		(void)form_add_sentence(form, field_ref_of(FIELD_COUNT), sentence,
					form_sentence_columns(term), style);
}

/* --- what the key opens ----------------------------------------------------------------------- */

static void field_add(struct form *form, const struct calling_values *values, enum field_id id)
{
	struct str words;
	str_init(&words);
	field_words(field_of(id), values_get(values, field_ref_of(id)), &words);
	form_add(form, FORM_TEXT, field_of(id)->label)->value = str_detach(&words);
}

static void servers_add(struct form *form, const struct calling_values *values)
{
	const char *label = field_of(FIELD_SIP_SERVERS)->label;
	for (size_t i = 0; i < values->server_count; i++) {
		const struct sip_server *server = &values->servers[i];
		form_add(form, FORM_TEXT, label)->value = mem_format(
			"%s:%s", server->hostname == NULL ? "no hostname" : server->hostname,
			server->port == NULL ? field_of(FIELD_SERVER_PORT)->absent : server->port);
	}
	if (values->server_count == 0)
		form_add(form, FORM_TEXT, label)->value = mem_text("None");
}

static void settings_add(struct form *form, const struct calling_values *values)
{
	field_add(form, values, FIELD_CALLING);
	field_add(form, values, FIELD_SIP);
	servers_add(form, values);
	field_add(form, values, FIELD_SRTP);
}

/* --- the page --------------------------------------------------------------------------------- */

static void consequences_add(struct form *form, const struct number_saving *saving,
			     const struct term *term)
{
	if (saving->same_key != NULL) {
		char *sentence = mem_format("%s answers to the same API key: both names would "
					    "stand for one number.",
					    saving->same_key);
		sentence_add(form, term, STYLE_WARNING, sentence);
		free(sentence);
	}
	if (number_saving_empties_vault(saving))
		sentence_add(form, term, STYLE_WARNING,
			     "Its key is taken out of the vault when this is saved.");
	else if (saving->wanted.key_source.kind == KEY_SOURCE_VAULT)
		sentence_add(form, term, STYLE_NORMAL,
			     "Its key is kept in the vault when this is saved.");
}

static void answer_add(struct form *form, enum key_trial_answer answer, const char *label)
{
	form_add(form, FORM_FIELD, label)->action = (int)answer;
}

void key_trial_fill(struct form *form, const struct number_saving *saving, const struct term *term)
{
	form_begin(form);
	if (saving->has_settings) {
		settings_add(form, &saving->settings.values);
	} else {
		sentence_add(form, term, STYLE_WRONG, saving->err.sentence);
		sentence_add(form, term, STYLE_NORMAL, saving->err.next_step);
	}
	consequences_add(form, saving, term);
	(void)form_add(form, FORM_SECTION, NULL);
	if (!saving->has_settings)
		answer_add(form, KEY_TRIAL_AGAIN, "Try again");
	answer_add(form, KEY_TRIAL_SAVE, saving->has_settings ? "Save" : "Save without trying");
	answer_add(form, KEY_TRIAL_BACK, "Back to the form");
	form_end(form);
}

void key_trial_focus(struct form *form, const struct number_saving *saving)
{
	form_focus(form, field_ref_of(FIELD_COUNT),
		   saving->has_settings ? KEY_TRIAL_SAVE : KEY_TRIAL_AGAIN);
}

enum key_trial_answer key_trial_answer(const struct form *form)
{
	const struct form_row *row = form_focused(form);
	return row == NULL ? KEY_TRIAL_BACK : (enum key_trial_answer)row->action;
}

const char *key_trial_help(const struct form *form, const struct number_saving *saving)
{
	switch (key_trial_answer(form)) {
	case KEY_TRIAL_AGAIN: return "Reads the settings with this key once more.";
	case KEY_TRIAL_BACK: return "Nothing is saved; what was typed is still there.";
	case KEY_TRIAL_SAVE: break;
	}
	return saving->has_settings
		       ? "Is this the number you mean? Nothing is saved before you say so."
		       : "Saves a key that nobody knows to be right; it is tried when the number "
			 "is opened.";
}

/* --- on the way there ------------------------------------------------------------------------- */

static char *trying_words(const struct number_saving *saving)
{
	struct client_progress progress = client_progress_of(saving->reading);
	int64_t now = clock_monotonic_ms();
	int64_t left = (progress.waiting_until_ms - now + 999) / 1000;
	if (progress.is_rate_limited && left > 0)
		return mem_format("The service asks to wait. The key is tried again in %lld s. Esc "
				  "cancels.",
				  (long long)left);
	struct str words;
	str_init(&words);
	str_add(&words, "The key is being tried: reading the settings …");
	if (progress.started_ms > 0 && now - progress.started_ms >= 1000)
		str_addf(&words, " %lld s", (long long)(now - progress.started_ms) / 1000);
	if (progress.attempt > 1)
		str_addf(&words, ", try %d of %d", progress.attempt, CLIENT_GET_TRIES);
	str_add(&words, ". Esc cancels.");
	return str_detach(&words);
}

char *key_trial_progress(const struct number_saving *saving)
{
	switch (saving->state) {
	case NUMBER_SAVING_KEY: return mem_text("The API key is being fetched … Esc cancels.");
	case NUMBER_SAVING_TRYING: return trying_words(saving);
	case NUMBER_SAVING_WRITING: return mem_text("The vault is being written …");
	default: return NULL;
	}
}
