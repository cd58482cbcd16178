#include "ui/plain/entry.h"

#include "base/mem.h"
#include "calling/fields.h"
#include "calling/rules.h"
#include "ui/app/pasted.h"

#include <stdlib.h>

static const char *value_of(const struct plain *plain, struct field_ref ref)
{
	return values_get(&plain->number->draft.mine, ref);
}

static bool value_set(struct plain *plain, struct field_ref ref, const char *text)
{
	struct err err;
	bool is_set = open_number_set(plain->number, ref, text, &err);
	if (!is_set)
		talk_error(&plain->talk, &err);
	return is_set;
}

/* What validation has to say about it. */
static void finding_say(struct plain *plain, struct field_ref ref)
{
	const struct finding *finding = findings_for(&plain->number->findings, ref);
	if (finding != NULL && finding->severity > SEVERITY_PASS)
		talk_say(&plain->talk, "%s%s",
			 finding->severity == SEVERITY_FAILURE	 ? "Wrong: "
			 : finding->severity == SEVERITY_WARNING ? "Warning: "
								 : "",
			 finding->sentence);
}

/* "SIP signalling, now Disabled." and the field's help. */
static void field_say(struct plain *plain, struct field_ref ref)
{
	const struct field *field = field_of(ref.field);
	struct str words;
	str_init(&words);
	field_words(field, value_of(plain, ref), &words);
	talk_title(&plain->talk, field->label);
	talk_say(&plain->talk, "Now %s. %s", words.bytes, field->help);
	if (value_of(plain, ref) != NULL)
		finding_say(plain, ref);
	str_release(&words);
}

/* --- choices ---------------------------------------------------------------------------------- */

static bool choice_set(struct plain *plain, struct field_ref ref, const char *value)
{
	if (ref.field == FIELD_SIP && rules_sip_off_ends_sdes(&plain->number->draft.mine, value)) {
		if (!talk_agrees(&plain->talk,
				 "SDES works only while SIP is enabled. With SIP disabled, the "
				 "SRTP key exchange goes back to DTLS in the same draft. Disable "
				 "SIP and go back to DTLS?"))
			return false;
		(void)value_set(plain, field_ref_of(FIELD_SRTP), field_of(FIELD_SRTP)->absent);
	}
	return value_set(plain, ref, value);
}

static bool choice_ask(struct plain *plain, struct field_ref ref)
{
	const struct field *field = field_of(ref.field);
	const struct calling_values *mine = &plain->number->draft.mine;
	size_t count = 0;
	field_say(plain, ref);
	for (; field->choices[count].value != NULL; count++) {
		const char *why = rules_why_disabled(mine, ref.field, field->choices[count].value);
		char *words = mem_format(
			"%s%s%s", field->choices[count].words,
			why == NULL ? "" : "; not possible now: ", why == NULL ? "" : why);
		talk_row(&plain->talk, count + 1, words);
		free(words);
	}
	int choice = talk_choose(&plain->talk,
				 "Number of your choice, or an empty line to leave it: ", count);
	return choice >= 0 && choice_set(plain, ref, field->choices[choice].value);
}

/* --- text ------------------------------------------------------------------------------------- */

/* NULL: it stays. "-" makes it empty. Caller frees. */
static char *text_ask(struct plain *plain, const char *label)
{
	char *prompt = mem_format("%s (an empty line leaves it, - clears it): ", label);
	char *text = talk_ask(&plain->talk, prompt);
	free(prompt);
	if (text != NULL && text[0] == '\0') {
		free(text);
		return NULL;
	}
	if (text_equal(text, "-"))
		mem_text_set(&text, "");
	return text;
}

static bool typed_ask(struct plain *plain, struct field_ref ref)
{
	field_say(plain, ref);
	char *text = text_ask(plain, field_of(ref.field)->label);
	bool is_hostname = ref.field == FIELD_SERVER_HOSTNAME;
	/* What is pasted there may be more than a hostname. */
	bool is_set =
		text != NULL && ((is_hostname && pasted_take(plain->number, ref.server, text)) ||
				 value_set(plain, ref, text));
	free(text);
	talk_notice(&plain->talk);
	return is_set;
}

static bool is_typed(const struct field *field)
{
	return field->type == FIELD_TYPE_HOST || field->type == FIELD_TYPE_PORT ||
	       field->type == FIELD_TYPE_TEXT || field->type == FIELD_TYPE_NUMBER ||
	       field->type == FIELD_TYPE_CODES;
}

