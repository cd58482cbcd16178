/* The file of saved numbers: what is refused, and that nothing damaged is ever overwritten. */
#include "store/numbers.h"

#include "base/file.h"
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
#include <unistd.h>

#include <cmocka.h>

#define URL "https://waba-v2.360dialog.io"

#define NUMBER(members) "{\"schema\":1,\"numbers\":[{" members "}]}"
#define GOOD "\"label\":\"A\",\"api_url\":\"x\""

static const struct {
	const char *text;
	const char *sentence;
} DAMAGED[] = {
	{ "", "no list of numbers" },
	{ "\xef\xbb\xbf", "no list of numbers" },
	{ "{\"schema\":1,\"numbers\":[", "damaged or cut short at byte" },
	{ "{\"schema\":1,\"numbers\":[]", "damaged or cut short at byte" },
	{ "{\"schema\":1,\"numbers\":[],}", "damaged or cut short at byte" },
	{ "{\"schema\":1,\"numbers\":[{" GOOD "},]}", "number 2 cannot be used" },
	{ "{\"schema\":1 \"numbers\":[]}", "damaged or cut short at byte" },
	{ "{\"schema\":1,\"numbers\":[]} x", "text after the end" },
	{ "{\"schema\":1,\"numbers\":[],\"x\":[{]}}", "damaged or cut short at byte" },
	{ "{\"schema\":1,\"numbers\":[],\"x\":01}", "damaged or cut short at byte" },
	{ "{\"schema\":1,\"numbers\":[],\"x\":{\"a\":1,\"a\":2}}", "a member twice" },
	{ "{\"schema\":1,\"numbers\":[],\"x\":1,\"\\u0078\":2}", "a member twice" },
	{ "[]", "no list of numbers" },
	{ "{\"numbers\":[]}", "no list of numbers" },
	{ "{\"schema\":1}", "no list of numbers" },
	{ "{\"schema\":1,\"numbers\":{}}", "no list of numbers" },
	{ "{\"schema\":1,\"numbers\":[],\"numbers\":[]}", "a member twice" },
	{ "{\"schema\":1,\"numbers\":[],\"schema\":2}", "a member twice" },
	{ NUMBER("\"label\":\"A\\u0000\",\"api_url\":\"x\""), "damaged or cut short at byte 34" },
	{ NUMBER("\"label\":\"A\xff\",\"api_url\":\"x\""), "damaged or cut short at byte 34" },
	{ NUMBER("\"label\":\"A\\ud800\",\"api_url\":\"x\""), "damaged or cut short at byte 34" },
	{ NUMBER("\"label\":\"A\nB\",\"api_url\":\"x\""), "damaged or cut short at byte 34" },
	{ NUMBER(GOOD ",\"label\":\"B\""), "It has the member label twice." },
	{ NUMBER(GOOD ",\"\\u006cabel\":\"B\""), "It has the member label twice." },
	{ NUMBER(GOOD ",\"x\":1,\"x\":1"), "It has a member twice" },
	{ NUMBER(GOOD ",\"x\":\"\\u0000\""), "damaged or cut short at byte" },
	{ NUMBER(GOOD ",\"x\":[\"\\u0000\"]"), "damaged or cut short at byte" },
	{ "{\"schema\":1,\"numbers\":[7]}", "number 1 cannot be used. It is not an object." },
	{ NUMBER("\"label\":7,\"api_url\":\"x\""), "Its label is not a text." },
	{ NUMBER(GOOD ",\"tags\":\"berlin\""), "Its tags is not a list of texts." },
	{ NUMBER(GOOD ",\"tags\":[7]"), "Its tags is not a list of texts." },
	{ NUMBER(GOOD ",\"read_only\":1"), "Its read_only is not true or false." },
	{ NUMBER(GOOD ",\"key\":\"desk\""), "Its key is not \"ask\", \"vault\" or" },
	{ NUMBER(GOOD ",\"key\":\"command\""), "Its key is not" },
	{ NUMBER(GOOD ",\"key\":{}"), "Its key is not" },
	{ NUMBER(GOOD ",\"key\":{\"command\":\"pass\"}"), "Its key is not" },
	{ NUMBER(GOOD ",\"key\":{\"command\":[\"pass\"],\"shell\":true}"), "Its key is not" },
	{ NUMBER(GOOD ",\"key\":{\"command\":[]}"), "command that prints the key is empty" },
	{ NUMBER(GOOD ",\"key\":{\"command\":[\"a\\nb\"]}"), "control" },
	{ NUMBER(GOOD ",\"id\":\"9f2c\""), "Its id is not a text of 16 hex digits." },
	{ NUMBER(GOOD ",\"id\":\"9F2C9F2C9F2C9F2C\""), "Its id is not" },
	{ "{\"schema\":1,\"numbers\":[{" GOOD "},{\"label\":\"B\"}]}",
	  "number 2 cannot be used. The API URL is empty." },
	{ "{\"schema\":1,\"numbers\":[{\"label\":\"Acme\",\"api_url\":\"x\"},"
	  "{\"label\":\"B\",\"api_url\":\"x\"},{\"label\":\"aCME\",\"api_url\":\"x\"}]}",
	  "already a number named" },
	{ "{\"schema\":1,\"numbers\":[{" GOOD ",\"id\":\"00000000000000aa\"},"
	  "{\"label\":\"B\",\"api_url\":\"x\",\"id\":\"00000000000000aa\"}]}",
	  "two numbers have the id 00000000000000aa" },
};

