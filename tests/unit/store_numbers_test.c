/* Saved numbers: what is kept, what is refused, and that nothing damaged is ever overwritten. */
#include "store/numbers.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define URL "https://waba-v2.360dialog.io"
#define LABEL_64 "0123456789012345678901234567890123456789012345678901234567890123"
#define UMLAUTS_16 "ääääääääääääääää"

/* A configuration folder of its own for one test. */
struct home {
	char folder[64];
	char *sipdesk;
	char *file;
};

static void home_make(struct home *home)
{
	(void)snprintf(home->folder, sizeof home->folder, "/tmp/sipdesk-test-XXXXXX");
	assert_non_null(mkdtemp(home->folder));
	home->sipdesk = mem_format("%s/sipdesk", home->folder);
	home->file = mem_format("%s/numbers.json", home->sipdesk);
	assert_int_equal(setenv("XDG_CONFIG_HOME", home->folder, 1), 0);
}

static void home_remove(struct home *home)
{
	(void)chmod(home->sipdesk, 0700);
	(void)unlink(home->file);
	(void)rmdir(home->sipdesk);
	assert_int_equal(rmdir(home->folder), 0); /* fails where a temporary file was left */
	free(home->sipdesk);
	free(home->file);
}

static void file_put(const struct home *home, const char *text)
{
	struct err err;
	assert_true(file_folder_make(home->sipdesk, &err));
	assert_true(file_write_whole(home->file, text, strlen(text), 0600, &err));
}

static char *file_text(const struct home *home)
{
	struct str text;
	struct err err;
	str_init(&text);
	assert_true(file_read(home->file, NUMBERS_FILE_MAX, &text, &err));
	return str_detach(&text);
}

static void load(struct numbers *numbers)
{
	struct err err;
	err_init(&err);
	if (!numbers_load(numbers, &err))
		fail_msg("%s %s", err.sentence, err.next_step);
	assert_non_null(numbers->path);
}

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
	const char *label, *phone_number, *api_url, *note;
	const char *field; /* NULL: it is taken */
	const char *sentence;
} ADDED[] = {
	{ "Globex", "+49 30 123456", URL "/", " south ", NULL, NULL },
	{ "  Initech\t", NULL, URL "//", NULL, NULL, NULL },
	{ "No phone", "  ", URL, "", NULL, NULL },
	{ LABEL_64, NULL, URL, NULL, NULL, NULL },
	{ UMLAUTS_16 UMLAUTS_16 UMLAUTS_16 UMLAUTS_16, NULL, URL, NULL, NULL, NULL },
	{ "ACME support", NULL, URL, NULL, "label", "already a number labelled" },
	{ " acme Support ", NULL, URL, NULL, "label", "already a number labelled" },
	{ "", NULL, URL, NULL, "label", "empty" },
	{ " \t", NULL, URL, NULL, "label", "empty" },
	{ NULL, NULL, URL, NULL, "label", "empty" },
	{ LABEL_64 "5", NULL, URL, NULL, "label", "longer than 64" },
	{ "a\x1b[31m", NULL, URL, NULL, "label", "control" },
	{ "a\nb", NULL, URL, NULL, "label", "control" },
	{ "a\xc2\x9b", NULL, URL, NULL, "label", "control" },
	{ "a\xff", NULL, URL, NULL, "label", "control" },
	{ "x", "030 123456", URL, NULL, "phone_number", "international" },
	{ "x", NULL, "", NULL, "api_url", "empty" },
	{ "x", NULL, "/", NULL, "api_url", "empty" },
	{ "x", NULL, NULL, NULL, "api_url", "empty" },
	{ "x", NULL, URL "\r\nX: y", NULL, "api_url", "control" },
	{ "x", NULL, URL, "a\x07", "note", "control" },
};

static void test_add(void **state)
{
	(void)state;
	struct numbers numbers;
	struct err err;
	numbers_init(&numbers);
	assert_true(numbers_add(&numbers, "Acme Support", NULL, URL, NULL, &err));
	for (size_t i = 0; i < ARRAY_LENGTH(ADDED); i++) {
		size_t count = numbers.count;
		err_init(&err);
		bool is_taken = numbers_add(&numbers, ADDED[i].label, ADDED[i].phone_number,
					    ADDED[i].api_url, ADDED[i].note, &err);
		assert_int_equal(is_taken, ADDED[i].field == NULL);
		assert_int_equal(numbers.count, count + is_taken);
		if (is_taken) {
			assert_string_equal(numbers.items[count].api_url, URL);
			continue;
		}
		assert_int_equal(err.kind, ERR_INPUT);
		assert_string_equal(err.field, ADDED[i].field);
		assert_non_null(strstr(err.sentence, ADDED[i].sentence));
		assert_true(err.next_step[0] != '\0');
	}
	assert_string_equal(numbers.items[1].phone_number, "+4930123456");
	assert_string_equal(numbers.items[1].note, "south");
	assert_string_equal(numbers.items[2].label, "Initech");
	assert_null(numbers.items[3].phone_number);
	assert_null(numbers.items[3].note);
	assert_ptr_equal(numbers_find(&numbers, "gLOBEX"), &numbers.items[1]);
	assert_null(numbers_find(&numbers, "Globe"));
	assert_true(numbers_save(&numbers, &err)); /* in memory only: nothing to do */
	numbers_release(&numbers);
}

