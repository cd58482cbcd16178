#include "base/str.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Shared by all empty strings; never written to. */
static char empty[1];

void str_init(struct str *str)
{
	*str = (struct str) { .bytes = empty };
}

void str_release(struct str *str)
{
	if (str->capacity > 0)
		free(str->bytes);
	str_init(str);
}

void str_clear(struct str *str)
{
	str->length = 0;
	if (str->capacity > 0)
		str->bytes[0] = '\0';
}

void str_reserve(struct str *str, size_t more)
{
	size_t needed = str->length + more + 1;
	if (needed <= str->capacity)
		return;
	size_t capacity = str->capacity == 0 ? 32 : str->capacity;
	while (capacity < needed)
		capacity *= 2;
	char *bytes = mem_resize(str->capacity == 0 ? NULL : str->bytes, capacity, 1);
	bytes[str->length] = '\0';
	str->bytes = bytes;
	str->capacity = capacity;
}

void str_append(struct str *str, const char *bytes, size_t length)
{
	if (length == 0)
		return;
	str_reserve(str, length);
	memcpy(str->bytes + str->length, bytes, length);
	str->length += length;
	str->bytes[str->length] = '\0';
}

void str_add(struct str *str, const char *text)
{
	str_append(str, text, strlen(text));
}

void str_add_char(struct str *str, char character)
{
	str_reserve(str, 1);
	str->bytes[str->length++] = character;
	str->bytes[str->length] = '\0';
}

void str_addf(struct str *str, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length <= 0)
		return;
	str_reserve(str, (size_t)length);
	va_start(arguments, format);
	(void)vsnprintf(str->bytes + str->length, (size_t)length + 1, format, arguments);
	va_end(arguments);
	str->length += (size_t)length;
}

void str_add_quoted(struct str *str, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789/._-+=:,@%";
	if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
		str_add(str, word);
		return;
	}
	str_add_char(str, '\'');
	for (; *word != '\0'; word++)
		if (*word == '\'')
			str_add(str, "'\\''");
		else
			str_add_char(str, *word);
	str_add_char(str, '\'');
}

void str_insert(struct str *str, size_t at, const char *bytes, size_t length)
{
	if (length == 0)
		return;
	str_reserve(str, length);
	memmove(str->bytes + at + length, str->bytes + at, str->length - at + 1);
	memcpy(str->bytes + at, bytes, length);
	str->length += length;
}

void str_remove(struct str *str, size_t at, size_t length)
{
	if (length == 0)
		return;
	memmove(str->bytes + at, str->bytes + at + length, str->length - at - length + 1);
	str->length -= length;
}

char *str_detach(struct str *str)
{
	str_reserve(str, 0);
	char *bytes = str->bytes;
	str_init(str);
	return bytes;
}

bool text_equal(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Not tolower(): in a Turkish locale that leaves I and i two letters. */
static int letter_fold(char character)
{
	return character >= 'A' && character <= 'Z' ? character - 'A' + 'a' : character;
}

bool text_starts_with_nocase(const char *text, const char *prefix)
{
	for (; *prefix != '\0'; text++, prefix++)
		if (letter_fold(*text) != letter_fold(*prefix))
			return false;
	return true;
}

bool text_equal_nocase(const char *a, const char *b)
{
	return a == b ||
	       (a != NULL && b != NULL && strlen(a) == strlen(b) && text_starts_with_nocase(a, b));
}

bool text_starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_contains_nocase(const char *text, const char *part)
{
	for (const char *at = text;; at++) {
		if (text_starts_with_nocase(at, part))
			return true;
		if (*at == '\0')
			return false;
	}
}

const char *text_full_stop(const char *text)
{
	size_t length = strlen(text);
	return length > 0 && text[length - 1] == '.' ? "" : ".";
}
