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
	talk_say(&plain->talk, "Now %s%s %s", words.bytes, text_full_stop(words.bytes),
		 field->help);
	if (value_of(plain, ref) != NULL)
		finding_say(plain, ref);
	str_release(&words);
}

/* --- choices ---------------------------------------------------------------------------------- */

static bool choice_set(struct plain *plain, struct field_ref ref, const char *value)
{
	if (ref.field == FIELD_SIP && rules_sip_off_ends_sdes(&plain->number->draft.mine, value)) {
		if (!plain_agrees(plain,
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
	int choice =
		plain_choose(plain, "Number of your choice, or an empty line to leave it: ", count);
	return choice >= 0 && choice_set(plain, ref, field->choices[choice].value);
}

/* --- text ------------------------------------------------------------------------------------- */

/* NULL: it stays. "-" makes it empty. Caller frees. */
static char *text_ask(struct plain *plain, const char *label)
{
	char *prompt = mem_format("%s (an empty line leaves it, - clears it): ", label);
	char *text = plain_ask(plain, prompt);
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

/* --- parameters ------------------------------------------------------------------------------- */

static bool why_not_say(struct plain *plain)
{
	const char *why_not = plain_why_not_editable(plain);
	if (why_not != NULL)
		talk_say(&plain->talk, "%s", why_not);
	return why_not != NULL;
}

/* Of key and value. */
static void parameter_findings_say(struct plain *plain, int server, int parameter)
{
	finding_say(plain, field_ref_parameter(FIELD_PARAMETER_KEY, server, parameter));
	finding_say(plain, field_ref_parameter(FIELD_PARAMETER_VALUE, server, parameter));
}

/* Asks for key or value, telling what it is now. NULL as plain_ask; caller frees. */
static char *part_ask(struct plain *plain, struct field_ref ref, const char *empties)
{
	const char *now = value_of(plain, ref);
	char *prompt = mem_format(
		"%s, now %s (an empty line leaves it, - %s): ", field_of(ref.field)->label,
		now == NULL || now[0] == '\0' ? "empty" : now, empties);
	char *text = plain_ask(plain, prompt);
	free(prompt);
	return text;
}

void plain_parameter_ask(struct plain *plain, int server, int parameter)
{
	struct field_ref key = field_ref_parameter(FIELD_PARAMETER_KEY, server, parameter);
	struct field_ref value = field_ref_parameter(FIELD_PARAMETER_VALUE, server, parameter);
	if (why_not_say(plain))
		return;
	parameter_findings_say(plain, server, parameter);
	char *text = part_ask(plain, key, "removes the parameter");
	bool goes_on = text != NULL;
	if (text_equal(text, "-")) {
		open_number_parameter_remove(plain->number, server, parameter);
		goes_on = false;
	} else if (goes_on && text[0] != '\0') {
		(void)value_set(plain, key, text);
	}
	free(text);
	if (!goes_on)
		return;
	text = part_ask(plain, value, "clears it");
	if (text != NULL && text[0] != '\0')
		(void)value_set(plain, value, text_equal(text, "-") ? "" : text);
	if (text != NULL)
		parameter_findings_say(plain, server, parameter);
	free(text);
}

/* False: it is not to stay. */
static bool parameter_fill(struct plain *plain, struct field_ref ref, const char *key)
{
	if (!value_set(plain, ref, key))
		return false;
	char *prompt = mem_format("Value of %s: ", key);
	char *value = plain_ask(plain, prompt);
	ref.field = FIELD_PARAMETER_VALUE;
	bool is_set = value != NULL && value_set(plain, ref, value);
	free(value);
	free(prompt);
	return is_set;
}

/* False: no key was given, or no value. */
static bool parameter_add(struct plain *plain, int server)
{
	struct open_number *number = plain->number;
	char *key = plain_ask(plain, "Key of a parameter, such as tgrp (an empty line: no more): ");
	bool is_given = key != NULL && key[0] != '\0';
	if (is_given) {
		unsigned generation = number->generation;
		int place = open_number_parameter_add(number, server);
		struct field_ref ref = field_ref_parameter(FIELD_PARAMETER_KEY, server, place);
		bool is_filled = parameter_fill(plain, ref, key);
		is_given = number->generation == generation;
		if (!is_filled && is_given) {
			open_number_parameter_remove(number, server, place);
			talk_say(&plain->talk, "The parameter %s was not added.", key);
			is_given = !plain->talk.is_interrupted && !plain->talk.is_over;
		}
	}
	free(key);
	return is_given;
}

void plain_parameters_add(struct plain *plain, int server)
{
	const struct open_number *number = plain->number;
	unsigned generation = number->generation;
	if (why_not_say(plain))
		return;
	talk_title(&plain->talk, section_title(SECTION_PARAMETERS));
	talk_say(&plain->talk, "%s", field_of(FIELD_SERVER_PARAMETERS)->help);
	while (parameter_add(plain, server))
		continue;
	if (number->generation != generation)
		return; /* its place may be another's by now */
	const struct sip_server *filled = &number->draft.mine.servers[server];
	for (size_t i = 0; i < filled->parameter_count; i++)
		parameter_findings_say(plain, server, (int)i);
}

/* --- servers ---------------------------------------------------------------------------------- */

int plain_server_add(struct plain *plain)
{
	struct open_number *number = plain->number;
	if (why_not_say(plain))
		return -1;
	unsigned generation = number->generation;
	int server = open_number_server_add(number);
	bool is_named = plain_entry(plain, field_ref_server(FIELD_SERVER_HOSTNAME, server));
	if (!is_named && number->generation == generation) {
		open_number_server_remove(number, server);
		talk_say(&plain->talk, "No hostname was given, so no SIP server was added.");
	}
	if (!is_named)
		return -1;
	if (value_of(plain, field_ref_server(FIELD_SERVER_PORT, server)) == NULL)
		(void)plain_entry(plain, field_ref_server(FIELD_SERVER_PORT, server));
	if (number->generation == generation &&
	    number->draft.mine.servers[server].parameter_count == 0)
		plain_parameters_add(plain, server);
	return number->generation == generation ? server : -1;
}
