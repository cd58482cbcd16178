/* Where a number's API key lives: in the vault, behind a command, or in its owner's head. */
#ifndef SIPDESK_STORE_KEY_SOURCE_H
#define SIPDESK_STORE_KEY_SOURCE_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>

enum key_source_kind {
	KEY_SOURCE_ASK, /* typed in each session; the default */
	KEY_SOURCE_VAULT,
	KEY_SOURCE_COMMAND,
	KEY_SOURCE_COUNT,
};

enum { KEY_COMMAND_WORDS_MAX = 32, KEY_COMMAND_TEXT_MAX = 1000 };

struct key_source {
	enum key_source_kind kind;
	char **command; /* KEY_SOURCE_COMMAND: argv, NULL-terminated, no shell; else NULL */
};

void key_source_release(struct key_source *source);
void key_source_copy(struct key_source *to, const struct key_source *from);

/* "ask", "vault", "command": as in numbers.json and in `sipdesk numbers`. */
const char *key_source_word(enum key_source_kind kind);
/* False where it is none of those words. */
bool key_source_from_word(const char *word, enum key_source_kind *kind);

/* Judges a command as key_command_parse would: for words that were not typed as a line. */
bool key_source_judge(const struct key_source *source, struct err *err);
bool key_source_equal(const struct key_source *a, const struct key_source *b);

/* Splits one line into words as a shell does, with quotes and backslashes but nothing expanded:
 * `pass show 'my keys/acme'`. ERR_INPUT (field "command") for nothing, an open quote, control
 * characters, too many words, and signs that only a shell would understand. `*command` is for
 * key_source_release's owner. */
bool key_command_parse(const char *line, char ***command, struct err *err);
/* The line that parses to these words. Appends. */
void key_command_write(char *const *command, struct str *out);

#endif
