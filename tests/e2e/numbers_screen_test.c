/*
 * The list of numbers on a terminal: what stands in it, how it is found, sorted and changed, and
 * what of it is read in the background.
 */
#include "base/file.h"
#include "base/mem.h"
#include "store/vault.h"
#include "tests/support/child.h"
#include "tests/support/desk.h"
#include "tests/support/many_numbers.h"
#include "tests/support/session_golden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { FIRST_ROW = 3, VAULT_NUMBERS = 7, MANY = 10000 };

static const char PASSPHRASE[] = "a passphrase of the tests";

/* The desk's clock stands at 1795351260. */
static const char NUMBERS[] =
	"{\"schema\":1,\"numbers\":[\n"
	"{\"id\":\"0000000000000001\",\"label\":\"depot 10\",\"phone_number\":\"+43123456789\","
	"\"api_url\":\"https://waba-v2.360dialog.io\"},\n"
	"{\"id\":\"0000000000000002\",\"label\":\"Acme Support\",\"phone_number\":\"+4930123456\","
	"\"api_url\":\"https://waba-v2.360dialog.io\",\"tags\":[\"berlin\",\"retail\"],"
	"\"note\":\"Ask Ms Öztürk first.\"},\n"
	"{\"id\":\"0000000000000003\",\"label\":\"Clinic\",\"phone_number\":\"+12025550101\","
	"\"api_url\":\"https://calls.example.net\",\"read_only\":true},\n"
	"{\"id\":\"0000000000000004\",\"label\":\"Depot 9\",\"note\":\"Behind the harbour\","
	"\"api_url\":\"https://waba-v2.360dialog.io\"},\n"
	"{\"id\":\"0000000000000005\",\"label\":\"Bakery Sunshine, Hamburg branch office\","
	"\"phone_number\":\"+4940765432\",\"api_url\":\"https://waba-v2.360dialog.io\","
	"\"key\":\"vault\",\"tags\":[\"hamburg\"]}\n]}\n";

static const char READINGS[] =
	"{\"schema\":1,\"readings\":[\n"
	"{\"id\":\"0000000000000001\",\"read_at\":1760791260,\"sip\":\"DTLS\","
	"\"check\":\"unclear\",\"checked_at\":1760791260},\n"
	"{\"id\":\"0000000000000002\",\"read_at\":1795351140,\"sip\":\"SDES\","
	"\"check\":\"fail\",\"checked_at\":1795347660},\n"
	"{\"id\":\"0000000000000003\",\"read_at\":1795178460,\"sip\":\"off\","
	"\"check\":\"none\",\"checked_at\":0},\n"
	"{\"id\":\"0000000000000005\",\"read_at\":1795340460,\"sip\":\"DTLS\","
	"\"check\":\"pass\",\"checked_at\":1795178460}\n]}\n";

static void file_put(const char *home, const char *name, const char *text, mode_t mode)
{
	struct err err;
	char *path = mem_format("%s/%s", home, name);
	char *folder = mem_text_n(path, (size_t)(strrchr(path, '/') - path));
	assert_true(file_folder_make(folder, &err));
	assert_true(file_write_whole(path, text, strlen(text), mode, &err));
	assert_int_equal(chmod(path, mode), 0);
	free(folder);
	free(path);
}

static char *file_text(const char *home, const char *name)
{
	struct str text;
	struct err err;
	char *path = mem_format("%s/%s", home, name);
	str_init(&text);
	assert_true(file_read(path, 1024 * 1024, &text, &err));
	free(path);
	return str_detach(&text);
}

static char *home_make(void)
{
	char *home = child_folder_make();
	assert_non_null(home);
	file_put(home, ".config/sipdesk/numbers.json", NUMBERS, 0600);
	file_put(home, ".local/state/sipdesk/readings.json", READINGS, 0600);
	return home;
}

static void home_remove(char *home)
{
	child_folder_remove(home);
	free(home);
}

static bool first_row_has(const struct session *session, const void *text)
{
	char *row = session_row(session, FIRST_ROW);
	bool has = strstr(row, text) != NULL;
	free(row);
	return has;
}