/* The list is empty; the first change keeps the damaged file beside, byte for byte, and says where.
 */
static void test_damaged(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(DAMAGED); i++) {
		static const struct number wanted = { .label = "New", .api_url = URL };
		struct numbers_home home;
		struct numbers numbers;
		struct err err;
		struct str kept;
		err_init(&err);
		str_init(&kept);
		numbers_init(&numbers);
		numbers_home_make(&home);
		numbers_home_put(&home, DAMAGED[i].text);
		assert_false(numbers_load(&numbers, &err));
		assert_int_equal(err.kind, ERR_INPUT);
		if (strstr(err.sentence, DAMAGED[i].sentence) == NULL)
			fail_msg("%s: %s", DAMAGED[i].text, err.sentence);
		assert_non_null(strstr(err.next_step, home.file));
		assert_int_equal(numbers.count, 0);
		assert_null(numbers.set_aside);

		assert_true(numbers_add(&numbers, &wanted, 1, NULL, &err));
		assert_non_null(strstr(numbers.set_aside, "/numbers.json.damaged-20"));
		assert_true(file_read(numbers.set_aside, NUMBERS_FILE_MAX, &kept, &err));
		assert_string_equal(kept.bytes, DAMAGED[i].text);
		numbers_home_load(&numbers);
		assert_int_equal(numbers.count, 1);
		str_release(&kept);
		numbers_release(&numbers);
		numbers_home_remove(&home);
	}
}

/* It was written by a newer sipdesk: it is neither read nor set aside. */
static void test_newer_schema(void **state)
{
	(void)state;
	static const struct {
		const char *text, *sentence;
	} cases[] = {
		{ "{\"schema\":2,\"numbers\":[]}", "the schema 2" },
		{ "{\"numbers\":{\"a\":[]},\"schema\":17}", "the schema 17" },
		{ "{\"schema\":\"1\",\"numbers\":[]}", "the schema \"1\"" },
	};
	static const struct number wanted = { .label = "New", .api_url = URL };
	struct numbers_home home;
	numbers_home_make(&home);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct numbers numbers;
		struct err err;
		numbers_init(&numbers);
		numbers_home_put(&home, cases[i].text);
		assert_false(numbers_load(&numbers, &err));
		assert_int_equal(err.kind, ERR_CONFIG);
		assert_non_null(strstr(err.sentence, cases[i].sentence));
		assert_non_null(strstr(err.next_step, home.file));
		assert_false(numbers_add(&numbers, &wanted, 1, NULL, &err));
		assert_true(numbers_kept_in_memory(&err));
		assert_true(numbers.items[0].is_of_session);
		char *after = numbers_home_text(&home);
		assert_string_equal(after, cases[i].text);
		free(after);
		numbers_release(&numbers);
	}
	numbers_home_remove(&home);
}

static void test_modes(void **state)
{
	(void)state;
	static const struct {
		mode_t folder, file;
		const char *command; /* NULL: it is read */
		bool names_file;
	} cases[] = {
		{ 0700, 0600, NULL, false },	   { 0700, 0400, NULL, false },
		{ 0700, 0640, "chmod 600", true }, { 0700, 0604, "chmod 600", true },
		{ 0700, 0620, "chmod 600", true }, { 0755, 0600, "chmod 700", false },
	};
	struct numbers_home home;
	numbers_home_make(&home);
	numbers_home_put(&home, "{\"schema\":1,\"numbers\":[]}");
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct numbers numbers;
		struct err err;
		err_init(&err);
		numbers_init(&numbers);
		assert_int_equal(chmod(home.file, cases[i].file), 0);
		assert_int_equal(chmod(home.sipdesk, cases[i].folder), 0);
		assert_int_equal(numbers_load(&numbers, &err), cases[i].command == NULL);
		if (cases[i].command != NULL) {
			char *step = mem_format("Run: %s %s", cases[i].command,
						cases[i].names_file ? home.file : home.sipdesk);
			assert_int_equal(err.kind, ERR_FORBIDDEN);
			assert_string_equal(err.next_step, step);
			free(step);
		}
		numbers_release(&numbers);
	}
	numbers_home_remove(&home);
}

