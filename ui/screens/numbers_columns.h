/* The columns of the list of numbers: which of them fit, and what stands in them. */
#ifndef SIPDESK_UI_SCREENS_NUMBERS_COLUMNS_H
#define SIPDESK_UI_SCREENS_NUMBERS_COLUMNS_H

#include "ui/app/number_list.h"
#include "ui/app/number_status.h"
#include "ui/term/term.h"

enum { NUMBERS_NAME_COLUMN = 5 /* before it the focus and a mark, as in forms */ };

enum number_column {
	NUMBER_COLUMN_NAME,
	NUMBER_COLUMN_PHONE,
	NUMBER_COLUMN_PROVIDER,
	NUMBER_COLUMN_SIP,
	NUMBER_COLUMN_READ,
	NUMBER_COLUMN_CHECK,
	NUMBER_COLUMN_DRAFT,
	NUMBER_COLUMN_TAGS,
	NUMBER_COLUMN_COUNT,
};

struct numbers_columns {
	struct {
		int column, width; /* width 0: there is no room for it */
	} at[NUMBER_COLUMN_COUNT];
};

void numbers_columns_fit(struct numbers_columns *columns, const struct number_list *list,
			 int terminal_columns);
/* The headings; the one the list is sorted by is marked. */
void numbers_columns_head(const struct numbers_columns *columns, const struct number_list *list,
			  struct term *term, int row);
void numbers_columns_draw(const struct numbers_columns *columns, struct term *term, int row,
			  const struct app *app, const struct number *number,
			  const struct number_status *status);

#endif
