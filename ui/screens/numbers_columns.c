#include "ui/screens/numbers_columns.h"

#include "base/clock.h"
#include "base/mem.h"
#include "ui/app/number_states.h"
#include "ui/app/number_undo.h"
#include "ui/term/draw.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	GAP = 2,
	MARK_COLUMN = 3,
	NAME_LEAST = 16,
	NAME_EASY = 28, /* what is nice to know leaves the name this */
	NAME_MOST = 40, /* what is left beyond it is the tags' */
	PHONE_LEAST = 12,
	PROVIDER_LEAST = 9, /* "360dialog" */
	PROVIDER_MOST = 16,
	TAGS_LEAST = 10,
	CHECK_SHORT = 7, /* "unclear" */
	WORDS_SIZE = CLOCK_TEXT_SIZE + 32,
};

static const char *const HEADINGS[NUMBER_COLUMN_COUNT] = {
	[NUMBER_COLUMN_NAME] = "Name",	       [NUMBER_COLUMN_PHONE] = "Number",
	[NUMBER_COLUMN_PROVIDER] = "Provider", [NUMBER_COLUMN_SIP] = "SIP",
	[NUMBER_COLUMN_READ] = "Read",	       [NUMBER_COLUMN_CHECK] = "Check",
	[NUMBER_COLUMN_DRAFT] = "Draft",       [NUMBER_COLUMN_TAGS] = "Tags",
};

static const enum number_column SORTED_BY[NUMBER_SORT_COUNT] = {
	[NUMBERS_BY_NAME] = NUMBER_COLUMN_NAME,
	[NUMBERS_BY_NUMBER] = NUMBER_COLUMN_PHONE,
	[NUMBERS_BY_STATE] = NUMBER_COLUMN_SIP,
	[NUMBERS_BY_READ] = NUMBER_COLUMN_READ,
};

/* --- what fits -------------------------------------------------------------------------------- */

/* Makes a column so wide where the name keeps `name_least` of what is left. */
static void column_widen(struct numbers_columns *columns, enum number_column column, int width,
			 int name_least)
{
	int *present = &columns->at[column].width;
	int *name = &columns->at[NUMBER_COLUMN_NAME].width;
	int taken = width - *present + (*present == 0 ? GAP : 0);
	if (*name - taken < name_least)
		return;
	*name -= taken;
	*present = width;
}

void numbers_columns_fit(struct numbers_columns *columns, const struct number_list *list,
			 int terminal_columns)
{
	int phone = list->phone_columns > PHONE_LEAST ? list->phone_columns : PHONE_LEAST;
	int provider = list->provider_columns < PROVIDER_LEAST	? PROVIDER_LEAST
		       : list->provider_columns > PROVIDER_MOST ? PROVIDER_MOST
								: list->provider_columns;
	/* The first to be given room first. */
	const struct {
		enum number_column column;
		int width, name_least;
	} wishes[] = {
		{ NUMBER_COLUMN_PHONE, phone, NAME_LEAST },
		{ NUMBER_COLUMN_SIP, 13, NAME_LEAST },
		{ NUMBER_COLUMN_READ, 6, NAME_LEAST },
		{ NUMBER_COLUMN_CHECK, CHECK_SHORT, NAME_LEAST },
		{ NUMBER_COLUMN_PROVIDER, PROVIDER_LEAST,
		  list->has_several_providers ? NAME_LEAST : NAME_EASY },
		{ NUMBER_COLUMN_CHECK, 14, NAME_EASY }, /* "unclear 59 min" */
		{ NUMBER_COLUMN_DRAFT, 10, NAME_EASY }, /* "99 changed" */
		{ NUMBER_COLUMN_PROVIDER, provider, NAME_EASY },
	};
	*columns = (struct numbers_columns) { 0 };
	columns->at[NUMBER_COLUMN_NAME].width = terminal_columns - 1 - NUMBERS_NAME_COLUMN;
	for (size_t i = 0; i < ARRAY_LENGTH(wishes); i++)
		column_widen(columns, wishes[i].column, wishes[i].width, wishes[i].name_least);
	int spare = columns->at[NUMBER_COLUMN_NAME].width - NAME_MOST - GAP;
	if (list->has_tags && spare >= TAGS_LEAST)
		column_widen(columns, NUMBER_COLUMN_TAGS, spare, NAME_MOST);
	int column = NUMBERS_NAME_COLUMN;
	for (size_t i = 0; i < NUMBER_COLUMN_COUNT; i++) {
		columns->at[i].column = column;
		column += columns->at[i].width == 0 ? 0 : columns->at[i].width + GAP;
	}
}