bool plain_entry(struct plain *plain, struct field_ref ref)
{
	const struct field *field = field_of(ref.field);
	bool is_read_only = (field->flags & FIELD_READ_ONLY) != 0;
	const char *why_not = plain_why_not_editable(plain);
	bool is_answered = false;
	if (is_read_only || why_not != NULL) {
		field_say(plain, ref);
		if (!is_read_only)
			talk_say(&plain->talk, "%s", why_not);
		return false;
	}
	if (field->type == FIELD_TYPE_ENUM)
		is_answered = choice_ask(plain, ref);
	else if (is_typed(field))
		is_answered = typed_ask(plain, ref);
	if (is_answered)
		finding_say(plain, ref);
	return is_answered;
}

/* --- parameters and servers ------------------------------------------------------------------- */

void plain_parameter_ask(struct plain *plain, int server, int parameter)
{
	struct field_ref key = field_ref_parameter(FIELD_PARAMETER_KEY, server, parameter);
	struct field_ref value = field_ref_parameter(FIELD_PARAMETER_VALUE, server, parameter);
	if (plain_why_not_editable(plain) != NULL) {
		talk_say(&plain->talk, "%s", plain_why_not_editable(plain));
		return;
	}
	finding_say(plain, key);
	finding_say(plain, value);
	char *prompt = mem_format("Value of %s (an empty line leaves it, - removes it): ",
				  value_of(plain, key));
	char *text = talk_ask(&plain->talk, prompt);
	free(prompt);
	if (text_equal(text, "-")) {
		open_number_parameter_remove(plain->number, server, parameter);
	} else if (text != NULL && text[0] != '\0') {
		(void)value_set(plain, value, text);
		finding_say(plain, key);
		finding_say(plain, value);
	}
	free(text);
}

/* False: no key was given. */
static bool parameter_add(struct plain *plain, int server)
{
	struct talk *talk = &plain->talk;
	char *key = talk_ask(talk, "Key of a parameter, such as tgrp (an empty line: no more): ");
	bool is_given = key != NULL && key[0] != '\0';
	if (is_given) {
		int parameter = open_number_parameter_add(plain->number, server);
		struct field_ref at = field_ref_parameter(FIELD_PARAMETER_KEY, server, parameter);
		(void)value_set(plain, at, key);
		char *prompt = mem_format("Value of %s: ", key);
		char *value = talk_ask(talk, prompt);
		at.field = FIELD_PARAMETER_VALUE;
		if (value != NULL)
			(void)value_set(plain, at, value);
		free(value);
		free(prompt);
	}
	free(key);
	return is_given;
}

void plain_parameters_add(struct plain *plain, int server)
{
	if (plain_why_not_editable(plain) != NULL) {
		talk_say(&plain->talk, "%s", plain_why_not_editable(plain));
		return;
	}
	talk_title(&plain->talk, section_title(SECTION_PARAMETERS));
	talk_say(&plain->talk, "%s", field_of(FIELD_SERVER_PARAMETERS)->help);
	while (parameter_add(plain, server))
		continue;
	const struct sip_server *filled = &plain->number->draft.mine.servers[server];
	for (int i = 0; (size_t)i < filled->parameter_count; i++) {
		finding_say(plain, field_ref_parameter(FIELD_PARAMETER_KEY, server, i));
		finding_say(plain, field_ref_parameter(FIELD_PARAMETER_VALUE, server, i));
	}
}

int plain_server_add(struct plain *plain)
{
	if (plain_why_not_editable(plain) != NULL) {
		talk_say(&plain->talk, "%s", plain_why_not_editable(plain));
		return -1;
	}
	struct open_number *number = plain->number;
	int server = open_number_server_add(number);
	if (!plain_entry(plain, field_ref_server(FIELD_SERVER_HOSTNAME, server))) {
		open_number_server_remove(number, server);
		talk_say(&plain->talk, "No hostname was given, so no SIP server was added.");
		return -1;
	}
	if (value_of(plain, field_ref_server(FIELD_SERVER_PORT, server)) == NULL)
		(void)plain_entry(plain, field_ref_server(FIELD_SERVER_PORT, server));
	if (number->draft.mine.servers[server].parameter_count == 0)
		plain_parameters_add(plain, server);
	return server;
}
