/* Drafts and locks of numbers: what was typed comes back, and two sessions know of each other. */
#include "store/drafts.h"
#include "store/number_lock.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "calling/draft.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ID "0123456789abcdef"

static const char ANSWER[] =
	"{\"calling\":{\"status\":\"ENABLED\",\"x_new\":9007199254740993,\"sip\":{\"status\":"
	"\"ENABLED\",\"servers\":[{\"hostname\":\"sip.acme.example\",\"sip_user_password\":"
	"\"hunter2hunter2\"}]}}}";

static char data_home[] = "/tmp/sipdesk-drafts-XXXXXX";

static int home_make(void **state)
{
	(void)state;
	memcpy(data_home, "/tmp/sipdesk-drafts-XXXXXX", sizeof data_home);
	return mkdtemp(data_home) == NULL || setenv("XDG_DATA_HOME", data_home, 1) != 0;
}

static int home_remove(void **state)
{
	(void)state;
	char *command = mem_format("rm -rf '%s'", data_home);
	int left = system(command);
	free(command);
	return left;
}

static char *path_of(const char *name)
{
	return mem_format("%s/sipdesk/%s", data_home, name);
}

static void settings_make(struct calling_settings *settings)
{
	struct err err;
	err_init(&err);
	if (!settings_decode(settings, ANSWER, strlen(ANSWER), 1234, &err))
		fail_msg("%s", err.sentence);
}

static void draft_make(const struct calling_settings *base, struct draft *draft)
{
	struct err err;
	draft_init(draft, base);
	assert_true(draft_set(draft, field_ref_server(FIELD_SERVER_PORT, 0), "50x61", &err));
	int added = draft_server_add(draft);
	assert_true(draft_set(draft, field_ref_server(FIELD_SERVER_HOSTNAME, added), "half a na",
			      &err));
}

static bool is_kept(void)
{
	size_t count;
	char **ids = drafts_list(&count);
	bool is_listed = count == 1 && text_equal(ids[0], ID);
	for (size_t i = 0; i < count; i++)
		free(ids[i]);
	free(ids);
	assert_int_equal(is_listed, draft_exists(ID));
	return is_listed;
}

static void test_returns(void **state)
{
	(void)state;
	struct calling_settings base;
	struct draft draft;
	struct saved_draft saved;
	struct err err;
	bool exists = true;
	settings_make(&base);
	draft_make(&base, &draft);
	assert_false(is_kept());
	assert_true(draft_load(ID, &saved, &exists, &err));
	assert_false(exists);

	int64_t before = clock_now();
	assert_true(draft_save(ID, &base, &draft.mine, true, &err));
	assert_true(is_kept());
	assert_true(draft_load(ID, &saved, &exists, &err));
	assert_true(exists);
	assert_in_range(saved.saved_at, before, clock_now());
	assert_true(saved.outcome_is_unknown);
	assert_int_equal(saved.base.read_at, 1234);
	assert_string_equal(saved.mine.servers[0].port, "50x61");
	assert_string_equal(saved.mine.servers[1].hostname, "half a na");
	struct str again, kept;
	str_init(&again);
	str_init(&kept);
	settings_write_json(&base, &again);
	settings_write_json(&saved.base, &kept);
	assert_string_equal(kept.bytes, again.bytes); /* with members that we do not know */
	str_release(&again);
	str_release(&kept);
	saved_draft_release(&saved);

	char *path = path_of("drafts/" ID ".json");
	struct stat status;
	struct str text;
	str_init(&text);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_true(file_read(path, 1 << 20, &text, &err));
	assert_null(strstr(text.bytes, "hunter2"));
	str_release(&text);
	free(path);

	assert_true(draft_discard(ID, &err));
	assert_false(is_kept());
	assert_true(draft_discard(ID, &err)); /* already done */
	draft_release(&draft);
	settings_release(&base);
}

