#include "tests/support/screen_svg.h"

#include "base/mem.h"

#include <string.h>

enum {
	CELL_WIDTH = 10,
	CELL_HEIGHT = 20,
	BASELINE = 15, /* of text, from the top of its row */
	MARGIN = 14,
	FOREGROUND = 0xd5dbe3,
	BACKGROUND = 0x1d222b,
	CURSOR = 0x8fb5d9,
	CAPTION_ROWS = 2, /* below the screen, the first one blank */
	STORY_FRAME_SECONDS = 4,
};

/* How a sign is drawn within its cell, 10 wide and 20 high. */
struct sign {
	uint32_t character;
	bool is_filled; /* else a line of 1.3 */
	const char *path;
};

static const struct sign SIGNS[] = {
	{ 0x2500, false, "M0 10H10" },						 /* ─ */
	{ 0x2502, false, "M5 0V20" },						 /* │ */
	{ 0x250c, false, "M10 10H5V20" },					 /* ┌ */
	{ 0x2510, false, "M0 10H5V20" },					 /* ┐ */
	{ 0x2514, false, "M5 0V10H10" },					 /* └ */
	{ 0x2518, false, "M5 0V10H0" },						 /* ┘ */
	{ 0x251c, false, "M5 0V20M5 10H10" },					 /* ├ */
	{ 0x2524, false, "M5 0V20M5 10H0" },					 /* ┤ */
	{ 0x252c, false, "M0 10H10M5 10V20" },					 /* ┬ */
	{ 0x2534, false, "M0 10H10M5 0V10" },					 /* ┴ */
	{ 0x253c, false, "M0 10H10M5 0V20" },					 /* ┼ */
	{ 0x2581, true, "M0 17.5H10V20H0Z" },					 /* ▁ */
	{ 0x2582, true, "M0 15H10V20H0Z" },					 /* ▂ */
	{ 0x2583, true, "M0 12.5H10V20H0Z" },					 /* ▃ */
	{ 0x2584, true, "M0 10H10V20H0Z" },					 /* ▄ */
	{ 0x2585, true, "M0 7.5H10V20H0Z" },					 /* ▅ */
	{ 0x2586, true, "M0 5H10V20H0Z" },					 /* ▆ */
	{ 0x2587, true, "M0 2.5H10V20H0Z" },					 /* ▇ */
	{ 0x2588, true, "M0 0H10V20H0Z" },					 /* █ */
	{ 0x2591, true, "M1 4H4V7H1ZM6 4H9V7H6ZM1 12H4V15H1ZM6 12H9V15H6Z" },	 /* ░ */
	{ 0x2022, true, "M7.5 10A2.5 2.5 0 1 1 2.5 10A2.5 2.5 0 1 1 7.5 10Z" },	 /* • */
	{ 0x00b7, true, "M6.5 10A1.5 1.5 0 1 1 3.5 10A1.5 1.5 0 1 1 6.5 10Z" },	 /* · */
	{ 0x25cf, true, "M9 10A4 4 0 1 1 1 10A4 4 0 1 1 9 10Z" },		 /* ● */
	{ 0x25cb, false, "M8.5 10A3.5 3.5 0 1 1 1.5 10A3.5 3.5 0 1 1 8.5 10Z" }, /* ○ */
	{ 0x203a, false, "M3.5 6L7 10L3.5 14" },				 /* › */
	{ 0x2039, false, "M6.5 6L3 10L6.5 14" },				 /* ‹ */
	{ 0x25b8, true, "M2.5 5.5L8 10L2.5 14.5Z" },				 /* ▸ */
	{ 0x25be, true, "M1 7H9L5 13Z" },					 /* ▾ */
	{ 0x25b6, true, "M1.5 4.5L9 10L1.5 15.5Z" },				 /* ▶ */
	{ 0x2190, false, "M9.5 10H0.8M4.3 6.5L0.8 10L4.3 13.5" },		 /* ← */
	{ 0x2191, false, "M5 16V4.5M1.8 8L5 4.5L8.2 8" },			 /* ↑ */
	{ 0x2192, false, "M0.5 10H9.2M5.7 6.5L9.2 10L5.7 13.5" },		 /* → */
	{ 0x2193, false, "M5 4V15.5M1.8 12L5 15.5L8.2 12" },			 /* ↓ */
	{ 0x2713, false, "M1.2 10.5L4 14.2L9 5.5" },				 /* ✓ */
	{ 0x2714, false, "M1.2 10.5L4 14.2L9 5.5" },				 /* ✔ */
	{ 0x2717, false, "M1.8 5.8L8.2 14.2M8.2 5.8L1.8 14.2" },		 /* ✗ */
	{ 0x2718, false, "M1.8 5.8L8.2 14.2M8.2 5.8L1.8 14.2" },		 /* ✘ */
	{ 0x2026, true, "M1 13.2H2.6V14.8H1ZM4.2 13.2H5.8V14.8H4.2ZM7.4 13.2H9V14.8H7.4Z" }, /* … */
};

