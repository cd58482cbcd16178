#include "ui/app/number_entry.h"

#include "base/mem.h"
#include "service/client.h"

#include <stdlib.h>
#include <string.h>

static void text_fill(char **text, const char *from)
{
	mem_text_set(text, from == NULL ? "" : from);
}

static void values_fill(struct number_entry_values *values, const struct number *pattern,
			bool is_edit)
{
	for (size_t i = 0; i < ENTRY_TEXT_COUNT; i++)
		values->texts[i] = mem_text("");
	if (pattern == NULL)
		return;
	values->has_other_url = !text_equal(pattern->api_url, ENDPOINT_DEFAULT_URL);
	values->key_source = pattern->key_source.kind;
	values->is_read_only = pattern->is_read_only;
	if (values->has_other_url)
		text_fill(&values->texts[ENTRY_API_URL], pattern->api_url);
	text_fill(&values->texts[ENTRY_TAGS], pattern->tags);
	text_fill(&values->texts[ENTRY_NOTE], pattern->note);
	if (!is_edit)
		return;
	text_fill(&values->texts[ENTRY_LABEL], pattern->label);
	text_fill(&values->texts[ENTRY_PHONE_NUMBER], pattern->phone_number);
	if (pattern->key_source.kind == KEY_SOURCE_COMMAND) {
		struct str line;
		str_init(&line);
		key_command_write(pattern->key_source.command, &line);
		text_fill(&values->texts[ENTRY_COMMAND], line.bytes);
		str_release(&line);
	}
}

void number_entry_init(struct number_entry *entry, const struct number *pattern, bool is_edit,
		       bool is_practice)
{
	*entry = (struct number_entry) { .is_practice = is_practice };
	secret_init(&entry->key);
	if (is_edit)
		entry->id = mem_text(pattern->id);
	values_fill(&entry->now, pattern, is_edit);
	values_fill(&entry->before, pattern, is_edit);
	if (is_practice)
		entry->now.has_other_url = entry->before.has_other_url = true;
}

void number_entry_release(struct number_entry *entry)
{
	free(entry->id);
	for (size_t i = 0; i < ENTRY_TEXT_COUNT; i++) {
		free(entry->now.texts[i]);
		free(entry->before.texts[i]);
	}
	secret_release(&entry->key);
}

bool number_entry_is_changed(const struct number_entry *entry)
{
	const struct number_entry_values *now = &entry->now, *before = &entry->before;
	for (size_t i = 0; i < ENTRY_TEXT_COUNT; i++)
		if (!text_equal(now->texts[i], before->texts[i]))
			return true;
	return secret_is_set(&entry->key) || now->has_other_url != before->has_other_url ||
	       now->key_source != before->key_source || now->is_read_only != before->is_read_only;
}

static char *text_or_none(const char *text)
{
	return text[0] == '\0' ? NULL : mem_text(text);
}

/* Blanks around it cannot be seen. */
static char *url_read(const char *text)
{
	text += strspn(text, " ");
	size_t length = strlen(text);
	while (length > 0 && text[length - 1] == ' ')
		length--;
	return mem_text_n(text, length);
}

bool number_entry_read(const struct number_entry *entry, struct number *number, struct err *err)
{
	const struct number_entry_values *now = &entry->now;
	char *url = url_read(now->has_other_url ? now->texts[ENTRY_API_URL] : ENDPOINT_DEFAULT_URL);
	char **command = NULL;
	bool is_url = http_url_check(url, err);
	if (!is_url)
		err_field(err, "api_url");
	if (!is_url || (now->key_source == KEY_SOURCE_COMMAND &&
			!key_command_parse(now->texts[ENTRY_COMMAND], &command, err))) {
		free(url);
		return false;
	}
	*number = (struct number) {
		.id = mem_text(entry->id),
		.label = mem_text(now->texts[ENTRY_LABEL]),
		.phone_number = text_or_none(now->texts[ENTRY_PHONE_NUMBER]),
		.api_url = url,
		.tags = text_or_none(now->texts[ENTRY_TAGS]),
		.note = text_or_none(now->texts[ENTRY_NOTE]),
		.key_source = { .kind = now->key_source, .command = command },
		.is_read_only = now->is_read_only,
	};
	return true;
}
