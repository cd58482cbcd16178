/* Sentences of tables with places to fill in: "{place} refuses connections." */
#ifndef SIPDESK_TLSCHECK_PHRASE_H
#define SIPDESK_TLSCHECK_PHRASE_H

#include <stddef.h>

struct phrase_value {
	const char *name; /* without the braces */
	const char *text;
};

/* Replaces each {name} by its text; the caller frees. `template` NULL: NULL. */
char *phrase_fill(const char *template, const struct phrase_value *values, size_t count);

#endif
