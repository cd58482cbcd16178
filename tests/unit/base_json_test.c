/* base/json: documents from outside, within limits and without loss. */
#include "base/json.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* Looks up "a", then "b", in turn; "" is the root, a digit an array's item. */
static const cJSON *node_at(const cJSON *item, const char *path)
{
	for (; *path != '\0'; path++) {
		char name[2] = { *path, '\0' };
		item = *path >= '0' && *path <= '9' ? cJSON_GetArrayItem(item, *path - '0')
						    : json_member(item, name);
	}
	return item;
}

static const struct {
	const char *document, *path, *slice, *text;
} slice_cases[] = {
	{ "{\"a\":1}", "", "{\"a\":1}", NULL },
	{ " \n{ \"a\" :\t1 }\r\n", "", "{ \"a\" :\t1 }", NULL },
	{ "{\"a\":9007199254740993}", "a", "9007199254740993", "9007199254740993" },
	{ "{\"a\":123456789012345678901234567890}", "a", "123456789012345678901234567890",
	  "123456789012345678901234567890" },
	{ "{\"a\":-1.50e+3 ,\"b\":0}", "a", "-1.50e+3", "-1.50e+3" },
	{ "{\"a\":-1.50e+3 ,\"b\":0}", "b", "0", "0" },
	{ "{\"a\" : \"x\\u0041\\\"]}\" , \"b\":[]}", "a", "\"x\\u0041\\\"]}\"", "xA\"]}" },
	{ "{\"a\" : \"x\\\\\" , \"b\":[ ]}", "b", "[ ]", NULL },
	{ "{\"a\":{\"b\":[1,{},[2, 3 ],\"]\"]}}", "ab", "[1,{},[2, 3 ],\"]\"]", NULL },
	{ "{\"a\":{\"b\":[1,{},[2, 3 ],\"]\"]}}", "ab1", "{}", NULL },
	{ "{\"a\":{\"b\":[1,{},[2, 3 ],\"]\"]}}", "ab21", "3", "3" },
	{ "{\"a\":{\"b\":[1,{},[2, 3 ],\"]\"]}}", "ab3", "\"]\"", "]" },
	{ "[true,false,null]", "0", "true", "true" },
	{ "[true,false,null]", "1", "false", "false" },
	{ "[true,false, null ]", "2", "null", NULL },
	{ "{\"\\\"\\\\\":{},\"a\":\"b\"}", "a", "\"b\"", "b" },
	{ "{\"a\":\"\xe4\xb8\xad\"}", "a", "\"\xe4\xb8\xad\"", "\xe4\xb8\xad" },
	{ "{\"A\":1,\"a\":2}", "a", "2", "2" },
	{ "{\"a\":1,\"a\":2}", "a", "1", "1" },
	{ "42", "", "42", "42" },
	{ "\"x\"", "", "\"x\"", "x" },
	{ "\xef\xbb\xbf {\"a\":\"b\"}", "a", "\"b\"", "b" },
	{ "\xef\xbb\xbf[7]", "", "[7]", NULL },
};

static void test_slices_byte_for_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(slice_cases); i++) {
		struct json_doc doc;
		const char *document = slice_cases[i].document;
		assert_true(json_doc_parse(&doc, document, strlen(document), NULL));
		const cJSON *item = node_at(doc.root, slice_cases[i].path);
		assert_non_null(item);
		struct json_slice slice = json_slice(&doc, item);
		assert_int_equal(slice.length, strlen(slice_cases[i].slice));
		assert_memory_equal(slice.bytes, slice_cases[i].slice, slice.length);
		if (slice_cases[i].text == NULL)
			assert_null(json_text(item));
		else
			assert_string_equal(json_text(item), slice_cases[i].text);
		json_doc_release(&doc);
	}
}

