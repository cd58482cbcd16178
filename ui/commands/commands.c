#include "ui/commands/commands.h"

#include "base/redact.h"
#include "base/text.h"

#include <stdio.h>

const struct command COMMANDS[] = {
	{ "show", command_show, true, "print a number's calling settings" },
	{ "password", command_password, true,
	  "hand over a SIP user password to a file or a command" },
	{ "numbers", command_numbers, true, "list, add, remove, import and test saved numbers" },
	{ "check", command_check, false,
	  "find out whether Meta will accept a SIP server's certificate" },
	{ "history", command_history, false, "print what was written to a number, and by whom" },
	{ "vault", command_vault, true, "keep API keys in one file, under a passphrase" },
	{ "sandbox", command_sandbox, true, "run the practice service on this machine" },
	{ "help", command_help, false,
	  "print the troubleshooting table: sipdesk help troubleshooting" },
	{ NULL, NULL, false, NULL },
};

void command_line_write(const char *label, const char *value, struct str *out)
{
	text_show(out, label);
	for (int columns = text_columns(label); columns < COMMAND_LABEL_COLUMNS; columns++)
		str_add_char(out, ' ');
	text_show(out, value);
	str_add_char(out, '\n');
}

void command_line_print(const char *label, const char *value, FILE *out)
{
	struct str line;
	str_init(&line);
	command_line_write(label, value, &line);
	(void)fputs(line.bytes, out);
	str_release(&line);
}

int command_error(const char *command, const struct err *err)
{
	struct str words;
	str_init(&words);
	text_show(&words, err->sentence);
	if (err->words[0] != '\0') {
		str_add(&words, "\nThe service's own words: ");
		text_show(&words, err->words);
	}
	if (err->next_step[0] != '\0') {
		str_add_char(&words, '\n');
		text_show(&words, err->next_step);
	}
	redact(&words, NULL);
	(void)fprintf(stderr, "sipdesk%s%s: %s\n", command == NULL ? "" : " ",
		      command == NULL ? "" : command, words.bytes);
	str_release(&words);
	return err_exit_code(err->kind);
}

void commands_help(FILE *out)
{
	(void)fputs("Usage: sipdesk [TARGET]            the screens\n"
		    "       sipdesk --sandbox           the screens with practice numbers; nothing "
		    "leaves the machine\n"
		    "       sipdesk COMMAND [ARGUMENTS]\n"
		    "\n"
		    "Sets up SIP calling on WhatsApp Business numbers.\n"
		    "\n"
		    "Commands:\n",
		    out);
	for (const struct command *command = COMMANDS; command->name != NULL; command++)
		(void)fprintf(out, "  %-10s %s; --help tells more\n", command->name,
			      command->summary);
	(void)fputs("\n"
		    "TARGET is the name of a saved number, or: --api-url URL --key-file FILE "
		    "[--ca-file "
		    "FILE]\n"
		    "With --log FILE each request is noted there, without secrets.\n"
		    "\n"
		    "  --ascii    the screens in ASCII, whatever the locale says\n"
		    "  --mouse    the screens take clicks and the wheel\n"
		    "  --plain    the same in questions and lines of text, for screen readers and "
		    "odd terminals\n"
		    "  --help     show this help\n"
		    "  --version  show the version\n",
		    out);
}
