#include "ui/commands/commands.h"

#include "base/str.h"
#include "ui/app/symptoms.h"

#include <stdio.h>

int command_help(int argc, char **argv)
{
	const char *topic = argc > 1 ? argv[1] : "";
	if (argc == 2 && text_equal(topic, "troubleshooting")) {
		struct str text;
		str_init(&text);
		symptoms_write(&text);
		(void)fputs(text.bytes, stdout);
		str_release(&text);
		return 0;
	}
	if (argc == 1 || text_equal(topic, "--help")) {
		commands_help(stdout);
		return 0;
	}
	struct err err;
	err_set(&err, ERR_USAGE, "There is no help named “%s”.", topic);
	err_next_step(&err, "There is: sipdesk help troubleshooting.");
	return command_error("help", &err);
}