static const struct {
	const char *document;
	size_t length; /* 0: strlen */
	const char *sentence;
} refused_cases[] = {
	{ "", 0, "The JSON document is damaged or cut short at byte 0." },
	{ "{\"a\":1", 0, "The JSON document is damaged or cut short at byte 6." },
	{ "{\"a\":\"x", 0, "The JSON document is damaged or cut short at byte 6." },
	{ "{\"a\":\"x\\", 0, "damaged or cut short" },
	{ "<html>502 Bad Gateway</html>", 0, "damaged or cut short at byte 0." },
	{ "{\"a\":1}{\"b\":2}", 0, "There is text after the end of the JSON document (byte 7)." },
	{ "{}x", 0, "There is text after the end of the JSON document (byte 2)." },
	{ "{} \n]", 0, "There is text after the end" },
	{ "[1,]", 0, "damaged" },
	{ "{\"a\":nul}", 0, "damaged" },
	{ "{\"a\":\"\\ud800\"}", 0, "damaged" },
	{ "{\"a\":\"\\udc00\\ud800\"}", 0, "damaged" },
	{ "{\"a\":\"\xff\"}", 0, "The JSON document is not valid UTF-8." },
	{ "{\"a\":\"\xed\xa0\x80\"}", 0, "The JSON document is not valid UTF-8." },
	{ "{\"a\":\"x\0y\"}", 11, "The JSON document has a NUL byte in it." },
	{ "{}\0", 3, "The JSON document has a NUL byte in it." },
	{ "{\"a\":\x01\"b\"}", 0, "The JSON document has a control character at byte 5." },
	{ "[\x0b\"b\"]", 0, "The JSON document has a control character at byte 1." },
};

static void test_refused_with_a_sentence(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(refused_cases); i++) {
		struct json_doc doc;
		struct err err;
		err_init(&err);
		const char *document = refused_cases[i].document;
		size_t length = refused_cases[i].length;
		/* A copy of exactly its size, so that reading behind it is noticed. */
		length = length == 0 ? strlen(document) : length;
		char *bytes = mem_alloc(length, 1);
		memcpy(bytes, document, length);
		assert_false(json_doc_parse(&doc, bytes, length, &err));
		assert_int_equal(err.kind, ERR_ANSWER);
		assert_non_null(strstr(err.sentence, refused_cases[i].sentence));
		assert_null(doc.root);
		assert_null(doc.bytes);
		free(bytes);
	}
}

static bool parses(const struct str *document, struct err *err)
{
	struct json_doc doc;
	err_init(err);
	bool parsed = json_doc_parse(&doc, document->bytes, document->length, err);
	json_doc_release(&doc);
	return parsed;
}

static void repeat(struct str *out, const char *text, size_t times)
{
	while (times-- > 0)
		str_add(out, text);
}

static void test_depth(void **state)
{
	(void)state;
	struct str document;
	struct err err;
	str_init(&document);
	for (size_t depth = JSON_DEPTH_MAX; depth <= JSON_DEPTH_MAX + 1; depth++) {
		str_clear(&document);
		repeat(&document, "[", depth);
		repeat(&document, "]", depth);
		assert_int_equal(parses(&document, &err), depth == JSON_DEPTH_MAX);
	}
	assert_string_equal(err.sentence,
			    "The JSON document is nested more than 32 levels deep (byte 32).");
	str_clear(&document);
	repeat(&document, "{\"a\":", 20000);
	assert_false(parses(&document, &err));
	str_clear(&document);
	str_add(&document, "[\""); /* brackets within text are no depth */
	repeat(&document, "[{", 100);
	repeat(&document, "\\\"", 100);
	str_add(&document, "\"]");
	assert_true(parses(&document, &err));
	str_release(&document);
}

static void test_tokens(void **state)
{
	(void)state;
	struct str document;
	struct err err;
	str_init(&document);
	str_add(&document, "[0"); /* one token for the bracket, one for each comma */
	repeat(&document, ",1", JSON_TOKENS_MAX - 1);
	str_add(&document, "]");
	assert_true(parses(&document, &err));
	str_insert(&document, 1, "2,", 2);
	assert_false(parses(&document, &err));
	assert_string_equal(err.sentence, "The JSON document has more than 20000 parts.");
	str_release(&document);
}

static void test_bytes(void **state)
{
	(void)state;
	struct str document;
	struct err err;
	struct json_doc doc;
	str_init(&document);
	str_add(&document, "\"");
	repeat(&document, "x", JSON_BYTES_MAX - 2);
	str_add(&document, "\"");
	assert_true(parses(&document, &err));
	str_add(&document, " ");
	assert_false(parses(&document, &err));
	assert_string_equal(err.sentence, "The JSON document is larger than 256 KiB.");
	struct json_limits wider = { .bytes = 512L * 1024, .tokens = 10 };
	assert_true(json_doc_parse_within(&doc, document.bytes, document.length, wider, &err));
	json_doc_release(&doc);
	wider.tokens = 3;
	assert_true(json_doc_parse_within(&doc, "[1,2]", 5, wider, &err));
	json_doc_release(&doc);
	assert_false(json_doc_parse_within(&doc, "[1,2,3,4]", 9, wider, &err));
	str_release(&document);
}

