#include "tests/support/lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* The words since the last answer, wherever their lines were broken; caller frees. */
static char *words_since(const struct session *session)
{
	struct str words;
	str_init(&words);
	for (size_t i = session->heard; i < session->output.length; i++) {
		char byte = session->output.bytes[i];
		bool is_blank = byte == ' ' || byte == '\r' || byte == '\n';
		if (!is_blank)
			str_add_char(&words, byte);
		else if (words.length > 0 && words.bytes[words.length - 1] != ' ')
			str_add_char(&words, ' ');
	}
	return str_detach(&words);
}

static bool words_were_said(const struct session *session, const void *wanted)
{
	char *words = words_since(session);
	bool were_said = strstr(words, wanted) != NULL;
	free(words);
	return were_said;
}

void lines_hear(struct session *session, const char *words)
{
	assert_true(session_wait(session, words_were_said, words, words));
}

void lines_hear_not(const struct session *session, const char *words)
{
	assert_false(words_were_said(session, words));
}

void lines_answer(struct session *session, const char *line)
{
	session->heard = session->output.length;
	session_type(session, line);
	session_type(session, "\n");
}

void lines_converse(struct session *session, const struct turn *turns)
{
	for (; turns->hears != NULL; turns++) {
		lines_hear(session, turns->hears);
		if (turns->types != NULL)
			lines_answer(session, turns->types);
	}
}

void lines_expect_only(const struct session *session)
{
	const struct str *output = &session->output;
	for (size_t i = 0; i < output->length; i++) {
		unsigned char byte = (unsigned char)output->bytes[i];
		bool is_line_end = byte == '\n' || (byte == '\r' && output->bytes[i + 1] == '\n');
		if ((byte < ' ' && !is_line_end) || byte == 0x7f)
			fail_msg("byte 0x%02x at %zu: %.40s", byte, i, output->bytes + i);
	}
}
