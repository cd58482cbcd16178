/* TARGET of the command line: the name of a saved number, or --api-url with --key-file. */
#ifndef SIPDESK_UI_COMMANDS_TARGET_H
#define SIPDESK_UI_COMMANDS_TARGET_H

#include "base/err.h"
#include "base/secret.h"
#include "service/client.h"
#include "store/numbers.h"

#include <stdbool.h>

struct target {
	const char *name;     /* borrowed from argv; NULL: none given */
	const char *api_url;  /* NULL: not given */
	const char *key_file; /* "-": standard input; NULL: not given */
	const char *ca_file;  /* NULL: the system's trust list */
};

enum { TARGET_API_URL = 256, TARGET_KEY_FILE, TARGET_CA_FILE }; /* getopt_long values */

/* For a getopt_long table. */
#define TARGET_OPTIONS                                                    \
	{ "api-url", required_argument, NULL, TARGET_API_URL },           \
		{ "key-file", required_argument, NULL, TARGET_KEY_FILE }, \
	{                                                                 \
		"ca-file", required_argument, NULL, TARGET_CA_FILE        \
	}

/* Takes one of those options; false where `option` is none of them. */
bool target_option(struct target *target, int option, const char *argument);

/* Fills a number (label, phone, URL) and reads its key where a file is given. Without one the key
 * stays unset. `number` is filled with copies; release it with target_number_release. */
bool target_resolve(const struct target *target, struct number *number, struct secret *key,
		    struct err *err);
void target_number_release(struct number *number);

/* Asks for the key on the terminal, without echo. ERR_CONFIG where there is no terminal. */
bool target_key_ask(const char *label, struct secret *key, struct err *err);

#endif
