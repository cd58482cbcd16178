/* Saved numbers: what may be saved, and that it comes back. */
#include "store/numbers.h"

#include "base/mem.h"
#include "base/str.h"
#include "tests/support/numbers_home.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define URL "https://waba-v2.360dialog.io"
#define LABEL_64 "0123456789012345678901234567890123456789012345678901234567890123"
#define UMLAUTS_16 "ääääääääääääääää"

static const struct {
	const char *typed;
	const char *normal; /* NULL: no E.164 number */
} PHONES[] = {
	{ "+49 30 123456", "+4930123456" },
	{ "  +49-30-123.456 ", "+4930123456" },
	{ "0049 30/123456", "+4930123456" },
	{ "+1 (202) 555-0101", "+12025550101" },
	{ "+49 (0)30 123456", "+4930123456" },
	{ "+1234567", "+1234567" },
	{ "+123456789012345", "+123456789012345" },
	{ "+1234567890123456", NULL }, /* 16 digits */
	{ "+123456", NULL },	       /* 6 digits */
	{ "+049 30 123456", NULL },    /* no country code begins with 0 */
	{ "030 123456", NULL },
	{ "4930123456", NULL }, /* national or international: cannot be told */
	{ "+49 30 123456x", NULL },
	{ "+49+30123456", NULL },
	{ "++4930123456", NULL },
	{ "+", NULL },
	{ "", NULL },
	{ "+49 30 12345６", NULL }, /* a full-width digit */
};

static void test_phone_numbers(void **state)
{
	(void)state;
	struct str out;
	str_init(&out);
	for (size_t i = 0; i < ARRAY_LENGTH(PHONES); i++) {
		bool is_right = phone_number_normalise(PHONES[i].typed, &out);
		if (is_right != (PHONES[i].normal != NULL))
			fail_msg("\"%s\": %d", PHONES[i].typed, is_right);
		if (is_right)
			assert_string_equal(out.bytes, PHONES[i].normal);
	}
	str_release(&out);
	assert_string_equal(phone_number_digits("+4930123456"), "4930123456");
	assert_string_equal(phone_number_digits("4930123456"), "4930123456");
}

/* In order on one list that holds "Acme Support". */
static const struct {
	struct number wanted;
	const char *field; /* NULL: it is taken */
	const char *sentence;
} ADDED[] = {
	{ { .label = "Globex",
	    .phone_number = "+49 30 123456",
	    .api_url = URL "/",
	    .tags = " berlin,  vip ,",
	    .note = " south " },
	  NULL,
	  NULL },
	{ { .label = "  Initech\t", .api_url = " " URL "//" }, NULL, NULL },
	{ { .label = "No phone", .phone_number = "  ", .api_url = URL, .tags = " , ", .note = "" },
	  NULL,
	  NULL },
	{ { .label = LABEL_64, .api_url = URL }, NULL, NULL },
	{ { .label = UMLAUTS_16 UMLAUTS_16 UMLAUTS_16 UMLAUTS_16, .api_url = URL }, NULL, NULL },
	{ { .label = "ACME support", .api_url = URL }, "label", "already a number named" },
	{ { .label = " acme Support ", .api_url = URL }, "label", "already a number named" },
	{ { .label = "", .api_url = URL }, "label", "empty" },
	{ { .label = " \t", .api_url = URL }, "label", "empty" },
	{ { .label = NULL, .api_url = URL }, "label", "empty" },
	{ { .label = LABEL_64 "5", .api_url = URL }, "label", "longer than 64" },
	{ { .label = "a\x1b[31m", .api_url = URL }, "label", "control" },
	{ { .label = "a\nb", .api_url = URL }, "label", "control" },
	{ { .label = "a\xc2\x9b", .api_url = URL }, "label", "control" },
	{ { .label = "a\xff", .api_url = URL }, "label", "control" },
	{ { .label = "x", .phone_number = "030 123456", .api_url = URL },
	  "phone_number",
	  "international" },
	{ { .label = "x", .api_url = "" }, "api_url", "empty" },
	{ { .label = "x", .api_url = "/" }, "api_url", "empty" },
	{ { .label = "x", .api_url = NULL }, "api_url", "empty" },
	{ { .label = "x", .api_url = URL "\r\nX: y" }, "api_url", "control" },
	{ { .label = "x", .api_url = URL, .note = "a\x07" }, "note", "control" },
	{ { .label = "x", .api_url = URL, .tags = "a \x07" }, "tags", "control" },
	{ { .label = "x", .api_url = URL, .tags = LABEL_64 " " LABEL_64 " " LABEL_64 " " LABEL_64 },
	  "tags",
	  "longer than 200" },
	{ { .label = "x", .api_url = URL, .key_source = { .kind = KEY_SOURCE_COMMAND } },
	  "command",
	  "empty" },
};

