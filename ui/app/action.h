/*
 * The action table: one row per thing a person can do. Key bindings, the bottom bar, the list of
 * all actions (F9), the help screen, the KEYS of the README and the man page come from it. A unit
 * test refuses two actions on one key in one context.
 */
#ifndef SIPDESK_UI_APP_ACTION_H
#define SIPDESK_UI_APP_ACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum context {
	CONTEXT_NUMBERS = 1 << 0,
	CONTEXT_SECRET = 1 << 1, /* entry of a key or passphrase; the lock */
	CONTEXT_SETTINGS = 1 << 2,
	CONTEXT_SERVER = 1 << 3,
	CONTEXT_CHANGES = 1 << 4,
	CONTEXT_REVIEW = 1 << 5,
	CONTEXT_SENDING = 1 << 6,
	CONTEXT_CONFLICT = 1 << 7,
	CONTEXT_CREDENTIALS = 1 << 8,
	CONTEXT_TEXT = 1 << 9,	  /* a page of text: help, the exact request */
	CONTEXT_CHOICE = 1 << 10, /* a question, or one of several */
	CONTEXT_FIND = 1 << 11,
	CONTEXT_CHECK = 1 << 12,
	CONTEXT_SAVED_NUMBER = 1 << 13, /* the form that adds or edits one */
	CONTEXT_HISTORY = 1 << 14,	/* its list, and one of its entries */
	CONTEXT_ANY = (1 << 15) - 1,
};

/* In the order of the bar, the list of all actions and the help. */
enum action_id {
	ACTION_NONE,
	ACTION_HELP,
	ACTION_REVIEW,
	ACTION_SAVE_NUMBER,
	ACTION_OPEN,
	ACTION_SEND,
	ACTION_KEEP,
	ACTION_UNDO_NOW,
	ACTION_REQUEST,
	ACTION_CURL,
	ACTION_JSON,
	ACTION_MARK,
	ACTION_COMPARE,
	ACTION_PUT_BACK,
	ACTION_MINE,
	ACTION_THEIRS,
	ACTION_ALL_MINE,
	ACTION_ALL_THEIRS,
	ACTION_FIND,
	ACTION_EDIT_NUMBER,
	ACTION_CHANGES,
	ACTION_RELOAD,
	ACTION_DUPLICATE,
	ACTION_REVEAL,
	ACTION_SORT,
	ACTION_CHECK,
	ACTION_RUN_AGAIN,
	ACTION_CANCEL,
	ACTION_SAVE,
	ACTION_SAVE_CHAIN,
	ACTION_OPENSSL,
	ACTION_TROUBLES,
	ACTION_UNDER_WAY,
	ACTION_MOVE_SERVER,
	ACTION_RESET_PASSWORD,
	ACTION_OFF,
	ACTION_ON,
	ACTION_HISTORY,
	ACTION_COPY,
	ACTION_NEXT_VALUE,
	ACTION_ADD,
	ACTION_REMOVE,
	ACTION_REVERT,
	ACTION_MORE,
	ACTION_BACK,
	ACTION_LEAVE,
	ACTION_UP,
	ACTION_DOWN,
	ACTION_PAGE_UP,
	ACTION_PAGE_DOWN,
	ACTION_FIRST,
	ACTION_LAST,
	ACTION_REPAINT,
	ACTION_LOCK,
	ACTION_SUSPEND,
	ACTION_COUNT,
	/* And from here on, with its index: give the focus to this row, as a click does. No key
	 * does it, and no table lists it. */
	ACTION_ROW = ACTION_COUNT,
};

enum { ACTION_KEYS_MAX = 4 };

struct action {
	const char *name;		/* for lists: "Review and send" */
	unsigned contexts;		/* enum context, several */
	uint32_t keys[ACTION_KEYS_MAX]; /* ui/term/input.h; 0 ends */
	const char *bar;		/* short label for the bottom bar; NULL: not in it */
	const char *help;		/* one sentence */
};

extern const struct action ACTIONS[ACTION_COUNT];

/* What `key` does in a context. While text has the focus characters never act; else the digits 1-9
 * and 0 stand for F1-F10. */
enum action_id action_for_key(enum context context, uint32_t key, bool text_has_focus);

#endif
