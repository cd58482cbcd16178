#include "ui/term/draw.h"

#include "base/mem.h"
#include "base/text.h"
#include "ui/term/typography.h"

#include <curses.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

enum {
	RULE_COLUMN = 1, /* rules leave the first column free, as the rows below them do */
};

void draw_begin(struct term *term)
{
	werase(stdscr);
	term->shows_secret = false;
	term->cursor_row = 0;
	term->cursor_column = 0;
	draw_targets_clear(term);
}

void draw_end(struct term *term)
{
	if (!term->is_open) /* ncurses would take the terminal back from whoever has it now */
		return;
	wmove(stdscr, term->cursor_row, term->cursor_column);
	wnoutrefresh(stdscr);
	doupdate();
	if (!term->shows_secret)
		term_forget(term);
}

void draw_cursor(struct term *term, int row, int column)
{
	term->cursor_row = row < 0 ? 0 : row >= term->rows ? term->rows - 1 : row;
	term->cursor_column = column < 0 ? 0 : column >= term->columns ? term->columns - 1 : column;
}

void draw_targets_clear(struct term *term)
{
	for (size_t i = 0; i < ARRAY_LENGTH(term->targets); i++)
		term->targets[i] = -1;
	term->focused_target = -1;
}

void draw_target(struct term *term, int row, int index, bool is_focused)
{
	if (row >= 0 && row < TERM_TARGETS_MAX)
		term->targets[row] = index;
	if (is_focused)
		term->focused_target = index;
}

/* Writes one character with its marks into the cell at `row`, `column`, where it fits whole. */
static void cell_put(const struct term *term, int row, int column, enum style style,
		     const wchar_t *characters, int columns)
{
	attr_t attributes = (attr_t)term->theme.attributes[style];
	cchar_t cell;
	if (row < 0 || row >= term->rows || column < 0 || column + columns > term->columns)
		return;
	if (setcchar(&cell, characters, attributes & ~A_COLOR, (short)PAIR_NUMBER(attributes),
		     NULL) == OK)
		(void)mvwadd_wch(stdscr, row, column, &cell); /* ERR also means: last cell */
}

/* Draws UTF-8 that has passed the guard, or is ours. Returns the columns it takes. */
static int cells_put(const struct term *term, int row, int column, enum style style,
		     const char *bytes)
{
	size_t length = strlen(bytes);
	int first = column;
	while (length > 0) {
		wchar_t characters[CCHARW_MAX + 1] = { 0 };
		uint32_t character;
		int columns = 0;
		for (size_t count = 0; count < CCHARW_MAX; count++) {
			size_t size = text_utf8_decode(bytes, length, &character);
			int width = size == 0 ? -1 : wcwidth((wchar_t)character);
			if (width < 0 || (count > 0 && width > 0))
				break;
			characters[count] = (wchar_t)character;
			columns += width;
			bytes += size;
			length -= size;
		}
		if (characters[0] == L'\0')
			return column - first;
		cell_put(term, row, column, style, characters, columns);
		column += columns;
	}
	return column - first;
}

/* Columns of the text, or something more than `enough` where it is longer than that. */
static int span_columns(const char *bytes, size_t length, int enough)
{
	struct text_piece piece;
	int columns = 0;
	for (; length > 0 && columns <= enough; length -= piece.source_length) {
		typography_read(&piece, bytes, length);
		columns += piece.columns;
		bytes += piece.source_length;
	}
	return columns;
}

static int span_draw(const struct term *term, int row, int column, int width, enum style style,
		     const char *bytes, size_t length)
{
	struct text_piece piece;
	int taken = 0;
	if (width > term->columns - column)
		width = term->columns - column;
	if (width <= 0)
		return 0;
	bool is_cut = span_columns(bytes, length, width) > width;
	int room = is_cut ? width - 1 : width;
	for (; length > 0; length -= piece.source_length) {
		typography_read(&piece, bytes, length);
		if (taken + piece.columns > room)
			break;
		(void)cells_put(term, row, column + taken, piece.spelled ? STYLE_DIM : style,
				piece.bytes);
		taken += piece.columns;
		bytes += piece.source_length;
	}
	if (is_cut)
		taken += cells_put(term, row, column + taken, style, term->glyphs->ellipsis);
	return taken;
}

