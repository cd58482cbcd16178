/* base/json_reader: JSON walked in place, as strict as a parser. */
#include "base/json_reader.h"

#include "base/mem.h"
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Walks a document of any shape and writes it again without blanks: what it took it for. */
static void value_walk(struct json_reader *reader, struct str *out)
{
	struct json_slice slice;
	if (json_reader_enter(reader, '{')) {
		str_add_char(out, '{');
		while (json_reader_member(reader, &slice)) {
			str_append(out, slice.bytes, slice.length);
			str_add_char(out, ':');
			value_walk(reader, out);
			str_add_char(out, ';');
		}
		str_add_char(out, '}');
	} else if (json_reader_enter(reader, '[')) {
		str_add_char(out, '[');
		while (json_reader_item(reader)) {
			value_walk(reader, out);
			str_add_char(out, ';');
		}
		str_add_char(out, ']');
	} else if (json_reader_value(reader, &slice)) {
		str_append(out, slice.bytes, slice.length);
	}
}

static const struct {
	const char *text;
	const char *walked; /* NULL: refused */
	size_t fault;	    /* the byte at which */
} WALKS[] = {
	{ "{}", "{}", 0 },
	{ " [ ] \n", "[]", 0 },
	{ "\xef\xbb\xbf[1]", "[1;]", 0 },
	{ "{\"a\":1,\"b\":[true,false,null],\"c\":{\"d\":\"e\"}}",
	  "{\"a\":1;\"b\":[true;false;null;];\"c\":{\"d\":\"e\";};}", 0 },
	{ " { \"a\" :\t-0.5e+10 , \"b\"\r\n: [ 1 , 2 ] } ", "{\"a\":-0.5e+10;\"b\":[1;2;];}", 0 },
	{ "9007199254740993", "9007199254740993", 0 },
	{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\uD83D\\ude00\"",
	  "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\uD83D\\ude00\"", 0 },
	{ "\"\xc3\xa4\xf0\x9f\x98\x80\x7f\"", "\"\xc3\xa4\xf0\x9f\x98\x80\x7f\"", 0 },
	{ "", NULL, 0 },
	{ "[", NULL, 1 },
	{ "{", NULL, 1 },
	{ "[1", NULL, 2 },
	{ "[1,", NULL, 3 },
	{ "[1,]", NULL, 3 },
	{ "[,1]", NULL, 1 },
	{ "[1 2]", NULL, 3 },
	{ "[1}", NULL, 2 },
	{ "{\"a\"}", NULL, 4 },
	{ "{\"a\":}", NULL, 5 },
	{ "{\"a\":1,}", NULL, 7 },
	{ "{a:1}", NULL, 1 },
	{ "{1:1}", NULL, 1 },
	{ "[01]", NULL, 2 },
	{ "[-]", NULL, 2 },
	{ "[1.]", NULL, 3 },
	{ "[.5]", NULL, 1 },
	{ "[1e]", NULL, 3 },
	{ "[+1]", NULL, 1 },
	{ "[0x1]", NULL, 2 },
	{ "[NaN]", NULL, 1 },
	{ "[tru]", NULL, 1 },
	{ "[nul]", NULL, 1 },
	{ "[True]", NULL, 1 },
	{ "['a']", NULL, 1 },
	{ "[\"a]", NULL, 4 },
	{ "[\"a\nb\"]", NULL, 3 },
	{ "[\"a\tb\"]", NULL, 3 },
	{ "[\"\\x\"]", NULL, 2 },
	{ "[\"\\u12\"]", NULL, 2 },
	{ "[\"\\u0000\"]", NULL, 2 },
	{ "[\"\\ud800\"]", NULL, 2 },
	{ "[\"\\ud800\\u0041\"]", NULL, 2 },
	{ "[\"\\udc00\"]", NULL, 2 },
	{ "[\"\xff\"]", NULL, 2 },
	{ "[\"\xc0\xaf\"]", NULL, 2 },
	{ "[\"\xed\xa0\x80\"]", NULL, 2 },
	{ "[\"\xe4\xb8\"]", NULL, 2 },
	{ "[1] x", NULL, 4 },
	{ "[1][2]", NULL, 3 },
	{ "[1]\v", NULL, 3 },
	{ "\xc2\xa0[1]", NULL, 0 },
	{ "[1,/**/2]", NULL, 3 },
};

