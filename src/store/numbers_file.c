#include "store/numbers_file.h"

#include "base/json_reader.h"
#include "base/mem.h"
#include "base/text_set.h"
#include "store/folders.h"
#include "store/number_judge.h"

#include <stdlib.h>
#include <string.h>

static const char SCHEMA[] = "1";

/* --- a number's members ---------------------------------------------------------------------- */

/* Each reads the value that stands next into a member of struct number; false where it is of
 * another type. Each writes a member's value; nothing where it has none. */
typedef bool member_read_fn(struct json_reader *reader, void *member);
typedef void member_write_fn(struct str *out, const void *member);

static bool text_read(struct json_reader *reader, void *member)
{
	char **text = member;
	struct json_slice value;
	if (json_reader_next(reader) != '"' || !json_reader_value(reader, &value))
		return false;
	*text = json_slice_unpack(value);
	return true;
}

static void text_write(struct str *out, const void *member)
{
	const char *text = *(char *const *)member;
	if (text != NULL)
		json_write_utf8(out, text);
}

static bool id_read(struct json_reader *reader, void *member)
{
	char **id = member;
	return text_read(reader, member) && strlen(*id) == NUMBER_ID_LENGTH &&
	       (*id)[strspn(*id, "0123456789abcdef")] == '\0';
}

/* Texts of an array, as words with one blank between, in the place of the first: a quote and a
 * comma stood between them. */
static bool tags_read(struct json_reader *reader, void *member)
{
	char **tags = member;
	char *end = NULL;
	if (!json_reader_enter(reader, '['))
		return false;
	while (json_reader_item(reader)) {
		char *word;
		if (!text_read(reader, &word))
			return false;
		size_t length = strlen(word);
		if (end == NULL)
			*tags = end = word;
		else
			*end++ = ' ';
		memmove(end, word, length + 1);
		end += length;
	}
	return true;
}

static void tags_write(struct str *out, const void *member)
{
	const char *tags = *(char *const *)member;
	if (tags == NULL)
		return;
	str_add_char(out, '[');
	for (size_t length; *tags != '\0'; tags += length + (tags[length] == ' ')) {
		length = strcspn(tags, " ");
		char *tag = mem_text_n(tags, length);
		if (out->bytes[out->length - 1] != '[')
			str_add_char(out, ',');
		json_write_utf8(out, tag);
		free(tag);
	}
	str_add_char(out, ']');
}

static bool command_read(struct json_reader *reader, struct key_source *source)
{
	size_t count = 0;
	source->kind = KEY_SOURCE_COMMAND;
	source->command = mem_alloc(1, sizeof *source->command);
	if (!json_reader_enter(reader, '['))
		return false;
	while (json_reader_item(reader)) {
		source->command = mem_resize(source->command, count + 2, sizeof *source->command);
		source->command[count] = source->command[count + 1] = NULL;
		char *word;
		if (!text_read(reader, &word))
			return false;
		source->command[count++] = mem_text(word);
	}
	return true;
}

/* "ask", "vault" or {"command":[…]}. */
static bool key_read(struct json_reader *reader, void *member)
{
	struct key_source *source = member;
	struct json_slice name;
	if (json_reader_enter(reader, '{'))
		return json_reader_member(reader, &name) && json_slice_is(name, "command") &&
		       command_read(reader, source) && !json_reader_member(reader, &name);
	char *word;
	return text_read(reader, &word) && key_source_from_word(word, &source->kind) &&
	       source->kind != KEY_SOURCE_COMMAND;
}

static void key_write(struct str *out, const void *member)
{
	const struct key_source *source = member;
	if (source->kind != KEY_SOURCE_COMMAND) {
		json_write_utf8(out, key_source_word(source->kind));
		return;
	}
	str_add(out, "{\"command\":[");
	for (size_t i = 0; source->command[i] != NULL; i++) {
		if (i > 0)
			str_add_char(out, ',');
		json_write_utf8(out, source->command[i]);
	}
	str_add(out, "]}");
}

static bool switch_read(struct json_reader *reader, void *member)
{
	struct json_slice value;
	char first = json_reader_next(reader);
	*(bool *)member = first == 't';
	return (first == 't' || first == 'f') && json_reader_value(reader, &value);
}