static const struct {
	const char *document, *path;
	bool duplicate, nul;
} marked_cases[] = {
	{ "{\"a\":1,\"b\":2}", "", false, false },
	{ "{\"a\":1,\"b\":2,\"a\":1}", "", true, false },
	{ "{\"a\":1,\"A\":2}", "", false, false },
	{ "{\"a\":1,\"\\u0061\":2}", "", true, false },
	{ "{\"a\":{\"b\":[{\"c\":1,\"c\":1}]},\"d\":{}}", "", true, false },
	{ "{\"a\":{\"b\":[{\"c\":1,\"c\":1}]},\"d\":{}}", "a", true, false },
	{ "{\"a\":{\"b\":[{\"c\":1,\"c\":1}]},\"d\":{}}", "d", false, false },
	{ "[{\"a\":1},{\"a\":1}]", "", false, false },
	{ "{\"a\":\"x\\u0000y\",\"b\":\"z\"}", "", false, true },
	{ "{\"a\":\"x\\u0000y\",\"b\":\"z\"}", "a", false, true },
	{ "{\"a\":\"x\\u0000y\",\"b\":\"z\"}", "b", false, false },
	{ "{\"a\":\"x\\\\u0000y\"}", "", false, false }, /* a backslash, then text */
	{ "{\"a\":\"x\\\\\\u0000y\"}", "", false, true },
	{ "{\"a\":\"\\u00001\"}", "", false, true },
	{ "{\"a\":\"\\u0001\"}", "", false, false },
	{ "{\"a\\u0000\":1}", "", false, true },
};

static void test_what_cannot_be_edited_is_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(marked_cases); i++) {
		struct json_doc doc;
		const char *document = marked_cases[i].document;
		assert_true(json_doc_parse(&doc, document, strlen(document), NULL));
		const cJSON *item = node_at(doc.root, marked_cases[i].path);
		assert_int_equal(json_has_duplicate_keys(item), marked_cases[i].duplicate);
		assert_int_equal(json_has_nul(&doc, item), marked_cases[i].nul);
		json_doc_release(&doc);
	}
}

static void test_look_ups_that_find_nothing(void **state)
{
	(void)state;
	struct json_doc doc;
	assert_true(json_doc_parse(&doc, "{\"a\":[1]}", 9, NULL));
	assert_null(json_member(NULL, "a"));
	assert_null(json_member(doc.root, "A"));
	assert_null(json_member(json_member(doc.root, "a"), "a"));
	assert_null(json_text(NULL));
	assert_false(json_has_duplicate_keys(NULL));
	json_doc_release(&doc);
	json_doc_release(&doc);
}

static const struct {
	const char *text, *json;
} string_cases[] = {
	{ "", "\"\"" },
	{ "sip.example.com", "\"sip.example.com\"" },
	{ "a\"b\\c/d", "\"a\\\"b\\\\c/d\"" },
	{ "\x01\x1f\n\x7f", "\"\\u0001\\u001f\\u000a\\u007f\"" },
	{ "b\xc3\xbc", "\"b\\u00fc\"" },
	{ "\xf0\x9f\x98\x80", "\"\\ud83d\\ude00\"" },
	{ "\xe2\x80\xae", "\"\\u202e\"" },
	{ "a\xff"
	  "b",
	  "\"a\\ufffdb\"" },
};

/* Written text is plain ASCII and reads back as what it was. */
static void test_strings_round_trip(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(string_cases); i++) {
		struct json_doc doc;
		struct str out;
		const char *text = string_cases[i].text;
		str_init(&out);
		json_write_string(&out, text);
		assert_string_equal(out.bytes, string_cases[i].json);
		assert_true(json_doc_parse(&doc, out.bytes, out.length, NULL));
		if (text_utf8_valid(text, strlen(text)))
			assert_string_equal(json_text(doc.root), text);
		json_doc_release(&doc);
		str_clear(&out);
		json_write_utf8(&out, text); /* beyond ASCII as it is */
		if (text_utf8_valid(text, strlen(text))) {
			assert_true(json_doc_parse(&doc, out.bytes, out.length, NULL));
			assert_string_equal(json_text(doc.root), text);
			json_doc_release(&doc);
		}
		str_release(&out);
	}
}

