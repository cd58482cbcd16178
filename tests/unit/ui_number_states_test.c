/* Readings in the background, against a real service: how many at a time, how often, and when none
 * at all. */
#include "ui/app/number_states.h"

#include "base/clock.h"
#include "base/mem.h"
#include "service/http.h"
#include "tests/support/child.h"
#include "tests/support/fault_server.h"
#include "ui/app/number_status.h"
#include "ui/app/open_number.h"
#include "ui/app/tls_check.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBERS = 12, STEP_MS = 20, DEADLINE_MS = 10000 };

#define SETTINGS                                                             \
	"settings {\"status\":\"ENABLED\",\"sip\":{\"status\":\"ENABLED\"}," \
	"\"srtp_key_exchange_protocol\":\"SDES\"}\n"

struct scene {
	struct app app;
	struct fault_server service;
	const char *ids[NUMBERS];
};

static void key_of(const char *id, struct secret *key)
{
	(void)id;
	(void)secret_set(key, "a-key", strlen("a-key"), NULL);
}

static void scene_open(struct scene *scene, const char *script)
{
	struct app *app = &scene->app;
	struct err err;
	*scene = (struct scene) { 0 };
	fault_server_start(&scene->service, script);
	loop_init(&app->loop);
	numbers_init(&app->numbers);
	app->http = http_new(&app->loop, NULL);
	app->states = number_states_new(app);
	app->service = APP_SERVICE_PRACTICE;
	app->practice_key = key_of;
	app->practice_url = mem_text(scene->service.url);
	for (size_t i = 0; i < NUMBERS; i++) {
		char *id = mem_format("%016zx", i);
		char *label = mem_format("Number %zu", i);
		struct number number = { .id = id, .label = label, .api_url = "http://127.0.0.1" };
		assert_true(numbers_add(&app->numbers, &number, 1, NULL, &err));
		free(label);
		free(id);
	}
	for (size_t i = 0; i < NUMBERS; i++)
		scene->ids[i] = app->numbers.items[i].id;
}

static void scene_close(struct scene *scene)
{
	number_states_free(scene->app.states);
	http_free(scene->app.http);
	numbers_release(&scene->app.numbers);
	free(scene->app.practice_url);
	fault_server_stop(&scene->service);
}

/* With neither a timer nor a request under way nothing can happen any more. */
static bool is_idle(const struct scene *scene)
{
	for (size_t i = 0; i < LOOP_TIMERS_MAX; i++)
		if (scene->app.loop.timers[i].expired != NULL)
			return false;
	for (size_t i = 0; i < NUMBERS; i++)
		if (number_states_is_reading(&scene->app, scene->ids[i]))
			return false;
	return true;
}

static void until_idle(struct scene *scene)
{
	int64_t deadline = clock_monotonic_ms() + DEADLINE_MS;
	while (!is_idle(scene) && clock_monotonic_ms() < deadline)
		loop_step(&scene->app.loop, STEP_MS);
	assert_true(is_idle(scene));
}

static size_t reading_count(const struct scene *scene)
{
	size_t count = 0;
	for (size_t i = 0; i < NUMBERS; i++)
		count += number_states_is_reading(&scene->app, scene->ids[i]);
	return count;
}

static void until_reading(struct scene *scene, size_t count)
{
	int64_t deadline = clock_monotonic_ms() + DEADLINE_MS;
	while (reading_count(scene) < count && clock_monotonic_ms() < deadline)
		loop_step(&scene->app.loop, STEP_MS);
	assert_int_equal(reading_count(scene), count);
}

static void until_read(struct scene *scene)
{
	int64_t deadline = clock_monotonic_ms() + DEADLINE_MS;
	while (reading_count(scene) > 0 && clock_monotonic_ms() < deadline)
		loop_step(&scene->app.loop, STEP_MS);
	assert_int_equal(reading_count(scene), 0);
}

static void test_four_at_a_time_and_each_once(void **state)
{
	struct scene scene;
	(void)state;
	scene_open(&scene, SETTINGS "GET * delay 60\n");
	number_states_view(&scene.app, scene.ids, NUMBERS);
	assert_int_equal(reading_count(&scene), 0); /* a view is given time to stand */
	until_idle(&scene);
	assert_int_equal(fault_server_count(&scene.service, "gets"), NUMBERS);
	assert_int_equal(fault_server_count(&scene.service, "most_at_once"), NUMBER_STATES_AT_ONCE);
	for (size_t i = 0; i < NUMBERS; i++) {
		const struct reading *reading = number_states_reading(&scene.app, scene.ids[i]);
		assert_non_null(reading);
		assert_true(reading->sip_enabled && reading->srtp_is_sdes);
		assert_true(clock_now() - reading->read_at < 60);
	}
	/* Leaving and coming back within ten minutes asks nothing. */
	number_states_view(&scene.app, NULL, 0);
	number_states_view(&scene.app, scene.ids, NUMBERS);
	assert_true(is_idle(&scene));
	/* Asked for, it is read again. */
	number_states_view(&scene.app, scene.ids, 3);
	assert_int_equal(number_states_reload(&scene.app), 0);
	until_idle(&scene);
	assert_int_equal(fault_server_count(&scene.service, "gets"), NUMBERS + 3);
	scene_close(&scene);
}

