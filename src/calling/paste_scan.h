/*
 * Cuts pasted text into the marks and texts of JSON, forgiving all that people and documentation
 * get wrong: comments, elisions, quotes of any kind, texts without quotes or without their end.
 * Never fails; one pass, bounded by the length of the text.
 */
#ifndef SIPDESK_CALLING_PASTE_SCAN_H
#define SIPDESK_CALLING_PASTE_SCAN_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

enum paste_token {
	PASTE_END,
	PASTE_OPEN,  /* { or [ */
	PASTE_CLOSE, /* } or ] */
	PASTE_COMMA,
	PASTE_OR,  /* | or the word "or" between two choices */
	PASTE_KEY, /* a text with a colon behind it */
	PASTE_TEXT,
	PASTE_ELISION, /* `...`, `. . .`, `…` */
};

struct paste_scanner {
	const char *text; /* borrowed; valid UTF-8 */
	size_t length;
	size_t at;
	struct str token; /* of the last PASTE_KEY or PASTE_TEXT, escapes decoded; valid UTF-8 */
	bool is_quoted;
};

void paste_scanner_init(struct paste_scanner *scanner, const char *text, size_t length);
void paste_scanner_release(struct paste_scanner *scanner);
enum paste_token paste_scan(struct paste_scanner *scanner);

#endif
