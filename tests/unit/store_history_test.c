/* The history: append-only, chained, whole lines only, and cut at the front when it is too long. */
#include "store/history.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define ID "0123456789abcdef"

static char data_home[] = "/tmp/sipdesk-history-XXXXXX";

static char *file_path(void)
{
	return mem_format("%s/sipdesk/history/" ID ".jsonl", data_home);
}

static char *file_text(void)
{
	struct str text;
	struct err err;
	char *path = file_path();
	str_init(&text);
	assert_true(file_read(path, (size_t)1 << 28, &text, &err));
	free(path);
	return str_detach(&text);
}

static void file_put(const char *text)
{
	struct err err;
	char *path = file_path();
	assert_true(file_write_whole(path, text, strlen(text), 0600, &err));
	free(path);
}

/* The name of a file beside it that begins with `start`; NULL: none. */
static char *file_beside(const char *start)
{
	char *folder = mem_format("%s/sipdesk/history", data_home);
	char *found = NULL;
	DIR *entries = opendir(folder);
	struct dirent *entry;
	assert_non_null(entries);
	while ((entry = readdir(entries)) != NULL)
		if (text_starts_with(entry->d_name, start) && found == NULL)
			found = mem_format("%s/%s", folder, entry->d_name);
	(void)closedir(entries);
	free(folder);
	return found;
}

static void open_plain(struct history *history, char **notice)
{
	struct err err;
	err_init(&err);
	if (!history_open(history, ID, notice, &err))
		fail_msg("%s", err.sentence);
}

static void append(struct history *history, const char *members)
{
	struct err err;
	err_init(&err);
	if (!history_append(history, members, &err))
		fail_msg("%s", err.sentence);
}

static bool event_note(void *owner, const struct json_doc *line)
{
	str_addf(owner, "%s ", json_text(json_member(line->root, "event")));
	return true;
}

static void assert_events(const struct history *history, const char *expected)
{
	struct str events;
	struct err err;
	str_init(&events);
	assert_true(history_each(history, event_note, &events, &err));
	assert_string_equal(events.bytes, expected);
	str_release(&events);
}

static void assert_whole(const struct history *history)
{
	size_t line;
	struct err err;
	assert_true(history_verify(history, &line, &err));
}

static int home_make(void **state)
{
	(void)state;
	memcpy(data_home, "/tmp/sipdesk-history-XXXXXX", sizeof data_home);
	return mkdtemp(data_home) == NULL || setenv("XDG_DATA_HOME", data_home, 1) != 0;
}

static int home_remove(void **state)
{
	(void)state;
	char *left;
	while ((left = file_beside("0")) != NULL) {
		(void)unlink(left);
		free(left);
	}
	char *folder = mem_format("%s/sipdesk/history", data_home);
	(void)rmdir(folder);
	*strrchr(folder, '/') = '\0';
	(void)rmdir(folder);
	free(folder);
	return rmdir(data_home);
}

static void test_appended_and_read(void **state)
{
	(void)state;
	struct history history;
	char *notice;
	open_plain(&history, &notice);
	append(&history, "\"event\":\"begin\"");
	append(&history, "\"event\":\"end\"");
	assert_events(&history, "begin end ");
	history_close(&history);

	open_plain(&history, &notice);
	assert_null(notice);
	append(&history, "\"event\":\"begin\"");
	assert_events(&history, "begin end begin ");
	assert_whole(&history);
	history_close(&history);

	char *path = file_path();
	struct stat status;
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	free(path);
}

/* A power cut may leave any beginning of the last line. */
static void test_torn_line(void **state)
{
	(void)state;
	struct history history;
	char *notice;
	open_plain(&history, &notice);
	append(&history, "\"event\":\"begin\"");
	size_t first;
	{
		char *text = file_text();
		first = strlen(text);
		free(text);
	}
	append(&history, "\"event\":\"end\"");
	history_close(&history);
	char *whole = file_text();
	for (size_t length = first + 1; length < strlen(whole); length++) {
		char *torn = mem_text_n(whole, length);
		file_put(torn);
		free(torn);
		open_plain(&history, &notice);
		assert_non_null(notice);
		assert_non_null(strstr(notice, ".torn-"));
		free(notice);
		assert_events(&history, "begin ");
		append(&history, "\"event\":\"end\"");
		assert_whole(&history);
		history_close(&history);
		char *aside = file_beside(ID ".jsonl.torn-");
		assert_non_null(aside);
		struct stat status;
		assert_int_equal(stat(aside, &status), 0);
		assert_int_equal(status.st_size, (off_t)(length - first));
		assert_int_equal(unlink(aside), 0);
		free(aside);
	}
	free(whole);
}

/* Any byte changed in any line but the last breaks the chain (the last has none after it). */
static void test_changed_line(void **state)
{
	(void)state;
	struct history history;
	char *notice;
	open_plain(&history, &notice);
	append(&history, "\"event\":\"begin\"");
	append(&history, "\"event\":\"request\"");
	append(&history, "\"event\":\"end\"");
	history_close(&history);
	char *whole = file_text();
	size_t last = (size_t)(strstr(strstr(whole, "\"request\""), "\n") - whole);
	for (size_t at = 0; at < last; at++) {
		if (whole[at] == '\n')
			continue;
		char *changed = mem_text(whole);
		changed[at] = changed[at] == 'x' ? 'y' : 'x';
		file_put(changed);
		free(changed);
		open_plain(&history, &notice);
		if (notice == NULL)
			fail_msg("a change of byte %zu was not noticed", at);
		free(notice);
		size_t line;
		assert_false(history_verify(&history, &line, NULL));
		assert_in_range(line, 1, 3);
		/* The work goes on. */
		append(&history, "\"event\":\"begin\"");
		history_close(&history);
	}
	/* A line taken out. */
	char *second = strchr(whole, '\n') + 1;
	char *third = strchr(second, '\n') + 1;
	memmove(second, third, strlen(third) + 1);
	file_put(whole);
	open_plain(&history, &notice);
	assert_non_null(notice);
	free(notice);
	history_close(&history);
	free(whole);
}