static void expect_first(struct desk *desk, const char *text)
{
	assert_true(session_wait(desk->session, first_row_has, text, text));
}

static void expect_many(struct session *session, const char *text, size_t wanted)
{
	size_t count = 0;
	char *screen = session_screen(session);
	for (const char *at = strstr(screen, text); at != NULL; at = strstr(at + 1, text))
		count++;
	free(screen);
	assert_int_equal(count, wanted);
}

/* --- what stands in it ------------------------------------------------------------------------ */

static const struct {
	int rows, columns;
	const char *shows; /* only once it is laid out anew */
	const char *golden;
} WINDOWS[] = {
	{ 16, 60, "5 saved", "numbers_60" },
	{ 24, 80, "failed", "numbers_80" },
	{ 24, 132, "failed 1 h", "numbers_132" },
};

/* All of it is from earlier sessions: no key is at hand, and nothing is read. */
static void columns_fit_the_window(void **state)
{
	char *home = home_make();
	struct desk desk;
	(void)state;
	desk_numbers(&desk, "", home);
	for (size_t i = 0; i < ARRAY_LENGTH(WINDOWS); i++) {
		session_resize(desk.session, WINDOWS[i].rows, WINDOWS[i].columns);
		expect_text(desk.session, WINDOWS[i].shows);
		expect_golden(desk.session, WINDOWS[i].golden);
	}
	session_send(desk.session, "<F5>");
	expect_words(desk.session, "of these numbers are not at hand, so they are not read.");
	assert_int_equal(fault_server_count(&desk.service, "gets"), 0);
	desk_close(&desk);
	home_remove(home);
}

static void an_empty_list_says_what_to_do(void **state)
{
	struct desk desk;
	(void)state;
	desk_numbers(&desk, "", NULL);
	expect_text(desk.session, "0 saved");
	expect_words(desk.session,
		     "No number is saved yet. Add the first with its name and its API "
		     "key");
	expect_cursor_on(desk.session, "Add a number");
	desk_close(&desk);
}

/* --- finding and sorting ---------------------------------------------------------------------- */

static const struct {
	const char *typed, *header, *first;
} SEARCHES[] = {
	{ "depot", "2 of 5", "Depot 9" },
	{ "030 12", "1 of 5", "Acme Support" },
	{ "+49 40-76", "1 of 5", "Bakery Sunshine" },
	{ "hamburg dtls", "1 of 5", "Bakery Sunshine" },
	{ "ÖZTÜRK", "1 of 5", "Acme Support" },
	{ "disabled", "1 of 5", "Clinic" },
	{ "failed", "1 of 5", "Acme Support" },
	{ "example.net", "1 of 5", "Clinic" },
	{ "nobody", "0 of 5", "Add a number" },
	{ "q1?-/", "0 of 5", "Add a number" }, /* each of these acts where nothing is typed */
};

static void what_is_typed_is_found(void **state)
{
	char *home = home_make();
	struct desk desk;
	(void)state;
	desk_numbers(&desk, "", home);
	session_send(desk.session, "/");
	expect_text(desk.session, "5 of 5");
	for (size_t i = 0; i < ARRAY_LENGTH(SEARCHES); i++) {
		session_type(desk.session, SEARCHES[i].typed);
		expect_text(desk.session, SEARCHES[i].header);
		expect_first(&desk, SEARCHES[i].first);
		session_send(desk.session, "<C-u>");
		expect_text(desk.session, "5 of 5");
	}
	session_type(desk.session, "nobody");
	expect_text(desk.session, "No number matches. Esc shows all again.");
	session_send(desk.session, "<Esc>");
	expect_text(desk.session, "5 saved");
	/* A + begins a search for a number, a letter one for a name; the focus stays with it. */
	session_type(desk.session, "+43");
	expect_text(desk.session, "1 of 5");
	session_send(desk.session, "<Esc>");
	expect_cursor_on(desk.session, "depot 10");
	session_type(desk.session, "cli");
	expect_text(desk.session, "1 of 5");
	session_type(desk.session, "q0");
	expect_text(desk.session, "cliq0");
	expect_text(desk.session, "0 of 5");
	session_send(desk.session, "<BS><BS><BS><BS><BS><BS>");
	expect_text(desk.session, "5 saved");
	expect_cursor_on(desk.session, "Acme Support"); /* the first of all that were left */
	desk_close(&desk);
	home_remove(home);
}