static void test_walks(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(WALKS); i++) {
		struct json_reader reader;
		struct str out;
		struct err err;
		struct json_slice slice;
		err_init(&err);
		str_init(&out);
		json_reader_init(&reader, WALKS[i].text, strlen(WALKS[i].text));
		value_walk(&reader, &out);
		bool is_right = json_reader_end(&reader, &err);
		if (is_right != (WALKS[i].walked != NULL))
			fail_msg("%s: %s", WALKS[i].text, err.sentence);
		if (is_right) {
			assert_string_equal(out.bytes, WALKS[i].walked);
		} else {
			char *byte = mem_format("byte %zu", WALKS[i].fault);
			const char *at = strstr(err.sentence, byte);
			assert_int_equal(err.kind, ERR_ANSWER);
			if (at == NULL || strspn(at + strlen(byte), "0123456789") > 0)
				fail_msg("%s: %s", WALKS[i].text, err.sentence);
			free(byte);
			if (reader.fault != NULL) { /* it stays where it was */
				assert_false(json_reader_item(&reader));
				assert_false(json_reader_value(&reader, &slice));
				assert_int_equal(json_reader_next(&reader), '\0');
			}
		}
		str_release(&out);
	}
}

/* A NUL within the text ends nothing. */
static void test_nul(void **state)
{
	(void)state;
	static const char text[] = "[1]\0[2]";
	struct json_reader reader;
	struct json_slice slice;
	struct err err;
	json_reader_init(&reader, text, sizeof text - 1);
	assert_true(json_reader_enter(&reader, '['));
	assert_true(json_reader_item(&reader));
	assert_true(json_reader_value(&reader, &slice));
	assert_false(json_reader_item(&reader));
	assert_false(json_reader_end(&reader, &err));
	assert_non_null(strstr(err.sentence, "after the end"));
}

static const struct {
	const char *text, *slice; /* slice NULL: refused */
} SKIPPED[] = {
	{ "{\"a\":[1,{\"b\":\"]}\"}]} , 2", "{\"a\":[1,{\"b\":\"]}\"}]}" },
	{ "[\"\\\"]\"] ]", "[\"\\\"]\"]" },
	{ "[[[[]]]]]", "[[[[]]]]" },
	{ "[[[", NULL },
	{ "[\"\\q\"]", NULL },
	{ "{\"a\":\"", NULL },
};

static void test_whole_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(SKIPPED); i++) {
		struct json_reader reader;
		struct json_slice slice;
		json_reader_init(&reader, SKIPPED[i].text, strlen(SKIPPED[i].text));
		bool is_right = json_reader_value(&reader, &slice);
		assert_int_equal(is_right, SKIPPED[i].slice != NULL);
		if (!is_right)
			continue;
		assert_int_equal(slice.length, strlen(SKIPPED[i].slice));
		assert_memory_equal(slice.bytes, SKIPPED[i].slice, slice.length);
	}
}

static const struct {
	const char *string, *text;
} STRINGS[] = {
	{ "\"\"", "" },
	{ "\"plain\"", "plain" },
	{ "\"a\\\"b\\\\c\\/d\"", "a\"b\\c/d" },
	{ "\"\\b\\f\\n\\r\\t\"", "\b\f\n\r\t" },
	{ "\"\\u0041\\u00e4\\u20AC\\ud83d\\ude00!\"", "A\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80!" },
	{ "\"\\u0001\\uffff\"", "\x01\xef\xbf\xbf" },
	{ "\"\xc3\xa4\\n\xc3\xa4\"", "\xc3\xa4\n\xc3\xa4" },
};

static void test_strings(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(STRINGS); i++) {
		struct json_reader reader;
		struct json_slice slice;
		char *own = mem_text(STRINGS[i].string);
		json_reader_init(&reader, own, strlen(own));
		assert_true(json_reader_value(&reader, &slice));
		assert_true(json_slice_is(slice, STRINGS[i].text));
		assert_false(json_slice_is(slice, "another"));
		char *text = json_slice_text(slice);
		assert_string_equal(text, STRINGS[i].text);
		assert_string_equal(own, STRINGS[i].string); /* not touched by any of those */
		assert_string_equal(json_slice_unpack(slice), STRINGS[i].text);
		free(text);
		free(own);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walks),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_whole_values),
		cmocka_unit_test(test_strings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
