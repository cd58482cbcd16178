#include "ui/commands/commands.h"

#include "base/text.h"

#include <stdio.h>

const struct command COMMANDS[] = {
	{ "show", command_show, "print a number's calling settings" },
	{ "check", command_check, "find out whether Meta will accept a SIP server's certificate" },
	{ "sandbox", command_sandbox, "run the practice service on this machine" },
	{ "help", command_help, "print the troubleshooting table: sipdesk help troubleshooting" },
	{ NULL, NULL, NULL },
};

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
		    "\n"
		    "  --help     show this help\n"
		    "  --version  show the version\n",
		    out);
}
