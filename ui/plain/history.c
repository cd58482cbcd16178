#include "ui/plain/history.h"

#include "base/clock.h"
#include "base/mem.h"
#include "ui/app/history_words.h"
#include "ui/plain/review.h"

#include <stdlib.h>

enum { SHOWN_MAX = 20 /* entries; older ones are chosen by their number all the same */ };

/* --- the list --------------------------------------------------------------------------------- */

static void changes_write(const struct history_entry *entry, struct str *out)
{
	struct change_lines lines = { 0 };
	char *sentence = history_changed(entry, &lines);
	if (sentence != NULL)
		str_add(out, sentence);
	else
		str_addf(out, "%s: from %s to %s", lines.items[0].label, lines.items[0].old_text,
			 lines.items[0].new_text);
	if (lines.count > 1)
		str_addf(out, ", and %zu more", lines.count - 1);
	change_lines_release(&lines);
	free(sentence);
}

/* "2026-11-22 12:41, Send: Applied, by anna. SIP signalling: from Disabled to Enabled" */
static void entry_row_say(struct plain *plain, size_t place, const struct history_entry *entry)
{
	char when[CLOCK_TEXT_SIZE];
	const char *settled = history_settled(entry);
	struct str words;
	str_init(&words);
	str_addf(&words, "%s, %s: %s, by %s%s%s%s. ", clock_day_minute(entry->began_at, when),
		 history_entry_title(entry), history_entry_words(entry), entry->who.user,
		 history_entry_is_open(entry) ? ", left half-done" : "",
		 settled == NULL ? "" : ", afterwards ", settled == NULL ? "" : settled);
	changes_write(entry, &words);
	talk_row(&plain->talk, place, words.bytes);
	str_release(&words);
}

/* The newest has number 1. */
static const struct history_entry *entry_at(const struct history_entries *entries, size_t place)
{
	return &entries->items[entries->count - place];
}

static void list_say(struct plain *plain, const struct history_entries *entries)
{
	struct talk *talk = &plain->talk;
	size_t broken_line = 0;
	struct err err;
	talk_title(talk, "History, the newest first");
	if (entries->count == 0)
		talk_say(talk, "%s", HISTORY_EMPTY);
	(void)history_verify(&plain->number->history, &broken_line, &err);
	if (broken_line > 0) {
		char *words = history_broken_words(broken_line);
		talk_say(talk, "%s", words);
		free(words);
	}
	for (size_t place = 1; place <= entries->count && place <= SHOWN_MAX; place++)
		entry_row_say(plain, place, entry_at(entries, place));
	if (entries->count > SHOWN_MAX)
		talk_say(talk, "And %zu older ones: the oldest has number %zu.",
			 entries->count - SHOWN_MAX, entries->count);
}

/* --- one entry -------------------------------------------------------------------------------- */

static void request_say(struct plain *plain, size_t place, const struct history_request *request)
{
	talk_row(&plain->talk, place, request->title);
	talk_say(&plain->talk, "%s", history_request_words(request));
	if (request->words != NULL)
		talk_say(&plain->talk, "The service's own words: %s", request->words);
}

static void facts_say(struct plain *plain, const struct history_entry *entry)
{
	struct talk *talk = &plain->talk;
	char when[CLOCK_TEXT_SIZE];
	struct str who;
	str_init(&who);
	who_write_words(&entry->who, &who);
	talk_title(talk, history_entry_title(entry));
	talk_say(talk, "When: %s", clock_day_minute(entry->began_at, when));
	talk_say(talk, "Who: %s", who.bytes);
	if (entry->label != NULL && !text_equal(entry->label, plain->number->label))
		talk_say(talk, "Number was called: %s", entry->label);
	talk_say(talk, "Outcome: %s", history_entry_words(entry));
	if (history_afterwards(entry) != NULL)
		talk_say(talk, "Afterwards: %s", history_afterwards(entry));
	str_release(&who);
}

static void entry_say(struct plain *plain, const struct history_entry *entry)
{
	struct talk *talk = &plain->talk;
	struct change_lines lines = { 0 };
	facts_say(plain, entry);
	talk_title(talk, "What changed");
	char *sentence = history_changed(entry, &lines);
	if (sentence != NULL)
		talk_say(talk, "%s", sentence);
	plain_change_lines_say(plain, &lines, false);
	change_lines_release(&lines);
	free(sentence);
	talk_title(talk, "Requests");
	if (entry->request_count == 0)
		talk_say(talk, "None was sent.");
	for (size_t i = 0; i < entry->request_count; i++)
		request_say(plain, i + 1, &entry->requests[i]);
}

