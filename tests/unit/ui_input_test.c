#include "ui/term/input.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

/* `told`: the names of the keys, each followed by a blank; a paste stands in "<>". */
struct input_case {
	const char *bytes;
	const char *told;
};

/* Whole sequences: the same whatever TERM says and wherever they are torn. */
static const struct input_case KEYS[] = {
	/* characters and control characters */
	{ "a", "a " },
	{ "\xc3\xa4", "ä " },
	{ "\xe2\x82\xac", "€ " },
	{ "\xf0\x9f\x93\x9e", "📞 " },
	{ " ", "Space " },
	{ "\001", "Ctrl-A " },
	{ "\023", "Ctrl-S " },
	{ "\032", "Ctrl-Z " },
	{ "\034", "Ctrl-\\ " },
	{ "\035", "Ctrl-] " },
	{ "\037", "Ctrl-_ " },
	{ "\t", "Tab " },
	{ "\r", "Enter " },
	{ "\n", "Enter " },
	{ "\177", "Backspace " },
	{ "\b", "Backspace " },
	{ "\033b", "Alt-B " },
	{ "\033\xc3\xa4", "Alt-ä " },
	{ "\033\177", "Alt-Backspace " },
	{ "\033\r", "Alt-Enter " },
	/* F-keys: xterm, screen, vt100 */
	{ "\033OP", "F1 " },
	{ "\033OQ", "F2 " },
	{ "\033OR", "F3 " },
	{ "\033OS", "F4 " },
	{ "\033[15~", "F5 " },
	{ "\033[17~", "F6 " },
	{ "\033[18~", "F7 " },
	{ "\033[19~", "F8 " },
	{ "\033[20~", "F9 " },
	{ "\033[21~", "F10 " },
	{ "\033[23~", "F11 " },
	{ "\033[24~", "F12 " },
	/* F-keys: rxvt, the Linux console, kitty, with modifiers */
	{ "\033[11~", "F1 " },
	{ "\033[12~", "F2 " },
	{ "\033[13~", "F3 " },
	{ "\033[14~", "F4 " },
	{ "\033[[A", "F1 " },
	{ "\033[[B", "F2 " },
	{ "\033[[C", "F3 " },
	{ "\033[[D", "F4 " },
	{ "\033[[E", "F5 " },
	{ "\033[P", "F1 " },
	{ "\033[Q", "F2 " },
	{ "\033[S", "F4 " },
	{ "\033[1;2P", "Shift-F1 " },
	{ "\033[1;5Q", "Ctrl-F2 " },
	{ "\033[1;2R", "Shift-F3 " },
	{ "\033[15;5~", "Ctrl-F5 " },
	{ "\033[25~", "Shift-F1 " },
	{ "\033O5P", "Ctrl-F1 " },
	/* moving */
	{ "\033[A", "Up " },
	{ "\033OA", "Up " },
	{ "\033[B", "Down " },
	{ "\033OC", "Right " },
	{ "\033OD", "Left " },
	{ "\033[1;5D", "Ctrl-Left " },
	{ "\033[1;3C", "Alt-Right " },
	{ "\033[1;9C", "Alt-Right " },
	{ "\033[1;6A", "Ctrl-Shift-Up " },
	{ "\033\033[A", "Alt-Up " },
	{ "\033[a", "Shift-Up " },
	{ "\033Od", "Ctrl-Left " },
	{ "\033[H", "Home " },
	{ "\033OH", "Home " },
	{ "\033[1~", "Home " },
	{ "\033[7~", "Home " },
	{ "\033[F", "End " },
	{ "\033OF", "End " },
	{ "\033[4~", "End " },
	{ "\033[8~", "End " },
	{ "\033[5~", "PgUp " },
	{ "\033[6~", "PgDn " },
	{ "\033[6;5~", "Ctrl-PgDn " },
	{ "\033[2~", "Ins " },
	{ "\033[3~", "Del " },
	{ "\033[3$", "Shift-Del " },
	{ "\033[3^", "Ctrl-Del " },
	{ "\033[3@", "Ctrl-Shift-Del " },
	{ "\033[Z", "Shift-Tab " },
	{ "\233A", "Up " },
	{ "\217P", "F1 " },
	/* the keypad in application mode */
	{ "\033OM", "Enter " },
	{ "\033Op", "0 " },
	{ "\033Oy", "9 " },
	{ "\033On", ". " },
	/* CSI u and modifyOtherKeys */
	{ "\033[97u", "a " },
	{ "\033[97;5u", "Ctrl-A " },
	{ "\033[97;2u", "A " },
	{ "\033[98;3u", "Alt-B " },
	{ "\033[13;5u", "Ctrl-Enter " },
	{ "\033[109;5u", "Enter " },
	{ "\033[105;5u", "Tab " },
	{ "\033[104;5u", "Backspace " },
	{ "\033[27u", "Esc " },
	{ "\033[9;2u", "Shift-Tab " },
	{ "\033[32;5u", "Ctrl-Space " },
	{ "\033[47;5u", "Ctrl-_ " },
	{ "\033[27;5;113~", "Ctrl-Q " },
	/* one paste, with whatever is in it */
	{ "\033[200~hello\033[201~", "<hello> " },
	{ "\033[200~\033[201~", "<> " },
	{ "a\033[200~b\033[A\r\n\033\033[20\001\033[201~c", "a <b\033[A\r\n\033\033[20\001> c " },
	{ "\033[200~1\033[201~\033[200~2\033[201~", "<1> <2> " },
	/* what is no key: replies, reports, noise, the unknown */
	{ "\033[?62;1;6;22c", "" },
	{ "\033[>41;354;0c", "" },
	{ "\033[24;80R", "" },
	{ "\033[24;5R", "" },
	{ "\033[?24;80R", "" },
	{ "\033[0n", "" },
	{ "\033[8;24;80t", "" },
	{ "\033[?2026;2$y", "" },
	{ "\033[4;2$y", "" },
	{ "\033[I", "" },
	{ "\033[O", "" },
	{ "\033[M !!", "" },
	/* the mouse: of its buttons only the left, going down, and the wheel */
	{ "\033[<0;12;7M", "click 6,11 " },
	{ "a\033[<0;300;1Mb", "a click 0,299 b " },
	{ "\033[<64;1;1M\033[<65;2;2M", "wheel-up 0,0 wheel-down 1,1 " },
	{ "\033[<0;12;7m", "" },
	{ "\033[<1;12;7M", "" },
	{ "\033[<2;12;7M", "" },
	{ "\033[<4;12;7M", "" },
	{ "\033[<32;12;7M", "" },
	{ "\033[<66;12;7M", "" },
	{ "\033[<0;0;7M", "" },
	{ "\033[<0;7;0M", "" },
	{ "\033[<0;12M", "" },
	{ "\033[<0;12;7;1M", "" },
	{ "\033[<-1;12;7M", "" },
	{ "\033[<0;123456789;7M", "" },
	{ "\033[201~", "" },
	{ "\033[99~", "" },
	{ "\033[57399u", "" },
	{ "\033[67174465u", "" },
	{ "\033[1;5:3A", "" },
	{ "\033[9;9;9z", "" },
	{ "\033[=3 q", "" },
	{ "\033OK", "" },
	{ "\033OE", "" },
	{ "\033O!", "" },
	{ "\033]11;rgb:ffff/ffff/ffff\033\\", "" },
	{ "\033]11;rgb:ffff/ffff/ffff\a", "" },
	{ "\033]52;c;aGVsbG8=\a", "" },
	{ "\033]0;\xc3\x9c\xe2\x82\x9c\a", "" },
	{ "\033P1$r0m\033\\", "" },
	{ "\033P>|XTerm(379)\033\\", "" },
	{ "\033_Gi=31;OK\033\\", "" },
	{ "\033^private\033\\", "" },
	{ "\033Xstart\033\\", "" },
	{ "\23511;rgb:0/0/0\234", "" },
	{ "\220data\033\\", "" },
	{ "\205", "" },
	{ "\xc2\x9b"
	  "A",
	  "A " },
	{ "\xff\xfe", "" },
	{ "\xc3(", "( " },
	{ "\xe2\x82(", "( " },
	{ "\033[1;2\033[A", "Up " },
	{ "\033[12\r", "Enter " },
	{ "\033]11;rgb\r", "Enter " },
	{ "\033]11;rgb\033OP", "F1 " },
};

