/* The form of a number that is saved already, and where its key is kept. */
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
#include <unistd.h>

/* The row of a key that nobody has typed over. */
static const char KEPT[] = "API key                kept";

/* --- saved ones ------------------------------------------------------------------------------- */

/* The row of the number that is just there, under the focus. */
static void acme_added(struct desk *desk)
{
	desk_numbers(desk, SAVED_FORM_SCRIPT, NULL);
	saved_form_add(desk, &(struct saved_form) { .name = "Acme Support",
						    .phone_number = "+49 30 123456",
						    .key = SAVED_FORM_KEY });
	expect_cursor_on(desk->session, "Acme Support");
}

static void editing_leaves_a_key_alone(void **state)
{
	struct desk desk;
	(void)state;
	acme_added(&desk);
	struct session *session = desk.session;
	long gets = fault_server_count(&desk.service, "gets");
	session_send(session, "<F4>");
	expect_text(session, "Acme Support › Edit");
	expect_text(session, "+4930123456");
	expect_text(session, KEPT);
	session_send(session, "<C-u>");
	session_type(session, "Acme Berlin");
	desk_down_to(&desk, "Tags");
	session_type(session, "berlin vip");
	desk_down_to(&desk, "Read-only");
	session_send(session, "<Space>");
	expect_text(session, "Read-only              Yes");
	expect_golden(session, "saved_number_edit");
	session_send(session, "<F2>");
	expect_words(session, "Acme Berlin is saved.");
	expect_text(session, "1 saved");
	assert_int_equal(fault_server_count(&desk.service, "gets"), gets);
	expect_saved(&desk, "Acme Berlin");
	expect_saved(&desk, "\"berlin\"");
	expect_saved(&desk, "\"read_only\"");
	session_send(session, "<Enter>"); /* the open one has followed */
	expect_text(session, "sipdesk › Acme Berlin");
	expect_text(session, "read 12:41");
	desk_close(&desk);
}

static void another_key_is_tried_before_it_replaces_one(void **state)
{
	struct desk desk;
	(void)state;
	acme_added(&desk);
	struct session *session = desk.session;
	session_send(session, "<F4>");
	expect_text(session, KEPT);
	desk_down_to(&desk, "API key");
	session_paste(session, "planted-wrong-key");
	expect_text(session, "17 characters");
	session_send(session, "<F2>");
	expect_words(session, "The service does not take this API key");
	expect_cursor_on(session, "API key");
	session_send(session, "<Esc>");
	expect_text(session, "Discard what was typed?");
	session_send(session, "y");
	expect_text(session, "1 saved");
	session_send(session, "<Enter>"); /* with the key it had */
	expect_text(session, "sip.acme.example:5061");
	desk_close(&desk);
}

static void a_duplicate_has_its_own_name_and_key(void **state)
{
	struct desk desk;
	(void)state;
	acme_added(&desk);
	struct session *session = desk.session;
	session_send(session, "<F6>");
	expect_text(session, "Acme Support › Duplicate");
	expect_cursor_on(session, "Name");
	expect_text(session, desk.service.url);
	expect_gone(session, "+4930123456");
	session_send(session, "<Esc>"); /* nothing was typed yet */
	expect_text(session, "1 saved");
	session_send(session, "<F6>");
	expect_text(session, "Acme Support › Duplicate");
	session_type(session, "acme support");
	desk_down_to(&desk, "API key");
	session_paste(session, SAVED_FORM_KEY);
	expect_text(session, "22 characters");
	session_send(session, "<F2>");
	expect_cursor_on(session, "Name");
	expect_words(session, "There is already a number");
	session_send(session, "<C-u>");
	session_type(session, "Acme Sales");
	session_send(session, "<F2>");
	expect_text(session, "This key opens");
	expect_words(session, "Acme Support answers to the same API key");
	expect_golden(session, "saved_number_same_key");
	session_send(session, "<Enter>");
	expect_text(session, "read 12:41");
	expect_saved(&desk, "Acme Support");
	expect_saved(&desk, "Acme Sales");
	desk_close(&desk);
}

static void a_number_removed_meanwhile_can_be_added_anew(void **state)
{
	static const char NONE[] = "{\"schema\":1,\"numbers\":[]}";
	struct desk desk;
	(void)state;
	acme_added(&desk);
	struct session *session = desk.session;
	session_send(session, "<F4>");
	expect_text(session, KEPT);
	session_type(session, " 2");
	char *path = mem_format("%s/.config/sipdesk/numbers.json", session->home);
	assert_true(file_write_whole(path, NONE, strlen(NONE), 0600, NULL));
	free(path);
	session_send(session, "<F2>");
	expect_words(session, "Another session has removed this number");
	session_send(session, "y");
	expect_cursor_on(session, "API key");
	expect_text(session, "Acme Support 2");
	session_paste(session, SAVED_FORM_KEY);
	session_send(session, "<F2>");
	expect_text(session, "This key opens");
	session_send(session, "<Enter>");
	expect_text(session, "read 12:41");
	expect_saved(&desk, "Acme Support 2");
	desk_close(&desk);
}

/* --- the vault -------------------------------------------------------------------------------- */

static const char PASSPHRASE[] = "planted passphrase";

static char *vault_file(const struct desk *desk)
{
	return mem_format("%s/.local/share/sipdesk/vault", desk->session->home);
}

