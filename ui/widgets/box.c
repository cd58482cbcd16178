#include "ui/widgets/box.h"

#include "base/mem.h"
#include "base/text.h"
#include "ui/app/app.h"
#include "ui/widgets/box_frame.h"
#include "ui/widgets/scroll.h"

#include <stdlib.h>

struct box {
	struct screen screen;
	char *title;
	char *sentence;
	struct {
		char *label;
		char *why_not;
		char key;
	} choices[BOX_CHOICES_MAX];
	int count;
	int present; /* the value there is now; -1: a question */
	struct scroll scroll;
	box_done_fn *done;
	void *owner;
};

static void box_finish(struct box *box, int choice)
{
	box_done_fn *done = box->done;
	void *owner = box->owner;
	app_pop(box->screen.app);
	done(owner, choice);
}

static void box_choose(struct box *box, int choice)
{
	if (box->choices[choice].why_not != NULL) {
		app_notice(box->screen.app, "%s", box->choices[choice].why_not);
		return;
	}
	box_finish(box, choice);
}

static bool box_event(struct screen *screen, const struct input_event *event)
{
	struct box *box = (struct box *)screen;
	if (event->kind != INPUT_KEY)
		return true; /* a paste answers no question */
	for (int i = 0; i < box->count; i++) {
		if (box->choices[i].key == 0 || event->key != (uint32_t)box->choices[i].key)
			continue;
		box_choose(box, i);
		return true;
	}
	return false;
}

static void box_act(struct screen *screen, enum action_id action)
{
	struct box *box = (struct box *)screen;
	if (scroll_act(&box->scroll, action, box->count, box->count, NULL, NULL))
		return;
	if (action == ACTION_OPEN || action == ACTION_NEXT_VALUE)
		box_choose(box, box->scroll.focus);
	else if (action == ACTION_BACK)
		box_finish(box, BOX_BACK);
}

static int choices_rows(const struct box *box, int width)
{
	int rows = box->count;
	for (int i = 0; i < box->count; i++)
		if (box->choices[i].why_not != NULL)
			rows += draw_paragraph_rows(box->choices[i].why_not, width - 6);
	return rows;
}

static int choice_draw(struct box *box, int index, struct term *term, int row, int column,
		       int width)
{
	bool can = box->choices[index].why_not == NULL;
	const char *sign = index == box->present ? term->glyphs->chosen : term->glyphs->choosable;
	draw_target(term, row, index, index == box->scroll.focus);
	if (index == box->scroll.focus) {
		draw_glyph(term, row, column - 2, 1, STYLE_NORMAL, term->glyphs->focus);
		draw_cursor(term, row, column);
	}
	int at = column;
	if (box->present >= 0)
		at += draw_text(term, row, at, width, STYLE_NORMAL, sign) + 1;
	if (box->choices[index].key != 0)
		at += draw_text(term, row, at, width, STYLE_BAR_KEY,
				(char[]) { box->choices[index].key, '\0' }) +
		      1;
	(void)draw_text(term, row, at, column + width - at, can ? STYLE_NORMAL : STYLE_DISABLED,
			box->choices[index].label);
	if (can)
		return 1;
	return 1 + draw_paragraph(term, row + 1, column + 4, width - 6, term->rows, STYLE_DIM,
				  box->choices[index].why_not);
}

static void box_draw(struct screen *screen, struct term *term)
{
	struct box *box = (struct box *)screen;
	int width = box_frame_columns(term);
	int rows = choices_rows(box, width);
	int words =
		box->sentence == NULL ? 0 : box_frame_sentence_rows(term, box->sentence, rows + 1);
	struct box_place place =
		box_frame_draw(term, box->title, words == 0 ? rows : words + 1 + rows);
	int row = place.row;
	if (words > 0)
		row += draw_paragraph(term, row, place.column, width, words, STYLE_NORMAL,
				      box->sentence) +
		       1;
	for (int i = 0; i < box->count; i++)
		row += choice_draw(box, i, term, row, place.column, width);
}

static const char *box_bar_label(struct screen *screen, enum action_id action)
{
	(void)screen;
	return action == ACTION_OPEN ? "Choose" : action == ACTION_LEAVE ? "" : NULL;
}

static void box_release(struct screen *screen)
{
	struct box *box = (struct box *)screen;
	for (int i = 0; i < box->count; i++) {
		free(box->choices[i].label);
		free(box->choices[i].why_not);
	}
	free(box->title);
	free(box->sentence);
	free(box);
}

static const struct screen_ops BOX_OPS = {
	.context = CONTEXT_CHOICE,
	.is_overlay = true,
	.title = "A question",
	.help = "Up and Down move, Enter chooses, Esc goes back without choosing.",
	.draw = box_draw,
	.event = box_event,
	.act = box_act,
	.bar_label = box_bar_label,
	.release = box_release,
};

struct screen *box_new(struct app *app, const char *title, const char *sentence,
		       const struct box_choice *choices, size_t count, int first, bool is_question,
		       box_done_fn *done, void *owner)
{
	struct box *box = screen_new(app, sizeof *box, &BOX_OPS);
	box->title = mem_text(title);
	box->sentence = mem_text(sentence);
	box->count = (int)(count < BOX_CHOICES_MAX ? count : BOX_CHOICES_MAX);
	for (int i = 0; i < box->count; i++) {
		box->choices[i].label = mem_text(choices[i].label);
		box->choices[i].why_not = mem_text(choices[i].why_not);
		box->choices[i].key = choices[i].key;
	}
	box->present = is_question ? -1 : first;
	box->scroll.focus = first < 0 || first >= box->count ? 0 : first;
	box->done = done;
	box->owner = owner;
	return &box->screen;
}

const char *box_sentence(const struct screen *screen)
{
	const struct box *box = (const struct box *)screen;
	return screen->ops == &BOX_OPS && box->present < 0 && box->choices[0].key == 'y'
		       ? box->sentence
		       : NULL;
}
