#include "store/numbers_csv.h"

#include "base/csv.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/text_set.h"
#include "store/number_judge.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MAX = 64, COLUMN_NAME_MAX = 64 };

static const char COMMAND[] = "command:";

/* Each puts a value into a number, or says in a sentence why it cannot. Values are not repeated:
 * whoever mistakes a column may have put a key there. */
typedef const char *value_read_fn(struct number *number, size_t offset, const char *value);

static const char *text_put(struct number *number, size_t offset, const char *value)
{
	mem_text_set((char **)((char *)number + offset), value);
	return NULL;
}

static const char *key_put(struct number *number, size_t offset, const char *value)
{
	struct key_source *source = (struct key_source *)((char *)number + offset);
	if (value[0] == '\0')
		return NULL;
	if (text_starts_with(value, COMMAND)) {
		struct err err;
		if (!key_command_parse(value + strlen(COMMAND), &source->command, &err))
			return "The command of the key is no plain line of words, as in: "
			       "command:pass show 360dialog/acme";
		source->kind = KEY_SOURCE_COMMAND;
		return NULL;
	}
	if (key_source_from_word(value, &source->kind) && source->kind != KEY_SOURCE_COMMAND)
		return NULL;
	*source = (struct key_source) { 0 };
	return "The key is neither ask nor vault nor command: with a line. Keys themselves never "
	       "stand in a table.";
}

static const char *switch_put(struct number *number, size_t offset, const char *value)
{
	static const struct {
		const char *word;
		bool is_on;
	} words[] = {
		{ "", false },	 { "no", false },  { "false", false }, { "0", false },
		{ "yes", true }, { "true", true }, { "1", true },      { "x", true },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		if (!text_equal_nocase(value, words[i].word))
			continue;
		*(bool *)((char *)number + offset) = words[i].is_on;
		return NULL;
	}
	return "read_only is neither yes nor no.";
}

static const struct column {
	const char *name;
	value_read_fn *put;
	size_t offset; /* in struct number */
} COLUMNS[] = {
	{ "label", text_put, offsetof(struct number, label) },
	{ "phone_number", text_put, offsetof(struct number, phone_number) },
	{ "api_url", text_put, offsetof(struct number, api_url) },
	{ "key", key_put, offsetof(struct number, key_source) },
	{ "tags", text_put, offsetof(struct number, tags) },
	{ "note", text_put, offsetof(struct number, note) },
	{ "read_only", switch_put, offsetof(struct number, is_read_only) },
};

/* --- the first line --------------------------------------------------------------------------- */

struct header {
	const struct column *columns[COLUMNS_MAX]; /* NULL: without a name, and empty */
	size_t count;
};

/* "D360-API-Key " as "d360_api_key"; cut to what any of ours is long. */
static void column_name_fold(const char *name, char out[COLUMN_NAME_MAX])
{
	size_t length = 0;
	name += strspn(name, " ");
	for (; *name != '\0' && length + 1 < COLUMN_NAME_MAX; name++)
		out[length++] = strchr("- ", *name) != NULL    ? '_'
				: *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a')
							       : *name;
	while (length > 0 && out[length - 1] == '_')
		length--;
	out[length] = '\0';
}

static bool holds_keys(const char *folded)
{
	static const char *const parts[] = { "api_key", "apikey",   "secret",
					     "token",	"password", "passphrase" };
	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
		if (strstr(folded, parts[i]) != NULL)
			return true;
	return false;
}

static bool column_unknown(const char *name, const char *folded, struct err *err)
{
	if (holds_keys(folded)) {
		(void)err_set(
			err, ERR_INPUT,
			"The column “%s” seems to hold keys. Keys never stand in a table, and "
			"nothing was imported.",
			name);
		err_next_step(err, "Delete the column and the file; give each key to sipdesk "
				   "itself, which keeps it in the vault.");
		return false;
	}
	(void)err_set(err, ERR_INPUT, "The column “%s” is not known, so nothing was imported.",
		      name);
	err_next_step(err, "There are: label, phone_number, api_url, key, tags, note, read_only. "
			   "Delete the others.");
	return false;
}

static bool column_find(struct header *header, const char *name, struct err *err)
{
	char folded[COLUMN_NAME_MAX];
	const struct column *column = NULL;
	column_name_fold(name, folded);
	for (size_t i = 0; i < ARRAY_LENGTH(COLUMNS); i++)
		if (strcmp(folded, COLUMNS[i].name) == 0)
			column = &COLUMNS[i];
	if (column == NULL && folded[0] != '\0')
		return column_unknown(name, folded, err);
	for (size_t i = 0; i < header->count && column != NULL; i++)
		if (header->columns[i] == column)
			return err_set(err, ERR_INPUT, "The column %s stands there twice.",
				       column->name);
	header->columns[header->count++] = column;
	return true;
}

static bool header_read(struct header *header, struct csv *csv, struct err *err)
{
	bool has_label = false;
	*header = (struct header) { 0 };
	if (!csv_next(csv))
		return err_set(err, ERR_INPUT, "The table is empty.");
	if (csv->fault != NULL || csv->count > COLUMNS_MAX)
		return err_set(err, ERR_INPUT, "The first line does not name columns. %s",
			       csv->fault != NULL ? csv->fault : "There are too many.");
	for (size_t i = 0; i < csv->count; i++)
		if (!column_find(header, csv_value(csv, i), err))
			return false;
	for (size_t i = 0; i < header->count; i++)
		has_label = has_label || header->columns[i] == &COLUMNS[0];
	if (has_label)
		return true;
	(void)err_set(err, ERR_INPUT, "The first line names no column “label”.");
	err_next_step(err, "The first line names the columns, as: label,phone_number,key,tags");
	return false;
}

