#include "ui/widgets/form_help.h"

enum {
	FORM_COLUMNS_LEAST = 80,
	COLUMNS_MOST = 48, /* longer lines are harder to read than more of them */
	GAP = 2,	   /* the rule and a blank */
	MARGIN = 1,
};

void form_help_init(struct form_help *help)
{
	*help = (struct form_help) { .style = STYLE_NORMAL };
	str_init(&help->more);
}

void form_help_release(struct form_help *help)
{
	str_release(&help->more);
}

bool form_help_is_beside(const struct term *term)
{
	return term->columns >= FORM_HELP_LEAST;
}

void form_help_draw(const struct form_help *help, struct form *form, struct term *term, int row,
		    int rows)
{
	const struct form_row *focused = form_focused(form);
	int columns = term->columns - FORM_COLUMNS_LEAST;
	form->columns = 0;
	if (!form_help_is_beside(term))
		return;
	if (columns > COLUMNS_MOST)
		columns = COLUMNS_MOST;
	form->columns = term->columns - columns;
	for (int i = 0; i < rows; i++)
		draw_glyph(term, row + i, form->columns, 1, STYLE_SECTION, term->glyphs->side);
	int column = form->columns + GAP, width = columns - GAP - MARGIN, taken = 0;
	if (focused != NULL)
		taken = draw_paragraph(term, row, column, width, rows, STYLE_TITLE, focused->label);
	if (help->sentence != NULL)
		taken += 1 + draw_paragraph(term, row + taken + 1, column, width, rows - taken - 1,
					    help->style, help->sentence);
	(void)draw_paragraphs(term, row + taken + 1, column, width, rows - taken - 1, STYLE_DIM,
			      help->more.bytes);
}
