#include "ui/screens/pick.h"

#include "base/mem.h"
#include "ui/term/draw.h"

#include <stdlib.h>

enum { COLUMN_LABEL = 3 };

void pick_clear(struct pick *pick)
{
	for (int i = 0; i < pick->count; i++) {
		free(pick->rows[i].label);
		free(pick->rows[i].value);
		free(pick->rows[i].help);
	}
	free(pick->rows);
	pick->rows = NULL;
	pick->count = 0;
}

struct pick_row *pick_add(struct pick *pick, const char *label, const char *value)
{
	pick->rows = mem_grow(pick->rows, (size_t)pick->count, sizeof *pick->rows);
	struct pick_row *row = &pick->rows[pick->count++];
	row->label = mem_text(label);
	row->value = mem_text(value);
	return row;
}

int pick_focus(const struct pick *pick)
{
	return pick->scroll.focus < pick->count ? pick->scroll.focus : -1;
}

void pick_draw(struct pick *pick, struct term *term, int top, int rows, int value_column)
{
	scroll_settle(&pick->scroll, pick->count, rows);
	for (int i = 0; i < rows && pick->scroll.first + i < pick->count; i++) {
		int index = pick->scroll.first + i;
		const struct pick_row *row = &pick->rows[index];
		enum style style = row->disabled ? STYLE_DISABLED : STYLE_NORMAL;
		(void)draw_text(term, top + i, COLUMN_LABEL, value_column - COLUMN_LABEL - 2, style,
				row->label);
		if (row->value != NULL)
			(void)draw_text(term, top + i, value_column,
					term->columns - value_column - 1, style, row->value);
		draw_target(term, top + i, index, index == pick->scroll.focus);
		if (index != pick->scroll.focus)
			continue;
		draw_glyph(term, top + i, 1, 1, STYLE_NORMAL, term->glyphs->focus);
		draw_cursor(term, top + i, COLUMN_LABEL);
	}
	if (pick->scroll.first > 0)
		draw_glyph(term, top, term->columns - 1, 1, STYLE_DIM, term->glyphs->more_up);
	if (pick->scroll.first + rows < pick->count)
		draw_glyph(term, top + rows - 1, term->columns - 1, 1, STYLE_DIM,
			   term->glyphs->more_down);
}