static void test_old_ones_cut(void **state)
{
	(void)state;
	enum { DAY = 24 * 60 * 60 };
	static const struct {
		int sequences;
		int old; /* of them, beyond two years */
		int kept;
	} cases[] = {
		{ 10, 10, 10 },	  { 200, 200, 200 }, { 201, 201, 200 },
		{ 300, 50, 250 }, { 300, 250, 200 }, { 300, 0, 300 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct history history;
		char *notice;
		struct str text;
		struct err err;
		str_init(&text);
		/* Times are set by hand, so the chain is made by hand, too: through a history. */
		history_open_in_memory(&history);
		for (int n = 0; n < cases[i].sequences; n++) {
			append(&history, "\"event\":\"begin\"");
			append(&history, "\"event\":\"end\"");
		}
		str_append(&text, history.lines.bytes, history.lines.length);
		history_close(&history);
		int64_t long_ago = clock_now() - (int64_t)(HISTORY_DAYS_KEPT + 1) * DAY;
		char *now_text = mem_format("{\"at\":%lld", (long long)clock_now());
		char *old_text = mem_format("{\"at\":%lld", (long long)long_ago);
		char *at = text.bytes;
		for (int n = 0; n < 2 * cases[i].old; n++) {
			assert_int_equal(strlen(now_text), strlen(old_text));
			for (size_t k = 0; old_text[k] != '\0'; k++)
				at[k] = old_text[k];
			at = strchr(at, '\n') + 1;
		}
		open_plain(&history, &notice); /* makes the folder */
		free(notice);
		history_close(&history);
		file_put(text.bytes);
		open_plain(&history, &notice);
		free(notice); /* the times changed above broke the chain */
		struct str events;
		str_init(&events);
		assert_true(history_each(&history, event_note, &events, &err));
		assert_int_equal(events.length, (size_t)cases[i].kept * strlen("begin end "));
		str_release(&events);
		history_close(&history);
		free(now_text);
		free(old_text);
		str_release(&text);
	}
}

/* The disk is full in the middle of a line: nothing of it stays, and later lines follow on. */
static void test_disk_full(void **state)
{
	(void)state;
	struct history history;
	char *notice;
	struct err err;
	struct rlimit before, little;
	open_plain(&history, &notice);
	append(&history, "\"event\":\"begin\"");
	char *whole = file_text();
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	little = before;
	little.rlim_cur = strlen(whole) + 20;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
	bool appended = history_append(&history, "\"event\":\"request\"", &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_false(appended);
	assert_int_equal(err.kind, ERR_IO);
	char *after = file_text();
	assert_string_equal(after, whole);
	append(&history, "\"event\":\"end\"");
	assert_events(&history, "begin end ");
	assert_whole(&history);
	history_close(&history);
	free(after);
	free(whole);
}

/* By its last whole line, whatever stands before it and however long that is. */
static void test_left_open(void **state)
{
	(void)state;
	static const struct {
		const char *event;
		bool is_open;
	} cases[] = {
		{ "begin", false }, { "request", true },  { "answer", true },	 { "result", true },
		{ "end", false },   { "undo_set", true }, { "undo_end", false },
	};
	struct history history;
	char *notice;
	char *long_text = mem_alloc(200 * 1024, 1);
	memset(long_text, 'x', 200 * 1024 - 1);
	open_plain(&history, &notice);
	for (size_t i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
		size_t count, which = i % (sizeof cases / sizeof *cases);
		char *members = mem_format("\"event\":\"%s\",\"text\":\"%s\"", cases[which].event,
					   i == which ? "" : long_text);
		append(&history, members);
		free(members);
		char **ids = history_left_open(&count);
		assert_int_equal(count, cases[which].is_open);
		for (size_t k = 0; k < count; k++) {
			assert_string_equal(ids[k], ID);
			free(ids[k]);
		}
		free(ids);
	}
	history_close(&history);
	free(long_text);
}

static void test_in_memory(void **state)
{
	(void)state;
	struct history history;
	history_open_in_memory(&history);
	append(&history, "\"event\":\"begin\"");
	append(&history, "\"event\":\"end\"");
	assert_events(&history, "begin end ");
	assert_whole(&history);
	history_close(&history);
	assert_events(&history, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_appended_and_read, home_make, home_remove),
		cmocka_unit_test_setup_teardown(test_torn_line, home_make, home_remove),
		cmocka_unit_test_setup_teardown(test_changed_line, home_make, home_remove),
		cmocka_unit_test_setup_teardown(test_old_ones_cut, home_make, home_remove),
		cmocka_unit_test_setup_teardown(test_disk_full, home_make, home_remove),
		cmocka_unit_test_setup_teardown(test_left_open, home_make, home_remove),
		cmocka_unit_test(test_in_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
