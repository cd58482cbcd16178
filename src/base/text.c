#include "base/text.h"

#include "base/mem.h"

#include <stdio.h>
#include <string.h>
#include <wchar.h>

enum { COMBINING_MARKS_MAX = 2 };

size_t text_utf8_decode(const char *bytes, size_t length, uint32_t *character)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *at = (const unsigned char *)bytes;
	if (length == 0)
		return 0;
	size_t size = at[0] < 0x80   ? 1
		      : at[0] < 0xc2 ? 0
		      : at[0] < 0xe0 ? 2
		      : at[0] < 0xf0 ? 3
		      : at[0] < 0xf5 ? 4
				     : 0;
	if (size == 0 || size > length)
		return 0;
	if (size == 1) {
		*character = at[0];
		return 1;
	}
	uint32_t value = at[0] & (0x7fU >> size);
	for (size_t i = 1; i < size; i++) {
		if ((at[i] & 0xc0U) != 0x80U)
			return 0;
		value = value << 6 | (at[i] & 0x3fU);
	}
	if (value < least[size] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
		return 0;
	*character = value;
	return size;
}

size_t text_utf8_encode(uint32_t character, char out[4])
{
	if (character < 0x80) {
		out[0] = (char)character;
		return 1;
	}
	size_t size = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
	for (size_t i = size - 1; i > 0; i--) {
		out[i] = (char)(0x80U | (character & 0x3fU));
		character >>= 6;
	}
	static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	out[0] = (char)(lead[size] | character);
	return size;
}

bool text_utf8_valid(const char *bytes, size_t length)
{
	uint32_t character;
	for (size_t at = 0; at < length;) {
		size_t size = text_utf8_decode(bytes + at, length - at, &character);
		if (size == 0)
			return false;
		at += size;
	}
	return true;
}

/* Is each of the eight bytes one from ' ' to '~'? Less ' ', a byte below it has its highest bit
 * set; so has DEL with one more. Only behind such a byte can another borrow or carry. */
static bool eight_are_printable(const char *bytes)
{
	static const uint64_t ones = 0x0101010101010101U, highs = 0x8080808080808080U;
	uint64_t eight;
	memcpy(&eight, bytes, sizeof eight);
	return (((eight - ones * ' ') | (eight + ones) | eight) & highs) == 0;
}

bool text_has_control(const char *text)
{
	size_t left = strlen(text); /* many thousand texts are looked at before the first frame */
	for (; left >= sizeof(uint64_t) && eight_are_printable(text); left -= sizeof(uint64_t))
		text += sizeof(uint64_t);
	for (;;) {
		uint32_t character = 0;
		while (*text >= ' ' && *text < 0x7f)
			text++;
		if (*text == '\0')
			return false;
		size_t size = text_utf8_decode(text, strlen(text), &character);
		if (size == 0 || character < 0xa0)
			return true;
		text += size;
	}
}

size_t text_characters(const char *text)
{
	size_t count = 0;
	for (; *text != '\0'; text++)
		count += ((unsigned char)*text & 0xc0U) != 0x80U;
	return count;
}

/* Characters that would act on the terminal or mislead the eye; ranges inclusive, ascending. */
static bool character_is_unfit(uint32_t character)
{
	static const struct {
		uint32_t first, last;
	} unfit[] = {
		{ 0x00, 0x1f },	      { 0x7f, 0x9f },	     { 0xad, 0xad },
		{ 0x34f, 0x34f },     { 0x61c, 0x61c },	     { 0x115f, 0x1160 },
		{ 0x17b4, 0x17b5 },   { 0x180b, 0x180f },    { 0x200b, 0x200f },
		{ 0x2028, 0x202e },   { 0x2060, 0x206f },    { 0x3164, 0x3164 },
		{ 0xe000, 0xf8ff },   { 0xfe00, 0xfe0f },    { 0xfeff, 0xfeff },
		{ 0xffa0, 0xffa0 },   { 0xfff0, 0xfffb },    { 0xfffe, 0xffff },
		{ 0x13430, 0x1343f }, { 0x16fe4, 0x16fe4 },  { 0x1bca0, 0x1bca3 },
		{ 0x1d173, 0x1d17a }, { 0xe0000, 0x10ffff },
	};
	size_t i = 0;
	while (i < ARRAY_LENGTH(unfit) && character > unfit[i].last)
		i++;
	return i < ARRAY_LENGTH(unfit) && character >= unfit[i].first;
}

/* `kind` is 'u' for a character, 'x' for a byte that is no UTF-8. */
static void piece_spell(struct text_piece *piece, char kind, unsigned value, size_t length)
{
	piece->spelled = true;
	piece->source_length = length;
	piece->columns = snprintf(piece->bytes, sizeof piece->bytes, "\\%c{%x}", kind, value);
}

/* Nearly all text: ASCII that can be shown, with no mark behind it. */
static bool is_plain(const char *bytes, size_t length)
{
	return bytes[0] >= ' ' && bytes[0] <= '~' &&
	       (length == 1 || (unsigned char)bytes[1] < 0x80);
}

void text_piece_read(struct text_piece *piece, const char *bytes, size_t length)
{
	uint32_t character;
	*piece = (struct text_piece) { .bytes = { bytes[0] }, .source_length = 1, .columns = 1 };
	if (is_plain(bytes, length))
		return;
	*piece = (struct text_piece) { 0 };
	size_t size = text_utf8_decode(bytes, length, &character);
	if (size == 0) {
		piece_spell(piece, 'x', (unsigned char)bytes[0], 1);
		return;
	}
	int columns = wcwidth((wchar_t)character);
	if (character_is_unfit(character) || columns <= 0) { /* 0: a mark with no character */
		piece_spell(piece, 'u', character, size);
		return;
	}
	memcpy(piece->bytes, bytes, size);
	piece->columns = columns;
	piece->source_length = size;
	for (int marks = 0; marks < COMBINING_MARKS_MAX; marks++) {
		const char *next = bytes + piece->source_length;
		size = text_utf8_decode(next, length - piece->source_length, &character);
		if (size == 0 || character_is_unfit(character) || wcwidth((wchar_t)character) != 0)
			return;
		memcpy(piece->bytes + piece->source_length, next, size);
		piece->source_length += size;
	}
}

void text_show(struct str *out, const char *text)
{
	struct text_piece piece;
	for (size_t length = strlen(text); length > 0; length -= piece.source_length) {
		text_piece_read(&piece, text, length);
		str_add(out, piece.bytes);
		text += piece.source_length;
	}
}

int text_columns(const char *text)
{
	struct text_piece piece;
	int columns = 0;
	for (size_t length = strlen(text); length > 0; length -= piece.source_length) {
		text_piece_read(&piece, text, length);
		columns += piece.columns;
		text += piece.source_length;
	}
	return columns;
}