static void assert_added(const struct numbers *numbers)
{
	assert_string_equal(numbers->items[1].phone_number, "+4930123456");
	assert_string_equal(numbers->items[1].note, "south");
	assert_string_equal(numbers->items[1].tags, "berlin vip");
	assert_string_equal(numbers->items[2].label, "Initech");
	assert_null(numbers->items[3].phone_number);
	assert_null(numbers->items[3].tags);
	assert_null(numbers->items[3].note);
	assert_ptr_equal(numbers_find(numbers, "gLOBEX"), &numbers->items[1]);
	assert_null(numbers_find(numbers, "Globe"));
	assert_ptr_equal(numbers_find_id(numbers, numbers->items[4].id), &numbers->items[4]);
	assert_null(numbers_find_id(numbers, "0"));
}

static void test_add(void **state)
{
	(void)state;
	struct numbers numbers;
	struct err err;
	const struct number acme = { .label = "Acme Support", .api_url = URL };
	numbers_init(&numbers);
	assert_true(numbers_add(&numbers, &acme, 1, NULL, &err));
	for (size_t i = 0; i < ARRAY_LENGTH(ADDED); i++) {
		size_t count = numbers.count;
		const char *id = NULL;
		err_init(&err);
		bool is_judged_well = numbers_judge(&numbers, &ADDED[i].wanted, NULL, &err);
		bool is_taken = numbers_add(&numbers, &ADDED[i].wanted, 1, &id, &err);
		if (is_taken != (ADDED[i].field == NULL) || is_taken != is_judged_well)
			fail_msg("row %zu: %d, %d", i, is_taken, is_judged_well);
		assert_int_equal(numbers.count, count + is_taken);
		if (is_taken) {
			assert_string_equal(numbers.items[count].api_url, URL);
			assert_ptr_equal(id, numbers.items[count].id);
			assert_int_equal(strlen(id), NUMBER_ID_LENGTH);
			continue;
		}
		assert_int_equal(err.kind, ERR_INPUT);
		assert_string_equal(err.field, ADDED[i].field);
		assert_non_null(strstr(err.sentence, ADDED[i].sentence));
		assert_true(err.next_step[0] != '\0');
	}
	assert_added(&numbers);
	numbers_release(&numbers);
}

/* All or none; an id that is given is kept, and none is given twice. */
static void test_add_several(void **state)
{
	(void)state;
	static const struct number good[] = {
		{ .id = "00000000000000aa", .label = "A", .api_url = URL },
		{ .label = "B", .api_url = URL },
	};
	static const struct number label_twice[] = {
		{ .label = "C", .api_url = URL },
		{ .label = "c", .api_url = URL },
	};
	static const struct number id_twice = { .id = "00000000000000aa",
						.label = "D",
						.api_url = URL };
	struct numbers numbers;
	struct err err;
	const char *ids[2];
	numbers_init(&numbers);
	assert_true(numbers_add(&numbers, good, 2, ids, &err));
	assert_string_equal(ids[0], good[0].id);
	assert_ptr_equal(numbers_find(&numbers, "B"), numbers_find_id(&numbers, ids[1]));
	assert_false(numbers_add(&numbers, label_twice, 2, NULL, &err));
	assert_string_equal(err.field, "label");
	assert_false(numbers_add(&numbers, &id_twice, 1, NULL, &err));
	assert_int_equal(err.kind, ERR_CONFLICT);
	assert_true(numbers_add(&numbers, NULL, 0, NULL, &err));
	assert_int_equal(numbers.count, 2);
	numbers_release(&numbers);
}

