/*
 * The language of manual pages, mdoc(7): our own texts as source that mandoc has no fault to find
 * with. All append.
 */
#ifndef SIPDESK_TESTS_MDOC_H
#define SIPDESK_TESTS_MDOC_H

#include "base/str.h"

/* A word as the argument of a macro: never taken for a macro or for punctuation. */
void mdoc_word(const char *word, size_t length, struct str *out);
/* Running text: a sentence begins a line, lines are at most 79 wide, and end in a newline. */
void mdoc_text(const char *text, struct str *out);
/* What a command's --help prints: usage, paragraphs, and its "  --option ARG  what it does" as
 * lists. */
void mdoc_help(const char *help, struct str *out);

#endif