static const struct sign *sign_find(uint32_t character)
{
	for (size_t i = 0; i < ARRAY_LENGTH(SIGNS); i++) {
		if (SIGNS[i].character == character)
			return &SIGNS[i];
	}
	return NULL;
}

struct look {
	int foreground, background;
	bool is_bold, is_underlined;
};

static int mixed(int colour, int with)
{
	int out = 0;
	for (int shift = 0; shift <= 16; shift += 8) {
		int part = ((colour >> shift & 0xff) * 2 + (with >> shift & 0xff)) / 3;
		out |= part << shift;
	}
	return out;
}

static struct look cell_look(const struct cell *cell)
{
	int foreground = cell->foreground == CELL_COLOUR_DEFAULT ? FOREGROUND : cell->foreground;
	int background = cell->background == CELL_COLOUR_DEFAULT ? BACKGROUND : cell->background;
	if ((cell->styles & CELL_DIM) != 0)
		foreground = mixed(foreground, background);
	bool is_reverse = (cell->styles & CELL_REVERSE) != 0;
	return (struct look) { .foreground = is_reverse ? background : foreground,
			       .background = is_reverse ? foreground : background,
			       .is_bold = (cell->styles & CELL_BOLD) != 0,
			       .is_underlined = (cell->styles & CELL_UNDERLINE) != 0 };
}

static bool looks_equal(struct look a, struct look b)
{
	return a.foreground == b.foreground && a.background == b.background &&
	       a.is_bold == b.is_bold && a.is_underlined == b.is_underlined;
}

static int cell_x(int column)
{
	return MARGIN + column * CELL_WIDTH;
}

static int cell_y(int row)
{
	return MARGIN + row * CELL_HEIGHT;
}

static void escaped_add(struct str *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '&')
			str_add(out, "&amp;");
		else if (*text == '<')
			str_add(out, "&lt;");
		else if (*text == '>')
			str_add(out, "&gt;");
		else
			str_add_char(out, *text);
	}
}

static void backgrounds_add(const struct screen *screen, int row, struct str *out)
{
	for (int column = 0; column < screen->columns;) {
		int background = cell_look(screen_cell(screen, row, column)).background;
		int end = column + 1;
		while (end < screen->columns &&
		       cell_look(screen_cell(screen, row, end)).background == background)
			end++;
		if (background != BACKGROUND)
			str_addf(out,
				 "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
				 "fill=\"#%06x\"/>\n",
				 cell_x(column), cell_y(row), (end - column) * CELL_WIDTH,
				 CELL_HEIGHT, (unsigned)background);
		column = end;
	}
}

static bool is_blank(const struct screen *screen, int row, int column)
{
	const struct cell *cell = screen_cell(screen, row, column);
	return column >= screen->columns ||
	       (cell->character == ' ' && (cell->styles & CELL_UNDERLINE) == 0);
}

/* Where the run of equal text that starts at `column` ends: at another look, at a sign, and at two
 * blanks, so that a renderer without textLength cannot drift. */
static int run_end(const struct screen *screen, int row, int column)
{
	struct look look = cell_look(screen_cell(screen, row, column));
	int end = column;
	while (end < screen->columns) {
		const struct cell *cell = screen_cell(screen, row, end);
		if (!looks_equal(cell_look(cell), look) || sign_find(cell->character) != NULL)
			break;
		if (is_blank(screen, row, end) &&
		    (end + 1 >= screen->columns || is_blank(screen, row, end + 1)))
			break;
		end++;
	}
	if (end > column + 1 && is_blank(screen, row, end - 1))
		end--;
	return end > column ? end : column + 1;
}

static void run_add(const struct screen *screen, int row, int column, int end, struct str *out)
{
	struct look look = cell_look(screen_cell(screen, row, column));
	str_addf(out, "<text x=\"%d\" y=\"%d\" textLength=\"%d\"", cell_x(column),
		 cell_y(row) + BASELINE, (end - column) * CELL_WIDTH);
	if (look.foreground != FOREGROUND)
		str_addf(out, " fill=\"#%06x\"", (unsigned)look.foreground);
	str_add(out, look.is_bold ? " font-weight=\"bold\"" : "");
	str_add(out, look.is_underlined ? " text-decoration=\"underline\"" : "");
	str_add_char(out, '>');
	for (int i = column; i < end; i++)
		escaped_add(out, screen_cell(screen, row, i)->text);
	str_add(out, "</text>\n");
}

/* A row of one sign is one path element with a part for each cell. */
static int signs_add(const struct screen *screen, int row, int column, const struct sign *sign,
		     struct str *out)
{
	struct look look = cell_look(screen_cell(screen, row, column));
	int end = column;
	while (end < screen->columns &&
	       screen_cell(screen, row, end)->character == sign->character &&
	       looks_equal(cell_look(screen_cell(screen, row, end)), look))
		end++;
	static const uint32_t HORIZONTAL = 0x2500;
	bool is_rule = sign->character == HORIZONTAL;
	for (int i = column; i < (is_rule ? column + 1 : end); i++) {
		str_addf(out, "<path transform=\"translate(%d %d)\" ", cell_x(i), cell_y(row));
		str_addf(out, sign->is_filled ? "fill=\"#%06x\"" : "fill=\"none\" stroke=\"#%06x\"",
			 (unsigned)look.foreground);
		if (is_rule)
			str_addf(out, " d=\"M0 10H%d\"/>\n", (end - column) * CELL_WIDTH);
		else
			str_addf(out, " d=\"%s\"/>\n", sign->path);
	}
	return end;
}

