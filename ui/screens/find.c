#include "ui/screens/screens.h"

#include "base/mem.h"
#include "calling/fields.h"
#include "ui/screens/pick.h"
#include "ui/term/draw.h"
#include "ui/widgets/frame.h"
#include "ui/widgets/text_edit.h"

#include <stdlib.h>

enum { PATH_COLUMN = 34, FIND_MAX = 64, FIND_COLUMN = 9 };

/* Finds a field of the number as the person types; Enter jumps there. */
struct screen_find {
	struct screen screen;
	struct open_number *number;
	struct text_edit wanted;
	struct pick pick;
	struct field_ref *refs; /* of the rows */
};

static struct screen_find *self_of(struct screen *screen)
{
	return (struct screen_find *)screen;
}

/* Labels come first: what help and paths mention is a second guess. */
static void field_consider(struct screen_find *self, struct field_ref ref, bool by_label)
{
	const struct field *field = field_of(ref.field);
	const char *wanted = text_edit_text(&self->wanted);
	const char *key = field->form == FIELD_FORM_PARAMETER
				  ? values_get(&self->number->draft.mine,
					       field_ref_parameter(FIELD_PARAMETER_KEY, ref.server,
								   ref.parameter))
				  : NULL;
	const char *label = key == NULL || key[0] == '\0' ? field->label : key;
	struct str path;
	str_init(&path);
	field_path(ref, &self->number->draft.mine, &path);
	bool label_has_it = text_contains_nocase(label, wanted);
	bool other_has_it = text_contains_nocase(path.bytes, wanted) ||
			    text_contains_nocase(field->help, wanted);
	if (by_label ? label_has_it : other_has_it && !label_has_it) {
		self->refs = mem_grow(self->refs, (size_t)self->pick.count, sizeof *self->refs);
		self->refs[self->pick.count] = ref;
		pick_add(&self->pick, label, path.bytes)->help = mem_text(field->help);
	}
	str_release(&path);
}

static void server_consider(struct screen_find *self, int server, bool by_label)
{
	const struct sip_server *shown = &self->number->draft.mine.servers[server];
	for (enum field_id id = FIELD_SERVER_HOSTNAME; id <= FIELD_SERVER_APP_ID; id++)
		if (field_of(id)->type != FIELD_TYPE_LIST)
			field_consider(self, field_ref_server(id, server), by_label);
	for (size_t i = 0; i < shown->parameter_count; i++)
		field_consider(self, field_ref_parameter(FIELD_PARAMETER_VALUE, server, (int)i),
			       by_label);
}

static void matches_add(struct screen_find *self, bool by_label)
{
	const struct calling_values *mine = &self->number->draft.mine;
	for (enum field_id id = 0; id < FIELD_SETTINGS_COUNT; id++)
		if ((field_of(id)->flags & FIELD_HIDE_ABSENT) == 0 ||
		    values_get(mine, field_ref_of(id)) != NULL)
			field_consider(self, field_ref_of(id), by_label);
	for (size_t i = 0; i < mine->server_count; i++)
		if (!mine->servers[i].removed)
			server_consider(self, (int)i, by_label);
}

static void matches_fill(struct screen_find *self)
{
	pick_clear(&self->pick);
	free(self->refs);
	self->refs = NULL;
	matches_add(self, true);
	matches_add(self, false);
	if (self->pick.scroll.focus >= self->pick.count)
		self->pick.scroll.focus = 0;
}

static void find_draw(struct screen *screen, struct term *term)
{
	struct screen_find *self = self_of(screen);
	int top = frame_body_row(term) + 2;
	matches_fill(self);
	int focus = pick_focus(&self->pick);
	screen_header(term, self->number, "Find a field", NULL);
	draw_rule(term, frame_body_row(term), NULL);
	screen_help_lines(screen, term, STYLE_NORMAL,
			  focus < 0 ? "No field has that in its label, help or JSON path."
				    : self->pick.rows[focus].help);
	pick_draw(&self->pick, term, top, frame_body_rows(term) - 2, PATH_COLUMN);
	(void)draw_text(term, top - 1, 3, FIND_COLUMN - 3, STYLE_DIM, "Find");
	text_edit_draw(&self->wanted, term, top - 1, FIND_COLUMN, term->columns - FIND_COLUMN - 1);
}

static bool find_event(struct screen *screen, const struct input_event *event)
{
	struct screen_find *self = self_of(screen);
	enum text_edit_result result =
		event->kind == INPUT_PASTE
			? text_edit_paste(&self->wanted, event->text, event->length, NULL)
			: text_edit_key(&self->wanted, event->key);
	if (result == TEXT_EDIT_CHANGED) {
		self->pick.scroll.focus = 0;
		matches_fill(self);
	}
	return result != TEXT_EDIT_IGNORED;
}

static void find_act(struct screen *screen, enum action_id action)
{
	struct screen_find *self = self_of(screen);
	struct app *app = screen->app;
	if (scroll_act(&self->pick.scroll, action, self->pick.count,
		       frame_body_rows(&app->term) - 2, NULL, NULL))
		return;
	matches_fill(self);
	int focus = pick_focus(&self->pick);
	if (action == ACTION_BACK) {
		app_pop(app);
	} else if (action == ACTION_OPEN && focus >= 0) {
		struct open_number *number = self->number;
		struct field_ref ref = self->refs[focus];
		screen_settings_jump(app, number, ref);
	}
}

static bool find_has_text_focus(struct screen *screen)
{
	(void)screen;
	return true;
}

static void find_release(struct screen *screen)
{
	struct screen_find *self = self_of(screen);
	pick_clear(&self->pick);
	free(self->refs);
	text_edit_release(&self->wanted);
	free(self);
}

static const struct screen_ops FIND_OPS = {
	.context = CONTEXT_FIND,
	.title = "Find a field",
	.help = "Type a part of a label, a help sentence or a JSON path; Enter goes to the field.",
	.draw = find_draw,
	.event = find_event,
	.act = find_act,
	.has_text_focus = find_has_text_focus,
	.release = find_release,
};

struct screen *screen_find_new(struct app *app, struct open_number *number)
{
	struct screen_find *self = screen_new(app, sizeof *self, &FIND_OPS);
	self->number = number;
	text_edit_init(&self->wanted, "", FIND_MAX);
	matches_fill(self);
	return &self->screen;
}
