/* Numbers from a table: what spreadsheets write, and what is said of a table that cannot be used.
 */
#include "store/numbers_csv.h"

#include "base/mem.h"
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define URL "https://waba-v2.360dialog.io"

static bool address_judge(const char *api_url, struct err *err)
{
	return text_starts_with(api_url, "https://") ||
	       err_set(err, ERR_INPUT, "It is no https:// address.");
}

/* The list has "Saved" already. */
static bool table_read(struct numbers_csv *csv, const char *text, size_t length, struct err *err)
{
	static struct number saved = { .label = "Saved" };
	const struct numbers list = { .items = &saved, .count = 1 };
	const struct numbers_csv_rules rules = { &list, URL, address_judge };
	err_init(err);
	return numbers_csv_read(csv, text, length, &rules, err);
}

/* "label|phone|url|key|tags|note|read-only" and a line end for each. */
static void numbers_join(const struct numbers_csv *csv, struct str *out)
{
	str_init(out);
	for (size_t i = 0; i < csv->count; i++) {
		const struct number *number = &csv->items[i];
		str_addf(out, "%s|%s|%s|%s", number->label,
			 number->phone_number == NULL ? "-" : number->phone_number,
			 text_equal(number->api_url, URL) ? "360" : number->api_url,
			 key_source_word(number->key_source.kind));
		if (number->key_source.command != NULL) {
			str_add_char(out, ':');
			key_command_write(number->key_source.command, out);
		}
		str_addf(out, "|%s|%s|%s\n", number->tags == NULL ? "-" : number->tags,
			 number->note == NULL ? "-" : number->note,
			 number->is_read_only ? "read-only" : "writable");
	}
}

static const struct {
	const char *table, *numbers;
} GOOD[] = {
	{ "label\nAcme\n", "Acme|-|360|ask|-|-|writable\n" },
	{ "label\r\nAcme\r\nGlobex",
	  "Acme|-|360|ask|-|-|writable\nGlobex|-|360|ask|-|-|writable\n" },
	{ "\xef\xbb\xbflabel;phone_number\r\nAcme;+49 30 123456\r\n",
	  "Acme|+4930123456|360|ask|-|-|writable\n" },
	{ "note\tLABEL\tKey\nsouth, east\tAcme\tvault\n",
	  "Acme|-|360|vault|-|south, east|writable\n" },
	{ "label,phone_number,api_url,key,tags,note,read_only\n"
	  "Acme,+4930123456,https://a.example/,command:pass show 'a b',\"berlin, vip\",\"a "
	  "\"\"b\"\"\","
	  "yes\n"
	  "Globex,,,ask,,,no\n",
	  "Acme|+4930123456|https://a.example|command:pass show 'a b'|berlin vip|a "
	  "\"b\"|read-only\n"
	  "Globex|-|360|ask|-|-|writable\n" },
	{ "\"label\",\"Phone Number\",\"Read-Only\"\n\"Acme, Inc.\",\"\",X\n",
	  "Acme, Inc.|-|360|ask|-|-|read-only\n" },
	{ "label;note\n\"a;b\";\"c,d\"\n", "a;b|-|360|ask|-|c,d|writable\n" },
	{ "\"la\"\"bel\"\"\"\n", NULL },
	{ "label,,\nAcme,,\n,,\n\nGlobex,,\n\n",
	  "Acme|-|360|ask|-|-|writable\nGlobex|-|360|ask|-|-|writable\n" },
	{ " label , key \nZ\xc3\xbcrich,\n", "Z\xc3\xbcrich|-|360|ask|-|-|writable\n" },
};

static void test_good_tables(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(GOOD); i++) {
		struct numbers_csv csv;
		struct err err;
		struct str numbers;
		bool is_read = table_read(&csv, GOOD[i].table, strlen(GOOD[i].table), &err);
		if (is_read != (GOOD[i].numbers != NULL))
			fail_msg("%s: %s %s", GOOD[i].table, err.sentence,
				 csv.fault_count > 0 ? csv.faults[0].reason : "");
		if (is_read) {
			numbers_join(&csv, &numbers);
			assert_string_equal(numbers.bytes, GOOD[i].numbers);
			str_release(&numbers);
		}
		numbers_csv_release(&csv);
	}
}

