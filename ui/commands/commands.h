/*
 * The command line: one function per command, one table of them. Each gets its own arguments
 * (argv[0] is the command's name), prints data on stdout and talk on stderr, and returns the
 * process's exit code.
 */
#ifndef SIPDESK_UI_COMMANDS_COMMANDS_H
#define SIPDESK_UI_COMMANDS_COMMANDS_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdio.h>

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	bool handles_secrets; /* else it does without the allocators that zero, and is faster */
	const char *summary;  /* for --help: what it does, in a few words */
};

extern const struct command COMMANDS[]; /* ends with a NULL name */

int command_screens(int argc, char **argv); /* without a command: the screens */
int command_show(int argc, char **argv);
int command_password(int argc, char **argv);
int command_sandbox(int argc, char **argv);
int command_help(int argc, char **argv);
int command_check(int argc, char **argv);
int command_history(int argc, char **argv);
int command_numbers(int argc, char **argv);
int command_vault(int argc, char **argv);

/* What sipdesk is and which commands it has. */
void commands_help(FILE *out);

/* Prints the error's sentence and next step on stderr, fit to be shown; `command` may be NULL.
 * Returns the exit code of its kind. */
int command_error(const char *command, const struct err *err);

/* One line of a table for people: a label, and its value in a column of its own, both fit to be
 * shown. command_line_write appends it. */
void command_line_write(const char *label, const char *value, struct str *out);
void command_line_print(const char *label, const char *value, FILE *out);
enum { COMMAND_LABEL_COLUMNS = 25 /* the widest label and a blank */ };

#endif