static const char *const TERMS[] = { "xterm-256color", "linux",	 "vt100",
				     "rxvt",	       "screen", "no-such-terminal" };

static void told_add(struct str *told, const struct input_event *event)
{
	static const char *const mouse[] = { [INPUT_CLICK] = "click",
					     [INPUT_WHEEL_UP] = "wheel-up",
					     [INPUT_WHEEL_DOWN] = "wheel-down" };
	if (event->kind == INPUT_PASTE)
		str_addf(told, "<%s>", event->text);
	else if (event->kind == INPUT_KEY)
		key_name_write(event->key, told);
	else
		str_addf(told, "%s %d,%d", mouse[event->kind], event->row, event->column);
	str_add_char(told, ' ');
}

static void push(struct input *input, const char *bytes, size_t length, struct str *told)
{
	struct input_event event;
	input_push(input, bytes, length);
	while (input_next(input, &event))
		told_add(told, &event);
}

static void expect(const struct str *told, const char *expected, const char *term,
		   const char *bytes)
{
	if (strcmp(told->bytes, expected) == 0)
		return;
	print_error("TERM=%s, bytes:", term);
	for (const char *at = bytes; *at != '\0'; at++)
		print_error(" %02x", (unsigned char)*at);
	print_error("\n");
	assert_string_equal(told->bytes, expected);
}

