/* The list of numbers without a terminal: its order, and what a search finds. */
#include "ui/app/number_list.h"

#include "base/clock.h"
#include "base/mem.h"
#include "service/client.h"
#include "ui/app/number_states.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DTLS "{\"calling\":{\"status\":\"ENABLED\",\"sip\":{\"status\":\"ENABLED\"}}}"
#define SDES                                                                     \
	"{\"calling\":{\"status\":\"ENABLED\",\"sip\":{\"status\":\"ENABLED\"}," \
	"\"srtp_key_exchange_protocol\":\"SDES\"}}"
#define OFF "{\"calling\":{\"status\":\"DISABLED\"}}"

static const struct {
	struct number number;
	const char *answer; /* what was read of it; NULL: nothing */
	int64_t read_at;
	enum err_kind failed; /* why it cannot be read */
} SAVED[] = {
	{ { .id = "0000000000000001",
	    .label = "Shop 10",
	    .phone_number = "+4930123456",
	    .api_url = "https://waba-v2.360dialog.io",
	    .tags = "berlin retail" },
	  DTLS,
	  1700000300,
	  ERR_NONE },
	{ { .id = "0000000000000002",
	    .label = "Shop 2",
	    .phone_number = "+4989654321",
	    .api_url = "https://waba-v2.360dialog.io",
	    .note = "Ask for Ms Öztürk" },
	  SDES,
	  1700000100,
	  ERR_NONE },
	{ { .id = "0000000000000003",
	    .label = "acme Support",
	    .phone_number = "+12025550101",
	    .api_url = "https://calls.example.net/v1",
	    .is_read_only = true },
	  OFF,
	  1700000200,
	  ERR_NONE },
	{ { .id = "0000000000000004",
	    .label = "ÄRZTE Nord",
	    .phone_number = NULL,
	    .api_url = "https://waba-v2.360dialog.io",
	    .note = "Invoice 2025" },
	  NULL,
	  0,
	  ERR_KEY },
	{ { .id = "0000000000000005",
	    .label = "Zoo",
	    .phone_number = "+4930129",
	    .api_url = "https://waba-v2.360dialog.io" },
	  NULL,
	  0,
	  ERR_NONE },
};

struct scene {
	struct app app;
	struct number_list list;
};

static void reading_put(struct app *app, const char *id, const char *answer, int64_t read_at)
{
	struct calling_settings settings;
	struct err err;
	settings_init(&settings);
	assert_true(settings_decode(&settings, answer, strlen(answer), read_at, &err));
	number_states_read(app, id, &settings);
	settings_release(&settings);
}

static int scene_open(void **state)
{
	struct scene *scene = mem_alloc(1, sizeof *scene);
	struct err err;
	assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
	loop_init(&scene->app.loop);
	numbers_init(&scene->app.numbers);
	scene->app.states = number_states_new(&scene->app);
	for (size_t i = 0; i < ARRAY_LENGTH(SAVED); i++) {
		const char *id = SAVED[i].number.id;
		assert_true(numbers_add(&scene->app.numbers, &SAVED[i].number, 1, NULL, &err));
		if (SAVED[i].answer != NULL)
			reading_put(&scene->app, id, SAVED[i].answer, SAVED[i].read_at);
		(void)err_set(&err, SAVED[i].failed, "It could not be read.");
		if (SAVED[i].failed != ERR_NONE)
			number_states_failed(&scene->app, id, &err);
	}
	number_list_init(&scene->list, &scene->app);
	*state = scene;
	return 0;
}

static int scene_close(void **state)
{
	struct scene *scene = *state;
	number_list_release(&scene->list);
	number_states_free(scene->app.states);
	numbers_release(&scene->app.numbers);
	free(scene);
	return 0;
}

/* The last digits of the ids shown, in their order. */
static const char *shown(const struct number_list *list)
{
	static char digits[16];
	size_t count = 0;
	for (int row = 0; number_list_at(list, row) != NULL; row++)
		digits[count++] = number_list_at(list, row)->id[NUMBER_ID_LENGTH - 1];
	digits[count] = '\0';
	return digits;
}

static const struct {
	enum number_sort sort;
	const char *shown;
} ORDERS[] = {
	{ NUMBERS_BY_NAME, "32154" },	/* numbers in names count as numbers */
	{ NUMBERS_BY_NUMBER, "31524" }, /* by country and area; without one: last */
	{ NUMBERS_BY_STATE, "42135" },	/* refused, SDES, DTLS, disabled, not read */
	{ NUMBERS_BY_READ, "13254" },
};

static void test_orders(void **state)
{
	struct scene *scene = *state;
	assert_string_equal(shown(&scene->list), ORDERS[0].shown);
	for (size_t i = 0; i < ARRAY_LENGTH(ORDERS); i++) {
		number_list_sort(&scene->list, ORDERS[i].sort);
		assert_string_equal(shown(&scene->list), ORDERS[i].shown);
	}
}