static void switch_write(struct str *out, const void *member)
{
	if (*(const bool *)member)
		str_add(out, "true");
}

/* In the order of the file. */
static const struct number_member {
	const char *name;
	size_t offset; /* in struct number */
	member_read_fn *read;
	member_write_fn *write;
	const char *type; /* what it has to be, as the end of a sentence */
} MEMBERS[] = {
	{ "id", offsetof(struct number, id), id_read, text_write, "a text of 16 hex digits" },
	{ "label", offsetof(struct number, label), text_read, text_write, "a text" },
	{ "phone_number", offsetof(struct number, phone_number), text_read, text_write, "a text" },
	{ "api_url", offsetof(struct number, api_url), text_read, text_write, "a text" },
	{ "key", offsetof(struct number, key_source), key_read, key_write,
	  "\"ask\", \"vault\" or {\"command\":[…]}" },
	{ "tags", offsetof(struct number, tags), tags_read, tags_write, "a list of texts" },
	{ "note", offsetof(struct number, note), text_read, text_write, "a text" },
	{ "read_only", offsetof(struct number, is_read_only), switch_read, switch_write,
	  "true or false" },
};

/* --- members that we do not know -------------------------------------------------------------- */

static void other_add(struct str *others, struct json_slice name, struct json_slice value)
{
	str_add_char(others, others->length == 0 ? '{' : ',');
	str_append(others, name.bytes, name.length);
	str_add_char(others, ':');
	str_append(others, value.bytes, value.length);
}

/* They were stepped over only: here they are judged. */
static bool others_take(struct str *others, char **kept, struct err *err)
{
	struct json_doc doc;
	if (others->length == 0)
		return true;
	str_add_char(others, '}');
	if (!json_doc_parse(&doc, others->bytes, others->length, err))
		return false;
	bool is_right = !json_has_duplicate_keys(doc.root) && !json_has_nul(&doc, doc.root);
	json_doc_release(&doc);
	if (!is_right)
		return err_set(err, ERR_INPUT, "It has a member twice, or a NUL in a text.");
	*kept = mem_text_n(others->bytes + 1, others->length - 2);
	return true;
}

/* --- reading ---------------------------------------------------------------------------------- */

static const struct number_member *member_named(struct json_slice name)
{
	for (size_t i = 0; i < ARRAY_LENGTH(MEMBERS); i++)
		if ((name.bytes[1] == MEMBERS[i].name[0] || name.bytes[1] == '\\') &&
		    json_slice_is(name, MEMBERS[i].name))
			return &MEMBERS[i];
	return NULL;
}

/* A member is read; null is as good as none. */
static bool member_read(struct json_reader *reader, const struct number_member *member,
			struct number *number, struct err *err)
{
	struct json_slice null;
	if (json_reader_next(reader) == 'n')
		return json_reader_value(reader, &null);
	return member->read(reader, (char *)number + member->offset) ||
	       err_set(err, ERR_INPUT, "Its %s is not %s.", member->name, member->type);
}

static bool members_read(struct json_reader *reader, struct number *number, struct str *others,
			 struct err *err)
{
	struct json_slice name, value;
	unsigned seen = 0;
	while (json_reader_member(reader, &name)) {
		const struct number_member *member = member_named(name);
		if (member == NULL) {
			if (json_reader_value(reader, &value))
				other_add(others, name, value);
			continue;
		}
		unsigned bit = 1U << (member - MEMBERS);
		if ((seen & bit) != 0)
			return err_set(err, ERR_INPUT, "It has the member %s twice.", member->name);
		seen |= bit;
		if (!member_read(reader, member, number, err))
			return false;
	}
	return true;
}

static bool number_read(struct json_reader *reader, struct numbers *numbers, struct err *err)
{
	struct str others;
	if (json_reader_next(reader) != '{')
		return err_set(err, ERR_INPUT, "It is not an object.");
	(void)json_reader_enter(reader, '{');
	numbers->items = mem_grow(numbers->items, numbers->count, sizeof *numbers->items);
	struct number *number = &numbers->items[numbers->count++];
	str_init(&others);
	bool done = members_read(reader, number, &others, err) && reader->fault == NULL &&
		    others_take(&others, &number->others, err) && number_judge(number, false, err);
	str_release(&others);
	return done;
}

