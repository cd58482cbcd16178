#include "ui/term/input.h"

#include "base/mem.h"
#include "base/secret.h"
#include "base/text.h"
#include "ui/term/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termkey.h>

/*
 * The bytes are first cut into units: a character, a whole CSI or SS3 sequence, a string (OSC, DCS,
 * …), a paste. termkey is given whole sequences only and says which key one is, so nothing torn and
 * nothing unknown can fall apart into characters.
 * Forms: ECMA-48 section 5.4 (CSI), 5.6 (strings); xterm's ctlseqs for SS3 and mouse.
 */

enum {
	ESC = 0x1b,
	BEL = 0x07,
	C1_SS3 = 0x8f,
	C1_CSI = 0x9b,
	C1_ST = 0x9c,
	MOUSE_BYTES = 3,   /* that follow "CSI M" */
	QUEUE_ROOM = 4096, /* reserved so that a pasted key is not copied about by growing */
};

static const char PASTE_BEGIN[] = "[200~";
static const char PASTE_END[] = "\033[201~";
static const char STRING_STARTS[] = "P]X^_";
static const char C1_STRING_MARK = 'C'; /* a string begun in 8 bits; only that ends in 8 bits */

enum unit_kind {
	UNIT_TORN, /* what is there may go on */
	UNIT_CHARACTER,
	UNIT_SEQUENCE,
	UNIT_STRING,   /* only its beginning; the rest is skipped */
	UNIT_OVERLONG, /* a sequence that does not end; the rest is skipped */
	UNIT_NOISE,
};

struct unit {
	enum unit_kind kind;
	size_t length;
	size_t prefix; /* bytes before the character, or before the sequence's '[' or 'O' */
	bool has_alt;
};

static bool is_digit(unsigned char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_all_digits(const unsigned char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!is_digit(bytes[i]))
			return false;
	return length > 0;
}

static struct unit unit(enum unit_kind kind, size_t length)
{
	return (struct unit) { .kind = kind, .length = length };
}

/* A CSI sequence whose parameters begin at `start`. */
static struct unit csi_cut(const unsigned char *bytes, size_t length, size_t start)
{
	if (start < length && bytes[start] == '[') /* the Linux console's F1 to F5: "CSI [ A" */
		return start + 1 == length ? unit(UNIT_TORN, length)
		       : bytes[start + 1] > 0x20 && bytes[start + 1] < 0x7f
			       ? unit(UNIT_SEQUENCE, start + 2)
			       : unit(UNIT_NOISE, start + 1);
	for (size_t at = start; at < length; at++) {
		if (at >= KEY_SEQUENCE_MAX)
			return unit(UNIT_OVERLONG, at);
		/* With Shift, rxvt ends in an intermediate of ECMA-48: "CSI 3 $". */
		if (bytes[at] == '$' && is_all_digits(bytes + start, at - start))
			return unit(UNIT_SEQUENCE, at + 1);
		if (bytes[at] >= 0x20 && bytes[at] < 0x40)
			continue;
		if (bytes[at] < 0x20 || bytes[at] > 0x7e)
			return unit(UNIT_NOISE, at);
		if (bytes[at] != 'M' || at > start)
			return unit(UNIT_SEQUENCE, at + 1);
		size_t end = at + 1 + MOUSE_BYTES;
		return end <= length ? unit(UNIT_NOISE, end) : unit(UNIT_TORN, length);
	}
	return unit(UNIT_TORN, length);
}

static struct unit ss3_cut(const unsigned char *bytes, size_t length, size_t start)
{
	size_t at = start;
	while (at < length && at < KEY_SEQUENCE_MAX && (is_digit(bytes[at]) || bytes[at] == ';'))
		at++;
	if (at == length)
		return unit(UNIT_TORN, length);
	if (bytes[at] >= 0x20 && bytes[at] <= 0x7e)
		return unit(UNIT_SEQUENCE, at + 1);
	return unit(UNIT_NOISE, at);
}

