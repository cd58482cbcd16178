/* sipdesk: options; opens the screens or runs one command. */
#include "base/process.h"
#include "base/secret.h"
#include "base/str.h"
#include "ui/commands/commands.h"

#include <locale.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	process_harden();
	secret_allocators_install();
	(void)setlocale(LC_ALL, "");
	const char *first = argc > 1 ? argv[1] : "";
	for (const struct command *command = COMMANDS; command->name != NULL; command++)
		if (text_equal(first, command->name))
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
