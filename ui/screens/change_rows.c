#include "ui/screens/change_rows.h"

#include "base/mem.h"

#include <stdlib.h>

void change_rows_add(struct form *form, const struct term *term, const struct change_lines *lines,
		     bool is_plan)
{
	for (size_t i = 0; i < lines->count; i++) {
		const struct change_line *line = &lines->items[i];
		char *value = mem_format("%s → %s", line->old_text, line->new_text);
		struct form_row *row =
			form_add_value(form, term, line->label, value, is_plan ? line->note : NULL);
		if (is_plan)
			row->ref = line->ref;
		else
			row->action = (int)i;
		free(value);
	}
}
