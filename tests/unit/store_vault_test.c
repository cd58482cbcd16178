/*
 * The vault's file: at every moment a whole one, whatever stops a write, and whoever else writes;
 * what is wrong with it is said in sentences of their own.
 */
#include "store/vault.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/vault_format.h"
#include "tests/support/cheap_scrypt.h"
#include "tests/support/child.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/sha.h>

#define ID_1 "1111111111111111"
#define ID_2 "2222222222222222"

enum { ENDS_MS = 30000, EXIT_CRASHED = 99, EXIT_REFUSED = 98, STEPS_MAX = 100 };

/* --- a folder for each test ------------------------------------------------------------------- */

struct home {
	char *folder;
	char *path;
	char *previous;
	struct secret passphrase;
};

static void passphrase_set(struct secret *passphrase, const char *text)
{
	assert_true(secret_set(passphrase, text, strlen(text), NULL));
}

static void home_make(struct home *home)
{
	struct err err;
	*home = (struct home) { .folder = child_folder_make() };
	assert_non_null(home->folder);
	assert_int_equal(setenv("XDG_DATA_HOME", home->folder, 1), 0);
	home->path = vault_path(&err);
	home->previous = vault_path_previous(home->path);
	passphrase_set(&home->passphrase, "correct horse battery staple");
	if (!vault_create(home->path, &home->passphrase, &err))
		fail_msg("%s %s", err.sentence, err.next_step);
}

static void home_remove(struct home *home)
{
	child_folder_remove(home->folder);
	free(home->folder);
	free(home->path);
	free(home->previous);
	secret_release(&home->passphrase);
}

/* `text` NULL: takes it out. */
static bool change(const struct home *home, const char *id, const char *text, struct err *err)
{
	struct vault_keys keys;
	struct secret key;
	vault_keys_init(&keys);
	secret_init(&key);
	if (text != NULL)
		passphrase_set(&key, text);
	bool done = vault_change(home->path, &home->passphrase, id, text == NULL ? NULL : &key,
				 &keys, err);
	if (done)
		assert_int_equal(vault_keys_find(&keys, id, &key), text != NULL);
	else
		assert_int_equal(keys.count, 0);
	secret_release(&key);
	vault_keys_release(&keys);
	return done;
}

static void change_done(const struct home *home, const char *id, const char *text)
{
	struct err err;
	if (!change(home, id, text, &err))
		fail_msg("%s %s", err.sentence, err.next_step);
}

/* NULL where there is none; caller frees. */
static char *key_in(const char *path, const struct secret *passphrase, const char *id)
{
	struct vault_keys keys;
	struct secret key;
	struct err err;
	vault_keys_init(&keys);
	secret_init(&key);
	if (!vault_read(path, passphrase, &keys, &err))
		fail_msg("%s %s", err.sentence, err.next_step);
	char *text = vault_keys_find(&keys, id, &key) ? mem_text(secret_bytes(&key)) : NULL;
	secret_release(&key);
	vault_keys_release(&keys);
	return text;
}

static void assert_key(const struct home *home, const char *path, const char *id, const char *text)
{
	char *key = key_in(path, &home->passphrase, id);
	if (!text_equal(key, text))
		fail_msg("the key of %s in %s is %s", id, path, key == NULL ? "not there" : key);
	free(key);
}

static void file_get(const char *path, struct str *out)
{
	struct err err;
	str_init(out);
	assert_true(file_read(path, VAULT_FILE_MAX, out, &err));
}

static void file_put(const char *path, const struct str *bytes)
{
	struct err err;
	assert_true(file_write_whole(path, bytes->bytes, bytes->length, 0600, &err));
}

static void assert_file(const char *path, const struct str *bytes)
{
	struct str now;
	file_get(path, &now);
	assert_int_equal(now.length, bytes->length);
	assert_memory_equal(now.bytes, bytes->bytes, bytes->length);
	str_release(&now);
}

/* --- what writing consists of ----------------------------------------------------------------- */

/* The calls that change what is on disk stand here before libc's: one of them can be the last of
 * this process, or fail. */
static struct {
	int left; /* calls until then; 0: none */
	bool fails;
} steps;

