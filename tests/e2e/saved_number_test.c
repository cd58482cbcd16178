/* The form of a new number: its key is tried and shown before anything is saved. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/support/child.h"
#include "tests/support/saved_form.h"
#include "tests/support/session_golden.h"

#include <stdlib.h>
#include <string.h>

/* --- adding ----------------------------------------------------------------------------------- */

static void a_key_is_tried_and_shown_before_it_is_saved(void **state)
{
	struct desk desk;
	(void)state;
	desk_numbers(&desk, SAVED_FORM_SCRIPT, NULL);
	struct session *session = desk.session;
	saved_form_fill(&desk, &(struct saved_form) { .name = "Acme Support",
						      .phone_number = "+49 30 123456",
						      .key = SAVED_FORM_KEY });
	expect_golden(session, "saved_number");
	session_send(session, "<F2>");
	expect_text(session, "This key opens");
	expect_text(session, "sip.acme.example:5061");
	expect_golden(session, "saved_number_trial");
	expect_nothing_saved(&desk);
	session_send(session, "<Enter>");
	expect_text(session, "read 12:41");
	assert_int_equal(fault_server_count(&desk.service, "gets"), 1); /* not read again */
	expect_saved(&desk, "Acme Support");
	expect_saved(&desk, "+4930123456");
	assert_false(session_output_contains(session, SAVED_FORM_KEY));
	session_send(session, "q");
	expect_text(session, "1 saved");
	session_send(session, "<F10>");
	expect_exit(session, 0);
	desk_close(&desk);
}

static void a_key_comes_from_a_command(void **state)
{
	struct desk desk;
	(void)state;
	desk_numbers(&desk, SAVED_FORM_SCRIPT, NULL);
	struct session *session = desk.session;
	char *key_file = mem_format("%s/key file", session->home);
	assert_true(file_write_whole(key_file, SAVED_FORM_KEY, strlen(SAVED_FORM_KEY), 0600, NULL));
	char *command = mem_format("cat '%s'", key_file);
	saved_form_fill(&desk, &(struct saved_form) { .name = "Acme Support",
						      .place = "Behind a command",
						      .command = command });
	session_send(session, "<F2>");
	expect_text(session, "This key opens");
	session_send(session, "<Enter>");
	expect_text(session, "read 12:41");
	char *saved = mem_format("\"%s\"", key_file);
	expect_saved(&desk, saved);
	assert_false(session_output_contains(session, SAVED_FORM_KEY));
	free(saved);
	free(command);
	free(key_file);
	desk_close(&desk);
}

static void a_command_that_fails_saves_nothing(void **state)
{
	struct desk desk;
	(void)state;
	desk_numbers(&desk, SAVED_FORM_SCRIPT, NULL);
	saved_form_fill(&desk, &(struct saved_form) { .name = "Acme Support",
						      .place = "Behind a command",
						      .command = "false" });
	session_send(desk.session, "<F2>");
	expect_words(desk.session, "ended with exit code 1"); /* a page says what happened */
	expect_text(desk.session, "F8 Copy");
	session_send(desk.session, "<Esc>");
	expect_cursor_on(desk.session, "Command");
	expect_nothing_saved(&desk);
	assert_int_equal(fault_server_count(&desk.service, "gets"), 0);
	desk_close(&desk);
}

static void a_refused_key_goes_back_to_its_row(void **state)
{
	struct desk desk;
	(void)state;
	desk_numbers(&desk, SAVED_FORM_SCRIPT, NULL);
	struct session *session = desk.session;
	saved_form_fill(
		&desk, &(struct saved_form) { .name = "Acme Support", .key = "planted-wrong-key" });
	session_send(session, "<Down><F2>");
	expect_words(session, "The service does not take this API key");
	expect_cursor_on(session, "API key");
	expect_nothing_saved(&desk);
	session_send(session, "<C-u>");
	session_paste(session, SAVED_FORM_KEY);
	expect_gone(session, "does not take");
	session_send(session, "<F2>");
	expect_text(session, "This key opens");
	session_send(session, "<Esc>"); /* back to the form, with all that was typed */
	expect_text(session, "22 characters, not shown");
	expect_text(session, "Acme Support");
	expect_nothing_saved(&desk);
	desk_close(&desk);
}

static void without_a_key_there_is_no_number(void **state)
{
	struct desk desk;
	(void)state;
	desk_numbers(&desk, SAVED_FORM_SCRIPT, NULL);
	saved_form_fill(&desk, &(struct saved_form) { .name = "Acme Support", .phone_number = "" });
	session_send(desk.session, "<Up><F2>");
	expect_cursor_on(desk.session, "API key");
	expect_nothing_saved(&desk);
	assert_int_equal(fault_server_count(&desk.service, "gets"), 0);
	desk_close(&desk);
}