static void test_folder(void **state)
{
	(void)state;
	struct numbers_home home;
	numbers_home_make(&home);
	char *config = mem_format("%s/it's here", home.folder);
	char *dot_config = mem_format("%s/.config/sipdesk/numbers.json", home.folder);
	char *own = mem_format("%s/sipdesk/numbers.json", config);
	const struct {
		const char *config, *home, *path; /* path NULL: ERR_CONFIG */
	} cases[] = {
		{ config, home.folder, own },
		{ NULL, home.folder, dot_config },
		{ "relative", home.folder, dot_config },
		{ "", home.folder, dot_config },
		{ NULL, NULL, NULL },
	};
	char *kept_home = mem_text(getenv("HOME"));
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct numbers numbers;
		struct err err;
		numbers_init(&numbers);
		(void)unsetenv("XDG_CONFIG_HOME");
		(void)unsetenv("HOME");
		if (cases[i].config != NULL)
			(void)setenv("XDG_CONFIG_HOME", cases[i].config, 1);
		if (cases[i].home != NULL)
			(void)setenv("HOME", cases[i].home, 1);
		assert_int_equal(numbers_load(&numbers, &err), cases[i].path != NULL);
		if (cases[i].path == NULL)
			assert_int_equal(err.kind, ERR_CONFIG);
		else
			assert_string_equal(numbers.path, cases[i].path);
		numbers_release(&numbers);
	}
	if (kept_home != NULL)
		(void)setenv("HOME", kept_home, 1);
	free(kept_home);
	free(config);
	free(dot_config);
	free(own);
	numbers_home_remove(&home);
}

/* The command to copy stays one command in a folder with blanks and quotes. */
static void test_command_quoted(void **state)
{
	(void)state;
	struct numbers_home home;
	numbers_home_make(&home);
	char *config = mem_format("%s/it's", home.folder);
	char *sipdesk = mem_format("%s/sipdesk", config);
	char *step = mem_format("Run: chmod 700 '%s/it'\\''s/sipdesk'", home.folder);
	struct numbers numbers;
	struct err err;
	numbers_init(&numbers);
	assert_int_equal(setenv("XDG_CONFIG_HOME", config, 1), 0);
	assert_true(file_folder_make(sipdesk, &err));
	assert_int_equal(chmod(sipdesk, 0755), 0);
	assert_false(numbers_load(&numbers, &err));
	assert_string_equal(err.next_step, step);
	free(config);
	free(sipdesk);
	free(step);
	numbers_release(&numbers);
	numbers_home_remove(&home);
}

static void test_many(void **state)
{
	(void)state;
	enum { MANY = 20000 };
	static const struct number last = { .label = "Last", .api_url = URL };
	struct numbers_home home;
	struct str text;
	struct err err;
	numbers_home_make(&home);
	str_init(&text);
	str_add(&text, "{\"schema\":1,\"numbers\":[");
	for (int i = 0; i < MANY; i++)
		str_addf(&text, "%s{\"label\":\"Number %d\",\"api_url\":\"" URL "\",\"x\":[%d]}",
			 i == 0 ? "" : ",", i, i);
	str_add(&text, "]}");
	numbers_home_put(&home, text.bytes);
	struct numbers numbers;
	numbers_init(&numbers);
	numbers_home_load(&numbers);
	assert_int_equal(numbers.count, MANY);
	assert_true(numbers_add(&numbers, &last, 1, NULL, &err));
	numbers_home_load(&numbers);
	assert_int_equal(numbers.count, MANY + 1);
	assert_string_equal(numbers.items[MANY - 1].label, "Number 19999");
	assert_non_null(strstr(numbers.items[MANY - 1].others, "19999"));
	numbers_release(&numbers);
	str_release(&text);
	numbers_home_remove(&home);
}

/* More than is read again is not written. */
static void test_too_many(void **state)
{
	(void)state;
	enum { MANY = 9000 };
	struct numbers_home home;
	struct numbers numbers;
	struct err err;
	char note[NUMBER_NOTE_MAX + 1];
	struct number *wanted = mem_alloc(MANY, sizeof *wanted);
	memset(note, 'n', NUMBER_NOTE_MAX);
	note[NUMBER_NOTE_MAX] = '\0';
	for (int i = 0; i < MANY; i++)
		wanted[i] = (struct number) { .label = mem_format("%d", i),
					      .api_url = URL,
					      .note = note };
	numbers_home_make(&home);
	numbers_init(&numbers);
	numbers_home_load(&numbers);
	assert_true(numbers_add(&numbers, wanted, MANY / 2, NULL, &err));
	assert_false(numbers_add(&numbers, wanted + MANY / 2, MANY / 2, NULL, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_non_null(strstr(err.sentence, "larger than 8 MiB"));
	assert_int_equal(numbers.count, MANY / 2);
	numbers_home_load(&numbers);
	assert_int_equal(numbers.count, MANY / 2);
	for (int i = 0; i < MANY; i++)
		free(wanted[i].label);
	free(wanted);
	numbers_release(&numbers);
	numbers_home_remove(&home);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_damaged),	 cmocka_unit_test(test_newer_schema),
		cmocka_unit_test(test_modes),	 cmocka_unit_test(test_folder),
		cmocka_unit_test(test_many),	 cmocka_unit_test(test_command_quoted),
		cmocka_unit_test(test_too_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