static bool step_stops(void)
{
	if (steps.left == 0 || --steps.left > 0)
		return false;
	if (!steps.fails)
		_exit(EXIT_CRASHED);
	errno = ENOSPC;
	return true;
}

ssize_t write(int fd, const void *bytes, size_t length)
{
	return step_stops() ? -1 : syscall(SYS_write, fd, bytes, length);
}

int fsync(int fd)
{
	return step_stops() ? -1 : (int)syscall(SYS_fsync, fd);
}

int rename(const char *from, const char *to)
{
	return step_stops() ? -1 : renameat(AT_FDCWD, from, AT_FDCWD, to);
}

/* --- tests ------------------------------------------------------------------------------------ */

static void keys_stay_from_change_to_change(void **state)
{
	struct home home;
	struct stat status;
	bool exists = false;
	(void)state;
	home_make(&home);
	assert_non_null(strstr(home.path, "/sipdesk/vault"));
	change_done(&home, ID_1, "first");
	change_done(&home, ID_2, "second");
	change_done(&home, ID_1, "first-again");
	assert_key(&home, home.path, ID_1, "first-again");
	assert_key(&home, home.path, ID_2, "second");
	change_done(&home, ID_1, NULL);
	change_done(&home, ID_1, NULL);
	assert_key(&home, home.path, ID_1, NULL);
	assert_key(&home, home.path, ID_2, "second");
	assert_true(vault_look(home.path, &exists, NULL));
	assert_true(exists);
	assert_int_equal(cheap_scrypt()->n, 131072);
	assert_int_equal(stat(home.path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_int_equal(stat(home.previous, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	char *folder = mem_format("%s/sipdesk", home.folder);
	assert_int_equal(stat(folder, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0700);
	free(folder);
	home_remove(&home);
}

static void the_file_before_is_kept(void **state)
{
	struct home home;
	struct str before;
	(void)state;
	home_make(&home);
	assert_int_not_equal(access(home.previous, F_OK), 0);
	for (int i = 0; i < 3; i++) {
		file_get(home.path, &before);
		change_done(&home, ID_1, i % 2 == 0 ? "one" : "other");
		assert_file(home.previous, &before);
		str_release(&before);
	}
	change_done(&home, ID_2, "second"); /* all that are taken out together are in it */
	assert_true(vault_prune(home.path, &home.passphrase, (const char *const[]) { ID_1, ID_2 },
				2, NULL));
	assert_key(&home, home.path, ID_1, NULL);
	assert_key(&home, home.path, ID_2, NULL);
	assert_key(&home, home.previous, ID_1, "one");
	assert_key(&home, home.previous, ID_2, "second");
	home_remove(&home);
}

static void the_passphrase_can_be_changed(void **state)
{
	struct home home;
	struct vault_keys keys = { 0 };
	struct secret wanted = { 0 };
	struct err err;
	(void)state;
	home_make(&home);
	change_done(&home, ID_1, "key");
	passphrase_set(&wanted, "eight ch");
	assert_false(vault_passphrase_change(home.path, &wanted, &wanted, &err));
	assert_int_equal(err.kind, ERR_KEY);
	assert_true(vault_passphrase_change(home.path, &home.passphrase, &wanted, &err));
	assert_false(vault_read(home.path, &home.passphrase, &keys, &err));
	assert_int_equal(err.kind, ERR_KEY);
	assert_true(vault_read(home.previous, &home.passphrase, &keys, &err));
	assert_true(secret_copy(&home.passphrase, &wanted, &err));
	assert_key(&home, home.path, ID_1, "key");
	passphrase_set(&wanted, "sevench");
	assert_false(vault_passphrase_change(home.path, &home.passphrase, &wanted, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	passphrase_set(&wanted, "ääääääää"); /* characters, not bytes */
	assert_true(vault_passphrase_judge(&wanted, &err));
	passphrase_set(&wanted, "äääääää");
	assert_false(vault_passphrase_judge(&wanted, &err));
	assert_non_null(strstr(err.sentence, "at least 8 characters"));
	passphrase_set(&wanted, "two\nlines and more");
	assert_false(vault_passphrase_judge(&wanted, &err));
	assert_true(secret_set(&wanted, "a NUL in\0the middle", 19, &err));
	assert_false(vault_passphrase_judge(&wanted, &err));
	assert_non_null(strstr(err.sentence, "one line of text"));
	vault_keys_release(&keys);
	secret_release(&wanted);
	home_remove(&home);
}

static void making_one_takes_the_place_of_none(void **state)
{
	struct home home;
	struct str first;
	struct err err;
	struct secret shorter = { 0 };
	(void)state;
	home_make(&home);
	change_done(&home, ID_1, "key");
	file_get(home.path, &first);
	assert_false(vault_create(home.path, &home.passphrase, &err));
	assert_int_equal(err.kind, ERR_CONFLICT);
	assert_non_null(strstr(err.next_step, "sipdesk vault passwd"));
	assert_file(home.path, &first);
	/* Only the one before is there: the next two changes would be its end. */
	assert_int_equal(rename(home.path, home.previous), 0);
	assert_false(vault_create(home.path, &home.passphrase, &err));
	assert_int_equal(err.kind, ERR_CONFLICT);
	char *command = mem_format("mv %s %s", home.previous, home.path);
	assert_non_null(strstr(err.next_step, command));
	assert_int_equal(unlink(home.previous), 0);
	passphrase_set(&shorter, "short");
	assert_false(vault_create(home.path, &shorter, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_int_not_equal(access(home.path, F_OK), 0);
	assert_true(vault_create(home.path, &home.passphrase, &err));
	assert_key(&home, home.path, ID_1, NULL);
	free(command);
	str_release(&first);
	secret_release(&shorter);
	home_remove(&home);
}

static void what_is_refused_changes_nothing(void **state)
{
	struct home home;
	struct str before;
	struct err err;
	(void)state;
	home_make(&home);
	file_get(home.path, &before);
	assert_false(change(&home, "no id", "key", &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_false(change(&home, ID_1, "no key", &err));
	assert_int_equal(err.kind, ERR_INPUT);
	passphrase_set(&home.passphrase, "some other passphrase");
	assert_false(change(&home, ID_1, "key", &err));
	assert_int_equal(err.kind, ERR_KEY);
	assert_file(home.path, &before);
	assert_int_not_equal(access(home.previous, F_OK), 0);
	str_release(&before);
	home_remove(&home);
}

static void a_mode_that_lets_others_read_is_refused(void **state)
{
	struct home home;
	struct err err;
	bool exists;
	(void)state;
	home_make(&home);
	assert_int_equal(chmod(home.path, 0640), 0);
	assert_false(vault_look(home.path, &exists, &err));
	assert_int_equal(err.kind, ERR_FORBIDDEN);
	char *command = mem_format("chmod 600 %s", home.path);
	assert_non_null(strstr(err.next_step, command));
	assert_false(change(&home, ID_1, "key", &err));
	assert_int_equal(err.kind, ERR_FORBIDDEN);
	assert_int_equal(chmod(home.path, 0600), 0);
	change_done(&home, ID_1, "key");
	free(command);
	home_remove(&home);
}

/* What `how` does to a vault, and how it is told. */
enum harm { HARM_BYTE, HARM_CUT, HARM_EMPTY, HARM_NEWER, HARM_COST, HARM_PASSPHRASE, HARM_GONE };

static const struct {
	enum harm harm;
	enum err_kind kind;
	const char *says;
	const char *next;
} HARMS[] = {
	{ HARM_BYTE, ERR_INPUT, "is damaged", "vault.previous" },
	{ HARM_CUT, ERR_INPUT, "is damaged", "vault.previous" },
	{ HARM_EMPTY, ERR_INPUT, "is damaged", "vault.previous" },
	{ HARM_NEWER, ERR_INPUT, "was written by a newer sipdesk", "Use the newer" },
	{ HARM_COST, ERR_INPUT, "asks for work on the passphrase", "Bring a vault back" },
	{ HARM_PASSPHRASE, ERR_KEY, "does not open with this passphrase", "Type it again" },
	{ HARM_GONE, ERR_CONFIG, "There is no vault", "sipdesk vault init" },
};

static void harm_do(struct home *home, enum harm harm)
{
	struct str bytes;
	file_get(home->path, &bytes);
	char *last = bytes.bytes + bytes.length - 1;
	switch (harm) {
	case HARM_BYTE: *last ^= 1; break;
	case HARM_CUT: bytes.length--; break;
	case HARM_EMPTY: bytes.length = 0; break;
	case HARM_NEWER: bytes.bytes[11] = 2; break;
	case HARM_COST: bytes.bytes[15] = 40; break;
	case HARM_PASSPHRASE: passphrase_set(&home->passphrase, "some other passphrase"); break;
	case HARM_GONE: break;
	}
	if (harm == HARM_NEWER || harm == HARM_COST)
		(void)SHA256((unsigned char *)bytes.bytes, bytes.length - 32,
			     (unsigned char *)last - 31);
	file_put(home->path, &bytes);
	if (harm == HARM_GONE)
		assert_int_equal(unlink(home->path), 0);
	str_release(&bytes);
}

static void each_fault_has_its_sentence_and_nothing_is_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(HARMS); i++) {
		struct home home;
		struct vault_keys keys = { 0 };
		struct str harmed, before;
		struct err err;
		home_make(&home);
		change_done(&home, ID_1, "key");
		harm_do(&home, HARMS[i].harm);
		bool exists = access(home.path, F_OK) == 0;
		if (exists)
			file_get(home.path, &harmed);
		file_get(home.previous, &before);
		for (int way = 0; way < 3; way++) {
			bool done = way == 0 ? vault_read(home.path, &home.passphrase, &keys, &err)
				    : way == 1
					    ? change(&home, ID_2, "other", &err)
					    : vault_passphrase_change(home.path, &home.passphrase,
								      &home.passphrase, &err);
			assert_false(done);
			if (err.kind != HARMS[i].kind ||
			    strstr(err.sentence, HARMS[i].says) == NULL ||
			    strstr(err.sentence, home.path) == NULL ||
			    strstr(err.next_step, HARMS[i].next) == NULL)
				fail_msg("case %zu: %s %s", i, err.sentence, err.next_step);
			assert_int_equal(keys.count, 0);
		}
		assert_file(home.previous, &before);
		str_release(&before);
		assert_int_equal(access(home.path, F_OK) == 0, exists);
		if (exists) {
			assert_file(home.path, &harmed);
			str_release(&harmed);
		}
		home_remove(&home);
	}
}

/* The command in the sentence is run as it stands. */
static void the_sentence_brings_the_file_before_back(void **state)
{
	struct home home;
	struct err err;
	bool exists;
	(void)state;
	home_make(&home);
	change_done(&home, ID_1, "first");
	change_done(&home, ID_1, "second");
	harm_do(&home, HARM_BYTE);
	assert_false(vault_look(home.path, &exists, &err));
	const char *command = strstr(err.next_step, "mv ");
	assert_non_null(command);
	assert_int_equal(system(command), 0);
	assert_key(&home, home.path, ID_1, "first");
	change_done(&home, ID_2, "third");
	char *damaged = mem_format("%s.damaged", home.path);
	assert_int_equal(access(damaged, F_OK), 0);

	/* Both are damaged, then the one before is gone: it says so. */
	harm_do(&home, HARM_BYTE);
	struct str bytes;
	file_get(home.path, &bytes);
	file_put(home.previous, &bytes);
	str_release(&bytes);
	assert_false(vault_look(home.path, &exists, &err));
	assert_non_null(strstr(err.next_step, "is damaged, too"));
	assert_int_equal(unlink(home.previous), 0);
	assert_false(vault_look(home.path, &exists, &err));
	assert_non_null(strstr(err.next_step, "is not there"));
	assert_null(strstr(err.next_step, "cp "));
	free(damaged);
	home_remove(&home);
}

/* Writes "after" in a child that ends before its step number `step`; its exit code. */
static int crash_at(const struct home *home, int step)
{
	int status;
	pid_t parent = getpid();
	pid_t id = fork();
	if (id == 0) {
		struct err err;
		struct vault_keys keys = { 0 };
		struct secret key = { 0 };
		child_bind_to_parent(parent);
		(void)secret_set(&key, "after", 5, NULL);
		steps.left = step;
		_exit(vault_change(home->path, &home->passphrase, ID_1, &key, &keys, &err)
			      ? 0
			      : EXIT_REFUSED);
	}
	int handle = child_handle(id);
	assert_true(child_reap(id, handle, ENDS_MS, &status));
	(void)close(handle);
	return status;
}

static void a_crash_between_two_steps_loses_nothing(void **state)
{
	int step = 1, status = EXIT_CRASHED;
	bool was_after = false;
	(void)state;
	for (; status == EXIT_CRASHED && step < STEPS_MAX; step++) {
		struct home home;
		home_make(&home);
		change_done(&home, ID_1, "long-ago");
		change_done(&home, ID_1, "before");
		status = crash_at(&home, step);
		char *key = key_in(home.path, &home.passphrase, ID_1);
		bool is_after = text_equal(key, "after");
		if (!is_after && !text_equal(key, "before"))
			fail_msg("a crash at step %d left %s", step, key == NULL ? "nothing" : key);
		assert_true(is_after || !was_after);
		was_after = is_after;
		free(key);
		key = key_in(home.previous, &home.passphrase, ID_1);
		assert_true(text_equal(key, "before") ||
			    (!is_after && text_equal(key, "long-ago")));
		free(key);
		change_done(&home, ID_2, "and-on");
		assert_key(&home, home.path, ID_2, "and-on");
		home_remove(&home);
	}
	assert_int_equal(status, 0);
	assert_true(step > 6);
}

static void a_step_that_fails_changes_nothing(void **state)
{
	int failures = 0;
	bool is_reached = true;
	(void)state;
	for (int step = 1; is_reached && step < STEPS_MAX; step++) {
		struct home home;
		struct str before;
		struct err err;
		home_make(&home);
		change_done(&home, ID_1, "before");
		file_get(home.path, &before);
		steps.fails = true;
		steps.left = step;
		bool done = change(&home, ID_1, "after", &err);
		is_reached = steps.left == 0;
		steps.fails = false;
		steps.left = 0;
		if (!done) {
			assert_int_equal(err.kind, ERR_IO);
			assert_file(home.path, &before);
			failures++;
		}
		assert_key(&home, home.path, ID_1, done ? "after" : "before");
		str_release(&before);
		home_remove(&home);
	}
	assert_false(is_reached);
	assert_true(failures >= 6); /* two files, each written, synced and renamed */
}

static void two_at_once_lose_nothing(void **state)
{
	enum { WRITERS = 3, KEYS = 12 };
	struct home home;
	struct vault_keys keys = { 0 };
	struct err err;
	pid_t writers[WRITERS], parent = getpid();
	(void)state;
	home_make(&home);
	for (int i = 0; i < WRITERS; i++) {
		writers[i] = fork();
		if (writers[i] != 0)
			continue;
		child_bind_to_parent(parent);
		for (int j = 0; j < KEYS; j++) {
			char id[17];
			struct secret key = { 0 };
			(void)snprintf(id, sizeof id, "%08x%08x", (unsigned)i, (unsigned)j);
			(void)secret_set(&key, id, strlen(id), NULL);
			if (!vault_change(home.path, &home.passphrase, id, &key, &keys, &err))
				_exit(EXIT_REFUSED);
		}
		_exit(0);
	}
	for (int i = 0; i < WRITERS; i++) {
		int status, handle = child_handle(writers[i]);
		assert_true(child_reap(writers[i], handle, ENDS_MS, &status));
		assert_int_equal(status, 0);
		(void)close(handle);
	}
	assert_true(vault_read(home.path, &home.passphrase, &keys, &err));
	assert_int_equal(keys.count, WRITERS * KEYS);
	vault_keys_release(&keys);
	home_remove(&home);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_stay_from_change_to_change),
		cmocka_unit_test(the_file_before_is_kept),
		cmocka_unit_test(the_passphrase_can_be_changed),
		cmocka_unit_test(making_one_takes_the_place_of_none),
		cmocka_unit_test(what_is_refused_changes_nothing),
		cmocka_unit_test(a_mode_that_lets_others_read_is_refused),
		cmocka_unit_test(each_fault_has_its_sentence_and_nothing_is_written),
		cmocka_unit_test(the_sentence_brings_the_file_before_back),
		cmocka_unit_test(a_crash_between_two_steps_loses_nothing),
		cmocka_unit_test(a_step_that_fails_changes_nothing),
		cmocka_unit_test(two_at_once_lose_nothing),
	};
	secret_allocators_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
