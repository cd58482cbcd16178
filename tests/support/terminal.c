#include "tests/support/terminal.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FONT_OF_DIM = 2,	   /* SGR 12, which no program of ours writes */
	REPEAT_MAX = 1000,	   /* no line is so long */
	SEQUENCE_LENGTH_MAX = 256, /* longer ones are no control sequences worth reading */
	PALETTE_BASIC = 16,
	PALETTE_CUBE = 216,
	CUBE_SIDE = 6,
};

/* A calm dark theme; index 0 to 15 as in every terminal. */
static const int BASIC_COLOURS[PALETTE_BASIC] = {
	0x2b303b, 0xd9787b, 0x9dbf85, 0xdcb772, 0x7fa6cf, 0xb493c0, 0x82b9b5, 0xc8cfd8,
	0x6b7484, 0xe8989a, 0xb5d39f, 0xebcd92, 0x9dc0e4, 0xccaed6, 0xa0d1cd, 0xf1f4f8,
};

static int palette_colour(int index)
{
	if (index < PALETTE_BASIC)
		return BASIC_COLOURS[index];
	index -= PALETTE_BASIC;
	if (index >= PALETTE_CUBE) {
		int grey = 8 + (index - PALETTE_CUBE) * 10;
		return grey << 16 | grey << 8 | grey;
	}
	static const int LEVELS[CUBE_SIDE] = { 0, 95, 135, 175, 215, 255 };
	return LEVELS[index / (CUBE_SIDE * CUBE_SIDE)] << 16 |
	       LEVELS[index / CUBE_SIDE % CUBE_SIDE] << 8 | LEVELS[index % CUBE_SIDE];
}

static int colour_of(VTermColor colour)
{
	if (VTERM_COLOR_IS_DEFAULT_FG(&colour) || VTERM_COLOR_IS_DEFAULT_BG(&colour))
		return CELL_COLOUR_DEFAULT;
	if (VTERM_COLOR_IS_INDEXED(&colour))
		return palette_colour(colour.indexed.idx);
	return colour.rgb.red << 16 | colour.rgb.green << 8 | colour.rgb.blue;
}

static int property_set(VTermProp property, VTermValue *value, void *owner)
{
	struct terminal *terminal = owner;
	if (property == VTERM_PROP_CURSORVISIBLE)
		terminal->cursor_is_visible = value->boolean != 0;
	else if (property == VTERM_PROP_ALTSCREEN)
		terminal->is_alternate = value->boolean != 0;
	return 1;
}

static void reply_made(const char *bytes, size_t length, void *owner)
{
	struct terminal *terminal = owner;
	str_append(&terminal->replies, bytes, length);
}

static const VTermScreenCallbacks CALLBACKS = { .settermprop = property_set };

void terminal_init(struct terminal *terminal, int rows, int columns)
{
	*terminal = (struct terminal) { .rows = rows, .columns = columns };
	terminal->cursor_is_visible = true;
	str_init(&terminal->replies);
	str_init(&terminal->sequence);
	terminal->model = vterm_new(rows, columns);
	vterm_set_utf8(terminal->model, 1);
	vterm_output_set_callback(terminal->model, reply_made, terminal);
	VTermScreen *grid = vterm_obtain_screen(terminal->model);
	vterm_screen_set_callbacks(grid, &CALLBACKS, terminal);
	vterm_screen_enable_altscreen(grid, 1);
	vterm_screen_reset(grid, 1);
}

void terminal_release(struct terminal *terminal)
{
	if (terminal->model != NULL)
		vterm_free(terminal->model);
	terminal->model = NULL;
	str_release(&terminal->replies);
	str_release(&terminal->sequence);
}

void terminal_resize(struct terminal *terminal, int rows, int columns)
{
	terminal->rows = rows;
	terminal->columns = columns;
	vterm_set_size(terminal->model, rows, columns);
}

