/* config.json: what is switched on, and what is said of a file that cannot be used. */
#include "store/preferences.h"

#include "base/file.h"
#include "base/mem.h"
#include "tests/support/child.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static const struct {
	const char *text; /* NULL: no file */
	bool copy_passwords;
	const char *sentence; /* NULL: it is used */
} FILES[] = {
	{ NULL, false, NULL },
	{ "{}", false, NULL },
	{ "{\"schema\":1}", false, NULL },
	{ "{\"schema\":1,\"copy_passwords\":true}", true, NULL },
	{ " {\"copy_passwords\": true}\n", true, NULL },
	{ "{\"schema\":1,\"copy_passwords\":false}", false, NULL },
	{ "{\"schema\":2,\"copy_passwords\":true}", false, "schema is not 1" },
	{ "{\"copy_passwords\":true,\"schema\":\"one\"}", false, "schema is not 1" },
	{ "{\"copy_passwords\":1}", false, "“copy_passwords” is neither true nor false" },
	{ "{\"copy_passwords\":\"true\"}", false, "“copy_passwords” is neither" },
	{ "{\"copy_passwords\":true,\"copy_password\":true}", false, "“copy_password” is not" },
	{ "{\"copy_passwords\":true,\"copy_passwords\":false}", false, "twice" },
	{ "[]", false, "no JSON object" },
	{ "{\"copy_passwords\":true", false, "cut short" },
	{ "", false, "cut short" },
};

static void test_files(void **state)
{
	(void)state;
	char *folder = child_folder_make();
	assert_int_equal(setenv("XDG_CONFIG_HOME", folder, 1), 0);
	char *path = preferences_path();
	char *expected = mem_format("%s/sipdesk/config.json", folder);
	assert_string_equal(path, expected);
	expected[strlen(expected) - strlen("/config.json")] = '\0';
	assert_int_equal(mkdir(expected, 0700), 0);
	for (size_t i = 0; i < ARRAY_LENGTH(FILES); i++) {
		struct preferences preferences = { .copy_passwords = true };
		struct err err;
		err_init(&err);
		const char *text = FILES[i].text;
		if (text != NULL)
			assert_true(file_write_whole(path, text, strlen(text), 0600, &err));
		bool is_used = preferences_load(&preferences, &err);
		if (is_used != (FILES[i].sentence == NULL))
			fail_msg("%s: %s", text, err.sentence);
		assert_int_equal(preferences.copy_passwords, FILES[i].copy_passwords);
		if (is_used)
			continue;
		assert_int_equal(err.kind, ERR_CONFIG);
		assert_non_null(strstr(err.sentence, path));
		if (strstr(err.sentence, FILES[i].sentence) == NULL)
			fail_msg("%s: %s", text, err.sentence);
		assert_true(err.next_step[0] != '\0');
	}
	free(expected);
	free(path);
	child_folder_remove(folder);
	free(folder);
}

static void test_readable_by_others(void **state)
{
	(void)state;
	static const char text[] = "{\"copy_passwords\":true}";
	char *folder = child_folder_make();
	struct preferences preferences;
	struct err err;
	assert_int_equal(setenv("XDG_CONFIG_HOME", folder, 1), 0);
	char *path = preferences_path();
	char *sipdesk = mem_format("%s/sipdesk", folder);
	char *command = mem_format("Run: chmod 600 %s", path);
	assert_int_equal(mkdir(sipdesk, 0700), 0);
	assert_true(file_write_whole(path, text, sizeof text - 1, 0640, &err));
	assert_false(preferences_load(&preferences, &err));
	assert_int_equal(err.kind, ERR_FORBIDDEN);
	assert_string_equal(err.next_step, command);
	assert_false(preferences.copy_passwords);
	free(command);
	free(sipdesk);
	free(path);
	child_folder_remove(folder);
	free(folder);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_readable_by_others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
