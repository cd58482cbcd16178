#include "ui/term/keys.h"

#include "base/mem.h"
#include "base/text.h"
#include "ui/term/input.h"

#include <stdio.h>
#include <string.h>
#include <termkey.h>

uint32_t key_of_character(uint32_t character)
{
	switch (character) {
	case '\0': return KEY_CTRL | ' ';
	case '\b':
	case 0x7f: return KEY_BACKSPACE_;
	case '\t': return KEY_TAB;
	case '\n':
	case '\r': return KEY_ENTER_;
	case 0x1b: return KEY_ESCAPE;
	default: break;
	}
	if (character < 0x1b)
		return KEY_CTRL | (character + 'a' - 1);
	return character < 0x20 ? KEY_CTRL | (character + '@') : character;
}

/* A character told with its modifiers (CSI u, modifyOtherKeys): as its control character would. */
static uint32_t modified_key(uint32_t character, uint32_t modifiers)
{
	char bytes[4];
	bool is_private = (character >= 0xe000 && character <= 0xf8ff) || character >= 0xf0000;
	if ((character >= 0x80 && character < 0xa0) || is_private)
		return 0;
	size_t length = text_utf8_encode(character, bytes);
	if (!text_utf8_valid(bytes, length))
		return 0;
	if ((modifiers & KEY_CTRL) != 0) {
		if (character == '/')
			character = '_'; /* one key on most keyboards, and 0x1f on most terminals */
		if (character >= '@' && character < 0x7f) {
			character &= 0x1f;
			modifiers &= ~(uint32_t)KEY_CTRL;
		}
	}
	if ((modifiers & KEY_SHIFT) != 0 && character >= 'a' && character <= 'z')
		character -= 'a' - 'A';
	uint32_t key = key_of_character(character);
	if ((key & 0x1fffff) < KEYS_SPECIAL)
		modifiers &= ~(uint32_t)KEY_SHIFT;
	return key | modifiers;
}

static uint32_t function_key(int number, uint32_t modifiers)
{
	if (number >= 25 && number <= 36) /* terminfo counts Shift-F1 as F13, Ctrl-F1 as F25 */
		return KEY_CTRL | modifiers | (KEY_F1 + (uint32_t)number - 25);
	if (number >= 13 && number <= 24)
		return KEY_SHIFT | modifiers | (KEY_F1 + (uint32_t)number - 13);
	if (number >= 1 && number <= 12)
		return modifiers | (KEY_F1 + (uint32_t)number - 1);
	return 0;
}

static uint32_t symbol_key(TermKeySym symbol, uint32_t modifiers)
{
	static const struct {
		TermKeySym symbol;
		uint32_t key;
	} keys[] = {
		{ TERMKEY_SYM_UP, KEY_UP_ },	     { TERMKEY_SYM_DOWN, KEY_DOWN_ },
		{ TERMKEY_SYM_LEFT, KEY_LEFT_ },     { TERMKEY_SYM_RIGHT, KEY_RIGHT_ },
		{ TERMKEY_SYM_HOME, KEY_HOME_ },     { TERMKEY_SYM_FIND, KEY_HOME_ },
		{ TERMKEY_SYM_END, KEY_END_ },	     { TERMKEY_SYM_SELECT, KEY_END_ },
		{ TERMKEY_SYM_PAGEUP, KEY_PAGE_UP }, { TERMKEY_SYM_PAGEDOWN, KEY_PAGE_DOWN },
		{ TERMKEY_SYM_INSERT, KEY_INSERT },  { TERMKEY_SYM_DELETE, KEY_DELETE },
		{ TERMKEY_SYM_DEL, KEY_BACKSPACE_ }, { TERMKEY_SYM_BACKSPACE, KEY_BACKSPACE_ },
		{ TERMKEY_SYM_TAB, KEY_TAB },	     { TERMKEY_SYM_ENTER, KEY_ENTER_ },
		{ TERMKEY_SYM_KPENTER, KEY_ENTER_ }, { TERMKEY_SYM_ESCAPE, KEY_ESCAPE },
		{ TERMKEY_SYM_SPACE, ' ' },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++)
		if (keys[i].symbol == symbol)
			return keys[i].key | modifiers;
	return 0;
}

static uint32_t termkey_key(const TermKeyKey *told)
{
	uint32_t modifiers = 0;
	if ((told->modifiers & TERMKEY_KEYMOD_SHIFT) != 0)
		modifiers |= KEY_SHIFT;
	if ((told->modifiers & TERMKEY_KEYMOD_CTRL) != 0)
		modifiers |= KEY_CTRL;
	if ((told->modifiers & (TERMKEY_KEYMOD_ALT | 8)) != 0) /* xterm tells Meta as 8 */
		modifiers |= KEY_ALT;
	switch (told->type) {
	case TERMKEY_TYPE_UNICODE: return modified_key((uint32_t)told->code.codepoint, modifiers);
	case TERMKEY_TYPE_FUNCTION: return function_key(told->code.number, modifiers);
	case TERMKEY_TYPE_KEYSYM: return symbol_key(told->code.sym, modifiers);
	default: return 0;
	}
}

/* Writes a sequence that only some terminals send as the common one for the same key; `from` is at
 * its '[' or 'O'. */