/* `torn` bytes first, then the rest; or, where it is 0, one byte after the other. */
static void case_run(struct input *input, const char *term, const struct input_case *row,
		     size_t torn)
{
	struct str told, expected;
	char bytes[128];
	str_init(&told);
	str_init(&expected);
	str_addf(&expected, "%sq ", row->told);
	(void)snprintf(bytes, sizeof bytes, "%sq", row->bytes); /* the next key must be itself */
	size_t length = strlen(bytes);
	if (torn > 0 && torn <= length) {
		push(input, bytes, torn, &told);
		push(input, bytes + torn, length - torn, &told);
	}
	for (size_t i = 0; torn == 0 && i < length; i++)
		push(input, bytes + i, 1, &told);
	expect(&told, expected.bytes, term, row->bytes);
	assert_false(input_is_waiting(input));
	str_release(&told);
	str_release(&expected);
}

static void test_sequences_torn_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(TERMS); i++) {
		struct input input;
		assert_true(input_init(&input, TERMS[i]));
		for (size_t j = 0; j < ARRAY_LENGTH(KEYS); j++)
			for (size_t torn = 0; torn <= strlen(KEYS[j].bytes); torn++)
				case_run(&input, TERMS[i], &KEYS[j], torn);
		input_release(&input);
	}
}

/* "|" is a pause: input_expire as long as something waits. */
static const struct input_case PAUSES[] = {
	{ "\033|", "Esc " },
	{ "\033|[A", "Esc [ A " },
	{ "\033|\033|", "Esc Esc " },
	{ "\033\033|", "Esc Esc " },
	{ "\033\033b|", "Esc Alt-B " },
	{ "\033[|", "Alt-[ " },
	{ "\033O|", "Alt-O " },
	{ "\033P|", "Alt-P " },
	{ "\033P|hello", "Alt-P h e l l o " },
	{ "\033]|a", "Alt-] a " },
	{ "\033\033[|", "Esc Alt-[ " },
	{ "\033b|", "Alt-B " },
	{ "a|", "a " },
	{ "\xe2\x82|\xac", "€ " },
	/* a torn sequence does not become text when its rest comes late */
	{ "\033[1;|5Ax", "x " },
	{ "\033[1;|\033[B", "Down " },
	{ "\033[1|;|abc", "a b c " },
	{ "\033O5|Px", "x " },
	{ "\033[M!|!!", "" },
	{ "\033]11;rgb:ff|ff/ffff/ffff\033\\x", "x " },
	{ "\033]11;rgb:ff/\033|\\x", "Esc \\ x " },
	{ "\033Pabc|def|x", "x " },
	{ "\033Pabc|\rx", "Enter x " },
	{ "\233|x", "x " },
	{ "\033[200~a\033|[201~", "<a> " },
};

static void pause(struct input *input, struct str *told)
{
	struct input_event event;
	for (int left = 8; input_is_waiting(input); left--) {
		assert_true(left > 0);
		if (input_expire(input, &event))
			told_add(told, &event);
		while (input_next(input, &event))
			told_add(told, &event);
	}
}

static void test_pauses(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(PAUSES); i++) {
		struct input input;
		struct str told;
		str_init(&told);
		assert_true(input_init(&input, "xterm"));
		for (const char *at = PAUSES[i].bytes; *at != '\0';) {
			size_t length = strcspn(at, "|");
			push(&input, at, length, &told);
			at += length;
			if (*at == '|') {
				pause(&input, &told);
				at++;
			}
		}
		expect(&told, PAUSES[i].told, "xterm", PAUSES[i].bytes);
		input_release(&input);
		str_release(&told);
	}
}

static void test_waits_only_for_escape(void **state)
{
	static const struct {
		const char *bytes;
		bool waits;
	} cases[] = { { "a", false },	      { "\033", true },		 { "\033[", true },
		      { "\033[A", false },    { "\xe2\x82", false },	 { "\033]11;", true },
		      { "\033[200~", false }, { "\033[200~\033", false } };
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct input input;
		struct str told;
		str_init(&told);
		assert_true(input_init(&input, "xterm"));
		push(&input, cases[i].bytes, strlen(cases[i].bytes), &told);
		assert_int_equal(input_is_waiting(&input), cases[i].waits);
		input_release(&input);
		str_release(&told);
	}
}

