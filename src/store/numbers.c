#include "store/numbers.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	SCHEMA = 1,
	NUMBERS_TOKENS_MAX = 1000 * 1000, /* some 50,000 numbers; bounds what cJSON takes */
	PHONE_DIGITS_MIN = 7,
	API_URL_MAX = 2000,
	NOTE_MAX = 1000,
	MODE_FILE = 0600,
	MODE_OTHERS = 077,
};

static const char FILE_NAME[] = "numbers.json";

/* Members of a number's object that we know; all texts. Order is the file's. */
struct number_member {
	const char *name;
	size_t offset; /* of the char * in struct number */
};

static const struct number_member NUMBER_MEMBERS[] = {
	{ "label", offsetof(struct number, label) },
	{ "phone_number", offsetof(struct number, phone_number) },
	{ "api_url", offsetof(struct number, api_url) },
	{ "note", offsetof(struct number, note) },
};

static const char *member_value(const struct number *number, const struct number_member *member)
{
	return *(char *const *)((const char *)number + member->offset);
}

void numbers_init(struct numbers *numbers)
{
	*numbers = (struct numbers) { 0 };
	json_doc_init(&numbers->doc);
}

static void number_release(struct number *number)
{
	free(number->label);
	free(number->phone_number);
	free(number->api_url);
	free(number->note);
}

void numbers_release(struct numbers *numbers)
{
	for (size_t i = 0; i < numbers->count; i++)
		number_release(&numbers->items[i]);
	free(numbers->items);
	free(numbers->path);
	json_doc_release(&numbers->doc);
	numbers_init(numbers);
}

static bool text_has_control(const char *text)
{
	size_t length = strlen(text);
	for (size_t at = 0; at < length;) {
		uint32_t character;
		size_t size = text_utf8_decode(text + at, length - at, &character);
		if (size == 0 || character < 0x20 || (character >= 0x7f && character < 0xa0))
			return true;
		at += size;
	}
	return false;
}

static size_t characters_in(const char *text)
{
	size_t count = 0;
	for (; *text != '\0'; text++)
		count += ((unsigned char)*text & 0xc0U) != 0x80U;
	return count;
}

/* A copy without blanks at its ends; NULL for NULL and for nothing but blanks. Caller frees. */
static char *text_trimmed(const char *text)
{
	if (text == NULL)
		return NULL;
	text += strspn(text, " \t\r\n");
	size_t length = strlen(text);
	while (length > 0 && strchr(" \t\r\n", text[length - 1]) != NULL)
		length--;
	return length == 0 ? NULL : mem_text_n(text, length);
}

static bool field_error(struct err *err, const char *field, const char *next_step)
{
	err_field(err, field);
	err_next_step(err, "%s", next_step);
	return false;
}

static bool label_check(const char *label, struct err *err)
{
	if (label == NULL) {
		(void)err_set(err, ERR_INPUT, "The label is empty.");
		return field_error(err, "label", "Give the number a name of its own.");
	}
	if (text_has_control(label)) {
		(void)err_set(err, ERR_INPUT, "The label has control characters in it.");
		return field_error(err, "label", "Use letters, digits, blanks and signs.");
	}
	if (characters_in(label) <= NUMBER_LABEL_MAX)
		return true;
	(void)err_set(err, ERR_INPUT, "The label is longer than %d characters.", NUMBER_LABEL_MAX);
	return field_error(err, "label", "Shorten it.");
}

static bool label_taken(const char *label, struct err *err)
{
	(void)err_set(err, ERR_INPUT, "There is already a number labelled \"%s\".", label);
	return field_error(err, "label", "Choose another label; letter case does not count.");
}

/* `*out` becomes NULL where no number was given. */
static bool phone_number_check(const char *typed, char **out, struct err *err)
{
	*out = NULL;
	char *text = text_trimmed(typed);
	if (text == NULL)
		return true;
	struct str normal;
	str_init(&normal);
	bool is_right = phone_number_normalise(text, &normal);
	free(text);
	if (is_right) {
		*out = str_detach(&normal);
		return true;
	}
	str_release(&normal);
	(void)err_set(err, ERR_INPUT, "This is no international phone number.");
	return field_error(err, "phone_number",
			   "Write it with + and the country code, as +49 30 123456.");
}