/* "2" turns faint on and "22" turns it off with bold; "38;5;2" and "48;5;2" are colours. */
static void graphics_write(struct terminal *terminal, const char *parameters, size_t length)
{
	struct str out;
	str_init(&out);
	str_add(&out, "\033[");
	int arguments_left = 0;
	bool is_colour_kind = false;
	for (size_t at = 0; at < length;) {
		size_t end = at;
		while (end < length && parameters[end] != ';')
			end++;
		size_t size = end - at;
		const char *text = parameters + at;
		if (is_colour_kind) {
			arguments_left = text[0] == '2' ? 3 : 1;
			is_colour_kind = false;
		} else if (arguments_left > 0) {
			arguments_left--;
		} else if (size == 2 &&
			   (memcmp(text, "38", 2) == 0 || memcmp(text, "48", 2) == 0)) {
			is_colour_kind = true;
		} else if (size == 1 && text[0] == '2') {
			size = 2;
			text = "12";
		} else if (size == 2 && memcmp(text, "22", 2) == 0) {
			size = 5;
			text = "22;10";
		}
		str_append(&out, text, size);
		if (end < length)
			str_add_char(&out, ';');
		at = end + 1;
	}
	str_add_char(&out, 'm');
	(void)vterm_input_write(terminal->model, out.bytes, out.length);
	str_release(&out);
}

static void mode_notice(struct terminal *terminal, const char *mode, bool is_on)
{
	if (strcmp(mode, "\033[?2004") == 0)
		terminal->takes_bracketed_paste = is_on;
	else if (strcmp(mode, "\033[?1000") == 0)
		terminal->tells_mouse = is_on;
	else if (strcmp(mode, "\033[?1006") == 0)
		terminal->tells_mouse_as_sgr = is_on;
	else if (strcmp(mode, "\033[?1") == 0)
		terminal->has_application_cursor = is_on;
}

/* libvterm 0.1.4 takes a character repeated up to the last column but one for a full line. */
static void repeat_write(struct terminal *terminal, const char *count)
{
	long times = count[0] == '\0' ? 1 : strtol(count, NULL, 10);
	for (long i = 0; i < times && i < REPEAT_MAX; i++)
		(void)vterm_input_write(terminal->model, &terminal->last, 1);
}

/* `terminal->sequence` is whole but for its last byte. */
static void sequence_end(struct terminal *terminal, char last)
{
	struct str *sequence = &terminal->sequence;
	if (last == 'h' || last == 'l')
		mode_notice(terminal, sequence->bytes, last == 'h');
	if (last == 'm' && strspn(sequence->bytes + 2, "0123456789;:") == sequence->length - 2) {
		graphics_write(terminal, sequence->bytes + 2, sequence->length - 2);
	} else if (last == 'b') {
		repeat_write(terminal, sequence->bytes + 2);
	} else {
		str_add_char(sequence, last);
		(void)vterm_input_write(terminal->model, sequence->bytes, sequence->length);
	}
	str_clear(sequence);
}

static void byte_write(struct terminal *terminal, char byte)
{
	struct str *sequence = &terminal->sequence;
	if (sequence->length == 0) {
		if (byte == '\033') {
			str_add_char(sequence, byte);
			return;
		}
		(void)vterm_input_write(terminal->model, &byte, 1);
		terminal->last = byte;
		return;
	}
	bool is_parameter = byte >= 0x20 && byte < 0x40 && sequence->length < SEQUENCE_LENGTH_MAX;
	if (sequence->length == 1 ? byte == '[' : is_parameter) {
		str_add_char(sequence, byte);
	} else if (sequence->length == 1) {
		(void)vterm_input_write(terminal->model, sequence->bytes, sequence->length);
		str_clear(sequence);
		byte_write(terminal, byte);
	} else {
		sequence_end(terminal, byte);
	}
}

void terminal_write(struct terminal *terminal, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		byte_write(terminal, bytes[i]);
}