/* Nobody listens there: only the person's own word saves it. */
static void what_cannot_be_tried_is_saved_on_ones_own_word(void **state)
{
	struct desk desk;
	(void)state;
	desk_numbers(&desk, SAVED_FORM_SCRIPT, NULL);
	struct session *session = desk.session;
	saved_form_fill(&desk, &(struct saved_form) { .name = "Acme Support",
						      .url = "http://127.0.0.1:1",
						      .key = SAVED_FORM_KEY });
	session_send(session, "<F2>");
	expect_text(session, "Save without trying");
	expect_cursor_on(session, "Try again");
	expect_golden(session, "saved_number_untried");
	session_send(session, "<F2>"); /* no short cut past the choice */
	session_send(session, "<Down><Down><Enter>");
	expect_cursor_on(session, "API key");
	expect_nothing_saved(&desk);
	session_send(session, "<F2>");
	expect_cursor_on(session, "Try again");
	session_send(session, "<Down>");
	expect_cursor_on(session, "Save without trying");
	session_send(session, "<Enter>");
	expect_text(session, "1 saved");
	expect_words(session, "Acme Support is saved; its API key was not tried.");
	expect_saved(&desk, "Acme Support");
	desk_close(&desk);
}

static void trying_a_key_can_be_cancelled(void **state)
{
	struct desk desk;
	(void)state;
	desk_numbers(&desk, "GET * hang\n", NULL);
	struct session *session = desk.session;
	saved_form_fill(&desk, &(struct saved_form) { .name = "Acme", .key = SAVED_FORM_KEY });
	session_send(session, "<F2>");
	expect_text(session, "The key is being tried");
	session_send(session, "<F1>"); /* nothing is frozen meanwhile */
	expect_text(session, "Keys here");
	session_send(session, "q");
	expect_text(session, "The key is being tried");
	session_send(session, "<Esc>");
	expect_gone(session, "being tried");
	expect_cursor_on(session, "API key");
	expect_nothing_saved(&desk);
	desk_close(&desk);
}

/* The list cannot be written: the session goes on with the number. */
static void a_number_that_cannot_be_written_stays_for_the_session(void **state)
{
	struct desk desk;
	char *home = child_folder_make();
	char *folder = mem_format("%s/.config", home), *file = mem_format("%s/sipdesk", folder);
	(void)state;
	assert_true(file_folder_make(folder, NULL));
	assert_true(file_write_whole(file, "", 0, 0600, NULL)); /* no folder can be made there */
	desk_numbers(&desk, SAVED_FORM_SCRIPT, home);
	saved_form_try(&desk,
		       &(struct saved_form) { .name = "Acme Support", .key = SAVED_FORM_KEY });
	session_send(desk.session, "<Enter>");
	expect_text(desk.session, "read 12:41");
	expect_words(desk.session, "This is kept for this session only.");
	session_send(desk.session, "q");
	expect_text(desk.session, "Acme Support");
	desk_close(&desk);
	child_folder_remove(home);
	free(file);
	free(folder);
	free(home);
}

/* What could not be read is kept beside what is written, and named. */
static void a_damaged_list_is_kept(void **state)
{
	struct desk desk;
	char *home = child_folder_make();
	char *folder = mem_format("%s/.config/sipdesk", home);
	char *file = mem_format("%s/numbers.json", folder);
	(void)state;
	assert_true(file_folder_make(folder, NULL));
	assert_true(file_write_whole(file, "{\"numbers", strlen("{\"numbers"), 0600, NULL));
	desk_numbers(&desk, SAVED_FORM_SCRIPT, home);
	saved_form_try(&desk,
		       &(struct saved_form) { .name = "Acme Support", .key = SAVED_FORM_KEY });
	session_send(desk.session, "<Enter>");
	expect_text(desk.session, "read 12:41");
	expect_words(desk.session, "The damaged list is kept as");
	expect_saved(&desk, "Acme Support");
	desk_close(&desk);
	child_folder_remove(home);
	free(file);
	free(folder);
	free(home);
}

/* --- what is typed ---------------------------------------------------------------------------- */