static void test_what_left_the_view_is_not_begun(void **state)
{
	struct scene scene;
	(void)state;
	scene_open(&scene, SETTINGS "GET * delay 100\n");
	number_states_view(&scene.app, scene.ids, 3);
	number_states_view(&scene.app, scene.ids + 3, 6); /* the first three were passed by */
	until_reading(&scene, NUMBER_STATES_AT_ONCE);
	number_states_view(&scene.app, scene.ids + 11, 1); /* two of the six had not begun */
	until_idle(&scene);
	assert_int_equal(fault_server_count(&scene.service, "gets"), NUMBER_STATES_AT_ONCE + 1);
	assert_null(number_states_reading(&scene.app, scene.ids[0]));
	assert_non_null(number_states_reading(&scene.app, scene.ids[6]));
	assert_null(number_states_reading(&scene.app, scene.ids[7]));
	assert_non_null(number_states_reading(&scene.app, scene.ids[11]));
	scene_close(&scene);
}

static void test_without_a_key_nothing_is_sent(void **state)
{
	struct scene scene;
	(void)state;
	scene_open(&scene, SETTINGS);
	scene.app.practice_key = NULL;
	number_states_view(&scene.app, scene.ids, NUMBERS);
	until_idle(&scene);
	assert_int_equal(number_states_reload(&scene.app), NUMBERS);
	assert_true(is_idle(&scene));
	assert_int_equal(fault_server_count(&scene.service, "connections"), 1); /* this question */
	scene_close(&scene);
}

static void test_it_waits_for_the_practice_service(void **state)
{
	struct scene scene;
	(void)state;
	scene_open(&scene, SETTINGS);
	scene.app.service = APP_SERVICE_STARTING;
	number_states_view(&scene.app, scene.ids, 2);
	until_idle(&scene);
	assert_null(number_states_reading(&scene.app, scene.ids[0]));
	scene.app.service = APP_SERVICE_PRACTICE;
	number_states_resume(&scene.app);
	until_idle(&scene);
	assert_non_null(number_states_reading(&scene.app, scene.ids[1]));
	scene_close(&scene);
}

static void test_a_lock_ends_all(void **state)
{
	struct scene scene;
	(void)state;
	scene_open(&scene, SETTINGS "GET * hang\n");
	number_states_view(&scene.app, scene.ids, NUMBERS);
	until_reading(&scene, NUMBER_STATES_AT_ONCE);
	number_states_cancel(&scene.app,
			     scene.ids[0]); /* it is being opened: the next has its turn */
	assert_false(number_states_is_reading(&scene.app, scene.ids[0]));
	until_reading(&scene, NUMBER_STATES_AT_ONCE);
	number_states_cancel(&scene.app, NULL);
	assert_true(is_idle(&scene));
	scene_close(&scene);
}

static const struct {
	const char *script;
	const char *words;
	bool has_reading;
} ANSWERS[] = {
	{ SETTINGS, "Enabled, SDES", true },
	{ "settings {\"status\":\"ENABLED\",\"sip\":{\"status\":\"ENABLED\"}}\n", "Enabled, DTLS",
	  true },
	{ "", "Disabled", true }, /* a number without settings */
	{ SETTINGS "key another\n", "key refused", false },
	{ SETTINGS "GET * answer 403 {\"error\":{\"message\":\"(#10) no\",\"code\":10}}\n",
	  "not allowed", false },
	{ SETTINGS "GET * answer 200 <html>hello</html>\n", "odd answer", false },
	{ SETTINGS "GET * answer 400 {\"error\":{\"message\":\"no\",\"code\":100}}\n", "refused",
	  false },
	{ SETTINGS "GET * drop\n", "not reached", false },
};

static void test_words_of_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(ANSWERS); i++) {
		struct scene scene;
		struct number_status status;
		scene_open(&scene, ANSWERS[i].script);
		const struct number *number = &scene.app.numbers.items[0];
		number_status_of(&scene.app, number, &status);
		assert_int_equal(status.standing, STANDING_NOT_READ);
		number_states_view(&scene.app, scene.ids, 1);
		until_reading(&scene, 1);
		number_status_of(&scene.app, number, &status);
		assert_int_equal(status.standing, STANDING_BEING_READ);
		until_idle(&scene);
		number_status_of(&scene.app, number, &status);
		assert_string_equal(STANDING_WORDS[status.standing], ANSWERS[i].words);
		assert_int_equal(status.read_at != 0, ANSWERS[i].has_reading);
		assert_int_equal(status.err == NULL, ANSWERS[i].has_reading);
		number_states_view(&scene.app, NULL, 0);
		number_states_view(&scene.app, scene.ids, 1);
		assert_true(is_idle(&scene)); /* a failure is not tried again at once either */
		scene_close(&scene);
	}
}

