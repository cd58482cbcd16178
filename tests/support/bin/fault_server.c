/*
 * The fault server as a program, for end-to-end tests:
 *   fault_server --ready-file FILE --script FILE
 * Once it listens, the ready file holds its URL. It ends with SIGTERM or when its standard input is
 * closed.
 */
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "tests/support/fault_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SCRIPT_MAX = 1024 * 1024 };

static const char *option_of(int count, char *arguments[], const char *name)
{
	for (int i = 1; i + 1 < count; i++)
		if (text_equal(arguments[i], name))
			return arguments[i + 1];
	return NULL;
}

int main(int count, char *arguments[])
{
	uint16_t port = 0;
	struct str script;
	struct err err;
	const char *ready_file = option_of(count, arguments, "--ready-file");
	const char *script_file = option_of(count, arguments, "--script");
	str_init(&script);
	if (ready_file == NULL || script_file == NULL) {
		(void)fprintf(stderr, "usage: fault_server --ready-file FILE --script FILE\n");
		return EXIT_FAILURE;
	}
	int listening = fault_server_listen(&port);
	char *url = mem_format("http://127.0.0.1:%u", (unsigned)port);
	if (!file_read(script_file, SCRIPT_MAX, &script, &err) ||
	    !file_write_whole(ready_file, url, strlen(url), 0600, &err)) {
		(void)fprintf(stderr, "fault server: %s\n", err.sentence);
		return EXIT_FAILURE;
	}
	free(url);
	fault_server_run(listening, STDIN_FILENO, script.bytes);
	str_release(&script);
	return EXIT_SUCCESS;
}