static bool api_url_check(const char *typed, char **out, struct err *err)
{
	char *url = text_trimmed(typed);
	size_t length = url == NULL ? 0 : strlen(url);
	while (length > 0 && url[length - 1] == '/')
		url[--length] = '\0';
	if (length == 0)
		(void)err_set(err, ERR_INPUT, "The API URL is empty.");
	else if (length > API_URL_MAX)
		(void)err_set(err, ERR_INPUT, "The API URL is longer than %d characters.",
			      API_URL_MAX);
	else if (text_has_control(url))
		(void)err_set(err, ERR_INPUT, "The API URL has control characters in it.");
	else
		*out = url;
	if (*out != NULL)
		return true;
	free(url);
	return field_error(err, "api_url", "Write it as https://waba-v2.360dialog.io.");
}

static bool note_check(const char *typed, char **out, struct err *err)
{
	char *note = text_trimmed(typed);
	if (note == NULL || (characters_in(note) <= NOTE_MAX && !text_has_control(note))) {
		*out = note;
		return true;
	}
	free(note);
	(void)err_set(err, ERR_INPUT,
		      "The note is longer than %d characters or has control characters in it.",
		      NOTE_MAX);
	return field_error(err, "note", "Shorten it to one line.");
}

/* Judges and copies; on failure there is nothing to release. */
static bool number_make(struct number *number, const char *label, const char *phone_number,
			const char *api_url, const char *note, struct err *err)
{
	*number = (struct number) { .label = text_trimmed(label) };
	if (label_check(number->label, err) &&
	    phone_number_check(phone_number, &number->phone_number, err) &&
	    api_url_check(api_url, &number->api_url, err) && note_check(note, &number->note, err))
		return true;
	number_release(number);
	return false;
}

static void number_append(struct numbers *numbers, const struct number *number)
{
	numbers->items = mem_grow(numbers->items, numbers->count, sizeof *numbers->items);
	numbers->items[numbers->count++] = *number;
}

bool numbers_add(struct numbers *numbers, const char *label, const char *phone_number,
		 const char *api_url, const char *note, struct err *err)
{
	struct number number;
	if (!number_make(&number, label, phone_number, api_url, note, err))
		return false;
	if (numbers_find(numbers, number.label) != NULL) {
		(void)label_taken(number.label, err);
		number_release(&number);
		return false;
	}
	number_append(numbers, &number);
	return true;
}

void numbers_remove(struct numbers *numbers, size_t index)
{
	number_release(&numbers->items[index]);
	numbers->count--;
	memmove(&numbers->items[index], &numbers->items[index + 1],
		(numbers->count - index) * sizeof *numbers->items);
}

const struct number *numbers_find(const struct numbers *numbers, const char *label)
{
	for (size_t i = 0; i < numbers->count; i++)
		if (text_equal_nocase(numbers->items[i].label, label))
			return &numbers->items[i];
	return NULL;
}

/* $XDG_CONFIG_HOME/sipdesk, else ~/.config/sipdesk; caller frees. A relative XDG_CONFIG_HOME does
 * not count (XDG Base Directory Specification). */
static char *folder_path(struct err *err)
{
	const char *config = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");
	if (config != NULL && config[0] == '/')
		return mem_format("%s/sipdesk", config);
	if (home != NULL && home[0] == '/')
		return mem_format("%s/.config/sipdesk", home);
	(void)err_set(err, ERR_CONFIG,
		      "There is no folder for the saved numbers: HOME is not set.");
	err_next_step(err, "Set HOME or XDG_CONFIG_HOME to an absolute path.");
	return NULL;
}

/* As a word of a shell command: within quotes where it has to be. */
static void path_quote(struct str *out, const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789/._-+";
	if (path[strspn(path, plain)] == '\0') {
		str_add(out, path);
		return;
	}
	str_add_char(out, '\'');
	for (; *path != '\0'; path++)
		if (*path == '\'')
			str_add(out, "'\\''");
		else
			str_add_char(out, *path);
	str_add_char(out, '\'');
}

/* Refuses what others may read or what is not ours. `*exists` tells whether it is there at all. */
static bool access_check(const char *path, const char *mode, bool *exists, struct err *err)
{
	struct stat status;
	*exists = stat(path, &status) == 0;
	if (!*exists)
		return errno == ENOENT ||
		       err_set(err, ERR_FORBIDDEN, "Cannot look at %s: %s.", path, strerror(errno));
	bool is_ours = status.st_uid == geteuid();
	if (is_ours && (status.st_mode & MODE_OTHERS) == 0)
		return true;
	struct str command;
	str_init(&command);
	str_add(&command, is_ours ? "chmod " : "chown ");
	str_addf(&command, is_ours ? "%s " : "\"$USER\" ", mode);
	path_quote(&command, path);
	(void)err_set(err, ERR_FORBIDDEN,
		      is_ours ? "Others may read %s, so the saved numbers are not used."
			      : "%s belongs to another user, so the saved numbers are not used.",
		      path);
	err_next_step(err, "Run: %s", command.bytes);
	str_release(&command);
	return false;
}

