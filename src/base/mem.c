#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_EXHAUSTED = 70 };

/* The one piece of state outside the app object: an allocation has no other way to reach it. */
static void (*exhausted_handler)(void);

void mem_on_exhausted(void (*handler)(void))
{
	exhausted_handler = handler;
}

static _Noreturn void exhausted(void)
{
	static const char words[] = "sipdesk: out of memory\n";
	void (*handler)(void) = exhausted_handler;
	exhausted_handler = NULL;
	if (handler != NULL)
		handler();
	ssize_t written = write(STDERR_FILENO, words, sizeof words - 1);
	(void)written;
	_exit(EXIT_EXHAUSTED);
}

void *mem_alloc(size_t count, size_t size)
{
	void *memory = calloc(count > 0 ? count : 1, size > 0 ? size : 1);
	if (memory == NULL)
		exhausted();
	return memory;
}

void *mem_resize(void *memory, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		exhausted();
	size_t bytes = count * size;
	void *resized = realloc(memory, bytes > 0 ? bytes : 1);
	if (resized == NULL)
		exhausted();
	return resized;
}

void *mem_grow(void *items, size_t count, size_t size)
{
	char *grown = items;
	if ((count & (count - 1)) == 0) /* 0, 1, 2, 4, 8 …: full */
		grown = mem_resize(items, count == 0 ? 1 : count * 2, size);
	memset(grown + count * size, 0, size);
	return grown;
}

char *mem_text(const char *text)
{
	return text == NULL ? NULL : mem_text_n(text, strlen(text));
}

char *mem_text_n(const char *bytes, size_t length)
{
	char *copy = mem_alloc(length + 1, 1);
	if (length > 0)
		memcpy(copy, bytes, length);
	return copy;
}

char *mem_format(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	char *text = mem_alloc((size_t)(length < 0 ? 0 : length) + 1, 1);
	va_start(arguments, format);
	(void)vsnprintf(text, (size_t)(length < 0 ? 0 : length) + 1, format, arguments);
	va_end(arguments);
	return text;
}

void mem_text_set(char **slot, const char *text)
{
	char *copy = mem_text(text);
	free(*slot);
	*slot = copy;
}
