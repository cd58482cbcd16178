/* The tables in README.md are those of the program. With README_UPDATE=1 they are written anew. */
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "calling/fields.h"
#include "service/send_state.h"
#include "store/history.h"
#include "ui/app/action.h"
#include "ui/app/number_undo.h"
#include "ui/term/input.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { README_MAX = 256 * 1024, SECOND_MS = 1000 };

static void keys_table(struct str *out)
{
	str_add(out, "| key | does |\n|---|---|\n");
	for (enum action_id id = 0; id < ACTION_COUNT; id++) {
		const struct action *action = &ACTIONS[id];
		if (action->contexts == 0)
			continue;
		str_add(out, "| ");
		for (size_t i = 0; i < ACTION_KEYS_MAX && action->keys[i] != 0; i++) {
			str_add(out, i > 0 ? ", `" : "`");
			key_name_write(action->keys[i], out);
			str_add_char(out, '`');
		}
		str_addf(out, " | %s: %s |\n", action->name, action->help);
	}
}

static void fields_table(struct str *out)
{
	str_add(out, "| field | JSON path | what it is |\n|---|---|---|\n");
	for (enum field_id id = 0; id < FIELD_COUNT; id++) {
		const struct field *field = field_of(id);
		static const char *const below[] = {
			[FIELD_FORM_SETTINGS] = "",
			[FIELD_FORM_SERVER] = "sip.servers[].",
			[FIELD_FORM_PARAMETER] = "sip.servers[].request_uri_user_params.",
		};
		str_addf(out, "| %s | `%s%s` | %s%s |\n", field->label, below[field->form],
			 field->path, field->help,
			 (field->flags & FIELD_READ_ONLY) != 0 ? " Shown, not edited." : "");
	}
}

/* The text between the line that begins with `mark` and "<!-- end -->"; offsets into `readme`. */
static bool table_find(const char *readme, const char *mark, size_t *begin, size_t *end)
{
	const char *at = strstr(readme, mark);
	const char *line_end = at == NULL ? NULL : strchr(at, '\n');
	const char *stop = line_end == NULL ? NULL : strstr(line_end, "<!-- end -->");
	if (stop == NULL)
		return false;
	*begin = (size_t)(line_end + 1 - readme);
	*end = (size_t)(stop - readme);
	return true;
}

static void tables_are_current(void **state)
{
	static const struct {
		const char *mark;
		void (*write)(struct str *out);
	} tables[] = {
		{ "<!-- keys:", keys_table },
		{ "<!-- fields:", fields_table },
	};
	struct str readme;
	struct err err;
	(void)state;
	str_init(&readme);
	assert_true(file_read("README.md", README_MAX, &readme, &err));
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
		size_t begin = 0, end = 0;
		struct str table;
		str_init(&table);
		tables[i].write(&table);
		assert_true(table_find(readme.bytes, tables[i].mark, &begin, &end));
		if (getenv("README_UPDATE") != NULL) {
			str_remove(&readme, begin, end - begin);
			str_insert(&readme, begin, table.bytes, table.length);
			assert_true(file_write_whole("README.md", readme.bytes, readme.length, 0644,
						     &err));
		} else {
			char *found = strndup(readme.bytes + begin, end - begin);
			assert_string_equal(found, table.bytes);
			free(found);
		}
		str_release(&table);
	}
	str_release(&readme);
}

/* What is promised of time and number; how long a draft, an end and a key take is measured by
 * tests/e2e/drafts_test.c and `make bench`. */
static void promised_figures_are_the_programs(void **state)
{
	struct str readme;
	struct err err;
	(void)state;
	str_init(&readme);
	assert_true(file_read("README.md", README_MAX, &readme, &err));
	char *figures[] = {
		mem_format("| at once, after %d, %d and %d seconds |",
			   (int)SEND_PAUSES_MS[1] / SECOND_MS, (int)SEND_PAUSES_MS[2] / SECOND_MS,
			   (int)SEND_PAUSES_MS[3] / SECOND_MS),
		mem_format("| after %d minutes |", NUMBER_UNDO_MS / SECOND_MS / 60),
		mem_format("| %d writes or %d years, whichever is more |", HISTORY_SEQUENCES_KEPT,
			   HISTORY_DAYS_KEPT / 365),
	};
	assert_int_equal(SEND_READ_BACK_TRIES, 4);
	for (size_t i = 0; i < ARRAY_LENGTH(figures); i++) {
		if (strstr(readme.bytes, figures[i]) == NULL)
			fail_msg("README.md lacks %s", figures[i]);
		free(figures[i]);
	}
	str_release(&readme);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_current),
		cmocka_unit_test(promised_figures_are_the_programs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
