/* What is said is said whole, in small windows and of long paths too, and things are called by one
 * name. */
#include "base/file.h"
#include "base/mem.h"
#include "tests/support/child.h"
#include "tests/support/desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static const char NUMBERS[] = "{\"schema\":1,\"numbers\":["
			      "{\"label\":\"Acme\",\"api_url\":\"https://calls.example.net\"},"
			      "{\"label\":\"Bakery\",\"api_url\":\"https://calls.example.net\"},"
			      "{\"label\":\"Clinic\",\"api_url\":\"https://calls.example.net\"},"
			      "{\"label\":\"Depot\",\"api_url\":\"https://calls.example.net\"},"
			      "{\"label\":\"Embassy\",\"api_url\":\"https://calls.example.net\"}]}";

/* A path as long as people have. */
static const char DEEP[] = "a-folder-with-a-long-name/and-another-one-within-it/as-on-a-server/"
			   "where-homes-are-mounted/staff/berlin/onboarding";

struct place {
	struct desk desk;
	char *folder, *home, *list;
};

static void place_open(struct place *place, const char *below)
{
	struct err err;
	place->folder = child_folder_make();
	assert_non_null(place->folder);
	place->home = mem_format("%s/%s", place->folder, below);
	char *config = mem_format("%s/.config/sipdesk", place->home);
	place->list = mem_format("%s/numbers.json", config);
	assert_true(file_folder_make(config, &err));
	assert_true(file_write_whole(place->list, NUMBERS, strlen(NUMBERS), 0600, &err));
	desk_numbers(&place->desk, "", place->home);
	free(config);
}

static void place_close(struct place *place)
{
	desk_close(&place->desk);
	child_folder_remove(place->folder);
	free(place->folder);
	free(place->home);
	free(place->list);
}

static char *without_blanks(const char *text)
{
	struct str dense;
	str_init(&dense);
	for (; *text != '\0'; text++)
		if (*text != ' ' && *text != '\n')
			str_add_char(&dense, *text);
	return str_detach(&dense);
}

/* Wherever the window breaks it, within a word too. */
static bool shows_whole(const struct session *session, const void *text)
{
	char *screen = session_screen(session);
	char *shown = without_blanks(screen), *wanted = without_blanks(text);
	bool is_whole = strstr(shown, wanted) != NULL;
	free(wanted);
	free(shown);
	free(screen);
	return is_whole;
}

static const struct {
	int rows, columns;
	const char *then_focused; /* each window sees the first number removed */
} WINDOWS[] = {
	{ 24, 80, "Bakery" }, { 24, 60, "Clinic" }, { 20, 60, "Depot" }, { 30, 40, "Embassy" }
};

/* The command that mends a file stands at the end, behind its path. */
static void a_notice_is_never_cut(void **state)
{
	struct place place;
	(void)state;
	place_open(&place, DEEP);
	struct session *session = place.desk.session;
	char *mends = mem_format("Run: chmod 600 %s", place.list);
	assert_int_equal(chmod(place.list, 0644), 0);
	for (size_t i = 0; i < ARRAY_LENGTH(WINDOWS); i++) {
		session_resize(session, WINDOWS[i].rows, WINDOWS[i].columns);
		session_send(session, "<Home><Del>");
		expect_text(session, "Remove it from the list");
		session_send(session, "y");
		assert_true(session_wait(session, shows_whole, mends, mends));
		expect_words(session, "The list on disk still has it.");
		expect_cursor_on(session, WINDOWS[i].then_focused);
		session_send(session, "<C-l>"); /* the next key takes it away */
		expect_gone(session, "chmod");
	}
	free(mends);
	place_close(&place);
}

static void a_key_is_asked_for_in_whole_sentences(void **state)
{
	struct place place;
	(void)state;
	place_open(&place, "");
	struct session *session = place.desk.session;
	session_resize(session, 16, 60);
	session_send(session, "<Enter>");
	expect_words(session, "Type or paste the API key of Acme. It is sent to "
			      "https://calls.example.net and nowhere else, and kept for this "
			      "session only.");
	expect_cursor_on(session, "API key");
	session_send(session, "<Esc>");
	place_close(&place);
}

static void things_are_called_by_one_name(void **state)
{
	struct place place;
	(void)state;
	place_open(&place, "");
	struct session *session = place.desk.session;
	session_send(session, "<F1>");
	expect_text(session, "sipdesk › Help");
	session_send(session, "<F9>");
	expect_text(session, "sipdesk › Help › All actions");
	session_send(session, "<Esc>");
	expect_gone(session, "All actions");
	session_send(session, "<Esc>");
	expect_text(session, "5 saved");
	session_send(session, "<Insert><F2>");
	expect_cursor_on(session, "Name");
	expect_words(session, "The name is empty. Give the number a name of its own.");
	place_close(&place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_notice_is_never_cut),
		cmocka_unit_test(a_key_is_asked_for_in_whole_sentences),
		cmocka_unit_test(things_are_called_by_one_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
