#include "sandbox/refusal.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stddef.h>

/* Codes and their HTTP status: API.md, the table under "Errors". */
static const struct refusal_kind {
	long code;
	long http_status;
	const char *type;
	const char *message;
} REFUSAL_KINDS[] = {
	{ REFUSAL_FAULT, 500, "OAuthException", "An unknown error occurred" },
	{ REFUSAL_PARAMETER, 400, "OAuthException", "(#100) Invalid parameter" },
	{ REFUSAL_PAUSED, 400, "OAuthException", "(#138014) Calling is paused for this number" },
	{ REFUSAL_MESSAGING_LIMIT, 400, "OAuthException", "(#138015) Calling cannot be enabled" },
	{ REFUSAL_NO_SIGNALLING, 400, "OAuthException", "(#138018) Calling cannot be enabled" },
};

static const struct refusal_kind *kind_of(long code)
{
	for (size_t i = 0; i < ARRAY_LENGTH(REFUSAL_KINDS); i++)
		if (REFUSAL_KINDS[i].code == code)
			return &REFUSAL_KINDS[i];
	return &REFUSAL_KINDS[0];
}

bool refuse(struct err *err, long code, const char *format, ...)
{
	char details[ERR_SENTENCE_SIZE + 1]; /* one more, so that err_set() marks what was cut */
	va_list arguments;
	va_start(arguments, format);
	(void)vsnprintf(details, sizeof details, format, arguments);
	va_end(arguments);
	(void)err_set(err, ERR_REFUSED, "%s", details);
	err->code = code;
	err->http_status = kind_of(code)->http_status;
	return false;
}

char *refusal_json(const struct err *err, unsigned int number)
{
	const struct refusal_kind *kind = kind_of(err->code);
	struct str out;
	str_init(&out);
	str_add(&out, "{\"error\":{\"message\":");
	json_write_string(&out, kind->message);
	str_addf(&out, ",\"type\":\"%s\",\"code\":%ld,\"error_data\":{", kind->type, kind->code);
	str_add(&out, "\"messaging_product\":\"whatsapp\",\"details\":");
	json_write_string(&out, err->sentence);
	str_addf(&out, "},\"fbtrace_id\":\"Apractice%012u\"}}", number);
	return str_detach(&out);
}