static const struct {
	const char *json, *ascii, *pretty;
} layout_cases[] = {
	{ "{}", "{}", "{}" },
	{ " [ ] ", " [ ] ", "[]" },
	{ "{\"a\":[{}, [ ],1]}", "{\"a\":[{}, [ ],1]}",
	  "{\n  \"a\": [\n    {},\n    [],\n    1\n  ]\n}" },
	{ "{\"\xc3\xbc\":\"\xf0\x9f\x98\x80\x7f\",\"n\":1e400}",
	  "{\"\\u00fc\":\"\\ud83d\\ude00\\u007f\",\"n\":1e400}",
	  "{\n  \"\xc3\xbc\": \"\xf0\x9f\x98\x80\x7f\",\n  \"n\": 1e400\n}" },
	{ "{ \"a,b\" : \"{\\\"[ :\" , \"n\":9007199254740993 }",
	  "{ \"a,b\" : \"{\\\"[ :\" , \"n\":9007199254740993 }",
	  "{\n  \"a,b\": \"{\\\"[ :\",\n  \"n\": 9007199254740993\n}" },
	{ "true", "true", "true" },
};

static void test_layouts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(layout_cases); i++) {
		const char *json = layout_cases[i].json;
		struct str ascii, pretty, again;
		str_init(&ascii);
		str_init(&pretty);
		str_init(&again);
		json_write_ascii(&ascii, json, strlen(json));
		assert_string_equal(ascii.bytes, layout_cases[i].ascii);
		json_write_pretty(&pretty, json, strlen(json));
		assert_string_equal(pretty.bytes, layout_cases[i].pretty);
		json_write_pretty(&again, pretty.bytes, pretty.length);
		assert_string_equal(again.bytes, pretty.bytes);
		str_release(&ascii);
		str_release(&pretty);
		str_release(&again);
	}
}

/* Damages good documents at random: whatever comes of it, nothing is read out of bounds, and what
 * is taken has slices within the document. */
static void slices_check(const struct json_doc *doc, const cJSON *item)
{
	struct json_slice slice = json_slice(doc, item);
	assert_true(slice.bytes >= doc->bytes && slice.length > 0);
	assert_true(slice.bytes + slice.length <= doc->bytes + doc->length);
	struct json_doc part;
	assert_true(json_doc_parse(&part, slice.bytes, slice.length, NULL));
	json_doc_release(&part);
	for (const cJSON *child = item->child; child != NULL; child = child->next)
		slices_check(doc, child);
}

static void test_damaged_documents(void **state)
{
	(void)state;
	static const char good[] = "\xef\xbb\xbf{\"a\":{\"b\":[1,{},\"x\\\\\"]},\"c\":-2.5e1 ,"
				   "\"d\":[true,null,\"\\u00e4\"]}";
	static const char pool[] = "{}[]\":,\\ \t\n\x01\x0b"
				   "01-.etn\xef\xbb\xbf\xc3\xa4";
	uint32_t random = 7;
	unsigned taken = 0;
	for (int round = 0; round < 50000; round++) {
		char *bytes = mem_text_n(good, sizeof good - 1);
		for (int edit = 0; edit < 3; edit++) {
			random = random * 1664525U + 1013904223U;
			bytes[(random >> 8) % (sizeof good - 1)] =
				pool[(random >> 20) % (sizeof pool - 1)];
		}
		struct json_doc doc;
		if (json_doc_parse(&doc, bytes, sizeof good - 1, NULL)) {
			slices_check(&doc, doc.root);
			taken++;
		}
		json_doc_release(&doc);
		free(bytes);
	}
	assert_true(taken > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slices_byte_for_byte),
		cmocka_unit_test(test_refused_with_a_sentence),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_what_cannot_be_edited_is_known),
		cmocka_unit_test(test_look_ups_that_find_nothing),
		cmocka_unit_test(test_strings_round_trip),
		cmocka_unit_test(test_layouts),
		cmocka_unit_test(test_damaged_documents),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
