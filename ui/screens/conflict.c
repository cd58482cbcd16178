#include "ui/screens/screens.h"

#include "base/mem.h"
#include "ui/term/draw.h"
#include "ui/widgets/frame.h"
#include "ui/widgets/scroll.h"

#include <stdlib.h>

enum { COLUMN_LABEL = 3, LABEL_COLUMNS = 18, VALUES = 3, ITEM_ROWS_MAX = 3, TAKEN_OVER_MAX = 3 };

/*
 * Base, theirs, mine, field by field. Settles either a reading that moved under the draft
 * (`send` NULL) or a send that waits.
 */
struct screen_conflict {
	struct screen screen;
	struct open_number *number;
	struct send *send;
	struct merge *merge;  /* borrowed from the number or the send */
	struct scroll scroll; /* in conflicts */
};

static struct screen_conflict *self_of(struct screen *screen)
{
	return (struct screen_conflict *)screen;
}

/* The n-th conflict; items that were only taken over are not counted. */
static struct merge_item *conflict_at(const struct screen_conflict *self, int wanted)
{
	for (size_t i = 0; i < self->merge->count; i++)
		if (self->merge->items[i].conflict && wanted-- == 0)
			return &self->merge->items[i];
	return NULL;
}

static int conflict_count(const struct screen_conflict *self)
{
	return (int)merge_conflict_count(self->merge);
}

static int value_columns(const struct term *term)
{
	return (term->columns - COLUMN_LABEL - LABEL_COLUMNS - 2) / VALUES;
}

static void columns_draw(struct term *term, int row, int rows, const char *label,
			 const char *const values[], int chosen, enum style style)
{
	int width = value_columns(term);
	(void)draw_paragraph(term, row, COLUMN_LABEL, LABEL_COLUMNS - 1, rows, style, label);
	for (int i = 0; i < VALUES; i++) {
		int column = COLUMN_LABEL + LABEL_COLUMNS + i * width;
		if (i == chosen)
			draw_glyph(term, row, column, 1, STYLE_SELECTED, term->glyphs->chosen);
		(void)draw_paragraph(term, row, column + 2, width - 3, rows,
				     i == chosen ? STYLE_SELECTED : style, values[i]);
	}
}

static void item_values(const struct merge_item *item, const char *values[VALUES])
{
	values[0] = item->base_text == NULL ? "none" : item->base_text;
	values[1] = item->theirs_text == NULL ? "none" : item->theirs_text;
	values[2] = item->mine_text == NULL ? "none" : item->mine_text;
}

/* Rows of every item: as many as the longest value needs in its column. */
static int item_rows(const struct screen_conflict *self, const struct term *term)
{
	int rows = 1;
	for (int i = 0; i < conflict_count(self); i++) {
		const struct merge_item *item = conflict_at(self, i);
		const char *values[VALUES];
		int needed = draw_paragraph_rows(item->label, LABEL_COLUMNS - 1);
		item_values(item, values);
		for (int j = 0; j < VALUES; j++) {
			int more = draw_paragraph_rows(values[j], value_columns(term) - 3);
			needed = more > needed ? more : needed;
		}
		rows = needed > rows ? needed : rows;
	}
	return rows > ITEM_ROWS_MAX ? ITEM_ROWS_MAX : rows;
}

static void conflict_draw_item(struct screen_conflict *self, struct term *term, int row, int rows,
			       int index)
{
	const struct merge_item *item = conflict_at(self, index);
	const char *values[VALUES];
	int chosen = item->choice == MERGE_THEIRS ? 1 : item->choice == MERGE_MINE ? 2 : -1;
	item_values(item, values);
	columns_draw(term, row, rows, item->label, values, chosen, STYLE_NORMAL);
	for (int i = 0; i < rows; i++)
		draw_target(term, row + i, index, index == self->scroll.focus);
	if (index != self->scroll.focus)
		return;
	draw_glyph(term, row, 1, 1, STYLE_NORMAL, term->glyphs->focus);
	draw_cursor(term, row, COLUMN_LABEL);
}

static int taken_over_count(const struct screen_conflict *self)
{
	return (int)self->merge->count - conflict_count(self);
}

/* A line that says how many, then one for each of the first. */
static int taken_over_rows(const struct screen_conflict *self, const struct term *term)
{
	int count = taken_over_count(self);
	int most = frame_body_rows(term) < FRAME_COMPACT_ROWS ? 0 : TAKEN_OVER_MAX;
	return count == 0 ? 0 : 1 + (count < most ? count : most);
}

static void taken_over_draw(const struct screen_conflict *self, struct term *term, int row)
{
	int count = taken_over_count(self);
	int columns = term->columns - COLUMN_LABEL - 1;
	int end = row + taken_over_rows(self, term);
	if (row == end)
		return;
	char *line = mem_format("%d more changed only there and %s taken over.", count,
				count == 1 ? "is" : "are");
	(void)draw_text(term, row++, COLUMN_LABEL, columns, STYLE_DIM, line);
	free(line);
	for (size_t i = 0; i < self->merge->count && row < end; i++) {
		const struct merge_item *item = &self->merge->items[i];
		if (item->conflict)
			continue;
		line = mem_format("%s: %s", item->label,
				  item->theirs_text == NULL ? "none" : item->theirs_text);
		(void)draw_text(term, row++, COLUMN_LABEL + 2, columns - 2, STYLE_DIM, line);
		free(line);
	}
}

