/* What the program loads only where it is used: without libcurl and libmicrohttpd all else works,
 * and what needs them says what to install. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "tests/support/child.h"
#include "tests/support/run.h"
#include "tests/support/session.h"

#include <stdlib.h>
#include <string.h>

enum { FILE_MODE = 0600, ENDS_MS = 15000, EXIT_FAIL = 2, EXIT_CONFIG = 78 };

static void file_make(const char *folder, const char *name, const char *content)
{
	char *path = mem_format("%s/%s", folder, name);
	assert_true(file_write_whole(path, content, strlen(content), FILE_MODE, NULL));
	free(path);
}

static void test_without(void **state)
{
	static const struct {
		const char *arguments[6];
		int status;
		const char *says; /* on stderr; NULL: nothing is said there */
	} cases[] = {
		{ { "--version" }, 0, NULL },
		{ { "help", "troubleshooting" }, 0, NULL },
		{ { "check", "sip.example", "--connect", "127.0.0.1:1" }, EXIT_FAIL, NULL },
		{ { "show", "--api-url", "http://127.0.0.1:1", "--key-file", "{key}" },
		  EXIT_CONFIG,
		  CURL_LIBRARY_FILE },
		{ { "sandbox" }, EXIT_CONFIG, MICROHTTPD_LIBRARY_FILE },
	};
	(void)state;
	char *folder = child_folder_make();
	assert_non_null(folder);
	/* The loader finds these first, and they are no libraries. */
	file_make(folder, CURL_LIBRARY_FILE, "");
	file_make(folder, MICROHTTPD_LIBRARY_FILE, "");
	file_make(folder, "key", "key-of-nobody");
	char *key = mem_format("%s/key", folder);
	char *path = mem_format("LD_LIBRARY_PATH=%s", folder);
	char *program = session_built("sipdesk");
	const char *const environment[] = { path, NULL };
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const char *arguments[ARRAY_LENGTH(cases[i].arguments) + 1] = { program };
		struct run run;
		for (size_t j = 0; cases[i].arguments[j] != NULL; j++)
			arguments[1 + j] = text_equal(cases[i].arguments[j], "{key}")
						   ? key
						   : cases[i].arguments[j];
		run_start(&run, arguments, environment);
		assert_true(run_finish(&run, ENDS_MS));
		print_message("# %s: %s\n", cases[i].arguments[0], run.errors.bytes);
		assert_int_equal(run.status, cases[i].status);
		if (cases[i].says == NULL)
			assert_int_equal(run.errors.length, 0);
		else
			assert_true(strstr(run.errors.bytes, cases[i].says) != NULL &&
				    strstr(run.errors.bytes, "\nInstall lib") != NULL);
		run_release(&run);
	}
	free(program);
	free(path);
	free(key);
	child_folder_remove(folder);
	free(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_without) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
