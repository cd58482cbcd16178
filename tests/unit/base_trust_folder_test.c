#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/trust_folder.h"
#include "tests/support/child.h"

#include <stdlib.h>

static void links_are_known_by_their_name(void **state)
{
	static const struct {
		const char *name;
		bool is_link;
	} CASES[] = {
		{ "002c0b4f.0", true },
		{ "ffffffff.12", true },
		{ "002c0b4f", false },
		{ "002c0b4f.", false },
		{ "002c0b4f.r0", false }, /* a revocation list */
		{ "002c0b4.0", false },
		{ "002c0b4f1.0", false },
		{ "002C0B4F.0", false },
		{ "ca-certificates.crt", false },
		{ "", false },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++)
		if (trust_folder_is_link(CASES[i].name) != CASES[i].is_link)
			fail_msg("%s", CASES[i].name);
}

static void a_folder_is_made_by_one_link(void **state)
{
	struct err err;
	char *folder = child_folder_make();
	char *bundle = mem_format("%s/ca-certificates.crt", folder);
	char *link = mem_format("%s/002c0b4f.0", folder);
	(void)state;
	assert_false(trust_folder_is_made(link)); /* it is not there */
	assert_true(file_write_whole(bundle, "x", 1, 0600, &err));
	assert_false(trust_folder_is_made(folder));
	assert_true(file_write_whole(link, "x", 1, 0600, &err));
	assert_true(trust_folder_is_made(folder));
	child_folder_remove(folder);
	free(link);
	free(bundle);
	free(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_are_known_by_their_name),
		cmocka_unit_test(a_folder_is_made_by_one_link),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
