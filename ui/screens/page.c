#include "ui/screens/screens.h"

#include "base/mem.h"
#include "ui/app/clipboard.h"
#include "ui/term/draw.h"
#include "ui/widgets/frame.h"
#include "ui/widgets/scroll.h"

#include <stdlib.h>
#include <string.h>

enum { MARGIN = 2 };

struct screen_page {
	struct screen screen;
	char *about; /* the number it is about; NULL: none */
	char *title;
	char *text;
	struct scroll scroll; /* in lines as they are broken for the width */
	int line_count;
};

static struct screen_page *self_of(struct screen *screen)
{
	return (struct screen_page *)screen;
}

/* A line as it is broken for `width`, from `row` of the `rows` shown; it may begin above them. */
static void line_draw(const char *line, struct term *term, int column, int width, int row, int rows)
{
	size_t length = strlen(line);
	for (size_t next; length > 0; row++) {
		char *part = mem_text_n(line, draw_line_length(line, length, width, &next));
		if (row >= 0 && row < rows)
			(void)draw_text(term, frame_body_row(term) + 1 + row, column, width,
					STYLE_NORMAL, part);
		free(part);
		line += next;
		length -= next;
	}
}

/* Calls for each line of the text; NULL `term` only counts. Blanks in front of a line are kept on
 * what it is broken into, so that JSON and lists stay readable. */
static int lines_walk(const struct screen_page *self, struct term *term, int width, int first,
		      int rows)
{
	int line_number = 0;
	for (const char *at = self->text; *at != '\0';) {
		size_t length = strcspn(at, "\n");
		size_t indent = strspn(at, " ");
		if (indent > length || (int)indent > width / 2)
			indent = 0;
		char *line = mem_text_n(at + indent, length - indent);
		int wide = width - (int)indent;
		int taken = draw_paragraph_rows(line, wide);
		if (taken == 0)
			taken = 1;
		if (term != NULL)
			line_draw(line, term, MARGIN + (int)indent, wide, line_number - first,
				  rows);
		free(line);
		line_number += taken;
		at += length + (at[length] == '\n');
	}
	return line_number;
}

static void page_draw(struct screen *screen, struct term *term)
{
	struct screen_page *self = self_of(screen);
	const char *parts[4] = { "sipdesk" };
	size_t count = 1;
	if (self->about != NULL)
		parts[count++] = self->about;
	parts[count] = self->title;
	int rows = frame_body_rows(term) - 1;
	int width = term->columns - 2 * MARGIN;
	frame_header(term, parts, NULL);
	draw_rule(term, frame_body_row(term), NULL);
	self->line_count = lines_walk(self, NULL, width, 0, 0);
	self->scroll.focus = -1; /* a page scrolls as a whole */
	scroll_settle(&self->scroll, self->line_count, rows);
	(void)lines_walk(self, term, width, self->scroll.first, rows);
	if (self->scroll.first > 0)
		draw_glyph(term, frame_body_row(term) + 1, term->columns - 1, 1, STYLE_DIM,
			   term->glyphs->more_up);
	if (self->scroll.first + rows < self->line_count)
		draw_glyph(term, frame_body_row(term) + rows, term->columns - 1, 1, STYLE_DIM,
			   term->glyphs->more_down);
	draw_cursor(term, frame_body_row(term) + 1, MARGIN);
	screen_help_lines(screen, term, STYLE_DIM,
			  self->line_count > rows ? "Up, Down and Page keys scroll." : "");
}

static void page_act(struct screen *screen, enum action_id action)
{
	struct screen_page *self = self_of(screen);
	int rows = frame_body_rows(&screen->app->term) - 1;
	/* The first line shown moves as a focus would. */
	struct scroll line = { .focus = self->scroll.first };
	if (scroll_act(&line, action, self->line_count, rows, NULL, NULL)) {
		self->scroll.first = line.focus;
	} else if (action == ACTION_COPY) {
		clipboard_send(screen->app, "The text", self->text);
	} else if (action == ACTION_TROUBLES) {
		struct app *app = screen->app;
		app_pop(app);
		app_act(app, ACTION_TROUBLES);
	} else if (action == ACTION_BACK || action == ACTION_OPEN) {
		app_pop(screen->app);
	}
}

static const char *page_own_title(struct screen *screen)
{
	return self_of(screen)->title;
}

/* A page explains itself: help about it would be a page again. */
static bool page_offers(struct screen *screen, enum action_id action)
{
	unsigned below = screen->below == NULL ? 0 : (unsigned)screen->below->ops->context;
	if (action == ACTION_TROUBLES)
		return (ACTIONS[action].contexts & below & ~(unsigned)CONTEXT_TEXT) != 0;
	return action != ACTION_HELP;
}

static void page_release(struct screen *screen)
{
	struct screen_page *self = self_of(screen);
	free(self->about);
	free(self->title);
	free(self->text);
	free(self);
}

static const struct screen_ops PAGE_OPS = {
	.context = CONTEXT_TEXT,
	.title = "A page of text",
	.help = "Up, Down and the Page keys scroll; F8 sends the text to your terminal's "
		"clipboard.",
	.own_title = page_own_title,
	.draw = page_draw,
	.act = page_act,
	.offers = page_offers,
	.release = page_release,
};

struct screen *screen_page_new(struct app *app, const char *about, const char *title,
			       const char *text)
{
	struct screen_page *self = screen_new(app, sizeof *self, &PAGE_OPS);
	self->about = mem_text(about);
	self->title = mem_text(title);
	self->text = mem_text(text);
	return &self->screen;
}
