/*
 * Reads any bytes as numbers.json. What is taken is written and read again: nothing may be lost or
 * change by it, and what was judged may not be judged otherwise. Ends by abort() where something
 * that must hold does not.
 */
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "store/numbers_file.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition)                                                               \
	do {                                                                          \
		if (!(condition)) {                                                   \
			(void)fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
			abort();                                                      \
		}                                                                     \
	} while (0)

static enum numbers_reading bytes_read(const char *bytes, size_t length, struct numbers *numbers)
{
	struct str text;
	struct err err;
	err_init(&err);
	str_init(&text);
	str_append(&text, bytes, length);
	numbers_init(numbers);
	enum numbers_reading reading = numbers_parse(&text, "numbers.json", numbers, &err);
	MUST((reading == NUMBERS_READ) == (err.kind == ERR_NONE));
	MUST(reading == NUMBERS_READ || (numbers->count == 0 && err.next_step[0] != '\0'));
	str_release(&text);
	return reading;
}

static void text_must_be_fit(const char *text)
{
	MUST(text == NULL || (text[0] != '\0' && !text_has_control(text)));
}

static void number_must_be_fit(const struct numbers *numbers, const struct number *number)
{
	struct err err;
	MUST(strlen(number->id) == NUMBER_ID_LENGTH);
	MUST(number->label != NULL && number->api_url != NULL);
	text_must_be_fit(number->label);
	text_must_be_fit(number->phone_number);
	text_must_be_fit(number->api_url);
	text_must_be_fit(number->tags);
	text_must_be_fit(number->note);
	MUST(numbers_judge(numbers, number, number->id, &err));
	MUST(!number->is_of_session);
}

static void numbers_must_be_the_same(const struct number *one, const struct number *other)
{
	MUST(text_equal(one->id, other->id) && text_equal(one->label, other->label));
	MUST(text_equal(one->phone_number, other->phone_number));
	MUST(text_equal(one->api_url, other->api_url));
	MUST(text_equal(one->tags, other->tags) && text_equal(one->note, other->note));
	MUST(key_source_equal(&one->key_source, &other->key_source));
	MUST(one->is_read_only == other->is_read_only);
	MUST((one->others == NULL) == (other->others == NULL));
}

/* A parser of another make agrees; it counts the levels around unknown members, too. */
static void bytes_must_be_json(const char *bytes, size_t length)
{
	struct json_doc doc;
	struct err err;
	struct json_limits limits = { NUMBERS_FILE_MAX, NUMBERS_FILE_MAX };
	if (json_doc_parse_within(&doc, bytes, length, limits, &err)) {
		MUST(!json_has_duplicate_keys(doc.root) && !json_has_nul(&doc, doc.root));
		json_doc_release(&doc);
	} else {
		MUST(strstr(err.sentence, "levels deep") != NULL);
	}
}

static void list_must_come_back(const struct numbers *numbers)
{
	struct numbers again;
	struct str text, second;
	str_init(&text);
	str_init(&second);
	numbers_print(numbers, &text);
	bytes_must_be_json(text.bytes, text.length);
	MUST(bytes_read(text.bytes, text.length, &again) == NUMBERS_READ);
	MUST(again.count == numbers->count);
	for (size_t i = 0; i < again.count; i++)
		numbers_must_be_the_same(&numbers->items[i], &again.items[i]);
	numbers_print(&again, &second);
	MUST(text_equal(text.bytes, second.bytes));
	str_release(&text);
	str_release(&second);
	numbers_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct numbers numbers;
	if (bytes_read((const char *)data, size, &numbers) == NUMBERS_READ) {
		for (size_t i = 0; i < numbers.count; i++)
			number_must_be_fit(&numbers, &numbers.items[i]);
		bytes_must_be_json((const char *)data, size);
		list_must_come_back(&numbers);
	}
	numbers_release(&numbers);
	return 0;
}