static struct unit character_cut(const unsigned char *bytes, size_t length)
{
	uint32_t character;
	size_t size = text_utf8_decode((const char *)bytes, length, &character);
	if (size > 0)
		return unit(character >= 0x80 && character < 0xa0 ? UNIT_NOISE : UNIT_CHARACTER,
			    size);
	size_t whole = bytes[0] < 0xc2 || bytes[0] > 0xf4 ? 1
		       : bytes[0] < 0xe0		  ? 2
		       : bytes[0] < 0xf0		  ? 3
							  : 4;
	for (size_t i = 1; i < length && i < whole; i++)
		if ((bytes[i] & 0xc0U) != 0x80U)
			return unit(UNIT_NOISE, i);
	return length < whole ? unit(UNIT_TORN, length) : unit(UNIT_NOISE, 1);
}

/* What begins with an ESC that something other than ESC follows. */
static struct unit escape_cut(const unsigned char *bytes, size_t length)
{
	struct unit cut;
	if (bytes[1] == '[')
		cut = csi_cut(bytes, length, 2);
	else if (bytes[1] == 'O')
		cut = ss3_cut(bytes, length, 2);
	else if (strchr(STRING_STARTS, bytes[1]) != NULL && bytes[1] != '\0')
		cut = length == 2			    ? unit(UNIT_TORN, length)
		      : bytes[2] < 0x20 || bytes[2] == 0x7f ? unit(UNIT_NOISE, 2)
							    : unit(UNIT_STRING, 2);
	else {
		cut = character_cut(bytes + 1, length - 1);
		if (cut.kind == UNIT_NOISE) /* ESC was a key, then came noise */
			return unit(UNIT_CHARACTER, 1);
		cut.length++;
		cut.has_alt = true;
		cut.prefix = 1;
		return cut;
	}
	cut.prefix = 1;
	if (cut.kind == UNIT_NOISE && cut.length == 2) /* nothing followed: Alt-[, Alt-O, Alt-P … */
		return (struct unit) { UNIT_CHARACTER, 2, 1, true };
	return cut;
}

/* What stands at the front of `length` (> 0) bytes. */
static struct unit unit_cut(const unsigned char *bytes, size_t length)
{
	if (bytes[0] == C1_CSI || bytes[0] == C1_SS3) /* no UTF-8 begins so */
		return bytes[0] == C1_CSI ? csi_cut(bytes, length, 1) : ss3_cut(bytes, length, 1);
	if (bytes[0] >= 0x80 && bytes[0] < 0xa0 &&
	    memchr(STRING_STARTS, bytes[0] - 0x40, sizeof STRING_STARTS - 1) != NULL)
		return length == 1 ? unit(UNIT_TORN, 1) : unit(UNIT_STRING, 1);
	if (bytes[0] != ESC)
		return character_cut(bytes, length);
	if (length == 1)
		return unit(UNIT_TORN, 1);
	if (bytes[1] != ESC)
		return escape_cut(bytes, length);
	if (length == 2)
		return unit(UNIT_TORN, 2);
	if (bytes[2] != '[' && bytes[2] != 'O')
		return unit(UNIT_CHARACTER, 1);
	struct unit cut = escape_cut(bytes + 1, length - 1); /* rxvt: ESC before a key is Alt */
	if (cut.kind != UNIT_SEQUENCE && cut.kind != UNIT_TORN)
		return unit(UNIT_CHARACTER, 1);
	cut.length++;
	cut.prefix++;
	cut.has_alt = true;
	return cut;
}

bool input_init(struct input *input, const char *term_name)
{
	static const char room[QUEUE_ROOM];
	*input = (struct input) { 0 };
	if (term_name == NULL)
		term_name = getenv("TERM");
	if (term_name == NULL) /* termkey ends the program when it is told none */
		term_name = "xterm";
	input->termkey =
		termkey_new_abstract(term_name, TERMKEY_FLAG_UTF8 | TERMKEY_FLAG_CONVERTKP);
	str_init(&input->bytes);
	str_init(&input->paste);
	str_append(&input->bytes, room, sizeof room);
	str_append(&input->paste, room, sizeof room);
	str_clear(&input->bytes);
	str_clear(&input->paste);
	return input->termkey != NULL;
}

/* Typed and pasted text may be a secret. */
static void wipe(struct str *str)
{
	if (str->length > 0)
		secret_wipe(str->bytes, str->length);
	str_clear(str);
}