static void test_round_trip(void **state)
{
	(void)state;
	struct home home;
	struct numbers numbers;
	struct err err;
	struct stat status;
	home_make(&home);
	numbers_init(&numbers);
	load(&numbers); /* nothing there yet: an empty list */
	assert_int_equal(numbers.count, 0);
	for (int i = 0; i < 5; i++) {
		char *label = mem_format("Zürich \"%d\"", i);
		assert_true(numbers_add(&numbers, label, "+49 30 123456", URL, "a\\b", &err));
		free(label);
	}
	numbers_remove(&numbers, 0);
	numbers_remove(&numbers, 3);
	assert_true(numbers_add(&numbers, "Last", NULL, URL, NULL, &err));
	mode_t mask = umask(0);
	assert_true(numbers_save(&numbers, &err));
	(void)umask(mask);
	assert_int_equal(stat(home.file, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_equal(stat(home.sipdesk, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0700);

	load(&numbers);
	assert_int_equal(numbers.count, 4);
	assert_string_equal(numbers.items[0].label, "Zürich \"1\"");
	assert_string_equal(numbers.items[2].label, "Zürich \"3\"");
	assert_string_equal(numbers.items[2].phone_number, "+4930123456");
	assert_string_equal(numbers.items[2].note, "a\\b");
	assert_string_equal(numbers.items[3].label, "Last");
	assert_null(numbers.items[3].phone_number);
	char *first = file_text(&home);
	assert_true(numbers_save(&numbers, &err));
	char *second = file_text(&home);
	assert_string_equal(first, second);
	free(first);
	free(second);
	numbers_release(&numbers);
	home_remove(&home);
}

/* Members of a newer or another program survive, digit for digit, at the number they were at. */
static void test_unknown_members(void **state)
{
	(void)state;
	static const char before[] =
		"{\"theme\":{\"name\":\"dark\"},\"schema\":1,\"numbers\":["
		"{\"label\":\"A\",\"api_url\":\"" URL "\",\"colour\":\"red\"},"
		"{\"key_in\":[\"pass\",\"show\"],\"label\":\"B\",\"phone_number\":\"+49 30 "
		"123456\","
		"\"api_url\":\"" URL "/\",\"id\":9007199254740993,\"note\":null}],"
		"\"last\":1e400}";
	static const char *const kept[] = {
		"\"theme\": {",
		"\"name\": \"dark\"",
		"\"last\": 1e400",
		"\"id\": 9007199254740993",
		"\"pass\"",
		"\"label\": \"C\"",
		"\"phone_number\": \"+4930123456\"",
	};
	struct home home;
	struct numbers numbers;
	struct err err;
	home_make(&home);
	file_put(&home, before);
	numbers_init(&numbers);
	load(&numbers);
	assert_int_equal(numbers.count, 2);
	assert_string_equal(numbers.items[1].phone_number, "+4930123456");
	numbers_remove(&numbers, 0);
	mem_text_set(&numbers.items[0].note, "kept");
	assert_true(numbers_add(&numbers, "C", NULL, URL, NULL, &err));
	assert_true(numbers_save(&numbers, &err));
	char *after = file_text(&home);
	for (size_t i = 0; i < ARRAY_LENGTH(kept); i++)
		if (strstr(after, kept[i]) == NULL)
			fail_msg("%s is lost in %s", kept[i], after);
	assert_null(strstr(after, "colour")); /* it went with its number */
	load(&numbers);
	assert_string_equal(numbers.items[0].note, "kept");
	free(after);
	numbers_release(&numbers);
	home_remove(&home);
}

static const struct {
	const char *text;
	const char *sentence;
} DAMAGED[] = {
	{ "", "damaged" },
	{ "{\"schema\":1,\"numbers\":[", "damaged or cut short at byte" },
	{ "{\"schema\":1,\"numbers\":[]} x", "text after the end" },
	{ "[]", "no list of numbers" },
	{ "{\"numbers\":[]}", "no list of numbers" },
	{ "{\"schema\":1,\"numbers\":{}}", "no list of numbers" },
	{ "{\"schema\":2,\"numbers\":[]}", "the schema 2" },
	{ "{\"schema\":\"1\",\"numbers\":[]}", "the schema 1" },
	{ "{\"schema\":1,\"numbers\":[],\"numbers\":[]}", "a member twice" },
	{ "{\"schema\":1,\"numbers\":[{\"label\":\"A\\u0000\",\"api_url\":\"x\"}]}", "a NUL" },
	{ "{\"schema\":1,\"numbers\":[7]}", "number 1 cannot be used. It is not an object." },
	{ "{\"schema\":1,\"numbers\":[{\"label\":7,\"api_url\":\"x\"}]}",
	  "Its label is not a text." },
	{ "{\"schema\":1,\"numbers\":[{\"label\":\"A\",\"api_url\":\"x\"},{\"label\":\"B\"}]}",
	  "number 2 cannot be used. The API URL is empty." },
	{ "{\"schema\":1,\"numbers\":[{\"label\":\"Acme\",\"api_url\":\"x\"},"
	  "{\"label\":\"B\",\"api_url\":\"x\"},{\"label\":\"aCME\",\"api_url\":\"x\"}]}",
	  "already a number labelled" },
};

static void test_damaged(void **state)
{
	(void)state;
	struct home home;
	home_make(&home);
	for (size_t i = 0; i < ARRAY_LENGTH(DAMAGED); i++) {
		struct numbers numbers;
		struct err err;
		err_init(&err);
		numbers_init(&numbers);
		file_put(&home, DAMAGED[i].text);
		assert_false(numbers_load(&numbers, &err));
		assert_int_equal(err.kind, ERR_INPUT);
		if (strstr(err.sentence, DAMAGED[i].sentence) == NULL)
			fail_msg("%s: %s", DAMAGED[i].text, err.sentence);
		assert_non_null(strstr(err.next_step, home.file));
		assert_null(numbers.path);
		assert_int_equal(numbers.count, 0);

		assert_true(numbers_add(&numbers, "New", NULL, URL, NULL, &err));
		assert_true(numbers_save(&numbers, &err));
		char *after = file_text(&home);
		assert_string_equal(after, DAMAGED[i].text);
		free(after);
		numbers_release(&numbers);
	}
	home_remove(&home);
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
	struct home home;
	home_make(&home);
	file_put(&home, "{\"schema\":1,\"numbers\":[]}");
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct numbers numbers;
		struct err err;
		err_init(&err);
		numbers_init(&numbers);
		assert_int_equal(chmod(home.file, cases[i].file), 0);
		assert_int_equal(chmod(home.sipdesk, cases[i].folder), 0);
		assert_int_equal(numbers_load(&numbers, &err), cases[i].command == NULL);
		assert_int_equal(numbers.path != NULL, cases[i].command == NULL);
		if (cases[i].command != NULL) {
			char *step = mem_format("Run: %s %s", cases[i].command,
						cases[i].names_file ? home.file : home.sipdesk);
			assert_int_equal(err.kind, ERR_FORBIDDEN);
			assert_string_equal(err.next_step, step);
			free(step);
		}
		numbers_release(&numbers);
	}
	home_remove(&home);
}

static void test_folder(void **state)
{
	(void)state;
	struct home home;
	home_make(&home);
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
	home_remove(&home);
}

/* The command to copy stays one command in a folder with blanks and quotes. */
static void test_command_quoted(void **state)
{
	(void)state;
	struct home home;
	home_make(&home);
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
	assert_int_equal(rmdir(sipdesk), 0);
	assert_int_equal(rmdir(config), 0);
	free(config);
	free(sipdesk);
	free(step);
	home_remove(&home);
}

static void test_many(void **state)
{
	(void)state;
	enum { MANY = 20000 };
	struct home home;
	struct str text;
	home_make(&home);
	str_init(&text);
	str_add(&text, "{\"schema\":1,\"numbers\":[");
	for (int i = 0; i < MANY; i++)
		str_addf(&text, "%s{\"label\":\"Number %d\",\"api_url\":\"" URL "\",\"x\":[%d]}",
			 i == 0 ? "" : ",", i, i);
	str_add(&text, "]}");
	file_put(&home, text.bytes);
	struct numbers numbers;
	struct err err;
	numbers_init(&numbers);
	load(&numbers);
	assert_int_equal(numbers.count, MANY);
	assert_true(numbers_save(&numbers, &err));
	load(&numbers);
	assert_int_equal(numbers.count, MANY);
	assert_string_equal(numbers.items[MANY - 1].label, "Number 19999");
	numbers_release(&numbers);
	str_release(&text);
	home_remove(&home);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_phone_numbers), cmocka_unit_test(test_add),
		cmocka_unit_test(test_round_trip),    cmocka_unit_test(test_unknown_members),
		cmocka_unit_test(test_damaged),	      cmocka_unit_test(test_modes),
		cmocka_unit_test(test_folder),	      cmocka_unit_test(test_command_quoted),
		cmocka_unit_test(test_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