/* --- the others ------------------------------------------------------------------------------- */

static void fault_add(struct numbers_csv *csv, size_t line, const char *reason)
{
	if (csv->fault_count < NUMBERS_CSV_FAULTS_MAX)
		csv->faults[csv->fault_count] =
			(struct numbers_csv_fault) { line, mem_text(reason) };
	csv->fault_count++;
}

static bool is_empty(const struct csv *table)
{
	for (size_t i = 0; i < table->count; i++)
		if (csv_value(table, i)[0] != '\0')
			return false;
	return true;
}

/* NULL: nothing is wrong with it. Caller frees. */
static char *values_put(struct number *number, const struct header *header, const struct csv *table)
{
	if (table->fault != NULL)
		return mem_text(table->fault);
	if (table->count != header->count)
		return mem_format("It has %zu values, and the first line names %zu columns.",
				  table->count, header->count);
	for (size_t i = 0; i < header->count; i++) {
		const struct column *column = header->columns[i];
		const char *value = csv_value(table, i);
		const char *reason = NULL;
		if (column != NULL)
			reason = column->put(number, column->offset, value);
		else if (value[0] != '\0')
			reason = "It has a value in a column without a name.";
		if (reason != NULL)
			return mem_text(reason);
	}
	return NULL;
}

static char *number_reason(struct number *number, const struct numbers_csv_rules *rules,
			   struct text_set *labels)
{
	struct err err;
	if (number->api_url == NULL || number->api_url[0] == '\0')
		mem_text_set(&number->api_url, rules->api_url);
	bool is_right =
		number_judge(number, true, &err) &&
		(rules->api_url_judge == NULL || rules->api_url_judge(number->api_url, &err)) &&
		(text_set_add(labels, number->label) || number_label_taken(number->label, &err));
	if (is_right)
		return NULL;
	return mem_format("%s%s%s", err.sentence, err.next_step[0] == '\0' ? "" : " ",
			  err.next_step);
}

static void record_take(struct numbers_csv *csv, const struct header *header,
			const struct csv *table, const struct numbers_csv_rules *rules,
			struct text_set *labels)
{
	struct number number = { 0 };
	char *reason = values_put(&number, header, table);
	if (reason == NULL)
		reason = number_reason(&number, rules, labels);
	if (reason != NULL) {
		fault_add(csv, table->line, reason);
		free(reason);
		number_release(&number);
		return;
	}
	csv->items = mem_grow(csv->items, csv->count, sizeof *csv->items);
	csv->items[csv->count++] = number;
}

static size_t lines_in(const char *bytes)
{
	size_t count = 1;
	for (; *bytes != '\0'; bytes++)
		count += *bytes == '\n';
	return count;
}

static bool bytes_judge(const char *bytes, size_t length, struct err *err)
{
	if (strlen(bytes) == length && text_utf8_valid(bytes, length))
		return true;
	(void)err_set(err, ERR_INPUT, "The table is not text in UTF-8, so nothing was imported.");
	err_next_step(err, "Save it from the spreadsheet as “CSV UTF-8”.");
	return false;
}

static bool outcome(struct numbers_csv *csv, struct err *err)
{
	if (csv->fault_count == 0)
		return csv->count > 0 || err_set(err, ERR_INPUT, "The table has no numbers.");
	(void)err_set(err, ERR_INPUT, "%zu of %zu lines cannot be used, so nothing was imported.",
		      csv->fault_count, csv->count + csv->fault_count);
	while (csv->count > 0)
		number_release(&csv->items[--csv->count]);
	return false;
}

bool numbers_csv_read(struct numbers_csv *csv, const char *bytes, size_t length,
		      const struct numbers_csv_rules *rules, struct err *err)
{
	struct csv table;
	struct header header;
	struct text_set labels;
	*csv = (struct numbers_csv) { 0 };
	if (!bytes_judge(bytes, length, err))
		return false;
	csv_init(&table, bytes, length);
	text_set_init(&labels, rules->saved->count + lines_in(bytes));
	for (size_t i = 0; i < rules->saved->count; i++)
		(void)text_set_add(&labels, rules->saved->items[i].label);
	bool is_right = header_read(&header, &table, err);
	while (is_right && csv_next(&table))
		if (table.fault != NULL || !is_empty(&table))
			record_take(csv, &header, &table, rules, &labels);
	is_right = is_right && outcome(csv, err);
	text_set_release(&labels);
	csv_release(&table);
	return is_right;
}

void numbers_csv_release(struct numbers_csv *csv)
{
	for (size_t i = 0; i < csv->count; i++)
		number_release(&csv->items[i]);
	free(csv->items);
	for (size_t i = 0; i < csv->fault_count && i < NUMBERS_CSV_FAULTS_MAX; i++)
		free(csv->faults[i].reason);
	*csv = (struct numbers_csv) { 0 };
}