/* By label first, else by phone number, however it is written. */
static void test_named(void **state)
{
	(void)state;
	static const struct number list[] = {
		{ .label = "Acme", .phone_number = "+49 30 123456", .api_url = URL },
		{ .label = "4930777777", .phone_number = "+49 30 888888", .api_url = URL },
		{ .label = "Twin 1", .phone_number = "+49 30 777777", .api_url = URL },
		{ .label = "Triplet 1", .phone_number = "+49 30 999999", .api_url = URL },
		{ .label = "Triplet 2", .phone_number = "+49 30 999999", .api_url = URL },
	};
	static const struct {
		const char *name;
		int index; /* -1: none is meant */
		const char *sentence;
	} cases[] = {
		{ "acme", 0, NULL },
		{ "+4930123456", 0, NULL },
		{ "4930123456", 0, NULL },
		{ "+49 (0)30 123-456", 0, NULL },
		{ "4930777777", 1, NULL }, /* it is a label, too */
		{ "+4930777777", 2, NULL },
		{ "Triplet 2", 4, NULL },
		{ "4930999999", -1, "More than one" },
		{ "Acm", -1, "no saved number named “Acm”" },
		{ "", -1, "no saved number" },
		{ "30123456", -1, "no saved number" },
	};
	struct numbers numbers;
	struct err err;
	numbers_init(&numbers);
	assert_true(numbers_add(&numbers, list, ARRAY_LENGTH(list), NULL, &err));
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const struct number *named = numbers_named(&numbers, cases[i].name, &err);
		const struct number *expected =
			cases[i].index < 0 ? NULL : &numbers.items[cases[i].index];
		if (named != expected)
			fail_msg("\"%s\" means %s", cases[i].name,
				 named == NULL ? "none" : named->label);
		if (named != NULL)
			continue;
		assert_int_equal(err.kind, ERR_INPUT);
		assert_non_null(strstr(err.sentence, cases[i].sentence));
	}
	numbers_release(&numbers);
}

static void assert_round_trip(const struct numbers *numbers)
{
	const struct number *third = &numbers->items[2];
	assert_int_equal(numbers->count, 5);
	assert_string_equal(numbers->items[0].label, "Zürich \"1\"");
	assert_string_equal(third->label, "Zürich \"3\"");
	assert_string_equal(third->phone_number, "+4930123456");
	assert_string_equal(third->note, "a\\b \xf0\x9f\x98\x80");
	assert_string_equal(third->tags, "berlin ost vip");
	assert_true(third->is_read_only);
	assert_int_equal(third->key_source.kind, KEY_SOURCE_COMMAND);
	assert_string_equal(third->key_source.command[2], "my \"key\"");
	assert_null(third->key_source.command[3]);
	assert_string_equal(numbers->items[4].label, "Last");
	assert_null(numbers->items[4].phone_number);
	assert_int_equal(numbers->items[4].key_source.kind, KEY_SOURCE_VAULT);
	assert_false(numbers->items[4].is_read_only);
}

static void numbers_make(struct numbers *numbers)
{
	char *words[] = { "pass", "show", "my \"key\"", NULL };
	struct number wanted = {
		.phone_number = "+49 30 123456",
		.api_url = URL,
		.tags = "berlin ost vip",
		.note = "a\\b \xf0\x9f\x98\x80",
		.key_source = { KEY_SOURCE_COMMAND, words },
		.is_read_only = true,
	};
	const struct number last = { .label = "Last",
				     .api_url = URL,
				     .key_source = { .kind = KEY_SOURCE_VAULT } };
	struct err err;
	for (int i = 0; i < 5; i++) {
		wanted.label = mem_format("Zürich \"%d\"", i);
		assert_true(numbers_add(numbers, &wanted, 1, NULL, &err));
		free(wanted.label);
	}
	assert_true(numbers_remove(numbers, numbers->items[0].id, &err));
	assert_true(numbers_add(numbers, &last, 1, NULL, &err));
}

