/* Files of ours: where they are, whose they must be, that they are replaced whole, and locks. */
#include "store/folders.h"

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
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { LIMIT = 1000, NOBODY = 65534 };

/* A folder of ours with a file, and one beside it for what links lead to. */
struct place {
	char *root, *folder, *file, *beside, *other;
};

static int place_make(void **state)
{
	struct place *place = mem_alloc(1, sizeof *place);
	place->root = child_folder_make();
	place->folder = mem_format("%s/sipdesk", place->root);
	place->file = mem_format("%s/file", place->folder);
	place->beside = mem_format("%s/beside", place->root);
	place->other = mem_format("%s/other", place->beside);
	*state = place;
	return mkdir(place->folder, 0700) | mkdir(place->beside, 0755) |
	       !file_write_whole(place->other, "other", 5, 0600, NULL);
}

static int place_remove(void **state)
{
	struct place *place = *state;
	child_folder_remove(place->root);
	free(place->root);
	free(place->folder);
	free(place->file);
	free(place->beside);
	free(place->other);
	free(place);
	return 0;
}

static void paths_follow_the_environment(void **state)
{
	(void)state;
	static const struct {
		enum store_folder folder;
		const char *variable, *value, *home, *path; /* path NULL: ERR_CONFIG */
	} cases[] = {
		{ STORE_CONFIG, "XDG_CONFIG_HOME", "/c", "/h", "/c/sipdesk/x" },
		{ STORE_CONFIG, "XDG_CONFIG_HOME", "c", "/h", "/h/.config/sipdesk/x" },
		{ STORE_DATA, "XDG_DATA_HOME", "/d", NULL, "/d/sipdesk/x" },
		{ STORE_DATA, "XDG_DATA_HOME", "", "/h", "/h/.local/share/sipdesk/x" },
		{ STORE_STATE, "XDG_STATE_HOME", "/s", "/h", "/s/sipdesk/x" },
		{ STORE_STATE, "XDG_STATE_HOME", NULL, "/h", "/h/.local/state/sipdesk/x" },
		{ STORE_STATE, "XDG_STATE_HOME", NULL, "h", NULL },
		{ STORE_STATE, "XDG_STATE_HOME", NULL, NULL, NULL },
	};
	char *home = mem_text(getenv("HOME"));
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct err err;
		(void)unsetenv(cases[i].variable);
		(void)unsetenv("HOME");
		if (cases[i].value != NULL)
			(void)setenv(cases[i].variable, cases[i].value, 1);
		if (cases[i].home != NULL)
			(void)setenv("HOME", cases[i].home, 1);
		char *path = store_path(cases[i].folder, "x", &err);
		if (cases[i].path == NULL) {
			assert_null(path);
			assert_int_equal(err.kind, ERR_CONFIG);
			assert_non_null(strstr(err.next_step, cases[i].variable));
		} else {
			assert_string_equal(path, cases[i].path);
		}
		free(path);
	}
	if (home != NULL)
		(void)setenv("HOME", home, 1);
	free(home);
}

static void a_missing_file_is_no_error(void **state)
{
	const struct place *place = *state;
	struct str text;
	struct err err;
	bool exists = true;
	str_init(&text);
	assert_true(store_read(place->file, LIMIT, &text, &exists, &err));
	assert_false(exists);
	assert_int_equal(rmdir(place->folder), 0);
	exists = true;
	assert_true(store_read(place->file, LIMIT, &text, &exists, &err));
	assert_false(exists);
	assert_int_equal(symlink("nowhere", place->folder), 0);
	assert_true(store_read(place->file, LIMIT, &text, &exists, &err));
	assert_false(exists);
	assert_int_equal(unlink(place->folder), 0);
	str_release(&text);
}

