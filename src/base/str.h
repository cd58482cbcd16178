/*
 * A growing byte string. `bytes` is always NUL-terminated and never NULL after str_init.
 * Not for secrets: growing leaves copies behind (see base/secret.h, and str_reserve).
 */
#ifndef SIPDESK_BASE_STR_H
#define SIPDESK_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>

struct str {
	char *bytes;
	size_t length;
	size_t capacity; /* 0 while `bytes` is the shared empty string */
};

void str_init(struct str *str);
void str_release(struct str *str); /* frees; leaves it as after str_init */
void str_clear(struct str *str);   /* length 0, keeps the memory */

/* Makes room: what is appended next, up to `more` bytes, leaves no copy behind by growing. */
void str_reserve(struct str *str, size_t more);
void str_append(struct str *str, const char *bytes, size_t length);
void str_add(struct str *str, const char *text);
void str_add_char(struct str *str, char character);
void str_addf(struct str *str, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* As one word of a shell command: within quotes where it has to be. */
void str_add_quoted(struct str *str, const char *word);
/* Puts `length` bytes at `at`, or takes them out; `at` (and `at + length`) within the string. */
void str_insert(struct str *str, size_t at, const char *bytes, size_t length);
void str_remove(struct str *str, size_t at, size_t length);
/* Hands the text to the caller, who frees it; the str is empty afterwards. */
char *str_detach(struct str *str);

bool text_equal(const char *a, const char *b);	      /* NULL equals NULL only */
bool text_equal_nocase(const char *a, const char *b); /* ASCII letter case is ignored */
bool text_starts_with(const char *text, const char *prefix);
bool text_starts_with_nocase(const char *text, const char *prefix); /* ASCII letter case, too */
/* Is `part` within `text`, whatever the case of ASCII letters? */
bool text_contains_nocase(const char *text, const char *part);
/* What ends `text` as a sentence: "." or, where it has its end, "". */
const char *text_full_stop(const char *text);

#endif