static void row_add(const struct screen *screen, int row, struct str *out)
{
	for (int column = 0; column < screen->columns;) {
		const struct cell *cell = screen_cell(screen, row, column);
		const struct sign *sign = sign_find(cell->character);
		if (sign != NULL) {
			column = signs_add(screen, row, column, sign, out);
		} else if (is_blank(screen, row, column) || cell->text[0] == '\0') {
			column++;
		} else {
			int end = run_end(screen, row, column);
			run_add(screen, row, column, end, out);
			column = end;
		}
	}
}

static int picture_side(int length)
{
	return length + 2 * MARGIN;
}

static void ground_add(int columns, int rows, struct str *out)
{
	str_addf(out, "<rect width=\"%d\" height=\"%d\" rx=\"8\" fill=\"#%06x\"/>\n",
		 picture_side(columns * CELL_WIDTH), picture_side(rows * CELL_HEIGHT),
		 (unsigned)BACKGROUND);
}

/* A picture is so many cells wide and high. `texts` are its frames in words. */
static void head_add(int columns, int rows, const char *title, const char *texts, struct str *out)
{
	int width = picture_side(columns * CELL_WIDTH);
	int height = picture_side(rows * CELL_HEIGHT);
	str_addf(out,
		 "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"%d\" "
		 "height=\"%d\" viewBox=\"0 0 %d %d\">\n<title>",
		 width, height, width, height);
	escaped_add(out, title);
	str_add(out, "</title>\n<desc>");
	escaped_add(out, texts);
	str_add(out, "</desc>\n");
	ground_add(columns, rows, out);
	str_addf(out,
		 "<g font-family=\"DejaVu Sans Mono,Menlo,Consolas,Liberation Mono,monospace\" "
		 "font-size=\"16.6\" fill=\"#%06x\" stroke-width=\"1.3\">\n",
		 (unsigned)FOREGROUND);
}

static void screen_add(const struct screen *screen, struct str *out)
{
	for (int row = 0; row < screen->rows; row++)
		backgrounds_add(screen, row, out);
	if (screen->cursor_is_visible)
		str_addf(out,
			 "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#%06x\" "
			 "fill-opacity=\"0.55\"/>\n",
			 cell_x(screen->cursor_column), cell_y(screen->cursor_row), CELL_WIDTH,
			 CELL_HEIGHT, (unsigned)CURSOR);
	for (int row = 0; row < screen->rows; row++)
		row_add(screen, row, out);
}

void screen_svg_write(const struct screen *screen, const char *title, struct str *out)
{
	struct str text;
	str_init(&text);
	screen_text(screen, &text);
	head_add(screen->columns, screen->rows, title, text.bytes, out);
	screen_add(screen, out);
	str_add(out, "</g>\n</svg>\n");
	str_release(&text);
}

/* Each frame is visible in its part of the round. It covers those before it, so that the last one
 * is seen where nothing moves: by request, or in a viewer that cannot. */
static void story_style_add(size_t count, struct str *out)
{
	str_addf(out,
		 "<style>.f{animation:f %zus step-end infinite}"
		 "@keyframes f{0%%{visibility:visible}%.4f%%{visibility:hidden}}"
		 "@media(prefers-reduced-motion:reduce){.f{animation:none}}</style>\n",
		 count * STORY_FRAME_SECONDS, 100.0 / (double)count);
}

void screen_svg_story_write(const struct screen_svg_frame *frames, size_t count, const char *title,
			    struct str *out)
{
	const struct screen *first = &frames[0].screen;
	struct str texts;
	str_init(&texts);
	for (size_t i = 0; i < count; i++) {
		str_addf(&texts, "%s\n\n", frames[i].caption);
		screen_text(&frames[i].screen, &texts);
		str_add(&texts, i + 1 < count ? "\n" : "");
	}
	head_add(first->columns, first->rows + CAPTION_ROWS, title, texts.bytes, out);
	story_style_add(count, out);
	for (size_t i = 0; i < count; i++) {
		str_addf(out, "<g class=\"f\" style=\"animation-delay:-%zus\">\n",
			 (count - i) * STORY_FRAME_SECONDS);
		ground_add(first->columns, first->rows + CAPTION_ROWS, out);
		str_addf(out, "<text x=\"%d\" y=\"%d\" fill=\"#%06x\" font-weight=\"bold\">%zu  ",
			 cell_x(1), cell_y(first->rows + CAPTION_ROWS - 1) + BASELINE,
			 (unsigned)CURSOR, i + 1);
		escaped_add(out, frames[i].caption);
		str_add(out, "</text>\n");
		screen_add(&frames[i].screen, out);
		str_add(out, "</g>\n");
	}
	str_add(out, "</g>\n</svg>\n");
	str_release(&texts);
}
