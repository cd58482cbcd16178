#include "store/number_judge.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { PHONE_DIGITS_MIN = 7 };

static bool is_blank(char character)
{
	return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

/* Takes the blanks off both ends in place; nothing but blanks becomes NULL. */
static void text_trim(char **slot, bool is_owner)
{
	char *text = *slot;
	if (text == NULL)
		return;
	size_t before = 0;
	while (is_blank(text[before]))
		before++;
	size_t length = strlen(text + before);
	while (length > 0 && is_blank(text[before + length - 1]))
		length--;
	if (length == 0) {
		if (is_owner)
			free(text);
		*slot = NULL;
		return;
	}
	if (before > 0)
		memmove(text, text + before, length);
	text[length] = '\0';
}

/* `limit` counts characters; no text has more of them than bytes. */
static bool is_longer(const char *text, size_t limit)
{
	return strlen(text) > limit && text_characters(text) > limit;
}

static bool field_error(struct err *err, const char *field, const char *next_step)
{
	err_field(err, field);
	err_next_step(err, "%s", next_step);
	return false;
}

bool number_label_taken(const char *label, struct err *err)
{
	(void)err_set(err, ERR_INPUT, "There is already a number named \"%s\".", label);
	return field_error(err, "label", "Choose another name; letter case does not count.");
}

static bool label_judge(const char *label, struct err *err)
{
	if (label == NULL) {
		(void)err_set(err, ERR_INPUT, "The name is empty.");
		return field_error(err, "label", "Give the number a name of its own.");
	}
	if (text_has_control(label)) {
		(void)err_set(err, ERR_INPUT, "The name has control characters in it.");
		return field_error(err, "label", "Use letters, digits, blanks and signs.");
	}
	if (!is_longer(label, NUMBER_LABEL_MAX))
		return true;
	(void)err_set(err, ERR_INPUT, "The name is longer than %d characters.", NUMBER_LABEL_MAX);
	return field_error(err, "label", "Shorten it.");
}

static bool phone_number_is_normal(const char *text)
{
	size_t digits = text[0] == '+' ? strspn(text + 1, "0123456789") : 0;
	return digits >= PHONE_DIGITS_MIN && digits <= NUMBER_PHONE_DIGITS_MAX &&
	       text[digits + 1] == '\0' && text[1] != '0';
}

bool phone_number_normalise(const char *text, struct str *out)
{
	str_clear(out);
	text += strspn(text, " \t");
	bool is_international = *text == '+' || strncmp(text, "00", 2) == 0;
	if (!is_international)
		return false;
	text += *text == '+' ? 1 : 2;
	str_add_char(out, '+');
	while (*text != '\0') {
		size_t trunk_zero = out->length > 1 && strncmp(text, "(0)", 3) == 0 ? 3 : 0;
		if (trunk_zero > 0)
			text += trunk_zero; /* "+49 (0)30 …": not dialled from abroad */
		else if (*text >= '0' && *text <= '9')
			str_add_char(out, *text++);
		else if (strchr(" \t-.()/", *text) != NULL)
			text++;
		else
			return false;
	}
	return phone_number_is_normal(out->bytes);
}

static bool phone_number_judge(char *phone_number, struct err *err)
{
	if (phone_number == NULL || phone_number_is_normal(phone_number))
		return true;
	struct str normal;
	str_init(&normal);
	bool is_right = phone_number_normalise(phone_number, &normal);
	if (is_right) /* never longer than what was typed */
		memcpy(phone_number, normal.bytes, normal.length + 1);
	str_release(&normal);
	if (is_right)
		return true;
	(void)err_set(err, ERR_INPUT, "This is no international phone number.");
	return field_error(err, "phone_number",
			   "Write it with + and the country code, as +49 30 123456.");
}

static bool api_url_judge(char *url, struct err *err)
{
	size_t length = url == NULL ? 0 : strlen(url);
	while (length > 0 && (url[length - 1] == '/' || is_blank(url[length - 1])))
		url[--length] = '\0';
	if (length == 0)
		(void)err_set(err, ERR_INPUT, "The API URL is empty.");
	else if (length > NUMBER_API_URL_MAX)
		(void)err_set(err, ERR_INPUT, "The API URL is longer than %d characters.",
			      NUMBER_API_URL_MAX);
	else if (text_has_control(url))
		(void)err_set(err, ERR_INPUT, "The API URL has control characters in it.");
	else
		return true;
	return field_error(err, "api_url", "Write it as https://waba-v2.360dialog.io.");
}

/* One blank between words, whether they were typed with commas, several blanks or tabs. */
static void words_join(char *text)
{
	char *to = text;
	for (const char *from = text; *from != '\0'; from++) {
		bool is_gap = *from == ' ' || *from == '\t' || *from == ',';
		if (!is_gap)
			*to++ = *from;
		else if (to > text && to[-1] != ' ')
			*to++ = ' ';
	}
	while (to > text && to[-1] == ' ')
		to--;
	*to = '\0';
}

static bool tags_judge(const char *tags, struct err *err)
{
	if (tags == NULL || (!text_has_control(tags) && !is_longer(tags, NUMBER_TAGS_MAX)))
		return true;
	(void)err_set(err, ERR_INPUT,
		      "The tags are longer than %d characters together or have control characters "
		      "in them.",
		      NUMBER_TAGS_MAX);
	return field_error(err, "tags", "Write a few short words with blanks between them.");
}

static bool note_judge(const char *note, struct err *err)
{
	if (note == NULL || (!text_has_control(note) && !is_longer(note, NUMBER_NOTE_MAX)))
		return true;
	(void)err_set(err, ERR_INPUT,
		      "The note is longer than %d characters or has control characters in it.",
		      NUMBER_NOTE_MAX);
	return field_error(err, "note", "Shorten it to one line.");
}

bool number_judge(struct number *number, bool is_owner, struct err *err)
{
	char **const texts[] = { &number->label, &number->phone_number, &number->api_url,
				 &number->tags, &number->note };
	if (number->tags != NULL)
		words_join(number->tags);
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
		text_trim(texts[i], is_owner);
	return label_judge(number->label, err) && phone_number_judge(number->phone_number, err) &&
	       api_url_judge(number->api_url, err) && tags_judge(number->tags, err) &&
	       note_judge(number->note, err) && key_source_judge(&number->key_source, err);
}

const char *phone_number_digits(const char *phone_number)
{
	return phone_number[0] == '+' ? phone_number + 1 : phone_number;
}
