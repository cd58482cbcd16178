/* sipdesk: options; opens the screens or runs one command. */
#include "base/process.h"
#include "base/secret.h"
#include "base/str.h"
#include "ui/commands/commands.h"

#include <locale.h>
#include <stdio.h>

/* NULL: there is none of that name. */
static const struct command *command_find(const char *name)
{
	const struct command *command = COMMANDS;
	while (command->name != NULL && !text_equal(name, command->name))
		command++;
	return command->name != NULL ? command : NULL;
}

int main(int argc, char **argv)
{
	process_harden();
	const char *first = argc > 1 ? argv[1] : "";
	const struct command *command = command_find(first);
	if (command == NULL || command->handles_secrets)
		secret_allocators_install();
	(void)setlocale(LC_CTYPE, ""); /* all that is written is English */
	if (command != NULL)
		return command->run(argc - 1, argv + 1);
	if (text_equal(first, "--help")) {
		commands_help(stdout);
		return 0;
	}
	if (text_equal(first, "--version")) {
		(void)puts("sipdesk " SIPDESK_VERSION);
		return 0;
	}
	return command_screens(argc, argv);
}