static const struct {
	const char *said, *first;
} ORDERS[] = {
	{ "Sorted by number.", "Clinic" },
	{ "Sorted by state, what needs you first.", "Acme Support" },
	{ "Sorted by last reading, the latest first.", "Acme Support" },
	{ "Sorted by name.", "Acme Support" },
	{ "Sorted by number.", "Clinic" },
};

static void f7_sorts_and_the_focus_stays_with_its_number(void **state)
{
	char *home = home_make();
	struct desk desk;
	(void)state;
	desk_numbers(&desk, "", home);
	desk_down_to(&desk, "Depot 9");
	for (size_t i = 0; i < ARRAY_LENGTH(ORDERS); i++) {
		session_send(desk.session, "<F7>");
		expect_text(desk.session, ORDERS[i].said);
		expect_first(&desk, ORDERS[i].first);
		expect_cursor_on(desk.session, "Depot 9");
	}
	/* Kept for the session: another screen and back. */
	session_send(desk.session, "<F1>");
	expect_text(desk.session, "The numbers you work on.");
	session_send(desk.session, "<Esc>");
	expect_text(desk.session, "Number ↓");
	desk_close(&desk);
	home_remove(home);
}

/* --- changing it ------------------------------------------------------------------------------ */

static void removing_asks_and_names_what_is_lost(void **state)
{
	char *home = home_make();
	struct desk desk;
	(void)state;
	desk_numbers(&desk, "", home);
	desk_down_to(&desk, "Bakery");
	session_send(desk.session, "<Del>");
	expect_words(desk.session, "key is taken out of the vault.");
	session_send(desk.session, "n");
	expect_gone(desk.session, "Remove it from the list");
	session_send(desk.session, "<Up><Del>");
	expect_words(desk.session, "Acme Support leaves the list. Nothing changes at the service.");
	session_send(desk.session, "y");
	expect_text(desk.session, "4 saved");
	expect_cursor_on(desk.session, "Bakery");
	desk_down_to(&desk, "depot 10"); /* the last: the one above it takes the focus */
	session_send(desk.session, "<Del>");
	expect_words(desk.session, "depot 10 leaves the list.");
	session_send(desk.session, "y");
	expect_text(desk.session, "3 saved");
	expect_cursor_on(desk.session, "Depot 9");
	session_send(desk.session, "<F10>");
	expect_exit(desk.session, 0);
	desk_close(&desk);
	char *numbers = file_text(home, ".config/sipdesk/numbers.json");
	char *readings = file_text(home, ".local/state/sipdesk/readings.json");
	assert_null(strstr(numbers, "Acme"));
	assert_non_null(strstr(numbers, "Bakery"));
	assert_null(strstr(readings, "0000000000000002"));
	assert_non_null(strstr(readings, "0000000000000005"));
	free(numbers);
	free(readings);
	home_remove(home);
}

static void the_forms_open_on_the_focused_number(void **state)
{
	char *home = home_make();
	struct desk desk;
	(void)state;
	desk_numbers(&desk, "", home);
	session_send(desk.session, "<F4>");
	expect_text(desk.session, "Acme Support › Edit");
	session_send(desk.session, "<Esc>");
	expect_text(desk.session, "5 saved");
	session_send(desk.session, "<F6>");
	expect_text(desk.session, "Acme Support › Duplicate");
	session_send(desk.session, "<Esc>");
	expect_text(desk.session, "5 saved");
	session_send(desk.session, "<Insert>");
	expect_text(desk.session, "Numbers › Add a number");
	desk_close(&desk);
	home_remove(home);
}

