#include "ui/widgets/frame.h"

#include "base/mem.h"
#include "base/text.h"
#include "ui/app/app.h"

#include <stdlib.h>
#include <string.h>

int frame_help_rows(const struct term *term)
{
	int usual = term->rows < FRAME_COMPACT_ROWS ? 1 : FRAME_HELP_ROWS;
	return term->notice_rows > usual ? term->notice_rows : usual;
}

void frame_notice_fit(struct term *term, const char *notice)
{
	int most = term->rows - frame_body_row(term) - FRAME_BODY_ROWS_LEAST - 2;
	int wanted =
		notice == NULL ? 0 : draw_paragraph_rows(notice, term->columns - 2 * FRAME_MARGIN);
	term->notice_rows = wanted < most ? wanted : most;
}

int frame_body_row(const struct term *term)
{
	(void)term;
	return 1;
}

int frame_body_rows(const struct term *term)
{
	return term->rows - frame_body_row(term) - frame_help_rows(term) - 2; /* rule and bar */
}

void frame_header(struct term *term, const char *const parts[], const char *right)
{
	int last = term->columns - FRAME_MARGIN;
	int column = FRAME_MARGIN;
	int right_columns = right == NULL ? 0 : text_columns(right);
	int wanted = 0;
	for (size_t i = 0; parts[i] != NULL; i++)
		wanted += text_columns(parts[i]) + (i > 0 ? 3 : 0);
	if (wanted + 2 + right_columns > last - column)
		right_columns = last - column - wanted - 2; /* it gives way first */
	if (right_columns > 3)
		last = draw_text_right(term, 0, last, right_columns, STYLE_DIM, right) - 1;
	for (size_t i = 0; parts[i] != NULL && column < last; i++) {
		if (i > 0)
			column += draw_text(term, 0, column, last - column, STYLE_DIM, " › ");
		column += draw_text(term, 0, column, last - column,
				    parts[i + 1] == NULL ? STYLE_TITLE : STYLE_NORMAL, parts[i]);
	}
}

void frame_help(struct term *term, enum style style, const char *sentence)
{
	int rows = frame_help_rows(term);
	int row = term->rows - 1 - rows;
	draw_rule(term, row - 1, NULL);
	(void)draw_paragraph(term, row, FRAME_MARGIN, term->columns - 2 * FRAME_MARGIN, rows, style,
			     sentence);
}

/* In a narrow window these leave the bar first, in this order; F9 still lists them. */
static const enum action_id BAR_DROPS[] = {
	ACTION_DUPLICATE,  ACTION_SORT,	   ACTION_FIND,	  ACTION_COPY,	  ACTION_REMOVE,
	ACTION_CHANGES,	   ACTION_RELOAD,  ACTION_REVEAL, ACTION_CURL,	  ACTION_ALL_MINE,
	ACTION_ALL_THEIRS, ACTION_OPENSSL, ACTION_SAVE,	  ACTION_REQUEST, ACTION_EDIT_NUMBER,
	ACTION_LEAVE,	   ACTION_HELP,
};

struct bar_item {
	const char *label; /* NULL: not in the bar */
	char *key;
	bool disabled;
};

static int bar_columns(const struct bar_item items[ACTION_COUNT], int gap)
{
	int columns = 0;
	for (size_t i = 0; i < ACTION_COUNT; i++)
		if (items[i].label != NULL)
			columns += (columns > 0 ? gap : 0) + text_columns(items[i].key) + 1 +
				   text_columns(items[i].label);
	return columns;
}

static struct bar_item bar_item_of(struct screen *screen, enum action_id id)
{
	const struct screen_ops *ops = screen->ops;
	const struct action *action = &ACTIONS[id];
	struct bar_item item = { .label = action->bar };
	if ((action->contexts & ops->context) == 0 ||
	    (ops->offers != NULL && !ops->offers(screen, id)))
		return (struct bar_item) { 0 };
	const char *other = ops->bar_label == NULL ? NULL : ops->bar_label(screen, id);
	if (other != NULL)
		item.label = other[0] == '\0' ? NULL : other;
	if (item.label == NULL)
		return item;
	struct str key;
	str_init(&key);
	key_name_write(action->keys[0], &key);
	item.key = str_detach(&key);
	item.disabled = ops->why_not != NULL && ops->why_not(screen, id) != NULL;
	return item;
}

/* What stands in the bar of this width. Returns the columns between two entries. */
static int bar_lay_out(const struct term *term, struct screen *screen,
		       struct bar_item items[ACTION_COUNT])
{
	for (enum action_id id = 0; id < ACTION_COUNT; id++)
		items[id] = bar_item_of(screen, id);
	int room = term->columns - 2 * FRAME_MARGIN;
	int gap =
		bar_columns(items, 2) <= room ? 2 : 1; /* closer together before one is left out */
	for (size_t i = 0; i < ARRAY_LENGTH(BAR_DROPS) && bar_columns(items, gap) > room; i++)
		items[BAR_DROPS[i]].label = NULL;
	for (enum action_id id = ACTION_COUNT; id-- > 0 && bar_columns(items, gap) > room;)
		if (id != ACTION_MORE && id != ACTION_BACK)
			items[id].label = NULL;
	return gap;
}

static void bar_release(struct bar_item items[ACTION_COUNT])
{
	for (size_t i = 0; i < ACTION_COUNT; i++)
		free(items[i].key);
}

void frame_bar(struct term *term, struct screen *screen)
{
	struct bar_item items[ACTION_COUNT];
	int gap = bar_lay_out(term, screen, items);
	int room = term->columns - 2 * FRAME_MARGIN;
	int column = FRAME_MARGIN, row = term->rows - 1;
	for (size_t i = 0; i < ACTION_COUNT; i++) {
		if (items[i].label == NULL)
			continue;
		column += draw_text(term, row, column, room, STYLE_BAR_KEY, items[i].key);
		column += 1 + draw_text(term, row, column + 1, room,
					items[i].disabled ? STYLE_DISABLED : STYLE_BAR,
					items[i].label);
		column += gap;
	}
	bar_release(items);
}

enum action_id frame_bar_at(const struct term *term, struct screen *screen, int column)
{
	struct bar_item items[ACTION_COUNT];
	enum action_id found = ACTION_NONE;
	int gap = bar_lay_out(term, screen, items);
	int begin = FRAME_MARGIN;
	for (enum action_id id = 0; id < ACTION_COUNT; id++) {
		if (items[id].label == NULL)
			continue;
		int end = begin + text_columns(items[id].key) + 1 + text_columns(items[id].label);
		if (column >= begin && column < end)
			found = id;
		begin = end + gap;
	}
	bar_release(items);
	return found;
}