static bool vault_exists(const struct desk *desk)
{
	char *path = vault_file(desk);
	bool exists = access(path, F_OK) == 0;
	free(path);
	return exists;
}

static void vault_make(struct session *session)
{
	expect_text(session, "New vault");
	session_type(session, PASSPHRASE);
	session_send(session, "<Enter>");
	expect_text(session, "Once more");
	session_type(session, PASSPHRASE);
	session_send(session, "<Enter>");
}

/* Ends the program and starts it again on the same home. */
static void desk_again(struct desk *desk)
{
	static const char *const ARGUMENTS[] = { NULL };
	session_send(desk->session, "<C-q>");
	expect_exit(desk->session, 0);
	assert_true(session_close(desk->session));
	desk_run(desk, ARGUMENTS, NULL);
	expect_text(desk->session, "1 saved");
	expect_cursor_on(desk->session, "Acme Support");
}

static void a_key_goes_into_the_vault_and_out_of_it(void **state)
{
	struct desk desk;
	char *home = child_folder_make();
	(void)state;
	desk_numbers(&desk, SAVED_FORM_SCRIPT, home);
	saved_form_try(&desk, &(struct saved_form) { .name = "Acme Support",
						     .place = "In the vault",
						     .key = SAVED_FORM_KEY });
	expect_text(desk.session, "kept in the vault");
	assert_false(vault_exists(&desk));
	session_send(desk.session, "<Enter>");
	vault_make(desk.session);
	expect_text(desk.session, "read 12:41");
	assert_true(vault_exists(&desk));
	expect_saved(&desk, "\"vault\"");

	desk_again(&desk);
	session_send(desk.session, "<Enter>");
	expect_text(desk.session, "Passphrase");
	session_type(desk.session, PASSPHRASE);
	session_send(desk.session, "<Enter>");
	expect_text(desk.session, "sip.acme.example:5061");
	session_send(desk.session, "q");
	expect_cursor_on(desk.session, "Acme Support");

	session_send(desk.session, "<F4>"); /* from the vault to each session */
	expect_text(desk.session, KEPT);
	desk_down_to(&desk, "Key is kept");
	saved_form_place(&desk, "Asked each session");
	session_send(desk.session, "<F2>");
	expect_words(desk.session, "Its key is taken out of the vault");
	expect_golden(desk.session, "saved_number_leaves_vault");
	session_send(desk.session, "<Enter>");
	expect_words(desk.session, "Acme Support is saved.");
	expect_saved(&desk, "\"ask\"");
	desk_again(&desk);
	session_send(desk.session, "<Enter>");
	expect_words(desk.session, "Type or paste the API key of Acme Support");
	assert_false(session_output_contains(desk.session, SAVED_FORM_KEY));
	desk_close(&desk);
	child_folder_remove(home);
	free(home);
}

static void without_the_vault_nothing_is_saved(void **state)
{
	struct desk desk;
	(void)state;
	desk_numbers(&desk, SAVED_FORM_SCRIPT, NULL);
	struct session *session = desk.session;
	saved_form_try(&desk, &(struct saved_form) { .name = "Acme Support",
						     .place = "In the vault",
						     .key = SAVED_FORM_KEY });
	session_send(session, "<Enter>");
	expect_text(session, "New vault");
	session_send(session, "<Esc>"); /* given up */
	expect_text(session, "This key opens");
	expect_words(session, "Nothing was saved.");
	expect_nothing_saved(&desk);
	assert_false(vault_exists(&desk));

	char *path = vault_file(&desk);
	char *folder = mem_text_n(path, strlen(path) - strlen("/vault"));
	assert_true(file_folder_make(folder, NULL));
	assert_true(file_write_whole(path, "damaged", strlen("damaged"), 0600, NULL));
	session_send(session, "<Enter>");
	expect_words(session, "Nothing was saved. The vault");
	expect_nothing_saved(&desk);
	free(folder);
	free(path);
	desk_close(&desk);
}

/* A lock takes the keys, and nothing else of what was typed. */
static void a_lock_wipes_the_typed_key_only(void **state)
{
	struct desk desk;
	(void)state;
	desk_numbers(&desk, SAVED_FORM_SCRIPT, NULL);
	struct session *session = desk.session;
	saved_form_try(&desk,
		       &(struct saved_form) { .name = "Acme Support", .key = SAVED_FORM_KEY });
	session_send(session, "<C-x>");
	expect_text(session, "sipdesk is locked");
	expect_gone(session, "sip.acme.example");
	session_send(session, "<Enter>");
	expect_cursor_on(session, "API key");
	expect_text(session, "Acme Support");
	expect_gone(session, "not shown");
	expect_nothing_saved(&desk);
	desk_close(&desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(editing_leaves_a_key_alone),
		cmocka_unit_test(another_key_is_tried_before_it_replaces_one),
		cmocka_unit_test(a_duplicate_has_its_own_name_and_key),
		cmocka_unit_test(a_number_removed_meanwhile_can_be_added_anew),
		cmocka_unit_test(a_key_goes_into_the_vault_and_out_of_it),
		cmocka_unit_test(without_the_vault_nothing_is_saved),
		cmocka_unit_test(a_lock_wipes_the_typed_key_only),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
