#include "ui/screens/screens.h"

#include "base/mem.h"
#include "calling/fields.h"

#include <string.h>

static void keys_write(const struct action *action, struct str *out)
{
	for (size_t i = 0; i < ACTION_KEYS_MAX && action->keys[i] != 0; i++) {
		if (i > 0)
			str_add(out, " or ");
		key_name_write(action->keys[i], out);
	}
}

static void fields_write(const char *title, enum field_form form, struct str *out)
{
	str_addf(out, "\n%s\n", title);
	for (enum field_id id = 0; id < FIELD_COUNT; id++) {
		const struct field *field = field_of(id);
		if (field->form != form)
			continue;
		str_addf(out, "\n%s\n  %s", field->label, field->help);
		if (field->details != NULL)
			str_addf(out, " %s", field->details);
		str_add(out, "\n");
	}
}

static void actions_write(struct screen *about, struct str *out)
{
	str_add(out, "\nKeys here\n");
	for (enum action_id id = 0; id < ACTION_COUNT; id++) {
		const struct action *action = &ACTIONS[id];
		if ((action->contexts & about->ops->context) == 0)
			continue;
		str_add(out, "\n  ");
		keys_write(action, out);
		str_addf(out, "\n    %s: %s\n", action->name, action->help);
	}
	str_add(out,
		"\nOutside text, the digits 1 to 9 and 0 stand for F1 to F10. In text: Ctrl-A and "
		"Ctrl-E go to its ends, Ctrl-W, Ctrl-U and Ctrl-K cut, Ctrl-Y puts back, Alt-B "
		"and Alt-F move by words, Ctrl-_ undoes.\n");
}

struct screen *screen_help_new(struct app *app, struct screen *about)
{
	struct str text;
	str_init(&text);
	str_addf(&text, "%s\n\n%s\n", about->ops->title, about->ops->help);
	actions_write(about, &text);
	if (about->ops->context == CONTEXT_SETTINGS)
		fields_write("Fields", FIELD_FORM_SETTINGS, &text);
	if (about->ops->context == CONTEXT_SERVER) {
		fields_write("Fields", FIELD_FORM_SERVER, &text);
		fields_write("Each parameter", FIELD_FORM_PARAMETER, &text);
	}
	struct screen *page = screen_page_new(app, NULL, "Help", text.bytes);
	str_release(&text);
	return page;
}
