/* Changes of the saved numbers: nothing of another session is lost, and what cannot be saved stays
 * for this session. */
#include "store/numbers.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/folders.h"
#include "tests/support/child.h"
#include "tests/support/numbers_home.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define URL "https://waba-v2.360dialog.io"

enum {
	WRITERS = 8,
	ADDED_BY_EACH = 20,
	WRITERS_MS = 120 * 1000,
	FILE_SIZE_LIMIT = 100, /* bytes: no list is as small */
	NOBODY = 65534,
};

static bool add(struct numbers *numbers, const char *label, struct err *err)
{
	char *own = mem_text(label);
	const struct number wanted = { .label = own, .api_url = URL };
	err_init(err);
	bool is_added = numbers_add(numbers, &wanted, 1, NULL, err);
	free(own);
	return is_added;
}

static void add_done(struct numbers *numbers, const char *label)
{
	struct err err;
	if (!add(numbers, label, &err))
		fail_msg("%s: %s %s", label, err.sentence, err.next_step);
}

/* Two sessions on one file that holds "A" and "B". */
struct sessions {
	struct numbers_home home;
	struct numbers one, two;
	char *a, *b; /* ids */
};

static int sessions_make(void **state)
{
	struct sessions *both = mem_alloc(1, sizeof *both);
	numbers_home_make(&both->home);
	numbers_init(&both->one);
	numbers_init(&both->two);
	numbers_home_load(&both->one);
	add_done(&both->one, "A");
	add_done(&both->one, "B");
	numbers_home_load(&both->two);
	both->a = mem_text(both->one.items[0].id);
	both->b = mem_text(both->one.items[1].id);
	*state = both;
	return 0;
}

static int sessions_remove(void **state)
{
	struct sessions *both = *state;
	numbers_release(&both->one);
	numbers_release(&both->two);
	numbers_home_remove(&both->home);
	free(both->a);
	free(both->b);
	free(both);
	return 0;
}

/* The labels in order, as "A, B". */
static void assert_labels(const struct numbers *numbers, const char *expected)
{
	struct str labels;
	str_init(&labels);
	for (size_t i = 0; i < numbers->count; i++)
		str_addf(&labels, "%s%s", i == 0 ? "" : ", ", numbers->items[i].label);
	assert_string_equal(labels.bytes, expected);
	str_release(&labels);
}

static void assert_saved(const char *expected)
{
	struct numbers now;
	numbers_init(&now);
	numbers_home_load(&now);
	assert_labels(&now, expected);
	numbers_release(&now);
}

static void additions_and_removals_of_both_stay(void **state)
{
	struct sessions *both = *state;
	struct err err;
	add_done(&both->one, "C");
	add_done(&both->two, "D");
	assert_labels(&both->two, "A, B, C, D");
	assert_true(numbers_remove(&both->one, both->a, &err));
	assert_labels(&both->one, "B, C, D");
	assert_true(numbers_remove(&both->two, both->a, &err)); /* gone already */
	add_done(&both->two, "A");
	assert_saved("B, C, D, A");
	assert_false(add(&both->one, "d", &err)); /* which this session has learned of */
	assert_string_equal(err.field, "label");
	assert_labels(&both->one, "B, C, D, A");
}

static void replace(struct numbers *numbers, const char *id, const char *label, const char *note)
{
	struct number wanted;
	struct err err;
	number_copy(&wanted, numbers_find_id(numbers, id));
	if (label != NULL)
		mem_text_set(&wanted.label, label);
	if (note != NULL)
		mem_text_set(&wanted.note, note);
	if (!numbers_replace(numbers, id, &wanted, &err))
		fail_msg("%s", err.sentence);
	number_release(&wanted);
}