static void wrong_values_are_told_at_their_rows(void **state)
{
	static const struct {
		struct saved_form typed;
		const char *row, *words;
	} CASES[] = {
		{ { .name = " ", .key = SAVED_FORM_KEY }, "Name", "empty" },
		{ { .name = "A", .phone_number = "030 1", .key = SAVED_FORM_KEY },
		  "Phone number",
		  "no international phone number" },
		{ { .name = "A", .url = "http://acme.example", .key = SAVED_FORM_KEY },
		  "API URL",
		  "https" },
		{ { .name = "A", .key = "with a blank inside" }, "API key", "" },
		{ { .name = "A", .place = "Behind a command", .command = "a 'b" }, "Command", "" },
		{ { .name = "A", .place = "Behind a command", .command = "" }, "Command", "" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(CASES); i++) {
		struct desk desk;
		desk_numbers(&desk, SAVED_FORM_SCRIPT, NULL);
		saved_form_fill(&desk, &CASES[i].typed);
		session_send(desk.session, "<Down><F2>");
		expect_cursor_on(desk.session, CASES[i].row);
		expect_text(desk.session, "! ");
		expect_words(desk.session, CASES[i].words);
		expect_nothing_saved(&desk);
		assert_int_equal(fault_server_count(&desk.service, "gets"), 0);
		desk_close(&desk);
	}
}

static void nothing_typed_is_lost_silently(void **state)
{
	struct desk desk;
	(void)state;
	desk_numbers(&desk, SAVED_FORM_SCRIPT, NULL);
	struct session *session = desk.session;
	session_send(session, "<Insert>");
	expect_cursor_on(session, "Name");
	session_send(session, "<Esc>"); /* nothing typed: no question */
	expect_text(session, "0 saved");
	session_send(session, "<Insert>");
	expect_cursor_on(session, "Name");
	session_type(session, "Acme");
	session_send(session, "<Esc>");
	expect_text(session, "Discard what was typed?");
	session_send(session, "n");
	expect_gone(session, "Discard");
	expect_text(session, "Acme");
	session_send(session, "<F10>");
	expect_words(session, "The number you are typing in is not saved.");
	session_send(session, "n");
	expect_gone(session, "not saved");
	session_send(session, "<C-u><Esc>"); /* as it was: nothing to lose */
	expect_text(session, "0 saved");
	session_send(session, "<Insert>");
	expect_cursor_on(session, "Name");
	session_type(session, "Acme");
	session_send(session, "<Esc>");
	expect_text(session, "Discard what was typed?");
	session_send(session, "y");
	expect_text(session, "0 saved");
	expect_nothing_saved(&desk);
	desk_close(&desk);
}

static void the_form_works_in_a_small_window(void **state)
{
	struct desk desk;
	(void)state;
	desk_numbers(&desk, SAVED_FORM_SCRIPT, NULL);
	session_resize(desk.session, 16, 60);
	saved_form_fill(&desk, &(struct saved_form) { .name = "Acme Support",
						      .phone_number = "+49 30 123456",
						      .key = SAVED_FORM_KEY });
	desk_down_to(&desk, "Save");
	expect_golden(desk.session, "saved_number_small");
	session_send(desk.session, "<Enter>");
	expect_text(desk.session, "This key opens");
	expect_cursor_on(desk.session, "Save");
	expect_golden(desk.session, "saved_number_trial_small");
	session_send(desk.session, "<Enter>");
	expect_text(desk.session, "read 12:41");
	desk_close(&desk);
}

/* In practice nothing is saved: only what needs no file can be chosen, and the form says why. */
static void practice_keeps_no_key(void **state)
{
	struct desk desk;
	(void)state;
	desk_practice(&desk);
	struct session *session = desk.session;
	session_send(session, "<Insert>");
	expect_cursor_on(session, "Name");
	expect_text(session, "http://127.0.0.1:"); /* the practice service's address */
	desk_down_to(&desk, "Key is kept");
	session_send(session, "<Space>");
	expect_words(session, "In practice nothing is saved");
	expect_text(session, "Asked each session");
	session_send(session, "<Enter>");
	expect_text(session, "Behind a command");
	expect_golden(session, "saved_number_practice");
	session_send(session, "<Esc>");
	expect_cursor_on(session, "Key is kept");
	session_send(session, "<Esc>");
	expect_text(session, "7 numbers");
	session_send(session, "<F4>"); /* a practice number can have another name, for practice */
	expect_text(session, "Practice 1: new number › Edit");
	session_send(session, "<C-u>");
	session_type(session, "Mine");
	session_send(session, "<F2>");
	expect_words(session, "Mine is saved.");
	expect_text(session, "7 numbers");
	expect_nothing_saved(&desk);
	desk_close(&desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_is_tried_and_shown_before_it_is_saved),
		cmocka_unit_test(a_key_comes_from_a_command),
		cmocka_unit_test(a_command_that_fails_saves_nothing),
		cmocka_unit_test(a_refused_key_goes_back_to_its_row),
		cmocka_unit_test(without_a_key_there_is_no_number),
		cmocka_unit_test(what_cannot_be_tried_is_saved_on_ones_own_word),
		cmocka_unit_test(trying_a_key_can_be_cancelled),
		cmocka_unit_test(a_number_that_cannot_be_written_stays_for_the_session),
		cmocka_unit_test(a_damaged_list_is_kept),
		cmocka_unit_test(wrong_values_are_told_at_their_rows),
		cmocka_unit_test(nothing_typed_is_lost_silently),
		cmocka_unit_test(the_form_works_in_a_small_window),
		cmocka_unit_test(practice_keeps_no_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