/* What was typed of a note can be saved without its key: the focus is on it afterwards. */
static void after_an_edit_the_focus_is_on_the_number(void **state)
{
	char *home = home_make();
	struct desk desk;
	(void)state;
	desk_numbers(&desk, "", home);
	desk_down_to(&desk, "Clinic");
	session_send(desk.session, "<F4>");
	expect_cursor_on(desk.session, "Name");
	session_send(desk.session, "<C-u>");
	session_type(desk.session, "Zoo");
	session_send(desk.session, "<F2>");
	expect_text(desk.session, "5 saved");
	expect_cursor_on(desk.session, "Zoo");
	desk_close(&desk);
	home_remove(home);
}

static void an_added_number_has_the_focus(void **state)
{
	char *home = home_make();
	struct desk desk;
	(void)state;
	desk_numbers(&desk, "", home);
	desk_down_to(&desk, "Clinic");
	session_send(desk.session, "<F6>");
	expect_cursor_on(desk.session, "Name");
	session_send(desk.session, "<C-u>");
	session_type(desk.session, "Night desk");
	session_send(desk.session, "<F2>");
	expect_cursor_on(desk.session, "API key");
	session_type(desk.session, DESK_KEY);
	session_send(desk.session, "<F2>"); /* its provider cannot be reached from here */
	expect_cursor_on(desk.session, "Try again");
	session_send(desk.session, "<Down>");
	expect_cursor_on(desk.session, "Save without trying");
	session_send(desk.session, "<Enter>");
	expect_text(desk.session, "6 saved");
	expect_cursor_on(desk.session, "Night desk");
	desk_close(&desk);
	home_remove(home);
}

/* As another session or a command would; a file that cannot be read takes nothing away. */
static void f5_takes_in_what_others_changed(void **state)
{
	char *home = home_make();
	struct desk desk;
	(void)state;
	desk_numbers(&desk, "", home);
	desk_down_to(&desk, "Clinic");
	file_put(
		home, ".config/sipdesk/numbers.json",
		"{\"schema\":1,\"numbers\":["
		"{\"id\":\"0000000000000006\",\"label\":\"Archive\","
		"\"api_url\":\"https://calls.example.net\"},"
		"{\"id\":\"0000000000000003\",\"label\":\"Clinic\",\"note\":\"Behind the harbour\","
		"\"api_url\":\"https://calls.example.net\",\"read_only\":true}]}",
		0600);
	session_send(desk.session, "<F5>");
	expect_text(desk.session, "2 saved");
	expect_first(&desk, "Archive");
	expect_cursor_on(desk.session, "Clinic");
	session_send(desk.session, "<Up><Down>");
	expect_words(desk.session, "Behind the harbour. Marked read-only: nothing is sent to it.");
	file_put(home, ".config/sipdesk/numbers.json", "{", 0600);
	session_send(desk.session, "<F5>");
	expect_words(desk.session, "The file of saved numbers is damaged");
	expect_text(desk.session, "2 saved");
	desk_close(&desk);
	home_remove(home);
}

/* --- what this session knows ------------------------------------------------------------------ */

static void changes_and_checks_show_in_the_list(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice_number(&desk, 1);
	session_send(desk.session, "<Space>");
	expect_text(desk.session, "1 changed");
	desk_down_to(&desk, "SIP server");
	session_send(desk.session, "<F7>");
	expect_text(desk.session, "FAIL");
	session_send(desk.session, "<Esc>");
	expect_text(desk.session, "SRTP key exchange");
	session_send(desk.session, "<Esc>");
	expect_cursor_on(desk.session, "* Practice 2");
	expect_text(desk.session, "Enabled, DTLS  now     failed");
	expect_words(desk.session, "1 changed, not sent.");
	session_resize(desk.session, 24, 132);
	expect_text(desk.session, "Enabled, DTLS  now     failed now      1 changed");
	session_send(desk.session, "<Del>");
	expect_words(desk.session, "Its unsent changes (1)");
	expect_words(desk.session, "are lost. Nothing changes at the service.");
	session_send(desk.session, "<Esc>");
	desk_close(&desk);
}

