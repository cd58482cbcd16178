/* base/err: errors are values that hold their own text, and each kind has its exit code. */
#include "base/err.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

/* COMMANDS.md, exit codes. */
static const struct {
	enum err_kind kind;
	int code;
} exit_cases[] = {
	{ ERR_NONE, 0 },    { ERR_REFUSED, 1 }, { ERR_ANSWER, 1 },     { ERR_CONFLICT, 3 },
	{ ERR_KEY, 4 },	    { ERR_RATE, 5 },	{ ERR_NOT_SENT, 5 },   { ERR_PASSING, 5 },
	{ ERR_UNKNOWN, 6 }, { ERR_USAGE, 64 },	{ ERR_INPUT, 65 },     { ERR_INTERNAL, 70 },
	{ ERR_IO, 74 },	    { ERR_CONFIG, 78 }, { ERR_FORBIDDEN, 77 }, { ERR_CANCELLED, 130 },
};

static void test_exit_codes(void **state)
{
	(void)state;
	assert_int_equal(ARRAY_LENGTH(exit_cases), ERR_INTERNAL + 1); /* every kind */
	for (size_t i = 0; i < ARRAY_LENGTH(exit_cases); i++)
		assert_int_equal(err_exit_code(exit_cases[i].kind), exit_cases[i].code);
}

static void test_set_replaces_all(void **state)
{
	(void)state;
	struct err err;
	err_init(&err);
	assert_int_equal(err.kind, ERR_NONE);
	assert_int_equal(err.code, -1);
	assert_false(err_set(&err, ERR_RATE, "Wait %d seconds.", 3));
	err_next_step(&err, "Try again at %s.", "12:41");
	err_field(&err, "calling.sip");
	err.http_status = 429;
	err.code = 4;
	err.retry_after_ms = 3000;
	assert_int_equal(err.kind, ERR_RATE);
	assert_string_equal(err.sentence, "Wait 3 seconds.");
	assert_string_equal(err.next_step, "Try again at 12:41.");
	assert_string_equal(err.field, "calling.sip");
	struct err kept = err;
	assert_false(err_set(&err, ERR_IO, "No."));
	assert_string_equal(err.next_step, "");
	assert_string_equal(err.field, "");
	assert_int_equal(err.http_status, 0);
	assert_int_equal(err.code, -1);
	assert_int_equal(err.retry_after_ms, 0);
	assert_string_equal(kept.sentence, "Wait 3 seconds.");
}

static void test_nobody_asked(void **state)
{
	(void)state;
	assert_false(err_set(NULL, ERR_IO, "Nobody reads %s.", "this"));
	err_next_step(NULL, "Nor this.");
	err_field(NULL, "calling");
}

/* Text too long ends in an ellipsis, and never within a character. */
static void test_too_long_is_marked(void **state)
{
	(void)state;
	char text[ERR_SENTENCE_SIZE * 2];
	for (size_t ahead = 0; ahead < 4; ahead++) {
		struct err err;
		memset(text, 'a', ahead);
		for (size_t at = ahead; at + 3 < sizeof text; at += 3)
			memcpy(text + at, "\xe4\xb8\xad", 4);
		assert_false(err_set(&err, ERR_IO, "%s", text));
		size_t length = strlen(err.sentence);
		assert_true(length < ERR_SENTENCE_SIZE && length > ERR_SENTENCE_SIZE - 8);
		assert_true(text_utf8_valid(err.sentence, length));
		assert_string_equal(err.sentence + length - strlen("…"), "…");
	}
	struct err err;
	memset(text, 'a', sizeof text);
	text[ERR_SENTENCE_SIZE - 1] = '\0';
	assert_false(err_set(&err, ERR_IO, "%s", text)); /* the longest that fits */
	assert_string_equal(err.sentence, text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exit_codes),
		cmocka_unit_test(test_set_replaces_all),
		cmocka_unit_test(test_nobody_asked),
		cmocka_unit_test(test_too_long_is_marked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