static const struct {
	const char *table;
	const char *sentence;
	size_t line;	    /* of the only fault; 0: the whole table is at fault */
	const char *reason; /* at that line */
} BAD[] = {
	{ "", "empty", 0, NULL },
	{ "\xef\xbb\xbf", "empty", 0, NULL },
	{ "label\n", "no numbers", 0, NULL },
	{ "label,phone_number\n,\n", "no numbers", 0, NULL },
	{ "phone_number\n+4930123456\n", "names no column “label”", 0, NULL },
	{ "label,telephone\nAcme,1\n", "“telephone” is not known", 0, NULL },
	{ "label,label\nAcme,1\n", "label stands there twice", 0, NULL },
	{ "label,\"x\nAcme,1\n", "does not name columns", 0, NULL },
	{ "label,api_key\nAcme,planted-key\n", "“api_key” seems to hold keys", 0, NULL },
	{ "label,D360-API-KEY\nAcme,planted-key\n", "“D360-API-KEY” seems to hold keys", 0, NULL },
	{ "label;\"API Key\"\nAcme;planted-key\n", "“API Key” seems to hold keys", 0, NULL },
	{ "label,access token\nAcme,planted-key\n", "seems to hold keys", 0, NULL },
	{ "label,Secret\nAcme,planted-key\n", "seems to hold keys", 0, NULL },
	{ "label\nZ\xfcrich\n", "not text in UTF-8", 0, NULL },
	{ "\xff\xfel", "not text in UTF-8", 0, NULL },
	{ "label,key\nAcme,planted-key\n", "1 of 1 lines", 2, "neither ask nor vault nor" },
	{ "label,key\nAcme,command\n", "1 of 1 lines", 2, "neither ask nor vault nor" },
	{ "label,key\nAcme,command:\n", "1 of 1 lines", 2, "no plain line of words" },
	{ "label,key\nAcme,\"command:a 'b\"\n", "1 of 1 lines", 2, "no plain line of words" },
	{ "label,read_only\nAcme,perhaps\n", "1 of 1 lines", 2, "neither yes nor no" },
	{ "label,phone_number\nAcme,+49 30 123456\nGlobex,4.93E+10\n", "1 of 2 lines", 3,
	  "no international phone number" },
	{ "label,api_url\nAcme,http://a.example\n", "1 of 1 lines", 2, "no https:// address" },
	{ "label\r\n\r\nAcme\r\nacme\r\n", "1 of 2 lines", 4, "already a number named" },
	{ "label\nsaved\n", "1 of 1 lines", 2, "already a number named" },
	{ "label,note\nAcme\n", "1 of 1 lines", 2, "1 values, and the first line names 2" },
	{ "label,note\nAcme,a,b\n", "1 of 1 lines", 2, "3 values, and the first line names 2" },
	{ "label,\nAcme,a\n", "1 of 1 lines", 2, "in a column without a name" },
	{ "label\n\"Ac\nme\"\n", "1 of 1 lines", 2, "control characters" },
	{ "label,note\nA,\"x\ny\"\n,b\n", "2 of 2 lines", 2, "control characters" },
	{ "label\nAcme\n\"Globex\nInitech\n", "1 of 2 lines", 3, "quote that begins there" },
	{ "label\n\"Acme\"x\n", "1 of 1 lines", 2, "text behind a closing quote" },
	{ "label\nAc\"me\n", "1 of 1 lines", 2, "within a value that is not in quotes" },
};

static void test_bad_tables(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(BAD); i++) {
		struct numbers_csv csv;
		struct err err;
		if (table_read(&csv, BAD[i].table, strlen(BAD[i].table), &err))
			fail_msg("%s is taken", BAD[i].table);
		assert_int_equal(err.kind, ERR_INPUT);
		if (strstr(err.sentence, BAD[i].sentence) == NULL)
			fail_msg("%s: %s", BAD[i].table, err.sentence);
		assert_null(strstr(err.sentence, "planted-key"));
		assert_int_equal(csv.count, 0);
		assert_int_equal(csv.fault_count > 0, BAD[i].reason != NULL);
		if (BAD[i].reason != NULL) {
			assert_int_equal(csv.faults[0].line, BAD[i].line);
			assert_null(strstr(csv.faults[0].reason, "planted-key"));
			if (strstr(csv.faults[0].reason, BAD[i].reason) == NULL)
				fail_msg("%s: %s", BAD[i].table, csv.faults[0].reason);
		}
		numbers_csv_release(&csv);
	}
}

static void test_nul(void **state)
{
	(void)state;
	static const char table[] = "label\nAc\0me\n";
	struct numbers_csv csv;
	struct err err;
	assert_false(table_read(&csv, table, sizeof table - 1, &err));
	assert_non_null(strstr(err.sentence, "not text in UTF-8"));
	numbers_csv_release(&csv);
}

/* Lines count as an editor counts them, also behind a value of several. */
static void test_many_faults(void **state)
{
	(void)state;
	struct numbers_csv csv;
	struct err err;
	struct str table;
	str_init(&table);
	str_add(&table, "label,note\n\"a\nb\",\n");
	for (int i = 0; i < 30; i++)
		str_addf(&table, "Number %d,\n,no label\n", i);
	assert_false(table_read(&csv, table.bytes, table.length, &err));
	assert_int_equal(csv.fault_count, 31);
	assert_int_equal(csv.faults[0].line, 2);
	assert_int_equal(csv.faults[1].line, 5);
	assert_int_equal(csv.faults[NUMBERS_CSV_FAULTS_MAX - 1].line, 41);
	assert_non_null(strstr(err.sentence, "31 of 61 lines"));
	numbers_csv_release(&csv);
	str_release(&table);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_tables),
		cmocka_unit_test(test_bad_tables),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_many_faults),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