void input_release(struct input *input)
{
	if (input->termkey != NULL)
		termkey_destroy(input->termkey);
	input->termkey = NULL;
	wipe(&input->bytes);
	wipe(&input->paste);
	str_release(&input->bytes);
	str_release(&input->paste);
}

void input_push(struct input *input, const char *bytes, size_t length)
{
	secret_wipe(input->bytes.bytes, input->taken);
	str_remove(&input->bytes, 0, input->taken);
	input->taken = 0;
	str_append(&input->bytes, bytes, length);
}

/* How many bytes at the end may be the beginning of the paste's end. */
static size_t paste_end_begun(const char *bytes, size_t length)
{
	for (size_t size = sizeof PASTE_END - 2; size > 0; size--)
		if (size <= length && memcmp(bytes + length - size, PASTE_END, size) == 0)
			return size;
	return 0;
}

/* Takes what there is of a paste; true when it is whole. */
static bool paste_take(struct input *input)
{
	const char *bytes = input->bytes.bytes + input->taken;
	size_t length = input->bytes.length - input->taken;
	const char *end = memmem(bytes, length, PASTE_END, sizeof PASTE_END - 1);
	size_t size = end != NULL ? (size_t)(end - bytes) : length - paste_end_begun(bytes, length);
	size_t room = INPUT_PASTE_MAX - input->paste.length;
	str_append(&input->paste, bytes, size < room ? size : room);
	input->paste_cut = input->paste_cut || size > room;
	input->taken += size;
	if (end == NULL)
		return false;
	input->taken += sizeof PASTE_END - 1;
	input->in_paste = false;
	return true;
}

/* Where the string ends: how many bytes at `at` belong to its end (0: it ended before), or -1 where
 * it goes on. At least two bytes are there when the first is ESC. */
static int string_end(const struct input *input, const unsigned char *at)
{
	if (at[0] == BEL || (at[0] == C1_ST && input->skipping == C1_STRING_MARK))
		return 1;
	if (at[0] == ESC)
		return at[1] == '\\' ? 2 : 0;
	return at[0] < 0x20 ? 0 : -1; /* a reply holds none: it was torn off, this is a key */
}

/* The same for the rest of a sequence. */
static int sequence_end(const unsigned char *at)
{
	if (at[0] >= 0x20 && at[0] < 0x40)
		return -1;
	return at[0] >= 0x40 && at[0] < 0x7f ? 1 : 0;
}

/* Swallows the rest of a string, or of a sequence, as far as it has come. */
static void skip(struct input *input)
{
	while (input->skipping != 0 && input->taken < input->bytes.length) {
		const unsigned char *at = (const unsigned char *)input->bytes.bytes + input->taken;
		bool is_string = input->skipping != '[';
		if (is_string && at[0] == ESC && input->taken + 1 == input->bytes.length)
			return;
		int end = is_string ? string_end(input, at) : sequence_end(at);
		input->taken += end < 0 ? 1 : (size_t)end;
		input->skipping_fresh = true;
		if (end >= 0)
			input->skipping = 0;
	}
}

static void skip_begin(struct input *input, char what)
{
	input->skipping = what;
	input->skipping_late = false;
	input->skipping_fresh = true;
}

static bool event_key(struct input_event *event, uint32_t key)
{
	*event = (struct input_event) { .kind = INPUT_KEY, .key = key };
	return key != 0;
}

/* xterm's SGR form of the mouse (1006): "[<BUTTON;COLUMN;ROWM", counted from 1; "m" for letting go.
 * Other buttons, and those with Shift, Alt or Ctrl, do nothing here. */
static bool event_mouse(struct input_event *event, const char *sequence, size_t length)
{
	static const struct {
		unsigned button;
		enum input_kind kind;
	} kinds[] = { { 0, INPUT_CLICK }, { 64, INPUT_WHEEL_UP }, { 65, INPUT_WHEEL_DOWN } };
	char text[KEY_SEQUENCE_MAX + 4];
	unsigned button, column, row;
	int used = -1;
	(void)snprintf(text, sizeof text, "%.*s", (int)length, sequence);
	(void)sscanf(text, "[<%3u;%5u;%5uM%n", &button, &column, &row, &used);
	if (used != (int)length || column == 0 || row == 0)
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
		if (kinds[i].button == button) {
			*event = (struct input_event) { .kind = kinds[i].kind,
							.row = (int)row - 1,
							.column = (int)column - 1 };
			return true;
		}
	return false;
}

