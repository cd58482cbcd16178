#include "tests/support/mdoc.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

enum { LINE_MAX_COLUMNS = 79, USAGE_INDENT = 7, ITEM_INDENT = 2 };

static const char USAGE[] = "Usage: ";
static const char CAPITALS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_:[]";

static void characters_add(const char *bytes, size_t length, struct str *out)
{
	for (size_t i = 0; i < length; i++)
		if (bytes[i] == '\\')
			str_add(out, "\\e");
		else
			str_add_char(out, bytes[i]);
}

void mdoc_word(const char *word, size_t length, struct str *out)
{
	str_add(out, " \\&");
	characters_add(word, length, out);
}

static bool sentence_ends(const char *word, size_t length)
{
	while (length > 1 && strchr(")\"'", word[length - 1]) != NULL)
		length--;
	return length > 0 && strchr(".!?", word[length - 1]) != NULL;
}

static void words_add(const char *text, size_t length, size_t *column, struct str *out)
{
	for (size_t at = 0; at < length;) {
		size_t blanks = strspn(text + at, " \n");
		at += blanks;
		size_t word = at < length ? strcspn(text + at, " \n") : 0;
		if (word > length - at)
			word = length - at;
		if (word == 0)
			return;
		bool is_first = *column == 0;
		if (!is_first && *column + 1 + word > LINE_MAX_COLUMNS) {
			str_add_char(out, '\n');
			*column = 0;
			is_first = true;
		}
		if (!is_first)
			str_add_char(out, ' ');
		if (is_first && strchr(".'", text[at]) != NULL)
			str_add(out, "\\&");
		characters_add(text + at, word, out);
		*column += word + !is_first;
		at += word;
		if (sentence_ends(text + at - word, word)) {
			str_add_char(out, '\n');
			*column = 0;
		}
	}
}

void mdoc_text(const char *text, struct str *out)
{
	size_t column = 0;
	words_add(text, strlen(text), &column, out);
	if (column > 0)
		str_add_char(out, '\n');
}

/* "--key-file FILE": options, what stands for a value, and words that are typed as they are. */
static void term_add(const char *term, size_t length, struct str *out)
{
	str_add(out, ".It");
	for (size_t at = 0; at < length;) {
		size_t word = strcspn(term + at, " ");
		if (word > length - at)
			word = length - at;
		bool is_option = word > 2 && strncmp(term + at, "--", 2) == 0;
		str_add(out, is_option ? " Fl"
			     : isupper((unsigned char)term[at]) || (term[at] == '[' && word > 1)
				     ? " Ar"
				     : " Cm");
		mdoc_word(term + at + (is_option ? 1 : 0), word - (is_option ? 1 : 0), out);
		at += word + strspn(term + at + word, " ");
	}
	str_add_char(out, '\n');
}

struct help {
	const char *at;
	struct str *out;
	bool in_list;
	bool has_text; /* something stands above: a paragraph needs its sign */
};

static const char *next_line(const char *at)
{
	const char *end = strchr(at, '\n');
	return end == NULL ? at + strlen(at) : end + 1;
}

static size_t line_length(const char *at)
{
	return strcspn(at, "\n");
}

static void list_end(struct help *help)
{
	if (help->in_list)
		str_add(help->out, ".El\n");
	help->in_list = false;
}

static void usage_add(struct help *help)
{
	str_add(help->out, ".Bd -literal\n");
	for (bool is_first = true; is_first || *help->at == ' '; is_first = false) {
		characters_add(help->at + USAGE_INDENT, line_length(help->at) - USAGE_INDENT,
			       help->out);
		str_add_char(help->out, '\n');
		help->at = next_line(help->at);
	}
	str_add(help->out, ".Ed\n");
	help->has_text = true;
}

/* Up to a gap of two blanks; an option too wide for one ends behind its value, "FILE". */
static size_t term_length(const char *term, size_t rest)
{
	const char *gap = memmem(term, rest, "  ", 2);
	if (gap != NULL)
		return (size_t)(gap - term);
	size_t option = strcspn(term, " \n");
	size_t value = option < rest ? strspn(term + option + 1, CAPITALS) : 0;
	return strncmp(term, "--", 2) == 0 && value > 0 ? option + 1 + value : rest;
}

/* A term, a gap or the end of the line, and what it means, also in the lines below it. */
static void item_add(struct help *help)
{
	const char *term = help->at + ITEM_INDENT;
	size_t rest = line_length(term), column = 0;
	size_t length = term_length(term, rest);
	if (!help->in_list)
		str_add(help->out, ".Bl -tag -width Ds\n");
	help->in_list = true;
	term_add(term, length, help->out);
	words_add(term + length, rest - length, &column, help->out);
	for (help->at = next_line(help->at); strncmp(help->at, "   ", 3) == 0;
	     help->at = next_line(help->at))
		words_add(help->at, line_length(help->at), &column, help->out);
	if (column > 0)
		str_add_char(help->out, '\n');
}

static bool is_item(const char *line)
{
	size_t length = line_length(line);
	return strncmp(line, "  ", 2) == 0 && line[2] != ' ' &&
	       (memmem(line + 2, length - 2, "  ", 2) != NULL || strncmp(line, "  --", 4) == 0 ||
		strncmp(next_line(line), "   ", 3) == 0);
}

static void examples_add(struct help *help)
{
	str_add(help->out, ".Bd -literal -offset indent\n");
	for (; *help->at == ' ' && !is_item(help->at); help->at = next_line(help->at)) {
		characters_add(help->at + ITEM_INDENT, line_length(help->at) - ITEM_INDENT,
			       help->out);
		str_add_char(help->out, '\n');
	}
	str_add(help->out, ".Ed\n");
}

static void paragraph_add(struct help *help)
{
	size_t column = 0;
	list_end(help);
	if (help->has_text)
		str_add(help->out, ".Pp\n");
	for (; *help->at != '\0' && *help->at != '\n' && *help->at != ' ';
	     help->at = next_line(help->at))
		words_add(help->at, line_length(help->at), &column, help->out);
	if (column > 0)
		str_add_char(help->out, '\n');
	if (*help->at == ' ' && !is_item(help->at))
		examples_add(help);
	help->has_text = true;
}

void mdoc_help(const char *text, struct str *out)
{
	struct help help = { .at = text, .out = out };
	while (*help.at != '\0') {
		if (*help.at == '\n') {
			list_end(&help);
			help.at++;
		} else if (strncmp(help.at, USAGE, strlen(USAGE)) == 0) {
			usage_add(&help);
		} else if (is_item(help.at)) {
			item_add(&help);
			help.has_text = true;
		} else {
			paragraph_add(&help);
		}
	}
	list_end(&help);
}