static void values_changed_by_both_stay(void **state)
{
	struct sessions *both = *state;
	replace(&both->one, both->a, "A1", NULL);
	replace(&both->two, both->a, NULL, "of the second");
	const struct number *number = numbers_find_id(&both->two, both->a);
	assert_string_equal(number->label, "A1");
	assert_string_equal(number->note, "of the second");
	replace(&both->one, both->a, "A2", NULL);
	number = numbers_find_id(&both->one, both->a);
	assert_string_equal(number->label, "A2");
	assert_string_equal(number->note, "of the second");
	replace(&both->one, both->a, NULL, " "); /* takes the note out */
	assert_null(numbers_find_id(&both->one, both->a)->note);
}

static void a_number_removed_elsewhere_is_not_changed(void **state)
{
	struct sessions *both = *state;
	struct err err;
	const struct number wanted = { .label = "A1", .api_url = URL };
	assert_true(numbers_remove(&both->one, both->a, &err));
	assert_false(numbers_replace(&both->two, both->a, &wanted, &err));
	assert_int_equal(err.kind, ERR_CONFLICT);
	assert_string_equal(err.sentence, "Another session has removed A, so it was not changed.");
	assert_labels(&both->two, "B");
	assert_saved("B");
}

static void a_label_taken_elsewhere_is_refused(void **state)
{
	struct sessions *both = *state;
	struct err err;
	struct number wanted = { .label = "Mine", .api_url = URL };
	add_done(&both->one, "Mine");
	assert_false(numbers_replace(&both->two, both->a, &wanted, &err));
	assert_string_equal(err.field, "label");
	wanted.label = "b";
	assert_false(numbers_replace(&both->two, both->a, &wanted, &err));
	assert_string_equal(err.field, "label");
	assert_true(numbers_replace(&both->two, both->b, &wanted, &err)); /* its own */
	assert_saved("A, b, Mine");
	assert_false(numbers_judge(&both->two, &wanted, both->a, &err));
	assert_true(numbers_judge(&both->two, &wanted, both->b, &err));
}

static void a_number_of_the_session_is_never_saved_unless_changed(void **state)
{
	struct sessions *both = *state;
	struct err err;
	const char *id;
	const struct number given = { .label = "Given", .api_url = URL, .is_of_session = true };
	assert_true(numbers_add(&both->one, &given, 1, &id, &err));
	char *own_id = mem_text(id);
	add_done(&both->one, "C");
	assert_labels(&both->one, "A, B, C, Given");
	assert_saved("A, B, C");
	replace(&both->one, own_id, "Kept", NULL);
	assert_false(numbers_find_id(&both->one, own_id)->is_of_session);
	assert_saved("A, B, C, Kept");
	free(own_id);
}

static void a_file_damaged_meanwhile_is_set_aside_and_the_list_stays(void **state)
{
	struct sessions *both = *state;
	numbers_home_put(&both->home, "{\"schema\":1,\"numb");
	add_done(&both->one, "C");
	assert_non_null(both->one.set_aside);
	assert_saved("A, B, C");
	numbers_home_put(&both->home, "\xff");
	char *first = mem_text(both->one.set_aside);
	add_done(&both->one, "D"); /* in the same second, most likely */
	assert_string_not_equal(both->one.set_aside, first);
	assert_int_equal(access(first, F_OK), 0);
	assert_int_equal(access(both->one.set_aside, F_OK), 0);
	assert_saved("A, B, C, D");
	free(first);
}

/* --- many processes --------------------------------------------------------------------------- */

/* A session of its own. Another that writes for long is waited for: nobody does so in earnest. */
static int writer_run(int writer)
{
	struct numbers numbers;
	struct err err;
	numbers_init(&numbers);
	int64_t deadline = child_now_ms() + WRITERS_MS;
	for (int i = 0; i < ADDED_BY_EACH; i++) {
		char *label = mem_format("W%d-%d", writer, i);
		bool is_added = false;
		while (!is_added && child_now_ms() < deadline) {
			numbers_release(&numbers);
			is_added = numbers_load(&numbers, &err) && add(&numbers, label, &err);
			if (!is_added && strstr(err.sentence, "Another sipdesk is writing") == NULL)
				deadline = 0;
		}
		free(label);
		if (!is_added)
			(void)fprintf(stderr, "%s\n", err.sentence);
	}
	numbers_release(&numbers);
	return deadline == 0;
}

