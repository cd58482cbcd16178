#include "ui/app/history_words.h"

#include "base/json.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

const char HISTORY_EMPTY[] = "Nothing was written to this number from this account yet.";
const char HISTORY_PUT_BACK_WHICH[] =
	"Which settings become your draft? You review them before anything is sent.";
const char HISTORY_PUT_BACK_SAME[] =
	"The service shows these settings already: nothing was changed.";

char *history_changed(const struct history_entry *entry, struct change_lines *lines)
{
	struct calling_settings before, after;
	if (!history_entry_settings(entry, false, &before))
		return mem_text("What was there before cannot be read.");
	char *sentence = NULL;
	if (history_entry_settings(entry, true, &after)) {
		change_lines_compute(&before.values, &after.values, lines);
		if (lines->count == 0)
			sentence = mem_text("Nothing was changed.");
		settings_release(&after);
	} else {
		sentence =
			mem_format("Not read back. Request: %s",
				   entry->request_count == 0 ? "none" : entry->requests[0].title);
	}
	settings_release(&before);
	return sentence;
}

const char *history_settled(const struct history_entry *entry)
{
	bool was_open = entry->settles == NULL && !text_equal(entry->ended, "through");
	return was_open ? entry->ended : NULL;
}

const char *history_afterwards(const struct history_entry *entry)
{
	return history_entry_is_open(entry) ? "left half-done; it waits to be settled"
					    : history_settled(entry);
}

static void json_add(struct str *out, const char *title, const char *json)
{
	str_addf(out, "%s\n\n", title);
	if (json == NULL)
		str_add(out, "not known");
	else
		json_write_pretty(out, json, strlen(json));
	str_add(out, "\n\n");
}

void history_json_write(const struct history_entry *entry, struct str *out)
{
	for (size_t i = 0; i < entry->request_count; i++) {
		char *title = mem_format("Request %zu: %s", i + 1, entry->requests[i].title);
		json_add(out, title, entry->requests[i].body);
		free(title);
	}
	json_add(out, "Settings before it", entry->before);
	json_add(out, "Settings after it", entry->after);
}

const char *history_put_back_why_not(const struct open_number *number)
{
	if (!number->has_settings)
		return "The number was not read yet; F5 on its screen reads it.";
	return open_number_why_not_editable(number);
}

const char *history_side_why_not(const struct history_entry *entry, bool after)
{
	struct calling_settings settings;
	if (!history_entry_settings(entry, after, &settings))
		return after ? "They were not read back." : "They cannot be read.";
	bool is_whole = settings.why_not_editable == NULL;
	settings_release(&settings);
	return is_whole ? NULL : "They hold what sipdesk cannot write again.";
}

char *history_replaces_words(const struct open_number *number)
{
	size_t count = number->changed_count;
	if (count == 0)
		return NULL;
	return mem_format("You have %zu change%s that %s not sent. What is put back takes the "
			  "place of your draft.",
			  count, count == 1 ? "" : "s", count == 1 ? "is" : "are");
}

char *history_broken_words(size_t broken_line)
{
	return mem_format("This history was changed by hand, or lines are missing: line %zu does "
			  "not follow from the one before. What stands from there on cannot be "
			  "relied on.",
			  broken_line);
}