static bool damaged(struct err *err, const char *path, const char *what)
{
	(void)err_set(err, ERR_INPUT, "The file of saved numbers is damaged: %s", what);
	err_next_step(err, "Mend %s or move it away; it is left as it is.", path);
	return false;
}

static bool number_read(struct numbers *numbers, const cJSON *item, struct err *err)
{
	const char *texts[ARRAY_LENGTH(NUMBER_MEMBERS)];
	if (!cJSON_IsObject(item))
		return err_set(err, ERR_INPUT, "It is not an object.");
	for (size_t i = 0; i < ARRAY_LENGTH(NUMBER_MEMBERS); i++) {
		const cJSON *member = json_member(item, NUMBER_MEMBERS[i].name);
		bool is_given = member != NULL && !cJSON_IsNull(member);
		if (is_given && !cJSON_IsString(member))
			return err_set(err, ERR_INPUT, "Its %s is not a text.",
				       NUMBER_MEMBERS[i].name);
		texts[i] = is_given ? member->valuestring : NULL;
	}
	struct number number;
	if (!number_make(&number, texts[0], texts[1], texts[2], texts[3], err))
		return false;
	number.source = json_slice(&numbers->doc, item);
	number_append(numbers, &number);
	return true;
}

static int label_compare(const void *a, const void *b)
{
	return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

/* A label that stands twice, or NULL. Sorted, since a file may hold thousands. */
static const char *label_twice(const struct numbers *numbers)
{
	const char **labels = mem_alloc(numbers->count, sizeof *labels);
	const char *twice = NULL;
	for (size_t i = 0; i < numbers->count; i++)
		labels[i] = numbers->items[i].label;
	if (numbers->count > 1)
		qsort(labels, numbers->count, sizeof *labels, label_compare);
	for (size_t i = 1; i < numbers->count && twice == NULL; i++)
		if (strcasecmp(labels[i - 1], labels[i]) == 0)
			twice = labels[i];
	free(labels);
	return twice;
}

static bool number_damaged(struct err *err, const char *path, size_t position,
			   const struct err *cause)
{
	char *what = mem_format("number %zu cannot be used. %s", position, cause->sentence);
	(void)damaged(err, path, what);
	free(what);
	return false;
}

static bool document_read(struct numbers *numbers, const char *path, struct err *err)
{
	const cJSON *root = numbers->doc.root;
	const cJSON *list = json_member(root, "numbers");
	const char *schema = json_text(json_member(root, "schema"));
	if (!cJSON_IsArray(list) || schema == NULL)
		return damaged(err, path, "it is no list of numbers.");
	if (!cJSON_IsRaw(json_member(root, "schema")) || strcmp(schema, "1") != 0) {
		(void)err_set(err, ERR_INPUT,
			      "The file of saved numbers has the schema %s; this sipdesk reads %d.",
			      schema, SCHEMA);
		err_next_step(err, "Use a newer sipdesk, or move %s away.", path);
		return false;
	}
	if (json_has_duplicate_keys(root) || json_has_nul(&numbers->doc, root))
		return damaged(err, path, "it has a member twice, or a NUL in a text.");
	struct err cause;
	size_t position = 0;
	const cJSON *item;
	cJSON_ArrayForEach (item, list) {
		position++;
		if (!number_read(numbers, item, &cause))
			return number_damaged(err, path, position, &cause);
	}
	if (label_twice(numbers) == NULL)
		return true;
	(void)label_taken(label_twice(numbers), &cause);
	return damaged(err, path, cause.sentence);
}

static bool file_parse(struct numbers *numbers, const char *path, struct err *err)
{
	struct json_limits limits = { .bytes = NUMBERS_FILE_MAX, .tokens = NUMBERS_TOKENS_MAX };
	struct str bytes;
	struct err cause;
	str_init(&bytes);
	bool is_read = file_read(path, NUMBERS_FILE_MAX, &bytes, err);
	if (is_read &&
	    !json_doc_parse_within(&numbers->doc, bytes.bytes, bytes.length, limits, &cause))
		is_read = damaged(err, path, cause.sentence);
	str_release(&bytes);
	return is_read && document_read(numbers, path, err);
}

bool numbers_load(struct numbers *numbers, struct err *err)
{
	numbers_release(numbers);
	char *folder = folder_path(err);
	if (folder == NULL)
		return false;
	char *path = mem_format("%s/%s", folder, FILE_NAME);
	bool exists = false;
	bool is_loaded = access_check(folder, "700", &exists, err) &&
			 access_check(path, "600", &exists, err) &&
			 (!exists || file_parse(numbers, path, err));
	if (!is_loaded)
		numbers_release(numbers);
	else
		numbers->path = mem_text(path);
	free(folder);
	free(path);
	return is_loaded;
}

static void name_write(struct str *out, const char *name)
{
	if (out->bytes[out->length - 1] != '{')
		str_add_char(out, ',');
	json_write_string(out, name);
	str_add_char(out, ':');
}

static void member_write(struct str *out, const struct json_doc *doc, const cJSON *member)
{
	struct json_slice slice = json_slice(doc, member);
	name_write(out, member->string);
	str_append(out, slice.bytes, slice.length);
}

static bool is_known(const char *name)
{
	for (size_t i = 0; i < ARRAY_LENGTH(NUMBER_MEMBERS); i++)
		if (strcmp(NUMBER_MEMBERS[i].name, name) == 0)
			return true;
	return false;
}

static bool number_write(struct str *out, const struct number *number, struct err *err)
{
	str_add_char(out, '{');
	for (size_t i = 0; i < ARRAY_LENGTH(NUMBER_MEMBERS); i++) {
		const char *value = member_value(number, &NUMBER_MEMBERS[i]);
		if (value == NULL)
			continue;
		name_write(out, NUMBER_MEMBERS[i].name);
		json_write_string(out, value);
	}
	if (number->source.bytes != NULL) {
		struct json_limits limits = { NUMBERS_FILE_MAX, NUMBERS_TOKENS_MAX };
		struct json_doc source;
		if (!json_doc_parse_within(&source, number->source.bytes, number->source.length,
					   limits, err))
			return false;
		const cJSON *member;
		cJSON_ArrayForEach (member, source.root) {
			if (!is_known(member->string))
				member_write(out, &source, member);
		}
		json_doc_release(&source);
	}
	str_add_char(out, '}');
	return true;
}

static bool document_write(struct str *out, const struct numbers *numbers, struct err *err)
{
	str_addf(out, "{\"schema\":%d,\"numbers\":[", SCHEMA);
	bool is_first = true;
	for (size_t i = 0; i < numbers->count; i++) {
		if (numbers->items[i].is_of_session)
			continue;
		if (!is_first)
			str_add_char(out, ',');
		is_first = false;
		if (!number_write(out, &numbers->items[i], err))
			return false;
	}
	str_add_char(out, ']');
	const cJSON *member;
	cJSON_ArrayForEach (member, numbers->doc.root) {
		if (strcmp(member->string, "schema") != 0 && strcmp(member->string, "numbers") != 0)
			member_write(out, &numbers->doc, member);
	}
	str_add_char(out, '}');
	return true;
}

bool numbers_save(const struct numbers *numbers, struct err *err)
{
	if (numbers->path == NULL)
		return true;
	struct str compact, pretty;
	str_init(&compact);
	str_init(&pretty);
	char *folder =
		mem_text_n(numbers->path, (size_t)(strrchr(numbers->path, '/') - numbers->path));
	bool is_saved = document_write(&compact, numbers, err) && file_folder_make(folder, err);
	if (is_saved) {
		json_write_pretty(&pretty, compact.bytes, compact.length);
		str_add_char(&pretty, '\n');
		is_saved = file_write_whole(numbers->path, pretty.bytes, pretty.length, MODE_FILE,
					    err);
	}
	free(folder);
	str_release(&compact);
	str_release(&pretty);
	return is_saved;
}

bool phone_number_normalise(const char *text, struct str *out)
{
	str_clear(out);
	text += strspn(text, " \t");
	bool is_international = *text == '+' || strncmp(text, "00", 2) == 0;
	if (!is_international)
		return false;
	text += *text == '+' ? 1 : 2;
	str_add_char(out, '+');
	while (*text != '\0') {
		size_t trunk_zero = out->length > 1 && strncmp(text, "(0)", 3) == 0 ? 3 : 0;
		if (trunk_zero > 0)
			text += trunk_zero; /* "+49 (0)30 …": not dialled from abroad */
		else if (*text >= '0' && *text <= '9')
			str_add_char(out, *text++);
		else if (strchr(" \t-.()/", *text) != NULL)
			text++;
		else
			return false;
	}
	size_t digits = out->length - 1;
	return digits >= PHONE_DIGITS_MIN && digits <= NUMBER_PHONE_DIGITS_MAX &&
	       out->bytes[1] != '0';
}

const char *phone_number_digits(const char *phone_number)
{
	return phone_number[0] == '+' ? phone_number + 1 : phone_number;
}
