/*
 * Text from outside, made fit to be shown: the one guard used by screens, tables, errors and log.
 *
 * C0, DEL, C1, invalid UTF-8, line and paragraph separators, bidi controls, zero-width and tag
 * characters, private use, what the locale cannot show, and more than two combining marks in a row
 * are spelled out, e.g. `\u{202e}`. What comes out can never carry an escape sequence.
 * Widths are those of wcwidth() in the locale set by the program.
 */
#ifndef SIPDESK_BASE_TEXT_H
#define SIPDESK_BASE_TEXT_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	TEXT_PIECE_SIZE = 24 /* a spelling, or a character with two combining marks */
};

/* One character with its combining marks, or the spelling of one that must not be shown. */
struct text_piece {
	char bytes[TEXT_PIECE_SIZE]; /* NUL-terminated UTF-8 */
	size_t source_length;	     /* bytes of the source it stands for; never 0 */
	int columns;		     /* terminal cells; never negative */
	bool spelled;		     /* drawn dim: it is our spelling, not the text itself */
};

/* Reads the piece at `bytes`, of which `length` (> 0) bytes follow. */
void text_piece_read(struct text_piece *piece, const char *bytes, size_t length);

/* Decodes one UTF-8 character. Returns its length, or 0 where the bytes are not valid UTF-8
 * (overlong forms, surrogates and values above U+10FFFF are not). */
size_t text_utf8_decode(const char *bytes, size_t length, uint32_t *character);
/* Encodes; returns the length (1 to 4). */
size_t text_utf8_encode(uint32_t character, char out[4]);
bool text_utf8_valid(const char *bytes, size_t length);
/* Has it C0, DEL or C1 characters, or bytes that are no UTF-8? */
bool text_has_control(const char *text);
/* Characters, not bytes or columns; of valid UTF-8. */
size_t text_characters(const char *text);

/* Appends `text` made fit to be shown. */
void text_show(struct str *out, const char *text);
/* Columns that text_show() of it takes. */
int text_columns(const char *text);

#endif
