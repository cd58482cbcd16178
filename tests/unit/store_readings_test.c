/* The cache of readings: what comes back, what a damaged file costs, and that two sessions keep the
 * newer of what each has seen. */
#include "store/readings.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/numbers.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ID_A "00000000000000aa"
#define ID_B "00000000000000bb"
#define ID_C "00000000000000cc"
#define HEAD "{\"schema\":1,\"readings\":[\n"
#define LINE_A                                                                             \
	"{\"id\":\"" ID_A "\",\"read_at\":1700000000,\"sip\":\"SDES\",\"check\":\"fail\"," \
	"\"checked_at\":1700000100}"
#define LINE_B                                                                            \
	"{\"id\":\"" ID_B "\",\"read_at\":1700000200,\"sip\":\"off\",\"check\":\"none\"," \
	"\"checked_at\":0}"

/* A state folder of its own for one test. */
struct home {
	char folder[64];
	char *sipdesk;
	char *file;
};

static int home_make(void **state)
{
	struct home *home = mem_alloc(1, sizeof *home);
	(void)snprintf(home->folder, sizeof home->folder, "/tmp/sipdesk-test-XXXXXX");
	assert_non_null(mkdtemp(home->folder));
	home->sipdesk = mem_format("%s/sipdesk", home->folder);
	home->file = mem_format("%s/readings.json", home->sipdesk);
	*state = home;
	return setenv("XDG_STATE_HOME", home->folder, 1);
}

static int home_remove(void **state)
{
	struct home *home = *state;
	char *lock = mem_format("%s.lock", home->file);
	(void)unlink(home->file);
	(void)unlink(lock);
	(void)rmdir(home->sipdesk);
	int failed = rmdir(home->folder); /* where a temporary file was left */
	free(lock);
	free(home->sipdesk);
	free(home->file);
	free(home);
	return failed;
}

static void file_put(const struct home *home, const char *text, mode_t mode)
{
	struct err err;
	assert_true(file_folder_make(home->sipdesk, &err));
	assert_true(file_write_whole(home->file, text, strlen(text), mode, &err));
	assert_int_equal(chmod(home->file, mode), 0);
}

static char *file_text(const struct home *home)
{
	struct str text;
	struct err err;
	str_init(&text);
	assert_true(file_read(home->file, (size_t)16 * 1024 * 1024, &text, &err));
	return str_detach(&text);
}

static void load(struct readings *readings)
{
	struct err err;
	err_init(&err);
	readings_init(readings);
	if (!readings_load(readings, &err))
		fail_msg("%s", err.sentence);
}

static void save(struct readings *readings)
{
	struct err err;
	err_init(&err);
	if (!readings_save(readings, &err))
		fail_msg("%s", err.sentence);
	assert_false(readings->is_changed);
}

static void put(struct readings *readings, const char *id, int64_t read_at)
{
	struct reading *reading = readings_put(readings, id);
	reading->read_at = read_at;
	reading->sip_enabled = true;
	reading->srtp_is_sdes = read_at % 2 == 1;
}

