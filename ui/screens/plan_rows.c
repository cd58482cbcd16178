#include "ui/screens/plan_rows.h"

#include "base/mem.h"
#include "calling/changes.h"
#include "calling/requests.h"
#include "ui/app/number_undo.h"

#include <stdlib.h>

static void sentence_add(struct form *form, const struct term *term, const char *sentence,
			 enum style style)
{
	(void)form_add_sentence(form, field_ref_of(FIELD_COUNT), sentence,
				form_sentence_columns(term), style);
}

void consequence_rows_add(struct form *form, const struct term *term,
			  const struct calling_values *base, const struct calling_values *mine)
{
	struct sentences sentences = { 0 };
	consequences_compute(base, mine, &sentences);
	if (sentences.count > 0)
		(void)form_add(form, FORM_SECTION, "What this means");
	for (size_t i = 0; i < sentences.count; i++)
		sentence_add(form, term, sentences.items[i], STYLE_NORMAL);
	sentences_release(&sentences);
}

void plan_rows_add(struct form *form, const struct term *term, const struct calling_settings *base,
		   const struct calling_values *mine)
{
	struct write_plan plan;
	struct err err;
	write_plan_init(&plan);
	(void)form_add(form, FORM_SECTION, "Plan");
	if (!write_plan_make(&plan, base, mine, &err)) {
		sentence_add(form, term, err.sentence, STYLE_WRONG);
		return;
	}
	char *sentence = mem_format("%zu request%s, then read back.", plan.count,
				    plan.count == 1 ? "" : "s");
	sentence_add(form, term, sentence, STYLE_NORMAL);
	free(sentence);
	for (size_t i = 0; i < plan.count; i++) {
		sentence = mem_format("%zu  %s", i + 1, plan.requests[i].title);
		sentence_add(form, term, sentence, STYLE_DIM);
		free(sentence);
	}
	write_plan_release(&plan);
}

void undo_row_add(struct form *form, const struct term *term, bool is_wanted, int action)
{
	(void)form_add(form, FORM_SECTION, "Timed undo");
	struct form_row *row = form_add(form, FORM_FIELD, "Undo by itself");
	row->action = action;
	row->value =
		mem_text(is_wanted ? "after 5 minutes, unless confirmed" : "no; Enter switches it");
	sentence_add(form, term, NUMBER_UNDO_MEANING, STYLE_DIM);
}