static const struct {
	int64_t age_s;
	bool is_read_again;
} AGES[] = {
	{ 0, false },
	{ NUMBER_STATES_FRESH_S - 60, false },
	{ NUMBER_STATES_FRESH_S + 60, true },
	{ -(int64_t)86400, true }, /* the clock was put back */
};

/* What the cache has of an earlier session counts, and what this one learns goes there. */
static void test_ages(void **state)
{
	char *folder = child_folder_make();
	(void)state;
	assert_non_null(folder);
	assert_int_equal(setenv("XDG_STATE_HOME", folder, 1), 0);
	char *path = mem_format("%s/sipdesk/readings.json", folder);
	for (size_t i = 0; i < ARRAY_LENGTH(AGES); i++) {
		struct scene scene;
		struct readings saved;
		struct err err;
		readings_init(&saved);
		assert_true(readings_load(&saved, &err));
		readings_put(&saved, "0000000000000000")->read_at = clock_now() - AGES[i].age_s;
		assert_true(readings_save(&saved, &err));
		readings_release(&saved);
		scene_open(&scene, SETTINGS);
		assert_true(number_states_load(&scene.app, &err));
		number_states_view(&scene.app, scene.ids, 1);
		if (AGES[i].is_read_again)
			until_reading(&scene, 1);
		else
			assert_true(is_idle(&scene));
		until_read(&scene);
		assert_int_equal(fault_server_count(&scene.service, "gets"), AGES[i].is_read_again);
		scene_close(&scene); /* saves, without waiting for its timer */
		assert_true(readings_load(&saved, &err));
		assert_int_equal(readings_find(&saved, "0000000000000000")->sip_enabled,
				 AGES[i].is_read_again);
		readings_release(&saved);
		assert_int_equal(unlink(path), 0);
	}
	free(path);
	child_folder_remove(folder);
	free(folder);
}

struct checked {
	enum tls_check_state state;
	enum check_verdict verdict;
};

static const struct {
	size_t servers;
	const struct checked *before; /* of one server, in an earlier session; NULL: none */
	struct checked checks[2];
	size_t check_count;
	enum reading_check after;
} CHECKS[] = {
#define DONE(verdict)                             \
	{                                         \
		TLS_CHECK_DONE, VERDICT_##verdict \
	}
#define BEFORE(verdict) &(const struct checked)DONE(verdict)
	{ 1, BEFORE(FAIL), { DONE(PASS) }, 1, READING_PASS },
	{ 1, NULL, { DONE(WARN) }, 1, READING_WARN },
	{ 1, BEFORE(PASS), { DONE(UNKNOWN) }, 1, READING_UNCLEAR },
	{ 2, NULL, { DONE(PASS), DONE(FAIL) }, 2, READING_FAIL },
	{ 2, NULL, { DONE(FAIL), DONE(UNKNOWN) }, 2, READING_FAIL },
	{ 2, BEFORE(FAIL), { DONE(PASS), DONE(WARN) }, 2, READING_WARN },
	/* Of the other server only the earlier session knows. */
	{ 2, BEFORE(FAIL), { DONE(PASS) }, 1, READING_FAIL },
	{ 2, BEFORE(FAIL), { DONE(PASS), { TLS_CHECK_RUNNING, VERDICT_PASS } }, 2, READING_FAIL },
	{ 2, NULL, { DONE(PASS) }, 1, READING_PASS },
#undef DONE
#undef BEFORE
};

static void checks_note(struct open_number *number, const struct checked *checked, size_t count)
{
	struct tls_check checks[2] = { 0 };
	for (size_t i = 0; i < count; i++)
		checks[i] = (struct tls_check) { .next = i + 1 < count ? &checks[i + 1] : NULL,
						 .number = number,
						 .server = (int)i,
						 .state = checked[i].state,
						 .verdict = checked[i].verdict };
	number->app->checks = checks;
	number_states_checked(number);
	number->app->checks = NULL;
}

static void test_the_worst_check_is_kept(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CHECKS); i++) {
		struct app app = { .service = APP_SERVICE_REAL };
		struct open_number number = { .app = &app, .id = (char *)"00000000000000aa" };
		app.states = number_states_new(&app);
		values_init(&number.draft.mine);
		if (CHECKS[i].before != NULL)
			checks_note(&number, CHECKS[i].before, 1);
		for (size_t j = 0; j < CHECKS[i].servers; j++)
			(void)values_server_add(&number.draft.mine);
		checks_note(&number, CHECKS[i].checks, CHECKS[i].check_count);
		const struct reading *reading = number_states_reading(&app, number.id);
		assert_int_equal(reading->check, CHECKS[i].after);
		assert_true(clock_now() - reading->checked_at < 60);
		values_release(&number.draft.mine);
		number_states_free(app.states);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_four_at_a_time_and_each_once),
		cmocka_unit_test(test_what_left_the_view_is_not_begun),
		cmocka_unit_test(test_without_a_key_nothing_is_sent),
		cmocka_unit_test(test_it_waits_for_the_practice_service),
		cmocka_unit_test(test_a_lock_ends_all),
		cmocka_unit_test(test_words_of_answers),
		cmocka_unit_test(test_ages),
		cmocka_unit_test(test_the_worst_check_is_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
