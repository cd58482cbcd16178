/* Text fit to be shown (base/text.h), with the signs of our own sentences ("→", "“") in ASCII where
 * the locale lacks them. */
#ifndef SIPDESK_UI_TERM_TYPOGRAPHY_H
#define SIPDESK_UI_TERM_TYPOGRAPHY_H

#include "base/text.h"

/* As text_piece_read(). */
void typography_read(struct text_piece *piece, const char *bytes, size_t length);
/* Appends the first `length` bytes of `text` so. */
void typography_write(struct str *out, const char *text, size_t length);

#endif
