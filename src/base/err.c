#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* An ellipsis says that text was cut: nothing is shortened silently. */
static void text_cut(char *out, size_t size)
{
	static const char ellipsis[] = "…";
	size_t cut = size - sizeof ellipsis;
	while (cut > 0 && ((unsigned char)out[cut] & 0xc0U) == 0x80U)
		cut--;
	memcpy(out + cut, ellipsis, sizeof ellipsis);
}

__attribute__((format(printf, 3, 0))) static void text_put(char *out, size_t size,
							   const char *format, va_list arguments)
{
	int length = vsnprintf(out, size, format, arguments);
	if (length < 0 || (size_t)length >= size)
		text_cut(out, size);
}

void err_text_set(char *out, size_t size, const char *text)
{
	if ((size_t)snprintf(out, size, "%s", text) >= size)
		text_cut(out, size);
}

void err_init(struct err *err)
{
	*err = (struct err) { .kind = ERR_NONE, .code = -1 };
}

bool err_set(struct err *err, enum err_kind kind, const char *format, ...)
{
	if (err == NULL)
		return false;
	err_init(err);
	err->kind = kind;
	va_list arguments;
	va_start(arguments, format);
	text_put(err->sentence, sizeof err->sentence, format, arguments);
	va_end(arguments);
	return false;
}

void err_next_step(struct err *err, const char *format, ...)
{
	if (err == NULL)
		return;
	va_list arguments;
	va_start(arguments, format);
	text_put(err->next_step, sizeof err->next_step, format, arguments);
	va_end(arguments);
}

void err_field(struct err *err, const char *json_path)
{
	if (err != NULL)
		(void)snprintf(err->field, sizeof err->field, "%s", json_path);
}

int err_exit_code(enum err_kind kind)
{
	static const int codes[] = {
		[ERR_NONE] = 0,	   [ERR_USAGE] = 64,	  [ERR_INPUT] = 65,	[ERR_CONFIG] = 78,
		[ERR_KEY] = 4,	   [ERR_REFUSED] = 1,	  [ERR_FORBIDDEN] = 77, [ERR_CONFLICT] = 3,
		[ERR_RATE] = 5,	   [ERR_NOT_SENT] = 5,	  [ERR_PASSING] = 5,	[ERR_ANSWER] = 1,
		[ERR_UNKNOWN] = 6, [ERR_CANCELLED] = 130, [ERR_IO] = 74,	[ERR_INTERNAL] = 70,
	};
	return codes[kind];
}