/* --- read in the background ------------------------------------------------------------------- */

static void vault_make(const char *home)
{
	struct secret passphrase, key;
	struct vault_keys keys;
	struct err err;
	char *folder = mem_format("%s/.local/share", home);
	assert_int_equal(setenv("XDG_DATA_HOME", folder, 1), 0);
	char *path = vault_path(&err);
	secret_init(&passphrase);
	secret_init(&key);
	vault_keys_init(&keys);
	assert_true(secret_set(&passphrase, PASSPHRASE, strlen(PASSPHRASE), &err));
	assert_true(vault_create(path, &passphrase, &err));
	for (size_t i = 1; i <= VAULT_NUMBERS; i++) {
		char *id = mem_format("%016zx", i);
		const char *text = i == VAULT_NUMBERS ? "another-key" : DESK_KEY;
		assert_true(secret_set(&key, text, strlen(text), &err));
		assert_true(vault_change(path, &passphrase, id, &key, &keys, &err));
		free(id);
	}
	vault_keys_release(&keys);
	secret_release(&key);
	secret_release(&passphrase);
	assert_int_equal(unsetenv("XDG_DATA_HOME"), 0);
	free(path);
	free(folder);
}

static void vault_numbers_put(const char *home, const char *url)
{
	struct str text;
	str_init(&text);
	str_add(&text, "{\"schema\":1,\"numbers\":[");
	for (size_t i = 1; i <= VAULT_NUMBERS; i++)
		str_addf(&text,
			 "%s{\"id\":\"%016zx\",\"label\":\"Number %zu\",\"api_url\":\"%s\","
			 "\"key\":\"vault\"}",
			 i > 1 ? "," : "", i, i, url);
	str_add(&text, "]}");
	file_put(home, ".config/sipdesk/numbers.json", text.bytes, 0600);
	str_release(&text);
}

static const char HELD_ANSWERS[] =
	"key desk-key-0123456789abcdef\n"
	"settings {\"status\":\"ENABLED\",\"sip\":{\"status\":\"ENABLED\"},"
	"\"srtp_key_exchange_protocol\":\"SDES\"}\n"
	"GET * delay 150\n";

static void desk_begin(struct desk *desk)
{
	desk_run(desk, (const char *const[]) { NULL }, NULL);
	expect_text(desk->session, "Add a number");
}

static void an_open_vault_has_its_numbers_read_four_at_a_time(void **state)
{
	char *home = child_folder_make();
	struct desk desk = { .has_service = true, .home = home };
	(void)state;
	assert_non_null(home);
	vault_make(home);
	peer_init(&desk.sandbox);
	fault_server_start(&desk.service, HELD_ANSWERS);
	vault_numbers_put(home, desk.service.url);
	desk_begin(&desk);
	expect_many(desk.session, "not read yet", VAULT_NUMBERS);
	session_send(desk.session, "<Enter>");
	expect_text(desk.session, "Passphrase");
	session_type(desk.session, PASSPHRASE);
	session_send(desk.session, "<Enter>");
	expect_text(desk.session, "read 12:41");
	assert_int_equal(fault_server_count(&desk.service, "gets"), 1); /* no other was looked at */
	session_send(desk.session, "<Esc>");
	expect_text(desk.session, "key refused");
	expect_gone(desk.session, "reading");
	expect_many(desk.session, "Enabled, SDES", VAULT_NUMBERS - 1);
	assert_int_equal(fault_server_count(&desk.service, "gets"), VAULT_NUMBERS);
	assert_int_equal(fault_server_count(&desk.service, "most_at_once"), 4);
	session_send(desk.session, "<End><Up>");
	expect_cursor_on(desk.session, "key refused");
	expect_words(desk.session, "The service does not take this API key");
	session_send(desk.session, "<F10>");
	expect_exit(desk.session, 0);
	assert_true(session_close(desk.session));
	/* The next session shows what this one has seen, before it can read anything. */
	desk_begin(&desk);
	expect_many(desk.session, "Enabled, SDES", VAULT_NUMBERS - 1);
	expect_text(desk.session, "not read yet");
	assert_int_equal(fault_server_count(&desk.service, "gets"), VAULT_NUMBERS);
	desk_close(&desk);
	home_remove(home);
}

