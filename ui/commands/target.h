/* TARGET of the command line: the name of a saved number, or --api-url with --key-file. */
#ifndef SIPDESK_UI_COMMANDS_TARGET_H
#define SIPDESK_UI_COMMANDS_TARGET_H

#include "base/err.h"
#include "base/secret.h"
#include "service/client.h"
#include "store/numbers.h"
#include "store/vault_keys.h"

#include <stdbool.h>

struct target {
	const char *name;	     /* borrowed from argv; NULL: none given */
	const char *api_url;	     /* NULL: not given */
	const char *key_file;	     /* "-": standard input; NULL: not given */
	const char *ca_file;	     /* NULL: the system's trust list */
	const char *log_file;	     /* requests are noted there; NULL: nowhere */
	const char *passphrase_file; /* the vault's; "-": standard input; NULL: it is asked for */
	struct vault_keys vault;     /* once a key was fetched from it */
	bool vault_is_open;
	/* Returns once the terminal has something to read, and lets other work go on until then;
	 * false: sipdesk is to end. NULL: there is no other work. */
	bool (*wait)(void *owner, int tty);
	void *owner;
};

/* getopt_long values */
enum { TARGET_API_URL = 256, TARGET_KEY_FILE, TARGET_CA_FILE, TARGET_LOG, TARGET_PASSPHRASE_FILE };

/* For a getopt_long table. */
#define TARGET_OPTIONS                                                                  \
	{ "api-url", required_argument, NULL, TARGET_API_URL },                         \
		{ "key-file", required_argument, NULL, TARGET_KEY_FILE },               \
		{ "log", required_argument, NULL, TARGET_LOG },                         \
		{ "passphrase-file", required_argument, NULL, TARGET_PASSPHRASE_FILE }, \
	{                                                                               \
		"ca-file", required_argument, NULL, TARGET_CA_FILE                      \
	}

/* Takes one of those options; false where `option` is none of them. */
bool target_option(struct target *target, int option, const char *argument);

/* Fills a number (label, phone, URL) and reads its key where a file is given. Without one the key
 * stays unset. `number` is filled with copies; release it with target_number_release. */
bool target_resolve(const struct target *target, struct number *number, struct secret *key,
		    struct err *err);
void target_number_release(struct number *number);
/* Wipes what target_key_fetch has kept. */
void target_release(struct target *target);

/* Fetches the key of a number where target_resolve has read none: from the vault (whose passphrase
 * comes from the target's file or the terminal, once), from its command, which gets the terminal,
 * or from the terminal. */
bool target_key_fetch(struct target *target, const struct number *number, struct secret *key,
		      struct err *err);

/* Asks for a line on the terminal (/dev/tty), without echo; `secret` holds what was typed, also
 * where that is nothing. ERR_CONFIG where there is no terminal, ERR_CANCELLED for Ctrl-C and a
 * hang-up. */
bool target_secret_ask(const char *prompt, struct secret *secret, struct err *err);
/* Asks a question on the terminal (/dev/tty), fit to be shown as it is, whose answer is y or n.
 * False with ERR_CANCELLED where it is not y, with ERR_CONFIG where there is no terminal. */
bool target_yes_ask(const char *question, struct err *err);
/* A passphrase: from `file` (one line; "-": standard input), else from the terminal with `prompt`.
 * `option` is what gives the file, for the sentence where there is no terminal. */
bool target_passphrase_get(const char *file, const char *prompt, const char *option,
			   struct secret *passphrase, struct err *err);

#endif
