/* base/file: written whole or not at all, straight where it is a pipe, and never readable by more
 * people than before. */
#include "base/file.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

struct folder {
	char path[64];
	int before; /* the folder we came from */
};

static int folder_open(void **state)
{
	struct folder *folder = mem_alloc(1, sizeof *folder);
	static const char pattern[] = "/tmp/sipdesk-file-XXXXXX";
	memcpy(folder->path, pattern, sizeof pattern);
	folder->before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*state = folder;
	return mkdtemp(folder->path) == NULL || chdir(folder->path) != 0;
}

static void folder_empty(const char *path)
{
	DIR *entries = opendir(path);
	struct dirent *entry;
	assert_non_null(entries);
	while ((entry = readdir(entries)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		char *inner = mem_format("%s/%s", path, entry->d_name);
		if (unlink(inner) != 0) {
			folder_empty(inner);
			(void)rmdir(inner);
		}
		free(inner);
	}
	(void)closedir(entries);
}

static int folder_close(void **state)
{
	struct folder *folder = *state;
	folder_empty(folder->path);
	int result = fchdir(folder->before) | rmdir(folder->path);
	(void)close(folder->before);
	free(folder);
	return result;
}

static size_t entries_count(void)
{
	DIR *entries = opendir(".");
	size_t count = 0;
	while (readdir(entries) != NULL)
		count++;
	(void)closedir(entries);
	return count - 2;
}

static mode_t mode_of(const char *path)
{
	struct stat status;
	assert_int_equal(stat(path, &status), 0);
	return status.st_mode & 07777;
}

static void assert_file(const char *path, const char *bytes, size_t length)
{
	struct str read;
	str_init(&read);
	assert_true(file_read(path, length + 1, &read, NULL));
	assert_int_equal(read.length, length);
	assert_memory_equal(read.bytes, bytes, length);
	str_release(&read);
}

static const struct {
	mode_t before, asked, after; /* before 0: a new file */
} mode_cases[] = {
	{ 0, 0600, 0600 },    { 0, 0644, 0644 },    { 0600, 0644, 0600 },
	{ 0644, 0600, 0600 }, { 0640, 0644, 0640 }, { 0664, 0644, 0644 },
};

static void test_modes(void **state)
{
	(void)state;
	mode_t mask = umask(077); /* what was asked for is what it gets */
	for (size_t i = 0; i < ARRAY_LENGTH(mode_cases); i++) {
		(void)unlink("f");
		if (mode_cases[i].before != 0) {
			assert_true(file_write_whole("f", "old", 3, 0666, NULL));
			assert_int_equal(chmod("f", mode_cases[i].before), 0);
		}
		assert_true(file_write_whole("f", "new\0!", 5, mode_cases[i].asked, NULL));
		assert_file("f", "new\0!", 5);
		assert_int_equal(mode_of("f"), mode_cases[i].after);
		assert_int_equal(entries_count(), 1);
	}
	(void)umask(mask);
}

/* Who has the old file open keeps the old file, whole. */
static void test_replaced_not_overwritten(void **state)
{
	(void)state;
	char bytes[8] = { 0 };
	assert_true(file_write_whole("f", "before", 6, 0600, NULL));
	int fd = open("f", O_RDONLY | O_CLOEXEC);
	assert_true(file_write_whole("./f", "", 0, 0600, NULL));
	assert_int_equal(read(fd, bytes, sizeof bytes), 6);
	assert_string_equal(bytes, "before");
	(void)close(fd);
	assert_file("f", "", 0);
}

static void test_failed_write_leaves_the_old_file(void **state)
{
	(void)state;
	struct rlimit before, small;
	struct err err;
	char *large = mem_alloc(100000, 1);
	assert_true(file_write_whole("f", "before", 6, 0600, NULL));
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = (struct rlimit) { .rlim_cur = 4096, .rlim_max = before.rlim_max };
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	bool written = file_write_whole("f", large, 100000, 0600, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_false(written);
	assert_int_equal(err.kind, ERR_IO);
	assert_file("f", "before", 6);
	assert_int_equal(entries_count(), 1);
	free(large);
}

static void test_behind_a_link(void **state)
{
	(void)state;
	assert_int_equal(mkdir("kept", 0700), 0);
	assert_true(file_write_whole("kept/f", "before", 6, 0600, NULL));
	assert_int_equal(symlink("kept/f", "link"), 0);
	assert_true(file_write_whole("link", "after", 5, 0600, NULL));
	assert_file("kept/f", "after", 5);
	char target[16] = { 0 };
	assert_int_equal(readlink("link", target, sizeof target - 1), 6);
	assert_string_equal(target, "kept/f");
}

static void test_pipe_is_written_straight(void **state)
{
	(void)state;
	char bytes[8] = { 0 };
	assert_int_equal(mkfifo("pipe", 0600), 0);
	int reader = open("pipe", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(reader >= 0);
	assert_true(file_write_whole("pipe", "data", 4, 0600, NULL));
	assert_int_equal(read(reader, bytes, sizeof bytes), 4);
	assert_string_equal(bytes, "data");
	assert_int_equal(entries_count(), 1);
	(void)close(reader);
	assert_true(file_write_whole("/dev/null", "data", 4, 0600, NULL));
	struct err err;
	assert_false(file_write_whole("/dev/full", "data", 4, 0600, &err));
	assert_int_equal(err.kind, ERR_IO);
}

static const struct {
	const char *path, *sentence;
	enum err_kind kind;
} write_refused_cases[] = {
	{ "no/such/f", "Cannot write beside no/such/f: No such file or directory.", ERR_IO },
	{ "folder", "Cannot write folder: Is a directory.", ERR_IO },
};

static void test_refused_writes(void **state)
{
	(void)state;
	assert_int_equal(mkdir("folder", 0700), 0);
	for (size_t i = 0; i < ARRAY_LENGTH(write_refused_cases); i++) {
		struct err err;
		assert_false(file_write_whole(write_refused_cases[i].path, "x", 1, 0600, &err));
		assert_int_equal(err.kind, write_refused_cases[i].kind);
		assert_string_equal(err.sentence, write_refused_cases[i].sentence);
		assert_int_equal(entries_count(), 1);
	}
}

static const struct {
	size_t size, limit;
	bool read;
} limit_cases[] = {
	{ 0, 0, true },		{ 1, 0, false },	 { 10, 10, true },
	{ 11, 10, false },	{ 4096, 4096, true },	 { 4097, 4096, false },
	{ 10000, 10000, true }, { 10001, 10000, false }, { 300000, 100, false },
};

static void test_read_within_a_limit(void **state)
{
	(void)state;
	char *bytes = mem_alloc(300000, 1);
	memset(bytes, 'x', 300000);
	for (size_t i = 0; i < ARRAY_LENGTH(limit_cases); i++) {
		struct str read;
		struct err err;
		str_init(&read);
		assert_true(file_write_whole("f", bytes, limit_cases[i].size, 0600, NULL));
		assert_int_equal(file_read("f", limit_cases[i].limit, &read, &err),
				 limit_cases[i].read);
		if (limit_cases[i].read) {
			assert_int_equal(read.length, limit_cases[i].size);
		} else {
			char *sentence = mem_format("There are more than %zu bytes in f.",
						    limit_cases[i].limit);
			assert_int_equal(err.kind, ERR_INPUT);
			assert_string_equal(err.sentence, sentence);
			assert_true(read.length < limit_cases[i].limit + 5000); /* stopped soon */
			free(sentence);
		}
		str_release(&read);
	}
	free(bytes);
}

static void test_refused_reads(void **state)
{
	(void)state;
	struct str read;
	struct err err;
	str_init(&read);
	assert_false(file_read("missing", 10, &read, &err));
	assert_int_equal(err.kind, ERR_IO);
	assert_string_equal(err.sentence, "Cannot open missing: No such file or directory.");
	assert_false(file_read(".", 10, &read, &err));
	assert_int_equal(err.kind, ERR_IO);
	assert_string_equal(err.sentence, "Cannot read .: Is a directory.");
	str_release(&read);
}

static void test_standard_input(void **state)
{
	(void)state;
	struct str read;
	struct err err;
	int before = dup(STDIN_FILENO);
	str_init(&read);
	assert_true(file_write_whole("f", "typed", 5, 0600, NULL));
	for (size_t limit = 5; limit >= 4; limit--) {
		int fd = open("f", O_RDONLY | O_CLOEXEC);
		assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
		(void)close(fd);
		str_clear(&read);
		assert_int_equal(file_read("-", limit, &read, &err), limit == 5);
		if (limit == 5)
			assert_string_equal(read.bytes, "typed");
	}
	assert_string_equal(err.sentence, "There are more than 4 bytes in standard input.");
	assert_int_not_equal(fcntl(STDIN_FILENO, F_GETFD), -1); /* not ours to close */
	if (before >= 0) {
		(void)dup2(before, STDIN_FILENO);
		(void)close(before);
	}
	str_release(&read);
}

static void test_secrets(void **state)
{
	(void)state;
	struct secret secret;
	struct err err;
	char text[SECRET_MAX + 1];
	secret_init(&secret);
	memset(text, 'k', sizeof text);
	assert_true(file_write_whole("key", text, SECRET_MAX, 0600, NULL));
	assert_true(file_read_secret("key", &secret, &err));
	assert_int_equal(secret.length, SECRET_MAX);
	assert_int_equal(strlen(secret_bytes(&secret)), SECRET_MAX);
	assert_true(file_write_whole("key", "a\0b\n", 4, 0600, NULL));
	assert_true(file_read_secret("key", &secret, &err));
	assert_int_equal(secret.length, 4);
	assert_memory_equal(secret_bytes(&secret), "a\0b\n", 5);
	assert_true(file_write_whole("key", text, sizeof text, 0600, NULL));
	assert_false(file_read_secret("key", &secret, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.sentence, "There are more than 4000 bytes in key.");
	assert_false(file_read_secret("absent", &secret, &err));
	assert_int_equal(err.kind, ERR_IO);
	assert_false(file_read_secret(".", &secret, &err));
	assert_int_equal(err.kind, ERR_IO);
	secret_release(&secret);
}

static const struct {
	const char *path;
	bool made;
} folder_cases[] = {
	{ "a", true }, { "a", true }, { "a/b/c", true }, { "a//b/d/", true }, { "./a/e", true },
	{ "/", true }, { "", false }, { "file", false }, { "file/a", false },
};

static void test_folders(void **state)
{
	(void)state;
	mode_t mask = umask(0);
	assert_true(file_write_whole("file", "", 0, 0600, NULL));
	for (size_t i = 0; i < ARRAY_LENGTH(folder_cases); i++) {
		struct err err;
		err_init(&err);
		assert_int_equal(file_folder_make(folder_cases[i].path, &err),
				 folder_cases[i].made);
		if (folder_cases[i].made)
			assert_int_equal(access(folder_cases[i].path, W_OK), 0);
		else
			assert_int_equal(err.kind, ERR_IO);
	}
	assert_int_equal(mode_of("a"), 0700);
	assert_int_equal(mode_of("a/b/c"), 0700);
	struct folder *folder = *state;
	char *absolute = mem_format("%s/x/y", folder->path);
	assert_true(file_folder_make(absolute, NULL));
	assert_int_equal(mode_of("x/y"), 0700);
	free(absolute);
	(void)umask(mask);
}

#define file_test(function) cmocka_unit_test_setup_teardown(function, folder_open, folder_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		file_test(test_modes),
		file_test(test_replaced_not_overwritten),
		file_test(test_failed_write_leaves_the_old_file),
		file_test(test_behind_a_link),
		file_test(test_pipe_is_written_straight),
		file_test(test_refused_writes),
		file_test(test_read_within_a_limit),
		file_test(test_refused_reads),
		file_test(test_standard_input),
		file_test(test_secrets),
		file_test(test_folders),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