static void sequence_canonical(char *to, size_t size, const char *from, size_t length)
{
	static const struct {
		const char *rare, *common;
	} same[] = {
		{ "[[A", "[11~" }, { "[[B", "[12~" }, { "[[C", "[13~" }, { "[[D", "[14~" },
		{ "[[E", "[15~" }, { "[a", "[1;2A" }, { "[b", "[1;2B" }, { "[c", "[1;2C" },
		{ "[d", "[1;2D" }, { "Oa", "[1;5A" }, { "Ob", "[1;5B" }, { "Oc", "[1;5C" },
		{ "Od", "[1;5D" },
	};
	static const struct {
		char final;
		const char *modifier;
	} rxvt[] = { { '$', ";2~" }, { '^', ";5~" }, { '@', ";6~" } };
	(void)snprintf(to, size, "%.*s", (int)length, from);
	for (size_t i = 0; i < ARRAY_LENGTH(same); i++)
		if (strcmp(to, same[i].rare) == 0)
			(void)snprintf(to, size, "%s", same[i].common);
	size_t digits = strspn(from + 1, "0123456789");
	for (size_t i = 0; i < ARRAY_LENGTH(rxvt); i++)
		if (from[0] == '[' && digits > 0 && digits == length - 2 &&
		    from[length - 1] == rxvt[i].final)
			(void)snprintf(to, size, "%.*s%s", (int)length - 1, from, rxvt[i].modifier);
	if (length == 3 && from[0] == 'O' && digits == 1) /* old xterm: "SS3 5 A" */
		(void)snprintf(to, size, "[1;%c%c", from[1], from[2]);
}

/* Only what a key may send; "CSI 24;80R" for one is a cursor report, not F3 with modifiers. */
static bool sequence_is_key(const char *sequence)
{
	unsigned first, second;
	int used = -1;
	size_t length = strlen(sequence);
	char final = sequence[length - 1];
	if (sequence[0] == 'O')
		return length == 2;
	if (strspn(sequence + 1, "0123456789;") != length - 2)
		return false;
	if (final == '~' || final == 'u' || length == 2)
		return true;
	(void)sscanf(sequence, "[%3u;%3u%n", &first, &second, &used);
	return used == (int)length - 1 && first == 1 && second >= 1 && second <= 16;
}

uint32_t key_of_sequence(void *termkey, const char *bytes, size_t length)
{
	char canonical[KEY_SEQUENCE_MAX + 8];
	TermKeyKey told;
	sequence_canonical(canonical, sizeof canonical, bytes, length);
	if (!sequence_is_key(canonical))
		return 0;
	(void)termkey_push_bytes(termkey, "\033", 1);
	(void)termkey_push_bytes(termkey, canonical, strlen(canonical));
	uint32_t key =
		termkey_getkey_force(termkey, &told) == TERMKEY_RES_KEY ? termkey_key(&told) : 0;
	bool is_whole = true; /* an unknown one comes as Alt-[ or Alt-O and characters */
	while (termkey_getkey_force(termkey, &told) == TERMKEY_RES_KEY)
		is_whole = false;
	return is_whole ? key : 0;
}

bool key_is_text(uint32_t key)
{
	return key >= ' ' && key < KEYS_SPECIAL && (key < 0x7f || key >= 0xa0);
}

void key_name_write(uint32_t key, struct str *out)
{
	static const char *const names[] = {
		[KEY_UP_ - KEYS_SPECIAL] = "Up",
		[KEY_DOWN_ - KEYS_SPECIAL] = "Down",
		[KEY_LEFT_ - KEYS_SPECIAL] = "Left",
		[KEY_RIGHT_ - KEYS_SPECIAL] = "Right",
		[KEY_HOME_ - KEYS_SPECIAL] = "Home",
		[KEY_END_ - KEYS_SPECIAL] = "End",
		[KEY_PAGE_UP - KEYS_SPECIAL] = "PgUp",
		[KEY_PAGE_DOWN - KEYS_SPECIAL] = "PgDn",
		[KEY_INSERT - KEYS_SPECIAL] = "Ins",
		[KEY_DELETE - KEYS_SPECIAL] = "Del",
		[KEY_BACKSPACE_ - KEYS_SPECIAL] = "Backspace",
		[KEY_TAB - KEYS_SPECIAL] = "Tab",
		[KEY_ENTER_ - KEYS_SPECIAL] = "Enter",
		[KEY_ESCAPE - KEYS_SPECIAL] = "Esc",
	};
	static const uint32_t modifiers = KEY_CTRL | KEY_ALT | KEY_SHIFT;
	uint32_t base = key & ~modifiers;
	char bytes[4];
	if ((key & KEY_CTRL) != 0)
		str_add(out, "Ctrl-");
	if ((key & KEY_ALT) != 0)
		str_add(out, "Alt-");
	if ((key & KEY_SHIFT) != 0)
		str_add(out, "Shift-");
	if (base >= KEY_F1 && base <= KEY_F12)
		str_addf(out, "F%u", base - KEY_F1 + 1);
	else if (base > KEYS_SPECIAL && base < KEY_F1)
		str_add(out, names[base - KEYS_SPECIAL]);
	else if (base == ' ')
		str_add(out, "Space");
	else if (base != key && base >= 'a' && base <= 'z')
		str_add_char(out, (char)(base - 'a' + 'A'));
	else if (base < KEYS_SPECIAL)
		str_append(out, bytes, text_utf8_encode(base, bytes));
}
