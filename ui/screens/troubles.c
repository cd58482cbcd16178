#include "ui/screens/screens.h"

#include "base/mem.h"
#include "calling/fields.h"
#include "ui/app/symptoms.h"
#include "ui/widgets/form.h"
#include "ui/widgets/frame.h"

#include <stdlib.h>

/* What people see, why, and where it is settled: Enter goes there. */
struct screen_troubles {
	struct screen screen;
	struct open_number *number;
	int server; /* -1: the number's first */
	struct form form;
};

/* A row's action is its symptom and cause in one number. */
enum { CAUSES = SYMPTOM_CAUSES_MAX };

static struct screen_troubles *self_of(struct screen *screen)
{
	return (struct screen_troubles *)screen;
}

static void symptom_rows(struct screen_troubles *self, size_t index, int columns)
{
	const struct symptom *symptom = &SYMPTOMS[index];
	(void)form_add(&self->form, FORM_SECTION, symptom->title);
	for (size_t i = 0; i < CAUSES && symptom->causes[i].cause != NULL; i++) {
		const struct symptom_cause *cause = &symptom->causes[i];
		char *sentence = mem_format("%zu. %s", i + 1, cause->cause);
		/* A field that is none, so that the row can have the focus. */
		form_add_sentence(&self->form,
				  field_ref_parameter(FIELD_SIP_SERVERS, (int)index, (int)i),
				  sentence, columns, STYLE_NORMAL)
			->action = (int)(index * CAUSES + i);
		free(sentence);
		sentence = mem_format("   %s", cause->look_at);
		(void)form_add_sentence(&self->form, field_ref_of(FIELD_COUNT), sentence, columns,
					STYLE_DIM);
		free(sentence);
	}
}

static void rows_fill(struct screen_troubles *self)
{
	int columns = form_sentence_columns(&self->screen.app->term);
	form_begin(&self->form);
	for (size_t i = 0; i < SYMPTOM_COUNT; i++)
		symptom_rows(self, i, columns);
	form_end(&self->form);
}

static const struct symptom_cause *focused_cause(const struct screen_troubles *self)
{
	const struct form_row *row = form_focused(&self->form);
	return row == NULL || row->action < 0
		       ? NULL
		       : &SYMPTOMS[row->action / CAUSES].causes[row->action % CAUSES];
}

static void troubles_draw(struct screen *screen, struct term *term)
{
	struct screen_troubles *self = self_of(screen);
	rows_fill(self);
	const struct symptom_cause *cause = focused_cause(self);
	struct str help;
	str_init(&help);
	if (cause != NULL && cause->jump != JUMP_NONE) {
		str_add(&help, "Enter goes to: ");
		symptom_jump_words(cause, &help);
		str_add_char(&help, '.');
	} else {
		str_add(&help, "This is settled on your server.");
	}
	screen_header(term, self->number, "Troubleshooting", NULL);
	draw_rule(term, frame_body_row(term), NULL);
	screen_help_lines(screen, term, STYLE_NORMAL, help.bytes);
	str_release(&help);
	form_draw(&self->form, term, frame_body_row(term) + 1, frame_body_rows(term) - 1);
}

static int server_of(const struct screen_troubles *self)
{
	const struct calling_values *mine = &self->number->draft.mine;
	for (size_t i = 0; self->server < 0 && i < mine->server_count; i++)
		if (!mine->servers[i].removed)
			return (int)i;
	return self->server;
}

static void jump(struct screen_troubles *self, const struct symptom_cause *cause)
{
	struct app *app = self->screen.app;
	struct open_number *number = self->number;
	int server = server_of(self);
	bool of_server = cause->jump == JUMP_CHECK ||
			 (cause->jump == JUMP_FIELD && (cause->field == FIELD_SERVER_PORT ||
							cause->field == FIELD_SERVER_HOSTNAME ||
							cause->field == FIELD_SERVER_PARAMETERS));
	if (of_server && server < 0) {
		app_notice(app, "There is no SIP server yet: add one first.");
		return;
	}
	if (cause->jump == JUMP_FIELD && (field_of(cause->field)->flags & FIELD_HIDE_ABSENT) != 0 &&
	    values_get(&number->draft.mine, field_ref_of(cause->field)) == NULL) {
		app_notice(app, "%s: the service shows none for this number.",
			   field_of(cause->field)->label);
		return;
	}
	struct field_ref ref =
		of_server ? field_ref_server(cause->field, server) : field_ref_of(cause->field);
	switch (cause->jump) {
	case JUMP_FIELD: screen_settings_jump(app, number, ref); break;
	case JUMP_CHECK:
		app_pop(app);
		screen_check_show(app, number, server);
		break;
	case JUMP_CREDENTIALS:
		screen_settings_jump(app, number, field_ref_of(FIELD_SIP_PASSWORD));
		app_act(app, ACTION_REVEAL);
		break;
	case JUMP_RELOAD:
		screen_settings_jump(app, number, field_ref_of(FIELD_SRTP));
		open_number_reread(number);
		break;
	case JUMP_NONE: app_notice(app, "This is settled on your server, not here."); break;
	}
}

static void troubles_act(struct screen *screen, enum action_id action)
{
	struct screen_troubles *self = self_of(screen);
	rows_fill(self);
	if (form_act(&self->form, action, frame_body_rows(&screen->app->term) - 1))
		return;
	const struct symptom_cause *cause = focused_cause(self);
	if (action == ACTION_OPEN && cause != NULL)
		jump(self, cause);
	else if (action == ACTION_BACK)
		app_pop(screen->app);
}

static void troubles_release(struct screen *screen)
{
	form_release(&self_of(screen)->form);
	free(screen);
}

static const struct screen_ops TROUBLES_OPS = {
	.context = CONTEXT_FIND,
	.title = "Troubleshooting",
	.help = "What people see when calls do not work, its causes in order of likelihood, and "
		"what to "
		"look at. Enter goes to the field, check or screen that settles it.",
	.draw = troubles_draw,
	.act = troubles_act,
	.release = troubles_release,
};

struct screen *screen_troubles_new(struct app *app, struct open_number *number, int server)
{
	struct screen_troubles *self = screen_new(app, sizeof *self, &TROUBLES_OPS);
	self->number = number;
	self->server = server;
	form_init(&self->form);
	return &self->screen;
}
