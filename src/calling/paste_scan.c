#include "calling/paste_scan.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdint.h>
#include <string.h>

enum { REPLACEMENT_CHARACTER = 0xfffd };

enum quote_class { QUOTE_NONE, QUOTE_DOUBLE, QUOTE_SINGLE };

static const struct quote {
	const char *mark;
	enum quote_class class;
} quotes[] = {
	{ "\"", QUOTE_DOUBLE },
	{ "\\\"", QUOTE_DOUBLE },	  /* within a shell's double quotes */
	{ "\xe2\x80\x9c", QUOTE_DOUBLE }, /* “ */
	{ "\xe2\x80\x9d", QUOTE_DOUBLE }, /* ” */
	{ "\xe2\x80\x9e", QUOTE_DOUBLE }, /* „ */
	{ "'", QUOTE_SINGLE },
	{ "`", QUOTE_SINGLE },
	{ "\xe2\x80\x98", QUOTE_SINGLE }, /* ‘ */
	{ "\xe2\x80\x99", QUOTE_SINGLE }, /* ’ */
};

static const struct escape {
	char letter, meaning;
} escapes[] = {
	{ 'n', '\n' }, { 't', '\t' }, { 'r', '\r' }, { 'b', '\b' }, { 'f', '\f' },
};

void paste_scanner_init(struct paste_scanner *scanner, const char *text, size_t length)
{
	*scanner = (struct paste_scanner) { .text = text, .length = length };
	str_init(&scanner->token);
}

void paste_scanner_release(struct paste_scanner *scanner)
{
	str_release(&scanner->token);
}

/* The byte `ahead` of the current one; NUL behind the end. */
static char byte_at(const struct paste_scanner *scanner, size_t ahead)
{
	size_t left = scanner->length - scanner->at;
	return ahead < left ? scanner->text[scanner->at + ahead] : '\0';
}

static bool at_end(const struct paste_scanner *scanner)
{
	return scanner->at >= scanner->length;
}

static bool follows(const struct paste_scanner *scanner, const char *mark)
{
	size_t length = strlen(mark);
	return length <= scanner->length - scanner->at &&
	       memcmp(scanner->text + scanner->at, mark, length) == 0;
}

static bool is_blank(char character)
{
	return character != '\0' && strchr(" \t\r\n\v\f", character);
}

static const struct quote *quote_here(const struct paste_scanner *scanner)
{
	for (size_t i = 0; i < ARRAY_LENGTH(quotes); i++)
		if (follows(scanner, quotes[i].mark))
			return &quotes[i];
	return NULL;
}

/* A shell's quotes around a whole document open no text: '{"a"…}' and "{\"a\"…}". "{{name}}" is a
 * placeholder, and a text. */
static bool wraps_document(const struct paste_scanner *scanner)
{
	bool single = byte_at(scanner, 0) == '\'' && byte_at(scanner, 1) == '{' &&
		      byte_at(scanner, 2) != '{';
	return single || follows(scanner, "\"{\\") || follows(scanner, "\"{\n");
}

static void skip_line(struct paste_scanner *scanner)
{
	while (!at_end(scanner) && byte_at(scanner, 0) != '\n')
		scanner->at++;
}

static bool skip_comment(struct paste_scanner *scanner)
{
	bool after_blank = scanner->at == 0 || is_blank(scanner->text[scanner->at - 1]);
	if (follows(scanner, "//") || (after_blank && byte_at(scanner, 0) == '#')) {
		skip_line(scanner);
		return true;
	}
	if (!follows(scanner, "/*"))
		return false;
	for (scanner->at += 2; !at_end(scanner); scanner->at++) {
		if (follows(scanner, "*/")) {
			scanner->at += 2;
			break;
		}
	}
	return true;
}

static void skip_blanks(struct paste_scanner *scanner)
{
	while (is_blank(byte_at(scanner, 0)) || follows(scanner, "\\\n") ||
	       follows(scanner, "\\\r"))
		scanner->at++;
}

static void add_character(struct str *out, uint32_t character)
{
	char bytes[4];
	bool is_text = character != 0 && (character < 0xd800 || character > 0xdfff);
	size_t length = text_utf8_encode(is_text ? character : REPLACEMENT_CHARACTER, bytes);
	str_append(out, bytes, length);
}

/* Reads four hexadecimal digits `ahead`; false where there are none. */
static bool hex4(const struct paste_scanner *scanner, size_t ahead, uint32_t *value)
{
	static const char digits[] = "0123456789abcdef";
	*value = 0;
	for (size_t i = 0; i < 4; i++) {
		char character = byte_at(scanner, ahead + i);
		if (character >= 'A' && character <= 'F')
			character = (char)(character - 'A' + 'a');
		const char *digit = character ? strchr(digits, character) : NULL;
		if (!digit)
			return false;
		*value = *value * 16 + (uint32_t)(digit - digits);
	}
	return true;
}

