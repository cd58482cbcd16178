/* The action table: one key does one thing in one context, and every action says what it does. */
#include "ui/app/action.h"

#include "ui/term/input.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

static void assert_no_clash(enum action_id one, enum action_id other)
{
	const struct action *a = &ACTIONS[one], *b = &ACTIONS[other];
	if ((a->contexts & b->contexts) == 0)
		return;
	for (size_t i = 0; i < ACTION_KEYS_MAX && a->keys[i] != 0; i++)
		for (size_t k = 0; k < ACTION_KEYS_MAX && b->keys[k] != 0; k++)
			if (a->keys[i] == b->keys[k])
				fail_msg("“%s” and “%s” have the same key", a->name, b->name);
}

static void test_keys(void **state)
{
	(void)state;
	for (enum action_id one = ACTION_NONE + 1; one < ACTION_COUNT; one++)
		for (enum action_id other = one + 1; other < ACTION_COUNT; other++)
			assert_no_clash(one, other);
}

static void test_rows(void **state)
{
	(void)state;
	for (enum action_id id = ACTION_NONE + 1; id < ACTION_COUNT; id++) {
		const struct action *action = &ACTIONS[id];
		assert_non_null(action->name);
		assert_int_not_equal(action->contexts, 0);
		assert_int_not_equal(action->keys[0], 0);
		assert_non_null(action->help);
		assert_int_equal(action->help[strlen(action->help) - 1], '.');
	}
}

/* Letters never act while text has the focus; digits stand for function keys outside it. */
static void test_text(void **state)
{
	(void)state;
	for (enum action_id id = ACTION_NONE + 1; id < ACTION_COUNT; id++)
		for (size_t i = 0; i < ACTION_KEYS_MAX && ACTIONS[id].keys[i] != 0; i++)
			if (key_is_text(ACTIONS[id].keys[i]))
				assert_int_equal(
					action_for_key(CONTEXT_ANY, ACTIONS[id].keys[i], true),
					ACTION_NONE);
	assert_int_equal(action_for_key(CONTEXT_SETTINGS, '2', false), ACTION_REVIEW);
	assert_int_equal(action_for_key(CONTEXT_SETTINGS, '0', false), ACTION_LEAVE);
	assert_int_equal(action_for_key(CONTEXT_SETTINGS, '2', true), ACTION_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
