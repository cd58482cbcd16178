/* `make install` puts exactly its files below DESTDIR, and `make uninstall` removes them. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "tests/support/child.h"
#include "tests/support/run.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAKE_MS = 240 * 1000 /* it may have to build */ };

static const char INSTALLED[] = "755 ./opt/tools/bin/sipdesk\n"
				"644 ./opt/tools/share/bash-completion/completions/sipdesk\n"
				"644 ./opt/tools/share/man/man1/sipdesk.1\n"
				"644 ./opt/tools/share/zsh/site-functions/_sipdesk\n";

/* What the shell command prints, "$1" in it being the folder; it must end with 0. Caller frees. */
static char *shell_output(const char *command, const char *folder)
{
	const char *const arguments[] = { "sh", "-c", command, "sh", folder, NULL };
	struct run run;
	run_start(&run, arguments, NULL);
	assert_true(run_finish(&run, MAKE_MS));
	if (run.status != 0)
		fail_msg("%s: %s", command, run.errors.bytes);
	char *output = mem_text(run.output.bytes);
	run_release(&run);
	return output;
}

static void make_install(const char *folder)
{
	free(shell_output("make install PREFIX=/opt/tools DESTDIR=\"$1\"", folder));
}

static void make_uninstall(const char *folder)
{
	free(shell_output("make uninstall PREFIX=/opt/tools DESTDIR=\"$1\"", folder));
}

static void expect_files(const char *folder, const char *expected)
{
	char *files =
		shell_output("cd \"$1\" && find . -type f -printf '%m %p\\n' | sort -k 2", folder);
	assert_string_equal(files, expected);
	free(files);
}

static void installs_and_uninstalls(void **state)
{
	(void)state;
	char *folder = child_folder_make();
	assert_non_null(folder);
	make_install(folder);
	expect_files(folder, INSTALLED);
	char *version = shell_output("\"$1/opt/tools/bin/sipdesk\" --version", folder);
	assert_string_equal(version, "sipdesk " SIPDESK_VERSION "\n");
	free(version);
	make_uninstall(folder);
	expect_files(folder, "");
	child_folder_remove(folder);
	free(folder);
}

/* DESTDIR may hold blanks. */
static void installs_under_a_name_with_blanks(void **state)
{
	(void)state;
	char *folder = child_folder_make();
	char *blanks = mem_format("%s/a package", folder);
	assert_non_null(folder);
	make_install(blanks);
	expect_files(blanks, INSTALLED);
	make_uninstall(blanks);
	expect_files(blanks, "");
	child_folder_remove(folder);
	free(blanks);
	free(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(installs_and_uninstalls),
		cmocka_unit_test(installs_under_a_name_with_blanks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