/* Takes one unit; true when it is an event. */
static bool unit_take(struct input *input, struct unit cut, struct input_event *event)
{
	const char *bytes = input->bytes.bytes + input->taken;
	uint32_t key = 0, character;
	input->taken += cut.length;
	switch (cut.kind) {
	case UNIT_CHARACTER:
		if (text_utf8_decode(bytes + cut.prefix, cut.length - cut.prefix, &character) > 0)
			key = key_of_character(character);
		break;
	case UNIT_SEQUENCE: {
		char sequence[KEY_SEQUENCE_MAX + 4];
		size_t length = cut.length - cut.prefix;
		memcpy(sequence, bytes + cut.prefix, length);
		if (cut.prefix == 0)
			sequence[0] = (unsigned char)sequence[0] == C1_CSI ? '[' : 'O';
		input->in_paste = length == sizeof PASTE_BEGIN - 1 &&
				  memcmp(sequence, PASTE_BEGIN, length) == 0;
		if (sequence[1] == '<')
			return event_mouse(event, sequence, length);
		if (!input->in_paste)
			key = key_of_sequence(input->termkey, sequence, length);
		break;
	}
	case UNIT_STRING: skip_begin(input, cut.prefix == 0 ? C1_STRING_MARK : ']'); break;
	case UNIT_OVERLONG: skip_begin(input, '['); break;
	case UNIT_TORN:
	case UNIT_NOISE: break;
	}
	return event_key(event, key != 0 && cut.has_alt ? key | KEY_ALT : key);
}

bool input_next(struct input *input, struct input_event *event)
{
	if (!input->in_paste) {
		wipe(&input->paste);
		input->paste_cut = false;
	}
	for (;;) {
		skip(input);
		size_t length = input->bytes.length - input->taken;
		if (length == 0)
			break;
		if (input->in_paste) {
			if (!paste_take(input))
				break;
			*event = (struct input_event) { .kind = INPUT_PASTE,
							.text = input->paste.bytes,
							.length = input->paste.length,
							.cut = input->paste_cut };
			return true;
		}
		struct unit cut =
			unit_cut((const unsigned char *)input->bytes.bytes + input->taken, length);
		if (cut.kind == UNIT_TORN || input->skipping != 0)
			return false;
		if (unit_take(input, cut, event))
			return true;
	}
	if (input->taken == input->bytes.length) {
		wipe(&input->bytes);
		input->taken = 0;
	}
	return false;
}

bool input_is_waiting(const struct input *input)
{
	if (input->in_paste)
		return false;
	if (input->taken == input->bytes.length)
		return input->skipping != 0 && input->skipping_fresh;
	unsigned char first = (unsigned char)input->bytes.bytes[input->taken];
	return first == ESC || (first >= 0x80 && first < 0xa0);
}

/* Begins to skip what is known to be a torn sequence: its rest may come late, but a second pause
 * means that the person types again. */
static void skip_expire(struct input *input)
{
	if (input->skipping_late || input->taken < input->bytes.length)
		input->skipping = 0;
	input->skipping_late = true;
	input->skipping_fresh = false;
}

bool input_expire(struct input *input, struct input_event *event)
{
	if (input->in_paste)
		return false;
	if (input->skipping != 0)
		skip_expire(input);
	if (!input_is_waiting(input))
		return false;
	const unsigned char *bytes = (const unsigned char *)input->bytes.bytes + input->taken;
	size_t length = input->bytes.length - input->taken;
	if (unit_cut(bytes, length).kind != UNIT_TORN)
		return input_next(input, event);
	if (bytes[0] == ESC && (length == 1 || bytes[1] == ESC || bytes[1] >= 0x80)) {
		input->taken++;
		return event_key(event, KEY_ESCAPE);
	}
	input->taken += length;
	if (bytes[0] == ESC && length == 2)
		return event_key(event, KEY_ALT | bytes[1]);
	if (length > 1) {
		skip_begin(input, '[');
		skip_expire(input);
	}
	return false;
}