/* A write makes folder and file; each is nobody else's. */
static void what_is_written_is_private_and_whole(void **state)
{
	const struct place *place = *state;
	struct str text;
	struct err err;
	struct stat status;
	bool exists = false;
	str_init(&text);
	assert_int_equal(rmdir(place->folder), 0);
	mode_t mask = umask(0);
	assert_true(store_write(place->file, "first", 5, &err));
	assert_true(store_write(place->file, "second", 6, &err));
	(void)umask(mask);
	assert_int_equal(stat(place->folder, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0700);
	assert_int_equal(stat(place->file, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_true(store_read(place->file, LIMIT, &text, &exists, &err));
	assert_true(exists);
	assert_string_equal(text.bytes, "second");
	assert_false(store_read(place->file, 5, &text, &exists, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	str_release(&text);
}

/* --- what is refused -------------------------------------------------------------------------- */

static void file_put(const struct place *place)
{
	assert_true(file_write_whole(place->file, "text", 4, 0600, NULL));
}

static void file_for_group(const struct place *place)
{
	file_put(place);
	assert_int_equal(chmod(place->file, 0640), 0);
}

static void file_writable(const struct place *place)
{
	file_put(place);
	assert_int_equal(chmod(place->file, 0602), 0);
}

static void folder_open(const struct place *place)
{
	file_put(place);
	assert_int_equal(chmod(place->folder, 0750), 0);
}

static void link_to_private(const struct place *place)
{
	assert_int_equal(symlink(place->other, place->file), 0);
}

static void link_to_readable(const struct place *place)
{
	link_to_private(place);
	assert_int_equal(chmod(place->other, 0644), 0);
}

static void link_into_open_folder(const struct place *place)
{
	link_to_private(place);
	assert_int_equal(chmod(place->beside, 0777), 0);
}

static void pipe_put(const struct place *place)
{
	assert_int_equal(mkfifo(place->file, 0600), 0);
}

static void folder_put(const struct place *place)
{
	assert_int_equal(mkdir(place->file, 0700), 0);
}

static void device_put(const struct place *place)
{
	assert_int_equal(symlink("/dev/zero", place->file), 0);
}

static const struct {
	const char *name;
	void (*make)(const struct place *place);
	const char *sentence; /* NULL: it is used */
	const char *next_step;
} FOUND[] = {
	{ "a private file", file_put, NULL, NULL },
	{ "for the group", file_for_group, "can be read by others", "chmod 600 " },
	{ "writable", file_writable, "can be read by others", "chmod 600 " },
	{ "an open folder", folder_open, "can be read by others", "chmod 700 " },
	{ "a link to a private file", link_to_private, NULL, NULL },
	{ "a link to a readable file", link_to_readable, "can be read by others", "chmod 600 " },
	{ "a link into an open folder", link_into_open_folder, "can be written by others",
	  "chmod go-w " },
	{ "a pipe", pipe_put, "no plain file", "Move it away" },
	{ "a folder", folder_put, "no plain file", "Move it away" },
	{ "a device", device_put, "no plain file", "Move it away" },
};

static void what_others_may_touch_is_refused(void **state)
{
	for (size_t i = 0; i < ARRAY_LENGTH(FOUND); i++) {
		struct place *place = *state;
		struct err err;
		struct str text;
		bool exists;
		err_init(&err);
		str_init(&text);
		FOUND[i].make(place);
		bool is_read = store_read(place->file, LIMIT, &text, &exists, &err);
		if (is_read != (FOUND[i].sentence == NULL))
			fail_msg("%s: %s", FOUND[i].name, err.sentence);
		assert_int_equal(store_write(place->file, "new", 3, NULL), is_read);
		if (!is_read) {
			assert_int_equal(err.kind, ERR_FORBIDDEN);
			assert_non_null(strstr(err.sentence, FOUND[i].sentence));
			assert_non_null(strstr(err.next_step, FOUND[i].next_step));
			assert_int_equal(text.length, 0);
		}
		str_release(&text);
		assert_int_equal(place_remove(state), 0);
		assert_int_equal(place_make(state), 0);
	}
}

/* Only root can give a file away, and only to root are the others' files open. */
static void what_is_not_ours_is_refused(void **state)
{
	const struct place *place = *state;
	struct err err;
	struct str text;
	bool exists;
	if (geteuid() != 0)
		skip();
	str_init(&text);
	file_put(place);
	assert_int_equal(chown(place->file, NOBODY, NOBODY), 0);
	assert_false(store_read(place->file, LIMIT, &text, &exists, &err));
	assert_non_null(strstr(err.sentence, "belongs to another user"));
	assert_non_null(strstr(err.next_step, "chown \"$USER\" /"));
	assert_int_equal(chown(place->file, 0, 0), 0);
	assert_int_equal(chown(place->folder, NOBODY, NOBODY), 0);
	assert_false(store_read(place->file, LIMIT, &text, &exists, &err));
	assert_non_null(strstr(err.sentence, "belongs to another user"));
	str_release(&text);
}

/* A link stays one, and what it leads to is replaced. */
static void a_link_is_written_through(void **state)
{
	const struct place *place = *state;
	struct err err;
	struct stat status;
	struct str text;
	str_init(&text);
	link_to_private(place);
	assert_true(store_write(place->file, "new", 3, &err));
	assert_int_equal(lstat(place->file, &status), 0);
	assert_true(S_ISLNK(status.st_mode));
	assert_true(file_read(place->other, LIMIT, &text, &err));
	assert_string_equal(text.bytes, "new");
	str_release(&text);
}

static void damaged_files_are_set_aside_under_names_of_their_own(void **state)
{
	const struct place *place = *state;
	struct err err;
	char *kept[3];
	for (size_t i = 0; i < ARRAY_LENGTH(kept); i++) {
		char *damage = mem_format("damage %zu", i);
		assert_true(store_write(place->file, damage, strlen(damage), &err));
		assert_true(store_set_aside(place->file, &kept[i], &err));
		assert_int_equal(access(place->file, F_OK), -1);
		free(damage);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(kept); i++) {
		char *damage = mem_format("damage %zu", i);
		struct str text;
		str_init(&text);
		assert_non_null(strstr(kept[i], "/file.damaged-20"));
		assert_true(file_read(kept[i], LIMIT, &text, &err));
		assert_string_equal(text.bytes, damage);
		str_release(&text);
		free(damage);
		free(kept[i]);
	}
	assert_false(store_set_aside(place->file, &kept[0], &err));
	assert_int_equal(err.kind, ERR_IO);
}

/* Waits for one that is held for a moment, not for one that is held on. */
static void a_lock_is_waited_for(void **state)
{
	const struct place *place = *state;
	struct err err;
	int ready[2];
	assert_int_equal(pipe(ready), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		int lock = store_lock(place->file, NULL);
		bool is_told = write(ready[1], "x", 1) == 1;
		const struct timespec moment = { .tv_nsec = 200 * 1000 * 1000 };
		(void)nanosleep(&moment, NULL);
		_exit(lock < 0 || !is_told); /* which gives it back */
	}
	char byte;
	assert_int_equal(read(ready[0], &byte, 1), 1);
	int lock = store_lock(place->file, &err);
	assert_true(lock >= 0);
	int64_t started = child_now_ms();
	assert_int_equal(store_lock(place->file, &err), -1);
	assert_true(child_now_ms() - started >= 900);
	assert_int_equal(err.kind, ERR_IO);
	assert_non_null(strstr(err.sentence, "Another sipdesk is writing"));
	store_unlock(lock);
	store_unlock(-1);
	lock = store_lock(place->file, &err);
	assert_true(lock >= 0);
	store_unlock(lock);
	int status = -1;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	(void)close(ready[0]);
	(void)close(ready[1]);
}

#define test(function) cmocka_unit_test_setup_teardown(function, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(paths_follow_the_environment),
		test(a_missing_file_is_no_error),
		test(what_is_written_is_private_and_whole),
		test(what_others_may_touch_is_refused),
		test(what_is_not_ours_is_refused),
		test(a_link_is_written_through),
		test(damaged_files_are_set_aside_under_names_of_their_own),
		test(a_lock_is_waited_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
