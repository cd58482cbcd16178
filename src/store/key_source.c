#include "store/key_source.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static const char *const WORDS[KEY_SOURCE_COUNT] = {
	[KEY_SOURCE_ASK] = "ask",
	[KEY_SOURCE_VAULT] = "vault",
	[KEY_SOURCE_COMMAND] = "command",
};

static void command_release(char **command)
{
	for (size_t i = 0; command != NULL && command[i] != NULL; i++)
		free(command[i]);
	free(command);
}

void key_source_release(struct key_source *source)
{
	command_release(source->command);
	*source = (struct key_source) { .kind = KEY_SOURCE_ASK };
}

static size_t word_count(char *const *command)
{
	size_t count = 0;
	while (command[count] != NULL)
		count++;
	return count;
}

void key_source_copy(struct key_source *to, const struct key_source *from)
{
	*to = (struct key_source) { .kind = from->kind };
	if (from->command == NULL)
		return;
	size_t count = word_count(from->command);
	to->command = mem_alloc(count + 1, sizeof *to->command);
	for (size_t i = 0; i < count; i++)
		to->command[i] = mem_text(from->command[i]);
}

bool key_source_equal(const struct key_source *a, const struct key_source *b)
{
	if (a->kind != b->kind || a->kind != KEY_SOURCE_COMMAND)
		return a->kind == b->kind;
	size_t i = 0;
	while (a->command[i] != NULL && text_equal(a->command[i], b->command[i]))
		i++;
	return a->command[i] == NULL && b->command[i] == NULL;
}

const char *key_source_word(enum key_source_kind kind)
{
	return WORDS[kind];
}

bool key_source_from_word(const char *word, enum key_source_kind *kind)
{
	for (size_t i = 0; i < KEY_SOURCE_COUNT; i++) {
		if (!text_equal(word, WORDS[i]))
			continue;
		*kind = (enum key_source_kind)i;
		return true;
	}
	return false;
}

static bool command_error(struct err *err, const char *sentence, const char *next_step)
{
	(void)err_set(err, ERR_INPUT, "%s", sentence);
	err_field(err, "command");
	err_next_step(err, "%s", next_step);
	return false;
}

bool key_source_judge(const struct key_source *source, struct err *err)
{
	if (source->kind != KEY_SOURCE_COMMAND)
		return true;
	if (source->command == NULL || source->command[0] == NULL || source->command[0][0] == '\0')
		return command_error(err, "The command that prints the key is empty.",
				     "Write it as: pass show 360dialog/acme");
	size_t length = 0;
	for (size_t i = 0; source->command[i] != NULL; i++) {
		if (text_has_control(source->command[i]))
			return command_error(err,
					     "The command that prints the key has control "
					     "characters in it.",
					     "Write it as one line of plain text.");
		length += text_characters(source->command[i]) + 1;
	}
	if (word_count(source->command) <= KEY_COMMAND_WORDS_MAX &&
	    length <= KEY_COMMAND_TEXT_MAX + 1)
		return true;
	(void)err_set(err, ERR_INPUT,
		      "The command that prints the key is longer than %d words or %d characters.",
		      KEY_COMMAND_WORDS_MAX, KEY_COMMAND_TEXT_MAX);
	err_field(err, "command");
	err_next_step(err, "Put it into a script and name that here.");
	return false;
}

/* Only a shell gives these a meaning, and none runs the command. */
static bool is_of_shell(char character, char quote)
{
	return quote != '\'' && strchr(quote == '\0' ? "$`|&;<>" : "$`", character) != NULL;
}

static bool shell_error(struct err *err, char character)
{
	(void)err_set(err, ERR_INPUT,
		      "“%c” means something to a shell, and no shell runs the command.", character);
	err_field(err, "command");
	err_next_step(err, "Put it in single quotes, or write: sh -c 'the whole line'");
	return false;
}

/* Reads one word from `*line` on, which stands at no blank. */
static bool word_read(const char **line, struct str *word, struct err *err)
{
	char quote = '\0';
	const char *at = *line;
	for (; *at != '\0' && (quote != '\0' || *at != ' '); at++) {
		if (quote == '\0' ? *at == '\'' || *at == '"' : *at == quote) {
			quote = quote == '\0' ? *at : '\0';
			continue;
		}
		if (is_of_shell(*at, quote))
			return shell_error(err, *at);
		/* Within double quotes a backslash stays, unless it is before one of these. */
		if (*at == '\\' && quote != '\'' && at[1] != '\0' &&
		    (quote == '\0' || strchr("\"\\$`", at[1]) != NULL))
			at++;
		str_add_char(word, *at);
	}
	*line = at;
	return quote == '\0' || command_error(err, "The command has a quote that does not end.",
					      "Close it, or put a backslash before it.");
}

bool key_command_parse(const char *line, char ***command, struct err *err)
{
	struct key_source source = { .kind = KEY_SOURCE_COMMAND };
	size_t count = 0;
	struct str word;
	str_init(&word);
	bool is_right = !text_has_control(line) ||
			command_error(err, "The command has control characters in it.",
				      "Write it as one line of plain text.");
	for (line += strspn(line, " "); is_right && *line != '\0'; line += strspn(line, " ")) {
		str_clear(&word);
		is_right = word_read(&line, &word, err);
		source.command = mem_resize(source.command, count + 2, sizeof *source.command);
		source.command[count++] = mem_text(word.bytes);
		source.command[count] = NULL;
	}
	str_release(&word);
	if (is_right && key_source_judge(&source, err)) {
		*command = source.command;
		return true;
	}
	key_source_release(&source);
	return false;
}

void key_command_write(char *const *command, struct str *out)
{
	for (size_t i = 0; command[i] != NULL; i++) {
		if (i > 0)
			str_add_char(out, ' ');
		str_add_quoted(out, command[i]);
	}
}