/* Whatever stands in the file: it is read whole or set aside whole, never half. */
static void test_damaged(void **state)
{
	(void)state;
	struct calling_settings base;
	struct draft draft;
	struct err err;
	struct str text;
	settings_make(&base);
	draft_make(&base, &draft);
	str_init(&text);
	char *path = path_of("drafts/" ID ".json");
	assert_true(draft_save(ID, &base, &draft.mine, false, &err));
	assert_true(file_read(path, 1 << 20, &text, &err));
	for (size_t length = 0; length + 1 < text.length; length += 7) {
		struct saved_draft saved;
		bool exists;
		assert_true(file_write_whole(path, text.bytes, length, 0600, &err));
		if (draft_load(ID, &saved, &exists, &err))
			fail_msg("half a file was read: %zu bytes", length);
		assert_false(exists);
		assert_non_null(strstr(err.next_step, ".damaged-"));
		assert_int_not_equal(access(path, F_OK), 0);
	}
	str_release(&text);
	free(path);
	draft_release(&draft);
	settings_release(&base);
}

/* Another process holds the lock until it ends, however it ends. */
/* A program that was killed while it saved leaves a file beside the draft, which nobody reads. */
static void test_leftover_goes(void **state)
{
	(void)state;
	struct saved_draft draft;
	struct err err;
	bool exists;
	static const char *const names[] = { "drafts/" ID ".json.new-a1B2c3",
					     "drafts/fedcba9876543210.json.new-a1B2c3" };
	char *folder = path_of("drafts");
	assert_true(file_folder_make(folder, &err));
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		char *path = path_of(names[i]);
		assert_true(file_write_whole(path, "{\"sche", 6, 0600, &err));
		free(path);
	}
	assert_true(draft_load(ID, &draft, &exists, &err));
	assert_false(exists);
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) { /* another number's stays */
		char *path = path_of(names[i]);
		assert_int_equal(access(path, F_OK) == 0, i == 1);
		free(path);
	}
	saved_draft_release(&draft);
	free(folder);
}

static void test_lock(void **state)
{
	(void)state;
	struct lock_holder holder;
	struct err err;
	int ready[2];
	char byte;
	err_init(&err);
	assert_int_equal(pipe(ready), 0);
	pid_t other = fork();
	if (other == 0) {
		int lock = number_lock_take(ID, &holder, &err);
		byte = lock >= 0 ? 'y' : 'n';
		(void)!write(ready[1], &byte, 1);
		for (;;)
			(void)pause();
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(byte, 'y');
	assert_int_equal(number_lock_take(ID, &holder, &err), -1);
	assert_int_equal(err.kind, ERR_NONE);
	assert_true(number_lock_is_held(ID));
	assert_false(number_lock_is_held("fedcba9876543210"));
	assert_int_equal(holder.who.process, other);
	assert_true(holder.who.user[0] != '\0');
	assert_in_range(holder.since, clock_now() - 60, clock_now());
	int another = number_lock_take("fedcba9876543210", &holder, &err);
	assert_true(another >= 0); /* another number */
	number_lock_release(another);

	assert_int_equal(kill(other, SIGKILL), 0);
	assert_int_equal(waitpid(other, NULL, 0), other);
	assert_false(number_lock_is_held(ID));
	int lock = number_lock_take(ID, &holder, &err);
	assert_true(lock >= 0);
	assert_true(number_lock_is_held(ID));
	number_lock_release(lock);
	(void)close(ready[0]);
	(void)close(ready[1]);
}

static void test_lock_cannot_be_made(void **state)
{
	(void)state;
	struct lock_holder holder;
	struct err err;
	char *file = path_of("");
	file[strlen(file) - 1] = '\0';
	assert_true(file_write_whole(file, "", 0, 0600, &err)); /* where the folder should be */
	assert_int_equal(number_lock_take(ID, &holder, &err), -1);
	assert_int_equal(holder.since, 0);
	assert_int_equal(err.kind, ERR_IO);
	free(file);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_returns, home_make, home_remove),
		cmocka_unit_test_setup_teardown(test_damaged, home_make, home_remove),
		cmocka_unit_test_setup_teardown(test_leftover_goes, home_make, home_remove),
		cmocka_unit_test_setup_teardown(test_lock, home_make, home_remove),
		cmocka_unit_test_setup_teardown(test_lock_cannot_be_made, home_make, home_remove),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
