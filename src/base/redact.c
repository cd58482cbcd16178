#include "base/redact.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static const char HIDDEN[] = "(hidden)";
static const char ELLIPSIS[] = "…";

enum {
	SPELLED_MAX = 12, /* bytes of one character: two JSON numbers, "\\ud83d\\udd11" */
	CHARACTER_MAX = 0x10ffff,
};

/* What is to be hidden: from `start` up to `end`. */
struct cut {
	const char *start, *end;
};

/* --- the secret itself ------------------------------------------------------------------------ */

/* Reads one character of a text: the bytes it stands for. Returns its length there; 0 at the end of
 * the text, or where it is no character of this spelling. */
typedef size_t spelling_fn(const char *at, char bytes[4], size_t *count);

static size_t plain_read(const char *at, char bytes[4], size_t *count)
{
	bytes[0] = *at;
	*count = 1;
	return *at != '\0';
}

/* The value of `digits` hexadecimal digits; -1 where they are none. */
static long hex_read(const char *at, size_t digits)
{
	static const char known[] = "0123456789abcdefABCDEF";
	char text[5] = "";
	memcpy(text, at, strnlen(at, digits));
	return strspn(text, known) == digits ? strtol(text, NULL, 16) : -1;
}

/* \u00e9, or two of them where the first is half a character. */
static size_t json_number_read(const char *at, char bytes[4], size_t *count)
{
	long unit = hex_read(at + 2, 4);
	long second = unit >= 0xd800 && unit < 0xdc00 && at[6] == '\\' && at[7] == 'u'
			      ? hex_read(at + 8, 4)
			      : -1;
	bool is_pair = second >= 0xdc00 && second < 0xe000;
	if (unit < 0)
		return 0;
	if (is_pair)
		unit = 0x10000 + ((unit - 0xd800) << 10) + (second - 0xdc00);
	*count = text_utf8_encode((uint32_t)unit, bytes);
	return is_pair ? 12 : 6;
}

static size_t json_read(const char *at, char bytes[4], size_t *count)
{
	static const char letters[] = "\"\\/bfnrt";
	static const char meanings[] = "\"\\/\b\f\n\r\t";
	if (at[0] != '\\')
		return plain_read(at, bytes, count);
	if (at[1] == 'u')
		return json_number_read(at, bytes, count);
	const char *letter = at[1] == '\0' ? NULL : strchr(letters, at[1]);
	if (letter == NULL)
		return 0;
	bytes[0] = meanings[letter - letters];
	*count = 1;
	return 2;
}

static size_t percent_read(const char *at, char bytes[4], size_t *count)
{
	long value = at[0] == '%' ? hex_read(at + 1, 2) : -1;
	if (value < 0)
		return plain_read(at[0] == '+' ? " " : at, bytes, count);
	bytes[0] = (char)value;
	*count = 1;
	return 3;
}

/* &#39; and &#x27; as well as what has a name. */
static size_t html_read(const char *at, char bytes[4], size_t *count)
{
	static const struct {
		const char *name;
		char meaning;
	} NAMES[] = { { "&amp;", '&' },
		      { "&lt;", '<' },
		      { "&gt;", '>' },
		      { "&quot;", '"' },
		      { "&apos;", '\'' } };
	*count = 1;
	for (size_t i = 0; i < ARRAY_LENGTH(NAMES); i++)
		if (text_starts_with(at, NAMES[i].name)) {
			bytes[0] = NAMES[i].meaning;
			return strlen(NAMES[i].name);
		}
	if (!text_starts_with(at, "&#"))
		return plain_read(at, bytes, count);
	bool is_hex = at[2] == 'x' || at[2] == 'X';
	const char *digits = at + 2 + is_hex;
	char *end;
	unsigned long value = strtoul(digits, &end, is_hex ? 16 : 10);
	if (end == digits || *end != ';' || value > CHARACTER_MAX)
		return 0;
	*count = text_utf8_encode((uint32_t)value, bytes);
	return (size_t)(end + 1 - at);
}

static size_t base16_read(const char *at, char bytes[4], size_t *count)
{
	long value = hex_read(at, 2);
	bytes[0] = (char)value;
	*count = 1;
	return value < 0 ? 0 : 2;
}

/* Was the text cut here, or within the character that begins here? */
static bool is_cut(const char *at)
{
	return memmem(at, strnlen(at, SPELLED_MAX + strlen(ELLIPSIS)), ELLIPSIS,
		      strlen(ELLIPSIS)) != NULL;
}

/* Length of the text that spells the secret so; 0: it does not. */
static size_t spelled_length(const char *text, const struct secret *secret, spelling_fn *read)
{
	const char *at = text;
	for (size_t matched = 0; matched < secret->length;) {
		char bytes[4];
		size_t count;
		size_t length = read(at, bytes, &count);
		if (length == 0 || count > secret->length - matched ||
		    memcmp(bytes, secret_bytes(secret) + matched, count) != 0)
			return matched >= REDACT_SECRET_LEAST && is_cut(at) ? (size_t)(at - text)
									    : 0;
		matched += count;
		at += length;
	}
	return (size_t)(at - text);
}

/* The six bits that a character stands for (RFC 4648, sections 4 and 5); -1: none. */
static int base64_value(char character)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	if (character == '-' || character == '_')
		return character == '-' ? 62 : 63;
	const char *digit = character == '\0' ? NULL : strchr(digits, character);
	return digit == NULL ? -1 : (int)(digit - digits);
}

/* Do the bits of the secret from `first` on, as far as it has them, stand in these six? */
static bool base64_fits(const struct secret *secret, long first, int value)
{
	const char *bytes = secret_bytes(secret);
	for (int i = 0; i < 6; i++) {
		long bit = first + i;
		if (bit < 0 || bit >= 8 * (long)secret->length)
			continue;
		int wanted = (unsigned char)bytes[bit / 8] >> (7 - bit % 8) & 1;
		if (wanted != (value >> (5 - i) & 1))
			return false;
	}
	return true;
}