static void conflict_draw(struct screen *screen, struct term *term)
{
	static const char *const headings[VALUES] = { "Base", "Theirs", "Yours" };
	struct screen_conflict *self = self_of(screen);
	int top = frame_body_row(term);
	int count = conflict_count(self);
	screen_header(term, self->number, "Conflict", open_number_realm(self->number));
	draw_rule(term, top, NULL);
	int row = top + 1;
	row += draw_paragraph(term, row, COLUMN_LABEL, term->columns - COLUMN_LABEL - 1, 2,
			      STYLE_NORMAL,
			      "These settings were changed at the service while you edited them. "
			      "Nothing is sent before you have chosen for each.");
	columns_draw(term, row + 1, 1, "Field", headings, -1, STYLE_DIM);
	row += 2;
	int rows = top + frame_body_rows(term) - row - taken_over_rows(self, term);
	int each = item_rows(self, term) < rows ? item_rows(self, term) : 1;
	scroll_settle(&self->scroll, count, rows / each);
	for (int i = 0; i < rows / each && self->scroll.first + i < count; i++)
		conflict_draw_item(self, term, row + i * each, each, self->scroll.first + i);
	taken_over_draw(self, term, row + rows);
	screen_help_lines(screen, term, STYLE_NORMAL,
			  !merge_is_decided(self->merge)
				  ? "m keeps yours, t takes theirs, for the focused field."
			  : self->send == NULL ? "Enter goes on with these choices."
					       : "Enter goes on with these choices: what is left "
						 "of your changes is sent at once.");
}

static void choose_all(struct screen_conflict *self, enum merge_choice choice)
{
	for (int i = 0; i < conflict_count(self); i++)
		conflict_at(self, i)->choice = choice;
}

/* A choice goes on to the next field: a list is settled by one key each. */
static void choose(struct screen_conflict *self, enum merge_choice choice)
{
	conflict_at(self, self->scroll.focus)->choice = choice;
	if (self->scroll.focus + 1 < conflict_count(self))
		self->scroll.focus++;
}

static void go_on(struct screen_conflict *self)
{
	struct app *app = self->screen.app;
	struct open_number *number = self->number;
	struct send *send = self->send;
	if (!merge_is_decided(self->merge)) {
		app_notice(app, "Choose for each field first: m keeps yours, t takes theirs.");
		return;
	}
	app_pop(app);
	if (send != NULL) {
		send_resolve(send);
	} else {
		open_number_merged(number);
		app_notice(app, "Your changes now stand on the newer settings.");
	}
}

static void back(struct screen_conflict *self)
{
	struct app *app = self->screen.app;
	struct open_number *number = self->number;
	struct send *send = self->send;
	app_pop(app);
	if (send != NULL) {
		send_cancel(send);
	} else {
		open_number_merge_drop(number);
		app_notice(app, "Nothing was chosen: the newer settings were not taken over yet.");
	}
}

static void conflict_act(struct screen *screen, enum action_id action)
{
	struct screen_conflict *self = self_of(screen);
	if (scroll_act(&self->scroll, action, conflict_count(self),
		       frame_body_rows(&screen->app->term) - 5, NULL, NULL))
		return;
	switch (action) {
	case ACTION_MINE: choose(self, MERGE_MINE); break;
	case ACTION_THEIRS: choose(self, MERGE_THEIRS); break;
	case ACTION_NEXT_VALUE: {
		struct merge_item *item = conflict_at(self, self->scroll.focus);
		item->choice = item->choice == MERGE_MINE ? MERGE_THEIRS : MERGE_MINE;
		break;
	}
	case ACTION_ALL_MINE: choose_all(self, MERGE_MINE); break;
	case ACTION_ALL_THEIRS: choose_all(self, MERGE_THEIRS); break;
	case ACTION_OPEN: go_on(self); break;
	case ACTION_BACK: back(self); break;
	default: break;
	}
}

static const char *conflict_bar_label(struct screen *screen, enum action_id action)
{
	(void)screen;
	return action == ACTION_OPEN ? "Go on" : action == ACTION_LEAVE ? "" : NULL;
}

/* A send that waits for a choice would keep its key: it is cancelled, and the draft stays. */
static void conflict_locked(struct screen *screen)
{
	struct send *send = self_of(screen)->send;
	if (send == NULL)
		return;
	app_remove(screen->app, screen);
	send_cancel(send);
}

static void conflict_release(struct screen *screen)
{
	free(screen);
}

static const struct screen_ops CONFLICT_OPS = {
	.context = CONTEXT_CONFLICT,
	.title = "Conflict",
	.help = "The service's value of a field moved while you were editing it. Base is what you "
		"started from, Theirs what the service has now, Yours what you want. Esc goes back "
		"without sending; your draft is kept.",
	.draw = conflict_draw,
	.act = conflict_act,
	.bar_label = conflict_bar_label,
	.locked = conflict_locked,
	.release = conflict_release,
};

static struct screen *conflict_new(struct app *app, struct open_number *number, struct send *send,
				   struct merge *merge)
{
	struct screen_conflict *self = screen_new(app, sizeof *self, &CONFLICT_OPS);
	self->number = number;
	self->send = send;
	self->merge = merge;
	return &self->screen;
}

struct screen *screen_reading_conflict_new(struct app *app, struct open_number *number)
{
	return conflict_new(app, number, NULL, number->merge);
}

struct screen *screen_send_conflict_new(struct app *app, struct open_number *number,
					struct send *send)
{
	return conflict_new(app, number, send, &send->merge);
}
