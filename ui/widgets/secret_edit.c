#include "ui/widgets/secret_edit.h"

#include "base/mem.h"
#include "base/text.h"
#include "ui/term/draw.h"

#include <stdlib.h>

static void character_push(struct secret *secret, uint32_t character)
{
	char bytes[4];
	size_t length = text_utf8_encode(character, bytes);
	for (size_t i = 0; i < length; i++)
		(void)secret_push(secret, bytes[i]); /* full: the count says so */
	secret_wipe(bytes, sizeof bytes);
}

bool secret_edit_event(struct secret *secret, const struct input_event *event)
{
	if (event->kind == INPUT_PASTE) {
		for (size_t i = 0; i < event->length; i++)
			(void)secret_push(secret, event->text[i]);
		return true;
	}
	if (event->key == KEY_BACKSPACE_)
		secret_pop(secret);
	else if (event->key == (KEY_CTRL | 'u'))
		secret_release(secret);
	else if (key_is_text(event->key))
		character_push(secret, event->key);
	else
		return false;
	return true;
}

char *secret_edit_words(const struct secret *secret)
{
	size_t count = 0;
	const char *bytes = secret_bytes(secret);
	for (size_t i = 0; i < secret->length; i++)
		count += ((unsigned char)bytes[i] & 0xc0U) != 0x80U;
	if (count == 0)
		return mem_text("");
	return mem_format("%zu character%s, not shown%s", count, count == 1 ? "" : "s",
			  secret->length >= SECRET_MAX ? " (full)" : "");
}

void secret_edit_draw(const struct secret *secret, struct term *term, int row, int column,
		      int width, bool has_focus)
{
	char *words = secret_edit_words(secret);
	int columns = draw_text(term, row, column, width, STYLE_DIM, words);
	if (has_focus)
		draw_cursor(term, row, column + columns);
	free(words);
}
