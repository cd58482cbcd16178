/* Where a key lives: the words for it, and a command's line both ways. */
#include "store/key_source.h"

#include "base/mem.h"
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

/* The words with "|" between. */
static void command_join(char *const *command, struct str *out)
{
	str_init(out);
	for (size_t i = 0; command[i] != NULL; i++)
		str_addf(out, "%s%s", i == 0 ? "" : "|", command[i]);
}

static const struct {
	const char *line;
	const char *words; /* with "|" between; NULL: refused */
	const char *reason;
} LINES[] = {
	{ "pass show 360dialog/acme", "pass|show|360dialog/acme", NULL },
	{ "  pass   show  ", "pass|show", NULL },
	{ "pass show 'my keys/acme'", "pass|show|my keys/acme", NULL },
	{ "pass show \"my keys/acme\"", "pass|show|my keys/acme", NULL },
	{ "pass show my\\ keys/ac\\me", "pass|show|my keys/acme", NULL },
	{ "a'b c'\"d e\"f", "ab cd ef", NULL },
	{ "a '' \"\"", "a||", NULL },
	{ "a 'it'\\''s'", "a|it's", NULL },
	{ "a '\\n $x `y` ~ *'", "a|\\n $x `y` ~ *", NULL },
	{ "a \"\\n \\\" \\\\ \\$x \\`\"", "a|\\n \" \\ $x `", NULL },
	{ "a \"x|y;z>\"", "a|x|y;z>", NULL },
	{ "sh -c 'pass show x | head -n1'", "sh|-c|pass show x | head -n1", NULL },
	{ "a \\| \\;", "a|||;", NULL },
	{ "b\xc3\xa4r", "b\xc3\xa4r", NULL },
	{ "a \\", "a|\\", NULL },
	{ "", NULL, "empty" },
	{ "   ", NULL, "empty" },
	{ "''", NULL, "empty" },
	{ "a 'b", NULL, "quote that does not end" },
	{ "a \"b", NULL, "quote that does not end" },
	{ "a\tb", NULL, "control" },
	{ "a\nb", NULL, "control" },
	{ "a \x1b[31m", NULL, "control" },
	{ "a \xff", NULL, "control" },
	{ "pass show x | head", NULL, "“|”" },
	{ "a; b", NULL, "“;”" },
	{ "a > b", NULL, "“>”" },
	{ "a < b", NULL, "“<”" },
	{ "a & b", NULL, "“&”" },
	{ "a $HOME/x", NULL, "“$”" },
	{ "a \"$HOME/x\"", NULL, "“$”" },
	{ "a `b`", NULL, "“`”" },
	{ "1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2",
	  "1|2|3|4|5|6|7|8|9|0|1|2|3|4|5|6|7|8|9|0|1|2|3|4|5|6|7|8|9|0|1|2", NULL },
	{ "1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3", NULL,
	  "longer than 32 words" },
	{ HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED,
	  HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED, NULL },
	{ HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED "0", NULL,
	  "1000 characters" },
};

/* What was understood is written as a line that means the same. */
static void assert_comes_back(char *const *command, const char *words)
{
	struct key_source again = { .kind = KEY_SOURCE_COMMAND };
	struct str line, joined;
	struct err err;
	str_init(&line);
	key_command_write(command, &line);
	if (!key_command_parse(line.bytes, &again.command, &err))
		fail_msg("%s: %s", line.bytes, err.sentence);
	command_join(again.command, &joined);
	assert_string_equal(joined.bytes, words);
	str_release(&line);
	str_release(&joined);
	key_source_release(&again);
}

static void test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(LINES); i++) {
		struct key_source source = { .kind = KEY_SOURCE_COMMAND };
		struct err err;
		err_init(&err);
		bool is_right = key_command_parse(LINES[i].line, &source.command, &err);
		if (is_right != (LINES[i].words != NULL))
			fail_msg("%s: %s", LINES[i].line, err.sentence);
		if (is_right) {
			struct str joined;
			command_join(source.command, &joined);
			assert_string_equal(joined.bytes, LINES[i].words);
			str_release(&joined);
			assert_comes_back(source.command, LINES[i].words);
		} else {
			assert_int_equal(err.kind, ERR_INPUT);
			assert_string_equal(err.field, "command");
			assert_true(err.next_step[0] != '\0');
			if (strstr(err.sentence, LINES[i].reason) == NULL)
				fail_msg("%s: %s", LINES[i].line, err.sentence);
			assert_null(source.command);
		}
		key_source_release(&source);
	}
}

static void test_words(void **state)
{
	(void)state;
	static const char *const words[] = { "ask", "vault", "command" };
	enum key_source_kind kind;
	for (enum key_source_kind i = 0; i < KEY_SOURCE_COUNT; i++) {
		assert_string_equal(key_source_word(i), words[i]);
		assert_true(key_source_from_word(words[i], &kind));
		assert_int_equal(kind, i);
	}
	assert_false(key_source_from_word("Vault", &kind));
	assert_false(key_source_from_word("", &kind));
	assert_false(key_source_from_word(NULL, &kind));
}

static void test_copy_and_equal(void **state)
{
	(void)state;
	char *words[] = { "pass", "show", NULL }, *fewer[] = { "pass", NULL };
	struct key_source source = { KEY_SOURCE_COMMAND, words }, copy;
	const struct key_source shorter = { KEY_SOURCE_COMMAND, fewer };
	const struct key_source ask = { KEY_SOURCE_ASK, NULL }, vault = { KEY_SOURCE_VAULT, NULL };
	key_source_copy(&copy, &source);
	assert_true(key_source_equal(&copy, &source));
	assert_ptr_not_equal(copy.command[0], words[0]);
	assert_false(key_source_equal(&copy, &shorter));
	assert_false(key_source_equal(&shorter, &copy));
	assert_false(key_source_equal(&copy, &ask));
	assert_false(key_source_equal(&vault, &ask));
	assert_true(key_source_equal(&vault, &vault));
	key_source_release(&copy);
	assert_true(key_source_equal(&copy, &ask));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_copy_and_equal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
