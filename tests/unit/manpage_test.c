/* The manual page tells what the program does: its lists are made from the tables and from what
 * each command says of itself. With MANPAGE_UPDATE=1 they are written anew. */
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "calling/fields.h"
#include "tests/support/mdoc.h"
#include "tests/support/run.h"
#include "ui/app/action.h"
#include "ui/commands/commands.h"
#include "ui/term/input.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { PAGE_MAX = 256 * 1024, LINT_MS = 10000 };

static const char PAGE[] = "ui/sipdesk.1";
static const char OPTION_CHARACTERS[] = "abcdefghijklmnopqrstuvwxyz-";
static const char END[] = ".\\\" end\n";

static void page_read(struct str *page)
{
	struct err err;
	str_init(page);
	assert_true(file_read(PAGE, PAGE_MAX, page, &err));
}

/* What is printed on standard output meanwhile; `command` NULL: the program's own help. */
static void help_take(const struct command *command, struct str *out)
{
	char bytes[4096];
	char *arguments[] = { mem_text(command == NULL ? "" : command->name), mem_text("--help"),
			      NULL };
	FILE *file = tmpfile();
	assert_non_null(file);
	(void)fflush(stdout);
	int saved = dup(STDOUT_FILENO);
	assert_true(dup2(fileno(file), STDOUT_FILENO) >= 0);
	optind = 0;
	if (command == NULL)
		commands_help(stdout);
	else
		assert_int_equal(command->run(2, arguments), 0);
	(void)fflush(stdout);
	(void)dup2(saved, STDOUT_FILENO);
	(void)close(saved);
	rewind(file);
	for (size_t length; (length = fread(bytes, 1, sizeof bytes, file)) > 0;)
		str_append(out, bytes, length);
	(void)fclose(file);
	free(arguments[0]);
	free(arguments[1]);
}

static void commands_list(struct str *out)
{
	for (const struct command *command = COMMANDS; command->name != NULL; command++) {
		struct str help;
		str_init(&help);
		str_addf(out, ".Ss %s\n", command->name);
		if (command->run == command_help) { /* its --help is the program's */
			char *sentence = mem_format("It can %s.", command->summary);
			mdoc_text(sentence, out);
			free(sentence);
		} else {
			help_take(command, &help);
			mdoc_help(help.bytes, out);
		}
		str_release(&help);
	}
}

static void keys_list(struct str *out)
{
	str_add(out, ".Bl -tag -width Ds\n");
	for (enum action_id id = 0; id < ACTION_COUNT; id++) {
		const struct action *action = &ACTIONS[id];
		if (action->contexts == 0)
			continue;
		str_add(out, ".It");
		for (size_t i = 0; i < ACTION_KEYS_MAX && action->keys[i] != 0; i++) {
			struct str key;
			str_init(&key);
			key_name_write(action->keys[i], &key);
			str_add(out, i > 0 ? " , Ic" : " Ic");
			mdoc_word(key.bytes, key.length, out);
			str_release(&key);
		}
		char *words = mem_format("%s: %s", action->name, action->help);
		str_add_char(out, '\n');
		mdoc_text(words, out);
		free(words);
	}
	str_add(out, ".El\n");
}

static void fields_list(struct str *out)
{
	static const char *const BELOW[] = {
		[FIELD_FORM_SETTINGS] = "",
		[FIELD_FORM_SERVER] = "sip.servers[].",
		[FIELD_FORM_PARAMETER] = "sip.servers[].request_uri_user_params.",
	};
	str_add(out, ".Bl -tag -width Ds\n");
	for (enum field_id id = 0; id < FIELD_COUNT; id++) {
		const struct field *field = field_of(id);
		char *path = mem_format("%s%s", BELOW[field->form], field->path);
		str_add(out, ".It");
		mdoc_word(field->label, strlen(field->label), out);
		str_add(out, " Pq Ql");
		mdoc_word(path, strlen(path), out);
		str_add_char(out, '\n');
		mdoc_text(field->help, out);
		if ((field->flags & FIELD_READ_ONLY) != 0)
			mdoc_text("Shown, not edited.", out);
		free(path);
	}
	str_add(out, ".El\n");
}