static void many_writers_lose_nothing(void **state)
{
	struct sessions *both = *state;
	pid_t writers[WRITERS];
	for (int i = 0; i < WRITERS; i++) {
		writers[i] = fork();
		assert_true(writers[i] >= 0);
		if (writers[i] == 0)
			_exit(writer_run(i));
	}
	for (int i = 0; i < WRITERS; i++) {
		int status = -1;
		assert_int_equal(waitpid(writers[i], &status, 0), writers[i]);
		assert_int_equal(status, 0);
	}
	numbers_home_load(&both->one);
	assert_int_equal(both->one.count, 2 + WRITERS * ADDED_BY_EACH);
}

/* --- what cannot be saved --------------------------------------------------------------------- */

static void size_limit(rlim_t limit)
{
	struct rlimit now;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &now), 0);
	now.rlim_cur = limit;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &now), 0);
}

/* As on a full disk: a part of the file can be written. */
static void size_limit_set(struct sessions *both)
{
	(void)both;
	(void)signal(SIGXFSZ, SIG_IGN);
	size_limit(FILE_SIZE_LIMIT);
}

static void size_limit_undo(struct sessions *both)
{
	(void)both;
	size_limit(RLIM_INFINITY);
}

/* The rights of root pass over modes, so the test steps out of them. */
static void home_read_only(struct sessions *both)
{
	if (geteuid() == 0) {
		assert_int_equal(chmod(both->home.folder, 0711), 0);
		assert_int_equal(chown(both->home.sipdesk, NOBODY, NOBODY), 0);
		assert_int_equal(chown(both->home.file, NOBODY, NOBODY), 0);
		assert_int_equal(seteuid(NOBODY), 0);
	}
	assert_int_equal(chmod(both->home.sipdesk, 0500), 0);
}

static void home_writable(struct sessions *both)
{
	assert_int_equal(chmod(both->home.sipdesk, 0700), 0);
	char *lock = mem_format("%s.lock", both->home.file);
	if (getuid() != 0)
		goto out;
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(chown(both->home.sipdesk, 0, 0), 0);
	assert_int_equal(chown(both->home.file, 0, 0), 0);
	assert_int_equal(chown(lock, 0, 0), 0);
out:
	free(lock);
}

static void file_readable(struct sessions *both)
{
	assert_int_equal(chmod(both->home.file, 0644), 0);
}

static void file_private(struct sessions *both)
{
	assert_int_equal(chmod(both->home.file, 0600), 0);
}

static void folder_swap(const struct sessions *both, bool is_away)
{
	char *away = mem_format("%s/away", both->home.folder);
	if (is_away)
		assert_int_equal(rename(both->home.sipdesk, away), 0);
	else
		assert_int_equal(unlink(both->home.sipdesk), 0);
	if (is_away)
		assert_int_equal(symlink("/dev/null", both->home.sipdesk), 0);
	else
		assert_int_equal(rename(away, both->home.sipdesk), 0);
	free(away);
}

static void folder_is_a_file(struct sessions *both)
{
	folder_swap(both, true);
}

static void folder_is_a_folder(struct sessions *both)
{
	folder_swap(both, false);
}

static int other_lock = -1;

static void lock_held(struct sessions *both)
{
	other_lock = store_lock(both->home.file, NULL);
	assert_true(other_lock >= 0);
}

static void lock_given_back(struct sessions *both)
{
	(void)both;
	store_unlock(other_lock);
}

static void device_put(struct sessions *both)
{
	char *away = mem_format("%s.away", both->home.file);
	assert_int_equal(rename(both->home.file, away), 0);
	assert_int_equal(symlink("/dev/full", both->home.file), 0);
	free(away);
}