static void compare_say(struct plain *plain, const struct history_entry *entry)
{
	struct talk *talk = &plain->talk;
	const struct open_number *number = plain->number;
	struct calling_settings then;
	talk_title(talk, "From after it to now");
	if (!number->has_settings) {
		talk_say(talk, "The number was not read yet, so what the service shows now is not "
			       "known.");
	} else if (!history_entry_settings(entry, true, &then)) {
		talk_say(talk, "What the service held after this one was not read back.");
	} else {
		plain_lines_say(plain, &then.values, &number->settings.values,
				"None: both are the same in every field that can be set.");
		settings_release(&then);
	}
}

static void json_say(struct plain *plain, const struct history_entry *entry)
{
	struct str text;
	str_init(&text);
	history_json_write(entry, &text);
	talk_title(&plain->talk, "Exact JSON");
	talk_page(&plain->talk, text.bytes);
	str_release(&text);
}

/* --- put back --------------------------------------------------------------------------------- */

static bool replaces_agreed(struct plain *plain)
{
	char *words = history_replaces_words(plain->number);
	if (words == NULL)
		return true;
	char *question = mem_format("%s Replace your draft?", words);
	bool is_agreed = plain_agrees(plain, question);
	free(question);
	free(words);
	return is_agreed;
}

/* Returns true once there is a draft to be reviewed. */
static bool put_back(struct plain *plain, const struct history_entry *entry, bool after)
{
	struct talk *talk = &plain->talk;
	struct calling_settings settings;
	const char *why = history_put_back_why_not(plain->number);
	if (why == NULL)
		why = history_side_why_not(entry, after);
	if (why != NULL) {
		talk_say(talk, "%s", why);
		return false;
	}
	if (!replaces_agreed(plain) || !history_entry_settings(entry, after, &settings)) {
		talk_say(talk, "Nothing was put back.");
		return false;
	}
	bool differs = open_number_put_back(plain->number, &settings.values);
	settings_release(&settings);
	if (!differs)
		talk_say(talk, "%s", HISTORY_PUT_BACK_SAME);
	else
		plain_review_say(plain);
	return differs;
}

/* --- what is done ----------------------------------------------------------------------------- */

enum { PUT_BEFORE, PUT_AFTER, COMPARE, JSON, WAYS };

static const char *const WAY_WORDS[WAYS] = {
	[PUT_BEFORE] = ("Put back the settings before it: they become your draft, which you review "
			"before anything is sent"),
	[PUT_AFTER] = "Put back the settings after it, in the same way",
	[COMPARE] = "Compare it with what the service shows now",
	[JSON] = "Exact JSON of each request, and of the settings before and after",
};

/* True: something was put back, and the history is left. */
static bool entry_run(struct plain *plain, const struct history_entry *entry)
{
	entry_say(plain, entry);
	for (;;) {
		talk_title(&plain->talk, "What to do with it");
		for (size_t way = 0; way < WAYS; way++)
			talk_row(&plain->talk, way + 1, WAY_WORDS[way]);
		int way = talk_choose(&plain->talk,
				      "Number of your choice, or an empty line to go back: ", WAYS);
		if (way < 0)
			return false;
		if (way == COMPARE)
			compare_say(plain, entry);
		else if (way == JSON)
			json_say(plain, entry);
		else if (put_back(plain, entry, way == PUT_AFTER))
			return true;
	}
}

void plain_history(struct plain *plain)
{
	struct history_entries entries = { 0 };
	struct err err;
	if (!history_entries_read(&entries, &plain->number->history, &err)) {
		talk_error(&plain->talk, &err);
		history_entries_release(&entries);
		return;
	}
	int choice = 0;
	while (choice >= 0) {
		list_say(plain, &entries);
		choice = entries.count == 0
				 ? -1
				 : talk_choose(&plain->talk,
					       "Number of an entry, or an empty line to go back: ",
					       entries.count);
		if (choice >= 0 && entry_run(plain, entry_at(&entries, (size_t)choice + 1)))
			break;
	}
	history_entries_release(&entries);
}