static void test_round_trip(void **state)
{
	(void)state;
	struct numbers_home home;
	struct numbers numbers;
	struct err err;
	struct stat status;
	numbers_home_make(&home);
	numbers_init(&numbers);
	numbers_home_load(&numbers); /* nothing there yet: an empty list */
	assert_int_equal(numbers.count, 0);
	mode_t mask = umask(0);
	numbers_make(&numbers);
	(void)umask(mask);
	assert_int_equal(stat(home.file, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_equal(stat(home.sipdesk, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0700);
	assert_true(
		numbers_home_has(&home, "\"label\": \"Zürich \\\"3\\\"\"")); /* as people read it */
	assert_round_trip(&numbers); /* it is what was read back under the lock, and the last one */

	numbers_home_load(&numbers);
	assert_round_trip(&numbers);
	char *first = numbers_home_text(&home);
	assert_true(numbers_remove(&numbers, "no such id", &err));
	char *second = numbers_home_text(&home);
	assert_string_equal(first, second);
	assert_round_trip(&numbers);
	free(first);
	free(second);
	numbers_release(&numbers);
	numbers_home_remove(&home);
}

/* Members of a newer or another program survive, digit for digit, at the number they were at. */
static void test_unknown_members(void **state)
{
	(void)state;
	static const char before[] =
		"{\"theme\":{\"name\":\"dark\"},\"schema\":1,\"numbers\":["
		"{\"label\":\"A\",\"api_url\":\"" URL "\",\"colour\":\"red\"},"
		"{\"key_in\":[\"pass\",\"show\"],\"l\\u0061bel\":\"\\u0042\",\"phone_number\":"
		"\"+49 30 123456\",\"api_url\":\"" URL
		"/\",\"code\":9007199254740993,\"note\":null}],\"last\":1e400}";
	static const char *const kept[] = {
		"\"theme\": {",
		"\"name\": \"dark\"",
		"\"last\": 1e400",
		"\"code\": 9007199254740993",
		"\"pass\"",
		"\"label\": \"C\"",
		"\"phone_number\": \"+4930123456\"",
	};
	struct numbers_home home;
	struct numbers numbers;
	struct err err;
	numbers_home_make(&home);
	numbers_home_put(&home, before);
	numbers_init(&numbers);
	numbers_home_load(&numbers);
	assert_int_equal(numbers.count, 2);
	assert_string_equal(numbers.items[1].phone_number, "+4930123456");
	assert_true(numbers_remove(&numbers, numbers.items[0].id, &err));
	struct number wanted;
	number_copy(&wanted, &numbers.items[0]);
	mem_text_set(&wanted.note, "kept");
	assert_true(numbers_replace(&numbers, wanted.id, &wanted, &err));
	mem_text_set(&wanted.label, "C");
	mem_text_set(&wanted.id, NULL);
	assert_true(numbers_add(&numbers, &wanted, 1, NULL, &err));
	for (size_t i = 0; i < ARRAY_LENGTH(kept); i++)
		if (!numbers_home_has(&home, kept[i]))
			fail_msg("%s is lost in %s", kept[i], numbers_home_text(&home));
	assert_false(numbers_home_has(&home, "colour")); /* it went with its number */
	numbers_home_load(&numbers);
	assert_string_equal(numbers.items[0].label, "B");
	assert_string_equal(numbers.items[0].note, "kept");
	assert_null(numbers.items[1].others); /* a new number is no copy of another program's */
	number_release(&wanted);
	numbers_release(&numbers);
	numbers_home_remove(&home);
}

/* Without an id in the file a number has the same in each session, until a change writes it down;
 * a rename does not change it. */
static void test_ids(void **state)
{
	(void)state;
	static const char by_hand[] =
		"{\"schema\":1,\"numbers\":[{\"label\":\"A\",\"api_url\":\"x\"},"
		"{\"label\":\"B\",\"api_url\":\"x\",\"id\":\"00000000000000aa\"}]}";
	struct numbers_home home;
	struct numbers one, two;
	struct err err;
	numbers_home_make(&home);
	numbers_home_put(&home, by_hand);
	numbers_init(&one);
	numbers_init(&two);
	numbers_home_load(&one);
	numbers_home_load(&two);
	assert_string_equal(one.items[0].id, two.items[0].id);
	assert_int_equal(strlen(one.items[0].id), NUMBER_ID_LENGTH);
	assert_string_equal(one.items[1].id, "00000000000000aa");

	struct number wanted = { .label = "Renamed", .api_url = "x" };
	assert_true(numbers_replace(&one, one.items[0].id, &wanted, &err));
	wanted.label = "A"; /* whose id would be that of the renamed one */
	assert_true(numbers_add(&one, &wanted, 1, NULL, &err));
	numbers_home_load(&two);
	assert_string_equal(two.items[0].label, "Renamed");
	assert_string_equal(two.items[0].id, one.items[0].id);
	assert_string_not_equal(two.items[2].id, two.items[0].id);

	char *clash = mem_format("{\"schema\":1,\"numbers\":[{\"label\":\"A\",\"api_url\":\"x\"},"
				 "{\"label\":\"B\",\"api_url\":\"x\",\"id\":\"%s\"}]}",
				 two.items[0].id);
	numbers_home_put(&home, clash);
	numbers_home_load(&two);
	assert_string_not_equal(two.items[0].id, two.items[1].id);
	free(clash);
	numbers_release(&one);
	numbers_release(&two);
	numbers_home_remove(&home);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_phone_numbers), cmocka_unit_test(test_add),
		cmocka_unit_test(test_add_several),   cmocka_unit_test(test_named),
		cmocka_unit_test(test_round_trip),    cmocka_unit_test(test_unknown_members),
		cmocka_unit_test(test_ids),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