static void device_removed(struct sessions *both)
{
	char *away = mem_format("%s.away", both->home.file);
	assert_int_equal(rename(away, both->home.file), 0);
	free(away);
}

static const struct {
	const char *name;
	void (*begin)(struct sessions *both);
	void (*end)(struct sessions *both);
	enum err_kind kind;
	const char *sentence, *next_step;
} HINDRANCES[] = {
	{ "full disk", size_limit_set, size_limit_undo, ERR_IO, "Cannot write", "ulimit" },
	{ "read-only home", home_read_only, home_writable, ERR_FORBIDDEN, "Permission denied",
	  "right to write" },
	{ "readable by others", file_readable, file_private, ERR_FORBIDDEN, "can be read by others",
	  "Run: chmod 600" },
	{ "no folder", folder_is_a_file, folder_is_a_folder, ERR_IO, "Cannot make the folder",
	  "move it away" },
	{ "another writes", lock_held, lock_given_back, ERR_IO, "Another sipdesk is writing",
	  "Try again" },
	{ "a device", device_put, device_removed, ERR_FORBIDDEN, "no plain file", "away" },
};

static void what_cannot_be_saved_stays_for_the_session(void **state)
{
	for (size_t i = 0; i < ARRAY_LENGTH(HINDRANCES); i++) {
		struct err err;
		struct sessions *both = *state;
		print_message("%s\n", HINDRANCES[i].name);
		char *before = numbers_home_text(&both->home);
		HINDRANCES[i].begin(both);
		bool is_added = add(&both->one, "C", &err);
		struct number changed = { .label = "A changed", .api_url = URL };
		bool is_replaced = numbers_replace(&both->one, both->a, &changed, NULL);
		bool is_removed = numbers_remove(&both->one, both->b, NULL);
		HINDRANCES[i].end(both);
		assert_false(is_added || is_replaced || is_removed);
		assert_int_equal(err.kind, HINDRANCES[i].kind);
		assert_non_null(strstr(err.sentence, HINDRANCES[i].sentence));
		assert_non_null(strstr(err.next_step, HINDRANCES[i].next_step));
		assert_true(numbers_kept_in_memory(&err));
		assert_labels(&both->one, "A changed, C");
		char *after = numbers_home_text(&both->home);
		assert_string_equal(after, before); /* what stood there stays */
		free(before);
		free(after);

		add_done(&both->one, "D");
		assert_saved("A, B, D");
		assert_labels(&both->one, "A changed, B, D, C");
		assert_int_equal(sessions_remove(state), 0);
		assert_int_equal(sessions_make(state), 0);
	}
}

/* The list could not be read at the start; once it can, the next change finds what is there. */
static void a_list_that_was_refused_is_not_lost(void **state)
{
	struct sessions *both = *state;
	struct err err;
	file_readable(both);
	assert_false(numbers_load(&both->two, &err));
	assert_int_equal(err.kind, ERR_FORBIDDEN);
	assert_false(add(&both->two, "C", &err));
	assert_labels(&both->two, "C");
	file_private(both);
	add_done(&both->two, "D");
	assert_labels(&both->two, "A, B, D, C");
	assert_saved("A, B, D");
}

#define test(function) cmocka_unit_test_setup_teardown(function, sessions_make, sessions_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(additions_and_removals_of_both_stay),
		test(values_changed_by_both_stay),
		test(a_number_removed_elsewhere_is_not_changed),
		test(a_label_taken_elsewhere_is_refused),
		test(a_number_of_the_session_is_never_saved_unless_changed),
		test(a_file_damaged_meanwhile_is_set_aside_and_the_list_stays),
		test(many_writers_lose_nothing),
		test(what_cannot_be_saved_stays_for_the_session),
		test(a_list_that_was_refused_is_not_lost),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
