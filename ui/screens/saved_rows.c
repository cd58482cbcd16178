#include "ui/screens/saved_rows.h"

#include "base/mem.h"
#include "ui/widgets/secret_edit.h"

enum { PHONE_TYPED_MAX = 40 /* digits, and how people set them apart */ };

const struct saved_row SAVED_ROWS[SAVED_ROW_COUNT] = {
	[ROW_LABEL] = {
		.label = "Name",
		.field = "label",
		.help = "What you call the number: the list and the commands know it by this name.",
		.text = ENTRY_LABEL,
		.limit = NUMBER_LABEL_MAX,
	},
	[ROW_PHONE_NUMBER] = {
		.label = "Phone number",
		.field = "phone_number",
		.help = "With country code, such as +49 30 123456. It shows in the request URI; "
			"may stay empty.",
		.text = ENTRY_PHONE_NUMBER,
		.limit = PHONE_TYPED_MAX,
	},
	[ROW_PROVIDER] = {
		.label = "Provider",
		.help = "Whose service has the number. Space switches between 360dialog and "
			"another address.",
		.kind = KIND_CHOICE,
	},
	[ROW_API_URL] = {
		.label = "API URL",
		.field = "api_url",
		.help = "The provider's address, https:// only: the API key is sent there.",
		.text = ENTRY_API_URL,
		.limit = NUMBER_API_URL_MAX,
	},
	[ROW_KEY_SOURCE] = {
		.label = "Key is kept",
		.kind = KIND_CHOICE, /* its help is the source's */
	},
	[ROW_KEY] = {
		.label = "API key",
		.field = "key",
		.kind = KIND_SECRET,
	},
	[ROW_COMMAND] = {
		.label = "Command",
		.field = "command",
		.help = "One line, run without a shell; the first line it prints is the key. Such "
			"as: pass show 360dialog/acme",
		.text = ENTRY_COMMAND,
		.limit = KEY_COMMAND_TEXT_MAX,
	},
	[ROW_TAGS] = {
		.label = "Tags",
		.field = "tags",
		.help = "Words to find it by, with blanks between; may stay empty.",
		.text = ENTRY_TAGS,
		.limit = NUMBER_TAGS_MAX,
	},
	[ROW_NOTE] = {
		.label = "Note",
		.field = "note",
		.help = "Anything to remember about the number; may stay empty. Never a key: it is "
			"saved as it stands.",
		.text = ENTRY_NOTE,
		.limit = NUMBER_NOTE_MAX,
	},
	[ROW_READ_ONLY] = {
		.label = "Read-only",
		.help = "Yes: sipdesk shows the number's settings and refuses to change them.",
		.kind = KIND_CHOICE,
	},
	[ROW_SAVE] = {
		.label = "Save",
		.help = "Tries the key by reading the settings, and shows them before anything is "
			"saved.",
		.kind = KIND_ACTION,
	},
};

const struct key_place KEY_PLACES[KEY_SOURCE_COUNT] = {
	{ KEY_SOURCE_VAULT, "In the vault",
	  "Encrypted on this machine under one passphrase, asked for once a session: a copied or "
	  "stolen disk does not give it away." },
	{ KEY_SOURCE_COMMAND, "Behind a command",
	  "Your password manager keeps it: sipdesk runs a command of yours each session and "
	  "writes nothing down." },
	{ KEY_SOURCE_ASK, "Asked each session",
	  "Typed each session and written nowhere: nothing on this machine can give it away." },
};

size_t key_place_of(enum key_source_kind kind)
{
	size_t place = 0;
	while (KEY_PLACES[place].kind != kind)
		place++;
	return place;
}

bool saved_row_is_shown(const struct number_entry *entry, int row)
{
	switch (row) {
	case ROW_PROVIDER: return !entry->is_practice;
	case ROW_API_URL: return entry->now.has_other_url;
	case ROW_KEY: return entry->now.key_source != KEY_SOURCE_COMMAND;
	case ROW_COMMAND: return entry->now.key_source == KEY_SOURCE_COMMAND;
	default: return true;
	}
}

static bool key_is_kept(const struct number_entry *entry)
{
	return entry->id != NULL && !secret_is_set(&entry->key);
}

char *saved_row_value(const struct number_entry *entry, int row)
{
	const struct number_entry_values *now = &entry->now;
	switch (row) {
	case ROW_PROVIDER: return mem_text(now->has_other_url ? "Another URL" : "360dialog");
	case ROW_KEY_SOURCE: return mem_text(KEY_PLACES[key_place_of(now->key_source)].words);
	case ROW_READ_ONLY: return mem_text(now->is_read_only ? "Yes" : "No");
	case ROW_KEY: return key_is_kept(entry) ? mem_text("kept") : secret_edit_words(&entry->key);
	case ROW_SAVE: return NULL;
	default: return mem_text(now->texts[SAVED_ROWS[row].text]);
	}
}

static const char *key_help(const struct number_entry *entry)
{
	if (key_is_kept(entry))
		return "While nothing is typed here the key stays as it is; what is typed takes "
		       "its place.";
	return entry->now.key_source == KEY_SOURCE_VAULT
		       ? "Not shown, only counted; tried first, then encrypted into the vault."
		       : "Not shown, only counted; kept for this session only and written nowhere.";
}

const char *saved_row_help(const struct number_entry *entry, int row)
{
	if (row == ROW_KEY)
		return key_help(entry);
	return row == ROW_KEY_SOURCE ? KEY_PLACES[key_place_of(entry->now.key_source)].help
				     : SAVED_ROWS[row].help;
}

void saved_row_help_more(int row, struct str *out)
{
	if (row == ROW_KEY_SOURCE)
		for (size_t i = 0; i < KEY_SOURCE_COUNT; i++)
			str_addf(out, "%s: %s\n\n", KEY_PLACES[i].words, KEY_PLACES[i].help);
	if (SAVED_ROWS[row].limit > 0)
		str_addf(out, "At most %zu characters.", SAVED_ROWS[row].limit);
}

int saved_row_named(const char *field)
{
	int row = 0;
	while (row < SAVED_ROW_COUNT && !text_equal(SAVED_ROWS[row].field, field))
		row++;
	return row;
}
