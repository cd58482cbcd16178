#include "base/json_reader.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { HEX_DIGITS = 4, ESCAPE_LENGTH = 6 /* "\u00e4" */ };

static bool fault(struct json_reader *reader)
{
	if (reader->fault == NULL)
		reader->fault = reader->at;
	return false;
}

void json_reader_init(struct json_reader *reader, const char *bytes, size_t length)
{
	size_t mark = text_starts_with(bytes, "\xef\xbb\xbf") ? 3 : 0;
	*reader = (struct json_reader) {
		.at = bytes + mark,
		.begin = bytes,
		.end = bytes + length,
	};
}

/* The NUL behind the text is no blank, so the end needs no look. */
static void blanks_skip(struct json_reader *reader)
{
	const char *at = reader->at;
	while (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r')
		at++;
	reader->at = at;
}

char json_reader_next(struct json_reader *reader)
{
	if (reader->fault != NULL)
		return '\0';
	blanks_skip(reader);
	return *reader->at;
}

bool json_reader_enter(struct json_reader *reader, char bracket)
{
	if (json_reader_next(reader) != bracket)
		return false;
	reader->at++;
	reader->is_behind_value = false;
	return true;
}

/* Behind the comma that must stand between two entries; false behind the closing bracket. */
static bool entry_follows(struct json_reader *reader, char bracket)
{
	char next = json_reader_next(reader);
	if (next == '\0')
		return fault(reader);
	if (next == bracket) {
		reader->at++;
		reader->is_behind_value = true;
		return false;
	}
	if (!reader->is_behind_value)
		return true;
	if (next != ',')
		return fault(reader);
	reader->at++;
	reader->is_behind_value = false;
	blanks_skip(reader);
	return true;
}

/* The value of the four digits at `at`, or -1. */
static int hex_value(const char *at)
{
	int value = 0;
	for (int i = 0; i < HEX_DIGITS; i++) {
		static const char digits[] = "0123456789abcdef0123456789ABCDEF";
		const char *digit = at[i] == '\0' ? NULL : strchr(digits, at[i]);
		if (digit == NULL)
			return -1;
		value = value * 16 + (int)((digit - digits) % 16);
	}
	return value;
}

/* Reads the escape at `at`, which begins with a backslash: its length, or 0 where it is wrong. */
static size_t escape_read(const char *at, uint32_t *character)
{
	static const char signs[] = "\"\\/bfnrt";
	static const char meanings[] = "\"\\/\b\f\n\r\t";
	const char *sign = at[1] == '\0' ? NULL : strchr(signs, at[1]);
	if (sign != NULL) {
		*character = (uint32_t)meanings[sign - signs];
		return 2;
	}
	int first = at[1] == 'u' ? hex_value(at + 2) : -1;
	if (first <= 0 || (first >= 0xdc00 && first <= 0xdfff))
		return 0;
	*character = (uint32_t)first;
	if (first < 0xd800 || first > 0xdfff)
		return ESCAPE_LENGTH;
	const char *pair = at + ESCAPE_LENGTH;
	int second = pair[0] == '\\' && pair[1] == 'u' ? hex_value(pair + 2) : -1;
	if (second < 0xdc00 || second > 0xdfff)
		return 0;
	*character = 0x10000 + ((uint32_t)(first - 0xd800) << 10) + (uint32_t)(second - 0xdc00);
	return 2 * (size_t)ESCAPE_LENGTH;
}

/* Those that stand for themselves in a string: most bytes of a file do, so each is looked up here.
 * All of ASCII but controls, the quote and the backslash. */
static const bool PLAIN[256] = {
	[' ' ... '!'] = true,
	['#' ... '['] = true,
	[']' ... '~'] = true,
};

static bool string_read(struct json_reader *reader)
{
	const char *at = reader->at;
	if (*at != '"')
		return fault(reader);
	for (at++;;) {
		uint32_t character;
		size_t size = 0;
		while (PLAIN[(unsigned char)*at])
			at++;
		if (*at == '"')
			break;
		if (*at == '\\')
			size = escape_read(at, &character);
		else if ((unsigned char)*at >= 0x7f)
			size = text_utf8_decode(at, (size_t)(reader->end - at), &character);
		if (size == 0) { /* also at the NUL behind the text */
			reader->at = at;
			return fault(reader);
		}
		at += size;
	}
	reader->at = at + 1;
	return true;
}

static bool digits_read(struct json_reader *reader)
{
	size_t count = strspn(reader->at, "0123456789");
	reader->at += count;
	return count > 0 || fault(reader);
}

static bool number_read(struct json_reader *reader)
{
	if (*reader->at == '-')
		reader->at++;
	if (*reader->at == '0')
		reader->at++; /* no other digit may follow: what stands behind it is judged */
	else if (!digits_read(reader))
		return false;
	if (*reader->at == '.') {
		reader->at++;
		if (!digits_read(reader))
			return false;
	}
	if (*reader->at != 'e' && *reader->at != 'E')
		return true;
	reader->at++;
	if (*reader->at == '+' || *reader->at == '-')
		reader->at++;
	return digits_read(reader);
}

static bool word_read(struct json_reader *reader, const char *word)
{
	if (!text_starts_with(reader->at, word))
		return fault(reader);
	reader->at += strlen(word);
	return true;
}

/* To behind the bracket that closes the one at hand. */
static bool nest_skip(struct json_reader *reader)
{
	size_t depth = 0;
	do {
		char byte = *reader->at;
		if (byte == '"') {
			if (!string_read(reader))
				return false;
			continue;
		}
		if (byte == '\0')
			return fault(reader);
		depth += byte == '{' || byte == '[';
		depth -= byte == '}' || byte == ']';
		reader->at++;
	} while (depth > 0);
	return true;
}

static bool value_read(struct json_reader *reader)
{
	switch (*reader->at) {
	case '"': return string_read(reader);
	case '{':
	case '[': return nest_skip(reader);
	case 't': return word_read(reader, "true");
	case 'f': return word_read(reader, "false");
	case 'n': return word_read(reader, "null");
	default: return number_read(reader);
	}
}

bool json_reader_member(struct json_reader *reader, struct json_slice *name)
{
	if (!entry_follows(reader, '}'))
		return false;
	name->bytes = reader->at;
	if (!string_read(reader))
		return false;
	name->length = (size_t)(reader->at - name->bytes);
	if (json_reader_next(reader) != ':')
		return fault(reader);
	reader->at++;
	blanks_skip(reader);
	return true;
}

bool json_reader_item(struct json_reader *reader)
{
	return entry_follows(reader, ']');
}

bool json_reader_value(struct json_reader *reader, struct json_slice *value)
{
	if (json_reader_next(reader) == '\0')
		return fault(reader);
	value->bytes = reader->at;
	if (!value_read(reader))
		return false;
	value->length = (size_t)(reader->at - value->bytes);
	reader->is_behind_value = true;
	return true;
}

bool json_reader_end(struct json_reader *reader, struct err *err)
{
	bool is_behind = reader->fault == NULL && reader->is_behind_value;
	if (is_behind) {
		blanks_skip(reader);
		if (reader->at == reader->end)
			return true;
	}
	return err_set(
		err, ERR_ANSWER,
		is_behind ? "There is text after the end of the JSON document (byte %zu)."
			  : "The JSON document is damaged or cut short at byte %zu.",
		(size_t)((reader->fault != NULL ? reader->fault : reader->at) - reader->begin));
}

char *json_slice_unpack(struct json_slice string)
{
	char *text = (char *)string.bytes + 1;
	char *end = (char *)string.bytes + string.length - 1;
	char *from = memchr(text, '\\', (size_t)(end - text));
	if (from == NULL)
		from = end;
	char *to = from;
	while (from < end) {
		uint32_t character = 0;
		if (*from != '\\') {
			*to++ = *from++;
			continue;
		}
		/* Longer than the character it stands for, in UTF-8, too. */
		from += escape_read(from, &character);
		to += text_utf8_encode(character, to);
	}
	*to = '\0';
	return text;
}

char *json_slice_text(struct json_slice string)
{
	char *copy = mem_text_n(string.bytes, string.length);
	char *text = mem_text(json_slice_unpack((struct json_slice) { copy, string.length }));
	free(copy);
	return text;
}

bool json_slice_is(struct json_slice string, const char *text)
{
	size_t length = strlen(text);
	if (string.length == length + 2 && memcmp(string.bytes + 1, text, length) == 0)
		return true;
	if (memchr(string.bytes, '\\', string.length) == NULL)
		return false;
	char *said = json_slice_text(string);
	bool is_same = strcmp(said, text) == 0;
	free(said);
	return is_same;
}
