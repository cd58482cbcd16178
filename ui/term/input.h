/*
 * Keys: bytes in, events out, through libtermkey in abstract mode. Unknown sequences, terminal
 * replies and torn sequences never become text. One bracketed paste is one event, and so is one
 * click, or one step of the wheel.
 */
#ifndef SIPDESK_UI_TERM_INPUT_H
#define SIPDESK_UI_TERM_INPUT_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A key is a Unicode character or one of these, with KEY_CTRL, KEY_ALT, KEY_SHIFT added. Control
 * characters come as the letter with KEY_CTRL: Ctrl-S is KEY_CTRL | 's'. Shift is only told for
 * keys that are no characters; Shift-Tab is KEY_SHIFT | KEY_TAB. */
enum key_code {
	KEYS_SPECIAL = 0x110000, /* above all of Unicode */
	KEY_UP_,
	KEY_DOWN_,
	KEY_LEFT_,
	KEY_RIGHT_,
	KEY_HOME_,
	KEY_END_,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_INSERT,
	KEY_DELETE,
	KEY_BACKSPACE_,
	KEY_TAB,
	KEY_ENTER_,
	KEY_ESCAPE,
	KEY_F1,
	KEY_F2,
	KEY_F3,
	KEY_F4,
	KEY_F5,
	KEY_F6,
	KEY_F7,
	KEY_F8,
	KEY_F9,
	KEY_F10,
	KEY_F11,
	KEY_F12,
	KEY_SHIFT = 1 << 24,
	KEY_ALT = 1 << 25,
	KEY_CTRL = 1 << 26,
};

enum {
	INPUT_PASTE_MAX = 1024 * 1024, /* bytes; the rest of a longer paste is dropped and said */
};

enum input_kind {
	INPUT_KEY,
	INPUT_PASTE,
	INPUT_CLICK, /* the left button went down; only where the terminal was asked (term.h) */
	INPUT_WHEEL_UP,
	INPUT_WHEEL_DOWN,
};

struct input_event {
	enum input_kind kind;
	uint32_t key;	  /* INPUT_KEY */
	const char *text; /* INPUT_PASTE: borrowed until the next call; NUL-terminated */
	size_t length;
	bool cut;	 /* INPUT_PASTE: longer than INPUT_PASTE_MAX */
	int row, column; /* of the mouse's, from 0 */
};

struct input {
	void *termkey;
	struct str bytes; /* read and not told yet, from `taken` on */
	size_t taken;
	struct str paste;
	char skipping;	     /* 0, or what is swallowed: '[' a sequence, ']' or 'C' a string */
	bool skipping_fresh; /* bytes of it came since the last input_expire */
	bool skipping_late;  /* input_expire has come upon it once */
	bool in_paste;
	bool paste_cut;
};

/* `term_name` NULL: $TERM. */
bool input_init(struct input *input, const char *term_name);
void input_release(struct input *input);

/* Feeds bytes read from the tty (any number; kept in order). */
void input_push(struct input *input, const char *bytes, size_t length);
/* Takes the next event; false when there is none yet. */
bool input_next(struct input *input, struct input_event *event);
/* Is there a beginning that may become a sequence (an ESC)? Then wait term.esc_ms and call
 * input_expire(), after which input_next gives what it is by itself. */
bool input_is_waiting(const struct input *input);
bool input_expire(struct input *input, struct input_event *event);

/* Is it a character that can be typed into text (no modifiers, not a control)? */
bool key_is_text(uint32_t key);
/* "F2", "Ctrl-S", "Shift-Tab", "?", "Esc", "Space": for bar and help. Appends. */
void key_name_write(uint32_t key, struct str *out);

#endif
