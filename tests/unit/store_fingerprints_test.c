/* The same key under two numbers is noticed, and no key is kept for it. */
#include "store/fingerprints.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "tests/support/child.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define ID_1 "1111111111111111"
#define ID_2 "2222222222222222"
#define ID_3 "3333333333333333"

static const char KEY[] = "planted-key-0123456789";
static const char OTHER_KEY[] = "planted-key-9876543210";

static char *folder;
static char *path;

static int folder_make(void **state)
{
	(void)state;
	folder = child_folder_make();
	path = mem_format("%s/sipdesk/fingerprints.json", folder);
	return folder == NULL ? -1 : setenv("XDG_STATE_HOME", folder, 1);
}

static int folder_remove(void **state)
{
	(void)state;
	child_folder_remove(folder);
	free(folder);
	free(path);
	return 0;
}

static bool note(const char *id, const char *text, struct err *err)
{
	struct secret key = { 0 };
	assert_true(secret_set(&key, text, strlen(text), NULL));
	bool done = fingerprint_note(id, &key, err);
	secret_release(&key);
	return done;
}

static void note_done(const char *id, const char *text)
{
	struct err err;
	if (!note(id, text, &err))
		fail_msg("%s %s", err.sentence, err.next_step);
}

static void assert_other(const char *id, const char *text, const char *expected)
{
	struct secret key = { 0 };
	assert_true(secret_set(&key, text, strlen(text), NULL));
	char *other = fingerprint_other(id, &key);
	if (!text_equal(other, expected))
		fail_msg("beside %s there is %s", id == NULL ? "none" : id,
			 other == NULL ? "none" : other);
	free(other);
	secret_release(&key);
}

static void file_text(struct str *out)
{
	struct err err;
	str_init(out);
	assert_true(file_read(path, 64 * 1024, out, &err));
}

static void file_put(const char *text)
{
	struct err err;
	assert_true(file_write_whole(path, text, strlen(text), 0600, &err));
}

static void the_same_key_is_noticed(void **state)
{
	(void)state;
	assert_other(NULL, KEY, NULL); /* no file yet */
	fingerprint_forget(ID_1);
	assert_int_not_equal(access(path, F_OK), 0);
	note_done(ID_1, KEY);
	assert_other(NULL, KEY, ID_1);
	assert_other(ID_2, KEY, ID_1);
	assert_other(ID_1, KEY, NULL); /* itself does not count */
	assert_other(ID_2, OTHER_KEY, NULL);
	note_done(ID_2, OTHER_KEY);
	assert_other(ID_1, OTHER_KEY, ID_2);
	note_done(ID_1, OTHER_KEY); /* it has a new key now */
	assert_other(NULL, KEY, NULL);
	assert_other(ID_2, OTHER_KEY, ID_1);
	fingerprint_forget(ID_1);
	assert_other(ID_2, OTHER_KEY, NULL);
	assert_other(NULL, OTHER_KEY, ID_2);
	fingerprint_forget(ID_3);
	assert_other(NULL, OTHER_KEY, ID_2);
}

static void nothing_of_a_key_is_in_the_file(void **state)
{
	struct str first, again;
	struct stat status;
	(void)state;
	note_done(ID_1, KEY);
	note_done(ID_2, KEY);
	file_text(&first);
	assert_null(strstr(first.bytes, "planted"));
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	ino_t file = status.st_ino;
	note_done(ID_2, KEY); /* known: not written again */
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_ino, file);
	/* Of another machine the same keys have other fingerprints. */
	assert_int_equal(unlink(path), 0);
	note_done(ID_1, KEY);
	file_text(&again);
	const char *print = strstr(first.bytes, "\"" ID_1 "\":");
	assert_non_null(print);
	char *line = mem_text_n(print, strcspn(print, ",\n"));
	assert_int_equal(strlen(line), 19 + 34);
	assert_null(strstr(again.bytes, line));
	free(line);
	str_release(&first);
	str_release(&again);
}

static void a_damaged_file_is_replaced(void **state)
{
	static const char *const DAMAGED[] = {
		"",
		"{",
		"[]",
		"{\"schema\":2,\"machine_key\":\"\",\"fingerprints\":{}}",
		"{\"schema\":1,\"machine_key\":\"12\",\"fingerprints\":{}}",
		"{\"schema\":1,\"fingerprints\":{}}",
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(DAMAGED); i++) {
		note_done(ID_1, KEY);
		file_put(DAMAGED[i]);
		assert_other(NULL, KEY, NULL);
		fingerprint_forget(ID_1);
		note_done(ID_2, KEY);
		assert_other(NULL, KEY, ID_2);
	}
	struct str text;
	file_text(&text);
	char *at = strstr(text.bytes, ID_2);
	assert_non_null(at);
	*at = 'G';
	file_put(text.bytes);
	assert_other(NULL, KEY, NULL);
	str_release(&text);
}

static void one_that_others_may_read_is_refused(void **state)
{
	struct err err;
	(void)state;
	note_done(ID_1, KEY);
	assert_int_equal(chmod(path, 0644), 0);
	assert_false(note(ID_2, KEY, &err));
	assert_int_equal(err.kind, ERR_FORBIDDEN);
	assert_other(NULL, KEY, NULL);
	assert_int_equal(chmod(path, 0600), 0);
	assert_other(NULL, KEY, ID_1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_same_key_is_noticed, folder_make,
						folder_remove),
		cmocka_unit_test_setup_teardown(nothing_of_a_key_is_in_the_file, folder_make,
						folder_remove),
		cmocka_unit_test_setup_teardown(a_damaged_file_is_replaced, folder_make,
						folder_remove),
		cmocka_unit_test_setup_teardown(one_that_others_may_read_is_refused, folder_make,
						folder_remove),
	};
	secret_allocators_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