/* In the order of names. */
static const struct {
	const char *wanted;
	const char *shown;
} SEARCHES[] = {
	{ "", "32154" },
	{ "   ", "32154" },
	{ "shop", "21" },
	{ "SHOP 1", "1" },
	{ "shop 456", "1" },
	{ "support acme", "3" }, /* words in any order */
	{ "acme nord", "" },
	{ "ärzte", "4" },
	{ "öZTÜRK", "2" },
	{ "retail", "1" },
	{ "360dialog", "2154" },
	{ "calls.example", "3" },
	{ "read-only", "3" },
	{ "sdes", "2" },
	{ "enabled", "21" },
	{ "disabled", "3" },
	{ "key refused", "4" },
	{ "not read", "5" },
	{ "berlin dtls", "1" },
	{ "berlin sdes", "" },
	{ "+49", "215" },
	{ "+", "3215" },
	{ "49 30", "15" },
	{ "493 0123", "1" },
	{ "+49 (30) 12-34.56", "1" },
	{ "0049/30 12", "15" },
	{ "030 123", "1" }, /* as it is dialled within the country */
	{ "12", "315" },    /* somewhere within */
	{ "+12", "3" },	    /* a number that begins so, none that has it within */
	{ "0", "32154" },   /* of what is to come */
	{ "202-555", "3" },
	{ "2025", "34" }, /* a number's, and a note's */
	{ "+1 202", "3" },
	{ "nothing", "" },
	{ "a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g h", "" },
};

static void test_searches(void **state)
{
	struct scene *scene = *state;
	for (size_t i = 0; i < ARRAY_LENGTH(SEARCHES); i++) {
		number_list_find(&scene->list, SEARCHES[i].wanted);
		if (strcmp(shown(&scene->list), SEARCHES[i].shown) != 0)
			fail_msg("\"%s\": %s", SEARCHES[i].wanted, shown(&scene->list));
	}
	number_list_find(&scene->list, NULL);
	assert_string_equal(shown(&scene->list), "32154");
}

static void test_rows(void **state)
{
	struct scene *scene = *state;
	assert_int_equal(number_list_row_of(&scene->list, "0000000000000001"), 2);
	assert_int_equal(number_list_row_of(&scene->list, "00000000000000ff"), -1);
	number_list_find(&scene->list, "shop");
	assert_int_equal(number_list_row_of(&scene->list, "0000000000000001"), 1);
	assert_int_equal(number_list_row_of(&scene->list, "0000000000000005"), -1);
	assert_null(number_list_at(&scene->list, 2));
	assert_null(number_list_at(&scene->list, -1));
}

/* What is read meanwhile moves no row; what is added, changed or removed is seen at once. */
static void test_it_follows_the_list_and_nothing_else(void **state)
{
	struct scene *scene = *state;
	struct numbers *numbers = &scene->app.numbers;
	struct number added = { .label = "Shop 3", .api_url = "https://calls.example.net" };
	struct err err;
	const char *id;
	number_list_sort(&scene->list, NUMBERS_BY_READ);
	reading_put(&scene->app, SAVED[4].number.id, DTLS, 1700000900);
	assert_false(number_list_follow(&scene->list));
	assert_string_equal(shown(&scene->list), "13254");
	number_list_sort(&scene->list, NUMBERS_BY_NAME);
	number_list_find(&scene->list, "shop");
	assert_true(numbers_add(numbers, &added, 1, &id, &err));
	assert_true(number_list_follow(&scene->list));
	assert_int_equal(scene->list.shown_count, 3);
	assert_string_equal(number_list_at(&scene->list, 1)->label, "Shop 3");
	added.label = "Kiosk";
	assert_true(numbers_replace(numbers, numbers_find(numbers, "Shop 3")->id, &added, &err));
	assert_true(number_list_follow(&scene->list));
	assert_string_equal(shown(&scene->list), "21");
	assert_true(numbers_remove(numbers, SAVED[0].number.id, &err));
	assert_true(number_list_follow(&scene->list));
	assert_string_equal(shown(&scene->list), "2");
	assert_false(number_list_follow(&scene->list));
}

static void test_measures(void **state)
{
	struct scene *scene = *state;
	struct err err;
	assert_int_equal(scene->list.saved_count, ARRAY_LENGTH(SAVED));
	assert_int_equal(scene->list.phone_columns, 12);
	assert_true(scene->list.has_several_providers);
	assert_true(scene->list.has_tags);
	assert_true(numbers_remove(&scene->app.numbers, SAVED[2].number.id, &err));
	assert_true(numbers_remove(&scene->app.numbers, SAVED[0].number.id, &err));
	assert_true(number_list_follow(&scene->list));
	assert_int_equal(scene->list.phone_columns, 11);
	assert_int_equal(scene->list.provider_columns, strlen("360dialog"));
	assert_false(scene->list.has_several_providers);
	assert_false(scene->list.has_tags);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_open, scene_close)
		TEST(test_orders),   TEST(test_searches),
		TEST(test_rows),     TEST(test_it_follows_the_list_and_nothing_else),
		TEST(test_measures),
#undef TEST
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
