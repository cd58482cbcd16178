#include "base/csv.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static char separator_find(const char *bytes)
{
	static const char separators[] = ",;\t";
	size_t counts[sizeof separators] = { 0 };
	bool is_quoted = false;
	for (; *bytes != '\0' && (is_quoted || *bytes != '\n'); bytes++) {
		const char *separator = strchr(separators, *bytes);
		if (*bytes == '"')
			is_quoted = !is_quoted;
		else if (separator != NULL && !is_quoted)
			counts[separator - separators]++;
	}
	size_t best = 0;
	for (size_t i = 1; separators[i] != '\0'; i++)
		if (counts[i] > counts[best])
			best = i;
	return separators[best];
}

void csv_init(struct csv *csv, const char *bytes, size_t length)
{
	size_t mark = text_starts_with(bytes, "\xef\xbb\xbf") ? 3 : 0;
	*csv = (struct csv) {
		.at = bytes + mark,
		.end = bytes + length,
		.separator = separator_find(bytes + mark),
		.next_line = 1,
	};
	str_init(&csv->bytes);
}

void csv_release(struct csv *csv)
{
	str_release(&csv->bytes);
	free(csv->starts);
	*csv = (struct csv) { 0 };
}

/* Where a line ends: its end is 1 or 2 bytes long, 0 elsewhere. */
static size_t line_end(const struct csv *csv)
{
	if (*csv->at == '\n')
		return 1;
	return csv->at[0] == '\r' && csv->at[1] == '\n' ? 2 : 0;
}

static bool is_value_end(const struct csv *csv)
{
	return csv->at == csv->end || *csv->at == csv->separator || line_end(csv) > 0;
}

static void quoted_read(struct csv *csv)
{
	for (csv->at++; csv->at < csv->end; csv->at++) {
		if (csv->at[0] == '"' && csv->at[1] != '"')
			break;
		if (csv->at[0] == '"')
			csv->at++;
		csv->next_line += *csv->at == '\n';
		str_add_char(&csv->bytes, *csv->at);
	}
	if (csv->at == csv->end) {
		csv->fault = "A quote that begins there does not end.";
		return;
	}
	csv->at++;
	if (!is_value_end(csv))
		csv->fault = "There is text behind a closing quote.";
}

static void value_read(struct csv *csv)
{
	csv->starts = mem_grow(csv->starts, csv->count, sizeof *csv->starts);
	csv->starts[csv->count++] = csv->bytes.length;
	if (*csv->at == '"')
		quoted_read(csv);
	for (; !is_value_end(csv); csv->at++) {
		if (*csv->at == '"' && csv->fault == NULL)
			csv->fault = "A quote stands within a value that is not in quotes.";
		str_add_char(&csv->bytes, *csv->at);
	}
	str_append(&csv->bytes, "", 1); /* the NUL */
}

static void line_end_skip(struct csv *csv)
{
	csv->at += line_end(csv);
	csv->next_line++;
}

bool csv_next(struct csv *csv)
{
	while (csv->at < csv->end && line_end(csv) > 0)
		line_end_skip(csv);
	str_clear(&csv->bytes);
	csv->count = 0;
	csv->fault = NULL;
	csv->line = csv->next_line;
	if (csv->at == csv->end)
		return false;
	value_read(csv);
	while (csv->at < csv->end && *csv->at == csv->separator) {
		csv->at++;
		value_read(csv);
	}
	line_end_skip(csv);
	return true;
}

const char *csv_value(const struct csv *csv, size_t index)
{
	return index < csv->count ? csv->bytes.bytes + csv->starts[index] : "";
}