static bool list_read(struct json_reader *reader, struct numbers *numbers, struct err *err)
{
	struct err cause;
	err_init(&cause);
	if (!json_reader_enter(reader, '['))
		return err_set(err, ERR_INPUT, "it is no list of numbers.");
	for (size_t position = 1; json_reader_item(reader); position++)
		if (!number_read(reader, numbers, &cause))
			return err_set(err, ERR_INPUT, "number %zu cannot be used. %s", position,
				       cause.sentence);
	return true;
}

static bool document_read(struct numbers *numbers, struct err *err)
{
	struct json_reader reader;
	struct json_slice name, value;
	struct str others;
	bool has_schema = false, has_list = false, is_right = true;
	json_reader_init(&reader, numbers->bytes.bytes, numbers->bytes.length);
	if (!json_reader_enter(&reader, '{'))
		return err_set(err, ERR_INPUT, "it is no list of numbers.");
	str_init(&others);
	while (is_right && json_reader_member(&reader, &name)) {
		bool is_schema = json_slice_is(name, "schema");
		bool is_list = json_slice_is(name, "numbers");
		if ((is_schema && has_schema) || (is_list && has_list))
			is_right = err_set(err, ERR_INPUT, "it has a member twice.");
		else if (is_list)
			is_right = list_read(&reader, numbers, err);
		else if (json_reader_value(&reader, &value) && !is_schema)
			other_add(&others, name, value);
		has_schema = has_schema || is_schema;
		has_list = has_list || is_list;
	}
	if (reader.fault != NULL || is_right)
		is_right = json_reader_end(&reader, err);
	if (is_right && !has_list)
		is_right = err_set(err, ERR_INPUT, "it is no list of numbers.");
	is_right = is_right && others_take(&others, &numbers->others, err);
	str_release(&others);
	return is_right;
}

/* An id is needed from the first reading on, and has to be the same in the next. */
static char *id_from_label(const char *label, struct text_set *ids)
{
	uint64_t hash = text_hash_nocase(label);
	char *id = mem_format("%016llx", (unsigned long long)hash);
	while (!text_set_add(ids, id)) {
		free(id);
		id = mem_format("%016llx", (unsigned long long)++hash);
	}
	return id;
}

static bool ids_settle(struct numbers *numbers, struct err *err)
{
	struct text_set ids;
	const struct number *twice = NULL;
	text_set_init(&ids, numbers->count);
	for (size_t i = 0; i < numbers->count && twice == NULL; i++)
		if (numbers->items[i].id != NULL && !text_set_add(&ids, numbers->items[i].id))
			twice = &numbers->items[i];
	for (size_t i = 0; i < numbers->count && twice == NULL; i++)
		if (numbers->items[i].id == NULL)
			numbers->items[i].id = id_from_label(numbers->items[i].label, &ids);
	text_set_release(&ids);
	return twice == NULL ||
	       err_set(err, ERR_INPUT, "two numbers have the id %s, the second is \"%s\".",
		       twice->id, twice->label);
}

static bool labels_judge(const struct numbers *numbers, struct err *err)
{
	struct text_set labels;
	bool is_right = true;
	text_set_init(&labels, numbers->count);
	for (size_t i = 0; i < numbers->count && is_right; i++)
		is_right = text_set_add(&labels, numbers->items[i].label) ||
			   number_label_taken(numbers->items[i].label, err);
	text_set_release(&labels);
	return is_right;
}

/* Looked at before anything else: under a newer schema other things are right. It stands first
 * where we have written the file. NULL: there is none. Caller frees. */
static char *schema_find(const struct str *text)
{
	struct json_reader reader;
	struct json_slice name, value;
	json_reader_init(&reader, text->bytes, text->length);
	if (!json_reader_enter(&reader, '{'))
		return NULL;
	while (json_reader_member(&reader, &name) && json_reader_value(&reader, &value))
		if (json_slice_is(name, "schema"))
			return mem_text_n(value.bytes, value.length);
	return NULL;
}

