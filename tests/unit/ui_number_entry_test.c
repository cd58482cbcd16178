/* What is typed about a number, and the number that it makes. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "service/client.h"
#include "ui/app/number_entry.h"

static char *words[] = { "pass", "show", "my keys/acme", NULL };

static struct number saved(void)
{
	return (struct number) {
		.id = "0123456789abcdef",
		.label = "Acme Support",
		.phone_number = "+4930123456",
		.api_url = "https://api.acme.example",
		.tags = "berlin vip",
		.key_source = { .kind = KEY_SOURCE_COMMAND, .command = words },
		.is_read_only = true,
	};
}

static void assert_same_text(const char *got, const char *wanted)
{
	assert_true(text_equal(got, wanted));
}

static void an_edited_number_stays_as_it_is(void **state)
{
	struct number number = saved(), read;
	struct number_entry entry;
	(void)state;
	number_entry_init(&entry, &number, true, false);
	assert_false(number_entry_is_changed(&entry));
	assert_true(number_entry_read(&entry, &read, NULL));
	assert_same_text(read.id, number.id);
	assert_same_text(read.label, number.label);
	assert_same_text(read.phone_number, number.phone_number);
	assert_same_text(read.api_url, number.api_url);
	assert_same_text(read.tags, number.tags);
	assert_null(read.note);
	assert_true(key_source_equal(&read.key_source, &number.key_source));
	assert_true(read.is_read_only);
	number_release(&read);
	number_entry_release(&entry);
}

static void a_duplicate_lacks_what_is_its_own(void **state)
{
	struct number number = saved();
	struct number_entry entry;
	(void)state;
	number_entry_init(&entry, &number, false, false);
	assert_false(number_entry_is_changed(&entry));
	assert_null(entry.id);
	assert_string_equal(entry.now.texts[ENTRY_LABEL], "");
	assert_string_equal(entry.now.texts[ENTRY_PHONE_NUMBER], "");
	assert_string_equal(entry.now.texts[ENTRY_COMMAND], "");
	assert_string_equal(entry.now.texts[ENTRY_TAGS], "berlin vip");
	assert_string_equal(entry.now.texts[ENTRY_API_URL], "https://api.acme.example");
	assert_true(entry.now.is_read_only);
	number_entry_release(&entry);
}

static void what_would_be_lost_is_noticed(void **state)
{
	struct number_entry entry;
	(void)state;
	for (int i = 0; i < ENTRY_TEXT_COUNT + 4; i++) {
		number_entry_init(&entry, NULL, false, false);
		assert_false(number_entry_is_changed(&entry));
		if (i < ENTRY_TEXT_COUNT)
			mem_text_set(&entry.now.texts[i], "x");
		else if (i == ENTRY_TEXT_COUNT)
			entry.now.has_other_url = true;
		else if (i == ENTRY_TEXT_COUNT + 1)
			entry.now.key_source = KEY_SOURCE_VAULT;
		else if (i == ENTRY_TEXT_COUNT + 2)
			entry.now.is_read_only = true;
		else
			assert_true(secret_push(&entry.key, 'x'));
		assert_true(number_entry_is_changed(&entry));
		number_entry_release(&entry);
	}
}

static void addresses_and_commands_are_judged(void **state)
{
	static const struct {
		bool has_other_url;
		const char *url;
		enum key_source_kind key_source;
		const char *command;
		const char *field; /* NULL: it will do */
		const char *api_url;
	} CASES[] = {
		{ .url = "ftp://of no matter", .api_url = ENDPOINT_DEFAULT_URL },
		{ true, "https://acme.example", KEY_SOURCE_ASK, "", NULL, "https://acme.example" },
		{ true, "  https://acme.example ", KEY_SOURCE_ASK, "", NULL,
		  "https://acme.example" },
		{ true, "http://127.0.0.1:80", KEY_SOURCE_ASK, "", NULL, "http://127.0.0.1:80" },
		{ true, "http://acme.example", KEY_SOURCE_ASK, "", "api_url", NULL },
		{ true, "", KEY_SOURCE_ASK, "", "api_url", NULL },
		{ true, "https://acme.example?key=1", KEY_SOURCE_ASK, "", "api_url", NULL },
		{ .key_source = KEY_SOURCE_COMMAND,
		  .command = "pass 'my keys/acme'",
		  .api_url = ENDPOINT_DEFAULT_URL },
		{ .key_source = KEY_SOURCE_COMMAND,
		  .command = "pass 'my keys",
		  .field = "command" },
		{ .key_source = KEY_SOURCE_COMMAND, .command = "", .field = "command" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct number_entry entry;
		struct number number;
		struct err err;
		err_init(&err);
		number_entry_init(&entry, NULL, false, false);
		entry.now.has_other_url = CASES[i].has_other_url;
		entry.now.key_source = CASES[i].key_source;
		mem_text_set(&entry.now.texts[ENTRY_API_URL],
			     CASES[i].url == NULL ? "" : CASES[i].url);
		mem_text_set(&entry.now.texts[ENTRY_COMMAND],
			     CASES[i].command == NULL ? "" : CASES[i].command);
		bool is_right = number_entry_read(&entry, &number, &err);
		assert_int_equal(is_right, CASES[i].field == NULL);
		if (is_right) {
			assert_string_equal(number.api_url, CASES[i].api_url);
			assert_null(number.id);
			assert_null(number.phone_number);
			number_release(&number);
		} else {
			assert_string_equal(err.field, CASES[i].field);
		}
		number_entry_release(&entry);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_edited_number_stays_as_it_is),
		cmocka_unit_test(a_duplicate_lacks_what_is_its_own),
		cmocka_unit_test(what_would_be_lost_is_noticed),
		cmocka_unit_test(addresses_and_commands_are_judged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
