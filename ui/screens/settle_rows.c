#include "ui/screens/settle_rows.h"

#include "base/mem.h"
#include "ui/app/app.h"

#include <stdlib.h>

void settle_rows_add(struct form *form, const struct open_number *number, int first)
{
	int columns = form_sentence_columns(&number->app->term);
	(void)form_add(form, FORM_SECTION, "Settle it");
	for (int way = 0; way < SETTLE_WAYS; way++)
		/* A field that is none, so that the row can have the focus. */
		form_add_sentence(form, field_ref_parameter(FIELD_SIP_SERVERS, way, 0),
				  settle_words(number->left_open, (enum settle_way)way), columns,
				  STYLE_NORMAL)
			->action = first + way;
}