/* How often the file was opened or read since the last question. */
static size_t events_of(int watch)
{
	char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t length = read(watch, events, sizeof events);
	return length > 0 ? (size_t)length / sizeof(struct inotify_event) : 0;
}

/* It stands there with a mode that is refused: whoever touched it would say so. */
static void the_vault_is_not_touched_before_a_key_is_needed(void **state)
{
	static const char VAULT[] = ".local/share/sipdesk/vault";
	char *home = home_make();
	struct desk desk;
	(void)state;
	file_put(home, VAULT, "no vault", 0644);
	char *path = mem_format("%s/%s", home, VAULT);
	int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	assert_true(inotify_add_watch(watch, path, IN_OPEN | IN_ACCESS | IN_ATTRIB) >= 0);
	desk_numbers(&desk, "", home);
	session_send(desk.session, "<F5>");
	expect_words(desk.session, "of these numbers are not at hand, so they are not read.");
	session_type(desk.session, "bakery");
	expect_text(desk.session, "1 of 5");
	session_send(desk.session, "<Esc>");
	expect_text(desk.session, "5 saved");
	expect_cursor_on(desk.session, "Bakery");
	assert_int_equal(events_of(watch), 0);
	session_send(desk.session, "<Enter>"); /* its key is in there */
	expect_words(desk.session, "chmod 600");
	assert_int_not_equal(events_of(watch), 0);
	desk_close(&desk);
	(void)close(watch);
	free(path);
	home_remove(home);
}

/* --- ten thousand ----------------------------------------------------------------------------- */

static void ten_thousand_scroll_and_are_found(void **state)
{
	char *home = child_folder_make();
	struct desk desk;
	(void)state;
	assert_non_null(home);
	assert_true(many_numbers_write(home, MANY));
	desk = (struct desk) { .has_service = true, .home = home };
	peer_init(&desk.sandbox);
	fault_server_start(&desk.service, "");
	desk_run(&desk, (const char *const[]) { NULL }, NULL);
	expect_text(desk.session, "10000 saved");
	expect_cursor_on(desk.session, "Customer 1 ");
	session_send(desk.session, "<End>");
	expect_cursor_on(desk.session, "Add a number");
	expect_text(desk.session, "Customer 10000 ");
	session_send(desk.session, "<PgUp><PgUp>");
	expect_cursor_on(desk.session, "Customer 9969 ");
	session_send(desk.session, "<Home><PgDn>");
	expect_cursor_on(desk.session, "Customer 17 ");
	session_type(desk.session, "+49 3000 259 037");
	expect_text(desk.session, "1 of 10000");
	expect_first(&desk, "Customer 7001 ");
	session_send(desk.session, "<Esc>");
	expect_text(desk.session, "10000 saved");
	session_send(desk.session, "<F7>");
	expect_text(desk.session, "Sorted by number.");
	expect_cursor_on(desk.session, "Customer 7001 ");
	desk_close(&desk);
	home_remove(home);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_fit_the_window),
		cmocka_unit_test(an_empty_list_says_what_to_do),
		cmocka_unit_test(what_is_typed_is_found),
		cmocka_unit_test(f7_sorts_and_the_focus_stays_with_its_number),
		cmocka_unit_test(removing_asks_and_names_what_is_lost),
		cmocka_unit_test(the_forms_open_on_the_focused_number),
		cmocka_unit_test(after_an_edit_the_focus_is_on_the_number),
		cmocka_unit_test(an_added_number_has_the_focus),
		cmocka_unit_test(f5_takes_in_what_others_changed),
		cmocka_unit_test(changes_and_checks_show_in_the_list),
		cmocka_unit_test(an_open_vault_has_its_numbers_read_four_at_a_time),
		cmocka_unit_test(the_vault_is_not_touched_before_a_key_is_needed),
		cmocka_unit_test(ten_thousand_scroll_and_are_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