/* --- what stands in them ---------------------------------------------------------------------- */

static void cell_draw(const struct numbers_columns *columns, enum number_column column,
		      struct term *term, int row, enum style style, const char *text)
{
	if (columns->at[column].width > 0 && text != NULL)
		(void)draw_text(term, row, columns->at[column].column, columns->at[column].width,
				style, text);
}

void numbers_columns_head(const struct numbers_columns *columns, const struct number_list *list,
			  struct term *term, int row)
{
	for (size_t i = 0; i < NUMBER_COLUMN_COUNT; i++) {
		bool is_sorted_by = SORTED_BY[list->sort] == i;
		char words[WORDS_SIZE];
		(void)snprintf(words, sizeof words, "%s%s%s", HEADINGS[i], is_sorted_by ? " " : "",
			       is_sorted_by ? term->glyphs->more_down : "");
		cell_draw(columns, (enum number_column)i, term, row, STYLE_DIM, words);
	}
}

static const char *age_since(int64_t moment, char out[CLOCK_TEXT_SIZE])
{
	return clock_age(clock_now() - moment, out);
}

/* With its age where there is room. */
static void check_draw(const struct numbers_columns *columns, struct term *term, int row,
		       const struct number_status *status)
{
	char age[CLOCK_TEXT_SIZE], words[WORDS_SIZE];
	bool is_wide = columns->at[NUMBER_COLUMN_CHECK].width > CHECK_SHORT;
	if (status->check == READING_NOT_CHECKED)
		return;
	(void)snprintf(words, sizeof words, "%s%s%s", READING_CHECK_WORDS[status->check],
		       is_wide ? " " : "", is_wide ? age_since(status->checked_at, age) : "");
	cell_draw(columns, NUMBER_COLUMN_CHECK, term, row,
		  status->check == READING_FAIL ? STYLE_WRONG : STYLE_NORMAL, words);
}

/* Old news is dim. */
static enum style sip_style(const struct number_status *status)
{
	if (status->standing <= STANDING_SENDING || status->err != NULL)
		return STYLE_WARNING;
	return status->read_at == 0 || clock_now() - status->read_at >= NUMBER_STATES_FRESH_S
		       ? STYLE_DIM
		       : STYLE_NORMAL;
}

static void sip_draw(const struct numbers_columns *columns, struct term *term, int row,
		     const struct number_status *status)
{
	char *undo = status->undo == NULL ? NULL : number_undo_words(status->undo);
	cell_draw(columns, NUMBER_COLUMN_SIP, term, row,
		  undo != NULL ? STYLE_WARNING : sip_style(status),
		  undo != NULL ? undo : STANDING_WORDS[status->standing]);
	free(undo);
}

/* As in forms: changed, read-only. */
static void mark_draw(struct term *term, int row, const struct number *number,
		      const struct number_status *status)
{
	if (status->has_draft)
		draw_glyph(term, row, MARK_COLUMN, 1, STYLE_CHANGED, "*");
	else if (number->is_read_only)
		draw_glyph(term, row, MARK_COLUMN, 1, STYLE_DIM, "-");
}

void numbers_columns_draw(const struct numbers_columns *columns, struct term *term, int row,
			  const struct app *app, const struct number *number,
			  const struct number_status *status)
{
	char words[WORDS_SIZE];
	bool has_phone = number->phone_number != NULL;
	mark_draw(term, row, number, status);
	cell_draw(columns, NUMBER_COLUMN_NAME, term, row, STYLE_NORMAL, number->label);
	cell_draw(columns, NUMBER_COLUMN_PHONE, term, row, has_phone ? STYLE_NORMAL : STYLE_DIM,
		  has_phone ? number->phone_number : number->note);
	cell_draw(columns, NUMBER_COLUMN_PROVIDER, term, row, STYLE_NORMAL,
		  number_provider(app, number));
	sip_draw(columns, term, row, status);
	if (status->read_at != 0)
		cell_draw(columns, NUMBER_COLUMN_READ, term, row, STYLE_NORMAL,
			  age_since(status->read_at, words));
	check_draw(columns, term, row, status);
	if (status->has_draft) {
		(void)snprintf(words, sizeof words, "%zu changed", status->changed_count);
		cell_draw(columns, NUMBER_COLUMN_DRAFT, term, row, STYLE_CHANGED,
			  status->changed_count > 0 ? words : "changed");
	}
	cell_draw(columns, NUMBER_COLUMN_TAGS, term, row, STYLE_DIM, number->tags);
}
