#include "ui/term/typography.h"

#include "base/mem.h"

#include <stdint.h>
#include <string.h>

/* Signs that stand in our own sentences, for locales that cannot show them. */
static const struct {
	uint32_t character;
	const char *ascii;
} TYPOGRAPHY[] = {
	{ 0x00a0, " " },   { 0x00b7, "." },   { 0x00d7, "x" },	 { 0x2013, "-" },  { 0x2014, "--" },
	{ 0x2018, "'" },   { 0x2019, "'" },   { 0x201c, "\"" },	 { 0x201d, "\"" }, { 0x2022, "*" },
	{ 0x2026, "..." }, { 0x203a, ">" },   { 0x2190, "<-" },	 { 0x2191, "^" },  { 0x2192, "->" },
	{ 0x2193, "v" },   { 0x2264, "<=" },  { 0x2265, ">=" },	 { 0x2500, "-" },  { 0x2514, "`" },
	{ 0x2587, "#" },   { 0x25cb, "( )" }, { 0x25cf, "(*)" }, { 0x2713, "+" },  { 0x2717, "x" },
};

void typography_read(struct text_piece *piece, const char *bytes, size_t length)
{
	uint32_t character;
	text_piece_read(piece, bytes, length);
	if (!piece->spelled || text_utf8_decode(bytes, length, &character) == 0)
		return;
	for (size_t i = 0; i < ARRAY_LENGTH(TYPOGRAPHY); i++) {
		const char *ascii = TYPOGRAPHY[i].ascii;
		if (TYPOGRAPHY[i].character != character)
			continue;
		piece->spelled = false;
		piece->columns = (int)strlen(ascii);
		memcpy(piece->bytes, ascii, strlen(ascii) + 1);
		return;
	}
}

void typography_write(struct str *out, const char *text, size_t length)
{
	struct text_piece piece;
	for (size_t at = 0; at < length; at += piece.source_length) {
		typography_read(&piece, text + at, length - at);
		str_add(out, piece.bytes);
	}
}