/* Reads \uXXXX, and the second half of a pair with it. False: it is none. */
static bool read_unicode_escape(struct paste_scanner *scanner)
{
	uint32_t first, second;
	if (byte_at(scanner, 1) != 'u' || !hex4(scanner, 2, &first))
		return false;
	scanner->at += 6;
	bool is_high = first >= 0xd800 && first <= 0xdbff;
	if (is_high && follows(scanner, "\\u") && hex4(scanner, 2, &second) && second >= 0xdc00 &&
	    second <= 0xdfff) {
		scanner->at += 6;
		first = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
	}
	add_character(&scanner->token, first);
	return true;
}

static void read_escape(struct paste_scanner *scanner)
{
	if (read_unicode_escape(scanner))
		return;
	scanner->at++;
	char letter = byte_at(scanner, 0);
	for (size_t i = 0; i < ARRAY_LENGTH(escapes); i++) {
		if (escapes[i].letter == letter) {
			str_add_char(&scanner->token, escapes[i].meaning);
			scanner->at++;
			return;
		}
	}
	/* Any other character stands for itself; it is read by the caller's next round, unless it
	 * is a quote, which would end the text there. */
	if (letter == '"' || letter == '\'' || letter == '\\') {
		str_add_char(&scanner->token, letter);
		scanner->at++;
	}
}

/* A text whose end is missing goes to the end of its line, without the comma there. */
static void trim_unclosed(struct str *token)
{
	while (token->length > 0 && (is_blank(token->bytes[token->length - 1]) ||
				     token->bytes[token->length - 1] == ','))
		str_remove(token, token->length - 1, 1);
}

static void read_quoted(struct paste_scanner *scanner, const struct quote *open)
{
	bool shell_escaped = open->mark[0] == '\\';
	scanner->at += strlen(open->mark);
	scanner->is_quoted = true;
	while (!at_end(scanner) && byte_at(scanner, 0) != '\n') {
		bool escaped = byte_at(scanner, 0) == '\\';
		const struct quote *close = escaped && !shell_escaped ? NULL : quote_here(scanner);
		if (close && close->class == open->class) {
			scanner->at += strlen(close->mark);
			return;
		}
		if (escaped) {
			read_escape(scanner);
		} else {
			str_add_char(&scanner->token, byte_at(scanner, 0));
			scanner->at++;
		}
	}
	trim_unclosed(&scanner->token);
}

static bool is_word_byte(const struct paste_scanner *scanner, size_t ahead)
{
	char character = byte_at(scanner, ahead);
	return character != '\0' && !strchr(" \t\r\n\v\f,:|{}[]\"\\", character);
}

/* A placeholder such as <your hostname> is one word. */
static bool read_angled(struct paste_scanner *scanner)
{
	if (byte_at(scanner, 0) != '<')
		return false;
	size_t length = 1;
	while (byte_at(scanner, length) && !strchr("<>\n", byte_at(scanner, length)))
		length++;
	if (byte_at(scanner, length) != '>')
		return false;
	str_append(&scanner->token, scanner->text + scanner->at, length + 1);
	scanner->at += length + 1;
	return true;
}

static void read_word(struct paste_scanner *scanner)
{
	if (read_angled(scanner))
		return;
	while (!at_end(scanner)) {
		/* A colon within belongs to the word: host:5061, https://host */
		bool colon = byte_at(scanner, 0) == ':' && scanner->token.length > 0 &&
			     is_word_byte(scanner, 1);
		bool comment = follows(scanner, "//") && scanner->text[scanner->at - 1] != ':';
		if ((!colon && !is_word_byte(scanner, 0)) || comment)
			return;
		str_add_char(&scanner->token, byte_at(scanner, 0));
		scanner->at++;
	}
}

static bool is_elision(const struct str *word)
{
	return strspn(word->bytes, ".") == word->length || text_equal(word->bytes, "…");
}

static enum paste_token read_text(struct paste_scanner *scanner)
{
	str_clear(&scanner->token);
	scanner->is_quoted = false;
	const struct quote *quote = quote_here(scanner);
	if (quote)
		read_quoted(scanner, quote);
	else
		read_word(scanner);
	if (!scanner->is_quoted && is_elision(&scanner->token))
		return PASTE_ELISION;
	if (!scanner->is_quoted && text_equal_nocase(scanner->token.bytes, "or"))
		return PASTE_OR;
	size_t behind = scanner->at;
	skip_blanks(scanner);
	if (byte_at(scanner, 0) == ':') {
		scanner->at++;
		return PASTE_KEY;
	}
	scanner->at = behind;
	return PASTE_TEXT;
}

enum paste_token paste_scan(struct paste_scanner *scanner)
{
	for (;;) {
		skip_blanks(scanner);
		if (at_end(scanner))
			return PASTE_END;
		if (skip_comment(scanner))
			continue;
		switch (byte_at(scanner, 0)) {
		case '{':
		case '[': scanner->at++; return PASTE_OPEN;
		case '}':
		case ']': scanner->at++; return PASTE_CLOSE;
		case ',': scanner->at++; return PASTE_COMMA;
		case '|': scanner->at++; return PASTE_OR;
		case ':': scanner->at++; continue;
		default: break;
		}
		bool is_stray = byte_at(scanner, 0) == '\\' && !follows(scanner, "\\\"");
		if (!is_stray && !wraps_document(scanner))
			return read_text(scanner);
		scanner->at++;
	}
}