static enum numbers_reading schema_judge(const char *schema, const char *path, struct err *err)
{
	if (schema == NULL) {
		(void)err_set(err, ERR_INPUT, "it is no list of numbers.");
		return NUMBERS_DAMAGED;
	}
	if (text_equal(schema, SCHEMA))
		return NUMBERS_READ;
	(void)err_set(err, ERR_CONFIG,
		      "The file of saved numbers has the schema %.20s; this sipdesk reads %s.",
		      schema, SCHEMA);
	err_next_step(err, "Use a newer sipdesk, or move %s away.", path);
	return NUMBERS_REFUSED;
}

enum numbers_reading numbers_parse(struct str *text, const char *path, struct numbers *numbers,
				   struct err *err)
{
	struct err cause;
	char *schema = schema_find(text);
	enum numbers_reading reading = schema_judge(schema, path, &cause);
	free(schema);
	numbers->bytes = *text;
	str_init(text);
	if (reading == NUMBERS_READ &&
	    !(document_read(numbers, &cause) && ids_settle(numbers, &cause) &&
	      labels_judge(numbers, &cause)))
		reading = NUMBERS_DAMAGED;
	if (reading == NUMBERS_READ)
		return reading;
	numbers_release(numbers);
	*err = cause;
	if (reading == NUMBERS_DAMAGED) {
		(void)err_set(err, ERR_INPUT, "The file of saved numbers is damaged: %s",
			      cause.sentence);
		err_next_step(err,
			      "Mend %s; else the next change sets it aside beside its place and "
			      "begins a new list.",
			      path);
	}
	return reading;
}

enum numbers_reading numbers_file_read(const char *path, struct numbers *numbers, struct err *err)
{
	struct str bytes;
	bool exists = false;
	enum numbers_reading reading = NUMBERS_READ;
	str_init(&bytes);
	if (!store_read(path, NUMBERS_FILE_MAX, &bytes, &exists, err))
		reading = err->kind == ERR_INPUT ? NUMBERS_DAMAGED : NUMBERS_REFUSED;
	else if (exists)
		reading = numbers_parse(&bytes, path, numbers, err);
	str_release(&bytes);
	return reading;
}

/* --- writing ---------------------------------------------------------------------------------- */

void number_print(const struct number *number, struct str *out)
{
	str_add_char(out, '{');
	for (size_t i = 0; i < ARRAY_LENGTH(MEMBERS); i++) {
		size_t before = out->length;
		if (i > 0)
			str_add_char(out, ',');
		json_write_utf8(out, MEMBERS[i].name);
		str_add_char(out, ':');
		size_t value = out->length;
		MEMBERS[i].write(out, (const char *)number + MEMBERS[i].offset);
		if (out->length == value)
			str_remove(out, before, out->length - before);
	}
	if (number->others != NULL)
		str_addf(out, ",%s", number->others);
	str_add_char(out, '}');
}

void numbers_print(const struct numbers *numbers, struct str *out)
{
	struct str compact;
	bool is_first = true;
	str_init(&compact);
	str_addf(&compact, "{\"schema\":%s,\"numbers\":[", SCHEMA);
	for (size_t i = 0; i < numbers->count; i++) {
		if (numbers->items[i].is_of_session)
			continue;
		if (!is_first)
			str_add_char(&compact, ',');
		is_first = false;
		number_print(&numbers->items[i], &compact);
	}
	str_add_char(&compact, ']');
	if (numbers->others != NULL)
		str_addf(&compact, ",%s", numbers->others);
	str_add_char(&compact, '}');
	json_write_pretty(out, compact.bytes, compact.length);
	str_add_char(out, '\n');
	str_release(&compact);
}

bool numbers_file_write(const char *path, const struct numbers *numbers, struct err *err)
{
	struct str text;
	str_init(&text);
	numbers_print(numbers, &text);
	bool done = text.length <= NUMBERS_FILE_MAX
			    ? store_write(path, text.bytes, text.length, err)
			    : err_set(err, ERR_INPUT,
				      "The list of saved numbers would be larger than %d MiB.",
				      NUMBERS_FILE_MAX / 1024 / 1024);
	str_release(&text);
	return done;
}