int draw_text(struct term *term, int row, int column, int width, enum style style, const char *text)
{
	return span_draw(term, row, column, width, style, text, strlen(text));
}

int draw_text_right(struct term *term, int row, int end, int width, enum style style,
		    const char *text)
{
	size_t length = strlen(text);
	int columns = span_columns(text, length, width);
	if (columns > width)
		columns = width;
	(void)span_draw(term, row, end - columns, columns, style, text, length);
	return end - columns;
}

void draw_glyph(struct term *term, int row, int column, int count, enum style style,
		const char *glyph)
{
	for (int i = 0; i < count && column < term->columns; i++)
		column += cells_put(term, row, column, style, glyph);
}

void draw_rule(struct term *term, int row, const char *title)
{
	draw_rule_within(term, row, term->columns, title);
}

void draw_rule_within(struct term *term, int row, int end, const char *title)
{
	int column = RULE_COLUMN;
	if (title != NULL) { /* its blanks have the style too: changing it costs more bytes */
		column += cells_put(term, row, column, STYLE_SECTION, term->glyphs->rule);
		column += cells_put(term, row, column, STYLE_SECTION, " ");
		column += draw_text(term, row, column, end - column - 2, STYLE_SECTION, title);
		column += cells_put(term, row, column, STYLE_SECTION, " ");
	}
	draw_glyph(term, row, column, end - column, STYLE_SECTION, term->glyphs->rule);
}

/* In a word that has no line to itself it may be broken behind these: names, paths, URIs. */
static bool breaks_after(char character)
{
	return character != '\0' && strchr(".,;/@&=", character) != NULL;
}

size_t draw_line_length(const char *text, size_t length, int width, size_t *next)
{
	struct text_piece piece;
	size_t end = 0, blank = 0, within = 0;
	for (int columns = 0; end < length; end += piece.source_length) {
		typography_read(&piece, text + end, length - end);
		columns += piece.columns;
		if (end > 0 && text[end] == ' ')
			blank = end;
		if (columns > width && end > 0) {
			end = blank > 0 ? blank : within > 0 ? within : end;
			break;
		}
		if (breaks_after(text[end]))
			within = end + 1;
	}
	*next = end;
	while (*next < length && text[*next] == ' ')
		(*next)++;
	return end;
}

int draw_paragraph(struct term *term, int row, int column, int width, int rows, enum style style,
		   const char *text)
{
	size_t length = strlen(text);
	int taken = 0;
	for (size_t next; taken < rows && length > 0; taken++) {
		size_t line = draw_line_length(text, length, width, &next);
		bool is_last = taken + 1 == rows;
		(void)span_draw(term, row + taken, column, width, style, text,
				is_last ? length : line);
		text += next;
		length -= next;
	}
	return taken;
}

int draw_paragraphs(struct term *term, int row, int column, int width, int rows, enum style style,
		    const char *text)
{
	int taken = 0;
	while (*text != '\0' && taken < rows) {
		size_t length = strcspn(text, "\n");
		char *line = mem_text_n(text, length);
		int lines =
			draw_paragraph(term, row + taken, column, width, rows - taken, style, line);
		taken += lines > 0 ? lines : 1;
		text += length + (text[length] == '\n');
		free(line);
	}
	return taken;
}

int draw_secret(struct term *term, int row, int column, int width, int rows, const char *text)
{
	term->shows_secret = true;
	term->holds_secret = true;
	return draw_paragraph(term, row, column, width, rows, STYLE_NORMAL, text);
}

int draw_paragraph_rows(const char *text, int width)
{
	size_t length = strlen(text);
	int rows = 0;
	for (size_t next; length > 0; rows++) {
		(void)draw_line_length(text, length, width, &next);
		text += next;
		length -= next;
	}
	return rows;
}
