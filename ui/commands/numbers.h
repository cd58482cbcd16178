/*
 * `sipdesk numbers WORD …`: what its words share. Each word is a function on struct numbers_command
 * that prints on stdout, or fills `err`; the list is loaded before.
 */
#ifndef SIPDESK_UI_COMMANDS_NUMBERS_H
#define SIPDESK_UI_COMMANDS_NUMBERS_H

#include "base/err.h"
#include "base/str.h"
#include "store/numbers.h"
#include "ui/commands/target.h"

#include <stdbool.h>
#include <stddef.h>

enum numbers_option {
	NUMBERS_JSON,
	NUMBERS_TAG,
	NUMBERS_LABEL,
	NUMBERS_PHONE,
	NUMBERS_KEY_SOURCE,
	NUMBERS_KEY_COMMAND,
	NUMBERS_TAGS,
	NUMBERS_NOTE,
	NUMBERS_READ_ONLY,
	NUMBERS_UNTRIED,
	NUMBERS_YES,
	NUMBERS_HELP,
	NUMBERS_OPTION_COUNT,
};

struct numbers_command {
	const char *values[NUMBERS_OPTION_COUNT]; /* "" for a switch; NULL: not given */
	struct target target; /* the options that it shares with other commands */
	char **names;	      /* what stands behind the word; borrowed */
	size_t name_count;
	struct numbers list;
	struct err err;
	int exit_code; /* of a word that has none to say by `err` */
};

bool numbers_list(struct numbers_command *command);
bool numbers_add_one(struct numbers_command *command);
bool numbers_remove_one(struct numbers_command *command);
bool numbers_import(struct numbers_command *command);
bool numbers_test(struct numbers_command *command);

/* Appends `text` made fit to be shown, filled up with blanks to `columns` and two more. */
void numbers_cell(struct str *line, const char *text, int columns);
/* Columns of the widest label, at least `least`. */
int numbers_label_columns(const struct numbers *numbers, int least);
/* Appends a number as numbers.json has it, in ASCII, its unknown members left out. */
void numbers_json(struct str *out, const struct number *number);
/* Prints on stdout; false with ERR_IO. */
bool numbers_output(const struct str *text, struct err *err);
/* Says on stderr what a change has done to a damaged file, if it has. */
void numbers_set_aside_say(const struct numbers *numbers);

#endif
