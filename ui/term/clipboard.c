#include "ui/term/term.h"

#include "base/secret.h"
#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* RFC 4648, section 4; writes 4 characters for each 3 bytes begun. Returns the length. */
static size_t base64_encode(char *out, const char *bytes, size_t length)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *at = out;
	for (size_t i = 0; i < length; i += 3) {
		size_t left = length - i;
		uint32_t group = (uint32_t)(unsigned char)bytes[i] << 16;
		if (left > 1)
			group |= (uint32_t)(unsigned char)bytes[i + 1] << 8;
		if (left > 2)
			group |= (unsigned char)bytes[i + 2];
		*at++ = digits[group >> 18];
		*at++ = digits[group >> 12 & 63];
		*at++ = left > 1 ? digits[group >> 6 & 63] : '=';
		*at++ = left > 2 ? digits[group & 63] : '=';
	}
	return (size_t)(at - out);
}

bool term_clipboard_send(struct term *term, const char *bytes, size_t length)
{
	static const char start[] = "\033]52;c;";
	if (!term->is_open || !term->knows_xterm) /* it would be drawn, or go to someone else */
		return false;
	size_t room = sizeof start + (length + 2) / 3 * 4;
	char *sequence = mem_alloc(room, 1);
	memcpy(sequence, start, sizeof start - 1);
	size_t used = sizeof start - 1;
	used += base64_encode(sequence + used, bytes, length);
	sequence[used++] = '\a';
	term_write_raw(term, sequence, used);
	secret_wipe(sequence, room); /* it may be a password */
	free(sequence);
	return true;
}
