#include "service/history_entries.h"

#include "base/mem.h"
#include "base/text.h"
#include "service/send.h"

#include <stdlib.h>
#include <string.h>

static const char *text_of(const struct json_doc *line, const char *name)
{
	return json_text(json_member(line->root, name));
}

static int64_t number_of(const struct json_doc *line, const char *name)
{
	const char *digits = text_of(line, name);
	return digits == NULL ? 0 : strtoll(digits, NULL, 10);
}

/* NULL where there is none, or null. Caller frees. */
static char *slice_of(const struct json_doc *line, const char *name)
{
	const cJSON *member = json_member(line->root, name);
	if (member == NULL || cJSON_IsNull(member))
		return NULL;
	struct json_slice slice = json_slice(line, member);
	return mem_text_n(slice.bytes, slice.length);
}

static void entry_begin(struct history_entries *entries, const struct json_doc *line)
{
	entries->items = mem_grow(entries->items, entries->count, sizeof *entries->items);
	struct history_entry *entry = &entries->items[entries->count++];
	*entry = (struct history_entry) {
		.id = mem_text(text_of(line, "sequence")),
		.label = mem_text(text_of(line, "number")),
		.settles = mem_text(text_of(line, "settles")),
		.began_at = number_of(line, "at"),
		.before = slice_of(line, "before"),
		.goal_count = cJSON_GetArraySize(json_member(line->root, "goals")),
	};
	(void)sequence_kind_read(text_of(line, "kind"), &entry->kind);
	who_read_json(&entry->who, json_member(line->root, "who"));
}

static void request_add(struct history_entry *entry, const struct json_doc *line)
{
	entry->requests = mem_grow(entry->requests, entry->request_count, sizeof *entry->requests);
	struct history_request *request = &entry->requests[entry->request_count++];
	const char *title = text_of(line, "title");
	*request = (struct history_request) {
		.title = mem_text(title == NULL ? "" : title),
		.body = slice_of(line, "body"),
	};
	free(entry->after); /* what was read back before it is no longer what is there */
	entry->after = NULL;
}

static void answer_take(struct history_entry *entry, const struct json_doc *line)
{
	if (entry->request_count == 0)
		return;
	struct history_request *request = &entry->requests[entry->request_count - 1];
	mem_text_set(&request->reach, text_of(line, "reach"));
	mem_text_set(&request->error, text_of(line, "error"));
	const char *words = text_of(line, "words");
	mem_text_set(&request->words, words == NULL || *words == '\0' ? NULL : words);
}

/* A goal reached on the way is no outcome: the next may have been cut off. */
static void result_take(struct history_entry *entry, const struct json_doc *line)
{
	const char *outcome = text_of(line, "outcome");
	bool is_on_the_way = number_of(line, "goal") + 1 < entry->goal_count &&
			     text_equal(outcome, SEND_OUTCOME_WORDS[SEND_APPLIED]);
	mem_text_set(&entry->outcome, is_on_the_way ? NULL : outcome);
	char *after = slice_of(line, "after");
	if (after == NULL)
		return;
	free(entry->after);
	entry->after = after;
}

static struct history_entry *entry_find(struct history_entries *entries, const char *id)
{
	for (size_t i = entries->count; i-- > 0;)
		if (text_equal(entries->items[i].id, id))
			return &entries->items[i];
	return NULL;
}

static bool line_take(void *owner, const struct json_doc *line)
{
	struct history_entries *entries = owner;
	const char *event = text_of(line, "event");
	if (text_equal(event, "begin")) {
		entry_begin(entries, line);
		return true;
	}
	struct history_entry *entry = entry_find(entries, text_of(line, "sequence"));
	if (entry == NULL)
		return true; /* of one that was cut off at the front */
	if (text_equal(event, "request")) {
		request_add(entry, line);
	} else if (text_equal(event, "answer")) {
		answer_take(entry, line);
	} else if (text_equal(event, "result")) {
		result_take(entry, line);
	} else if (text_equal(event, "end")) {
		mem_text_set(&entry->ended, text_of(line, "how"));
		entry->undo_until = 0;
	} else if (text_equal(event, "undo_set")) {
		entry->undo_until = number_of(line, "until");
	} else if (text_equal(event, "undo_end")) {
		entry->undo_until = 0;
	}
	return true;
}

bool history_entries_read(struct history_entries *entries, const struct history *history,
			  struct err *err)
{
	*entries = (struct history_entries) { 0 };
	return history_each(history, line_take, entries, err);
}

static void entry_release(struct history_entry *entry)
{
	for (size_t i = 0; i < entry->request_count; i++) {
		free(entry->requests[i].title);
		free(entry->requests[i].body);
		free(entry->requests[i].reach);
		free(entry->requests[i].error);
		free(entry->requests[i].words);
	}
	free(entry->requests);
	free(entry->id);
	free(entry->label);
	free(entry->settles);
	free(entry->before);
	free(entry->after);
	free(entry->outcome);
	free(entry->ended);
}

void history_entries_release(struct history_entries *entries)
{
	for (size_t i = 0; i < entries->count; i++)
		entry_release(&entries->items[i]);
	free(entries->items);
	*entries = (struct history_entries) { 0 };
}

bool history_entry_settings(const struct history_entry *entry, bool after,
			    struct calling_settings *settings)
{
	const char *calling = after ? entry->after : entry->before;
	if (calling == NULL)
		return false;
	char *answer = mem_format("{\"calling\":%s}", calling);
	bool done = settings_decode(settings, answer, strlen(answer), entry->began_at, NULL);
	free(answer);
	return done;
}

const char *history_entry_title(const struct history_entry *entry)
{
	static const char *const titles[] = {
		[SEQUENCE_SEND] = "Send",
		[SEQUENCE_OFF] = "Emergency off",
		[SEQUENCE_ON] = "Back on",
		[SEQUENCE_MOVE] = "Move",
		[SEQUENCE_RESET_PASSWORD] = "Password reset",
		[SEQUENCE_FINISH] = "Finish",
		[SEQUENCE_UNDO] = "Undo",
	};
	return titles[entry->kind];
}

const char *history_entry_words(const struct history_entry *entry)
{
	if (entry->undo_until != 0)
		return "Applied, undo pending";
	if (entry->outcome != NULL)
		return entry->outcome;
	return entry->request_count > 0 ? "Sent, outcome not known" : "Not sent";
}

/* One that settles another is settled with it. */
bool history_entry_is_open(const struct history_entry *entry)
{
	return entry->ended == NULL && entry->settles == NULL && entry->request_count > 0;
}

const char *history_request_words(const struct history_request *request)
{
	if (request->reach == NULL)
		return "What became of it was not written down.";
	return request->error == NULL ? "The service took it." : request->error;
}
