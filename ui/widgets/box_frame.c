#include "ui/widgets/box_frame.h"

enum {
	COLUMNS_MAX = 72,
	MARGIN = 3,
	ROWS_AROUND = 4, /* the header, the bar, and its own edges */
};

static int outer_columns(const struct term *term)
{
	return term->columns - 4 < COLUMNS_MAX ? term->columns - 4 : COLUMNS_MAX;
}

int box_frame_columns(const struct term *term)
{
	return outer_columns(term) - 2 * MARGIN;
}

int box_frame_sentence_rows(const struct term *term, const char *sentence, int others)
{
	int wanted = draw_paragraph_rows(sentence, box_frame_columns(term));
	int room = term->rows - ROWS_AROUND - others;
	return wanted <= room ? wanted : room > 1 ? room : 1;
}

static void edge_draw(struct term *term, int row, int left, int columns, const char *const *corners)
{
	draw_glyph(term, row, left, columns, STYLE_SECTION, term->glyphs->rule);
	draw_glyph(term, row, left, 1, STYLE_SECTION, corners[0]);
	draw_glyph(term, row, left + columns - 1, 1, STYLE_SECTION, corners[1]);
}

struct box_place box_frame_draw(struct term *term, const char *title, int rows)
{
	int columns = outer_columns(term);
	int all = rows + 2;
	int top = (term->rows - all) / 2 < 1 ? 1 : (term->rows - all) / 2;
	int left = (term->columns - columns) / 2;
	draw_targets_clear(term);
	/* Over the whole width: pieces of the screen below beside it would only confuse. */
	for (int i = 0; i < all; i++)
		draw_glyph(term, top + i, 0, term->columns, STYLE_NORMAL, " ");
	for (int i = 1; i <= rows; i++) {
		draw_glyph(term, top + i, left, 1, STYLE_SECTION, term->glyphs->side);
		draw_glyph(term, top + i, left + columns - 1, 1, STYLE_SECTION, term->glyphs->side);
	}
	edge_draw(term, top, left, columns, term->glyphs->corners);
	edge_draw(term, top + all - 1, left, columns, term->glyphs->corners + 2);
	draw_glyph(term, top, left + 1, 1, STYLE_SECTION, " ");
	int width = draw_text(term, top, left + 2, box_frame_columns(term), STYLE_TITLE, title);
	draw_glyph(term, top, left + 2 + width, 1, STYLE_SECTION, " ");
	return (struct box_place) { .row = top + 1, .column = left + MARGIN };
}
