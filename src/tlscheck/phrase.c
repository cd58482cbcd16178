#include "tlscheck/phrase.h"

#include "base/str.h"

#include <string.h>

static const struct phrase_value *value_at(const char *brace, const struct phrase_value *values,
					   size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(values[i].name);
		if (strncmp(brace + 1, values[i].name, length) == 0 && brace[length + 1] == '}')
			return &values[i];
	}
	return NULL;
}

char *phrase_fill(const char *template, const struct phrase_value *values, size_t count)
{
	if (!template)
		return NULL;
	struct str out;
	str_init(&out);
	for (const char *at = template; *at; at++) {
		const struct phrase_value *value = *at == '{' ? value_at(at, values, count) : NULL;
		if (!value) {
			str_add_char(&out, *at);
			continue;
		}
		str_add(&out, value->text);
		at += strlen(value->name) + 1;
	}
	return str_detach(&out);
}