static void test_what_is_saved_comes_back(void **state)
{
	struct readings readings;
	const struct home *home = *state;
	load(&readings);
	assert_int_equal(readings.count, 0);
	assert_null(readings_find(&readings, ID_A));
	put(&readings, ID_B, 1700000000);
	put(&readings, ID_C, 1700000001);
	put(&readings, ID_A, 1700000002);
	readings_put(&readings, ID_A)->check = READING_UNCLEAR;
	readings_put(&readings, ID_A)->checked_at = 1700000003;
	save(&readings);
	readings_release(&readings);
	struct stat status;
	assert_int_equal(stat(home->file, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);

	load(&readings);
	assert_int_equal(readings.count, 3);
	assert_false(readings.is_changed);
	const struct reading *reading = readings_find(&readings, ID_A);
	assert_non_null(reading);
	assert_int_equal(reading->read_at, 1700000002);
	assert_true(reading->sip_enabled);
	assert_false(reading->srtp_is_sdes);
	assert_int_equal(reading->check, READING_UNCLEAR);
	assert_int_equal(reading->checked_at, 1700000003);
	assert_true(readings_find(&readings, ID_C)->srtp_is_sdes);
	assert_null(readings_find(&readings, "00000000000000ab"));
	readings_release(&readings);
}

/* Nothing changed: nothing is written. */
static void test_saving_nothing_writes_nothing(void **state)
{
	const struct home *home = *state;
	struct readings readings;
	load(&readings);
	save(&readings);
	assert_int_not_equal(access(home->file, F_OK), 0);
	readings_release(&readings);
}

static const struct {
	const char *what, *text;
	size_t count; /* 0: damaged, or there is nothing in it */
} FILES[] = {
	{ "whole", HEAD LINE_A ",\n" LINE_B "\n]}\n", 2 },
	{ "none in it", HEAD "]}\n", 0 },
	{ "empty", "", 0 },
	{ "cut", HEAD LINE_A ",\n" LINE_B "\n", 0 },
	{ "cut within", HEAD LINE_A ",\n{\"id\":\"000", 0 },
	{ "another schema", "{\"schema\":2,\"readings\":[\n" LINE_A "\n]}\n", 0 },
	{ "not sorted", HEAD LINE_B ",\n" LINE_A "\n]}\n", 0 },
	{ "one twice", HEAD LINE_A ",\n" LINE_A "\n]}\n", 0 },
	{ "no JSON", "hello", 0 },
	{ "a short id",
	  HEAD "{\"id\":\"00aa\",\"read_at\":1,\"sip\":\"off\",\"check\":\"none\","
	       "\"checked_at\":0}\n]}\n",
	  0 },
	{ "an id that is no number",
	  HEAD "{\"id\":\"00000000000000:a\",\"read_at\":1,\"sip\":\"off\",\"check\":\"none\","
	       "\"checked_at\":0}\n]}\n",
	  0 },
	{ "an unknown word",
	  HEAD "{\"id\":\"" ID_A "\",\"read_at\":1,\"sip\":\"on\",\"check\":\"none\","
	       "\"checked_at\":0}\n]}\n",
	  0 },
	{ "a time too long",
	  HEAD "{\"id\":\"" ID_A "\",\"read_at\":99999999999999999999,\"sip\":\"off\","
	       "\"check\":\"none\",\"checked_at\":0}\n]}\n",
	  0 },
	{ "a time below zero",
	  HEAD "{\"id\":\"" ID_A "\",\"read_at\":-1,\"sip\":\"off\",\"check\":\"none\","
	       "\"checked_at\":0}\n]}\n",
	  0 },
};

static void test_a_damaged_file_is_an_empty_cache(void **state)
{
	const struct home *home = *state;
	for (size_t i = 0; i < ARRAY_LENGTH(FILES); i++) {
		struct readings readings;
		file_put(home, FILES[i].text, 0600);
		load(&readings);
		if (readings.count != FILES[i].count)
			fail_msg("%s: %zu", FILES[i].what, readings.count);
		put(&readings, ID_C, 1700000300); /* and the next save makes it whole */
		save(&readings);
		readings_release(&readings);
		load(&readings);
		assert_int_equal(readings.count, FILES[i].count + 1);
		readings_release(&readings);
	}
}

/* A clock that was wrong once must not keep what it noted for ever. */
static void test_a_time_to_come_is_never(void **state)
{
	struct readings readings;
	char *text = mem_format(HEAD "{\"id\":\"" ID_A "\",\"read_at\":%lld,\"sip\":\"DTLS\","
				     "\"check\":\"pass\",\"checked_at\":0}\n]}\n",
				(long long)clock_now() + 86400);
	file_put(*state, text, 0600);
	load(&readings);
	assert_int_equal(readings_find(&readings, ID_A)->read_at, 0);
	readings_release(&readings);
	free(text);
}

static void test_a_file_others_may_read_is_refused(void **state)
{
	struct readings readings;
	struct err err;
	err_init(&err);
	file_put(*state, HEAD LINE_A "\n]}\n", 0644);
	readings_init(&readings);
	assert_false(readings_load(&readings, &err));
	assert_int_equal(err.kind, ERR_FORBIDDEN);
	assert_non_null(strstr(err.next_step, "chmod"));
	assert_null(readings.path);
	put(&readings, ID_B, 1700000000); /* the session goes on without it */
	assert_true(readings_save(&readings, &err));
	char *kept = file_text(*state);
	assert_string_equal(kept, HEAD LINE_A "\n]}\n");
	free(kept);
	readings_release(&readings);
}

static void test_two_sessions_keep_the_newer(void **state)
{
	struct readings ours, theirs;
	(void)state;
	load(&ours);
	load(&theirs);
	put(&ours, ID_A, 1700000010);
	put(&ours, ID_B, 1700000010);
	put(&theirs, ID_B, 1700000021);
	put(&theirs, ID_C, 1700000021);
	readings_put(&ours, ID_B)->check = READING_FAIL;
	readings_put(&ours, ID_B)->checked_at = 1700000500; /* the later check, the older reading */
	save(&theirs);
	save(&ours);
	for (int session = 0; session < 2; session++) {
		if (session == 1) {
			readings_release(&ours);
			load(&ours);
		}
		assert_int_equal(ours.count, 3);
		assert_int_equal(readings_find(&ours, ID_A)->read_at, 1700000010);
		assert_int_equal(readings_find(&ours, ID_B)->read_at, 1700000021);
		assert_true(readings_find(&ours, ID_B)->srtp_is_sdes);
		assert_int_equal(readings_find(&ours, ID_B)->check, READING_FAIL);
		assert_int_equal(readings_find(&ours, ID_C)->read_at, 1700000021);
	}
	readings_release(&ours);
	readings_release(&theirs);
}

static void test_what_is_forgotten_stays_so(void **state)
{
	struct readings ours, theirs;
	(void)state;
	load(&ours);
	put(&ours, ID_A, 1700000010);
	put(&ours, ID_B, 1700000010);
	save(&ours);
	load(&theirs);
	readings_forget(&ours, ID_A);
	readings_forget(&ours, ID_C); /* not known: nothing */
	assert_null(readings_find(&ours, ID_A));
	save(&ours);
	assert_int_equal(ours.count, 1);
	put(&theirs, ID_B, 1700000020); /* another session has not heard of it */
	save(&theirs);
	readings_release(&ours);
	readings_release(&theirs);
	load(&ours);
	assert_non_null(readings_find(&ours, ID_B));
	readings_forget(&ours, ID_B);
	put(&ours, ID_B, 1700000030); /* it was added anew before the forgetting was saved */
	assert_int_equal(readings_find(&ours, ID_B)->checked_at, 0);
	assert_int_equal(readings_find(&ours, ID_B)->read_at, 1700000030);
	readings_release(&ours);
}

/* Nothing can be written for a while: what was seen stays in memory, and the next save has all. */
static void test_a_failed_save_loses_nothing(void **state)
{
	const struct home *home = *state;
	struct readings readings;
	struct err err;
	char *aside = mem_format("%s/aside", home->folder);
	load(&readings);
	put(&readings, ID_A, 1700000010);
	save(&readings);
	readings_forget(&readings, ID_A);
	put(&readings, ID_B, 1700000010);
	assert_int_equal(rename(home->sipdesk, aside), 0);
	assert_true(file_write_whole(home->sipdesk, "", 0, 0600, &err)); /* where a folder was */
	assert_false(readings_save(&readings, &err));
	assert_true(readings.is_changed);
	assert_non_null(readings_find(&readings, ID_B));
	assert_int_equal(unlink(home->sipdesk), 0);
	assert_int_equal(rename(aside, home->sipdesk), 0);
	save(&readings);
	assert_null(readings_find(&readings, ID_A));
	assert_int_equal(readings.count, 1);
	readings_release(&readings);
	free(aside);
}

/* In an order that puts them before, behind and between. */
static void test_ten_thousand(void **state)
{
	enum { COUNT = 10000, STEP = 7919 };
	struct readings readings;
	char id[NUMBER_ID_LENGTH + 1];
	(void)state;
	load(&readings);
	for (size_t i = 0; i < COUNT; i++) {
		(void)snprintf(id, sizeof id, "%016zx", i * STEP % COUNT);
		put(&readings, id, 1700000000 + (int64_t)(i * STEP % COUNT));
	}
	save(&readings);
	readings_release(&readings);
	load(&readings);
	assert_int_equal(readings.count, COUNT);
	for (size_t i = 0; i < COUNT; i++) {
		(void)snprintf(id, sizeof id, "%016zx", i);
		assert_int_equal(readings_find(&readings, id)->read_at, 1700000000 + (int64_t)i);
	}
	readings_release(&readings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, home_make, home_remove)
		TEST(test_what_is_saved_comes_back),
		TEST(test_saving_nothing_writes_nothing),
		TEST(test_a_damaged_file_is_an_empty_cache),
		TEST(test_a_time_to_come_is_never),
		TEST(test_a_file_others_may_read_is_refused),
		TEST(test_two_sessions_keep_the_newer),
		TEST(test_what_is_forgotten_stays_so),
		TEST(test_a_failed_save_loses_nothing),
		TEST(test_ten_thousand),
#undef TEST
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