/* `skipped`: bits of the first character that belong to what stands before the secret. */
static size_t base64_length(const char *text, const struct secret *secret, int skipped)
{
	const char *at = text;
	for (long bit = -skipped; bit < 8 * (long)secret->length; bit += 6, at++) {
		if (bit >= 8L * REDACT_SECRET_LEAST && text_starts_with(at, ELLIPSIS))
			break;
		int value = base64_value(*at);
		if (value < 0 || !base64_fits(secret, bit, value))
			return 0;
	}
	return (size_t)(at - text);
}

static bool secret_find(const char *text, const struct secret *secret, struct cut *cut)
{
	static spelling_fn *const SPELLINGS[] = { plain_read, json_read, percent_read, html_read,
						  base16_read };
	size_t length = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(SPELLINGS) && length == 0; i++)
		length = spelled_length(text, secret, SPELLINGS[i]);
	for (int skipped = 0; skipped <= 4 && length == 0; skipped += 2)
		length = base64_length(text, secret, skipped);
	cut->start = text;
	cut->end = text + length;
	return length > 0;
}

/* --- places where secrets stand --------------------------------------------------------------- */

/* The end of a longer name counts: Proxy-Authorization, sip_user_password. */
static const struct place {
	const char *name;
	const char *ends; /* what ends its value where that is not quoted */
	bool is_header;	  /* a blank may stand before its value; without one it may be prose */
} PLACES[] = {
	{ "authorization", "\r\n\"'", true },
	{ "api-key", " \t\r\n\"'\\,;&<>", true },
	{ "api_key", " \t\r\n\"'\\,;&<>]}", false },
	{ "access_token", " \t\r\n\"'\\,;&<>]}", false },
	{ "password", " \t\r\n\"'\\,;&<>]}", false },
};

static const char NAME_CHARACTERS[] =
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

/* Behind a quote, which may be escaped, as in JSON within JSON; `text` itself: there is none. */
static const char *quote_skip(const char *text)
{
	const char *at = text + strspn(text, "\\");
	return *at == '"' || *at == '\'' ? at + 1 : text;
}

/* Where a value ends that began with the quote before `value`, which has `depth` escapes: at the
 * next quote that is escaped as often. Within the value quotes and backslashes are escaped once
 * more, and each such step doubles the backslashes and adds one. */
static const char *quoted_end(const char *value, size_t depth)
{
	char quote = value[-1];
	for (const char *at = value; *at != '\0';) {
		size_t escapes = strspn(at, "\\");
		if (escapes < depth && at[escapes] == quote)
			return at;
		if (at[escapes] == quote && (escapes - depth) % (2 * (depth + 1)) == 0)
			return at + escapes - depth;
		at += escapes + (at[escapes] != '\0');
	}
	return value + strlen(value);
}

static bool value_find(const struct place *place, const char *after_name, struct cut *cut)
{
	const char *at = quote_skip(after_name);
	bool may_be_prose = at == after_name && !place->is_header;
	at += strspn(at, " \t");
	if (*at != ':' && *at != '=')
		return false;
	at++;
	size_t blanks = strspn(at, " \t");
	if (may_be_prose && blanks > 0)
		return false;
	const char *begin = at + blanks;
	cut->start = quote_skip(begin);
	cut->end = cut->start == begin ? begin + strcspn(begin, place->ends)
				       : quoted_end(cut->start, (size_t)(cut->start - begin) - 1);
	return cut->end > cut->start;
}

/* https://user:password@host */
static bool user_find(const char *text, struct cut *cut)
{
	static const char before[] = "://";
	if (!text_starts_with(text, before))
		return false;
	cut->start = text + strlen(before);
	cut->end = cut->start + strcspn(cut->start, "@/?#\"'<> \t\r\n");
	return cut->end > cut->start && *cut->end == '@';
}

static bool place_find(const char *text, struct cut *cut)
{
	for (size_t i = 0; i < ARRAY_LENGTH(PLACES); i++) {
		const char *after = text + strlen(PLACES[i].name);
		if (text_starts_with_nocase(text, PLACES[i].name) &&
		    (*after == '\0' || strchr(NAME_CHARACTERS, *after) == NULL))
			return value_find(&PLACES[i], after, cut);
	}
	return user_find(text, cut);
}

/* --- both ------------------------------------------------------------------------------------- */

void redact(struct str *text, const struct secret *secret)
{
	bool is_known = secret != NULL && secret->length >= REDACT_SECRET_LEAST;
	const char *end = text->bytes + text->length;
	struct str clean;
	str_init(&clean);
	for (const char *at = text->bytes; at < end;) {
		struct cut cut;
		if ((is_known && secret_find(at, secret, &cut)) || place_find(at, &cut)) {
			str_append(&clean, at, (size_t)(cut.start - at));
			str_add(&clean, HIDDEN);
			at = cut.end;
		} else {
			str_add_char(&clean, *at++);
		}
	}
	secret_wipe(text->bytes, text->capacity);
	str_release(text);
	*text = clean;
}

static void text_redact(char *text, size_t size, const struct secret *secret)
{
	struct str clean;
	str_init(&clean);
	str_add(&clean, text);
	redact(&clean, secret);
	secret_wipe(text, size);
	err_text_set(text, size, clean.bytes);
	str_release(&clean);
}

void redact_err(struct err *err, const struct secret *secret)
{
	text_redact(err->sentence, sizeof err->sentence, secret);
	text_redact(err->next_step, sizeof err->next_step, secret);
	text_redact(err->words, sizeof err->words, secret);
}