static void test_long_sequences_are_swallowed(void **state)
{
	struct input input;
	struct str told, bytes;
	(void)state;
	str_init(&told);
	str_init(&bytes);
	str_add(&bytes, "\033[");
	for (int i = 0; i < 500; i++)
		str_add(&bytes, "1;");
	str_add(&bytes, "Ax");
	assert_true(input_init(&input, "xterm"));
	for (size_t i = 0; i < bytes.length; i++)
		push(&input, bytes.bytes + i, 1, &told);
	assert_string_equal(told.bytes, "x ");
	input_release(&input);
	str_release(&told);
	str_release(&bytes);
}

/* In pieces of `step` bytes, as a tty gives them. */
static void paste_run(size_t size, size_t step, bool is_cut)
{
	struct input input;
	struct input_event event = { 0 };
	struct str bytes;
	size_t events = 0;
	str_init(&bytes);
	str_add(&bytes, "\033[200~");
	for (size_t i = 0; i < size; i++)
		str_add_char(&bytes, (char)(1 + i % 255));
	str_add(&bytes, "\033[201~");
	assert_true(input_init(&input, "xterm"));
	for (size_t at = 0; at < bytes.length; at += step) {
		size_t left = bytes.length - at;
		input_push(&input, bytes.bytes + at, left < step ? left : step);
		if (input_next(&input, &event))
			events++;
	}
	assert_int_equal(events, 1);
	assert_int_equal(event.kind, INPUT_PASTE);
	assert_int_equal(event.cut, is_cut);
	assert_int_equal(event.length, is_cut ? INPUT_PASTE_MAX : size);
	assert_memory_equal(event.text, bytes.bytes + strlen("\033[200~"), event.length);
	assert_int_equal(event.text[event.length], '\0');
	input_release(&input);
	str_release(&bytes);
}

static void test_pastes(void **state)
{
	(void)state;
	paste_run(10000, 1, false);
	paste_run(10000, 7, false);
	paste_run(10000, 65536, false);
	paste_run(INPUT_PASTE_MAX, 4096, false);
	paste_run(INPUT_PASTE_MAX + 1, 4096, true);
	paste_run(2 * INPUT_PASTE_MAX, 4 * INPUT_PASTE_MAX, true);
}

static void test_nul_is_ctrl_space(void **state)
{
	struct input input;
	struct input_event event;
	(void)state;
	assert_true(input_init(&input, "xterm"));
	input_push(&input, "\0\033\0", 3);
	assert_true(input_next(&input, &event));
	assert_int_equal(event.key, KEY_CTRL | ' ');
	assert_true(input_next(&input, &event));
	assert_int_equal(event.key, KEY_ALT | KEY_CTRL | ' ');
	input_release(&input);
}

static void test_key_is_text(void **state)
{
	static const struct {
		uint32_t key;
		bool is_text;
	} cases[] = { { 'a', true },	       { ' ', true },	   { 0xe4, true },
		      { 0x10ffff, true },      { 0x1f, false },	   { 0x7f, false },
		      { 0x9b, false },	       { KEY_UP_, false }, { KEY_CTRL | 'a', false },
		      { KEY_ALT | 'b', false } };
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		assert_int_equal(key_is_text(cases[i].key), cases[i].is_text);
}

/* Whatever comes, it is taken, and what is told is a key with a name. */
static void test_noise_never_sticks(void **state)
{
	static const char alphabet[] = "\033\033\033[[]OP;0129~$^@MuAaZ?<\\\a\r\233\235\302\342x ";
	struct input input;
	struct input_event event;
	(void)state;
	srand(1);
	assert_true(input_init(&input, "xterm"));
	for (int round = 0; round < 200000; round++) {
		char byte = alphabet[(size_t)rand() % (sizeof alphabet - 1)];
		struct str name;
		str_init(&name);
		input_push(&input, &byte, 1);
		while (input_next(&input, &event))
			if (event.kind == INPUT_KEY)
				key_name_write(event.key, &name);
		if (rand() % 16 == 0)
			pause(&input, &name);
		assert_true(input.bytes.length - input.taken < 80);
		str_release(&name);
	}
	input_release(&input);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sequences_torn_anywhere),
		cmocka_unit_test(test_pauses),
		cmocka_unit_test(test_waits_only_for_escape),
		cmocka_unit_test(test_long_sequences_are_swallowed),
		cmocka_unit_test(test_pastes),
		cmocka_unit_test(test_nul_is_ctrl_space),
		cmocka_unit_test(test_key_is_text),
		cmocka_unit_test(test_noise_never_sticks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
