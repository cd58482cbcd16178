#include "tests/support/keys.h"

#include "base/mem.h"

#include <string.h>

/* xterm's, as terminfo's xterm-256color gives them. */
struct named_key {
	const char *name;
	const char *bytes;
	const char *application_bytes; /* NULL: the same */
	char modified_final;	       /* "\033[1;5C" ends so; 0: takes no modifier */
};

static const struct named_key NAMED_KEYS[] = {
	{ "Up", "\033[A", "\033OA", 'A' },
	{ "Down", "\033[B", "\033OB", 'B' },
	{ "Right", "\033[C", "\033OC", 'C' },
	{ "Left", "\033[D", "\033OD", 'D' },
	{ "Home", "\033[H", "\033OH", 'H' },
	{ "End", "\033[F", "\033OF", 'F' },
	{ "Insert", "\033[2~", NULL, 0 },
	{ "Del", "\033[3~", NULL, 0 },
	{ "PgUp", "\033[5~", NULL, 0 },
	{ "PgDn", "\033[6~", NULL, 0 },
	{ "Enter", "\r", NULL, 0 },
	{ "Tab", "\t", NULL, 0 },
	{ "S-Tab", "\033[Z", NULL, 0 },
	{ "Esc", "\033", NULL, 0 },
	{ "BS", "\177", NULL, 0 },
	{ "Space", " ", NULL, 0 },
	{ "lt", "<", NULL, 0 },
	{ "F1", "\033OP", NULL, 0 },
	{ "F2", "\033OQ", NULL, 0 },
	{ "F3", "\033OR", NULL, 0 },
	{ "F4", "\033OS", NULL, 0 },
	{ "F5", "\033[15~", NULL, 0 },
	{ "F6", "\033[17~", NULL, 0 },
	{ "F7", "\033[18~", NULL, 0 },
	{ "F8", "\033[19~", NULL, 0 },
	{ "F9", "\033[20~", NULL, 0 },
	{ "F10", "\033[21~", NULL, 0 },
	{ "F11", "\033[23~", NULL, 0 },
	{ "F12", "\033[24~", NULL, 0 },
};

static const struct named_key *named_key_find(const char *name, size_t length)
{
	for (size_t i = 0; i < ARRAY_LENGTH(NAMED_KEYS); i++) {
		const char *candidate = NAMED_KEYS[i].name;
		if (strlen(candidate) == length && memcmp(candidate, name, length) == 0)
			return &NAMED_KEYS[i];
	}
	return NULL;
}

/* "C-s", "A-b", "C-Right": `name` starts behind the dash. */
static bool modified_encode(char modifier, const char *name, size_t length, struct str *out)
{
	const struct named_key *key = named_key_find(name, length);
	if (key != NULL && key->modified_final != 0) {
		str_addf(out, "\033[1;%c%c", modifier == 'C' ? '5' : '3', key->modified_final);
		return true;
	}
	if (length != 1)
		return false;
	if (modifier == 'A')
		str_addf(out, "\033%c", name[0]);
	else
		str_add_char(out, (char)(name[0] & 0x1f));
	return true;
}

size_t keys_encode(const char *keys, bool application_cursor, struct str *out)
{
	if (keys[0] != '<') {
		str_add_char(out, keys[0]);
		return 1;
	}
	const char *end = strchr(keys, '>');
	if (end == NULL)
		return 0;
	const char *name = keys + 1;
	size_t length = (size_t)(end - name);
	const struct named_key *key = named_key_find(name, length);
	if (key != NULL)
		str_add(out, application_cursor && key->application_bytes != NULL
				     ? key->application_bytes
				     : key->bytes);
	else if (length < 3 || name[1] != '-' || (name[0] != 'C' && name[0] != 'A') ||
		 !modified_encode(name[0], name + 2, length - 2, out))
		return 0;
	return length + 2;
}