static size_t utf8_write(char *out, uint32_t character)
{
	if (character < 0x80) {
		out[0] = (char)character;
		return 1;
	}
	size_t length = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
	static const unsigned char LEADS[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	for (size_t i = length - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (character & 0x3f));
		character >>= 6;
	}
	out[0] = (char)(LEADS[length] | character);
	return length;
}

static void cell_take(struct cell *cell, const VTermScreenCell *from)
{
	static const uint32_t RIGHT_HALF = (uint32_t)-1;
	*cell = (struct cell) { .character = from->chars[0],
				.foreground = colour_of(from->fg),
				.background = colour_of(from->bg) };
	if (cell->character == 0)
		cell->character = ' ';
	size_t length = 0;
	if (cell->character == RIGHT_HALF)
		cell->character = ' ';
	else
		length = utf8_write(cell->text, cell->character);
	for (size_t i = 1; i < VTERM_MAX_CHARS_PER_CELL && from->chars[i] != 0; i++)
		length += utf8_write(cell->text + length, from->chars[i]);
	cell->styles = (from->attrs.bold ? CELL_BOLD : 0U) |
		       (from->attrs.font == FONT_OF_DIM ? CELL_DIM : 0U) |
		       (from->attrs.underline ? CELL_UNDERLINE : 0U) |
		       (from->attrs.reverse ? CELL_REVERSE : 0U);
}

void screen_take(struct screen *screen, const struct terminal *terminal)
{
	VTermPos cursor;
	vterm_state_get_cursorpos(vterm_obtain_state(terminal->model), &cursor);
	*screen = (struct screen) { .rows = terminal->rows,
				    .columns = terminal->columns,
				    .cursor_row = cursor.row,
				    .cursor_column = cursor.col,
				    .cursor_is_visible = terminal->cursor_is_visible };
	size_t count = (size_t)screen->rows * (size_t)screen->columns;
	screen->cells = mem_alloc(count, sizeof(*screen->cells));
	VTermScreen *grid = vterm_obtain_screen(terminal->model);
	for (size_t i = 0; i < count; i++) {
		VTermPos place = { .row = (int)i / screen->columns,
				   .col = (int)i % screen->columns };
		VTermScreenCell from = { 0 };
		(void)vterm_screen_get_cell(grid, place, &from);
		cell_take(&screen->cells[i], &from);
	}
}

void screen_release(struct screen *screen)
{
	free(screen->cells);
	*screen = (struct screen) { 0 };
}

const struct cell *screen_cell(const struct screen *screen, int row, int column)
{
	return &screen->cells[(size_t)row * (size_t)screen->columns + (size_t)column];
}

void screen_row(const struct screen *screen, int row, struct str *out)
{
	size_t start = out->length;
	for (int column = 0; column < screen->columns; column++)
		str_add(out, screen_cell(screen, row, column)->text);
	size_t end = out->length;
	while (end > start && out->bytes[end - 1] == ' ')
		end--;
	str_remove(out, end, out->length - end);
}

void screen_text(const struct screen *screen, struct str *out)
{
	for (int row = 0; row < screen->rows; row++) {
		screen_row(screen, row, out);
		str_add_char(out, '\n');
	}
}

static bool row_has_at(const struct cell *cells, size_t length, const char *text)
{
	size_t i = 0;
	while (i < length && text[i] != '\0' && cells[i].character == (unsigned char)text[i])
		i++;
	return text[i] == '\0';
}

void screen_hide_ports(struct screen *screen)
{
	static const char LOOPBACK[] = "127.0.0.1:";
	size_t count = (size_t)screen->rows * (size_t)screen->columns;
	for (size_t i = 0; i < count; i++) {
		if (!row_has_at(screen->cells + i, count - i, LOOPBACK))
			continue;
		for (size_t at = i + strlen(LOOPBACK); at < count; at++) {
			struct cell *cell = &screen->cells[at];
			if (cell->character < '0' || cell->character > '9')
				break;
			cell->character = '0';
			(void)snprintf(cell->text, sizeof(cell->text), "0");
		}
	}
}
