#include "ui/app/action.h"

#include "ui/term/input.h"

enum {
	CONTEXT_NUMBER = CONTEXT_SETTINGS | CONTEXT_SERVER | CONTEXT_CHANGES, /* editing one */
};

const struct action ACTIONS[ACTION_COUNT] = {
	[ACTION_HELP] = {
		.name = "Help",
		.contexts = CONTEXT_ANY & ~CONTEXT_CHOICE,
		.keys = { KEY_F1, '?' },
		.bar = "Help",
		.help = "Explains this screen, its fields and every key.",
	},
	[ACTION_REVIEW] = {
		.name = "Review and send",
		.contexts = CONTEXT_NUMBER,
		.keys = { KEY_F2, KEY_CTRL | 's' },
		.bar = "Review",
		.help = "Shows every change, what it means for calls and what will be sent.",
	},
	[ACTION_SAVE_NUMBER] = {
		.name = "Save the number",
		.contexts = CONTEXT_SAVED_NUMBER,
		.keys = { KEY_F2, KEY_CTRL | 's' },
		.bar = "Save",
		.help = "Tries the API key, shows what it opens, then saves the number.",
	},
	[ACTION_OPEN] = {
		.name = "Edit or open",
		.contexts = CONTEXT_ANY & ~CONTEXT_TEXT,
		.keys = { KEY_ENTER_ },
		.bar = NULL,
		.help = "Edits the field, or opens what the row stands for.",
	},
	[ACTION_SEND] = {
		.name = "Send",
		.contexts = CONTEXT_REVIEW,
		.keys = { 'y' },
		.bar = "Send",
		.help = "Sends the changes, reads the number back and compares.",
	},
	[ACTION_KEEP] = {
		.name = "Keep it",
		.contexts = CONTEXT_SETTINGS | CONTEXT_SERVER | CONTEXT_SENDING,
		.keys = { 'k' },
		.bar = "Keep it",
		.help = "Keeps the new settings: the timed undo is called off.",
	},
	[ACTION_UNDO_NOW] = {
		.name = "Undo now",
		.contexts = CONTEXT_SETTINGS | CONTEXT_SERVER | CONTEXT_SENDING,
		.keys = { 'z' },
		.bar = "Undo now",
		.help = "Writes the former settings back, without waiting for the timed undo.",
	},
	[ACTION_REQUEST] = {
		.name = "Exact request",
		.contexts = CONTEXT_REVIEW,
		.keys = { 'b' },
		.bar = "Exact request",
		.help = "Shows the JSON of each request as it will be sent.",
	},
	[ACTION_CURL] = {
		.name = "curl equivalent",
		.contexts = CONTEXT_REVIEW,
		.keys = { 'c' },
		.bar = "curl equivalent",
		.help = "Shows curl commands that do the same, with the key as a placeholder.",
	},
	[ACTION_JSON] = {
		.name = "Exact JSON",
		.contexts = CONTEXT_HISTORY,
		.keys = { 'b' },
		.bar = "Exact JSON",
		.help = "Shows each request as it was sent, and the settings before and after.",
	},
	[ACTION_MARK] = {
		.name = "Mark",
		.contexts = CONTEXT_HISTORY,
		.keys = { ' ' },
		.bar = "Mark",
		.help = "Marks an entry, to compare another with it; once more takes the mark away.",
	},
	[ACTION_COMPARE] = {
		.name = "Compare",
		.contexts = CONTEXT_HISTORY,
		.keys = { 'c' },
		.bar = "Compare",
		.help = "Compares the settings after it with those after the marked one, or with "
			"what the service shows now.",
	},
	[ACTION_PUT_BACK] = {
		.name = "Put it back",
		.contexts = CONTEXT_HISTORY,
		.keys = { 'p' },
		.bar = "Put it back",
		.help = "Makes a draft of the settings before it, or after it, and goes to Review.",
	},
	[ACTION_MINE] = {
		.name = "Keep mine",
		.contexts = CONTEXT_CONFLICT,
		.keys = { 'm' },
		.bar = "Mine",
		.help = "Keeps your value for this field.",
	},
	[ACTION_THEIRS] = {
		.name = "Take theirs",
		.contexts = CONTEXT_CONFLICT,
		.keys = { 't' },
		.bar = "Theirs",
		.help = "Takes the service's value for this field.",
	},
	[ACTION_ALL_MINE] = {
		.name = "Keep all of mine",
		.contexts = CONTEXT_CONFLICT,
		.keys = { 'M' },
		.bar = "All mine",
		.help = "Keeps your value for every field.",
	},
	[ACTION_ALL_THEIRS] = {
		.name = "Take all of theirs",
		.contexts = CONTEXT_CONFLICT,
		.keys = { 'T' },
		.bar = "All theirs",
		.help = "Takes the service's value for every field.",
	},
	[ACTION_FIND] = {
		.name = "Find",
		.contexts = CONTEXT_NUMBERS | CONTEXT_NUMBER,
		.keys = { KEY_F3, '/' },
		.bar = "Find",
		.help = "Finds a number, or a field by its label, help or JSON path.",
	},
	[ACTION_EDIT_NUMBER] = {
		.name = "Edit the number",
		.contexts = CONTEXT_NUMBERS,
		.keys = { KEY_F4 },
		.bar = "Edit",
		.help = "Changes what is saved of the number: name, address, where its key lives.",
	},
	[ACTION_CHANGES] = {
		.name = "Changes only",
		.contexts = CONTEXT_SETTINGS,
		.keys = { KEY_F4 },
		.bar = "Changes",
		.help = "Shows only what you changed; each can be undone.",
	},
	[ACTION_RELOAD] = {
		.name = "Read again",
		.contexts = CONTEXT_NUMBERS | CONTEXT_SETTINGS | CONTEXT_SERVER |
			    CONTEXT_CREDENTIALS | CONTEXT_SENDING,
		.keys = { KEY_F5, KEY_CTRL | 'r' },
		.bar = "Reload",
		.help = "Reads the number again from the service; your changes are kept. In the "
			"list: those in view.",
	},
	[ACTION_DUPLICATE] = {
		.name = "Duplicate",
		.contexts = CONTEXT_NUMBERS,
		.keys = { KEY_F6 },
		.bar = "Duplicate",
		.help = "Adds a number like this one.",
	},
	[ACTION_REVEAL] = {
		.name = "Reveal or hide",
		.contexts = CONTEXT_SETTINGS | CONTEXT_CREDENTIALS | CONTEXT_SENDING,
		.keys = { KEY_F6 },
		.bar = "Reveal",
		.help = "Fetches the SIP user password and shows it for 20 seconds, or hides it.",
	},
	[ACTION_SORT] = {
		.name = "Sort",
		.contexts = CONTEXT_NUMBERS,
		.keys = { KEY_F7 },
		.bar = "Sort",
		.help = "Orders the list by name, number, state or last reading, in turn.",
	},
	[ACTION_CHECK] = {
		.name = "TLS check",
		.contexts = CONTEXT_SETTINGS | CONTEXT_SERVER | CONTEXT_REVIEW,
		.keys = { KEY_F7 },
		.bar = "Check",
		.help = "Finds out whether Meta will accept the SIP server's certificate.",
	},
	[ACTION_RUN_AGAIN] = {
		.name = "Run again",
		.contexts = CONTEXT_CHECK,
		.keys = { 'r', KEY_F7 },
		.bar = "Run again",
		.help = "Runs the check once more.",
	},
	[ACTION_CANCEL] = {
		.name = "Cancel the check",
		.contexts = CONTEXT_CHECK,
		.keys = { 'x' },
		.bar = "Cancel",
		.help = "Ends the check that is running; what it has found stays.",
	},
	[ACTION_SAVE] = {
		.name = "Save the report",
		.contexts = CONTEXT_CHECK,
		.keys = { 's' },
		.bar = "Save report",
		.help = "Saves the check's report as text, or as JSON.",
	},
	[ACTION_SAVE_CHAIN] = {
		.name = "Save the corrected chain",
		.contexts = CONTEXT_CHECK,
		.keys = { 'w' },
		.bar = "Save chain",
		.help = "Saves the server's certificates with the missing one, for its certificate file.",
	},
	[ACTION_OPENSSL] = {
		.name = "openssl equivalent",
		.contexts = CONTEXT_CHECK,
		.keys = { 'o' },
		.bar = "openssl equivalent",
		.help = "Shows the openssl command that would have shown it, and what it leaves out.",
	},
	[ACTION_TROUBLES] = {
		.name = "Troubleshooting",
		.contexts = CONTEXT_NUMBER | CONTEXT_REVIEW | CONTEXT_SENDING | CONTEXT_CHECK |
			    CONTEXT_TEXT,
		.keys = { 't' },
		.bar = NULL,
		.help = "What people see when calls do not work, its causes, and what settles them.",
	},
	[ACTION_UNDER_WAY] = {
		.name = "What is under way",
		.contexts = CONTEXT_SETTINGS | CONTEXT_SERVER,
		.keys = { 'w' },
		.bar = NULL,
		.help = "Shows what is being sent, what was left half-done, or what was sent last.",
	},
	[ACTION_MOVE_SERVER] = {
		.name = "Move to a new server",
		.contexts = CONTEXT_SETTINGS | CONTEXT_SERVER,
		.keys = { 'm' },
		.bar = NULL,
		.help = "Checks another SIP server first, then sends calls there.",
	},
	[ACTION_RESET_PASSWORD] = {
		.name = "Reset SIP password",
		.contexts = CONTEXT_SETTINGS | CONTEXT_CREDENTIALS,
		.keys = { 'p' },
		.bar = NULL,
		.help = "Has a new SIP user password made; calls fail for the seconds it takes.",
	},
	[ACTION_OFF] = {
		.name = "Emergency off",
		.contexts = CONTEXT_SETTINGS | CONTEXT_SERVER,
		.keys = { 'o' },
		.bar = NULL,
		.help = "Disables SIP at once; the SIP server is kept.",
	},
	[ACTION_ON] = {
		.name = "Back on",
		.contexts = CONTEXT_SETTINGS | CONTEXT_SERVER,
		.keys = { 'n' },
		.bar = NULL,
		.help = "Enables SIP again as it was before Emergency off.",
	},
	[ACTION_HISTORY] = {
		.name = "History",
		.contexts = CONTEXT_SETTINGS,
		.keys = { 'h' },
		.bar = NULL,
		.help = "What was written to the number from here: when, by whom, and how it went.",
	},
	[ACTION_COPY] = {
		.name = "Copy",
		.contexts = CONTEXT_TEXT | CONTEXT_SERVER | CONTEXT_CREDENTIALS,
		.keys = { KEY_F8 },
		.bar = "Copy",
		.help = "Sends the text to your terminal's clipboard, if it takes it.",
	},
	[ACTION_NEXT_VALUE] = {
		.name = "Next value",
		.contexts = CONTEXT_SETTINGS | CONTEXT_SERVER | CONTEXT_REVIEW | CONTEXT_CONFLICT |
			    CONTEXT_CHOICE | CONTEXT_SAVED_NUMBER,
		.keys = { ' ' },
		.bar = NULL,
		.help = "Switches the field to its next value.",
	},
	[ACTION_ADD] = {
		.name = "Add",
		.contexts = CONTEXT_NUMBERS | CONTEXT_SETTINGS | CONTEXT_SERVER,
		.keys = { KEY_INSERT },
		.bar = NULL,
		.help = "Adds a number, a SIP server or a parameter.",
	},
	[ACTION_REMOVE] = {
		.name = "Remove",
		.contexts = CONTEXT_NUMBERS | CONTEXT_SETTINGS | CONTEXT_SERVER,
		.keys = { KEY_DELETE, '-' },
		.bar = "Remove",
		.help = "Removes the number from the list, the SIP server or the parameter.",
	},
	[ACTION_REVERT] = {
		.name = "Undo this change",
		.contexts = CONTEXT_NUMBER,
		.keys = { 'u' },
		.bar = NULL,
		.help = "Gives the field back the value that the service has.",
	},
	[ACTION_MORE] = {
		.name = "All actions",
		.contexts = CONTEXT_ANY & ~(CONTEXT_CHOICE | CONTEXT_FIND),
		.keys = { KEY_F9 },
		.bar = "More",
		.help = "Lists everything that can be done here, with its keys.",
	},
	[ACTION_BACK] = {
		.name = "Back",
		.contexts = CONTEXT_ANY,
		.keys = { KEY_ESCAPE, 'q' },
		.bar = "Back",
		.help = "Goes back; while something is under way, cancels it.",
	},
	[ACTION_LEAVE] = {
		.name = "Leave",
		.contexts = CONTEXT_ANY,
		.keys = { KEY_F10, KEY_CTRL | 'q' },
		.bar = "Leave",
		.help = "Ends sipdesk; asks first when something would be lost.",
	},
	[ACTION_UP] = {
		.name = "Up",
		.contexts = CONTEXT_ANY,
		.keys = { KEY_UP_, KEY_SHIFT | KEY_TAB },
		.help = "Moves to the row above.",
	},
	[ACTION_DOWN] = {
		.name = "Down",
		.contexts = CONTEXT_ANY,
		.keys = { KEY_DOWN_, KEY_TAB },
		.help = "Moves to the row below.",
	},
	[ACTION_PAGE_UP] = {
		.name = "Page up",
		.contexts = CONTEXT_ANY,
		.keys = { KEY_PAGE_UP },
		.help = "Moves a page up.",
	},
	[ACTION_PAGE_DOWN] = {
		.name = "Page down",
		.contexts = CONTEXT_ANY,
		.keys = { KEY_PAGE_DOWN },
		.help = "Moves a page down.",
	},
	[ACTION_FIRST] = {
		.name = "First row",
		.contexts = CONTEXT_ANY,
		.keys = { KEY_HOME_ },
		.help = "Moves to the first row.",
	},
	[ACTION_LAST] = {
		.name = "Last row",
		.contexts = CONTEXT_ANY,
		.keys = { KEY_END_ },
		.help = "Moves to the last row.",
	},
	[ACTION_REPAINT] = {
		.name = "Repaint",
		.contexts = CONTEXT_ANY,
		.keys = { KEY_CTRL | 'l' },
		.help = "Draws the whole screen again.",
	},
	[ACTION_LOCK] = {
		.name = "Lock",
		.contexts = CONTEXT_ANY & ~CONTEXT_CHOICE,
		.keys = { KEY_CTRL | 'x' },
		.help = "Wipes all keys from memory and blanks the screen; your changes are kept.",
	},
	[ACTION_SUSPEND] = {
		.name = "Suspend",
		.contexts = CONTEXT_ANY,
		.keys = { KEY_CTRL | 'z' },
		.help = "Steps aside to the shell; `fg` comes back.",
	},
};

static uint32_t digit_to_function_key(uint32_t key)
{
	if (key < '0' || key > '9')
		return key;
	return key == '0' ? KEY_F10 : KEY_F1 + (key - '1');
}

enum action_id action_for_key(enum context context, uint32_t key, bool text_has_focus)
{
	if (key_is_text(key)) {
		if (text_has_focus)
			return ACTION_NONE;
		key = digit_to_function_key(key);
	}
	for (enum action_id id = 0; id < ACTION_COUNT; id++)
		for (size_t i = 0; i < ACTION_KEYS_MAX && ACTIONS[id].keys[i] != 0; i++)
			if (ACTIONS[id].keys[i] == key && (ACTIONS[id].contexts & context) != 0)
				return id;
	return ACTION_NONE;
}