static void lists_are_current(void **state)
{
	static const struct {
		const char *mark;
		void (*write)(struct str *out);
	} LISTS[] = {
		{ ".\\\" commands:", commands_list },
		{ ".\\\" keys:", keys_list },
		{ ".\\\" fields:", fields_list },
	};
	struct str page;
	struct err err;
	(void)state;
	page_read(&page);
	for (size_t i = 0; i < ARRAY_LENGTH(LISTS); i++) {
		struct str list;
		str_init(&list);
		LISTS[i].write(&list);
		const char *mark = strstr(page.bytes, LISTS[i].mark);
		assert_non_null(mark);
		const char *begin = strchr(mark, '\n') + 1;
		const char *end = strstr(begin, END);
		assert_non_null(end);
		size_t at = (size_t)(begin - page.bytes), length = (size_t)(end - begin);
		if (getenv("MANPAGE_UPDATE") != NULL) {
			str_remove(&page, at, length);
			str_insert(&page, at, list.bytes, list.length);
			assert_true(file_write_whole(PAGE, page.bytes, page.length, 0644, &err));
		} else {
			char *found = mem_text_n(begin, length);
			assert_string_equal(found, list.bytes);
			free(found);
		}
		str_release(&list);
	}
	str_release(&page);
}

/* Does `text` hold the option, and not just the beginning of a longer one? In macros it stands as
 * "Fl -json" or "Fl \&-json", in a usage line as "--json". */
static bool has_option(const char *text, const char *option, size_t length)
{
	for (const char *at = text + 1; (at = strchr(at, '-')) != NULL; at++)
		if (strncmp(at, option, length) == 0 && strchr("- &", at[-1]) != NULL &&
		    strspn(at + length, OPTION_CHARACTERS) == 0)
			return true;
	return false;
}

/* Every "--option" of a help text, told without its first hyphen. */
static void options_expect(const char *help, const char *where, const char *text)
{
	for (const char *at = help; (at = strstr(at, "--")) != NULL;) {
		size_t length = strspn(at + 2, OPTION_CHARACTERS);
		if (length > 0 && !has_option(text, at + 1, length + 1))
			fail_msg("%s has no %.*s", where, (int)length + 2, at);
		at += 2 + length;
	}
}

static char *section_of(const char *page, const char *heading)
{
	const char *at = strstr(page, heading);
	if (at == NULL)
		fail_msg("there is no %s", heading);
	const char *next = strstr(at + 1, "\n.S");
	return next == NULL ? mem_text(at) : mem_text_n(at, (size_t)(next - at));
}

static void every_command_and_option_is_told(void **state)
{
	struct str page, help;
	(void)state;
	page_read(&page);
	for (const struct command *command = COMMANDS; command->name != NULL; command++) {
		char *heading = mem_format("\n.Ss %s\n", command->name);
		char *section = section_of(page.bytes, heading);
		str_init(&help);
		if (command->run != command_help)
			help_take(command, &help);
		options_expect(help.bytes, command->name, section);
		str_release(&help);
		free(section);
		free(heading);
	}
	str_init(&help);
	help_take(NULL, &help);
	options_expect(help.bytes, "the page", page.bytes);
	str_release(&help);
	str_release(&page);
}

static void every_exit_code_is_told(void **state)
{
	struct str page;
	(void)state;
	page_read(&page);
	char *section = section_of(page.bytes, "\n.Sh EXIT STATUS\n");
	for (enum err_kind kind = ERR_NONE; kind <= ERR_INTERNAL; kind++) {
		char *item = mem_format("\n.It %d\n", err_exit_code(kind));
		if (strstr(section, item) == NULL)
			fail_msg("EXIT STATUS has no %d", err_exit_code(kind));
		free(item);
	}
	free(section);
	str_release(&page);
}

static void mandoc_finds_no_fault(void **state)
{
	static const char *const ARGUMENTS[] = { "mandoc", "-T", "lint", PAGE, NULL };
	struct run run;
	(void)state;
	run_start(&run, ARGUMENTS, NULL);
	assert_true(run_finish(&run, LINT_MS));
	assert_string_equal(run.output.bytes, "");
	assert_string_equal(run.errors.bytes, "");
	assert_int_equal(run.status, 0);
	run_release(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_current),
		cmocka_unit_test(every_command_and_option_is_told),
		cmocka_unit_test(every_exit_code_is_told),
		cmocka_unit_test(mandoc_finds_no_fault),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
